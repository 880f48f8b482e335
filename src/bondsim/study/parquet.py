"""Tables as Parquet files: exact to the bit, names in place of codes, companions beside columns.

The file's own metadata say which columns belong to the table and of what type they were, so that a
table without rows or columns comes back as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bondsim.errors import DataError
from bondsim.history import NAMES

if TYPE_CHECKING:
    import pyarrow as pa

    from bondsim.state import Array

    Table = dict[str, Array]

_KEY = b"bondsim"


def write_table(
    path: Path, table: Mapping[str, Array], beside: Mapping[str, Sequence[str]]
) -> None:
    """Write a table of columns of one length; `beside`: columns of text that are not part of it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: _named(name, values) for name, values in table.items()}
    columns |= {name: _text(texts) for name, texts in beside.items()}
    own = json.dumps({name: values.dtype.str for name, values in table.items()})
    whole = pa.table(columns).replace_schema_metadata({_KEY: own.encode()})
    pq.write_table(whole, path, compression="zstd", use_dictionary=False)


def read_table(path: Path) -> Table:
    """The table as it was written, without what stood beside it; `DataError` if it is damaged."""
    whole = _read(path)
    try:
        own = json.loads(whole.schema.metadata[_KEY])
        return {name: _column(whole, name, np.dtype(kind)) for name, kind in own.items()}
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(path, f"not a table of bondsim ({error})") from None


def read_beside(path: Path, name: str) -> list[str]:
    """A column of text that stands beside a table."""
    try:
        texts: list[str] = _read(path).column(name).to_pylist()
    except KeyError:
        raise damaged(path, f"no column {name!r}") from None
    return texts


def damaged(path: Path, found: str) -> DataError:
    """The error for a file of a run folder that cannot be trusted."""
    return DataError(str(path), found, "take the folder from a backup, or run it again")


def _read(path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        found = str(error).splitlines()[0] if str(error) else "it cannot be read"
        raise damaged(path, found) from None


def _named(name: str, values: Array) -> pa.Array:
    """A column, with names for codes."""
    import pyarrow as pa

    if name not in NAMES:
        return _plain(values)
    return pa.DictionaryArray.from_arrays(_plain(values), _text(NAMES[name])).dictionary_decode()


# From buffers, and not by `pa.array`, which imports pandas: 0.5 to 1 s of each command.


def _plain(values: Array) -> pa.Array:
    import pyarrow as pa

    whole = np.ascontiguousarray(values)
    kind = pa.from_numpy_dtype(whole.dtype)
    return pa.Array.from_buffers(kind, whole.size, [None, pa.py_buffer(whole)])


def _text(texts: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    raw = [text.encode() for text in texts]
    ends = np.zeros(len(raw) + 1, np.int64)
    np.cumsum([len(text) for text in raw], out=ends[1:])
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(raw))]
    return pa.Array.from_buffers(pa.large_string(), len(raw), buffers).cast(pa.string())


def _column(whole: pa.Table, name: str, dtype: np.dtype[np.generic]) -> Array:
    column = whole.column(name)
    if column.null_count:
        raise ValueError(f"{column.null_count} empty cells in {name!r}")
    if name not in NAMES:
        values: Array = column.to_numpy()
        if values.dtype != dtype:
            raise ValueError(f"{name!r} is {values.dtype}, not {dtype}")
        return values
    code = {text: place for place, text in enumerate(NAMES[name])}
    texts = column.to_pylist()
    unknown = set(texts) - set(code)
    if unknown:
        raise ValueError(f"unknown {name} {sorted(unknown)[0]!r}")
    return np.array([code[text] for text in texts], dtype=dtype)
