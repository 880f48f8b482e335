"""Do lonely people sit at the edge of the network? Three ways of being central, and loneliness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bondsim.chance import PERMUTATION
from bondsim.compiling import compiled, uniform_rows
from bondsim.measures.clustering import BAND, EXACT, SOURCES, sample_of
from bondsim.measures.distances import distance_sums
from bondsim.measures.measure import measure, of_people
from bondsim.measures.recorded import Snapshot
from bondsim.measures.statistics import ranks, standard
from bondsim.network.adjacency import Neighbours, neighbours

if TYPE_CHECKING:
    from bondsim.measures.recorded import Table
    from bondsim.state import Array

CENTRALITIES = ("core", "closeness", "eigenvector")
ORDERS = 1
"""Shuffled people draw as of this day, shuffled labels (`clustering`) as of day 0."""
DIGITS = 9
"""Decimals of the eigenvector that are told apart: people whom nothing sets apart are ties."""
STEPS, RESTARTS, SETTLED = 40, 500, 1e-11
"""Of the iteration to the eigenvector: steps before it begins anew, how often, when it is done."""


def periphery(now: Snapshot, seed: int, permutations: int = 200) -> Table:
    """Rank correlation of loneliness with each centrality, beside what chance makes of it.

    One row for each of `CENTRALITIES`: `centrality` str; `correlation` (Spearman, below 0: the
    lonely are at the edge); `low` and `high`, the middle 95 % of the same with people's loneliness
    handed out anew `permutations` times, keyed by their ids. NaN where all are equally central or
    equally lonely.
    """
    asked = np.flatnonzero(~np.isnan(of_people(now)))
    asked = asked[np.argsort(now.agents["id"][asked])]
    lonely = standard(ranks(of_people(now)[asked]))
    found = [standard(ranks(values[asked])) for values in centralities(now, seed).values()]
    rows = np.full((len(CENTRALITIES), 3), np.nan)
    if lonely is not None:
        central = [k for k, values in enumerate(found) if values is not None]
        matrix = np.array([found[k] for k in central]).reshape(len(central), lonely.size)
        ids = now.agents["id"][asked]
        by_chance = [matrix @ lonely[_order(ids, seed, p)] for p in range(1, permutations + 1)]
        rows[central, 0] = matrix @ lonely
        if by_chance and central:
            rows[central, 1:] = np.percentile(by_chance, BAND, axis=0).T
        rows /= lonely.size
    return {
        "centrality": np.array(CENTRALITIES),
        **dict(zip(("correlation", "low", "high"), rows.T, strict=True)),
    }


def _order(ids: Array, seed: int, number: int) -> Array:
    """The people in an order of chance: the same for the same ids, wherever they stand."""
    u = uniform_rows(seed, ORDERS, PERMUTATION, ids, number)
    order: Array = np.argsort(u[:, 0] + u[:, 1] * 2.0**-32, kind="stable")
    return order


def centralities(now: Snapshot, seed: int) -> Table:
    """Each person's centralities, float64 (n_agents,) by name: see `CENTRALITIES`."""
    rows = neighbours(now.n_agents, now.i, now.j)
    return {
        "core": core_numbers(rows).astype(float),
        "closeness": closeness_centrality(rows, seed),
        "eigenvector": eigenvector_centrality(rows),
    }


def core_numbers(rows: Neighbours) -> Array:
    """The largest k for which a person is in a group where all have k others: int64 (n,)."""
    core = np.diff(rows.first)
    compiled(_peel)(rows.first, rows.partner, core)
    return core


def _peel(first, partner, core):
    """Take away whoever has fewest others left, again and again; `core`: degrees, then cores."""
    n = core.shape[0]
    largest = 0
    for v in range(n):
        largest = max(largest, core[v])
    # people in rising order of degree; start[d]: where those with d others left begin
    start = np.zeros(largest + 2, np.int64)
    for v in range(n):
        start[core[v] + 1] += 1
    for d in range(largest + 1):
        start[d + 1] += start[d]
    order, place = np.empty(n, np.int64), np.empty(n, np.int64)
    free = start.copy()
    for v in range(n):
        place[v] = free[core[v]]
        order[place[v]] = v
        free[core[v]] += 1
    for k in range(n):
        v = order[k]
        for s in range(first[v], first[v + 1]):
            u = np.int64(partner[s])
            if core[u] > core[v]:
                # to the front of those with as many left, which begin one later from now on
                head = start[core[u]]
                other = order[head]
                order[place[u]], order[head] = other, u
                place[other], place[u] = place[u], head
                start[core[u]] = head + 1
                core[u] -= 1


