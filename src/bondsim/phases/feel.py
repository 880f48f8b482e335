"""Phase 6, feel: stress, self-worth, security, and the two facets of loneliness."""

from __future__ import annotations

import numpy as np

from bondsim.chance import CLIMATE, NOISE_EMOTIONAL, NOISE_SOCIAL, STRESS, normal, uniforms
from bondsim.phases.cool import view_on
from bondsim.phases.people import loneliness_at
from bondsim.rules import (
    climate_after,
    cooled,
    longing,
    received_social,
    relaxed,
    security,
    stressed,
    support,
    worth_after,
)


def change_climates(day, key, rates, places):
    """Each context's climate a day later."""
    for c in range(places.climate.shape[0]):
        places.climate[c] = climate_after(
            np.float64(places.climate[c]), rates.feel.climate_sd, rates.feel.climate_half_life,
            normal(key, day, CLIMATE, c, 0),
        )  # fmt: skip


def feel(lo, hi, day, key, rates, state, now):
    """Each person's feelings at the end of the day, from their own views of their bonds."""
    agents, bonds, f = state.agents, state.bonds, rates.feel
    for i in range(lo, hi):
        first = bonds.first[i]
        total, social_total, confidant = 0.0, 0.0, 0.0
        a, b, c, d, e = 0.0, 0.0, 0.0, 0.0, 0.0  # the five largest, largest first
        closeness, felt_total, n_close = 0.0, 0.0, 0
        for s in range(first, first + bonds.degree[i]):
            view = view_on(day, s, rates, bonds)
            k = bonds.kind[s]
            safe = view.closeness * view.trust
            total += safe
            if safe > e:
                e = safe
                if e > d:
                    d, e = e, d
                if d > c:
                    c, d = d, c
                if c > b:
                    b, c = c, b
                if b > a:
                    a, b = b, a
            social_total += f.social_weight[k] * view.felt
            confidant = max(confidant, f.confidant_weight[k] * view.felt)
            closeness += view.closeness
            felt_total += view.felt
            if view.closeness >= rates.relate.close_cut:
                n_close += 1
        id_i = agents.id[i]
        held = support(total)
        got = received_social(social_total, f.good_ties)
        event = 1.0 if uniforms(key, day, STRESS, id_i, 0)[0] < f.stress_prob else 0.0
        stress = stressed(
            np.float64(agents.stress[i]), event, held, f.buffer, f.stress_size, f.stress_half_life
        )
        climate = np.float64(state.places.climate[agents.context[i]])
        set_point, need = np.float64(agents.set_point[i]), np.float64(agents.need[i])
        toward_emotional = longing(
            set_point, need, confidant, f.gamma, climate, stress, f.stress_weight, held, f.buffer
        )
        toward_social = longing(
            set_point, need, got, f.gamma, climate, stress, f.stress_weight, held, f.buffer
        )
        agents.emotional[i] = relaxed(
            np.float64(agents.emotional[i]), toward_emotional, f.kappa, f.noise_sd,
            normal(key, day, NOISE_EMOTIONAL, id_i, 0),
        )  # fmt: skip
        agents.social[i] = relaxed(
            np.float64(agents.social[i]), toward_social, f.kappa, f.noise_sd,
            normal(key, day, NOISE_SOCIAL, id_i, 0),
        )  # fmt: skip
        agents.stress[i] = stress
        agents.self_worth[i] = worth_after(
            np.float64(agents.self_worth[i]), np.float64(now.perceived[i]), f.worth_rate,
            f.worth_rest, f.worth_return,
        )  # fmt: skip
        agents.hurt[i] = cooled(np.float64(agents.hurt[i]), 0.0, 1.0, f.hurt_half_life)
        agents.chronic[i] = cooled(
            np.float64(agents.chronic[i]), loneliness_at(i, agents), 1.0, f.chronic_half_life
        )
        agents.security[i] = security(a + b + c + d + e, f.security_half)
        agents.received[i] = 0.5 * (got + confidant)
        now.closeness[i] = closeness
        now.felt[i] = felt_total
        now.n_close[i] = n_close
