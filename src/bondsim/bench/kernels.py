"""The loops that are measured against: memory in order, memory at random, and the reduced day."""

from __future__ import annotations

from bondsim.chance import uniforms
from bondsim.numeric import prefetch

AHEAD = 32
"""Halves by which partners are fetched ahead of use."""
NOISE = 0
"""Purpose of the draws of the reduced day; no decision of the model has this number."""


# Loops go over slices: with an index, numba asks at every step whether it is negative, and does not
# vectorise, which made reading six times slower.


def read(lo, hi, numbers, out):
    """Sum ``numbers[lo:hi]``, int64, into ``out[0]``."""
    total = 0
    for number in numbers[lo:hi]:
        total += number
    out[0] = total


def update(lo, hi, numbers):
    """Read and write ``numbers[lo:hi]``, int64, in place."""
    part = numbers[lo:hi]
    for n in range(part.shape[0]):
        part[n] += 1


def gather_records(lo, hi, index, table, out):
    """Fetch the 16-byte records ``table[index[lo:hi]]``, int64 (n, 2), in the order of `index`."""
    a, b = 0, 0
    for record in index[lo:hi]:
        a += table[record, 0]
        b += table[record, 1]
    out[0] = a + b


def gather_words(lo, hi, index, table, out):
    """Fetch the 4-byte words ``table[index[lo:hi]]``, int32 (n,), in the order of `index`."""
    total = 0
    for word in index[lo:hi]:
        total += table[word]
    out[0] = total


def reduced_day(lo, hi, key, day, noise, first, partner, trust, before, set_point, after):
    """One reduced day of the people `lo` to `hi` - 1; see `bondsim.bench.reduced`.

    `first` int64 (n + 1,): where each person's halves start; `partner` int32 and `trust` float32
    per half; `before`, `set_point`, `after` float32 (n,): loneliness before and after the day.
    """
    for i in range(lo, hi):
        mine = float(before[i])
        weighted, total = 0.0, 0.0
        for s in range(first[i], first[i + 1]):
            prefetch(before, partner[min(s + AHEAD, partner.shape[0] - 1)])
            theirs = float(before[partner[s]])
            t = float(trust[s])
            weighted += t * theirs
            total += t
            t += 0.02 * (1.0 - abs(mine - theirs)) - 0.03 * t
            trust[s] = min(max(t, 0.0), 1.0)
        pull = 0.1 * (weighted / total - mine) if total > 0.0 else 0.0
        deviate = 2.0 * uniforms(key, day, NOISE, i, 0)[0] - 1.0 if noise > 0.0 else 0.0
        mine += pull + 0.05 * (float(set_point[i]) - mine) + noise * deviate
        after[i] = min(max(mine, 0.0), 1.0)
