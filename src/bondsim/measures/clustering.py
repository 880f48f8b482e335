"""Clustering of loneliness by degree of separation (Cacioppo, Fowler & Christakis 2009).

How much more often is a person at geodesic distance d from a lonely person lonely than chance has
it? Chance is the same network with the labels of lonely people shuffled: topology and prevalence
stay. Clustering is a description: contagion, selection and shared places can all make it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bondsim import chance
from bondsim.chance import PERMUTATION, uniforms
from bondsim.compiling import compiled, uniform_rows
from bondsim.errors import ParameterError
from bondsim.measures.distances import count_labels
from bondsim.measures.measure import measure
from bondsim.measures.recorded import Snapshot
from bondsim.network.adjacency import neighbours

if TYPE_CHECKING:
    from bondsim.state import Array

EXACT = 20_000
"""Up to so many people, distances are counted from everybody without being asked to."""
SOURCES = 2000
"""In larger worlds they are then counted from so many people, drawn by chance."""
LABELS = 64_000_000
"""Most room for labels, a bit each [bytes]; more permutations than fit are done in turns."""
WORD = 64
DEGREES = 6
"""Degrees of separation in the registry, where they are counted exactly."""
MOST_EXACT = 100_000
"""Up to so many people; in larger worlds from people drawn by chance."""
BAND = (2.5, 97.5)
"""Percentiles of the permutations that bound the band."""


def clustering_by_distance(
    n_agents: int,
    i: Array,
    j: Array,
    lonely: Array,
    *,
    most: int = 4,
    permutations: int = 200,
    seed: int,
    exact: bool = False,
) -> dict[str, Array]:
    """Excess of loneliness at each distance from a lonely person.

    `i`, `j`: places in [0, n_agents) of the two people of each bond, each bond once; `lonely`:
    bool (n_agents,). The probability that a person at distance d of a lonely one is lonely, over
    its mean under `permutations` shuffles of the labels, minus 1, is the `excess`; `low` and `high`
    bound the middle 95 % of the same ratio for the shuffles. `exact`: count from everybody in a
    world of any size; 100,000 people with 800,000 bonds take about 20 seconds on two cores.

    Returns columns with a row for each `distance` 1 to `most`: `distance` int32; `pairs` int64,
    (source, person) pairs at that distance; `excess`, `low`, `high` float64, NaN where there is no
    such pair or nobody or everybody is lonely; `sources` int64, people from whom distances were
    counted: all, or `SOURCES` of them in a world of more than `EXACT` people unless `exact`.
    """
    _check(n_agents, lonely, most, permutations)
    labels = np.asarray(lonely, dtype=bool)
    whole = exact or n_agents <= EXACT
    sources = sample_of(n_agents, n_agents if whole else SOURCES, seed)
    rows = neighbours(n_agents, np.asarray(i), np.asarray(j))
    # permutation 0 is what was observed; the order goes on from each shuffle to the next
    n_words = -(-(permutations + 1) // WORD)
    order = np.arange(n_agents, dtype=np.int32)
    together, beside = (np.zeros((most, n_words * WORD)) for _ in range(2))
    step = max(1, LABELS // (8 * n_agents))
    for lo in range(0, n_words, step):
        words = np.zeros((n_agents, min(step, n_words - lo)), np.uint64)
        compiled(_shuffle)(seed, labels, lo, order, words)
        both, with_lonely, pairs = count_labels(sources, rows, words, most)
        turn = slice(lo * WORD, lo * WORD + both.shape[1])
        together[:, turn], beside[:, turn] = both, with_lonely
    together, beside = together[:, : permutations + 1], beside[:, : permutations + 1]
    excess, low, high = _ratios(together, beside)
    if labels.all():
        excess[:], low[:], high[:] = np.nan, np.nan, np.nan
    return {
        "distance": np.arange(1, most + 1, dtype=np.int32),
        "pairs": pairs,
        "excess": excess,
        "low": low,
        "high": high,
        "sources": np.full(most, sources.size, np.int64),
    }


def _check(n_agents: int, lonely: Array, most: int, permutations: int) -> None:
    if lonely.shape != (n_agents,):
        raise ParameterError("lonely", lonely.shape, f"one label for each of {n_agents} people")
    if not 1 <= most <= 100:
        raise ParameterError("most", most, "a distance in [1, 100]")
    if not 1 <= permutations <= 100_000:
        raise ParameterError("permutations", permutations, "a number in [1, 100000]")


def sample_of(n_agents: int, size: int, seed: int) -> Array:
    """Places of `size` people drawn by chance, or of all if there are no more: rising, int64."""
    if n_agents <= size:
        return np.arange(n_agents, dtype=np.int64)
    u = uniform_rows(seed, 0, chance.PERMUTATION, np.arange(n_agents), 0)
    keys = u[:, 0] + u[:, 1] * 2.0**-32
    return np.sort(np.argpartition(keys, size)[:size]).astype(np.int64)


def _shuffle(key, labels, lo, order, words):
    """Fill `words` (n, n_words) with labellings, a bit each, from number 64 `lo` on.

    Number 0 is `labels`; each other puts as many labels on people drawn without replacement, the
    rarer of both labels, so that no shuffle takes more than n / 2 draws. `order` (n,) holds the
    people as the last shuffle left them.
    """
    n = labels.shape[0]
    n_lonely = labels.sum()
    few = min(n_lonely, n - n_lonely)
    for word in range(words.shape[1]):
        for b in range(64):
            bit = np.uint64(1) << np.uint64(b)
            number = 64 * (lo + word) + b
            if number == 0:
                for person in range(n):
                    if labels[person]:
                        words[person, word] |= bit
                continue
            for four in range(0, few, 4):
                u = uniforms(key, 0, PERMUTATION, four // 4, number)
                for k in range(four, min(four + 4, few)):
                    pick = k + int(u[k - four] * (n - k))
                    order[k], order[pick] = order[pick], order[k]
                    words[order[k], word] |= bit
            if few < n_lonely:
                for person in range(n):
                    words[person, word] ^= bit


def _ratios(together: Array, beside: Array) -> tuple[Array, Array, Array]:
    """Excess and its band per distance; column 0 is what was observed."""
    rows = together.shape[0]
    excess, low, high = (np.full(rows, np.nan) for _ in range(3))
    for d in range(rows):
        defined = beside[d] > 0
        if not (defined[0] and defined[1:].any()):
            continue
        shares = together[d, defined] / beside[d, defined]
        expected = shares[1:].mean()
        if expected > 0.0:
            excess[d] = shares[0] / expected - 1.0
            low[d], high[d] = np.percentile(shares[1:] / expected - 1.0, BAND)
    return excess, low, high


def _compute(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    now = waves[-1]
    found = clustering_by_distance(
        now.n_agents, now.i, now.j, now.lonely, most=DEGREES, seed=seed,
        exact=now.n_agents <= MOST_EXACT,
    )  # fmt: skip
    return {
        name: float(found[column][d - 1])
        for d in range(1, DEGREES + 1)
        for name, column in ((f"excess_{d}", "excess"), (f"excess_{d}_low", "low"),
                             (f"excess_{d}_high", "high"))
    }  # fmt: skip


CLUSTERING = measure(
    "clustering",
    "How much more often than chance has it a person at geodesic distance d from a lonely one is "
    "lonely: their share among all pairs at that distance whose first is lonely, over its mean "
    "under 200 shuffles of the labels of lonely people over the same network, minus 1. Counted "
    "from everybody up to 100,000 people. The band holds 95 % of the shuffles.",
    "Cacioppo, Fowler & Christakis 2009: .52, .25, .15 at 1 to 3 [P], .02 at 4 [M]",
    {
        name: ("1", says)
        for d in range(1, DEGREES + 1)
        for name, says in (
            (f"excess_{d}", f"excess of lonely people at distance {d} of the lonely"),
            (f"excess_{d}_low", f"lower end of its band of chance at distance {d}"),
            (f"excess_{d}_high", f"upper end of its band of chance at distance {d}"),
        )
    },
    _compute,
)
