"""The scorecard: every row's band beside what the model gives, misses included.

Rows used to fit say how well the fit went; only rows held out say anything of the model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.causal.analysis import EXPLAINS, Analysis, Found, Report, rows_table, times
from bondsim.causal.design import Design, Ended, in_parallel
from bondsim.causal.grid import check_once
from bondsim.causal.intervals import Interval, mean_interval
from bondsim.params import Checked, par
from bondsim.validation.protocols import check, rows_at
from bondsim.validation.target import USE_WORDS, K, N, Target, V
from bondsim.validation.targets import rows_of

if TYPE_CHECKING:
    from bondsim.orders import AnalysisOrder
    from bondsim.state import Array
    from bondsim.study.lives import Lives
    from bondsim.tables import Table

HIT, MISS, UNDEFINED, ABSENT = "hit", "miss", "not known", "not represented"
"""Verdicts: the mean lies in the band or not; no replicate gives a number; nothing to ask for."""
ROWS = "bondsim.validation.protocols:rows_at"
"""The function that gives the rows of a world."""
COLUMNS = {
    "row": ("1", "id of the row"),
    "use": ("1", "K: used to fit; V: held out; N: negative control"),
    "statistic": ("1", "what is compared, in words"),
    "target": ("unit", "the number that is known of people"),
    "band_low": ("unit", "lower end of the band that counts as a hit"),
    "band_high": ("unit", "upper end of the band that counts as a hit"),
    "value": ("unit", "mean over replicates of what the model gives"),
    "known": ("replicates", "replicates in which the model gives a number"),
    "verdict": ("1", "hit, miss, not known, or not represented in the model"),
    "clear": ("1", "1 where the whole interval has the verdict, 0 where it straddles an end"),
    "fitted": ("1", "1 where the row was used to fit"),
    "source": ("1", "where the target is from; [P] read in print, [M] from memory, [A] assumed"),
    "strength": ("1", "how strong the source is"),
    "computed": ("1", "how the number is computed here"),
    "why": ("1", "why the default population falls where it does"),
}
"""Unit and meaning of the columns that only this analysis has."""
DIGITS = 12
"""Significant digits of values: what linear algebra gives beyond depends on the processor."""


@dataclass(frozen=True)
class ValidatePlan(Checked):
    """Which rows are scored."""

    GROUP = "validate"

    rows: tuple[str, ...] = par((), "rows of the scorecard, by id; empty: all", low=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        rows_of(self.rows)
        check_once("validate.rows", self.rows)


def asked(design: Design, order: AnalysisOrder) -> tuple[Design, dict[str, Any]]:
    """What an order asks for."""
    return replace(design, interventions=order.interventions), {"plan": order.plans["validate"]}


def plans_of(science: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `analyse` beside the design, from what is stored."""
    return {"plan": ValidatePlan(**science["validate"])}


def analyse(
    design: Design,
    plan: ValidatePlan | None = None,
    *,
    processes: int | None = None,
    ended: Ended | None = None,
    lives: Lives | None = None,
) -> Analysis:
    """Score each replicate and hold the means against the bands.

    Tables: `scorecard`, a row for each target, in the order of the table: `row`, `use` (K, V or N),
    `statistic`, `unit`, `target`, `band_low`, `band_high`, `value` with `value_low` and
    `value_high`, Student's 95 % interval over replicates, `known`, replicates that have a number,
    `verdict`, `clear` (1 where the whole interval has the verdict, 0 where it straddles an end of
    the band), `fitted` (1 of rows used to fit), `source`, `strength`, `computed`, `why`;
    `values` (replicate, row, value), NaN where a number is undefined.

    With `lives`, replicates are runs of a study, stored and not lived twice.

    `ParameterError` before any day is lived: an unknown row, too few days, interventions.
    """
    plan = plan if plan is not None else ValidatePlan()
    if lives is not None:
        rows = rows_of(plan.rows)
        names = [row.id for row in rows]
        check(design, names)
        values = lives.values([({}, design)], names, design.replicates, measure=ROWS)[0]
    else:
        rows, values = _values(design, plan.rows, processes, ended)
    tables = {"scorecard": _scorecard(rows, values), "values": _long(rows, values)}
    return Analysis("validate", design, {"validate": plan}, tables)


def evaluate(
    design: Design,
    *,
    replicates: int | None = None,
    processes: int | None = None,
    ids: Sequence[str] | None = None,
    ended: Ended | None = None,
) -> Table:
    """The table `scorecard` of `analyse` alone, of these rows (all if None).

    `replicates`: those of the design if None.
    """
    if replicates is not None:
        design = replace(design, replicates=replicates)
    return _scorecard(*_values(design, tuple(ids or ()), processes, ended))


