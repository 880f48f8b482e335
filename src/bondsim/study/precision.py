"""How many replicates are enough: advice from a pilot, and when a study that grows may stop.

All half-widths are of 95 % intervals over replicates by Student's t. Values of one outcome come as
float64 (n_cells, n_replicates), NaN where a run failed; a cell is a point, or an arm of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.errors import ParameterError
from bondsim.params import Checked, par

if TYPE_CHECKING:
    from bondsim.state import Array
    from bondsim.tables import Table

TAIL = 0.975
"""Quantile of the upper end of every interval here."""
LARGE = 1e6
"""Standard deviation over half-width above which no number of replicates is worth a name."""


@dataclass(frozen=True)
class Precision(Checked):
    """The half-width that is wanted, and the rule by which a study that grows stops.

    The rule looks only when there are `least`, `least + every`, ... replicates, and stops when no
    cell's interval is wider than wanted. Stopping at a moment when the variance happens to look
    small makes intervals too narrow (Anscombe 1953), most of all after few replicates: hence the
    lowest values allowed. Share of intervals that held the mean, at the wish for which it was worst
    (20,000 simulated studies of one cell for each of eight wishes):

    ================= ====== ===========
    least, every      normal exponential
    ================= ====== ===========
    20, 10 (default)  0.943  0.897
    10, 5 (lowest)    0.936  0.868
    5, 1 (refused)    0.921  0.819
    a fixed 30        0.950  0.928
    ================= ====== ===========

    So outcomes that are far from normal over replicates, such as counts of rare things, want a
    larger `least` or a fixed number.
    With several cells the widest decides, and the others stop later than they would alone.
    """

    GROUP = "precision"

    half_width: float = par(
        0.01, "half-width of the 95 % interval that is wanted", unit="outcome", high=math.inf
    )
    relative: bool = par(False, "whether it is a share of the size of the mean")
    least: int = par(20, "replicates before the first look", low=10, high=1_000_000)
    every: int = par(10, "replicates between looks", low=5, high=1_000_000)
    most: int = par(500, "replicates at which a study stops in any case", low=10, high=1_000_000)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0.0 < self.half_width < math.inf:
            raise ParameterError("precision.half_width", self.half_width, "a number above 0")
        if self.most < self.least:
            allowed = f"at least precision.least, which is {self.least}"
            raise ParameterError("precision.most", self.most, allowed)

    def looks(self) -> list[int]:
        """The numbers of replicates at which the rule looks: the last one stops in any case."""
        return [*range(self.least, self.most, self.every), self.most]


class Look(NamedTuple):
    """What a look at the replicates so far found.

    `half_widths`: float64 (n_cells,), over the size of the mean where the wish is relative; NaN
    below two known replicates.
    """

    stop: bool
    reached: bool
    half_widths: Array
    next: int


def look(values: Array, wish: Precision) -> Look:
    """Whether a study with these replicates may stop, and if not how many to have at the next look.

    `values`: (n_cells, n_replicates). Between looks, and before the first, it may not, however
    small the half-widths are. A cell without two known replicates is never precise enough.
    """
    values = np.atleast_2d(values)
    n = values.shape[1]
    mean, sd, known = _moments(values)
    wide = half_width(sd, known)
    if wish.relative:
        wide = np.divide(wide, np.abs(mean), out=np.full(wide.shape, np.inf), where=mean != 0.0)
    looks = wish.looks()
    reached = n in looks and bool((wide <= wish.half_width).all())
    later = [each for each in looks if each > n]
    stop = reached or not later
    return Look(stop, reached, wide, n if stop else later[0])


def half_width(sd: Array, n: Array) -> Array:
    """Of the 95 % interval of a mean of n replicates; NaN below two."""
    from scipy.special import stdtrit

    sd, n = np.asarray(sd, float), np.asarray(n, float)
    enough = n >= 2
    df = np.where(enough, n - 1, 1.0)
    found: Array = np.where(enough, stdtrit(df, TAIL) * sd / np.sqrt(np.maximum(n, 1.0)), np.nan)
    return found


def replicates_for(sd: float, wanted: float, *, arms: tuple[float, float] | None = None) -> float:
    """The smallest number of replicates with a 95 % half-width of at most `wanted`.

    The quantile of t depends on the number itself, so the number is sought upward from that by the
    normal law. With `arms`, two standard deviations, the interval is Welch's for the difference of
    two arms on seeds of their own, n replicates each. NaN where `sd` is; infinite where `wanted`
    is 0 and `sd` is not, and above some 4e12 replicates.

    >>> replicates_for(1.0, 0.5)
    18.0
    """
    from scipy.special import ndtri, stdtrit

    if math.isnan(sd) or math.isnan(wanted):
        return math.nan
    if sd == 0.0:
        return 2.0
    if wanted <= 0.0 or math.isinf(sd):
        return math.inf
    ratio = sd / wanted
    if ratio > LARGE:
        return math.inf
    n = max(2.0, math.ceil((float(ndtri(TAIL)) * ratio) ** 2))
    df_each = 1.0
    if arms is not None:  # Welch-Satterthwaite, equal numbers
        first, second = arms[0] ** 2, arms[1] ** 2
        df_each = (first + second) ** 2 / (first**2 + second**2)
    while float(stdtrit(df_each * (n - 1), TAIL)) * ratio > math.sqrt(n):
        n += 1.0
    return n


def sd_interval(sd: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a standard deviation from n values of a normal law (chi-square)."""
    if n < 2:
        return math.nan, math.nan
    from scipy.special import chdtri  # upper tail

    low, high = (math.sqrt((n - 1) / float(chdtri(n - 1, tail))) for tail in (1 - TAIL, TAIL))
    return sd * low, sd * high


