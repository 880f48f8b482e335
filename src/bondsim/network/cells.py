"""The raw cells of a column: each different value once, and which of them each row has.

Names, kinds and codes are made of values, not of cells: a column of five million cells seldom has
more values than there are people. Numbers are read whole where Arrow reads them as Python does.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

NO_NUMBER = ("", "na", "n/a", "nan", "null", "none", "<na>", "nat")
"""What stands for a number that is not known, in small letters."""


class Cells:
    """One column: a list of Python objects, or an Arrow column of text, numbers or truths."""

    def __init__(self, cells: list[Any] | pa.Array) -> None:
        self._cells = cells

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, k: int) -> Any:
        """The cell in row k, a Python object."""
        return self._cells[k] if isinstance(self._cells, list) else self._cells[k].as_py()

    @cached_property
    def values(self) -> tuple[list[Any], np.ndarray]:
        """The values, and the place among them of each row's: int (rows,).

        In a list every cell is a value of its own: Python holds 1, 1.0 and True to be the same.
        """
        if isinstance(self._cells, list):
            return self._cells, np.arange(len(self._cells))
        encoded = self._cells.dictionary_encode("encode")
        return encoded.dictionary.to_pylist(), encoded.indices.to_numpy()

    def chosen(self, rows: np.ndarray) -> Cells:
        """The cells of these rows, in this order."""
        if isinstance(self._cells, list):
            return Cells([self._cells[k] for k in rows.tolist()])
        return Cells(self._cells.take(rows))

    def numbers(self) -> np.ndarray | None:
        """The numbers, float64 (rows,), NaN where a cell is empty.

        None where they cannot be read as a whole: each value must be looked at.
        """
        if isinstance(self._cells, list):
            return None
        import pyarrow as pa
        from pyarrow import compute

        cells, kind = self._cells, self._cells.type
        if pa.types.is_boolean(kind):
            return None
        if not pa.types.is_floating(kind) and not pa.types.is_integer(kind):
            text = compute.utf8_trim_whitespace(cells)
            empty = compute.is_in(compute.utf8_lower(text), pa.array(NO_NUMBER, text.type))
            cells = compute.if_else(empty, pa.scalar(None, text.type), text)
        try:
            found = cells.cast(pa.float64(), safe=False)
        except pa.ArrowInvalid:
            return None
        numbers: np.ndarray = found.to_numpy(zero_copy_only=False)
        # of text, only what stands for no number is empty
        strange = cells is not self._cells and np.isnan(numbers).sum() > found.null_count
        return None if strange else numbers


def first(where: np.ndarray) -> int:
    """The first row in which `where` (rows,) holds; it must hold somewhere."""
    return int(np.argmax(where))
