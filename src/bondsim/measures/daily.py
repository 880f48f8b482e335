"""The daily series: what is recorded of every day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim.params import KINDS
from bondsim.phases.people import loneliness_at
from bondsim.phases.stretches import row
from bondsim.rules import lonely_days, scale_score
from bondsim.state import Array, Day, Field, State

if TYPE_CHECKING:
    from bondsim.engine import Engine

MEANS = (
    "emotional", "social", "self_worth", "stress", "hurt", "security", "received", "chronic",
)  # fmt: skip

SERIES: dict[str, Field] = {
    "loneliness": Field("float64", "1", "mean loneliness"),
    "loneliness_sd": Field("float64", "1", "spread of loneliness between people"),
    "lonely_days": Field("float64", "days/week", "mean lonely days a week, as the CES-D item"),
    "scale_score": Field("float64", "20-80", "mean score on a loneliness scale"),
    "share_lonely": Field("float64", "1", "share of people above the cut"),
    **{name: Field("float64", "1", f"mean {name.replace('_', ' ')}") for name in MEANS},
    "meetings": Field("float64", "1/day", "mean meetings of a person"),
    "hours": Field("float64", "h/day", "mean chosen hours of a person"),
    "closeness": Field("float64", "1", "mean closeness of a view"),
    "felt": Field("float64", "1", "mean felt connection of a view"),
    "close_ties": Field("float64", "bonds", "mean number of close bonds"),
    "isolated": Field("float64", "1", "share of people without a bond"),
    "bonds": Field("int64", "bonds", "number of bonds"),
    **{f"bonds_{kind}": Field("int64", "bonds", f"number of {kind} bonds") for kind in KINDS},
}
"""Every column of the daily series but the counts of events, which `engine.EVENTS` names."""
SERIES_SIZE = len(SERIES)
COUNT_BITS, FULL = 12, 2**12 - 1
"""Bits of one count of a kind, and the most that it holds."""


def tally(lo, hi, rates, state, now):
    """Sums over persons ``lo`` to ``hi - 1`` in the order of `SERIES`, made in place order."""
    agents, bonds, observe = state.agents, state.bonds, rates.observe
    out = np.zeros(SERIES_SIZE)
    lonely_total, squares, days, score, lonely = 0.0, 0.0, 0.0, 0.0, 0.0
    emotional, social, worth, stress, hurt = 0.0, 0.0, 0.0, 0.0, 0.0
    security, received, chronic, meetings, hours = 0.0, 0.0, 0.0, 0.0, 0.0
    closeness, felt, close, isolated, views = 0.0, 0.0, 0.0, 0.0, 0.0
    kinds = np.zeros(len(KINDS), np.int64)
    for i in range(lo, hi):
        z = loneliness_at(i, agents)
        lonely_total += z
        squares += z * z
        days += lonely_days(z, observe.cut_1, observe.cut_2, observe.cut_3)
        score += scale_score(z)
        lonely += 1.0 if z >= observe.lonely_cut else 0.0
        emotional += np.float64(agents.emotional[i])
        social += np.float64(agents.social[i])
        worth += np.float64(agents.self_worth[i])
        stress += np.float64(agents.stress[i])
        hurt += np.float64(agents.hurt[i])
        security += np.float64(agents.security[i])
        received += np.float64(agents.received[i])
        chronic += np.float64(agents.chronic[i])
        meetings += now.n_met[i]
        hours += np.float64(now.time[i])
        closeness += np.float64(now.closeness[i])
        felt += np.float64(now.felt[i])
        close += now.n_close[i]
        isolated += 1.0 if bonds.degree[i] == 0 else 0.0
        views += bonds.degree[i]
        _count_kinds(i, bonds, kinds)
    out[0], out[1], out[2], out[3], out[4] = lonely_total, squares, days, score, lonely
    out[5], out[6], out[7], out[8], out[9] = emotional, social, worth, stress, hurt
    out[10], out[11], out[12], out[13], out[14] = security, received, chronic, meetings, hours
    out[15], out[16], out[17], out[18], out[19] = closeness, felt, close, isolated, 0.5 * views
    for k in range(len(KINDS)):
        out[20 + k] = 0.5 * kinds[k]
    return out


def _count_kinds(i, bonds, kinds):
    """Add person i's bonds to the counts of their kinds."""
    slot, last = row(i, bonds)
    while slot < last:
        # one word holds the five counts: a quarter of the time of counting one by one
        counts = np.uint64(0)
        stop = min(slot + FULL, last)
        for s in range(slot, stop):
            counts += np.uint64(1) << np.uint64(COUNT_BITS * bonds.kind[np.uint32(s)])
        for k in range(kinds.shape[0]):
            kinds[k] += np.int64((counts >> np.uint64(COUNT_BITS * k)) & np.uint64(FULL))
        slot = stop


def daily_row(state: State, now: Day, engine: Engine) -> Array:
    """One day's numbers: float64, in the order of `SERIES`."""
    n = state.agents.id.size
    sums = engine.total(tally, state, now)
    views = max(2.0 * sums[19], 1.0)
    for c in range(19):
        sums[c] /= views if c in (15, 16) else n
    sums[1] = np.sqrt(max(0.0, sums[1] - sums[0] * sums[0]))
    return sums


def named(row: Array) -> dict[str, float]:
    """One day's numbers by name, each of its own type."""
    values = zip(SERIES.items(), row, strict=True)
    return {name: np.dtype(field.dtype).type(value).item() for (name, field), value in values}
