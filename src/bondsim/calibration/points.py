"""Points: values of the fitted parameters and the seeds with which they are lived."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.causal.grid import at_point

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.state import Array


class Point(NamedTuple):
    """Values by path, lived in worlds with the seeds ``seed`` to ``seed + replicates - 1``."""

    values: Mapping[str, float]
    seed: int
    replicates: int = 1


Rows = Mapping[str, float]
"""What was seen, by id of the target; NaN where it is not known."""
Evaluate = Callable[[Sequence[Point]], Sequence[Rows]]
"""The rows of each point, in the order of the points: each row's mean over the replicates.

All points of a call are independent: they may be lived at once, in any order, in any process.
"""
Simulate = Callable[[Mapping[str, float], int], Rows]
"""The rows of one world: values by path and the world's seed."""


def evaluate_by(simulate: Simulate) -> Evaluate:
    """`Evaluate` from a function of one world; worlds are lived one after the other."""

    def evaluate(points: Sequence[Point]) -> list[Rows]:
        return [
            mean_rows([simulate(point.values, point.seed + r) for r in range(point.replicates)])
            for point in points
        ]

    return evaluate


def mean_rows(worlds: Sequence[Rows]) -> dict[str, float]:
    """Each row's mean over the worlds in which it is known; NaN where it is known in none."""
    found = {}
    for name in worlds[0]:
        known = [world[name] for world in worlds if np.isfinite(world[name])]
        found[name] = float(np.mean(known)) if known else np.nan
    return found


def design_of(design: Design, point: Point) -> Design:
    """The design whose replicates are the worlds of this point.

    `ParameterError` for a value that is out of range.
    """
    there = at_point(design, point.values)
    return replace(there, params=there.params.replace(seed=point.seed), replicates=point.replicates)


def rows_array(rows: Sequence[Rows], names: Sequence[str]) -> Array:
    """The rows as float64 (n points, n names); what was not told is NaN."""
    return np.array([[float(row.get(name, np.nan)) for name in names] for row in rows], float)
