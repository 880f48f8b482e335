"""Tables: columns of one length, whole or in parts, and the hash of their content.

A table is a dictionary of numpy arrays, the form that is measured, hashed and written. The tables
of a long run come in parts, one under the other, most of which lie in files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from bondsim.state import Array

Table = dict[str, Array]

TABLES = ("series", "agents", "bonds", "events")
"""The tables of a run."""


class Parted(Mapping[str, Table]):
    """The tables of a run, each to be had whole or, for less memory, part by part.

    `parts` gives the parts of a table of that name in order, at least one. A table that was asked
    for whole is kept.
    """

    def __init__(self, parts: Callable[[str], Iterator[Table]]) -> None:
        self.parts = parts
        self._whole: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in TABLES:
            raise KeyError(name)
        if name not in self._whole:
            self._whole[name] = self.rows(name, lambda part: np.ones(_n_rows(part), bool))
        return self._whole[name]

    def rows(self, name: str, chosen: Callable[[Table], Array]) -> Table:
        """The rows of a table of which `chosen` gives True: bool (n_rows,) for each part.

        Parts are read twice, first to count, so that memory holds no more than the rows asked for
        and one part.
        """
        types: dict[str, np.dtype[np.generic]] = {}
        n = 0
        for part in self.parts(name):
            types |= {column: values.dtype for column, values in part.items()}
            n += int(chosen(part).sum()) if part else 0
        found = {column: np.empty(n, kind) for column, kind in types.items()}
        end = 0
        for part in self.parts(name):
            places = chosen(part) if part else np.zeros(0, bool)
            start, end = end, end + int(places.sum())
            for column, values in part.items() if end > start else ():
                found[column][start:end] = values if places.all() else values[places]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(TABLES)

    def __len__(self) -> int:
        return len(TABLES)


def parts_of(tables: Mapping[str, Table], name: str) -> Iterable[Table]:
    """One of the tables in parts: one part where it lies in memory anyway."""
    return tables.parts(name) if isinstance(tables, Parted) else (tables[name],)


def _n_rows(table: Table) -> int:
    return next((values.size for values in table.values()), 0)


def stacked(parts: Sequence[Table]) -> Table:
    """Tables of the same columns, one under the other."""
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return parts[0] if parts else {}
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def content_hash(tables: Mapping[str, Table], text: str) -> str:
    """SHA-256 of a text, and of names, types, lengths and bits of each column of the tables.

    The same whatever parts the tables come in.
    """
    digest = hashlib.sha256(text.encode())
    for name in sorted(tables):
        for column, hashed in column_hashes(tables, name).items():
            digest.update(f"{name}.{column}:{hashed}\n".encode())
    return digest.hexdigest()


def column_hashes(tables: Mapping[str, Table], name: str) -> dict[str, str]:
    """Type, length and SHA-256 of each column of one table; holds one part at a time."""
    types: dict[str, str] = {}
    lengths: dict[str, int] = {}
    digests: dict[str, hashlib._Hash] = {}
    for part in parts_of(tables, name):
        for column, values in part.items():
            little = values.astype(values.dtype.newbyteorder("<"), copy=False)
            digest = digests.setdefault(column, hashlib.sha256())
            digest.update(np.ascontiguousarray(little).data)
            types[column] = little.dtype.str
            lengths[column] = lengths.get(column, 0) + little.size
    return {c: f"{types[c]}:{lengths[c]}:{digests[c].hexdigest()}" for c in digests}
