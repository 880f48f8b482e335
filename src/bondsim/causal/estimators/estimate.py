"""`Estimate`: what a method hands back, whatever it fits."""

from __future__ import annotations

import math
from typing import NamedTuple

NORMAL_975 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""


class Estimate(NamedTuple):
    """A number with its standard error, 95 % interval and two-sided p of "no contagion".

    `n`: rows that it rests on (people, ego-alter rows or ties, as the method says). All but `n` are
    NaN where nothing can be estimated; one of them alone where the method has none.
    """

    estimate: float
    se: float
    low: float
    high: float
    p: float
    n: int


def nothing(n: int = 0) -> Estimate:
    """The answer where the data hold none."""
    return Estimate(math.nan, math.nan, math.nan, math.nan, math.nan, n)


def normal(estimate: float, se: float, n: int) -> Estimate:
    """Interval and p of an estimate that is about normal; `nothing` without a usable `se`."""
    if not (math.isfinite(estimate) and math.isfinite(se)) or se <= 0.0:
        return nothing(n)
    reach = NORMAL_975 * se
    p = math.erfc(abs(estimate) / se / math.sqrt(2.0))
    return Estimate(estimate, se, estimate - reach, estimate + reach, p, n)
