"""Communities of large networks by the method of Blondel et al. (2008), compiled.

Each person joins the neighbours' community that gains most modularity, until few move any more;
then communities become the people of a smaller network, and so on. Everything is a function of the
bonds and the seed.
"""

from __future__ import annotations

import numpy as np

from bondsim.chance import NETWORK
from bondsim.compiling import compiled, uniform_rows
from bondsim.network.adjacency import neighbours
from bondsim.network.kernels import join_communities

_ORDER = 21  # the decision: the second id of a draw
_SWEEPS = 12
_FEW = 0.01  # share of people; when fewer move in a sweep, it is the last of its level


def community_levels(n: int, i: np.ndarray, j: np.ndarray, seed: int) -> list[np.ndarray]:
    """Everyone's community at each level, int64 (n,) each, from the finest to the coarsest.

    `i`, `j`: places in [0, n) of the two people of each bond, in any order, each bond once. Codes
    run from 0 and follow the smallest member.
    """
    levels: list[np.ndarray] = []
    everyone = np.arange(n)
    i, j = np.asarray(i, dtype=np.int64), np.asarray(j, dtype=np.int64)
    weight, strength = np.ones(i.size), _at_ends(n, i, j, np.ones(i.size))
    while True:
        joined = _joined(i, j, weight, strength, seed, len(levels))
        n_found = int(joined.max()) + 1
        if levels and n_found == strength.size:
            return levels
        everyone = joined[everyone]
        levels.append(everyone)
        strength = np.bincount(joined, strength, n_found)
        i, j, weight = _between(joined[i], joined[j], weight, n_found)


def _at_ends(n: int, i: np.ndarray, j: np.ndarray, weight: np.ndarray) -> np.ndarray:
    ends: np.ndarray = np.bincount(i, weight, n) + np.bincount(j, weight, n)
    return ends


def _joined(
    i: np.ndarray, j: np.ndarray, weight: np.ndarray, strength: np.ndarray, seed: int, level: int
) -> np.ndarray:
    """The community of each node of one level: codes from 0, by smallest member."""
    n = strength.size
    rows = neighbours(n, i, j)
    u = uniform_rows(seed, 0, NETWORK, np.arange(n), _ORDER + level)[:, 0]
    order = np.argsort(u, kind="stable")
    community = np.arange(n)
    total = strength.copy()
    for _ in range(_SWEEPS):
        moved = compiled(join_communities)(
            rows.first, rows.partner, weight[rows.bond], strength, order, community, total
        )
        if moved <= _FEW * n:
            break
    smallest, code = np.unique(community, return_index=True, return_inverse=True)[1:]
    rank = np.empty(smallest.size, np.int64)
    rank[np.argsort(smallest)] = np.arange(smallest.size)
    return rank[code]


def _between(
    i: np.ndarray, j: np.ndarray, weight: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The bonds between different communities, each pair once with the sum of its weights."""
    apart = i != j
    keys = np.minimum(i, j)[apart] * n + np.maximum(i, j)[apart]
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1) > 0)
    sums = np.add.reduceat(weight[apart][order], starts) if starts.size else weight[:0]
    return keys[starts] // n, keys[starts] % n, sums
