"""The day's meetings, person after person, with what is read of both sides laid side by side.

Each of the two people has a meeting in their own row: half a meeting each. Columns are copied into
small tables first, since a loop over tables does eight meetings at a time. Tables of one length,
each in one piece, spare the compiler the checks that they do not overlap.
"""

from __future__ import annotations

import numpy as np

from bondsim.numeric import prefetch
from bondsim.phases.people import id_of
from bondsim.phases.stretches import row
from bondsim.state import MEETS, Agents, Bonds

ROOM = 256
"""Meetings, and people, handled together."""
AHEAD = 1024
"""Slots by which rows are fetched ahead: about as many as have `ROOM` meetings."""

ATTENDS, WARM, OPENS, FELT = 0, ROOM, 2 * ROOM, 3 * ROOM
"""What one side shows in a meeting: where the columns begin in a table."""
(
    KEPT, BROKEN, BELIEVED, ADMIRED, CLOSE, REGARD, UNDERSTANDING, CLOSENESS, DISCLOSED, VALUED,
    MOOD, RELIEF, TIME, WORTH, INJURY,
) = range(0, 15 * ROOM, ROOM)  # fmt: skip
MADE = 15
"""What a meeting makes of one side: the view before it and after it, and what is felt."""


def list_meetings(i, s, hi, meeting, bonds, slots, places):
    """List meetings of at most `ROOM` people from slot s of person i on; see `list_slots`."""
    return list_slots(MEETS, True, i, s, min(hi, i + ROOM), meeting, bonds, slots, places)


def list_slots(bits, fetch, i, s, hi, meeting, bonds, slots, places):
    """List up to `ROOM` slots with one of these bits, from slot s of person i on.

    Fills `slots` and `places`, whose slots they are. Returns the person, at most `hi`, and the slot
    to go on from, and how many there are. `fetch`: whether rows are read on the way to come.
    """
    count = 0
    most = meeting.shape[0] - 1
    while i < hi:
        end = row(i, bonds)[1]
        if fetch:
            fetch_slot(min(s + AHEAD, most), bonds)
        while s < end and count < ROOM:
            # written in any case and kept if it counts: which slots do cannot be foreseen
            n, slot = np.uint32(count), np.uint32(s)
            slots[n] = slot
            places[n] = i
            count += 1 if meeting[slot] & bits > 0 else 0
            s += 1
        if s < end:
            return i, s, count
        i += 1
        s = row(min(i, bonds.first.shape[0] - 1), bonds)[0]
    return i, s, count


def fetch_slot(s, bonds):
    """Fetch what is read of a meeting: more columns than the processor itself would follow."""
    prefetch(bonds.partner, s)
    prefetch(bonds.twin, s)
    prefetch(bonds.last_met, s)
    prefetch(bonds.kept, s)
    prefetch(bonds.broken, s)
    prefetch(bonds.ceiling, s)
    prefetch(bonds.regard, s)
    prefetch(bonds.understanding, s)
    prefetch(bonds.closeness, s)


def counted_rank(s, first, meeting):
    """Rank of the meeting in slot s of the row that begins at `first`, where it was not kept."""
    rank = 0
    for t in range(first, s):
        rank += 1 if meeting[t] & MEETS > 0 else 0
    return rank


def new_slots():
    """Room for the slots of meetings: the columns that a view is read from."""
    place = np.zeros(2 * ROOM, np.uint32)
    day = np.zeros(2 * ROOM, np.int32)
    view = np.zeros(7 * ROOM, np.float32)
    kind = np.zeros(ROOM, np.int8)
    n = ROOM
    return Bonds(
        place[:0], day[:0], day[:0], day[:0], place[:n], place[n:], kind, day[:n], day[n:],
        view[:n], view[n : 2 * n], view[2 * n : 3 * n], view[3 * n : 4 * n], view[4 * n : 5 * n],
        view[5 * n : 6 * n], view[6 * n :],
    )  # fmt: skip


