"""How alike bonded people are: in loneliness, in what they bring along, in where they live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.measures.measure import measure, of_people
from bondsim.measures.recorded import Snapshot
from bondsim.measures.statistics import UNKNOWN, ratio
from bondsim.measures.ties import assortativity

if TYPE_CHECKING:
    from bondsim.state import Array


class Moran(NamedTuple):
    """Moran's I, what it is expected to be if nobody's value depends on where they stand, its z."""

    value: float
    expected: float
    z: float


def moran(i: Array, j: Array, values: Array) -> Moran:
    """Moran's I of `values` (n,) over bonds between places `i` and `j`, each bond weighing 1.

    (n / 2m) times the sum over bonds, both ways, of products of deviations, over the sum of their
    squares; people without a bond count. z: by the variance over all orders of the values (Cliff &
    Ord's randomisation), NaN for fewer than 4 people. NaN where all are alike or nobody is bonded.
    """
    n, m = values.size, i.size
    expected = -1.0 / (n - 1) if n > 1 else UNKNOWN
    if m == 0 or np.ptp(values) == 0.0:
        return Moran(UNKNOWN, expected, UNKNOWN)
    apart = values.astype(float) - values.astype(float).mean()
    squares = float(np.dot(apart, apart))
    found = n / (2.0 * m) * 2.0 * float(np.dot(apart[i], apart[j])) / squares
    variance = _variance(i, j, n, n * float((apart**4).sum()) / squares**2)
    z = (found - expected) / np.sqrt(variance) if variance > 0.0 else UNKNOWN
    return Moran(found, expected, float(z))


def _variance(i: Array, j: Array, n: int, kurtosis: float) -> float:
    """Variance of Moran's I over all orders of the values; NaN for fewer than 4 people."""
    if n < 4:
        return UNKNOWN
    degree = (np.bincount(i, minlength=n) + np.bincount(j, minlength=n)).astype(float)
    # the sums of Cliff & Ord: of weights, of squared pairs of them, of squared rows and columns
    s0, s1, s2 = 2.0 * i.size, 4.0 * i.size, 4.0 * float(np.dot(degree, degree))
    first = n * ((n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s0 * s0)
    second = kurtosis * ((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s0 * s0)
    mean_square = (first - second) / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s0 * s0)
    return float(mean_square - 1.0 / (n - 1.0) ** 2)


def among_known(now: Snapshot, values: Array) -> tuple[Array, Array, Array]:
    """Bonds between people whose value is known, as places among those people, and the values."""
    asked = ~np.isnan(values)
    if asked.all():
        return now.i, now.j, values
    place = np.cumsum(asked) - 1
    both = asked[now.i] & asked[now.j]
    return place[now.i[both]], place[now.j[both]], values[asked]


def over_chance(seen: float, expected: float) -> float:
    """What is above expectation, over the most that there could be: 0 by chance, 1 at most."""
    return ratio(seen - expected, 1.0 - expected)


def in_one_context(now: Snapshot) -> float:
    """Excess of bonds within a context over pairs within a context: Coleman's index.

    Coded -1 or NaN is not known. NaN without bonds, or if all share one context.
    """
    context = of_people(now, "context")
    i, j, context = among_known(now, np.where(context < 0, np.nan, context))
    n = context.size
    if n < 2 or i.size == 0:
        return UNKNOWN
    sizes = np.unique(context, return_counts=True)[1].astype(float)
    expected = float((sizes * (sizes - 1.0)).sum()) / (n * (n - 1.0))
    return over_chance(float((context[i] == context[j]).mean()), expected)


def near_in_interest(now: Snapshot) -> float:
    """Excess of likeness in interest of bonded people over that of all pairs.

    Likeness: mean cosine of the angles between two people on both circles of the torus, 1 at the
    same place. NaN without bonds, or where places are not known.
    """
    seen, expected = [], []
    for name in ("position_x", "position_y"):
        i, j, place = among_known(now, of_people(now, name))
        n = place.size
        if n < 2 or i.size == 0:
            return UNKNOWN
        angle = 2.0 * np.pi * place
        seen.append(float(np.cos(angle[i] - angle[j]).mean()))
        # the sum over all pairs at once, without n squared steps
        length = float(np.cos(angle).sum() ** 2 + np.sin(angle).sum() ** 2)
        expected.append((length - n) / (n * (n - 1.0)))
    return over_chance(float(np.mean(seen)), float(np.mean(expected)))


def _alike(now: Snapshot, name: str) -> float:
    return assortativity(*among_known(now, of_people(now, name)))


def _moran(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    i, j, values = among_known(waves[-1], of_people(waves[-1]))
    found = moran(i, j, values)
    return {"moran": found.value, "moran_expected": found.expected, "moran_z": found.z}


def _homophily(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    now = waves[-1]
    return {
        "homophily_set_point": _alike(now, "set_point"),
        "homophily_interest": near_in_interest(now),
        "homophily_context": in_one_context(now),
        "homophily_height": _alike(now, "height"),
        "homophily_headaches": _alike(now, "headaches"),
    }


LIKENESS = (
    measure(
        "assortativity",
        "Correlation of the loneliness of bonded people, each bond taken both ways.",
        "Newman 2003, Phys Rev E 67:026126 [M]",
        {"assortativity": ("1", "correlation of loneliness over bonds")},
        lambda waves, seed: {"assortativity": _alike(waves[-1], "loneliness")},
    ),
    measure(
        "moran",
        "Moran's I of loneliness, bonds weighing 1: (n / 2m) times the sum of products of bonded "
        "people's deviations, both ways, over the sum of squared deviations of all. Expected -1 / "
        "(n - 1); z by the variance over all orders of the values.",
        "Moran 1950, Biometrika 37:17 [M]; Cliff & Ord 1981 [M]",
        {
            "moran": ("1", "Moran's I of loneliness over bonds"),
            "moran_expected": ("1", "what it would be by chance"),
            "moran_z": ("1", "its distance from that, in standard deviations"),
        },
        _moran,
    ),
)
HOMOPHILY = measure(
    "homophily",
    "Likeness of bonded people, 0 by chance and 1 at most: correlation over bonds (set point, and "
    "the negative controls height and headaches); for interest the mean cosine of angles on the "
    "torus, for contexts the share of bonds within one, both as (seen - expected) / (1 - expected) "
    "with all pairs of people for expectation.",
    "correlation: Newman 2003 [M]; inbreeding: Coleman 1958 [M]; cosine [A]; controls: "
    "Cohen-Cole & Fletcher 2008 [P]",
    {
        "homophily_set_point": ("1", "correlation of set points over bonds"),
        "homophily_interest": ("1", "likeness in interest of bonded people, above chance"),
        "homophily_context": ("1", "bonds within a context, above chance"),
        "homophily_height": ("1", "correlation of height over bonds: a negative control"),
        "homophily_headaches": ("1", "correlation of headaches over bonds: a negative control"),
    },
    _homophily,
)