def advise(values: Array, wanted: float, *, relative: bool = False) -> Table:
    """How many replicates the mean of each cell needs, from those of a pilot.

    Columns, a row a cell: `cell`; `known` replicates; `mean`, `sd`; `half_width` of the pilot;
    `wanted` half-width, in units of the outcome; `n`: the number by the pilot's variance, and
    `n_low`, `n_high`: by the ends of the variance's own 95 % interval (with a relative width also
    by the ends of the mean's, which makes it wider than 95 %; infinite where that mean may be 0).
    With `n` about every second study will be a little too wide; `n_high` is the safe number.
    """
    _check_wanted(wanted)
    values = np.atleast_2d(values)
    mean, sd, known = _moments(values)
    wide = half_width(sd, known)
    rows = [_advice(*row, wanted, relative) for row in zip(mean, sd, known, wide, strict=True)]
    numbers = np.array(rows, float).reshape(-1, 4)
    return {
        "cell": np.arange(mean.size), "known": known, "mean": mean, "sd": sd, "half_width": wide,
        **{name: numbers[:, k] for k, name in enumerate(("wanted", "n", "n_low", "n_high"))},
    }  # fmt: skip


def _advice(
    mean: float, sd: float, known: int, wide: float, wanted: float, relative: bool
) -> tuple[float, float, float, float]:
    """Half-width wanted, and the number of replicates with the ends of its interval."""
    size, largest, least = 1.0, 1.0, 1.0
    if relative:
        size, largest, least = abs(mean), abs(mean) + wide, max(abs(mean) - wide, 0.0)
    low, high = sd_interval(sd, known)
    return (
        wanted * size,
        replicates_for(sd, wanted * size),
        replicates_for(low, wanted * largest),
        replicates_for(high, wanted * least),
    )


def advise_contrast(first: Array, second: Array, wanted: float, *, relative: bool = False) -> Table:
    """How many replicates the difference between two arms needs, on the same seeds and on others.

    `first`, `second`: (n_cells, n_replicates) or (n_replicates,), replicate r with the same seed
    in both; those in which either failed are left out. `relative`: to the size of the difference.

    Columns of `advise` for the differences second - first; besides `n_unpaired`, replicates of
    each arm that arms on seeds of their own need for the same half-width (Welch's interval);
    `correlation` of the arms (ends by Fisher's z); `ratio`: variance of the paired difference over
    that of an unpaired one, below 1 where pairing helps (ends by Pitman 1939, exact for a
    bivariate normal); `saved`: share of runs that pairing saves.
    """
    _check_wanted(wanted)
    first, second = np.atleast_2d(first), np.atleast_2d(second)
    if first.shape != second.shape:
        shape = f"of the same shape as the first arm, {first.shape}"
        raise ParameterError("second", second.shape, shape)
    found = advise(second - first, wanted, relative=relative)
    cells = zip(first, second, found["wanted"].tolist(), strict=True)
    extra = np.array([_pairing(*cell) for cell in cells]).reshape(-1, 9)
    names = ("sd_first", "sd_second", "n_unpaired", "correlation", "correlation_low",
             "correlation_high", "ratio", "ratio_low", "ratio_high")  # fmt: skip
    found |= {name: extra[:, k] for k, name in enumerate(names)}
    both = np.isfinite(found["n"]) & np.isfinite(found["n_unpaired"])
    saved = np.full(both.size, np.nan)
    np.divide(found["n"], found["n_unpaired"], out=saved, where=both)
    return found | {"saved": 1.0 - saved}


