"""Packing among writers, readers, other packers and kills: nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bondsim.store import catalogue as module
from bondsim.store import locks
from bondsim.store.catalogue import Catalogue
from bondsim.store.journal import Journal, is_closed
from tests.store.test_catalogue import record


def ids(results: Path) -> list[str]:
    return [row["id"] for row in Catalogue(results).records()]


def test_a_journal__is_closed_after_so_many_runs(tmp_path: Path) -> None:
    with Journal(tmp_path, most=3) as journal:
        for k in range(7):
            journal.begin(f"{k:032x}")
            journal.end(record(k))
    closed = [is_closed(path) for path in tmp_path.glob("*.jsonl")]
    assert sorted(closed) == [False, True, True]
    assert not is_closed(tmp_path / "none.jsonl")


def test_only_closed_journals__are_packed_where_that_is_asked(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path).make()
    with catalogue.journal(most=3) as journal:
        for k in range(7):
            journal.end(record(k))
    catalogue.pack(closed=True)
    assert sum(table.num_rows for table in catalogue._packed_tables()) == 6
    assert len(list(catalogue.journals.glob("*"))) == 1
    assert ids(tmp_path) == [f"{k:032x}" for k in range(7)]


def test_without_locks__only_closed_journals_are_packed(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(locks, "fcntl", None)
    catalogue = Catalogue(tmp_path).make()
    with catalogue.journal() as journal:
        journal.end(record(0))
        catalogue.pack()  # its lock tells nothing
        journal.end(record(1))
        assert not list(catalogue.packed.glob("*"))
    catalogue.pack()
    assert not list(catalogue.journals.glob("*"))
    with journal:
        journal.end(record(2))
    assert ids(tmp_path) == [f"{k:032x}" for k in range(3)]


def test_large_files__are_not_put_together_again(tmp_path, monkeypatch) -> None:
    catalogue = Catalogue(tmp_path).make()
    monkeypatch.setattr(module, "MANY_PARTS", 3)
    for k in range(4):
        catalogue.add(record(k))
        catalogue.pack()
    (large,) = catalogue.packed.glob("*.parquet")
    monkeypatch.setattr(module, "LARGE", large.stat().st_size)
    for k in range(4, 10):
        catalogue.add(record(k))
        catalogue.pack()
        assert large.exists()
    assert len(list(catalogue.packed.glob("*.parquet"))) < 7
    assert ids(tmp_path) == [f"{k:032x}" for k in range(10)]


def test_files_of_which_one_holds_all__leave_that_one(tmp_path, monkeypatch) -> None:
    catalogue = Catalogue(tmp_path).make()
    for runs in ((0,), (1,), (0, 1)):
        for k in runs:
            catalogue.add(record(k))
        catalogue.pack()
    monkeypatch.setattr(module, "MANY_PARTS", 3)
    catalogue.pack()
    assert len(list(catalogue.packed.glob("*.parquet"))) == 1
    assert ids(tmp_path) == [f"{k:032x}" for k in range(2)]


def test_a_reader__sees_what_is_packed_while_it_reads(tmp_path, monkeypatch) -> None:
    catalogue = Catalogue(tmp_path).make()
    for k in range(3):
        catalogue.add(record(k))
    real, packed = Catalogue._journal_paths, []

    def packs_first(self: Catalogue) -> list[Path]:
        found = real(self)
        if len(packed) < 2 * module.TRIES:  # at each try between looking and reading
            packed.append(1)
            catalogue.add(record(2 + len(packed)))
            monkeypatch.setattr(Catalogue, "_journal_paths", real)
            catalogue.pack()
            monkeypatch.setattr(Catalogue, "_journal_paths", packs_first)
        return found

    reader = Catalogue(tmp_path)
    monkeypatch.setattr(Catalogue, "_journal_paths", packs_first)
    seen = {row["id"] for row in reader.records()}
    assert {f"{k:032x}" for k in range(3)} <= seen


def test_drafts_of_the_killed__go(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path).make()
    old, new = (catalogue.packed / f".{name}.tmp" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    catalogue.pack()
    assert new.exists() and not old.exists()


KILLED_AT_EACH_STEP = """
import os, signal, sys
from pathlib import Path
from bondsim.store import catalogue as module
from bondsim.store.catalogue import Catalogue
from tests.store.test_catalogue import record

