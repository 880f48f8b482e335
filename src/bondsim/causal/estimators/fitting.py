"""Least squares with the standard errors that the methods need; statsmodels does the fitting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bondsim.causal.estimators.estimate import Estimate, normal, nothing

if TYPE_CHECKING:
    from bondsim.state import Array

FEWEST = 20
"""Fewer rows, or groups of rows, are not fitted: a sandwich of few says little."""


class Fit(NamedTuple):
    """Coefficients (k,), their covariance (k, k), and the rows that they rest on."""

    params: Array
    cov: Array
    n: int

    def estimate(self, contrast: Array) -> Estimate:
        """The sum of the coefficients, each times its number in `contrast` (k,)."""
        variance = float(contrast @ self.cov @ contrast)
        se = float(np.sqrt(variance)) if variance > 0.0 else float("nan")
        return normal(float(contrast @ self.params), se, self.n)


class Instrumented(NamedTuple):
    """An estimate through an instrument, and the robust F of the instrument in the first stage.

    Below 10 the instrument is called weak (Staiger & Stock 1997 [M]), and the estimate is not
    about normal.
    """

    estimate: Estimate
    first_stage_f: float


def gee(y: Array, x: Array, groups: Array) -> Fit | None:
    """Linear GEE with independent working correlation and a sandwich over `groups`.

    `y`: (n,); `x`: (n, k), with the constant if there is to be one; `groups`: int64 (n,). None
    where that cannot be fitted: few rows, no spread in y, columns that depend on one another.
    """
    if not _can_fit(y, x) or np.unique(groups).size < FEWEST:
        return None
    from statsmodels.genmod.cov_struct import Independence
    from statsmodels.genmod.generalized_estimating_equations import GEE

    found = GEE(y, x, groups=groups, cov_struct=Independence()).fit()
    return Fit(np.asarray(found.params), np.asarray(found.cov_robust), y.size)


def least_squares_of_pairs(y: Array, x: Array, one: Array, other: Array) -> Fit | None:
    """Least squares with a sandwich over all rows that share a person.

    `one`, `other`: int64 (n,), the two people of each row (Aronow, Samii & Assenova 2015 [M]: rows
    of a person are dependent in whichever role the person is).
    """
    if not _can_fit(y, x):
        return None
    from statsmodels.regression.linear_model import OLS

    found = OLS(y, x).fit(method="qr")
    scores = x * np.asarray(found.resid)[:, None]
    n = int(max(one.max(), other.max())) + 1
    pair = np.minimum(one, other) * n + np.maximum(one, other)
    code = np.unique(pair, return_inverse=True)[1].reshape(-1)
    by_person = _summed(scores, one, n) + _summed(scores, other, n)
    by_pair = _summed(scores, code, int(code.max()) + 1)
    # rows of one pair share two people, and were counted twice
    meat = by_person.T @ by_person - by_pair.T @ by_pair
    bread = np.asarray(found.normalized_cov_params)
    return Fit(np.asarray(found.params), bread @ meat @ bread, y.size)


def two_stage(
    y: Array, pushed: Array, instrument: Array, controls: Array, near: Any
) -> Instrumented:
    """Two-stage least squares with one instrument: the coefficient of `pushed`.

    `y`, `pushed`, `instrument`: (n,); `controls`: (n, k), with the constant; `near`: sparse (n, n)
    of 0 and 1, which rows may depend on each other. All are taken as they are: weighted rows come
    multiplied by the root of their weight.
    """
    z, x = np.column_stack([instrument, controls]), np.column_stack([pushed, controls])
    first = near_least_squares(pushed, z, near)
    if first is None or not _can_fit(y, z) or first.cov[0, 0] <= 0.0:
        return Instrumented(nothing(y.size), float("nan"))
    f = float(first.params[0] ** 2 / first.cov[0, 0])
    across = z.T @ x
    if np.linalg.cond(across) > 1e12:
        return Instrumented(nothing(y.size), f)
    bread = np.linalg.inv(across)
    params = bread @ (z.T @ y)
    cov = bread @ _meat(z, y - x @ params, near) @ bread.T
    return Instrumented(Fit(params, cov, y.size).estimate(unit_vector(x.shape[1], 0)), f)


def near_least_squares(y: Array, x: Array, near: Any) -> Fit | None:
    """Least squares with a sandwich over rows that are `near` each other."""
    if not _can_fit(y, x):
        return None
    bread = np.linalg.inv(x.T @ x)
    params = bread @ (x.T @ y)
    return Fit(params, bread @ _meat(x, y - x @ params, near) @ bread, y.size)


def alike(codes: Array) -> Any:
    """Sparse (n, n): 1 where two rows have the same code."""
    from scipy.sparse import csr_array

    code = np.unique(codes, return_inverse=True)[1].reshape(-1)
    rows = np.arange(code.size)
    member = csr_array((np.ones(code.size), (rows, code)))
    return member @ member.T


def unit_vector(size: int, place: int) -> Array:
    """1 at `place`, 0 elsewhere."""
    found: Array = np.zeros(size)
    found[place] = 1.0
    return found


def within(values: Array, groups: Array) -> Array:
    """Each column of (n, k) less its mean within the row's group."""
    code = np.unique(groups, return_inverse=True)[1].reshape(-1)
    n = int(code.max()) + 1 if code.size else 0
    means = _summed(values, code, n) / np.bincount(code, minlength=n)[:, None]
    found: Array = values - means[code]
    return found


def _meat(z: Array, errors: Array, near: Any) -> Array:
    """The covariance of the scores, with the small-sample factor of HC1."""
    scores = z * errors[:, None]
    n, k = z.shape
    found: Array = scores.T @ (near @ scores) * (n / (n - k))
    return found


def _summed(values: Array, codes: Array, n: int) -> Array:
    found: Array = np.column_stack([np.bincount(codes, column, n) for column in values.T])
    return found


def _can_fit(y: Array, x: Array) -> bool:
    n, k = x.shape
    if n < max(FEWEST, k + 2) or np.ptp(y) <= 1e-12 * np.abs(y).max():
        return False
    return independent(x)


def independent(x: Array) -> bool:
    """Whether no column of (n, k) is zero or made of the others."""
    products = x.T @ x
    lengths = np.sqrt(np.diag(products))
    if not (lengths > 1e-12 * np.sqrt(x.shape[0])).all():
        return False
    # of columns of one length, so that units do not matter
    values = np.linalg.eigvalsh(products / np.outer(lengths, lengths))
    return bool(values[0] > 1e-10 * values[-1])
