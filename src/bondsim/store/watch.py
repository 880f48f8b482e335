"""What other processes write into the catalogue while we work: which runs have ended meanwhile."""

from __future__ import annotations

from pathlib import Path

from bondsim.store.catalogue import Catalogue
from bondsim.store.journal import SUFFIX, ended_runs


class Watch:
    """Runs that ended since this was made, whoever lived them and wherever they are written.

    Only what is new is read, so that a look costs little beside a run.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._packed = self._packed_names()
        self._read = {path: _size(path) for path in self._journals()}
        self._ended: set[str] = set()

    def ended(self) -> set[str]:
        """Their ids, as of now."""
        # journals first: what is packed away between the two looks is then among the packed
        for path in self._journals():
            runs, end = ended_runs(path, self._read.get(path, 0))
            self._ended |= runs
            self._read[path] = end
        while new := self._packed_names() - self._packed:  # more, if one was packed further
            for name in new:
                self._ended |= self._ids_in(name)
                self._packed.add(name)
        return self._ended

    def _journals(self) -> list[Path]:
        return list(self._catalogue.journals.glob(f"*{SUFFIX}"))

    def _packed_names(self) -> set[str]:
        return {path.name for path in self._catalogue.packed.glob("*.parquet")}

    def _ids_in(self, name: str) -> set[str]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self._catalogue.packed / name) as file:  # `read_table` needs pandas
                table = file.read(columns=["id"])
        except (OSError, pa.ArrowException):  # packed further, or damaged
            return set()
        return set(table.column("id").to_pylist())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # packed meanwhile
        return 0
