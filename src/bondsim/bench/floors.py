"""What a day must move through memory at the least, and how long this machine takes for that alone.

`TRAFFIC` declares by name the columns that each phase touches; bytes follow from the arrays that
are really there, so that it stays true when a column changes its type. A column counts once a
phase, however often it is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from bondsim.state import DUE, MAY_END, State

READ, WRITE, PARTNER, TWIN = "read", "write", "partner", "twin"
"""How columns are touched: in their order, or fetched where `bonds.partner` or `twin` point."""
SLOT, MET, OBLIGED, LOOKED, PERSON = "slot", "met", "obliged", "looked", "person"
"""How often: for each half bond, each half that met, or met by obligation, each bond that could
end, each person."""


class Touch(NamedTuple):
    """Columns that a phase touches together: `how`, once `per` what, and their names.

    ``name*n`` is a column of which n entries side by side belong to one.
    """

    how: str
    per: str
    columns: str


_VIEW = (
    "bonds.kind bonds.last_met bonds.kept bonds.broken bonds.ceiling bonds.regard "
    "bonds.understanding bonds.closeness"
)
_WRITTEN_VIEW = (
    "bonds.last_met bonds.kept bonds.broken bonds.regard bonds.understanding bonds.closeness"
)
_CONDUCT = (
    "agents.emotional agents.social agents.empathy agents.presence agents.authenticity "
    "agents.self_worth agents.stress agents.hurt agents.distraction_factor"
)
_PERCEIVER = "agents.security agents.vigilance_factor agents.position_x agents.position_y"
_ROWS = "bonds.first bonds.degree"

TRAFFIC: dict[str, tuple[Touch, ...]] = {
    "meet": (
        Touch(READ, SLOT, "bonds.partner bonds.twin bonds.kind bonds.last_met bonds.start"),
        Touch(WRITE, SLOT, "bonds.start day.meeting"),
        Touch(PARTNER, SLOT, "day.ids"),
        Touch(TWIN, SLOT, "bonds.start"),
        Touch(PARTNER, OBLIGED, "agents.context agents.company agents.mobility_factor"),
        Touch(
            READ, PERSON,
            f"{_ROWS} agents.id agents.hours agents.initiative agents.mobility_factor "
            "agents.emotional agents.social",
        ),
        Touch(WRITE, PERSON, "day.scale day.n_met day.first_met"),
    ),
    "relate": (
        Touch(READ, SLOT, "day.meeting"),
        Touch(READ, MET, f"{_VIEW} bonds.partner bonds.twin day.shown*4"),
        Touch(WRITE, MET, f"{_WRITTEN_VIEW} day.shown*4"),
        Touch(TWIN, MET, "day.meeting"),
        Touch(PARTNER, MET, "day.ids"),
        Touch(PARTNER, MET, "day.scale day.first_met"),
        Touch(PARTNER, MET, "bonds.start*8"),
        Touch(PARTNER, MET, "day.shown*4"),
        Touch(
            READ, PERSON,
            f"{_ROWS} agents.id agents.company agents.mobility_factor {_CONDUCT} {_PERCEIVER} "
            "day.first_met day.n_met day.scale",
        ),
        Touch(
            WRITE, PERSON,
            "agents.self_worth agents.stress agents.hurt day.emotional day.social day.perceived "
            "day.time bonds.start*8",
        ),
    ),
    "cool": (),
    "part": (
        Touch(READ, SLOT, "day.meeting"),
        Touch(READ, PERSON, _ROWS),
        Touch(TWIN, LOOKED, "bonds.partner bonds.kind bonds.born"),
    ),
    "reach_out": (
        Touch(READ, SLOT, "bonds.last_met"),
        Touch(
            READ, PERSON,
            f"{_ROWS} agents.id agents.need agents.received agents.initiative agents.self_worth "
            "agents.hurt agents.chronic agents.mobility_factor",
        ),
    ),
    "feel": (
        Touch(READ, SLOT, _VIEW),
        Touch(WRITE, SLOT, "bonds.start"),
        Touch(
            READ, PERSON,
            f"{_ROWS} agents.id agents.context agents.set_point agents.need agents.stress "
            "agents.emotional agents.social agents.self_worth agents.hurt agents.chronic "
            "day.perceived",
        ),
        Touch(
            WRITE, PERSON,
            "agents.stress agents.emotional agents.social agents.self_worth agents.hurt "
            "agents.chronic agents.security agents.received day.closeness day.felt day.n_close",
        ),
    ),
}  # fmt: skip
"""The columns that each phase touches."""

LINE, RECORD, WORD = 64, 16, 4
"""Bytes of a line, which is fetched at once; what is not a word costs what a record does."""


class Fetch(NamedTuple):
    """One way to fetch at random: where (`PARTNER` or `TWIN`), and how many bytes."""

    at: str
    width: int


FETCHES = tuple(Fetch(at, width) for at in (PARTNER, TWIN) for width in (RECORD, WORD))
"""Every sort of fetch that can be needed."""


class Need(NamedTuple):
    """What one phase of one day moves: bytes in order, and the number of fetches of each sort."""

    streamed: float
    fetched: dict[Fetch, float]

    def seconds(self, bytes_per_second: float, per_fetch: Mapping[Fetch, float]) -> float:
        """The floor: the longer of streaming and fetching, which can go on at the same time."""
        fetching = sum(count * per_fetch[fetch] for fetch, count in self.fetched.items())
        return max(self.streamed / bytes_per_second, fetching)


def needs(state: State, scratch: Any) -> dict[str, Need]:
    """What each phase moved on the day at whose end the world is `state`, its `Day` `scratch`.

    Raises
    ------
    LookupError
        For a column in `TRAFFIC` that is not there, naming it.
    """
    often = _occasions(state, scratch)
    return {
        phase: _need(phase, touches, often, state, scratch) for phase, touches in TRAFFIC.items()
    }


def _occasions(state: State, scratch: Any) -> dict[str, float]:
    """How often on this day a touch happens that is declared per slot, met, obliged and so on."""
    # of `meeting` whole: rows may have moved since; what a slot that was given up keeps is little
    return {
        SLOT: int(state.bonds.degree.sum()),
        MET: int(scratch.n_met.sum()),
        OBLIGED: int(np.count_nonzero(scratch.meeting & DUE)),
        LOOKED: int(np.count_nonzero(scratch.meeting & MAY_END)),
        PERSON: state.bonds.degree.size,
    }


def _need(
    phase: str, touches: tuple[Touch, ...], often: Mapping[str, float], state: State, scratch: Any
) -> Need:
    streamed = 0.0
    fetched: dict[Fetch, float] = {}
    for how, per, columns in touches:
        width = sum(_row_bytes(phase, name, state, scratch) for name in columns.split())
        if how in (READ, WRITE):
            streamed += often[per] * width
        elif width > 0:  # ids are nothing where they are places
            fetch = Fetch(how, WORD if width <= WORD else RECORD)
            fetched[fetch] = fetched.get(fetch, 0.0) + often[per] * -(-width // LINE)
    return Need(streamed, fetched)


def _row_bytes(phase: str, name: str, state: State, scratch: Any) -> int:
    """Bytes that one entry of the column holds, or the entries that ``*n`` tells."""
    path, _, entries = name.partition("*")
    group, _, column = path.partition(".")
    holder = scratch if group == "day" else getattr(state, group, None)
    array = getattr(holder, column, None)
    if not isinstance(array, np.ndarray):
        there = ", ".join(getattr(holder, "_fields", ()))
        known = f"{group} has {there}" if there else f"there are {', '.join(state._fields)}, day"
        raise LookupError(f"floors.TRAFFIC[{phase!r}] names {name!r}, which is not there: {known}")
    rows = max(1, array.shape[0])
    return int(array.nbytes // rows) * int(entries or 1)
