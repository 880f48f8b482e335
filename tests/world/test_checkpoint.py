"""Checkpoints: a saved world goes on bit for bit; anything else in a file is refused."""

from __future__ import annotations

import gc
import json
import os
import pickle
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from bondsim import DataError, Intervention, ParameterError, Rules, World
from bondsim.interventions import WHATS
from bondsim.network import EdgeList, Network, Wave, Waves
from tests.world.towns import PLAN, params, town

DAYS = 14


def through_file(world: World, path: Path, **options: Any) -> World:
    return World.load(world.save(path), **options)


def same_arrays(one: Path, other: Path) -> bool:
    with np.load(one) as a, np.load(other) as b:
        return a.files == b.files and all(a[k].tobytes() == b[k].tobytes() for k in a.files)


# --- going on -------------------------------------------------------------------------------


@pytest.mark.parametrize("saved_after", range(DAYS))
def test_goes_on_bit_for_bit(saved_after: int, tmp_path: Path) -> None:
    """With interventions of all sorts in force, borrowed contexts, and people moving away."""
    options: dict[str, Any] = {"interventions": PLAN, "turnover": 0.02}
    whole = town(**options).run(DAYS, snapshots=[5])
    world = town(**options)
    for _ in range(saved_after):
        world.step()
    loaded = through_file(world, tmp_path / "w.npz")
    for again in (world, loaded):
        again.run(DAYS - saved_after)
    assert loaded.result().hash == world.result().hash
    assert loaded.series.equals(whole.frame("series"))
    assert loaded.events.equals(whole.frame("events"))
    assert loaded.result().cost == pytest.approx(whole.cost, rel=1e-12)


@pytest.mark.parametrize("what", WHATS)
def test_every_intervention_goes_on(what: str, tmp_path: Path) -> None:
    plan = [Intervention(what=what, n=6, start=2, length=3, fade=3, dose=0.4, hours=0.3)]
    world = town(interventions=plan)
    world.run(4)
    loaded = through_file(world, tmp_path / "w.npz")
    assert loaded.run(6).hash == world.run(6).hash


def test_saved_again_and_again(tmp_path: Path) -> None:
    world, kept = (town(interventions=PLAN, turnover=0.02) for _ in range(2))
    for _ in range(8):
        world.run(1)
        kept.run(1)
        kept = through_file(kept, tmp_path / "w.npz")
    assert kept.result().hash == world.result().hash


def test_a_loaded_world_is_saved_as_the_same_bytes(tmp_path: Path) -> None:
    world = town(interventions=PLAN)
    world.run(5)
    first = world.save(tmp_path / "a.npz")
    second = World.load(first).save(tmp_path / "b.npz")
    assert same_arrays(first, second)


def test_before_the_first_day(tmp_path: Path) -> None:
    loaded = through_file(town(interventions=PLAN), tmp_path / "w.npz")
    assert loaded.day == 0 and len(loaded.series) == 0
    assert loaded.run(9, burn_in=2).hash == town(interventions=PLAN).run(9, burn_in=2).hash


def test_saving_changes_nothing(tmp_path: Path) -> None:
    world = town(interventions=PLAN)
    world.run(4)
    before = world.result().hash
    world.save(tmp_path / "w.npz")
    assert world.result().hash == before
    assert world.run(3).cost > 0.0


def test_burn_in_and_snapshots_come_along(tmp_path: Path) -> None:
    world = town()
    world.run(3, burn_in=4, snapshots=[5])
    loaded = through_file(world, tmp_path / "w.npz")
    assert (loaded.day, loaded.burn_in, loaded.history.kept()) == (7, 4, [4, 5, 6])
    with pytest.raises(ParameterError, match="burn_in"):
        loaded.run(1, burn_in=1)
    assert loaded.run(2).hash == world.run(2).hash


