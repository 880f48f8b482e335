"""Audit: what the field's methods for contagion find in worlds whose truth is known.

Worlds with some channels on and others off are surveyed in waves, as the field would; each method
estimates from the survey alone. The truth comes from twins: what one unit more of loneliness in a
named other does, and what contagion adds to clustering in a world of the same luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.causal.analysis import EXPLAINS, Analysis, Found, Report, rows_table, times
from bondsim.causal.compare import CONTAGION
from bondsim.causal.design import Design, Ended, in_parallel
from bondsim.causal.estimators import METHODS, panel_of, rejects
from bondsim.causal.grid import check_once
from bondsim.causal.intervals import ends, mean_interval, share_interval
from bondsim.causal.truth import live_with_twin, true_slope
from bondsim.errors import ParameterError
from bondsim.measures.survey import SurveyPlan, survey
from bondsim.params import CHANNELS, Checked, par

if TYPE_CHECKING:
    from bondsim.orders import AnalysisOrder
    from bondsim.state import Array
    from bondsim.tables import Table

PUSHED = "randomised"
"""The method whose survey is of a world in which people were pushed at random."""
DIGITS = 10
"""Significant digits of estimates: what linear algebra gives beyond depends on the machine."""
STRONG = "strong"
"""The world in which contagion is so strong that a method with any power must see it."""


@dataclass(frozen=True)
class AuditPlan(Checked):
    """Which worlds are surveyed, when, and by which methods they are judged."""

    GROUP = "audit"

    worlds: tuple[str, ...] = par(
        ("none", "selection", "context", "selection+context", "affect", "all", "strong"),
        "channels that are on in each world, joined by +; none; all; strong: all, and "
        "relate.contagion times audit.strength", low=1,
    )  # fmt: skip
    strength: float = par(
        10.0, "how many times stronger contagion is in the world `strong`", low=1, high=1000,
        source="[A]: far beyond what rank stability allows",
    )  # fmt: skip
    methods: tuple[str, ...] = par((), "methods that are tried; empty: all")
    first_wave: int = par(365, "day of the first wave", unit="day", high=10_000_000)
    gap: int = par(365, "days between the two waves", unit="days", low=2, high=10_000_000)
    pushed: float = par(
        0.2, "share of people pushed at random between the waves", low=0.01, high=0.9
    )
    push: float = par(
        0.004, "loneliness added a day to those who are pushed", unit="1/day", low=1e-6, high=0.1,
        source="[A]: makes about a quarter of the scale",
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in self.methods:
            if name not in METHODS:
                raise ParameterError("audit.methods", name, f"some of {', '.join(METHODS)}")
        object.__setattr__(self, "methods", self.methods or tuple(METHODS))
        for name in self.worlds:
            channels_of(name)
        check_once("audit.worlds", self.worlds)
        check_once("audit.methods", self.methods)

    @property
    def waves(self) -> list[int]:
        """The days of the waves."""
        return [self.first_wave, self.first_wave + self.gap]


def channels_of(world: str) -> tuple[str, ...]:
    """The channels that are on in a world of this name."""
    if world in ("none", "all", STRONG):
        return () if world == "none" else CHANNELS
    on = tuple(world.replace(" ", "").split("+"))
    unknown = [channel for channel in on if channel not in CHANNELS]
    if unknown:
        allowed = f"none, all, {STRONG}, or some of {', '.join(CHANNELS)} joined by +"
        raise ParameterError("audit.worlds", world, allowed)
    return on


def contagious(world: str) -> bool:
    """Whether one person's loneliness can reach another in a world of this name."""
    return bool(set(channels_of(world)) & set(CONTAGION))


def asked(design: Design, order: AnalysisOrder) -> tuple[Design, dict[str, Any]]:
    """What an order asks for."""
    design = replace(design, interventions=order.interventions)
    return design, {"plan": order.plans["audit"], "seen": order.plans["survey"]}


