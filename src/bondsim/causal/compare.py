"""League: interventions at equal cost, each as a twin of the same worlds.

An arm's cost is made equal by the number of people that it reaches. Effects are told for everybody,
for those reached, for others by distance from them, and by how lonely people were before; with
contagion and, with the same luck, without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bondsim.causal.analysis import EXPLAINS, Analysis, Found, Report, rows_table, times
from bondsim.causal.design import Design, Ended, in_parallel, live
from bondsim.causal.intervals import mean_interval, ratio_interval
from bondsim.causal.kernel import NEVER
from bondsim.causal.twins import PART, distances_from
from bondsim.errors import ParameterError
from bondsim.interventions import COUNTED, Intervention
from bondsim.params import Checked, par

if TYPE_CHECKING:
    from bondsim.orders import AnalysisOrder
    from bondsim.state import Array
    from bondsim.world import World

CONTAGION = ("affect", "conduct", "loss")
"""The channels by which one person's loneliness reaches another."""
FIFTHS = 5
UNEQUAL = 0.05
"""Costs may differ from the budget by this share: people are whole."""
END, LATER = "end", "later"
"""When effects are taken: on the last day at full level, and on the last day of all."""
SPILL = ("1", "2", "3", "further")
"""Distances from those reached."""


@dataclass(frozen=True)
class LeaguePlan(Checked):
    """What every intervention may cost, and when all of them begin."""

    GROUP = "league"

    budget: float = par(
        2000.0, "cost of each intervention; it reaches as many people as that pays for",
        unit="person-hours", low=0.1, high=1e9,
    )  # fmt: skip
    start: int | None = par(
        None, "first day of all interventions, null: 30 days after the burn-in", unit="day",
        high=10_000_000,
    )  # fmt: skip


def _arm(what: str, who: str, length: int, dose: float, hours: float) -> Intervention:
    return Intervention(what=what, who=who, length=length, dose=dose, hours=hours)


DEFAULT = (
    _arm("cognition", "loneliest", 180, 0.5, 0.143),
    _arm("cognition", "random", 180, 0.5, 0.143),
    _arm("cognition", "periphery", 180, 0.5, 0.143),
    _arm("befriending", "loneliest", 180, 0.2, 0.143),
    _arm("befriending", "periphery", 180, 0.2, 0.143),
    _arm("group", "loneliest", 180, 0.2, 0.143),
    _arm("first_step", "loneliest", 180, 0.2, 0.05),
    _arm("listening", "random", 180, 0.2, 0.1),
    _arm("empathy", "random", 180, 0.2, 0.1),
    _arm("presence", "random", 180, 0.2, 0.1),
    _arm("phone_free", "random", 180, 1.0, 0.1),
)
"""The league where no others are named; .143 h/day is an hour a week, costs are [A]."""


def asked(design: Design, order: AnalysisOrder) -> tuple[Design, dict[str, Any]]:
    """What an order asks for: its interventions are the arms."""
    return design, {"plan": order.plans["league"], "arms": order.interventions or DEFAULT}


