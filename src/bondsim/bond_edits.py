"""Edits of bonds that interventions make: friends assigned, bonds added and cut, a toxic exit.

ODD 7.8 says what each does.
"""

from __future__ import annotations

import numpy as np

from bondsim import chance, rows
from bondsim.compiling import uniform_rows
from bondsim.engine import Engine, Log
from bondsim.params import FAMILY, FRIEND
from bondsim.state import Array, State

BEFRIENDER = 65536  # offset of the intervention's number in the draws that pick befrienders


def helpers(m: int, targets: Array, day: int, engine: Engine, state: State) -> tuple[Array, Array]:
    """Targets for whom somebody is free, and for each the first by chance who is."""
    ids, bonds = state.agents.id, state.bonds
    u = uniform_rows(engine.key, day, chance.INTERVENTION, ids, BEFRIENDER + m)[:, 0]
    order = np.lexsort((ids, u))
    helpers = order[~np.isin(order, targets)]
    helper = np.full(targets.size, -1)
    for other in helpers.tolist():
        without = np.flatnonzero(helper < 0)
        if not without.size:
            break
        first = bonds.first[other]
        known = bonds.partner[first : first + bonds.degree[other]]
        helper[without[~np.isin(targets[without], known)]] = other
    return targets[helper >= 0], helper[helper >= 0]


def befriend(i: Array, j: Array, day: int, engine: Engine, state: State, log: Log) -> State:
    """Give people i a friend each, j."""
    kind = np.full(i.size, FRIEND, np.int8)
    log("made", i, j, kind)
    # As if made the evening before: the phases of the morning read views as of then.
    return engine.make_bonds(day - 1, state, i, j, kind)


def _pairs(targets: Array, state: State) -> tuple[Array, Array, Array]:
    """People two by two in order of id, and the slot of each pair's bond, or -1 without one."""
    bonds = state.bonds
    i, j = targets[: targets.size // 2 * 2].reshape(-1, 2).T
    slots = rows.slots_of(i, bonds)
    number = np.repeat(np.arange(i.size), bonds.degree[i])
    own = bonds.partner[slots] == j[number]
    slot = np.full(i.size, -1, np.int64)
    slot[number[own]] = slots[own]
    return i, j, slot


def cut_pairs(targets: Array, state: State, log: Log) -> State:
    """Cut the bonds between people, taken two by two, where they have one."""
    i, j, slot = _pairs(targets, state)
    bonded = slot >= 0
    slots = slot[bonded]
    log("left", i[bonded], j[bonded], state.bonds.kind[slots])
    rows.cut(state.bonds, np.stack([slots, state.bonds.twin[slots]], axis=1).ravel())
    return state


def bond_pairs(targets: Array, day: int, engine: Engine, state: State, log: Log) -> State:
    """Make bonds between people, taken two by two, where they have none."""
    i, j, slot = _pairs(targets, state)
    return befriend(i[slot < 0], j[slot < 0], day, engine, state, log)


def leave_closest(
    dose: float, slots: Array, day: int, engine: Engine, state: State, log: Log
) -> State:
    """Cut the bonds in these slots, with injury to whose they are and shock to both."""
    agents, bonds = state.agents, state.bonds
    if not slots.size:
        return state
    twins, others = bonds.twin[slots], bonds.partner[slots]
    leavers = bonds.partner[twins]
    hurt = agents.hurt[leavers].astype(float)
    agents.hurt[leavers] = np.clip(hurt + dose * (1.0 - hurt), 0.0, 1.0)
    shocked = np.stack([leavers, others], axis=1).ravel()
    sides = np.stack([slots, twins], axis=1).ravel()
    closeness = engine.views_on(day - 1, sides, state)[:, 5]
    _shock(engine.rates.part.loss_stress * closeness, shocked, state)
    log("left", leavers, others, bonds.kind[slots])
    rows.cut(bonds, sides)
    return state


def closest(targets: Array, day: int, engine: Engine, state: State) -> Array:
    """The slot of each target's bond of highest felt as of `day` that is not family.

    Target after target: a bond that an earlier one leaves is gone, and who has none is left out.
    """
    bonds = state.bonds
    slots = rows.slots_of(targets, bonds)
    number = np.repeat(np.arange(targets.size), bonds.degree[targets])
    free = bonds.kind[slots] != FAMILY
    slots, number = slots[free], number[free]
    felt = engine.views_on(day, slots, state)[:, 6]
    order = np.lexsort((-felt, number))
    chosen: dict[int, int] = {}
    gone: set[int] = set()
    ranked = zip(number[order].tolist(), slots[order].tolist(), strict=True)
    for target, slot in ranked:
        if target not in chosen and slot not in gone:
            chosen[target] = slot
            gone.add(int(bonds.twin[slot]))
    return np.fromiter(chosen.values(), np.int64, len(chosen))


def _shock(stress: Array, people: Array, state: State) -> None:
    """Add to the stress of these people, one shock of a person after the other."""
    now = state.agents.stress
    order = np.argsort(people, kind="stable")
    ordered = people[order]
    turn = np.arange(order.size) - np.searchsorted(ordered, ordered)
    for k in range(int(turn.max()) + 1):
        these = order[turn == k]
        now[people[these]] = np.clip(now[people[these]].astype(float) + stress[these], 0.0, 1.0)
