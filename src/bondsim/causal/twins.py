"""Twins: what one change causes, day by day, by distance from it and by person.

A twin shares all luck with its world, so that what differs was caused by the change and nothing
else. Where loneliness cannot reach others, a push of it leaves everybody else exactly as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bondsim.causal.analysis import EXPLAINS, Analysis, Found, Report, rows_table, times
from bondsim.causal.design import Design, Ended, in_parallel, live
from bondsim.causal.intervals import Interval
from bondsim.causal.kernel import NEVER, mean_effects, reproduction, spread_kernel
from bondsim.errors import ParameterError
from bondsim.interventions import FACTOR_OF, TRAIT_OF, Intervention
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
"""Where nothing says when twins part, they do so many days after the burn-in [days]."""


@dataclass(frozen=True)
class TwinPlan(Checked):
    """When twins part, and how what differs between them is looked at."""

    GROUP = "twin"

    start: int | None = par(
        None, "day on which the twins part, null: where the first intervention starts, or 30 days "
        "after the burn-in", unit="day", high=10_000_000,
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


def without_dose(change: Change) -> Change:
    """The same interventions as far as they have a dose, of nothing: a placebo."""
    dosed = {*TRAIT_OF, *FACTOR_OF, "loneliness"}
    planned = (replace(each, dose=0.0) for each in change.interventions if each.what in dosed)
    return Change(tuple(planned))


def plans_of(science: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `analyse` beside the design, from what is stored."""
    planned = (Intervention(**each) for each in science["change"]["interventions"])
    change = Change(tuple(planned), science["change"]["params"])
    return {"plan": TwinPlan(**science["twin"]), "change": change}


