"""Twins: what one change causes, day by day, by distance from it and by person.

A twin shares all luck with its world, so that without contagion nobody but the changed people
differs, exactly, and what differs was caused by the change and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bondsim.causal.analysis import EXPLAINS, Analysis, Found, Report, rows_table
from bondsim.causal.design import Design, Ended, in_parallel, live
from bondsim.causal.intervals import Interval
from bondsim.causal.kernel import NEVER, mean_effects, reproduction, spread_kernel
from bondsim.errors import ParameterError
from bondsim.interventions import Intervention
from bondsim.network.adjacency import neighbours
from bondsim.params import Checked, par
from bondsim.rows import used_slots
from bondsim.twinning import differs

if TYPE_CHECKING:
    from bondsim.orders import AnalysisOrder
    from bondsim.state import Array, State
    from bondsim.tables import Table
    from bondsim.world import World

PART = 30
"""The day on which twins part where nothing says another [day]."""


@dataclass(frozen=True)
class TwinPlan(Checked):
    """When twins part, and how what differs between them is looked at."""

    GROUP = "twin"

    start: int | None = par(
        None, "day on which the twins part, null: where the first intervention starts, or 30",
        unit="day", high=10_000_000,
    )  # fmt: skip
    most: int = par(
        4, "largest distance told apart; all that is further is one group", low=1, high=20
    )
    every: int = par(7, "days between two looks", unit="days", low=1, high=10_000)


@dataclass(frozen=True)
class Change:
    """The one thing that differs: interventions, and parameters by path (``{"meet.psi": 2.0}``)."""

    interventions: tuple[Intervention, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)


def one_push(day: int) -> Change:
    """One person, chosen by chance, made lonelier by .3 on one day: the unit of the kernel."""
    return Change((Intervention(what="loneliness", n=1, start=day, length=1, dose=0.3),))


def asked(design: Design, order: AnalysisOrder) -> tuple[Design, dict[str, Any]]:
    """What an order asks for: what it changes is its interventions and its `change`."""
    given = order.interventions or order.change
    change = Change(order.interventions, order.change) if given else None
    return design, {"plan": order.plans["twin"], "change": change}


def plans_of(science: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `analyse` beside the design, from what is stored."""
    planned = (Intervention(**each) for each in science["change"]["interventions"])
    change = Change(tuple(planned), science["change"]["params"])
    return {"plan": TwinPlan(**science["twin"]), "change": change}


class Pair(NamedTuple):
    """What one pair of twins showed: days looked at; arrays (n_days, n_agents) and (n_agents,)."""

    days: Array
    effect: Array
    lonely: Array
    distance: Array
    diverged: Array
    changed: Array


def analyse(
    design: Design,
    plan: TwinPlan,
    change: Change | None = None,
    *,
    processes: int | None = None,
    ended: Ended | None = None,
) -> Analysis:
    """Live each replicate twice, with and without the change, and compare.

    `change`: the push of one person's loneliness on one day if None.

    Tables: `by_distance` (replicate, day, distance, people, and sums over these people of the
    `effect` on loneliness, of the people made `lonely`, and of those who `diverged`); `by_person`
    (replicate, id, distance, `changed`, mean `effect` over the days looked at, day `diverged`);
    `effects`, `kernel` and `reproduction`, with intervals; `placebo`, a pair without any change.

    Raises `ParameterError` where the change starts before the twins part, or changes nothing.
    """
    if change is None:
        change = one_push(PART if plan.start is None else plan.start)
    if plan.start is None:
        starts = [planned.start for planned in change.interventions]
        plan = replace(plan, start=min(starts, default=PART))
    check(design, plan, change)
    jobs = [(design, plan, change, r) for r in range(design.replicates)]
    pairs = in_parallel(compare_twins, jobs, processes=processes, ended=ended)
    placebo = compare_twins(design, plan, Change(), 0)
    by_distance = _stacked([_by_distance(r, pair, plan.most) for r, pair in enumerate(pairs)])
    tables = {
        "by_distance": by_distance,
        "by_person": _stacked([_by_person(r, pair) for r, pair in enumerate(pairs)]),
        "effects": mean_effects(by_distance),
        "kernel": spread_kernel(by_distance, _start(plan)),
        "reproduction": reproduction(by_distance),
        "placebo": rows_table(
            [
                {
                    "people": int(placebo.distance.size),
                    "differ": int((placebo.diverged != NEVER).sum()),
                    "largest_effect": float(np.abs(placebo.effect).max()),
                }
            ]
        ),
    }
    return Analysis("twin", design, {"twin": plan, "change": change}, tables)


