"""Data frames and graphs: columns, types, names, and that they agree with each other."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from bondsim import Intervention, Params, Run, World
from bondsim.engine import EVENTS
from bondsim.history import column_units
from bondsim.measures.daily import SERIES
from bondsim.network import Karate, SmallWorld
from bondsim.params import KINDS
from bondsim.state import FIELDS
from tests.world.towns import PEOPLE, PLAN, params, town


@pytest.fixture(scope="module")
def world() -> World:
    world = town(interventions=PLAN)
    world.run(12, snapshots=[6])
    return world


@pytest.fixture(scope="module")
def run(world: World) -> Run:
    return world.result()


def test_columns_of_people(world: World) -> None:
    agents = world.agents
    read = ["loneliness", "lonely_days", "scale_score", "climate"]
    read += ["height", "headaches", "degree", "label"]
    assert list(agents) == ["day", *FIELDS["agents"], *read]
    for name, field in FIELDS["agents"].items():
        assert agents[name].dtype == field.dtype, name
    assert agents.day.unique().tolist() == [11]
    assert agents.id.is_monotonic_increasing and agents.id.is_unique


def test_climate_is_that_of_the_context() -> None:
    """A group is company beside one's context: its members keep the climate of their context."""
    group = Intervention(what="group", who="random", n=6, start=3, length=30)
    world = town(interventions=[group], turnover=0.03)
    world.run(10)
    agents, climate = world.agents, world.state.places.climate
    assert (np.diff(world.state.agents.id) < 0).any(), "places are in the order of ids"
    np.testing.assert_array_equal(agents.climate, climate[agents.context])
    inside = agents[agents.company != agents.context]
    assert len(inside) >= 3 and inside.company.nunique() == 1
    assert (inside.climate != climate[inside.company]).all()


def test_columns_of_bonds(world: World) -> None:
    bonds = world.bonds
    views = ("kept", "broken", "trust", "regard", "understanding", "closeness", "felt", "ceiling")
    for name in (f"{view}_{side}" for view in views for side in ("ij", "ji")):
        assert bonds[name].dtype == np.float32, name
    assert bonds.kind.cat.categories.tolist() == list(KINDS)
    assert (bonds.i < bonds.j).all() and not bonds.duplicated(["i", "j"]).any()
    felt = bonds[["felt_ij", "felt_ji"]]
    assert (bonds.strength == felt.min(axis=1)).all()
    shares = felt.min(axis=1) / felt.max(axis=1)
    np.testing.assert_allclose(bonds.reciprocity, shares.fillna(1.0), rtol=1e-6)
    assert (bonds.born <= 11).all() and (bonds.last_met <= 11).all()


def test_columns_of_events(run: Run) -> None:
    events = run.frame("events")
    assert list(events) == ["day", "event", "i", "j", "kind", "label_i", "label_j"]
    assert events.event.cat.categories.tolist() == list(EVENTS)
    assert events.day.is_monotonic_increasing
    assert (events.i != events.j).all()
    assert events.kind.notna().all() and events.event.notna().all()


def test_columns_of_the_series(run: Run) -> None:
    series = run.frame("series")
    for name, field in SERIES.items():
        assert series[name].dtype == field.dtype, name
    assert series.notna().all(axis=None)
    assert series.day.tolist() == list(range(12))


@pytest.mark.parametrize("name", ["series", "events", "agents", "bonds"])
def test_every_column_has_a_unit_and_a_meaning(run: Run, name: str) -> None:
    units = column_units()[name]
    assert set(units) == set(run.frame(name))
    assert all(column["unit"] and column["meaning"] for column in units.values())


def test_every_number_is_finite_and_in_range(run: Run) -> None:
    agents, bonds = run.frame("agents"), run.frame("bonds")
    unit = [n for n, f in FIELDS["agents"].items() if f.dtype == "float32" and f.unit == "1"]
    assert agents[[*unit, "loneliness"]].apply(lambda x: x.between(0.0, 1.0)).all(axis=None)
    views = ("trust", "regard", "understanding", "closeness", "felt", "ceiling")
    for name in (f"{view}_{side}" for view in views for side in ("ij", "ji")):
        assert bonds[name].between(0.0, 1.0).all(), name
    assert np.isfinite(bonds.select_dtypes("number")).all(axis=None)


def test_people_bonds_series_and_events_agree(run: Run) -> None:
    agents, bonds = (run.frame(n).query("day == 11") for n in ("agents", "bonds"))
    series = run.frame("series").iloc[-1]
    ends = pd.concat([bonds.i, bonds.j]).value_counts()
    assert agents.degree.tolist() == [ends.get(i, 0) for i in agents.id]
    assert series.bonds == len(bonds)
    for kind in KINDS:
        assert series[f"bonds_{kind}"] == (bonds.kind == kind).sum()
    assert series.loneliness == pytest.approx(agents.loneliness.mean(), abs=1e-6)


