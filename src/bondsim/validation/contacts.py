"""How often and how long people are expected to meet by choice, from a day's tables alone.

The phase `meet` as it would go the next morning without luck: ODD eq. 7 to 12, written for whole
columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot
    from bondsim.params import Params
    from bondsim.state import Array


class Contacts(NamedTuple):
    """Expectations of the morning after a wave, float64 (n_bonds,).

    `chance`: of a meeting by choice that day; `hours`: expected hours by choice [h/day].
    """

    chance: Array
    hours: Array


def contacts(now: Snapshot, params: Params) -> Contacts:
    """What each bond of a wave can expect; `params` as they act."""
    meet, kind = params.meet, now.bonds["kind"]
    role, length = (np.array(x.as_tuple())[kind] for x in (meet.role, meet.base_hours))
    starts = np.zeros(now.i.size)
    for place, side in ((now.i, "ij"), (now.j, "ji")):
        weight = role * now.bonds[f"felt_{side}"].astype(float) ** meet.psi
        starts += _readiness(now, params)[place] * weight / _totals(now, role, meet.psi)[place]
    chance = -np.expm1(-starts)
    gap = now.day + 1 - now.bonds["last_met"].astype(float)
    longer = length * (1.0 + meet.gap_gain * np.log1p(gap))
    expected = of_both(now, chance * longer, chance * longer)
    budget = now.agents["hours"].astype(float)
    scale = np.minimum(1.0, budget / np.maximum(expected, np.finfo(float).tiny))
    return Contacts(chance, chance * longer * np.minimum(scale[now.i], scale[now.j]))


def of_both(now: Snapshot, forth: Array, back: Array) -> Array:
    """Sums over the bonds of each person, float64 (n_agents,), of i's numbers and of j's."""
    total: Array = np.bincount(now.i, forth, now.n_agents) + np.bincount(now.j, back, now.n_agents)
    return total


def _readiness(now: Snapshot, params: Params) -> Array:
    """Meetings that each person is expected to start (ODD eq. 7, 9) [1/day]."""
    lonely = now.agents["loneliness"].astype(float)
    warm_up = np.exp(params.meet.eta1 * lonely - params.meet.eta2 * lonely**2)
    ready: Array = now.agents["initiative"].astype(float) * warm_up * now.agents["mobility_factor"]
    return ready


def _totals(now: Snapshot, role: Array, psi: float) -> Array:
    """The sum of each person's weights; 1 where all are 0, so that shares are 0."""
    forth, back = (role * now.bonds[f"felt_{side}"].astype(float) ** psi for side in ("ij", "ji"))
    total = of_both(now, forth, back)
    return np.where(total > 0.0, total, 1.0)
