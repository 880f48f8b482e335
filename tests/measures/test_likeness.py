"""Likeness of bonded people against direct loops, networkx and permutations."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from bondsim.measures.likeness import in_one_context, moran, near_in_interest
from bondsim.measures.registry import outcomes_of
from tests.measures.made import made, scattered

GRAPHS = {
    "karate": nx.convert_node_labels_to_integers(nx.karate_club_graph()),
    "scattered": nx.gnp_random_graph(80, 0.03, seed=1),
    "star": nx.star_graph(6),
}


def ends(graph):
    return np.array(graph.edges()).T


def double_loop(graph, values):
    """Moran's I from its definition, over all ordered pairs of people."""
    n, mean = len(values), np.mean(values)
    top = weights = 0.0
    for a in range(n):
        for b in range(n):
            if graph.has_edge(a, b):
                top += (values[a] - mean) * (values[b] - mean)
                weights += 1.0
    return n / weights * top / sum((x - mean) ** 2 for x in values)


@pytest.mark.parametrize("name", GRAPHS)
def test_moran__agrees_with_a_double_loop(name):
    graph = GRAPHS[name]
    values = np.random.default_rng(4).uniform(size=graph.number_of_nodes())
    found = moran(*ends(graph), values)
    assert found.value == pytest.approx(double_loop(graph, values))
    assert found.expected == pytest.approx(-1 / (graph.number_of_nodes() - 1))


def test_moran__by_hand():
    """On a line of four the ends 0 and 1: three bonds, deviations -1/2 and 1/2."""
    i, j = ends(nx.path_graph(4))
    assert moran(i, j, np.array([0.0, 0.0, 1.0, 1.0])).value == pytest.approx(4 / 3 * 0.25)
    assert moran(i, j, np.array([0.0, 1.0, 0.0, 1.0])).value == pytest.approx(-1.0)


@pytest.mark.parametrize("name", GRAPHS)
def test_moran__z_agrees_with_all_orders(name):
    """Mean and spread of 4,000 orders: 0.05 is above four standard errors of the spread."""
    graph, rng = GRAPHS[name], np.random.default_rng(6)
    values = rng.exponential(size=graph.number_of_nodes())
    i, j = ends(graph)
    orders = np.array([moran(i, j, rng.permutation(values)).value for _ in range(4000)])
    found = moran(i, j, values)
    spread = (found.value - found.expected) / found.z
    assert spread == pytest.approx(orders.std(), rel=0.06)
    assert found.expected == pytest.approx(orders.mean(), abs=4 * orders.std() / 4000**0.5)


@pytest.mark.parametrize("name", GRAPHS)
def test_assortativity__agrees_with_networkx(name):
    graph = GRAPHS[name].copy()
    wave = made(graph, np.random.default_rng(2).uniform(size=graph.number_of_nodes()))
    values = wave.agents["loneliness"].astype(float)
    nx.set_node_attributes(graph, dict(enumerate(values.tolist())), "value")
    expected = nx.numeric_assortativity_coefficient(graph, "value")
    assert outcomes_of(["assortativity"], [wave], 1)["assortativity"] == pytest.approx(expected)


def test_likeness__of_those_who_answered():
    """Bonds with people who did not answer do not count, and who they are does not matter."""
    graph, wave = scattered(n=60)
    values = wave.agents["loneliness"].copy()
    values[::4] = np.nan
    wave.agents["loneliness"] = values
    kept = [a for a in range(60) if a % 4]
    rest = nx.convert_node_labels_to_integers(graph.subgraph(kept), ordering="sorted")
    smaller = made(rest, values[kept])
    names = ["assortativity", "moran", "moran_expected", "moran_z"]
    found, expected = (outcomes_of(names, [each], 1) for each in (wave, smaller))
    for name in names:
        assert found[name] == pytest.approx(expected[name]), name


def test_homophily_context__by_hand():
    """Two cliques of five: all bonds within, four of nine other people in the same context."""
    graph = nx.disjoint_union(nx.complete_graph(5), nx.complete_graph(5))
    apart = made(graph, 0.1, context=np.repeat([0, 1], 5))
    assert in_one_context(apart) == pytest.approx(1.0)
    across = made(nx.complete_bipartite_graph(5, 5), 0.1, context=np.repeat([3, 8], 5))
    assert in_one_context(across) == pytest.approx((0 - 4 / 9) / (1 - 4 / 9))
    assert in_one_context(made(nx.complete_graph(10), 0.1, context=np.repeat([0, 1], 5))) == (
        pytest.approx(0.0)
    )
    assert np.isnan(in_one_context(made(graph, 0.1)))


def test_homophily__agrees_with_all_pairs():
    graph, wave = scattered(n=50, share=0.1)
    x, y, context = (wave.agents[n] for n in ("position_x", "position_y", "context"))
    pairs = [(a, b) for a in range(50) for b in range(50) if a != b]

    def near(a, b):
        return sum(np.cos(2 * np.pi * (p[a] - p[b])) for p in (x, y)) / 2

    def same(a, b):
        return float(context[a] == context[b])

    for found, alike in ((near_in_interest(wave), near), (in_one_context(wave), same)):
        seen = np.mean([alike(a, b) for a, b in graph.edges()])
        expected = np.mean([alike(a, b) for a, b in pairs])
        assert found == pytest.approx((seen - expected) / (1 - expected))


def test_homophily_interest__across_the_edge_of_the_torus():
    """People at 0.99 and 0.01 are near; halfway round is as far as it gets.

    There: mean cosine 0 over bonds, where all pairs have (-1/3 + 1) / 2.
    """
    graph = nx.Graph([(0, 1), (2, 3)])
    close = {"position_x": np.array([0.99, 0.01, 0.49, 0.51]), "position_y": np.full(4, 0.5)}
    assert near_in_interest(made(graph, 0.1, **close)) > 0.95
    far = {"position_x": np.array([0.0, 0.5, 0.0, 0.5]), "position_y": np.zeros(4)}
    assert near_in_interest(made(graph, 0.1, **far)) == pytest.approx(-0.5)


def test_homophily__of_the_controls_is_assortativity():
    graph, wave = scattered(n=80, set_point=np.arange(80.0), headaches=np.full(80, 2.0))
    found = outcomes_of(
        ["homophily_set_point", "homophily_height", "homophily_headaches"], [wave], 1
    )
    for name in ("set_point", "height"):
        values = dict(enumerate(np.asarray(wave.agents[name], float).tolist()))
        nx.set_node_attributes(graph, values, name)
        expected = nx.numeric_assortativity_coefficient(graph, name)
        assert found[f"homophily_{name}"] == pytest.approx(expected)
    assert np.isnan(found["homophily_headaches"])
