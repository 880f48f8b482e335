"""The shape of the network as measures: layers, reciprocity, transitivity, spread of degrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bondsim.measures.measure import column, measure
from bondsim.measures.recorded import Snapshot
from bondsim.measures.statistics import UNKNOWN, mean, ratio
from bondsim.measures.ties import FRIEND, layers, layers_by_recency, named_reciprocity
from bondsim.network.adjacency import neighbours, triangles

if TYPE_CHECKING:
    from bondsim.state import Array

LAYERS = ("close", "friend", "casual", "all")
RECENT = ("week", "month", "half_year", "year")


def degrees(now: Snapshot) -> Array:
    """The number of bonds of each person: int64 (n_agents,)."""
    ends: Array = np.bincount(np.concatenate([now.i, now.j]), minlength=now.n_agents)
    return ends.astype(np.int64)


def named_transitivity(now: Snapshot, cut: float = FRIEND) -> float:
    """Share of chains a names b, b names c in which a names c; NaN without such a chain.

    Each names all to whom they are as close as `cut`; a, b and c are three people.
    """
    from scipy.sparse import csr_array

    named = [now.bonds[f"closeness_{side}"] >= cut for side in ("ij", "ji")]
    who = np.concatenate([now.i[named[0]], now.j[named[1]]])
    whom = np.concatenate([now.j[named[0]], now.i[named[1]]])
    size = (now.n_agents, now.n_agents)
    names = csr_array((np.ones(who.size, np.int64), (who, whom)), shape=size)
    chains = names @ names
    open_or_closed = chains.sum() - chains.diagonal().sum()
    return ratio(float(chains.multiply(names).sum()), float(open_or_closed))


def _layers(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    by_closeness, by_recency = layers(waves[-1]), layers_by_recency(waves[-1])
    return {
        **{f"layer_{x}": float(y) for x, y in zip(LAYERS, by_closeness["mean"], strict=True)},
        **{f"met_{x}": float(y) for x, y in zip(RECENT, by_recency["mean"], strict=True)},
    }


def _reciprocity(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    bonds = waves[-1].bonds
    return {
        "reciprocity": named_reciprocity(bonds),
        "felt_reciprocity": mean(column(bonds, "reciprocity", waves[-1].i.size)),
    }


def _transitivity(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    now = waves[-1]
    rows = neighbours(now.n_agents, now.i, now.j)
    closed = 2.0 * triangles(rows.first, rows.partner)
    degree = np.diff(rows.first).astype(float)
    triples = degree * (degree - 1.0)
    local = np.divide(closed, triples, out=np.zeros(degree.size), where=triples > 0.0)
    return {
        "transitivity": ratio(float(closed.sum()), float(triples.sum())),
        "local_clustering": mean(local[triples > 0.0]),
        "named_transitivity": named_transitivity(now),
    }


def _degree(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    degree = degrees(waves[-1])
    average = mean(degree)
    return {
        "mean_degree": average,
        "sd_degree": float(degree.std()) if degree.size else UNKNOWN,
        "degree_dispersion": ratio(float(degree.var()), average),
        "isolated": mean(degree == 0),
    }


STRUCTURE = (
    measure(
        "layers",
        "Mean number of others in each layer around a person and further in: by the person's own "
        "closeness (close friend, friend, casual friend after about 200, 90 and 50 quality hours; "
        "all), and met within the last 7, 30, 182 and 365 days, where days of meetings are known.",
        "hours to each closeness: Hall 2019 [P]; layers of about 1.5, 5, 15, 50 and contact at "
        "least weekly to yearly, Dunbar [M]; phone calls: 4.1, 11, 30, 129 [P]",
        {
            "layer_close": ("people", "mean number of close friends"),
            "layer_friend": ("people", "mean number of friends and closer"),
            "layer_casual": ("people", "mean number of casual friends and closer"),
            "layer_all": ("people", "mean number of all with whom one is bonded"),
            "met_week": ("people", "mean number of others met in the last 7 days"),
            "met_month": ("people", "mean number of others met in the last 30 days"),
            "met_half_year": ("people", "mean number of others met in the last 182 days"),
            "met_year": ("people", "mean number of others met in the last 365 days"),
        },
        _layers,
    ),
    measure(
        "reciprocity",
        "Share of namings that are returned, 2 M / (2 M + A), where each names all to whom they "
        "are at least as close as to a friend; and the mean over bonds of the weaker side's felt "
        "connection over the stronger's.",
        "edgewise .47 to .62 in schools [P]; felt: ODD eq. 4",
        {
            "reciprocity": ("1", "share of namings that are returned"),
            "felt_reciprocity": ("1", "mean evenness of felt connection over bonds"),
        },
        _reciprocity,
    ),
    measure(
        "transitivity",
        "Closed over all connected triples; mean share of a person's others who know each other, "
        "of people with at least two; share of chains of namings a to b to c in which a names "
        "c too.",
        "Newman 2003 [M]; Watts & Strogatz 1998 [M]; directed .34 to .45 in schools [P]",
        {
            "transitivity": ("1", "share of connected triples that are closed"),
            "local_clustering": ("1", "mean share of a person's others who know each other"),
            "named_transitivity": ("1", "share of chains of namings that are closed"),
        },
        _transitivity,
    ),
    measure(
        "degree",
        "Mean and spread of the number of bonds of a person; dispersion: variance over mean, 1 in "
        "a random network, above it where bonds heap on few; share without a bond.",
        "index of dispersion, Cox & Lewis 1966 [M]",
        {
            "mean_degree": ("bonds", "mean number of bonds"),
            "sd_degree": ("bonds", "standard deviation of the number of bonds"),
            "degree_dispersion": ("bonds", "variance over mean of the number of bonds"),
            "isolated": ("1", "share of people without a bond"),
        },
        _degree,
    ),
)
