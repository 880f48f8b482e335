"""`bondsim calibrate`: rows of the scorecard lived as studies, and the fit that they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.calibration import calibrate
from bondsim.calibration.calibrate import report
from bondsim.calibration.distance import aims_of
from bondsim.calibration.plan import CalibratePlan
from bondsim.calibration.points import Evaluate, Point, Rows, design_of
from bondsim.calibration.preset import Preset, preset_of
from bondsim.causal.analysis import Analysis
from bondsim.validation.protocols import check
from bondsim.validation.targets import TARGETS

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.orders import AnalysisOrder
    from bondsim.state import Array
    from bondsim.study.lives import Lives
    from bondsim.tables import Table

__all__ = ["COLUMNS", "analyse", "asked", "described_beside", "plans_of", "report"]

ROWS = "bondsim.validation.protocols:rows_at"
"""The function that gives the rows of a world."""

COLUMNS = {
    "parameter": ("1", "the fitted parameter, by path"),
    "prior": ("row", "median under the prior, or the prior's end of a parameter"),
    "posterior": ("row", "median under the posterior"),
    "prior_miss": ("half-bands", "how far that is from the target"),
    "posterior_miss": ("half-bands", "how far that is from the target"),
    "scale": ("1", "how the prior is spread"),
    "median": ("parameter", "median of the posterior"),
    "mean": ("parameter", "mean of the posterior"),
    "sd": ("parameter", "standard deviation of the posterior"),
    "low_50": ("parameter", "lower end of the middle 50 % of the posterior"),
    "high_50": ("parameter", "upper end of the middle 50 % of the posterior"),
    "low_95": ("parameter", "lower end of the middle 95 % of the posterior"),
    "high_95": ("parameter", "upper end of the middle 95 % of the posterior"),
    "shrinkage": ("1", "share of the prior's variance that the rows took away"),
    "ess": ("points", "number of equal points that the weighted ones are worth"),
    "best": ("1", "at the best point"),
    "best_miss": ("half-bands", "how far the best point is from the target"),
    "best_within": ("1", "1 where the best point lies in the band"),
    "share_within": ("1", "share of the posterior in the band"),
    "row": ("1", "row of the scorecard"),
    "target": ("row", "target"),
    "low": ("row", "lower end of the band"),
    "high": ("row", "upper end of the band"),
    "weight": ("1", "weight of the point in the posterior"),
    "distance": ("half-bands", "root mean square miss over all rows"),
    "hits": ("rows", "rows within their bands"),
    "all_within": ("1", "1 where all rows are within their bands"),
    "population": ("1", "number of the population; the first is the prior"),
    "epsilon": ("half-bands", "distance within which points were kept"),
    "simulated": ("points", "points that were simulated"),
    "kept": ("points", "points that were kept; of a point, 1 where it was"),
    "acceptance": ("1", "share of points kept"),
    "filled": ("1", "1 where the population has all its points"),
    "stopped": ("1", "why it ended with this population"),
    "trial": ("1", "number of the point"),
    "seed": ("1", "seed of the first world of the point"),
}
"""Unit and meaning of the columns that only this analysis has."""


def asked(design: Design, order: AnalysisOrder) -> tuple[Design, dict[str, Any]]:
    """What an order asks for."""
    design = replace(design, interventions=order.interventions)
    return design, {"plan": order.plans["calibrate"]}


def plans_of(science: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `analyse` beside the design and lives, from what is stored."""
    return {"plan": CalibratePlan(**science["calibrate"])}


def described_beside(science: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Unit and meaning of the columns that are named by parameters and rows."""
    paths = {path: ("1", f"value of {path}") for path in science["calibrate"]["priors"]}
    rows = {row: (each.unit, each.statistic) for row, each in TARGETS.items()}
    return {**rows, **paths}


def analyse(design: Design, plan: CalibratePlan, *, lives: Lives) -> Analysis:
    """Fit parameters to rows of the scorecard: see `calibrate.analyse` for the tables."""
    names = aims_of(list(TARGETS.values()), plan.rows).names
    check(design, names)
    evaluate = _evaluate(design, names, lives)
    return calibrate.analyse(design, plan, evaluate=evaluate, targets=list(TARGETS.values()))


def preset_from(
    tables: Mapping[str, Table],
    design: Design,
    plan: CalibratePlan,
    name: str,
    *,
    lives: Lives,
    taken: str = "",
    worlds: int = 20,
) -> Preset:
    """The preset of a calibration that was stored: see `preset.preset_of`."""
    aims = aims_of(list(TARGETS.values()), plan.rows)
    found = Analysis("calibrate", design, {"calibrate": plan, "targets": aims}, tables)
    evaluate = _evaluate(design, aims.names, lives)
    return preset_of(found, name, evaluate=evaluate, taken=taken, worlds=worlds)


def _evaluate(design: Design, names: Sequence[str], lives: Lives) -> Evaluate:
    """The rows of points, each the mean over the point's worlds in which it is known."""

    def evaluate(points: Sequence[Point]) -> list[Rows]:
        most = max(point.replicates for point in points)
        designs = [(dict(point.values), design_of(design, point)) for point in points]
        values = lives.values(designs, names, most, measure=ROWS)
        return [
            dict(zip(names, _means(own[: point.replicates]).tolist(), strict=True))
            for point, own in zip(points, values, strict=True)
        ]

    return evaluate


def _means(values: Array) -> Array:
    """Means over worlds of what is known: (n_worlds, n_rows) to (n_rows,)."""
    known = np.isfinite(values)
    sums, n = np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0)
    found: Array = np.divide(sums, n, out=np.full(n.shape, np.nan), where=n > 0)
    return found