def _pairing(first: Array, second: Array, wanted: float) -> tuple[float, ...]:
    both = np.isfinite(first) & np.isfinite(second)
    first, second = first[both], second[both]
    n = first.size
    if n < 2:
        return (math.nan,) * 9
    sd_first, sd_second = float(first.std(ddof=1)), float(second.std(ddof=1))
    apart = math.hypot(sd_first, sd_second)
    unpaired = replicates_for(apart, wanted, arms=(sd_first, sd_second))
    correlation = _correlation(first, second)
    ratio = _variance_ratio(first - second, first + second)
    return sd_first, sd_second, unpaired, *correlation, *ratio


def _correlation(first: Array, second: Array) -> tuple[float, float, float]:
    """Pearson's r with the 95 % interval by Fisher's z."""
    n = first.size
    if first.std() == 0.0 or second.std() == 0.0:
        return math.nan, math.nan, math.nan
    r = float(np.clip(np.corrcoef(first, second)[0, 1], -1.0, 1.0))
    if n < 4 or abs(r) == 1.0:
        return r, math.nan, math.nan
    from scipy.special import ndtri

    reach = float(ndtri(TAIL)) / math.sqrt(n - 3)
    return r, math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach)


def _variance_ratio(less: Array, plus: Array) -> tuple[float, float, float]:
    """Variance of the difference over the sum of both arms' variances, from sum and difference.

    With theta = var(less) / var(plus) that ratio is 2 theta / (1 + theta); theta's interval is
    Pitman's (1939) for two correlated normal variables.
    """
    n, below, above = less.size, float(less.var(ddof=1)), float(plus.var(ddof=1))
    if below + above == 0.0:
        return math.nan, math.nan, math.nan
    ratio = 2.0 * below / (below + above)
    if n < 4 or below == 0.0 or above == 0.0:
        return ratio, math.nan, math.nan
    from scipy.special import stdtrit

    r, t = float(np.corrcoef(less, plus)[0, 1]), float(stdtrit(n - 2, TAIL))
    k = 1.0 + 2.0 * (1.0 - r * r) * t * t / (n - 2)
    reach = math.sqrt(k * k - 1.0)
    low, high = below / above * (k - reach), below / above * (k + reach)
    return ratio, 2.0 * low / (1.0 + low), 2.0 * high / (1.0 + high)


def half_width_curve(first: Array, second: Array | None, numbers: Array) -> Table:
    """Half-widths that numbers of replicates may be expected to reach, for the figure.

    Columns: `n`; `paired` (without a second arm: of the mean), `paired_low`, `paired_high` by the
    95 % interval of the standard deviation; `unpaired`, NaN without a second arm.
    """
    first = np.asarray(first, float)
    paired = first if second is None else np.asarray(second, float) - first
    _, (sd,), (known,) = _moments(np.atleast_2d(paired))
    low, high = sd_interval(float(sd), int(known))
    numbers = np.asarray(numbers)
    apart = np.full(numbers.shape, np.nan)
    if second is not None:
        _, (one, other), _ = _moments(np.array([first, second], float))
        apart = _welch_half_width(float(one), float(other), numbers)
    return {
        "n": numbers,
        "paired": half_width(sd, numbers),
        "paired_low": half_width(np.asarray(low), numbers),
        "paired_high": half_width(np.asarray(high), numbers),
        "unpaired": apart,
    }


def _welch_half_width(one: float, other: float, n: Array) -> Array:
    from scipy.special import stdtrit

    total = one**2 + other**2
    df_each = total**2 / (one**4 + other**4) if total > 0.0 else 1.0
    found: Array = stdtrit(df_each * (n - 1.0), TAIL) * np.sqrt(total / n)
    return found


def _moments(values: Array) -> tuple[Array, Array, Array]:
    """Mean, standard deviation and number of the known values of each row; NaN where none is."""
    values = np.asarray(values, float)
    known = np.isfinite(values)
    n = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    mean = np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)
    rest = np.where(known, values - mean[:, None], 0.0)
    variance = np.divide((rest**2).sum(axis=1), n - 1, out=np.full(n.shape, np.nan), where=n > 1)
    return mean, np.sqrt(variance), n


def _check_wanted(wanted: float) -> None:
    if not 0.0 < wanted < math.inf:
        raise ParameterError("precision.half_width", wanted, "a number above 0")
