"""Elementary effects: known slopes, curvature and interactions, with and without luck."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim.errors import ParameterError
from bondsim.sensitivity.morris import screen, screened
from bondsim.study.sampling import Factor, morris, problem_of
from tests.sensitivity.functions import (
    ISHIGAMI,
    SLOPES,
    ishigami,
    linear,
    lived,
    matrix,
    unit_factors,
)

FOUR = unit_factors(4)
NAMES = ("mu", "mu_star", "sigma")


def found(function, factors, n, seed=1, n_replicates=1, **luck):
    evaluate = lived(function, n_replicates, seed=seed + 100, **luck)
    return screen(evaluate, factors, ["y"], n, seed)["effects"]


def test_screen__agrees_with_salib_where_there_is_no_luck():
    from SALib.analyze import morris as salib

    points = morris(ISHIGAMI, 12, 3)
    y = ishigami(matrix(points))
    places = np.array([[f.place(p[f.path]) for f in ISHIGAMI] for p in points])
    theirs = salib.analyze(problem_of(ISHIGAMI), places, y, seed=1)
    ours = screened(ISHIGAMI, points, y[:, None, None], ["y"])["effects"]
    for name in NAMES:
        np.testing.assert_allclose(ours[name], theirs[name], atol=1e-9)


def test_screen__of_a_line_are_its_slopes_over_the_whole_range():
    wide = [Factor("x0", 0.0, 10.0), *unit_factors(4)[1:]]
    effects = found(linear, wide, 5)
    np.testing.assert_allclose(effects["mu"], SLOPES * [10, 1, 1, 1], atol=1e-9)
    np.testing.assert_allclose(effects["mu_star"], np.abs(effects["mu"]), atol=1e-9)
    np.testing.assert_allclose(effects["sigma"], 0.0, atol=1e-9)
    np.testing.assert_allclose(effects["mu_low"], effects["mu_high"], atol=1e-9)


def test_screen__lists_and_whole_numbers_count_their_whole_range_too():
    factors = [Factor("a", 0, 4, scale="whole"), Factor("b", values=(0, 1, 5)),
               Factor("c", values=(False, True))]  # fmt: skip
    effects = found(lambda x: x @ np.array([1.0, 0.0, 7.0]), factors, 8)
    np.testing.assert_allclose(effects["mu"], [4.0, 0.0, 7.0], atol=1e-9)


def test_screen__interactions_and_curvature_show_in_sigma_alone():
    effects = found(lambda x: (x[:, 0] - 0.5) * (x[:, 1] - 0.5), unit_factors(3), 200)
    np.testing.assert_allclose(effects["mu"], 0.0, atol=0.05)
    assert (effects["sigma"][:2] > 0.3).all() and effects["sigma"][2] == 0.0


def test_screen__takes_replicate_noise_out_of_sigma_and_states_it():
    runs = [found(linear, FOUR, 20, seed=s, n_replicates=4, luck=5.0, both=1.0) for s in range(60)]
    step = 2 / 3
    wanted = np.sqrt(2 / np.pi * 2 / 4) / step  # of a difference of two means of 4
    np.testing.assert_allclose(np.mean([run["noise"] for run in runs], axis=0), wanted, rtol=0.05)
    idle = np.mean([run["mu_star"][3] for run in runs])
    assert idle == pytest.approx(wanted, rel=0.1)
    np.testing.assert_allclose(np.mean([run["mu"] for run in runs], axis=0), SLOPES, atol=0.15)
    seen = np.sqrt(2 / 4) / step
    assert np.mean([run["sigma"] for run in runs]) < 0.4 * seen


def test_screen__luck_that_is_alike_at_all_points_is_gone():
    effects = found(linear, FOUR, 5, n_replicates=3, luck=100.0)
    np.testing.assert_allclose(effects["mu"], SLOPES, atol=1e-9)
    np.testing.assert_allclose(effects["noise"], 0.0, atol=1e-9)


@pytest.mark.parametrize(("n_replicates", "both"), [(1, 0.0), (4, 1.0)])
def test_screen__intervals_cover(n_replicates, both):
    """Mean effects of Ishigami-like curves: their truth is that of very many trajectories."""
    truth = found(ishigami, ISHIGAMI, 4000)
    runs = [found(ishigami, ISHIGAMI, 12, seed=s, n_replicates=n_replicates, both=both)
            for s in range(300)]  # fmt: skip
    for name in ("mu", "mu_star")[: 2 if both == 0.0 else 1]:
        held = [(r[f"{name}_low"] <= truth[name]) & (truth[name] <= r[f"{name}_high"])
                for r in runs]  # fmt: skip
        share = np.mean(held, axis=0)
        if name == "mu_star":
            share = share[np.array([True, False, True])]  # one size of effect only: no spread
        assert share.min() >= 0.9, (name, share)


def test_screen__intervals_count_what_other_seeds_would_change():
    """A seed that bends the outcome everywhere alike: more trajectories do not help."""

    def evaluate(points):
        bent = np.random.default_rng(5).standard_normal(6)
        return (matrix(points)[:, [0]] * bent)[:, :, None]

    effects = screen(evaluate, unit_factors(2), ["y"], 100, 1)["effects"]
    bent = np.random.default_rng(5).standard_normal(6)
    half = (effects["mu_high"] - effects["mu_low"])[0] / 2
    assert half == pytest.approx(2.571 * bent.std(ddof=1) / np.sqrt(6), rel=1e-3)


def test_screened__trajectories_with_a_lost_point_do_not_count():
    points = morris(FOUR, 6, 1)
    values = lived(linear, 2, luck=1.0)(points)
    values[7] = np.nan
    values[20, 0] = np.nan
    effects = screened(FOUR, points, values, ["y"])["effects"]
    assert effects["trajectories"].tolist() == [5] * 4
    np.testing.assert_allclose(effects["mu"], SLOPES, atol=1e-6)
    lost = screened(FOUR, points, np.full_like(values, np.nan), ["y"])["effects"]
    assert np.isnan(lost["mu"]).all() and np.isnan(lost["noise"]).all()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda points: points[:-1],
        lambda points: points[::-1][1:] + points[:1],
        lambda points: [points[0]] * len(points),
        lambda points: [],
    ],
)
def test_screened__points_of_another_design_are_named(spoil):
    points = spoil(morris(FOUR, 3, 1))
    with pytest.raises(ParameterError, match="points must be"):
        screened(FOUR, points, np.zeros((len(points), 1, 1)), ["y"])
