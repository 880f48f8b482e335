"""Response: how outcomes answer to one or two parameters, on the same seeds at every point.

Replicate r has the same seed, and so the same luck, wherever it is lived: differences between
points are taken within replicates, where most of the luck is gone (common random numbers).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bondsim.causal.analysis import EXPLAINS, Analysis, Found, Report, rows_table
from bondsim.causal.design import Design, Ended, in_parallel
from bondsim.causal.grid import GridPlan, designs_of, value_word
from bondsim.causal.intervals import ends, mean_interval
from bondsim.causal.looks import Look, looked_at
from bondsim.measures.periphery import CENTRALITIES, periphery
from bondsim.measures.recorded import Snapshot
from bondsim.measures.registry import OUTCOMES, outcomes_of

if TYPE_CHECKING:
    from bondsim.orders import AnalysisOrder
    from bondsim.state import Array
    from bondsim.tables import Table


def asked(design: Design, order: AnalysisOrder) -> tuple[Design, dict[str, Any]]:
    """What an order asks for."""
    design = replace(design, interventions=order.interventions)
    plans = order.plans
    return design, {"plan": plans["grid"], "look": Look(plans["look"], plans["survey"])}


def plans_of(science: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `analyse` beside the design, from what is stored."""
    return {"plan": GridPlan(**science["grid"]), "look": Look.from_dict(science)}


class Seen(NamedTuple):
    """An outcome in one world, and the middle 95 % of what chance makes of it there, or NaN."""

    value: float
    low: float
    high: float


def analyse(
    design: Design,
    plan: GridPlan,
    look: Look | None = None,
    *,
    processes: int | None = None,
    ended: Ended | None = None,
) -> Analysis:
    """Live each point of the grid with each seed.

    Tables: `outcomes` (replicate, point, x, y, outcome, `value`, and `chance_low`, `chance_high`:
    the middle 95 % with loneliness handed out anew among the people of that world, for
    correlations with centrality and for excess at a distance); `points` (the `mean` over replicates
    and the `difference` to the first point within replicates, both with 95 % intervals, and the
    mean ends of the bands of chance). What is not varied, not known or has no band is NaN.

    Raises `ParameterError` before any day is lived: an unknown or meaningless parameter or outcome,
    a value out of range, a parameter that changes nothing here.
    """
    look = look if look is not None else Look()
    designs = check(design, plan, look)
    jobs = [(one, plan, look, r) for r in range(design.replicates) for one in designs]
    found = in_parallel(outcomes_at, jobs, processes=processes, ended=ended)
    seen = np.array(found, float).reshape(
        design.replicates, len(designs), len(plan.outcomes), len(Seen._fields)
    )
    tables = {"outcomes": _long(seen, plan), "points": _points(seen, plan)}
    return Analysis("response", design, {"grid": plan, **look.parts()}, tables)


def outcomes_at(design: Design, plan: GridPlan, look: Look, replicate: int) -> list[Seen]:
    """The outcomes of one world of one point."""
    world = design.world(replicate)
    run = world.run(design.days, burn_in=design.burn_in)
    waves = looked_at(run, _days(design), look)
    names, seed = plan.outcomes, world.params.seed
    spread = [name for name in names if OUTCOMES[name].measure == "clustering"]
    ends = {name: (f"{name}_low", f"{name}_high") for name in spread if f"{name}_low" in OUTCOMES}
    found = outcomes_of([*names, *chain(*ends.values())], waves, seed)
    bands = {name: (found[low], found[high]) for name, (low, high) in ends.items()}
    if any(OUTCOMES[name].measure == "periphery" for name in names):
        bands |= _periphery_bands(waves[-1], seed)
    return [Seen(found[name], *bands.get(name, (math.nan, math.nan))) for name in names]


def _periphery_bands(now: Snapshot, seed: int) -> dict[str, tuple[float, float]]:
    if now.n_agents == 0:
        return {}
    found = periphery(now, seed)
    ends = zip(found["low"].tolist(), found["high"].tolist(), strict=True)
    return dict(zip((f"{name}_lonely" for name in CENTRALITIES), ends, strict=True))


def _days(design: Design) -> list[int]:
    return sorted({design.burn_in, design.last_day})


def check(design: Design, plan: GridPlan, look: Look) -> list[Design]:
    """The design of each point; refuses what cannot be, before any day is lived."""
    look.check(plan.outcomes, design.days)
    return designs_of(design, plan)


# --- tables ------------------------------------------------------------------------------------


