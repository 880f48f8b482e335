"""Shuffled labels and rewired networks: what they keep, and that chance is even."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from bondsim.causal.estimators import METHODS, CrossSection, panel_of
from bondsim.causal.estimators.nulls import SHUFFLES, rewired, shuffled
from bondsim.measures.clustering import clustering_by_distance
from tests.causal.worlds import alike, noise, placed


def section(graph, lonely=(), context=None):
    n = graph.number_of_nodes()
    pairs = np.sort(np.array(graph.edges(), dtype=np.int64).reshape(-1, 2), axis=1)
    marks = np.isin(np.arange(n), lonely)
    context = np.zeros(n, np.int64) if context is None else context
    return CrossSection(n, pairs[:, 0], pairs[:, 1], marks, context)


def degrees(n, i, j):
    return np.bincount(i, minlength=n) + np.bincount(j, minlength=n)


CONTEXTS = {
    "one group": np.zeros(60, np.int64),
    "contexts": np.random.default_rng(1).integers(0, 6, 60),
    "each alone": np.arange(60),
}


@pytest.mark.modes
@pytest.mark.parametrize("name", CONTEXTS)
def test_rewired__keeps_degrees_and_contexts_and_makes_no_loops_or_doubles(name):
    context = CONTEXTS[name]
    now = panel_of(placed(1, n=60, n_places=3)).last
    for seed in range(2):
        found = rewired(now, context, seed)
        np.testing.assert_array_equal(degrees(60, now.i, now.j), degrees(60, found.i, found.j))
        pairs = {frozenset(pair) for pair in zip(found.i.tolist(), found.j.tolist(), strict=True)}
        assert len(pairs) == now.i.size and all(len(pair) == 2 for pair in pairs)
        joined = [
            sorted(map(tuple, np.sort(context[np.stack(ends, axis=1)], axis=1).tolist()))
            for ends in ((now.i, now.j), (found.i, found.j))
        ]
        assert joined[0] == joined[1]
        assert found.both[-1] == (now.lonely[found.i] & now.lonely[found.j]).sum()
        assert (found.changes == 0) == (name == "each alone")


def test_rewired__all_networks_of_the_same_degrees_are_equally_likely():
    """Of 70 networks of six people with two ties each, 10 are two triangles and 60 a ring."""
    now = section(nx.cycle_graph(6))
    ends = [rewired(now, np.zeros(6, np.int64), seed) for seed in range(700)]
    triangles = sum(
        nx.number_connected_components(nx.Graph(zip(e.i.tolist(), e.j.tolist(), strict=True))) == 2
        for e in ends
    )
    # 100 expected with a standard deviation of 9.3; four of them miss once in 16,000
    assert abs(triangles - 100) < 4 * 9.3


def test_rewired__reaches_far_from_where_it_started():
    now = panel_of(noise(2, n=300)).last
    found = rewired(now, np.zeros(300, np.int64), 1)
    before, after = (
        {frozenset(pair) for pair in zip(i.tolist(), j.tolist(), strict=True)}
        for i, j in ((now.i, now.j), (found.i, found.j))
    )
    # of two unrelated networks with 1,190 ties among 44,850 pairs about 3 % are shared
    assert len(before & after) < 0.06 * len(before)
    # and one network that is looked at tells little of the next
    both = found.both - found.both.mean()
    assert abs((both[1:] * both[:-1]).mean() / both.var()) < 0.25


def test_shuffled__draws_the_lonely_without_replacement_and_evenly():
    labels = shuffled(np.arange(40) < 13, 5)
    assert labels.shape == (SHUFFLES, 40) and (labels.sum(axis=1) == 13).all()
    # 130 each with a standard deviation of 9.4
    assert np.abs(labels.sum(axis=0) - 130).max() < 4 * 9.4
    assert np.unique(labels, axis=0).shape[0] == SHUFFLES


def test_label_permutation__agrees_with_clustering_at_distance_1():
    panel = panel_of(placed(3, n=400))
    now = panel.last
    known = clustering_by_distance(
        now.n, now.i, now.j, now.lonely, most=1, seed=8, permutations=2000
    )
    found = METHODS["label_permutation"].estimate(panel, 1)
    assert found.estimate == pytest.approx(known["excess"][0], abs=0.03)
    spread = known["high"][0] - known["low"][0]
    assert found.high - found.low == pytest.approx(spread, rel=0.15)


def test_degree_rewiring__knows_what_popularity_gives():
    """The lonely have the fewest ties: expected is the share of ends of ties that they have."""
    graph = nx.gnm_random_graph(400, 1600, seed=4)
    degree = np.array([graph.degree(a) for a in range(400)])
    lonely = np.argsort(degree, kind="stable")[:100]
    now = section(graph, lonely)
    panel = panel_of(noise(1, n=30))._replace(last=now)
    found = METHODS["degree_rewiring"].estimate(panel, 1)
    ends = degree[lonely].sum()
    seen = 2 * (now.lonely[now.i] & now.lonely[now.j]).sum() / ends
    assert found.estimate == pytest.approx(seen / ((ends - 1) / (2 * 1600 - 1)) - 1.0, abs=0.04)


def test_excess_of_a_shared_place_is_gone_when_place_is_held():
    for seed in range(5):
        panel = panel_of(placed(seed, n=500))
        labels, degree, context = (
            METHODS[name].estimate(panel, seed)
            for name in ("label_permutation", "degree_rewiring", "context_rewiring")
        )
        assert min(labels.low, degree.low) > 0.2 and max(labels.p, degree.p) < 0.02
        assert abs(context.estimate) < 0.12


def test_excess_of_likeness_stays_whatever_is_held():
    for seed in range(3):
        panel = panel_of(alike(seed, n=500))
        for name in ("label_permutation", "degree_rewiring", "context_rewiring"):
            assert METHODS[name].estimate(panel, seed).low > 0.3
