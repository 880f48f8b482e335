"""Tables that grow at their ends, one file each: where a long run keeps its rows while it goes on.

A file holds record batches in Arrow's streaming format, one behind the other. What was written
after the last checkpoint is cut off again by length.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bondsim.checkpoint import sync
from bondsim.store.parquet import ROWS, damaged
from bondsim.tables import TABLES

if TYPE_CHECKING:
    from bondsim.state import Array
    from bondsim.world import World

    Table = dict[str, Array]

MOST_HELD = 8 * 2**20
"""Recorded rows that take more memory than this go to files [bytes]."""


class Streams:
    """The tables `history.TABLES` as files of `folder`; a `history.Store`."""

    def __init__(self, folder: Path) -> None:
        self._paths = {name: folder / f"{name}.arrow" for name in TABLES}

    def append(self, tables: Mapping[str, Table]) -> None:
        """Add the rows of each table behind its earlier ones."""
        import pyarrow as pa

        for name, table in tables.items():
            if not table:
                continue
            rows = pa.table(table)
            with self._paths[name].open("ab") as file:
                if file.tell() == 0:
                    file.write(rows.schema.serialize())
                for batch in rows.to_batches(max_chunksize=ROWS):
                    file.write(batch.serialize())

    def parts(self, name: str) -> Iterator[Table]:
        """The rows of a table, in order, a batch at a time; `DataError` where they are damaged."""
        import pyarrow as pa

        path = self._paths[name]
        if not path.exists():
            return
        try:
            with pa.OSFile(str(path)) as file:
                for batch in pa.ipc.open_stream(file):
                    columns = zip(batch.schema.names, batch.columns, strict=True)
                    yield {column: values.to_numpy() for column, values in columns}
        except (OSError, pa.ArrowException) as error:
            raise damaged(path, f"its rows cannot be read ({error})") from None

    def settle(self) -> dict[str, int]:
        """Have all rows on the disk for certain; the length of each file [bytes]."""
        found = {name: path for name, path in self._paths.items() if path.exists()}
        for path in found.values():
            sync(path)
        return {name: path.stat().st_size for name, path in found.items()}

    def cut(self, lengths: Mapping[str, int]) -> None:
        """Take away what was added behind these lengths; `DataError` where a file is shorter."""
        for name, path in self._paths.items():
            length = lengths.get(name, 0)
            found = path.stat().st_size if path.exists() else 0
            if found < length:
                raise damaged(path, f"it has {found:,} bytes of the {length:,} of its checkpoint")
            if found > length:
                os.truncate(path, length)


@contextmanager
def in_files(world: World) -> Iterator[Callable[[int], None]]:
    """Let `world` record to files that are gone afterwards; the function to call with each day."""
    with tempfile.TemporaryDirectory(prefix="bondsim-") as folder:
        world.history.store = Streams(Path(folder))
        yield lambda _day: move_rows(world)


def move_rows(world: World) -> None:
    """Move recorded rows to their files where they take much memory."""
    if world.history.held_bytes > MOST_HELD:
        world.history.flush()