def _long(seen: Array, plan: GridPlan) -> Table:
    n_replicates, n_points, n_outcomes, _ = seen.shape
    x, y = np.array(plan.points, float).T
    rows = n_replicates * n_points
    return {
        "replicate": np.repeat(np.arange(n_replicates), n_points * n_outcomes),
        "point": np.tile(np.repeat(np.arange(n_points), n_outcomes), n_replicates),
        "x": np.tile(np.repeat(x, n_outcomes), n_replicates),
        "y": np.tile(np.repeat(y, n_outcomes), n_replicates),
        "outcome": np.tile(np.array(plan.outcomes, np.str_), rows),
        "value": seen[..., 0].ravel(),
        "chance_low": seen[..., 1].ravel(),
        "chance_high": seen[..., 2].ravel(),
    }


def _points(seen: Array, plan: GridPlan) -> Table:
    return rows_table(
        [
            {
                "point": p,
                "x": x,
                "y": y,
                "outcome": outcome,
                **ends("mean", mean_interval(seen[:, p, o, 0])),
                **ends("difference", mean_interval(seen[:, p, o, 0] - seen[:, 0, o, 0])),
                "chance_low": mean_interval(seen[:, p, o, 1]).value,
                "chance_high": mean_interval(seen[:, p, o, 2]).value,
            }
            for o, outcome in enumerate(plan.outcomes)
            for p, (x, y) in enumerate(plan.points)
        ]
    )


# --- report ------------------------------------------------------------------------------------


def report(found: Found) -> Report:
    """The outcomes at each point; with one parameter, the change from the first to the last."""
    plan = GridPlan(**found.science["grid"])
    draw = (_of_one_point, _of_a_line, _of_a_map)[len(plan.axes)]
    headings, rows, notes = draw(found.tables["points"], plan)
    n, varied = found.science["replicates"], " and ".join(path for path, _ in plan.axes)
    title = f"Response to {varied}" if varied else "Outcomes"
    worlds = f"mean over {n} replicate{'' if n == 1 else 's'}"
    same = ", the same seeds at every point" if varied else ""
    return Report(f"{title} ({worlds}{same})", headings, rows, [*notes, EXPLAINS])


Lines = tuple[list[str], list[list[str]], list[str]]


def _of_one_point(points: Table, plan: GridPlan) -> Lines:
    rows = []
    for k, outcome in enumerate(plan.outcomes):
        low, high = points["chance_low"][k], points["chance_high"][k]
        band = "" if math.isnan(low) else f"{low:.3f} to {high:.3f}"
        ends = [_number(points[f"mean{end}"][k]) for end in ("", "_low", "_high")]
        rows.append([outcome, ends[0], f"{ends[1]} to {ends[2]}" if ends[1] else "", band,
                     OUTCOMES[outcome].unit])  # fmt: skip
    return ["outcome", "mean", "95 %", "by chance", "unit"], rows, [_BAND]


_BAND = "by chance: the middle 95 % in one world, loneliness handed out anew among its people"


def _of_a_line(points: Table, plan: GridPlan) -> Lines:
    ((path, values),) = plan.axes
    rows = []
    for outcome in plan.outcomes:
        own = np.flatnonzero(points["outcome"] == outcome)
        rows.append([outcome, *(_number(v) for v in points["mean"][own]),
                     _difference(points, int(own[-1])), OUTCOMES[outcome].unit])  # fmt: skip
    headings = [path, *(value_word(path, v) for v in values), "last - first", "unit"]
    return headings, rows, [f"{_STAR}; intervals of all points lie in points.parquet"]


_STAR = "*: the 95 % interval of the difference within replicates leaves 0 out"


def _of_a_map(points: Table, plan: GridPlan) -> Lines:
    (x, x_values), (y, y_values) = plan.axes
    rows = []
    for outcome in plan.outcomes:
        own = points["outcome"] == outcome
        for value in y_values:
            line = np.flatnonzero(own & (points["y"] == value))
            rows.append([outcome, value_word(y, value), *(_starred(points, int(k)) for k in line)])
    headings = ["outcome", y, *(f"{x} {value_word(x, x_values[0])}"
                                if k == 0 else value_word(x, v)
                                for k, v in enumerate(x_values))]  # fmt: skip
    return headings, rows, [f"{_STAR}, against the first point"]


def _starred(points: Table, k: int) -> str:
    low, high = points["difference_low"][k], points["difference_high"][k]
    return _number(points["mean"][k]) + ("*" if low > 0.0 or high < 0.0 else "")


def _difference(points: Table, k: int) -> str:
    value, low, high = (points[f"difference{end}"][k] for end in ("", "_low", "_high"))
    if math.isnan(value):
        return ""
    half = "" if math.isnan(low) else f" ± {0.5 * (high - low):.3f}"
    return f"{value:+.3f}{half}" + ("*" if low > 0.0 or high < 0.0 else "")


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"
