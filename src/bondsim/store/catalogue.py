"""The catalogue of a folder of results: every run in it, by what determines it.

``<results>/catalogue`` holds `journals/`, which processes write while they work, and `runs/`, into
which the journals of processes that have ended are packed: Parquet files that are named by the hash
of their bytes, so that damage is seen. Any number of processes and machines may write and read at
once. Whatever is damaged is told and left out; the runs in it count as not lived.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.checkpoint import sync
from bondsim.errors import DataError
from bondsim.store.folders import unwritable
from bondsim.store.journal import SUFFIX, Journal, Record, read_journal
from bondsim.store.locks import Lock, locked

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "catalogue"
"""The folder of the catalogue, under that of the results."""
FINISHED, FAILED = "finished", "failed"
"""What can become of a run."""
MANY_PARTS = 32
"""So many files of packed runs are put together into one."""


class Catalogue:
    """All runs of a folder of results, as they are when they are first asked for."""

    def __init__(self, results: str | Path) -> None:
        self.results = Path(results).expanduser()
        self.folder = self.results / FOLDER
        self.journals = self.folder / "journals"
        self.packed = self.folder / "runs"
        self.claims = self.folder / "claims"
        self.studies = self.folder / "studies"
        self.lock = self.folder / "lock"
        self._own: Journal | None = None
        self.damage: list[str] = []
        """What was found damaged and left out, in words."""

    def make(self) -> Catalogue:
        """Make the folders where there are none; `DataError` where that cannot be."""
        with self.writing():
            for folder in (self.journals, self.packed, self.claims, self.studies):
                folder.mkdir(parents=True, exist_ok=True)
            with self.lock.open("ab"):
                pass
        return self

    def exists(self) -> bool:
        """Whether any run was ever written down here."""
        return self.folder.is_dir()

    def journal(self) -> Journal:
        """A new journal for this process."""
        return Journal(self.journals)

    def add(self, record: Record) -> None:
        """Write down one run that has ended."""
        if self._own is None:
            self.make()
            self._own = self.journal()
        with self.writing(), self._own as journal:
            journal.end(record)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Tell what cannot be written as a `DataError`."""
        try:
            yield
        except OSError as error:
            raise unwritable(self.folder, error) from None

    @cached_property
    def table(self) -> pa.Table:
        """Every record, packed or not: the best one of each run.

        Of a run with several records that is one that finished, before one that failed; of these
        the one with most columns, which is the one that holds most outcomes.
        """
        return self._retried(lambda: _best(self._packed_tables(), self._loose()))

    def records(self, columns: Sequence[str] = ("id", "status")) -> list[Record]:
        """These columns of every run."""
        table = self.table
        known = [name for name in columns if name in table.column_names]
        found: list[Record] = table.select(known).to_pylist()
        return found

    # --- reading --------------------------------------------------------------------------------

    def _packed_tables(self) -> list[pa.Table]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        found = []
        for path in sorted(self.packed.glob("*.parquet")):
            raw = path.read_bytes()
            if hashlib.sha256(raw).hexdigest() != path.stem:
                self._told(f"{path} is damaged: its runs count as not lived")
                continue
            found.append(pq.read_table(pa.BufferReader(raw)))
        return found

    def _loose(self) -> list[Record]:
        found: list[Record] = []
        for path in sorted(self.journals.glob(f"*{SUFFIX}")):
            read = read_journal(path)
            found += read.records
            if read.n_damaged:
                self._told(f"{path}: {read.n_damaged} damaged lines, whose runs count as not lived")
        return found

    def _retried(self, read: Any) -> Any:
        """What `read` gives, once more where another process packed what was being read."""
        for _ in range(20):
            with suppress(FileNotFoundError):
                return read()
        return read()

    def _told(self, text: str) -> None:
        if text not in self.damage:
            self.damage.append(text)

    # --- packing --------------------------------------------------------------------------------

    def pack(self, *, least: int = 1) -> None:
        """Put the journals of processes that have ended into one Parquet file, if `least` did.

        Nothing is lost wherever it breaks off: a journal goes when its runs are on the disk.
        """
        with self.writing(), locked(self.lock):
            free = [lock for lock in map(Lock, self._journal_paths()) if lock.take()]
            try:
                if len(free) >= least:
                    self._put_together([lock.path for lock in free])
            finally:
                for lock in free:
                    lock.release()

    def _journal_paths(self) -> list[Path]:
        return sorted(self.journals.glob(f"*{SUFFIX}"))

    def _put_together(self, journals: Sequence[Path]) -> None:
        records = [record for path in journals for record in read_journal(path).records]
        paths = sorted(self.packed.glob("*.parquet"))
        old = paths if len(paths) >= MANY_PARTS else []
        tables = []
        if old:
            tables = self._packed_tables()
            whole = {self.packed / path.name for path in paths} - self._damaged_paths()
            old = sorted(whole)
        if records or old:
            self._write(_best(tables, records))
        for path in [*journals, *old]:
            path.unlink(missing_ok=True)

    def _damaged_paths(self) -> set[Path]:
        """Packed files that are not what was written, which are left where they are."""
        return {
            path for path in self.packed.glob("*.parquet")
            if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem
        }  # fmt: skip

    def _write(self, table: pa.Table) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        raw = sink.getvalue().to_pybytes()
        name = hashlib.sha256(raw).hexdigest()
        draft = self.packed / f".{name}-{os.getpid()}.tmp"
        try:
            draft.write_bytes(raw)
            sync(draft)
            draft.replace(self.packed / f"{name}.parquet")
        finally:
            draft.unlink(missing_ok=True)
        sync(self.packed)


