"""Responses: points are the worlds that they say, differences are paired, bad grids refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from bondsim import Params, World
from bondsim.causal import response
from bondsim.causal.design import Design
from bondsim.causal.grid import GridPlan, at_point, designs_of, parameter_words, value_word
from bondsim.causal.looks import Look, LookPlan
from bondsim.causal.response import analyse, report
from bondsim.cli import main
from bondsim.errors import ParameterError
from bondsim.interventions import Intervention
from bondsim.measures.periphery import periphery
from bondsim.measures.recorded import snapshot
from bondsim.measures.registry import outcomes_of
from bondsim.measures.survey import survey
from bondsim.network import Circles, build
from bondsim.store.analyses import load_analysis, request_of, save_analysis, verify_analysis

DESIGN = Design(Params(seed=5), Circles(n_agents=60), days=12, burn_in=2, replicates=3)


def of(table, **values):
    """The rows with these values."""
    own = np.ones(table["outcome"].size, bool)
    for name, value in values.items():
        own &= table[name] == value
    return {name: column[own] for name, column in table.items()}


@pytest.fixture(scope="module")
def found():
    """Friends' part in shared time against the number of people, two by two points."""
    plan = GridPlan(
        "meet.role.friend", (1.0, 3.0), "network.n_agents", (50.0, 70.0),
        ("mean_loneliness", "survival", "core_lonely", "excess_1"),
    )  # fmt: skip
    return analyse(DESIGN, plan, processes=1)


def test_points__are_the_worlds_that_they_say(found):
    """A second way to the same numbers: worlds made by hand, looked at on their last day."""
    names = found.plan["grid"].outcomes
    grid = enumerate(product((50, 70), (1.0, 3.0)))  # x changes fastest
    for (point, (n_agents, role)), r in product(grid, range(3)):
        params = Params(seed=5 + r).replace(**{"meet.role.friend": role})
        run = World(params, build(Circles(n_agents=n_agents), 5 + r)).run(12, burn_in=2)
        waves = [snapshot(run, 2), snapshot(run, 13)]
        expected = outcomes_of(names, waves, 5 + r)
        rows = of(found.tables["outcomes"], replicate=r, point=point)
        assert dict(zip(rows["outcome"].tolist(), rows["value"], strict=True)) == expected
        assert set(rows["x"]) == {role} and set(rows["y"]) == {n_agents}
        bands = periphery(waves[-1], 5 + r)
        core = of(rows, outcome="core_lonely")
        assert (core["chance_low"], core["chance_high"]) == (bands["low"][0], bands["high"][0])
        chance = outcomes_of(["excess_1_low", "excess_1_high"], waves, 5 + r)
        excess = of(rows, outcome="excess_1")
        assert [excess["chance_low"][0], excess["chance_high"][0]] == list(chance.values())
        assert np.isnan(of(rows, outcome="survival")["chance_low"]).all()


def test_differences__are_taken_within_replicates(found):
    for name, point in product(found.plan["grid"].outcomes, range(4)):
        one, first = (
            of(found.tables["outcomes"], outcome=name, point=p)["value"] for p in (point, 0)
        )
        row = of(found.tables["points"], outcome=name, point=point)
        assert row["mean"] == pytest.approx(one.mean())
        assert row["difference"] == pytest.approx((one - first).mean())
        if point:
            half = stats.t.ppf(0.975, 2) * stats.sem(one - first)
            assert row["difference_low"] == pytest.approx(row["difference"] - half)
            assert row["difference_high"] == pytest.approx(row["difference"] + half)
    first = of(found.tables["points"], point=0)
    assert not first["difference"].any() and not first["difference_high"].any()


def test_differences__of_a_cut_are_known():
    """Where the cut for being lonely lies changes who is lonely, and nothing that people do."""
    outcomes = ("prevalence", "mean_loneliness", "survival")
    plan = GridPlan("observe.lonely_cut", (0.0, 0.4, 1.0), outcomes=outcomes)
    points = analyse(DESIGN, plan, processes=1).tables["points"]
    share = of(points, outcome="prevalence")["mean"]
    assert share[0] == 1.0 and share[2] == 0.0 and 0.0 < share[1] < 1.0
    for untouched in ("mean_loneliness", "survival"):
        assert not of(points, outcome=untouched)["difference"].any()


def test_channels__all_at_once_are_all_of_them():
    off, on = designs_of(DESIGN, GridPlan("channels", (0.0, 1.0)))
    one = designs_of(DESIGN, GridPlan("channels.loss", (1.0, 0.0)))
    names = ("affect", "conduct", "loss", "selection", "context")
    assert not any(getattr(off.params.channels, name) for name in names)
    assert on.params == DESIGN.params == one[0].params
    assert [getattr(one[1].params.channels, name) for name in names] == [True] * 2 + [False] + [
        True
    ] * 2
    assert [value_word("channels.loss", v) for v in (0.0, 1.0)] == ["off", "on"]


