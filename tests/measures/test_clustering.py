"""Clustering by degree of separation: known answers, and a second implementation with networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from bondsim import chance
from bondsim.compiling import uniform_rows
from bondsim.errors import ParameterError
from bondsim.measures import clustering
from bondsim.measures.clustering import clustering_by_distance


def ends(graph):
    pairs = np.array(graph.edges()).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def by_networkx(graph, lonely, most, permutations, seed):
    """The same from the definition: all pairs, one labelling after the other."""
    n = graph.number_of_nodes()
    distance = dict(nx.all_pairs_shortest_path_length(graph))
    pairs = {
        d: [(a, b) for a in distance for b, x in distance[a].items() if x == d]
        for d in range(1, most + 1)
    }

    def share(labels, d):
        around = [labels[b] for a, b in pairs[d] if labels[a]]
        return sum(around) / len(around) if around else None

    shuffles, order, n_lonely = [], list(range(n)), int(lonely.sum())
    few = min(n_lonely, n - n_lonely)
    for number in range(1, permutations + 1):
        u = uniform_rows(seed, 0, chance.PERMUTATION, np.arange(n), number).ravel()
        for k in range(few):
            pick = k + int(u[k] * (n - k))
            order[k], order[pick] = order[pick], order[k]
        labels = np.full(n, few < n_lonely)
        labels[order[:few]] ^= True
        shuffles.append(labels)
    rows = []
    for d in range(1, most + 1):
        null = [s for s in (share(labels, d) for labels in shuffles) if s is not None]
        seen = share(lonely, d)
        if seen is None or not null or not np.mean(null):
            rows.append((len(pairs[d]), np.nan, np.nan, np.nan))
            continue
        ratios = np.array(null) / np.mean(null) - 1.0
        low, high = np.percentile(ratios, [2.5, 97.5])
        rows.append((len(pairs[d]), seen / np.mean(null) - 1.0, low, high))
    return np.array(rows)


@pytest.mark.parametrize(
    "graph",
    [
        nx.karate_club_graph(),
        nx.gnp_random_graph(60, 0.03, seed=4),
        nx.cycle_graph(25),
        nx.complete_graph(7),
        nx.empty_graph(5),
    ],
    ids=["karate", "scattered", "ring", "complete", "no bonds"],
)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_agrees_with_networkx(graph, share):
    n = graph.number_of_nodes()
    lonely = np.random.default_rng(n).permutation(n) < max(1, round(share * n))
    found = clustering_by_distance(n, *ends(graph), lonely, most=6, permutations=40, seed=9)
    expected = by_networkx(graph, lonely, 6, 40, 9)
    np.testing.assert_array_equal(found["pairs"], expected[:, 0])
    for column, name in enumerate(("excess", "low", "high"), start=1):
        np.testing.assert_allclose(found[name], expected[:, column], rtol=1e-12, atol=1e-12)


def test_lonely_clique_beside_others():
    """Two cliques, one lonely: all others of a lonely person are lonely, none is farther off."""
    graph = nx.disjoint_union(nx.complete_graph(10), nx.complete_graph(30))
    lonely = np.arange(40) < 10
    found = clustering_by_distance(40, *ends(graph), lonely, permutations=400, seed=1)
    # under shuffles a person's others are lonely with probability 9 / 39
    assert found["excess"][0] == pytest.approx(39 / 9 - 1, rel=0.05)
    assert found["excess"][0] > found["high"][0]
    assert np.isnan(found["excess"][1:]).all()
    assert (found["pairs"] == [10 * 9 + 30 * 29, 0, 0, 0]).all()


def test_labels_in_turn_repel_at_odd_distances():
    lonely = np.arange(20) % 2 == 0
    found = clustering_by_distance(20, *ends(nx.cycle_graph(20)), lonely, seed=3)
    np.testing.assert_array_equal(found["excess"][[0, 2]], [-1.0, -1.0])
    assert (found["excess"][[1, 3]] > 1.0).all()


def test_band_covers_chance():
    """Labels at random fall outside the 95 % band about once in twenty times."""
    graph = nx.gnm_random_graph(150, 600, seed=2)
    outside = 0
    for seed in range(60):
        lonely = np.random.default_rng(seed).permutation(150) < 30
        found = clustering_by_distance(150, *ends(graph), lonely, most=1, seed=seed)
        outside += not found["low"][0] <= found["excess"][0] <= found["high"][0]
    assert outside <= 9


@pytest.mark.parametrize("everyone", [True, False])
def test_nothing_to_tell_when_all_are_alike(everyone):
    found = clustering_by_distance(8, *ends(nx.cycle_graph(8)), np.full(8, everyone), seed=1)
    assert np.isnan(found["excess"]).all() and np.isnan(found["high"]).all()
    assert (found["pairs"] == [16, 16, 16, 8]).all()


def test_sources_are_sampled_in_large_worlds(monkeypatch):
    graph = nx.cycle_graph(300)
    lonely = np.arange(300) < 100
    whole = clustering_by_distance(300, *ends(graph), lonely, permutations=60, seed=5)
    monkeypatch.setattr(clustering, "EXACT", 200)
    monkeypatch.setattr(clustering, "SOURCES", 150)
    some = clustering_by_distance(300, *ends(graph), lonely, permutations=60, seed=5)
    assert (whole["sources"] == 300).all() and (some["sources"] == 150).all()
    assert (some["pairs"] == 300).all()
    np.testing.assert_allclose(some["excess"], whole["excess"], atol=0.1)


def test_turns_do_not_matter(monkeypatch):
    lonely = np.arange(34) % 4 == 0
    graph = nx.karate_club_graph()
    whole = clustering_by_distance(34, *ends(graph), lonely, seed=5)
    monkeypatch.setattr(clustering, "LABELS", 34 * 8)
    turns = clustering_by_distance(34, *ends(graph), lonely, seed=5)
    for name in whole:
        np.testing.assert_array_equal(whole[name], turns[name])


@pytest.mark.parametrize(
    ("lonely", "options"),
    [
        (np.ones(3, bool), {}),
        (np.ones(4, bool), {"most": 0}),
        (np.ones(4, bool), {"permutations": 0}),
    ],
)
def test_wrong_arguments_are_named(lonely, options):
    with pytest.raises(ParameterError, match=r"lonely|most|permutations"):
        clustering_by_distance(4, *ends(nx.path_graph(4)), lonely, seed=1, **options)
