"""The league: equal cost, effects that are those of twins, and what contagion takes away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bondsim import Intervention, ParameterError
from bondsim.causal import compare
from bondsim.causal.compare import (
    DEFAULT,
    FIFTHS,
    LeaguePlan,
    _groups,
    analyse,
    equal_cost,
    live_arms,
)
from tests.causal.conftest import design_of

ALL = ("affect", "conduct", "loss", "selection", "context")
PLAN = LeaguePlan(budget=60.0, start=10)


def arm(what, who="loneliest", length=30, dose=0.5, hours=0.1, fade=0):
    return Intervention(what=what, who=who, length=length, dose=dose, hours=hours, fade=fade)


def test_equal_cost__buys_people_for_the_same_hours():
    design = design_of(*ALL, n_agents=300, days=120, replicates=1)
    arms = (arm("cognition"), arm("empathy", hours=0.05), arm("presence", fade=20))
    paid = equal_cost(design, PLAN, arms)
    for each in paid:
        cost = each.n * each.hours * (each.length + each.fade)
        assert abs(cost - 60.0) <= 0.5 * each.hours * (each.length + each.fade)
    _, costs = live_arms(design, PLAN, paid, 0, 1)
    for each, row in zip(paid, costs, strict=True):
        assert row["hours"] == pytest.approx(each.n * each.hours * (each.length + each.fade))


def test_default_arms__cost_the_same_in_the_default_town():
    paid = equal_cost(design_of(*ALL, n_agents=2000, days=390, replicates=1), LeaguePlan(), DEFAULT)
    hours = [each.n * each.hours * each.length for each in paid]
    assert max(hours) / min(hours) < 1.01


def test_groups__by_hand():
    reached = np.array([True, False, False, False, False, False])
    distance = np.array([0, 1, 2, 3, 4, -1])
    before = np.array([0.9, 0.1, 0.2, 0.3, 0.4, 0.5])
    touched = reached | np.array([False, False, False, False, True, False])
    found = _groups(reached, touched, distance, before)
    groups = {name: np.flatnonzero(who).tolist() for name, who in found.items()}
    assert groups["partners"] == [4]
    assert groups["reached"] == [0] and groups["all"] == list(range(6))
    assert (groups["1"], groups["2"], groups["3"], groups["further"]) == ([1], [2], [3], [4, 5])
    assert groups["fifth_1"] == [1, 2] and groups["fifth_5"] == [0]
    assert sum(len(groups[f"fifth_{k}"]) for k in range(1, FIFTHS + 1)) == 6


def test_effects__are_the_differences_of_two_worlds_lived_apart():
    design = design_of(*ALL, n_agents=200, days=60, replicates=1)
    (paid,) = equal_cost(design, PLAN, (arm("cognition"),))
    rows, _ = live_arms(design, PLAN, (paid,), 0, 1)
    seen = {(row["time"], row["group"]): row["effect"] for row in rows}
    worlds = [design.world(0), replace(design, interventions=(paid,)).world(0)]
    for time, day in (("end", 39), ("later", 59)):
        for world in worlds:
            while world.day <= day:
                world.step()
        one, other = (w.engine.read_outs(w.state)["loneliness"] for w in worlds)
        assert seen[time, "all"] == pytest.approx((other - one).sum())
        parts = sum(seen[time, g] for g in ("reached", "1", "2", "3", "further"))
        assert parts == pytest.approx(seen[time, "all"])
        fifths = sum(seen[time, f"fifth_{k}"] for k in range(1, 6))
        assert fifths == pytest.approx(seen[time, "all"])


def test_without_contagion__a_push_of_some_reaches_nobody_else():
    design = design_of(*ALL, n_agents=200, days=60, replicates=1)
    (paid,) = equal_cost(design, PLAN, (arm("loneliness", dose=-0.02),))
    for on in (1, 0):
        rows, _ = live_arms(design, PLAN, (paid,), 0, on)
        others = [row["effect"] for row in rows if row["group"] in ("1", "2", "3", "further")]
        assert any(others) is bool(on)


def test_league__ranks_and_repeats():
    design = design_of(*ALL, n_agents=150, days=60, replicates=2)
    arms = (arm("cognition"), arm("loneliness", dose=-0.01))
    found = analyse(design, PLAN, arms, processes=1)
    league = found.tables["league"]
    assert league["name"].tolist() == ["cognition, loneliest", "loneliness, loneliest"] * 2
    report = compare.report(found)
    effect = dict(zip(league["name"][:2].tolist(), league["effect"][:2], strict=True))
    assert [row[0] for row in report.rows] == sorted(effect, key=effect.__getitem__)
    assert (league["effect"][:2] < 0).all()
    # cognition is a matter of the conduct channel alone
    assert league["effect"][2] == 0.0 and league["effect"][3] < 0.0
    assert analyse(design, **compare.plans_of(found.science), processes=2).hash == found.hash


def test_with_turnover__those_reached_are_those_of_the_first_day():
    design = design_of(*ALL, n_agents=100, days=60, replicates=1)
    design = replace(design, params=design.params.replace(**{"turnover.rate": 0.01}))
    (paid,) = equal_cost(design, PLAN, (arm("befriending"),))
    rows, _ = live_arms(design, PLAN, (paid,), 0, 1)
    people = {(row["time"], row["group"]): row["people"] for row in rows}
    assert 0 < people["end", "reached"] <= paid.n and people["end", "partners"] > 0
    assert people["end", "all"] < 100
    parts = ("reached", "partners", "1", "2", "3", "further")
    assert sum(people["end", group] for group in parts) == people["end", "all"]


@pytest.mark.parametrize(
    ("plan", "arms", "told"),
    [
        (PLAN, (arm("cognition", fade=100),), "length and fade"),
        (LeaguePlan(budget=60.0, start=10), (arm("cognition", hours=1.3),), "near a multiple"),
        (LeaguePlan(budget=1e7, start=10), (arm("cognition"),), "reaches 1 to"),
        (LeaguePlan(budget=60.0, start=60), (arm("cognition"),), "league.start"),
    ],
)
def test_equal_cost__refuses_what_cannot_be_made_equal(plan, arms, told):
    design = design_of(*ALL, n_agents=100, days=60, replicates=1)
    with pytest.raises(ParameterError, match=told):
        equal_cost(design, plan, arms)


def test_burn_in__comes_before_the_league():
    design = replace(design_of(*ALL, n_agents=100, days=70, replicates=1), burn_in=20)
    (paid,) = equal_cost(design, LeaguePlan(budget=60.0), (arm("cognition"),))
    assert paid.start == 50
    with pytest.raises(ParameterError, match="after the burn-in"):
        equal_cost(design, LeaguePlan(budget=60.0, start=10), (arm("cognition"),))
