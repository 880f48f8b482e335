"""Rows of slots: how bonds are laid out, and the only code that changes who is bonded to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bondsim.compiling import Replaced, compiled
from bondsim.numeric import prefetch
from bondsim.phases.cool import view_on
from bondsim.phases.reach_out import write_first_view
from bondsim.phases.stretches import row
from bondsim.rates import Rates
from bondsim.state import FIELDS, Array, Bonds, State, View

COLUMNS = tuple(FIELDS["bonds"])
"""The columns of a slot that people see; `partner`, `twin` and `start` are kept besides."""
Run = Callable[..., Any]
"""Calls a function for blocks of a state's people, as `Engine.run` does."""
NOBODY = 2**32 - 1
"""In place of a partner where there is none."""
BLANK = {"partner": NOBODY, "kept": 1.0}
"""What spare slots hold where it is not 0. They are read as well: no trust shall be 0 / 0."""
AHEAD = 4
"""Rows by which those that will be changed are fetched ahead."""
RESERVE = 0.02
"""Share of further slots behind all rows, for rows that outgrow their room: lasts for ten days."""


def lay_out(n_agents: int, i: Array, j: Array) -> tuple[Bonds, Array, Array]:
    """Empty rows for these bonds, and the slots of the halves i to j and j to i of each.

    `i`, `j`: places of the two people of each bond, that of the smaller id first, and bonds in the
    order of both ids.
    """
    degree = np.bincount(i, minlength=n_agents) + np.bincount(j, minlength=n_agents)
    bonds = _empty_rows(degree.astype(np.int32), _roomy(degree))
    forth, back = np.empty(i.size, np.int64), np.empty(i.size, np.int64)
    compiled(_fill_rows)(i.astype(np.uint32), j.astype(np.uint32), bonds, forth, back)
    return bonds, forth, back


def _fill_rows(i, j, bonds, forth, back):
    filled = bonds.first.copy()
    # In this order each row fills up in rising order: first all who come before its owner.
    for n in range(j.shape[0]):
        back[n] = filled[j[n]]
        filled[j[n]] += 1
    for n in range(i.shape[0]):
        forth[n] = filled[i[n]]
        filled[i[n]] += 1
        bonds.partner[forth[n]] = j[n]
        bonds.partner[back[n]] = i[n]
        bonds.twin[forth[n]] = back[n]
        bonds.twin[back[n]] = forth[n]


