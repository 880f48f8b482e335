"""Single runs in the catalogue: what `bondsim run` made stands beside the runs of studies."""

from __future__ import annotations

from collections.abc import Mapping
from os import getpid
from pathlib import Path
from socket import gethostname

from bondsim.causal.design import Design
from bondsim.causal.looks import Look, looked_at
from bondsim.measures.registry import MEASURES, OUTCOMES, outcomes_of
from bondsim.store.catalogue import Catalogue
from bondsim.store.plans import run_id
from bondsim.store.records import FINISHED
from bondsim.store.stored import StoredRun, params_of
from bondsim.study.living import determined, measured, now
from bondsim.study.plan import OUTCOMES as ASKED
from bondsim.study.plan import Cell
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


def note_run(stored: StoredRun, values: Mapping[str, float]) -> None:
    """Write a stored run with these outcomes down in the catalogue of the folder that it lies in.

    A study that asks for the same run later finds it there. Raises `DataError` where the catalogue
    cannot be written to.
    """
    params, network, planned, days, burn_in, snapshots = params_of(stored)
    design = Design(params, network, days, burn_in, 1, planned)
    cell = Cell("run", 0, {}, design, snapshots)
    Catalogue(Path(stored.folder).parent).add(
        {
            "id": run_id(cell.digest(Look()), params.seed),
            "status": FINISHED,
            "error": None,
            **measured(list(values), values),
            "hash": stored.hash,
            "folder": stored.folder.name,
            **determined(cell, 0),
            "seconds": stored.provenance.get("seconds"),
            "finished": now(),
            "host": gethostname(),
            "process": getpid(),
        }
    )
