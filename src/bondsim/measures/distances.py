"""Who is how far from whom: searches from 512 people at once, a bit for each (Then et al. 2014).

A search outward goes level by level. Where many searches pass the same people, one step along a
bond takes all of them on: a person holds a bit for each search that has reached them, and eight
words of 64 bits are one line of the processor's cache.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from bondsim.compiling import compiled

if TYPE_CHECKING:
    from bondsim.network.adjacency import Neighbours
    from bondsim.state import Array

BATCH = 512
"""Searches at once: the bits of eight words, which the loops below name one by one."""
ALONE = 4096
"""Up to so many sources one thread does it all: sweeps have a process on every core."""
ONE = np.uint64(1)
NONE, ALL = np.uint64(0), np.uint64(0xFFFFFFFFFFFFFFFF)
_FIVES, _THREES = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_NIBBLES, _BYTES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_1, _2, _4, _6, _56, _63 = (np.uint64(x) for x in (1, 2, 4, 6, 56, 63))


def count_labels(
    sources: Array, rows: Neighbours, words: Array, most: int, threads: int | None = None
) -> tuple[Array, Array, Array]:
    """Count labelled people by distance from labelled sources, under many labellings at once.

    `sources`: places, int64; `words`: uint64 (n_agents, n_words), bit b of word w of a person:
    whether labelling 64 w + b labels them. Distances 1 to `most`.

    Returns int64 arrays: pairs of a labelled source and a labelled person, (most, 64 n_words);
    pairs of a labelled source and anybody, (most, 64 n_words); all pairs, (most,). The same for any
    number of `threads` (None: all cores, one for up to `ALONE` sources).
    """
    parts = _parts(sources, threads)
    count = compiled(_count)
    with ThreadPoolExecutor(_threads(sources, threads)) as pool:
        found = pool.map(lambda some: count(some, rows.first, rows.partner, words, most), parts)
        both, beside, pairs = (np.sum(part, axis=0) for part in zip(*found, strict=True))
    return both, beside, pairs


def distance_sums(
    sources: Array, rows: Neighbours, threads: int | None = None
) -> tuple[Array, Array]:
    """How many sources reach each person, and the sum of their distances: int64 (n_agents,) each.

    A source reaches itself, at distance 0.
    """
    parts = _parts(sources, threads)
    total = compiled(_sum)
    with ThreadPoolExecutor(_threads(sources, threads)) as pool:
        found = pool.map(lambda some: total(some, rows.first, rows.partner), parts)
        reached, sums = (np.sum(part, axis=0) for part in zip(*found, strict=True))
    return reached, sums


def _threads(sources: Array, threads: int | None) -> int:
    """As many as asked for; of its own accord one where all is done in a moment."""
    return threads or (os.cpu_count() or 1 if sources.size > ALONE else 1)


def _parts(sources: Array, threads: int | None) -> list[Array]:
    """The sources in whole batches, a few parts for each thread: one may be slower than others."""
    batches = max(1, -(-sources.size // BATCH))
    n_parts = min(4 * _threads(sources, threads), batches)
    edges = np.arange(1, n_parts) * batches // n_parts * BATCH
    return np.split(np.ascontiguousarray(sources, dtype=np.int64), edges)


def ones(x):
    """The number of bits that are set in a word; compilers know the form as one instruction."""
    x = x - ((x >> _1) & _FIVES)
    x = (x & _THREES) + ((x >> _2) & _THREES)
    x = (x + (x >> _4)) & _NIBBLES
    return np.int64((x * _BYTES) >> _56)


def _count(sources, first, partner, words, most):
    """`count_labels` of some sources."""
    n, n_words = words.shape
    together = np.zeros((most, 64 * n_words), np.int64)
    beside = np.zeros((most, 64 * n_words), np.int64)
    pairs = np.zeros(most, np.int64)
    seen, front = np.empty((n, 8), np.uint64), np.empty((n, 8), np.uint64)
    fresh = np.empty((n, 8), np.uint64)
    live, born = np.empty(n, np.uint8), np.empty(n, np.uint8)
    masks = np.empty((64 * n_words, 8), np.uint64)
    digits = np.zeros((8, 32), np.uint64)
    size = np.empty(BATCH, np.int64)
    for lo in range(0, sources.shape[0], BATCH):
        batch = sources[lo : lo + BATCH]
        _start(batch, seen, front, live)
        _mask(batch, words, masks)
        for level in range(most):
            if _advance(first, partner, seen, front, live, fresh, born) == 0:
                break
            for v in range(n):
                if born[v] != 0:
                    for w in range(8):
                        _carry(fresh[v, w], digits[w])
                    _together(words[v], fresh[v], masks, together[level])
            _sizes(digits, size)
            for k in range(batch.shape[0]):
                pairs[level] += size[k]
                _add(words[batch[k]], size[k], beside[level])
            front, fresh = fresh, front
            live, born = born, live
    return together, beside, pairs


def _sum(sources, first, partner):
    """`distance_sums` of some sources."""
    n = first.shape[0] - 1
    reached, sums = np.zeros(n, np.int64), np.zeros(n, np.int64)
    seen, front = np.empty((n, 8), np.uint64), np.empty((n, 8), np.uint64)
    fresh = np.empty((n, 8), np.uint64)
    live, born = np.empty(n, np.uint8), np.empty(n, np.uint8)
    for lo in range(0, sources.shape[0], BATCH):
        batch = sources[lo : lo + BATCH]
        _start(batch, seen, front, live)
        for k in range(batch.shape[0]):
            reached[batch[k]] += 1
        level = 0
        while _advance(first, partner, seen, front, live, fresh, born) > 0:
            level += 1
            for v in range(n):
                if born[v] != 0:
                    number = np.int64(0)
                    for w in range(8):
                        number += ones(fresh[v, w])
                    reached[v] += number
                    sums[v] += level * number
            front, fresh = fresh, front
            live, born = born, live
    return reached, sums


def _start(batch, seen, front, live):
    """Search k of the batch has reached its source, and nobody else."""
    for w in range(8):
        # a search that is not there has nobody left to reach
        here = min(max(batch.shape[0] - 64 * w, 0), 64)
        seen[:, w] = NONE if here == 64 else ALL << np.uint64(here)
    front[:] = NONE
    live[:] = 0
    for k in range(batch.shape[0]):
        bit = ONE << (np.uint64(k) & _63)
        seen[batch[k], k >> 6] |= bit
        front[batch[k], k >> 6] |= bit
        live[batch[k]] = 1


def _advance(first, partner, seen, front, live, fresh, born):
    """Take all searches a bond farther: `fresh`, whom they meet first now; how many those are.

    `live` and `born` say for whom any bit of `front` and `fresh` is set.
    """
    found = np.int64(0)
    for v in range(seen.shape[0]):
        all_bits = ALL
        for w in range(8):
            all_bits &= seen[v, w]
        if all_bits == ALL:
            born[v] = 0
            continue
        a, b, c, d, e, f, g, h = NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE
        for s in range(first[v], first[v + 1]):
            u = partner[s]
            if live[u] != 0:
                a |= front[u, 0]
                b |= front[u, 1]
                c |= front[u, 2]
                d |= front[u, 3]
                e |= front[u, 4]
                f |= front[u, 5]
                g |= front[u, 6]
                h |= front[u, 7]
        fresh[v, 0] = a & ~seen[v, 0]
        fresh[v, 1] = b & ~seen[v, 1]
        fresh[v, 2] = c & ~seen[v, 2]
        fresh[v, 3] = d & ~seen[v, 3]
        fresh[v, 4] = e & ~seen[v, 4]
        fresh[v, 5] = f & ~seen[v, 5]
        fresh[v, 6] = g & ~seen[v, 6]
        fresh[v, 7] = h & ~seen[v, 7]
        any_bit = NONE
        for w in range(8):
            any_bit |= fresh[v, w]
            seen[v, w] |= fresh[v, w]
        born[v] = np.uint8(any_bit != NONE)
        found += np.int64(born[v])
    return found


def _mask(batch, words, masks):
    """Of each labelling, which of the batch it labels."""
    masks[:] = NONE
    for k in range(batch.shape[0]):
        bit = ONE << (np.uint64(k) & _63)
        for word in range(words.shape[1]):
            left = words[batch[k], word]
            while left != NONE:
                lowest = left & (~left + ONE)
                masks[64 * word + ones(lowest - ONE), k >> 6] |= bit
                left ^= lowest


def _together(own, fresh, masks, together):
    """Add to each labelling that labels this person the labelled sources that have reached them."""
    a, b, c, d = fresh[0], fresh[1], fresh[2], fresh[3]
    e, f, g, h = fresh[4], fresh[5], fresh[6], fresh[7]
    for word in range(own.shape[0]):
        left = own[word]
        while left != NONE:
            lowest = left & (~left + ONE)
            p = 64 * word + ones(lowest - ONE)
            left ^= lowest
            together[p] += (
                (ones(a & masks[p, 0]) + ones(b & masks[p, 1]))
                + (ones(c & masks[p, 2]) + ones(d & masks[p, 3]))
                + (ones(e & masks[p, 4]) + ones(f & masks[p, 5]))
                + (ones(g & masks[p, 6]) + ones(h & masks[p, 7]))
            )


def _carry(carry, digits):
    """Add a bit to each of 64 counters, held in binary, a word for each digit."""
    d = 0
    while carry != NONE:
        both = digits[d] & carry
        digits[d] ^= carry
        carry = both
        d += 1


def _sizes(digits, size):
    """Read the counters of a batch and set them to 0."""
    for k in range(size.shape[0]):
        number = np.int64(0)
        for d in range(digits.shape[1]):
            number |= np.int64((digits[k >> 6, d] >> (np.uint64(k) & _63)) & ONE) << d
        size[k] = number
    digits[:] = NONE


def _add(own, number, totals):
    """Add a number to the total of each labelling that labels a person."""
    for word in range(own.shape[0]):
        left = own[word]
        while left != NONE:
            lowest = left & (~left + ONE)
            totals[64 * word + ones(lowest - ONE)] += number
            left ^= lowest
