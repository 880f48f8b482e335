"""Living a run of a study: what a worker does, wherever it stands, and what it writes down."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
import traceback
import warnings
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import version
from os import getpid
from pathlib import Path
from typing import Any, NamedTuple

from bondsim.causal.looks import Look, looked_at
from bondsim.errors import UnwritableError
from bondsim.measures.registry import DIGITS, outcomes_of
from bondsim.store.catalogue import PACKED, Catalogue
from bondsim.store.journal import Journal, Record
from bondsim.store.plain import in_words
from bondsim.store.provenance import model_hash
from bondsim.store.records import FAILED, FINISHED
from bondsim.study.copies import end_with
from bondsim.study.plan import Cell, Job
from bondsim.warm import warm
from bondsim.world import Run

MOST_LOG = 20_000
"""Characters of a run's log that are kept: its beginning and its end."""


@dataclass(frozen=True, eq=False)
class Order:
    """What all runs of a study have in common, for a worker.

    `parent`: the process that waits. `most`: runs that a worker writes into one file.
    """

    parent: int
    results: str
    token: str
    look: Look
    keep: str
    measure: str = ""
    most: int = PACKED


class Task(NamedTuple):
    """Some runs that one worker lives one after the other: cells by number, jobs, outcomes."""

    cells: Mapping[int, Cell]
    jobs: Sequence[tuple[Job, tuple[str, ...]]]


class Ended(NamedTuple):
    """What became of a run, for the one who waits.

    `seconds`, `cpu`: that its world took, by the clock and of a core. `record`: what the worker
    could not write down itself.
    """

    id: str
    status: str
    seconds: float
    cpu: float
    record: Record | None


def live_task(order: Order, task: Task) -> list[Ended]:
    """Live some runs and write each down as it ends.

    A run that fails is written down with its traceback. Where the folder of results is another
    one than the sweep's, as on a cluster without common files, records come back instead. Raises
    `UnwritableError` where nothing can be written.
    """
    if getpid() != order.parent and threading.current_thread() is threading.main_thread():
        # Ctrl-C reaches every process of a terminal; the one that waits for results decides
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.getppid() == order.parent:
        end_with(order.parent)
    warm()  # what is loaded here is no part of any run's time
    catalogue = Catalogue(order.results)
    with catalogue.writing(), ExitStack() as held:
        journal = None
        if token_of(catalogue) == order.token:
            journal = held.enter_context(_journal(order.results, order.most, getpid()))
        return [
            _lived(order, task.cells[job.cell], job, outcomes, journal)
            for job, outcomes in task.jobs
        ]


def _lived(
    order: Order, cell: Cell, job: Job, outcomes: tuple[str, ...], journal: Journal | None
) -> Ended:
    if journal is not None:
        journal.begin(job.id)
    simulation = Stopwatch()
    record = record_of(order, cell, job, outcomes, simulation)
    if journal is not None:
        journal.end(record)
    kept = record if journal is None else None
    return Ended(job.id, record["status"], simulation.seconds, simulation.cpu, kept)


class Stopwatch:
    """Time that a ``with`` block takes: `seconds` by the clock, `cpu` of this process's cores.

    What counts as simulation: making a world and living its days, and what a study with a `measure`
    of its own does in place of that. Importing, loading machine code, outcomes, hash and writing
    down do not count.
    """

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0

    def __enter__(self) -> None:
        self._start, self._cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start
        self.cpu = time.process_time() - self._cpu


def record_of(
    order: Order, cell: Cell, job: Job, outcomes: tuple[str, ...], simulation: Stopwatch
) -> Record:
    """Live one run, its world by the stopwatch; everything of it that is kept, by column."""
    log = [f"{now()} began on {_host()}, process {getpid()}"]
    start = time.perf_counter()
    record: Record = {"id": job.id, "status": FAILED, "error": None}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if order.measure:
                with simulation:
                    came = _measured_by(order.measure, cell, job.replicate, outcomes)
            else:
                with simulation:
                    run = lived_run(cell, job.replicate)
                came = _came_of(order, cell, job, outcomes, run, simulation.seconds)
            record |= {"status": FINISHED, **came}
        except (OSError, UnwritableError):
            raise
        except Exception as error:
            told = " ".join(f"{type(error).__name__}: {error}".split())
            record |= {"error": told[:500], "outcomes": "", "n_outcomes": 0}
            log.append(traceback.format_exc().rstrip())
    log += [f"warning: {each.category.__name__}: {each.message}" for each in caught]
    ended = now()
    log.append(f"{ended} {record['status']} after {time.perf_counter() - start:.3f} s")
    return {
        **record,
        **determined(cell, job.replicate),
        "seconds": round(simulation.seconds, 6),
        "finished": ended,
        "host": _host(),
        "process": getpid(),
        "log": _shortened("\n".join(log)),
    }


