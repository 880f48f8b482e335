"""Small made-up worlds whose truth is known, seen as surveys of two waves."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from bondsim.measures.recorded import Snapshot


def namings(rng, n=1000, k=4, near=None):
    """Ego and alter of n people who name k others each: bool (n, n), row names column.

    `near` (n, n): how much larger the log odds of a naming are.
    """
    weight = rng.gumbel(size=(n, n)) + (0.0 if near is None else near)
    np.fill_diagonal(weight, -np.inf)
    named = np.zeros((n, n), bool)
    np.put_along_axis(named, np.argpartition(-weight, k, axis=1)[:, :k], True, axis=1)
    return named


def wave(day, named, loneliness, *, cut=None, **columns):
    """A survey's wave; lonely are the top fifth, or those from `cut` on."""
    i, j = np.nonzero(np.triu(named | named.T))
    bonds = {
        "named_ij": named[i, j],
        "named_ji": named[j, i],
        "kind": np.zeros(i.size, np.int8),
    }
    agents = {"id": np.arange(loneliness.size), "loneliness": loneliness, **columns}
    cut = np.quantile(loneliness, 0.8) if cut is None else cut
    return Snapshot(day, agents, bonds, i, j, loneliness >= cut)


def noise(seed, n=1000, k=4, stay=0.6, returned=False):
    """Nothing spreads: people stay what they are in part; names by chance, `returned` or not."""
    rng = np.random.default_rng(seed)
    named = namings(rng, n, k)
    named = named | named.T if returned else named
    first = rng.normal(size=n)
    second = stay * first + np.sqrt(1 - stay**2) * rng.normal(size=n)
    place = rng.integers(0, 20, n)
    extra = {"context": place, "height": rng.normal(170, 10, n)}
    pain = [rng.normal(2, 1, n) for _ in range(2)]
    return [
        wave(0, named, first, headaches=pain[0], **extra),
        wave(365, named, second, headaches=pain[1], **extra),
    ]


def contagion(seed, slope=0.1, n=1000, k=4, stay=0.5, share=0.0):
    """ego(t+1) = stay ego(t) + slope (sum of alters(t+1)) + luck, solved; the waves and who was
    pushed: a `share` of people gets 2 more in between, by chance."""
    rng = np.random.default_rng(seed)
    named = namings(rng, n, k)
    first = rng.normal(size=n)
    pushed = rng.random(n) < share
    own = stay * first + rng.normal(size=n) * 0.7 + 2.0 * pushed
    links, second = csr_array(named.astype(float)), own
    for _ in range(60):
        second = own + slope * (links @ second)
    return [wave(0, named, first), wave(365, named, second)], np.flatnonzero(pushed)


def alike(seed, n=1000, k=4, pull=3.0, load=0.7):
    """Nothing spreads: people name those of a like trait, which makes them lonely, and tall."""
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=n)
    named = namings(rng, n, k, -pull * np.abs(trait[:, None] - trait))
    first, second = (load * trait + np.sqrt(1 - load**2) * rng.normal(size=n) for _ in range(2))
    height = 170.0 + 7.0 * trait + 5.0 * rng.normal(size=n)
    return [wave(day, named, z, height=height) for day, z in ((0, first), (365, second))]


def placed(seed, n=1000, k=4, n_places=25, load=0.7):
    """Nothing spreads: people name those of their place, whose climate they share."""
    rng = np.random.default_rng(seed)
    place = rng.integers(0, n_places, n)
    named = namings(rng, n, k, 7.0 * (place[:, None] == place))
    waves = []
    for day in (0, 365):
        climate = rng.normal(size=n_places)
        z = load * climate[place] + np.sqrt(1 - load**2) * rng.normal(size=n)
        pain = 2.0 + climate[place] + rng.normal(size=n)
        waves.append(wave(day, named, z, context=place, headaches=pain))
    return waves


def mean_named(named, values):
    """Mean of those whom each names."""
    return csr_array(named.astype(float)) @ values / named.sum(axis=1)
