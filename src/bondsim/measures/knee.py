"""Loneliness by the number of close bonds, and the knee where more of them help no further."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.measures.measure import measure, of_people
from bondsim.measures.recorded import Snapshot
from bondsim.measures.statistics import UNKNOWN
from bondsim.measures.ties import FRIEND, others_within

if TYPE_CHECKING:
    from bondsim.measures.recorded import Table
    from bondsim.state import Array

FEWEST = 5
"""A bent line has four numbers to it: through the means of fewer counts it goes anyway."""
TRIM = 0.05
"""Least share of people before the bend, and after it: a handful at the end would make one [A]."""
STRAIGHT = 1e-14
"""Part of all squares by which a bend must improve on a straight line: less is rounding."""


class Knee(NamedTuple):
    """A line that bends at `at`: height there, slopes before and after; NaN if it does not.

    `gain`: part of the squares left over by a straight line that the bend explains, in [0, 1].
    """

    at: float
    level: float
    before: float
    after: float
    gain: float

    def line(self, x: Array) -> Array:
        """Heights of the line at `x`."""
        apart = x - self.at
        heights: Array = self.level + np.where(apart < 0, self.before, self.after) * apart
        return heights


NO_KNEE = Knee(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)


def loneliness_by_close_bonds(now: Snapshot, cut: float = FRIEND) -> Table:
    """One row for each number of close bonds that anybody has.

    A bond is close to whose own closeness is at least `cut`. Columns: `close_bonds` int64, rising;
    `people` int64; mean `loneliness` and its `sd` between them; `fit`, the line of `knee` there.
    """
    count, people, means, squares = _by_count(now, cut)
    spread = np.sqrt(np.maximum(squares / np.maximum(people, 1) - means**2, 0.0))
    return {
        "close_bonds": count,
        "people": people,
        "loneliness": means,
        "sd": spread,
        "fit": knee(count.astype(float), means, people.astype(float)).line(count.astype(float)),
    }


def _by_count(now: Snapshot, cut: float) -> tuple[Array, Array, Array, Array]:
    """Per count: the count, the people, their mean loneliness, the sum of its squares."""
    loneliness = of_people(now)
    asked = ~np.isnan(loneliness)
    number, loneliness = others_within(now, cut)[asked], loneliness[asked]
    count, place, people = np.unique(number, return_inverse=True, return_counts=True)
    total, squares = (np.bincount(place, loneliness**p, count.size) for p in (1, 2))
    return count, people.astype(np.int64), total / np.maximum(people, 1), squares


def knee(x: Array, y: Array, weight: Array) -> Knee:
    """The bent line through points (x, y) with the least sum of weighted squares.

    `x`: float64, rising, no two alike; the bend lies between the second and the last but one, so
    that both slopes rest on at least two points, and with at least `TRIM` of all weight to each
    side of it. The least squares are found exactly (Hudson 1966): the bend is either at a point, or
    where two lines through the points before and after cross between them. No knee for fewer than
    `FEWEST` points or where a straight line does as well.
    """
    bends = [at for at in [*x[1:-1], *_crossings(x, y, weight)] if _enough(x, weight, at)]
    if x.size < FEWEST or not bends:
        return NO_KNEE
    straight = _squares(x, y, weight, _line(x))[1]
    fits = [_squares(x, y, weight, _bent(x, at)) for at in bends]
    best = min(range(len(bends)), key=lambda k: (fits[k][1], bends[k]))
    (level, before, after), left = fits[best]
    if straight - left <= STRAIGHT * float(np.dot(weight, y * y)):
        return NO_KNEE
    return Knee(
        float(bends[best]), float(level), float(before), float(after), 1.0 - left / straight
    )


def _enough(x: Array, weight: Array, at: float) -> bool:
    """Whether people are left on both sides of a bend."""
    fewer = min(weight[x < at].sum(), weight[x > at].sum())
    return bool(fewer >= TRIM * weight.sum())


def _bent(x: Array, at: float) -> Array:
    """Columns of a line that bends at `at`: its height there, and x before and after."""
    apart = x - at
    return np.stack([np.ones(x.size), np.minimum(apart, 0.0), np.maximum(apart, 0.0)], axis=1)


def _crossings(x: Array, y: Array, weight: Array) -> list[float]:
    """Where the lines through the points before and after a gap cross within that gap."""
    found = []
    for k in range(2, x.size - 1):
        (a, b), (c, d) = (
            _squares(x[side], y[side], weight[side], _line(x[side]))[0]
            for side in (slice(None, k), slice(k, None))
        )
        if b != d and x[k - 1] < (at := (c - a) / (b - d)) < x[k]:
            found.append(float(at))
    return found


def _line(x: Array) -> Array:
    return np.stack([np.ones(x.size), x], axis=1)


def _squares(x: Array, y: Array, weight: Array, columns: Array) -> tuple[Array, float]:
    """Weighted least squares: the coefficients, and the sum of squares left over."""
    root = np.sqrt(weight)
    found = np.linalg.lstsq(columns * root[:, None], y * root, rcond=None)[0]
    return found, float(np.dot(weight, (y - columns @ found) ** 2))


def _compute(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    count, people, means, _ = _by_count(waves[-1], FRIEND)
    found = knee(count.astype(float), means, people.astype(float))
    return {
        "knee": found.at,
        "slope_before": found.before,
        "slope_after": found.after,
        "knee_gain": found.gain,
    }


KNEE = measure(
    "knee",
    "Number of close bonds (own closeness at least that of a friend) where loneliness stops "
    "falling: the bend of two joined lines through all people, least squares. Unknown where people "
    "have fewer than five different numbers of close bonds, or where the line is straight. A bend "
    "with a twentieth of people on each side is always found otherwise: `knee_gain` says how much "
    "of what a straight line leaves it explains.",
    "break point at 4 close friends, N = 335 [P]; method: Hudson 1966, JASA 61:1097 [M]",
    {
        "knee": ("close bonds", "number of close bonds where the line bends"),
        "slope_before": ("1/bond", "change of loneliness with a close bond more, before the knee"),
        "slope_after": ("1/bond", "change of loneliness with a close bond more, after the knee"),
        "knee_gain": ("1", "part of the squares left by a straight line that the bend explains"),
    },
    _compute,
)
