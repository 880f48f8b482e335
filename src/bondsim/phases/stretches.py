"""Rows of slots, and stretches of them: how phases go through bonds.

A loop over a stretch, rows that lie together in memory, takes the spare slots between the rows
along: what it finds there is never used, and one long loop over contiguous columns does eight slots
at a time where many short ones do one. Sums over a person's own bonds are made afterwards, row by
row.
"""

from __future__ import annotations

import numpy as np

from bondsim.state import Bonds

ROOM = 512
"""Slots in a stretch, unless one row alone has more: a stretch's columns stay in the fast cache."""


def row(i, bonds):
    """The first slot of person i's row and the one behind the last in use."""
    first = np.int64(bonds.first[i])
    return first, first + bonds.degree[i]


def room_for(lo, hi, bonds):
    """Slots of the largest stretch of the rows of persons ``lo`` to ``hi - 1``."""
    room = ROOM
    for i in range(lo, hi):
        room = max(room, bonds.capacity[i])
    return room


def stretch(i, hi, room, bonds):
    """The stretch from person i's row on: its first slot, the one behind it, and the person.

    The person is the first, at most `hi`, whose row is not in the stretch any more.
    """
    start = np.int64(bonds.first[i])
    end = start + bonds.capacity[i]
    last = i + 1
    while last < hi and bonds.first[last] == end and end + bonds.capacity[last] - start <= room:
        end += bonds.capacity[last]
        last += 1
    return start, end, last


def doubled(slots):
    """A copy of a list of slots with room for twice as many."""
    longer = np.zeros(2 * slots.shape[0], np.int64)
    longer[: slots.shape[0]] = slots
    return longer


def slots_between(a, b, bonds):
    """The columns of slots ``a`` to ``b - 1``, as `Bonds`."""
    return Bonds(
        bonds.first, bonds.degree, bonds.capacity, bonds.end, bonds.partner[a:b], bonds.twin[a:b],
        bonds.kind[a:b], bonds.born[a:b], bonds.last_met[a:b], bonds.kept[a:b],
        bonds.broken[a:b], bonds.ceiling[a:b], bonds.regard[a:b], bonds.understanding[a:b],
        bonds.closeness[a:b], bonds.start[a:b],
    )  # fmt: skip