def closeness_centrality(rows: Neighbours, seed: int) -> Array:
    """Share of others that a person can reach, over their mean distance: float64 (n,); 0 for none.

    Wasserman & Faust's form for networks in pieces. In worlds of more than `EXACT` people, to
    `SOURCES` of them drawn by chance.
    """
    n = rows.first.size - 1
    sources = sample_of(n, n if n <= EXACT else SOURCES, seed)
    reached, sums = distance_sums(sources, rows)
    own = np.zeros(n)
    own[sources] = 1.0
    others, possible = reached - own, np.maximum(sources.size - own, 1.0)
    near = np.divide(others, sums, out=np.zeros(n), where=sums > 0)
    closeness: Array = near * others / possible
    return closeness


def eigenvector_centrality(rows: Neighbours) -> Array:
    """The leading eigenvector of who is bonded with whom, largest entry 1: float64 (n,).

    The iteration starts from all alike, so that pieces of one strength share it. NaN without bonds
    or if it does not settle. In a large sparse network it may live on one dense corner: all others
    are then 0, and alike.
    """
    n = rows.first.size - 1
    if rows.partner.size == 0:
        return np.full(n, np.nan)
    vector = np.abs(_leading(rows, n))
    rounded: Array = np.round(vector / vector.max(), DIGITS)
    return rounded


def _leading(rows: Neighbours, n: int) -> Array:
    """The leading eigenvector by Lanczos' iteration, begun anew from its result until it settles.

    Not ARPACK, which goes on from numbers of its own chance where the iteration ends by itself, as
    it does in small or regular networks.
    """
    from scipy.sparse import csr_array

    matrix = csr_array((np.ones(rows.partner.size), rows.partner, rows.first), shape=(n, n))
    vector = np.full(n, n**-0.5)
    for _ in range(RESTARTS):
        vector, left = _lanczos(matrix, vector)
        if left <= SETTLED:
            return vector
    return np.full(n, np.nan)


def _lanczos(matrix, start: Array) -> tuple[Array, float]:
    """The best vector of the space that `start` spans in `STEPS`, and what is left of it.

    That is the length of A v - value v, over the value.
    """
    basis = [start]
    diagonal, beside = [], []
    for _ in range(STEPS):
        own = matrix @ basis[-1]
        diagonal.append(float(np.dot(own, basis[-1])))
        for _ in range(2):  # once leaves rounding behind
            for earlier in basis:
                own -= np.dot(own, earlier) * earlier
        length = float(np.linalg.norm(own))
        beside.append(length)
        if length <= SETTLED * abs(diagonal[0]) or len(basis) == start.size:
            break
        basis.append(own / length)
    size = len(diagonal)
    values, vectors = np.linalg.eigh(np.diag(diagonal) + _off(beside[: size - 1]))
    found = np.array(basis[:size]).T @ vectors[:, -1]
    left = beside[size - 1] * abs(float(vectors[-1, -1]))
    return found / np.linalg.norm(found), left / float(values[-1])


def _off(beside: list[float]) -> Array:
    matrix: Array = np.diag(beside, 1) + np.diag(beside, -1)
    return matrix


def _compute(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    found = periphery(waves[-1], seed, permutations=0)["correlation"]
    return {f"{name}_lonely": float(value) for name, value in zip(CENTRALITIES, found, strict=True)}


PERIPHERY = measure(
    "periphery",
    "Spearman correlation of loneliness with k-core number, with closeness centrality (Wasserman & "
    "Faust's form; to 2,000 people drawn by chance in worlds above 20,000) and with eigenvector "
    "centrality; below 0 where the lonely are at the edge.",
    "lonely people at the periphery: Cacioppo, Fowler & Christakis 2009 [P]; core: Batagelj & "
    "Zaversnik 2003 [M]; closeness: Wasserman & Faust 1994 [M]; eigenvector: Bonacich 1987 [M]",
    {
        "core_lonely": ("1", "rank correlation of loneliness and k-core number"),
        "closeness_lonely": ("1", "rank correlation of loneliness and closeness centrality"),
        "eigenvector_lonely": ("1", "rank correlation of loneliness and eigenvector centrality"),
    },
    _compute,
)
