"""Rows T8 to T11 and T19: layers, time, and who stays."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bondsim.measures.statistics import mean
from bondsim.measures.survey.plan import SurveyPlan
from bondsim.measures.ties import others_within
from bondsim.validation.contacts import contacts, of_both
from bondsim.validation.life import Life
from bondsim.validation.names import CORE, kept, names, of_both_waves

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot
    from bondsim.state import Array

OFTEN = {"T8a": 7.0, "T8b": 30.0, "T8c": 182.5, "T8d": 365.0}
"""Days in which one meeting is expected, by layer (Dunbar [M])."""
INNER = {"T9a": 5, "T9b": 15}
CLOSEST = SurveyPlan(name_cap=5)
"""The five to whom one is closest."""


def layers(life: Life) -> dict[str, float]:
    """T8: others met by choice at least weekly, monthly, half-yearly and yearly."""
    found: dict[str, list[float]] = {row: [] for row in OFTEN}
    for wave in life.waves:
        chance = contacts(wave, life.params).chance
        for row, days in OFTEN.items():
            met = (chance * days >= 1.0).astype(float)
            found[row].append(float(of_both(wave, met, met).mean()))
    return {row: float(np.mean(values)) for row, values in found.items()}


def shares(life: Life) -> dict[str, float]:
    """T9: the part of expected hours by choice that goes to the closest five and fifteen."""
    found: dict[str, list[float]] = {row: [] for row in INNER}
    for wave in life.waves:
        hours = contacts(wave, life.params).hours
        for row, number in INNER.items():
            found[row].append(_share_of_closest(wave, hours, number))
    return {row: mean(np.array(values)) for row, values in found.items()}


def _share_of_closest(now: Snapshot, hours: Array, number: int) -> float:
    """Mean over people who meet anybody of the share of hours with the `number` closest."""
    who = np.concatenate([now.i, now.j])
    close = np.concatenate([now.bonds["closeness_ij"], now.bonds["closeness_ji"]])
    both = np.concatenate([hours, hours])
    order = np.lexsort((-close, who))
    who, both = who[order], both[order]
    inner = np.arange(who.size) - np.searchsorted(who, who) < number
    total = np.bincount(who, both, now.n_agents)
    meets = total > 0.0
    return mean(np.bincount(who[inner], both[inner], now.n_agents)[meets] / total[meets])


def lasting(life: Life) -> dict[str, float]:
    """T10: namings that the last wave repeats, and the change in their number."""
    first, last = of_both_waves(names(life.waves[0], CORE), names(life.waves[-1], CORE))
    change = last.who.size / first.who.size - 1.0 if first.who.size else float("nan")
    return {"T10a": kept(first, last), "T10b": change}


def churn(life: Life) -> dict[str, float]:
    """T11: of the five closest, the share who are not a year later."""
    circles = [names(wave, CLOSEST) for wave in life.waves]
    pairs = pairwise(circles)
    return {"T11": 1.0 - mean(np.array([kept(first, last) for first, last in pairs]))}


def confidants(life: Life) -> dict[str, float]:
    """T19b: share of people without anybody to whom they are close enough to confide."""
    cut = SurveyPlan().confide_cut
    found = [float((others_within(wave, cut) == 0).mean()) for wave in life.waves]
    return {"T19b": float(np.mean(found))}
