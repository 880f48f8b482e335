"""Planned edits of a world: who x what x when x cost, applied in the morning, before `meet`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bondsim import bond_edits, chance, rows
from bondsim.compiling import uniform_rows
from bondsim.engine import Engine, Log
from bondsim.errors import ParameterError
from bondsim.network.adjacency import triangles
from bondsim.params import Checked, par
from bondsim.state import Array, State, places_of

TRAIT_OF = {
    "presence": "presence", "empathy": "empathy", "listening": "interest",
    "first_step": "initiative",
}  # fmt: skip
"""Trainings and the trait that each raises."""
FACTOR_OF = {
    "cognition": "vigilance_factor", "phone_free": "distraction_factor",
    "lockdown": "mobility_factor",
}  # fmt: skip
"""Changes that lower a factor which is 1 otherwise."""
OF_PAIRS = ("add_bond", "cut_bond")
"""Edits of the bonds between people, taken two by two in order of id."""
ONCE = ("befriending", "toxic_exit", "group", "job_loss", *OF_PAIRS)
WHATS = (*TRAIT_OF, *FACTOR_OF, "loneliness", *ONCE)
COUNTED = ("random", "loneliest", "most_central", "periphery", "friend_of_random", "bridges")
"""Choices of `n` people; the others say themselves how many they are."""
WHOS = (*COUNTED, "everyone", "context", "list")


@dataclass(frozen=True)
class Intervention(Checked):
    """One planned change: ODD 7.8 says what each `who` and `what` does."""

    GROUP = "intervention"

    what: str = par("listening", "what is changed", choices=WHATS)
    who: str = par("random", "who is reached", choices=WHOS)
    n: int = par(
        10, "number of people reached, unless who = everyone, context or list", unit="people",
        low=1, high=50_000_000,
    )  # fmt: skip
    start: int = par(0, "first day", unit="day", high=10_000_000)
    length: int = par(90, "days at full level", unit="days", low=1, high=10_000_000)
    fade: int = par(0, "days on which the level falls to 0 afterwards", unit="days", high=1_000_000)
    dose: float = par(0.2, "size of the change at full level", low=-1.0)
    hours: float = par(0.0, "cost: person-hours for each person and day", unit="h/day", high=24.0)
    context: int = par(0, "the context, for who = context", high=50_000_000)
    ids: tuple[int, ...] = par((), "the people, for who = list")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.who == "list" and not self.ids:
            raise ParameterError("intervention.ids", self.ids, "at least one id for who = list")

    def level(self, day: int) -> float:
        """How much of the dose is in force on `day`, in [0, 1]."""
        if day < self.start:
            return 0.0
        over = day - self.start - self.length + 1
        return 1.0 if over <= 0 else max(0.0, 1.0 - over / (self.fade + 1))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as written to files."""
        return {**asdict(self), "ids": list(self.ids)}


