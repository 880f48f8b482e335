"""The reduced day: a rule so small that any framework can state it, on a network that stands still.

m_i = sum_j t_ij l_j / sum_j t_ij, l_i' = clip(l_i + 0.1 (m_i - l_i) + 0.05 (s_i - l_i) + noise),
t_ij' = clip(t_ij + 0.02 (1 - |l_i - l_j|) - 0.03 t_ij), with noise 0.02 U(-1, 1): loneliness l is
drawn to the trust-weighted mean of the neighbours and back to its set point s, trust t grows with
likeness and decays. Both sides of an equation mean the day before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from bondsim.bench.crew import Crew
from bondsim.bench.kernels import reduced_day
from bondsim.engine import SMALL
from bondsim.state import Array

NOISE = 0.02
"""Half width of the noise of loneliness."""
DEGREE = 10
"""Mean number of bonds of a person in a reduced town."""


class Town(NamedTuple):
    """Where a reduced run starts: bonds (i, j) int32 (m,), each pair once, `trust` float32 (m,).

    `loneliness` and `set_point`: float32 (n,). All numbers are in [0, 1].
    """

    i: Array
    j: Array
    trust: Array
    loneliness: Array
    set_point: Array


class Living(Protocol):
    """A reduced town in somebody's framework."""

    def day(self) -> None:
        """Live one day."""

    def state(self) -> tuple[Array, Array]:
        """Loneliness by person and trust by bond, in the order of the `Town`."""


Founder = Callable[[Town, float, int], Living]
"""Makes a living town from its start, the half width of the noise, and the number of threads."""


def random_town(n: int, seed: int = 1) -> Town:
    """A random graph of `n` people, at least 12, with 10 bonds each in the mean."""
    rng = np.random.default_rng(seed)
    wanted = n * DEGREE // 2
    keys = np.empty(0, np.int64)
    while keys.size < wanted:
        a, b = rng.integers(0, n, (2, wanted + wanted // 8))
        keys = np.unique(np.concatenate([keys, np.minimum(a, b) * n + np.maximum(a, b)]))
        keys = keys[keys // n != keys % n]
    keys = np.sort(rng.choice(keys, wanted, replace=False))
    return Town(
        (keys // n).astype(np.int32),
        (keys % n).astype(np.int32),
        rng.uniform(0.1, 0.9, wanted).astype(np.float32),
        rng.uniform(0.0, 1.0, n).astype(np.float32),
        rng.uniform(0.0, 1.0, n).astype(np.float32),
    )


class NumpyTown:
    """The reduced day in numpy with 64-bit numbers: what the others must agree with."""

    def __init__(self, town: Town, noise: float, threads: int = 1) -> None:
        self.i, self.j = town.i, town.j
        self.trust = town.trust.astype(np.float64)
        self.loneliness = town.loneliness.astype(np.float64)
        self.set_point = town.set_point.astype(np.float64)
        self.noise = noise
        self.rng = np.random.default_rng(1)

    def day(self) -> None:
        """Live one day."""
        i, j, t, mine = self.i, self.j, self.trust, self.loneliness
        n = mine.size
        theirs_i, theirs_j = mine[j], mine[i]
        total = np.bincount(i, t, n) + np.bincount(j, t, n)
        weighted = np.bincount(i, t * theirs_i, n) + np.bincount(j, t * theirs_j, n)
        mean = np.divide(weighted, total, out=mine.copy(), where=total > 0.0)
        after = mine + 0.1 * (mean - mine) + 0.05 * (self.set_point - mine)
        if self.noise > 0.0:
            after += self.noise * self.rng.uniform(-1.0, 1.0, n)
        t += 0.02 * (1.0 - np.abs(theirs_i - theirs_j)) - 0.03 * t
        np.clip(t, 0.0, 1.0, out=t)
        self.loneliness = np.clip(after, 0.0, 1.0)

    def state(self) -> tuple[Array, Array]:
        """Loneliness by person and trust by bond."""
        return self.loneliness, self.trust


class CompiledTown:
    """The reduced day as bondsim does it: rows of half bonds, compiled, on blocks of people."""

    def __init__(self, town: Town, noise: float, threads: int = 1) -> None:
        n, m = town.loneliness.size, town.i.size
        owner = np.concatenate([town.i, town.j])
        order = np.lexsort((np.concatenate([town.j, town.i]), owner))
        self.first = np.zeros(n + 1, np.int64)
        np.cumsum(np.bincount(owner, minlength=n), out=self.first[1:])
        self.partner = np.concatenate([town.j, town.i])[order].astype(np.int32)
        self.trust = np.concatenate([town.trust, town.trust])[order]
        self.half = np.argsort(order)[:m]
        self.before, self.after = town.loneliness.copy(), town.loneliness.copy()
        self.set_point = town.set_point
        self.noise = noise
        self.today = 0
        self.crew = Crew(threads if n >= SMALL else 1)

    def day(self) -> None:
        """Live one day."""
        self.crew.run(
            reduced_day, self.before.size, 1, self.today, self.noise, self.first, self.partner,
            self.trust, self.before, self.set_point, self.after,
        )  # fmt: skip
        self.before, self.after = self.after, self.before
        self.today += 1

    def state(self) -> tuple[Array, Array]:
        """Loneliness by person and trust by bond."""
        return self.before, self.trust[self.half]


def disagreement(town: Town, found: Founder, threads: int, days: int = 10) -> float:
    """The largest difference from numpy's numbers after `days` days without noise.

    Over all persons and bonds;
    nan or infinity where the numbers or their count are out of hand.
    """
    ours, theirs = NumpyTown(town, 0.0), found(town, 0.0, threads)
    for _ in range(days):
        ours.day()
        theirs.day()
    differences = []
    for a, b in zip(ours.state(), theirs.state(), strict=True):
        if a.shape != b.shape:
            return float("inf")
        differences.append(float(np.max(np.abs(a - b))))
    return float(np.max(differences))
