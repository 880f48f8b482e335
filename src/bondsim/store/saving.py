"""Run folders as they are written: all that a run found and all that repeats it, whole or not.

A folder is named by what determines its run, so the same run always has the same name.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.history import column_units
from bondsim.labels import LABELLED, Labels
from bondsim.network import network_digest
from bondsim.store.folders import settle, write_json
from bondsim.store.inputs import FOLDER, generated, write_network
from bondsim.store.parquet import write_table
from bondsim.store.provenance import provenance
from bondsim.store.stored import StoredRun, at_ends, load_run, title_of, verify
from bondsim.tables import TABLES, parts_of

if TYPE_CHECKING:
    import pyarrow as pa

    from bondsim.state import Array
    from bondsim.world import Run

    Table = dict[str, Array]


def save_run(
    run: Run, results: str | Path, *, elapsed: float | None = None, threads: int | None = None
) -> Path:
    """Write a run to ``<results>/<network>-<seed>-<id>`` and return that folder.

    `elapsed`: seconds that the run took; `threads`: how many were asked for. The folder appears
    when everything is in it; one of the same run that is there already is replaced. Raises
    `DataError` where it cannot be written. Where the same run is stored with other results, both
    are kept: this one's folder has the start of its hash in its name, and `DiffersError` tells it.
    """
    account = provenance(run, elapsed=elapsed, threads=threads)
    return settle_run(run, Path(results), account, drafts=Path(results))


def settle_run(run: Run, results: Path, account: dict[str, Any], *, drafts: Path) -> Path:
    """As `save_run`; `drafts` is the folder, on the same disk, in which everything is written."""
    digest, hashed = network_digest(run.network), run.hash

    def stored_in(folder: Path) -> StoredRun:
        stored = load_run(folder)
        if stored.hash != hashed:
            verify(folder)
        return stored

    def write(draft: Path) -> None:
        write_run(run, draft, account, digest, hashed)

    return settle(results / run_name(run, digest), run, stored_in, write, drafts=drafts)


def run_id(run: Run, digest: str) -> str:
    """SHA-256 of all that determines a run: parameters, starting network, version of bondsim."""
    decisive = [run.science(), digest, version("bondsim")]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def run_name(run: Run, digest: str) -> str:
    """The name of a run's folder; `digest` is that of its network."""
    return f"{run.network.source['source']}-{run.params.seed}-{run_id(run, digest)[:8]}"


def write_run(run: Run, folder: Path, account: dict[str, Any], digest: str, hashed: str) -> None:
    """Write all files of a run to an empty folder."""
    from bondsim import figures
    from bondsim.figures.town import NAMED
    from bondsim.measures.summary import summarise

    labels = Labels(run.network)

    def beside(rows: Table) -> dict[str, pa.Array]:
        return {label: labels.of(rows[c]) for c, label in LABELLED.items() if c in rows}

    for name in TABLES:
        write_table(folder / f"{name}.parquet", parts_of(run.tables, name), beside)
    write_json(folder / "parameters.json", run.science())
    write_json(folder / "provenance.json", {**account, "network": digest})
    write_json(folder / "columns.json", column_units())
    if not generated(run.network.source):
        write_network(run.network, folder / FOLDER)
    ends = at_ends(run, run.snapshots)
    write_json(folder / "summary.json", [row._asdict() for row in summarise(ends)])
    # a larger town is drawn without labels
    named = _label_of(run) if run.network.n_agents <= NAMED else {}
    figure = figures.town(ends, name=title_of(run.network.source), labels=named)
    figures.save(figure, folder / "figure.png")
    (folder / "hash.txt").write_text(hashed + "\n", encoding="ascii")


def _label_of(run: Run) -> dict[int, str]:
    names = [str(label) for label in run.network.labels.tolist()]
    return dict(zip(run.network.ids.tolist(), names, strict=True))
