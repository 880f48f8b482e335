"""What a sweep shows while it runs: a line that is drawn anew, or one line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bondsim.console import watched

if TYPE_CHECKING:
    from bondsim.study.sweep import Progress

DRAWN = 0.2
"""Least seconds between two drawings of a bar."""
EVERY = 30.0
"""Seconds between lines where nobody watches, as in the log of a cluster's job."""


@contextmanager
def study_display(name: str, *, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """The function to call with the progress of a sweep: on a terminal a bar, else lines."""
    if quiet:
        yield lambda _progress: None
    elif watched():
        with _bar(name) as show:
            yield show
    else:
        yield _lines(name)


@contextmanager
def _bar(name: str) -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"))
    # no thread of its own, with which workers could not be copies of this process
    with Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task(name, total=None, told="")
        last = 0.0

        def show(progress: Progress) -> None:
            nonlocal last
            if time.monotonic() - last < DRAWN:
                return
            last = time.monotonic()
            told = in_words(progress)
            bar.update(task, completed=progress.done, total=progress.runs, told=told, refresh=True)

        yield show


def _lines(name: str) -> Callable[[Progress], None]:
    last = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            print(f"{name}: {in_words(progress)}", file=sys.stderr, flush=True)

    return show


def in_words(progress: Progress) -> str:
    """Done, failed, running, rate and time left."""
    failed = progress.failed + progress.failed_before
    parts = [f"{progress.done:,} of {progress.runs:,} done", f"{failed:,} failed"]
    parts.append(f"{progress.running:,} running")
    if progress.waiting:
        parts.append(f"waiting for {progress.waiting:,} of another sweep")
    if progress.left is not None:
        parts += [f"{progress.rate:.3g} runs/s", f"{duration(progress.left)} left"]
    return " · ".join(parts)


def took(progress: Progress) -> str:
    """What a sweep did and how long it took."""
    lived = progress.finished + progress.failed
    before = progress.finished_before + progress.failed_before
    parts = [f"{lived:,} lived in {duration(progress.elapsed)}"]
    if before:
        parts.append(f"{before:,} were there before")
    if lived:
        share = progress.seconds / max(progress.elapsed * progress.workers, 1e-9)
        parts.append(f"{100 * share:.0f} % of {progress.workers} cores' time was simulation")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 90:
        return f"{seconds:.3g} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
