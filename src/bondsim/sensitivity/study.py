"""`bondsim sensitivity`: points of a design lived as a study, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bondsim.causal.analysis import Analysis, times
from bondsim.causal.grid import at_point
from bondsim.causal.looks import Look
from bondsim.errors import ParameterError
from bondsim.sensitivity.curves import curves
from bondsim.sensitivity.morris import screen
from bondsim.sensitivity.plan import CURVES, ENOUGH, SCREEN, SOBOL, SensitivityPlan
from bondsim.sensitivity.report import NOISY, next_words, report
from bondsim.sensitivity.sobol import decompose
from bondsim.study.sampling import varied

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.orders import AnalysisOrder
    from bondsim.state import Array
    from bondsim.study.lives import Lives
    from bondsim.study.sampling import Factor

__all__ = ["COLUMNS", "analyse", "asked", "effort", "next_words", "plans_of", "report"]

COLUMNS = {
    "path": ("1", "the parameter, by path, or the group of parameters"),
    "members": ("1", "parameters that move together under this name"),
    "other": ("1", "the other parameter of the pair"),
    "mu": ("outcome", "mean elementary effect: change of the outcome for the factor's whole range"),
    "mu_star": ("outcome", "mean size of the elementary effect"),
    "sigma": (
        "outcome",
        "spread of the elementary effect over the space, replicate noise taken out",
    ),
    "noise": ("outcome", "mu_star of a factor that does nothing, by replicate noise alone"),
    "p_noise": ("1", "chance that noise alone gives a mu_star as large, signs drawn anew"),
    "trajectories": ("1", "trajectories that count"),
    "told": ("1", "1 where the effect is told from replicate noise, else 0"),
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
    factors = plan.factors_of(design.params)
    plan.size(factors)  # refuses groups that cannot be
    look.check(plan.outcomes, design.days)
    for factor in factors:  # both ends are possible, and so is what lies between
        for level in (0.0, 1.0):
            at_point(design, {factor.path: factor.at_level(level)})

    def evaluate(points: Sequence[Mapping[str, Any]]) -> Array:
        designs = [(point, at_point(design, point)) for point in points]
        return lives.values(designs, plan.outcomes, design.replicates, look=look)

    asked_for = (evaluate, factors, plan.outcomes)
    if plan.method == SCREEN:
        groups = plan.groups_of(factors)
        tables = screen(*asked_for, plan.points, plan.seed, levels=plan.levels, groups=groups)
    elif plan.method == CURVES:
        tables = curves(*asked_for, base_of(design, factors), n=plan.points)
    else:
        second = plan.second_order
        tables = decompose(*asked_for, plan.points, plan.seed, second_order=second)
    return Analysis("sensitivity", design, {"sensitivity": plan, **look.parts()}, tables)


def effort(design: Design, plan: SensitivityPlan) -> str:
    """What is going to be lived, in words, and what it is too little for."""
    factors = plan.factors_of(design.params)
    points, k = plan.size(factors), len(varied(factors))
    what = times(k, "parameter")
    if plan.method == SCREEN:
        units = len(set(plan.groups_of(factors).values()))
        moved = what if units == k else f"{what} in {times(units, 'group')}"
        drawn = f"{plan.points:,} trajectories of {units + 1:,} points over {moved}"
    elif plan.method == SOBOL:
        drawn = f"{plan.points:,} base points, {points:,} points in all over {what}"
    else:
        drawn = f"{times(points, 'point')} along the curves of {what}"
    people = getattr(design.network, "n_agents", None)
    town = f"{people:,} people, " if people else ""
    runs = times(points * design.replicates, "run")
    told = (
        f"{drawn}, {times(design.replicates, 'replicate')} each: {runs} of {town}"
        f"{times(design.burn_in + design.days, 'day')}; those that are stored are not lived again"
    )
    if plan.method == SOBOL and plan.points < ENOUGH:
        told += f"\nnote: {NOISY.format(n=plan.points)}"
    return told


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
