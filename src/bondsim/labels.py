"""What users call people: their own labels for whole columns of ids at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim.arrow import numbers, texts

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from bondsim.network import Network
    from bondsim.state import Array

LABELLED = {"id": "label", "i": "label_i", "j": "label_j"}
"""Columns of ids, and the column of text that stands beside each."""


class Labels:
    """The labels of one network, made for millions of rows: no loop in Python."""

    def __init__(self, network: Network) -> None:

        self._ids = network.ids
        self._texts = texts(network.labels)

    def of(self, ids: Array) -> pa.Array:
        """The label of each id; "newcomer 7" for one who was not there at the start."""
        import pyarrow as pa

        place = np.minimum(np.searchsorted(self._ids, ids), self._ids.size - 1)
        unknown = self._ids[place] != ids
        if not unknown.any():
            return self._texts.take(numbers(place))
        new, code = np.unique(ids[unknown], return_inverse=True)
        place[unknown] = self._ids.size + code
        return pa.concat_arrays([self._texts, self._new(new)]).take(numbers(place))

    def _new(self, ids: Array) -> pa.Array:
        """Names of newcomers: not the users' own, who may be newcomers of another world."""
        import pyarrow as pa
        import pyarrow.compute as pc

        id_texts = pc.cast(numbers(ids), pa.string())
        names = pc.binary_join_element_wise("newcomer", id_texts, " ")
        while pc.any(taken := pc.is_in(names, self._texts)).as_py():
            names = pc.if_else(taken, pc.binary_join_element_wise("new", names, " "), names)
        return names


def add_labels(frame: pd.DataFrame, network: Network) -> pd.DataFrame:
    """`frame` with the users' labels behind its columns of ids."""
    labels = Labels(network)
    for column, label in LABELLED.items():
        if column in frame:
            frame[label] = labels.of(frame[column].to_numpy()).to_pandas()
    return frame


def packed(labels: Array) -> dict[str, Array]:
    """Labels as plain arrays: all text as `text` uint8, and the `ends` int64 (n + 1,) in it."""
    import pyarrow as pa

    _, ends, text = texts(labels).cast(pa.large_string()).buffers()
    return {
        "ends": np.frombuffer(ends, np.int64)[: labels.size + 1],
        "text": np.frombuffer(text if text is not None else b"", np.uint8),
    }


def unpacked(ends: Array, text: Array) -> Array:
    """The labels that `packed` gave: object (n,) of str; `ValueError` if they are damaged."""
    import pyarrow as pa

    whole = pa.LargeStringArray.from_buffers(ends.size - 1, pa.py_buffer(ends), pa.py_buffer(text))
    whole.validate(full=True)
    labels: Array = whole.to_numpy(zero_copy_only=False)
    return labels
