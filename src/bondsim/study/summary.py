"""What a study came to in one table: the mean of each outcome in each cell, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.causal.grid import value_word
from bondsim.causal.intervals import mean_interval
from bondsim.store.folders import unwritable
from bondsim.store.records import FINISHED, table_of

if TYPE_CHECKING:
    import pyarrow as pa

    from bondsim.state import Array
    from bondsim.store.plans import StoredPlan

MOST_CELLS = 40
"""Rows of a table that people read."""
MOST_OUTCOMES = 6
"""Columns of outcomes in such a table."""


def values_of(table: pa.Table, plan: StoredPlan, outcomes: Sequence[str]) -> Array:
    """Outcomes of a study as float64 (n_cells, n_replicates, n_outcomes); NaN where not there.

    `table`: the runs of the study, as `Results.of_study` gives them; cells in the plan's order.
    """
    found = np.full((len(plan.cells), plan.replicates, len(outcomes)), np.nan)
    places = {(cell["arm"], cell["point"]): c for c, cell in enumerate(plan.cells)}
    names = [*(name for name in outcomes if name in table.column_names)]
    columns = {
        name: table.column(name).to_pylist() for name in ("arm", "point", "replicate", *names)
    }
    status = table.column("status").to_pylist()
    for row, came in enumerate(status):
        if came != FINISHED:
            continue
        c = places[columns["arm"][row], columns["point"][row]]
        for o, name in enumerate(outcomes):
            value = columns[name][row] if name in columns else None
            if value is not None:
                found[c, columns["replicate"][row], o] = value
    return found


def study_rows(
    table: pa.Table, plan: StoredPlan, outcomes: Sequence[str]
) -> tuple[list[str], list[list[str]]]:
    """Headings and rows: each cell with its finished runs, and outcomes with 95 % half-widths."""
    shown = list(outcomes)[:MOST_OUTCOMES]
    values = values_of(table, plan, shown)
    several = len({cell["arm"] for cell in plan.cells}) > 1
    rows = []
    for c, cell in enumerate(plan.cells[:MOST_CELLS]):
        label = [cell["arm"]] if several else []
        label += [_word(path, cell["values"].get(path)) for path in plan.varied]
        lived = np.isfinite(values[c]).any(axis=1).sum()
        rows.append([*label, f"{lived:,}", *(_mean(values[c, :, o]) for o in range(len(shown)))])
    if len(plan.cells) > MOST_CELLS:
        rows.append([f"... {len(plan.cells) - MOST_CELLS:,} more", *[""] * (len(rows[0]) - 1)])
    return [*(["arm"] if several else []), *plan.varied, "runs", *shown], rows


def final_table(table: pa.Table, plan: StoredPlan) -> pa.Table:
    """What a study found, one row a run, in its order: the same bytes however it was carried out.

    Columns: arm, point, replicate, seed, what is varied by path, the outcomes, status, id, hash.
    """
    import pyarrow as pa

    values = {(cell["arm"], cell["point"]): cell["values"] for cell in plan.cells}
    rows = zip(table.column("arm").to_pylist(), table.column("point").to_pylist(), strict=True)
    points = [values[row] for row in rows]
    # what other studies have beside this one decides nothing: its own columns are always there
    found = {name: table.column(name) for name in ("arm", "point", "replicate", "seed")
             if name in table.column_names}  # fmt: skip
    for path in plan.varied:
        if path != "seed":  # which is that of the run, and not of its first replicate
            column = table_of([{path: point.get(path)} for point in points])
            if path in column.column_names:
                found[path] = column.column(path)
    for name in plan.outcomes:
        known = name in table.column_names
        found[name] = table.column(name) if known else pa.nulls(table.num_rows, pa.float64())
    found |= {name: table.column(name) for name in ("status", "id", "hash")}
    return pa.table(found).combine_chunks()


def write_final(table: pa.Table, path: Path, form: str) -> Path:
    """Write a table as ``csv`` or ``parquet``; `UnwritableError` where that cannot be."""
    import pyarrow.csv
    import pyarrow.parquet

    draft = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if form == "csv":
            pyarrow.csv.write_csv(table, draft)
        else:
            pyarrow.parquet.write_table(table, draft, compression="zstd")
        draft.replace(path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        draft.unlink(missing_ok=True)
    return path


def _word(path: str, value: Any) -> str:
    return value_word(path, value) if isinstance(value, int | float) else str(value)


def _mean(values: Array) -> str:
    found = mean_interval(values[np.isfinite(values)])
    if not np.isfinite(found.value):
        return "-"
    if not np.isfinite(found.high):
        return f"{found.value:.4g}"
    return f"{found.value:.4g} ± {(found.high - found.low) / 2:.2g}"
