"""Rows T28 and T29: how loneliness lies in the network that a Framingham survey sees."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.measures.measure import of_people
from bondsim.measures.recorded import Snapshot
from bondsim.measures.registry import outcomes_of
from bondsim.measures.statistics import mean
from bondsim.measures.survey import SurveyPlan, survey
from bondsim.measures.survey.plan import LOCATE
from bondsim.params import CHANNELS, FAMILY, FRIEND
from bondsim.validation.life import Life, live
from bondsim.validation.on_levels import slopes

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.state import Array

FRAMINGHAM = SurveyPlan(generator=LOCATE, name_cap=2)
"""Spouse, relatives and at most two friends; the CES-D item with its error, lonely from 2 days."""
DISTANCES = {"T28a": "excess_1", "T28b": "excess_2", "T28c": "excess_3", "T28d": "excess_4"}
GAP = 2
"""Years between two exams of T29."""
YEARS_OFF = 2
"""Years for which the world without channels is watched."""


def excess(life: Life) -> dict[str, float]:
    """T28a to T28d: means over waves."""
    waves = _seen(life)
    found = [outcomes_of(list(DISTANCES.values()), [wave], life.params.seed) for wave in waves]
    return {row: mean(np.array([each[name] for each in found])) for row, name in DISTANCES.items()}


def excess_without(design: Design, replicate: int) -> dict[str, float]:
    """T28e: the same at distance 1 with all five channels off."""
    off = {f"channels.{channel}": False for channel in CHANNELS}
    return {"T28e": excess(live(design, replicate, YEARS_OFF, **off))["T28a"]}


def _seen(life: Life) -> list[Snapshot]:
    days = [wave.day for wave in life.waves]
    return survey(life.run, days=days, seed=life.params.seed, plan=FRAMINGHAM).waves


class Ties(NamedTuple):
    """Rows of ego and alter, (n,) each: the item in both waves, what the tie was in the first."""

    ego: Array
    ego_later: Array
    alter: Array
    alter_later: Array
    kind: Array
    near: Array
    names: Array
    named: Array

    def slope(self, chosen: Array) -> float:
        """The slope of ego later on alter later among chosen rows, given both before."""
        y, own, later, before = (
            column[chosen] for column in (self.ego_later, self.ego, self.alter_later, self.alter)
        )
        return float(slopes(y, [own, later, before])[1])


def tie_types(life: Life) -> dict[str, float]:
    """T29: differences of slopes between sorts of ties, all pairs of exams taken together."""
    exams = _seen(life)[::GAP]
    pairs = pairwise(exams)
    parts = [_ties(first, last) for first, last in pairs]
    ties = Ties(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    friend = ties.kind == FRIEND
    mutual, one_way = (friend & ties.names & way for way in (ties.named, ~ties.named))
    only_named = friend & ~ties.names & ties.named
    by_ego = friend & ties.names
    slope = ties.slope
    return {
        "T29a": slope(mutual) - slope(one_way),
        "T29b": slope(one_way) - slope(only_named),
        "T29c": slope(by_ego & ties.near) - slope(by_ego & ~ties.near),
        "T29d": slope(by_ego) - slope((ties.kind == FAMILY) & ties.names),
    }


def _ties(first: Snapshot, last: Snapshot) -> Ties:
    """Both sides of each tie of the first wave between people who answered in both."""
    ids, again = first.agents["id"], last.agents["id"]
    later = np.full(ids.size, np.nan)
    _, here, there = np.intersect1d(ids, again, assume_unique=True, return_indices=True)
    later[here] = of_people(last, "lonely_days")[there]
    now, context = of_people(first, "lonely_days"), of_people(first, "context")
    ego, alter = np.concatenate([first.i, first.j]), np.concatenate([first.j, first.i])
    forth, back = (first.bonds[f"named_{side}"] for side in ("ij", "ji"))
    rows = Ties(
        now[ego], later[ego], now[alter], later[alter], np.tile(first.bonds["kind"], 2),
        context[ego] == context[alter], np.concatenate([forth, back]),
        np.concatenate([back, forth]),
    )  # fmt: skip
    known = np.isfinite(rows.ego_later) & np.isfinite(rows.alter_later)
    return Ties(*(column[known] for column in rows))
