"""Rows of neighbours, triangles, communities and the local order, against networkx."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from bondsim.network import Blocks, Circles, Karate, LesMiserables, SmallWorld, build, fill
from bondsim.network.adjacency import neighbours, triangles
from bondsim.network.communities import community_levels
from bondsim.network.locality import local_order

GRAPHS = {
    "karate": nx.karate_club_graph(),
    "scattered": nx.gnp_random_graph(60, 0.05, seed=4),
    "hub": nx.star_graph(30),
    "complete": nx.complete_graph(8),
    "no bonds": nx.empty_graph(5),
}


def ends(graph):
    pairs = np.array(sorted(graph.edges()), dtype=np.int64).reshape(-1, 2)
    return graph.number_of_nodes(), pairs[:, 0], pairs[:, 1]


def graph_of(network):
    graph = nx.empty_graph(network.n_agents)
    graph.add_edges_from(zip(network.i.tolist(), network.j.tolist(), strict=True))
    return graph


@pytest.mark.parametrize("name", GRAPHS)
def test_neighbours_and_triangles__as_in_networkx(name):
    graph = GRAPHS[name]
    n, i, j = ends(graph)

    rows = neighbours(n, i, j)

    for person in range(n):
        mine = slice(rows.first[person], rows.first[person + 1])
        assert rows.partner[mine].tolist() == sorted(graph[person])
        assert (i[rows.bond[mine]] + j[rows.bond[mine]] - person == rows.partner[mine]).all()
    assert triangles(rows.first, rows.partner).tolist() == list(nx.triangles(graph).values())


@pytest.mark.parametrize(
    "spec",
    [Karate(), LesMiserables(), SmallWorld(n_agents=1000), Blocks(n_agents=1000), Circles()],
    ids=lambda spec: spec.source,
)
def test_communities__as_modular_as_those_of_networkx(spec):
    network = build(spec, 1)
    graph = graph_of(network)

    levels = community_levels(network.n_agents, network.i, network.j, 1)

    found = [set(np.flatnonzero(levels[-1] == code)) for code in range(levels[-1].max() + 1)]
    theirs = nx.community.louvain_communities(graph, seed=1)
    modularity = nx.community.modularity
    assert modularity(graph, found) > modularity(graph, theirs) - 0.01
    smallest = [min(members) for members in found]
    assert smallest == sorted(smallest)
    for fine, coarse in pairwise(levels):
        assert np.unique(np.stack([fine, coarse]), axis=1).shape[1] == fine.max() + 1


def test_communities__cliques_are_found_and_people_without_bonds_stay_alone():
    graph = nx.disjoint_union_all([nx.complete_graph(6), nx.complete_graph(9), nx.empty_graph(2)])

    found = community_levels(*ends(graph), 3)[-1]

    assert found.tolist() == [0] * 6 + [1] * 9 + [2, 3]
    assert [level.tolist() for level in community_levels(*ends(nx.empty_graph(3)), 1)] == [
        [0, 1, 2]
    ]


def test_communities__one_door_for_small_and_large(monkeypatch):
    network = build(Blocks(n_agents=500, n_blocks=10), 1)
    small = fill.communities(network.i, network.j, 500, 1)
    monkeypatch.setattr(fill, "BY_NETWORKX", 100)
    large = fill.communities(network.i, network.j, 500, 1)

    assert large.dtype == small.dtype
    together = [found[:, None] == found[None, :] for found in (small, large)]
    assert (together[0] == together[1]).mean() > 0.95


@pytest.mark.parametrize("spec", [SmallWorld(n_agents=5000), Blocks(n_agents=5000)])
def test_local_order__brings_neighbours_close_again(spec):
    network = build(spec, 1)
    mixed = np.random.default_rng(1).permutation(5000)
    i, j = mixed[network.i], mixed[network.j]

    order = local_order(5000, i, j, 7)

    place = np.empty(5000, np.int64)
    place[order] = np.arange(5000)
    assert np.sort(order).tolist() == list(range(5000))
    before, after = np.median(np.abs(i - j)), np.median(np.abs(place[i] - place[j]))
    assert after < 1.5 * np.median(np.abs(network.i - network.j)) + 5 < before / 5
    np.testing.assert_array_equal(local_order(5000, i, j, 7), order)
