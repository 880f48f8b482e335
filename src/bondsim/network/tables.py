"""Files as tables: every way in which a file can be wrong as a file is refused here.

A `Table` keeps cells as they came and knows which row of the file, as people count, each is in.
Files are read by the block, so that millions of rows need little more room than their text.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from bondsim.errors import DataError
from bondsim.network.cells import Cells, first

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
PARQUET_SUFFIXES = (".parquet",)
_DELIMITERS = (",", ";", "\t")
_BINARY_STARTS = {b"PAR1": "Parquet", b"PK\x03\x04": "a zip or Excel file", b"\x1f\x8b": "gzip"}
_UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff")
_SAVE_CSV = "save the table as CSV in UTF-8"
_NO_ROWS = "give a file with a header and rows"
_BRIEF = 80
_BLOCK = 1 << 10  # rows read at a time: what Python holds of more does not fit the caches
_UNREADABLE = (OSError, ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Table:
    """Columns of raw cells, and where each row came from.

    `where` names the file or graph; `rows[k]` is the number or name of row k, which is a `noun`.
    """

    where: str
    columns: dict[str, Cells]
    rows: Sequence[Any] | np.ndarray
    noun: str = "row"

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, k: int) -> str:
        """Where row k is, for messages."""
        return f"{self.where}, {self.noun} {self.rows[k]}"

    def need(self, *names: str) -> None:
        """Refuse a table that lacks one of the named columns."""
        missing = [name for name in names if name not in self.columns]
        if missing:
            found = ", ".join(name for name in self.columns if name) or "none"
            raise DataError(
                self.where, f"no column {', '.join(map(repr, missing))}; found: {found}",
                "rename a column, or name the column to use in the network's settings",
            )  # fmt: skip


def brief(text: str) -> str:
    """A text for a message: of a very long one the start, and how long it is."""
    return text if len(text) <= _BRIEF else f"{text[:_BRIEF]}... ({len(text)} characters)"


def read_table(path: str) -> Table:
    """The table in a CSV (comma, semicolon or tab) or Parquet file; row 1 is the header."""
    raw = file_bytes(path, TEXT_SUFFIXES + PARQUET_SUFFIXES)
    if Path(path).suffix.lower() in PARQUET_SUFFIXES:
        table = _parquet(path, raw)
    else:
        table = _delimited(path, raw)
    if not len(table):
        raise DataError(path, "a header but no rows", "give at least one row below the header")
    return table


def file_bytes(path: str, suffixes: Sequence[str]) -> bytes:
    """The content of a file that exists, is not empty and has one of the suffixes."""
    place = Path(path)
    try:
        if place.is_dir():
            raise DataError(path, "a folder", "give the path of a file in it")
        if not place.exists():
            raise DataError(path, "no such file", f"check the path; it is read from {Path.cwd()}")
        if place.suffix.lower() not in suffixes:
            found = f"the ending {place.suffix!r} is not known"
            raise DataError(path, found, f"give a file that ends in {', '.join(suffixes)}")
        raw = place.read_bytes()
    except OSError as error:
        found = f"cannot be read ({error.strerror})"
        raise DataError(brief(path), found, "check the path and its permissions") from None
    if not raw.strip():
        raise DataError(path, "an empty file", _NO_ROWS)
    return raw


def fingerprint(path: str) -> dict[str, str]:
    """Name and sha256 of a file, for the record of where a network came from."""
    return {"name": Path(path).name, "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest()}


def decoded(path: str, raw: bytes) -> str:
    """The text of a UTF-8 file."""
    for start, what in _BINARY_STARTS.items():
        if raw.startswith(start):
            raise DataError(path, f"not text but {what}", f"{_SAVE_CSV}, or mend its name")
    if raw.startswith(_UTF16_STARTS):
        raise DataError(path, "the encoding is UTF-16", _SAVE_CSV)
    if b"\0" in raw:
        raise DataError(path, "not text but binary", _SAVE_CSV)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"not UTF-8: byte 0x{raw[error.start]:02x}"
        raise DataError(f"{path}, line {line}", found, _SAVE_CSV) from None


def _delimited(path: str, raw: bytes) -> Table:
    import pyarrow as pa

    text = decoded(path, raw)
    start = re.match(r"\s*(\S[^\r\n]*)", text)
    if start is None:
        raise DataError(path, "an empty file", _NO_ROWS)
    delimiter = max(_DELIMITERS, key=start[1].count)
    lines = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline="")
    header: list[str] = []
    parts: list[list[pa.Array]] = []
    rows = [np.empty(0, np.int64)]
    for numbers, block in _blocks(path, lines, delimiter):
        if not header:
            header = [name.strip() for name in block[0]]
            _refuse_repeated(path, header)
            parts = [[] for _ in header]
            numbers, block = numbers[1:], block[1:]
        if len(block):
            _refuse_uneven(path, header, delimiter, numbers, block)
            for part, cells in zip(parts, zip(*block, strict=True), strict=True):
                part.append(pa.array(cells, pa.large_string()))
            rows.append(numbers)
    if not header:
        raise DataError(path, "an empty file, but for delimiters or quotes", _NO_ROWS)
    nothing = pa.array([], pa.large_string())
    columns = [Cells(pa.concat_arrays([nothing, *part])) for part in parts]
    return Table(path, dict(zip(header, columns, strict=True)), np.concatenate(rows))


def _blocks(
    path: str, lines: io.TextIOWrapper, delimiter: str
) -> Iterator[tuple[np.ndarray, list[list[str]]]]:
    """The rows with something in them and their numbers, block by block."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    done = 0
    while True:
        block: list[list[str]] = []
        broken: csv.Error | None = None
        try:
            block.extend(islice(reader, _BLOCK))
        except csv.Error as error:  # the rows before it are in the block
            broken = error
        full = [
            k for k, row in enumerate(block) if row and (row[0].strip() or any(map(str.strip, row)))
        ]
        if full:
            yield np.array(full) + done + 1, [block[k] for k in full]
        if broken:
            where = f"{path}, line {reader.line_num}"
            raise DataError(where, f"not CSV ({broken})", "check the quotes")
        if not block:
            return
        done += len(block)


