"""Plain statistics of columns: what is NaN is not known, and left out; NaN where undefined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bondsim.state import Array

UNKNOWN = float("nan")


def known(values: Array) -> Array:
    """The values that are known, as float64."""
    numbers = values.astype(float)
    found: Array = numbers[~np.isnan(numbers)]
    return found


def mean(values: Array) -> float:
    """The mean."""
    numbers = known(values)
    return float(numbers.mean()) if numbers.size else UNKNOWN


def sd(values: Array) -> float:
    """The standard deviation of these people, not an estimate for others."""
    numbers = known(values)
    return float(numbers.std()) if numbers.size else UNKNOWN


def skewness(values: Array) -> float:
    """Third central moment over the cube of the standard deviation; NaN where all are equal."""
    numbers = known(values)
    if numbers.size == 0 or np.ptp(numbers) == 0.0:
        return UNKNOWN
    apart = numbers - numbers.mean()
    return float((apart**3).mean() / (apart**2).mean() ** 1.5)


def gini(values: Array) -> float:
    """Mean difference of two people drawn with replacement, over twice the mean; values >= 0."""
    numbers = np.sort(known(values))
    total = numbers.sum()
    if numbers.size == 0 or total == 0.0:
        return UNKNOWN
    place = 2.0 * np.arange(1, numbers.size + 1) - numbers.size - 1.0
    return float(np.dot(place, numbers) / (numbers.size * total))


def lorenz(values: Array, share: float) -> float:
    """The part of all that the lowest `share` of people have, in [0, 1]; values >= 0.

    A person on the border counts for the part of them that is within.
    """
    numbers = np.sort(known(values))
    total = numbers.sum()
    if numbers.size == 0 or total == 0.0:
        return UNKNOWN
    held = np.append(0.0, np.cumsum(numbers))
    return float(np.interp(share * numbers.size, np.arange(numbers.size + 1), held) / total)


def ranks(values: Array) -> Array:
    """Ranks from 1, equal values sharing the mean of theirs (pandas takes a second to import)."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranked: Array = (np.cumsum(count) - 0.5 * (count - 1))[place]
    return ranked


def standard(values: Array) -> Array | None:
    """Values with mean 0 and standard deviation 1; None where all are equal."""
    if values.size == 0 or np.ptp(values) == 0.0:
        return None
    scaled: Array = (values - values.mean()) / values.std()
    return scaled


def spearman(x: Array, y: Array) -> float:
    """Correlation of ranks where both are known; NaN where either is the same in all."""
    both = ~(np.isnan(x.astype(float)) | np.isnan(y.astype(float)))
    a, b = standard(ranks(x[both])), standard(ranks(y[both]))
    return UNKNOWN if a is None or b is None else float(np.dot(a, b) / a.size)


def ratio(top: float, bottom: float) -> float:
    """The quotient, NaN where the divisor is 0."""
    return float(top / bottom) if bottom else UNKNOWN
