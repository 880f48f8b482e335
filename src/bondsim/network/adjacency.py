"""Each person's others in one array, which whatever walks over a network reads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bondsim.compiling import compiled
from bondsim.network.kernels import count_triangles, fill_rows


class Neighbours(NamedTuple):
    """The others of person a and a's bonds with them are ``first[a] : first[a + 1]`` of the rest.

    first: int64 (n + 1,); partner: int32 (2 m,), places of the others; bond: int32 (2 m,), number
    of the bond. A row is in the order of the bonds: of sorted bonds, in rising order of place.
    """

    first: np.ndarray
    partner: np.ndarray
    bond: np.ndarray


def neighbours(n: int, i: np.ndarray, j: np.ndarray) -> Neighbours:
    """Rows of n people with bonds between the places i and j (m,), each bond given once."""
    i, j = (np.ascontiguousarray(end, dtype=np.int32) for end in (i, j))
    first = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(i, minlength=n) + np.bincount(j, minlength=n), out=first[1:])
    partner, bond = (np.empty(2 * i.size, np.int32) for _ in range(2))
    compiled(fill_rows)(i, j, first[:-1].copy(), partner, bond)
    return Neighbours(first, partner, bond)


def triangles(first: np.ndarray, partner: np.ndarray) -> np.ndarray:
    """How many pairs of each person's others are bonded: int64 (n,)."""
    found = np.zeros(first.size - 1, np.int64)
    compiled(count_triangles)(first, np.ascontiguousarray(partner, dtype=np.int32), found)
    return found