def plans_of(science: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `analyse` beside the design, from what is stored."""
    arms = tuple(Intervention(**each) for each in science["arms"]["interventions"])
    return {"plan": LeaguePlan(**science["league"]), "arms": arms}


@dataclass(frozen=True)
class Arms:
    """The interventions of a league, as they were named."""

    interventions: tuple[Intervention, ...]


def analyse(
    design: Design,
    plan: LeaguePlan,
    arms: Sequence[Intervention] = DEFAULT,
    *,
    processes: int | None = None,
    ended: Ended | None = None,
) -> Analysis:
    """Live each replicate with and without contagion, and in each a twin for every arm.

    Tables: `effects` (replicate, contagion 0 or 1, arm, `time` end or later, `group`, and over its
    `people` the sums of the `effect` on loneliness and of people made `lonely`; groups are all,
    reached, partners (the other side of bonds made or cut), distance 1 to 3 and further, and fifths
    by loneliness at the start, fifth_1 the least lonely); `costs` (person-hours, lonely days of all
    averted); `league`, a row for each arm and contagion with 95 % intervals over replicates.
    """
    paid = equal_cost(design, plan, arms)
    jobs = [(design, plan, paid, r, on) for r in range(design.replicates) for on in (1, 0)]
    found = in_parallel(live_arms, jobs, processes=processes, ended=ended)
    effects = rows_table([row for rows, _ in found for row in rows])
    costs = rows_table([row for _, rows in found for row in rows])
    league = rows_table(
        [_standing(effects, costs, arm, on) for on in (1, 0) for arm in range(len(paid))]
    )
    names = [arm_name(each) for each in paid]
    league = {"name": np.array(names * 2, np.str_), **league}
    tables = {"league": league, "effects": effects, "costs": costs}
    return Analysis("compare", design, {"league": plan, "arms": Arms(tuple(arms))}, tables)


def equal_cost(
    design: Design, plan: LeaguePlan, arms: Sequence[Intervention]
) -> tuple[Intervention, ...]:
    """The arms with as many people as the budget pays for, all from the same day on.

    `ParameterError` for an arm whose cost cannot be made equal.
    """
    start = design.burn_in + PART if plan.start is None else plan.start
    if not design.burn_in <= start < design.last_day:
        allowed = f"a day in [{design.burn_in}, {design.last_day - 1}], after the burn-in"
        raise ParameterError("league.start", start, allowed)
    people, paid = design.people(0).n_agents, []
    for arm in arms:
        path = f"intervention.{arm.what}"
        if arm.who not in COUNTED:
            allowed = f"one of {', '.join(COUNTED)}: the number of people makes costs equal"
            raise ParameterError(f"{path}.who", arm.who, allowed)
        if arm.hours <= 0.0:
            allowed = "above 0 h/day: what costs nothing has no place in a league at equal cost"
            raise ParameterError(f"{path}.hours", arm.hours, allowed)
        left = design.last_day - start + 1
        if arm.length + arm.fade > left:
            allowed = f"such that length and fade end within the {left} days that are left"
            raise ParameterError(f"{path}.length + fade", arm.length + arm.fade, allowed)
        each = arm.hours * (arm.length + arm.fade)
        n = round(plan.budget / each)
        if not 1 <= n <= people:
            allowed = f"such that {path} reaches 1 to {people:,} people, not {n:,}"
            raise ParameterError("league.budget", plan.budget, allowed)
        if abs(n * each - plan.budget) > UNEQUAL * plan.budget:
            allowed = f"near a multiple of {each:g} h, what {path} costs for a person"
            raise ParameterError("league.budget", plan.budget, allowed)
        paid.append(replace(arm, n=n, start=start))
    return tuple(paid)


def arm_name(arm: Intervention) -> str:
    """What an arm is called."""
    return f"{arm.what}, {arm.who}".replace("_", " ")


class Seen(NamedTuple):
    """A world on a day: loneliness of everybody, and who is lonely."""

    loneliness: Array
    lonely: Array


def live_arms(
    design: Design, plan: LeaguePlan, arms: tuple[Intervention, ...], replicate: int, on: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of `effects` and of `costs` of one replicate, with or without contagion."""
    off = {} if on else {f"channels.{channel}": False for channel in CONTAGION}
    world = design.world(replicate, **off)
    live(world, arms[0].start)
    before, ids = _seen(world), world.state.agents.id.copy()
    distance = distances_from(world.state)
    twins = [world.twin(interventions=[arm]) for arm in arms]
    averted, involved = np.zeros(len(arms)), []
    at_end: list[tuple[Seen, Seen]] = [(before, before)] * len(arms)
    while world.day <= design.last_day:
        today = world.day
        world.step()
        now = _seen(world)
        for m, (twin, arm) in enumerate(zip(twins, arms, strict=True)):
            twin.step()
            its = _seen(twin)
            averted[m] += now.lonely.sum() - its.lonely.sum()
            if today == arm.start:
                involved.append(_involved(twin, len(world.plan.interventions)))
            if today == arm.start + arm.length - 1:
                at_end[m] = now, its
    key = {"replicate": replicate, "contagion": on}
    effects, costs = [], []
    stays = world.state.agents.id == ids  # newcomers are nobody's effect
    for m, twin in enumerate(twins):
        groups = _groups(*involved[m], distance(involved[m][1]), before.loneliness)
        groups = {name: who & stays for name, who in groups.items()}
        for time, (one, other) in ((END, at_end[m]), (LATER, (now, _seen(twin)))):
            change = other.loneliness - one.loneliness
            made = other.lonely.astype(float) - one.lonely
            effects += [
                {
                    **key, "arm": m, "time": time, "group": name, "people": int(who.sum()),
                    "effect": float(change[who].sum()), "lonely": float(made[who].sum()),
                }
                for name, who in groups.items()
            ]  # fmt: skip
        costs.append(
            {
                **key, "arm": m, "hours": float(twin.plan.cost - world.plan.cost),
                "averted": float(averted[m]), "sd": float(before.loneliness.std()),
            }
        )  # fmt: skip
    return effects, costs


def _seen(world: World) -> Seen:
    loneliness = world.engine.read_outs(world.state)["loneliness"]
    return Seen(loneliness, loneliness >= world.params.observe.lonely_cut)


def _involved(twin: World, m: int) -> tuple[Array, Array]:
    """Whom intervention m reaches, and with them the other sides of bonds: bool (n_agents,)."""
    reached = np.zeros(twin.state.agents.id.size, bool)
    reached[twin.plan.targets[m]] = True
    touched = reached.copy()
    touched[twin.plan.partners.get(m, np.zeros(0, np.int64))] = True
    return reached, touched


def _groups(reached: Array, touched: Array, distance: Array, before: Array) -> dict[str, Array]:
    """Who belongs to each group: bool (n_agents,); distances are from all who are touched."""
    groups = {
        "all": np.ones(reached.size, bool), "reached": reached, "partners": touched & ~reached,
    }  # fmt: skip
    for name in SPILL[:-1]:
        groups[name] = distance == int(name)
    groups[SPILL[-1]] = (distance > int(SPILL[-2])) | (distance == NEVER)
    order = np.argsort(before, kind="stable")
    for k, part in enumerate(np.array_split(order, FIFTHS), start=1):
        own = np.zeros(reached.size, bool)
        own[part] = True
        groups[f"fifth_{k}"] = own
    return groups


def _standing(
    effects: Mapping[str, Array], costs: Mapping[str, Array], arm: int, on: int
) -> dict[str, Any]:
    """One row of the league."""
    own = (effects["arm"] == arm) & (effects["contagion"] == on)

    def sums(time: str, group: str, column: str = "effect") -> Array:
        rows = own & (effects["time"] == time) & (effects["group"] == group)
        return np.asarray(effects[column][rows], float)

    def each(time: str, group: str) -> Array:
        people = sums(time, group, "people")
        unknown: Array = np.full(people.shape, np.nan)
        np.divide(sums(time, group), people, out=unknown, where=people > 0)
        return unknown

    mine = (costs["arm"] == arm) & (costs["contagion"] == on)
    hours, averted, sd = (costs[name][mine] for name in ("hours", "averted", "sd"))
    people = sums(END, "all", "people")
    found = {
        "effect": mean_interval(each(END, "all")),
        "prevalence": mean_interval(sums(END, "all", "lonely") / people),
        "reached": mean_interval(each(END, "reached")),
        "reached_sd": mean_interval(each(END, "reached") / sd),
        **{f"distance_{name}": mean_interval(each(END, name)) for name in SPILL},
        "spillover": ratio_interval(
            np.sum([sums(END, name) for name in SPILL], axis=0), sums(END, "all")
        ),
        **{f"fifth_{k}": mean_interval(each(END, f"fifth_{k}")) for k in range(1, FIFTHS + 1)},
        "equity": mean_interval(each(END, "fifth_5") - each(END, "fifth_1")),
        "later": mean_interval(each(LATER, "all")),
        "durability": ratio_interval(sums(LATER, "all"), sums(END, "all")),
        "averted_per_hour": ratio_interval(averted, hours),
    }
    row: dict[str, Any] = {
        "contagion": on, "arm": arm, "people": float(sums(END, "reached", "people").mean()),
        "hours": float(hours.mean()),
    }  # fmt: skip
    for name, interval in found.items():
        row |= {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}
    return row


def report(found: Found) -> Report:
    """The arms from the most to the least helpful, with contagion; and their rank without it."""
    table = found.tables["league"]
    on, off = (np.flatnonzero(table["contagion"] == flag) for flag in (1, 0))
    rank_off = {int(table["arm"][k]): n + 1 for n, k in enumerate(_ranked(table, off))}
    rows = []
    for k in _ranked(table, on):
        rows.append(
            [
                str(table["name"][k]), f"{table['people'][k]:,.0f}", f"{table['hours'][k]:,.0f}",
                *(_cell(table, k, name, 1000.0) for name in ("effect", "later")),
                _cell(table, k, "reached_sd", 1.0),
                _cell(table, k, "spillover", 1.0),
                _cell(table, k, "equity", 1000.0),
                _cell(table, k, "averted_per_hour", 1.0),
                str(rank_off[int(table["arm"][k])]),
            ]
        )  # fmt: skip
    budget = found.science["league"]["budget"]
    return Report(
        f"League at {budget:,.0f} person-hours each "
        f"({times(found.science['replicates'], 'replicate')}, ± half of a 95 % interval)",
        [
            "intervention", "people", "hours", "effect", "later", "on reached [SD]", "spillover",
            "equity", "averted/h", "rank without contagion",
        ],
        rows,
        [
            "effect, later: change in mean loneliness x 1000 at the end, and on the last day; "
            "spillover: share of it in people not reached;",
            "equity: effect on the loneliest fifth less that on the least lonely x 1000, negative "
            "where it helps the lonely more; averted: lonely days per person-hour",
            EXPLAINS,
        ],
    )  # fmt: skip


def _ranked(table: Mapping[str, Array], rows: Array) -> Array:
    ranked: Array = rows[np.argsort(table["effect"][rows], kind="stable")]
    return ranked


def _cell(table: Mapping[str, Array], row: int, name: str, scale: float) -> str:
    value, low, high = (float(table[f"{name}{end}"][row]) * scale for end in ("", "_low", "_high"))
    if np.isnan(value):
        return ""
    return f"{value:.2f}" if np.isnan(low) else f"{value:.2f} ± {0.5 * (high - low):.2f}"
