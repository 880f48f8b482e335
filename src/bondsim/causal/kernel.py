"""What the sums over twins say: effects by day, the spread kernel, the reproduction number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from bondsim.causal.analysis import rows_table
from bondsim.causal.intervals import UNKNOWN, ends, mean_interval, ratio_interval

if TYPE_CHECKING:
    from bondsim.state import Array
    from bondsim.tables import Table

NEVER = -1
"""The day on which somebody diverged who never did; the distance of who is not connected, and of
sums over all others."""


def spread_kernel(by_distance: Mapping[str, Array], start: int) -> Table:
    """Change in loneliness at each distance on each day, for one unit at those who were changed.

    The unit is the change found in them on the day on which it is largest: the first, of a push.
    Columns: `day`; `after` (days since `start`); `distance`; `people` (mean number); `total`, of
    all people at that distance together, and `each`, of one of them on average, with 95 % intervals
    over replicates.
    """
    sums = {name: _grid(by_distance, name) for name in ("effect", "people")}
    days, distances = (np.unique(by_distance[name]) for name in ("day", "distance"))
    unit = sums["effect"][:, np.abs(sums["effect"][:, :, 0].mean(axis=0)).argmax(), 0]
    rows = []
    for t, day in enumerate(days):
        for d, distance in enumerate(distances):
            effect, people = sums["effect"][:, t, d], sums["people"][:, t, d]
            total = ratio_interval(effect, unit)
            mean = np.divide(effect, people, out=np.full(effect.shape, np.nan), where=people > 0)
            each = ratio_interval(mean, unit / np.maximum(sums["people"][:, 0, 0], 1))
            rows.append(
                {
                    "day": int(day),
                    "after": int(day) - start,
                    "distance": int(distance),
                    "people": float(people.mean()),
                    **ends("total", total),
                    **ends("each", each),
                }
            )
    return rows_table(rows)


def reproduction(by_distance: Mapping[str, Array]) -> Table:
    """The reproduction number of loneliness, by distance and over all others (`distance` -1).

    `lonely`: lonely days of others for each lonely day of those who were changed, over all days
    looked at: how many others one more lonely person makes lonely, at whatever remove.
    `loneliness`: the same for loneliness itself, in units of it. 95 % intervals over replicates.
    """
    people = _grid(by_distance, "people").sum(axis=1)
    rows = []
    for outcome, column in (("lonely", "lonely"), ("loneliness", "effect")):
        sums = _grid(by_distance, column).sum(axis=1)
        own = sums[:, 0]
        groups = {NEVER: sums[:, 1:].sum(axis=1)}
        groups |= {d: sums[:, d] for d in range(1, sums.shape[1])}
        for distance, others in groups.items():
            nobody = not (people[:, 1:] if distance == NEVER else people[:, distance]).any()
            found = UNKNOWN if nobody else ratio_interval(others, own)
            rows.append({"outcome": outcome, "distance": distance, **ends("number", found)})
    return rows_table(rows)


def _grid(table: Mapping[str, Array], column: str) -> Array:
    """A column as (replicates, days, distances); rows lie in this order."""
    shape = [np.unique(table[name]).size for name in ("replicate", "day", "distance")]
    return np.asarray(table[column], float).reshape(shape)


def mean_effects(by_distance: Mapping[str, Array]) -> Table:
    """Mean effect on a person's loneliness by day and distance, with 95 % intervals.

    `distance` -1: all people. Columns: day, distance, effect, low, high.
    """
    effect, people = (_grid(by_distance, name) for name in ("effect", "people"))
    days = np.unique(by_distance["day"])
    rows = []
    for t, day in enumerate(days):
        groups = {NEVER: effect[:, t].sum(axis=1) / people[:, t].sum(axis=1)}
        for d in range(effect.shape[2]):
            some = people[:, t, d]
            groups[d] = np.divide(
                effect[:, t, d], some, out=np.full(some.shape, np.nan), where=some > 0
            )
        for distance, values in groups.items():
            known = mean_interval(values)
            rows.append(
                {
                    "day": int(day),
                    "distance": distance,
                    "effect": known.value,
                    "low": known.low,
                    "high": known.high,
                }
            )
    return rows_table(rows)
