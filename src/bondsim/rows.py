"""Rows of slots: how bonds are laid out, and the only code that changes who is bonded to whom."""

from __future__ import annotations

import numpy as np

from bondsim.compiling import Replaced, compiled
from bondsim.numeric import prefetch
from bondsim.phases.cool import view_on
from bondsim.phases.reach_out import write_first_view
from bondsim.rates import Rates
from bondsim.state import FIELDS, Array, Bonds, State, View

COLUMNS = tuple(FIELDS["bonds"])
"""The columns of a slot that people see; `partner`, `twin` and `start` are kept besides."""
NOBODY = 2**32 - 1
"""In place of a partner where there is none."""
AHEAD = 4
"""Rows by which those that will be changed are fetched ahead."""
RESERVE = 0.03
"""Share of further slots behind all rows, for rows that outgrow their room."""


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
    """Room for these many bonds and some more."""
    roomy: Array = (degree + degree // 16 + 1).astype(np.int32)
    return roomy


def _empty_rows(degree: Array, capacity: Array) -> Bonds:
    """Rows of these capacities with nothing in their slots."""
    ends = np.cumsum(capacity, dtype=np.int64)
    n_slots = int(ends[-1]) + int(RESERVE * ends[-1]) + 256
    columns = {name: np.zeros(n_slots, FIELDS["bonds"][name].dtype) for name in COLUMNS}
    columns["kept"][:] = 1.0  # a spare slot is read as well: no trust is 0 / 0
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


def with_room(bonds: Bonds) -> Bonds:
    """The same bonds in new rows, in the order of places, with the usual slack."""
    roomy = _empty_rows(bonds.degree, _roomy(bonds.degree))
    compiled(_copy_rows)(bonds, roomy)
    return roomy


def _copy_rows(bonds, roomy):
    for i in range(bonds.first.shape[0]):
        for n in range(bonds.degree[i]):
            _copy(bonds.first[i] + n, bonds, roomy.first[i] + n, roomy)
            j = bonds.partner[bonds.first[i] + n]
            twin = np.int64(bonds.twin[bonds.first[i] + n])
            roomy.twin[roomy.first[i] + n] = twin - bonds.first[j] + roomy.first[j]


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
    state: State, rates: Rates, rules: Replaced, day: int, i: Array, j: Array, kind: Array
) -> State:
    """`state` with new bonds between the places i and j, which are not bonded yet."""
    places = i.astype(np.int64), j.astype(np.int64), kind.astype(np.int8)
    made = 0
    while made < i.size:
        made = compiled(_make_bonds, rules)(made, *places, day, rates, state)
        if made < i.size:
            state = state._replace(bonds=with_room(state.bonds))
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
