"""Intervals over replicates: whole worlds are the units, since people of one world are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from bondsim.state import Array

LEVEL = 0.95
"""Of every interval over replicates."""


class Interval(NamedTuple):
    """An estimate and the ends of its 95 % interval; NaN where there is none."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        if np.isnan(self.low):
            return "not known" if np.isnan(self.value) else f"{self.value + 0.0:.3g}"
        return f"{self.value:.3g} ({self.low:.3g} to {self.high:.3g})"


UNKNOWN = Interval(np.nan, np.nan, np.nan)
"""Where there is nothing to tell."""


def ends(name: str, found: Interval) -> dict[str, float]:
    """An interval as three cells of a row: `name`, `name_low` and `name_high`."""
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def mean_interval(values: Array) -> Interval:
    """Mean over replicates with Student's interval; the ends are NaN below two replicates.

    Replicates in which the number is undefined (NaN) are left out.
    """
    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    if known.size == 0:
        return UNKNOWN
    mean = float(known.mean())
    return _around(mean, float(known.std(ddof=1)) if known.size > 1 else np.nan, known.size)


def ratio_interval(top: Array, bottom: Array) -> Interval:
    """Ratio of two means over replicates, with the linearised (delta method) interval.

    Without ends where all tops are 0, or all bottoms but one: nothing tells how sure that is.
    """
    top, bottom = np.asarray(top, float), np.asarray(bottom, float)
    known = np.isfinite(top) & np.isfinite(bottom)
    top, bottom = top[known], bottom[known]
    if top.size == 0 or bottom.mean() == 0.0:
        return UNKNOWN
    ratio = float(top.mean() / bottom.mean())
    if not top.any() or np.count_nonzero(bottom) < 2:
        return Interval(ratio, np.nan, np.nan)
    rest = (top - ratio * bottom) / bottom.mean()
    return _around(ratio, float(rest.std(ddof=1)) if top.size > 1 else np.nan, top.size)


def share_interval(hits: int, n: int) -> Interval:
    """A share with Wilson's interval (Wilson 1927)."""
    if n == 0:
        return UNKNOWN
    from scipy.special import ndtri

    z = float(ndtri(0.5 + 0.5 * LEVEL))
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(share, float(max(middle - half, 0.0)), float(min(middle + half, 1.0)))


def _around(value: float, sd: float, n: int) -> Interval:
    if n < 2:
        return Interval(value, np.nan, np.nan)
    from scipy.special import stdtrit

    half = float(stdtrit(n - 1, 0.5 + 0.5 * LEVEL)) * sd / np.sqrt(n)
    return Interval(value, float(value - half), float(value + half))
