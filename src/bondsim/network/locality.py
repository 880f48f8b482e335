"""A numbering of people that puts neighbours close to each other in memory."""

from __future__ import annotations

import numpy as np

from bondsim.network.communities import community_levels


def local_order(n: int, i: np.ndarray, j: np.ndarray, seed: int) -> np.ndarray:
    """The n people in an order in which those who are bonded stand close: a permutation, int64.

    `i`, `j`: places in [0, n) of the two people of each bond. ``order[k]`` is the place of who
    shall stand at k: communities lie together, and in each its own communities. A function of the
    bonds and the seed. 1e6 people and 5e6 bonds take about 10 s, and a network without communities
    gains nothing.
    """
    levels = community_levels(n, i, j, seed)
    order: np.ndarray = np.lexsort((np.arange(n), *levels))
    return order
