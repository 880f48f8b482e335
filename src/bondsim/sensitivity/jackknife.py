"""Intervals of indices: what other base points and what other seeds would have changed.

Every index is computed again with each unit of the design left out (a base point of Saltelli's, a
trajectory of Morris'), and with each seed left out. Both variances are added. Luck that is new at
every point stands in both, so intervals are somewhat wide where it dominates, and not too narrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bondsim.state import Array

TAIL = 0.975


def variance(without: Array) -> Array:
    """Jackknife variance (Tukey 1958) from estimates with each of n left out: (n, ...) -> (...)."""
    n = without.shape[0]
    found: Array = (n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    return found


def interval(estimate: Array, units: Array, seeds: Array | None) -> tuple[Array, Array]:
    """Ends of the 95 % interval, from estimates with each unit and with each seed left out.

    `estimate`: (...); `units`: (n_units, ...); `seeds`: (n_replicates, ...), None where there is
    only one. Student's t with the degrees of freedom of a sum of variances (Satterthwaite 1946).
    NaN with less than two units.
    """
    from scipy.special import stdtrit

    if units.shape[0] < 2:
        nothing = np.full(estimate.shape, np.nan)
        return nothing, nothing
    parts = [(variance(units), units.shape[0] - 1)]
    if seeds is not None:
        parts.append((variance(seeds), seeds.shape[0] - 1))
    total = sum((part for part, _ in parts), np.zeros(estimate.shape))
    below = sum((part**2 / df for part, df in parts), np.zeros(estimate.shape))
    df = np.divide(total**2, below, out=np.ones(estimate.shape), where=below > 0.0)
    half = stdtrit(df, TAIL) * np.sqrt(total)
    return estimate - half, estimate + half
