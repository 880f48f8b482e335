"""Point fits: the known best point, told from worlds that the search has not seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import optuna
import pytest

from bondsim.calibration.point_fit import fit
from bondsim.calibration.points import evaluate_by
from tests.calibration.test_abc import same
from tests.calibration.toys import TWO, task, told

PLAN = replace(TWO, method="optuna", budget=140)


@pytest.fixture(scope="module")
def found():
    return fit(PLAN, task(PLAN))


def test_fit__finds_the_best_point(found):
    """a = 2 and a b = 1 hold at a = 2, b = 0.5."""
    best = {name: column[0] for name, column in found["finalists"].items()}
    assert best["toy.a"] == pytest.approx(2.0, abs=0.25)
    assert best["toy.b"] == pytest.approx(0.5, abs=0.15)
    assert best["all_within"] == 1 and best["distance"] < 0.5
    assert (np.diff(found["finalists"]["distance"]) >= 0).all()


def test_fit__searches_nearer_than_chance_does(found):
    distance = found["trials"]["distance"]
    assert np.median(distance[-40:]) < 0.5 * np.median(distance[: PLAN.startup])


def test_fit__lives_finalists_in_new_worlds():
    seen = []

    def evaluate(points):
        seen.append([(point.seed, point.replicates) for point in points])
        return evaluate_by(told)(points)

    tables = fit(PLAN, task(PLAN, evaluate=evaluate, replicates=2))
    searched = [seed + r for batch in seen[:-1] for seed, n in batch for r in range(n)]
    ((seed, n),) = set(seen[-1])
    assert len(searched) == len(set(searched)) == 2 * tables["trials"]["trial"].size
    assert n == 2 * PLAN.confirm and len(seen[-1]) == PLAN.finalists and seed > max(searched)
    assert tables["trials"]["trial"].size + PLAN.finalists == PLAN.budget


def test_fit__depends_on_neither_processes_nor_shared_luck(found):
    def evaluate(points):
        np.random.seed(len(points))  # noqa: NPY002
        with ThreadPoolExecutor(4) as pool:
            rows = list(pool.map(lambda p: evaluate_by(told)([p])[0], reversed(points)))
        return rows[::-1]

    same(fit(PLAN, task(PLAN, evaluate=evaluate)), found)


def test_fit__leaves_nothing_changed(capfd):
    before, state = optuna.logging.get_verbosity(), np.random.get_state()[1].copy()  # noqa: NPY002
    fit(replace(PLAN, budget=50), task(PLAN))
    assert optuna.logging.get_verbosity() == before
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002
    assert capfd.readouterr() == ("", "")
