"""The engine's arrays as the dictionaries of the reference model, and where the two differ."""

from __future__ import annotations

from typing import Any

from bondsim.params import KINDS
from bondsim.state import VIEWS
from tests.reference.world import World as Reference

Snapshot = dict[str, Any]


def snapshot(world: Any) -> Snapshot:
    """Day, persons, bonds and climates of an engine's `World`, as `ReferenceWorld` takes them."""
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
            assert {**shared, "view": both["view"]} == both, f"halves of {i, j} differ"
            both["view"][i] = {name: slots[name][slot] for name in VIEWS}
    assert all(len(both["view"]) == 2 for both in found.values()), "a half without the other"
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


def differences(engine: Any, reference: Any, where: str = "") -> list[str]:
    """Where two snapshots differ, as paths with both values; empty if they are the same."""
    if engine == reference:
        return []
    if isinstance(engine, dict) and isinstance(reference, dict):
        return [
            line
            for key in sorted(engine.keys() | reference.keys(), key=str)
            for line in differences(engine.get(key), reference.get(key), f"{where}/{key}")
        ]
    return [f"{where}: engine {engine!r}, reference {reference!r}"]


def events(world: Any) -> list[tuple[int, str, int, int, int]]:
    """The engine's events as the reference records them, sorted."""
    frame = world.events
    rows = zip(frame["day"], frame["event"], frame["i"], frame["j"], frame["kind"], strict=True)
    return sorted((int(d), str(e), int(i), int(j), KINDS.index(k)) for d, e, i, j, k in rows)
