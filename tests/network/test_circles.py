"""Social circles: how far apart, in interest space and along the curve, bonds of each kind are."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim.network import Circles, build
from bondsim.params import CLIENT, COWORKER, FAMILY, FRIEND, PARTNER

N = 5000
SPAN = 8 * Circles().context_size
"""People among whom clients are sought: those of the next eight contexts."""
RANDOM = 0.399
"""Median distance of two random places on the unit torus: pi r**2 = 1/2."""


@pytest.fixture(scope="module", params=[1, 2])
def network(request):
    return build(Circles(n_agents=N), request.param)


def ends(network, kind):
    chosen = network.kind == kind
    return network.i[chosen], network.j[chosen]


def distances(network, kind):
    """Distance of the two people of each bond of a kind, in interest space."""
    i, j = ends(network, kind)
    squared = np.zeros(i.size)
    for name in ("position_x", "position_y"):
        gap = np.abs(network.agents[name][i] - network.agents[name][j])
        squared += np.minimum(gap, 1.0 - gap) ** 2
    return np.sqrt(squared)


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (FRIEND, 0.0, 0.1),  # within reach
        (COWORKER, 0.1, 0.3),  # of one site, seen from places that scatter a little
        (PARTNER, 0.2, 0.6),  # a tenth of the curve
        (FAMILY, 0.95, 1.05),  # kin groups cut across the space
    ],
    ids=["friends", "coworkers", "partners", "family"],
)
def test_distance_in_interest_space(network, kind, low, high):
    assert low < np.median(distances(network, kind)) / RANDOM < high


def test_partners_are_of_one_tenth_of_the_curve(network):
    """Each is moved on by up to a tenth, evenly: couples are at most that and a third of it apart.

    Those who are moved apart since they are kin are few.
    """
    i, j = ends(network, PARTNER)
    apart = np.abs(i - j) / N
    assert apart.max() < 0.105
    assert apart.max() > 0.08
    assert apart.mean() == pytest.approx(0.1 / 3, rel=0.1)


def test_clients_are_of_the_next_contexts(network):
    """People between the contexts of the two, the shorter way round: less than 8 contexts' worth.

    Evenly so: half of them on average, less the part of their own context that stands before a
    client.
    """
    sizes = np.bincount(network.agents["context"])
    last = np.cumsum(sizes)
    first = last - sizes
    a, b = (network.agents["context"][end] for end in ends(network, CLIENT))
    between = np.minimum((first[b] - last[a]) % N, (first[a] - last[b]) % N)
    assert 0.9 * SPAN < between.max() < SPAN
    within = (sizes * (sizes - 1.0)).sum() / (2.0 * N)
    assert between.mean() == pytest.approx(SPAN / 2 - within, rel=0.06)


def test_clients_of_few_contexts_are_of_any_other():
    """Where there are no eight contexts to come, clients are of all others, and never of one's own.

    With three contexts, both others are met by turns.
    """
    network = build(Circles(n_agents=75, friends=0.0, coworkers=0.0, clients=20.0), 1)
    context = network.agents["context"]
    i, j = ends(network, CLIENT)
    assert context.max() == 2 and (context[i] != context[j]).all()
    pairs = {frozenset(pair) for pair in zip(context[i].tolist(), context[j].tolist(), strict=True)}
    assert pairs == {frozenset(p) for p in ((0, 1), (1, 2), (0, 2))}
