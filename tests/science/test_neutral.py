"""Every mechanism can be put out: at its neutral value nothing comes of what it reads.

A case lives two worlds that share all luck and differ in what one mechanism reads: in a state or
trait of every second person, in one side of the bonds, or in a parameter that it alone uses. With
the parameter at its neutral value both come to the same; with it at work they do not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from bondsim import Intervention, World
from bondsim.network import Network
from bondsim.params import CLIENT, COWORKER, FAMILY, Params, same_for_all_kinds, table
from bondsim.params.world import Row
from bondsim.rows import used_slots
from tests.science.worlds import (
    APART,
    AVERAGE,
    CALM,
    bonds,
    graph_of,
    lived,
    network_of,
    params,
    people,
    strangers,
)

ROWS = {row.path: row for row in table() if row.neutral is not None}
SHARED = ("kind", "born", "last_met")
LASTING = {
    "cool.closeness_half_life": same_for_all_kinds(np.inf), "cool.view_half_life": np.inf,
    "cool.evidence_half_life": np.inf,
}  # fmt: skip


# --- worlds ---------------------------------------------------------------------------------


def circle(moved: bool = False, **view: float) -> Network:
    """Forty average people, each a friend of the two next to them on both sides."""
    edges = [(i, (i + step) % 40, {"age": 100, **view}) for i in range(40) for step in (1, 2)]
    graph = graph_of(40, edges)
    for i in range(40) if moved else ():
        graph.nodes[i].update(position_x=i / 40.0, position_y=0.1)
    return network_of(graph)


def friends(chosen: Params, touched: bool) -> World:
    some = {"kept": 20.0, "broken": 5.0, "regard": 0.7, "understanding": 0.6, "closeness": 0.5}
    return World(chosen, circle(**some), threads=1)


def by_the_prior(chosen: Params, touched: bool) -> World:
    return World(chosen, circle(moved=touched), threads=1)


def alone(chosen: Params, touched: bool) -> World:
    """People without a bond who want one."""
    world = World(chosen, strangers(150), threads=1)
    world.state.agents.received[:] = 0.0
    return world


def befriended(chosen: Params, touched: bool) -> World:
    """Of people without a bond, some are given one."""
    plan = [Intervention(what="befriending", n=20)]
    return World(chosen, strangers(60), interventions=plan, threads=1)


# --- cases ----------------------------------------------------------------------------------


class Case(NamedTuple):
    """What to see of two worlds, and in what one is touched."""

    see: str
    touch: dict[str, float] = {}  # noqa: RUF012
    """Columns of persons or bonds that are changed in the touched world."""
    change: dict[str, Any] = {}  # noqa: RUF012
    """Parameters that are changed in the touched world."""
    given: dict[str, Any] = {}  # noqa: RUF012
    """Parameters of both worlds."""
    start: dict[str, float] = {}  # noqa: RUF012
    """Columns of both worlds."""
    world: Callable[[Params, bool], World] = friends
    at_work: Any = None
    """A value with which the mechanism shows; the default if None."""
    days: int = 1
    seeds: bool = False
    """Is the touched world that of another seed?"""


def each(value: float) -> Any:
    return same_for_all_kinds(value)


VIEWS = "closeness regard understanding"
ALL = "everything"
LONELY = {"emotional": 0.9}
NO_DRIVE = {"meet.eta1": 0.0, "meet.eta2": 0.0}
BREACH = {"relate.promise_prob": 1.0, "relate.exposure": 1.0, "meet.psi": 0.0}
ON_DUTY = {
    "meet.duty_prob": each(1.0), "population.initiative_mean": 0.0, "population.initiative_sd": 0.0
}  # fmt: skip
KINDS_ALIKE = {
    **LASTING, "meet.duty_prob": each(0.0), "meet.role": each(1.0), "meet.base_hours": each(2.0),
    "reach_out.friend_cut": 1.0,
}  # fmt: skip
STEPS = {"reach_out.step_rate": 1.0, "reach_out.step_base": -1.0}
UNRELIABLE, RELIABLE = {"reliability": 0.0}, {"reliability": 1.0}


def hazard(base: float) -> dict[str, Any]:
    return {**APART, "part.base": each(base)}


CASES = {
    "population.set_point_loading": Case(
        "set_point", given={"population.set_point_sd": 0.1}, world=by_the_prior, days=0
    ),
    "prior.spread": Case(VIEWS, world=by_the_prior, seeds=True, days=0),
    "prior.hurt_distrust": Case("kept", {"hurt": 0.8}, world=befriended, given=APART),
    "prior.impression": Case("regard", {"empathy": 0.1}, world=befriended, given=APART),
    "prior.likeness": Case("understanding", {"position_x": 0.8}, world=befriended, given=APART),
    "meet.psi": Case("last_met", {"closeness of some": 0.1}),
    "meet.role": Case(
        "last_met", {"kind of some": FAMILY}, given={**KINDS_ALIKE, "meet.psi": 0.0}
    ),
    "meet.eta1": Case("last_met", LONELY, given={"meet.eta2": 0.0}),
    "meet.eta2": Case("last_met", LONELY, given={"meet.eta1": 0.0}),
    "meet.gap_gain": Case(
        "closeness", {"last_met": -400}, given=LASTING, start={"hours": 16.0}
    ),
    "meet.duty_prob": Case(ALL, change={"meet.duty_hours": each(5.0)}, at_work=each(0.5)),
    "relate.distraction": Case(ALL, {"distraction_factor": 0.2}),
    "relate.attention_noise": Case(VIEWS, given=ON_DUTY, seeds=True),
    "relate.phone_cost": Case(
        "closeness", {"presence": 0.2}, start={"interest": 0.0, "empathy": 0.0}
    ),
    "relate.spill": Case(VIEWS, {"self_worth": 0.95}),
    "relate.cold": Case(
        VIEWS, LONELY,
        given={**NO_DRIVE, "relate.vigilance": 0.0, "relate.disclosure_loneliness": 0.0},
    ),
    "relate.strain": Case(VIEWS, {"stress": 0.8}),
    "relate.vigilance": Case(
        VIEWS, LONELY,
        given={**NO_DRIVE, "relate.cold": 0.0, "relate.disclosure_loneliness": 0.0},
    ),
    "relate.safety": Case(VIEWS, {"security": 0.9}),
    "relate.disclosure_trust": Case("closeness", {"kept": 1.0}, given={"meet.psi": 0.0}),
    "relate.disclosure_closeness": Case(
        "betrayed", {"closeness": 0.0}, given=BREACH, start=UNRELIABLE, at_work=8.0
    ),
    "relate.disclosure_authenticity": Case(
        "betrayed", {"authenticity": 0.0}, given=BREACH, start=UNRELIABLE, at_work=8.0
    ),
    "relate.disclosure_hurt": Case(VIEWS, {"hurt": 0.9}, given={"relate.hurt_slowing": 0.0}),
    "relate.disclosure_loneliness": Case(
        VIEWS, LONELY, given={**NO_DRIVE, "relate.cold": 0.0, "relate.vigilance": 0.0}
    ),
    "relate.reciprocation": Case("closeness of the others", {"authenticity": 0.1}),
    "relate.similarity_aid": Case(VIEWS, {"position_x": 0.8}),
    "relate.quality_gain": Case("closeness", {"respect": 0.1}),
    "relate.duty_quality": Case(
        "closeness", change={"meet.duty_hours": each(5.0)}, given=ON_DUTY
    ),
    "relate.tau": Case("closeness", {"respect": 0.1}),
    "relate.hurt_slowing": Case(VIEWS, {"hurt": 0.9}, given={"relate.disclosure_hurt": 0.0}),
    "relate.closeness_cap": Case("closeness", {"kind": CLIENT}, given=KINDS_ALIKE),
    "relate.touch_closeness": Case(
        VIEWS, change={"relate.close_cut": 0.0}, given={"relate.close_cut": 1.0}
    ),
    "relate.touch_relief": Case(
        "stress", change={"relate.close_cut": 0.0}, given={"relate.close_cut": 1.0},
        start={"stress": 0.5},
    ),
    "relate.promise_prob": Case(ALL, UNRELIABLE, given={"relate.exposure": 1.0}, at_work=1.0),
    "relate.exposure": Case(
        ALL, UNRELIABLE, given={"relate.promise_prob": 1.0}, start=RELIABLE, at_work=1.0
    ),
    # A breach then weighs what a kept promise does.
    "relate.lam": Case(
        "kept and broken", UNRELIABLE, start=RELIABLE,
        given={**BREACH, **LASTING, "relate.confirmation": 0.0, "relate.repair_share": 0.0},
    ),
    "relate.confirmation": Case(
        "kept", {"ceiling": 0.3}, start=RELIABLE, given={**BREACH, **LASTING}
    ),
    "relate.deceit_prob": Case(
        ALL, change={"relate.deceit_ceiling": 0.1}, given=BREACH, start=UNRELIABLE, at_work=1.0
    ),
    # Trust can come back to what it was before the breach, which is no bound yet.
    "relate.deceit_ceiling": Case(
        "trust", change={"relate.deceit_prob": 1.0}, start=UNRELIABLE,
        given={**BREACH, "relate.deceit_prob": 0.0},
    ),
    "relate.repair_empathy": Case("repaired", {"empathy": 0.0}, given=BREACH, start=UNRELIABLE),
    "relate.repair_closeness": Case(
        "repaired", {"closeness": 0.0}, start=UNRELIABLE,
        given={**BREACH, "relate.disclosure_closeness": 0.0},
    ),
    "relate.repair_share": Case(
        ALL, change={"relate.repair_base": 20.0}, start=UNRELIABLE,
        given={**BREACH, "relate.repair_base": -20.0},
    ),
    "relate.injury": Case("hurt", UNRELIABLE, given=BREACH, start=RELIABLE),
    "relate.contempt": Case("regard", UNRELIABLE, given=BREACH, start=RELIABLE),
    "relate.regard_rate": Case("regard", {"respect": 0.1}),
    "relate.understanding_rate": Case("understanding", {"interest": 0.1}),
    "relate.accomplishment_prob": Case(
        ALL, change={"relate.recognition_worth": 0.5, "relate.recognition_regard": 0.5},
        at_work=1.0,
    ),
    "relate.recognition_worth": Case("self_worth", change={"relate.accomplishment_prob": 1.0}),
    "relate.recognition_regard": Case("regard", change={"relate.accomplishment_prob": 1.0}),
    "relate.contagion": Case(
        "emotional of the others", LONELY, given={**NO_DRIVE, "feel.gamma": 0.0}
    ),
    "relate.weak_contacts": Case(ALL, change={"relate.weak_ease": 0.5}),
    "relate.weak_ease": Case(ALL, change={"relate.weak_contacts": 5}),
    "cool.closeness_half_life": Case("closeness", {"last_met": -300}, given=APART),
    "cool.view_half_life": Case("regard understanding", {"last_met": -300}, given=APART),
    "cool.evidence_half_life": Case("kept broken", {"last_met": -300}, given=APART),
    "part.base": Case(
        "pairs", change={"part.loneliness": 20.0}, given={**APART, "part.loneliness": 0.0},
        start={"emotional": 1.0, "social": 1.0},
    ),
    "part.strength": Case("pairs", {"closeness": 0.0}, given={**hazard(1), "part.reciprocity": 0}),
    "part.reciprocity": Case(
        "pairs", {"closeness": 0.0}, given={**hazard(0), "part.strength": 0.0}, at_work=5.0
    ),
    "part.log_age": Case("pairs", {"born": -9000}, given=hazard(2)),
    "part.common_friends": Case(
        "pairs", change={"part.common_friends_cap": 0}, given=hazard(2), at_work=2.0
    ),
    "part.similarity": Case("pairs", {"position_x": 0.8}, given=hazard(6), at_work=3.0),
    "part.loneliness": Case("pairs", LONELY, given=hazard(2), at_work=3.0),
    "part.loss_stress": Case("stress", change=hazard(20.0), given=APART),
    "part.estrangement": Case(
        "closeness", change=hazard(20.0), given=APART, start={"kind": FAMILY}
    ),
    "reach_out.step_rate": Case(ALL, change={"reach_out.step_base": 5.0}, world=alone),
    "reach_out.step_initiative": Case("pairs", {"initiative": 0.0}, given=STEPS, world=alone),
    "reach_out.step_worth": Case("pairs", {"self_worth": 0.0}, given=STEPS, world=alone),
    "reach_out.step_hurt": Case("pairs", {"hurt": 1.0}, given=STEPS, world=alone),
    "reach_out.step_chronic": Case("pairs", {"chronic": 1.0}, given=STEPS, world=alone),
    "reach_out.accept_empathy": Case("pairs", {"empathy": 0.0}, given=STEPS, world=alone),
    "reach_out.accept_similarity": Case("pairs", {"position_x": 0.9}, given=STEPS, world=alone),
    "reach_out.accept_loneliness": Case(
        "pairs", {"emotional": 1.0, "social": 1.0}, given=STEPS, world=alone
    ),
    "reach_out.friend_cut": Case(
        "kind", {"closeness": 0.9}, start={"kind": COWORKER, "closeness": 0.1},
        given={"meet.psi": 0.0},
    ),
    "reach_out.partner_prob": Case(
        "kind", change={"reach_out.partner_cut": 0.0}, given={"reach_out.partner_cut": 1.0},
        at_work=1.0,
    ),
    "feel.gamma": Case("emotional social", {"need": 0.1}),
    "feel.noise_sd": Case("emotional social", world=alone, seeds=True),
    "feel.stress_weight": Case("emotional social", {"stress": 0.9}, given=APART),
    "feel.buffer": Case(
        "stress emotional social", {"closeness": 0.0},
        given={**APART, "feel.stress_prob": 1.0, "feel.gamma": 0.0},
    ),
    "feel.stress_prob": Case(ALL, change={"feel.stress_size": 1.0}, at_work=1.0),
    "feel.stress_size": Case(ALL, change={"feel.stress_prob": 1.0}),
    "feel.worth_rate": Case("self_worth", {"respect": 0.1}),
    "feel.worth_return": Case(ALL, change={"feel.worth_rest": 0.1}, start={"self_worth": 0.6}),
    "feel.climate_sd": Case("climate", given=APART, seeds=True, days=3),
    "turnover.rate": Case("id", world=alone, seeds=True, at_work=0.2, days=5),
}  # fmt: skip

ELSEWHERE = {f"channels.{name}" for name in ("affect", "conduct", "loss", "selection", "context")}
ELSEWHERE |= {"reach_out.liking_gap"}
# negative controls, read off and never fed back: tests/science/test_controls.py
ELSEWHERE |= {"observe.height_loading", "observe.headache_climate"}


def test_neutral__every_parameter_with_such_a_value_is_tried():
    assert set(CASES) | ELSEWHERE == set(ROWS)


def column(world: World, name: str, value: float, every: int) -> None:
    """Set a column: of every so many people or their views; what both sides share, of all."""
    agents, rows = world.state.agents, world.state.bonds
    slots, owner = used_slots(rows)
    if name.endswith(" of some"):
        second = (owner - rows.partner[slots]) % 2 == 0  # bonds with the next but one
        getattr(rows, name.split()[0])[slots[second]] = value
    elif hasattr(agents, name):
        getattr(agents, name)[::every] = value
    else:
        every = 1 if name in SHARED else every
        getattr(rows, name)[slots[owner % every == 0]] = value


def live(case: Case, path: str, value: Any, touched: bool) -> World:
    changed = case.change if touched else {}
    seed = 2 if touched and case.seeds else 1
    chosen = params(seed, CALM, AVERAGE, case.given, changed, {path: value})
    world = case.world(chosen, touched)
    for name, x in case.start.items():
        column(world, name, x, every=1)
    for name, x in case.touch.items() if touched else ():
        column(world, name, x, every=2)
    return lived(world, case.days)


def seen(case: Case, world: World) -> list[np.ndarray]:
    """The columns that the case compares."""
    who, ties = people(world), bonds(world)
    if case.see == "everything":
        return [
            values for name, values in {**who, **ties}.items()
            if not any(name.startswith(touched) for touched in case.touch)
        ]  # fmt: skip
    if case.see == "pairs":
        return [ties["i"], ties["j"]]
    if case.see in ("betrayed", "repaired"):
        told = world.events[world.events["event"] == case.see]
        return [told["i"].to_numpy(), told["j"].to_numpy()]
    if case.see == "kept and broken":
        return [ties[f"kept_{way}"] + ties[f"broken_{way}"] for way in ("ij", "ji")]
    if case.see.endswith(" of the others"):
        name = case.see.split()[0]
        if name in who:
            return [who[name][who["id"] % 2 == 1]]
        return [ties[f"{name}_{w[0]}{w[1]}"][ties[w[0]] % 2 == 1] for w in ("ij", "ji")]
    found = []
    for name in case.see.split():
        found += [who[name]] if name in who else []
        found += [ties[c] for c in (name, f"{name}_ij", f"{name}_ji") if c in ties]
    assert found
    return found


def same(case: Case, path: str, value: Any) -> bool:
    one, other = (seen(case, live(case, path, value, touched)) for touched in (False, True))
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("path", CASES)
def test_neutral__puts_the_mechanism_out(path: str) -> None:
    row: Row = ROWS[path]
    case = CASES[path]
    assert same(case, path, row.neutral), "something comes of it at the neutral value"
    at_work = row.default if case.at_work is None else case.at_work
    assert not same(case, path, at_work), "nothing comes of it at all: the case shows nothing"


def test_neutral__without_a_liking_gap_steps_are_those_of_the_base() -> None:
    # The gap lowers the chance of being liked as the base would: .5 less of the one, the other.
    def made(gap: float, base: float) -> list[np.ndarray]:
        changes = {"reach_out.liking_gap": gap, "reach_out.step_base": base}
        world = alone(params(1, CALM, AVERAGE, STEPS, changes), touched=False)
        return [bonds(lived(world, 1))[end] for end in ("i", "j")]

    none, gap, lower = made(0.0, 0.5), made(0.5, 1.0), made(0.5, 0.5)
    assert all(np.array_equal(a, b) for a, b in zip(none, gap, strict=True))
    assert none[0].size > lower[0].size
