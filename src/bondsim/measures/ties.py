"""Bonds and the network they make: statistics of one day's snapshot.

A network is given as the number of people and two arrays of places, one bond each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim.network.adjacency import Neighbours, neighbours, triangles
from bondsim.params import KINDS

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot, Table
    from bondsim.state import Array

CLOSE, FRIEND, CASUAL = 0.86, 0.59, 0.39
"""Closeness after about 200, 90 and 50 quality hours (Hall 2019): close friend, friend, casual."""

RECENCY = (7, 30, 182, 365)
"""Weekly, monthly, half-yearly and yearly contact (Dunbar [M])."""


def named_reciprocity(bonds: Table, cut: float = FRIEND) -> float:
    """Share of namings that are returned, where each names all to whom they are as close as `cut`.

    The edgewise reciprocity of a survey: 2 M / (2 M + A). NaN if nobody names anybody.
    """
    forth, back = bonds["closeness_ij"] >= cut, bonds["closeness_ji"] >= cut
    namings = int(forth.sum() + back.sum())
    return float(2 * (forth & back).sum() / namings) if namings else float("nan")


def strength_distribution(bonds: Table, bins: int = 20) -> Table:
    """Number of bonds by strength: columns `low`, `high` (strength in [0, 1]), `bonds` int64."""
    counts, edges = np.histogram(bonds["strength"].astype(float), bins=bins, range=(0.0, 1.0))
    return {"low": edges[:-1], "high": edges[1:], "bonds": counts.astype(np.int64)}


def by_kind(bonds: Table) -> Table:
    """One row a kind, in the order of `KINDS`.

    Columns: `kind` int8; `bonds` int64; `share` of all bonds; mean `strength`, `closeness` (both
    sides) and `reciprocity`, NaN for a kind without bonds.
    """
    kinds = bonds["kind"].astype(np.int64)
    number = np.bincount(kinds, minlength=len(KINDS))
    columns = {
        "strength": bonds["strength"].astype(float),
        "closeness": 0.5 * (bonds["closeness_ij"].astype(float) + bonds["closeness_ji"]),
        "reciprocity": bonds["reciprocity"].astype(float),
    }
    return {
        "kind": np.arange(len(KINDS), dtype=np.int8),
        "bonds": number.astype(np.int64),
        "share": _over(number, np.full(number.shape, kinds.size)),
        **{
            name: _over(np.bincount(kinds, values, minlength=len(KINDS)), number)
            for name, values in columns.items()
        },
    }


def layers(now: Snapshot) -> Table:
    """Circles of acquaintance around a person, from the inside out, by the person's own closeness.

    One row a layer: `cut` (least closeness), `mean` and `sd` of the number of others in it or
    further in, `ratio` of the mean to that of the layer inside it (NaN for the innermost). To be
    read beside the 1.5, 5, 15 and 50 of Dunbar, which are uncertain themselves.
    """
    cuts = np.array([CLOSE, FRIEND, CASUAL, 0.0])
    sizes = np.array([others_within(now, cut) for cut in cuts], dtype=float)
    means = sizes.mean(axis=1)
    return {
        "cut": cuts,
        "mean": means,
        "sd": sizes.std(axis=1),
        "ratio": np.append(np.nan, _over(means[1:], means[:-1])),
    }


def layers_by_recency(now: Snapshot) -> Table:
    """The same circles by when two people last met: one row for each of `RECENCY` days.

    `days`; `mean`, `sd` and `ratio` as in `layers`, of others met within the last so many days.
    NaN where days of meetings are not known.
    """
    known = "last_met" in now.bonds
    ago = now.day - now.bonds["last_met"].astype(float) if known else np.zeros(now.i.size)
    recent = [ago < days for days in RECENCY]
    sizes = np.array(
        [
            sum(np.bincount(ends[chosen], minlength=now.n_agents) for ends in (now.i, now.j))
            for chosen in recent
        ],
        dtype=float,
    )
    means = sizes.mean(axis=1) if known else np.full(len(RECENCY), np.nan)
    return {
        "days": np.array(RECENCY, np.int64),
        "mean": means,
        "sd": sizes.std(axis=1) if known else np.full(len(RECENCY), np.nan),
        "ratio": np.append(np.nan, _over(means[1:], means[:-1])),
    }


def others_within(now: Snapshot, cut: float) -> Array:
    """How many others each person is as close to as `cut`: int64 (n_agents,)."""
    number = np.zeros(now.n_agents, np.int64)
    for place, side in ((now.i, "ij"), (now.j, "ji")):
        named = now.bonds[f"closeness_{side}"] >= cut
        number += np.bincount(place[named], minlength=now.n_agents)
    return number


def network_statistics(
    n_agents: int, i: Array, j: Array, value: Array | None = None
) -> dict[str, float]:
    """Statistics of the whole network; `value`: a number per person whose assortativity is asked.

    `mean_degree`, `sd_degree` [bonds]; `density`; `isolated`, share without a bond; `largest`,
    share of people in the largest component; `transitivity`, 3 triangles / connected triples;
    `clustering`, mean share of a person's others who know each other (0 below 2 others);
    `degree_assortativity` and, with `value`, `assortativity`: correlations over bonds, NaN where
    undefined.
    """
    rows = neighbours(n_agents, i, j)
    degree = np.diff(rows.first).astype(float)
    closed = 2.0 * triangles(rows.first, rows.partner)
    triples = degree * (degree - 1.0)
    component = _components(rows)
    local = np.divide(closed, triples, out=np.zeros(n_agents), where=triples > 0)
    found = {
        "mean_degree": float(degree.mean()),
        "sd_degree": float(degree.std()),
        "density": float(degree.sum() / max(n_agents * (n_agents - 1), 1)),
        "isolated": float((degree == 0).mean()),
        "largest": float(np.bincount(component).max() / n_agents),
        "transitivity": float(closed.sum() / triples.sum()) if triples.any() else 0.0,
        "clustering": float(local.mean()),
        "degree_assortativity": assortativity(i, j, degree),
    }
    if value is not None:
        found["assortativity"] = assortativity(i, j, value)
    return found


def assortativity(i: Array, j: Array, value: Array) -> float:
    """Newman's numeric assortativity: correlation of `value` over bonds, each taken both ways."""
    values = value.astype(float)
    degree = np.bincount(i, minlength=values.size) + np.bincount(j, minlength=values.size)
    ends = values[degree > 0]
    if ends.size == 0 or np.ptp(ends) == 0.0:
        return float("nan")
    apart = values - np.average(values, weights=degree)
    return float(2.0 * np.dot(apart[i], apart[j]) / np.dot(degree, apart * apart))


def _components(rows: Neighbours) -> Array:
    """The component of each person, a number from 0."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(rows.partner.size, np.int8)
    first = rows.first.astype(np.int32) if rows.partner.size < 2**31 else rows.first
    matrix = csr_array((ones, rows.partner, first), shape=(first.size - 1, first.size - 1))
    components: Array = connected_components(matrix, directed=False)[1]
    return components


def _over(top: Array, bottom: Array) -> Array:
    """Quotients, NaN where the divisor is 0."""
    shares: Array = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=shares, where=np.asarray(bottom) > 0)
    return shares
