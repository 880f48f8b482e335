"""Regressions of an ego's loneliness on a named alter's, a row for each ego and alter.

The model of Framingham is ego(t+1) = a + b ego(t) + c alter(t+1) + d alter(t), fitted by GEE with
rows grouped by ego; its c is read as contagion. `seed` is not used here: nothing is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim.causal.estimators.estimate import Estimate, nothing
from bondsim.causal.estimators.fitting import (
    Fit,
    gee,
    independent,
    least_squares_of_pairs,
    unit_vector,
    within,
)

if TYPE_CHECKING:
    from bondsim.causal.estimators.panel import Panel
    from bondsim.state import Array

POSITIONS = 8
"""Dimensions of a person's place in the network that `latent_adjusted` holds [A]."""
CONSTANT, EGO_BEFORE, ALTER_AFTER, ALTER_BEFORE = range(4)
"""The columns of the model of Framingham."""


def lagged_regression(panel: Panel, seed: int) -> Estimate:
    """The coefficient on alter(t+1), given alter(t) and ego(t); `n`: ego-alter rows."""
    return framingham(panel, panel.outcome)


def lagged_alter(panel: Panel, seed: int) -> Estimate:
    """The coefficient on alter(t), given ego(t): the cause before the effect."""
    y, x, rows = _model(panel, panel.outcome)
    return _estimate(gee(y, np.delete(x, ALTER_AFTER, axis=1), panel.person[panel.ego[rows]]), 2, y)


def negative_control_height(panel: Panel, seed: int) -> Estimate:
    """The model of Framingham for height [cm per cm]: what it finds where nothing can spread."""
    return framingham(panel, "height")


def negative_control_headaches(panel: Panel, seed: int) -> Estimate:
    """The same for headaches, which places give [days/week per day/week]."""
    return framingham(panel, "headaches")


def context_adjusted(panel: Panel, seed: int) -> Estimate:
    """The model of Framingham with a constant for each ego's context in each pair of waves.

    In small contexts it leans below 0 by itself, by about one over their size: who is lonelier than
    the others has others who are less lonely (exclusion bias, Guryan and others 2009 [M]).
    """
    y, x, rows = _model(panel, panel.outcome)
    ego = panel.ego[rows]
    # columns less their mean in the context: the same coefficients and sandwich as with constants
    inside = within(np.column_stack([y, x[:, EGO_BEFORE:]]), panel.context[ego])
    fit = gee(inside[:, 0], inside[:, 1:], panel.person[ego])
    return _estimate(fit, ALTER_AFTER - EGO_BEFORE, y)


def latent_adjusted(panel: Panel, seed: int) -> Estimate:
    """The coefficient on alter(t), given ego(t) and ego's place in the network.

    Places are the first `POSITIONS` eigenvectors of the network of the earlier wave.
    """
    y, x, rows = _model(panel, panel.outcome)
    places = positions(panel)
    if places is None:
        return nothing(y.size)
    ego = panel.ego[rows]
    x = np.column_stack([np.delete(x, ALTER_AFTER, axis=1), places[ego]])
    return _estimate(gee(y, x, panel.person[ego]), 2, y)


def directionality(panel: Panel, seed: int) -> Estimate:
    """The c of ties that only ego named less c of ties that only alter named, from one model.

    The standard error is that of the difference, over all rows that share a person. If everybody
    who is named answers, the two kinds of rows are the same ties seen from their two sides, and
    both coefficients are one partial correlation: they agree whichever way loneliness passes, but
    for how the named differ from those who name them.
    """
    return _asymmetry(panel, ALTER_AFTER)


def directionality_lagged(panel: Panel, seed: int) -> Estimate:
    """The same difference with alter(t) alone, for which the two sides need not agree."""
    return _asymmetry(panel, ALTER_BEFORE)


def by_tie_type(panel: Panel) -> dict[str, Estimate]:
    """The c of the ties that both named (`mutual`), only ego (`ego`) and only alter (`alter`).

    From one model with coefficients of their own for each type.
    """
    fit, y, places = _typed(panel, ALTER_AFTER)
    return {
        name: _estimate(fit, place, y) if place >= 0 else nothing(y.size)
        for name, place in places.items()
    }


