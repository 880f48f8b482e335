"""What must hold whatever happens: time, ranges, rows of bonds, turnover, order of storage."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim import Intervention, World
from bondsim.network import Circles, Karate, Network, from_networkx
from bondsim.network.building import build
from bondsim.params import KINDS, Params, same_for_all_kinds
from bondsim.state import STATES, TRAITS
from tests.property.worlds import busy
from tests.science.worlds import bonds, lived, of_kind, params, people, same, town


def test_time__chosen_hours_stay_within_hours_in_expectation() -> None:
    # Expected hours of each day are at most those one has. Meetings of a day are independent
    # with lengths of a few hours, so that 60 days of 200 people give a mean within .04 h of the
    # expected one: the allowance of .2 h is five times that.
    eager = {"population.initiative_mean": 0.8, "population.hours_mean": 1.0}
    world = town(params(6, eager), 200)
    run = world.run(60)
    assert run.tables["series"]["hours"].mean() <= people(world)["hours"].mean() + 0.2
    without = town(params(6, eager, **{"population.hours_mean": 12.0}), 200).run(60)
    assert without.tables["series"]["hours"].mean() > run.tables["series"]["hours"].mean() + 0.3


def test_time__a_persons_chosen_hours_stay_within_theirs_in_expectation() -> None:
    # A person's mean over 200 days has a standard error below .2 h; of 100 people none lies six
    # standard errors over their hours but once in 10 million runs.
    world = town(params(6, **{"population.initiative_mean": 0.8, "population.hours_mean": 1.0}))
    hours = people(world)["hours"].astype(float)
    spent, squares = np.zeros(100), np.zeros(100)
    for _ in range(200):
        today = chosen_hours(world)
        spent += today
        squares += today**2
    mean = spent / 200
    error = np.sqrt(np.maximum(squares / 200 - mean**2, 0.0) / 200)
    assert (mean <= hours + 6.0 * error).all()


def chosen_hours(world: World) -> np.ndarray:
    """Live a day; each person's chosen hours."""
    spent = np.zeros(world.state.agents.id.size)
    for phase, state, now in world.engine.day(world.day, world.state, world._log):
        world.state = state
        if phase == "relate":
            spent = now.time.astype(float)
    world.day += 1
    return spent


@pytest.fixture(scope="module")
def busy_town() -> World:
    """A town after 200 days on which everything that can happen to a bond happens often."""
    plan = [
        Intervention(what=what, n=15, start=start, length=1)
        for start, what in ((30, "toxic_exit"), (60, "befriending"), (150, "toxic_exit"))
    ]
    return lived(town(busy(6, **{"turnover.rate": 0.002}), interventions=plan), 200)


def test_ranges__every_quantity_stays_in_0_1() -> None:
    world = town(busy(7, **{"turnover.rate": 0.002}), 50)
    for _ in range(100):
        world.step()
        now, views = people(world), bonds(world)
        columns = [now[name] for name in (*TRAITS, *STATES, "loneliness") if name != "hours"]
        columns += [views[f"{name}_{way}"] for name in UNIT_VIEWS for way in ("ij", "ji")]
        assert all(column.min() >= 0.0 and column.max() <= 1.0 for column in columns)
        assert min(views["kept_ij"].min(), views["broken_ij"].min()) > 0.0


UNIT_VIEWS = ("trust", "ceiling", "regard", "understanding", "closeness", "felt")


def test_rows__are_sorted_without_self_bonds_or_doubles(busy_town: World) -> None:
    agents, rows = busy_town.state.agents, busy_town.state.bonds
    for i in range(agents.id.size):
        first = rows.first[i]
        partners = rows.partner[first : first + rows.degree[i]]
        assert i not in partners
        assert (np.diff(agents.id[partners]) > 0).all()


def test_rows__both_halves_of_a_bond_know_each_other(busy_town: World) -> None:
    rows = busy_town.state.bonds
    for i in range(rows.first.size):
        slots = np.arange(rows.first[i], rows.first[i] + rows.degree[i])
        twins = rows.twin[slots]
        assert (rows.partner[twins] == i).all()
        assert np.array_equal(rows.twin[twins], slots)
        for name in ("kind", "born", "last_met"):
            column = getattr(rows, name)
            assert np.array_equal(column[twins], column[slots])