def copy_slots(count, slots, bonds, met):
    """Copy what `view_on` reads of these slots, and who the partners are."""
    for m in range(count):
        s = slots[m]
        met.partner[m] = bonds.partner[s]
        met.twin[m] = bonds.twin[s]
        met.kind[m] = bonds.kind[s]
        met.last_met[m] = bonds.last_met[s]
    for m in range(count):
        s = slots[m]
        met.kept[m] = bonds.kept[s]
        met.broken[m] = bonds.broken[s]
        met.ceiling[m] = bonds.ceiling[s]
    for m in range(count):
        s = slots[m]
        met.regard[m] = bonds.regard[s]
        met.understanding[m] = bonds.understanding[s]
        met.closeness[m] = bonds.closeness[s]


def new_people():
    """Room for one side of each meeting."""
    n = ROOM
    id = np.zeros(n, np.int64)
    code = np.zeros(0, np.int32)
    x = np.zeros(23 * n, np.float32)
    return Agents(
        id, code, code, code, x[:n], x[n : 2 * n], x[2 * n : 3 * n], x[3 * n : 4 * n],
        x[4 * n : 5 * n], x[5 * n : 6 * n], x[6 * n : 7 * n], x[7 * n : 8 * n], x[8 * n : 9 * n],
        x[9 * n : 10 * n], x[10 * n : 11 * n], x[11 * n : 12 * n], x[12 * n : 13 * n],
        x[13 * n : 14 * n], x[14 * n : 15 * n], x[15 * n : 16 * n], x[16 * n : 17 * n],
        x[17 * n : 18 * n], x[18 * n : 19 * n], x[19 * n : 20 * n], x[20 * n : 21 * n],
        x[21 * n : 22 * n], x[22 * n :],
    )  # fmt: skip


def copy_conduct(count, places, agents, people):
    """Copy what decides how these people behave."""
    for m in range(count):
        i = places[m]
        people.id[m] = agents.id[i]
        people.empathy[m] = agents.empathy[i]
        people.presence[m] = agents.presence[i]
        people.authenticity[m] = agents.authenticity[i]
        people.distraction_factor[m] = agents.distraction_factor[i]
    for m in range(count):
        i = places[m]
        people.emotional[m] = agents.emotional[i]
        people.social[m] = agents.social[i]
        people.self_worth[m] = agents.self_worth[i]
        people.stress[m] = agents.stress[i]
        people.hurt[m] = agents.hurt[i]


def copy_perceiver(count, places, agents, people):
    """Copy what decides how these people perceive."""
    for m in range(count):
        i = places[m]
        people.id[m] = agents.id[i]
        people.empathy[m] = agents.empathy[i]
        people.authenticity[m] = agents.authenticity[i]
        people.position_x[m] = agents.position_x[i]
        people.position_y[m] = agents.position_y[i]
    for m in range(count):
        i = places[m]
        people.emotional[m] = agents.emotional[i]
        people.social[m] = agents.social[i]
        people.hurt[m] = agents.hurt[i]
        people.security[m] = agents.security[i]
        people.vigilance_factor[m] = agents.vigilance_factor[i]


def show_people(lo, hi, agents, seen):
    """Write what persons ``lo`` to ``hi - 1`` are to whom they meet into their rows of `seen`."""
    for i in range(lo, hi):
        seen[8 * i] = agents.empathy[i]
        seen[8 * i + 1] = agents.respect[i]
        seen[8 * i + 2] = agents.interest[i]
        seen[8 * i + 3] = agents.reliability[i]
        seen[8 * i + 4] = agents.position_x[i]
        seen[8 * i + 5] = agents.position_y[i]
        seen[8 * i + 6] = agents.emotional[i]
        seen[8 * i + 7] = agents.social[i]


def copy_perceived(count, places, ids, seen, people):
    """Copy what these people are to those who meet them."""
    for m in range(count):
        people.id[m] = id_of(places[m], ids)
        j = 8 * np.int64(places[m])
        people.empathy[m] = seen[j]
        people.respect[m] = seen[j + 1]
        people.interest[m] = seen[j + 2]
        people.reliability[m] = seen[j + 3]
        people.position_x[m] = seen[j + 4]
        people.position_y[m] = seen[j + 5]
        people.emotional[m] = seen[j + 6]
        people.social[m] = seen[j + 7]
