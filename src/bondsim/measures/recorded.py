"""What measures and figures need of a run, fresh or stored: its parameters and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from bondsim.errors import ParameterError

if TYPE_CHECKING:
    from bondsim.params import Params
    from bondsim.state import Array

    Table = dict[str, Array]


class Recorded(Protocol):
    """A `world.Run` or a `study.store.StoredRun`."""

    @property
    def params(self) -> Params:
        """The parameters of the run's world."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables series, events, agents and bonds; see `history`."""

    @property
    def cost(self) -> float:
        """What the interventions cost [person-hours]."""


class Snapshot(NamedTuple):
    """The tables of one day, with bonds between places (rows of `agents`) beside ids."""

    day: int
    agents: Table
    bonds: Table
    i: Array
    j: Array

    @property
    def n_agents(self) -> int:
        """The number of people."""
        return int(self.agents["id"].size)


def days_kept(run: Recorded) -> list[int]:
    """The days of which the tables of persons and bonds were kept, in rising order."""
    return [int(day) for day in np.unique(run.tables["agents"]["day"])]


def snapshot(run: Recorded, day: int) -> Snapshot:
    """The tables as of the end of `day`; `ParameterError` for a day that was not kept."""
    kept = days_kept(run)
    if day not in kept:
        raise ParameterError("day", day, f"one of the days kept: {', '.join(map(str, kept))}")
    agents, bonds = (_of_day(run.tables[name], day) for name in ("agents", "bonds"))
    # ids rise within a day, so a place is found by bisection
    i, j = (np.searchsorted(agents["id"], bonds[side]) for side in ("i", "j"))
    return Snapshot(day, agents, bonds, i, j)


def lonely_people(run: Recorded, now: Snapshot) -> Array:
    """Whether each person is lonely by the run's own cut: bool (n_agents,)."""
    lonely: Array = now.agents["loneliness"].astype(float) >= run.params.observe.lonely_cut
    return lonely


def _of_day(table: Table, day: int) -> Table:
    chosen = table["day"] == day
    return {name: column[chosen] for name, column in table.items()}
