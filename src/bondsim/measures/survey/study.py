"""A study as it is held: the panel, wave by wave, until who has not left has answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bondsim.errors import ParameterError
from bondsim.measures.recorded import Recorded, Snapshot, snapshot
from bondsim.measures.survey.answering import (
    ANSWERS,
    INVITED,
    LEAVES,
    LEAVES_BLANK,
    SKIPS,
    answers,
    luck,
    odds,
)
from bondsim.measures.survey.naming import namings
from bondsim.measures.survey.plan import SurveyPlan
from bondsim.measures.survey.table import Survey
from bondsim.tables import stacked

if TYPE_CHECKING:
    from bondsim.measures.recorded import Table
    from bondsim.state import Array


def survey(
    run: Recorded, *, days: Sequence[int], seed: int, plan: SurveyPlan | None = None
) -> Survey:
    """Invite people in the first wave, and ask those who take part again in each later one.

    `days`: rising days of the waves, each kept as a snapshot of the run. `plan`: the default one if
    None. People who moved away are gone, and newcomers are not invited. A decision of a person has
    the same luck under any plan: to raise a share that is lost only loses more.

    `ParameterError` for days that were not kept or do not rise, and for a seed out of [0, 2**63).
    """
    plan = SurveyPlan() if plan is None else plan
    _check(days, seed, plan)
    panel: Array | None = None
    people: list[Table] = []
    ties: list[Table] = []
    lost: list[Table] = []
    for wave, day in enumerate(days, start=1):
        now = snapshot(run, day)
        if panel is None:
            ids = now.agents["id"]
            panel = ids[luck(seed, day, ids, INVITED) < plan.sample]
            lost.append(_left(wave, panel[:0], panel[:0]))
        else:
            panel, left = _who_stays(wave, panel, now, plan, seed)
            lost.append(left)
        place = np.searchsorted(now.agents["id"], panel)
        skips = odds(plan.missing, plan.missing_loneliness, now)[place]
        answered = luck(seed, day, panel, SKIPS) >= skips
        asked = np.zeros(now.n_agents, bool)
        asked[place[answered]] = True
        told = namings(now, asked, plan, seed)
        number = np.bincount(told["who"], minlength=now.n_agents)
        blank = luck(seed, day, panel, LEAVES_BLANK) < plan.item_missing
        said = {**answers(now, plan, run.params.observe, seed), "named": number}
        own = {name: column[place] for name, column in said.items()}
        people.append(_people(wave, day, panel, answered, blank, own))
        ties.append(_ties(wave, now, told))
    cut = plan.cut(run.params.observe.lonely_cut)
    whole = tuple(int(day) for day in days)
    return Survey(stacked(people), stacked(ties), stacked(lost), plan, whole, cut)


def _check(days: Sequence[int], seed: int, plan: SurveyPlan) -> None:
    if not isinstance(plan, SurveyPlan):
        raise ParameterError("plan", plan, "a SurveyPlan")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**63:
        raise ParameterError("seed", seed, "a whole number in [0, 2**63)")
    whole = all(isinstance(day, int | np.integer) and not isinstance(day, bool) for day in days)
    if len(days) == 0 or not whole or list(days) != sorted(set(days)):
        raise ParameterError("days", list(days), "at least one day, in rising order")


def _who_stays(
    wave: int, panel: Array, now: Snapshot, plan: SurveyPlan, seed: int
) -> tuple[Array, Table]:
    """The members who are still there and still take part, and the table of those who left."""
    here = np.isin(panel, now.agents["id"])
    moved, panel = panel[~here], panel[here]
    leaves = odds(plan.attrition, plan.attrition_loneliness, now)
    place = np.searchsorted(now.agents["id"], panel)
    stay = luck(seed, now.day, panel, LEAVES) >= leaves[place]
    return panel[stay], _left(wave, moved, panel[~stay])


def _left(wave: int, moved: Array, dropped: Array) -> Table:
    ids = np.concatenate([moved, dropped])
    away = np.repeat([True, False], [moved.size, dropped.size])
    order = np.argsort(ids)
    return {
        "wave": np.full(ids.size, wave, np.int32), "id": ids[order], "moved": away[order],
    }  # fmt: skip


def _people(wave: int, day: int, panel: Array, answered: Array, blank: Array, said: Table) -> Table:
    """The rows of one wave, NaN where nothing was said."""
    columns = {
        name: np.where(answered & ~blank if name in ANSWERS else answered, column, np.nan)
        for name, column in said.items()
    }
    return {
        "wave": np.full(panel.size, wave, np.int32),
        "day": np.full(panel.size, day, np.int32),
        "id": panel,
        "answered": answered,
        **columns,
    }


def _ties(wave: int, now: Snapshot, told: Table) -> Table:
    ids, n = now.agents["id"], told["who"].size
    rest = {name: column for name, column in told.items() if name not in ("who", "whom")}
    return {
        "wave": np.full(n, wave, np.int32),
        "day": np.full(n, now.day, np.int32),
        "i": ids[told["who"]],
        "j": ids[told["whom"]],
        **rest,
    }
