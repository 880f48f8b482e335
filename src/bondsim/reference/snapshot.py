"""The engine's arrays as the dictionaries of the reference model, and where the two differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from bondsim.errors import BondsimError
from bondsim.params import KINDS
from bondsim.reference.world import World as Reference
from bondsim.state import VIEWS

Snapshot = dict[str, Any]


class Difference(NamedTuple):
    """One value that is not the same: the path to it (table, row, column) and both values."""

    path: tuple[Any, ...]
    engine: Any
    reference: Any

    def __str__(self) -> str:
        path = "/".join(map(str, self.path))
        return f"{path}: engine {self.engine!r}, reference {self.reference!r}"


def snapshot(world: Any) -> Snapshot:
    """Day, persons, bonds and climates of an engine's `World`, as `ReferenceWorld` takes them.

    Raises `BondsimError` where the two halves of a bond do not fit together.
    """
    agents, bonds, places = world.state
    ids = agents.id.tolist()
    columns = {name: column.tolist() for name, column in agents._asdict().items()}
    persons = {
        i: {name: values[place] for name, values in columns.items() if name != "id"}
        | {"place": place}
        for place, i in enumerate(ids)
    }
    slots = {name: column.tolist() for name, column in bonds._asdict().items()}
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for i, first, degree in zip(ids, slots["first"], slots["degree"], strict=True):
        for slot in range(first, first + degree):
            j = ids[slots["partner"][slot]]
            shared = {name: slots[name][slot] for name in ("kind", "born", "last_met")}
            both = found.setdefault((min(i, j), max(i, j)), {**shared, "view": {}})
            if {**shared, "view": both["view"]} != both:
                raise BondsimError(f"the halves of the bond of {i} and {j} differ")
            both["view"][i] = {name: slots[name][slot] for name in VIEWS}
    for (i, j), both in found.items():
        if len(both["view"]) != 2:
            raise BondsimError(f"the bond of {i} and {j} has one half")
    return {
        "day": world.day,
        "persons": dict(sorted(persons.items())),
        "bonds": dict(sorted(found.items())),
        "climates": [float(climate) for climate in places.climate],
    }


def of_reference(world: Reference) -> Snapshot:
    """The same of a reference world."""
    return {
        "day": world.day,
        "persons": dict(sorted(world.persons.items())),
        "bonds": dict(sorted(world.bonds.items())),
        "climates": world.climates,
    }


def differences(engine: Any, reference: Any, *path: Any) -> Iterator[Difference]:
    """Where two snapshots, or parts of them, differ; nothing if they are the same."""
    if engine == reference:
        return
    if isinstance(engine, dict) and isinstance(reference, dict):
        for key in sorted(engine.keys() | reference.keys(), key=str):
            yield from differences(engine.get(key), reference.get(key), *path, key)
    else:
        yield Difference(path, engine, reference)


def events(world: Any) -> list[tuple[int, str, int, int, int]]:
    """The engine's events as the reference records them, sorted."""
    frame = world.events
    rows = zip(frame["day"], frame["event"], frame["i"], frame["j"], frame["kind"], strict=True)
    return sorted((int(d), str(e), int(i), int(j), KINDS.index(k)) for d, e, i, j, k in rows)
