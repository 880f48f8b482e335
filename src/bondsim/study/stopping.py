"""Sweeps that grow by replicates until every cell is known as precisely as is wanted."""

from __future__ import annotations

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
    n = wish.looks()[0]
    whole: Progress | None = None
    while True:
        stored, progress = sweep(replace(plan, replicates=n), results, **manner)
        whole = _together(whole, progress)
        found = look_at(stored, results, n, wish, precise)
        if found.stop:
            return stored, whole
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
