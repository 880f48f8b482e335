"""Rows of slots: how bonds are laid out, and the only code that changes who is bonded to whom."""

from __future__ import annotations

import numpy as np

from bondsim.compiling import Replaced, compiled
from bondsim.phases.cool import view_on
from bondsim.phases.reach_out import write_first_view
from bondsim.rates import Rates
from bondsim.state import FIELDS, PARTED, Array, Bonds, Day, State, View

COLUMNS = tuple(FIELDS["bonds"])
"""The columns of a slot that move with it; `partner` and `twin` are kept besides."""


def lay_out(n_agents: int, ids: Array, i: Array, j: Array) -> tuple[Bonds, Array, Array]:
    """Empty rows for these bonds, and the slots of the halves i to j and j to i of each.

    `i`, `j`: places of the two people of each bond. Every row has room for a quarter more, and 4.
    """
    source = np.concatenate([i, j]).astype(np.int64)
    target = np.concatenate([j, i]).astype(np.int64)
    order = np.lexsort((ids[target], source))
    degree = np.bincount(source, minlength=n_agents).astype(np.int32)
    bonds = _empty_rows(degree, _roomy(degree))
    rank = np.arange(source.size) - np.repeat(np.cumsum(degree) - degree, degree)
    slots = np.empty(source.size, np.int64)
    slots[order] = bonds.first[source[order]] + rank
    forth, back = slots[: i.size], slots[i.size :]
    bonds.partner[slots] = target
    bonds.twin[forth] = back
    bonds.twin[back] = forth
    return bonds, forth, back


def _roomy(degree: Array) -> Array:
    roomy: Array = (degree + degree // 4 + 4).astype(np.int32)
    return roomy


def _empty_rows(degree: Array, capacity: Array) -> Bonds:
    """Rows of these capacities with nothing in their slots."""
    ends = np.cumsum(capacity, dtype=np.int64)
    n_slots = int(ends[-1])
    columns = {name: np.zeros(n_slots, FIELDS["bonds"][name].dtype) for name in COLUMNS}
    return Bonds(
        first=ends - capacity,
        degree=degree,
        capacity=capacity,
        partner=np.full(n_slots, -1, np.int32),
        twin=np.full(n_slots, -1, np.int32),
        **columns,
    )


def used_slots(bonds: Bonds) -> tuple[Array, Array]:
    """All slots in use and the place of the person whose row each is in, in row order."""
    owner = np.repeat(np.arange(bonds.first.size), bonds.degree)
    within = np.arange(owner.size) - np.repeat(np.cumsum(bonds.degree) - bonds.degree, bonds.degree)
    return bonds.first[owner] + within, owner


def with_room(bonds: Bonds, more: Array) -> Bonds:
    """The same bonds in new rows that have room for `more` slots each, and the usual slack."""
    roomy = _empty_rows(bonds.degree, _roomy(bonds.degree + more.astype(np.int32)))
    old, owner = used_slots(bonds)
    new = old - bonds.first[owner] + roomy.first[owner]
    for name in COLUMNS:
        getattr(roomy, name)[new] = getattr(bonds, name)[old]
    partner = bonds.partner[old]
    roomy.partner[new] = partner
    roomy.twin[new] = bonds.twin[old] - bonds.first[partner] + roomy.first[partner]
    return roomy


def _move(s, t, bonds):
    """Move slot s to t within its row, and tell its twin."""
    bonds.partner[t] = bonds.partner[s]
    bonds.twin[t] = bonds.twin[s]
    bonds.kind[t] = bonds.kind[s]
    bonds.born[t] = bonds.born[s]
    bonds.last_met[t] = bonds.last_met[s]
    bonds.kept[t] = bonds.kept[s]
    bonds.broken[t] = bonds.broken[s]
    bonds.ceiling[t] = bonds.ceiling[s]
    bonds.regard[t] = bonds.regard[s]
    bonds.understanding[t] = bonds.understanding[s]
    bonds.closeness[t] = bonds.closeness[s]
    bonds.twin[bonds.twin[t]] = t


def _cut_marked(ending, bonds):
    for i in range(bonds.first.shape[0]):
        first = bonds.first[i]
        kept = first
        for s in range(first, first + bonds.degree[i]):
            if ending[s] == PARTED:
                continue
            if kept != s:
                _move(s, kept, bonds)
            kept += 1
        bonds.degree[i] = kept - first


def cut_marked(bonds: Bonds, now: Day) -> None:
    """Remove every bond whose two slots are marked `PARTED`; the rows close up in order."""
    compiled(_cut_marked)(now.ending, bonds)


def _insert_half(i, j, ids, bonds):
    """Open a slot for j in i's row, in order of id, and return it."""
    s = bonds.first[i] + bonds.degree[i]
    while s > bonds.first[i] and ids[bonds.partner[s - 1]] > ids[j]:
        _move(s - 1, s, bonds)
        s -= 1
    bonds.degree[i] += 1
    bonds.partner[s] = j
    return s


def _make_bonds(i, j, kind, day, rates, state):
    bonds = state.bonds
    for n in range(i.shape[0]):
        s = _insert_half(i[n], j[n], state.agents.id, bonds)
        t = _insert_half(j[n], i[n], state.agents.id, bonds)
        bonds.twin[s] = t
        bonds.twin[t] = s
        bonds.kind[s] = kind[n]
        bonds.kind[t] = kind[n]
        write_first_view(i[n], j[n], s, day, rates, state)
        write_first_view(j[n], i[n], t, day, rates, state)


def make_bonds(
    state: State, rates: Rates, rules: Replaced, day: int, i: Array, j: Array, kind: Array
) -> State:
    """`state` with new bonds between the places i and j, which are not bonded yet."""
    if i.size == 0:
        return state
    more = np.bincount(np.concatenate([i, j]), minlength=state.bonds.first.size)
    if np.any(state.bonds.degree + more > state.bonds.capacity):
        state = state._replace(bonds=with_room(state.bonds, more))
    compiled(_make_bonds, rules)(
        i.astype(np.int64), j.astype(np.int64), kind.astype(np.int8), day, rates, state
    )
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
