"""Plans of studies as they are kept: which runs belong to each, by arm, point and replicate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.errors import DataError
from bondsim.store.catalogue import Catalogue
from bondsim.store.folders import put_text
from bondsim.store.locks import locked
from bondsim.store.plain import in_numbers, to_json
from bondsim.store.stored import read_json

if TYPE_CHECKING:
    import pyarrow as pa

PLAN = "plan.json"


@dataclass(frozen=True)
class StoredPlan:
    """A study as its folder tells it.

    `cells`: for each arm and point its name, number, values by path, digest and first seed.
    """

    folder: Path
    name: str
    replicates: int
    cells: list[dict[str, Any]]
    told: dict[str, Any]

    @property
    def folder_name(self) -> str:
        """Name and id of the study: what tells it from others."""
        return self.folder.name

    @property
    def varied(self) -> list[str]:
        """Paths of what differs between points, in the order of the plan."""
        return list(dict.fromkeys(path for cell in self.cells for path in cell["values"]))

    @property
    def outcomes(self) -> list[str]:
        """What is measured of each run."""
        return [str(name) for name in self.told.get("outcomes", [])]

    def table(self) -> pa.Table:
        """One row a run: study, name, arm, point, replicate, id."""
        import pyarrow as pa

        rows = [
            (cell["arm"], cell["point"], r, run_id(cell["digest"], cell["seed"] + r))
            for cell in self.cells
            for r in range(self.replicates)
        ]
        columns = zip(*rows, strict=True) if rows else [[]] * 4
        arms, points, replicates, ids = (list(column) for column in columns)
        n = len(rows)
        return pa.table(
            {
                "study": pa.array([self.folder_name] * n, pa.string()),
                "name": pa.array([self.name] * n, pa.string()),
                "arm": pa.array(arms, pa.string()),
                "id": pa.array(ids, pa.string()),
                "point": pa.array(points, pa.int64()),
                "replicate": pa.array(replicates, pa.int64()),
            }
        )


def run_id(digest: str, seed: int) -> str:
    """The id of a run: 128 bits of the hash of all that determines it.

    `digest`: of all that but the seed.
    """
    return hashlib.sha256(f"{digest}-{seed}".encode()).hexdigest()[:32]


def digest_of(content: Any) -> str:
    """SHA-256 of what can be written as JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def write_plan(
    catalogue: Catalogue,
    name: str,
    cells: Sequence[dict[str, Any]],
    replicates: int,
    told: dict[str, Any],
) -> StoredPlan:
    """Keep the plan of a study; of one that is there already the larger number of replicates.

    Raises `DataError` where it cannot be written.
    """
    known = ("arm", "point", "digest", "seed")
    number = digest_of([[cell[key] for key in known] for cell in cells])
    folder = catalogue.studies / f"{name}-{number[:8]}"
    with catalogue.writing(), locked(catalogue.lock):
        with suppress(DataError):  # none, or a damaged one, which is written anew
            replicates = max(replicates, read_plan(folder).replicates)
        content = {"name": name, "replicates": replicates, "cells": list(cells), "told": told}
        text = to_json(content)
        if not _holds(folder / PLAN, text):
            folder.mkdir(parents=True, exist_ok=True)
            put_text(folder / PLAN, text)
    return read_plan(folder)


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def read_plan(folder: Path) -> StoredPlan:
    """The plan in a study's folder; `DataError` where it is damaged."""
    content = in_numbers(read_json(folder / PLAN, dict))
    try:
        cells = [{**cell, "seed": int(cell["seed"])} for cell in content["cells"]]
        for cell in cells:
            cell["arm"], cell["digest"], cell["values"] = (
                str(cell["arm"]), str(cell["digest"]), dict(cell["values"]),
            )  # fmt: skip
        return StoredPlan(
            folder, str(content["name"]), int(content["replicates"]), cells, content["told"]
        )
    except (KeyError, TypeError, ValueError) as error:
        fix = "start the sweep again, which writes it anew; its runs are not touched"
        raise DataError(str(folder / PLAN), f"not the plan of a study ({error!r})", fix) from None


def read_plans(catalogue: Catalogue) -> Iterator[StoredPlan]:
    """Every plan that is kept; what is damaged is told in `Catalogue.damage`."""
    for path in sorted(catalogue.studies.glob(f"*/{PLAN}")):
        try:
            yield read_plan(path.parent)
        except DataError as error:
            catalogue.damage.append(str(error))


def find_plan(studies: Path, name: str) -> StoredPlan:
    """The study of this name, or with this name of its folder; of several the newest."""
    folders = {path.parent.name: path.parent for path in studies.glob(f"*/{PLAN}")}
    if name in folders:
        return read_plan(folders[name])
    same = [folder for key, folder in folders.items() if key.rpartition("-")[0] == name]
    if not same:
        names = sorted({key.rpartition("-")[0] for key in folders})
        near = get_close_matches(name, names, n=3)
        known = f"did you mean {' or '.join(near)}? " if near else ""
        fix = f"{known}the studies here are {', '.join(names)}" if names else "there are none here"
        raise DataError(name, "no study of that name is stored here", fix)
    return read_plan(max(same, key=lambda folder: (folder / PLAN).stat().st_mtime_ns))
