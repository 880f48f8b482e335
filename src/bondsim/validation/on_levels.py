"""Rows T1 to T7: how lonely people are, for how long, and what one more tie brings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from bondsim.measures.knee import knee
from bondsim.measures.levels import of_both, prevalence
from bondsim.measures.measure import of_people
from bondsim.measures.recorded import Snapshot
from bondsim.measures.statistics import UNKNOWN, mean, sd, spearman
from bondsim.measures.ties import FRIEND as FRIEND_CUT
from bondsim.measures.ties import others_within
from bondsim.params import FAMILY, FRIEND
from bondsim.validation.life import Life

if TYPE_CHECKING:
    from bondsim.state import Array

WEEKS = 52.0
GAP = 4
"""Years between two exams of the study that T7 comes from."""


def levels(life: Life) -> dict[str, float]:
    """T1 and T2: means over all waves."""
    return {
        "T1": _mean_of(mean(of_people(wave, "lonely_days")) for wave in life.waves),
        "T2": _mean_of(prevalence(wave) for wave in life.waves),
    }


def stability(life: Life, years: int) -> float:
    """T4a and T4b: mean rank correlation of loneliness in waves so many years apart."""
    return _mean_of(spearman(*of_both(pair, "loneliness")) for pair in life.apart(years))


def drift(life: Life) -> dict[str, float]:
    """T5: the slope of the mean over years, in standard deviations between people a year."""
    years = np.arange(len(life.waves)) - 0.5 * (len(life.waves) - 1)
    means = np.array([mean(of_people(wave)) for wave in life.waves])
    slope = float(np.dot(years, means) / np.dot(years, years))
    return {"T5": slope / _mean_of(sd(of_people(wave)) for wave in life.waves)}


def bend(life: Life) -> dict[str, float]:
    """T6: where loneliness stops falling with close ties, all waves taken together."""
    number = np.concatenate([others_within(wave, FRIEND_CUT) for wave in life.waves])
    lonely = np.concatenate([of_people(wave) for wave in life.waves])
    count, place, people = np.unique(number, return_inverse=True, return_counts=True)
    means = np.bincount(place, lonely) / people
    return {"T6": knee(count.astype(float), means, people.astype(float)).at}


def more_ties(life: Life) -> dict[str, float]:
    """T7: the item four years later on the item, friends and relatives, times weeks of a year."""
    found = [_slopes(first, last) for first, last in life.apart(GAP)]
    friend, family = np.mean(found, axis=0) if found else (UNKNOWN, UNKNOWN)
    return {"T7a": float(friend), "T7b": float(family)}


def _slopes(first: Snapshot, last: Snapshot) -> Array:
    """Lonely days a year for one more friend, and for one more relative: float64 (2,)."""
    _, here, there = np.intersect1d(
        first.agents["id"], last.agents["id"], assume_unique=True, return_indices=True
    )
    x = [
        of_people(first, "lonely_days"),
        ties_of_kind(first, FRIEND, FRIEND_CUT).astype(float),
        ties_of_kind(first, FAMILY, 0.0).astype(float),
    ]
    y = of_people(last, "lonely_days")[there]
    return WEEKS * slopes(y, [column[here] for column in x])[1:]


def ties_of_kind(now: Snapshot, kind: int, cut: float) -> Array:
    """How many others of this kind each person is as close to as `cut`: int64 (n_agents,)."""
    number = np.zeros(now.n_agents, np.int64)
    for place, side in ((now.i, "ij"), (now.j, "ji")):
        chosen = (now.bonds["kind"] == kind) & (now.bonds[f"closeness_{side}"] >= cut)
        number += np.bincount(place[chosen], minlength=now.n_agents)
    return number


def slopes(y: Array, x: list[Array]) -> Array:
    """Least squares of `y` (n,) on a constant and the columns `x`: their coefficients (k,).

    NaN for a column that is the same in all, which says nothing.
    """
    varies = [bool(np.ptp(column) > 0.0) if column.size else False for column in x]
    columns = [column for column, some in zip(x, varies, strict=True) if some]
    found = np.full(len(x), UNKNOWN)
    if columns and y.size > len(columns) + 1:
        design = np.stack([np.ones(y.size), *columns], axis=1)
        found[varies] = np.linalg.lstsq(design, y, rcond=None)[0][1:]
    return found


def _mean_of(values: Iterable[float]) -> float:
    """The mean of what is known of these numbers."""
    return mean(np.array(list(values), float))
