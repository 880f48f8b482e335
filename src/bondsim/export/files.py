"""Export folders as they are written: new, whole or not at all, in tables of text."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.errors import DataError, ParameterError

if TYPE_CHECKING:
    from bondsim.state import Array

MISSING = "NA"
"""What R reads as not known."""


@contextmanager
def new_folder(folder: str | Path) -> Iterator[Path]:
    """A draft to write to, which becomes `folder` when all is written.

    `ParameterError` where there is something of that name already; `DataError` where it cannot be
    written. Whatever goes wrong leaves nothing behind.
    """
    folder = Path(folder)
    if folder.exists() or folder.is_symlink():
        raise ParameterError("out", str(folder), "a folder that does not exist yet")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        yield draft
        draft.chmod(0o777 & ~_umask())  # mkdtemp makes folders for their owner alone
        draft.rename(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _unwritable(folder: Path, error: OSError) -> DataError:
    found = f"the export cannot be written ({error.strerror or error})"
    return DataError(str(folder), found, "give a folder that can be written to, with enough room")


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def write_csv(path: Path, table: Mapping[str, Array | Sequence[Any]]) -> None:
    """A table with a line of names, as R reads it: TRUE and FALSE, NA for what is not known."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table)
        writer.writerows(zip(*(cells(column) for column in table.values()), strict=True))


def write_rows(path: Path, matrix: Array) -> None:
    """A matrix as lines of numbers with a space between them, NA for NaN."""
    with path.open("w", newline="\n", encoding="utf-8") as file:
        for row in zip(*(cells(column) for column in matrix.T), strict=True):
            file.write(" ".join(row) + "\n")


def cells(column: Array | Sequence[Any]) -> list[str]:
    """A column as texts; numbers with as many digits as give the same number back."""
    values = np.asarray(column)
    if values.dtype == bool:
        return ["TRUE" if claim else "FALSE" for claim in values.tolist()]
    if values.dtype.kind == "f":
        return [_number(x) for x in values]
    return [str(x) for x in values.tolist()]


def _number(x: np.floating[Any]) -> str:
    if np.isnan(x):
        return MISSING
    return str(int(x)) if x == np.trunc(x) and abs(x) < 1e15 else str(x)
