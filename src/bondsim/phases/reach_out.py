"""Phase 5, reach out: bonds deepen, and people with unmet need take first steps."""

from __future__ import annotations

import numpy as np

from bondsim.chance import ACCEPT, PARTNER, STEP, pair_uniforms, uniforms
from bondsim.params import CLIENT, COWORKER, FRIEND
from bondsim.params import PARTNER as PARTNER_KIND
from bondsim.phases.cool import closeness_on, view_on
from bondsim.phases.people import alike, id_of, loneliness_at, people_between
from bondsim.phases.stretches import doubled, row
from bondsim.rates import of_kind
from bondsim.rules import accept_prob, cooled, step_prob, strength, weight
from bondsim.rules import first_kept as first_kept_rule
from bondsim.rules import first_regard as first_regard_rule
from bondsim.rules import first_understanding as first_understanding_rule

ROOM = 256
"""People handled together."""


def is_bonded(i, j, bonds):
    """Whether persons i and j share a bond."""
    first, last = row(i, bonds)
    for s in range(first, last):
        if bonds.partner[s] == j:
            return True
    return False


def has_partner(i, bonds):
    """Whether person i has a bond of kind partner."""
    first, last = row(i, bonds)
    for s in range(first, last):
        if bonds.kind[s] == PARTNER_KIND:
            return True
    return False


def deepen(lo, hi, day, key, rates, state, now):
    """Bonds that met today become friendships; finds friends who may become partners.

    Persons handle the bonds with people in later places. Returns the slots of the bonds that became
    friendships, and those of the candidates.
    """
    bonds = state.bonds
    slots, owners = np.zeros(ROOM, np.uint32), np.zeros(ROOM, np.uint32)
    ids, others = np.zeros(ROOM, np.int64), np.zeros(ROOM, np.int64)
    kind, closeness = np.zeros(ROOM, np.int8), np.zeros(ROOM, np.float32)
    ready = np.zeros(ROOM, np.bool_)
    deepened, candidates = np.zeros(ROOM, np.int64), np.zeros(ROOM, np.int64)
    n_deepened, n_candidates = 0, 0
    i, s = lo, row(lo, bonds)[0]
    while i < hi:
        i, s, count = _list_met(i, s, hi, day, bonds, slots, owners)
        for m in range(count):
            ids[m] = id_of(owners[m], now.ids)
            others[m] = id_of(bonds.partner[slots[m]], now.ids)
            kind[m] = bonds.kind[slots[m]]
            closeness[m] = bonds.closeness[slots[m]]
        _ready(count, day, key, rates, ids, others, kind, closeness, ready)
        for m in range(count):
            if not ready[m]:
                continue
            if kind[m] != FRIEND:
                twin = bonds.twin[slots[m]]
                if closeness_on(day, twin, rates, bonds) >= rates.reach_out.friend_cut:
                    bonds.kind[slots[m]] = FRIEND
                    bonds.kind[twin] = FRIEND
                    deepened = with_slot(deepened, n_deepened, slots[m])
                    n_deepened += 1
            elif _may_be_partners(owners[m], slots[m], day, rates, bonds):
                candidates = with_slot(candidates, n_candidates, slots[m])
                n_candidates += 1
    return deepened[:n_deepened], candidates[:n_candidates]


def _list_met(i, s, hi, day, bonds, slots, owners):
    """List up to `ROOM` bonds that may deepen, from slot s of person i on, and whose they are.

    Those are bonds with friends and acquaintances in later places met today. Returns the person and
    the slot to go on from, and how many there are.
    """
    count = 0
    while i < hi:
        end = row(i, bonds)[1]
        while s < end and count < ROOM:
            n, slot = np.uint32(count), np.uint32(s)
            slots[n] = slot
            owners[n] = i
            open_kind = bonds.kind[slot] >= FRIEND
            wanted = open_kind & (bonds.last_met[slot] == day) & (bonds.partner[slot] > i)
            count += 1 if wanted else 0
            s += 1
        if s < end:
            return i, s, count
        i += 1
        s = row(min(i, bonds.first.shape[0] - 1), bonds)[0]
    return i, s, count


def _ready(count, day, key, rates, ids, others, kind, closeness, ready):
    """Whether luck would have two friends be partners, or one side is close enough for a friend."""
    r = rates.reach_out
    for m in range(count):
        lucky = pair_uniforms(key, day, PARTNER, ids[m], others[m])[0] < r.partner_prob
        half_life = of_kind(rates.cool.closeness_half_life, kind[m])
        close = cooled(np.float64(closeness[m]), 0.0, 0.0, half_life) >= r.friend_cut
        ready[m] = lucky if kind[m] == FRIEND else close


def _may_be_partners(i, s, day, rates, bonds):
    """Whether two friends are free and strongly enough bonded to become partners."""
    if has_partner(i, bonds) or has_partner(bonds.partner[s], bonds):
        return False
    mine = view_on(day, s, rates, bonds).felt
    yours = view_on(day, bonds.twin[s], rates, bonds).felt
    return strength(mine, yours) >= rates.reach_out.partner_cut