def _values(
    design: Design, ids: Sequence[str], processes: int | None, ended: Ended | None
) -> tuple[list[Target], Array]:
    """The rows asked for, and their values: float64 (replicates, rows)."""
    rows = rows_of(ids)
    names = tuple(row.id for row in rows)
    check(design, names)
    jobs = [(design, replicate, names) for replicate in range(design.replicates)]
    found = in_parallel(rows_at, jobs, processes=processes, ended=ended)
    values = [[float(f"{each[name]:.{DIGITS}g}") for name in names] for each in found]
    return rows, np.array(values).reshape(design.replicates, len(rows))


# --- tables ------------------------------------------------------------------------------------


def _scorecard(rows: Sequence[Target], values: Array) -> Table:
    return rows_table([_row(row, values[:, k]) for k, row in enumerate(rows)])


def _row(row: Target, values: Array) -> dict[str, Any]:
    found = mean_interval(values)
    return {
        "row": row.id,
        "use": row.use,
        "statistic": row.statistic,
        "unit": row.unit,
        "target": float(row.target),
        "band_low": float(row.low),
        "band_high": float(row.high),
        "value": found.value,
        "value_low": found.low,
        "value_high": found.high,
        "known": int(np.isfinite(values).sum()),
        "verdict": verdict(row, found.value),
        "clear": int(is_clear(row, found)),
        "fitted": int(row.use == K),
        "source": row.source,
        "strength": row.strength,
        "computed": row.computed,
        "why": row.why,
    }


def verdict(row: Target, value: float) -> str:
    """What a mean over replicates says of a row."""
    if not row.represented:
        return ABSENT
    if math.isnan(value):
        return UNDEFINED
    return HIT if row.hits(value) else MISS


def is_clear(row: Target, found: Interval) -> bool:
    """Whether all of the interval has the verdict of its middle; never without an interval."""
    if not math.isfinite(found.low):
        return False
    if row.hits(found.value):
        return row.low <= found.low and found.high <= row.high
    return found.high < row.low or found.low > row.high


def _long(rows: Sequence[Target], values: Array) -> Table:
    return rows_table(
        [
            {"replicate": replicate, "row": row.id, "value": float(values[replicate, k])}
            for replicate in range(values.shape[0])
            for k, row in enumerate(rows)
        ]
    )


# --- report ------------------------------------------------------------------------------------


def report(found: Found) -> Report:
    """The scorecard, and a sentence on each row that is no clear hit."""
    card = found.tables["scorecard"]
    rows = [_told(card, k) for k in range(card["row"].size)]
    counts = "; ".join(filter(None, (_count(card, use) for use in (K, V, N))))
    title = f"Scorecard (mean over {times(found.science['replicates'], 'replicate')}): {counts}"
    return Report(title, HEADINGS, rows, [_STAR, *_whys(card), EXPLAINS])


HEADINGS = ("row", "statistic", "target (band)", "model", "95 %", "verdict", "use", "source is")
_STAR = "*: the interval straddles an end of the band, so more replicates could change the verdict"


def _told(card: Table, k: int) -> list[str]:
    band = f"{_number(card['target'][k])} ({_ends(card, 'band', k)})"
    doubt = card["verdict"][k] in (HIT, MISS) and not card["clear"][k]
    return [
        str(card["row"][k]), f"{card['statistic'][k]}{_unit(str(card['unit'][k]))}", band,
        _number(card["value"][k]), _ends(card, "value", k),
        str(card["verdict"][k]) + ("*" if doubt else ""), USE_WORDS[str(card["use"][k])],
        str(card["strength"][k]),
    ]  # fmt: skip


def _count(card: Table, use: str) -> str:
    """How many of the rows of a use are hit, of those that are represented."""
    own = (card["use"] == use) & (card["verdict"] != ABSENT)
    hits = int((card["verdict"][own] == HIT).sum())
    return f"{hits} of {int(own.sum())} {USE_WORDS[use]} hit" if own.any() else ""


def _whys(card: Table) -> list[str]:
    """Why rows are missed or cannot be asked for; of the default population, as `Target.why`."""
    return [
        f"{name}: {why}"
        for name, said, why in zip(card["row"], card["verdict"], card["why"], strict=True)
        if said != HIT and why
    ]


def _unit(unit: str) -> str:
    return "" if unit == "1" else f" [{unit}]"


def _ends(card: Table, name: str, k: int) -> str:
    low, high = card[f"{name}_low"][k], card[f"{name}_high"][k]
    return "" if math.isnan(low) else f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value + 0.0:.3g}"
