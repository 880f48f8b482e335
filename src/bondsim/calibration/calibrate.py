"""Calibrate: fit chosen parameters to chosen rows of the target table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.calibration import abc, point_fit, summary
from bondsim.calibration.abc import Task
from bondsim.calibration.distance import Aims, Target, aims_of
from bondsim.calibration.plan import CalibratePlan
from bondsim.calibration.points import Evaluate
from bondsim.calibration.priors import checked_in
from bondsim.causal.analysis import EXPLAINS, Analysis, Found, Report, times
from bondsim.errors import ParameterError

if TYPE_CHECKING:
    from bondsim.causal.design import Design, Ended
    from bondsim.tables import Table


def plans_of(science: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `analyse` beside the design and `evaluate`, from what is stored."""
    plan = CalibratePlan(**science["calibrate"])
    return {"plan": plan, "targets": Aims(tuple(science["targets"]["rows"])).rows}


def analyse(
    design: Design,
    plan: CalibratePlan,
    *,
    evaluate: Evaluate,
    targets: Sequence[Target],
    ended: Ended | None = None,
) -> Analysis:
    """Fit the parameters of `plan` to its rows of `targets`.

    Worlds are those of ``points.design_of(design, point)``, made and looked at by `evaluate`; all
    their seeds follow from ``design.params.seed``, and each point has ``design.replicates`` worlds.

    Tables: of the method, see `abc.fit` and `point_fit.fit`; `best` (the best point: Optuna's
    nearest when lived again; abc's nearest of the posterior, which is near by luck as well); `rows`
    (what was seen of each target) and, by abc, `summary` (each parameter).

    Raises `ParameterError` before any day is lived: a parameter that is unknown, changes nothing
    here or has a range beyond what is allowed, and rows that are not among the targets.
    """
    priors, aims = check(design, plan, targets)
    task = Task(priors, aims, evaluate, design.params.seed, design.replicates)
    find = abc.fit if plan.method == "abc" else point_fit.fit
    tables = find(plan, task, ended)
    if plan.method == "abc":
        posterior, prior = tables["posterior"], tables["prior"]
        nearest = int(np.argmin(posterior["distance"]))
        best = _one(posterior, nearest, {"weight"})
        tables["summary"] = summary.of_parameters(posterior, priors, _cells(best))
    else:
        posterior = None
        prior = {name: column[: plan.startup] for name, column in tables["trials"].items()}
        best = _one(tables["finalists"], 0, {"trial"})
    tables["best"] = best
    tables["rows"] = summary.of_rows(aims, prior, posterior, _cells(best))
    return Analysis("calibrate", design, {"calibrate": plan, "targets": aims}, tables)


def check(
    design: Design, plan: CalibratePlan, targets: Sequence[Target]
) -> tuple[tuple[Any, ...], Aims]:
    """Priors and rows; refuses what cannot be, before any day is lived."""
    priors, aims = checked_in(design, plan.ranges), aims_of(targets, plan.rows)
    worlds = worlds_of(design, plan) + 1_000_000  # those that a preset is checked in
    if design.params.seed + worlds > 2**63:
        allowed = f"at most {2**63 - worlds}, so that every world has its own"
        raise ParameterError("seed", design.params.seed, allowed)
    return priors, aims


def worlds_of(design: Design, plan: CalibratePlan) -> int:
    """The most worlds that a calibration lives seeds for: from its seed on, so many."""
    return (plan.budget + plan.confirm) * design.replicates


def _one(table: Table, row: int, without: set[str]) -> Table:
    return {name: column[[row]] for name, column in table.items() if name not in without}


def _cells(row: Table) -> dict[str, float]:
    return {name: float(column[0]) for name, column in row.items()}


# --- report ------------------------------------------------------------------------------------


def report(found: Found) -> Report:
    """Each parameter's prior and posterior, then each row's band and what was seen."""
    plan = CalibratePlan(**found.science["calibrate"])
    rows = found.tables["rows"]
    by_abc = plan.method == "abc"
    lines = _parameters(found, plan)
    for k, name in enumerate(rows["row"].tolist()):
        band = f"{_number(rows['target'][k])} ({_span(rows['low'][k], rows['high'][k])})"
        seen = [_number(rows["posterior"][k]),
                _span(rows["posterior_low"][k], rows["posterior_high"][k]),
                _percent(rows["share_within"][k])] if by_abc else []  # fmt: skip
        hit = "" if rows["best_within"][k] else " out"
        lines.append([name, band, *seen, f"{_number(rows['best'][k])}{hit}"])
    middle = ["median", "95 %", "shrinkage / within"] if by_abc else []
    headings = ["parameter, row", "prior, target (band)", *middle, "best point"]
    within, n = int(rows["best_within"].sum()), rows["row"].size
    notes = [f"{within} of {n} rows of the best point lie within their bands", *_told(found, plan)]
    what = "posterior" if by_abc else "best point"
    title = f"Calibration: {what} of {times(len(plan.ranges), 'parameter')}, {times(n, 'row')}"
    return Report(title, headings, lines, [*notes, EXPLAINS])


def _parameters(found: Found, plan: CalibratePlan) -> list[list[str]]:
    best, lines = found.tables["best"], []
    for k, prior in enumerate(plan.ranges):
        log = ", log" if prior.scale == "log" else ""
        seen = []
        if plan.method == "abc":
            own = found.tables["summary"]
            seen = [_number(own["median"][k]), _span(own["low_95"][k], own["high_95"][k]),
                    _percent(own["shrinkage"][k])]  # fmt: skip
        lines.append([prior.path, f"{_span(prior.low, prior.high)}{log}", *seen,
                      _number(best[prior.path][0])])  # fmt: skip
    return lines


def _told(found: Found, plan: CalibratePlan) -> list[str]:
    n_worlds = int(found.science["replicates"])
    worlds = f"{times(n_worlds, 'world')} a point"
    if plan.method == "optuna":
        again = n_worlds * plan.confirm
        n = found.tables["finalists"]["trial"].size
        tried = found.tables["trials"]["trial"].size
        return [
            f"{tried:,} points, {worlds}; the best {n} lived again in {again} new worlds each, "
            "from which the best point's rows are"
        ]
    populations = found.tables["populations"]
    filled = populations["filled"] == 1
    why = _WHY[str(populations["stopped"][-1])]
    return [
        f"{int(populations['simulated'].sum()):,} points, {worlds}; {int(filled.sum())} "
        f"populations of {plan.particles}, the last within {populations['epsilon'][filled][-1]:.2f}"
        f" half-bands, worth {populations['ess'][filled][-1]:.0f} equal points; it ended since "
        f"{why}",
        "shrinkage: share of the prior's variance that the rows took away; within: share of the "
        "posterior in the band",
    ]


_WHY = {
    "budget": "the points were used up",
    "acceptance": "too few points were near enough",
    "epsilon": "it was near enough",
    "populations": "it had all its populations",
}


def _percent(value: float) -> str:
    return "" if math.isnan(value) else f"{100.0 * value:.0f} %"


def _span(low: float, high: float) -> str:
    return f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    if math.isnan(value):
        return "not known"
    return f"{value:,.0f}" if 1000 <= abs(value) < math.inf else f"{value:.3g}"
