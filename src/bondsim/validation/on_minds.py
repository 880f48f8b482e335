"""Rows T24 to T27: self-worth, support, safety, and what partners see of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim.measures.measure import of_people
from bondsim.measures.statistics import UNKNOWN, mean, standard
from bondsim.params import PARTNER
from bondsim.validation.contacts import contacts, of_both
from bondsim.validation.life import Life
from bondsim.validation.on_levels import slopes

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot
    from bondsim.state import Array


def cross_lags(life: Life) -> dict[str, float]:
    """T24: standardised slopes of each of two on the other a year before, given itself."""
    found = {"T24a": ("received", "self_worth"), "T24b": ("self_worth", "received")}
    return {
        row: mean(np.array([_lag(first, last, y, x) for first, last in life.apart(1)]))
        for row, (y, x) in found.items()
    }


def _lag(first: Snapshot, last: Snapshot, outcome: str, cause: str) -> float:
    """The slope of `outcome` in the last wave on `cause` in the first, both standardised."""
    _, here, there = np.intersect1d(
        first.agents["id"], last.agents["id"], assume_unique=True, return_indices=True
    )
    columns = [
        standard(values)
        for values in (
            of_people(last, outcome)[there],
            of_people(first, outcome)[here],
            of_people(first, cause)[here],
        )
    ]
    if any(column is None for column in columns):
        return UNKNOWN
    after, before, other = (column for column in columns if column is not None)
    return float(slopes(after, [before, other])[1])


def distress(life: Life) -> dict[str, float]:
    """T25: how support and distress go together, mean over waves."""
    found = [pearson(support_of(wave), distress_of(wave)) for wave in life.waves]
    return {"T25": mean(np.array(found))}


def support_of(now: Snapshot) -> Array:
    """Support of each person (ODD eq. 42): float64 (n_agents,)."""
    forth, back = (
        now.bonds[f"closeness_{side}"].astype(float) * now.bonds[f"trust_{side}"]
        for side in ("ij", "ji")
    )
    found: Array = -np.expm1(-of_both(now, forth, back))
    return found


def distress_of(now: Snapshot) -> Array:
    """Mean of stress, low self-worth and loneliness, each with mean 0 and variance 1.

    float64 (n_agents,); what is the same in all is left out.
    """
    signed = (("stress", 1.0), ("self_worth", -1.0), ("loneliness", 1.0))
    parts = [(sign, standard(of_people(now, name))) for name, sign in signed]
    varied = [sign * part for sign, part in parts if part is not None]
    return np.mean(varied, axis=0) if varied else np.zeros(now.n_agents)


def insecurity(life: Life) -> dict[str, float]:
    """T26a: how loneliness and insecurity go together, mean over waves."""
    found = [pearson(of_people(wave), 1.0 - of_people(wave, "security")) for wave in life.waves]
    return {"T26a": mean(np.array(found))}


def partners(life: Life) -> dict[str, float]:
    """T27: one's loneliness with one's view of the partner, the partner's view, and touch."""
    found = np.array([_of_partners(wave, life) for wave in life.waves])
    return dict(zip(("T27a", "T27b", "T27c"), map(mean, found.T), strict=True))


def _of_partners(now: Snapshot, life: Life) -> tuple[float, float, float]:
    pair = now.bonds["kind"] == PARTNER
    lonely = of_people(now)[np.concatenate([now.i[pair], now.j[pair]])]
    forth, back = (now.bonds[f"regard_{side}"][pair].astype(float) for side in ("ij", "ji"))
    own, others = np.concatenate([forth, back]), np.concatenate([back, forth])
    touch = np.tile(contacts(now, life.params).chance[pair], 2)
    return pearson(lonely, own), pearson(lonely, others), pearson(lonely, touch)


def pearson(x: Array, y: Array) -> float:
    """Pearson's correlation; NaN where either is the same in all."""
    a, b = standard(x), standard(y)
    return UNKNOWN if a is None or b is None else float(np.dot(a, b) / a.size)
