"""Clustering of loneliness by degree of separation (Cacioppo, Fowler & Christakis 2009).

How much more often is a person at geodesic distance d from a lonely person lonely than chance has
it? Chance is the same network with the labels of lonely people shuffled: topology and prevalence
stay. Clustering is a description: contagion, selection and shared places can all make it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim import chance
from bondsim.compiling import compiled, uniform_rows
from bondsim.errors import ParameterError

if TYPE_CHECKING:
    from bondsim.state import Array

EXACT = 5000
"""Up to so many people, distances are counted from everybody."""
SOURCES = 2000
"""In larger worlds they are counted from so many people, drawn by chance."""
LABELS = 64_000_000
"""Most labels held at a time [bytes]; more permutations than fit are done in turns."""
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
) -> dict[str, Array]:
    """Excess of loneliness at each distance from a lonely person.

    `i`, `j`: places in [0, n_agents) of the two people of each bond, each bond once; `lonely`:
    bool (n_agents,). The probability that a person at distance d of a lonely one is lonely, over
    its mean under `permutations` shuffles of the labels, minus 1, is the `excess`; `low` and `high`
    bound the middle 95 % of the same ratio for the shuffles.

    Returns columns with a row for each `distance` 1 to `most`: `distance` int32; `pairs` int64,
    (source, person) pairs at that distance; `excess`, `low`, `high` float64, NaN where there is no
    such pair or nobody or everybody is lonely; `sources` int64, people from whom distances were
    counted: all, or `SOURCES` of them in a world of more than `EXACT` people.
    """
    _check(n_agents, lonely, most, permutations)
    labels = np.asarray(lonely, dtype=bool)
    sources = _sources(n_agents, seed)
    first, partner = _neighbours(n_agents, np.asarray(i), np.asarray(j))
    together = np.zeros((most, permutations + 1))
    beside = np.zeros((most, permutations + 1))
    step = max(1, LABELS // n_agents)
    pairs = np.zeros(most, np.int64)
    for lo in range(0, permutations + 1, step):
        hi = min(lo + step, permutations + 1)
        shuffled = _shuffled(labels, lo, hi, seed)
        both, with_lonely, pairs = compiled(_count)(sources, first, partner, shuffled, most)
        together[:, lo:hi], beside[:, lo:hi] = both, with_lonely
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


def _sources(n_agents: int, seed: int) -> Array:
    """The people from whom distances are counted, in rising order: int64."""
    everyone = np.arange(n_agents, dtype=np.int64)
    if n_agents <= EXACT:
        return everyone
    chosen = np.argpartition(_keys(n_agents, seed, 0), SOURCES)[:SOURCES]
    return np.sort(chosen).astype(np.int64)


def _keys(n_agents: int, seed: int, number: int) -> Array:
    """A number for each person that puts them in a random order; `number` 0 is for the sources."""
    u = uniform_rows(seed, 0, chance.PERMUTATION, np.arange(n_agents), number)
    keys: Array = u[:, 0] + u[:, 1] * 2.0**-32
    return keys


def _shuffled(labels: Array, lo: int, hi: int, seed: int) -> Array:
    """The labels (column 0 of all) and their permutations lo to hi: uint8 (n_agents, hi - lo)."""
    n, n_lonely = labels.size, int(labels.sum())
    out = np.zeros((n, hi - lo), np.uint8)
    for number in range(lo, hi):
        if number == 0:
            out[:, 0] = labels
        elif 0 < n_lonely < n:
            chosen = np.argpartition(_keys(n, seed, number), n_lonely)[:n_lonely]
            out[chosen, number - lo] = 1
        else:
            out[:, number - lo] = labels
    return out


def _neighbours(n_agents: int, i: Array, j: Array) -> tuple[Array, Array]:
    """Each person's others in one array: those of a are ``partner[first[a] : first[a + 1]]``."""
    source, target = np.concatenate([i, j]), np.concatenate([j, i])
    order = np.argsort(source, kind="stable")
    first = np.zeros(n_agents + 1, np.int64)
    np.cumsum(np.bincount(source.astype(np.int64), minlength=n_agents), out=first[1:])
    return first, target[order].astype(np.int64)


def _count(sources, first, partner, labels, most):
    """Search outward from each source, level by level, and count for all labellings at once.

    Returns, per distance and labelling, pairs with both lonely and pairs with a lonely source, and
    pairs per distance: integers held in float64 and int64.
    """
    n, n_labels = labels.shape
    together = np.zeros((most, n_labels))
    beside = np.zeros((most, n_labels))
    pairs = np.zeros(most, np.int64)
    seen = np.full(n, -1, np.int64)
    queue = np.empty(n, np.int64)
    count = np.empty(n_labels, np.int32)
    for k in range(sources.shape[0]):
        source = sources[k]
        seen[source] = k
        queue[0] = source
        lo, hi = 0, 1
        for level in range(most):
            end = hi
            count[:] = 0
            for q in range(lo, hi):
                person = queue[q]
                for s in range(first[person], first[person + 1]):
                    other = partner[s]
                    if seen[other] != k:
                        seen[other] = k
                        queue[end] = other
                        end += 1
                        for p in range(n_labels):
                            count[p] += labels[other, p]
            for p in range(n_labels):
                if labels[source, p]:
                    together[level, p] += count[p]
                    beside[level, p] += end - hi
            pairs[level] += end - hi
            lo, hi = hi, end
    return together, beside, pairs


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