class Plan:
    """The interventions of one world, whom they reached, and what must be put back.

    `partners`: the other sides of the bonds that each made or cut, as places of that day.
    """

    def __init__(self, interventions: Sequence[Intervention], state: State) -> None:
        self.interventions = tuple(interventions)
        self.cost = 0.0
        self.targets: dict[int, Array] = {}
        self.partners: dict[int, Array] = {}
        self.borrowed: dict[int, Array] = {}
        kept = ("context", *set(TRAIT_OF.values()))
        self.base = {column: getattr(state.agents, column).copy() for column in kept}

    def apply(self, day: int, engine: Engine, state: State, log: Log) -> State:
        """Make the day's edits, one intervention after the other; targets are places."""
        for m, planned in enumerate(self.interventions):
            if day == planned.start:
                self.targets[m] = choose(planned, m, engine, state)
                state = self._begin(m, planned, day, engine, state, log)
            if m in self.borrowed and day == planned.start + planned.length:
                del self.borrowed[m]
                state = self._with_contexts(state)
            level = planned.level(day)
            if level > 0.0:
                self.cost += planned.hours * self.targets[m].size
                if planned.what == "loneliness":
                    _push_loneliness(planned.dose * level, self.targets[m], state)
        self._set_levels(day, state)
        return state

    def extended(self, interventions: Sequence[Intervention]) -> Plan:
        """A plan that stands where this one does, with more interventions behind its own."""
        other = copy(self)
        other.interventions = (*self.interventions, *interventions)
        other.targets = {m: places.copy() for m, places in self.targets.items()}
        other.partners = dict(self.partners)
        other.borrowed = {m: codes.copy() for m, codes in self.borrowed.items()}
        other.base = {column: values.copy() for column, values in self.base.items()}
        return other

    def forget(self, places: Array, state: State) -> State:
        """Newcomers took these places: no intervention reaches them, and their traits are new."""
        for m, targets in self.targets.items():
            stays = ~np.isin(targets, places)
            if m in self.borrowed:
                self.borrowed[m] = self.borrowed[m][stays]
            self.targets[m] = targets[stays]
        for trait in set(TRAIT_OF.values()):
            self.base[trait][places] = getattr(state.agents, trait)[places]
        return self._with_contexts(state)

    def _begin(
        self, m: int, planned: Intervention, day: int, engine: Engine, state: State, log: Log
    ) -> State:
        targets = self.targets[m]
        if planned.what == "befriending":
            i, self.partners[m] = bond_edits.helpers(m, targets, day, engine, state)
            return bond_edits.befriend(i, self.partners[m], day, engine, state, log)
        if planned.what == "toxic_exit":
            slots = bond_edits.closest(targets, day - 1, engine, state)
            self.partners[m] = state.bonds.partner[slots].astype(np.int64)
            return bond_edits.leave_closest(planned.dose, slots, day, engine, state, log)
        if planned.what == "cut_bond":
            return bond_edits.cut_pairs(targets, state, log)
        if planned.what == "add_bond":
            return bond_edits.bond_pairs(targets, day, engine, state, log)
        if planned.what in ("group", "job_loss"):
            alone = planned.what == "job_loss"
            fresh = np.arange(targets.size) if alone else np.zeros(targets.size, np.int64)
            self.borrowed[m] = (state.places.climate.size + fresh).astype(np.int32)
            if alone:
                stress = state.agents.stress
                stress[targets] = np.clip(stress[targets].astype(float) + planned.dose, 0.0, 1.0)
            return self._with_contexts(state)
        return state

    def _with_contexts(self, state: State) -> State:
        """Everyone in their own context and its company, but for those placed elsewhere.

        A group is company beside one's own context; a lost job takes the context away too.
        """
        context, company = state.agents.context, state.agents.company
        context[:] = company[:] = self.base["context"]
        for m in sorted(self.borrowed):
            company[self.targets[m]] = self.borrowed[m]
            if self.interventions[m].what == "job_loss":
                context[self.targets[m]] = self.borrowed[m]
        known = state.places.climate
        most = max([known.size - 1, *(codes.max(initial=0) for codes in self.borrowed.values())])
        climate = np.zeros(int(most) + 1, np.float32)
        climate[: known.size] = known
        return state._replace(places=places_of(climate, company, state.agents.id))

    def _set_levels(self, day: int, state: State) -> None:
        """Traits and factors as all interventions together have them today."""
        for names, sign in ((TRAIT_OF, 1.0), (FACTOR_OF, -1.0)):
            for column in names.values():
                change = self._change(names, column, day, state)
                if change is not None:
                    values = getattr(state.agents, column)
                    base = self.base[column].astype(float) if sign > 0 else 1.0
                    values[:] = np.clip(base + sign * change, 0.0, 1.0)

    def _change(self, names: dict[str, str], column: str, day: int, state: State) -> Array | None:
        """Sum of dose times level over the interventions on `column`; None if none ever began."""
        change = None
        for m, planned in enumerate(self.interventions):
            if names.get(planned.what) == column and m in self.targets:
                change = np.zeros(state.agents.id.size) if change is None else change
                change[self.targets[m]] += planned.dose * planned.level(day)
        return change


