"""The textbook generators: small world, scale free, stochastic blocks, configuration model.

Each draws through `chance` alone (purpose NETWORK; the ids are the number of the draw and the
decision it serves), so one seed gives one network on every machine and with every library version.
"""

from __future__ import annotations

import math

import numpy as np

from bondsim.chance import NETWORK
from bondsim.compiling import compiled, uniform_rows
from bondsim.network.kernels import attach, skip
from bondsim.network.specs import Blocks, Configuration, ScaleFree, SmallWorld

Pairs = tuple[np.ndarray, np.ndarray]

# The decisions of the generators: the second id of a draw. Small world counts on from _REWIRE.
_WITHIN, _BETWEEN, _DEGREE, _MATCH, _REWIRE = 1, 2, 3, 4, 1 << 16
_ROUNDS = 100  # rewiring attempts before a bond stays where it was


def small_world(spec: SmallWorld, seed: int) -> Pairs:
    """Watts-Strogatz bonds: rows i, j (n * degree / 2,), fewer only if a crowded ring leaves none.

    A bond thrown on another or on its own person is thrown again; all bonds at once, not one
    after the other.
    """
    n, half = spec.n_agents, spec.degree // 2
    person = np.tile(np.arange(n), half)
    step = np.repeat(np.arange(1, half + 1), n)
    ring = (person + step) % n
    other = ring.copy()
    thrown = uniform_rows(seed, 0, NETWORK, person, _REWIRE + step)[:, 0] < spec.rewire
    open_ = np.flatnonzero(thrown)
    for attempt in range(1, _ROUNDS + 1):
        stream = _REWIRE + attempt * (half + 1) + step[open_]
        other[open_] = uniform_rows(seed, 0, NETWORK, person[open_], stream)[:, 0] * n
        settled = np.ones(person.shape, dtype=bool)
        settled[open_] = False
        open_ = open_[_refused(person, other, settled, n)[open_]]
        if not open_.size:
            break
    other[open_] = ring[open_]
    return _pairs(pair_keys(person, other, n), n)


def _refused(person: np.ndarray, other: np.ndarray, settled: np.ndarray, n: int) -> np.ndarray:
    """Which bonds are self loops or repeat another; of equals the settled, then the first stays."""
    keys = pair_keys(person, other, n)
    order = np.lexsort((~settled, keys))
    repeated = np.zeros(keys.shape, dtype=bool)
    repeated[order[1:]] = keys[order[1:]] == keys[order[:-1]]
    repeated |= person == other
    return repeated


def pair_keys(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
    """One int64 per unordered pair of rows below n."""
    keys: np.ndarray = np.minimum(a, b).astype(np.int64) * n + np.maximum(a, b)
    return keys


def _pairs(keys: np.ndarray, n: int) -> Pairs:
    """The pairs behind `pair_keys`, sorted, each once; np.unique takes 5 times as long."""
    keys = np.sort(keys)
    kept = keys[np.diff(keys, prepend=-1) > 0]
    return kept // n, kept % n


def scale_free(spec: ScaleFree, seed: int) -> Pairs:
    """Barabasi-Albert bonds: rows i, j (links * (n - links),), starting from a star."""
    n, m = spec.n_agents, spec.links
    ends = np.empty((m * (n - m), 2), dtype=np.int64)
    compiled(attach)(seed, n, m, ends)
    return ends[:, 0], ends[:, 1]


def blocks(spec: Blocks, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stochastic block bonds: rows i, j, and the block (n,) of each person."""
    n = spec.n_agents
    block = np.arange(n) * spec.n_blocks // n
    sizes = np.bincount(block)
    i, j = within_groups(np.arange(n), sizes, spec.degree_within, seed, _WITHIN)
    others = n - float((sizes * sizes).sum()) / n
    prob = spec.degree_between / others if spec.n_blocks > 1 else 0.0
    a, b = _triangle(_chosen(seed, _BETWEEN, n * (n - 1) // 2, prob))
    across = block[a] != block[b]
    return np.concatenate([i, a[across]]), np.concatenate([j, b[across]]), block


def within_groups(
    members: np.ndarray, sizes: np.ndarray, degree: float, seed: int, decision: int
) -> Pairs:
    """Random pairs of one group, each with the same chance, `degree` on average per person.

    `members` (n,) lists the people group by group; `sizes` (groups,) says how many are in each.
    A `degree` above what the groups allow gives every pair.
    """
    pairs = sizes.astype(np.int64) * (sizes - 1) // 2
    ends = np.cumsum(pairs)
    total = int(ends[-1])
    prob = min(1.0, degree * members.size / (2 * total)) if total else 0.0
    chosen = _chosen(seed, decision, total, prob)
    group = np.searchsorted(ends, chosen, side="right")
    a, b = _triangle(chosen - (ends - pairs)[group])
    first = (np.cumsum(sizes) - sizes)[group]
    return members[first + a], members[first + b]


def _chosen(seed: int, decision: int, total: int, prob: float) -> np.ndarray:
    """The places in [0, total) that are chosen, each independently with chance `prob`: rising."""
    if prob <= 0.0 or total == 0:
        return np.empty(0, dtype=np.int64)
    if prob >= 1.0:
        return np.arange(total)
    mean = total * prob
    out = np.empty(int(mean + 12.0 * math.sqrt(mean) + 64.0), dtype=np.int64)
    count = compiled(skip)(seed, decision, float(total), prob, out)
    return out[:count]


def _triangle(place: np.ndarray) -> Pairs:
    """The pair a < b at each place of the list (0,1), (0,2), (1,2), (0,3), ..."""
    b = ((1.0 + np.sqrt(1.0 + 8.0 * place.astype(np.float64))) / 2.0).astype(np.int64)
    b -= b * (b - 1) // 2 > place  # the root of a large number may round up
    b += b * (b + 1) // 2 <= place
    return place - b * (b - 1) // 2, b


def configuration(spec: Configuration, seed: int) -> Pairs:
    """Erased configuration model: stubs matched at random, loops and repeats dropped."""
    n = spec.n_agents
    u = uniform_rows(seed, 0, NETWORK, np.arange(n), _DEGREE)[:, 0]
    degrees = np.searchsorted(_negative_binomial(spec.degree, spec.dispersion, n), u)
    stubs = np.repeat(np.arange(n), degrees)
    keys = uniform_rows(seed, 0, NETWORK, np.arange(stubs.size), _MATCH)[:, 0]
    # stable: of 10 million stubs 20,000 share their key, and sorts differ between machines
    shuffled = stubs[np.argsort(keys, kind="stable")]
    half = stubs.size // 2
    a, b = shuffled[:half], shuffled[half : 2 * half]
    return _pairs(pair_keys(a, b, n)[a != b], n)


def _negative_binomial(mean: float, dispersion: float, n: int) -> np.ndarray:
    """Chance of at most 0, 1, 2, ... bonds, up to n - 1, where it is 1."""
    from scipy.special import gammaln

    sd = math.sqrt(mean + mean * mean / dispersion)
    k = np.arange(min(n, int(mean + 40.0 * sd) + 10))
    log_chance = (
        gammaln(k + dispersion) - gammaln(k + 1.0) + k * math.log(mean / (mean + dispersion))
    )
    chance = np.exp(log_chance - log_chance.max())
    total: np.ndarray = np.cumsum(chance) / chance.sum()
    total[-1] = 1.0
    return total