def _refuse_uneven(
    path: str, header: list[str], delimiter: str, numbers: np.ndarray, block: list[list[str]]
) -> None:
    """Refuse rows with more or fewer cells than there are headings."""
    wrong = np.fromiter(map(len, block), np.int64, len(block)) != len(header)
    if wrong.any():
        k = first(wrong)
        raise DataError(
            f"{path}, row {numbers[k]}", f"{len(block[k])} cells under {len(header)} headings",
            f"give each row as many cells as there are headings; quote text with {delimiter!r} in "
            "it",
        )  # fmt: skip


def _refuse_repeated(path: str, header: list[str]) -> None:
    repeated = [name for name, count in Counter(header).items() if count > 1 and name]
    if repeated:
        found = f"column {repeated[0]!r} more than once"
        raise DataError(f"{path}, row 1", found, "give each column its own name")


def _parquet(path: str, raw: bytes) -> Table:
    import pyarrow as pa
    from pyarrow import parquet

    fix = "write it again as Parquet, or give it the ending of what it is"
    if not raw.startswith(b"PAR1"):
        raise DataError(path, "not a Parquet file, whatever its name says", fix)
    try:
        content = parquet.read_table(pa.BufferReader(raw))
        names = content.column_names
    except (pa.ArrowException, *_UNREADABLE) as error:
        raise DataError(path, f"a damaged Parquet file ({brief(str(error))})", fix) from None
    _refuse_repeated(path, names)
    columns = {}
    for name in names:
        try:
            columns[name] = _cells(content.column(name))
        except (pa.ArrowException, *_UNREADABLE) as error:
            found = f"column {name!r}, {content.column(name).type}, cannot be read"
            fix = "drop the column, or write it as text or numbers"
            raise DataError(path, f"{found} ({brief(str(error))})", fix) from None
    return Table(path, columns, range(2, content.num_rows + 2))


def _cells(column: Any) -> Cells:
    """An Arrow column as it is, if of text, numbers or truths, and as Python objects otherwise."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column.validate(full=True)
        return Cells(column.cast(pa.large_string()).combine_chunks())
    if any(
        is_it(kind) for is_it in (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    ):
        return Cells(column.cast(kind).combine_chunks())
    return Cells(column.to_pylist())