def test_bonds_are_the_first_ones_and_what_the_events_say(run: Run) -> None:
    """Starting from the network, made adds a bond, parted and left take it away."""
    network = run.network
    bonded = set(map(frozenset, np.column_stack([network.i, network.j]).tolist()))
    for row in run.frame("events").itertuples():
        pair = frozenset((row.i, row.j))
        if row.event == "made":
            assert pair not in bonded
            bonded.add(pair)
        elif row.event in ("parted", "left"):
            bonded.remove(pair)
        else:
            assert pair in bonded
    last = run.frame("bonds").query("day == 11")
    assert bonded == {frozenset(pair) for pair in zip(last.i, last.j, strict=True)}


def test_frames_are_copies(world: World) -> None:
    before = world.result().hash
    for frame in (world.agents, world.bonds, world.series, world.result().frame("agents")):
        frame.loc[:, "day"] = -5
    assert world.result().hash == before and (world.agents.day == 11).all()


def test_a_world_before_its_first_day() -> None:
    world = town()
    assert len(world.agents) == PEOPLE and len(world.bonds) == world.network.n_bonds
    assert len(world.series) == 0 and len(world.events) == 0
    assert "loneliness" in world.series and "event" in world.events
    assert world.to_networkx().number_of_edges() == world.network.n_bonds


def test_a_quiet_world_has_an_empty_event_table() -> None:
    quiet = params().replace(**{
        "reach_out.step_rate": 0.0, "reach_out.partner_prob": 0.0, "reach_out.friend_cut": 1.0,
        "part.base": dict.fromkeys(KINDS, -40.0), "relate.promise_prob": 0.0,
        "relate.deceit_prob": 0.0,
    })  # fmt: skip
    run = World(quiet, SmallWorld(n_agents=10, degree=2)).run(3)
    events = run.frame("events")
    assert len(events) == 0
    assert list(events) == ["day", "event", "i", "j", "kind", "label_i", "label_j"]
    assert events.event.cat.categories.tolist() == list(EVENTS)
    assert run.frame("series").filter(like="n_").sum().sum() == 0


def test_unknown_table_is_refused(run: Run) -> None:
    with pytest.raises((KeyError, ValueError), match="weather"):
        run.frame("weather")


# --- labels ---------------------------------------------------------------------------------


NAMES = nx.Graph([("Ana", "Bo"), ("Bo", "Ça"), ("Ça", "7"), ("7", "Ana"), ("10", "Bo")])


def test_labels_are_the_users_own() -> None:
    world = World(params(), NAMES)
    run = world.run(6)
    assert set(world.agents.label) == set(NAMES)
    label = world.agents.set_index("id").label
    for frame in (run.frame("bonds"), run.frame("events")):
        assert (frame.label_i == frame.i.map(label)).all()
        assert (frame.label_j == frame.j.map(label)).all()
    assert set(world.to_networkx()) == set(NAMES)


def test_whole_numbers_are_ids() -> None:
    world = World(Params(), nx.Graph([(5, 1000), (1000, 77)]))
    world.run(1)
    assert world.agents.id.tolist() == [5, 77, 1000]
    assert world.agents.label.tolist() == ["5", "77", "1000"]


def test_newcomers_have_labels_of_their_own() -> None:
    """Names that look like ids: a newcomer's must be nobody's."""
    people = nx.Graph([("a", "3"), ("3", "4"), ("4", "5"), ("5", "6")])
    world = World(params(turnover=0.1), people)
    for _ in range(12):
        world.step()
        assert world.agents.label.is_unique
        assert world.to_networkx().number_of_nodes() == 5


# --- networkx -------------------------------------------------------------------------------


def test_graph_is_the_tables(world: World) -> None:
    graph, agents, bonds = world.to_networkx(), world.agents, world.bonds
    assert type(graph) is nx.Graph and graph.graph["day"] == 12
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (PEOPLE, len(bonds))
    for row in agents.to_dict("records"):
        label = row.pop("label")
        assert graph.nodes[label] == row and graph.degree[label] == row["degree"]
    first = bonds.iloc[0]
    edge = graph.edges[first.label_i, first.label_j]
    assert edge["kind"] in KINDS and edge["strength"] == first.strength


def test_graph_can_be_analysed_and_written(world: World, tmp_path) -> None:
    graph = world.to_networkx()
    assert 0.0 <= nx.average_clustering(graph, weight="strength") <= 1.0
    nx.write_gexf(graph, tmp_path / "town.gexf")
    nx.write_graphml(graph, tmp_path / "town.graphml")
    back = nx.read_graphml(tmp_path / "town.graphml")
    assert nx.utils.graphs_equal(nx.Graph(back.edges), nx.Graph(graph.edges))


def test_isolated_people_are_nodes() -> None:
    graph = nx.Graph([(0, 1)])
    graph.add_nodes_from(range(2, 6))
    lonely = params().replace(**{"reach_out.step_rate": 0.0})
    world = World(lonely, graph)
    world.run(3)
    assert set(nx.isolates(world.to_networkx())) >= {"2", "3", "4", "5"}


def test_the_karate_club_is_itself() -> None:
    world = World(Params(), Karate())
    ours = nx.relabel_nodes(world.to_networkx(), int)
    assert set(map(frozenset, ours.edges)) == set(map(frozenset, nx.karate_club_graph().edges))
