"""`Person`: one of the world's people as a Mesa agent, read from the world's arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from mesa.discrete_space import CellAgent

from bondsim.errors import ParameterError
from bondsim.params import KINDS
from bondsim.state import FIELDS, View

if TYPE_CHECKING:
    from bondsim.mesa_model.model import BondModel
    from bondsim.state import Array


class Bond(NamedTuple):
    """One person's side of a bond, as of the end of the last day.

    `kind` is the name of a kind; `born` and `last_met` are days, negative for days before the
    start; `kept` and `broken` weigh promises; the other views are in [0, 1].
    """

    other: Person
    kind: str
    born: int
    last_met: int
    kept: float
    broken: float
    ceiling: float
    trust: float
    regard: float
    understanding: float
    closeness: float
    felt: float


class Person(CellAgent):  # type: ignore[misc]  # mesa has no types
    """One place of the world and whoever lives there.

    Every column of ``bondsim.state.FIELDS["agents"]`` is a property, read from the world's arrays.
    They cannot be set: what changes people is an `Intervention`, which is recorded with the run.
    With turnover a newcomer takes the place: `unique_id` and `place` stay, `id` is the newcomer's.
    Removing a person only removes this view of them; their life goes on in the world.
    """

    model: BondModel

    def __init__(self, model: BondModel, place: int) -> None:
        super().__init__(model)
        self.place = place

    @property
    def label(self) -> str:
        """The user's own name for the person; the id where there is none."""
        return self.model.world.network.names([self.id])[0]

    @property
    def loneliness(self) -> float:
        """Loneliness in [0, 1]: the mean of both facets."""
        agents, place = self._agents(), self.place
        return float(
            self.model.world.rules.loneliness(
                np.float64(agents.emotional[place]), np.float64(agents.social[place])
            )
        )

    @property
    def lonely_days(self) -> float:
        """Lonely days a week, as the CES-D item asks."""
        world = self.model.world
        observe = world.params.observe
        return float(
            world.rules.lonely_days(self.loneliness, observe.cut_1, observe.cut_2, observe.cut_3)
        )

    @property
    def degree(self) -> int:
        """Number of bonds."""
        return int(self.model.world.state.bonds.degree[self.place])

    @property
    def bonds(self) -> list[Bond]:
        """The person's side of each of their bonds, in rising order of the others' ids."""
        columns, slots, people = self.model.world.state.bonds, self._slots(), self.model.people
        return [
            Bond(
                people[int(columns.partner[s])], KINDS[columns.kind[s]], int(columns.born[s]),
                int(columns.last_met[s]), view[0], view[1], float(columns.ceiling[s]), *view[2:],
            )
            for s, view in zip(slots, self._views(slots).tolist(), strict=True)
        ]  # fmt: skip

    def trust_in(self, other: Person) -> float | None:
        """Trust in `other`, in [0, 1]; None without a bond."""
        return self._toward(other, "trust")

    def felt_toward(self, other: Person) -> float | None:
        """Felt connection with `other`, in [0, 1]; None without a bond."""
        return self._toward(other, "felt")

    def live(self, one_pass: Callable[..., Any], done: dict[int, Any], *rest: Any) -> None:
        """Do this person's part of one pass of the day; see `bondsim.mesa_model.teaching`."""
        done[self.place] = one_pass(self.place, self.place + 1, *rest)

    def _agents(self) -> Any:
        return self.model.world.state.agents

    def _slots(self) -> Array:
        bonds = self.model.world.state.bonds
        first = bonds.first[self.place]
        return np.arange(first, first + bonds.degree[self.place])

    def _views(self, slots: Array) -> Array:
        world = self.model.world
        return world.engine.views_on(world.day - 1, slots, world.state)

    def _toward(self, other: Person, name: str) -> float | None:
        if not isinstance(other, Person) or other.model is not self.model:
            raise ParameterError("other", other, "a Person of the same model")
        slots = self._slots()
        slots = slots[self.model.world.state.bonds.partner[slots] == other.place]
        return float(self._views(slots)[0, View._fields.index(name)]) if slots.size else None


def _column(name: str) -> property:
    field = FIELDS["agents"][name]

    def read(person: Person) -> int | float:
        value: int | float = getattr(person.model.world.state.agents, name)[person.place].item()
        return value

    def refuse(person: Person, value: Any) -> None:
        raise AttributeError(
            f"{name} of a Person cannot be set; plan an Intervention, which the run records"
        )

    return property(read, refuse, doc=f"{field.doc} [{field.unit}]")


for _name in FIELDS["agents"]:
    setattr(Person, _name, _column(_name))
