"""Run folders as they are read: the account of a run, its tables, and what repeats it.

A layout or a file that is not what a run wrote is refused by name. The hash of the results can be
computed again from the Parquet files alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from bondsim.errors import BondsimError, DataError
from bondsim.history import named_frame
from bondsim.interventions import Intervention
from bondsim.labels import LABELLED
from bondsim.params import Params, from_dict
from bondsim.store.inputs import generated, restored
from bondsim.store.parquet import damaged, read_beside, read_parts
from bondsim.store.plain import in_numbers
from bondsim.store.provenance import SCHEMA
from bondsim.tables import TABLES, Parted, content_hash

if TYPE_CHECKING:
    import pandas as pd

    from bondsim.measures.recorded import Recorded
    from bondsim.state import Array

    Table = dict[str, Array]

T = TypeVar("T")
FILES = (
    "parameters.json", "provenance.json", "columns.json", "summary.json", "hash.txt", "figure.png",
    *(f"{name}.parquet" for name in TABLES),
)  # fmt: skip
"""What a complete run folder holds."""
CHECKPOINT = "checkpoint"
"""The folder, in that of a run that has not ended, with all that it needs to go on."""


@dataclass(frozen=True, eq=False)
class StoredRun:
    """A run as its folder tells it; the tables are read when they are first asked for."""

    folder: Path
    parameters: dict[str, Any]
    provenance: dict[str, Any]
    summary: list[dict[str, Any]]
    hash: str

    @cached_property
    def params(self) -> Params:
        """The parameters of the run's world."""
        return _parsed(self.folder, lambda: from_dict(self.parameters["params"]))

    @property
    def cost(self) -> float:
        """What the interventions cost [person-hours]."""
        try:
            return float(self.provenance["person_hours"])
        except (KeyError, TypeError, ValueError):
            raise damaged(self.folder / "provenance.json", "no number of person_hours") from None

    @property
    def title(self) -> str:
        """What the run is headed with."""
        return title_of(self.parameters["network"])

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The tables `history.TABLES`, each read when it is first asked for."""
        return Parted(partial(_parts, self.folder))

    @property
    def snapshots(self) -> tuple[int, ...]:
        """The days whose tables of persons and bonds are kept, in rising order."""
        return _parsed(self.folder, lambda: tuple(map(int, self.parameters["snapshots"])))

    @cached_property
    def labels(self) -> dict[int, str]:
        """What the user calls the person of an id."""
        texts = read_beside(self.folder / "agents.parquet", "label")
        ids, first = np.unique(self.tables["agents"]["id"], return_index=True)
        return dict(zip(ids.tolist(), texts.take(first).to_pylist(), strict=True))

    def frame(self, name: str) -> pd.DataFrame:
        """One of the tables as a data frame, with names for codes and the users' labels."""
        path = self.folder / f"{name}.parquet"
        frame = named_frame(self.tables[name])
        for column, label in LABELLED.items():
            if column in frame:
                frame[label] = read_beside(path, label).to_pandas()
        return frame


def title_of(source: dict[str, Any]) -> str:
    """What a run is headed with: where its network comes from."""
    return str(source["source"]).replace("_", " ").capitalize()


def load_run(folder: str | Path) -> StoredRun:
    """The run that was written to `folder`.

    Raises `DataError` for a folder that is not a complete run of a layout that is known here.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(str(folder), "there is no such run folder", "give a folder that a run made")
    if is_analysis(folder):
        fix = f"see it with: bondsim show {folder}"
        raise DataError(str(folder), "it holds an analysis of many worlds, not a run", fix)
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing and (folder / CHECKPOINT).is_dir():
        fix = f"go on with it: bondsim resume {folder}"
        raise DataError(str(folder), "the run has not ended, and has no results yet", fix)
    if missing:
        found = "none of a run's files" if len(missing) == len(FILES) else f"no {missing[0]}"
        raise DataError(
            str(folder), f"not a complete run folder: {found}", "give a folder that a run made"
        )
    account = read_json(folder / "provenance.json", dict)
    if account.get("schema") != SCHEMA:
        raise DataError(
            str(folder / "provenance.json"), f"layout {account.get('schema')!r}",
            f"read it with the version of bondsim that wrote it; this one knows layout {SCHEMA}",
        )  # fmt: skip
    parameters = read_json(folder / "parameters.json", dict)
    return StoredRun(
        folder=folder,
        parameters={**parameters, "params": in_numbers(parameters.get("params"))},
        provenance=account,
        summary=read_json(folder / "summary.json", list),
        hash=read_hash(folder / "hash.txt"),
    )


def is_analysis(folder: Path) -> bool:
    """Whether a folder holds an analysis and not a run."""
    path = folder / "parameters.json"
    return path.is_file() and "analysis" in read_json(path, dict)


def _parts(folder: Path, name: str) -> Iterator[Table]:
    return read_parts(folder / f"{name}.parquet")


def recompute_hash(folder: str | Path) -> str:
    """The content hash of the results as they stand in the folder's Parquet files."""
    stored = load_run(folder)
    return content_hash(stored.tables, json.dumps(stored.parameters, sort_keys=True))