def test_bonds__number_is_what_events_say(busy_town: World) -> None:
    days, start = busy_town.series, bonds(town(busy(6)))["i"].size
    endings = days[["n_parted", "n_left", "n_moved"]]
    assert (endings.sum() > 10).all()
    change = days["n_made"] - endings.sum(axis=1)
    assert (start + change.cumsum() == days["bonds"]).all()
    assert days["bonds"].iloc[-1] == bonds(busy_town)["i"].size
    kinds = days[[f"bonds_{kind}" for kind in KINDS]]
    assert (kinds.sum(axis=1) == days["bonds"]).all()
    for kind in KINDS:
        assert kinds[f"bonds_{kind}"].iloc[-1] == of_kind(bonds(busy_town), kind).sum()
    told = busy_town.events["event"].value_counts()
    for event in ("made", "parted", "left", "moved"):
        assert days[f"n_{event}"].sum() == told[event]


def test_turnover__keeps_the_size_and_never_uses_an_id_twice() -> None:
    world = town(params(6, **{"turnover.rate": 0.01}))
    seen = set(people(world)["id"].tolist())
    left = 0
    for _ in range(100):
        before = set(people(world)["id"].tolist())
        world.step()
        after = set(people(world)["id"].tolist())
        assert len(after) == 100
        new = after - before
        assert not new & seen
        seen |= new
        left += len(new)
    # 100 people over 100 days at .01: 100 expected, standard deviation 10; false alarm 1e-8.
    assert 40 < left < 160
    assert seen == set(range(100 + left))


def test_turnover__no_two_people_of_a_place_have_the_same_traits() -> None:
    world = town(params(6, **{"turnover.rate": 0.2}), 30)
    agents, drawn = world.state.agents, dict[int, tuple[float, ...]]()
    for _ in range(20):
        columns = [getattr(agents, name).tolist() for name in TRAITS]
        for i, traits in zip(agents.id.tolist(), zip(*columns, strict=True), strict=True):
            assert drawn.setdefault(i, traits) == traits  # a person's own stay as they are
        world.step()
        agents = world.state.agents
    assert len(drawn) > 100
    for number in range(len(TRAITS)):
        assert len({traits[number] for traits in drawn.values()}) > 0.99 * len(drawn)


def shuffled(network: Network, seed: int) -> Network:
    """The same people and bonds, stored in other places."""
    place = np.random.default_rng(seed).permutation(network.n_agents)
    new = np.argsort(place).astype(np.int32)
    return Network(
        **{
            **vars(network),
            "ids": network.ids[place],
            "labels": network.labels[place],
            "i": new[network.i],
            "j": new[network.j],
            "agents": {name: column[place] for name, column in network.agents.items()},
        }
    )


def test_storage__order_of_people_in_memory_changes_nothing() -> None:
    # First steps toward strangers pick a place (ODD 7.5), so there are none here.
    changes = {"reach_out.via_friend": 0.5, "reach_out.via_context": 0.5}
    network = build(Circles(n_agents=80), 6)
    here, there = (
        lived(World(busy(6, **changes), n, threads=1), 120) for n in (network, shuffled(network, 1))
    )
    assert same(people(here), people(there))
    assert same(bonds(here), bonds(there))


def test_storage__order_in_which_a_graph_lists_its_people_changes_nothing() -> None:
    graph = build(Karate(), 6).to_networkx()
    turned = type(graph)()
    turned.add_nodes_from(reversed(list(graph.nodes(data=True))))
    turned.add_edges_from((j, i, data) for i, j, data in reversed(list(graph.edges(data=True))))
    one, other = (
        World(Params(seed=6), from_networkx(g, seed=6), threads=1).run(60) for g in (graph, turned)
    )
    assert one.hash == other.hash


def test_chance__another_seed_is_another_history() -> None:
    one, other = (town(Params(seed=seed)).run(10).hash for seed in (1, 2))
    assert one != other


def test_part__with_no_hazard_and_no_steps_the_network_stands_still() -> None:
    still = {"part.base": same_for_all_kinds(-40.0), "reach_out.step_rate": 0.0}
    world = town(params(6, still))
    before = bonds(world)
    after = bonds(lived(world, 200))
    assert np.array_equal(before["i"], after["i"]) and np.array_equal(before["j"], after["j"])
