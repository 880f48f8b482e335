"""Phase 4, part: bonds end, family bonds are estranged, and losing a close bond is a shock."""

from __future__ import annotations

import numpy as np

from bondsim.chance import PART, pair_uniforms
from bondsim.numeric import prefetch, unit
from bondsim.params import FAMILY
from bondsim.phases.cool import view_on
from bondsim.phases.people import alike, id_of, loneliness_at
from bondsim.phases.stretches import doubled, row
from bondsim.rates import of_kind
from bondsim.rules import part_prob, reciprocity, strength

ROOM = 512
"""Bonds drawn for together."""
AHEAD = 24
"""Bonds by which partners are fetched ahead of use."""


def count_common(i, j, most, ids, bonds):
    """Number of people bonded to both i and j, but no more than `most`."""
    a, end_a = row(i, bonds)
    b, end_b = row(j, bonds)
    common = 0
    while a < end_a and b < end_b and common < most:
        id_a = id_of(bonds.partner[a], ids)
        id_b = id_of(bonds.partner[b], ids)
        if id_a == id_b:
            common += 1
        if id_a <= id_b:
            a += 1
        if id_b <= id_a:
            b += 1
    return common


def hazard(base, strong, mutual, age, common, likeness, lonely, part):
    """Today's chance of parting with the rule's parameters filled in."""
    return part_prob(
        strong, mutual, age, common, likeness, lonely, base, part.strength, part.reciprocity,
        part.log_age, part.common_friends, part.similarity, part.loneliness,
    )  # fmt: skip


def worst_hazard(base, age, part):
    """The highest `hazard` at this age: no strength, no common friends, full loneliness."""
    return hazard(base, 0.0, 0.0, age, 0.0, 0.0, 1.0, part)


def no_bound(base, age, part):
    """In place of `worst_hazard` where `part_prob` is replaced: nothing is known of it."""
    return 1.0


def draw_endings(lo, hi, day, key, rates, state, now):
    """The bonds that end today, as slots in the row of the smaller id.

    A bond is looked at closely only if its draw could end it at the worst, which spares all but
    about one in fifty.
    """
    bonds = state.bonds
    slots, owners = np.zeros(ROOM, np.uint32), np.zeros(ROOM, np.uint32)
    ids, others = np.zeros(ROOM, np.int64), np.zeros(ROOM, np.int64)
    kind, born = np.zeros(ROOM, np.int8), np.zeros(ROOM, np.int32)
    luck, doomed = np.zeros(ROOM), np.zeros(ROOM, np.bool_)
    ended = np.zeros(ROOM, np.int64)
    n_ended = 0
    i, s = lo, row(lo, bonds)[0]
    while i < hi:
        i, s, count = _list(i, s, hi, bonds, now.ids, slots, owners)
        for n in range(count):
            if now.ids.shape[0] > 0:
                prefetch(now.ids, bonds.partner[slots[min(n + AHEAD, count - 1)]])
            ids[n] = id_of(owners[n], now.ids)
            others[n] = id_of(bonds.partner[slots[n]], now.ids)
            kind[n] = bonds.kind[slots[n]]
            born[n] = bonds.born[slots[n]]
        _draw(count, day, key, rates.part, ids, others, kind, born, luck, doomed)
        if n_ended + count > ended.shape[0]:
            ended = doubled(ended)
        n_ended = _end(
            count, day, rates, now.ids, state, slots, owners, luck, doomed, ended, n_ended
        )
    return ended[:n_ended]


def _list(i, s, hi, bonds, ids, slots, owners):
    """List bonds from slot s of person i on, each in the row of the smaller id.

    Returns the person and the slot to go on from, and how many bonds there are.
    """
    count = 0
    while i < hi:
        first, end = row(i, bonds)
        if s == first:  # rows are in order of ids: those who are smaller come first
            own = id_of(i, ids)
            while s < end and id_of(bonds.partner[s], ids) < own:
                s += 1
        stop = min(end, s + ROOM - count)
        while s < stop:
            slots[count] = s
            owners[count] = i
            count += 1
            s += 1
        if s < end:
            return i, s, count
        i += 1
        s = row(min(i, bonds.first.shape[0] - 1), bonds)[0]
    return i, s, count


def _draw(count, day, key, part, ids, others, kind, born, luck, doomed):
    """Luck of each bond, and whether it could end the bond at the worst."""
    for n in range(count):
        u = pair_uniforms(key, day, PART, ids[n], others[n])
        luck[n] = u[0]
        doomed[n] = u[0] < worst_hazard(of_kind(part.base, kind[n]), float(day - born[n]), part)


def _end(count, day, rates, ids, state, slots, owners, luck, doomed, ended, n_ended):
    """Add the bonds that end to the `n_ended` that are listed; returns how many that makes."""
    for n in range(count):
        if doomed[n] and luck[n] < _part_prob(owners[n], slots[n], day, rates, ids, state):
            ended[n_ended] = slots[n]
            n_ended += 1
    return n_ended


def _part_prob(i, s, day, rates, ids, state):
    """Today's chance of parting of the bond in person i's slot s."""
    agents, bonds = state.agents, state.bonds
    j = bonds.partner[s]
    mine = view_on(day, s, rates, bonds).felt
    yours = view_on(day, bonds.twin[s], rates, bonds).felt
    common = count_common(i, j, rates.part.common_friends_cap, ids, bonds)
    lonely = 0.5 * (loneliness_at(i, agents) + loneliness_at(j, agents))
    return hazard(
        of_kind(rates.part.base, bonds.kind[s]), strength(mine, yours), reciprocity(mine, yours),
        float(day - bonds.born[s]), float(common), alike(i, j, rates, agents), lonely, rates.part,
    )  # fmt: skip


def take_losses(slots, day, rates, state):
    """What the endings of bonds do to people, and the estrangement of families.

    `slots`: both halves of each bond that ends, in rising order, so that one person's lie together
    in the order of the partners' ids. Family bonds are estranged, the others a shock to both.
    """
    agents, bonds = state.agents, state.bonds
    n = 0
    while n < slots.shape[0]:
        i = bonds.partner[bonds.twin[slots[n]]]
        shock = 0.0
        while n < slots.shape[0] and bonds.partner[bonds.twin[slots[n]]] == i:
            s = slots[n]
            if bonds.kind[s] == FAMILY:
                bonds.closeness[s] = np.float64(bonds.closeness[s]) * rates.part.estrangement
            else:
                shock += rates.part.loss_stress * view_on(day, s, rates, bonds).closeness
            n += 1
        if shock > 0.0:
            agents.stress[i] = unit(np.float64(agents.stress[i]) + shock)
