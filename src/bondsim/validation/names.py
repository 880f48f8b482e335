"""Who names whom: directed namings of whole waves, by a question and a cap, without any loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.measures.statistics import UNKNOWN, ratio
from bondsim.measures.survey.naming import namings
from bondsim.measures.survey.plan import CLOSEST, CONFIDANTS, SurveyPlan
from bondsim.measures.ties import CASUAL, assortativity

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot
    from bondsim.state import Array

SCHOOL = SurveyPlan(generator=CLOSEST, name_cap=8, kinds=("friend", "coworker"))
"""As pupils are asked, who name seven to nine of their year [P]: the closest, whoever they are."""
CORE = SurveyPlan(
    generator=CONFIDANTS, confide_cut=CASUAL, name_cap=10,
    kinds=("family", "partner", "friend", "coworker"),
)  # fmt: skip
"""As adults are asked about their personal network: about ten, and none who is not close at all."""


class Names(NamedTuple):
    """Namings as places, int64 (m,), sorted by who, and the number of people asked."""

    who: Array
    whom: Array
    n: int

    @property
    def codes(self) -> Array:
        """One number for each naming."""
        found: Array = self.who * self.n + self.whom
        return found


def names(now: Snapshot, plan: SurveyPlan) -> Names:
    """The namings of everybody in a wave."""
    told = namings(now, np.ones(now.n_agents, bool), plan, seed=0)
    return Names(told["who"], told["whom"], now.n_agents)


def returned(found: Names) -> float:
    """Share of namings that are returned; NaN without any."""
    back = np.isin(found.whom * found.n + found.who, found.codes)
    return float(back.mean()) if back.size else UNKNOWN


def closed(found: Names) -> float:
    """Share of chains a names b, b names c, of three people, in which a names c; NaN without."""
    from scipy.sparse import csr_array

    size = (found.n, found.n)
    named = csr_array((np.ones(found.who.size, np.int64), (found.who, found.whom)), shape=size)
    chains = named @ named
    return ratio(float(chains.multiply(named).sum()), float(chains.sum() - chains.diagonal().sum()))


def shared(first: Names, last: Names) -> float:
    """Jaccard index of the namings of two waves of the same people; NaN without any."""
    both = np.intersect1d(first.codes, last.codes, assume_unique=True).size
    return ratio(float(both), float(first.who.size + last.who.size - both))


def kept(first: Names, last: Names) -> float:
    """Share of the namings of the first wave that the last one repeats; NaN without any."""
    again = np.isin(first.codes, last.codes)
    return float(again.mean()) if again.size else UNKNOWN


def likeness_of_degrees(found: Names) -> float:
    """Assortativity of the number of ties, a tie being a naming by either; NaN if all are alike."""
    low, high = np.minimum(found.who, found.whom), np.maximum(found.who, found.whom)
    pairs = np.unique(low * found.n + high)
    i, j = pairs // found.n, pairs % found.n
    degree = np.bincount(np.concatenate([i, j]), minlength=found.n)
    return assortativity(i, j, degree)
