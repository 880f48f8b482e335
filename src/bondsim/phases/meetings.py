"""The day's meetings, person after person, with what is read of both sides laid side by side.

Each of the two people has a meeting in their own row: half a meeting each. Columns are copied into
small tables first, since a loop over tables does eight meetings at a time.
"""

from __future__ import annotations

import numpy as np

from bondsim.state import Agents, Bonds

ROOM = 256
"""Meetings handled together, unless one person alone has more."""


def room_for(lo, hi, now):
    """The largest number of meetings handled together among persons ``lo`` to ``hi - 1``."""
    room = ROOM
    for i in range(lo, hi):
        room = max(room, now.n_met[i])
    return room


def list_meetings(i, hi, now, bonds, slots, places):
    """List meetings from person i's on: fills `slots` and `places`, the persons whose slots.

    Returns one past the last person and the number of meetings; nobody's are torn apart, and there
    are no more people than room for meetings.
    """
    room = slots.shape[0]
    count = 0
    hi = min(hi, i + room)
    while i < hi and count + now.n_met[i] <= room:
        if now.n_met[i] > 0:
            for s in range(bonds.first[i], bonds.first[i] + bonds.degree[i]):
                # written in any case and kept if it counts: which slots meet cannot be foreseen
                if count < room:
                    slots[count] = s
                    places[count] = i
                count += 1 if now.meeting[s] > 0 else 0
        i += 1
    return i, count


def counted_rank(s, first, meeting):
    """Rank of the meeting in slot s of the row that begins at `first`, where it was not kept."""
    rank = 0
    for t in range(first, s):
        rank += 1 if meeting[t] > 0 else 0
    return rank


def new_slots(room):
    """Room for the slots of meetings: the columns that a view is read from."""
    real = np.zeros((7, room), np.float32)
    whole = np.zeros((4, room), np.int32)
    none = whole[:, :0]
    return Bonds(
        none[0], none[0], none[0], none[0], whole[0], whole[1], np.zeros(room, np.int8), none[0], whole[2],
        real[0], real[1], real[2], real[3], real[4], real[5], real[6],
    )  # fmt: skip


def copy_slots(slots, count, bonds, met):
    """Copy what `view_on` reads of these slots, and who the partners are."""
    for m in range(count):
        s = slots[m]
        met.partner[m] = bonds.partner[s]
        met.twin[m] = bonds.twin[s]
        met.kind[m] = bonds.kind[s]
        met.last_met[m] = bonds.last_met[s]
        met.kept[m] = bonds.kept[s]
        met.broken[m] = bonds.broken[s]
        met.ceiling[m] = bonds.ceiling[s]
        met.regard[m] = bonds.regard[s]
        met.understanding[m] = bonds.understanding[s]
        met.closeness[m] = bonds.closeness[s]


def new_people(room):
    """Room for one side of each meeting."""
    id = np.zeros(room, np.int64)
    code = np.zeros(room, np.int32)
    real = np.zeros((23, room), np.float32)
    return Agents(
        id, code, code, code, real[0], real[1], real[2], real[3], real[4], real[5], real[6],
        real[7], real[8], real[9], real[10], real[11], real[12], real[13], real[14], real[15],
        real[16], real[17], real[18], real[19], real[20], real[21], real[22],
    )  # fmt: skip


def copy_conduct(places, count, agents, people):
    """Copy what decides how these people behave."""
    for m in range(count):
        i = places[m]
        people.id[m] = agents.id[i]
        people.empathy[m] = agents.empathy[i]
        people.presence[m] = agents.presence[i]
        people.authenticity[m] = agents.authenticity[i]
        people.emotional[m] = agents.emotional[i]
        people.social[m] = agents.social[i]
        people.self_worth[m] = agents.self_worth[i]
        people.stress[m] = agents.stress[i]
        people.hurt[m] = agents.hurt[i]
        people.distraction_factor[m] = agents.distraction_factor[i]


def copy_perceiver(places, count, agents, people):
    """Copy what decides how these people perceive."""
    for m in range(count):
        i = places[m]
        people.id[m] = agents.id[i]
        people.empathy[m] = agents.empathy[i]
        people.authenticity[m] = agents.authenticity[i]
        people.position_x[m] = agents.position_x[i]
        people.position_y[m] = agents.position_y[i]
        people.emotional[m] = agents.emotional[i]
        people.social[m] = agents.social[i]
        people.hurt[m] = agents.hurt[i]
        people.security[m] = agents.security[i]
        people.vigilance_factor[m] = agents.vigilance_factor[i]


def copy_perceived(places, count, agents, people):
    """Copy what these people are to those who meet them."""
    for m in range(count):
        j = places[m]
        people.id[m] = agents.id[j]
        people.empathy[m] = agents.empathy[j]
        people.respect[m] = agents.respect[j]
        people.interest[m] = agents.interest[j]
        people.reliability[m] = agents.reliability[j]
        people.position_x[m] = agents.position_x[j]
        people.position_y[m] = agents.position_y[j]
        people.emotional[m] = agents.emotional[j]
        people.social[m] = agents.social[j]
