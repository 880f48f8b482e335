"""Generated networks: laws they follow, and one seed, one network."""

from __future__ import annotations

import time

import networkx as nx
import numpy as np
import pytest

from bondsim.compiling import compiled
from bondsim.errors import ParameterError
from bondsim.network import (
    SOURCES,
    Blocks,
    Circles,
    Configuration,
    Network,
    ScaleFree,
    SmallWorld,
    build,
    spec_from_dict,
)
from bondsim.network.kernels import attach, skip
from bondsim.params import CLIENT, COWORKER, FAMILY, FRIEND, KINDS, PARTNER

GENERATED = [
    Circles(n_agents=400),
    SmallWorld(n_agents=400),
    ScaleFree(n_agents=400),
    Blocks(n_agents=400, n_blocks=10),
    Configuration(n_agents=400),
]


def arrays(network: Network) -> list[np.ndarray]:
    columns = [network.agents[name] for name in sorted(network.agents)]
    return [network.ids, network.i, network.j, network.kind, network.born, *columns]


def degrees(network: Network, kind: int | None = None) -> np.ndarray:
    chosen = slice(None) if kind is None else network.kind == kind
    ends = np.concatenate([network.i[chosen], network.j[chosen]])
    return np.bincount(ends, minlength=network.n_agents)


def graph_of(network: Network) -> nx.Graph:
    graph = nx.Graph(zip(network.i.tolist(), network.j.tolist(), strict=True))
    graph.add_nodes_from(range(network.n_agents))
    return graph


def pairs(network: Network) -> set[tuple[int, int]]:
    return set(zip(network.i.tolist(), network.j.tolist(), strict=True))


def check(network: Network) -> None:
    """The promises in the docstring of `Network`."""
    n, m = network.n_agents, network.n_bonds
    ids, i, j = network.ids, network.i, network.j
    assert (ids.dtype, i.dtype, j.dtype, network.kind.dtype) == ("int64", "int32", "int32", "int8")
    assert ids.shape == network.labels.shape == (n,)
    assert i.shape == j.shape == network.kind.shape == network.born.shape == (m,)
    assert (np.diff(ids) > 0).all()
    assert ids.min() >= 0
    assert (ids[i] < ids[j]).all()
    assert (np.diff((ids[i] << 32) | ids[j]) > 0).all()
    assert np.isin(network.kind, range(len(KINDS))).all()
    assert not (network.born > 0).any()
    for name in ("context", "group"):
        column = network.agents[name]
        assert column.dtype == np.int32
        assert set(column.tolist()) == set(range(column.max() + 1))
    for name in ("position_x", "position_y"):
        assert ((network.agents[name] >= 0) & (network.agents[name] < 1)).all()
    assert all(view.shape == (m, 2) for view in network.views.values())


@pytest.mark.parametrize("spec", GENERATED, ids=lambda spec: spec.source)
def test_build__keeps_the_promises_of_a_network(spec):
    check(build(spec, 5))


@pytest.mark.parametrize("spec", GENERATED, ids=lambda spec: spec.source)
def test_build__same_seed_same_arrays_other_seed_other_bonds(spec):
    first, again, other = build(spec, 7), build(spec, 7), build(spec, 8)

    for a, b in zip(arrays(first), arrays(again), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first.i, other.i) or not np.array_equal(first.j, other.j)


@pytest.mark.parametrize("n", [2, 3, 7, 30, 61])
@pytest.mark.parametrize("kin_size", [1, 2, 50])
def test_circles__tiny_worlds_are_networks_too(n, kin_size):
    network = build(Circles(n_agents=n, kin_size=kin_size, partnered=1.0, context_size=7), 3)

    check(network)
    assert degrees(network, PARTNER).max(initial=0) <= 1


@pytest.mark.parametrize(
    ("kind", "mean"), [(FAMILY, 62 / 15), (PARTNER, 0.6), (FRIEND, 7.0), (COWORKER, 4), (CLIENT, 1)]
)
def test_circles__mean_number_of_each_kind(kind, mean):
    spec = Circles(n_agents=5000, friends=7.0, coworkers=4.0, context_size=40, context_spread=0.08)
    network = build(spec, 11)

    # standard errors are below 1.5 %; precedence takes a few coworkers who are friends
    assert degrees(network, kind).mean() == pytest.approx(mean, rel=0.06)


