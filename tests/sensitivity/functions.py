"""Functions whose sensitivity is known, with luck of known variance on top."""

from __future__ import annotations

import numpy as np

from bondsim.study.sampling import Factor


def unit_factors(k, low=0.0, high=1.0):
    """Factors x0, x1, ... over the same range."""
    return [Factor(f"x{j}", low, high) for j in range(k)]


def matrix(points):
    return np.array([list(point.values()) for point in points], float)


ISHIGAMI = unit_factors(3, -np.pi, np.pi)


def ishigami(x):
    """Ishigami & Homma 1990 with a = 7, b = 0.1."""
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices():
    """Variance, first order, total order, and second order of (x0, x2), by integration."""
    a, b, pi = 7.0, 0.1, np.pi
    first = 0.5 * (1 + b * pi**4 / 5) ** 2, a**2 / 8, 0.0
    joint = b**2 * pi**8 * (1 / 18 - 1 / 50)
    whole = sum(first) + joint
    total = first[0] + joint, first[1], joint
    return whole, np.array(first) / whole, np.array(total) / whole, joint / whole


G_WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def sobol_g(x):
    """Saltelli & Sobol' 1995."""
    return np.prod((np.abs(4 * x - 2) + G_WEIGHTS) / (1 + G_WEIGHTS), axis=1)


def sobol_g_indices():
    alone = 1 / (3 * (1 + G_WEIGHTS) ** 2)
    whole = np.prod(1 + alone) - 1
    total = alone * np.prod(1 + alone) / (1 + alone)
    return whole, alone / whole, total / whole


SLOPES = np.array([3.0, -2.0, 1.0, 0.0])


def linear(x):
    """Of factors in [0, 1]: variances slope**2 / 12, no interactions."""
    return x @ SLOPES


def lived(function, n_replicates, luck=0.0, both=0.0, seed=1):
    """An `evaluate`: the function, luck alike at all points, and luck of its own at each point."""

    def evaluate(points):
        rng = np.random.default_rng(seed)
        shared = luck * rng.standard_normal(n_replicates)
        own = both * rng.standard_normal((len(points), n_replicates))
        return (function(matrix(points))[:, None] + shared + own)[:, :, None]

    return evaluate
