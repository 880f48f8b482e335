"""Twins: a world that goes on from where another one is, with the same luck and one thing changed.

Every draw is a pure function of seed, day and ids, so what differs between twins later on is what
the change has caused, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bondsim.errors import ParameterError
from bondsim.history import History
from bondsim.interventions import Intervention, check_reach
from bondsim.rows import COLUMNS, slots_of
from bondsim.state import State
from bondsim.tables import TABLES

if TYPE_CHECKING:
    from bondsim.params import Params
    from bondsim.state import Array
    from bondsim.world import World


def twin_of(world: World, params: Params, interventions: Sequence[Intervention]) -> World:
    """The twin of `world` with these parameters and these interventions beside its own."""
    _check(world, params, interventions)
    plan = (*world.plan.interventions, *interventions)
    if world.day == 0 and params != world.params:
        # parameters of people and first views act here and never again
        return type(world)(
            params, world.network, rules=world.rules, interventions=plan,
            threads=world.engine.threads,
        )  # fmt: skip
    twin = type(world).__new__(type(world))
    twin.params, twin.network, twin.rules = params, world.network, world.rules
    twin.day, twin.burn_in, twin._today = world.day, world.burn_in, None
    twin.state = copied(world.state)
    twin.plan = world.plan.extended(interventions)
    tables = world.history.tables()
    twin.history = History({name: tables[name] for name in TABLES}, world.history.kept())
    twin.start_engine(world.engine.threads)
    return twin


def copied(state: State) -> State:
    """The same state in arrays of its own."""
    agents, bonds, places = (type(part)(*(column.copy() for column in part)) for part in state)
    return State(agents, bonds, places)  # type: ignore[arg-type]


def differs(one: State, other: State) -> Array:
    """Whose own columns, or views of others, are not the same in two twins: bool (n_agents,)."""
    different: Array = one.bonds.degree != other.bonds.degree
    for a, b in zip(one.agents, other.agents, strict=True):
        different |= a != b
    alike = np.flatnonzero(~different)
    owner = np.repeat(alike, one.bonds.degree[alike])
    here, there = (slots_of(alike, state.bonds) for state in (one, other))
    changed = np.zeros(owner.size, bool)
    for name in ("partner", *COLUMNS):
        changed |= getattr(one.bonds, name)[here] != getattr(other.bonds, name)[there]
    different[owner[changed]] = True
    return different


def _check(world: World, params: Params, interventions: Sequence[Intervention]) -> None:
    if params.seed != world.params.seed:
        raise ParameterError("seed", params.seed, f"{world.params.seed}: twins share their luck")
    if params.population != world.params.population and world.day > 0:
        allowed = "as they were when people were drawn: change them from day 0 on"
        raise ParameterError("population", "other numbers", allowed)
    for planned in interventions:
        check_reach(planned, world.state)
        if planned.start < world.day:
            allowed = f"a day from {world.day} on, on which the twin begins"
            raise ParameterError(f"intervention.{planned.what}.start", planned.start, allowed)
