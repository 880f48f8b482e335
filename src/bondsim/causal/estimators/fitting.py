"""Least squares with the standard errors that the methods need.

statsmodels fits what is fitted in one stage. Two stages are done here: its own have no standard
errors over groups.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bondsim.causal.estimators.estimate import Estimate, normal, nothing

if TYPE_CHECKING:
    from bondsim.state import Array

Variance = Callable[["Array", "Array"], float]
"""The variance of a sum of scores, from the instrument and the errors, (n,) each."""
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
    where that cannot be fitted: few rows, no spread in y, columns that depend on one another,
    nothing left to chance.
    """
    if not _can_fit(y, x) or np.unique(groups).size < FEWEST:
        return None
    start = np.linalg.solve(x.T @ x, x.T @ y)
    if _is_exact(y, y - x @ start):
        return None
    from statsmodels.genmod.cov_struct import Independence
    from statsmodels.genmod.generalized_estimating_equations import GEE

    # without a start it looks for one with a model that warns where little is left to chance
    found = GEE(y, x, groups=groups, cov_struct=Independence()).fit(start_params=start)
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
    errors = np.asarray(found.resid)
    if _is_exact(y, errors):
        return None
    scores = x * errors[:, None]
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
    y: Array, pushed: Array, instrument: Array, controls: Array, variance: Variance
) -> Instrumented:
    """Two-stage least squares with one instrument: the coefficient of `pushed`.

    `y`, `pushed`, `instrument`: (n,); `controls`: (n, k), with the constant. Rows with weights come
    multiplied by the root of theirs.
    """
    first = coefficient(pushed, instrument, instrument, controls, variance)
    if not first.se > 0.0:
        return Instrumented(nothing(y.size), float("nan"))
    found = coefficient(y, pushed, instrument, controls, variance)
    return Instrumented(found, (first.estimate / first.se) ** 2)


def coefficient(
    y: Array, x: Array, instrument: Array, controls: Array, variance: Variance
) -> Estimate:
    """The coefficient of x (n,), for which `instrument` (n,) stands in; itself: least squares.

    All three are taken less what `controls` (n, k) tell of them, which leaves the coefficient and
    its sandwich as they are (Frisch & Waugh).
    """
    n = y.size
    if not _can_fit(y, np.column_stack([instrument, controls])):
        return nothing(n)
    columns = np.column_stack([y, x, instrument])
    left = columns - controls @ np.linalg.solve(controls.T @ controls, controls.T @ columns)
    rest, moved, z = left.T
    across = float(z @ moved)
    if abs(across) <= 1e-10 * float(np.sqrt((z @ z) * (x @ x))):
        return nothing(n)
    found = float(z @ rest) / across
    errors = rest - found * moved
    if _is_exact(y, errors):
        return nothing(n)
    return normal(found, float(np.sqrt(variance(z, errors))) / abs(across), n)


def clustered(codes: Array, n_columns: int) -> Variance:
    """Scores of rows with the same code (n,) depend on each other; the factor is that of HC1."""
    code = np.unique(codes, return_inverse=True)[1].reshape(-1)
    factor = code.size / (code.size - n_columns) if code.size > n_columns else float("nan")

    def variance(z: Array, errors: Array) -> float:
        sums = np.bincount(code, z * errors)
        return factor * float(sums @ sums)

    return variance


def by_design(named: Any, share: float) -> Variance:
    """The instrument is how many of those whom a row names were drawn, each with chance `share`.

    `named`: sparse (n, people). Chance moves the score by the sum of the errors of all rows that
    name a person, if that person is drawn: nothing is asked of how errors depend on each other
    (Adao, Kolesar & Morales 2019 [M]; Borusyak & Hull 2023 [M]).
    """

    def variance(z: Array, errors: Array) -> float:
        sums = named.T @ errors
        return share * (1.0 - share) * float(sums @ sums)

    return variance


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


def _summed(values: Array, codes: Array, n: int) -> Array:
    found: Array = np.column_stack([np.bincount(codes, column, n) for column in values.T])
    return found


def _can_fit(y: Array, x: Array) -> bool:
    n, k = x.shape
    if n < max(FEWEST, k + 2) or np.ptp(y) <= 1e-12 * np.abs(y).max():
        return False
    return independent(x)


def _is_exact(y: Array, errors: Array) -> bool:
    """Whether all is explained but for rounding, whose sandwich would mean nothing."""
    return bool(np.abs(errors).max() <= 1e-10 * np.abs(y).max())


def independent(x: Array) -> bool:
    """Whether no column of (n, k) is zero or made of the others."""
    products = x.T @ x
    lengths = np.sqrt(np.diag(products))
    if not (lengths > 1e-12 * np.sqrt(x.shape[0])).all():
        return False
    # of columns of one length, so that units do not matter
    values = np.linalg.eigvalsh(products / np.outer(lengths, lengths))
    return bool(values[0] > 1e-10 * values[-1])
