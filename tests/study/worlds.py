"""Small studies for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bondsim import Params
from bondsim.causal.design import Design
from bondsim.network import Circles
from bondsim.store.catalogue import Catalogue
from bondsim.store.query import Results
from bondsim.study.executors import ExecutorPlan
from bondsim.study.plan import Plan, cells_of
from bondsim.study.summary import final_table, write_final
from bondsim.study.sweep import Progress, sweep

ALONE = ExecutorPlan(processes=1)
OUTCOMES = ("prevalence", "lonely_days", "knee")


def town(**changes: Any) -> Design:
    """A hamlet that lives three days."""
    given = {"days": 3, **changes}
    return Design(Params(seed=5), Circles(n_agents=40), **given)


def small_plan(replicates: int = 2, **changes: Any) -> Plan:
    """Two arms at two points."""
    arms = {"open": town(), "calm": town(days=4)}
    points = [{"meet.psi": 1.0}, {"meet.psi": 2.0, "network.n_agents": 50}]
    given = {"name": "small", "outcomes": OUTCOMES, **changes}
    return Plan(cells=cells_of(arms, points), replicates=replicates, **given)


def lived(plan: Plan, results: Path, **manner: Any) -> Progress:
    """Carry out a plan in this process."""
    return sweep(plan, results, executor=manner.pop("executor", ALONE), **manner)[1]


def final_bytes(results: Path, name: str = "small") -> bytes:
    """The table of a study as it is exported."""
    found = Results(results)
    stored = found.plan(name)
    path = results / "final.csv"
    write_final(final_table(found.of_study(stored.folder_name), stored), path, "csv")
    return path.read_bytes()


def times_lived(results: Path) -> dict[str, int]:
    """How often each run was lived: in how many processes and at how many times it ended.

    What a packing that was killed left in two places is the same ending twice.
    """
    from bondsim.store.journal import read_journal

    endings: dict[str, set[tuple[str, int]]] = {}
    catalogue = Catalogue(results)
    rows = [row for table in catalogue._packed_tables() for row in table.to_pylist()]
    for path in catalogue.journals.glob("*"):
        rows += read_journal(path).records
    for row in rows:
        endings.setdefault(row["id"], set()).add((row["finished"], row["process"]))
    return {run: len(found) for run, found in endings.items()}
