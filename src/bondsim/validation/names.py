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
"""As pupils are asked, who name seven to nine of their year [P]: the closest, whoever they are.

A roster ends at the school's door: `of_one_place` belongs to it.
"""
CORE = SurveyPlan(
    generator=CONFIDANTS, confide_cut=CASUAL, name_cap=10,
    kinds=("family", "partner", "friend", "coworker"),
)  # fmt: skip
"""As adults are asked about their personal network: about ten, and none who is not close at all."""


class Names(NamedTuple):
    """Namings as ids, int64 (m,), sorted by who; a number above all ids; the ids of who was asked.

    Without `asked`, everybody below `n`.
    """

    who: Array
    whom: Array
    n: int
    asked: Array | None = None

    @property
    def codes(self) -> Array:
        """One number for each naming."""
        found: Array = self.who * self.n + self.whom
        return found


def names(now: Snapshot, plan: SurveyPlan) -> Names:
    """The namings of everybody in a wave."""
    told = namings(now, np.ones(now.n_agents, bool), plan, seed=0)
    ids = now.agents["id"].astype(np.int64)
    return Names(ids[told["who"]], ids[told["whom"]], int(ids.max()) + 1, ids)


def of_one_place(now: Snapshot) -> Snapshot:
    """The wave with no bonds but those within a context, as a roster of a place sees it."""
    context = now.agents["context"]
    inside = context[now.i] == context[now.j]
    bonds = {name: column[inside] for name, column in now.bonds.items()}
    return now._replace(bonds=bonds, i=now.i[inside], j=now.j[inside])


def of_both_waves(first: Names, last: Names) -> tuple[Names, Names]:
    """The namings by those who were asked twice, as panels compare them."""
    if first.asked is None or last.asked is None:
        return first, last
    n = max(first.n, last.n)
    both = np.intersect1d(first.asked, last.asked, assume_unique=True)
    told = ((each, np.isin(each.who, both)) for each in (first, last))
    one, other = (Names(each.who[by], each.whom[by], n, both) for each, by in told)
    return one, other


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
    """Jaccard index of the namings of two waves by who is in both; NaN without any."""
    first, last = of_both_waves(first, last)
    both = np.intersect1d(first.codes, last.codes, assume_unique=True).size
    return ratio(float(both), float(first.who.size + last.who.size - both))


def kept(first: Names, last: Names) -> float:
    """Share of the first wave's namings, by who is in both, that the last repeats; NaN without."""
    first, last = of_both_waves(first, last)
    again = np.isin(first.codes, last.codes)
    return float(again.mean()) if again.size else UNKNOWN


def likeness_of_degrees(found: Names) -> float:
    """Assortativity of the number of ties, a tie being a naming by either; NaN if all are alike."""
    low, high = np.minimum(found.who, found.whom), np.maximum(found.who, found.whom)
    pairs = np.unique(low * found.n + high)
    i, j = pairs // found.n, pairs % found.n
    degree = np.bincount(np.concatenate([i, j]), minlength=found.n)
    return assortativity(i, j, degree)
