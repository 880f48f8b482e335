"""Stretches: rows that lie together in memory, gone through slot by slot without a gap.

A loop over a stretch takes the spare slots between the rows along: what it finds there is never
used, and one long loop over contiguous columns does eight slots at a time where many short ones do
one. Sums over a person's own bonds are made afterwards, row by row.
"""

from __future__ import annotations

from bondsim.state import Bonds

ROOM = 512
"""Slots in a stretch, unless one row alone has more: a stretch's columns stay in the fast cache."""


def room_for(lo, hi, bonds):
    """Slots of the largest stretch of the rows of persons ``lo`` to ``hi - 1``."""
    room = ROOM
    for i in range(lo, hi):
        room = max(room, bonds.capacity[i])
    return room


def stretch_end(i, hi, room, bonds):
    """One past the last person, at most ``hi - 1``, whose row is in the stretch from i's row on."""
    start = bonds.first[i]
    end = start + bonds.capacity[i]
    last = i + 1
    while last < hi and bonds.first[last] == end and end + bonds.capacity[last] - start <= room:
        end += bonds.capacity[last]
        last += 1
    return last


def slots_between(a, b, bonds):
    """The columns of slots ``a`` to ``b - 1``, as `Bonds`."""
    return Bonds(
        bonds.first, bonds.degree, bonds.capacity, bonds.end, bonds.partner[a:b], bonds.twin[a:b],
        bonds.kind[a:b], bonds.born[a:b], bonds.last_met[a:b], bonds.kept[a:b],
        bonds.broken[a:b], bonds.ceiling[a:b], bonds.regard[a:b], bonds.understanding[a:b],
        bonds.closeness[a:b], bonds.start[a:b],
    )  # fmt: skip
