"""Phase 6, feel: stress, self-worth, security, and the two facets of loneliness."""

from __future__ import annotations

import numpy as np

from bondsim import chance
from bondsim.chance import NOISE_EMOTIONAL, NOISE_SOCIAL, STRESS, normal, uniforms
from bondsim.phases.cool import view_on
from bondsim.phases.people import loneliness_at, people_between
from bondsim.phases.stretches import room_for, row, slots_between, stretch
from bondsim.rates import of_kind
from bondsim.rules import (
    climate_after,
    cooled,
    longing,
    received_social,
    relaxed,
    security,
    stressed,
    support,
    weight,
    worth_after,
)

HELD, CIRCLE, CONFIDANT, CLOSEST, CLIMATE = range(5)
"""What a person's bonds and place give them today: columns of what `_gather` fills."""


def change_climates(day, key, rates, places):
    """Each context's climate a day later."""
    for c in range(places.climate.shape[0]):
        places.climate[c] = climate_after(
            np.float64(places.climate[c]), rates.feel.climate_sd, rates.feel.climate_half_life,
            normal(key, day, chance.CLIMATE, c, 0),
        )  # fmt: skip


def feel(lo, hi, day, key, rates, state, now):
    """Each person's feelings at the end of the day, from their own views of their bonds.

    Leaves each bond's weight for tomorrow in `start`.
    """
    bonds = state.bonds
    room = room_for(lo, hi, bonds)
    closeness, safe, felt = np.zeros(room), np.zeros(room), np.zeros(room)
    circle, confidant, close = np.zeros(room), np.zeros(room), np.zeros(room, np.int32)
    given = np.zeros((5, room))
    i = lo
    while i < hi:
        a, b, end = stretch(i, min(hi, i + room), room, bonds)
        slots = slots_between(a, b, bonds)
        _look(day, rates, slots, closeness, safe, felt)
        if rates.meet.psi == 4.0:  # a known exponent spares the logarithm and the exponential
            _weigh(4.0, rates, slots, closeness, felt, circle, confidant, close)
        else:
            _weigh(rates.meet.psi, rates, slots, closeness, felt, circle, confidant, close)
        _gather(i, end, a, state, now, closeness, safe, felt, circle, confidant, close, given)
        people = people_between(i, end, state.agents)
        _feel(day, key, rates.feel, people, now.perceived[i:end], given)
        i = end


def _look(day, rates, bonds, closeness, safe, felt):
    """Views of a stretch as of today."""
    for n in range(bonds.kind.shape[0]):
        view = view_on(day, n, rates, bonds)
        closeness[n] = view.closeness
        safe[n] = view.closeness * view.trust
        felt[n] = view.felt


def _weigh(psi, rates, bonds, closeness, felt, circle, confidant, close):
    """What each bond of a stretch is to its owner, and its weight tomorrow."""
    for n in range(bonds.kind.shape[0]):
        k = bonds.kind[n]
        circle[n] = of_kind(rates.feel.social_weight, k) * felt[n]
        confidant[n] = of_kind(rates.feel.confidant_weight, k) * felt[n]
        close[n] = 1 if closeness[n] >= rates.relate.close_cut else 0
        bonds.start[n] = weight(felt[n], of_kind(rates.meet.role, k), psi)


def _gather(i, end, start, state, now, closeness, safe, felt, circle, confidant, close, given):
    """Sums over the bonds of persons ``i`` to ``end - 1``, whose stretch begins at slot `start`."""
    for p in range(i, end):
        first, last = row(p, state.bonds)
        total, circle_total, dearest = 0.0, 0.0, 0.0
        a, b, c, d, e = 0.0, 0.0, 0.0, 0.0, 0.0  # the five largest, largest first
        close_total, felt_total, n_close = 0.0, 0.0, 0
        for s in range(first, last):
            n = np.uint32(s - start)
            x = safe[n]
            total += x
            # the smaller of two goes on down: no branch that could be guessed wrong
            a, x = max(a, x), min(a, x)
            b, x = max(b, x), min(b, x)
            c, x = max(c, x), min(c, x)
            d, x = max(d, x), min(d, x)
            e = max(e, x)
            circle_total += circle[n]
            dearest = max(dearest, confidant[n])
            close_total += closeness[n]
            felt_total += felt[n]
            n_close += close[n]
        given[HELD, p - i] = total
        given[CIRCLE, p - i] = circle_total
        given[CONFIDANT, p - i] = dearest
        given[CLOSEST, p - i] = a + b + c + d + e
        given[CLIMATE, p - i] = state.places.climate[state.agents.context[p]]
        now.closeness[p] = close_total
        now.felt[p] = felt_total
        now.n_close[p] = n_close


def _feel(day, key, f, people, perceived, given):
    """Feelings of a few people, after what their bonds give them."""
    for n in range(people.id.shape[0]):
        id_n = people.id[n]
        held = support(given[HELD, n])
        confidant = given[CONFIDANT, n]
        got = received_social(given[CIRCLE, n], f.good_ties)
        event = 1.0 if uniforms(key, day, STRESS, id_n, 0)[0] < f.stress_prob else 0.0
        stress = stressed(
            np.float64(people.stress[n]), event, held, f.buffer, f.stress_size, f.stress_half_life
        )
        climate = given[CLIMATE, n]
        set_point, need = np.float64(people.set_point[n]), np.float64(people.need[n])
        toward_emotional = longing(
            set_point, need, confidant, f.gamma, climate, stress, f.stress_weight, held, f.buffer
        )
        toward_social = longing(
            set_point, need, got, f.gamma, climate, stress, f.stress_weight, held, f.buffer
        )
        people.emotional[n] = relaxed(
            np.float64(people.emotional[n]), toward_emotional, f.kappa, f.noise_sd,
            normal(key, day, NOISE_EMOTIONAL, id_n, 0),
        )  # fmt: skip
        people.social[n] = relaxed(
            np.float64(people.social[n]), toward_social, f.kappa, f.noise_sd,
            normal(key, day, NOISE_SOCIAL, id_n, 0),
        )  # fmt: skip
        people.stress[n] = stress
        people.self_worth[n] = worth_after(
            np.float64(people.self_worth[n]), np.float64(perceived[n]), f.worth_rate,
            f.worth_rest, f.worth_return,
        )  # fmt: skip
        people.hurt[n] = cooled(np.float64(people.hurt[n]), 0.0, 1.0, f.hurt_half_life)
        people.chronic[n] = cooled(
            np.float64(people.chronic[n]), loneliness_at(n, people), 1.0, f.chronic_half_life
        )
        people.security[n] = security(given[CLOSEST, n], f.security_half)
        people.received[n] = 0.5 * (got + confidant)