def test_values__of_two_parameters_are_set_together():
    """Each alone would leave the shares of first steps above 1."""
    design = at_point(DESIGN, {"reach_out.via_friend": 0.1, "reach_out.via_context": 0.85})
    assert design.params.reach_out.via_friend == 0.1
    whole = at_point(DESIGN, {"meet.role": 2.0, "relate.weak_contacts": 2.0, "network.kin_size": 3})
    assert set(whole.params.meet.role.as_tuple()) == {2.0}
    assert whole.params.relate.weak_contacts == 2 and whole.network.kin_size == 3


def test_result__depends_on_neither_processes_nor_order():
    plan = GridPlan("population.presence_mean", (0.2, 0.9), outcomes=("mean_loneliness",))
    one, two = (analyse(DESIGN, plan, processes=n) for n in (1, 2))
    assert one.hash == two.hash
    turned = analyse(DESIGN, replace(plan, x_values=(0.9, 0.2)), processes=1)
    for x in (0.2, 0.9):
        np.testing.assert_array_equal(
            of(one.tables["outcomes"], x=x)["value"], of(turned.tables["outcomes"], x=x)["value"]
        )
    np.testing.assert_array_equal(
        one.tables["points"]["difference"], -turned.tables["points"]["difference"]
    )


def test_look__a_survey_sees_what_a_survey_sees():
    look = Look(LookPlan("survey"))
    plan = GridPlan(None, outcomes=("mean_degree", "mean_loneliness"))
    found = analyse(replace(DESIGN, replicates=1), plan, look, processes=1)
    run = World(Params(seed=5), build(Circles(n_agents=60), 5)).run(12, burn_in=2)
    seen = survey(run, days=[2, 13], seed=5, plan=look.survey)
    expected = outcomes_of(plan.outcomes, [seen.snapshot(1), seen.snapshot(2)], 5)
    np.testing.assert_array_equal(found.tables["outcomes"]["value"], list(expected.values()))
    assert np.isnan(found.tables["outcomes"]["x"]).all()


def test_stored__gives_the_same_again(found, tmp_path):
    stored = load_analysis(save_analysis(found, tmp_path))
    verify_analysis(stored)
    _, design, plans = request_of(stored)
    assert (design, plans["plan"]) == (DESIGN, found.plan["grid"])
    assert stored.report == report(found)
    assert [row[:2] for row in report(found).rows[:3]] == [
        ["mean_loneliness", "50"], ["mean_loneliness", "70"], ["survival", "50"],
    ]  # fmt: skip


def test_report__tells_the_change_and_what_is_sure():
    tables = {"points": {
        "outcome": np.array(["prevalence", "prevalence"]), "x": np.array([0.1, 0.2]),
        "mean": np.array([0.2, 0.15]), "difference": np.array([0.0, -0.05]),
        "difference_low": np.array([0.0, -0.07]), "difference_high": np.array([0.0, -0.03]),
    }}  # fmt: skip

    grid = {"x": "relate.cold", "x_values": [0.1, 0.2], "y": None, "y_values": None,
            "outcomes": ["prevalence"]}  # fmt: skip
    given = SimpleNamespace(science={"grid": grid, "replicates": 4}, tables=tables)
    told = report(given)
    assert told.rows == [["prevalence", "0.200", "0.150", "-0.050 ± 0.020*", "1"]]
    tables["points"]["difference_high"][1] = 0.01
    assert told.rows != report(given).rows and "*" not in report(given).rows[0][3]


def test_words__of_parameters():
    assert parameter_words("relate.tau", "circles")[1] == "h"
    assert parameter_words("meet.role.friend", "circles")[0].endswith("friend")
    assert parameter_words("network.friends", "circles") == ("mean number of friends", "bonds")


def test_default__is_presence():
    assert GridPlan().axes == (("population.presence_mean", (0.3, 0.45, 0.6, 0.75, 0.9)),)
    assert len(GridPlan().points) == 5
    assert np.isnan(GridPlan(None).points).all()


PLANS = {
    "y without x": ({"x": None, "y": "meet.psi", "y_values": [1, 2]}, "grid.y"),
    "values without x": ({"x": None, "x_values": [1, 2]}, "grid.x_values"),
    "no values": ({"x": "meet.psi"}, "grid.x_values"),
    "one value": ({"x_values": [0.5]}, "grid.x_values"),
    "repeated value": ({"x_values": [0.5, 0.7, 0.5]}, "grid.x_values.*0.5"),
    "repeated outcome": ({"outcomes": ["gini", "gini"]}, "grid.outcomes.*gini"),
    "text": ({"x_values": ["0.5", "much"]}, "grid.x_values"),
    "a text for all": ({"x_values": "12"}, "grid.x_values"),
    "truth values": ({"x": "channels", "x_values": [True, False]}, "grid.x_values"),
    "not finite": ({"x_values": [0.5, float("nan")]}, "finite"),
    "endless": ({"x_values": [0.5, float("inf")]}, "finite"),
    "too large for a number": ({"x_values": [0.5, 10**400]}, "finite"),
    "number for a name": ({"x": 3, "x_values": [1, 2]}, "grid.x"),
    "twice the same": ({"x_values": [0.1, 0.2], "y": "population.presence_mean",
                        "y_values": [0.1, 0.2]}, "grid.y"),
    "no outcome": ({"outcomes": []}, "grid.outcomes"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "told"), PLANS.values(), ids=PLANS)
