"""Channels: contrasts and Shapley values with known answers, and real worlds."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from bondsim import ParameterError
from bondsim.causal import channels
from bondsim.causal.channels import N_ARMS, FactorialPlan, analyse, arm_name, contrasts, shapley
from bondsim.causal.looks import Look, LookPlan
from bondsim.measures.survey.plan import SurveyPlan
from tests.causal.conftest import design_of

ARMS = np.arange(N_ARMS)
ON = np.array([ARMS >> k & 1 for k in range(5)], float)


def test_shapley__of_a_sum_is_each_ones_part():
    parts = np.array([0.5, -0.2, 0.0, 1.0, 0.3])
    np.testing.assert_allclose(shapley((7.0 + parts @ ON)[None]), [parts], atol=1e-12)


def test_shapley__splits_a_joint_effect_evenly_and_gives_all_away():
    joint = (2.0 * ON[0] * ON[3])[None]
    np.testing.assert_allclose(shapley(joint), [[1.0, 0.0, 0.0, 1.0, 0.0]], atol=1e-12)
    values = np.random.default_rng(3).normal(size=(4, N_ARMS))
    np.testing.assert_allclose(shapley(values).sum(axis=1), values[:, -1] - values[:, 0])


def test_shapley__is_the_mean_over_all_orders_of_switching_on():
    values = np.random.default_rng(5).normal(size=N_ARMS)
    added = np.zeros(5)
    orders = list(permutations(range(5)))
    for order in orders:
        arm = 0
        for k in order:
            added[k] += values[arm | 1 << k] - values[arm]
            arm |= 1 << k
    np.testing.assert_allclose(shapley(values[None])[0], added / len(orders))


def test_contrasts__are_least_squares_effects():
    """Twice the coefficients of the model with all products of channels coded -1 and 1."""
    values = np.random.default_rng(7).normal(size=N_ARMS)
    found = contrasts(values[None])
    signs = 2.0 * ON - 1.0
    columns = [np.prod(signs[list(term)], axis=0) for term in found]
    fit = np.linalg.lstsq(np.column_stack([np.ones(N_ARMS), *columns]), values, rcond=None)[0]
    assert len(found) == N_ARMS - 1
    np.testing.assert_allclose([x[0] for x in found.values()], 2.0 * fit[1:], atol=1e-12)


def test_arm_name__tells_what_is_on():
    assert [arm_name(n) for n in (0, 1, 9, 31)] == ["none", "affect", "affect + selection", "all"]


def test_analyse__gives_each_combination_what_its_world_gives():
    design = design_of("affect", n_agents=80, days=20, replicates=2)
    plan = FactorialPlan(outcomes=("mean_loneliness", "stability", "excess_1"))
    found = analyse(design, plan, processes=1)
    table = found.tables["outcomes"]
    assert table["value"].size == 2 * N_ARMS * 3
    for replicate, arm in ((0, 0), (1, 13)):
        known = channels.outcomes_of_arm(design, plan, Look(), replicate, arm)
        own = (table["replicate"] == replicate) & (table["arm"] == arm)
        assert table["value"][own].tolist() == known
        on = {f"channels.{c}": bool(arm >> k & 1) for k, c in enumerate(channels.CHANNELS)}
        run = design.world(replicate, **on).run(20)
        assert known[0] == pytest.approx(run.tables["series"]["loneliness"][-1], rel=1e-6)
    shares = found.tables["shares"]
    for outcome in plan.outcomes[:2]:
        own = shares["outcome"] == outcome
        parts, whole = own & (shares["channel"] != "whole"), own & (shares["channel"] == "whole")
        assert shares["value"][parts].sum() == pytest.approx(shares["value"][whole][0])
        assert shares["share"][parts].sum() == pytest.approx(1.0)
    report = channels.report(found)
    assert "not the world" in report.notes[-1] and len(report.rows) == 3
    assert analyse(design, plan, processes=2).hash == found.hash


def test_analyse__through_a_survey_sees_something_else():
    design = design_of("affect", n_agents=80, days=20, replicates=1)
    plan = FactorialPlan(outcomes=("mean_loneliness",))
    asked = Look(LookPlan("survey"), SurveyPlan(name_cap=2, missing=0.3))
    truth, seen = (analyse(design, plan, look, processes=1) for look in (Look(), asked))
    assert truth.hash != seen.hash
    again = channels.plans_of(seen.science)
    assert analyse(design, **again, processes=1).hash == seen.hash


def test_analyse__refuses_unknown_outcomes_before_it_lives_a_day():
    design = design_of("affect", n_agents=80, days=20, replicates=1)
    with pytest.raises(ParameterError, match="outcome"):
        analyse(design, FactorialPlan(outcomes=("prevalense",)))
    for wrong in ((), ("prevalence", "prevalence")):
        with pytest.raises(ParameterError, match=r"factorial\.outcomes"):
            FactorialPlan(outcomes=wrong)
    with pytest.raises(ParameterError, match="at least 2"):
        analyse(design_of(n_agents=80, days=1), FactorialPlan(outcomes=("stability",)))


def test_parts__add_up_where_an_arm_is_not_known(monkeypatch):
    values = np.random.default_rng(9).normal(size=(4, N_ARMS, 1))
    values[2, 5, 0] = np.nan
    monkeypatch.setattr(channels, "in_parallel", lambda *a, **k: list(values.reshape(-1, 1)))
    design = design_of("affect", n_agents=80, days=20, replicates=4)
    found = analyse(design, FactorialPlan(outcomes=("prevalence",)))
    shares = found.tables["shares"]
    whole = shares["channel"] == "whole"
    assert shares["value"][~whole].sum() == pytest.approx(shares["value"][whole][0])
    assert (found.tables["arms"]["known"] == 3).all()
