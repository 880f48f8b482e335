"""Screening by groups: known sizes of effects, SALib as a second opinion, who moves with whom."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from bondsim.errors import ParameterError
from bondsim.params import Params
from bondsim.sensitivity.factors import default_factors, factors_by_name, mechanism
from bondsim.sensitivity.grouping import groups_of
from bondsim.sensitivity.morris import screen, screened
from bondsim.sensitivity.plan import SensitivityPlan
from bondsim.study.sampling import Factor, morris, problem_of
from tests.sensitivity.functions import (
    ISHIGAMI,
    ishigami,
    linear,
    lived,
    matrix,
    sobol_g,
    unit_factors,
)

FOUR = unit_factors(4)
PAIRS = {"x0": "first", "x1": "first", "x2": "second", "x3": "second"}


def found(function, factors, groups, n, seed=1, n_replicates=1, **luck):
    evaluate = lived(function, n_replicates, seed=seed + 100, **luck)
    return screen(evaluate, factors, ["y"], n, seed, groups=groups)["effects"]


def test_morris__the_members_of_a_group_move_together_once_in_each_trajectory():
    points = morris(FOUR, 30, 1, groups=PAIRS)
    assert len(points) == 30 * 3
    directions = set()
    for t in range(30):
        steps = [b - a for a, b in pairwise(matrix(points[3 * t : 3 * t + 3]))]
        moved = [tuple(np.flatnonzero(step)) for step in steps]
        assert sorted(moved) == [(0, 1), (2, 3)]
        np.testing.assert_allclose(np.abs(sum(steps)), 2 / 3)
        directions |= {tuple(np.sign(step[:2])) for step, who in zip(steps, moved, strict=True)
                       if who == (0, 1)}  # fmt: skip
    assert len(directions) == 4  # each up or down, whatever the other does


def test_morris__groups_of_one_are_no_groups():
    assert morris(FOUR, 6, 3, groups={f.path: f.path for f in FOUR}) == morris(FOUR, 6, 3)


@pytest.mark.parametrize(
    ("function", "factors", "groups"),
    [
        (linear, FOUR, PAIRS),
        (ishigami, ISHIGAMI, {"x0": "both", "x1": "alone", "x2": "both"}),
        (sobol_g, unit_factors(5), {"x0": "a", "x1": "b", "x2": "b", "x3": "c", "x4": "b"}),
    ],
)
def test_screen__groups_agree_with_salib_where_there_is_no_luck(function, factors, groups):
    from SALib.analyze import morris as salib

    points = morris(factors, 14, 3, groups=groups)
    y = function(matrix(points))
    places = np.array([[f.place(p[f.path]) for f in factors] for p in points])
    problem = {**problem_of(factors), "groups": list(groups.values())}
    theirs = salib.analyze(problem, places, y, seed=1)
    ours = screened(factors, points, y[:, None, None], ["y"], groups=groups)["effects"]
    assert ours["path"].tolist() == list(theirs["names"])
    np.testing.assert_allclose(ours["mu_star"], theirs["mu_star"].astype(float), atol=1e-9)
    np.testing.assert_allclose(ours["sigma"], theirs["sigma"].astype(float), atol=1e-9)
    alone = ours["members"] == 1
    np.testing.assert_allclose(ours["mu"][alone], theirs["mu"].astype(float)[alone], atol=1e-9)


def test_screen__of_a_line_a_group_is_as_large_as_its_slopes_pull_together_or_apart():
    """Slopes 3 and -2 make effects of 5 and 1 with equal chances, 1 and 0 make 1 always."""
    effects = found(linear, FOUR, PAIRS, 400)
    assert effects["path"].tolist() == ["first", "second"]
    assert effects["members"].tolist() == [2, 2]
    np.testing.assert_allclose(effects["mu_star"], [3.0, 1.0], atol=4 * 2.0 / np.sqrt(400))
    assert effects["mu_star"][1] == pytest.approx(1.0, abs=1e-9)
    low, high = effects["mu_star_low"][0], effects["mu_star_high"][0]
    assert low < 3.0 < high and high - low == pytest.approx(2 * 1.966 * 2.0 / 20, rel=0.05)


def test_screen__direction_and_spread_of_a_group_are_not_defined_but_of_one_alone():
    effects = found(linear, FOUR, {**PAIRS, "x3": "x3"}, 10, n_replicates=2, both=0.1)
    several = effects["members"] > 1
    assert several.tolist() == [True, False, False]
    for name in ("mu", "sigma", "mu_low", "sigma_high"):
        assert np.isnan(effects[name][several]).all()
        assert np.isfinite(effects[name][~several]).all()
    assert np.isfinite(effects["mu_star_low"]).all()


def test_screen__a_step_is_what_members_moved_on_the_mean():
    """Lists of two move over their whole range, others over two thirds of it."""
    factors = [Factor("a", 0.0, 1.0), Factor("b", values=(0, 1))]
    effects = found(lambda x: x[:, 1], factors, {"a": "g", "b": "g"}, 6)
    assert effects["mu_star"][0] == pytest.approx(1.0 / ((2 / 3 + 1.0) / 2))


def test_screen__states_the_noise_of_groups():
    runs = [found(linear, FOUR, PAIRS, 20, seed=s, n_replicates=4, luck=5.0, both=1.0)
            for s in range(60)]  # fmt: skip
    wanted = np.sqrt(2 / np.pi * 2 / 4) / (2 / 3)
    np.testing.assert_allclose(np.mean([run["noise"] for run in runs], axis=0), wanted, rtol=0.05)


def uneven(n_replicates, seed):
    """Noise alone, and ten times as much of it in one half of the space."""

    def evaluate(points):
        x, rng = matrix(points), np.random.default_rng(seed)
        size = np.where(x[:, [0]] > 0.5, 1.0, 0.1)
        return (7.0 + size * rng.standard_normal((len(x), n_replicates)))[:, :, None]

    return evaluate


@pytest.mark.parametrize("n_replicates", [2, 4])
def test_screen__noise_alone_is_seldom_taken_for_an_effect(n_replicates):
    """Also where noise depends on the point, as long as the factor does not change it: x1 to x3."""
    told = [
        screen(uneven(n_replicates, s), FOUR, ["y"], 8, s)["effects"]["told"][1:]
        for s in range(300)
    ]
    share = np.mean(told)
    assert share == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 900))


def test_screen__effects_well_above_noise_are_told_from_it():
    runs = [found(linear, FOUR, None, 8, seed=s, n_replicates=2, both=0.3) for s in range(40)]
    told = np.mean([run["told"] for run in runs], axis=0)
    assert told[:3].min() > 0.95 and told[3] < 0.2
    sure = found(linear, FOUR, None, 8, n_replicates=2)
    assert sure["told"].tolist() == [1.0, 1.0, 1.0, 0.0]
    assert sure["p_noise"][3] == 1.0  # it never did anything
    assert np.isnan(found(linear, FOUR, None, 8)["told"]).all()  # one replicate knows no noise


def test_screened__points_that_move_half_a_group_are_named():
    points = morris(FOUR, 3, 1)[: 3 * 3]
    with pytest.raises(ParameterError, match="all of it"):
        screened(FOUR, points, np.zeros((9, 1, 1)), ["y"], groups=PAIRS)


# --- who moves with whom -----------------------------------------------------------------------

MIXED = [Factor(path, 0.0, 1.0) for path in ("meet.psi", "relate.tau", "meet.eta1", "feel.kappa")]


def test_groups_of__a_mechanism_is_what_paths_begin_with_and_one_alone_is_itself():
    found = groups_of(MIXED, "mechanism")
    assert list(found.values()) == ["meet", "relate.tau", "meet", "feel.kappa"]
    assert groups_of(MIXED, "none") == {f.path: f.path for f in MIXED}


def test_groups_of__names_of_ones_own_hold_paths_and_mechanisms():
    found = groups_of(MIXED, {"pace": ["meet", "relate.tau"]})
    assert list(found.values()) == ["pace", "pace", "pace", "feel.kappa"]


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        ({"a": ["meet"], "b": ["meet.psi"]}, "in a already"),
        ({"a": ["part"]}, "parameters that are varied"),
        ({"feel.kappa": ["meet"]}, "no parameter's path"),
    ],
)
def test_groups_of__what_cannot_be_is_refused(groups, told):
    with pytest.raises(ParameterError, match=told):
        groups_of(MIXED, groups)


@pytest.mark.parametrize("groups", ["mechanisms", 3, {}, {"a": []}, {"a": 3}, ["meet"]])
def test_plan__groups_of_another_form_are_refused(groups):
    with pytest.raises(ParameterError, match=r"sensitivity\.groups"):
        SensitivityPlan(groups=groups)


def test_plan__groups_are_for_screening_alone():
    with pytest.raises(ParameterError, match="none or null for curves"):
        SensitivityPlan(method="curves", groups="mechanism")


def test_plan__groups_are_the_mechanisms_until_factors_are_named():
    params = Params()
    whole = SensitivityPlan()
    factors = whole.factors_of(params)
    groups = whole.groups_of(factors)
    assert set(groups.values()) <= {mechanism(path) for path in groups} | set(groups)
    assert whole.size(factors) == whole.points * (len(set(groups.values())) + 1)
    few = SensitivityPlan(factors=["feel", "relate.tau"])
    named = few.factors_of(params)
    assert few.grouping == "none" and few.size(named) == few.points * (len(named) + 1)
    curves = SensitivityPlan(method="curves")
    assert curves.grouping == "none" and curves.size(factors) <= 1 + 7 * len(factors)


def test_factors_by_name__groups_and_parameters_have_their_usual_ranges():
    usual = {factor.path: factor for factor in default_factors().factors}
    found = factors_by_name(["feel", "relate.tau", "feel.kappa"], Params())
    inside = [path for path in usual if mechanism(path) == "feel"]
    assert [factor.path for factor in found] == [*inside, "relate.tau"]
    assert all(usual[factor.path] == factor for factor in found)
    (partner,) = factors_by_name(["meet.role.partner"], Params())
    assert partner.path == "meet.role.partner"
    (friend,) = factors_by_name(["meet.role"], Params())  # of kinds those that are usual
    assert friend.path == "meet.role.friend"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("relate.tua", "did you mean relate.tau"),
        ("observe.error", "range"),
        ("channels.affect", "compare with and without by bondsim channels"),
        ("network.friends", "of anything else give the range"),
    ],
)
def test_factors_by_name__what_has_no_range_is_told(name, told):
    with pytest.raises(ParameterError, match=told):
        factors_by_name([name], Params())
