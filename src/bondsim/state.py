"""The state of a world as arrays: one row per person, one slot per view of a bond.

`FIELDS` declares every column that people see. A bond {i, j} is two slots, i's view of j in i's
row and j's view of i in j's row, each knowing the other as its `twin`. A row's slots lie together,
in rising order of the partners' ids, with room behind them for bonds to come.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class Agents(NamedTuple):
    """One entry per person; see `FIELDS`."""

    id: Array
    context: Array
    company: Array
    group: Array
    empathy: Array
    respect: Array
    presence: Array
    interest: Array
    authenticity: Array
    reliability: Array
    initiative: Array
    set_point: Array
    need: Array
    hours: Array
    position_x: Array
    position_y: Array
    emotional: Array
    social: Array
    self_worth: Array
    stress: Array
    hurt: Array
    security: Array
    received: Array
    chronic: Array
    vigilance_factor: Array
    distraction_factor: Array
    mobility_factor: Array


class Bonds(NamedTuple):
    """Rows of slots. `first`, `degree`, `capacity`: (n_agents,); the others: (n_slots,).

    `first`, `partner` (a place) and `twin` (a slot) are uint32: an index that cannot be negative
    is one instruction where another is four.

    `end`, (1,): the first slot behind all rows, to where a row moves that outgrows its room.
    `start` lasts no longer than a day: in the evening it is what `feel` finds the bond's weight to
    be (ODD eq. 8), from `meet` on the meetings that the owner is expected to start (eq. 9). After
    that phase its room is free, and is lent to `Day.seen`.
    """

    first: Array
    degree: Array
    capacity: Array
    end: Array
    partner: Array
    twin: Array
    kind: Array
    born: Array
    last_met: Array
    kept: Array
    broken: Array
    ceiling: Array
    regard: Array
    understanding: Array
    closeness: Array
    start: Array


class Places(NamedTuple):
    """Contexts: `climate` float32 (n_contexts,) and whose company each is, in order of id.

    The people whose company is c are ``members[first[c] : first[c + 1]]``; `everyone` holds all.
    """

    climate: Array
    first: Array
    members: Array
    everyone: Array


class State(NamedTuple):
    """All that a day changes."""

    agents: Agents
    bonds: Bonds
    places: Places


class Day(NamedTuple):
    """What the phases of one day leave for each other; nothing of it lasts.

    `meeting`, uint8 (n_slots,): the ways of the meeting if there is one (`CHOSEN`, `DUE`) and above
    them its rank among the meetings of the person's row; and whether the bond's end is to be looked
    into (`MAY_END`, in the row of the smaller id). `ids`, int64: the ids of all, or nothing where
    everybody's id is their place, which spares looking it up. `shown`, float32 (4 x most
    meetings,): what each person shows in each of their meetings, side by side, since it is fetched
    at random; those of person i begin at ``4 * first_met[i]``. `seen`, float32 (at least
    8 x n_agents,) while people relate, and nothing else: what each person is to whom they meet,
    side by side too. The others are per person.
    """

    meeting: Array
    ids: Array
    shown: Array
    seen: Array
    first_met: Array
    n_met: Array
    scale: Array
    emotional: Array
    social: Array
    perceived: Array
    time: Array
    closeness: Array
    felt: Array
    n_close: Array


class View(NamedTuple):
    """One person's view of another as of a day: what the phases read of a slot."""

    kept: float
    broken: float
    trust: float
    regard: float
    understanding: float
    closeness: float
    felt: float


class Field(NamedTuple):
    """A column that people see: in tables, files and figures."""

    dtype: str
    unit: str
    doc: str


