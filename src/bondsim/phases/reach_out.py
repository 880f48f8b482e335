"""Phase 5, reach out: bonds deepen, and people with unmet need take first steps."""

from __future__ import annotations

import numpy as np

from bondsim.chance import ACCEPT, PARTNER, STEP, pair_uniforms, uniforms
from bondsim.params import CLIENT, COWORKER, FRIEND
from bondsim.params import PARTNER as PARTNER_KIND
from bondsim.phases.cool import view_on
from bondsim.phases.people import alike, loneliness_at
from bondsim.rules import accept_prob, step_prob, strength
from bondsim.rules import first_kept as first_kept_rule
from bondsim.rules import first_regard as first_regard_rule
from bondsim.rules import first_understanding as first_understanding_rule
from bondsim.state import CANDIDATE


def is_bonded(i, j, bonds):
    """Whether persons i and j share a bond."""
    first = bonds.first[i]
    for s in range(first, first + bonds.degree[i]):
        if bonds.partner[s] == j:
            return True
    return False


def has_partner(i, bonds):
    """Whether person i has a bond of kind partner."""
    first = bonds.first[i]
    for s in range(first, first + bonds.degree[i]):
        if bonds.kind[s] == PARTNER_KIND:
            return True
    return False


def deepen(lo, hi, day, key, rates, state, now):
    """Bonds that met today become friendships; marks friends who may become partners.

    Of the bonds in their rows, persons handle those in which they have the smaller id. A candidate
    slot is marked by ``event |= CANDIDATE``.
    """
    agents, bonds, r = state.agents, state.bonds, rates.reach_out
    for i in range(lo, hi):
        first = bonds.first[i]
        for s in range(first, first + bonds.degree[i]):
            j = bonds.partner[s]
            if bonds.last_met[s] != day or agents.id[j] < agents.id[i]:
                continue
            t = bonds.twin[s]
            k = bonds.kind[s]
            if k == COWORKER or k == CLIENT:
                mine = view_on(day, s, rates, bonds)
                yours = view_on(day, t, rates, bonds)
                if min(mine.closeness, yours.closeness) >= r.friend_cut:
                    bonds.kind[s] = FRIEND
                    bonds.kind[t] = FRIEND
            elif k == FRIEND:
                u = pair_uniforms(key, day, PARTNER, agents.id[i], agents.id[j])[0]
                if u >= r.partner_prob or has_partner(i, bonds) or has_partner(j, bonds):
                    continue
                mine = view_on(day, s, rates, bonds)
                yours = view_on(day, t, rates, bonds)
                if strength(mine.felt, yours.felt) >= r.partner_cut:
                    now.event[s] |= CANDIDATE


def candidate(i, u, rates, state):
    """Place of the person toward whom i takes a first step, and the kind; place -1 if none."""
    agents, bonds, places, r = state.agents, state.bonds, state.places, rates.reach_out
    if u[1] < r.via_friend:
        if bonds.degree[i] == 0:
            return -1, FRIEND
        f = bonds.partner[bonds.first[i] + int(u[2] * bonds.degree[i])]
        return np.int64(bonds.partner[bonds.first[f] + int(u[3] * bonds.degree[f])]), FRIEND
    if u[1] < r.via_friend + r.via_context:
        first = places.first[agents.company[i]]
        n = places.first[agents.company[i] + 1] - first
        return np.int64(places.members[first + int(u[2] * n)]), COWORKER
    return np.int64(places.everyone[int(u[2] * places.everyone.shape[0])]), FRIEND


def take_steps(lo, hi, day, key, rates, state, now):
    """First steps that are accepted: writes `asked` (a place, or -1) and `asked_kind`."""
    agents, bonds, r = state.agents, state.bonds, rates.reach_out
    for i in range(lo, hi):
        now.asked[i] = -1
        unmet = max(0.0, np.float64(agents.need[i]) - np.float64(agents.received[i]))
        u = uniforms(key, day, STEP, agents.id[i], 0)
        p = step_prob(
            unmet, np.float64(agents.initiative[i]), np.float64(agents.self_worth[i]),
            np.float64(agents.hurt[i]), np.float64(agents.chronic[i]), r.step_rate, r.step_base,
            r.step_initiative, r.step_worth, r.liking_gap, r.step_hurt, r.step_chronic,
        )  # fmt: skip
        if u[0] >= p * np.float64(agents.mobility_factor[i]):
            continue
        j, kind = candidate(i, u, rates, state)
        if j < 0 or j == i or is_bonded(i, j, bonds):
            continue
        v = uniforms(key, day, ACCEPT, agents.id[j], agents.id[i])
        p = accept_prob(
            np.float64(agents.empathy[j]), alike(i, j, rates, agents), loneliness_at(j, agents),
            float(bonds.degree[j]), float(r.room), r.accept_base, r.accept_empathy,
            r.accept_similarity, r.accept_loneliness,
        )  # fmt: skip
        if v[0] < p:
            now.asked[i] = j
            now.asked_kind[i] = CLIENT if kind == COWORKER and v[1] < r.client_share else kind


def write_first_view(i, j, s, day, rates, state):
    """Write slot s, a new bond of kind ``bonds.kind[s]``, as i's first view of j."""
    agents, bonds = state.agents, state.bonds
    k = bonds.kind[s]
    bonds.born[s] = day
    bonds.last_met[s] = day
    bonds.kept[s] = first_kept_rule(
        rates.prior.kept[k], np.float64(agents.hurt[i]), rates.prior.hurt_distrust
    )
    bonds.broken[s] = rates.prior.broken[k]
    bonds.ceiling[s] = 1.0
    bonds.regard[s] = first_regard_rule(
        rates.cool.neutral_regard, np.float64(agents.empathy[j]), rates.prior.impression
    )
    bonds.understanding[s] = first_understanding_rule(
        rates.cool.neutral_understanding, alike(i, j, rates, agents), rates.prior.likeness
    )
    bonds.closeness[s] = min(rates.reach_out.first_closeness, rates.relate.closeness_cap[k])
