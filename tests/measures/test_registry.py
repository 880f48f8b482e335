"""Every measure keeps the contract of the registry, on any snapshot that there can be."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from bondsim.errors import ParameterError
from bondsim.measures import registry
from bondsim.measures.recorded import Snapshot, snapshot
from bondsim.measures.registry import MEASURES, OUTCOMES, outcomes_of, rows
from tests.measures.made import made, mixed, scattered

MARKS = ("[P]", "[M]", "[A]", "ODD eq.")
SURVEYED = {
    "agents": ("id", "loneliness", "lonely_days", "scale_score", "context"),
    "bonds": ("kind", "born", "closeness_ij", "closeness_ji", "reciprocity"),
}


def nobody():
    empty = made(nx.empty_graph(0), np.zeros(0))
    return [empty, empty._replace(day=365)]


def twice(graph, loneliness, **columns):
    return [made(graph, loneliness, day=day, **columns) for day in (0, 365)]


WORLDS = {
    "nobody": nobody(),
    "one person": twice(nx.empty_graph(1), 0.4),
    "one bond": twice(nx.path_graph(2), np.array([0.2, 0.6])),
    "no bonds": twice(nx.empty_graph(30), np.linspace(0, 1, 30)),
    "nobody lonely": twice(nx.cycle_graph(12), np.linspace(0, 0.4, 12)),
    "everybody lonely": twice(nx.cycle_graph(12), np.linspace(0.6, 1, 12)),
    "all alike": twice(nx.complete_graph(9), 0.3),
    "all at zero": twice(nx.path_graph(9), 0.0),
    "nobody answers": twice(nx.path_graph(9), np.nan),
    "some answer": twice(nx.path_graph(9), np.where(np.arange(9) % 3, 0.1 * np.arange(9), np.nan)),
}


@pytest.mark.parametrize("name", MEASURES)
def test_measures__say_what_they_are(name):
    each = MEASURES[name]
    assert each.name == name and each.unit and len(each.definition) > 40
    assert any(mark in each.source for mark in MARKS), each.source
    assert each.outcomes and each.n_waves in (1, 2)
    for outcome in each.outcomes:
        described = OUTCOMES[outcome]
        assert described.measure == name and described.unit and len(described.meaning) > 10


def test_outcomes__have_one_name_each():
    names = [outcome for each in MEASURES.values() for outcome in each.outcomes]
    assert len(names) == len(set(names)) == len(OUTCOMES)
    assert list(rows()) == [
        (each.name, each.unit, each.definition, each.source, each.outcomes)
        for each in MEASURES.values()
    ]


def test_measures__stand_in_the_order_of_their_subjects():
    order = list(MEASURES)
    wanted = [
        "prevalence", "facets", "distribution", "stability", "knee", "assortativity", "moran",
        "clustering", "periphery", "survival", "layers", "reciprocity", "transitivity", "degree",
        "homophily", "inequality", "burden",
    ]  # fmt: skip
    places = [order.index(name) for name in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize("name", MEASURES)
def test_measures__are_finite_on_a_normal_run(run, name):
    waves = [snapshot(run, 0), snapshot(run, 89)]
    found = outcomes_of(MEASURES[name].outcomes, waves, 1)
    assert list(found) == list(MEASURES[name].outcomes)
    # a small world has no pairs at large distances; the controls may not be recorded
    missing = ("excess_4", "excess_5", "excess_6", "homophily_height", "homophily_headaches")
    for outcome, value in found.items():
        assert np.isfinite(value) or outcome.startswith(missing), outcome


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("name", MEASURES)
def test_measures__are_finite_or_unknown_on_any_network(name, world):
    found = outcomes_of(MEASURES[name].outcomes, WORLDS[world], 1)
    assert list(found) == list(MEASURES[name].outcomes)
    for outcome, value in found.items():
        assert isinstance(value, float) and not np.isinf(value), outcome
        assert world != "nobody" or np.isnan(value), outcome


def test_measures__need_only_what_a_survey_has(run):
    """What rests on columns that a questionnaire has not is NaN; nothing else changes."""
    whole = [snapshot(run, day) for day in (0, 89)]
    asked = [
        wave._replace(
            agents={name: wave.agents[name] for name in SURVEYED["agents"]},
            bonds={name: wave.bonds[name] for name in SURVEYED["bonds"]},
        )
        for wave in whole
    ]
    seen, known = (outcomes_of(list(OUTCOMES), waves, 1) for waves in (asked, whole))
    lost = {name for name in seen if np.isnan(seen[name]) and not np.isnan(known[name])}
    hidden = ("emotional", "social", "stability_emotional", "stability_social", "met_week",
              "met_month", "met_half_year", "met_year", "homophily_set_point",
              "homophily_interest")  # fmt: skip
    assert lost == set(hidden) | {n for n in lost if n in ("homophily_height",
                                                           "homophily_headaches")}  # fmt: skip
    for name in seen.keys() - lost:
        np.testing.assert_equal(seen[name], known[name], err_msg=name)


def test_measures__do_not_depend_on_the_order_of_people():
    """Shuffled labels are drawn by place, so the band, and the mean under it, differ a little."""
    graph, first = scattered(n=150, share=0.06, seed=2, day=0)
    last = scattered(n=150, share=0.06, seed=2, day=365)[1]
    fewer = last.i.size - 40
    last = last._replace(
        bonds={name: column[:fewer] for name, column in last.bonds.items()},
        i=last.i[:fewer],
        j=last.j[:fewer],
        agents={**last.agents, "loneliness": last.agents["loneliness"][::-1].copy()},
    )
    assert graph.number_of_nodes() == 150
    one = outcomes_of(list(OUTCOMES), [first, last], 1)
    other = outcomes_of(list(OUTCOMES), [mixed(first, 1), mixed(last, 2)], 1)
    for name, value in one.items():
        rough = name.startswith("excess")
        expected = pytest.approx(value, rel=1e-9, abs=0.12 if rough else 1e-9, nan_ok=True)
        assert other[name] == expected, name


def test_a_measure_is_computed_once_for_all_its_outcomes(monkeypatch):
    calls = []

    def counted(waves, seed):
        calls.append(seed)
        return {"reciprocity": 0.25, "felt_reciprocity": 0.75}

    replaced = MEASURES["reciprocity"]._replace(compute=counted)
    monkeypatch.setitem(registry.MEASURES, "reciprocity", replaced)
    wave = made(nx.path_graph(3), 0.2)
    names = ["felt_reciprocity", "prevalence", "reciprocity"]
    found = outcomes_of(names, [wave], seed=9)
    assert list(found.items()) == [
        ("felt_reciprocity", 0.75), ("prevalence", 0.0), ("reciprocity", 0.25)
    ]  # fmt: skip
    assert calls == [9]


@pytest.mark.parametrize(
    ("names", "days", "says"),
    [
        (["prevalense"], [0], "prevalence"),
        (["excess1"], [0], "excess_1"),
        (["stability"], [0], "at least 2 days for stability"),
        (["prevalence"], [], "at least one day"),
        (["survival"], [9, 3], "rising order"),
        (["survival"], [3, 3], "rising order"),
    ],
)
def test_outcomes_of__says_what_it_cannot_do(names, days, says):
    waves = [made(nx.path_graph(3), 0.2, day=day) for day in days]
    with pytest.raises(ParameterError, match=says):
        outcomes_of(names, waves, 1)


def test_now_is_the_last_wave():
    waves = [made(nx.path_graph(4), x, day=d) for d, x in ((0, 0.1), (10, 0.9), (20, 0.6))]
    found = outcomes_of(["mean_loneliness", "prevalence"], waves, 1)
    assert found["mean_loneliness"] == pytest.approx(0.6) and found["prevalence"] == 1.0
    assert isinstance(waves[-1], Snapshot)
