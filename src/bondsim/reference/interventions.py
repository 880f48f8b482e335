"""Planned interventions: who, what, when (ODD 7.8).

An intervention is any object with `what`, `who`, `n`, `start`, `length`, `fade`, `dose`, `hours`,
`context` and `ids`.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

from bondsim import chance
from bondsim.params import FAMILY, FRIEND
from bondsim.reference import draws
from bondsim.reference.world import World, add, clip, f32

TRAIT_OF = {
    "presence": "presence", "empathy": "empathy", "listening": "interest",
    "first_step": "initiative",
}  # fmt: skip
MODIFIER_OF = {
    "cognition": "vigilance_factor", "phone_free": "distraction_factor",
    "lockdown": "mobility_factor",
}  # fmt: skip
BEFRIENDER = 65536


def level(step: Any, day: int) -> float:
    """The share of the dose on a day."""
    if day < step.start:
        return 0.0
    if day < step.start + step.length:
        return 1.0
    return max(0.0, 1.0 - (day - step.start - step.length + 1) / (step.fade + 1))


class Interventions:
    """The plan of one world: who was chosen, what they were before, what it has cost so far."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.targets: dict[int, list[int]] = {}
        self.own = {i: person["context"] for i, person in world.persons.items()}
        self.borrowed: dict[int, dict[int, int]] = {}
        self.base: dict[tuple[int, str], float] = {}
        self.person_hours = 0.0

    def apply(self) -> None:
        """Today's part of every intervention, in the order of the plan."""
        world = self.world
        for m, step in enumerate(world.plan):
            if world.day == step.start:
                self.targets[m] = self._choose(m, step)
                self._begin(m, step)
            if world.day == step.start + step.length and self.borrowed.pop(m, None) is not None:
                self._place_people()
            share = level(step, world.day)
            if share > 0.0:
                here = [i for i in self.targets.get(m, ()) if i in world.persons]
                self.person_hours += step.hours * len(here)
                if step.what == "loneliness":
                    self._shift(m, step.dose * share)
        self._set_columns()
        world.forget_readings()

    # --- who ------------------------------------------------------------------------------------

    def _luck(self, m: int, i: int) -> draws.Draws:
        return self.world.uniforms(chance.INTERVENTION, i, m)

    def _choose(self, m: int, step: Any) -> list[int]:
        """The targets, in rising order of id."""
        world, luck = self.world, {i: self._luck(m, i)[0] for i in self.world.persons}
        if step.who == "everyone":
            return sorted(world.persons)
        if step.who == "list":
            return sorted(i for i in set(step.ids) if i in world.persons)
        if step.who == "context":
            return sorted(i for i, p in world.persons.items() if p["context"] == step.context)
        if step.who == "friend_of_random":
            return self._friends_of_random(m, step.n, sorted(luck, key=luck.__getitem__))
        people = list(world.persons)
        if step.who == "bridges":
            people = [i for i in people if len(world.partners(i)) >= 2]
        rank = {
            "random": lambda i: 0.0,
            "loneliest": lambda i: -world.lonely(i),
            "most_central": lambda i: -len(world.partners(i)),
            "periphery": lambda i: len(world.partners(i)),
            "bridges": self._closed_share,
        }[step.who]
        return sorted(sorted(people, key=lambda i: (rank(i), luck[i]))[: step.n])

    def _friends_of_random(self, m: int, n: int, order: list[int]) -> list[int]:
        found: set[int] = set()
        for i in order:
            partners = self.world.partners(i)
            if partners and len(found) < n:
                found.add(partners[int(self._luck(m, i)[1] * len(partners))])
        return sorted(found)

    def _closed_share(self, i: int) -> float:
        """Share of pairs of i's partners that are bonded to each other."""
        pairs = list(combinations(self.world.partners(i), 2))
        return sum(pair in self.world.bonds for pair in pairs) / len(pairs)

    # --- what -----------------------------------------------------------------------------------

    def _begin(self, m: int, step: Any) -> None:
        """What happens once, on the first day."""
        world, targets = self.world, self.targets[m]
        if step.what == "befriending":
            for i in targets:
                self._befriend(m, i)
        elif step.what == "toxic_exit":
            for i in targets:
                self._leave(i, step.dose)
        elif step.what in ("add_bond", "cut_bond"):
            self._edit_pairs(step.what, targets)
        elif step.what in ("group", "job_loss"):
            self.borrowed[m] = {}
            for number, i in enumerate(targets):
                if step.what == "job_loss" or number == 0:
                    world.climates.append(0.0)
                self.borrowed[m][i] = len(world.climates) - 1
            self._place_people()
            for i in targets if step.what == "job_loss" else ():
                person = world.persons[i]
                person["stress"] = f32(clip(person["stress"] + step.dose))

    def _befriend(self, m: int, i: int) -> None:
        world = self.world
        free = set(world.persons) - set(self.targets[m]) - set(world.partners(i))
        if free:
            j = min(free, key=lambda k: self._luck(BEFRIENDER + m, k)[0])
            world.make_bond(i, j, FRIEND, "made", world.day - 1)

    def _edit_pairs(self, what: str, targets: list[int]) -> None:
        """Targets two by two become friends, or lose their bond."""
        for i, j in zip(targets[::2], targets[1::2], strict=False):
            bonded = j in self.world.partners(i)
            if what == "cut_bond" and bonded:
                self.world.cut_bond(i, j, "left")
            if what == "add_bond" and not bonded:
                self.world.make_bond(i, j, FRIEND, "made", self.world.day - 1)

    def _leave(self, i: int, dose: float) -> None:
        """Target i leaves the bond in which they feel most, kin apart."""
        world = self.world
        chosen = [j for j in world.partners(i) if world.bond(i, j)["kind"] != FAMILY]
        if not chosen:
            return
        j = max(chosen, key=lambda k: world.read(i, k, world.day - 1).felt)
        for one, other in ((i, j), (j, i)):
            person, view = world.persons[one], world.read(one, other, world.day - 1)
            pain = world.params.part.loss_stress * view.closeness
            person["stress"] = f32(clip(person["stress"] + pain))
        hurt = world.persons[i]["hurt"]
        world.persons[i]["hurt"] = f32(clip(hurt + dose * (1.0 - hurt)))
        world.cut_bond(i, j, "left")

    def _place_people(self) -> None:
        """Everyone in their own context, but for those whom an intervention has placed."""
        for i, person in self.world.persons.items():
            person["context"] = person["company"] = self.own[i]
            for m in sorted(self.borrowed):
                person["company"] = self.borrowed[m].get(i, person["company"])
                if self.world.plan[m].what == "job_loss":
                    person["context"] = self.borrowed[m].get(i, person["context"])

    def newcomer(self, i: int, leaver: int) -> int:
        """The context of newcomer i, who takes the place of `leaver`: the leaver's own."""
        self.own[i] = self.own[leaver]
        return self.own[i]

    def _shift(self, m: int, change: float) -> None:
        for i in self.targets.get(m, ()):
            if i in self.world.persons:
                person = self.world.persons[i]
                for facet in ("emotional", "social"):
                    person[facet] = f32(clip(person[facet] + change))

    def _set_columns(self) -> None:
        """Traits and modifiers from the sums over all interventions on them."""
        world = self.world
        changes: dict[tuple[int, str], list[float]] = {}
        for m, step in enumerate(world.plan):
            column = TRAIT_OF.get(step.what) or MODIFIER_OF.get(step.what)
            for i in self.targets.get(m, ()) if column else ():
                if i in world.persons:
                    change = step.dose * level(step, world.day)
                    changes.setdefault((i, str(column)), []).append(change)
        for (i, column), parts in changes.items():
            person = world.persons[i]
            if column in MODIFIER_OF.values():
                person[column] = f32(clip(1.0 - add(parts)))
            else:
                base = self.base.setdefault((i, column), person[column])
                person[column] = f32(clip(base + add(parts)))
