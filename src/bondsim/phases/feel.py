"""Phase 6, feel: stress, self-worth, security, and the two facets of loneliness."""

from __future__ import annotations

import numpy as np

from bondsim.chance import CLIMATE, NOISE_EMOTIONAL, NOISE_SOCIAL, STRESS, normal, uniforms
from bondsim.phases.cool import view_on
from bondsim.phases.people import loneliness_at, people_between
from bondsim.phases.stretches import room_for, slots_between, stretch_end
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

HELD, CIRCLE, CONFIDANT, CLOSEST, CLIMATE_HERE = range(5)
"""What a person's bonds and place give them today: columns of what `_gather` fills."""


def change_climates(day, key, rates, places):
    """Each context's climate a day later."""
    for c in range(places.climate.shape[0]):
        places.climate[c] = climate_after(
            np.float64(places.climate[c]), rates.feel.climate_sd, rates.feel.climate_half_life,
            normal(key, day, CLIMATE, c, 0),
        )  # fmt: skip


def feel(lo, hi, day, key, rates, state, now):
    """Each person's feelings at the end of the day, from their own views of their bonds.

    Leaves each bond's weight for tomorrow in `start`.
    """
    bonds = state.bonds
    room = room_for(lo, hi, bonds)
    closeness, safe, felt = np.zeros(room), np.zeros(room), np.zeros(room)
    given = np.zeros((5, room))
    i = lo
    while i < hi:
        end = stretch_end(i, min(hi, i + room), room, bonds)
        a = bonds.first[i]
        b = bonds.first[end - 1] + bonds.capacity[end - 1]
        _look(day, rates, slots_between(a, b, bonds), closeness, safe, felt)
        for p in range(i, end):
            _gather(p, i, a, rates, state, now, closeness, safe, felt, given)
        _feel(
            day, key, rates, people_between(i, end, state.agents), now.perceived[i:end], given
        )
        i = end


def _look(day, rates, bonds, closeness, safe, felt):
    """Views of a stretch as of today, and tomorrow's weights."""
    for n in range(bonds.kind.shape[0]):
        view = view_on(day, n, rates, bonds)
        closeness[n] = view.closeness
        safe[n] = view.closeness * view.trust
        felt[n] = view.felt
        bonds.start[n] = weight(view.felt, of_kind(rates.meet.role, bonds.kind[n]), rates.meet.psi)


def _gather(i, first, start, rates, state, now, closeness, safe, felt, given):
    """Sums over the bonds of person i, whose stretch begins with person `first`, slot `start`."""
    bonds, f = state.bonds, rates.feel
    total, social_total, confidant = 0.0, 0.0, 0.0
    a, b, c, d, e = 0.0, 0.0, 0.0, 0.0, 0.0  # the five largest, largest first
    close_total, felt_total, n_close = 0.0, 0.0, 0
    for s in range(bonds.first[i], bonds.first[i] + bonds.degree[i]):
        n = s - start
        k = bonds.kind[s]
        x = safe[n]
        total += x
        # the smaller of two goes on down: no branch that could be guessed wrong
        a, x = max(a, x), min(a, x)
        b, x = max(b, x), min(b, x)
        c, x = max(c, x), min(c, x)
        d, x = max(d, x), min(d, x)
        e = max(e, x)
        social_total += of_kind(f.social_weight, k) * felt[n]
        confidant = max(confidant, of_kind(f.confidant_weight, k) * felt[n])
        close_total += closeness[n]
        felt_total += felt[n]
        n_close += 1 if closeness[n] >= rates.relate.close_cut else 0
    p = i - first
    given[HELD, p] = total
    given[CIRCLE, p] = social_total
    given[CONFIDANT, p] = confidant
    given[CLOSEST, p] = a + b + c + d + e
    given[CLIMATE_HERE, p] = state.places.climate[state.agents.context[i]]
    now.closeness[i] = close_total
    now.felt[i] = felt_total
    now.n_close[i] = n_close


def _feel(day, key, rates, people, perceived, given):
    """Feelings of a few people, after what their bonds give them."""
    f = rates.feel
    for n in range(people.id.shape[0]):
        id_n = people.id[n]
        held = support(given[HELD, n])
        confidant = given[CONFIDANT, n]
        got = received_social(given[CIRCLE, n], f.good_ties)
        event = 1.0 if uniforms(key, day, STRESS, id_n, 0)[0] < f.stress_prob else 0.0
        stress = stressed(
            np.float64(people.stress[n]), event, held, f.buffer, f.stress_size, f.stress_half_life
        )
        climate = given[CLIMATE_HERE, n]
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