def framingham(panel: Panel, outcome: str) -> Estimate:
    """The c of the model of Framingham for any column that the panel holds.

    An outcome that is the same in both waves is regressed on the alter's alone: its lags say it
    all, and would leave nothing to find.
    """
    if outcome not in panel.before:
        return nothing()
    y, x, rows = _model(panel, outcome)
    if np.array_equal(panel.before[outcome], panel.after[outcome], equal_nan=True):
        x = x[:, [CONSTANT, ALTER_AFTER]]
        return _estimate(gee(y, x, panel.person[panel.ego[rows]]), 1, y)
    return _estimate(gee(y, x, panel.person[panel.ego[rows]]), ALTER_AFTER, y)


def positions(panel: Panel) -> Array | None:
    """Everybody's place in the network of the earlier wave: float64 (n_people, `POSITIONS`).

    Leading eigenvectors of the adjacency divided by the roots of both degrees, each with the mean
    degree added (Amini et al. 2013 [M]), scaled to a variance of 1. None for networks too small.
    """
    n = panel.n_people
    if n < 4 * POSITIONS or panel.ego.size == 0:
        return None
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import ArpackError, eigsh

    degree = np.bincount(panel.ego, minlength=n).astype(float)
    root = 1.0 / np.sqrt(degree + degree.mean())
    weight = root[panel.ego] * root[panel.alter]
    matrix = csr_array((weight, (panel.ego, panel.alter)), shape=(n, n))
    try:
        # a start that is not itself an eigenvector, so that nothing is drawn
        start = 1.0 + np.cos(np.arange(n, dtype=float))
        vectors = eigsh(matrix, k=POSITIONS, which="LA", v0=start, tol=1e-6)[1]
    except ArpackError:
        return None
    places: Array = vectors * np.sqrt(n)
    return places


def _asymmetry(panel: Panel, column: int) -> Estimate:
    fit, y, places = _typed(panel, column)
    if fit is None or min(places["ego"], places["alter"]) < 0:
        return nothing(y.size)
    k = fit.params.size
    return fit.estimate(unit_vector(k, places["ego"]) - unit_vector(k, places["alter"]))


def _typed(panel: Panel, column: int) -> tuple[Fit | None, Array, dict[str, int]]:
    """One model of all ties, each type with its own coefficients; and where those on `column` are.

    -1 stands for a type that no tie has, or too few.
    """
    y, x, _ = _model(panel, panel.outcome, np.ones(panel.ego.size, bool))
    if column == ALTER_BEFORE:
        x, column = np.delete(x, ALTER_AFTER, axis=1), ALTER_AFTER
    types = {
        "mutual": panel.names & panel.named,
        "ego": panel.names & ~panel.named,
        "alter": panel.named & ~panel.names,
    }
    width = x.shape[1]
    # a type of very few ties has no coefficients of its own, and its rows tell nothing of others
    present = [name for name, kind in types.items() if kind.sum() > width and independent(x[kind])]
    places = {
        name: present.index(name) * width + column if name in present else -1 for name in types
    }
    if not present:
        return None, y, places
    rows = np.any([types[name] for name in present], axis=0)
    y, x = y[rows], np.column_stack([x * types[name][:, None] for name in present])[rows]
    one, other = (panel.person[side[rows]] for side in (panel.ego, panel.alter))
    return least_squares_of_pairs(y, x, one, other), y, places


def _model(panel: Panel, outcome: str, rows: Array | None = None) -> tuple[Array, Array, Array]:
    """y, the four columns, and the rows: those of alters whom ego named, if not told.

    Without rows of people who did not tell the outcome.
    """
    rows = panel.names if rows is None else rows
    before, after = panel.before[outcome], panel.after[outcome]
    told = np.isfinite(before) & np.isfinite(after)
    rows = rows & told[panel.ego] & told[panel.alter]
    ego, alter = panel.ego[rows], panel.alter[rows]
    x = np.column_stack([np.ones(ego.size), before[ego], after[alter], before[alter]])
    return after[ego], x, rows


def _estimate(fit: Fit | None, place: int, y: Array) -> Estimate:
    return nothing(y.size) if fit is None else fit.estimate(unit_vector(fit.params.size, place))
