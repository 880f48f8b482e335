"""Rows that go to files: the same tables, the same hash, the same bytes, whatever the parts."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bondsim import World
from bondsim.errors import DataError
from bondsim.store import parquet, streams
from bondsim.store.parquet import read_parts, read_table, write_table
from bondsim.store.stored import at_ends
from bondsim.store.streams import Streams, in_files
from bondsim.tables import TABLES, Parted, content_hash, parts_of
from tests.world.towns import PLAN, town

DAYS = 14


def busy() -> World:
    return town(interventions=PLAN, turnover=0.02)


@pytest.fixture(scope="module")
def whole():
    return busy().run(DAYS, burn_in=2, snapshots=[5, 9])


def streamed(folder: Path, days: set[int]):
    """The same run with its rows moved to files after some of its days."""
    world = busy()
    world.history.store = Streams(folder)

    def move(day: int) -> None:
        if day in days:
            world.history.flush()

    return world, world.run(DAYS, burn_in=2, snapshots=[5, 9], progress=move)


@pytest.mark.parametrize("days", [set(), {0}, {3, 4, 11}, set(range(DAYS + 2))])
def test_where_rows_lie_changes_nothing(days: set[int], tmp_path: Path, whole) -> None:
    _, run = streamed(tmp_path, days)
    assert run.hash == whole.hash
    assert set(run.tables) == set(whole.tables) == set(TABLES)
    for name in TABLES:
        assert list(run.tables[name]) == list(whole.tables[name])
        for column, values in whole.tables[name].items():
            found = run.tables[name][column]
            assert found.dtype == values.dtype and found.tobytes() == values.tobytes()
        assert run.frame(name).equals(whole.frame(name))
    ends, expected = at_ends(run, run.snapshots), at_ends(whole, whole.snapshots)
    assert content_hash(ends.tables, "") == content_hash(expected.tables, "")
    assert np.unique(ends.tables["bonds"]["day"]).tolist() == [2, 15]


def test_nothing_stays_in_memory(tmp_path: Path) -> None:
    world, _ = streamed(tmp_path, set())
    assert world.history.held_bytes > 0
    world.history.flush()
    assert world.history.held_bytes == 0
    assert all(table == {} or next(iter(table.values())).size == 0
               for table in world.history._held().values())  # fmt: skip
    assert world.series.shape[0] == DAYS and world.history.kept() == [2, 5, 9, 15]


def test_rows_behind_a_checkpoint_are_cut_off(tmp_path: Path) -> None:
    world, store = busy(), Streams(tmp_path)
    world.history.store = store
    world.run(4)
    world.history.flush()
    lengths = store.settle()
    before = {name: content_hash({name: Parted(store.parts)[name]}, "") for name in TABLES}
    world.run(3)
    world.history.flush()
    with (tmp_path / "events.arrow").open("ab") as file:
        file.write(b"half a row")
    store.cut(lengths)
    assert store.settle() == lengths
    after = {name: content_hash({name: Parted(store.parts)[name]}, "") for name in TABLES}
    assert after == before


@pytest.mark.parametrize("content", [b"", b"nonsense" * 9])
def test_damaged_rows_are_refused(content: bytes, tmp_path: Path) -> None:
    world, store = busy(), Streams(tmp_path)
    world.history.store = store
    world.run(4)
    world.history.flush()
    (tmp_path / "series.arrow").write_bytes(content)
    with pytest.raises(DataError, match=r"series\.arrow"):
        list(store.parts("series"))


def test_rows_move_when_they_take_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    world = busy()
    with in_files(world) as move:
        world.run(3)
        held = world.history.held_bytes
        move(3)
        assert world.history.held_bytes == held > 0
        monkeypatch.setattr(streams, "MOST_HELD", held - 1)
        move(3)
        assert world.history.held_bytes == 0
        assert len(world.series) == 3


# --- Parquet in groups ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "sizes", [[0], [1], [10], [11], [3, 7], [25], [0, 4, 0, 26, 1], [9, 1, 10]]
)
def test_groups_are_the_same_whatever_the_parts(
    sizes: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROWS", 10)
    n = sum(sizes)
    table = {"day": np.arange(n, dtype=np.int32), "kind": (np.arange(n) % 5).astype(np.int8)}
    places = np.cumsum([0, *sizes])
    parts = [
        {name: values[start:stop] for name, values in table.items()}
        for start, stop in pairwise(places)
    ]
    one, other = tmp_path / "one.parquet", tmp_path / "other.parquet"
    write_table(one, [table])
    write_table(other, parts)
    assert one.read_bytes() == other.read_bytes()
    found = list(read_parts(one))
    assert [part["day"].size for part in found][:-1] == [10] * (len(found) - 1)
    for name, values in table.items():
        assert np.concatenate([part[name] for part in found]).tolist() == values.tolist()
        assert read_table(one)[name].dtype == values.dtype


def test_a_table_without_columns_comes_back(tmp_path: Path) -> None:
    write_table(tmp_path / "none.parquet", [{}])
    assert read_table(tmp_path / "none.parquet") == {}


def test_a_dictionary_comes_in_one_part(whole) -> None:
    assert isinstance(whole.tables, dict)
    assert [part is whole.tables["bonds"] for part in parts_of(whole.tables, "bonds")] == [True]
    with pytest.raises(KeyError):
        Parted(lambda name: iter(()))["people"]
