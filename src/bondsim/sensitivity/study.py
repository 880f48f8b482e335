"""`bondsim sensitivity`: points of a design lived as a study, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.causal.analysis import EXPLAINS, Analysis, Found, Report, times
from bondsim.causal.grid import at_point
from bondsim.causal.looks import Look
from bondsim.errors import ParameterError
from bondsim.sensitivity.curves import curves
from bondsim.sensitivity.factors import default_factors
from bondsim.sensitivity.morris import screen
from bondsim.sensitivity.plan import CURVES, SCREEN, SensitivityPlan
from bondsim.sensitivity.sobol import decompose

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.orders import AnalysisOrder
    from bondsim.state import Array
    from bondsim.study.lives import Lives
    from bondsim.study.sampling import Factor
    from bondsim.tables import Table

MOST_ROWS = 15
"""Factors of each outcome in the table that people read."""

COLUMNS = {
    "path": ("1", "the parameter, by path"),
    "other": ("1", "the other parameter of the pair"),
    "mu": ("outcome", "mean elementary effect: change of the outcome for the factor's whole range"),
    "mu_star": ("outcome", "mean size of the elementary effect"),
    "sigma": (
        "outcome",
        "spread of the elementary effect over the space, replicate noise taken out",
    ),
    "noise": ("outcome", "mu_star of a factor that does nothing, by replicate noise alone"),
    "trajectories": ("1", "trajectories that count"),
    "first": ("1", "share of the variance by this factor alone, noise taken out"),
    "total": ("1", "share of the variance that goes with this factor, noise taken out"),
    "first_raw": ("1", "the same with the noise that is left in means over replicates"),
    "total_raw": ("1", "the same with the noise that is left in means over replicates"),
    "second": ("1", "share of the variance by the pair beyond both alone"),
    "base_points": ("1", "base points that count"),
    "is_base": ("1", "1 where it is the base point"),
    "slope": ("outcome/parameter", "slope of the line through the curve"),
    "elasticity": ("1", "per cent of the outcome for a per cent of the parameter, at the base"),
    "span": ("outcome", "outcome at the last value less that at the first"),
    "difference": ("outcome", "paired difference to the base point"),
    "label": ("1", "the value in words"),
    "variance": ("outcome^2", "variance of one run"),
    "points": ("1", "share of the variance by the parameters"),
    "luck": ("1", "share of the variance by luck that is alike at all points"),
    "both": ("1", "share of the variance by luck that depends on the point"),
    "noise_share": ("1", "share of the variance of a mean over the replicates that is noise"),
    "replicates": ("1", "worlds at each point"),
    "failed": ("1", "runs that failed"),
}
"""Unit and meaning of the columns that only this analysis has."""


def asked(design: Design, order: AnalysisOrder) -> tuple[Design, dict[str, Any]]:
    """What an order asks for."""
    design = replace(design, interventions=order.interventions)
    look = Look(order.plans["look"], order.plans["survey"])
    return design, {"plan": order.plans["sensitivity"], "look": look}


def plans_of(science: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `analyse` beside the design and lives, from what is stored."""
    return {"plan": SensitivityPlan(**science["sensitivity"]), "look": Look.from_dict(science)}


def analyse(design: Design, plan: SensitivityPlan, look: Look, *, lives: Lives) -> Analysis:
    """Live the points of the plan's design, each with the same seeds, and tell what matters.

    Tables by method: see `morris.screened`, `sobol.decomposed` and `curves.curved`. Raises
    `ParameterError` before any day is lived: unknown or meaningless parameters and outcomes.
    """
    factors = factors_of(design, plan)
    look.check(plan.outcomes, design.days)
    for factor in factors:  # both ends are possible, and so is what lies between
        for level in (0.0, 1.0):
            at_point(design, {factor.path: factor.at_level(level)})

    def evaluate(points: Sequence[Mapping[str, Any]]) -> Array:
        designs = [(point, at_point(design, point)) for point in points]
        return lives.values(designs, plan.outcomes, design.replicates, look=look)

    asked_for = (evaluate, factors, plan.outcomes)
    if plan.method == SCREEN:
        tables = screen(*asked_for, plan.points, plan.seed, levels=plan.levels)
    elif plan.method == CURVES:
        tables = curves(*asked_for, base_of(design, factors), n=plan.points)
    else:
        second = plan.second_order
        tables = decompose(*asked_for, plan.points, plan.seed, second_order=second)
    return Analysis("sensitivity", design, {"sensitivity": plan, **look.parts()}, tables)


