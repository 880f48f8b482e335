"""Everything that is measured on the truth is measured on a survey of it."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim import Params, World
from bondsim.measures.recorded import snapshot
from bondsim.measures.registry import MEASURES, OUTCOMES, outcomes_of
from bondsim.measures.survey import NOTHING_LOST, SurveyPlan, survey
from bondsim.network import Circles

DAYS = [0, 60, 120]
NOT_ASKED = {"set_point", "interest"}
"""What no survey asks: the disposition, and the place in interest space."""
SEEN_OTHERWISE = {"felt_reciprocity"}
"""What a survey knows of in its own way: a tie is returned or not."""


@pytest.fixture(scope="module")
def run():
    params = Params(seed=6).replace(**{"prior.closeness.friend": 0.5, "prior.spread": 0.3})
    return World(params, Circles(n_agents=400)).run(121, snapshots=DAYS)


@pytest.fixture(scope="module")
def truth(run):
    return outcomes_of(list(OUTCOMES), [snapshot(run, day) for day in DAYS], 1)


@pytest.mark.parametrize("measure", MEASURES)
def test_the_perfect_survey__measures_the_truth(measure, run, truth):
    names = [
        name for name in MEASURES[measure].outcomes
        if name not in SEEN_OTHERWISE and name.removeprefix("homophily_") not in NOT_ASKED
    ]  # fmt: skip
    seen = survey(run, days=DAYS, seed=1, plan=NOTHING_LOST)
    found = outcomes_of(names, seen.waves, 1)
    for name in names:
        assert found[name] == pytest.approx(truth[name], rel=1e-5, nan_ok=True), name


@pytest.mark.parametrize("measure", MEASURES)
def test_a_survey_that_loses_much__still_measures(measure, run, truth):
    """Whatever is known of the truth is known of the survey, if less well."""
    plan = SurveyPlan(
        name_cap=4, measure="scale", missing=0.1, item_missing=0.05, attrition=0.1, name_missing=0.1
    )
    seen = survey(run, days=DAYS, seed=1, plan=plan)
    found = outcomes_of(list(MEASURES[measure].outcomes), seen.waves, 1)
    known = {name for name, value in found.items() if np.isfinite(value)}
    expected = {name for name in found if np.isfinite(truth[name])}
    # a few names each leave nobody with many close bonds, and no bonds of some classes
    rare = {"knee", "knee_gain", "slope_before", "slope_after"}
    missing = {n for n in expected - known if n.removeprefix("homophily_") not in NOT_ASKED}
    assert all(n in rare or n.startswith(("survival_", "excess_")) for n in missing), missing
