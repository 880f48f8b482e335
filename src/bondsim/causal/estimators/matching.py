"""Egos with and without a lonely alter, made alike; and how strong a hidden cause would have to be.

`seed` is not used here: nothing is drawn.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np

from bondsim.causal.estimators.estimate import NORMAL_975, Estimate, nothing
from bondsim.causal.estimators.fitting import FEWEST, clustered, independent, two_stage
from bondsim.causal.estimators.instruments import named_by
from bondsim.causal.estimators.regressions import lagged_regression

if TYPE_CHECKING:
    from bondsim.causal.estimators.panel import Panel
    from bondsim.state import Array

CALIPER = 0.2
"""The farthest match, in standard deviations of the log odds of exposure (Austin 2011 [M])."""
LOG_RATIO = 0.91
"""Log risk ratio for one standard deviation of the outcome (VanderWeele & Ding 2017 [M])."""
ROBUST = 2.0
"""A limit's E-value from which the association is judged robust here; there is no rule [A]."""


def matched_samples(panel: Panel, seed: int) -> Estimate:
    """Egos with a lonely alter at t against egos without, matched by propensity; `n`: egos used.

    The difference in ego(t+1) for each unit by which the alters(t) of the two, summed, differ.
    Each exposed ego is matched with the nearest unexposed one within `CALIPER`, who may serve
    several times; what difference is left in what they were matched on is taken out by regression
    (Abadie & Imbens 2011 [M]).
    """
    named = named_by(panel)
    rows = np.flatnonzero(named.number > 0)
    exposed = (named.matrix @ panel.lonely.astype(float))[rows] > 0
    if min(exposed.sum(), (~exposed).sum()) < FEWEST:
        return nothing(rows.size)
    about = covariates(panel, rows)
    odds = propensity(exposed, about)
    if odds is None:
        return nothing(rows.size)
    weight = match(odds, exposed)
    used = np.flatnonzero(weight)
    if exposed[used].sum() < FEWEST:
        return nothing(used.size)
    root = np.sqrt(weight[used])
    chosen = rows[used]
    alters = (named.matrix @ panel.before[panel.outcome])[chosen]
    controls = np.column_stack([np.ones(used.size), about[used]])
    found = two_stage(
        root * panel.after[panel.outcome][chosen],
        root * alters,
        root * exposed[used],
        root[:, None] * controls,
        clustered(panel.person[chosen], controls.shape[1] + 1),
    )
    return found.estimate


def covariates(panel: Panel, rows: Array) -> Array:
    """What egos are matched on, standardised: (rows, k).

    ego(t), the numbers named and naming, the mean of the others in the context, and height and
    headaches where the survey asks.
    """
    before = panel.before[panel.outcome]
    number = np.bincount(panel.ego[panel.names], minlength=panel.n_people)
    naming = np.bincount(panel.ego[panel.named], minlength=panel.n_people)
    size = np.bincount(panel.context)[panel.context]
    total = np.bincount(panel.context, before)[panel.context]
    others = np.where(size > 1, (total - before) / np.maximum(size - 1, 1), before.mean())
    columns = [before, number, naming, others]
    columns += [_filled(values) for name, values in panel.before.items() if name != panel.outcome]
    found: Array = np.column_stack(columns)[rows].astype(float)
    spread = found.std(axis=0)
    varied = spread > 1e-9 * (1.0 + np.abs(found).max(axis=0))
    found = (found[:, varied] - found[:, varied].mean(axis=0)) / spread[varied]
    # one that others tell already is left out: the mean of the others in a world of one context
    kept: list[int] = []
    for column in range(found.shape[1]):
        if independent(found[:, [*kept, column]]):
            kept.append(column)
    return found[:, kept]


def _filled(values: Array) -> Array:
    """With the mean of the others for those who did not tell."""
    told = np.isfinite(values)
    found: Array = np.where(told, values, values[told].mean() if told.any() else 0.0)
    return found


def propensity(exposed: Array, about: Array) -> Array | None:
    """Log odds of exposure by logistic regression, (n,); None if the two groups do not overlap."""
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    x = np.column_stack([np.ones(exposed.size), about])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        try:
            found = Logit(exposed.astype(float), x).fit(disp=0, warn_convergence=False)
        except np.linalg.LinAlgError:
            return None
    odds: Array = x @ np.asarray(found.params)
    # beyond odds of a million to one the groups are told apart
    done = found.mle_retvals["converged"] and np.isfinite(odds).all() and np.abs(odds).max() < 14.0
    return odds if done and np.ptp(odds) > 0.0 else None


def match(odds: Array, exposed: Array) -> Array:
    """How often each ego is used: 1 for an exposed one who found a match, float64 (n,)."""
    pool = np.flatnonzero(~exposed)
    pool = pool[np.argsort(odds[pool], kind="stable")]
    cases = np.flatnonzero(exposed)
    above = np.clip(np.searchsorted(odds[pool], odds[cases]), 1, max(pool.size - 1, 1))
    below = pool[above - 1]
    above = pool[np.minimum(above, pool.size - 1)]
    nearer = np.where(
        np.abs(odds[above] - odds[cases]) < np.abs(odds[below] - odds[cases]), above, below
    )
    close = np.abs(odds[nearer] - odds[cases]) <= CALIPER * odds.std()
    weight: Array = np.bincount(nearer[close], minlength=odds.size).astype(float)
    weight[cases[close]] = 1.0
    return weight


def e_value(panel: Panel, seed: int) -> Estimate:
    """How strong a hidden cause would have to be to explain `lagged_regression`; `n`: its rows.

    The coefficient, times how much lonelier the lonely are, over the standard deviation of the
    outcome, is made a risk ratio. `estimate` is its E-value; `low` and `high` those of the ends of
    its interval; each is 1 where the ratio is at most 1; `se` NaN; `p` that of the regression.
    """
    seen = lagged_regression(panel, seed)
    values = panel.before[panel.outcome]
    if math.isnan(seen.p) or panel.lonely.all() or not panel.lonely.any():
        return nothing(seen.n)
    contrast = float(values[panel.lonely].mean() - values[~panel.lonely].mean())
    unit = contrast / float(panel.after[panel.outcome].std())
    middle = LOG_RATIO * seen.estimate * unit
    reach = LOG_RATIO * NORMAL_975 * seen.se * abs(unit)
    # of an association against contagion no hidden cause has to explain anything away
    parts = (middle - reach, middle, middle + reach)
    low, found, high = (e_value_of(math.exp(max(x, 0.0))) for x in parts)
    return Estimate(found, math.nan, low, high, seen.p, seen.n)


def e_value_of(ratio: float) -> float:
    """E-value of a risk ratio > 0: RR + sqrt(RR (RR - 1)), of 1 / RR below 1."""
    ratio = max(ratio, 1.0 / ratio)
    return ratio + math.sqrt(ratio * (ratio - 1.0))
