"""The daily series: what is recorded of every day."""

from __future__ import annotations

import numpy as np

from bondsim.compiling import Replaced, compiled
from bondsim.params import KINDS
from bondsim.phases.people import loneliness_at
from bondsim.rates import Rates
from bondsim.rules import lonely_days, scale_score
from bondsim.state import Array, Day, Field, State

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


def _tally(observe, state, now, out):
    """Fill `out` in the order of `SERIES`; sums run over people in place order."""
    agents, bonds = state.agents, state.bonds
    n = agents.id.shape[0]
    views = 0
    for i in range(n):
        lonely = loneliness_at(i, agents)
        out[0] += lonely
        out[1] += lonely * lonely
        out[2] += lonely_days(lonely, observe.cut_1, observe.cut_2, observe.cut_3)
        out[3] += scale_score(lonely)
        out[4] += 1.0 if lonely >= observe.lonely_cut else 0.0
        out[5] += agents.emotional[i]
        out[6] += agents.social[i]
        out[7] += agents.self_worth[i]
        out[8] += agents.stress[i]
        out[9] += agents.hurt[i]
        out[10] += agents.security[i]
        out[11] += agents.received[i]
        out[12] += agents.chronic[i]
        out[13] += now.n_met[i]
        out[14] += now.time[i]
        out[15] += now.closeness[i]
        out[16] += now.felt[i]
        out[17] += now.n_close[i]
        out[18] += 1.0 if bonds.degree[i] == 0 else 0.0
        views += bonds.degree[i]
        for s in range(bonds.first[i], bonds.first[i] + bonds.degree[i]):
            out[20 + bonds.kind[s]] += 0.5
    for c in range(19):
        out[c] /= max(views, 1) if c == 15 or c == 16 else n
    out[1] = np.sqrt(max(0.0, out[1] - out[0] * out[0]))
    out[19] = views // 2


def daily_row(state: State, now: Day, rates: Rates, rules: Replaced) -> Array:
    """One day's numbers: float64, in the order of `SERIES`; `rules` are the replaced ones."""
    out = np.zeros(len(SERIES))
    compiled(_tally, rules)(rates.observe, state, now, out)
    return out


def named(row: Array) -> dict[str, float]:
    """One day's numbers by name, each of its own type."""
    values = zip(SERIES.items(), row, strict=True)
    return {name: np.dtype(field.dtype).type(value).item() for (name, field), value in values}