_TRAITS = {
    "empathy": "warmth and accuracy in attending to others",
    "respect": "how respectfully the person treats others",
    "presence": "share of shared time without a screen in between",
    "interest": "genuine curiosity: listening, asking, remembering",
    "authenticity": "shows their true self instead of a mask",
    "reliability": "keeps what they promise",
    "initiative": "readiness to take the first step",
    "set_point": "dispositional loneliness",
    "need": "how much connection the person wants",
    "hours": "discretionary social hours",
}
_STATES = {
    "emotional": "emotional loneliness: no attachment figure",
    "social": "social loneliness: no circle",
    "self_worth": "confidence",
    "stress": "current load",
    "hurt": "injury left by betrayal",
    "security": "felt security",
    "received": "connection received, mean of both facets",
    "chronic": "loneliness remembered over months",
}
_MODIFIERS = {
    "vigilance_factor": "share of vigilance left by training",
    "distraction_factor": "share of the environment's screens left by phone-free days",
    "mobility_factor": "share of meetings left by a lockdown",
}
_UNITS = {"initiative": "meetings/day", "hours": "h/day"}

FIELDS: dict[str, dict[str, Field]] = {
    "agents": {
        "id": Field("int64", "1", "lasting number of the person"),
        "context": Field("int32", "1", "place that the person shares with others"),
        "company": Field("int32", "1", "whom one meets by chance: the context, or a group joined"),
        "group": Field("int32", "1", "kin group"),
        **{n: Field("float32", _UNITS.get(n, "1"), d) for n, d in _TRAITS.items()},
        "position_x": Field("float32", "1", "place in interest space, first coordinate"),
        "position_y": Field("float32", "1", "place in interest space, second coordinate"),
        **{n: Field("float32", "1", d) for n, d in {**_STATES, **_MODIFIERS}.items()},
    },
    "bonds": {
        "kind": Field("int8", "1", "family, partner, friend, coworker or client"),
        "born": Field("int32", "day", "day on which the bond was made"),
        "last_met": Field("int32", "day", "day of the last meeting"),
        "kept": Field("float32", "promises", "evidence of promises kept"),
        "broken": Field("float32", "promises", "evidence of breaches"),
        "ceiling": Field("float32", "1", "trust that can be reached after a deceit"),
        "regard": Field("float32", "1", "respect and admiration for the other"),
        "understanding": Field("float32", "1", "feeling understood by the other"),
        "closeness": Field("float32", "1", "intimacy from quality hours"),
    },
}
"""Every column of persons and views: dtype, unit, meaning."""

TRAITS = tuple(_TRAITS)
STATES = tuple(_STATES)
MODIFIERS = tuple(_MODIFIERS)
VIEWS = ("kept", "broken", "ceiling", "regard", "understanding", "closeness")
BETRAYED, DECEIVED, REPAIRED = 1, 2, 4
"""Bits that tell how a promise was broken."""
CHOSEN, DUE = 1, 2
"""Bits of `Day.meeting`: by choice, by obligation. Both may be."""
MEETS = CHOSEN | DUE
MAY_END = 4
"""Bit of `Day.meeting`: the pair's luck could end the bond today."""
RANK = 3
"""Bits of `Day.meeting` below the rank."""
UNRANKED = 31
"""The rank from which on ranks are to be counted."""


def new_day(state: State) -> Day:
    """Room for what a day's phases leave for each other, sized for `state`."""
    people = state.agents.id.shape[0]
    # side by side: both are fetched at random for each meeting
    pace = np.zeros(people, [("first_met", np.int32), ("scale", np.float32)])
    return Day(
        meeting=np.zeros(state.bonds.partner.shape[0], np.uint8),
        ids=state.agents.id,
        shown=np.zeros(0, np.float32),
        seen=np.zeros(0, np.float32),
        first_met=pace["first_met"],
        n_met=np.zeros(people, np.int32),
        scale=pace["scale"],
        emotional=np.zeros(people, np.float32),
        social=np.zeros(people, np.float32),
        perceived=np.full(people, -1, np.float32),
        time=np.zeros(people, np.float32),
        closeness=np.zeros(people, np.float32),
        felt=np.zeros(people, np.float32),
        n_close=np.zeros(people, np.int32),
    )


def places_of(climate: Array, company: Array, ids: Array) -> Places:
    """The places of people with these ids in this company."""
    first = np.zeros(climate.size + 1, np.int64)
    np.cumsum(np.bincount(company, minlength=climate.size), out=first[1:])
    members = np.lexsort((ids, company)).astype(np.int32)
    return Places(climate, first, members, np.argsort(ids).astype(np.int32))
