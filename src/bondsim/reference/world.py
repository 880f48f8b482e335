"""What the reference model knows of a world at any time: persons, bonds, views, draws.

`World` holds the state as dictionaries and answers questions about it; `model.py` adds the phases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

import bondsim.rules
from bondsim.params import KINDS, ByKind, Params
from bondsim.reference import draws

Person = dict[str, Any]
Bond = dict[str, Any]
Way = tuple[int, int]
"""(i, j): i's side of a bond."""


class Reading(NamedTuple):
    """A view as it is read on a day."""

    kept: float
    broken: float
    ceiling: float
    regard: float
    understanding: float
    closeness: float
    trust: float
    felt: float


def f32(x: float) -> float:
    """`x` rounded to single precision."""
    return float(np.float32(x))


def clip(x: float) -> float:
    """`x` held within [0, 1]."""
    return min(max(x, 0.0), 1.0)


def add(values: Iterable[float]) -> float:
    """The sum in double precision, from 0.0 and left to right (since 3.12 `sum` compensates)."""
    total = 0.0
    for value in values:
        total += value
    return total


def of(table: ByKind, kind: int) -> float:
    """The number of one kind of bond."""
    return float(getattr(table, KINDS[kind]))


class World:
    """One world from `start`: persons, bonds, climates and day, as `snapshot` makes them.

    `persons`: id -> columns and `place`. `bonds`: (smaller id, larger id) -> kind, born, last_met
    and `view`: id -> columns. `plan`: interventions.
    """

    def __init__(
        self,
        params: Params,
        start: dict[str, Any],
        rules: Any = bondsim.rules,
        plan: Sequence[Any] = (),
    ) -> None:
        self.params = params.effective()
        self.rules, self.plan = rules, plan
        self.day: int = start["day"]
        self.persons: dict[int, Person] = {
            i: dict(columns) for i, columns in sorted(start["persons"].items())
        }
        self.bonds: dict[Way, Bond] = {
            pair: {**bond, "view": {i: dict(view) for i, view in bond["view"].items()}}
            for pair, bond in start["bonds"].items()
        }
        self.climates: list[float] = list(start["climates"])
        self.events: list[tuple[int, str, int, int, int]] = []
        self.next_id = max(self.persons) + 1
        self.forget_readings()

    # --- what is asked of a world at any time ---------------------------------------------------

    def partners(self, i: int) -> list[int]:
        """The people i is bonded to, in rising order of id."""
        return self._partners[i]

    def bond(self, i: int, j: int) -> Bond:
        """The bond of i and j, whoever is named first."""
        return self.bonds[min(i, j), max(i, j)]

    def lonely(self, i: int) -> float:
        """Loneliness of i (eq. 50)."""
        return self.rules.loneliness(self.persons[i]["emotional"], self.persons[i]["social"])

    def alike(self, i: int, j: int) -> float:
        """Similarity of i and j (eq. 6)."""
        one, other = self.persons[i], self.persons[j]
        dx = one["position_x"] - other["position_x"]
        dy = one["position_y"] - other["position_y"]
        return self.rules.similarity(dx, dy, self.params.relate.similarity_width)

    def members(self, context: int) -> list[int]:
        """The people of a context, in rising order of id."""
        return sorted(i for i, person in self.persons.items() if person["company"] == context)

    def uniforms(self, purpose: int, a: int, b: int) -> draws.Draws:
        """Today's four draws of a decision of a about b."""
        return draws.uniforms(self.params.seed, self.day, purpose, a, b)

    def pair_uniforms(self, purpose: int, a: int, b: int) -> draws.Draws:
        """Today's four draws of a decision of two."""
        return draws.pair_uniforms(self.params.seed, self.day, purpose, a, b)

    def normal(self, purpose: int, a: int, b: int = 0) -> float:
        """Today's standard normal of a decision of a about b."""
        return draws.normal(self.params.seed, self.day, purpose, a, b)

    def read(self, i: int, j: int, on: int) -> Reading:
        """The view i has of j as of day `on` (ODD 7.0)."""
        if (i, j, on) not in self._readings:
            self._readings[i, j, on] = self._read(i, j, on)
        return self._readings[i, j, on]

    def _read(self, i: int, j: int, on: int) -> Reading:
        p, cool, bond = self.params.prior, self.params.cool, self.bond(i, j)
        kind, view, n = bond["kind"], bond["view"][i], float(on - bond["last_met"])

        def cooled(name: str, rest: float, half_life: float) -> float:
            return self.rules.cooled(view[name], rest, n, half_life)

        kept = cooled("kept", of(p.kept, kind), cool.evidence_half_life)
        broken = cooled("broken", of(p.broken, kind), cool.evidence_half_life)
        regard = cooled("regard", cool.neutral_regard, cool.view_half_life)
        understanding = cooled("understanding", cool.neutral_understanding, cool.view_half_life)
        closeness = cooled("closeness", 0.0, of(cool.closeness_half_life, kind))
        trust = self.rules.trust(kept, broken, view["ceiling"])
        felt = self.rules.felt(trust, regard, understanding, closeness)
        return Reading(kept, broken, view["ceiling"], regard, understanding, closeness, trust, felt)

    def forget_readings(self) -> None:
        """Views or bonds have changed: read afresh."""
        self._readings: dict[tuple[int, int, int], Reading] = {}
        self._partners: dict[int, list[int]] = {i: [] for i in self.persons}
        for i, j in self.bonds:
            self._partners[i].append(j)
            self._partners[j].append(i)
        for partners in self._partners.values():
            partners.sort()

    def record(self, event: str, i: int, j: int, kind: int) -> None:
        """Note what happened to a bond today."""
        self.events.append((self.day, event, i, j, kind))

    # --- bonds that begin and end ---------------------------------------------------------------

    def first_view(self, i: int, j: int, kind: int) -> dict[str, float]:
        """The view of j with which i begins a bond (ODD 7.5)."""
        p, cool, rules = self.params.prior, self.params.cool, self.rules
        kept = rules.first_kept(of(p.kept, kind), self.persons[i]["hurt"], p.hurt_distrust)
        regard = rules.first_regard(cool.neutral_regard, self.persons[j]["empathy"], p.impression)
        understanding = rules.first_understanding(
            cool.neutral_understanding, self.alike(i, j), p.likeness
        )
        cap = of(self.params.relate.closeness_cap, kind)
        return {
            "kept": f32(kept),
            "broken": f32(of(p.broken, kind)),
            "ceiling": 1.0,
            "regard": f32(regard),
            "understanding": f32(understanding),
            "closeness": f32(min(self.params.reach_out.first_closeness, cap)),
        }

    def make_bond(self, i: int, j: int, kind: int, event: str, day: int) -> None:
        """Bond i and j, who have not been bonded."""
        self.bonds[min(i, j), max(i, j)] = {
            "kind": kind, "born": day, "last_met": day,
            "view": {i: self.first_view(i, j, kind), j: self.first_view(j, i, kind)},
        }  # fmt: skip
        self.record(event, i, j, kind)
        self.forget_readings()

    def cut_bond(self, i: int, j: int, event: str) -> None:
        """End the bond of i and j."""
        bond = self.bonds.pop((min(i, j), max(i, j)))
        self.record(event, i, j, bond["kind"])
        self.forget_readings()
