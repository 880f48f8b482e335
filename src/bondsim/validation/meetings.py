"""The quality of meetings as a wave finds the people: ODD eq. 13 to 22, for whole columns.

The phase `relate` as it would go in a meeting that day, without accomplishments and promises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot
    from bondsim.params import Params
    from bondsim.state import Array

NODES = ((-(3.0**0.5), 1.0 / 6.0), (0.0, 2.0 / 3.0), (3.0**0.5, 1.0 / 6.0))
"""Three deviates of attention and their weights: Gauss and Hermite's rule."""


def qualities(now: Snapshot, params: Params, attention: Array) -> Array:
    """Quality of a meeting for each side of each bond, float64 (2 n_bonds,): i's sides, then j's.

    `attention`, float64 (n_agents,): what each person gives. `params` as they act.
    """
    a, relate = now.agents, params.relate
    who, whom = np.concatenate([now.i, now.j]), np.concatenate([now.j, now.i])
    own = {
        name: np.concatenate([now.bonds[f"{name}_ij"], now.bonds[f"{name}_ji"]]).astype(float)
        for name in ("trust", "closeness")
    }
    opened = _disclosure(now, params, who, own)
    back = np.concatenate([opened[now.i.size :], opened[: now.i.size]])
    opened = opened + 0.5 * relate.reciprocation * (back - opened)
    lonely = a["loneliness"].astype(float)
    vigilance = relate.vigilance * a["vigilance_factor"] * (1.0 - relate.safety * a["security"])
    hidden = (vigilance * lonely)[who]
    shown = (
        _understood(now, params, who, whom, attention),
        a["respect"].astype(float)[whom],
        _warmth(now, params, attention)[whom],
    )
    responsive = sum(np.maximum(0.0, each - hidden) for each in shown) / 3.0
    used = 1.0 - relate.phone_cost * (1.0 - attention[whom])
    honest = 0.5 + 0.5 * a["authenticity"].astype(float)[who]
    found: Array = relate.quality_gain * responsive * opened * used * honest
    return found


def _disclosure(now: Snapshot, params: Params, who: Array, own: dict[str, Array]) -> Array:
    """ODD eq. 16, of each side."""
    a, relate = now.agents, params.relate
    told = (
        relate.disclosure_base
        + relate.disclosure_authenticity * a["authenticity"].astype(float)
        - relate.disclosure_hurt * a["hurt"].astype(float)
        - relate.disclosure_loneliness * a["loneliness"].astype(float)
    )[who]
    for_them = (
        relate.disclosure_trust * own["trust"] + relate.disclosure_closeness * own["closeness"]
    )
    opened: Array = 1.0 / (1.0 + np.exp(-(told + for_them)))
    return opened


def _understood(now: Snapshot, params: Params, who: Array, whom: Array, attention: Array) -> Array:
    """ODD eq. 6 and 18: how far the attention of `whom` makes `who` feel understood."""
    apart = np.zeros(who.size)
    for name in ("position_x", "position_y"):
        place = now.agents[name].astype(float)
        step = np.abs(place[who] - place[whom])
        apart += np.minimum(step, 1.0 - step) ** 2
    alike = np.exp(-apart / (2.0 * params.relate.similarity_width**2))
    aid = params.relate.similarity_aid
    heard: Array = np.sqrt(now.agents["interest"].astype(float) * attention)[whom]
    return heard * (1.0 - aid + aid * alike)


def _warmth(now: Snapshot, params: Params, attention: Array) -> Array:
    """ODD eq. 15, of each person."""
    a, relate = now.agents, params.relate
    kind = (
        a["empathy"].astype(float) * attention
        + relate.spill * (a["self_worth"].astype(float) - 0.5)
        - relate.cold * a["loneliness"].astype(float)
    )
    warm: Array = np.clip(kind * (1.0 - relate.strain * a["stress"].astype(float)), 0.0, 1.0)
    return warm


def attentions(now: Snapshot, params: Params, distraction: float) -> list[tuple[Array, float]]:
    """What everybody may give, float64 (n_agents,), and its weight, at this level of screens.

    ODD eq. 13, its noise being taken at `NODES`.
    """
    screens = distraction * now.agents["distraction_factor"].astype(float)
    usual = now.agents["presence"].astype(float) * (1.0 - screens)
    return [(np.clip(usual + params.relate.attention_noise * z, 0.0, 1.0), w) for z, w in NODES]
