"""The compiled loop that rewires a network and keeps every person's number of ties."""

from __future__ import annotations

from bondsim.chance import REWIRING, uniforms


def rewire(key, day, first, partner, end, slot, order, lo, size, lonely, attempts, counts):
    """Let two ties change ends, again and again; count ties of two lonely people now and then.

    Tie k has the ends 2 k and 2 k + 1. `end` (2 m,): the person at each end; `partner` (2 m,), the
    others of person a at ``first[a] : first[a + 1]``; `slot` (2 m,), the place in `partner` at
    which the person at this end has the one at the other. `order` (2 m,): ends in the order of
    the groups of their persons; `lo`, `size` (2 m,), for each end: where those of its group start
    in it, and how many there are. Two ends of one group change places, unless a tie would then
    join a person to themselves or a pair that is tied already. `counts` (samples,) gets, after
    each `attempts` of these, the ties of two people who are `lonely`. Changes `partner`, `end` and
    `slot` in place; returns the number of changes.
    """
    m2 = end.shape[0]
    both = 0
    for s in range(0, m2, 2):
        both += lonely[end[s]] * lonely[end[s + 1]]
    changes = 0
    attempt = 0
    for sample in range(counts.shape[0]):
        for _ in range(attempts):
            u = uniforms(key, day, REWIRING, attempt, 0)
            attempt += 1
            s = int(u[0] * m2)
            t = order[lo[s] + int(u[1] * size[s])]
            x, a, y, c = end[s], end[s ^ 1], end[t], end[t ^ 1]
            if x == y or a == c or a == y or c == x:
                continue
            if tied(first, partner, a, y) or tied(first, partner, c, x):
                continue
            both += (lonely[a] - lonely[c]) * (lonely[y] - lonely[x])
            end[s], end[t] = y, x
            slot[s], slot[t] = slot[t], slot[s]
            partner[slot[s]], partner[slot[s ^ 1]] = a, y
            partner[slot[t]], partner[slot[t ^ 1]] = c, x
            changes += 1
        counts[sample] = both
    return changes


def tied(first, partner, a, b):
    """Whether a and b are tied, looked up in the shorter of their rows."""
    if first[a + 1] - first[a] > first[b + 1] - first[b]:
        a, b = b, a
    for k in range(first[a], first[a + 1]):
        if partner[k] == b:
            return True
    return False
