"""The one point whose rows lie nearest to their targets, found by Optuna.

Every point of the search has seeds of its own: were all lived with the same, the search would fit
the luck of one town. The nearest of many points is near by luck as well; so the best few are lived
again in more worlds, with new seeds that they share, and what is told of the best is from these.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.calibration.abc import Log, Task, point_columns, rows_of
from bondsim.calibration.plan import CalibratePlan
from bondsim.calibration.points import Point

if TYPE_CHECKING:
    from bondsim.causal.design import Ended
    from bondsim.state import Array
    from bondsim.tables import Table


def fit(plan: CalibratePlan, task: Task, ended: Ended | None = None) -> dict[str, Table]:
    """The best point, by tree-structured Parzen estimators (Bergstra et al. 2011 [M]).

    Tables: `trials` (every point of the search: number, path, row, `distance`, `hits` and
    `all_within` columns), `finalists` (the best of them lived again, the same columns, the best
    first). The first `startup` points are drawn from the prior; then `batch` points are proposed
    at a time, each with the others of its batch counted as bad, and told in the order of proposal:
    equal for equal `plan` and `task`, whatever the number of processes.
    """
    finalists = min(plan.finalists, plan.budget // 2)
    log = Log(task, plan.budget, ended)
    study, n_trials = _study(plan, task.seed), plan.budget - finalists
    while len(log.values) < n_trials:
        startup = plan.startup - len(log.values)
        size = min(max(startup, plan.batch), n_trials - len(log.values))
        trials = _ask(study, task, size)
        places = [[trial.params[prior.path] for prior in task.priors] for trial in trials]
        distances = log.simulate(places)
        with _quiet():
            for trial, distance in zip(trials, distances, strict=True):
                study.tell(trial, distance)
    values = np.array(log.values)
    best = _distinct(values, np.array(log.distances), finalists)
    worlds = task.replicates * plan.confirm
    again = rows_of(task, [_point(task, values[k], log.next_seed, worlds) for k in best])
    if ended is not None:
        ended(plan.budget, plan.budget)
    final = {"trial": best, **point_columns(task, values[best], again)}
    order = np.argsort(final["distance"], kind="stable")
    return {
        "trials": {"trial": np.arange(len(values)), **log.columns(range(len(values)))},
        "finalists": {name: column[order] for name, column in final.items()},
    }


def _point(task: Task, values: Array, seed: int, replicates: int) -> Point:
    paths = (prior.path for prior in task.priors)
    return Point(dict(zip(paths, map(float, values), strict=True)), seed, replicates)


def _distinct(values: Array, distance: Array, n: int) -> Array:
    """Numbers of the `n` nearest points that differ in value: int64, the nearest first."""
    found: list[int] = []
    for k in np.argsort(distance, kind="stable").tolist():
        if len(found) < n and not any((values[k] == values[other]).all() for other in found):
            found.append(k)
    return np.array(found, np.int64)


def _study(plan: CalibratePlan, seed: int) -> Any:
    import optuna

    with _quiet():
        sampler = optuna.samplers.TPESampler(
            seed=int(np.random.SeedSequence(seed).generate_state(1)[0]),
            n_startup_trials=plan.startup, multivariate=True, constant_liar=True,
        )  # fmt: skip
        return optuna.create_study(sampler=sampler)


def _ask(study: Any, task: Task, size: int) -> Sequence[Any]:
    """So many proposed trials, each a place in [0, 1] for every path."""
    from optuna.distributions import FloatDistribution

    places = {prior.path: FloatDistribution(0.0, 1.0) for prior in task.priors}
    with _quiet():
        return [study.ask(places) for _ in range(size)]


@contextmanager
def _quiet() -> Generator[None]:
    """Without Optuna's words, and without its warnings of options that may still change."""
    import warnings

    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(before)