def check_reach(planned: Intervention, state: State) -> None:
    """Refuse a plan for people or a context that the world does not have when it starts."""
    path, most = f"intervention.{planned.what}", state.agents.id.size
    if planned.who in COUNTED and planned.n > most:
        allowed = f"at most {most:,}, the people of this town"
        raise ParameterError(f"{path}.n", planned.n, allowed)
    if planned.who == "list":
        unknown = sorted(set(planned.ids) - set(state.agents.id.tolist()))
        if unknown:
            raise ParameterError(f"{path}.ids", unknown[0], "ids of people in this world")
    if planned.who == "context" and planned.context not in state.agents.context:
        last = int(state.agents.context.max())
        raise ParameterError(f"{path}.context", planned.context, f"in [0, {last}]")


def choose(planned: Intervention, m: int, engine: Engine, state: State) -> Array:
    """Places of the people whom intervention number `m` reaches, in rising order of id."""
    ids, agents = state.agents.id, state.agents
    u = uniform_rows(engine.key, planned.start, chance.INTERVENTION, ids, m)
    by_chance = np.lexsort((ids, u[:, 0]))
    if planned.who == "everyone":
        chosen = np.arange(ids.size)
    elif planned.who == "list":
        chosen = np.flatnonzero(np.isin(ids, planned.ids))
    elif planned.who == "context":
        chosen = np.flatnonzero(agents.context == planned.context)
    elif planned.who == "friend_of_random":
        chosen = _friends_of(by_chance, u[:, 1], planned.n, state)
    else:
        score = _RANKING[planned.who](engine, state)
        usable = by_chance[np.isfinite(score[by_chance])]
        chosen = usable[np.argsort(score[usable], kind="stable")][: planned.n]
    return np.asarray(chosen[np.argsort(ids[chosen])], dtype=np.int64)


_RANKING: dict[str, Callable[[Engine, State], Array]] = {
    "random": lambda engine, state: np.zeros(state.agents.id.size),
    "loneliest": lambda engine, state: -engine.read_outs(state)["loneliness"],
    "most_central": lambda engine, state: -state.bonds.degree.astype(float),
    "periphery": lambda engine, state: state.bonds.degree.astype(float),
    "bridges": lambda engine, state: closure(state),
}
"""For each rule of targeting, a score per person: the lowest are reached first."""


def closure(state: State) -> Array:
    """Share of the pairs of one's partners that are bonded; inf with fewer than two bonds."""
    slots, _ = rows.used_slots(state.bonds)
    degree = state.bonds.degree
    first = np.concatenate([[0], np.cumsum(degree, dtype=np.int64)])
    linked = 2.0 * triangles(first, state.bonds.partner[slots])
    pairs = degree * (degree - 1.0)
    shares: Array = np.full(degree.size, np.inf)
    np.divide(linked, pairs, out=shares, where=pairs > 0)
    return shares


def _friends_of(order: Array, pick: Array, n: int, state: State) -> Array:
    """One partner of each person in `order`, until `n` different people are found."""
    bonds = state.bonds
    asked = order[bonds.degree[order] > 0]
    slots = bonds.first[asked] + (pick[asked] * bonds.degree[asked]).astype(np.int64)
    found, rank = np.unique(bonds.partner[slots], return_index=True)
    friends: Array = found[np.argsort(rank)][:n].astype(np.int64)
    return friends


def _push_loneliness(push: float, targets: Array, state: State) -> None:
    for facet in (state.agents.emotional, state.agents.social):
        facet[targets] = np.clip(facet[targets].astype(float) + push, 0.0, 1.0)
