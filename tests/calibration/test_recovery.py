"""Recovery: sound on a toy whose posterior is known, and it notices a search that is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bondsim import Params
from bondsim.calibration import recovery
from bondsim.calibration.distance import Aim, Aims
from bondsim.calibration.plan import CalibratePlan
from bondsim.calibration.points import design_of, evaluate_by
from bondsim.calibration.priors import Prior, checked_in
from bondsim.calibration.recovery import SOUND, recover, report
from bondsim.causal.design import Design, in_parallel
from bondsim.errors import ParameterError
from bondsim.measures.recorded import snapshot
from bondsim.measures.registry import outcomes_of
from bondsim.network import Circles
from tests.calibration.toys import AIM, AIMS, ONE, TWO, normal, told

SMALL = replace(ONE, particles=50, populations=4, budget=700)


@pytest.fixture(scope="module")
def found():
    return recover(SMALL, SMALL.ranges, AIM, evaluate_by(normal), seed=2, truths=16)


def test_recover__finds_known_parameters_again(found):
    row = {name: column[0] for name, column in found["recovery"].items()}
    assert row["verdict"] in ("recovered", "wide")
    assert abs(row["bias"]) < 0.15 and row["rmse"] < 0.4 and row["shrinkage"] > 0.85
    # at most 1 in 1000 times of 16 truths are fewer in the intervals
    assert row["coverage_95"] >= 13 / 16 and row["coverage_50"] >= 3 / 16
    assert row["rank_p"] > 0.001


def test_recover__tells_truths_that_it_drew_itself(found):
    truths = found["truths"]
    assert len(set(truths["true"])) == 16
    for level in ("50", "95"):
        held = (truths[f"low_{level}"] <= truths["true"]) & (
            truths["true"] <= truths[f"high_{level}"]
        )
        assert (held == truths[f"holds_{level}"]).all()
    error = (truths["estimate"] - truths["true"]) / (10.0 * np.sqrt(1 / 12))
    assert truths["error"] == pytest.approx(error)
    assert found["recovery"]["rmse"][0] == pytest.approx(np.sqrt(np.mean(error**2)))


@pytest.mark.parametrize(("spoilt", "verdict"), [
    (lambda own: own | {"toy.mean": own["toy.mean"] + 2.0}, {"narrow", "biased"}),
    (lambda own: own | {"toy.mean": np.full_like(own["toy.mean"], own["toy.mean"][0])},
     {"narrow"}),
    (lambda own: own | {"toy.mean": np.linspace(-5, 5, own["toy.mean"].size)}, {"not learned"}),
])  # fmt: skip
def test_recover__notices_a_search_that_is_not_sound(monkeypatch, spoilt, verdict):
    sound = recovery.abc.fit

    def fit(plan, task, ended=None):
        tables = sound(plan, task, ended)
        return tables | {"posterior": spoilt(tables["posterior"])}

    monkeypatch.setattr(recovery.abc, "fit", fit)
    plan = replace(SMALL, populations=3)
    found = recover(plan, plan.ranges, AIM, evaluate_by(normal), seed=2, truths=10)
    assert found["recovery"]["verdict"][0] in verdict


def test_recover__says_where_rows_say_nothing_of_a_parameter():
    plan = replace(SMALL, populations=2, priors={**SMALL.priors, "toy.idle": [0, 1]})
    found = recover(plan, plan.ranges, AIM, evaluate_by(normal), seed=4, truths=6)
    assert found["recovery"]["verdict"].tolist()[1] == "not learned"
    assert any("2 of 2" in note for note in report(found).notes)


def test_recover__of_points():
    plan = replace(TWO, method="optuna", budget=80)
    found = recover(plan, plan.ranges, AIMS, evaluate_by(told), seed=1, truths=4)
    assert set(found["recovery"]["verdict"]) <= set(SOUND)
    assert found["recovery"]["rmse"][0] < 0.2
    assert len(report(found).rows[0]) == len(report(found).headings)


def test_recover__refuses_one_truth():
    with pytest.raises(ParameterError, match="at least 2"):
        recover(SMALL, SMALL.ranges, AIM, evaluate_by(normal), seed=2, truths=1)


# --- the model itself --------------------------------------------------------------------------

ROWS = ("mean_loneliness", "layer_friend", "survival", "prevalence")


def rows_of_world(design, replicate):
    """Four outcomes of one world."""
    run = design.world(replicate).run(design.days, burn_in=design.burn_in)
    waves = [snapshot(run, design.burn_in), snapshot(run, design.last_day)]
    return outcomes_of(ROWS, waves, design.params.seed + replicate)


@pytest.mark.slow
def test_recover__finds_parameters_of_the_model_again():
    """The mean of the people's disposition and of the pace of closeness, from four outcomes."""
    design = Design(Params(), Circles(n_agents=250), days=120, replicates=1)
    plan = CalibratePlan(
        {"population.set_point_mean": [0.1, 0.6],
         "relate.tau": {"low": 30, "high": 300, "scale": "log"}},
        particles=30, populations=4, budget=220, epsilon=0.3,
    )  # fmt: skip
    priors = checked_in(design, plan.ranges)

    def evaluate(points):
        jobs = [(design_of(design, point), 0) for point in points]
        return in_parallel(rows_of_world, jobs, processes=1)

    widths = dict(zip(ROWS, (0.03, 0.5, 0.05, 0.06), strict=True))
    aims = Aims(tuple(Aim(row, 0.0, -width, width) for row, width in widths.items()))
    found = recover(plan, priors, aims, evaluate, seed=1, truths=10)
    print(report(found))  # noqa: T201
    assert isinstance(priors[0], Prior)
    assert set(found["recovery"]["verdict"]) <= {"recovered", "wide"}
    assert (found["recovery"]["rmse"] < 0.5).all()
