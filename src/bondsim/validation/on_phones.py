"""Row T33: what screens do to the quality of a meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim.measures.statistics import mean, ratio
from bondsim.params import FRIEND
from bondsim.validation.life import Life
from bondsim.validation.meetings import attentions, qualities

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot
    from bondsim.params import Params


def phones(life: Life) -> dict[str, float]:
    """T33a: as usual less without screens, in standard deviations between meetings without."""
    return {"T33a": mean(np.array([_effect(wave, life.params) for wave in life.waves]))}


def _effect(now: Snapshot, params: Params) -> float:
    usual, _ = _mean_and_sd(now, params, params.relate.distraction)
    without, spread = _mean_and_sd(now, params, 0.0)
    return ratio(usual - without, spread)


def _mean_and_sd(now: Snapshot, params: Params, distraction: float) -> tuple[float, float]:
    """Of the quality of friends' meetings, over pairs, sides and the noise of attention."""
    friends = np.tile(now.bonds["kind"] == FRIEND, 2)
    first = second = 0.0
    for attention, weight in attentions(now, params, distraction):
        quality = qualities(now, params, attention)[friends]
        first += weight * mean(quality)
        second += weight * mean(quality**2)
    return first, float(np.sqrt(max(second - first * first, 0.0)))