def _start(plan: TwinPlan) -> int:
    return PART if plan.start is None else plan.start


def check(design: Design, plan: TwinPlan, change: Change) -> None:
    """Refuse a change that cannot be, before any day is lived."""
    start = _start(plan)
    if start > design.last_day:
        raise ParameterError("twin.start", start, f"a day in [0, {design.last_day}]")
    if not change.interventions and not change.params:
        raise ParameterError("intervention", "none", "a change: an intervention, or change={...}")
    for planned in change.interventions:
        if not start <= planned.start <= design.last_day:
            allowed = f"a day in [{start}, {design.last_day}], from twin.start on"
            raise ParameterError(f"intervention.{planned.what}.start", planned.start, allowed)
    changed = design.params.replace(**change.params)
    if changed.population != design.params.population and start > 0:
        allowed = "unchanged from this day on; set twin.start=0, since people are drawn once"
        raise ParameterError("change", "population", allowed)


def compare_twins(
    design: Design,
    plan: TwinPlan,
    change: Change,
    replicate: int,
) -> Pair:
    """Live one replicate and its twin; without a change it is a placebo."""
    world = design.world(replicate)
    start = _start(plan)
    live(world, start)
    before = distances_from(world.state)
    params = world.params.replace(**change.params) if change.params else None
    twin = world.twin(params=params, interventions=change.interventions)
    ids = world.state.agents.id.copy()
    days, effects, lonely = [], [], []
    diverged = np.full(ids.size, NEVER, np.int64)
    while world.day <= design.last_day:
        world.step()
        twin.step()
        today = world.day - 1
        new = np.flatnonzero(diverged == NEVER)
        if new.size:
            diverged[new[differs(world.state, twin.state)[new]]] = today
        if (today - start) % plan.every == 0 or today == design.last_day:
            here = world.state.agents.id == ids  # whoever has moved away is seen no more
            one, other = (_loneliness(w) for w in (world, twin))
            cut = design.params.observe.lonely_cut
            days.append(today)
            effects.append(np.where(here, other - one, 0.0))
            lonely.append(np.where(here, (other >= cut).astype(float) - (one >= cut), 0.0))
    changed = _changed(twin, len(world.plan.interventions), bool(change.params), ids.size)
    return Pair(
        np.array(days), np.array(effects), np.array(lonely), before(changed), diverged, changed
    )


def _loneliness(world: World) -> Array:
    return world.engine.read_outs(world.state)["loneliness"]


def _changed(twin: World, first: int, everybody: bool, n: int) -> Array:
    """Who was changed from outside: bool (n,); by another parameter everybody is."""
    changed = np.full(n, everybody)
    for m, places in twin.plan.targets.items():
        if m >= first:
            changed[places] = True
    return changed


def distances_from(state: State) -> Any:
    """A function that takes people, bool (n,), and gives everybody's geodesic distance from them.

    Over all bonds as they are now; `NEVER` for who is not connected: int64 (n,).
    """
    slots, owner = used_slots(state.bonds)
    partner = state.bonds.partner[slots].astype(np.int64)
    once = owner < partner
    rows = neighbours(state.agents.id.size, owner[once], partner[once])

    def distance(changed: Array) -> Array:
        found = np.where(changed, 0, NEVER).astype(np.int64)
        edge, d = np.flatnonzero(changed), 0
        while edge.size:
            d += 1
            reached = np.unique(
                np.concatenate([rows.partner[rows.first[p] : rows.first[p + 1]] for p in edge])
            )
            edge = reached[found[reached] == NEVER]
            found[edge] = d
        return found

    return distance


