"""Copies of this process as workers: what they give, and that none is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing import active_children
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from bondsim.errors import DataError
from bondsim.study.copies import LostWorkerError, can_copy, map_copies

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there are copies on Linux only")


def copies() -> list[BaseProcess]:
    """Those of this process; workers of other kinds may wait for more to do."""
    return [child for child in active_children() if child.name.startswith("ForkProcess")]


def squared(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def fail(task: int) -> None:
    raise DataError("here", f"nothing {task}", "do something")


def die(task: int) -> int:
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def test_every_task__is_done_once_by_so_many_workers() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(40):
            taken.append(number)
            yield number

    seen: list[int] = []
    pids = set()
    for value, pid in map_copies(squared, tasks(), 3):
        seen.append(value)
        pids.add(pid)
        assert len(taken) - len(seen) <= 3 + 1  # not more is taken than can be begun soon
    assert sorted(seen) == [n * n for n in range(40)]
    assert len(pids) <= 3 and os.getpid() not in pids
    assert not copies()


def test_no_tasks__give_nothing() -> None:
    assert list(map_copies(squared, [], 8)) == []
    assert not copies()


def test_large_tasks_and_answers__come_through() -> None:
    texts = [str(n) * 3_000_000 for n in range(4)]
    assert sorted(map_copies(str.upper, texts, 2)) == texts


def test_what_goes_wrong__is_raised_as_it_was_with_where_it_happened() -> None:
    with pytest.raises(DataError, match="nothing 7") as caught:
        list(map_copies(fail, [7], 2))
    assert "in fail" in str(caught.value.__cause__)
    assert not copies()


def test_a_worker_that_dies__is_told_and_none_is_left() -> None:
    with pytest.raises(LostWorkerError, match="abruptly"):
        list(map_copies(die, range(10), 2))
    assert not copies()


def test_whoever_stops__has_no_workers_left() -> None:
    results = map_copies(time.sleep, [0.0, 60.0, 60.0], 2)
    next(results)
    assert len(copies()) == 2
    started = time.monotonic()
    results.close()
    assert not copies() and time.monotonic() - started < 30.0


def test_copies_end__with_the_process_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(
        """
import os, sys, time
from bondsim.study.copies import map_copies

def work(task):
    os.write(1, f"{os.getpid()}{os.linesep}".encode())
    time.sleep(60)

if __name__ == "__main__":
    list(map_copies(work, range(2), 2))
"""
    )
    words = [sys.executable, str(script)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pids = [int(process.stdout.readline()) for _ in range(2)]
        process.kill()
    deadline = time.monotonic() + 20.0
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in pids):
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_process_with_threads__is_not_copied() -> None:
    assert can_copy() == (threading.active_count() == 1)
    gate = threading.Event()
    thread = threading.Thread(target=gate.wait)
    thread.start()
    try:
        assert not can_copy()
    finally:
        gate.set()
        thread.join()
