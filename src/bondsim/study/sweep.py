"""Sweeps: all runs of a plan that are not there yet, carried out and written down as they end.

What stops a sweep - Ctrl-C, a kill, a full disk, a worker that dies - loses at most the runs that
were being lived. The same plan started again goes on with the rest.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from secrets import token_hex

from bondsim.errors import DataError
from bondsim.store.catalogue import PACKED, Catalogue
from bondsim.store.claims import Claims
from bondsim.store.folders import put_text
from bondsim.store.journal import SUFFIX, read_journal
from bondsim.store.locks import locked
from bondsim.store.parquet import read_table
from bondsim.store.plans import StoredPlan, write_plan
from bondsim.store.records import FAILED, FINISHED
from bondsim.store.stored import whole_run
from bondsim.store.watch import Watch
from bondsim.study.copies import LostWorkerError
from bondsim.study.executors import ExecutorPlan, Pool, pool_of
from bondsim.study.living import Ended, Order, Task, determined, live_task, now, token_of
from bondsim.study.plan import Job, Plan

POLL = 0.5
"""Seconds between looks at runs that another sweep is living."""
MOST_VAIN = 3
"""So often workers may die without a run to blame."""


@dataclass
class Progress:
    """How far a sweep is. `waiting`: runs that another sweep is living."""

    runs: int
    workers: int = 1
    finished_before: int = 0
    failed_before: int = 0
    finished: int = 0
    failed: int = 0
    running: int = 0
    waiting: int = 0
    seconds: float = 0.0
    """Seconds that worlds took by the clock, of all workers together: see `living.Stopwatch`."""
    cpu: float = 0.0
    """The same of cores: less, where others had them as well."""
    started: float = field(default_factory=time.monotonic)
    damaged: list[str] = field(default_factory=list)
    """What of earlier runs was found damaged, in words; whoever tells it takes it away."""

    @property
    def done(self) -> int:
        """Runs that have ended, now or earlier."""
        return self.finished_before + self.failed_before + self.finished + self.failed

    @property
    def elapsed(self) -> float:
        """Seconds since the sweep began."""
        return time.monotonic() - self.started

    @property
    def rate(self) -> float:
        """Runs a second."""
        return (self.finished + self.failed) / max(self.elapsed, 1e-9)

    @property
    def left(self) -> float | None:
        """Seconds until the end, None where nothing has ended yet."""
        return (self.runs - self.done) / self.rate if self.finished + self.failed else None


Told = Callable[[Progress], None]
"""Called as runs begin and end; may raise to stop the sweep."""


def sweep(
    plan: Plan,
    results: str | Path,
    *,
    executor: ExecutorPlan | None = None,
    retry_failed: bool = False,
    part: tuple[int, int] = (0, 1),
    told: Told | None = None,
) -> tuple[StoredPlan, Progress]:
    """Live every run of `plan` that is not there yet; the stored plan, and what was done.

    `part` (k, n): of the runs only every n-th from the k-th on, for n sweeps that share a plan.
    Raises `DataError` where nothing can be written, and whatever `told` raises.
    """
    stored, progress = begin(plan, results)
    catalogue = Catalogue(results)
    # arms, points and seeds may ask for the same run: it is lived once
    whole = {job.id: job for job in plan.jobs()}.values()
    jobs = [job for n, job in enumerate(whole) if n % part[1] == part[0]]
    progress.runs = len(jobs)
    carried = Sweep(plan, catalogue, retry_failed, progress, told or (lambda _: None))
    try:
        catalogue.pack()  # what sweeps left that were killed: to read it again and again takes long
        carried.carry_out(jobs, executor or ExecutorPlan())
    finally:
        catalogue.pack()
    return stored, progress


class Sweep:
    """One carrying out of a plan."""

    def __init__(
        self, plan: Plan, catalogue: Catalogue, retry_failed: bool, progress: Progress, told: Told
    ) -> None:
        self.plan = plan
        self.catalogue = catalogue
        self.retry_failed = retry_failed
        self.progress = progress
        self.told = told
        self._held: dict[str, tuple[str, ...]] = {}
        self._tried: set[str] = set()
        self._deaths: dict[str, int] = {}
        self._vain = 0
        self._packed = 0

    def carry_out(self, jobs: Sequence[Job], executor: ExecutorPlan) -> None:
        """Live what is left of these jobs."""
        left = self._left(jobs)
        before = {job.id for job in jobs} - {job.id for job in left}
        self.progress.failed_before = len(before & self._failed)
        self.progress.finished_before = len(before) - self.progress.failed_before
        self.told(self.progress)
        if not left:
            return
        with ExitStack() as held:
            claims = held.enter_context(Claims(self.catalogue))
            pool = held.enter_context(pool_of(executor))
            self.progress.workers = pool.n_workers
            while left:
                self._live(left, claims, pool, executor.task_seconds)
                left = self._left(jobs)
                self._wait(left, claims)

    def _live(self, left: list[Job], claims: Claims, pool: Pool, seconds: float) -> None:
        order = Order(
            os.getpid(), str(self.catalogue.results.resolve()), token_of(self.catalogue) or "",
            self.plan.look, self.plan.keep, self.plan.measure, max(1, PACKED // pool.n_workers),
        )  # fmt: skip
        suspects = [job for job in left if job.id in self._deaths]
        for job in suspects:  # one at a time: whose worker dies then is to blame
            self._attempt(order, pool, iter([[job]]), claims)
        packs = self._packs([job for job in left if job not in suspects], pool, seconds)
        self._attempt(order, pool, packs, claims)

    def _attempt(
        self, order: Order, pool: Pool, packs: Iterator[list[Job]], claims: Claims
    ) -> None:
        """Live packs until they are through, or a worker dies."""
        handed: dict[str, Job] = {}
        try:
            for ended in pool.map(partial(live_task, order), self._tasks(packs, claims, handed)):
                for each in ended:
                    handed.pop(each.id, None)
                    self._count(each)
                self._pack()
                self._tell(len(handed))
        except LostWorkerError:
            self._blame(handed, claims)

    def _tasks(
        self, packs: Iterator[list[Job]], claims: Claims, handed: dict[str, Job]
    ) -> Iterator[Task]:
        """What workers get, as they get it."""
        for pack in packs:
            # claims first: whoever had them before has written down what it lived
            free = set(claims.take(job.id for job in pack)) - self._watch.ended()
            mine = [job for job in pack if job.id in free]
            if mine:
                handed |= {job.id: job for job in mine}
                self._tried |= free
                self._tell(len(handed))
                cells = {job.cell: self.plan.cells[job.cell] for job in mine}
                yield Task(cells, [(job, self._outcomes(job)) for job in mine])

    def _packs(self, jobs: Sequence[Job], pool: Pool, seconds: float) -> Iterator[list[Job]]:
        """Jobs in packs of about so many seconds, by what runs took so far; smaller at the end."""
        start = 0
        while start < len(jobs):
            n, progress = 1, self.progress
            ended = progress.finished + progress.failed
            if ended:
                each = max(progress.seconds / ended, 1e-4)
                fair = (len(jobs) - start) // (2 * pool.n_workers)
                n = max(1, min(int(seconds / each), fair))
            yield list(jobs[start : start + n])
            start += n

    def _count(self, ended: Ended) -> None:
        if ended.record is not None:
            self.catalogue.add(ended.record)
        if ended.status == FINISHED:
            self.progress.finished += 1
        else:
            self.progress.failed += 1
        self.progress.seconds += ended.seconds
        self.progress.cpu += ended.cpu

    def _pack(self) -> None:
        """Now and then pack what workers have closed, which is read in a quarter of the time."""
        ended = self.progress.finished + self.progress.failed
        if ended - self._packed >= PACKED:
            self._packed = ended
            self.catalogue.pack(closed=True)

    def _tell(self, running: int) -> None:
        self.progress.running = running
        self.told(self.progress)

    # --- what is there -----------------------------------------------------------------------

    def _left(self, jobs: Sequence[Job]) -> list[Job]:
        """The jobs that are not there yet, in their order."""
        self._watch = Watch(self.catalogue)  # before we read, so that nothing falls between
        read = Catalogue(self.catalogue.results)
        wanted = set(self.plan.outcomes)
        done: set[str] = set()
        self._failed: set[str] = set()
        columns = ("id", "status", "outcomes", "folder")
        for record in read.records(columns):
            run, held = record["id"], (record.get("outcomes") or "").split(",")
            if record["status"] == FAILED:
                self._failed.add(run)
                if not self.retry_failed or run in self._tried:
                    done.add(run)
            elif wanted <= set(held) and self._is_kept(run, record.get("folder")):
                done.add(run)
            else:
                self._held[run] = tuple(held)
        self._tell_damage(read)
        return [job for job in jobs if job.id not in done]

    def _is_kept(self, run: str, folder: str | None) -> bool:
        """Whether what the plan keeps of a run beside its outcomes is there."""
        if self.plan.keep == "outcomes":
            return True
        if not folder or (self.plan.keep == "series") != folder.endswith(".parquet"):
            return False
        if run in self._tried:  # just written
            return True
        try:
            check = read_table if self.plan.keep == "series" else whole_run
            check(self.catalogue.results / folder)
        except DataError as error:
            self.progress.damaged.append(f"{error.where}: {error.found}; the run is lived anew")
            return False
        self._tell(0)
        return True

    def _tell_damage(self, read: Catalogue) -> None:
        new = [text for text in read.damage if text not in self.catalogue.damage]
        self.catalogue.damage += new

    def _outcomes(self, job: Job) -> tuple[str, ...]:
        """What is measured of a run: what is asked, and what was known of it before."""
        more = [name for name in self._held.get(job.id, ()) if name]
        return tuple(dict.fromkeys([*self.plan.outcomes, *more]))

    def _wait(self, left: Sequence[Job], claims: Claims) -> None:
        """Wait while all that is left is being lived by other sweeps."""
        if not left:
            return
        taken = claims.others()
        while left and all(job.id in taken for job in left):
            self.progress.waiting = len(left)
            self._tell(0)
            time.sleep(POLL)
            done = self._watch.ended()
            left = [job for job in left if job.id not in done]
            taken = claims.others()
        self.progress.waiting = 0

    # --- workers that die --------------------------------------------------------------------

    def _blame(self, handed: Mapping[str, Job], claims: Claims) -> None:
        """After a worker died: those of the runs in its hands that did not end are suspects."""
        read = Catalogue(self.catalogue.results)
        status = {record["id"]: record["status"] for record in read.records()}
        begun = {
            run
            for path in read.journals.glob(f"*{SUFFIX}")
            for run in read_journal(path).broken_off
        }
        told = [run for run in handed if run in status and run not in begun]
        blamed = [run for run in handed if run in begun or len(handed) == 1]
        for run in told:
            self._count(Ended(run, status[run], 0.0, 0.0, None))
        claims.free(set(handed) - set(told))
        for run in blamed:
            self._deaths[run] = self._deaths.get(run, 0) + 1
            if len(handed) == 1:
                self._give_up(handed[run])
        self._vain = 0 if told or blamed else self._vain + 1
        if self._vain >= MOST_VAIN:
            fix = "look for what ends processes here; fewer need less memory: executor.processes=1"
            raise DataError("the workers", "they die before they live anything", fix)

    def _give_up(self, job: Job) -> None:
        """Write down a run that kills whoever lives it."""
        error = "the process that lived it died, perhaps for want of memory"
        self.catalogue.add(
            {
                "id": job.id, "status": FAILED, "error": error, "outcomes": "", "n_outcomes": 0,
                **determined(self.plan.cells[job.cell], job.replicate), "finished": now(),
                "log": error,
            }
        )  # fmt: skip
        self._tried.add(job.id)
        self._deaths.pop(job.id, None)
        self.progress.failed += 1


def begin(plan: Plan, results: str | Path) -> tuple[StoredPlan, Progress]:
    """Write down what is to be done; the stored plan, and a progress at its start."""
    catalogue = Catalogue(results).make()
    with catalogue.writing(), locked(catalogue.lock):
        if token_of(catalogue) is None:  # what tells this folder from any other
            put_text(catalogue.folder / "token", token_hex(16))
    told = {**plan.told, "outcomes": list(plan.outcomes)}
    stored = write_plan(catalogue, plan.name, plan.kept_cells(), plan.replicates, told)
    return stored, Progress(plan.n_runs)


def n_left(plan: Plan, results: str | Path, *, retry_failed: bool = False) -> int:
    """How many runs of a plan a sweep would have to live."""
    jobs = list({job.id: job for job in plan.jobs()}.values())
    unseen = Progress(plan.n_runs)
    return len(Sweep(plan, Catalogue(results), retry_failed, unseen, lambda _: None)._left(jobs))


def count(plan: Plan, results: str | Path, progress: Progress) -> None:
    """Bring a progress up to date that other processes make."""
    wanted = {job.id for job in plan.jobs()}
    came = [r["status"] for r in Catalogue(results).records() if r["id"] in wanted]
    progress.failed = came.count(FAILED)
    progress.finished = len(came) - progress.failed
