"""The loops of the generators that are compiled: each choice depends on the one before."""

from __future__ import annotations

import math

from bondsim.chance import NETWORK, uniforms
from bondsim.numeric import log


def attach(key, n, m, ends):
    """Fill `ends` (bonds, 2) with (older, newer); a person's bonds are their weight."""
    for k in range(m):
        ends[k, 0] = k
        ends[k, 1] = m
    filled = m
    for new in range(m + 1, n):
        start = filled
        draw = 0
        while filled < start + m:
            u = uniforms(key, 0, NETWORK, new, draw)
            draw += 1
            spot = int(u[0] * 2 * start)
            target = ends[spot // 2, spot % 2]
            fresh = True
            for k in range(start, filled):
                fresh = fresh and ends[k, 0] != target
            if fresh:
                ends[filled, 0] = target
                ends[filled, 1] = new
                filled += 1


def skip(key, decision, total, prob, out):
    """Jump from one chosen place to the next: the gaps of independent choices are geometric."""
    # below, 1 - prob has lost what sets it apart from 1, and log(1 - prob) is -prob
    per_step = 1.0 / log(1.0 - prob) if prob >= 1e-12 else -1.0 / prob
    place = -1.0
    count = 0
    while count < out.shape[0]:
        u = uniforms(key, 0, NETWORK, count, decision)
        # two draws make the uniform fine enough for gaps of rare choices
        gap = log((u[0] + u[1] * 2.0**-32) / (1.0 + 2.0**-32)) * per_step
        if not gap < total:  # too large for a whole number, or not a number at all
            break
        place += 1.0 + math.floor(gap)
        if place >= total:
            break
        out[count] = int(place)
        count += 1
    return count
