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
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import active_children, get_context
from typing import Any

from threadpoolctl import threadpool_limits

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
) -> Generator[Any, None, None]:
    """What `function` gives for each task, as they end; at most `n_workers` at a time.

    One task more is taken than can be begun at once. Raises `LostWorkerError` where a worker died,
    and whatever `function` raised. All workers are gone at the end, whatever it is.
    """
    others = set(active_children())
    pool = ProcessPoolExecutor(n_workers, get_context("fork"), _begin, (os.getpid(),))
    handed: set[Future[Any]] = set()
    done = False
    try:
        for task in tasks:
            with warnings.catch_warnings():
                # Python sees threads of libraries, which have none in a copy until they need some
                warnings.simplefilter("ignore", DeprecationWarning)
                handed.add(pool.submit(function, task))
            if len(handed) > n_workers:
                yield from _ended(handed)
        while handed:
            yield from _ended(handed)
        done = True
    except BrokenProcessPool as error:
        raise LostWorkerError(str(error)) from None
    finally:
        if not done:  # whoever stops does not wait for what nobody will ask for
            for worker in set(active_children()) - others:
                worker.kill()
        pool.shutdown(cancel_futures=True)


def _ended(handed: set[Future[Any]]) -> Iterator[Any]:
    """What those give that end next; they are taken away."""
    for future in wait_for(handed, return_when=FIRST_COMPLETED).done:
        handed.remove(future)
        yield future.result()


def _begin(parent: int) -> None:
    """In the copy, before its first task."""
    # Ctrl-C reaches every process of a terminal; the one that waits for results decides
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with(parent)
    threadpool_limits(1)  # as many as there are cores would be too many, times workers


@cache
def end_with(parent: int) -> None:
    """End this process when its parent is killed: whoever goes on would live the same runs."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCHED)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
