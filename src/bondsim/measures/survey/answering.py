"""What people answer about themselves, with its error, and who does not answer at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim import chance
from bondsim.compiling import uniform_rows
from bondsim.measures.survey.plan import ITEM, SCALE, SurveyPlan
from bondsim.rules import lonely_days, scale_score

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot, Table
    from bondsim.params import Observe
    from bondsim.state import Array

LEAVES, SKIPS, INVITED, LEAVES_BLANK, OF_EMOTIONAL, OF_SOCIAL = range(6)
"""The decisions of a person in a wave."""
DAYS_A_WEEK = 7.0
LOWEST, SPAN = 20.0, 60.0
"""Lowest score of the scale, and how far the highest lies above it."""
_SQRT_3 = 3.0**0.5

ANSWERS = ("loneliness", "lonely_days", "scale_score", "emotional", "social")
"""What the questionnaire asks of loneliness."""
SEEN = {"context": np.int32, "height": np.float32, "headaches": np.float32}
"""What it asks beside, where the run has it."""


def luck(seed: int, day: int, ids: Array, decision: int) -> Array:
    """A uniform number for a decision of each person: the same whatever the plan."""
    return uniform_rows(seed, day, chance.SURVEY, ids, decision)[:, 0]


def odds(share: float, slope: float, now: Snapshot) -> Array:
    """The chance of everybody, `share` at mean loneliness; 1 SD adds `slope` to its log odds."""
    if slope == 0.0 or share in (0.0, 1.0):
        return np.full(now.n_agents, share)
    lonely = now.agents["loneliness"].astype(float)
    apart = (lonely - lonely.mean()) / max(lonely.std(), np.finfo(float).tiny)
    chances: Array = 1.0 / (1.0 + (1.0 / share - 1.0) * np.exp(-slope * apart))
    return chances


def answers(now: Snapshot, plan: SurveyPlan, observe: Observe, seed: int) -> Table:
    """What everybody would answer: `ANSWERS`, float64 (n_agents,), and what of `SEEN` there is.

    Error moves both facets, and the item and the scale with them, so that the reliability of
    loneliness is the plan's among all people of that day; what would leave its range stops at the
    end of it. Without error answers are the run's own read-outs; with it those of ODD eq. 51 and
    52, since a replaced rule is not in the tables. `loneliness`, in [0, 1], is what the plan's
    measure says of it: the share of days of the item, the share of the way up the scale, or the
    state itself.
    """
    agents = now.agents
    true = {name: agents[name].astype(float) for name in ANSWERS}
    told = true if plan.reliability == 1.0 else _with_error(now, true, plan, observe, seed)
    if plan.measure == ITEM:
        told = {**told, "loneliness": told["lonely_days"] / DAYS_A_WEEK}
    elif plan.measure == SCALE:
        told = {**told, "loneliness": (told["scale_score"] - LOWEST) / SPAN}
    return {**told, **{name: agents[name] for name in SEEN if name in agents}}


def _with_error(now: Snapshot, true: Table, plan: SurveyPlan, observe: Observe, seed: int) -> Table:
    ids = now.agents["id"]
    # each facet's error has twice the variance of that of their mean
    spread = true["loneliness"].std() * np.sqrt(2.0 * (1.0 / plan.reliability - 1.0))
    error = {
        facet: spread * _normal(uniform_rows(seed, now.day, chance.SURVEY, ids, decision))
        for facet, decision in (("emotional", OF_EMOTIONAL), ("social", OF_SOCIAL))
    }
    felt = np.clip(true["loneliness"] + 0.5 * (error["emotional"] + error["social"]), 0.0, 1.0)
    told = {facet: np.clip(true[facet] + error[facet], 0.0, 1.0) for facet in error}
    # the rule itself, which takes one number at a time
    item = np.vectorize(lonely_days, otypes=[float])
    days = item(felt, observe.cut_1, observe.cut_2, observe.cut_3)
    return {"loneliness": felt, "lonely_days": days, "scale_score": scale_score(felt), **told}


def _normal(uniforms: Array) -> Array:
    """A standard normal deviate of each row of four uniforms; see `chance.normal`."""
    deviates: Array = (uniforms.sum(axis=1) - 2.0) * _SQRT_3
    return deviates
