"""What a run says in a few lines: the table that the command line ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.measures.clustering import clustering_by_distance
from bondsim.measures.daily import SERIES
from bondsim.measures.levels import DAYS_A_YEAR, of_both
from bondsim.measures.recorded import Recorded, Snapshot, days_kept, snapshot
from bondsim.measures.statistics import spearman
from bondsim.measures.ties import network_statistics

if TYPE_CHECKING:
    from bondsim.measures.recorded import Table

MOST = 4
"""Degrees of separation in the summary."""


class SummaryRow(NamedTuple):
    """One line. None: there is no such number; `low` and `high`: 95 % band around no clustering."""

    name: str
    unit: str
    first: float | None
    last: float | None
    low: float | None = None
    high: float | None = None


_DAILY = {
    "lonely_days": "lonely days",
    "share_lonely": "share lonely",
    "scale_score": "loneliness scale",
    "closeness": "closeness",
    "felt": "felt connection",
    "close_ties": "close bonds of a person",
    "isolated": "share without a bond",
    "bonds": "bonds",
}
MADE = ("n_made",)
LOST = ("n_parted", "n_left", "n_moved")
"""Columns of the series that count bonds made and lost; estranged family stays bonded."""


def summarise(run: Recorded) -> list[SummaryRow]:
    """The state on the first and the last recorded day, and what the run as a whole did.

    What belongs to the whole run stands under `last`. Clustering is counted with the labels
    shuffled 200 times, keyed by the run's seed.
    """
    series = run.tables["series"]
    rows = [
        SummaryRow(name, SERIES[column].unit, float(series[column][0]), float(series[column][-1]))
        for column, name in _DAILY.items()
    ]
    ends = [snapshot(run, day) for day in _first_and_last(run)]
    return [
        *rows,
        *_made_and_lost(series, ends[-1].n_agents),
        *_cost(run),
        *_structure(ends),
        SummaryRow("rank stability of loneliness", "Spearman", None, _rank_stability(ends)),
        *_separation(run, ends),
    ]


def clustering_of(run: Recorded, now: Snapshot, *, most: int = MOST) -> Table:
    """`clustering_by_distance` of the people whom the run's own cut calls lonely."""
    return clustering_by_distance(
        now.n_agents, now.i, now.j, now.lonely, most=most, seed=run.params.seed
    )


def _first_and_last(run: Recorded) -> list[int]:
    days = days_kept(run)
    return [days[0], days[-1]] if len(days) > 1 else days


def _made_and_lost(series: Table, n_agents: int) -> list[SummaryRow]:
    """Bonds made and lost over the whole run, and for a person in a year."""
    years = series["day"].size / DAYS_A_YEAR
    rows = []
    for name, columns in (("bonds made", MADE), ("bonds lost", LOST)):
        total = float(sum(series[column].sum() for column in columns))
        # a bond is one for each of its two people
        each = 2.0 * total / n_agents / years
        rows += [
            SummaryRow(name, "bonds", None, total),
            SummaryRow(f"{name} by a person", "bonds/year", None, each),
        ]
    return rows


def _cost(run: Recorded) -> list[SummaryRow]:
    """What interventions cost, where they cost anything."""
    hours = run.cost
    return [SummaryRow("person-hours of interventions", "h", None, hours)] if hours else []


def _structure(ends: list[Snapshot]) -> list[SummaryRow]:
    mutual = [_mean(end.bonds["reciprocity"].astype(float)) for end in ends]
    network = [network_statistics(e.n_agents, e.i, e.j, e.agents["loneliness"]) for e in ends]
    values = {
        "reciprocity of felt connection": mutual,
        "transitivity": [_known(each["transitivity"]) for each in network],
        "assortativity of loneliness": [_known(each["assortativity"]) for each in network],
    }
    return [_row(name, "1", numbers) for name, numbers in values.items()]


def _separation(run: Recorded, ends: list[Snapshot]) -> list[SummaryRow]:
    """Clustering by degree of separation, with the band of the last day."""
    tables = [clustering_of(run, end) for end in ends]
    return [
        _row(
            f"lonely at distance {d + 1} of the lonely",
            "excess",
            [_known(table["excess"][d]) for table in tables],
            _known(tables[-1]["low"][d]),
            _known(tables[-1]["high"][d]),
        )
        for d in range(MOST)
    ]


def _row(
    name: str,
    unit: str,
    numbers: list[float | None],
    low: float | None = None,
    high: float | None = None,
) -> SummaryRow:
    return SummaryRow(name, unit, numbers[0] if len(numbers) > 1 else None, numbers[-1], low, high)


def _rank_stability(ends: list[Snapshot]) -> float | None:
    """Spearman correlation of loneliness on the first and last day, of people there on both."""
    return None if len(ends) < 2 else _known(spearman(*of_both(ends, "loneliness")))


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if values.size else None


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