def verify(folder: str | Path) -> str:
    """The content hash of a folder whose results are what was written; `DataError` otherwise."""
    stored, found = load_run(folder), recompute_hash(folder)
    if found != stored.hash:
        raise DataError(
            str(stored.folder), f"the tables have the hash {found}, hash.txt says {stored.hash}",
            "take the folder from a backup, or run it again",
        )  # fmt: skip
    return found


def whole_run(folder: str | Path) -> StoredRun:
    """The run of `folder`, to be used as it stands; `DataError` where anything of it is damaged."""
    verify(folder)
    stored = load_run(folder)
    source = stored.parameters["network"]
    if not generated(source):  # which is kept in the folder
        digest, seed = str(stored.provenance.get("network")), stored.params.seed
        _parsed(stored.folder, lambda: restored(stored.folder, source, seed, digest))
    return stored


def params_of(
    stored: StoredRun,
) -> tuple[Params, Any, tuple[Intervention, ...], int, int, tuple[int, ...]]:
    """What repeats a run: parameters, network, interventions, days, burn-in, snapshots.

    The network is a specification where it was generated and a `Network` where it was read from
    files or handed over. Raises `DataError` for a run with replaced rules, which are not stored,
    and for a network that is no longer the same.
    """
    given, folder = stored.parameters, stored.folder
    replaced = given.get("rules") or []
    if replaced:
        raise DataError(
            str(folder), f"replaced rules ({', '.join(replaced)}) are not kept in a run folder",
            "repeat the run from Python: World(..., rules=Rules(...))",
        )  # fmt: skip
    digest = str(stored.provenance.get("network"))
    params = stored.params
    spec, _ = _parsed(folder, lambda: restored(folder, given["network"], params.seed, digest))
    planned = _parsed(
        folder, lambda: tuple(Intervention(**each) for each in given["interventions"])
    )
    days, burn_in, snapshots = _parsed(
        folder,
        lambda: (int(given["days"]), int(given["burn_in"]), stored.snapshots),
    )
    return params, spec, planned, days, burn_in, snapshots


def _parsed(folder: Path, parse: Callable[[], T]) -> T:
    """What `parse` makes of the stored parameters; all that goes wrong there is damage."""
    try:
        return parse()
    except DataError:
        raise
    except (BondsimError, KeyError, TypeError, ValueError, AttributeError) as error:
        found = f"not the parameters of a run ({error})"
        raise damaged(folder / "parameters.json", found) from None


def read_json(path: Path, kind: type) -> Any:
    """The content of a JSON file, of that kind; `DataError` otherwise."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path, f"it cannot be read ({error})") from None
    if not isinstance(content, kind):
        raise damaged(path, f"a {type(content).__name__} where a {kind.__name__} belongs")
    return content


def read_hash(path: Path) -> str:
    """The hash in a file; `DataError` if there is none."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise damaged(path, f"it cannot be read ({error})") from None
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise damaged(path, f"not a hash: {text[:80]!r}")
    return text


# --- for tables and figures -----------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Ends:
    """Of a long run what its summary and its picture need, which fits into memory."""

    params: Params
    tables: Mapping[str, Table]
    cost: float


def at_ends(run: Recorded, snapshots: Sequence[int]) -> Ends:
    """The series of a run, and persons and bonds on the first and last of its `snapshots`."""
    ends = [snapshots[0], snapshots[-1]]
    kept = {name: _of_days(run.tables, name, ends) for name in ("agents", "bonds")}
    return Ends(run.params, {"series": run.tables["series"], **kept}, run.cost)


def _of_days(tables: Mapping[str, Table], name: str, days: Sequence[int]) -> Table:
    """The rows of these days; without a copy where memory has no others anyway."""

    def chosen(part: Table) -> Array:
        return np.isin(part["day"], days)

    if isinstance(tables, Parted):
        return tables.rows(name, chosen)
    table, places = tables[name], chosen(tables[name])
    if places.all():
        return table
    return {column: values[places] for column, values in table.items()}
