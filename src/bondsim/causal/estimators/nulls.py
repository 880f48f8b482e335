"""Excess of loneliness beside the lonely, against three ideas of what chance would give.

The statistic is that of Cacioppo, Fowler & Christakis (2009) at distance 1: the probability that a
person tied to a lonely one is lonely, over its mean under a null, minus 1. Shuffled labels keep the
network and the number of lonely people; rewiring keeps who is lonely and everybody's number of
ties; rewiring within contexts keeps the pair of contexts that each tie joins as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.causal.estimators.estimate import Estimate, nothing
from bondsim.causal.estimators.swaps import rewire
from bondsim.chance import RELABELLING
from bondsim.compiling import compiled, uniform_rows
from bondsim.network.adjacency import neighbours

if TYPE_CHECKING:
    from bondsim.causal.estimators.panel import CrossSection, Panel
    from bondsim.state import Array

SHUFFLES = 400
"""Shuffled labellings, a multiple of 4."""
REWIRINGS = 200
"""Rewired networks that are looked at."""
BURN_IN, BETWEEN = 10, 2
"""Swaps tried, for each tie: before the first rewired network, and from one to the next [A]."""


class Rewired(NamedTuple):
    """Ties after rewiring, as places `i` and `j`, and `both`: ties of two lonely people, float64.

    `both` has a number for each network that was looked at; `changes`: swaps that were done.
    """

    i: Array
    j: Array
    both: Array
    changes: int


def label_permutation(panel: Panel, seed: int) -> Estimate:
    """The excess over shuffled labels, in the last wave; `n`: ties."""
    now = panel.last
    if not _can_tell(now):
        return nothing(now.i.size)
    labels = shuffled(now.lonely, seed)
    degree = np.bincount(now.i, minlength=now.n) + np.bincount(now.j, minlength=now.n)
    both = (labels[:, now.i] & labels[:, now.j]).sum(axis=1)
    beside = labels @ degree.astype(float)
    defined = beside > 0
    return _excess(_share(now), 2.0 * both[defined] / beside[defined], now.i.size)


def degree_rewiring(panel: Panel, seed: int) -> Estimate:
    """The excess over networks of the same numbers of ties, in the last wave; `n`: ties."""
    return _against_rewired(panel.last, np.zeros(panel.last.n, np.int64), seed)


def context_rewiring(panel: Panel, seed: int) -> Estimate:
    """The excess over networks of the same ties between contexts, in the last wave; `n`: ties."""
    return _against_rewired(panel.last, panel.last.context, seed)


def shuffled(labels: Array, seed: int) -> Array:
    """`SHUFFLES` labellings with as many labels each, on people drawn without replacement."""
    n, few = labels.size, int(labels.sum())
    found: Array = np.zeros((SHUFFLES, n), bool)
    for number in range(SHUFFLES // 4):
        u = uniform_rows(seed, 0, RELABELLING, np.arange(n), number).T
        chosen = np.argpartition(u, few - 1, axis=1)[:, :few]
        np.put_along_axis(found[4 * number : 4 * number + 4], chosen, True, axis=1)
    return found


def rewired(now: CrossSection, groups: Array, seed: int) -> Rewired:
    """Networks in which two ties at a time change ends whose people are of the same group.

    `groups`: int64 (n,) codes. With one group for all, every network with the same numbers of ties
    is equally likely in the end; with contexts, every one that also joins the same pairs of them.
    """
    m = now.i.size
    rows = neighbours(now.n, now.i, now.j)
    end = np.stack([now.i, now.j], axis=1).reshape(-1).astype(np.int64)
    partner = rows.partner.astype(np.int64)
    slot = np.empty(2 * m, np.int64)
    owner = np.repeat(np.arange(now.n), np.diff(rows.first))
    slot[2 * rows.bond.astype(np.int64) + (owner != now.i[rows.bond])] = np.arange(2 * m)
    group = groups[end]
    order = np.argsort(group, kind="stable")
    lo = np.searchsorted(group[order], group)
    size = np.searchsorted(group[order], group, side="right") - lo
    # what happens before the first that counts is looked at as well, and thrown away
    counts = np.zeros(BURN_IN // BETWEEN + REWIRINGS, np.int64)
    changes = compiled(rewire)(
        seed, 0, rows.first, partner, end, slot, order, lo, size,
        now.lonely.astype(np.int64), BETWEEN * m, counts,
    )  # fmt: skip
    return Rewired(end[::2], end[1::2], counts[-REWIRINGS:].astype(float), int(changes))


def _against_rewired(now: CrossSection, groups: Array, seed: int) -> Estimate:
    if not _can_tell(now):
        return nothing(now.i.size)
    found = rewired(now, groups, seed)
    beside = (now.lonely[now.i].astype(float) + now.lonely[now.j]).sum()
    return _excess(_share(now), 2.0 * found.both / beside, now.i.size)


def _can_tell(now: CrossSection) -> bool:
    """Some people are lonely, some are not, and one of the lonely is tied."""
    some = bool(now.lonely.any() and not now.lonely.all())
    return some and bool((now.lonely[now.i] | now.lonely[now.j]).any())


def _share(now: CrossSection) -> float:
    """The share of lonely people among those tied to a lonely one, each tie seen from both sides.

    Needs a lonely person who is tied.
    """
    one, other = now.lonely[now.i], now.lonely[now.j]
    return float(2.0 * (one & other).sum() / (one.sum() + other.sum()))


def _excess(seen: float, null: Array, n: int) -> Estimate:
    """How far `seen` lies above the mean of the null, and how often the null goes as far.

    The interval is the null's own spread moved to the estimate, as the field draws it.
    """
    expected = float(null.mean()) if null.size else 0.0
    if expected <= 0.0 or np.ptp(null) == 0.0:
        return nothing(n)
    ratios = null / expected - 1.0
    excess = seen / expected - 1.0
    # a null of few values is met exactly at times, within rounding
    above, below = (null >= seen - 1e-12).sum(), (null <= seen + 1e-12).sum()
    p = min(1.0, 2.0 * float(min(above, below) + 1) / (null.size + 1))
    low, high = (float(excess - q) for q in np.percentile(ratios, [97.5, 2.5]))
    return Estimate(excess, float(ratios.std(ddof=1)), low, high, p, n)
