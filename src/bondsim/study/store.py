"""Run folders: all that a run found and all that repeats it, written whole or not at all.

A folder is named by what determines its run, so the same run always has the same name. The hash of
the results can be computed again from its Parquet files alone.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bondsim.errors import BondsimError, DataError, DiffersError
from bondsim.history import column_units, content_hash, named_frame
from bondsim.interventions import Intervention
from bondsim.params import Params, from_dict
from bondsim.study.inputs import FOLDER, generated, network_digest, restored, write_network
from bondsim.study.parquet import damaged, read_beside, read_table, write_table
from bondsim.study.plain import in_numbers, to_json
from bondsim.study.provenance import SCHEMA, code_name, provenance, software

if TYPE_CHECKING:
    import pandas as pd

    from bondsim.state import Array
    from bondsim.world import Run

    Table = dict[str, Array]

T = TypeVar("T")
TABLES = ("series", "agents", "bonds", "events")
FILES = (
    "parameters.json", "provenance.json", "columns.json", "summary.json", "hash.txt", "figure.png",
    *(f"{name}.parquet" for name in TABLES),
)  # fmt: skip
"""What a complete run folder holds."""
_LABELLED = {"id": "label", "i": "label_i", "j": "label_j"}


# --- writing --------------------------------------------------------------------------------


def save_run(
    run: Run, results: str | Path, *, elapsed: float | None = None, threads: int | None = None
) -> Path:
    """Write a run to ``<results>/<network>-<seed>-<id>`` and return that folder.

    `elapsed`: seconds that the run took; `threads`: how many were asked for. The folder appears
    when everything is in it; one of the same run that is there already is replaced. Raises
    `DataError` where it cannot be written. Where the same run is stored with other results, both
    are kept: this one's folder has the start of its hash in its name, and `DiffersError` tells it.
    """
    results = Path(results)
    digest = network_digest(run.network)
    folder = results / _name(run, digest)
    differs = _other_results(run, folder)
    if differs is not None:
        folder = folder.with_name(f"{folder.name}-{run.hash[:8]}")
    try:
        results.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=results))
    except OSError as error:
        raise _unwritable(results, error) from None
    try:
        _write(run, draft, digest, provenance(run, elapsed=elapsed, threads=threads))
        _sync(draft)
        _settle(draft, folder)
    except OSError as error:
        raise _unwritable(folder, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if differs is not None:
        raise DiffersError(f"{differs}\n  the new results are kept in {folder}")
    return folder


def _other_results(run: Run, folder: Path) -> DiffersError | None:
    """What to say where `folder` holds other results of what should be the same run."""
    try:
        stored = load_run(folder)
        if stored.hash != run.hash:
            verify(folder)
            check_same(run, stored)
    except DiffersError as error:
        return error
    except DataError:
        pass  # there is none, or it is damaged and may be replaced
    return None


def check_same(run: Run, stored: StoredRun) -> None:
    """Raise `DiffersError` where `run` has other results than `stored`, which is the same run."""
    if run.hash == stored.hash:
        return
    then, now = stored.provenance.get("software", {}), software()
    changed = any((code.get("git") or {}).get("dirty") for code in (then, now))
    if then == now and not changed:
        advice = "the same code must give the same bits: please report this, with provenance.json"
    else:
        advice = "other code may give other results"
    raise DiffersError(
        f"{stored.folder} holds other results of the same run, which was left as it was\n"
        f"  stored: {stored.hash}, by bondsim {code_name(then)}\n"
        f"  now:    {run.hash}, by bondsim {code_name(now)}\n"
        f"  they differ in {_first_difference(run.tables, stored.tables)}\n"
        f"  {advice}"
    )


def _first_difference(now: dict[str, Table], stored: dict[str, Table]) -> str:
    """The first table and column that are not the same bits in both."""
    for name, table in now.items():
        for column, values in table.items():
            other = stored[name].get(column)
            if other is None or values.dtype != other.dtype or values.tobytes() != other.tobytes():
                return f"the table {name}, column {column}"
    return "the parameters"


def run_id(run: Run, digest: str) -> str:
    """SHA-256 of all that determines a run: parameters, starting network, version of bondsim."""
    decisive = [run.science(), digest, version("bondsim")]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def _name(run: Run, digest: str) -> str:
    return f"{run.network.source['source']}-{run.params.seed}-{run_id(run, digest)[:8]}"


def _write(run: Run, draft: Path, digest: str, account: dict[str, Any]) -> None:
    from bondsim import figures
    from bondsim.measures.summary import summarise

    for name in TABLES:
        table = run.tables[name]
        beside = {
            label: run.network.names(table[column].tolist())
            for column, label in _LABELLED.items()
            if column in table
        }
        write_table(draft / f"{name}.parquet", table, beside)
    _write_json(draft / "parameters.json", run.science())
    _write_json(draft / "provenance.json", {**account, "network": digest})
    _write_json(draft / "columns.json", column_units())
    _write_json(draft / "summary.json", [row._asdict() for row in summarise(run)])
    if not generated(run.network.source):
        write_network(run.network, draft / FOLDER)
    figure = figures.town(run, name=title_of(run.network.source), labels=_labels(run))
    figures.save(figure, draft / "figure.png")
    (draft / "hash.txt").write_text(run.hash + "\n", encoding="ascii")


def title_of(source: dict[str, Any]) -> str:
    """What a run is headed with: where its network comes from."""
    return str(source["source"]).replace("_", " ").capitalize()


def _labels(run: Run) -> dict[int, str]:
    names = [str(label) for label in run.network.labels.tolist()]
    return dict(zip(run.network.ids.tolist(), names, strict=True))


def _write_json(path: Path, content: Any) -> None:
    path.write_text(to_json(content), encoding="utf-8")


def _sync(draft: Path) -> None:
    """Have everything on the disk before the folder gets its name."""
    for path in [*draft.rglob("*"), draft]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _settle(draft: Path, folder: Path) -> None:
    """Give the draft its name, in place of an older folder; the last of several writers wins."""
    umask = os.umask(0)
    os.umask(umask)
    draft.chmod(0o777 & ~umask)  # mkdtemp makes folders for their owner alone
    for attempt in range(20):
        retired = draft.with_name(f"{draft.name}-old{attempt}")
        with suppress(FileNotFoundError):
            folder.rename(retired)
        try:
            draft.rename(folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                with suppress(OSError):
                    retired.rename(folder)
                raise
        shutil.rmtree(retired, ignore_errors=True)
        if not draft.exists():
            return
    raise OSError(errno.EBUSY, "other processes keep writing the same run")


def _unwritable(path: Path, error: OSError) -> DataError:
    found = f"the run cannot be written ({error.strerror or error})"
    return DataError(str(path), found, "give a folder that can be written to, with enough room")


# --- reading --------------------------------------------------------------------------------


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
    def tables(self) -> dict[str, Table]:
        """The tables series, agents, bonds, events, as `world.Run` has them."""
        return {name: read_table(self.folder / f"{name}.parquet") for name in TABLES}

    @cached_property
    def labels(self) -> dict[int, str]:
        """What the user calls the person of an id."""
        texts = read_beside(self.folder / "agents.parquet", "label")
        return dict(zip(self.tables["agents"]["id"].tolist(), texts, strict=True))

    def frame(self, name: str) -> pd.DataFrame:
        """One of the tables as a data frame, with names for codes and the users' labels."""
        path = self.folder / f"{name}.parquet"
        frame = named_frame(self.tables[name])
        for column, label in _LABELLED.items():
            if column in frame:
                frame[label] = read_beside(path, label)
        return frame


