"""`rows_at`: the rows of one replicate, and no more work than they need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bondsim.errors import ParameterError
from bondsim.measures.statistics import UNKNOWN
from bondsim.validation import (
    on_beginnings,
    on_circles,
    on_clusters,
    on_levels,
    on_minds,
    on_names,
    on_phones,
    on_trials,
    on_trust,
)
from bondsim.validation.life import YEAR, Life, live
from bondsim.validation.targets import TARGETS, rows_of

if TYPE_CHECKING:
    from bondsim.causal.design import Design


class Watched(NamedTuple):
    """Rows that are read off a long life of so many `years`."""

    rows: tuple[str, ...]
    years: int
    read: Callable[[Life], Mapping[str, float]]


class Experiment(NamedTuple):
    """Rows that need worlds of their own, made of a design and a replicate.

    `days` of the design's own world after its burn-in; 0 where that world is not lived.
    """

    rows: tuple[str, ...]
    days: int
    make: Callable[[Design, int], Mapping[str, float]]


WATCHED = (
    Watched(("T1", "T2"), 4, on_levels.levels),
    Watched(("T4a",), 4, lambda life: {"T4a": on_levels.stability(life, 1)}),
    Watched(("T4b",), 4, lambda life: {"T4b": on_levels.stability(life, 4)}),
    Watched(("T5",), 7, on_levels.drift),
    Watched(("T6",), 4, on_levels.bend),
    Watched(("T7a", "T7b"), 7, on_levels.more_ties),
    Watched(("T8a", "T8b", "T8c", "T8d"), 4, on_circles.layers),
    Watched(("T9a", "T9b"), 4, on_circles.shares),
    Watched(("T10a", "T10b"), 7, on_circles.lasting),
    Watched(("T11",), 4, on_circles.churn),
    Watched(("T13", "T14", "T17", "T18"), 4, on_names.school),
    Watched(("T19b",), 4, on_circles.confidants),
    Watched(("T21b",), 4, on_names.mutual),
    Watched(("T24a", "T24b"), 4, on_minds.cross_lags),
    Watched(("T25",), 4, on_minds.distress),
    Watched(("T26a",), 4, on_minds.insecurity),
    Watched(("T27a", "T27b", "T27c"), 4, on_minds.partners),
    Watched(("T28a", "T28b", "T28c", "T28d"), 4, on_clusters.excess),
    Watched(("T29a", "T29b", "T29c", "T29d"), 4, on_clusters.tie_types),
    Watched(("T33a",), 4, on_phones.phones),
)
"""What is read off a long life, each over years of its own, whatever else is asked."""
EXPERIMENTS = (
    Experiment(("T20a", "T20b", "T20c"), 0, on_beginnings.beginnings),
    Experiment(("T22a", "T22b"), 0, on_trust.asymmetry),
    Experiment(("T23a", "T23b", "T23c"), 0, on_trust.recovery),
    Experiment(("T28e",), on_clusters.YEARS_OFF * YEAR + 1, on_clusters.excess_without),
    Experiment(("T31a", "T31b"), YEAR + 1, on_trials.control),
    Experiment(("T32a", "T32b", "T32c", "T32d"), on_trials.LENGTH, on_trials.arms),
)
"""What needs worlds of its own."""


def days_needed(ids: Sequence[str] = ()) -> int:
    """Days after the burn-in that these rows take; all rows if none is named."""
    wanted = {row.id for row in rows_of(ids)}
    lives = (YEAR * each.years + 1 for each in WATCHED if wanted & set(each.rows))
    worlds = (each.days for each in EXPERIMENTS if wanted & set(each.rows))
    return max([1, *lives, *worlds])


def check(design: Design, ids: Sequence[str] = ()) -> None:
    """Refuse a design of too few days for these rows, before any is lived: `ParameterError`."""
    least = days_needed(ids)
    if design.days < least:
        raise ParameterError("days", design.days, f"at least {least} for these rows")
    if design.interventions:
        raise ParameterError("interventions", "some", "none: the scorecard is of the world itself")


def rows_at(design: Design, replicate: int, ids: Sequence[str] = ()) -> dict[str, float]:
    """The value of each row in one replicate, in the order of the table; all rows if none is named.

    A row's value depends on the design's parameters, network and burn-in and on the replicate, and
    on nothing else: not on the design's days, which only must be enough, nor on what other rows are
    asked. NaN for what is not represented, and where a number is undefined.

    `ParameterError` for an unknown row, too few days, and interventions.
    """
    wanted = [row.id for row in rows_of(ids)]
    check(design, wanted)
    found: dict[str, float] = {}
    watched = [each for each in WATCHED if set(wanted) & set(each.rows)]
    if watched:
        life = live(design, replicate, max(each.years for each in watched))
        for each in watched:
            found.update(each.read(life.of_years(each.years)))
    for experiment in EXPERIMENTS:
        if set(wanted) & set(experiment.rows):
            found.update(experiment.make(design, replicate))
    return {name: float(found.get(name, UNKNOWN)) for name in wanted}


SEEN = frozenset(name for each in (*WATCHED, *EXPERIMENTS) for name in each.rows)
"""Rows that a protocol computes."""
assert frozenset(row.id for row in TARGETS.values() if row.represented) == SEEN
