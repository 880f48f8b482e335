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
    """A `world.Run` or a `store.stored.StoredRun`."""

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
    """The tables of one day, with bonds between places (rows of `agents`) beside ids.

    `lonely`, bool (n_agents,): who is lonely by the cut of whoever looked.
    """

    day: int
    agents: Table
    bonds: Table
    i: Array
    j: Array
    lonely: Array

    @property
    def n_agents(self) -> int:
        """The number of people."""
        return int(self.agents["id"].size)


def days_kept(run: Recorded) -> list[int]:
    """The days of which the tables of persons and bonds were kept, in rising order."""
    return [int(day) for day in np.unique(run.tables["agents"]["day"])]


def snapshot(run: Recorded, day: int) -> Snapshot:
    """The tables as of the end of `day`, lonely by the run's own cut.

    `ParameterError` for a day that was not kept.
    """
    kept = days_kept(run)
    if day not in kept:
        raise ParameterError("day", day, f"one of the days kept: {', '.join(map(str, kept))}")
    agents, bonds = (_of_day(run.tables[name], day) for name in ("agents", "bonds"))
    i, j = (_places(agents["id"], bonds[side]) for side in "ij")
    lonely = agents["loneliness"].astype(float) >= run.params.observe.lonely_cut
    return Snapshot(day, agents, bonds, i, j, lonely)


def _places(ids: Array, wanted: Array) -> Array:
    """The places of these people, int64; ids rise within a day."""
    if ids.size and ids[0] == 0 and ids[-1] == ids.size - 1:
        return wanted.astype(np.int64)
    places: Array = np.searchsorted(ids, wanted)
    return places


def _of_day(table: Table, day: int) -> Table:
    """The rows of one day, which lie together in rising order: views of the columns, no copies."""
    lo, hi = np.searchsorted(table["day"], np.array([day, day + 1], table["day"].dtype))
    return {name: column[lo:hi] for name, column in table.items()}
