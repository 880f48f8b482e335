"""Worlds at the edge: two strangers, hermits, a person with 200 bonds, survey waves."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from bondsim import Params, World, engine, rows
from bondsim.network import Karate, LesMiserables, ScaleFree, Waves
from bondsim.rows import used_slots
from bondsim.state import Bonds
from tests.world.towns import PLAN, params, town


def check_rows(world: World) -> None:
    """Every bond is two slots that know each other, in order of id, within the rows."""
    bonds: Bonds = world.state.bonds
    ids = world.state.agents.id
    slots, owner = used_slots(bonds)
    assert (bonds.degree <= bonds.capacity).all()
    assert (bonds.twin[bonds.twin[slots]] == slots).all()
    assert (bonds.partner[bonds.twin[slots]] == owner).all()
    assert (bonds.kind[bonds.twin[slots]] == bonds.kind[slots]).all()
    same_row = owner[1:] == owner[:-1]
    assert (np.diff(ids[bonds.partner[slots]])[same_row] > 0).all()
    assert (bonds.partner[slots] != owner).all()


def test_rows_stay_whole_through_everything() -> None:
    world = town(turnover=0.05, interventions=PLAN)
    for _ in range(30):
        world.step()
        check_rows(world)


def test_rows_laid_out_anew_again_and_again_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a reserve each row that outgrows its room has all rows laid out anew."""

    def lived() -> World:
        world = town(turnover=0.05, interventions=PLAN, threads=2)
        world.run(25)
        return world

    undisturbed, times = lived(), []
    anew = rows.with_room
    monkeypatch.setattr(engine, "SMALL", 0)
    monkeypatch.setattr(engine, "BLOCK", 17)
    monkeypatch.setattr(rows, "_n_slots", lambda capacity: int(capacity.sum()) + 3)
    monkeypatch.setattr(rows, "with_room", lambda *given: times.append(1) or anew(*given))
    world = lived()
    assert len(times) > 5
    check_rows(world)
    assert world.result().hash == undisturbed.result().hash
    spare = np.setdiff1d(
        np.arange(world.state.bonds.partner.size), used_slots(world.state.bonds)[0]
    )
    assert np.isfinite(world.state.bonds.closeness[spare]).all()


def test_two_strangers_meet() -> None:
    two = nx.empty_graph(2)
    world = World(params(), two)
    run = world.run(60)
    assert len(run.frame("bonds").query("day == 0")) <= 1
    assert (run.frame("events").event == "made").any()
    assert run.frame("series").notna().all(axis=None)


def test_two_strangers_who_never_do() -> None:
    world = World(params().replace(**{"reach_out.step_rate": 0.0}), nx.empty_graph(2))
    run = world.run(5, snapshots=[2])
    assert len(run.frame("bonds")) == 0 and len(run.frame("events")) == 0
    assert run.frame("agents").degree.tolist() == [0] * 6
    assert run.frame("series").isolated.tolist() == [1.0] * 5


def test_hermits_among_others() -> None:
    graph = nx.karate_club_graph()
    graph.add_nodes_from(range(100, 110))
    world = World(params(), graph)
    assert (world.agents.degree == 0).sum() == 10
    assert world.run(20).frame("series").notna().all(axis=None)
    check_rows(world)


def test_a_person_with_200_bonds() -> None:
    open_door = params().replace(**{"reach_out.room": 1000})
    world = World(open_door, nx.star_graph(200))
    assert world.agents.degree.max() == 200
    world.run(15)
    check_rows(world)
    graph = world.to_networkx()
    degrees = world.agents.set_index("label").degree
    assert dict(graph.degree) == degrees.to_dict()


def test_rows_grow_far_beyond_their_room() -> None:
    """Everybody befriends everybody, from nothing: rows move many times."""
    sociable = params().replace(**{
        "reach_out.step_base": 20.0, "reach_out.accept_base": 20.0, "reach_out.room": 1000,
        "reach_out.via_friend": 0.0, "reach_out.via_context": 0.0,
        "part.base": dict.fromkeys(("family", "partner", "friend", "coworker", "client"), -40.0),
    })  # fmt: skip
    world = World(sociable, nx.empty_graph(40))
    capacity = world.state.bonds.capacity.copy()
    for _ in range(60):
        world.step()
        check_rows(world)
    assert (world.agents.degree > capacity).all()


@pytest.mark.parametrize("network", [Karate(), LesMiserables(), ScaleFree(n_agents=50)])
def test_other_sources(network: object) -> None:
    world = World(params(), network)
    assert len(world.run(5).frame("series")) == 5
    check_rows(world)


def test_the_default_world() -> None:
    world = World()
    assert world.params == Params() and world.network.n_agents == 2000
    assert len(world.run(1).frame("agents")) == 2000


def test_later_waves_are_kept_and_do_not_matter(tmp_path: Path) -> None:
    first = "source,target\na,b\nb,c\nc,d\n"
    for name, text in {"w1": first, "w2": "source,target\na,c\n", "w3": first}.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    world = World(params(), Waves(paths=[tmp_path / f"w{k}.csv" for k in (1, 2)]))
    other = World(params(), Waves(paths=[tmp_path / f"w{k}.csv" for k in (1, 3)]))
    run = world.run(6)
    assert [wave.name for wave in run.network.waves] == ["w2"]
    wave, labels = run.network.waves[0], run.network.labels
    assert (labels[wave.i].tolist(), labels[wave.j].tolist()) == (["a"], ["c"])
    assert run.frame("agents").equals(other.run(6).frame("agents"))