def test_threads_of_a_loaded_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bondsim.engine.SMALL", 0)
    world = town(threads=1)
    loaded = through_file(world, tmp_path / "w.npz", threads=3)
    assert loaded.engine.threads == 3
    assert loaded.run(4).hash == world.run(4).hash
    with pytest.raises(ParameterError, match="threads"):
        World.load(tmp_path / "w.npz", threads=0)


def test_names_and_infinite_parameters_come_along(tmp_path: Path) -> None:
    graph = nx.Graph([("Ana", "Bo"), ("Bo", "Ça"), ("Ça", "☂")])
    world = World(params().replace(**{"cool.view_half_life": float("inf")}), graph)
    loaded = through_file(world, tmp_path / "w.npz")
    assert loaded.params == world.params
    assert loaded.agents.label.tolist() == ["Ana", "Bo", "Ça", "☂"]
    assert loaded.run(3).hash == world.run(3).hash


def test_waves_come_along(tmp_path: Path) -> None:
    paths = [tmp_path / f"wave{k}.csv" for k in (1, 2, 3)]
    for k, path in enumerate(paths):
        path.write_text(f"source,target\na,b\nb,c\nc,{'ade'[k]}\n", encoding="utf-8")
    world = World(params(), Waves(paths=paths))
    world.run(2)
    loaded = through_file(world, tmp_path / "w.npz")
    for one, other in zip(world.network.waves, loaded.network.waves, strict=True):
        assert one.name == other.name and one.i.tolist() == other.i.tolist()
        assert one.j.tolist() == other.j.tolist() and one.kind.tolist() == other.kind.tolist()
    assert [wave.name for wave in loaded.network.waves] == ["wave2", "wave3"]
    assert loaded.run(3).hash == world.run(3).hash


def the_same(one: Any, other: Any, where: str) -> None:
    """All that a network holds: every field, column and wave, with types and bits."""
    assert type(one) is type(other), where
    if isinstance(one, Network | Wave):
        for field in fields(one):
            the_same(getattr(one, field.name), getattr(other, field.name), f"{where}.{field.name}")
    elif isinstance(one, dict):
        assert list(one) == list(other), where
        for name in one:
            the_same(one[name], other[name], f"{where}.{name}")
    elif isinstance(one, tuple):
        assert len(one) == len(other), where
        for n, (a, b) in enumerate(zip(one, other, strict=True)):
            the_same(a, b, f"{where}.{n}")
    elif isinstance(one, np.ndarray) and one.dtype != object:
        assert (one.dtype, one.shape) == (other.dtype, other.shape), where
        assert one.tobytes() == other.tobytes(), where
    else:
        assert list(one) == list(other) if isinstance(one, np.ndarray) else one == other, where


