"""Approximate Bayesian computation by populations of points (ABC-SMC, Toni et al. 2009 [M]).

The first population is drawn from the prior; each later one is proposed around the points of the
one before, of which only those nearer than a quantile of its distances are kept, with weights that
make up for where they were proposed. pyabc does that; here it gets points lived in batches.

Every simulated point has seeds of its own: two points that shared their luck would tell less than
they seem to, and the posterior would be of one lucky town.
"""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bondsim.calibration.distance import Aims, all_within, distances, hits
from bondsim.calibration.plan import CalibratePlan
from bondsim.calibration.points import Evaluate, Point, rows_array
from bondsim.calibration.priors import Prior
from bondsim.causal.analysis import rows_table
from bondsim.errors import DataError

if TYPE_CHECKING:
    from bondsim.calibration.sampling import BatchSampler
    from bondsim.causal.design import Ended
    from bondsim.state import Array
    from bondsim.tables import Table


ANY = sys.float_info.max
"""A distance that keeps all points of the first population; pyabc subtracts infinite ones."""


class Task(NamedTuple):
    """What is fitted to what: priors, rows, and the way from one to the other."""

    priors: tuple[Prior, ...]
    aims: Aims
    evaluate: Evaluate
    seed: int
    """Of the search. The worlds of point k have the seeds ``seed + k * replicates`` and on."""
    replicates: int = 1
    """Worlds of each point."""


@dataclass
class Log:
    """All points that were simulated, in order; lives those that are asked for."""

    task: Task
    budget: int
    ended: Ended | None = None
    values: list[list[float]] = field(default_factory=list)
    rows: list[Array] = field(default_factory=list)
    distances: list[float] = field(default_factory=list)

    def simulate(self, places: Sequence[Sequence[float]]) -> list[float]:
        """Live the points at these places [0, 1]; the distance of each."""
        task, first = self.task, len(self.values)
        values = [
            [p.value(at) for p, at in zip(task.priors, place, strict=True)] for place in places
        ]
        points = [
            Point(
                {p.path: v for p, v in zip(task.priors, each, strict=True)},
                task.seed + (first + k) * self.task.replicates,
                self.task.replicates,
            )
            for k, each in enumerate(values)
        ]
        rows = rows_of(task, points)
        self.values += values
        self.rows += list(rows)
        found = distances(rows, task.aims).tolist()
        self.distances += found
        if self.ended is not None:
            self.ended(len(self.values), self.budget)
        return list(found)

    @property
    def next_seed(self) -> int:
        """A seed from which on no world has been lived."""
        return self.task.seed + len(self.values) * self.task.replicates

    def columns(self, numbers: Sequence[int]) -> Table:
        """Points by number: their values, rows, distance and hits."""
        return point_columns(
            self.task,
            np.array([self.values[k] for k in numbers], float),
            np.array([self.rows[k] for k in numbers], float),
        )


def rows_of(task: Task, points: Sequence[Point]) -> Array:
    """The rows of each point: float64 (n points, n rows)."""
    found = task.evaluate(points)
    if len(found) != len(points):
        text = f"{len(found)} sets of rows for {len(points)} points"
        raise DataError("what simulates points", text, "return one for each, in their order")
    return rows_array(found, task.aims.names)


def point_columns(task: Task, values: Array, rows: Array) -> Table:
    """Columns of points: each path, each row, `distance`, `hits` and `all_within` (0 or 1)."""
    return {
        **{p.path: values[:, k] for k, p in enumerate(task.priors)},
        **{name: rows[:, k] for k, name in enumerate(task.aims.names)},
        "distance": distances(rows, task.aims),
        "hits": hits(rows, task.aims).astype(np.int64),
        "all_within": all_within(rows, task.aims).astype(np.int64),
    }


def fit(plan: CalibratePlan, task: Task, ended: Ended | None = None) -> dict[str, Table]:
    """The posterior of the priors, given the rows.

    Tables: `posterior` (the last population that was filled: `weight`, then path, row, `distance`,
    `hits` and `all_within` columns), `prior` (the first population, the same columns),
    `populations` (number, `epsilon`, `simulated`, `kept`, `acceptance`, `ess` and whether it was
    `filled`, with what `stopped` the search), `simulations` (every point). The search ends when
    the populations, the points, the acceptance or the distance asked for are reached; a population
    that is then unfinished is left out of the posterior. Equal for equal `plan` and `task`.
    """
    log = Log(task, plan.budget, ended)
    sampler, epsilons = _run(plan, log)
    last = max(sampler.particles)
    return {
        "posterior": _population(log, sampler, last),
        "prior": _population(log, sampler, 0),
        "populations": _populations(plan, sampler, epsilons),
        "simulations": _simulations(log, sampler),
    }