def test_circles__kin_groups_are_complete_and_the_groups():
    network = build(Circles(n_agents=1000, kin_size=4), 2)
    sizes = np.bincount(network.agents["group"])

    family = network.kind == FAMILY
    group = network.agents["group"]
    np.testing.assert_array_equal(group[network.i[family]], group[network.j[family]])
    assert family.sum() == (sizes * (sizes - 1) // 2).sum()
    assert set(sizes[:-1].tolist()) == {3, 4, 5}


def test_circles__partners_are_one_each_and_not_kin():
    network = build(Circles(n_agents=1000, partnered=0.8), 4)
    couples = network.kind == PARTNER
    group = network.agents["group"]

    assert degrees(network, PARTNER).max() == 1
    assert (group[network.i[couples]] != group[network.j[couples]]).all()
    assert couples.sum() == 400


def test_circles__coworkers_share_a_context_and_clients_do_not():
    network = build(Circles(n_agents=2000), 4)
    context = network.agents["context"]
    same = context[network.i] == context[network.j]

    assert same[network.kind == COWORKER].all()
    assert not same[network.kind == CLIENT].any()


def test_circles__friends_cluster_and_are_near_in_interest():
    network = build(Circles(n_agents=2000), 6)
    friends = network.kind == FRIEND
    i, j = network.i[friends], network.j[friends]
    apart = np.zeros(i.shape)
    for name in ("position_x", "position_y"):
        gap = np.abs(network.agents[name][i] - network.agents[name][j])
        apart += np.minimum(gap, 1 - gap) ** 2

    assert np.sqrt(apart.max()) < 1.5 * np.sqrt(13 / (np.pi * 1999)) + 1e-9
    graph = nx.Graph(zip(i.tolist(), j.tolist(), strict=True))
    assert nx.average_clustering(graph) > 0.4
    assert nx.average_clustering(graph_of(network)) > 0.15


def test_circles__spread_widens_the_degrees_and_none_gives_poisson():
    even = degrees(build(Circles(n_agents=5000, friends_spread=0.0), 1), FRIEND)
    wide = degrees(build(Circles(n_agents=5000, friends_spread=0.9), 1), FRIEND)

    assert even.var() / even.mean() == pytest.approx(1.0, abs=0.1)
    assert wide.mean() == pytest.approx(13.0, rel=0.05)
    assert wide.var() == pytest.approx(13 + (13 * 0.9) ** 2 / 3, rel=0.15)


def test_circles__context_spread_unties_contexts_from_interest():
    def spread_within(context_spread):
        agents = build(Circles(n_agents=2000, context_spread=context_spread), 9).agents
        return np.mean([agents["position_x"][agents["context"] == c].std() for c in range(20)])

    assert spread_within(0.0) < 0.5 * spread_within(1.0)


def test_circles__numbers_follow_the_space():
    network = build(Circles(n_agents=5000), 1)
    x, y = network.agents["position_x"], network.agents["position_y"]

    # along the curve the next person is about one mean spacing (1 / sqrt n) away
    assert np.median(np.hypot(np.diff(x), np.diff(y))) < 2 / np.sqrt(5000)


def test_circles__hundred_thousand_people_in_seconds():
    build(Circles(n_agents=100), 1)
    start = time.perf_counter()

    network = build(Circles(n_agents=100_000), 1)

    assert time.perf_counter() - start < 15
    assert network.n_agents == 100_000


def test_small_world__a_ring_without_rewiring_is_watts_strogatz():
    network = build(SmallWorld(n_agents=60, degree=6, rewire=0.0), 1)
    reference = nx.watts_strogatz_graph(60, 6, 0.0)

    assert pairs(network) == {tuple(sorted(edge)) for edge in reference.edges}


def test_small_world__rewired_bonds_keep_their_number_and_lose_clustering():
    ring = build(SmallWorld(n_agents=1000, rewire=0.0), 1)
    mixed = build(SmallWorld(n_agents=1000, rewire=0.3), 1)

    assert mixed.n_bonds == ring.n_bonds == 5000
    ratio = nx.average_clustering(graph_of(mixed)) / nx.average_clustering(graph_of(ring))
    assert ratio == pytest.approx(0.7**3, abs=0.06)  # Barrat & Weigt: (1 - p)^3
    far = np.abs(mixed.i - mixed.j) > 5
    assert (far & (mixed.j - mixed.i < 995)).mean() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("rewire", [0.0, 0.5, 1.0])
def test_small_world__crowded_ring_stays_simple(rewire):
    network = build(SmallWorld(n_agents=7, degree=6, rewire=rewire), 1)

    check(network)
    assert network.n_bonds <= 21


def test_kernels__plain_python_gives_what_compiled_code_gives():
    plain, fast = np.zeros((2, 4 * 46, 2), dtype=np.int64)
    attach(9, 50, 4, plain)
    compiled(attach)(9, 50, 4, fast)
    np.testing.assert_array_equal(plain, fast)

    plain, fast = np.zeros((2, 300), dtype=np.int64)
    assert skip(9, 1, 1000.0, 0.2, plain) == compiled(skip)(9, 1, 1000.0, 0.2, fast)
    np.testing.assert_array_equal(plain, fast)


def test_scale_free__counts_and_power_tail_of_barabasi_albert():
    network = build(ScaleFree(n_agents=20_000, links=3), 1)
    found = degrees(network)

    assert network.n_bonds == 3 * (20_000 - 3)
    # P(degree >= k) = m (m + 1) / (k (k + 1)) for m links
    for k in (5, 10, 30):
        assert (found >= k).mean() == pytest.approx(12 / (k * (k + 1)), rel=0.12)
    assert found.min() >= 1


def test_blocks__degrees_within_and_between():
    network = build(Blocks(n_agents=6000, n_blocks=100, degree_within=8, degree_between=2), 1)
    block = network.agents["context"]
    within = block[network.i] == block[network.j]

    assert np.bincount(block).tolist() == [60] * 100
    assert 2 * within.sum() / 6000 == pytest.approx(8, rel=0.03)
    assert 2 * (~within).sum() / 6000 == pytest.approx(2, rel=0.05)
    assert degrees(network).var() == pytest.approx(10 - 8 * 8 / 59, rel=0.1)


@pytest.mark.parametrize("degree", [5e-324, 1e-300, 1e-18, 1e-15, 1e-13, 1e-11, 1e-9])
def test_blocks__bonds_rarer_than_any_number_can_tell(degree):
    spec = Blocks(n_agents=200, n_blocks=2, degree_within=0, degree_between=degree)

    assert build(spec, 1).n_bonds == 0


@pytest.mark.parametrize("prob", [1e-15, 1e-13, 1e-12, 2e-12, 1e-9])
def test_kernels__gaps_of_rare_choices_are_geometric(prob):
    """Places far beyond any network: the mean gap of 20000 is 1 / prob, to 4 standard errors."""
    plain, fast = np.zeros((2, 20_000), dtype=np.int64)

    assert compiled(skip)(3, 1, 2.0**62, prob, fast[:500]) <= 500
    count = compiled(skip)(3, 1, 2.0**62, prob, fast)

    assert count == skip(3, 1, 2.0**62, prob, plain)
    np.testing.assert_array_equal(plain, fast)
    assert (np.diff(fast[:count]) >= 0).all()
    if count == 20_000:
        assert fast[-1] / count * prob == pytest.approx(1.0, abs=4 / 20_000**0.5)
    else:
        assert count == pytest.approx(2.0**62 * prob, rel=4 / (2.0**62 * prob) ** 0.5)


@pytest.mark.parametrize("prob", [5e-324, 1e-310, 1e-30, 1e-17])
def test_kernels__a_gap_beyond_all_places_ends_it(prob):
    for each in (skip, compiled(skip)):
        assert each(3, 1, 1e15, prob, np.zeros(10, dtype=np.int64)) == 0


def test_blocks__full_blocks_are_complete():
    network = build(Blocks(n_agents=20, n_blocks=4, degree_within=4, degree_between=0), 1)

    assert network.n_bonds == 4 * 10


def test_blocks__every_pair_is_as_likely_as_another():
    counts = np.zeros((8, 8))
    for seed in range(400):
        network = build(Blocks(n_agents=8, n_blocks=1, degree_within=3.5, degree_between=0), seed)
        counts[network.i, network.j] += 1

    # 28 pairs, each Binomial(400, 1/2): |z| < 4 for all, false alarm below 0.2 %
    assert (np.abs(counts[np.triu_indices(8, 1)] - 200) < 40).all()


@pytest.mark.parametrize("dispersion", [0.5, 2.0, 1000.0])
def test_configuration__negative_binomial_degrees(dispersion):
    network = build(Configuration(n_agents=20_000, degree=8.0, dispersion=dispersion), 1)
    found = degrees(network)

    assert found.mean() == pytest.approx(8.0, rel=0.04)
    assert found.var() == pytest.approx(8 + 64 / dispersion, rel=0.1)


def test_generated__contexts_as_asked():
    runs = build(SmallWorld(n_agents=200, context_size=20), 1).agents["context"]
    found = build(SmallWorld(n_agents=200, rewire=0.0, contexts="communities"), 1).agents["context"]
    one = build(SmallWorld(n_agents=200, contexts="one"), 1).agents["context"]

    assert np.bincount(runs).tolist() == [20] * 10
    assert found.max() > 1
    assert not one.any()


def test_generated__people_without_family_are_their_own_kin():
    network = build(SmallWorld(n_agents=50), 1)

    np.testing.assert_array_equal(network.agents["group"], np.arange(50))


def test_generated__source_is_generator_and_parameters():
    source = build(Circles(n_agents=50), 1).source

    assert source["source"] == "circles"
    assert source["n_agents"] == 50


@pytest.mark.parametrize(
    ("source", "people", "bonds"),
    [("karate", 34, 78), ("les_miserables", 77, 254), ("florentine", 15, 20), ("davis", 18, 139)],
)
def test_builtin__agrees_with_networkx(source, people, bonds):
    network = build(SOURCES[source](), 1)

    check(network)
    assert (network.n_agents, network.n_bonds) == (people, bonds)
    assert (network.kind == FRIEND).all()


def test_builtin__karate_bonds_and_clubs():
    network = build(spec_from_dict({"source": "karate"}), 1)
    reference = nx.karate_club_graph()
    clubs = [reference.nodes[k]["club"] == "Officer" for k in range(34)]

    assert pairs(network) == {tuple(sorted(e)) for e in reference.edges}
    np.testing.assert_array_equal(network.agents["context"], clubs)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"source": "smallworld"}, "network.source must be one of circles, small_world"),
        ({"source": "circles", "n_agent": 5}, "network.n_agent"),
        ({"source": "circles", "n_agents": 1}, r"network.n_agents .*\[2,"),
        ({"source": "small_world", "degree": 5}, "network.degree must be an even number"),
        ({"source": "small_world", "n_agents": 8}, "network.degree must be .* below n_agents = 8"),
        ({"source": "scale_free", "n_agents": 4}, "network.links"),
        ({"source": "blocks", "n_agents": 40}, "network.n_blocks must be at most half"),
        ({"source": "blocks", "degree_within": 40}, "network.degree_within must be at most 39"),
        ({"source": "blocks", "n_blocks": 1, "degree_between": 1}, "network.degree_between"),
        ({"source": "karate", "name": "davis"}, "network.name"),
        ({"source": "karate", "kind": "enemy"}, "network.kind must be one of family"),
        ({"source": "edge_list"}, "network.path must be a path, got ''"),
        ({"source": "edge_list", "path": 5}, "network.path must be a path"),
        ({"source": "waves", "paths": "one.csv,two.csv"}, "network.paths must be a list of at"),
        ({"source": "waves", "paths": ["one.csv"]}, "a list of at least 2 texts"),
        ({"source": "waves", "paths": ["one.csv", 2]}, "a list of at least 2 texts"),
    ],
)
def test_spec_from_dict__refuses_by_name(mapping, message):
    with pytest.raises(ParameterError, match=message):
        spec_from_dict(mapping)


def test_spec_from_dict__every_source_by_its_name():
    given = {"edge_list": {"path": "a.csv"}, "graphml": {"path": "a.graphml"}}
    given["waves"] = {"paths": ["a.csv", "b.csv"]}

    for name, cls in SOURCES.items():
        assert type(spec_from_dict({"source": name, **given.get(name, {})})) is cls


def test_build__refuses_what_is_no_spec():
    with pytest.raises(ParameterError, match="circles, small_world"):
        build("circles", 1)