def _by_distance(replicate: int, pair: Pair, most: int) -> Table:
    """Sums over the people of each distance on each day; `most` + 1: all who are further."""
    group = np.where((pair.distance == NEVER) | (pair.distance > most), most + 1, pair.distance)
    n_groups, n_days = most + 2, pair.days.size
    people = np.bincount(group, minlength=n_groups)

    def sums(values: Array) -> Array:
        return np.array([np.bincount(group, row, minlength=n_groups) for row in values]).ravel()

    on = (pair.diverged != NEVER) & (pair.diverged <= pair.days[:, None])
    return {
        "replicate": np.full(n_days * n_groups, replicate, np.int64),
        "day": np.repeat(pair.days, n_groups).astype(np.int64),
        "distance": np.tile(np.arange(n_groups), n_days).astype(np.int64),
        "people": np.tile(people, n_days).astype(np.int64),
        "effect": sums(pair.effect),
        "lonely": sums(pair.lonely),
        "diverged": sums(on.astype(float)).astype(np.int64),
    }


def _by_person(replicate: int, pair: Pair) -> Table:
    n = pair.distance.size
    return {
        "replicate": np.full(n, replicate, np.int64),
        "place": np.arange(n, dtype=np.int64),
        "distance": pair.distance,
        "changed": pair.changed.astype(np.int64),
        "effect": pair.effect.mean(axis=0),
        "diverged": pair.diverged,
    }


def _stacked(tables: list[Table]) -> Table:
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def report(found: Found) -> Report:
    """The kernel on some days, the reproduction number, and the placebo."""
    kernel, science = found.tables["kernel"], found.science
    most = int(kernel["distance"].max()) - 1
    days = np.unique(kernel["after"])
    some = days[np.unique(np.linspace(0, days.size - 1, min(days.size, 5)).astype(int))]
    rows = []
    for d in np.unique(kernel["distance"]):
        own = kernel["distance"] == d
        if not kernel["people"][own].any():
            continue
        cells = []
        for after in some:
            row = np.flatnonzero(own & (kernel["after"] == after))[0]
            cells.append(_cell(*(kernel[c][row] for c in ("total", "total_low", "total_high"))))
        rows.append([group_name(int(d), most), f"{kernel['people'][own][0]:,.0f}", *cells])
    return Report(
        "Twins: change in loneliness of all people at each distance for one unit at those changed "
        f"({science['replicates']} replicates, 95 % intervals)",
        ["distance", "people", *(f"after {after} d" for after in some)],
        rows,
        [_unit(found), *_numbers(found), _placebo(found), EXPLAINS],
    )


def group_name(distance: int, most: int) -> str:
    """What people call a distance."""
    if distance == 0:
        return "changed"
    return "further" if distance > most else str(distance)


def _cell(value: float, low: float, high: float) -> str:
    if np.isnan(value):
        return ""
    told = f"{value:.3f} ({low:.3f} to {high:.3f})" if np.isfinite(low) else f"{value:.3f}"
    return told.replace("-0.000", "0.000")


def _numbers(found: Found) -> list[str]:
    table = found.tables["reproduction"]
    words = {"lonely": "others made lonely by one more lonely person", "loneliness":
             "loneliness caused in others by one unit of it"}  # fmt: skip
    told = []
    for outcome, text in words.items():
        row = np.flatnonzero((table["outcome"] == outcome) & (table["distance"] == NEVER))[0]
        number = Interval(*(float(table[f"number{c}"][row]) for c in ("", "_low", "_high")))
        told.append(f"reproduction number, {text}: {number}")
    return told


def _unit(found: Found) -> str:
    table = found.tables["effects"]
    own = np.flatnonzero(table["distance"] == 0)
    peak = own[np.abs(table["effect"][own]).argmax()]
    effect = Interval(*(float(table[c][peak]) for c in ("effect", "low", "high")))
    return f"the unit: mean change in those changed on day {table['day'][peak]}, {effect}"


def _placebo(found: Found) -> str:
    table = found.tables["placebo"]
    return (
        f"placebo twin: {table['differ'][0]} of {table['people'][0]:,} people differ, "
        f"largest difference {table['largest_effect'][0]:g}"
    )
