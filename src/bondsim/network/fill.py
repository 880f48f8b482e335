"""What people get that the data do not give: a place in interest space, a kin group, a context."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bondsim.chance import POSITION
from bondsim.compiling import uniform_rows
from bondsim.network.communities import community_levels
from bondsim.network.specs import COMMUNITIES, NEIGHBOURS
from bondsim.params import FAMILY

BY_NETWORKX = 20_000
"""In larger networks communities are found by compiled code, which takes 1/100 of the time."""
_AXES = ("position_x", "position_y")


def positions_filled(
    given: Mapping[str, np.ndarray], ids: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    """position_x and position_y (n,) in [0, 1): as given, else drawn uniformly by id."""
    drawn = uniform_rows(seed, 0, POSITION, ids)
    filled = {}
    for axis, name in enumerate(_AXES):
        column = given.get(name, np.full(ids.shape, np.nan))
        filled[name] = np.where(np.isnan(column), drawn[:, axis], column)
    return filled


def groups_filled(
    given: np.ndarray | None, i: np.ndarray, j: np.ndarray, kind: np.ndarray, n: int
) -> np.ndarray:
    """Kin groups, int32 (n,): as given (>= 0), else the people whom family bonds connect."""
    if given is not None and given.min() >= 0:
        return given.astype(np.int32)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    family = kind == FAMILY
    graph = coo_array((np.ones(family.sum(), np.int8), (i[family], j[family])), shape=(n, n))
    return _joined(given, connected_components(graph, directed=False)[1])


def contexts_filled(
    given: np.ndarray | None,
    i: np.ndarray,
    j: np.ndarray,
    n: int,
    contexts: str,
    size: int,
    seed: int,
) -> np.ndarray:
    """Contexts, int32 (n,): as given (>= 0), else by the rule that `contexts` names."""
    if given is not None and given.min() >= 0:
        return given.astype(np.int32)
    if contexts == COMMUNITIES:
        return _joined(given, communities(i, j, n, seed))
    if contexts == NEIGHBOURS:
        return _joined(given, np.arange(n) * max(1, round(n / size)) // n)
    return _joined(given, np.zeros(n))


def _joined(given: np.ndarray | None, rule: np.ndarray) -> np.ndarray:
    """The given codes, followed by new codes 0.. of the rule for people who have none."""
    if given is None:
        return np.unique(rule, return_inverse=True)[1].astype(np.int32)
    codes = given.astype(np.int32)
    missing = codes < 0
    fresh = np.unique(rule[missing], return_inverse=True)[1]
    codes[missing] = fresh + (codes.max() + 1)
    return codes


def communities(i: np.ndarray, j: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Louvain communities (Blondel et al. 2008) of the bonds, int64 (n,), by smallest member.

    networkx, which finds them up to `BY_NETWORKX` people, draws from its own stream, started from
    the world's seed modulo 2**32.
    """
    if n > BY_NETWORKX:
        return community_levels(n, i, j, seed)[-1]
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(zip(i.tolist(), j.tolist(), strict=True))
    found = nx.community.louvain_communities(graph, seed=int(seed % 2**32))
    codes = np.empty(n, dtype=np.int64)
    for code, members in enumerate(sorted(found, key=min)):
        codes[list(members)] = code
    return codes