def test_plan__that_means_nothing_is_refused(given, told):
    with pytest.raises(ParameterError, match=told):
        GridPlan(**given)


GRIDS = {
    "unknown": ({"x": "relate.lamm", "x_values": [1, 2]}, {}, "relate.lam,.*relate.lamm"),
    "a setting": ({"x": "days", "x_values": [1, 2]}, {}, "grid.x.*days"),
    "seed": ({"x": "seed", "x_values": [1, 2]}, {}, "grid.x.*seed"),
    "a group": ({"x": "relate", "x_values": [1, 2]}, {}, "grid.x.*relate"),
    "unknown kind": ({"x": "meet.role.brother", "x_values": [1, 2]}, {}, "meet.role.brother"),
    "second unknown": ({"x_values": [0.1, 0.2], "y": "x.y", "y_values": [1, 2]}, {}, "grid.y"),
    "of another network": ({"x": "network.links", "x_values": [1, 2]}, {}, "network.links"),
    "out of range": ({"x_values": [0.5, 1.5]}, {}, "population.presence_mean.*1.5"),
    "not whole": ({"x": "network.n_agents", "x_values": [50, 50.5]}, {}, "network.n_agents"),
    "half on": ({"x": "channels", "x_values": [0, 0.5]}, {}, "channels.*0.5"),
    "of the look": ({"x": "look.at", "x_values": [0, 1]}, {}, "look.at"),
    "unknown outcome": ({"outcomes": ["prevalance"]}, {}, "prevalence,.*prevalance"),
    "channel is off": ({"x": "relate.contagion", "x_values": [0, 0.01]},
                       {"params": Params().replace(**{"channels.affect": False})},
                       "channels.affect is off"),
    "set by both": ({"x": "meet.role.friend", "x_values": [1, 2], "y": "meet.role",
                     "y_values": [1, 2]}, {}, "grid.x.*meet.role.friend"),
    "made once": ({"x": "network.n_agents", "x_values": [50, 60]},
                  {"network": build(Circles(n_agents=50), 1)}, "once.*network.n_agents"),
    "two waves of one day": ({}, {"days": 1}, "days.*survival"),
    "somebody who is not there": ({"x": "network.n_agents", "x_values": [60, 50]},
                                  {"interventions": (Intervention(
                                      what="loneliness", who="list", ids=(55,), start=3),)},
                                  "ids"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "changed", "told"), GRIDS.values(), ids=GRIDS)
def test_grid__that_cannot_be_is_refused_before_a_day_is_lived(given, changed, told, monkeypatch):
    monkeypatch.setattr(response, "in_parallel", lambda *_, **__: pytest.fail("it lived"))
    monkeypatch.setattr(World, "run", lambda *_, **__: pytest.fail("it lived"))
    with pytest.raises(ParameterError, match=told):
        analyse(replace(DESIGN, **changed), GridPlan(**given), processes=1)


def test_parameter__of_a_channel_that_is_on_somewhere_may_vary():
    off = replace(DESIGN, params=Params().replace(**{"channels.affect": False}))
    plan = GridPlan("relate.contagion", (0.0, 0.01), "channels.affect", (0.0, 1.0))
    assert len(designs_of(off, plan)) == 4


SMALL = ["network.n_agents=40", "days=3", "replicates=2", "processes=1"]


def test_command__composes_an_experiment(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["grid.x=relate.lam", "grid.x_values=[1,5]", "grid.outcomes=[isolated]"]
    assert main(["response", *SMALL, *words]) == 0
    told = capsys.readouterr().out
    (folder,) = (tmp_path / "results").iterdir()
    assert f"folder: results/{folder.name}" in told and "Response to relate.lam" in told
    assert main(["rerun", str(folder)]) == 0
    assert main(["response", *SMALL, "grid.x=null", "grid.outcomes=[isolated]"]) == 0
    assert "Outcomes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["grid.x=relate.lamm", "grid.x_values=[1,2]"], "relate.lam"),
        (["grid.x_values=[a,b]"], "grid.x_values"),
        (["grid.x_values=0.5"], "grid.x_values"),
        (["grid.z=1"], "grid.z"),
    ],
)
def test_command__refuses_in_one_message(words, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["response", *SMALL, *words]) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1
    assert not list(tmp_path.glob("results/*"))
