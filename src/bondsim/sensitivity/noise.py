"""Replicate noise: how much of what an outcome varies is parameters, luck, and both together.

Values of one outcome come as float64 (n_points, n_replicates) with the same seeds at every point,
NaN where a run failed. A value is taken as mean + point + seed + rest: what a seed does everywhere
alike (luck) drops out of every comparison between points; the rest, what a seed does at one point
and not at another, does not, and is what replicates are for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bondsim.errors import ParameterError

if TYPE_CHECKING:
    from bondsim.state import Array
    from bondsim.tables import Table

Evaluate = Callable[[Sequence[Mapping[str, Any]]], "Array"]
"""Lives points: float64 (n_points, n_replicates, n_outcomes), same seeds at every point."""

ROUNDS, CLOSE = 200, 1e-12
"""Most rounds of filling in, and the change, as a share of the spread, at which they end."""

DRAWS = 999
"""Draws of signs: chances are told to a thousandth."""
TOLD = 0.05
"""Chance by noise alone up to which an effect counts as told from noise."""


class Components(NamedTuple):
    """Variances of one run's outcome, in its unit squared; NaN where they cannot be told apart.

    `points`: between parameter values; `luck`: between seeds, alike at every point; `both`: the
    rest. Unbiased, and so a little below 0 at times where the truth is 0 or near it.
    """

    points: float
    luck: float
    both: float

    @property
    def noise_share(self) -> float:
        """Share of the variance of a single run that is luck in any form: in [0, 1]."""
        points, luck, both = (max(part, 0.0) if part == part else part for part in self)
        total = points + luck + both
        return (luck + both) / total if total > 0.0 else math.nan


UNKNOWN = Components(math.nan, math.nan, math.nan)


def components(values: Array) -> Components:
    """The variance of points x seeds in three parts: two-way analysis of variance, random effects.

    From mean squares as by Searle, Casella & McCulloch (1992, ch. 4), unbiased where no run failed.
    Failed runs cost degrees of freedom; then `both` is unbiased still and the other two are nearly
    so. All are NaN with less than two points or two replicates, or without any run to spare.
    """
    values = np.asarray(values, float)
    values = values[np.isfinite(values).any(axis=1)]
    known = np.isfinite(values)
    n_points, n_replicates = values.shape
    spare = (n_points - 1) * (n_replicates - 1) - int((~known).sum())
    if n_points < 2 or n_replicates < 2 or spare < 1 or not known.any(axis=0).all():
        return UNKNOWN
    whole = filled(values)
    by_point, by_seed = whole.mean(axis=1), whole.mean(axis=0)
    rest = np.where(known, whole - by_point[:, None] - by_seed + whole.mean(), 0.0)
    both = float((rest**2).sum()) / spare
    return Components(
        float(by_point.var(ddof=1)) - both * float((1.0 / known.sum(axis=1)).mean()),
        float(by_seed.var(ddof=1)) - both * float((1.0 / known.sum(axis=0)).mean()),
        both,
    )


def filled(values: Array) -> Array:
    """Values with failed runs put at what point and seed say: mean + point + seed by least squares.

    Points of which every run failed stay NaN. So what is computed from means and differences uses
    each seed's luck where it is known, and a failed run adds nothing of its own.
    """
    values = np.asarray(values, float)
    known = np.isfinite(values)
    lived = known.any(axis=1)
    if known[lived].all():
        return np.where(known, values, np.nan)
    own, has = values[lived], known[lived]
    spread = float(np.nanstd(own)) or 1.0
    start = np.nanmean(np.where(has, own, np.nan), axis=1)
    whole = np.where(has, own, start[:, None])
    for _ in range(ROUNDS):
        fit = whole.mean(axis=1)[:, None] + whole.mean(axis=0) - whole.mean()
        moved = np.abs(fit - whole)[~has].max()
        whole = np.where(has, own, fit)
        if moved < CLOSE * spread:
            break
    found = np.full(values.shape, np.nan)
    found[lived] = whole
    return found


def p_noise(effects: Array) -> Array:
    """The chance of a mean size of effects as large by replicate noise alone: (n_factors,).

    `effects`: (n_trajectories, n_factors, n_replicates), differences between points within seeds.
    Where a factor does nothing both points have the same distribution, so each single effect is as
    likely to have the other sign, whatever the noise is and however it changes over the space. So
    the signs are drawn anew `DRAWS` times, and counted is how often the mean size of the effects is
    as large as it was. Neither many effects nor large noise is needed; with one replicate nothing
    is known (NaN), and n trajectories of R replicates cannot lead below 2**(-n (R - 1)).
    """
    n, k, n_replicates = effects.shape
    if n < 2 or n_replicates < 2:
        return np.full(k, np.nan)
    # the raw words of a generator are the same in every version of numpy, unlike draws from it
    words = np.random.PCG64(1).random_raw(-(-DRAWS * n * n_replicates // 64))
    bits = np.unpackbits(words.view(np.uint8))[: DRAWS * n * n_replicates]
    signs = 1.0 - 2.0 * bits.reshape(DRAWS, n, n_replicates)
    found = np.empty(k)
    for j in range(k):
        own = effects[:, j]
        drawn = np.abs(np.einsum("dnr,nr->dn", signs, own)).sum(axis=1)
        seen = np.abs(own.sum(axis=1)).sum()
        found[j] = (1 + np.count_nonzero(drawn >= seen * (1.0 - CLOSE))) / (1 + DRAWS)
    return found


def told(p: Array) -> Array:
    """1 where an effect is told from noise by its chance, else 0; NaN where that is not known."""
    return np.where(np.isfinite(p), p <= TOLD, np.nan)


def told_by_interval(low: Array, high: Array, *, sign: bool) -> Array:
    """The same by a 95 % interval without 0; `sign`: whether values below 0 are effects as well."""
    away = (low > 0.0) | (sign & (high < 0.0))
    return np.where(np.isfinite(low) & np.isfinite(high), away, np.nan)


def noise_table(values: Array, outcomes: Sequence[str]) -> Table:
    """The parts of the variance of each outcome: values (n_points, n_replicates, n_outcomes).

    Columns: `outcome`; `mean`; variances `points`, `luck`, `both`, and `noise_share`, the share of
    a single run's variance that is luck in any form; `replicates`; `failed`, the number of runs.
    """
    parts = [components(values[..., o]) for o in range(len(outcomes))]
    lost = ~np.isfinite(values)
    known = np.where(lost, 0.0, values).sum(axis=(0, 1))
    count = (~lost).sum(axis=(0, 1))
    mean = np.divide(known, count, out=np.full(len(outcomes), np.nan), where=count > 0)
    return {
        "outcome": np.array(outcomes, np.str_),
        "mean": mean,
        **{name: np.array([getattr(p, name) for p in parts]) for name in Components._fields},
        "noise_share": np.array([part.noise_share for part in parts]),
        "replicates": np.full(len(outcomes), values.shape[1]),
        "failed": lost.sum(axis=(0, 1)),
    }


def evaluated(
    evaluate: Evaluate, points: Sequence[Mapping[str, Any]], outcomes: Sequence[str]
) -> Array:
    """What `evaluate` says of the points, checked: float64 (n_points, n_replicates, n_outcomes)."""
    return checked(evaluate(points), len(points), outcomes)


def checked(values: Array, n_points: int, outcomes: Sequence[str]) -> Array:
    """Values of all outcomes, if they have the form that they must have."""
    values = np.asarray(values, float)
    right = values.ndim == 3 and values.shape[0] == n_points and values.shape[1] > 0
    if not right or values.shape[2] != len(outcomes):
        allowed = f"of shape ({n_points} points, replicates, {len(outcomes)} outcomes)"
        raise ParameterError("values", values.shape, allowed)
    return values
