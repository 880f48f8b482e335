"""What a calibration says of each parameter and each row."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bondsim.calibration.distance import Aims, misses, within
from bondsim.calibration.priors import Prior
from bondsim.causal.analysis import rows_table

if TYPE_CHECKING:
    from bondsim.state import Array
    from bondsim.tables import Table

LEVELS = (0.5, 0.95)
"""Of the intervals of a posterior, with equal tails."""


def quantiles(values: Array, weights: Array, shares: Sequence[float]) -> list[float]:
    """Quantiles of weighted values; NaN where no value is known."""
    known = np.isfinite(values) & (weights > 0.0)
    if not known.any():
        return [math.nan] * len(shares)
    found = np.quantile(values[known], shares, weights=weights[known], method="inverted_cdf")
    return [float(each) for each in found]


def interval(values: Array, weights: Array, level: float) -> tuple[float, float]:
    """Ends of the weighted interval with equal tails."""
    low, high = quantiles(values, weights, (0.5 - 0.5 * level, 0.5 + 0.5 * level))
    return low, high


def effective(weights: Array) -> float:
    """Effective sample size of weights: how many equal ones would be as sure."""
    total = float(weights.sum())
    return total**2 / float((weights**2).sum()) if total > 0.0 else 0.0


def of_parameters(posterior: Table, priors: Sequence[Prior], best: Mapping[str, float]) -> Table:
    """A row a parameter: prior, weighted `mean`, `median`, `sd`, 50 and 95 % intervals, `ess`.

    `shrinkage` is the share of the prior's variance, on the prior's scale, that the rows took away:
    0 where they say nothing. `best` is the best point.
    """
    weights = posterior["weight"] / posterior["weight"].sum()
    rows = []
    for prior in priors:
        values = posterior[prior.path]
        mean = float(np.sum(weights * values))
        places = np.array([prior.place(float(value)) for value in values])
        spread = float(np.sum(weights * (places - np.sum(weights * places)) ** 2))
        ends = {
            f"{end}_{100 * level:.0f}": value
            for level in LEVELS
            for end, value in zip(("low", "high"), interval(values, weights, level), strict=True)
        }
        rows.append(
            {
                "parameter": prior.path,
                "prior_low": prior.low,
                "prior_high": prior.high,
                "scale": prior.scale,
                "mean": mean,
                "median": quantiles(values, weights, (0.5,))[0],
                "sd": math.sqrt(float(np.sum(weights * (values - mean) ** 2))),
                **ends,
                "shrinkage": 1.0 - spread * 12.0,
                "ess": effective(weights),
                "best": float(best[prior.path]),
            }
        )
    return rows_table(rows)


def of_rows(aims: Aims, prior: Table, posterior: Table | None, best: Mapping[str, float]) -> Table:
    """A row a target: its band, medians and 95 % intervals of what was seen, and hits.

    Names with `miss` are the same in half-bands from the target.
    `share_within`: weight of the posterior's points that lie within the band. What is not known is
    NaN.
    """
    rows = []
    for aim in aims.rows:
        one = Aims((aim,))
        seen = {"prior": prior, "posterior": posterior}
        cells: dict[str, float] = {}
        for name, table in seen.items():
            cells |= _ends(name, table, one)
        share = math.nan
        if posterior is not None:
            inside = within(posterior[aim.id][:, None], one)[:, 0]
            share = float(posterior["weight"][inside].sum() / posterior["weight"].sum())
        rows.append(
            {
                "row": aim.id,
                "target": aim.target,
                "low": aim.low,
                "high": aim.high,
                **cells,
                "share_within": share,
                "best": float(best[aim.id]),
                "best_miss": _miss(float(best[aim.id]), one),
                "best_within": int(within(np.array([best[aim.id]]), one)[0]),
            }
        )
    return rows_table(rows)


def _ends(name: str, table: Table | None, one: Aims) -> dict[str, float]:
    """Median and 95 % interval of a row, as it is and in half-bands."""
    found = [math.nan] * 3
    if table is not None:
        values = table[one.names[0]]
        weights = table.get("weight", np.ones(values.size))
        low, high = interval(values, weights, 0.95)
        found = [quantiles(values, weights, (0.5,))[0], low, high]
    ends = ("", "_low", "_high")
    return {
        **{f"{name}{end}": each for end, each in zip(ends, found, strict=True)},
        **{f"{name}_miss{end}": _miss(each, one) for end, each in zip(ends, found, strict=True)},
    }


def _miss(value: float, one: Aims) -> float:
    """In half-bands; NaN where nothing was seen."""
    return float(misses(np.array([value]), one)[0]) if math.isfinite(value) else math.nan