def _roomy(degree: Array) -> Array:
    """Room for these many bonds and, mostly, one more."""
    roomy: Array = (degree + degree // 64 + 1).astype(np.int32)
    return roomy


def _n_slots(capacity: Array) -> int:
    """Slots of rows of these capacities, with the reserve."""
    in_rows = int(capacity.sum(dtype=np.int64))
    return in_rows + int(RESERVE * in_rows) + 256


def _empty_rows(degree: Array, capacity: Array) -> Bonds:
    """Rows of these capacities with nothing in their slots."""
    ends = np.cumsum(capacity, dtype=np.int64)
    n_slots = _n_slots(capacity)
    columns = {name: np.zeros(n_slots, FIELDS["bonds"][name].dtype) for name in COLUMNS}
    columns["kept"][:] = BLANK["kept"]
    return Bonds(
        first=(ends - capacity).astype(np.uint32),
        degree=degree,
        capacity=capacity,
        end=ends[-1:].copy(),
        partner=np.full(n_slots, NOBODY, np.uint32),
        twin=np.zeros(n_slots, np.uint32),
        **columns,
        start=np.zeros(n_slots, np.float32),
    )


def used_slots(bonds: Bonds) -> tuple[Array, Array]:
    """All slots in use and the place of the person whose row each is in, in row order."""
    everyone = np.arange(bonds.first.size)
    return slots_of(everyone, bonds), np.repeat(everyone, bonds.degree)


def slots_of(places: Array, bonds: Bonds) -> Array:
    """The slots in use of these people's rows, one row after the other: int64."""
    degree = bonds.degree[places].astype(np.int64)
    ends = np.cumsum(degree)
    before: Array = np.repeat(bonds.first[places].astype(np.int64) - ends + degree, degree)
    return np.arange(degree.sum()) + before


def with_room(state: State, run: Run) -> State:
    """The same bonds in new rows, in the order of places, with the usual slack.

    Column after column, each in the room that the one before has left if that is about long enough:
    at a million people new memory would take four times as long as the copying. `state` is used up.
    """
    bonds = state.bonds
    capacity = _roomy(bonds.degree)
    ends = np.cumsum(capacity, dtype=np.int64)
    first = (ends - capacity).astype(np.uint32)
    run(_renumber, state, first - bonds.first, bonds)
    n_slots = wanted = _n_slots(capacity)
    if ends[-1] + 0.5 * (wanted - ends[-1]) <= bonds.partner.size <= 1.01 * wanted:
        n_slots = bonds.partner.size
    columns, free = {}, np.empty(n_slots, np.uint32)
    for name in ("partner", "twin", *COLUMNS, "start"):
        old = getattr(bonds, name)
        fits = old.itemsize == free.itemsize and free.size == n_slots
        room = free.view(old.dtype) if fits else np.empty(n_slots, old.dtype)
        blank = old.dtype.type(BLANK.get(name, 0))
        run(_move_column, state, bonds, first, capacity, old, room, blank)
        room[ends[-1] :] = blank
        columns[name] = room
        if fits:
            free = old.view(np.uint32)
    rows = {"first": first, "degree": bonds.degree, "capacity": capacity, "end": ends[-1:].copy()}
    return state._replace(bonds=Bonds(**rows, **columns))


def _renumber(lo, hi, moved, bonds):
    """Tell each slot where its twin will be; `moved`: by how much each row moves, modulo 2**32."""
    for i in range(lo, hi):
        first, last = row(i, bonds)
        for slot in range(first, last):
            s = np.uint32(slot)
            there = np.int64(bonds.twin[s]) + np.int64(moved[bonds.partner[s]])
            bonds.twin[s] = np.uint32(there & NOBODY)


def _move_column(lo, hi, bonds, first, capacity, column, room, blank):
    """Copy what `column` holds of persons ``lo`` to ``hi - 1`` to `room`, in their new rows."""
    for i in range(lo, hi):
        s, t = np.uint32(bonds.first[i]), np.uint32(first[i])
        degree = bonds.degree[i]
        for n in range(degree):
            room[t + np.uint32(n)] = column[s + np.uint32(n)]
        for n in range(degree, capacity[i]):
            room[t + np.uint32(n)] = blank


def _copy(s, bonds, t, others):
    """Copy slot s of some rows to slot t of others."""
    others.partner[t] = bonds.partner[s]
    others.twin[t] = bonds.twin[s]
    others.kind[t] = bonds.kind[s]
    others.born[t] = bonds.born[s]
    others.last_met[t] = bonds.last_met[s]
    others.kept[t] = bonds.kept[s]
    others.broken[t] = bonds.broken[s]
    others.ceiling[t] = bonds.ceiling[s]
    others.regard[t] = bonds.regard[s]
    others.understanding[t] = bonds.understanding[s]
    others.closeness[t] = bonds.closeness[s]
    others.start[t] = bonds.start[s]


def _move(s, t, bonds):
    """Move slot s to t, and tell its twin."""
    _copy(s, bonds, t, bonds)
    bonds.twin[bonds.twin[t]] = t


def _fetch_row(i, bonds):
    """Fetch i's row, which will be changed soon: in a large town it is far from the last one."""
    first = np.int64(bonds.first[i])
    prefetch(bonds.partner, first)
    prefetch(bonds.twin, first)
    prefetch(bonds.kind, first)
    prefetch(bonds.born, first)
    prefetch(bonds.last_met, first)
    prefetch(bonds.kept, first)
    prefetch(bonds.broken, first)
    prefetch(bonds.ceiling, first)
    prefetch(bonds.regard, first)
    prefetch(bonds.understanding, first)
    prefetch(bonds.closeness, first)
    prefetch(bonds.start, first)


def _cut(slots, owners, bonds):
    for n in range(slots.shape[0]):
        bonds.partner[slots[n]] = NOBODY
    for n in range(owners.shape[0]):
        i = owners[n]
        _fetch_row(owners[min(n + AHEAD, owners.shape[0] - 1)], bonds)
        kept = np.int64(bonds.first[i])
        for s in range(bonds.first[i], bonds.first[i] + bonds.degree[i]):
            if bonds.partner[s] == NOBODY:
                continue
            if kept != s:
                _move(s, kept, bonds)
            kept += 1
        bonds.degree[i] = kept - np.int64(bonds.first[i])


def cut(bonds: Bonds, slots: Array) -> None:
    """Remove the bonds in these slots, both halves of each; the rows close up in order."""
    if slots.size:
        owners = np.unique(bonds.partner[bonds.twin[slots]]).astype(np.int64)
        compiled(_cut)(np.asarray(slots, np.int64), owners, bonds)


def _has_room(i, bonds):
    """Whether i's row has a free slot, if need be after a move to the end of all rows."""
    if bonds.degree[i] < bonds.capacity[i]:
        return True
    capacity = bonds.degree[i] + bonds.degree[i] // 8 + 3
    first, end = np.int64(bonds.first[i]), bonds.end[0]
    if end + capacity > bonds.partner.shape[0]:
        return False
    for n in range(bonds.degree[i]):
        _move(first + n, end + n, bonds)
    bonds.first[i] = end
    bonds.capacity[i] = capacity
    bonds.end[0] = end + capacity
    return True


def _insert_half(i, j, ids, bonds):
    """Open a slot for j in i's row, in order of id, and return it."""
    s = np.int64(bonds.first[i]) + bonds.degree[i]
    while s > bonds.first[i] and ids[bonds.partner[s - 1]] > ids[j]:
        _move(s - 1, s, bonds)
        s -= 1
    bonds.degree[i] += 1
    bonds.partner[s] = j
    return s


def _make_bonds(made, i, j, kind, day, rates, state):
    """Make the bonds from number `made` on; returns the number of the first without room."""
    bonds = state.bonds
    for n in range(made, i.shape[0]):
        _fetch_row(i[min(n + AHEAD, i.shape[0] - 1)], bonds)
        _fetch_row(j[min(n + AHEAD, i.shape[0] - 1)], bonds)
        if not (_has_room(i[n], bonds) and _has_room(j[n], bonds)):
            return n
        s = _insert_half(i[n], j[n], state.agents.id, bonds)
        t = _insert_half(j[n], i[n], state.agents.id, bonds)
        bonds.twin[s] = t
        bonds.twin[t] = s
        bonds.kind[s] = kind[n]
        bonds.kind[t] = kind[n]
        write_first_view(i[n], j[n], s, day, rates, state)
        write_first_view(j[n], i[n], t, day, rates, state)
    return i.shape[0]


def make_bonds(
    state: State,
    rates: Rates,
    rules: Replaced,
    run: Run,
    day: int,
    i: Array,
    j: Array,
    kind: Array,
) -> State:
    """`state` with new bonds between the places i and j, which are not bonded yet."""
    places = i.astype(np.int64), j.astype(np.int64), kind.astype(np.int8)
    made = 0
    while made < i.size:
        made = compiled(_make_bonds, rules)(made, *places, day, rates, state)
        if made < i.size:
            state = with_room(state, run)
    return state


def _views(slots, day, rates, bonds, out):
    for n in range(slots.shape[0]):
        view = view_on(day, slots[n], rates, bonds)
        for c in range(out.shape[1]):
            out[n, c] = view[c]


def views_on(day: int, slots: Array, rates: Rates, rules: Replaced, bonds: Bonds) -> Array:
    """Views as of `day`: float64 (n_slots, 7), a column for each field of `View`."""
    out = np.empty((slots.size, len(View._fields)))
    compiled(_views, rules)(slots.astype(np.int64), day, rates, bonds, out)
    return out