def _run(plan: CalibratePlan, log: Log) -> tuple[BatchSampler, list[float]]:
    """Let pyabc go through all populations; its sampler, and the distance asked of each."""
    import pyabc

    from bondsim.calibration.sampling import DISTANCE, BatchSampler

    names = [f"place_{k}" for k in range(len(log.task.priors))]
    sampler = BatchSampler(
        names, log.simulate, seed=log.task.seed, batch=plan.batch, budget=plan.budget
    )
    epsilon = pyabc.QuantileEpsilon(initial_epsilon=ANY, alpha=plan.quantile)
    with _quiet():
        search = pyabc.ABCSMC(
            models=pyabc.FunctionModel(_nothing, name="bondsim"),
            parameter_priors=pyabc.Distribution(
                **{name: pyabc.RV("uniform", 0.0, 1.0) for name in names}
            ),
            distance_function=pyabc.FunctionDistance(lambda seen, _: float(seen[DISTANCE])),
            population_size=plan.particles,
            eps=epsilon,
            sampler=sampler,
        )
        history = search.new("sqlite://", {DISTANCE: 0.0})  # in memory: nothing is left behind
        try:
            search.run(
                minimum_epsilon=plan.epsilon,
                max_nr_populations=plan.populations,
                min_acceptance_rate=plan.acceptance,
            )
        finally:
            history._session.close()
            history._engine.dispose()
    populations = range(sampler.tried[-1].population + 1)
    return sampler, [math.inf, *(float(epsilon(t)) for t in populations[1:])]


def _nothing(_: Any) -> dict[str, float]:
    """What pyabc asks a model for, and the batch will tell."""
    return {}


@contextmanager
def _quiet() -> Generator[None]:
    """Without the words of pyabc, whose progress is told otherwise."""
    logger = logging.getLogger("ABC")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


# --- tables ------------------------------------------------------------------------------------


def _population(log: Log, sampler: BatchSampler, t: int) -> Table:
    numbers = [number for number, _ in sampler.particles[t]]
    weights = np.array([particle.weight for _, particle in sampler.particles[t]], float)
    return {"weight": weights / weights.sum(), **log.columns(numbers)}


def _populations(plan: CalibratePlan, sampler: BatchSampler, epsilons: Sequence[float]) -> Table:
    rows = []
    for t, epsilon in enumerate(epsilons):
        tried = [each for each in sampler.tried if each.population == t]
        kept = np.array([each.weight for each in tried if each.kept], float)
        filled, last = t in sampler.particles, t + 1 == len(epsilons)
        rows.append(
            {
                "population": t,
                "epsilon": epsilon,
                "simulated": len(tried),
                "kept": kept.size,
                "acceptance": kept.size / len(tried),
                "ess": float(kept.sum() ** 2 / (kept**2).sum()) if kept.any() else 0.0,
                "filled": int(filled),
                "stopped": _why(plan, sampler, t, epsilon, kept.size / len(tried)) if last else "",
            }
        )
    return rows_table(rows)


def _why(
    plan: CalibratePlan, sampler: BatchSampler, t: int, epsilon: float, acceptance: float
) -> str:
    """What ended the search."""
    if t not in sampler.particles:
        return sampler.stopped
    if epsilon <= plan.epsilon:
        return "epsilon"
    if acceptance < plan.acceptance:
        return "acceptance"
    return "populations" if t + 1 >= plan.populations else "budget"


def _simulations(log: Log, sampler: BatchSampler) -> Table:
    return {
        "point": np.arange(len(log.values), dtype=np.int64),
        "seed": np.array(
            [log.task.seed + k * log.task.replicates for k in range(len(log.values))], np.int64
        ),
        "population": np.array([each.population for each in sampler.tried], np.int64),
        "kept": np.array([each.kept for each in sampler.tried], np.int64),
        **log.columns(range(len(log.values))),
    }