def factors_of(design: Design, plan: SensitivityPlan) -> list[Factor]:
    """The factors that are named, or those of the model with their plausible ranges."""
    return plan.named() or default_factors(design.params).factors


def base_of(design: Design, factors: Sequence[Factor]) -> dict[str, Any]:
    """The values that the design has where the factors are varied."""
    from dataclasses import asdict, is_dataclass

    tree = design.params.as_dict()
    network = design.network
    tree["network"] = asdict(network) if is_dataclass(network) else {}  # type: ignore[arg-type]
    found = {}
    for factor in factors:
        node: Any = tree
        for name in factor.path.split("."):
            if not isinstance(node, Mapping) or name not in node:
                allowed = "numbers of the model, one for each path"
                raise ParameterError("sensitivity.factors", factor.path, allowed)
            node = node[name]
        found[factor.path] = node
    return found


# --- report ------------------------------------------------------------------------------------


def report(found: Found) -> Report:
    """The factors of each outcome, those that matter most first."""
    plan = SensitivityPlan(**found.science["sensitivity"])
    name, columns, headings = _SHOWN[plan.method]
    table, size = found.tables[name], columns[0]
    rows = []
    for outcome in plan.outcomes:
        own = np.flatnonzero(table["outcome"] == outcome)
        known = np.where(np.isfinite(table[size][own]), np.abs(table[size][own]), -1.0)
        for k in own[np.argsort(-known, kind="stable")][:MOST_ROWS]:
            rows.append([outcome, str(table["path"][k]), *(_cell(table, c, k) for c in columns)])
    paths = np.unique(table["path"]).size
    n = times(found.science["replicates"], "replicate")
    title = f"Sensitivity by {_NAMES[plan.method]}: {times(paths, 'parameter')}, {n} at each point"
    return Report(
        title, ["outcome", "parameter", *headings], rows, [*_notes(found, plan), EXPLAINS]
    )


_NAMES = {"screen": "Morris' screening", "sobol": "Sobol's indices", "curves": "curves"}
_SHOWN = {
    "screen": ("effects", ("mu_star", "mu", "sigma", "noise"),
               ("size of the effect (mu*)", "effect (mu)", "spread (sigma)", "by noise alone")),
    "sobol": ("indices", ("total", "first"), ("total order", "first order")),
    "curves": ("slopes", ("span", "slope", "elasticity"), ("over the range", "slope",
               "elasticity")),
}  # fmt: skip


def _cell(table: Table, name: str, k: int) -> str:
    value = table[name][k]
    if not np.isfinite(value):
        return "not known"
    low = table.get(f"{name}_low")
    if low is None or not np.isfinite(low[k]):
        return f"{value:.3g}"
    return f"{value:.3g} ({low[k]:.3g} to {table[f'{name}_high'][k]:.3g})"


def _notes(found: Found, plan: SensitivityPlan) -> list[str]:
    noise = found.tables["noise"]
    shares = ", ".join(
        f"{outcome} {100 * share:.0f} %" for outcome, share in
        zip(noise["outcome"], noise["noise_share"], strict=True) if np.isfinite(share)
    )  # fmt: skip
    notes = [f"noise: of the variance between points' means, luck makes {shares}"] if shares else []
    if not shares:
        notes.append("noise: with one replicate it is not known, and counts as effect")
    failed = int(noise["failed"].max())
    if failed:
        notes.append(f"{failed} runs failed and are left out")
    shown = min(MOST_ROWS, np.unique(found.tables[_SHOWN[plan.method][0]]["path"]).size)
    notes.append(f"the {shown} largest of each outcome; all are in the tables")
    if plan.factors is None:
        notes.append("ranges: those of the literature the model is built on, else half to one and "
                     "a half times the default [A]")  # fmt: skip
    return notes
