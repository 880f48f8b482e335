"""Statistics of bonds and networks against hand-made answers and networkx."""

from __future__ import annotations

from statistics import pstdev

import networkx as nx
import numpy as np
import pytest

from bondsim.measures.recorded import Snapshot, snapshot
from bondsim.measures.ties import (
    assortativity,
    by_kind,
    layers,
    named_reciprocity,
    network_statistics,
    others_within,
    strength_distribution,
)


@pytest.mark.parametrize(
    "graph",
    [
        nx.karate_club_graph(),
        nx.gnp_random_graph(80, 0.03, seed=1),
        nx.les_miserables_graph(),
        nx.star_graph(5),
    ],
    ids=["karate", "scattered", "les miserables", "star"],
)
def test_network_statistics_agree_with_networkx(graph):
    graph = nx.convert_node_labels_to_integers(graph)
    n = graph.number_of_nodes()
    value = np.random.default_rng(1).uniform(size=n)
    nx.set_node_attributes(graph, dict(enumerate(value.tolist())), "value")
    i, j = np.array(graph.edges()).T
    found = network_statistics(n, i, j, value)
    largest = max(len(part) for part in nx.connected_components(graph))
    expected = {
        "mean_degree": 2 * graph.number_of_edges() / n,
        "sd_degree": pstdev(degree for _, degree in graph.degree()),
        "density": nx.density(graph),
        "isolated": len(list(nx.isolates(graph))) / n,
        "largest": largest / n,
        "transitivity": nx.transitivity(graph),
        "clustering": nx.average_clustering(graph),
        "degree_assortativity": nx.degree_pearson_correlation_coefficient(graph),
        "assortativity": nx.numeric_assortativity_coefficient(graph, "value"),
    }
    for name, number in expected.items():
        assert found[name] == pytest.approx(number, rel=1e-9), name


def test_network_without_bonds():
    nobody = np.zeros(0, np.int64)
    found = network_statistics(4, nobody, nobody, np.arange(4.0))
    assert found["isolated"] == 1.0 and found["transitivity"] == 0.0
    assert np.isnan(found["assortativity"]) and found["largest"] == 0.25


@pytest.mark.parametrize("value", [0.0, 0.1, 0.26, 0.3, 0.7, 1.0])
def test_assortativity_of_one_value_is_not_defined(value):
    i, j = np.array(nx.karate_club_graph().edges()).T
    assert np.isnan(assortativity(i, j, np.full(34, value, np.float32)))


def test_named_reciprocity():
    closeness = {
        "closeness_ij": np.array([0.9, 0.9, 0.1, 0.1]),
        "closeness_ji": np.array([0.9, 0.1, 0.7, 0.2]),
    }
    assert named_reciprocity(closeness) == pytest.approx(2 / 4)
    assert np.isnan(named_reciprocity(closeness, cut=0.95))


def test_by_kind__means_of_each_kind_over_both_sides():
    bonds = {
        "kind": np.array([0, 2, 0, 4], np.int8),
        "strength": np.array([0.5, 0.25, 0.75, 0.125], np.float32),
        "closeness_ij": np.array([0.5, 0.25, 0.75, 1.0], np.float32),
        "closeness_ji": np.array([0.25, 0.75, 0.0, 0.5], np.float32),
        "reciprocity": np.array([0.5, 0.125, 1.0, 0.25], np.float32),
    }
    found = by_kind(bonds)
    nan = np.nan
    expected = {
        "kind": [0, 1, 2, 3, 4],
        "bonds": [2, 0, 1, 0, 1],
        "share": [0.5, 0.0, 0.25, 0.0, 0.25],
        "strength": [0.625, nan, 0.25, nan, 0.125],
        "closeness": [0.375, nan, 0.5, nan, 0.75],
        "reciprocity": [0.75, nan, 0.125, nan, 0.25],
    }
    assert list(found) == list(expected)
    for name, column in expected.items():
        np.testing.assert_array_equal(found[name], column, err_msg=name)


def test_strength_distribution__every_bond_in_the_bin_of_its_strength():
    bonds = {"strength": np.array([0.0, 0.25, 0.2, 0.625, 0.5, 0.25], np.float32)}
    found = strength_distribution(bonds, bins=4)
    assert found["low"].tolist() == [0.0, 0.25, 0.5, 0.75]
    assert found["high"].tolist() == [0.25, 0.5, 0.75, 1.0]
    assert found["bonds"].tolist() == [2, 2, 2, 0] and found["bonds"].dtype == np.int64
    whole = strength_distribution({"strength": np.array([1.0, 0.97, 0.94], np.float32)})
    assert whole["bonds"].tolist() == [0] * 18 + [1, 2]
    np.testing.assert_allclose(whole["high"], np.arange(1, 21) / 20, rtol=1e-12)


def test_layers__by_ones_own_closeness():
    """Of four people, 1 is closer to 0 than 0 to 1, and so on; all can be counted by hand."""
    bonds = {
        "closeness_ij": np.array([0.9, 0.7, 0.4, 0.1], np.float32),
        "closeness_ji": np.array([0.6, 0.2, 0.95, 0.1], np.float32),
    }
    now = Snapshot(
        0,
        {"id": np.arange(4)},
        bonds,
        i=np.array([0, 0, 1, 2]),
        j=np.array([1, 2, 2, 3]),
        lonely=np.zeros(4, bool),
    )
    numbers = {0.86: [1, 0, 1, 0], 0.59: [2, 1, 1, 0], 0.39: [2, 2, 1, 0], 0.0: [2, 2, 3, 1]}
    for cut, number in numbers.items():
        assert others_within(now, cut).tolist() == number, cut
    found = layers(now)
    assert found["cut"].tolist() == list(numbers)
    np.testing.assert_allclose(found["mean"], [0.5, 1.0, 1.25, 2.0])
    np.testing.assert_allclose(found["sd"], [0.5, 0.5**0.5, 0.6875**0.5, 0.5**0.5])
    np.testing.assert_allclose(found["ratio"], [np.nan, 2.0, 1.25, 1.6])


def test_tables_of_a_run_add_up(run):
    now = snapshot(run, 89)
    kinds, strengths = by_kind(now.bonds), strength_distribution(now.bonds)
    assert kinds["bonds"].sum() == strengths["bonds"].sum() == now.i.size
    assert kinds["share"].sum() == pytest.approx(1.0)
    for code in range(5):
        chosen = now.bonds["kind"] == code
        mean = now.bonds["strength"][chosen].astype(float).mean()
        assert kinds["strength"][code] == pytest.approx(mean)
    circles = layers(now)
    assert (np.diff(circles["mean"]) >= 0.0).all()
    assert circles["mean"][-1] == pytest.approx(2 * now.i.size / 120)
    assert circles["ratio"][1] == pytest.approx(circles["mean"][1] / circles["mean"][0])


def test_statistics_agree_with_the_run_as_a_graph(run):
    now = snapshot(run, 89)
    graph = nx.Graph()
    graph.add_nodes_from(now.agents["id"].tolist())
    graph.add_edges_from(zip(now.bonds["i"].tolist(), now.bonds["j"].tolist(), strict=True))
    found = network_statistics(now.n_agents, now.i, now.j)
    assert found["transitivity"] == pytest.approx(nx.transitivity(graph))
