"""Single runs in the catalogue: what `bondsim run` made is found again, by it and by studies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import getpid
from pathlib import Path
from socket import gethostname
from typing import Any

from bondsim.causal.looks import Look, looked_at
from bondsim.errors import DataError
from bondsim.measures.registry import MEASURES, OUTCOMES, outcomes_of
from bondsim.network import network_digest
from bondsim.store.catalogue import Catalogue
from bondsim.store.journal import Record
from bondsim.store.plans import run_id
from bondsim.store.records import FINISHED
from bondsim.store.saving import run_name
from bondsim.store.stored import StoredRun, whole_run
from bondsim.study.living import columns_of, measured, now
from bondsim.study.plan import OUTCOMES as ASKED
from bondsim.study.plan import digest_of_runs, science_of, told_by
from bondsim.world import Run

LARGE = 100_000
"""In towns with more people only levels of loneliness are measured for the catalogue."""


def outcomes_for(run: Run) -> dict[str, float]:
    """What the catalogue holds of a run: the usual outcomes, those that so few days give."""
    names = [n for n in ASKED if MEASURES[OUTCOMES[n].measure].n_waves <= min(run.days, 2)]
    if run.network.n_agents > LARGE:
        names = names[:6]
    last = run.burn_in + run.days - 1
    waves = looked_at(run, sorted({run.burn_in, last}), Look())
    return outcomes_of(names, waves, run.params.seed)


def find_run(planned: Run, results: Path, tell: Callable[[str], Any]) -> StoredRun | None:
    """The very same run, lived by this code, whose folder lies whole under `results`; else None.

    `planned`: a run that nobody has lived yet (`recording.planned_run`). Where the folder is
    damaged, and where the catalogue is, `tell` is given that in words.
    """
    # the folder first: a catalogue of 100,000 runs takes seconds to read
    folder = results / run_name(planned, network_digest(planned.network))
    catalogue = Catalogue(results)
    if not folder.exists() or not catalogue.exists():
        return None
    known = _record_of(_id_of(planned, _science_of(planned)), catalogue)
    for text in catalogue.damage:
        tell(text)
    if known is None:
        return None
    try:
        stored = whole_run(folder)
    except DataError as error:
        tell(f"{error.where}: {error.found}; the run is lived anew")
        return None
    # of another hash is what other code made, or a file of another name with the same content
    return stored if stored.hash == known["hash"] else None


def _record_of(run: str, catalogue: Catalogue) -> Record | None:
    """What the catalogue tells of a run that finished; `DataError` where it cannot be read."""
    try:
        records = catalogue.records(("id", "status", "hash"))
    except OSError as error:
        found = f"the catalogue cannot be read ({error.strerror or error})"
        fix = "mend it, or write elsewhere: results=FOLDER"
        raise DataError(str(catalogue.folder), found, fix) from None
    same = (each for each in records if each["id"] == run and each["status"] == FINISHED)
    return next(same, None)


def note_run(run: Run, stored: StoredRun, values: Mapping[str, float]) -> None:
    """Write a run, and where it is stored, down in the catalogue of the folder that it lies in.

    `values`: its outcomes. Whoever asks for the same run later finds it there. Raises `DataError`
    where the catalogue cannot be written to.
    """
    science = _science_of(run)
    Catalogue(Path(stored.folder).parent).add(
        {
            "id": _id_of(run, science),
            "status": FINISHED,
            "error": None,
            **measured(list(values), values),
            "hash": stored.hash,
            "folder": stored.folder.name,
            **columns_of(science),
            "seed": run.params.seed,
            "seconds": stored.provenance.get("seconds"),
            "finished": now(),
            "host": gethostname(),
            "process": getpid(),
        }
    )


def _science_of(run: Run) -> dict[str, Any]:
    """What determines a run whose network was made with its own seed, as all of the commands."""
    network = told_by(run.network.source)
    return science_of(
        run.params, network, run.interventions, run.days, run.burn_in, run.snapshots
    )  # fmt: skip


def _id_of(run: Run, science: Mapping[str, Any]) -> str:
    return run_id(digest_of_runs(science, Look()), run.params.seed)
