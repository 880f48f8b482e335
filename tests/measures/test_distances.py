"""Searches from many people at once against networkx, for any number of threads."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from bondsim.compiling import compiled
from bondsim.measures import clustering
from bondsim.measures.clustering import clustering_by_distance
from bondsim.measures.distances import BATCH, count_labels, distance_sums, ones
from bondsim.measures.registry import outcomes_of
from bondsim.network.adjacency import neighbours
from tests.measures.made import made
from tests.measures.test_clustering import by_networkx

WIDE = nx.connected_watts_strogatz_graph(1300, 4, 0.05, seed=3)
PIECES = nx.gnp_random_graph(700, 0.0018, seed=2)


def rows_of(graph):
    ends = np.array(graph.edges(), np.int64)
    return neighbours(graph.number_of_nodes(), ends[:, 0], ends[:, 1])


def labels(n, n_words, seed=0):
    words = np.random.default_rng(seed).integers(0, 2**63, (n, n_words)).astype(np.uint64)
    return words, np.stack([(words[:, b // 64] >> np.uint64(b % 64)) & np.uint64(1)
                            for b in range(64 * n_words)]).astype(np.int64)  # fmt: skip


@pytest.mark.parametrize("graph", [WIDE, PIECES], ids=["wide", "in pieces"])
@pytest.mark.parametrize("size", [1, 63, 64, BATCH, BATCH + 1, 650])
def test_count_labels__agrees_with_all_pairs_of_networkx(graph, size):
    n, most = graph.number_of_nodes(), 6
    words, bits = labels(n, 2)
    sources = np.sort(np.random.default_rng(size).permutation(n)[:size])
    both, beside, pairs = count_labels(sources, rows_of(graph), words, most)
    expected = np.zeros((2, most, 128), np.int64)
    number = np.zeros(most, np.int64)
    for source in sources.tolist():
        met = nx.single_source_shortest_path_length(graph, source, cutoff=most)
        for d in range(1, most + 1):
            others = [other for other, x in met.items() if x == d]
            number[d - 1] += len(others)
            expected[0, d - 1] += bits[:, source] * bits[:, others].sum(axis=1)
            expected[1, d - 1] += bits[:, source] * len(others)
    np.testing.assert_array_equal(pairs, number)
    np.testing.assert_array_equal(both, expected[0])
    np.testing.assert_array_equal(beside, expected[1])


def test_counts__are_the_same_for_any_number_of_threads():
    words, _ = labels(1300, 1)
    rows, sources = rows_of(WIDE), np.arange(1300)
    alone = count_labels(sources, rows, words, 5, threads=1)
    sums = distance_sums(sources, rows, threads=1)
    for threads in (2, 3, 8):
        for one, other in zip(alone, count_labels(sources, rows, words, 5, threads), strict=True):
            np.testing.assert_array_equal(one, other)
        for one, other in zip(sums, distance_sums(sources, rows, threads), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("graph", [WIDE, PIECES], ids=["wide", "in pieces"])
def test_distance_sums__agree_with_networkx(graph):
    n = graph.number_of_nodes()
    reached, sums = distance_sums(np.arange(n), rows_of(graph))
    for person in range(0, n, 37):
        met = nx.single_source_shortest_path_length(graph, person)
        assert (reached[person], sums[person]) == (len(met), sum(met.values()))
    some = np.array([5, 400])
    reached, sums = distance_sums(some, rows_of(graph))
    lengths = [nx.single_source_shortest_path_length(graph, int(source)) for source in some]
    for person in range(n):
        found = [met[person] for met in lengths if person in met]
        assert (reached[person], sums[person]) == (len(found), sum(found))


def test_ones__counts_bits():
    some = [0, 1, 2**63, 2**64 - 1, 0x0123456789ABCDEF]
    with np.errstate(over="ignore"):
        plain = [int(ones(np.uint64(x))) for x in some]
    fast = [int(compiled(ones)(np.uint64(x))) for x in some]
    assert plain == fast == [bin(x).count("1") for x in some]


def test_excess__at_distances_five_and_six_agrees_with_networkx():
    """A long ring with a few short cuts, whose one half is lonely: excess at every distance."""
    graph = nx.connected_watts_strogatz_graph(120, 4, 0.02, seed=5)
    lonely = np.arange(120) < 40
    wave = made(graph, np.where(lonely, 0.9, 0.1))
    names = [f"excess_{d}{end}" for d in range(1, 7) for end in ("", "_low", "_high")]
    found = outcomes_of(names, [wave], 9)
    expected = by_networkx(graph, lonely, 6, 200, 9)
    np.testing.assert_allclose(list(found.values()), expected[:, 1:].ravel(), rtol=1e-11)
    assert (expected[4:, 0] > 500).all() and (expected[4:, 1] > expected[4:, 3]).all()


def test_exact__counts_from_everybody_in_a_world_of_any_size(monkeypatch):
    monkeypatch.setattr(clustering, "EXACT", 200)
    monkeypatch.setattr(clustering, "SOURCES", 100)
    ends, lonely = np.array(WIDE.edges()).T, np.arange(1300) % 5 == 0
    some, whole = (
        clustering_by_distance(1300, *ends, lonely, permutations=10, seed=1, exact=exact)
        for exact in (False, True)
    )
    assert (some["sources"] == 100).all() and (whole["sources"] == 1300).all()
    assert whole["pairs"][0] == 2 * WIDE.number_of_edges()
    wave = made(WIDE, np.where(lonely, 0.9, 0.1))
    exact = outcomes_of(["excess_2"], [wave], 1)["excess_2"]
    monkeypatch.setattr(clustering, "MOST_EXACT", 1000)
    assert outcomes_of(["excess_2"], [wave], 1)["excess_2"] != exact
