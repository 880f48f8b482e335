"""Whom people name: the answers to a name generator, capped and partly forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim import chance
from bondsim.compiling import uniform_rows
from bondsim.measures.survey.plan import CONFIDANTS, LOCATE, RECENT, SurveyPlan
from bondsim.params import FAMILY, FRIEND, KINDS, PARTNER

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot, Table
    from bondsim.state import Array

OF_THE_PAIR = ("kind", "born", "last_met")
OF_A_SIDE = ("closeness", "felt")


def namings(now: Snapshot, asked: Array, plan: SurveyPlan, seed: int) -> Table:
    """A row for each naming by the people `asked`, bool (n_agents,), sorted by who and rank.

    `who`, `whom`: places, int64; `OF_THE_PAIR` and `OF_A_SIDE`, as who names tells them; `rank`
    int32 from 1. Equals are told apart by the smaller id of whom.
    """
    told = _views_of(now, asked)
    told = _rows(told, _asked_for(told, now.day, plan))
    order = np.lexsort((told["whom"], *_first_last(told, plan), told["who"]))
    told = _rows(told, order)
    counted = told["kind"] == FRIEND if plan.generator == LOCATE else np.ones(order.size, bool)
    told = _rows(told, ~counted | (_rank(told["who"], counted) <= plan.name_cap))
    ids = now.agents["id"]
    u = uniform_rows(seed, now.day, chance.NAMING, ids[told["who"]], ids[told["whom"]])[:, 0]
    told = _rows(told, u >= plan.name_missing)
    told["rank"] = _rank(told["who"], np.ones(told["who"].size, bool)).astype(np.int32)
    return told


def _views_of(now: Snapshot, asked: Array) -> Table:
    """What the people asked could tell: a row for each of their views of others."""
    sides = []
    for who, whom, side in ((now.i, now.j, "ij"), (now.j, now.i, "ji")):
        n = np.flatnonzero(asked[who])
        pair = {name: now.bonds[name][n] for name in OF_THE_PAIR}
        own = {name: now.bonds[f"{name}_{side}"][n] for name in OF_A_SIDE}
        sides.append({"who": who[n], "whom": whom[n], **pair, **own})
    return {name: np.concatenate([side[name] for side in sides]) for name in sides[0]}


def _asked_for(told: Table, day: int, plan: SurveyPlan) -> Array:
    """Whom the question is about, of all whom a person could tell of."""
    wanted = np.isin(told["kind"], [KINDS.index(kind) for kind in plan.kinds])
    if plan.generator == LOCATE:
        wanted &= np.isin(told["kind"], (FRIEND, PARTNER, FAMILY))
    elif plan.generator == CONFIDANTS:
        wanted &= told["closeness"].astype(float) >= plan.confide_cut
    elif plan.generator == RECENT:
        wanted &= day - told["last_met"].astype(np.int64) < plan.recent_days
    return wanted


def _first_last(told: Table, plan: SurveyPlan) -> tuple[Array, ...]:
    """Keys by which a person's names come in order, the decisive one last."""
    closest = -told["closeness"].astype(float)
    if plan.generator == LOCATE:
        # friends before the spouse, and the spouse before relatives
        turn = np.zeros(len(KINDS), np.int8)
        turn[[FRIEND, PARTNER, FAMILY]] = (0, 1, 2)
        return closest, turn[told["kind"]]
    if plan.generator == RECENT:
        return closest, -told["last_met"].astype(np.int64)
    return (closest,)


def _rank(who: Array, counted: Array) -> Array:
    """The place of each row among the rows of its person that are `counted`, from 1."""
    before = np.cumsum(counted)
    start = np.searchsorted(who, who)
    ranks: Array = before - before[start] + counted[start]
    return ranks


def _rows(table: Table, chosen: Array) -> Table:
    return {name: column[chosen] for name, column in table.items()}
