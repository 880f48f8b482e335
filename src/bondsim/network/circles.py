"""The default network: friends by nearness of interest, kin, partners, coworkers and clients.

Friends follow the social circles of Hamill & Gilbert (2009): people know those whom they find
within reach in a space. Kin groups cut across it; contexts follow it as closely as asked. People
are numbered along a curve through the space, so that neighbours are close in memory.
"""

from __future__ import annotations

import math

import numpy as np

from bondsim.chance import COLLEAGUE, NETWORK, POSITION, RING
from bondsim.compiling import uniform_rows
from bondsim.network.graphs import Pairs, pair_keys, within_groups
from bondsim.network.specs import Circles
from bondsim.params import CLIENT, COWORKER, FAMILY, FRIEND, PARTNER

# The decisions of the generator: the second id of a draw. `within_groups` is given _COWORKER.
_SITE, _JITTER_X, _JITTER_Y, _REACH, _COWORKER, _N_CLIENTS = 11, 12, 13, 14, 15, 16
_KIN, _KIN_SIZE, _PARTNERED, _PARTNER_PLACE = 1, 2, 3, 4  # likewise, purpose RING
_PARTNER_SPAN = 0.1  # partners come from this share of the curve through interest space
_CLIENT_SPAN = 8  # clients come from about so many of the next contexts
_CURVE_BITS = 16
_SQRT_3 = math.sqrt(3.0)


