"""Estimates through something that moves the alters and not the ego: chance, or their own alters.

`seed` is not used here: nothing is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bondsim.causal.estimators.estimate import Estimate, nothing
from bondsim.causal.estimators.fitting import (
    Instrumented,
    Variance,
    by_design,
    clustered,
    coefficient,
    two_stage,
)

if TYPE_CHECKING:
    from bondsim.causal.estimators.panel import Panel
    from bondsim.state import Array


class Named(NamedTuple):
    """Whom people named: `matrix`, sparse (n, n), 1 where the row's person named the column's.

    `number` (n,): how many they named.
    """

    matrix: Any
    number: Array


def named_by(panel: Panel) -> Named:
    """The namings of the earlier wave."""
    from scipy.sparse import csr_array

    ego, alter = panel.ego[panel.names], panel.alter[panel.names]
    n = panel.n_people
    matrix = csr_array((np.ones(ego.size), (ego, alter)), shape=(n, n))
    return Named(matrix, np.bincount(ego, minlength=n).astype(float))


def peers_of_peers(panel: Panel, seed: int) -> Estimate:
    """The effect of one alter(t+1), moved by the alters' own alters at t; `n`: egos."""
    return through_peers_of_peers(panel).estimate


def through_peers_of_peers(panel: Panel) -> Instrumented:
    """`peers_of_peers` with the F of its first stage.

    ego(t+1) = a + b ego(t) + c mean of alters(t+1), where the instrument is the mean, at t, of the
    distinct people named by ego's alters who are neither ego nor named by ego (Bramoulle, Djebbari
    & Fortin 2009). c is divided by the number named, so that it is the effect of one alter.
    """
    named, beyond = named_by(panel), peers_beyond(panel)
    reach = np.asarray(beyond.sum(axis=1)).reshape(-1)
    rows = np.flatnonzero((named.number > 0) & (reach > 0))
    if rows.size == 0:
        return Instrumented(nothing(), float("nan"))
    before, after = panel.before[panel.outcome], panel.after[panel.outcome]
    found = two_stage(
        after[rows],
        (named.matrix @ after)[rows] / named.number[rows],
        (beyond @ before)[rows] / reach[rows],
        np.column_stack([np.ones(rows.size), before[rows]]),
        clustered(panel.person[rows], 3),
    )
    return Instrumented(
        _scaled(found.estimate, float((1.0 / named.number[rows]).mean())), found.first_stage_f
    )


def peers_beyond(panel: Panel) -> Any:
    """Sparse (n, n) of 0 and 1: people named by those whom one named, whom one did not name."""
    matrix = named_by(panel).matrix
    two = (matrix @ matrix).tocoo()
    direct = matrix.tocoo()
    n = panel.n_people
    codes = two.row.astype(np.int64) * n + two.col
    known = np.isin(codes, direct.row.astype(np.int64) * n + direct.col)
    far = ~known & (two.row != two.col)

    from scipy.sparse import csr_array

    return csr_array((np.ones(int(far.sum())), (two.row[far], two.col[far])), shape=(n, n))


def randomised(panel: Panel, seed: int) -> Estimate:
    """The effect of one alter(t+1), moved by pushes that chance gave; `n`: egos."""
    return through_pushes(panel).estimate


def through_pushes(panel: Panel) -> Instrumented:
    """`randomised` with the F of its first stage.

    Among egos who were not pushed and named somebody: ego(t+1) = a + b ego(t) + c sum of
    alters(t+1) + d sum of alters(t) + e number named, where the instrument is how many of the named
    were pushed. Given how many one named, that is chance, and the only chance that the standard
    error is about: everyone is taken to have been as likely as others to be pushed.
    """
    x = _pushes(panel)
    if x is None:
        return Instrumented(nothing(), float("nan"))
    return two_stage(x.after, x.alters_after, x.exposure, x.controls, x.variance)


def intention_to_treat(panel: Panel) -> Estimate:
    """How much ego(t+1) differs for each named alter who was pushed: the effect of the push."""
    x = _pushes(panel)
    if x is None:
        return nothing()
    return coefficient(x.after, x.exposure, x.exposure, x.controls, x.variance)


class _Pushes(NamedTuple):
    """What the egos who were not pushed look like, a row each."""

    after: Array
    alters_after: Array
    exposure: Array
    controls: Array
    variance: Variance


def _pushes(panel: Panel) -> _Pushes | None:
    """None where nobody was pushed, or nobody is left who named anybody."""
    named = named_by(panel)
    rows = np.flatnonzero((panel.step == 0) & ~panel.treated & (named.number > 0))
    exposure = (named.matrix @ panel.treated.astype(float))[rows]
    if rows.size == 0 or np.ptp(exposure) == 0.0:
        return None
    before, after = panel.before[panel.outcome], panel.after[panel.outcome]
    controls = [np.ones(rows.size), before[rows], (named.matrix @ before)[rows]]
    number = named.number[rows]
    if np.ptp(number) > 0.0:  # else it is the constant again
        controls.append(number)
    share = float(panel.treated[panel.step == 0].mean())
    return _Pushes(
        after[rows],
        (named.matrix @ after)[rows],
        exposure,
        np.column_stack(controls),
        by_design(named.matrix[rows], share),
    )


def _scaled(found: Estimate, factor: float) -> Estimate:
    return found._replace(
        estimate=found.estimate * factor,
        se=found.se * factor,
        low=found.low * factor,
        high=found.high * factor,
    )
