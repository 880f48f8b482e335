"""Coefficients and standard errors against second computations, from the definitions."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.sandbox.regression.gmm import IV2SLS

from bondsim.causal.estimators import METHODS, panel_of
from bondsim.causal.estimators import matching as m
from bondsim.causal.estimators.fitting import (
    by_design,
    clustered,
    least_squares_of_pairs,
    two_stage,
)
from bondsim.causal.estimators.instruments import (
    intention_to_treat,
    named_by,
    peers_beyond,
    through_pushes,
)
from bondsim.causal.estimators.regressions import by_tie_type, positions
from tests.causal.worlds import contagion, noise, placed


def by_hand(y, x, same):
    """Least squares, and the sandwich as a double loop over rows for which `same` holds."""
    bread = np.linalg.inv(x.T @ x)
    b = bread @ x.T @ y
    e = y - x @ b
    meat = np.zeros((x.shape[1], x.shape[1]))
    for r in range(y.size):
        for s in range(y.size):
            if same(r, s):
                meat += e[r] * e[s] * np.outer(x[r], x[s])
    return b, bread @ meat @ bread


def columns(panel):
    """ego(t+1); 1, ego(t), alter(t+1), alter(t); of whom ego named."""
    ego, alter = panel.ego[panel.names], panel.alter[panel.names]
    before, after = panel.before["loneliness"], panel.after["loneliness"]
    x = np.column_stack([np.ones(ego.size), before[ego], after[alter], before[alter]])
    return after[ego], x, ego


def test_lagged_regression__is_least_squares_with_a_sandwich_over_egos():
    panel = panel_of(contagion(1, n=60)[0])
    y, x, ego = columns(panel)
    b, cov = by_hand(y, x, lambda r, s: ego[r] == ego[s])
    found = METHODS["lagged_regression"].estimate(panel, 1)
    assert found.estimate == pytest.approx(b[2], rel=1e-9)
    assert found.se == pytest.approx(np.sqrt(cov[2, 2]), rel=1e-9)
    assert found.high - found.low == pytest.approx(2 * 1.959964 * found.se, rel=1e-6)
    assert found.n == 240


def test_lagged_regression__a_person_is_one_group_in_all_pairs_of_waves():
    first, later = contagion(1, n=60)[0]
    panel = panel_of([first, later, first._replace(day=900)])
    y, x, ego = columns(panel)
    person = panel.person[ego]
    b, cov = by_hand(y, x, lambda r, s: person[r] == person[s])
    found = METHODS["lagged_regression"].estimate(panel, 1)
    assert found[:2] == pytest.approx((b[2], np.sqrt(cov[2, 2])), rel=1e-9)


def test_lagged_alter__leaves_alter_after_out():
    panel = panel_of(contagion(2, n=60)[0])
    y, x, ego = columns(panel)
    b, cov = by_hand(y, x[:, [0, 1, 3]], lambda r, s: ego[r] == ego[s])
    found = METHODS["lagged_alter"].estimate(panel, 1)
    assert found[:2] == pytest.approx((b[2], np.sqrt(cov[2, 2])), rel=1e-9)


def test_context_adjusted__is_a_constant_for_each_context():
    panel = panel_of(placed(1, n=80, n_places=6))
    y, x, ego = columns(panel)
    constants = (panel.context[ego][:, None] == np.unique(panel.context)).astype(float)
    b, cov = by_hand(y, np.column_stack([x[:, 1:], constants]), lambda r, s: ego[r] == ego[s])
    found = METHODS["context_adjusted"].estimate(panel, 1)
    assert found[:2] == pytest.approx((b[1], np.sqrt(cov[1, 1])), rel=1e-9)


def test_negative_controls__are_the_same_regression_of_other_columns():
    first, later = noise(3, n=150)
    panel = panel_of([first, later])
    swapped = [
        w._replace(agents={**w.agents, "loneliness": w.agents["headaches"]}) for w in (first, later)
    ]
    found = METHODS["negative_control_headaches"].estimate(panel, 1)
    assert found == METHODS["lagged_regression"].estimate(panel_of(swapped), 1)
    # height does not change, so that its lags are left out
    ego, alter = panel.ego[panel.names], panel.alter[panel.names]
    height = panel.after["height"]
    slope = np.polyfit(height[alter], height[ego], 1)[0]
    assert METHODS["negative_control_height"].estimate(panel, 1).estimate == pytest.approx(slope)


def test_least_squares_of_pairs__rows_that_share_a_person_are_dependent():
    rng = np.random.default_rng(1)
    one, other = rng.integers(0, 15, (2, 90))
    keep = one != other
    one, other = one[keep], other[keep]
    x = np.column_stack([np.ones(one.size), rng.normal(size=(one.size, 2))])
    y = rng.normal(size=one.size)
    b, cov = by_hand(y, x, lambda r, s: bool({one[r], other[r]} & {one[s], other[s]}))
    fit = least_squares_of_pairs(y, x, one, other)
    np.testing.assert_allclose(fit.params, b, rtol=1e-9)
    np.testing.assert_allclose(fit.cov, cov, rtol=1e-8, atol=1e-12)


def test_directionality__is_the_difference_between_types_of_ties():
    panel = panel_of(contagion(4, n=200)[0])
    types = by_tie_type(panel)
    difference = types["ego"].estimate - types["alter"].estimate
    found = METHODS["directionality"].estimate(panel, 1)
    assert found.estimate == pytest.approx(difference, rel=1e-9)
    # a type's coefficient is that of its rows alone
    kind = panel.names & ~panel.named
    before, after = panel.before["loneliness"], panel.after["loneliness"]
    e, a = panel.ego[kind], panel.alter[kind]
    x = np.column_stack([np.ones(e.size), before[e], after[a], before[a]])
    assert types["ego"].estimate == pytest.approx(np.linalg.lstsq(x, after[e])[0][2], rel=1e-9)


def test_two_stage__agrees_with_statsmodels_and_a_sandwich_by_hand():
    rng = np.random.default_rng(2)
    n = 80
    z, hidden, control = rng.normal(size=(3, n))
    x = z + hidden + 0.3 * control
    y = 0.5 * x - hidden + control + rng.normal(size=n)
    group = rng.integers(0, 25, n)
    controls = np.column_stack([np.ones(n), control])
    found = two_stage(y, x, z, controls, clustered(group, 3))
    both, instruments = np.column_stack([x, controls]), np.column_stack([z, controls])
    fit = IV2SLS(y, both, instruments).fit()
    assert found.estimate.estimate == pytest.approx(fit.params[0], rel=1e-9)
    e = y - both @ fit.params
    scores = np.array([(instruments * e[:, None])[group == g].sum(axis=0) for g in range(25)])
    bread = np.linalg.inv(instruments.T @ both)
    cov = bread @ scores.T @ scores @ bread.T * n / (n - 3)
    assert found.estimate.se == pytest.approx(np.sqrt(cov[0, 0]), rel=1e-9)
    assert found.first_stage_f > 10
    # the hidden cause fools least squares
    assert np.linalg.lstsq(both, y)[0][0] < 0.3 < found.estimate.estimate


def test_peers_beyond__are_named_by_the_named_and_not_by_ego():
    panel = panel_of(noise(5, n=60, k=3))
    whom = {a: set() for a in range(60)}
    for e, a in zip(panel.ego[panel.names], panel.alter[panel.names], strict=True):
        whom[int(e)].add(int(a))
    found = peers_beyond(panel).toarray()
    for a in range(60):
        far = set().union(*(whom[b] for b in whom[a])) - whom[a] - {a}
        assert set(np.flatnonzero(found[a])) == far


def test_randomised__is_one_effect_over_the_other():
    """With one instrument, the estimate is the effect of the push on egos over that on alters."""
    waves, treated = contagion(6, n=300, share=0.2)
    panel = panel_of(waves, treated=treated)
    named = named_by(panel)
    alters = [named.matrix @ values["loneliness"] for values in (panel.before, panel.after)]
    rows = ~panel.treated
    x = np.column_stack(
        [
            named.matrix @ panel.treated.astype(float),
            np.ones(panel.n_people),
            panel.before["loneliness"],
            alters[0],
        ]
    )[rows]
    on_ego, on_alters = (
        np.linalg.lstsq(x, y[rows])[0][0] for y in (panel.after["loneliness"], alters[1])
    )
    found = through_pushes(panel)
    assert found.estimate.estimate == pytest.approx(on_ego / on_alters, rel=1e-9)
    assert intention_to_treat(panel).estimate == pytest.approx(on_ego, rel=1e-9)
    assert found.estimate.n == 300 - treated.size


def test_match__takes_the_nearest_within_the_caliper():
    odds = np.array([0.0, 0.1, 0.5, 1.0, 0.11, 0.52, 3.0, -0.01])
    exposed = np.array([0, 0, 0, 0, 1, 1, 1, 1], bool)
    # the caliper is 0.2 standard deviations, 0.19: 3.0 is too far from 1.0
    np.testing.assert_array_equal(m.match(odds, exposed), [1, 1, 1, 0, 1, 1, 0, 1])


def test_match__balances_what_was_matched_on():
    panel = panel_of(placed(7, n=600))
    named = named_by(panel)
    rows = np.flatnonzero(named.number > 0)
    exposed = (named.matrix @ panel.lonely.astype(float))[rows] > 0
    about = m.covariates(panel, rows)
    weight = m.match(m.propensity(exposed, about), exposed)

    def gap(weights):
        one, other = (np.average(about, axis=0, weights=weights * g) for g in (exposed, ~exposed))
        return np.abs(one - other).max()

    assert gap(weight) < 0.4 * gap(np.ones(rows.size))
    assert weight[exposed].sum() == weight[~exposed].sum()


def test_e_value__of_published_risk_ratios():
    """The example of VanderWeele & Ding (2017): 3.9 (1.8-8.7) has E-values of 7.26 and 3.0."""
    assert m.e_value_of(3.9) == pytest.approx(7.26, abs=0.005)
    assert m.e_value_of(1.8) == pytest.approx(3.0, abs=0.005)
    assert m.e_value_of(1.0) == 1.0
    assert m.e_value_of(0.5) == pytest.approx(2.0 + np.sqrt(2.0))


def test_e_value__of_the_lagged_regression():
    panel = panel_of(contagion(8, n=400)[0])
    seen, found = (METHODS[k].estimate(panel, 1) for k in ("lagged_regression", "e_value"))
    y = panel.before["loneliness"]
    step = (y[panel.lonely].mean() - y[~panel.lonely].mean()) / panel.after["loneliness"].std()
    ratios = np.exp(0.91 * step * np.array([seen.low, seen.estimate, seen.high]))
    expected = ratios + np.sqrt(ratios * (ratios - 1.0))
    assert (found.low, found.estimate, found.high) == pytest.approx(expected, rel=1e-9)
    assert found.p == seen.p
    none = METHODS["e_value"].estimate(panel_of(noise(9, n=200)), 1)
    assert none.low == 1.0 and none.p > 0.05


def test_positions__are_leading_eigenvectors():
    panel = panel_of(placed(10, n=200, n_places=6))
    a = np.zeros((200, 200))
    a[panel.ego, panel.alter] = 1.0
    root = np.sqrt(a.sum(axis=1) + a.sum(axis=1).mean())
    vectors = np.linalg.eigh(a / np.outer(root, root))[1][:, -8:]
    found = positions(panel)
    # the same space, whatever the signs
    assert np.linalg.svd(vectors.T @ found / np.sqrt(200))[1] == pytest.approx(np.ones(8), abs=1e-6)


def test_by_design__is_the_variance_over_all_draws():
    """Every set of people that may be drawn, with its probability, on a small network."""
    rng = np.random.default_rng(3)
    named = (rng.random((7, 6)) < 0.4).astype(float)
    errors = rng.normal(size=7)
    share = 0.3
    drawn = (np.arange(64)[:, None] >> np.arange(6)) & 1
    chance = np.prod(np.where(drawn, share, 1.0 - share), axis=1)
    scores = (drawn @ named.T) @ errors
    variance = chance @ scores**2 - (chance @ scores) ** 2
    assert by_design(named, share)(errors, errors) == pytest.approx(variance, rel=1e-12)
