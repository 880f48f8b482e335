"""Surveys: the plan, the panel, what is answered, and what gets lost on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from bondsim import Params, World
from bondsim.errors import ParameterError
from bondsim.measures.clustering import clustering_by_distance
from bondsim.measures.recorded import snapshot
from bondsim.measures.summary import clustering_of
from bondsim.measures.survey import NOTHING_LOST, SurveyPlan, survey
from bondsim.measures.ties import (
    by_kind,
    layers,
    named_reciprocity,
    network_statistics,
    strength_distribution,
)
from bondsim.network import Circles
from tests.measures.hand_made import crowd, town

DAYS = [0, 45, 89]
Z = norm.isf(5e-7)
"""Standard errors that chance exceeds once in a million: the false-alarm rate of each bound."""


def bound(share, n):
    """How far a share of n draws may lie from its chance."""
    return Z * np.sqrt(share * (1 - share) / n)


def of_wave(table, wave):
    return {name: column[table["wave"] == wave] for name, column in table.items()}


def lonely_crowd(n, days=(0,)):
    """People of all loneliness, none near the ends."""
    return crowd(n, np.linspace(0.3, 0.7, n), days)


# --- the truth, where nothing is lost -----------------------------------------------------------


@pytest.mark.parametrize("wave", [1, 2, 3])
def test_survey__that_sees_everything_measures_the_truth(run, wave):
    seen = survey(run, days=DAYS, seed=5, plan=NOTHING_LOST).snapshot(wave)
    true = snapshot(run, DAYS[wave - 1])
    assert seen.day == true.day and seen.n_agents == true.n_agents
    np.testing.assert_array_equal(seen.lonely, true.lonely)
    np.testing.assert_array_equal(seen.i, true.i)
    np.testing.assert_array_equal(seen.j, true.j)
    for name in seen.agents.keys() & true.agents.keys():
        np.testing.assert_array_equal(seen.agents[name], true.agents[name], err_msg=name)
        assert seen.agents[name].dtype == true.agents[name].dtype, name
    for name in seen.bonds.keys() & true.bonds.keys() - {"reciprocity"}:
        np.testing.assert_array_equal(seen.bonds[name], true.bonds[name], err_msg=name)
        assert seen.bonds[name].dtype == true.bonds[name].dtype, name
    assert (seen.bonds["reciprocity"] == 1.0).all()

    def measured(now):
        kinds = by_kind(now.bonds)
        del kinds["reciprocity"]
        return [
            kinds, strength_distribution(now.bonds), layers(now), clustering_of(run, now),
            {"named": named_reciprocity(now.bonds)},
            network_statistics(now.n_agents, now.i, now.j, now.agents["loneliness"]),
        ]  # fmt: skip

    for found, expected in zip(measured(seen), measured(true), strict=True):
        for name in expected:
            np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_survey__never_tells_what_nobody_can_be_asked(run):
    seen = survey(run, days=DAYS, seed=5)
    hidden = {"set_point", "position_x", "climate", "chronic", "need"}
    assert not hidden & (seen.people.keys() | seen.snapshot(1).agents.keys())


def test_snapshot__every_measure_works_on_what_a_poor_survey_knows(run):
    plan = SurveyPlan(
        name_cap=2, sample=0.6, missing=0.2, item_missing=0.1, name_missing=0.2, attrition=0.2
    )
    for now in survey(run, days=DAYS, seed=2, plan=plan).waves:
        assert 10 < now.n_agents < 80
        values = [column for table in (now.agents, now.bonds) for column in table.values()]
        assert all(np.isfinite(column).all() for column in values)
        network_statistics(now.n_agents, now.i, now.j, now.agents["loneliness"])
        assert layers(now)["mean"][-1] == pytest.approx(2 * now.i.size / now.n_agents)
        assert by_kind(now.bonds)["bonds"].sum() == strength_distribution(now.bonds)["bonds"].sum()
        clustering_by_distance(now.n_agents, now.i, now.j, now.lonely, seed=1)


def test_snapshot__is_the_union_of_namings_among_who_answered():
    pairs = [
        {"i": 2, "j": 5, "kind": 2, "closeness_ij": 0.9, "closeness_ji": 0.1, "felt_ij": 0.8,
         "felt_ji": 0.3, "born": -7, "last_met": -2},
        {"i": 2, "j": 7, "kind": 0, "closeness_ij": 0.5, "closeness_ji": 0.6, "felt_ij": 0.4,
         "felt_ji": 0.5},
        {"i": 5, "j": 7, "kind": 3, "closeness_ij": 0.4, "closeness_ji": 0.2, "felt_ij": 0.7,
         "felt_ji": 0.1},
    ]  # fmt: skip
    run = town({0: ({"id": [2, 5, 7], "loneliness": [0.1, 0.5, 0.9]}, pairs)})
    plan = replace(NOTHING_LOST, name_cap=1)
    now = survey(run, days=[0], seed=1, plan=plan).snapshot(1)
    # 2 names 5, 5 names 7, 7 names 2: three one-sided bonds
    assert now.bonds["i"].tolist() == [2, 2, 5] and now.bonds["j"].tolist() == [5, 7, 7]
    assert now.i.tolist() == [0, 0, 1] and now.j.tolist() == [1, 2, 2]
    assert now.bonds["named_ij"].tolist() == [True, False, True]
    assert now.bonds["named_ji"].tolist() == [False, True, False]
    np.testing.assert_array_equal(now.bonds["closeness_ij"], np.float32([0.9, 0.0, 0.4]))
    np.testing.assert_array_equal(now.bonds["closeness_ji"], np.float32([0.0, 0.6, 0.0]))
    assert now.bonds["reciprocity"].tolist() == [0, 0, 0] == now.bonds["strength"].tolist()
    assert now.bonds["kind"].tolist() == [2, 0, 3] and now.bonds["born"].tolist() == [-7, 0, 0]
    assert now.agents["degree"].tolist() == [2, 2, 2] and now.lonely.tolist() == [False, True, True]
    both = survey(run, days=[0], seed=1, plan=NOTHING_LOST).snapshot(1)
    np.testing.assert_array_equal(both.bonds["strength"], np.float32([0.3, 0.4, 0.1]))
    assert both.bonds["reciprocity"].tolist() == [1, 1, 1]


# --- what is answered ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "loneliness", "lonely"),
    [
        ("item", [0.5 / 7, 1.5 / 7, 3.5 / 7, 6 / 7], [False, False, True, True]),
        ("scale", [0.35, 0.4, 0.54, 0.6], [False, True, True, True]),
        ("truth", [0.35, 0.4, 0.54, 0.6], [False, True, True, True]),
    ],
)
def test_answers__of_each_measure_and_its_own_cut(measure, loneliness, lonely):
    run = crowd(4, np.array([0.35, 0.4, 0.54, 0.6]))
    plan = SurveyPlan(measure=measure, reliability=1.0)
    found = survey(run, days=[0], seed=1, plan=plan)
    np.testing.assert_allclose(found.people["loneliness"], loneliness, atol=1e-6)
    assert found.people["lonely_days"].tolist() == [0.5, 1.5, 3.5, 6.0]
    assert found.snapshot(1).lonely.tolist() == lonely
    other = replace(plan, lonely_cut={"item": 6.0, "scale": 55.0, "truth": 0.55}[measure])
    assert survey(run, days=[0], seed=1, plan=other).snapshot(1).lonely.tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("reliability", [0.9, 0.6])
def test_answers__have_the_reliability_of_the_plan(reliability):
    """Of 40,000 people, loneliness far from its bounds; 5 standard errors of a correlation."""
    n = 40_000
    true = 0.5 + 0.05 * norm.ppf((np.arange(n) + 0.5) / n)
    plan = SurveyPlan(measure="scale", reliability=reliability)
    told = survey(crowd(n, true), days=[0], seed=3, plan=plan).people["loneliness"]
    r = reliability**0.5
    assert np.corrcoef(true, told)[0, 1] == pytest.approx(r, abs=5 * (1 - r * r) / n**0.5)
    error = told - true
    assert error.mean() == pytest.approx(0.0, abs=Z * error.std() / n**0.5)
    assert error.std() == pytest.approx(0.05 * (1 / reliability - 1) ** 0.5, rel=0.03)
    again = survey(crowd(n, true, (0, 9)), days=[0, 9], seed=3, plan=plan).people["loneliness"]
    # test and retest without a change in between
    assert np.corrcoef(again[:n], again[n:])[0, 1] == pytest.approx(reliability, abs=0.02)


def test_answers__item_and_facets_move_with_the_same_error():
    people = survey(lonely_crowd(5000), days=[0], seed=3, plan=SurveyPlan(reliability=0.5)).people
    scale = (people["scale_score"] - 20.0) / 60.0
    bins = np.select([scale < 0.36, scale < 0.47, scale < 0.55], [0.5, 1.5, 3.5], 6.0)
    np.testing.assert_array_equal(people["lonely_days"], bins)
    inside = (scale > 0.05) & (scale < 0.95)
    inside &= (people["emotional"] > 0) & (people["social"] > 0)
    inside &= (people["emotional"] < 1) & (people["social"] < 1)
    assert inside.mean() > 0.9
    mean = 0.5 * (people["emotional"] + people["social"])
    np.testing.assert_allclose(mean[inside], scale[inside], atol=1e-9)


def test_answers__height_and_headaches_are_told_as_they_are_where_the_run_has_them(run):
    told = survey(run, days=[0], seed=1, plan=SurveyPlan(missing=0.3))
    if "height" not in run.tables["agents"]:
        assert "height" not in told.people and "height" not in told.snapshot(1).agents
    hand = lonely_crowd(50)
    hand.tables["agents"] |= {
        "height": np.linspace(150, 200, 50, dtype=np.float32),
        "headaches": np.full(50, 2.5, np.float32),
    }
    found = survey(hand, days=[0], seed=1, plan=SurveyPlan(missing=0.3))
    now, answered = found.snapshot(1), found.people["answered"]
    np.testing.assert_array_equal(
        now.agents["height"], np.linspace(150, 200, 50, dtype=np.float32)[answered]
    )
    assert now.agents["height"].dtype == np.float32 and (now.agents["headaches"] == 2.5).all()
    assert np.isnan(found.people["height"][~answered]).all() and not answered.all()


def test_answers__stop_at_the_ends_of_their_range():
    run = crowd(2000, np.linspace(0, 1, 2000))
    people = survey(run, days=[0], seed=3, plan=SurveyPlan(reliability=0.05)).people
    assert people["scale_score"].min() == 20.0 and people["scale_score"].max() == 80.0
    assert people["emotional"].min() == 0.0 and people["social"].max() == 1.0


# --- what gets lost -----------------------------------------------------------------------------


def test_survey__loses_the_shares_it_was_told():
    """Each share of 20,000 within its bound: a false alarm once in a million."""
    n = 20_000
    plan = SurveyPlan(sample=0.5, missing=0.2, item_missing=0.1, attrition=0.3)
    found = survey(lonely_crowd(n, (0, 9)), days=[0, 9], seed=8, plan=plan)
    first, second = of_wave(found.people, 1), of_wave(found.people, 2)
    n_first = first["id"].size
    assert n_first / n == pytest.approx(0.5, abs=bound(0.5, n))
    assert first["answered"].mean() == pytest.approx(0.8, abs=bound(0.8, n_first))
    answered = first["answered"]
    blank = np.isnan(first["lonely_days"][answered])
    assert blank.mean() == pytest.approx(0.1, abs=bound(0.1, answered.sum()))
    assert second["id"].size / n_first == pytest.approx(0.7, abs=bound(0.7, n_first))
    # who skipped leaves no sooner, and who stays skips anew
    left = ~np.isin(first["id"], second["id"])
    for group in (answered, ~answered):
        assert left[group].mean() == pytest.approx(0.3, abs=bound(0.3, group.sum()))
    before = answered[np.isin(first["id"], second["id"])]
    for group in (before, ~before):
        assert second["answered"][group].mean() == pytest.approx(0.8, abs=bound(0.8, group.sum()))


def test_survey__without_an_answer_nothing_is_known(run):
    plan = SurveyPlan(missing=0.3, item_missing=0.3)
    found = survey(run, days=DAYS, seed=4, plan=plan)
    people, silent = found.people, ~found.people["answered"]
    for name in set(people) - {"wave", "day", "id", "answered"}:
        assert np.isnan(people[name][silent]).all(), name
    blank = np.isnan(people["loneliness"]) & ~silent
    assert blank.any() and np.isnan(people["emotional"][blank]).all()
    assert not np.isnan(people["named"][blank]).any()
    for wave in (1, 2, 3):
        rows, ties = of_wave(people, wave), of_wave(found.ties, wave)
        assert not np.isin(ties["i"], rows["id"][~rows["answered"]]).any()
        known = rows["id"][~np.isnan(rows["loneliness"])]
        np.testing.assert_array_equal(found.snapshot(wave).agents["id"], known)


def test_attrition__is_for_good_and_accounted_for(run):
    found = survey(run, days=DAYS, seed=4, plan=SurveyPlan(missing=0.2, attrition=0.3))
    panels = [set(of_wave(found.people, wave)["id"].tolist()) for wave in (1, 2, 3)]
    assert panels[0] > panels[1] > panels[2] and len(panels[0]) == 120
    for wave in (2, 3):
        gone = of_wave(found.lost, wave)
        assert set(gone["id"].tolist()) == panels[wave - 2] - panels[wave - 1]
        assert not gone["moved"].any()


def test_attrition__who_moved_away_has_moved():
    params = Params(seed=2).replace(**{"turnover.rate": 0.01})
    run = World(params, Circles(n_agents=100)).run(30)
    found = survey(run, days=[0, 29], seed=1, plan=NOTHING_LOST)
    there = [set(snapshot(run, day).agents["id"].tolist()) for day in (0, 29)]
    assert found.lost["moved"].all() and set(found.lost["id"].tolist()) == there[0] - there[1]
    last = of_wave(found.people, 2)
    assert set(last["id"].tolist()) == there[0] & there[1]
    # a newcomer may be named and is not asked
    assert set(of_wave(found.ties, 2)["j"].tolist()) - there[0]
    assert set(found.snapshot(2).bonds["j"].tolist()) <= there[0]


@pytest.mark.parametrize(("share", "slope"), [("attrition", 1.0), ("missing", -1.0)])
def test_losses__lonelier_people_go_sooner_where_told_so(share, slope):
    """A logistic curve in the standardised loneliness, in five bands of 8,000 people."""
    n = 40_000
    run = lonely_crowd(n, (0, 9))
    plan = SurveyPlan(**{share: 0.2, f"{share}_loneliness": slope})
    found = survey(run, days=[0, 9], seed=1, plan=plan)
    second = of_wave(found.people, 2)
    gone = np.ones(n, bool)
    gone[second["id"][second["answered"]]] = False
    true = np.linspace(0.3, 0.7, n)
    z = (true - true.mean()) / true.std()
    expected = 1 / (1 + 4 * np.exp(-slope * z))
    for band in np.array_split(np.arange(n), 5):
        chance = expected[band].mean()
        assert gone[band].mean() == pytest.approx(chance, abs=bound(chance, band.size))
    bands = [gone[band].mean() for band in np.array_split(np.arange(n), 5)]
    assert (np.diff(bands) * np.sign(slope) > 0).all()


def test_names__are_forgotten_in_the_share_told(run):
    whole = survey(run, days=DAYS, seed=1, plan=SurveyPlan(name_cap=9)).ties
    told = survey(run, days=DAYS, seed=1, plan=SurveyPlan(name_cap=9, name_missing=0.25)).ties
    n = whole["i"].size
    assert n > 2500 and told["i"].size / n == pytest.approx(0.75, abs=bound(0.75, n))


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("missing", 0.1, 0.4),
        ("item_missing", 0.1, 0.4),
        ("name_missing", 0.1, 0.4),
        ("attrition", 0.1, 0.4),
        ("sample", 0.9, 0.5),
    ],
)
def test_plans__share_all_luck_so_that_more_lost_only_loses_more(run, name, low, high):
    def rows(share):
        plan = SurveyPlan(**{"attrition": 0.1, "missing": 0.1, name: share})
        found = survey(run, days=DAYS, seed=7, plan=plan)
        people = found.people
        known = {
            (wave, person, days) for wave, person, days in
            zip(people["wave"].tolist(), people["id"].tolist(), people["lonely_days"].tolist(),
                strict=True) if days == days
        }  # fmt: skip
        ties = found.ties
        told = zip(*(ties[c].tolist() for c in ("wave", "i", "j", "closeness")), strict=True)
        return known, set(told)

    for more, less in zip(rows(low), rows(high), strict=True):
        assert less <= more
    assert sum(map(len, rows(high))) < sum(map(len, rows(low)))


def test_survey__is_repeated_by_its_seed_alone(run):
    plan = SurveyPlan(missing=0.2, attrition=0.2, name_missing=0.1)
    one, same, other = (survey(run, days=DAYS, seed=s, plan=plan) for s in (1, 1, 2))
    for name in one.people:
        np.testing.assert_array_equal(one.people[name], same.people[name])
    assert one.people["id"].tolist() != other.people["id"].tolist()
    # a wave more changes nothing in the others
    fewer = survey(run, days=[0, 89], seed=1, plan=plan)
    np.testing.assert_array_equal(
        of_wave(one.people, 1)["lonely_days"], of_wave(fewer.people, 1)["lonely_days"]
    )


def test_survey__of_which_nothing_comes_back(run):
    found = survey(run, days=[0], seed=4, plan=SurveyPlan(missing=1.0))
    assert found.ties["i"].size == 0 and not found.people["answered"].any()
    assert found.snapshot(1).n_agents == 0 and found.snapshot(1).i.size == 0
    nobody = survey(run, days=[0, 45], seed=4, plan=SurveyPlan(sample=0.0))
    assert nobody.people["id"].size == 0 and [w.n_agents for w in nobody.waves] == [0, 0]
    nameless = survey(run, days=[0], seed=4, plan=SurveyPlan(name_cap=0))
    assert nameless.ties["i"].size == 0 and nameless.snapshot(1).n_agents == 120


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"name_cap": -1}, {"name_cap": 2.5}, {"generator": "enemies"}, {"kinds": []},
        {"kinds": ["friends"]}, {"kinds": "friend"}, {"confide_cut": 1.1}, {"recent_days": 0},
        {"measure": "mood"}, {"reliability": 0.0}, {"reliability": 1.01}, {"lonely_cut": -1},
        {"lonely_cut": 90}, {"sample": 1.2}, {"missing": -0.1}, {"missing": True},
        {"missing": float("nan")}, {"missing_loneliness": 11}, {"item_missing": 2},
        {"name_missing": "often"}, {"attrition": -0.1}, {"attrition_loneliness": -11},
    ],
    ids=str,
)  # fmt: skip
def test_plan__refuses(wrong):
    with pytest.raises(ParameterError, match=f"survey.{next(iter(wrong))}"):
        SurveyPlan(**wrong)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("days", {"days": []}), ("days", {"days": [45, 0]}), ("days", {"days": [0, 0]}),
        ("day", {"days": [1]}), ("days", {"days": [0.0]}), ("days", {"days": [False]}),
        ("seed", {"seed": -1}), ("seed", {"seed": 2**63}), ("seed", {"seed": 1.5}),
        ("seed", {"seed": True}), ("plan", {"plan": {"missing": 0.1}}),
    ],
    ids=str,
)  # fmt: skip
def test_survey__refuses(run, name, options):
    with pytest.raises(ParameterError, match=f"^{name} "):
        survey(run, **{"days": [0], "seed": 1, **options})


@pytest.mark.parametrize("wave", [0, 4, -1, True, 1.5])
def test_snapshot__refuses_a_wave_that_was_not_held(run, wave):
    with pytest.raises(ParameterError, match="wave"):
        survey(run, days=DAYS, seed=1).snapshot(wave)
