"""Single runs in the catalogue: what `bondsim run` made stands beside the runs of studies."""

from __future__ import annotations

from datetime import UTC, datetime
from os import getpid
from pathlib import Path
from socket import gethostname

from bondsim.causal.design import Design
from bondsim.causal.looks import Look, looked_at
from bondsim.measures.registry import MEASURES, OUTCOMES, outcomes_of
from bondsim.store.catalogue import FINISHED, Catalogue
from bondsim.store.plans import run_id
from bondsim.store.stored import StoredRun, params_of
from bondsim.study.living import determined, measured
from bondsim.study.plan import OUTCOMES as ASKED
from bondsim.study.plan import Cell

LARGE = 100_000
"""In towns with more people only levels of loneliness are measured for the catalogue."""


def note_run(stored: StoredRun) -> None:
    """Write a stored run down in the catalogue of the folder that it lies in.

    A study that asks for the same run later finds it there. Raises `DataError` where the catalogue
    cannot be written to.
    """
    params, network, planned, days, burn_in, snapshots = params_of(stored)
    design = Design(params, network, days, burn_in, 1, planned)
    cell = Cell("run", 0, {}, design, snapshots)
    look = Look()
    names = [n for n in ASKED if MEASURES[OUTCOMES[n].measure].n_waves <= min(days, 2)]
    if stored.provenance["n_agents"] > LARGE:
        names = names[:6]
    waves = looked_at(stored, sorted({burn_in, design.last_day}), look)
    values = outcomes_of(names, waves, params.seed)
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    Catalogue(Path(stored.folder).parent).add(
        {
            "id": run_id(cell.digest(look), params.seed),
            "status": FINISHED,
            "error": None,
            **measured(names, values),
            "hash": stored.hash,
            "folder": stored.folder.name,
            **determined(cell, 0),
            "seconds": stored.provenance.get("seconds"),
            "finished": now,
            "host": gethostname(),
            "process": getpid(),
        }
    )
