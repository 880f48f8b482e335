"""A million people: the town, its files and its measures, in bounded time. Run with `-m slow`."""

from __future__ import annotations

import resource
import time

import numpy as np
import pandas as pd
import pytest

from bondsim.measures.clustering import clustering_by_distance
from bondsim.measures.ties import network_statistics
from bondsim.network import Circles, EdgeList, build
from bondsim.params import Params
from bondsim.population import first_state

pytestmark = pytest.mark.slow
MILLION = 1_000_000


@pytest.fixture(scope="module")
def network():
    start = time.perf_counter()
    network = build(Circles(n_agents=MILLION), 1)
    assert time.perf_counter() - start < 60
    return network


def test_town_of_a_million__in_a_minute_and_four_gigabytes(network):
    start = time.perf_counter()
    state = first_state(Params(seed=1), network)
    assert time.perf_counter() - start < 60
    assert state.bonds.degree.sum() == 2 * network.n_bonds > 14 * MILLION
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 4_000_000


def test_edge_list_of_a_million__in_a_minute(network, tmp_path):
    path = tmp_path / "bonds.csv"
    pd.DataFrame({"source": network.i, "target": network.j}).to_csv(path, index=False)

    start = time.perf_counter()
    read = build(EdgeList(path=str(path), contexts="one"), 1)
    assert time.perf_counter() - start < 120
    np.testing.assert_array_equal(read.i, network.i)
    np.testing.assert_array_equal(read.j, network.j)


def test_measures_of_a_million__in_a_minute(network):
    lonely = np.random.default_rng(1).random(MILLION) < 0.15

    start = time.perf_counter()
    found = network_statistics(MILLION, network.i, network.j, lonely)
    table = clustering_by_distance(MILLION, network.i, network.j, lonely, seed=1)
    assert time.perf_counter() - start < 120
    assert found["largest"] > 0.99
    assert abs(table["excess"][0]) < 0.1
    assert (table["low"] < 0.0).all() and (table["high"] > 0.0).all()
