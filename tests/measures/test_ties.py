"""Statistics of bonds and networks against hand-made answers and networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from bondsim.measures.recorded import snapshot
from bondsim.measures.ties import (
    assortativity,
    by_kind,
    layers,
    named_reciprocity,
    network_statistics,
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
