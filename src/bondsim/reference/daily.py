"""What a day leaves of each person, and the daily series: from the reference's own state."""

from __future__ import annotations

from typing import Any

import numpy as np

from bondsim.params import KINDS
from bondsim.reference.world import World, add, f32

MEANS = ("emotional", "social", "self_worth", "stress", "hurt", "security", "received", "chronic")


def of_people(world: Any) -> dict[int, dict[str, float]]:
    """At the end of a day: how each person spent it and what their bonds are to them.

    By the names of the engine's columns: stretch of the day, perceived regard, chosen hours,
    meetings, sums of closeness and felt over one's views, and number of close bonds.
    """
    meetings: dict[int, list[float]] = {i: [] for i in world.persons}
    for i, j in sorted(world.hours):
        if world.hours[i, j] > 0.0 or world.duty[i, j] > 0.0:
            chosen = world.hours[i, j] * min(world.scale[i], world.scale[j])
            meetings[i].append(chosen)
            meetings[j].append(chosen)
    found = {}
    for i in world.persons:
        views = [world.read(i, j, world.day) for j in world.partners(i)]
        found[i] = {
            "scale": world.scale[i],
            "perceived": world.esteem[i],
            "time": f32(add(meetings[i])),
            "n_met": len(meetings[i]),
            "closeness": f32(add(view.closeness for view in views)),
            "felt": f32(add(view.felt for view in views)),
            "n_close": sum(view.closeness >= world.params.relate.close_cut for view in views),
        }
    return found


def series(world: World) -> dict[str, float]:
    """The day's row of the daily series, by name."""
    people, p = of_people(world), world.params.observe
    lonely = np.array([world.lonely(i) for i in world.persons])
    kinds = [bond["kind"] for bond in world.bonds.values()]
    views = max(1, 2 * len(world.bonds))
    days = [world.rules.lonely_days(z, p.cut_1, p.cut_2, p.cut_3) for z in lonely]

    def mean(name: str) -> float:
        return float(np.mean([person[name] for person in people.values()]))

    return {
        "day": world.day,
        "loneliness": lonely.mean(),
        "loneliness_sd": lonely.std(),
        "lonely_days": np.mean(days),
        "scale_score": np.mean([world.rules.scale_score(z) for z in lonely]),
        "share_lonely": np.mean(lonely >= p.lonely_cut),
        **{name: np.mean([q[name] for q in world.persons.values()]) for name in MEANS},
        "meetings": mean("n_met"),
        "hours": mean("time"),
        "closeness": sum(person["closeness"] for person in people.values()) / views,
        "felt": sum(person["felt"] for person in people.values()) / views,
        "close_ties": mean("n_close"),
        "isolated": np.mean([not world.partners(i) for i in world.persons]),
        "bonds": len(world.bonds),
        **{f"bonds_{name}": kinds.count(kind) for kind, name in enumerate(KINDS)},
    }


def counts(world: World) -> dict[str, int]:
    """How often each event happened today, if it did."""
    today = [event for day, event, *_ in world.events if day == world.day]
    return {f"n_{event}": today.count(event) for event in set(today)}
