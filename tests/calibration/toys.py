"""Simulators whose posterior is known."""

from __future__ import annotations

import numpy as np

from bondsim.calibration.abc import Task
from bondsim.calibration.distance import Aim, Aims
from bondsim.calibration.plan import CalibratePlan
from bondsim.calibration.points import evaluate_by

SIGMA = 0.5


def normal(values, seed):
    """One number around the parameter, the other around its double: both with known luck."""
    luck = np.random.default_rng(seed).normal(size=2)
    mean = values["toy.mean"]
    return {"one": mean + SIGMA * luck[0], "two": 2.0 * mean + 2.0 * SIGMA * luck[1]}


def told(values, seed):
    """Two parameters, seen with little luck."""
    luck = np.random.default_rng(seed).normal(size=2)
    return {"a": values["toy.a"] + 0.05 * luck[0],
            "b": values["toy.a"] * values["toy.b"] + 0.05 * luck[1]}  # fmt: skip


ONE = CalibratePlan({"toy.mean": [-5, 5]}, budget=3000, particles=200, populations=6, epsilon=0.1)
AIM = Aims((Aim("one", 1.0, 0.0, 2.0),))
TWO = CalibratePlan(
    {"toy.a": [0, 4], "toy.b": {"low": 0.1, "high": 10, "scale": "log"}},
    budget=800, particles=60, populations=5, epsilon=0.2,
)  # fmt: skip
AIMS = Aims((Aim("a", 2.0, 1.5, 2.5), Aim("b", 1.0, 0.5, 1.5)))


def task(plan=TWO, aims=AIMS, simulate=told, seed=7, replicates=1, evaluate=None):
    return Task(plan.ranges, aims, evaluate or evaluate_by(simulate), seed, replicates)