results, most_parts = Path(sys.argv[1]), int(sys.argv[2])
module.MANY_PARTS = most_parts
wanted = []

def add(k):
    Catalogue(results).add(record(k))
    wanted.append(f"{k:032x}")

def step_by_step(last):
    left = [last]
    def counted(real):
        def call(*given, **named):
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            return real(*given, **named)
        return call
    for name in ("write_bytes", "replace", "unlink"):
        setattr(Path, name, counted(getattr(Path, name)))
    module.sync = counted(module.sync)

for k in range(3):
    add(k)
    if k < 2:
        Catalogue(results).pack()
kills = 0
while True:
    add(100 + kills)
    pid = os.fork()
    if pid == 0:
        step_by_step(kills)
        Catalogue(results).pack()
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    read = Catalogue(results)
    found = [row["id"] for row in read.records(("id", "prevalence"))]
    assert found == sorted(wanted), (kills, found)
    assert not read.damage
    if status == 0:
        break
    kills += 1
print(kills)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("most_parts", [2, 100])
def test_packing_that_is_killed_at_any_step__loses_and_doubles_nothing(tmp_path, most_parts):
    words = [sys.executable, "-c", KILLED_AT_EACH_STEP, str(tmp_path), str(most_parts)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 5  # writing, syncing twice, renaming, removing


WRITER = """
import sys, time
from pathlib import Path
from bondsim.store.catalogue import Catalogue
from tests.store.test_catalogue import record

journal, first = Catalogue(sys.argv[1]).journal(most=7), int(sys.argv[2])
for k in range(first, first + 100_000, 5):
    with journal:
        for n in range(k, k + 5):
            journal.begin(f"{n:032x}")
            journal.end(record(n))
            print(n, flush=True)  # from now on it must not be lost
    time.sleep(0.002)
"""
PACKER = """
import sys
from bondsim.store import catalogue as module
from bondsim.store.catalogue import Catalogue

module.MANY_PARTS = 4
while True:
    Catalogue(sys.argv[1]).pack(closed=sys.argv[2] == "closed")
"""


def test_writers_and_packers_that_are_killed__lose_and_double_nothing(tmp_path: Path) -> None:
    results, chance = tmp_path / "results", random.Random(1)
    Catalogue(results).make()
    told: list[Path] = []  # what each writer has written down for certain
    running: dict[str, subprocess.Popen[bytes]] = {}

    def start(kind: str) -> None:
        if kind.startswith("writer"):
            told.append(tmp_path / f"told-{len(told)}")
            words = [WRITER, str(results), str(len(told) * 1_000_000)]
            with told[-1].open("wb") as out:
                running[kind] = subprocess.Popen([sys.executable, "-c", *words], stdout=out)
        else:
            words = [PACKER, str(results), "closed" if kind.endswith("1") else "all"]
            running[kind] = subprocess.Popen([sys.executable, "-c", *words])

    def known() -> set[str]:
        lines = [line for path in told for line in path.read_bytes().split(b"\n")[:-1]]
        return {f"{int(line):032x}" for line in lines}

    kinds = ("writer 1", "writer 2", "packer 1", "packer 2")
    try:
        for kind in kinds:
            start(kind)
        for _ in range(4):
            deadline = time.monotonic() + 120.0
            while not all(path.stat().st_size for path in told):  # still starting
                assert time.monotonic() < deadline
                time.sleep(0.05)
            time.sleep(chance.random())
            kind = chance.choice(kinds)
            os.kill(running[kind].pid, signal.SIGKILL)
            assert running[kind].wait() == -signal.SIGKILL  # it was at work, not gone by an error
            start(kind)
            before = known()
            read = Catalogue(results)
            found = [row["id"] for row in read.records()]
            assert before <= set(found) and len(found) == len(set(found))
            assert not read.damage
    finally:
        for process in running.values():
            process.kill()
            process.wait()
    for _ in range(2):
        assert known() <= set(ids(results))
        Catalogue(results).pack()
    assert not list(Catalogue(results).journals.glob("*"))
    rows = Catalogue(results).records(("id", "prevalence", "seed"))
    assert len(rows) == len({row["id"] for row in rows}) >= len(known()) > 50
    assert all(row["prevalence"] == row["seed"] / 8 for row in rows)
