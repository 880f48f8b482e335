"""The loops over people and bonds that are compiled: where each step depends on those before."""

from __future__ import annotations

import math

import numpy as np

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


def fill_rows(i, j, free, partner, bond):
    """Write each bond into the rows of both its people; `free` holds each row's next place."""
    for k in range(i.shape[0]):
        a, b = i[k], j[k]
        partner[free[a]] = b
        bond[free[a]] = k
        free[a] += 1
        partner[free[b]] = a
        bond[free[b]] = k
        free[b] += 1


def count_triangles(first, partner, found):
    """Add to `found` the triangles that each person is in.

    Each triangle is met once, from its person of lowest degree. No row of the bonds that lead to
    higher degrees is longer than the root of twice the bonds, so hubs cost little.
    """
    n = first.shape[0] - 1
    start = np.zeros(n + 1, np.int64)
    higher = np.empty(partner.shape[0] // 2, np.int32)
    count = 0
    for a in range(n):
        degree = first[a + 1] - first[a]
        for s in range(first[a], first[a + 1]):
            b = partner[s]
            other = first[b + 1] - first[b]
            if other > degree or (other == degree and b > a):
                higher[count] = b
                count += 1
        start[a + 1] = count
    seen_from = np.full(n, -1, np.int32)
    for a in range(n):
        for s in range(start[a], start[a + 1]):
            seen_from[higher[s]] = a
        for s in range(start[a], start[a + 1]):
            b = higher[s]
            for t in range(start[b], start[b + 1]):
                c = higher[t]
                if seen_from[c] == a:
                    found[a] += 1
                    found[b] += 1
                    found[c] += 1


def join_communities(first, partner, weight, strength, order, community, total):
    """Let each node in `order` join the community that gains most modularity; return the moves.

    `total` holds the strength of each community. Who gains nothing stays; of equals, the one met
    first is joined.
    """
    n = strength.shape[0]
    whole = strength.sum()
    toward = np.zeros(n)
    met = np.empty(n, np.int64)
    moves = 0
    for k in range(n):
        a = order[k]
        n_met = 0
        for s in range(first[a], first[a + 1]):
            code = community[partner[s]]
            if toward[code] == 0.0:
                met[n_met] = code
                n_met += 1
            toward[code] += weight[s]
        own = community[a]
        total[own] -= strength[a]
        best, most = own, toward[own] - strength[a] * total[own] / whole
        for m in range(n_met):
            gain = toward[met[m]] - strength[a] * total[met[m]] / whole
            if gain > most:
                best, most = met[m], gain
            toward[met[m]] = 0.0
        total[best] += strength[a]
        community[a] = best
        moves += best != own
    return moves
