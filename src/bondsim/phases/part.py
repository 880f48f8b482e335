"""Phase 4, part: bonds end, family bonds are estranged, and losing a close bond is a shock."""

from __future__ import annotations

import numpy as np

from bondsim.chance import PAIR, pair_uniforms
from bondsim.numeric import prefetch, unit
from bondsim.params import FAMILY
from bondsim.phases.cool import view_on
from bondsim.phases.hazards import hazard, worst_at_age, worst_hazard
from bondsim.phases.meetings import ROOM, copy_slots, fetch_slot, list_slots, new_slots
from bondsim.phases.people import alike, id_of, loneliness_at
from bondsim.phases.stretches import doubled, row
from bondsim.rates import of_kind
from bondsim.rules import reciprocity, strength
from bondsim.state import MAY_END


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


def draw_endings(lo, hi, day, key, rates, state, now):
    """The bonds that end today, as slots in the row of the smaller id.

    Common friends and likeness take long to look up. They are for bonds whose luck could end them
    whatever they are: in three steps, from those that `meet` found (one in sixteen by default).
    """
    bonds = state.bonds
    slots, owners = np.zeros(ROOM, np.uint32), np.zeros(ROOM, np.uint32)
    ids, others = np.zeros(ROOM, np.int64), np.zeros(ROOM, np.int64)
    luck, age, lonely = np.zeros(ROOM), np.zeros(ROOM), np.zeros(ROOM)
    base, strong, mutual = np.zeros(ROOM), np.zeros(ROOM), np.zeros(ROOM)
    doomed = np.zeros(ROOM, np.bool_)
    mine, yours = new_slots(), new_slots()
    ended = np.zeros(ROOM, np.int64)
    n_ended = 0
    i, s = lo, row(lo, bonds)[0]
    while i < hi:
        i, s, count = list_slots(MAY_END, False, i, s, hi, now.meeting, bonds, slots, owners)
        _look_up(count, day, rates.part, slots, owners, now.ids, bonds, ids, others, base, age)
        _draw(count, day, key, rates.part, ids, others, base, age, luck, doomed)
        count = _keep(count, doomed, slots, owners, base, age, luck)
        _look_closely(count, slots, owners, state, mine, yours, lonely)
        _weigh_up(count, day, rates, base, age, lonely, luck, mine, yours, strong, mutual, doomed)
        if n_ended + count > ended.shape[0]:
            ended = doubled(ended)
        n_ended = _end(count, rates, now.ids, state, slots, owners, mine.partner, base, age, strong,
                       mutual, lonely, luck, doomed, ended, n_ended)  # fmt: skip
    return ended[:n_ended]


def _look_up(count, day, part, slots, owners, ids, bonds, mine, yours, base, age):
    """The ids of both sides of these bonds, the base of their hazard, and their age."""
    for n in range(count):
        prefetch(bonds.partner, slots[n])
        prefetch(bonds.kind, slots[n])
        prefetch(bonds.born, slots[n])
    for n in range(count):
        mine[n] = id_of(owners[n], ids)
        yours[n] = id_of(bonds.partner[slots[n]], ids)
        base[n] = of_kind(part.base, bonds.kind[slots[n]])
        age[n] = float(day - bonds.born[slots[n]])


def _draw(count, day, key, part, mine, yours, base, age, luck, doomed):
    """Luck of each bond, and whether it could end the bond at this age."""
    for n in range(count):
        u = pair_uniforms(key, day, PAIR, mine[n], yours[n])
        luck[n] = u[2]
        doomed[n] = u[2] < worst_at_age(base[n], age[n], part)


def _keep(count, doomed, slots, owners, base, age, luck):
    """Strike the bonds off the list that luck cannot end; returns how many are left."""
    kept = 0
    for n in range(count):
        slots[kept] = slots[n]
        owners[kept] = owners[n]
        base[kept] = base[n]
        age[kept] = age[n]
        luck[kept] = luck[n]
        kept += 1 if doomed[n] else 0
    return kept


def _look_closely(count, slots, owners, state, mine, yours, lonely):
    """Both views of these bonds, and the mean loneliness of both sides."""
    agents, bonds = state.agents, state.bonds
    copy_slots(count, slots, bonds, mine)
    for n in range(count):
        fetch_slot(mine.twin[n], bonds)
        prefetch(agents.emotional, mine.partner[n])
        prefetch(agents.social, mine.partner[n])
    copy_slots(count, mine.twin, bonds, yours)
    for n in range(count):
        one, other = loneliness_at(owners[n], agents), loneliness_at(mine.partner[n], agents)
        lonely[n] = 0.5 * (one + other)


def _weigh_up(count, day, rates, base, age, lonely, luck, mine, yours, strong, mutual, doomed):
    """How strong and mutual each bond is, and whether its luck could end it even so."""
    for n in range(count):
        felt_mine, felt_yours = (
            view_on(day, n, rates, mine).felt,
            view_on(day, n, rates, yours).felt,
        )
        strong[n] = strength(felt_mine, felt_yours)
        mutual[n] = reciprocity(felt_mine, felt_yours)
        most = worst_hazard(base[n], age[n], strong[n], mutual[n], lonely[n], rates.part)
        doomed[n] = luck[n] < most


def _end(
    count, rates, ids, state, slots, owners, partners, base, age, strong, mutual, lonely, luck,
    doomed, ended, n_ended,
):  # fmt: skip
    """Add the bonds that end to the `n_ended` that are listed; returns how many that makes."""
    part = rates.part
    for n in range(count):
        if not doomed[n]:
            continue
        i, j = owners[n], partners[n]
        common = float(count_common(i, j, part.common_friends_cap, ids, state.bonds))
        likeness = alike(i, j, rates, state.agents)
        if luck[n] < hazard(
            base[n], strong[n], mutual[n], age[n], common, likeness, lonely[n], part
        ):
            ended[n_ended] = slots[n]
            n_ended += 1
    return n_ended


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