def test_the_whole_network_comes_along(tmp_path: Path) -> None:
    """With ages and views of bonds, and what each wave says of its people."""
    texts = {
        "one.csv": "source,target,kind,age,kept_ij,kept_ji,regard\n"
        "a,b,family,9,3,1,\nc,b,,,2,,0.5\n",
        "two.csv": "source,target,kind\nd,a,client\nb,a,family\n",
        "three.csv": "source,target\nd,e\n",
        "people.csv": "id,wave,emotional,need,context\n"
        "a,1,0.1,0.3,x\nb,1,,0.4,y\nc,1,0.2,,x\na,2,0.5,,z\nd,2,0.6,0.7,x\ne,3,,0.8,y\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    *waves, people = (tmp_path / name for name in texts)
    world = World(params(), Waves(paths=waves, attributes=people))
    network = world.network
    assert set(network.views) == {"kept", "regard"} and np.isfinite(network.born).any()
    assert {"emotional", "need", "context"} <= set(network.agents)
    assert [set(wave.agents) for wave in network.waves] == [{"emotional", "need", "context"}] * 2
    loaded = through_file(world, tmp_path / "w.npz")
    the_same(network, loaded.network, "network")
    assert loaded.run(3).hash == world.run(3).hash


def test_the_networks_file_is_needed_no_more(tmp_path: Path) -> None:
    bonds = tmp_path / "bonds.csv"
    bonds.write_text("source,target\na,b\nb,c\n", encoding="utf-8")
    world = World(params(), EdgeList(path=bonds))
    world.save(tmp_path / "w.npz")
    bonds.unlink()
    assert World.load(tmp_path / "w.npz").run(2).hash == world.run(2).hash


def test_listed_people_who_have_moved_away(tmp_path: Path) -> None:
    plan = [Intervention(who="list", ids=(0, 1, 2, 3), length=3)]
    world = town(interventions=plan, turnover=0.2)
    world.run(10)
    assert not {0, 1, 2, 3} <= set(world.agents.id)
    assert through_file(world, tmp_path / "w.npz").run(2).hash == world.run(2).hash


def test_no_id_is_ever_used_twice(tmp_path: Path) -> None:
    """People leave so fast that newcomers leave too, the newest of all among them."""
    turnover, days = 0.3, 12
    whole = town(turnover=turnover).run(days, snapshots=range(days))
    world, path = town(turnover=turnover), tmp_path / "w.npz"
    used, gone, newest_left = set(world.agents.id), set(), 0
    for _ in range(days):
        before = set(world.agents.id)
        world = through_file(world, path)
        assert set(world.agents.id) == before
        world.step()
        now = set(world.agents.id)
        newcomers = now - before
        gone |= before - now
        newest_left += max(before) not in now
        assert not newcomers & used and not now & gone
        assert sorted(newcomers) == list(range(max(used) + 1, max(used) + 1 + len(newcomers)))
        used |= newcomers
    assert newest_left >= 2 and len(used) > 3 * len(now)
    assert world.series.equals(whole.frame("series"))
    assert world.events.equals(whole.frame("events"))
    for name in ("agents", "bonds"):
        last = whole.frame(name).query(f"day == {days - 1}").reset_index(drop=True)
        assert getattr(world, name).equals(last)


def test_a_context_that_everyone_has_left(tmp_path: Path) -> None:
    plan = [Intervention(what="job_loss", who="context", context=0, length=30)]
    world = town(interventions=plan)
    world.run(3)
    assert 0 not in set(world.agents.context)
    assert through_file(world, tmp_path / "w.npz").run(2).hash == world.run(2).hash


# --- rules ----------------------------------------------------------------------------------


def half_time(hours: float, expected_hours: float) -> float:
    return 0.5


def test_rules_must_be_handed_over_again(tmp_path: Path) -> None:
    world = town(rules=Rules(time_scale=half_time))
    world.run(2)
    path = world.save(tmp_path / "w.npz")
    with pytest.raises(ParameterError, match=r"World.load\(path, rules=Rules\(time_scale=...\)\)"):
        World.load(path)
    with pytest.raises(ParameterError, match="rules"):
        World.load(path, rules=Rules(trust=lambda kept, broken, ceiling: 0.5))
    loaded = World.load(path, rules=Rules(time_scale=half_time))
    assert loaded.run(3).hash == world.run(3).hash


def test_rules_for_a_world_without(tmp_path: Path) -> None:
    path = town().save(tmp_path / "w.npz")
    with pytest.raises(ParameterError, match="rules"):
        World.load(path, rules=Rules(time_scale=half_time))


# --- writing --------------------------------------------------------------------------------


def test_saving_over_an_older_file(tmp_path: Path) -> None:
    world = town()
    path = tmp_path / "w.npz"
    path.write_bytes(b"something longer that was here before" * 100_000)
    assert world.save(path) == path
    world.run(3)
    world.save(path)
    assert World.load(path).day == 3
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["w", "w.checkpoint", "sub dir/ü w.npz"])
def test_any_name_as_text_or_path(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    assert town().save(str(path)) == path
    assert World.load(str(path)).day == 0
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = town()
    path = world.save(tmp_path / "w.npz")
    before = path.read_bytes()
    world.run(2)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises((OSError, ValueError), match="No space left"):
        world.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises((OSError, ValueError), match="nowhere"):
        town().save(tmp_path / "nowhere" / "w.npz")
    with pytest.raises((OSError, ValueError), match=tmp_path.name):
        town().save(tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- files that are none --------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = town(interventions=PLAN)
    world.run(5)
    return world.save(tmp_path_factory.mktemp("saved") / "w.npz")


class Trap:
    """Raises the alarm when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, ("unpickled",))


# numpy leaves a broken archive open; `test_a_refused_file_is_closed` is about that.
left_open = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def refused(path: Path) -> None:
    with pytest.raises(DataError, match=path.name):
        World.load(path)


@left_open
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"source,target\na,b\n",
        b"PK\x03\x04",
        b"\x93NUMPY",
        bytes(1000),
        pickle.dumps({"a": 1}),
    ],
)
def test_foreign_bytes(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(content)
    refused(path)


def test_no_file_or_a_folder(tmp_path: Path) -> None:
    refused(tmp_path / "missing.npz")
    refused(tmp_path)


@left_open
@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 0.999])
def test_cut_short(share: float, saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    path = tmp_path / "w.npz"
    path.write_bytes(whole[: int(share * len(whole))])
    refused(path)


def test_a_refused_file_is_closed(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(saved.read_bytes()[:5000])
    complaints: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    refused(path)
    gc.collect()
    assert not complaints


@pytest.mark.parametrize("place", [0.2, 0.4, 0.6, 0.8])
def test_one_byte_changed(place: float, saved: Path, tmp_path: Path) -> None:
    """It is refused, or the byte did not matter."""
    broken = bytearray(saved.read_bytes())
    broken[int(place * len(broken))] ^= 0xFF
    path = tmp_path / "w.npz"
    path.write_bytes(broken)
    try:
        world = World.load(path)
    except DataError:
        return
    assert world.run(2).hash == World.load(saved).run(2).hash


def test_another_archive(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    np.savez(path, a=np.arange(3))
    refused(path)


def test_a_single_array(tmp_path: Path) -> None:
    path = tmp_path / "w.npy"
    np.save(path, np.arange(3))
    refused(path)


@pytest.mark.parametrize("name", ["about", "state/agents/id", "extra"])
def test_pickles_are_never_opened(
    name: str, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with np.load(saved) as stored:
        arrays = dict(stored)
    arrays[name] = np.array([Trap()], dtype=object)
    path = tmp_path / "w.npz"
    np.savez(path, allow_pickle=True, **arrays)
    refused(path)
    assert not (tmp_path / "unpickled").exists()


def changed(saved: Path, path: Path, about: Any = None, without: str = "") -> Path:
    """The checkpoint with another account of itself, or without one of its arrays."""
    with np.load(saved) as stored:
        arrays = dict(stored)
    if about is not None:
        told = json.loads(arrays["about"].tobytes())
        told = {**told, **about} if isinstance(about, dict) else about
        arrays["about"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    arrays.pop(without, None)
    np.savez(path, **arrays)
    return path


def test_another_format(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="its format is 99, this version reads 4"):
        World.load(changed(saved, tmp_path / "w.npz", {"format": 99}))


@pytest.mark.parametrize(
    "missing", ["state/agents/id", "state/bonds/kind", "network/ids", "state/places/climate"]
)
def test_an_array_is_missing(missing: str, saved: Path, tmp_path: Path) -> None:
    refused(changed(saved, tmp_path / "w.npz", without=missing))


@pytest.mark.parametrize("about", [[1], 5, {"params": 3}, {"interventions": [{"no": 1}]}])
def test_an_account_that_is_none(about: Any, saved: Path, tmp_path: Path) -> None:
    refused(changed(saved, tmp_path / "w.npz", about))


def test_parameters_out_of_range(saved: Path, tmp_path: Path) -> None:
    path = changed(saved, tmp_path / "w.npz", {"params": {"seed": -1}})
    with pytest.raises((ParameterError, DataError), match="seed"):
        World.load(path)
