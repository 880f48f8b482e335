"""The shape of the network as outcomes: networkx, and answers counted by hand."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest

from bondsim.measures.recorded import snapshot
from bondsim.measures.registry import MEASURES, outcomes_of
from bondsim.measures.structure import named_transitivity
from bondsim.measures.ties import FRIEND, layers_by_recency
from tests.measures.made import made, scattered


def of(name, wave):
    return outcomes_of(MEASURES[name].outcomes, [wave], 1)


def namings(graph, wave):
    """Who names whom, as a directed graph."""
    directed = nx.DiGraph()
    directed.add_nodes_from(graph)
    for k, (a, b) in enumerate(graph.edges()):
        if wave.bonds["closeness_ij"][k] >= FRIEND:
            directed.add_edge(a, b)
        if wave.bonds["closeness_ji"][k] >= FRIEND:
            directed.add_edge(b, a)
    return directed


@pytest.mark.parametrize("seed", range(3))
def test_structure__agrees_with_networkx(seed):
    graph, wave = scattered(n=70, share=0.1, seed=seed)
    directed = namings(graph, wave)
    found = {**of("transitivity", wave), **of("reciprocity", wave), **of("degree", wave)}
    degree = np.array([d for _, d in graph.degree()])
    chains = [(a, b, c) for a, b in directed.edges() for c in directed.successors(b) if c != a]
    expected = {
        "transitivity": nx.transitivity(graph),
        "local_clustering": np.mean([x for v, x in nx.clustering(graph).items() if degree[v] > 1]),
        "named_transitivity": np.mean([directed.has_edge(a, c) for a, _, c in chains]),
        "reciprocity": nx.overall_reciprocity(directed),
        "mean_degree": degree.mean(),
        "sd_degree": degree.std(),
        "degree_dispersion": degree.var() / degree.mean(),
        "isolated": (degree == 0).mean(),
    }
    for name, number in expected.items():
        assert found[name] == pytest.approx(number), name


def test_degree_dispersion__is_one_by_chance_and_none_in_a_ring():
    """Bonds at random: 0.1 is four standard errors of the index of 3,000 people."""
    assert of("degree", made(nx.cycle_graph(9), 0.1))["degree_dispersion"] == 0.0
    random = nx.fast_gnp_random_graph(3000, 0.003, seed=3)
    assert of("degree", made(random, 0.1))["degree_dispersion"] == pytest.approx(1.0, abs=0.11)


def test_named_transitivity__by_hand():
    """0 names 1, 1 names 2, and 0 names 2: closed. 1 names 2, 2 names 3, 1 does not know 3."""
    graph = nx.Graph([(0, 1), (0, 2), (1, 2), (2, 3)])
    wave = made(graph, 0.1, closeness=[(0.9, 0), (0.9, 0), (0.9, 0), (0.9, 0)])
    # chains: 0-1-2 (closed), 0-2-3, 1-2-3
    assert named_transitivity(wave) == pytest.approx(1 / 3)
    assert np.isnan(named_transitivity(made(nx.star_graph(4), 0.1, closeness=(0.9, 0.0))))
    assert named_transitivity(made(nx.complete_graph(5), 0.1)) == 1.0


def test_felt_reciprocity__is_the_mean_of_what_the_table_says():
    wave = made(nx.path_graph(4), 0.1)
    wave.bonds["reciprocity"][:] = [0.25, 0.5, 0.75]
    assert of("reciprocity", wave)["felt_reciprocity"] == pytest.approx(0.5)


def test_layers__count_others_by_closeness_and_by_last_meeting():
    """Of four people in a ring: from 0 on, bonds to 1, 3, 2 of closeness 0.9, 0.6, 0.4, 0.1."""
    graph = nx.cycle_graph(4)
    wave = made(graph, 0.1, day=400, closeness=[(0.9, 0.6), (0.6, 0.4), (0.4, 0.1), (0.1, 0.1)])
    assert np.isnan([of("layers", wave)[f"met_{x}"] for x in ("week", "year")]).all()
    wave.bonds["last_met"] = np.array([400, 393, 371, 100], np.int32)
    found = of("layers", wave)
    sizes = [found[f"layer_{x}"] for x in ("close", "friend", "casual", "all")]
    assert sizes == [1 / 4, 3 / 4, 5 / 4, 2.0]
    # met 0, 7, 29 and 300 days ago: within seven days means less than seven days ago
    assert [found[f"met_{x}"] for x in ("week", "month", "half_year", "year")] == [
        2 / 4, 6 / 4, 6 / 4, 8 / 4
    ]  # fmt: skip
    table = layers_by_recency(wave)
    assert table["days"].tolist() == [7, 30, 182, 365]
    np.testing.assert_allclose(table["ratio"], [np.nan, 3.0, 1.0, 4 / 3])


def test_layers__of_a_run_by_a_loop_over_its_bonds(run):
    now = snapshot(run, 89)
    within = dict.fromkeys(now.agents["id"].tolist(), 0)
    for a, b, met in zip(now.bonds["i"], now.bonds["j"], now.bonds["last_met"], strict=True):
        for person in (int(a), int(b)):
            within[person] += int(89 - met < 30)
    sizes = np.array(list(within.values()))
    table = layers_by_recency(now)
    assert table["mean"][1] == pytest.approx(sizes.mean())
    assert table["sd"][1] == pytest.approx(sizes.std())
    assert all(a <= b for a, b in itertools.pairwise(table["mean"]))