def results(folder: str | Path = "results") -> Any:
    """The runs under a folder of results, to be had as pandas frames: see `query.Results`.

    >>> from bondsim import results
    >>> results("results").frame()  # doctest: +SKIP
    """
    from bondsim.store.query import Results

    return Results(folder)


# --- tables ------------------------------------------------------------------------------------


def _best(tables: Sequence[pa.Table], records: Sequence[Record]) -> pa.Table:
    """One row for each run, in order of id."""
    import pyarrow as pa
    import pyarrow.compute as pc

    loose = table_of(records)
    parts = [table for table in [*tables, loose] if table.num_rows]
    if not parts:
        return _with_known(table_of([{"id": "", "status": ""}]).slice(0, 0))
    whole = _with_known(pa.concat_tables(_alike(parts), promote_options="permissive"))
    ids = whole.column("id")
    if pc.count_distinct(ids).as_py() < whole.num_rows:
        whole = whole.take(_chosen(whole))
    return whole.sort_by("id")


def _with_known(table: pa.Table) -> pa.Table:
    """The same with every column that a run may have, whether or not any has it."""
    import pyarrow as pa

    words, whole = pa.string(), pa.int64()
    known = {
        **dict.fromkeys(("status", "error", "outcomes", "hash", "folder"), words),
        "n_outcomes": whole, "seconds": pa.float64(), "finished": words, "host": words,
        "process": whole, "log": words,
    }  # fmt: skip
    for name, kind in known.items():
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(table.num_rows, kind))
    return table


def _alike(tables: Sequence[pa.Table]) -> list[pa.Table]:
    """The same with words in a column that holds numbers in one table and words in another."""
    import pyarrow as pa

    kinds: dict[str, set[str]] = {}
    for table in tables:
        for field in table.schema:
            kinds.setdefault(field.name, set()).add(str(field.type))
    mixed = {name for name, found in kinds.items() if len(found - {"int64", "double"}) > 0
             and len(found) > 1}  # fmt: skip
    found = []
    for table in tables:
        for place, name in enumerate(table.column_names):
            if name in mixed and table.schema.types[place] != pa.string():
                words = pa.array(_plain(table.column(name).to_pylist(), "string"), pa.string())
                table = table.set_column(place, name, words)
        found.append(table)
    return found


def _chosen(whole: pa.Table) -> list[int]:
    """The place of the best record of each run."""
    names = ("id", "status", "n_outcomes", "finished")
    rows = zip(*(whole.column(name).to_pylist() for name in names), strict=True)
    best: dict[str, tuple[tuple[bool, int, str], int]] = {}
    for place, (run, status, n_outcomes, finished) in enumerate(rows):
        worth = (status == FINISHED, n_outcomes or 0, finished or "")
        if run not in best or worth > best[run][0]:
            best[run] = (worth, place)
    return [place for _, place in best.values()]


def table_of(records: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Records as a table; a column that is nowhere known is left out."""
    import pyarrow as pa

    records = list(records)
    names: dict[str, None] = {}
    for record in records:
        if record.keys() != names.keys():
            names |= dict.fromkeys(record)
    alike = all(len(record) == len(names) for record in records)
    typed = {}
    for name in names:
        # 100,000 runs have 20 million values: what is a loop in C here is worth it
        values = list(map(itemgetter(name), records)) if alike else [r.get(name) for r in records]
        kind = _kind(values)
        if kind is not None:
            typed[name] = pa.array(_plain(values, kind), kind)
    return pa.table(typed)


def _kind(values: Sequence[Any]) -> Any:
    """The narrowest Arrow type that holds all these values, None for no values at all."""
    import pyarrow as pa

    found = set(map(type, values)) - {type(None)}
    if not found:
        return None
    for types, kind in (
        ({bool}, pa.bool_()), ({int}, pa.int64()), ({int, float}, pa.float64()),
    ):  # fmt: skip
        if found <= types:
            return kind
    return pa.string()


def _plain(values: Sequence[Any], kind: Any) -> Sequence[Any]:
    if str(kind) != "string":
        return values
    return [None if v is None else v if isinstance(v, str) else repr(v) for v in values]


def no_runs(results: Path) -> DataError:
    """The error for a folder in which no run was ever written down."""
    return DataError(
        str(results), "no runs are stored here", "make some with `bondsim run` or `bondsim sweep`"
    )
