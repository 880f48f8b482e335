"""Centralities against networkx, and loneliness at the edge against scipy and permutations."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from scipy.stats import spearmanr

from bondsim.measures import periphery as module
from bondsim.measures.periphery import (
    CENTRALITIES,
    centralities,
    closeness_centrality,
    eigenvector_centrality,
    periphery,
)
from bondsim.measures.registry import outcomes_of
from bondsim.network.adjacency import neighbours
from tests.measures.made import made, mixed, scattered

GRAPHS = {
    "karate": nx.convert_node_labels_to_integers(nx.karate_club_graph()),
    "les miserables": nx.convert_node_labels_to_integers(nx.les_miserables_graph()),
    "in pieces": nx.gnp_random_graph(80, 0.03, seed=1),
    "beads": nx.barbell_graph(6, 9),
    "star": nx.star_graph(6),
    "ring": nx.cycle_graph(11),
    "pair": nx.path_graph(2),
    "line": nx.path_graph(40),
    "heap": nx.barabasi_albert_graph(300, 3, seed=2),
}


def rows_of(graph):
    ends = np.array(graph.edges(), np.int64).reshape(-1, 2)
    return neighbours(graph.number_of_nodes(), ends[:, 0], ends[:, 1])


@pytest.mark.parametrize("name", GRAPHS)
def test_core_and_closeness__agree_with_networkx(name):
    graph = GRAPHS[name]
    found = centralities(made(graph, 0.2), seed=1)
    cores, close = nx.core_number(graph), nx.closeness_centrality(graph)
    assert found["core"].tolist() == [cores[v] for v in range(len(graph))]
    np.testing.assert_allclose(found["closeness"], [close[v] for v in range(len(graph))])


@pytest.mark.parametrize("name", GRAPHS)
def test_eigenvector__agrees_with_networkx_and_numpy(name):
    graph = GRAPHS[name]
    n = len(graph)
    found = eigenvector_centrality(rows_of(graph))
    assert found.min() >= 0.0 and found.max() == 1.0
    by_steps = nx.eigenvector_centrality(graph, max_iter=100_000, tol=1e-10)
    expected = np.array([by_steps[v] for v in range(n)])
    np.testing.assert_allclose(found, expected / expected.max(), atol=1e-5)
    values, vectors = np.linalg.eigh(nx.to_numpy_array(graph, nodelist=range(n), weight=None))
    dense = np.abs(vectors[:, -1])
    np.testing.assert_allclose(found, dense / dense.max(), atol=2e-9)
    assert values[-1] > values[-2] + 1e-9 or n == 2


def test_eigenvector__pieces_alike_share_it_alike():
    graph = nx.disjoint_union(nx.star_graph(4), nx.star_graph(4))
    graph.add_node(10)
    found = eigenvector_centrality(rows_of(graph))
    np.testing.assert_allclose(found, [1, 0.5, 0.5, 0.5, 0.5] * 2 + [0])
    assert np.isnan(eigenvector_centrality(rows_of(nx.empty_graph(3)))).all()


def test_eigenvector__that_does_not_settle_is_not_known(monkeypatch):
    monkeypatch.setattr(module, "RESTARTS", 1)
    monkeypatch.setattr(module, "STEPS", 3)
    assert np.isnan(eigenvector_centrality(rows_of(GRAPHS["heap"]))).all()


def test_closeness__of_some_sources_comes_near_that_of_all(monkeypatch):
    graph = GRAPHS["heap"]
    whole = closeness_centrality(rows_of(graph), 1)
    monkeypatch.setattr(module, "EXACT", 200)
    monkeypatch.setattr(module, "SOURCES", 150)
    some = closeness_centrality(rows_of(graph), 1)
    assert (some != whole).any()
    np.testing.assert_allclose(some, whole, rtol=0.06)


@pytest.mark.parametrize("seed", range(3))
def test_periphery__agrees_with_scipy(seed):
    graph, wave = scattered(n=80, share=0.06, seed=seed)
    found = outcomes_of([f"{name}_lonely" for name in CENTRALITIES], [wave], 1)
    lonely = wave.agents["loneliness"]
    eigen = np.abs(np.linalg.eigh(nx.to_numpy_array(graph, nodelist=range(80)))[1][:, -1])
    by_name = {
        "core": nx.core_number(graph),
        "closeness": nx.closeness_centrality(graph),
        "eigenvector": (eigen / eigen.max()).round(9),
    }
    for name, values in by_name.items():
        expected = spearmanr(lonely, [values[v] for v in range(80)]).statistic
        assert found[f"{name}_lonely"] == pytest.approx(expected, abs=1e-9), name


def test_periphery__of_a_town_whose_edge_is_lonely():
    """Loneliness rises outward along eight beads on strings that meet in a clique."""
    graph, far = nx.complete_graph(8), dict.fromkeys(range(8), 0)
    for centre in range(8):
        last = centre
        for step in range(1, 5):
            new = graph.number_of_nodes()
            graph.add_edge(last, new)
            far[new], last = step, new
    loneliness = np.array([far[v] for v in range(40)]) / 5
    table = periphery(made(graph, loneliness), seed=1)
    assert table["centrality"].tolist() == list(CENTRALITIES)
    np.testing.assert_allclose(table["correlation"][1:], -1.0)
    assert (table["correlation"] < table["low"]).all()
    turned = periphery(made(graph, -loneliness), seed=1)
    np.testing.assert_allclose(turned["correlation"], -table["correlation"])


def test_periphery__band_is_that_of_chance():
    """The spread of a rank correlation over all orders is 1 / sqrt(n - 1), whatever is ranked."""
    wave = scattered(n=200, share=0.05, seed=3)[1]
    table = periphery(wave, seed=4, permutations=3000)
    for end, sign in (("low", -1), ("high", 1)):
        np.testing.assert_allclose(table[end], sign * 1.96 / np.sqrt(199), rtol=0.1)


def test_periphery__goes_by_ids_and_not_by_places():
    wave = scattered(n=60, share=0.1, seed=3)[1]
    one, other = periphery(wave, seed=4), periphery(mixed(wave), seed=4)
    assert one["low"].tolist() != periphery(wave, seed=5)["low"].tolist()
    for name in ("correlation", "low", "high"):
        np.testing.assert_allclose(one[name], other[name], atol=1e-9)


def test_periphery__is_not_known_where_all_are_alike():
    for graph, loneliness in ((nx.cycle_graph(9), np.arange(9) / 9), (nx.star_graph(5), 0.2)):
        table = periphery(made(graph, loneliness), seed=1)
        assert all(np.isnan(table[name]).all() for name in ("correlation", "low", "high"))
