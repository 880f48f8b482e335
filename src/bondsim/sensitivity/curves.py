"""One factor at a time: how outcomes answer to each factor around a base point.

The same seeds are lived at every point, and differences to the base point are taken within seeds,
where most of the luck is gone (common random numbers).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.causal.analysis import rows_table
from bondsim.causal.intervals import Interval, ends, mean_interval, ratio_interval
from bondsim.errors import ParameterError
from bondsim.sensitivity.noise import (
    Evaluate,
    checked,
    evaluated,
    noise_table,
    told_by_interval,
)
from bondsim.study.sampling import Factor, Point, varied

if TYPE_CHECKING:
    from bondsim.state import Array
    from bondsim.tables import Table

VALUES = 7
"""Values of a range along a curve, where nothing else is said."""


def curves(
    evaluate: Evaluate,
    factors: Sequence[Factor],
    outcomes: Sequence[str],
    base: Mapping[str, Any],
    *,
    n: int = VALUES,
) -> dict[str, Table]:
    """Live the points of `curve_points` and tell the curve of each outcome along each factor.

    Tables as of `curved`. Raises `ParameterError` as `curve_points` does.
    """
    points = curve_points(factors, base, n)
    return curved(factors, base, points, evaluated(evaluate, points, outcomes), outcomes)


def curve_points(
    factors: Sequence[Factor], base: Mapping[str, Any], n: int = VALUES
) -> list[Point]:
    """The base point, then for each factor its values in order, the others as in the base.

    Lists give all their values, ranges `n` of them; the base point's own value is left out where it
    is one of them. `base`: a value for the path of every factor. Raises `ParameterError` where one
    is missing or `n` is below 2.
    """
    if n < 2:
        raise ParameterError("study.n", n, "a whole number of at least 2")
    for factor in factors:
        if factor.path not in base:
            raise ParameterError("study.base", dict(base), f"a point that names {factor.path}")
    middle = {factor.path: base[factor.path] for factor in factors}
    points = [middle]
    for factor in varied(factors):
        points += [
            {**middle, factor.path: value}
            for value in _along(factor, n)
            if value != base[factor.path]
        ]
    return points


def _along(factor: Factor, n: int) -> list[Any]:
    if factor.values:
        return list(factor.values)
    return list(dict.fromkeys(factor.at_level(k / (n - 1)) for k in range(n)))


def curved(
    factors: Sequence[Factor],
    base: Mapping[str, Any],
    points: Sequence[Mapping[str, Any]],
    values: Array,
    outcomes: Sequence[str],
) -> dict[str, Table]:
    """Curves from points of `curve_points` and their values, all outcomes.

    `values`: (n_points, n_replicates, n_outcomes), NaN where a run failed. Intervals are 95 % over
    replicates, NaN below two.

    Table `curves`, a row for each outcome, factor and value, the base point in each of them:
    `value` (of words its place in the list), `label`, `is_base`; `mean` and `difference` to the
    base point within seeds, with `_low` and `_high`.

    Table `slopes`, a row for each outcome and factor: `slope`, of the least-squares line through
    the curve of each seed, in outcomes per unit of the factor; `elasticity`, slope * base / mean
    at the base point (per cent for a per cent); `span`, the outcome at the last value less that at
    the first; all with ends. Slopes of words and truth values are NaN. `told`: 1 where the interval
    of the span holds no 0, so that the ends at least are told apart.

    Table `noise` as of `noise.noise_table`.
    """
    values = checked(values, len(points), outcomes)
    lines, slopes = [], []
    for o, outcome in enumerate(outcomes):
        for factor in varied(factors):
            own = _points_of(factor, base, points)
            at = np.array([_number(factor, points[p][factor.path]) for p in own])
            seen = values[own][..., o]
            middle = values[0, :, o]
            for p, x, row in zip(own, at, seen, strict=True):
                lines.append(
                    {
                        "outcome": outcome, "path": factor.path, "value": x,
                        "label": _word(points[p][factor.path]), "is_base": p == 0,
                        **ends("mean", mean_interval(row)),
                        **ends("difference", mean_interval(row - middle)),
                    }
                )  # fmt: skip
            slopes.append({"outcome": outcome, "path": factor.path,
                           **_slope(factor, base, at, seen, middle)})  # fmt: skip
    table = rows_table(slopes)
    if slopes:
        table["told"] = told_by_interval(table["span_low"], table["span_high"], sign=True)
    return {
        "curves": rows_table(lines),
        "slopes": table,
        "noise": noise_table(values, outcomes),
    }


def _points_of(
    factor: Factor, base: Mapping[str, Any], points: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Points on the curve of a factor, the base point in its place among them."""
    others = [path for path in points[0] if path != factor.path]
    own = [p for p, point in enumerate(points)
           if all(point[path] == base[path] for path in others)]  # fmt: skip
    return sorted(own, key=lambda p: _number(factor, points[p][factor.path]))


def _slope(
    factor: Factor, base: Mapping[str, Any], at: Array, seen: Array, middle: Array
) -> dict[str, float]:
    """Slope, elasticity and span of one curve: `seen` float64 (n_values, n_replicates)."""
    slope = np.full(seen.shape[1], np.nan)
    value = base[factor.path]
    if _is_number(value) and all(_is_number(each) for each in factor.values):
        apart = at - at.mean()
        slope = apart @ seen / (apart @ apart)
        elasticity = ratio_interval(slope * value, middle)
    else:
        elasticity = Interval(math.nan, math.nan, math.nan)
    return {
        **ends("slope", mean_interval(slope)),
        **ends("elasticity", elasticity),
        **ends("span", mean_interval(seen[-1] - seen[0])),
    }


def _number(factor: Factor, value: Any) -> float:
    """A number that stands for a value on an axis; for one outside the list, after all others."""
    if _is_number(value):
        return float(value)
    return float(factor.values.index(value)) if value in factor.values else len(factor.values)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if not _is_number(value):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