def plans_of(science: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `analyse` beside the design, from what is stored."""
    return {"plan": AuditPlan(**science["audit"]), "seen": SurveyPlan(**science["survey"])}


SCALE = SurveyPlan(measure="scale")
"""The survey of an audit: on the scale, so that a unit told is a unit felt."""


def analyse(
    design: Design,
    plan: AuditPlan,
    seen: SurveyPlan = SCALE,
    *,
    processes: int | None = None,
    ended: Ended | None = None,
) -> Analysis:
    """Survey every world with every seed, try every method, and judge it by the truth.

    Tables: `estimates` (replicate, world, method, estimate, se, low, high, p, n, `finds` 1 where
    the method finds contagion, `truth` of that replicate, NaN where it has none); `scores` (world,
    method, mean `estimate`, `truth` and `bias`, `coverage` of the truth by the method's intervals,
    and the share of replicates in which it `finds` contagion: its power where there is some, its
    false alarms where there is none), with 95 % intervals over replicates; `slopes`, the truth of
    each replicate: what one unit more in a named other, if it lasts, does by the second wave.

    All slopes are held against this truth, also of methods that take the alter of the first wave:
    what differs between people then mostly lasts [A].

    A method finds contagion where it rejects at .05, two-sided, with an estimate above 0: without
    contagion a valid one does so in 2.5 % of replicates.
    """
    if plan.waves[-1] > design.last_day or plan.first_wave < design.burn_in:
        allowed = f"waves within days {design.burn_in} to {design.last_day}"
        raise ParameterError("audit.first_wave + audit.gap", plan.waves, allowed)
    extra = [name for name in map(without_contagion, plan.worlds) if name not in plan.worlds]
    worlds = [*plan.worlds, *dict.fromkeys(extra)]
    jobs = [(design, plan, seen, r, name) for r in range(design.replicates) for name in worlds]
    found = in_parallel(survey_world, jobs, processes=processes, ended=ended)
    rows = [row for rows, _ in found for row in rows]
    slopes = rows_table([slope for _, slope in found])
    truth = _truths(rows, slopes)
    shown = [row | {"truth": truth(row)} for row in rows if row["world"] in plan.worlds]
    estimates = rows_table(shown)
    tables = {"scores": _scores(estimates, plan), "estimates": estimates, "slopes": slopes}
    return Analysis("audit", design, {"audit": plan, "survey": seen}, tables)


def survey_world(
    design: Design, plan: AuditPlan, seen: SurveyPlan, replicate: int, name: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Every method's estimate in one world, and the true slopes in it."""
    on = channels_of(name)
    changes: dict[str, Any] = {f"channels.{c}": c in on for c in CHANNELS}
    if name == STRONG:
        changes["relate.contagion"] = min(plan.strength * design.params.relate.contagion, 1.0)
    world = design.world(replicate, **changes)
    lived = live_with_twin(world, plan.first_wave, plan.gap, plan.pushed, plan.push)
    seed = lived.base.params.seed
    waves, pushed_waves = (
        survey(run, days=plan.waves, seed=seed, plan=seen).waves
        for run in (lived.base, lived.pushed)
    )
    panel, pushed = panel_of(waves), panel_of(pushed_waves, treated=lived.treated)
    rows = []
    for method in plan.methods:
        found = METHODS[method].estimate(pushed if method == PUSHED else panel, seed)
        finds = rejects(method, found) and (found.estimate > 0.0)
        rows.append(
            {
                "replicate": replicate, "world": name, "method": method,
                **{c: _rounded(getattr(found, c)) for c in ("estimate", "se", "low", "high", "p")},
                "n": int(found.n), "finds": int(finds),
            }
        )  # fmt: skip
    slope = true_slope(lived, waves[0])
    return rows, {"replicate": replicate, "world": name, "slope": slope}


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def without_contagion(world: str) -> str:
    """The world with the same channels but those by which loneliness reaches others."""
    if not contagious(world):
        return world
    return "+".join(c for c in channels_of(world) if c not in CONTAGION) or "none"


def _truths(rows: Sequence[Mapping[str, Any]], slopes: Mapping[str, Array]) -> Any:
    """A function that gives the truth of a row of `estimates`.

    Of a slope that of the replicate; of an excess what contagion adds to it over the worlds of the
    same luck without, on average over replicates; of the others 0 where the method has a truth.
    """
    keys = zip(slopes["replicate"].tolist(), slopes["world"].tolist(), strict=True)
    slope = dict(zip(keys, slopes["slope"].tolist(), strict=True))
    excess: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        excess.setdefault((row["world"], row["method"]), []).append(row["estimate"])

    def truth(row: Mapping[str, Any]) -> float:
        world, method = row["world"], row["method"]
        kind = METHODS[method].estimand
        if kind == "slope":
            return _rounded(slope[row["replicate"], world])
        if kind == "excess":
            with_it, without = excess[world, method], excess[without_contagion(world), method]
            return _rounded(mean_interval(np.subtract(with_it, without)).value)
        return np.nan if method == "e_value" else 0.0

    return truth


def _scores(estimates: Mapping[str, Array], plan: AuditPlan) -> Table:
    """How each method did in each world."""
    rows = []
    for world in plan.worlds:
        for method in plan.methods:
            own = (estimates["world"] == world) & (estimates["method"] == method)
            value, truth, low, high = (
                estimates[c][own] for c in ("estimate", "truth", "low", "high")
            )
            tried = np.isfinite(value)
            known = np.isfinite(low) & np.isfinite(high) & np.isfinite(truth)
            held = (low <= truth) & (truth <= high) & known
            parts = {
                "estimate": mean_interval(value),
                "truth": mean_interval(truth),
                "bias": mean_interval(value - truth),
                "coverage": share_interval(int(held.sum()), int(known.sum())),
                "finds": share_interval(int(estimates["finds"][own].sum()), int(tried.sum())),
            }
            rows.append(
                {
                    "world": world, "contagion": int(contagious(world)), "method": method,
                    "label": METHODS[method].label, "unit": METHODS[method].unit,
                    "estimated": int(tried.sum()),
                    **{k: v for name, part in parts.items() for k, v in ends(name, part).items()},
                }
            )  # fmt: skip
    return rows_table(rows)


def report(found: Found) -> Report:
    """What each method says in the last world, and how often it finds contagion in each."""
    scores = found.tables["scores"]
    worlds = list(dict.fromkeys(scores["world"].tolist()))
    last = worlds[-1]
    rows = []
    for method in dict.fromkeys(scores["method"].tolist()):
        own = np.flatnonzero((scores["method"] == method) & (scores["world"] == last))[0]
        cells = [_cell(scores, own, c) for c in ("estimate", "truth", "bias")]
        covered = float(scores["coverage"][own])
        finds = []
        for world in worlds:
            row = np.flatnonzero((scores["method"] == method) & (scores["world"] == world))[0]
            share = float(scores["finds"][row])
            finds.append("" if np.isnan(share) else f"{100.0 * share:.0f}")
        covered_text = "" if np.isnan(covered) else f"{100.0 * covered:.0f}"
        rows.append([str(scores["label"][own]), *cells, covered_text, *finds])
    n = found.science["replicates"]
    marks = [f"{world}{' !' if contagious(world) else ''}" for world in worlds]
    return Report(
        f"Audit: what is said of the world {last}, and % of {times(n, 'replicate')} that find "
        "contagion",
        ["method", "estimate", "truth", "bias", "covers %", *marks],
        rows,
        [
            "!: there is contagion, so what is found is the power; elsewhere every find is a false "
            "alarm, of which a valid method has 2.5 %",
            EXPLAINS,
        ],
    )


def _cell(scores: Mapping[str, Array], row: int, name: str) -> str:
    value, low, high = (float(scores[f"{name}{end}"][row]) for end in ("", "_low", "_high"))
    if np.isnan(value):
        return ""
    half = 0.5 * (high - low)
    return f"{value:.3f}" if np.isnan(half) or half == 0.0 else f"{value:.3f} ± {half:.3f}"
