"""Run folders: round trips, damage of every sort, interrupted writes, repeating a run."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from bondsim import Intervention, Params, World
from bondsim.errors import DataError, DiffersError
from bondsim.network import Circles, Davis, EdgeList, Karate, Waves
from bondsim.store import folders, provenance, saving, stored
from bondsim.store.parquet import read_table, write_table
from bondsim.store.saving import save_run
from bondsim.store.stored import load_run, params_of, recompute_hash, verify

NOT_READ = ("figure.png", "columns.json")


@pytest.fixture(scope="module")
def run():
    help_them = Intervention(what="befriending", n=3, start=5, hours=1.0)
    world = World(Params(seed=11), Karate(), interventions=[help_them])
    return world.run(40, burn_in=4, snapshots=[20])


@pytest.fixture(scope="module")
def kept(run, tmp_path_factory):
    return save_run(run, tmp_path_factory.mktemp("results"), elapsed=1.5)


@pytest.fixture
def folder(kept, tmp_path):
    return shutil.copytree(kept, tmp_path / kept.name)


def again(folder):
    params, network, interventions, days, burn_in, snapshots = params_of(load_run(folder))
    world = World(params, network, interventions=interventions)
    return world.run(days, burn_in=burn_in, snapshots=snapshots)


def bonds_file(path, rows):
    path.write_text("source,target\n" + "".join(f"{a},{b}\n" for a, b in rows), encoding="utf-8")
    return path


# --- what is written ------------------------------------------------------------------------


def test_folder_is_complete_and_alone(run, kept):
    assert sorted(path.name for path in kept.iterdir()) == sorted(stored.FILES)
    assert kept.name.startswith("karate-11-") and list(kept.parent.iterdir()) == [kept]
    assert (kept / "hash.txt").read_text() == run.hash + "\n"


def test_tables_come_back_bit_for_bit(run, kept):
    stored = load_run(kept)
    assert set(stored.tables) == set(run.tables)
    for name, table in run.tables.items():
        assert list(stored.tables[name]) == list(table)
        for column, values in table.items():
            found = stored.tables[name][column]
            assert found.dtype == values.dtype
            np.testing.assert_array_equal(found, values)
        pd.testing.assert_frame_equal(stored.frame(name), run.frame(name))
    assert stored.hash == recompute_hash(kept) == verify(kept) == run.hash
    assert stored.params == run.params and stored.parameters == run.science()


def test_files_speak_for_themselves(kept):
    """Names for codes, units beside the tables: a reader needs no bondsim."""
    events = pq.read_table(kept / "events.parquet").to_pandas()
    assert {"made", "betrayed"} <= set(events["event"])
    assert set(events["kind"]) <= {"family", "partner", "friend", "coworker", "client"}
    units = json.loads((kept / "columns.json").read_text())
    assert units["series"]["lonely_days"]["unit"] == "days/week"
    summary = json.loads((kept / "summary.json").read_text())
    assert summary[0]["name"] == "lonely days"


def test_provenance(run, kept):
    account = load_run(kept).provenance
    assert account["seed"] == 11 and account["seconds"] == 1.5
    assert account["threads_asked"] is None  # the library is not told; 34 people live on one
    assert {"numpy", "numba", "scipy", "networkx", "pyarrow"} <= set(
        account["environment"]["libraries"]
    )
    assert account["person_hours"] == run.cost and account["peak_memory_mb"] > 10


def test_users_labels(tmp_path):
    kept = save_run(World(Params(seed=1), Davis()).run(3), tmp_path, elapsed=0.1)
    stored = load_run(kept)
    assert "Evelyn Jefferson" in stored.labels.values()
    assert "Evelyn Jefferson" in set(stored.frame("bonds")["label_i"])


def test_run_without_events_or_bonds(tmp_path):
    quiet = Params(seed=1).replace(**{"reach_out.step_rate": 0.0})
    run = World(quiet, nx.empty_graph(3)).run(2)
    assert run.tables["events"]["day"].size == 0
    kept = save_run(run, tmp_path, elapsed=0.1)
    assert verify(kept) == run.hash and load_run(kept).frame("events").empty


# --- names ----------------------------------------------------------------------------------


def test_same_run_same_folder(run, tmp_path):
    first = save_run(run, tmp_path, elapsed=1.0)
    (first / "note.txt").write_text("mine")
    assert save_run(run, tmp_path, elapsed=2.0) == first
    assert not (first / "note.txt").exists() and list(tmp_path.iterdir()) == [first]
    assert load_run(first).provenance["seconds"] == 2.0


def test_other_run_other_folder(tmp_path):
    worlds = [
        World(Params(seed=1), nx.path_graph(4)),
        World(Params(seed=1), nx.cycle_graph(4)),
        World(Params(seed=1).replace(**{"meet.psi": 0.9}), nx.path_graph(4)),
    ]
    folders = {save_run(world.run(2), tmp_path, elapsed=0.1) for world in worlds}
    assert len(folders) == 3


# --- repeating ------------------------------------------------------------------------------


def test_repeats_a_generated_world(run, kept):
    assert again(kept).hash == run.hash


def test_repeats_a_graph(tmp_path):
    graph = nx.relabel_nodes(nx.path_graph(5), lambda k: f"p{k}")
    run = World(Params(seed=2), graph).run(4)
    assert again(save_run(run, tmp_path, elapsed=0.1)).hash == run.hash


def test_repeats_a_file_that_is_gone(tmp_path):
    path = bonds_file(tmp_path / "friends.csv", [("ann", "bob"), ("bob", "cem"), ("cem", "dia")])
    run = World(Params(seed=2), EdgeList(path=path)).run(4)
    kept = save_run(run, tmp_path / "results", elapsed=0.1)
    assert load_run(kept).provenance["inputs"][0]["name"] == "friends.csv"
    path.unlink()
    assert again(kept).hash == run.hash


def test_keeps_later_waves(tmp_path):
    waves = [
        bonds_file(tmp_path / "w1.csv", [(1, 2), (2, 3)]),
        bonds_file(tmp_path / "w2.csv", [(1, 3), (3, 4)]),
    ]
    people = tmp_path / "people.csv"
    people.write_text("id,wave,empathy\n1,1,0.5\n2,1,0.6\n3,1,0.2\n1,2,0.4\n4,2,0.9\n")
    run = World(Params(seed=2), Waves(paths=waves, attributes=people)).run(2)
    folder = save_run(run, tmp_path / "results", elapsed=0.1)
    _, network, *_ = params_of(load_run(folder))
    (wave,) = network.waves
    assert wave.name == "w2" and wave.i.tolist() == run.network.waves[0].i.tolist()
    np.testing.assert_array_equal(wave.agents["empathy"], run.network.waves[0].agents["empathy"])
    for name, column in (("wave2_bonds", "kind"), ("wave2_agents", "empathy")):
        path = folder / "network" / f"{name}.parquet"
        table, whole = read_table(path), path.read_bytes()
        table[column] = table[column] + 1
        write_table(path, [table])
        with pytest.raises(DataError, match="network"):
            params_of(load_run(folder))
        path.write_bytes(whole)
    params_of(load_run(folder))


def test_replaced_rules_are_not_repeated_in_silence(run, tmp_path):
    replaced = replace(run, rules={"trust": "0123456789abcdef"})
    kept = save_run(replaced, tmp_path, elapsed=0.1)
    assert verify(kept) == replaced.hash
    with pytest.raises(DataError, match="trust"):
        params_of(load_run(kept))


# --- damage ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", stored.FILES)
def test_missing_file(folder, name):
    (folder / name).unlink()
    with pytest.raises(DataError, match=name):
        load_run(folder)


@pytest.mark.parametrize("name", [n for n in stored.FILES if n not in NOT_READ])
@pytest.mark.parametrize("content", [b"", b"\xff\x00nonsense", b'"x"'])
def test_damaged_file(folder, name, content):
    (folder / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        verify(folder)
    assert name in str(caught.value)


def test_cut_off_table(folder):
    path = folder / "agents.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"agents\.parquet"):
        verify(folder)


def test_foreign_table(folder):
    pd.DataFrame({"day": [1]}).to_parquet(folder / "series.parquet")
    with pytest.raises(DataError, match="not a table of bondsim"):
        verify(folder)


@pytest.mark.parametrize("name", ["series", "agents", "bonds", "events"])
def test_changed_number(folder, name):
    path = folder / f"{name}.parquet"
    table = pq.read_table(path)
    days = table.column("day").to_numpy().copy()
    days[-1] += 1
    changed = table.set_column(0, table.schema.field("day"), [days])
    pq.write_table(changed, path)
    with pytest.raises(DataError, match=r"hash\.txt"):
        verify(folder)


def test_changed_parameters(folder):
    path = folder / "parameters.json"
    path.write_text(path.read_text().replace('"days": 40', '"days": 41'))
    with pytest.raises(DataError, match="hash"):
        verify(folder)


def test_changed_labels_leave_the_hash(folder):
    path = folder / "agents.parquet"
    table = pq.read_table(path)
    names = [["somebody"] * table.num_rows]
    pq.write_table(table.set_column(table.num_columns - 1, "label", names), path)
    assert verify(folder)


def test_parameters_of_another_model(folder):
    path = folder / "parameters.json"
    parameters = json.loads(path.read_text())
    parameters["params"]["meet"]["luck"] = 7
    path.write_text(json.dumps(parameters))
    with pytest.raises(DataError, match=r"meet\.luck"):
        params_of(load_run(folder))


def test_another_network(folder):
    path = folder / "provenance.json"
    account = json.loads(path.read_text())
    path.write_text(json.dumps({**account, "network": "0" * 64}))
    with pytest.raises(DataError, match="not the one"):
        params_of(load_run(folder))


def test_layout_of_the_future(folder):
    path = folder / "provenance.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 99}))
    with pytest.raises(DataError, match="layout 99"):
        load_run(folder)


def test_not_a_run_folder(tmp_path):
    with pytest.raises(DataError, match="no such run folder"):
        load_run(tmp_path / "nowhere")
    with pytest.raises(DataError, match="none of a run's files"):
        load_run(tmp_path)


@pytest.mark.parametrize("name", ["hash.txt", "provenance.json", "agents.parquet", "summary.json"])
@pytest.mark.parametrize("content", [b"", b"\xff", None])
def test_damage_is_replaced(run, folder, name, content):
    (folder / "hash.txt").write_text("0" * 64)
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    assert save_run(run, folder.parent) == folder and verify(folder) == run.hash


def changed(run):
    series = dict(run.tables["series"])
    series["bonds"] = series["bonds"] + 1
    return replace(run, tables={**run.tables, "series": series})


def test_other_results_are_told_and_not_replaced(run, folder, monkeypatch):
    found = "(?s)other results.*series, column bonds.*same code must give the same bits"
    clean = {"bondsim": "1", "git": {"commit": "a" * 40, "dirty": False}}
    account = load_run(folder).provenance
    (folder / "provenance.json").write_text(json.dumps({**account, "software": clean}))
    monkeypatch.setattr(folders, "software", lambda: clean)
    with pytest.raises(DiffersError, match=found):
        save_run(changed(run), folder.parent)
    assert verify(folder) == run.hash
    other = folder.with_name(f"{folder.name}-{changed(run).hash[:8]}")
    assert verify(other) == changed(run).hash
    with pytest.raises(DiffersError, match=f"the new results are kept in {other}"):
        save_run(changed(run), folder.parent)
    assert sorted(folder.parent.iterdir()) == [folder, other]


@pytest.mark.parametrize(
    "now",
    [
        {"bondsim": "2", "git": {"commit": "a" * 40, "dirty": False}},
        {"bondsim": "1", "git": {"commit": "b" * 40, "dirty": False}},
        {"bondsim": "1", "git": {"commit": "a" * 40, "dirty": True}},
        {"bondsim": "1", "git": None},
    ],
)
def test_other_code_may_give_other_results(run, folder, monkeypatch, now):
    account = load_run(folder).provenance
    then = {"bondsim": "1", "git": {"commit": "a" * 40, "dirty": False}}
    (folder / "provenance.json").write_text(json.dumps({**account, "software": then}))
    monkeypatch.setattr(folders, "software", lambda: now)
    with pytest.raises(DiffersError, match="other code may give other results") as caught:
        save_run(changed(run), folder.parent)
    assert "1 (aaaaaaaaaaaa)" in str(caught.value)
    assert provenance.code_name(now) in str(caught.value)
    assert "report" not in str(caught.value)


# --- writing that fails ---------------------------------------------------------------------


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_interrupted_write_leaves_nothing(run, tmp_path, monkeypatch, error):
    def stop(*_):
        raise error

    monkeypatch.setattr(folders, "sync", stop)
    with pytest.raises(error):
        save_run(run, tmp_path, elapsed=1.0)
    assert list(tmp_path.iterdir()) == []


def test_failed_write_keeps_the_older_folder(run, tmp_path, monkeypatch):
    kept = save_run(run, tmp_path, elapsed=1.0)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving, "write_table", full)
    with pytest.raises(DataError, match="No space left"):
        save_run(run, tmp_path, elapsed=1.0)
    assert list(tmp_path.iterdir()) == [kept] and verify(kept) == run.hash


def test_results_cannot_be_a_file(run, tmp_path):
    path = tmp_path / "results"
    path.write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        save_run(run, path, elapsed=1.0)


def test_infinite_parameters(tmp_path):
    endless = Params(seed=1).replace(**{"relate.tau": np.inf})
    run = World(endless, Karate()).run(2)
    kept = save_run(run, tmp_path)
    assert '"tau": "inf"' in (kept / "parameters.json").read_text()
    assert verify(kept) == run.hash == again(kept).hash
    assert load_run(kept).parameters == run.science()
    assert save_run(run, tmp_path) == kept


def test_circles_repeat(tmp_path):
    run = World(Params(seed=4), Circles(n_agents=60)).run(5)
    kept = save_run(run, tmp_path, elapsed=0.2)
    assert kept.name.startswith("circles-4-") and again(kept).hash == run.hash
