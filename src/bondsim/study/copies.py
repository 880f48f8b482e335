"""Workers that are copies of this process: what it has imported and compiled, they have.

A new process spends some seconds on importing and on loading machine code, one worker after the
other. A copy begins at once.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from functools import cache
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

WATCHED = 0.2
"""Seconds between a worker's looks at whether the process that it works for is there."""


class LostWorkerError(Exception):
    """A worker died before it had told what became of its task."""


def can_copy() -> bool:
    """Whether copies of this process can work.

    Not where it has other threads, whose locks nobody would ever open in a copy, and not outside
    Linux, whose libraries alone are made for it.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def map_copies(
    function: Callable[[Any], Any], tasks: Iterable[Any], n_workers: int
) -> Generator[Any]:
    """What `function` gives for each task, as they end; at most `n_workers` at a time.

    The next task is taken before a worker is free to do it. Raises `LostWorkerError` where a
    worker died, and whatever `function` raised. All workers are gone at the end, whatever it is.
    """
    crew = _Crew(function)
    try:
        for task in tasks:
            while not crew.idle and len(crew.workers) == n_workers:
                yield from crew.ended()
            crew.hand(task)
        while crew.busy:
            yield from crew.ended()
        crew.dismiss()
    finally:
        crew.kill()


class _Crew:
    """Copies of this process and the lines to them; `idle`: those that have nothing to do."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function
        self.workers: dict[Connection, ForkProcess] = {}
        self.idle: list[Connection] = []

    @property
    def busy(self) -> list[Connection]:
        return [line for line in self.workers if line not in self.idle]

    def hand(self, task: Any) -> None:
        """Give a task to a worker that is idle, to a new one where there is none."""
        while self.idle:
            line = self.idle.pop()
            try:
                line.send((task,))
                return
            except ConnectionError:  # it died when it had nothing to do
                self.workers.pop(line).join()
                line.close()
        self._begin().send((task,))

    def _begin(self) -> Connection:
        context = get_context("fork")
        here, there = context.Pipe()
        ours = [here, *self.workers]
        worker = context.Process(target=_serve, args=(self._function, there, ours), daemon=True)
        with warnings.catch_warnings():
            # Python sees threads of libraries, which have none in a copy until they need some
            warnings.simplefilter("ignore", DeprecationWarning)
            worker.start()
        there.close()
        self.workers[here] = worker
        return here

    def ended(self) -> Iterator[Any]:
        """What those give that end next, who are idle then."""
        for line in wait(self.busy):
            assert isinstance(line, Connection)
            try:
                came, error, told = line.recv()
            except (EOFError, ConnectionError):
                worker = self.workers[line]
                worker.join()
                told = f"process {worker.pid} ended with status {worker.exitcode}"
                raise LostWorkerError(told) from None
            if error is not None:
                error.add_note(told)
                raise error
            self.idle.append(line)
            yield came

    def dismiss(self) -> None:
        """Have all end by themselves."""
        for line in self.idle:
            with suppress(ConnectionError):  # it is gone
                line.send(None)
        for worker in self.workers.values():
            worker.join()

    def kill(self) -> None:
        """Have none left."""
        for line, worker in self.workers.items():
            worker.kill()
            worker.join()
            line.close()


def _serve(function: Callable[[Any], Any], line: Connection, others: list[Connection]) -> None:
    """In the copy: do what comes along the line until None comes."""
    for each in others:  # a line ends when nobody holds its other end any more
        each.close()
    # Ctrl-C reaches every process of a terminal; the one that waits for results decides
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with(os.getppid())
    with threadpool_limits(1):  # as many as there are cores would be too many, times workers
        while (given := line.recv()) is not None:
            line.send(_outcome(function, given[0]))


def _outcome(function: Callable[[Any], Any], task: Any) -> tuple[Any, Exception | None, str]:
    try:
        return function(task), None, ""
    except Exception as error:
        return None, error, f"in process {os.getpid()}:\n{traceback.format_exc()}"


@cache
def end_with(parent: int) -> None:
    """End this process when its parent is killed: whoever goes on would live the same runs."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCHED)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
