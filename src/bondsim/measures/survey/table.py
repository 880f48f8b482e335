"""The tables of a survey, and the snapshots that measures take in place of the truth's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bondsim.errors import ParameterError
from bondsim.measures.recorded import Snapshot
from bondsim.measures.survey.answering import ANSWERS, SEEN
from bondsim.measures.survey.naming import OF_A_SIDE, OF_THE_PAIR
from bondsim.measures.survey.plan import ITEM, SCALE, SurveyPlan

if TYPE_CHECKING:
    from bondsim.measures.recorded import Table
    from bondsim.state import Array


@dataclass(frozen=True, eq=False)
class Survey:
    """What a study brings home.

    `people`: a row for each member of the panel and wave, sorted by both: `wave` int32 from 1,
    `day` int32, `id` int64, `answered` bool, and, float64 and NaN without an answer, `loneliness`
    in [0, 1], `lonely_days` [days/week], `scale_score` (20-80), `emotional` and `social` in [0, 1],
    `named` (others named), and of `context`, `height` [cm] and `headaches` [days/week] what the
    run has. Who answers but leaves loneliness blank has NaN in the first five alone.

    `ties`: a row for each naming: `wave`, `day`, `i` (who names) and `j` (who is named, perhaps not
    in the panel) int64, `kind` int8, `born` and `last_met` int32 [day], `closeness` and `felt`
    float32 of i for j, `rank` int32 from 1.

    `lost`: a row for each member who left for good: `id`, the first `wave` without them, and
    whether they `moved` away rather than left the study.

    `plan`; `days` of the waves; `lonely_cut`, in the units of the plan's measure.
    """

    people: Table
    ties: Table
    lost: Table
    plan: SurveyPlan
    days: tuple[int, ...]
    lonely_cut: float

    @cached_property
    def waves(self) -> list[Snapshot]:
        """The snapshot of each wave."""
        return [self.snapshot(wave) for wave in range(1, len(self.days) + 1)]

    def snapshot(self, wave: int) -> Snapshot:
        """What a wave, from 1, knows: who answered for their loneliness, and who named whom there.

        A bond is a pair of whom at least one named the other. `agents` has `id`, float32 answers,
        `context`, `height` and `headaches` where the run has them, `named` and `degree`. `bonds`
        has `i`, `j`, `kind`, `born`, `last_met`; of each side `named_ij`, bool, `closeness_ij` and
        `felt_ij`, 0 where that side did not name the other; `strength`, the felt of the weaker
        side; and `reciprocity`, 1 where both named each other and 0 otherwise.

        `ParameterError` for a wave that was not held.
        """
        if isinstance(wave, bool) or wave not in range(1, len(self.days) + 1):
            raise ParameterError("wave", wave, f"a wave in [1, {len(self.days)}]")
        people, ties = (_of_wave(table, wave) for table in (self.people, self.ties))
        known = ~np.isnan(people["loneliness"])
        ids = people["id"][known]
        bonds = _bonds(ids, ties)
        i, j = (np.searchsorted(ids, bonds[side]) for side in "ij")
        names = [name for name in (*ANSWERS, *SEEN, "named") if name in people]
        agents = {
            "id": ids,
            **{name: people[name][known].astype(SEEN.get(name, np.float32)) for name in names},
            "degree": np.bincount(np.concatenate([i, j]), minlength=ids.size).astype(np.int32),
        }
        return Snapshot(self.days[wave - 1], agents, bonds, i, j, self._lonely(people, known))

    def _lonely(self, people: Table, known: Array) -> Array:
        column = {ITEM: "lonely_days", SCALE: "scale_score"}.get(self.plan.measure, "loneliness")
        lonely: Array = people[column][known] >= self.lonely_cut
        return lonely


def _of_wave(table: Table, wave: int) -> Table:
    lo, hi = np.searchsorted(table["wave"], [wave, wave + 1])
    return {name: column[lo:hi] for name, column in table.items()}


def _bonds(ids: Array, ties: Table) -> Table:
    """One row for each pair among `ids` of whom one named the other, sorted by both ids."""
    among = np.isin(ties["i"], ids) & np.isin(ties["j"], ids)
    told = {name: column[among] for name, column in ties.items()}
    low, high = np.minimum(told["i"], told["j"]), np.maximum(told["i"], told["j"])
    pair, first, row = np.unique(
        low.astype(np.uint64) << np.uint64(32) | high.astype(np.uint64),
        return_index=True, return_inverse=True,
    )  # fmt: skip
    bonds = {"i": low[first], "j": high[first]}
    bonds |= {name: told[name][first] for name in OF_THE_PAIR}
    for side, own in (("ij", told["i"] == low), ("ji", told["i"] == high)):
        for name in OF_A_SIDE:
            bonds[f"{name}_{side}"] = _put(told[name][own], row[own], pair.size)
        bonds[f"named_{side}"] = _put(own[own], row[own], pair.size)
    mutual = bonds["named_ij"] & bonds["named_ji"]
    bonds["strength"] = np.minimum(bonds["felt_ij"], bonds["felt_ji"])
    bonds["reciprocity"] = mutual.astype(np.float32)
    return bonds


def _put(values: Array, rows: Array, size: int) -> Array:
    """A column of zeros with these values in these rows."""
    column = np.zeros(size, values.dtype)
    column[rows] = values
    return column