def load_run(folder: str | Path) -> StoredRun:
    """The run that was written to `folder`.

    Raises `DataError` for a folder that is not a complete run of a layout that is known here.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(str(folder), "there is no such run folder", "give a folder that a run made")
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        found = "none of a run's files" if len(missing) == len(FILES) else f"no {missing[0]}"
        raise DataError(
            str(folder), f"not a complete run folder: {found}", "give a folder that a run made"
        )
    account = _read_json(folder / "provenance.json", dict)
    if account.get("schema") != SCHEMA:
        raise DataError(
            str(folder / "provenance.json"), f"layout {account.get('schema')!r}",
            f"read it with the version of bondsim that wrote it; this one knows layout {SCHEMA}",
        )  # fmt: skip
    parameters = _read_json(folder / "parameters.json", dict)
    return StoredRun(
        folder=folder,
        parameters={**parameters, "params": in_numbers(parameters.get("params"))},
        provenance=account,
        summary=_read_json(folder / "summary.json", list),
        hash=_read_hash(folder / "hash.txt"),
    )


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
        lambda: (int(given["days"]), int(given["burn_in"]), tuple(map(int, given["snapshots"]))),
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


def _read_json(path: Path, kind: type) -> Any:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path, f"it cannot be read ({error})") from None
    if not isinstance(content, kind):
        raise damaged(path, f"a {type(content).__name__} where a {kind.__name__} belongs")
    return content


def _read_hash(path: Path) -> str:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise damaged(path, f"it cannot be read ({error})") from None
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise damaged(path, f"not a hash: {text[:80]!r}")
    return text
