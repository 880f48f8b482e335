"""Plans: the same run wherever it stands, seeds that pair arms and points, refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bondsim import Intervention, Params
from bondsim.causal.design import Design
from bondsim.causal.looks import Look, LookPlan
from bondsim.errors import ParameterError
from bondsim.measures.survey import SurveyPlan
from bondsim.network import Circles, Karate, build
from bondsim.study.plan import Cell, Plan, cells_of
from tests.study.worlds import small_plan, town


def ids(plan: Plan) -> dict[tuple[str, int, int], str]:
    return {
        (plan.cells[job.cell].arm, plan.cells[job.cell].point, job.replicate): job.id
        for job in plan.jobs()
    }


def test_a_plan__has_every_replicate_of_every_point_in_every_arm() -> None:
    plan = small_plan(3)
    found = ids(plan)
    assert set(found) == {(a, p, r) for a in ("open", "calm") for p in (0, 1) for r in range(3)}
    assert len(set(found.values())) == plan.n_runs == 12


def test_replicate_7__is_the_same_run_of_ten_or_a_thousand() -> None:
    few, many = ids(small_plan(10)), ids(small_plan(1000))
    assert all(many[place] == run for place, run in few.items())


def test_a_run__is_the_same_in_another_study_arm_or_order() -> None:
    plan = small_plan()
    (alone,) = cells_of({"other": town()}, [{"meet.psi": 1.0}])
    other = Plan("elsewhere", [alone], 5)
    assert ids(other)["other", 0, 1] == ids(plan)["open", 0, 1]


def test_replicates__have_the_same_seeds_in_every_cell() -> None:
    seeds = {cell.design.params.seed for cell in small_plan().cells}
    assert seeds == {5}


def test_a_seed_that_begins_later__meets_the_same_runs() -> None:
    first = Plan("a", [Cell("x", 0, {}, town())], 3)
    later = Plan("a", [Cell("x", 0, {}, replace(town(), params=Params(seed=6)))], 2)
    assert [job.id for job in later.jobs()] == [job.id for job in first.jobs()][1:]


@pytest.mark.parametrize(
    "other",
    [
        replace(town(), days=4), replace(town(), burn_in=1),
        replace(town(), params=Params(seed=5).replace(**{"meet.psi": 1.5})),
        replace(town(), network=Circles(n_agents=41)), replace(town(), network=Karate()),
        replace(town(), interventions=(Intervention(what="listening", n=3),)),
    ],
)  # fmt: skip
def test_another_world__is_another_run(other: Design) -> None:
    one = Cell("x", 0, {}, town())
    assert one.digest(Look()) != Cell("x", 0, {}, other).digest(Look())


def test_a_network_that_was_read__is_known_by_its_content() -> None:
    one = Cell("x", 0, {}, replace(town(), network=build(Karate(), 1)))
    same = Cell("x", 0, {}, replace(town(), network=build(Karate(), 1)))
    other = Cell("x", 0, {}, replace(town(), network=build(Circles(n_agents=34), 1)))
    assert one.digest(Look()) == same.digest(Look()) != other.digest(Look())


def test_a_survey__makes_other_outcomes_and_what_is_not_looked_through_none() -> None:
    cell = Cell("x", 0, {}, town())
    seen = Look(LookPlan(at="survey"), SurveyPlan(name_cap=2))
    assert cell.digest(seen) != cell.digest(Look())
    assert cell.digest(Look(survey=SurveyPlan(name_cap=2))) == cell.digest(Look())


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": ""}, "study.name"), ({"name": "../x"}, "study.name"), ({"name": "a b"}, "study"),
        ({"keep": "all"}, "study.keep"), ({"outcomes": ("prevalance",)}, "outcome"),
        ({"outcomes": ()}, "outcomes"), ({"replicates": 0}, "replicates"),
        ({"replicates": 2**63}, "seed"), ({"cells": []}, "study.points"),
        ({"cells": [Cell("x", 0, {}, town(days=1))], "outcomes": ("survival",)}, "days"),
        ({"cells": [Cell("x", 0, {}, town())] * 2}, "study.arms"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be__is_refused(changes, named) -> None:
    given = {"name": "x", "cells": [Cell("x", 0, {}, town())], "replicates": 1, **changes}
    with pytest.raises(ParameterError, match=named):
        Plan(**given)


def test_a_point_out_of_range__is_refused_by_name() -> None:
    with pytest.raises(ParameterError, match=r"population\.presence_mean"):
        cells_of({"x": town()}, [{"population.presence_mean": 1.5}])
