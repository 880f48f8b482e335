"""A survey of a world, as field researchers would hold one: waves, few named friends, drop-out.

What a questionnaire cannot see is lost on purpose; estimators are judged on what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim import chance
from bondsim.compiling import uniform_rows
from bondsim.errors import ParameterError
from bondsim.measures.recorded import Recorded, Snapshot, snapshot

if TYPE_CHECKING:
    from bondsim.measures.recorded import Table
    from bondsim.state import Array

LEAVES, SKIPS = 0, 1
"""The decisions of a person in a wave."""


class Survey(NamedTuple):
    """`people`: a row for each member of the panel and wave; `ties`: a row for each naming."""

    people: Table
    ties: Table


def survey(
    run: Recorded,
    *,
    days: Sequence[int],
    name_cap: int = 5,
    missing: float = 0.0,
    attrition: float = 0.0,
    seed: int,
) -> Survey:
    """Ask everybody of the first wave again in each later one.

    `days`: rising days of the waves, each kept as a snapshot of the run. `name_cap`: most others a
    person may name; they name those they feel closest to, ties broken by the smaller id.
    `missing`: chance in [0, 1] that a member skips a wave; `attrition`: chance that a member leaves
    for good before each wave but the first. People who moved away are gone as well.

    `people`: `wave` int32 from 1, `day` int32, `id` int64, `answered` bool, `lonely_days` (CES-D
    item, days/week), `scale_score` (20-80) and `named` (others named) float64, NaN without an
    answer. `ties`: `wave`, `day`, `i` (who names), `j` (who is named, perhaps not in the panel),
    `kind` int8, `rank` int32 from 1.
    """
    _check(days, name_cap, missing, attrition)
    panel: Array | None = None
    people: list[Table] = []
    ties: list[Table] = []
    for wave, day in enumerate(days, start=1):
        now = snapshot(run, day)
        if panel is None:
            panel = now.agents["id"]
        else:
            stay = uniform_rows(seed, day, chance.SURVEY, panel, LEAVES)[:, 0] >= attrition
            panel = panel[stay & np.isin(panel, now.agents["id"])]
        answered = uniform_rows(seed, day, chance.SURVEY, panel, SKIPS)[:, 0] >= missing
        named = _namings(wave, now, panel[answered], name_cap)
        people.append(_answers(wave, now, panel, answered, named))
        ties.append(named)
    return Survey(_stacked(people), _stacked(ties))


def _check(days: Sequence[int], name_cap: int, missing: float, attrition: float) -> None:
    if not days or list(days) != sorted(set(days)):
        raise ParameterError("days", list(days), "at least one day, in rising order")
    if name_cap < 0:
        raise ParameterError("name_cap", name_cap, "a whole number of at least 0")
    for name, value in (("missing", missing), ("attrition", attrition)):
        if not 0.0 <= value <= 1.0:
            raise ParameterError(name, value, "a chance in [0, 1]")


def _answers(wave: int, now: Snapshot, panel: Array, answered: Array, named: Table) -> Table:
    place = np.searchsorted(now.agents["id"], panel)
    order = np.searchsorted(panel, named["i"])
    number = np.bincount(order, minlength=panel.size).astype(float)
    columns = {
        **{name: now.agents[name][place].astype(float) for name in ("lonely_days", "scale_score")},
        "named": number,
    }
    return {
        "wave": np.full(panel.size, wave, np.int32),
        "day": np.full(panel.size, now.day, np.int32),
        "id": panel,
        "answered": answered,
        **{name: np.where(answered, values, np.nan) for name, values in columns.items()},
    }


def _namings(wave: int, now: Snapshot, members: Array, name_cap: int) -> Table:
    """Each answering member's closest others, closest first."""
    bonds, ids = now.bonds, now.agents["id"]
    asked = np.zeros(now.n_agents, dtype=bool)
    asked[np.searchsorted(ids, members)] = True
    sides = ((now.i, now.j, "ij"), (now.j, now.i, "ji"))
    named = [np.flatnonzero(asked[who]) for who, _, _ in sides]
    who, whom, closeness, kind = (
        np.concatenate(parts)
        for parts in zip(
            *(
                (who[k], whom[k], bonds[f"closeness_{side}"][k], bonds["kind"][k])
                for k, (who, whom, side) in zip(named, sides, strict=True)
            ),
            strict=True,
        )
    )
    order = np.lexsort((whom, -closeness, who))
    own = who[order]
    rank = np.arange(own.size) - np.searchsorted(own, own) + 1
    kept = rank <= name_cap
    order, rank = order[kept], rank[kept]
    return {
        "wave": np.full(order.size, wave, np.int32),
        "day": np.full(order.size, now.day, np.int32),
        "i": ids[who[order]],
        "j": ids[whom[order]],
        "kind": kind[order],
        "rank": rank.astype(np.int32),
    }


def _stacked(tables: list[Table]) -> Table:
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