def circles(spec: Circles, seed: int) -> tuple[Pairs, np.ndarray, dict[str, np.ndarray]]:
    """Rows i, j and kind (m,) of the bonds, and the columns position, context and group (n,)."""
    n = spec.n_agents
    places = _along_curve(uniform_rows(seed, 0, POSITION, np.arange(n))[:, :2])
    context = _contexts(places, spec, seed)
    kin_order, group = _kin_groups(n, spec.kin_size, seed)
    by_precedence = (
        (FAMILY, _pairs_in_runs(kin_order, group)),
        (PARTNER, _partners(group, spec.partnered, seed)),
        (FRIEND, _friends(places, spec, seed)),
        (COWORKER, _coworkers(context, spec.coworkers, seed)),
        (CLIENT, _clients(context, spec, seed)),
    )
    keys = np.concatenate([pair_keys(a, b, n) for _, (a, b) in by_precedence])
    kinds = np.repeat([kind for kind, _ in by_precedence], [p[0].size for _, p in by_precedence])
    keys, first = np.unique(keys, return_index=True)
    columns = {
        "position_x": places[:, 0], "position_y": places[:, 1], "context": context, "group": group,
    }  # fmt: skip
    return (keys // n, keys % n), kinds[first], columns


def _along_curve(places: np.ndarray) -> np.ndarray:
    """The same places (n, 2) in their order along the Hilbert curve through the unit square."""
    side = 1 << _CURVE_BITS
    x, y = (places * side).astype(np.int64).T
    distance = np.zeros(x.shape, dtype=np.int64)
    step = side >> 1
    while step:
        right, up = (x & step) > 0, (y & step) > 0
        distance += step * step * ((3 * right) ^ up)
        flipped = right & ~up
        x, y = np.where(flipped, side - 1 - x, x), np.where(flipped, side - 1 - y, y)
        x, y = np.where(up, x, y), np.where(up, y, x)
        step >>= 1
    return places[np.argsort(distance, kind="stable")]


def _contexts(places: np.ndarray, spec: Circles, seed: int) -> np.ndarray:
    """Context codes (n,): the nearest of n / context_size sites, seen from a jittered place."""
    ids = np.arange(spec.n_agents)
    n_sites = max(1, round(spec.n_agents / spec.context_size))
    sites = _along_curve(uniform_rows(seed, 0, NETWORK, np.arange(n_sites), _SITE)[:, :2])
    jitter = [_normal(seed, ids, decision) for decision in (_JITTER_X, _JITTER_Y)]
    seen = (places + spec.context_spread * np.stack(jitter, axis=1)) % 1.0
    seen[seen >= 1.0] = 0.0  # a remainder may round up to 1
    from scipy.spatial import cKDTree

    nearest = cKDTree(sites, boxsize=1.0).query(seen)[1]
    return np.unique(nearest, return_inverse=True)[1].astype(np.int32)


def _normal(seed: int, ids: np.ndarray, decision: int) -> np.ndarray:
    """Standard normal deviates, made as in `chance.normal`."""
    sums: np.ndarray = uniform_rows(seed, 0, NETWORK, ids, decision).sum(axis=1)
    return (sums - 2.0) * _SQRT_3


def _kin_groups(n: int, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """People in random order, group by group, and everyone's group (n,).

    Groups have size - 1, size or size + 1 people, equally often; the last may have fewer.
    """
    order = np.argsort(uniform_rows(seed, 0, RING, np.arange(n), _KIN)[:, 0], kind="stable")
    most = n // max(1, size - 1) + 1
    if size == 1:
        sizes = np.ones(n, dtype=np.int64)
    else:
        u = uniform_rows(seed, 0, RING, np.arange(most), _KIN_SIZE)[:, 0]
        sizes = size - 1 + (3.0 * u).astype(np.int64)
    group = np.empty(n, dtype=np.int32)
    group[order] = np.repeat(np.arange(sizes.size), sizes)[:n]
    return order, group


def _pairs_in_runs(order: np.ndarray, group: np.ndarray) -> Pairs:
    """All pairs of one group, where `order` lists people group by group."""
    left, right = [order[:0]], [order[:0]]
    for gap in range(1, order.size):
        same = group[order[:-gap]] == group[order[gap:]]
        if not same.any():
            break
        left.append(order[:-gap][same])
        right.append(order[gap:][same])
    return np.concatenate(left), np.concatenate(right)


def _partners(group: np.ndarray, partnered: float, seed: int) -> Pairs:
    """Couples of the same region but never of one kin group, for the given share of people."""
    n = group.size
    eager = np.argsort(uniform_rows(seed, 0, RING, np.arange(n), _PARTNERED)[:, 0], kind="stable")
    chosen = np.sort(eager[: 2 * int(partnered * n / 2.0)])
    u = uniform_rows(seed, 0, RING, chosen, _PARTNER_PLACE)[:, 0]
    ordered = chosen[np.argsort(chosen + _PARTNER_SPAN * n * u, kind="stable")]
    a, b = ordered[0::2].copy(), ordered[1::2].copy()
    for k in np.flatnonzero(group[a] == group[b]):  # about 2 * kin_size couples, however many
        swaps = (group[a] != group[b[k]]) & (group[b] != group[a[k]])
        found = np.flatnonzero(swaps)
        if found.size:
            other = found[np.argmin(np.abs(found - k))]
            b[k], b[other] = b[other], b[k]
    apart = group[a] != group[b]
    return a[apart], b[apart]


def _friends(places: np.ndarray, spec: Circles, seed: int) -> Pairs:
    """Pairs closer than a radius that grows with how widely both reach; mean `friends` each.

    With reach w of mean 1, the bond needs distance**2 <= radius**2 * w_i * w_j: a person can then
    expect friends * w_i friends.
    """
    n = spec.n_agents
    u = uniform_rows(seed, 0, NETWORK, np.arange(n), _REACH)[:, 0]
    reach = 1.0 + spec.friends_spread * (2.0 * u - 1.0)
    radius = math.sqrt(spec.friends / (math.pi * (n - 1)))
    widest = radius * float(reach.max())
    if widest >= 0.5:  # the circle would wrap round the torus: few people, take the closest pairs
        a, b = np.triu_indices(n, 1)
        nearest = np.argsort(_scaled(places, reach, a, b), kind="stable")
        taken = np.sort(nearest[: round(spec.friends * n / 2.0)])
        return a[taken], b[taken]
    from scipy.spatial import cKDTree

    pairs = cKDTree(places, boxsize=1.0).query_pairs(widest, output_type="ndarray")
    a, b = pairs[:, 0], pairs[:, 1]
    near = _scaled(places, reach, a, b) <= radius * radius
    return a[near], b[near]


def _scaled(places: np.ndarray, reach: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared distance on the torus over the product of the two reaches."""
    apart = np.abs(places[a] - places[b])
    apart = np.minimum(apart, 1.0 - apart)
    squared: np.ndarray = (apart * apart).sum(axis=1) / (reach[a] * reach[b])
    return squared


def _coworkers(context: np.ndarray, mean: float, seed: int) -> Pairs:
    """Random pairs of one context."""
    members = np.argsort(context, kind="stable")
    return within_groups(members, np.bincount(context), mean, seed, _COWORKER)


def _clients(context: np.ndarray, spec: Circles, seed: int) -> Pairs:
    """Random pairs with people of the contexts that follow one's own in the order of the curve."""
    n = context.size
    members = np.argsort(context, kind="stable")
    sizes = np.bincount(context)
    share = uniform_rows(seed, 0, NETWORK, np.arange(n), _N_CLIENTS)[:, 0]
    n_draws = (spec.clients / 2.0 + share).astype(np.int64)
    place = np.repeat(np.arange(n), n_draws)
    draw = np.arange(place.size) - np.repeat(np.cumsum(n_draws) - n_draws, n_draws)
    own = context[members[place]]
    start, span = (
        np.cumsum(sizes)[own],
        np.minimum(_CLIENT_SPAN * spec.context_size, n - sizes[own]),
    )
    if sizes.size == 1:  # there is no other context
        start, span = place + 1, np.full(place.shape, n - 1)
    u = uniform_rows(seed, 0, COLLEAGUE, members[place], draw)[:, 0]
    other = (start + (u * span).astype(np.int64)) % n
    return members[place], members[other]
