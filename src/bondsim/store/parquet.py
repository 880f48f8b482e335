"""Tables as Parquet files: exact to the bit, names in place of codes, companions beside columns.

The file's own metadata say which columns belong to the table and of what type they were, so that a
table without rows or columns comes back as it was. Rows are written and read in groups of `ROWS`,
whatever parts they come in, so that a file is the same bytes however its rows were gathered, and
no table needs to fit into memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bondsim.arrow import numbers, texts
from bondsim.errors import DataError
from bondsim.history import NAMES
from bondsim.tables import stacked

if TYPE_CHECKING:
    import pyarrow as pa

    from bondsim.state import Array

    Table = dict[str, Array]

ROWS = 2**18
"""Rows of a group: about 30 MB of the widest table."""
_KEY = b"bondsim"


def write_table(
    path: Path,
    parts: Iterable[Table],
    beside: Callable[[Table], Mapping[str, pa.Array]] | None = None,
) -> None:
    """Write the rows of `parts`; `beside` gives columns of text that are not part of the table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    try:
        for group in _grouped(parts):
            columns = {name: _named(name, values) for name, values in group.items()}
            words = dict(beside(group)) if beside is not None else {}
            own = json.dumps({name: values.dtype.str for name, values in group.items()})
            rows = pa.table({**columns, **words}).replace_schema_metadata({_KEY: own.encode()})
            if writer is None:
                repeated = [name for name in rows.schema.names if name in NAMES or name in words]
                writer = pq.ParquetWriter(
                    path, rows.schema, compression="zstd", use_dictionary=repeated
                )
            writer.write_table(rows, row_group_size=ROWS)
    finally:
        if writer is not None:
            writer.close()


def read_parts(path: Path) -> Iterator[Table]:
    """The table as it was written, group by group; `DataError` if it is damaged."""
    with _opened(path) as file:
        own = _own(file)
        for group in range(file.num_row_groups):
            yield _table(file.read_row_group(group, columns=list(own)), own)
        if not file.num_row_groups:
            yield _table(file.schema_arrow.empty_table(), own)


def read_table(path: Path) -> Table:
    """The table as it was written, without what stood beside it; `DataError` if it is damaged."""
    with _opened(path) as file:
        own = _own(file)
        return _table(file.read(columns=list(own)), own)


def read_beside(path: Path, name: str) -> pa.ChunkedArray:
    """A column of text that stands beside a table."""
    with _opened(path) as file:
        return file.read(columns=[name]).column(name)


def damaged(path: Path, found: str) -> DataError:
    """The error for a file of a run folder that cannot be trusted."""
    return DataError(str(path), found, "take the folder from a backup, or run it again")


def _grouped(parts: Iterable[Table]) -> Iterator[Table]:
    """The same rows in groups of `ROWS`, the last one shorter; one group at least."""
    held: list[Table] = []
    n_held, given = 0, False
    for part in parts:
        start, n = 0, _n_rows(part)
        while n_held + n - start >= ROWS:
            stop = start + ROWS - n_held
            yield stacked([*held, _cut(part, start, stop)])
            held, n_held, start, given = [], 0, stop, True
        if start < n or not given:
            held.append(_cut(part, start, n))
            n_held += n - start
    if n_held or not given:
        yield stacked(held)


def _n_rows(table: Table) -> int:
    return next((values.size for values in table.values()), 0)


def _cut(table: Table, start: int, stop: int) -> Table:
    return {name: values[start:stop] for name, values in table.items()}


@contextmanager
def _opened(path: Path) -> Iterator[pa.parquet.ParquetFile]:
    """A Parquet file to read from; whatever is wrong with it is a `DataError`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield file
    except DataError:
        raise
    except (OSError, pa.ArrowException) as error:
        found = str(error).splitlines()[0] if str(error) else "it cannot be read"
        raise damaged(path, found) from None
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(path, f"not a table of bondsim ({error})") from None


def _own(file: pa.parquet.ParquetFile) -> dict[str, str]:
    """Name and type of each column that belongs to the table."""
    own: dict[str, str] = json.loads(file.schema_arrow.metadata[_KEY])
    return own


def _table(rows: pa.Table, own: Mapping[str, str]) -> Table:
    return {name: _column(rows, name, np.dtype(kind)) for name, kind in own.items()}


def _named(name: str, values: Array) -> pa.Array:
    """A column, with names for codes."""
    if values.dtype.kind == "U":
        return texts(values.tolist())
    if name not in NAMES:
        return numbers(values)
    return texts(NAMES[name]).take(numbers(values))


def _column(rows: pa.Table, name: str, dtype: np.dtype[np.generic]) -> Array:
    import pyarrow.compute as pc

    column = rows.column(name)
    if column.null_count:
        raise ValueError(f"{column.null_count} empty cells in {name!r}")
    if dtype.kind == "U":
        return np.array(column.to_pylist(), dtype=dtype)
    if name not in NAMES:
        values: Array = column.to_numpy()
        if values.dtype != dtype:
            raise ValueError(f"{name!r} is {values.dtype}, not {dtype}")
        return values
    codes = pc.index_in(column, value_set=texts(NAMES[name]))
    if codes.null_count:
        unknown = pc.filter(column, pc.is_null(codes))[0].as_py()
        raise ValueError(f"unknown {name} {unknown!r}")
    found: Array = codes.to_numpy().astype(dtype)
    return found