class Pair(NamedTuple):
    """What one pair of twins showed: days looked at; arrays (n_days, n_agents) and (n_agents,).

    `here`: who has not moved away; effects of others are 0. `changed`: 1 of whom the change
    reached, 2 of the other side of a bond that it made or cut, 0 of the others.
    """

    days: Array
    effect: Array
    lonely: Array
    here: Array
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
    (replicate, place, distance, `changed`, mean `effect` over the days looked at, day `diverged`);
    `effects`, `kernel` and `reproduction`, with intervals; `placebo`, a pair without any dose.

    Raises `ParameterError` where the change starts before the twins part, or changes nothing.
    """
    start = start_of(design, plan, change)
    change = change if change is not None else one_push(start)
    plan = replace(plan, start=start)
    check(design, plan, change)
    jobs = [(design, plan, change, r) for r in range(design.replicates)]
    pairs = in_parallel(compare_twins, jobs, processes=processes, ended=ended)
    if all((pair.diverged == NEVER).all() for pair in pairs):
        told = f"something that changes anybody: in {len(pairs)} replicates nobody differs"
        raise ParameterError("change", "this one", told)
    placebo = compare_twins(design, plan, without_dose(change), 0)
    by_distance = _stacked([_by_distance(r, pair, plan.most) for r, pair in enumerate(pairs)])
    tables = {
        "by_distance": by_distance,
        "by_person": _stacked([_by_person(r, pair) for r, pair in enumerate(pairs)]),
        "effects": mean_effects(by_distance),
        "kernel": spread_kernel(by_distance, start),
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


def start_of(design: Design, plan: TwinPlan, change: Change | None) -> int:
    """The day on which the twins part."""
    if plan.start is not None:
        return plan.start
    starts = [planned.start for planned in change.interventions] if change is not None else []
    return min(starts, default=design.burn_in + PART)


def check(design: Design, plan: TwinPlan, change: Change) -> None:
    """Refuse a change that cannot be, before any day is lived."""
    start = start_of(design, plan, change)
    if not design.burn_in <= start <= design.last_day:
        allowed = f"a day in [{design.burn_in}, {design.last_day}], after the burn-in"
        raise ParameterError("twin.start", start, allowed)
    if not change.interventions and not change.params:
        raise ParameterError("intervention", "none", "a change: an intervention, or change={...}")
    for planned in change.interventions:
        if not start <= planned.start <= design.last_day:
            allowed = f"a day in [{start}, {design.last_day}], from twin.start on"
            raise ParameterError(f"intervention.{planned.what}.start", planned.start, allowed)
    changed = design.params.replace(**change.params)
    if change.params and changed == design.params:
        raise ParameterError("change", dict(change.params), "other values than the world has")
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
    start = start_of(design, plan, change)
    live(world, start)
    before = distances_from(world.state)
    params = world.params.replace(**change.params) if change.params else None
    twin = world.twin(params=params, interventions=change.interventions)
    ids = world.state.agents.id.copy()
    first = len(world.plan.interventions)
    changed = np.full(ids.size, int(bool(change.params)))
    days, effects, lonely, here = [], [], [], []
    diverged = np.full(ids.size, NEVER, np.int64)
    while world.day <= design.last_day:
        world.step()
        twin.step()
        today = world.day - 1
        _mark_changed(today, twin, first, changed)
        new = np.flatnonzero(diverged == NEVER)
        if new.size:
            diverged[new[differs(world.state, twin.state)[new]]] = today
        if (today - start) % plan.every == 0:
            stays = world.state.agents.id == ids  # whoever has moved away is seen no more
            one, other = (_loneliness(w) for w in (world, twin))
            cuts = (w.params.observe.lonely_cut for w in (world, twin))
            made = [z >= cut for z, cut in zip((one, other), cuts, strict=True)]
            days.append(today)
            here.append(stays)
            effects.append(np.where(stays, other - one, 0.0))
            lonely.append(np.where(stays, made[1].astype(float) - made[0], 0.0))
    return Pair(
        np.array(days), np.array(effects), np.array(lonely), np.array(here), before(changed > 0),
        diverged, changed,
    )  # fmt: skip


def _loneliness(world: World) -> Array:
    return world.engine.read_outs(world.state)["loneliness"]


def _mark_changed(today: int, twin: World, first: int, changed: Array) -> None:
    """Mark whom the twin's own interventions, from number `first` on, have begun to change today.

    On that day, since the plan forgets those who move away later.
    """
    for m, planned in enumerate(twin.plan.interventions):
        if m >= first and planned.start == today:
            partners = twin.plan.partners.get(m, np.zeros(0, np.int64))
            changed[partners[changed[partners] == 0]] = 2
            changed[twin.plan.targets[m]] = 1


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

    def sums(values: Array) -> Array:
        return np.array([np.bincount(group, row, minlength=n_groups) for row in values]).ravel()

    on = (pair.diverged != NEVER) & (pair.diverged <= pair.days[:, None])
    return {
        "replicate": np.full(n_days * n_groups, replicate, np.int64),
        "day": np.repeat(pair.days, n_groups).astype(np.int64),
        "distance": np.tile(np.arange(n_groups), n_days).astype(np.int64),
        "people": sums(pair.here.astype(float)).astype(np.int64),
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
        f"({times(science['replicates'], 'replicate')}, 95 % intervals)",
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
    table, change = found.tables["reproduction"], found.science["change"]
    pushed = {each["what"] for each in change["interventions"]} == {"loneliness"}
    # of other changes it is not loneliness that reaches others, or not it alone
    name = "reproduction number, " if pushed and not change["params"] else ""
    words = {
        "lonely": "others made lonely for each one of those changed who is",
        "loneliness": "loneliness caused in others for each unit in those changed",
    }
    told = []
    for outcome, text in words.items():
        row = np.flatnonzero((table["outcome"] == outcome) & (table["distance"] == NEVER))[0]
        number = Interval(*(float(table[f"number{c}"][row]) for c in ("", "_low", "_high")))
        told.append(f"{name}{text}: {number}")
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
