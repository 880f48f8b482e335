"""Records as tables: a row for each run, a column for whatever any of them tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.arrow import numbers, texts
from bondsim.store.journal import Record

if TYPE_CHECKING:
    import pyarrow as pa

    from bondsim.state import Array

FINISHED, FAILED = "finished", "failed"
"""What can become of a run."""


def best_of(tables: Sequence[pa.Table], records: Sequence[Record]) -> pa.Table:
    """One row for each run, in order of id: of a run with several records the best.

    That is one that finished, before one that failed; of these the one with most outcomes; of these
    the one that ended last.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    loose = table_of(records)
    parts = [table for table in [*tables, loose] if table.num_rows]
    if not parts:
        return _with_known(table_of([{"id": "", "status": ""}]).slice(0, 0))
    whole = _with_known(pa.concat_tables(_alike(parts), promote_options="permissive"))
    ids = whole.column("id")
    if pc.count_distinct(ids).as_py() < whole.num_rows:
        whole = whole.take(numbers(np.array(_chosen(whole), np.int64)))
    return whole.sort_by("id")


def _with_known(table: pa.Table) -> pa.Table:
    """The same with every column that a run may have, whether or not any has it."""
    import pyarrow as pa

    words, whole = pa.string(), pa.int64()
    known = {
        **dict.fromkeys(("status", "error", "outcomes", "hash", "folder"), words),
        "n_outcomes": whole, "seconds": pa.float64(), "finished": words, "host": words,
        "process": whole, "log": words,
    }  # fmt: skip
    for name, kind in known.items():
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(table.num_rows, kind))
    return table


def _alike(tables: Sequence[pa.Table]) -> list[pa.Table]:
    """The same with words in a column that holds numbers in one table and words in another."""
    import pyarrow as pa

    kinds: dict[str, set[str]] = {}
    for table in tables:
        for field in table.schema:
            kinds.setdefault(field.name, set()).add(str(field.type))
    mixed = {name for name, found in kinds.items() if len(found - {"int64", "double"}) > 0
             and len(found) > 1}  # fmt: skip
    found = []
    for table in tables:
        for place, name in enumerate(table.column_names):
            if name in mixed and table.schema.types[place] != pa.string():
                words = _column(_plain(table.column(name).to_pylist(), pa.string()), pa.string())
                table = table.set_column(place, name, words)
        found.append(table)
    return found


def _chosen(whole: pa.Table) -> list[int]:
    """The place of the best record of each run."""
    names = ("id", "status", "n_outcomes", "finished")
    rows = zip(*(whole.column(name).to_pylist() for name in names), strict=True)
    best: dict[str, tuple[tuple[bool, int, str], int]] = {}
    for place, (run, status, n_outcomes, finished) in enumerate(rows):
        worth = (status == FINISHED, n_outcomes or 0, finished or "")
        if run not in best or worth > best[run][0]:
            best[run] = (worth, place)
    return [place for _, place in best.values()]


def table_of(records: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Records as a table; a column that is nowhere known is left out."""
    import pyarrow as pa

    records = list(records)
    names: dict[str, None] = {}
    for record in records:
        if record.keys() != names.keys():
            names |= dict.fromkeys(record)
    alike = all(len(record) == len(names) for record in records)
    typed = {}
    for name in names:
        # 100,000 runs have 20 million values: what is a loop in C here is worth it
        values = list(map(itemgetter(name), records)) if alike else [r.get(name) for r in records]
        kind = _kind(values)
        if kind is not None:
            typed[name] = _column(_plain(values, kind), kind)
    return pa.table(typed)


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """A column of one type, without `pyarrow.array`: see `bondsim.arrow`."""
    import pyarrow as pa

    known = np.fromiter((value is not None for value in values), bool, len(values))
    whole = values
    if not known.all():
        blank: Any = "" if kind == pa.string() else 0
        whole = [blank if value is None else value for value in values]
    if kind == pa.string():
        found = texts(whole)
    elif kind == pa.bool_():
        found = pa.Array.from_buffers(kind, len(whole), [None, _bits(np.array(whole, bool))])
    else:
        found = numbers(np.array(whole, np.int64 if kind == pa.int64() else np.float64))
    if known.all():
        return found
    return pa.Array.from_buffers(kind, len(whole), [_bits(known), *found.buffers()[1:]])


def _bits(switches: Array) -> pa.Buffer:
    import pyarrow as pa

    return pa.py_buffer(np.packbits(switches, bitorder="little"))


def _kind(values: Sequence[Any]) -> Any:
    """The narrowest Arrow type that holds all these values, None for no values at all."""
    import pyarrow as pa

    found = set(map(type, values)) - {type(None)}
    if not found:
        return None
    for types, kind in (
        ({bool}, pa.bool_()), ({int}, pa.int64()), ({int, float}, pa.float64()),
    ):  # fmt: skip
        if found <= types:
            return kind
    return pa.string()


def _plain(values: Sequence[Any], kind: pa.DataType) -> Sequence[Any]:
    import pyarrow as pa

    if kind != pa.string():
        return values
    return [None if v is None else v if isinstance(v, str) else repr(v) for v in values]
