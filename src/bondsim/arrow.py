"""Arrow arrays from numpy's without `pyarrow.array`, which imports pandas: 0.5 s a command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from bondsim.state import Array

FEW = 10_000
"""So many texts are taken one by one; with more, importing pandas is the smaller part."""


def numbers(values: Array) -> pa.Array:
    """A column of numbers, which shares their memory if they lie together."""
    import pyarrow as pa

    whole = np.ascontiguousarray(values)
    kind = pa.from_numpy_dtype(whole.dtype)
    return pa.Array.from_buffers(kind, whole.size, [None, pa.py_buffer(whole)])


def texts(words: Sequence[str] | Array) -> pa.Array:
    """A column of texts, of type `pyarrow.string`."""
    import pyarrow as pa

    if len(words) > FEW:
        return pa.array(words, pa.string())
    raw = [word.encode() for word in words]
    ends = np.zeros(len(raw) + 1, np.int64)
    np.cumsum([len(word) for word in raw], out=ends[1:])
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(raw))]
    return pa.Array.from_buffers(pa.large_string(), len(raw), buffers).cast(pa.string())
