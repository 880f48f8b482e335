"""Folders of analyses: what was found, all that repeats it, and where it comes from.

Like a run's folder, one is named by what determines it, holds its tables as Parquet files, and has
a hash of its content that the same analysis gives again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bondsim.causal.analysis import Analysis, Report
from bondsim.causal.columns import described
from bondsim.causal.design import Design
from bondsim.causal.settings import KINDS, Kind
from bondsim.errors import BondsimError, DataError
from bondsim.interventions import Intervention
from bondsim.network import network_digest
from bondsim.params import from_dict
from bondsim.store.folders import settle, write_json
from bondsim.store.inputs import FOLDER, generated, restored, write_network
from bondsim.store.parquet import damaged, read_table, write_table
from bondsim.store.plain import in_numbers
from bondsim.store.provenance import SCHEMA, account_of
from bondsim.store.stored import read_hash, read_json
from bondsim.tables import Table, content_hash

FILES = (
    "parameters.json", "provenance.json", "columns.json", "summary.json", "hash.txt", "figure.png",
)  # fmt: skip
"""What a folder holds beside its tables."""


@dataclass(frozen=True, eq=False)
class StoredAnalysis:
    """An analysis as its folder tells it; tables are read when they are first asked for."""

    folder: Path
    science: dict[str, Any]
    provenance: dict[str, Any]
    hash: str

    @property
    def kind(self) -> str:
        """Which analysis it is."""
        return str(self.science["analysis"])

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """What was found."""
        paths = sorted(self.folder.glob("*.parquet"))
        return {path.stem: read_table(path) for path in paths}

    @property
    def report(self) -> Report:
        """The table that it ends with."""
        report: Report = KINDS[self.kind].module.report(self)
        return report


def save_analysis(
    found: Analysis,
    results: str | Path,
    *,
    elapsed: float | None = None,
    command: Sequence[str] | None = None,
) -> Path:
    """Write an analysis to ``<results>/<kind>-<network>-<seed>-<id>``; returns that folder.

    `elapsed` [s] is the time it took; `command`: the words that asked for it, those of this process
    if None.

    An older folder of the same analysis is replaced. Where that holds other results, both are kept
    and `DiffersError` tells it. Raises `DataError` where it cannot be written.
    """
    network, science = found.design.people(0), found.science
    digest = network_digest(network)
    seed = found.design.params.seed
    decisive = json.dumps([science, digest, version("bondsim")], sort_keys=True)
    number = hashlib.sha256(decisive.encode()).hexdigest()[:8]
    hashed = found.hash
    account = account_of(seed, network, elapsed=elapsed, command=command) | {"network": digest}

    def write(draft: Path) -> None:
        from bondsim import figures
        from bondsim.figures.analyses import further, of_analysis

        for name, table in found.tables.items():
            write_table(draft / f"{name}.parquet", [table])
        write_json(draft / "parameters.json", science)
        write_json(draft / "provenance.json", account)
        write_json(draft / "columns.json", described(found.tables, _own_columns(found)))
        write_json(draft / "summary.json", KINDS[found.kind].module.report(found)._asdict())
        if not generated(network.source):
            write_network(network, draft / FOLDER)
        figures.save(of_analysis(found), draft / "figure.png")
        for name, page in further(found).items():
            figures.save(page, draft / f"{name}.png")
        (draft / "hash.txt").write_text(hashed + "\n", encoding="ascii")

    def stored_in(folder: Path) -> StoredAnalysis:
        stored = load_analysis(folder)
        if stored.hash != hashed:
            verify_analysis(stored)
        return stored

    folder = Path(results) / f"{found.kind}-{network.source['source']}-{seed}-{number}"
    return settle(folder, found, stored_in, write, drafts=Path(results))


def _own_columns(found: Analysis) -> dict[str, tuple[str, str]]:
    """Columns that only this analysis has, with unit and meaning."""
    module = KINDS[found.kind].module
    beside = module.described_beside(found.science) if hasattr(module, "described_beside") else {}
    return {**getattr(module, "COLUMNS", {}), **beside}


def load_analysis(folder: str | Path) -> StoredAnalysis:
    """The analysis that was written to `folder`; `DataError` if that is not a whole one."""
    folder = Path(folder)
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise damaged(folder, f"not a complete folder of an analysis: no {missing[0]}")
    science = read_json(folder / "parameters.json", dict)
    account = read_json(folder / "provenance.json", dict)
    if science.get("analysis") not in KINDS or account.get("schema") != SCHEMA:
        found = f"an analysis {science.get('analysis')!r} of layout {account.get('schema')!r}"
        raise DataError(str(folder), found, "read it with the version of bondsim that wrote it")
    science["params"] = in_numbers(science.get("params"))
    return StoredAnalysis(folder, science, account, read_hash(folder / "hash.txt"))


def draw_again(stored: StoredAnalysis) -> None:
    """Draw the figure of a stored analysis in place of the old one."""
    from bondsim import figures
    from bondsim.figures.analyses import further, of_analysis

    figures.replace(of_analysis(stored), stored.folder / "figure.png")
    for name, page in further(stored).items():
        figures.replace(page, stored.folder / f"{name}.png")


def verify_analysis(stored: StoredAnalysis) -> None:
    """Refuse a folder whose tables are not what was written: `DataError`."""
    found = content_hash(stored.tables, json.dumps(stored.science, sort_keys=True))
    if found != stored.hash:
        told = f"the tables have the hash {found}, hash.txt says {stored.hash}"
        raise damaged(stored.folder, told)


def request_of(stored: StoredAnalysis) -> tuple[Kind, Design, dict[str, Any]]:
    """What repeats an analysis: its kind, its worlds, and the other arguments of `analyse`."""
    given, kind = stored.science, KINDS[stored.kind]
    try:
        params = from_dict(given["params"])
        digest = str(stored.provenance["network"])
        spec, _ = restored(stored.folder, given["network"], params.seed, digest)
        planned = tuple(Intervention(**each) for each in given["interventions"])
        design = Design(
            params, spec, given["days"], given["burn_in"], given["replicates"], planned
        )  # fmt: skip
        return kind, design, kind.module.plans_of(given)
    except DataError:
        raise
    except (BondsimError, KeyError, TypeError, ValueError, AttributeError) as error:
        found = f"not the parameters of an analysis ({error})"
        raise damaged(stored.folder / "parameters.json", found) from None
