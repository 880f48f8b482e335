"""Which bonds last: survival from one wave to another by mutuality, kind, age, shared friends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bondsim.compiling import compiled
from bondsim.errors import ParameterError
from bondsim.measures.levels import DAYS_A_YEAR
from bondsim.measures.measure import column, measure
from bondsim.measures.recorded import Snapshot
from bondsim.measures.statistics import UNKNOWN
from bondsim.measures.ties import FRIEND
from bondsim.network.adjacency import neighbours
from bondsim.params import KINDS

if TYPE_CHECKING:
    from bondsim.measures.recorded import Table
    from bondsim.state import Array

AGES = {"under_1": (0.0, 1.0), "1_to_5": (1.0, 5.0), "from_5": (5.0, np.inf)}
"""Classes of age [years]: from the first number, below the second."""
SHARED = {"0": (0.0, 1.0), "1_to_2": (1.0, 3.0), "from_3": (3.0, np.inf)}
"""Classes of the number of others with whom both are bonded."""


def survival(waves: Sequence[Snapshot]) -> Table:
    """Share of the bonds of the first wave that are still there in the last.

    Only bonds of people who are there in both count: whoever moved away or dropped out ended none
    of them. Bonds are grouped by what they were in the first wave. One row a group: `by` (all,
    mutual, kind, age, shared) and `group`, str; `bonds` and `kept`, int64; `share`, NaN for a group
    without bonds. Mutual: both sides' closeness at least `FRIEND`; one-sided: one side's.
    """
    if len(waves) < 2:
        raise ParameterError("waves", len(waves), "at least 2 waves")
    first, last = waves[0], waves[-1]
    there = np.isin(first.agents["id"], last.agents["id"])
    chosen = there[first.i] & there[first.j]
    kept = np.isin(_pairs(first), _pairs(last))
    groups = list(_groups(first))
    number, left = (
        np.array([int((members & some).sum()) for _, _, members in groups], np.int64)
        for some in (chosen, chosen & kept)
    )
    share = np.divide(left, number, out=np.full(number.size, np.nan), where=number > 0)
    return {
        "by": np.array([by for by, _, _ in groups]),
        "group": np.array([group for _, group, _ in groups]),
        "bonds": number,
        "kept": left,
        "share": share,
    }


def _pairs(wave: Snapshot) -> Array:
    """One number for each bond, the same whichever of its two people comes first: uint64 (m,)."""
    a, b = (wave.agents["id"][ends].astype(np.uint64) for ends in (wave.i, wave.j))
    pairs: Array = (np.minimum(a, b) << np.uint64(32)) | np.maximum(a, b)
    return pairs


def _groups(wave: Snapshot):
    """All groups of a wave's bonds: by what, which group, bool (m,)."""
    m = wave.i.size
    forth, back = (column(wave.bonds, f"closeness_{side}", m) >= FRIEND for side in ("ij", "ji"))
    kind, born = (column(wave.bonds, name, m) for name in ("kind", "born"))
    years = (wave.day - born) / DAYS_A_YEAR
    yield "all", "all", np.ones(m, bool)
    yield "mutual", "mutual", forth & back
    yield "mutual", "one_sided", forth ^ back
    for code, name in enumerate(KINDS):
        yield "kind", name, kind == code
    for name, (low, high) in AGES.items():
        yield "age", name, (years >= low) & (years < high)
    number = shared_friends(wave)
    for name, (low, high) in SHARED.items():
        yield "shared", name, (number >= low) & (number < high)


def shared_friends(now: Snapshot) -> Array:
    """With how many others both people of each bond are bonded: int64 (m,)."""
    rows = neighbours(now.n_agents, now.i, now.j)
    found = np.zeros(now.i.size, np.int64)
    compiled(_count_shared)(rows.first, rows.partner, rows.bond, found)
    return found


def _count_shared(first, partner, bond, found):
    """Mark the others of each person, then look for the mark among the others of each other."""
    n = first.shape[0] - 1
    known = np.full(n, -1, np.int64)
    for a in range(n):
        for s in range(first[a], first[a + 1]):
            known[partner[s]] = a
        for s in range(first[a], first[a + 1]):
            b = partner[s]
            if b > a:
                for t in range(first[b], first[b + 1]):
                    if known[partner[t]] == a:
                        found[bond[s]] += 1


def _name(by: str, group: str) -> str:
    return {
        "all": "survival",
        "age": f"survival_age_{group}",
        "shared": f"survival_shared_{group}",
    }.get(by, f"survival_{group}")


def _compute(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    found = survival(waves)
    rows = zip(found["by"].tolist(), found["group"].tolist(), found["share"], strict=True)
    shares = {_name(by, group): float(share) for by, group, share in rows}
    years = (waves[-1].day - waves[0].day) / DAYS_A_YEAR
    whole = shares["survival"]
    return {
        **shares,
        "survival_per_year": whole ** (1.0 / years) if years > 0.0 else UNKNOWN,
    }


_SAYS = {
    "survival": "share of bonds kept from the first wave to the last",
    "survival_per_year": "the same for one year, if bonds end evenly",
    "survival_mutual": "share kept of bonds that both named",
    "survival_one_sided": "share kept of bonds that one of both named",
    **{f"survival_{kind}": f"share kept of {kind} bonds" for kind in KINDS},
    "survival_age_under_1": "share kept of bonds younger than a year",
    "survival_age_1_to_5": "share kept of bonds of one to five years",
    "survival_age_from_5": "share kept of bonds of five years or more",
    "survival_shared_0": "share kept of bonds without a friend of both",
    "survival_shared_1_to_2": "share kept of bonds with one or two friends of both",
    "survival_shared_from_3": "share kept of bonds with three friends of both or more",
}
SURVIVAL = measure(
    "survival",
    "Share of the bonds of the first wave that are there in the last, of people there in both, "
    "grouped by what the bond was in the first wave: named by both or one (closeness at least "
    "that of a friend), kind, years since it was made, others with whom both are bonded. Per year: "
    "the power 1 / years of the whole.",
    "48 % of named ties kept over 7 years, N = 604 [P]; mutual ties last longer [P]; decay by age "
    "and embeddedness, Burt 2000 [M]; even ending [A]",
    {name: ("1", says) for name, says in _SAYS.items()},
    _compute,
    n_waves=2,
)
