"""`Panel`: the waves of a survey as rows of people and of egos with alters.

A person who answered in two waves in turn is a row; a tie between two such people is two rows, one
from each side, which is how the field's regressions count.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.errors import ParameterError

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot, Table
    from bondsim.state import Array

OUTCOMES = ("loneliness", "lonely_days")
"""What may be asked to spread."""
CONTROLS = ("height", "headaches")
"""Negative-control outcomes: what cannot spread by contact [cm], [days/week]."""


class CrossSection(NamedTuple):
    """One wave as a plain network of n people.

    `i`, `j`: int64 places of each tie, each pair once with i < j; `lonely`: bool (n,); `context`:
    int64 (n,) codes from 0.
    """

    n: int
    i: Array
    j: Array
    lonely: Array
    context: Array


class Panel(NamedTuple):
    """People of two waves in turn, and ties between them as named in the earlier one.

    Per person and pair of waves, (n,): `person`, int64 code, the same in all pairs; `step`, int64
    number of the pair from 0; `before` and `after`, float64 columns of the earlier and the later
    wave (the outcome, and `height` [cm] and `headaches` [days/week] if both waves hold them);
    `lonely`, bool, in the earlier wave; `context`, int64 code in the earlier wave, another one in
    each pair; `treated`, bool, pushed between the first two waves.

    Per tie and side, (rows,): `ego` and `alter`, int64 rows of people; `names`, bool, ego named
    alter; `named`, bool, alter named ego.

    `outcome`: the column that is asked to spread; `last`: everybody of the last wave.
    """

    person: Array
    step: Array
    before: Table
    after: Table
    lonely: Array
    context: Array
    treated: Array
    ego: Array
    alter: Array
    names: Array
    named: Array
    outcome: str
    last: CrossSection

    @property
    def n_people(self) -> int:
        """Rows of people."""
        return int(self.person.size)


def panel_of(
    waves: Sequence[Snapshot],
    *,
    treated: Array | None = None,
    outcome: str = "loneliness",
    lasting: bool = False,
) -> Panel:
    """The panel of a survey.

    `waves`: at least two, in the order of days. A wave's agents hold `id` int64, rising, and the
    outcome; `context`, `height` and `headaches` are used if they are there. Its bonds may hold
    `named_ij` and `named_ji`, bool: i named j, j named i; without them both hold. A person whose
    outcome is NaN in a wave is not in it. `treated`: ids of people who were pushed at random
    between the first two waves, or bool for each person of the first wave. `outcome`: one of
    `OUTCOMES`. `lasting`: only ties that were named, by either, in both waves (which those who drop
    unlike friends make a choice of their own: Noel & Nyhan 2011).
    """
    _check(waves, outcome)
    pushed = _ids_pushed(waves[0], treated)
    parts = [
        _pair(step, earlier, later, outcome, lasting)
        for step, (earlier, later) in enumerate(pairwise(waves))
    ]
    shift = np.cumsum([0, *(part["id"].size for part in parts)])
    ids = np.concatenate([part["id"] for part in parts])
    step = np.repeat(np.arange(len(parts)), np.diff(shift))
    columns = [
        name for name in (outcome, *CONTROLS) if all(f"before {name}" in part for part in parts)
    ]
    before, after = (
        {name: np.concatenate([part[f"{when} {name}"] for part in parts]) for name in columns}
        for when in ("before", "after")
    )
    ego, alter = (
        np.concatenate([part[side] + start for part, start in zip(parts, shift, strict=False)])
        for side in ("ego", "alter")
    )
    lonely, names, named = (
        np.concatenate([part[name] for part in parts]) for name in ("lonely", "names", "named")
    )
    place = np.concatenate([part["context"] for part in parts])
    context = np.unique(np.stack([step, place]), axis=1, return_inverse=True)[1].reshape(-1)
    return Panel(
        np.unique(ids, return_inverse=True)[1].reshape(-1),
        step, before, after, lonely, context, np.isin(ids, pushed) & (step == 0),
        ego, alter, names, named, outcome, cross_section(waves[-1], outcome),
    )  # fmt: skip


def cross_section(wave: Snapshot, outcome: str = "loneliness") -> CrossSection:
    """One wave as a network: the people who have the outcome, tied where either named the other."""
    known = np.isfinite(wave.agents[outcome].astype(float))
    i, j, _, _ = _ties(wave, known)
    context = np.unique(_context(wave)[known], return_inverse=True)[1].reshape(-1)
    return CrossSection(int(known.sum()), i, j, wave.lonely[known], context)


def _check(waves: Sequence[Snapshot], outcome: str) -> None:
    days = [wave.day for wave in waves]
    if len(days) < 2 or days != sorted(set(days)):
        raise ParameterError("waves", days, "waves of at least two days, in rising order")
    if outcome not in OUTCOMES:
        raise ParameterError("outcome", outcome, f"one of {', '.join(OUTCOMES)}")


def _ids_pushed(first: Snapshot, treated: Array | None) -> Array:
    """Ids of those who were pushed, from ids or from marks."""
    if treated is None:
        return np.empty(0, np.int64)
    marks = np.asarray(treated)
    if marks.dtype != bool:
        return marks.astype(np.int64)
    if marks.shape != (first.n_agents,):
        raise ParameterError(
            "treated", marks.shape, f"ids, or a mark for each of the first wave's {first.n_agents}"
        )
    ids: Array = first.agents["id"][marks]
    return ids


def _pair(step: int, earlier: Snapshot, later: Snapshot, outcome: str, lasting: bool) -> Table:
    """The rows of one pair of waves, with places of people that start from 0."""
    both = [np.isfinite(wave.agents[outcome].astype(float)) for wave in (earlier, later)]
    first, second = (
        wave.agents["id"][known] for wave, known in zip((earlier, later), both, strict=True)
    )
    ids = np.intersect1d(first, second, assume_unique=True)
    in_earlier, in_later = (np.isin(wave.agents["id"], ids) for wave in (earlier, later))
    i, j, forth, back = _ties(earlier, in_earlier)
    if lasting:
        i2, j2, _, _ = _ties(later, in_later)
        kept = np.isin(i * ids.size + j, i2 * ids.size + j2)
        i, j, forth, back = i[kept], j[kept], forth[kept], back[kept]
    found = {
        "id": ids,
        "lonely": earlier.lonely[in_earlier],
        "context": _context(earlier)[in_earlier],
        "ego": np.concatenate([i, j]),
        "alter": np.concatenate([j, i]),
        "names": np.concatenate([forth, back]),
        "named": np.concatenate([back, forth]),
    }
    for name in (outcome, *CONTROLS):
        if name in earlier.agents and name in later.agents:
            found[f"before {name}"] = earlier.agents[name][in_earlier].astype(float)
            found[f"after {name}"] = later.agents[name][in_later].astype(float)
    return found


def _ties(wave: Snapshot, kept: Array) -> tuple[Array, Array, Array, Array]:
    """Ties among the people `kept`, each pair once: i < j as places among them, and who named."""
    place = np.cumsum(kept) - 1
    whole = np.ones(wave.i.size, bool)
    forth, back = (np.asarray(wave.bonds.get(f"named_{way}", whole), bool) for way in ("ij", "ji"))
    inside = kept[wave.i] & kept[wave.j] & (forth | back) & (wave.i != wave.j)
    i, j = place[wave.i[inside]], place[wave.j[inside]]
    forth, back = forth[inside], back[inside]
    turned = i > j
    i, j = np.where(turned, j, i), np.where(turned, i, j)
    forth, back = np.where(turned, back, forth), np.where(turned, forth, back)
    # a pair that comes twice, with two kinds of bond, is one tie
    size = max(int(kept.sum()), 1)
    pairs, row = np.unique(i * size + j, return_inverse=True)
    by_either = [np.bincount(row.reshape(-1), way, pairs.size) > 0 for way in (forth, back)]
    return pairs // size, pairs % size, by_either[0], by_either[1]


def _context(wave: Snapshot) -> Array:
    """Codes of places; one for all where the survey does not ask."""
    if "context" not in wave.agents:
        return np.zeros(wave.n_agents, np.int64)
    return wave.agents["context"].astype(np.int64)
