"""The catalogue of a folder of results: every run in it, by what determines it.

``<results>/catalogue`` holds `journals/`, which processes write while they work, and `runs/`, into
which journals are packed that are closed or whose processes have ended: Parquet files that are
named by the hash of their bytes, so that damage is seen. Any number of processes and machines may
write, pack and read at once. Whatever is damaged is told and left out; the runs in it count as not
lived.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.checkpoint import sync
from bondsim.errors import DataError
from bondsim.store.folders import unwritable
from bondsim.store.journal import SUFFIX, Journal, Record, is_closed, read_journal
from bondsim.store.locks import Lock, locked
from bondsim.store.records import best_of

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "catalogue"
"""The folder of the catalogue, under that of the results."""
PACKED = 5_000
"""Runs that end until journals are packed while a sweep goes on."""
MANY_PARTS = 32
"""So many files of packed runs are put together into one,"""
LARGE = 2**24
"""but for those of this many bytes: some 100,000 runs, which would take long again and again."""
TRIES = 5
"""So often what was packed while it was read is read again, before packing is made to wait."""
MOST_OPEN = 500
"""Journals that are packed at a time: a process may hold about a thousand files open."""
FORGOTTEN = 3600.0
"""Seconds after which a draft is what a process left that was killed."""


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

    def journal(self, most: int | None = None) -> Journal:
        """A new journal for this process, with at most so many runs in a file."""
        return Journal(self.journals, most)

    def add(self, record: Record) -> None:
        """Write down one run that has ended."""
        if self._own is None:
            self.make()
            self._own = self.journal(PACKED)
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
        """Every record, packed or not: the best one of each run, see `records.best_of`."""
        for _ in range(TRIES):
            before = self._names()
            with suppress(FileNotFoundError):
                found = self._read()
                # what is packed while it is read may be in neither place when that is looked at
                if self._names() == before:
                    return found
        with self._at_rest():
            return self._read()

    def records(self, columns: Sequence[str] = ("id", "status")) -> list[Record]:
        """These columns of every run."""
        table = self.table
        known = [name for name in columns if name in table.column_names]
        found: list[Record] = table.select(known).to_pylist()
        return found

    # --- reading --------------------------------------------------------------------------------

    def _read(self) -> pa.Table:
        loose = self._loose()
        return best_of(self._packed_tables(), loose)

    def _names(self) -> list[Path]:
        return self._journal_paths() + self._packed_paths()

    def _journal_paths(self) -> list[Path]:
        return sorted(self.journals.glob(f"*{SUFFIX}"))

    def _packed_paths(self) -> list[Path]:
        return sorted(self.packed.glob("*.parquet"))

    @contextmanager
    def _at_rest(self) -> Iterator[None]:
        """Have nobody pack meanwhile, where we may ask for that."""
        lock = Lock(self.lock)
        with suppress(OSError):
            lock.take(wait=True)
        try:
            yield
        finally:
            lock.release()

    def _packed_tables(self) -> list[pa.Table]:
        found = (self._packed_table(path) for path in self._packed_paths())
        return [table for table in found if table is not None]

    def _packed_table(self, path: Path) -> pa.Table | None:
        """What a file of packed runs holds; None for a damaged one, which is told."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        raw = path.read_bytes()
        if hashlib.sha256(raw).hexdigest() != path.stem:
            self._told(f"{path} is damaged: its runs count as not lived")
            return None
        with pq.ParquetFile(pa.BufferReader(raw)) as file:  # `read_table` imports pandas
            return file.read()

    def _loose(self) -> list[Record]:
        found: list[Record] = []
        for path in self._journal_paths():
            read = read_journal(path)
            found += read.records
            if read.n_damaged:
                self._told(f"{path}: {read.n_damaged} damaged lines, whose runs count as not lived")
        return found

    def _told(self, text: str) -> None:
        if text not in self.damage:
            self.damage.append(text)

    # --- packing --------------------------------------------------------------------------------

    def pack(self, *, closed: bool = False) -> None:
        """Put journals into one Parquet file: all at rest, or only those that are closed for good.

        At rest is a journal that nobody has locked; where there are no locks, only a closed one.
        Nothing is lost wherever it breaks off, nor where others pack, write and read at the same
        time: a journal goes when its runs are on the disk, and of a run that is in two places one
        counts.
        """
        with self.writing(), locked(self.lock):
            self._clear()
            paths = self._journal_paths()
            for start in range(0, max(len(paths), 1), MOST_OPEN):
                with ExitStack() as held:
                    some = paths[start : start + MOST_OPEN]
                    self._put_together([p for p in some if self._is_free(p, closed, held)])

    def _is_free(self, path: Path, closed: bool, held: ExitStack) -> bool:
        """Whether a journal can be packed, and stays so while `held` holds it."""
        if is_closed(path):
            return True
        if closed:
            return False
        lock = Lock(path)
        held.callback(lock.release)
        return lock.take() and lock.real

    def _clear(self) -> None:
        """Take away the drafts of those that were killed."""
        for path in self.packed.glob(".*.tmp"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > FORGOTTEN:
                    path.unlink()

    def _put_together(self, journals: Sequence[Path]) -> None:
        records = [record for path in journals for record in read_journal(path).records]
        tables, old = [], []
        small = self._small()
        for path in small if len(small) >= MANY_PARTS else ():
            with suppress(FileNotFoundError):  # where there are no locks
                table = self._packed_table(path)
                if table is not None:  # a damaged one is left where it is
                    tables.append(table)
                    old.append(path)
        kept = self._write(best_of(tables, records)) if records or tables else None
        for path in [*journals, *old]:
            if path != kept:
                path.unlink(missing_ok=True)

    def _small(self) -> list[Path]:
        found = []
        for path in self._packed_paths():
            with suppress(FileNotFoundError):
                if path.stat().st_size < LARGE:
                    found.append(path)
        return found

    def _write(self, table: pa.Table) -> Path:
        import pyarrow as pa
        import pyarrow.parquet as pq

        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        raw = sink.getvalue().to_pybytes()
        name = hashlib.sha256(raw).hexdigest()
        draft, path = self.packed / f".{name}-{os.getpid()}.tmp", self.packed / f"{name}.parquet"
        try:
            draft.write_bytes(raw)
            sync(draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        sync(self.packed)
        return path


def results(folder: str | Path = "results") -> Any:
    """The runs under a folder of results, to be had as pandas frames: see `query.Results`.

    >>> from bondsim import results
    >>> results("results").frame()  # doctest: +SKIP
    """
    from bondsim.store.query import Results

    return Results(folder)


def no_runs(results: Path) -> DataError:
    """The error for a folder in which no run was ever written down."""
    return DataError(
        str(results), "no runs are stored here", "make some with `bondsim run` or `bondsim sweep`"
    )
