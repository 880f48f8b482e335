"""ABC: the known posterior, the same for any number of processes, nothing left behind."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from bondsim.calibration.abc import fit
from bondsim.calibration.distance import Aim, Aims
from bondsim.calibration.points import Point, evaluate_by, mean_rows
from bondsim.errors import DataError
from tests.calibration.toys import AIM, AIMS, ONE, SIGMA, TWO, normal, task, told


def same(one, other):
    assert one.keys() == other.keys()
    for name in one:
        for column in one[name]:
            np.testing.assert_array_equal(one[name][column], other[name][column], column)


@pytest.fixture(scope="module")
def found():
    return fit(TWO, task())


def test_fit__finds_the_known_posterior():
    """Flat prior, normal data: the posterior is normal, widened by the last distance."""
    posterior = []
    for seed in range(3):
        tables = fit(
            replace(ONE, particles=150, populations=4), task(ONE, AIM, normal, seed * 10_000)
        )
        epsilon = tables["populations"]["epsilon"][-1]
        assert tables["populations"]["filled"].all() and epsilon < 1.0
        own = tables["posterior"]
        mean = np.sum(own["weight"] * own["toy.mean"])
        var = np.sum(own["weight"] * (own["toy.mean"] - mean) ** 2)
        # kept are all numbers nearer than epsilon: even, with variance epsilon**2 / 3
        posterior.append((mean, var / (SIGMA**2 + epsilon**2 / 3.0)))
    mean, ratio = np.mean(posterior, axis=0)
    # three times some 120 equal points: errors of .03 and .07; false alarm below 1 in 1000
    assert mean == pytest.approx(1.0, abs=0.1)
    assert ratio == pytest.approx(1.0, abs=0.25)


def test_fit__with_more_worlds_a_point_is_narrower():
    own = fit(ONE, task(ONE, AIM, normal, replicates=16))["posterior"]
    mean = np.sum(own["weight"] * own["toy.mean"])
    assert np.sum(own["weight"] * (own["toy.mean"] - mean) ** 2) < 0.25 * SIGMA**2
    assert mean == pytest.approx(1.0, abs=0.1)


def test_fit__starts_from_the_prior(found):
    prior, ranges = found["prior"], TWO.ranges
    assert np.ptp(prior["weight"]) == 0.0 and prior["weight"].sum() == pytest.approx(1.0)
    for each in ranges:
        places = [each.place(value) for value in prior[each.path]]
        assert stats.kstest(places, "uniform").pvalue > 0.01


def test_fit__keeps_only_what_is_near_enough(found):
    populations, points = found["populations"], found["simulations"]
    assert (np.diff(populations["epsilon"]) < 0).all()
    for t, epsilon in enumerate(populations["epsilon"]):
        own = points["population"] == t
        kept = own & (points["kept"] == 1)
        assert (points["distance"][kept] <= epsilon).all()
        assert own.sum() == populations["simulated"][t] and kept.sum() == populations["kept"][t]
    assert populations["simulated"].sum() == points["point"].size <= TWO.budget
    assert found["posterior"]["weight"].sum() == pytest.approx(1.0)


def test_fit__gives_every_point_worlds_of_its_own():
    seeds = []

    def evaluate(points):
        seeds.extend(point.seed + r for point in points for r in range(point.replicates))
        return evaluate_by(told)(points)

    tables = fit(TWO, task(evaluate=evaluate, replicates=3))
    assert len(seeds) == len(set(seeds)) == 3 * tables["simulations"]["point"].size
    fifth = {name: column[5] for name, column in tables["simulations"].items()}
    values = {path: fifth[path] for path in ("toy.a", "toy.b")}
    again = mean_rows([told(values, int(fifth["seed"]) + r) for r in range(3)])
    assert again == {row: fifth[row] for row in ("a", "b")}


def test_fit__depends_on_neither_processes_nor_shared_luck(found):
    """Points lived at once and in another order, by code that uses numpy's shared state."""

    def evaluate(points):
        np.random.seed(len(points))  # noqa: NPY002
        with ThreadPoolExecutor(4) as pool:
            rows = list(pool.map(lambda p: evaluate_by(told)([p])[0], reversed(points)))
        return rows[::-1]

    same(fit(TWO, task(evaluate=evaluate)), found)
    other = fit(TWO, task(seed=8))["posterior"]["toy.a"]
    assert not np.array_equal(other, found["posterior"]["toy.a"])


def test_fit__leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    level = logging.getLogger("ABC").level
    fit(replace(TWO, populations=2), task())
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    assert logging.getLogger("ABC").level == level
    assert not list(tmp_path.iterdir())


def test_fit__is_silent_and_tells_its_progress(capfd):
    told_of = []
    fit(replace(TWO, populations=2), task(), lambda n, most: told_of.append((n, most)))
    assert capfd.readouterr() == ("", "")
    assert told_of == sorted(told_of) and {most for _, most in told_of} == {TWO.budget}


@pytest.mark.parametrize(("changes", "why"), [
    ({"populations": 2}, "populations"), ({"epsilon": 3.0}, "epsilon"),
    ({"budget": 100}, "budget"), ({"acceptance": 0.9, "epsilon": 0.0}, "acceptance"),
])  # fmt: skip
def test_fit__stops_when_it_is_asked_to(changes, why):
    plan = replace(TWO, **changes)
    tables = fit(plan, task(plan))
    populations = tables["populations"]
    assert populations["stopped"][-1] == why
    assert tables["simulations"]["point"].size <= plan.budget
    # what was left unfinished is no posterior
    last = int(populations["population"][populations["filled"] == 1][-1])
    kept = (tables["simulations"]["population"] == last) & (tables["simulations"]["kept"] == 1)
    assert (
        tables["posterior"]["distance"].tolist() == tables["simulations"]["distance"][kept].tolist()
    )


def test_fit__lives_with_rows_that_are_not_known():
    def simulate(values, seed):
        rows = told(values, seed)
        return rows | {"b": np.nan} if values["toy.a"] > 3.0 else rows

    posterior = fit(TWO, task(simulate=simulate))["posterior"]
    assert (posterior["toy.a"] <= 3.0).all()
    blind = fit(replace(TWO, populations=2), task(simulate=lambda v, s: {"a": np.nan, "b": np.nan}))
    assert blind["posterior"]["hits"].sum() == 0


def test_fit__refuses_rows_that_do_not_answer_the_points():
    with pytest.raises(DataError, match="one for each"):
        fit(TWO, task(evaluate=lambda points: [{"a": 1.0, "b": 1.0}]))


def test_mean_rows__leaves_out_worlds_in_which_a_row_is_not_known():
    rows = [{"a": 1.0, "b": np.nan}, {"a": 3.0, "b": np.nan}, {"a": np.nan, "b": np.nan}]
    mean = mean_rows(rows)
    assert mean["a"] == 2.0 and np.isnan(mean["b"])
    seen = evaluate_by(lambda v, seed: {"a": float(seed)})([Point({}, 5, 3)])
    assert seen == [{"a": 6.0}]


def test_fit__tells_hits():
    wide = Aims((Aim("a", 2.0, -90.0, 90.0), AIMS.rows[1]))
    posterior = fit(replace(TWO, populations=2), task(aims=wide))["posterior"]
    inside = (posterior["b"] >= 0.5) & (posterior["b"] <= 1.5)
    assert (posterior["hits"] == 1 + inside).all() and (posterior["all_within"] == inside).all()