def with_slot(slots, n, s):
    """`slots` with s at place n, or a copy with twice the room if there is none."""
    if n == slots.shape[0]:
        slots = doubled(slots)
    slots[n] = s
    return slots


def candidate(i, u, rates, state):
    """Place of the person toward whom i takes a first step, and the kind; place -1 if none."""
    agents, bonds, places, r = state.agents, state.bonds, state.places, rates.reach_out
    if u[1] < r.via_friend:
        if bonds.degree[i] == 0:
            return -1, FRIEND
        f = bonds.partner[row(i, bonds)[0] + int(u[2] * bonds.degree[i])]
        return np.int64(bonds.partner[row(f, bonds)[0] + int(u[3] * bonds.degree[f])]), FRIEND
    if u[1] < r.via_friend + r.via_context:
        first = places.first[agents.company[i]]
        n = places.first[agents.company[i] + 1] - first
        return np.int64(places.members[first + int(u[2] * n)]), COWORKER
    return np.int64(places.everyone[int(u[2] * places.everyone.shape[0])]), FRIEND


def take_steps(lo, hi, day, key, rates, state, now):
    """First steps that are accepted: places of who took them and toward whom, and the kinds."""
    takers, others = np.zeros(ROOM, np.int64), np.zeros(ROOM, np.int64)
    kinds = np.zeros(ROOM, np.int64)
    luck = np.zeros((4, ROOM))
    taken = np.zeros(ROOM, np.bool_)
    n_taken = 0
    for a in range(lo, hi, ROOM):
        b = min(a + ROOM, hi)
        _dare(day, key, rates.reach_out, people_between(a, b, state.agents), luck, taken)
        for i in range(a, b):
            if not taken[i - a]:
                continue
            u = (luck[0, i - a], luck[1, i - a], luck[2, i - a], luck[3, i - a])
            j, kind = candidate(i, u, rates, state)
            if j < 0 or j == i or is_bonded(i, j, state.bonds):
                continue
            kind = _accepted(i, j, kind, day, key, rates, state)
            if kind >= 0:
                takers = with_slot(takers, n_taken, i)
                others = with_slot(others, n_taken, j)
                kinds = with_slot(kinds, n_taken, kind)
                n_taken += 1
    return takers[:n_taken], others[:n_taken], kinds[:n_taken]


def _dare(day, key, r, people, luck, taken):
    """Who of these people takes a first step today, with the luck of it."""
    for n in range(people.id.shape[0]):
        unmet = max(0.0, np.float64(people.need[n]) - np.float64(people.received[n]))
        u = uniforms(key, day, STEP, people.id[n], 0)
        p = step_prob(
            unmet, np.float64(people.initiative[n]), np.float64(people.self_worth[n]),
            np.float64(people.hurt[n]), np.float64(people.chronic[n]), r.step_rate, r.step_base,
            r.step_initiative, r.step_worth, r.liking_gap, r.step_hurt, r.step_chronic,
        )  # fmt: skip
        taken[n] = u[0] < p * np.float64(people.mobility_factor[n])
        luck[0, n] = u[0]
        luck[1, n] = u[1]
        luck[2, n] = u[2]
        luck[3, n] = u[3]


def _accepted(i, j, kind, day, key, rates, state):
    """The kind of the bond if j accepts i's step, -1 if not."""
    agents, r = state.agents, rates.reach_out
    v = uniforms(key, day, ACCEPT, agents.id[j], agents.id[i])
    p = accept_prob(
        np.float64(agents.empathy[j]), alike(i, j, rates, agents), loneliness_at(j, agents),
        float(state.bonds.degree[j]), float(r.room), r.accept_base, r.accept_empathy,
        r.accept_similarity, r.accept_loneliness,
    )  # fmt: skip
    if v[0] >= p:
        return -1
    return CLIENT if kind == COWORKER and v[1] < r.client_share else kind


def write_first_view(i, j, s, day, rates, state):
    """Write slot s, a new bond of kind ``bonds.kind[s]``, i's first view of j, and its weight."""
    agents, bonds = state.agents, state.bonds
    k = bonds.kind[s]
    bonds.born[s] = day
    bonds.last_met[s] = day
    bonds.kept[s] = first_kept_rule(
        of_kind(rates.prior.kept, k), np.float64(agents.hurt[i]), rates.prior.hurt_distrust
    )
    bonds.broken[s] = of_kind(rates.prior.broken, k)
    bonds.ceiling[s] = 1.0
    bonds.regard[s] = first_regard_rule(
        rates.cool.neutral_regard, np.float64(agents.empathy[j]), rates.prior.impression
    )
    bonds.understanding[s] = first_understanding_rule(
        rates.cool.neutral_understanding, alike(i, j, rates, agents), rates.prior.likeness
    )
    cap = of_kind(rates.relate.closeness_cap, k)
    bonds.closeness[s] = min(rates.reach_out.first_closeness, cap)
    felt = view_on(day, s, rates, bonds).felt
    bonds.start[s] = weight(felt, of_kind(rates.meet.role, k), rates.meet.psi)