def now() -> str:
    """The time, as it is written down."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def lived_run(cell: Cell, replicate: int) -> Run:
    """One replicate of a cell, lived to its last day."""
    design = cell.design
    world = design.world(replicate)
    return world.run(design.days, burn_in=design.burn_in, snapshots=cell.snapshots)


def _came_of(
    order: Order, cell: Cell, job: Job, outcomes: tuple[str, ...], run: Run, seconds: float
) -> Record:
    """The outcomes of a run, its hash, and where more of it is kept."""
    waves = looked_at(run, sorted({cell.design.burn_in, cell.design.last_day}), order.look)
    values = outcomes_of(outcomes, waves, run.params.seed)
    kept = _kept(order, job, run, seconds)
    return {**measured(outcomes, values), "hash": run.hash, **kept}


def _measured_by(measure: str, cell: Cell, replicate: int, outcomes: tuple[str, ...]) -> Record:
    """What a function of its own makes of a design and a replicate."""
    module, _, name = measure.partition(":")
    values = getattr(import_module(module), name)(cell.design, replicate, outcomes)
    rounded = {key: float(f"{value:.{DIGITS}g}") for key, value in values.items()}
    return measured(outcomes, rounded)


def measured(outcomes: Sequence[str], values: Mapping[str, float]) -> Record:
    """Outcomes as columns; None for one that is not defined in this world."""
    known = {name: None if values[name] != values[name] else values[name] for name in outcomes}
    return {**known, "outcomes": ",".join(sorted(outcomes)), "n_outcomes": len(outcomes)}


def _kept(order: Order, job: Job, run: Run, seconds: float) -> Record:
    results = Path(order.results)
    if order.keep == "folder":
        from bondsim.store.saving import save_run

        return {"folder": save_run(run, results, elapsed=seconds, threads=1).name}
    if order.keep == "series":
        from bondsim.store.parquet import write_table

        path = series_path(results, job.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{getpid()}.tmp")
        write_table(draft, [run.tables["series"]])
        draft.replace(path)
        return {"folder": path.relative_to(results).as_posix()}
    return {}


def series_path(results: Path, run: str) -> Path:
    """Where the daily series of a run is kept, if it is."""
    return Catalogue(results).folder / "series" / run[:2] / f"{run}.parquet"


def determined(cell: Cell, replicate: int) -> Record:
    """What determines a run, by column: parameters by path, network, interventions, days."""
    return {**_of_cell(cell), "seed": cell.design.params.seed + replicate}


@lru_cache(maxsize=8)
def _of_cell(cell: Cell) -> Record:
    return columns_of(cell.science())


def columns_of(science: Mapping[str, Any]) -> Record:
    """A run's science as columns."""
    flat = dict(flattened(science["params"]))
    flat |= {f"network.{name}": _cell_of(value) for name, value in science["network"].items()}
    planned = science["interventions"]
    return {
        **flat,
        "interventions": json.dumps(in_words(planned)) if planned else None,
        "days": science["days"],
        "burn_in": science["burn_in"],
        "snapshots": json.dumps(science["snapshots"]),
        "version": version("bondsim"),
        "code": model_hash()[:12],
    }


def flattened(tree: Mapping[str, Any], prefix: str = "") -> Any:
    """Path and value of each leaf of nested mappings."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def token_of(catalogue: Catalogue) -> str | None:
    """What tells a folder of results from any other one, None where there is none."""
    try:
        found = (catalogue.folder / "token").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
    return found or None


def _cell_of(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else json.dumps(value)


def _shortened(log: str) -> str:
    if len(log) <= MOST_LOG:
        return log
    half = MOST_LOG // 2
    return f"{log[:half]}\n... {len(log) - 2 * half} characters left out ...\n{log[-half:]}"


@cache
def _host() -> str:
    return socket.gethostname()


@cache
def _journal(results: str, most: int, process: int) -> Journal:
    """The journal of this process, which it opens anew for each task."""
    return Catalogue(results).journal(most)
