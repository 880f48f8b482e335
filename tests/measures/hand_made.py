"""Runs made by hand, so that every answer of a survey can be counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bondsim import Params


@dataclass(frozen=True)
class HandMade:
    """A run as measures see it."""

    tables: dict[str, dict[str, np.ndarray]]
    params: Params = field(default_factory=Params)
    cost: float = 0.0


def town(days: dict[int, tuple[dict[str, Any], list[dict[str, Any]]]]) -> HandMade:
    """A run with these people and bonds on each day.

    People: columns with `id` and `loneliness`. Bonds: i, j and whatever is not 0.
    """
    agents, bonds = [], []
    for day, (people, pairs) in days.items():
        n = len(people["id"])
        lonely = np.asarray(people["loneliness"], np.float32)
        agents.append({
            "day": np.full(n, day, np.int32), "id": np.asarray(people["id"], np.int64),
            "loneliness": lonely, "emotional": lonely, "social": lonely,
            "lonely_days": np.select(
                [lonely < 0.36, lonely < 0.47, lonely < 0.55], [0.5, 1.5, 3.5], 6.0
            ).astype(np.float32),
            "scale_score": 20 + 60 * lonely,
            "context": np.asarray(people.get("context", [0] * n), np.int32),
        })  # fmt: skip
        kinds = {
            "i": np.int64, "j": np.int64, "kind": np.int8, "born": np.int32, "last_met": np.int32,
            **{f"{view}_{side}": np.float32 for view in ("closeness", "felt") for side in
               ("ij", "ji")},
        }  # fmt: skip
        table = {name: np.array([p.get(name, 0) for p in pairs], t) for name, t in kinds.items()}
        bonds.append({"day": np.full(len(pairs), day, np.int32), **table})
    whole = {
        name: {c: np.concatenate([t[c] for t in tables]) for c in tables[0]}
        for name, tables in (("agents", agents), ("bonds", bonds))
    }
    return HandMade(whole)


def crowd(n: int, loneliness: np.ndarray, days: tuple[int, ...] = (0,)) -> HandMade:
    """People without bonds."""
    return town({day: ({"id": np.arange(n), "loneliness": loneliness}, []) for day in days})
