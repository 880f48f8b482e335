"""Sweeps that grow by replicates until every cell is known as precisely as is wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bondsim.store.plans import StoredPlan
from bondsim.store.query import Results
from bondsim.study.plan import Plan
from bondsim.study.precision import Look, Precision, look
from bondsim.study.summary import values_of
from bondsim.study.sweep import Progress, sweep


def sweep_until(
    plan: Plan, results: str | Path, wish: Precision | None, precise: str = "", **manner: Any
) -> tuple[StoredPlan, Progress]:
    """Carry out a plan: all its replicates, or so many as `wish` needs of the outcome `precise`.

    `manner`: the other arguments of `sweep`. Only looks at `Precision.looks` may stop it, so that
    the same wish has the same replicates however often it is interrupted.
    """
    if wish is None:
        return sweep(plan, results, **manner)
    whole: Progress | None = None

    def live(part: Plan) -> StoredPlan:
        nonlocal whole
        stored, progress = sweep(part, results, **manner)
        whole = _together(whole, progress)
        return stored

    stored = in_rounds(plan, results, wish, precise, live)
    assert whole is not None
    return stored, whole


def in_rounds(
    plan: Plan,
    results: str | Path,
    wish: Precision,
    precise: str,
    live: Callable[[Plan], StoredPlan],
) -> StoredPlan:
    """Have `live` carry out a plan with more and more replicates, until a look says enough.

    Whoever looks must have all of them: `live` returns when every run has ended.
    """
    n = wish.looks()[0]
    while True:
        stored = live(replace(plan, replicates=n))
        found = look_at(stored, results, n, wish, precise)
        if found.stop:
            return stored
        n = found.next


def look_at(stored: StoredPlan, results: str | Path, n: int, wish: Precision, precise: str) -> Look:
    """What a look at the first `n` replicates of a study finds."""
    table = Results(results).of_study(stored.folder_name)
    return look(values_of(table, stored, [precise])[:, :n, 0], wish)


def _together(before: Progress | None, now: Progress) -> Progress:
    """The progress of several sweeps as that of one."""
    if before is None:
        return now
    return replace(
        now, started=before.started, finished=before.finished + now.finished,
        failed=before.failed + now.failed,
        seconds=before.seconds + now.seconds, cpu=before.cpu + now.cpu,
        finished_before=before.finished_before, failed_before=before.failed_before,
    )  # fmt: skip
