"""Indices of Sobol: known functions, with and without luck, and SALib as a second opinion."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim.errors import ParameterError
from bondsim.sensitivity.sobol import decompose, decomposed
from bondsim.study.sampling import Factor, problem_of, sobol
from tests.sensitivity.functions import (
    ISHIGAMI,
    ishigami,
    ishigami_indices,
    linear,
    lived,
    matrix,
    sobol_g,
    sobol_g_indices,
    unit_factors,
)


def found(function, factors, n, seed=1, second_order=False, **luck):
    evaluate = lived(function, luck.pop("n_replicates", 1), seed=seed + 100, **luck)
    return decompose(evaluate, factors, ["y"], n, seed, second_order=second_order)


def held(table, name, truth):
    """Whether the intervals hold these values."""
    return (table[f"{name}_low"] <= truth) & (truth <= table[f"{name}_high"])


def test_decompose__agrees_with_salib_where_there_is_no_luck():
    from SALib.analyze import sobol as salib

    points = sobol(ISHIGAMI, 64, 3, second_order=True)
    y = ishigami(matrix(points))
    theirs = salib.analyze(problem_of(ISHIGAMI), y, calc_second_order=True, seed=1)
    ours = decomposed(ISHIGAMI, y[:, None, None], ["y"], second_order=True)
    np.testing.assert_allclose(ours["indices"]["first"], theirs["S1"])
    np.testing.assert_allclose(ours["indices"]["total"], theirs["ST"])
    np.testing.assert_allclose(ours["pairs"]["second"], theirs["S2"][np.triu_indices(3, 1)])
    half = (ours["indices"]["total_high"] - ours["indices"]["total_low"]) / 2
    np.testing.assert_allclose(half, theirs["ST_conf"], rtol=0.35)


def test_decompose__without_correction_is_salib_on_the_means():
    from SALib.analyze import sobol as salib

    points = sobol(ISHIGAMI, 32, 3)
    values = lived(ishigami, 4, luck=2.0, both=3.0)(points)
    theirs = salib.analyze(
        problem_of(ISHIGAMI), values[..., 0].mean(axis=1), calc_second_order=False, seed=1
    )
    ours = decomposed(ISHIGAMI, values, ["y"])["indices"]
    np.testing.assert_allclose(ours["first_raw"], theirs["S1"])
    np.testing.assert_allclose(ours["total_raw"], theirs["ST"])


def near(table, name, truth):
    """Whether all values are within twice their interval's half-width of these."""
    reach = table[f"{name}_high"] - table[f"{name}_low"]
    return bool(np.all((np.abs(table[name] - truth) < reach) & (reach < 0.4)))


LUCK = {"none": {}, "alike": {"luck": 30.0, "n_replicates": 4},
        "both": {"luck": 3.0, "both": 4.0, "n_replicates": 4}}  # fmt: skip


@pytest.mark.parametrize("luck", LUCK.values(), ids=LUCK)
def test_decompose__recovers_ishigami(luck):
    _, first, total, joint = ishigami_indices()
    tables = found(ishigami, ISHIGAMI, 2048, second_order=True, **luck)
    index = tables["indices"]
    np.testing.assert_allclose(index["first"], first, atol=0.08)
    np.testing.assert_allclose(index["total"], total, atol=0.08)
    np.testing.assert_allclose(tables["pairs"]["second"], [0.0, joint, 0.0], atol=0.12)
    assert near(index, "first", first) and near(index, "total", total)
    assert near(tables["pairs"], "second", np.array([0.0, joint, 0.0]))


def test_decompose__recovers_the_g_function():
    _, first, total = sobol_g_indices()
    index = found(sobol_g, unit_factors(5), 2048, both=0.5, n_replicates=5)["indices"]
    np.testing.assert_allclose(index["first"], first, atol=0.04)
    np.testing.assert_allclose(index["total"], total, atol=0.04)
    assert near(index, "first", first) and near(index, "total", total)


def test_decompose__correction_takes_the_bias_out():
    """Luck as large as the signal: raw totals of a factor that does nothing are far from 0."""
    signal = np.sqrt(14 / 12)
    runs = [found(linear, unit_factors(4), 64, seed=s, both=signal, n_replicates=4)["indices"]
            for s in range(60)]  # fmt: skip
    total, raw, first, raw_first = (
        np.mean([run[name] for run in runs], axis=0)
        for name in ("total", "total_raw", "first", "first_raw")
    )
    truth = np.array([9, 4, 1, 0]) / 14
    np.testing.assert_allclose(total, truth, atol=0.03)
    np.testing.assert_allclose(first, truth, atol=0.06)
    np.testing.assert_allclose(raw, (truth + 0.25) / 1.25, atol=0.03)
    np.testing.assert_allclose(raw_first, truth / 1.25, atol=0.03)


def test_decompose__correction_holds_where_luck_depends_on_the_point():
    def evaluate(points):
        x = matrix(points)
        own = np.random.default_rng(int(1e9 * points[0]["x0"]))
        rest = own.standard_normal((len(x), 4)) * 2.0 * x[:, [1]]
        return (x[:, [0]] * 3.0 + rest)[:, :, None]

    runs = [decompose(evaluate, unit_factors(2), ["y"], 64, s)["indices"] for s in range(80)]
    total = np.array([run["total"] for run in runs])
    error = total.std(axis=0, ddof=1) / np.sqrt(len(runs))
    assert np.all(np.abs(total.mean(axis=0) - [1.0, 0.0]) < 4 * error + 0.01)


def test_decompose__noise_share_is_recovered():
    whole, *_ = ishigami_indices()
    noise = found(ishigami, ISHIGAMI, 512, luck=2.0, both=3.0, n_replicates=30)["noise"]
    assert noise["points"] == pytest.approx(whole, rel=0.05)
    assert noise["both"] == pytest.approx(9.0, rel=0.05)
    assert noise["luck"] == pytest.approx(4.0, rel=0.6)  # of 30 seeds only


def test_decompose__failed_runs_cost_little_and_lost_points_their_block():
    factors = unit_factors(4)
    points = sobol(factors, 256, 1)
    values = lived(linear, 4, luck=1.0, both=0.3)(points)
    values[np.random.default_rng(3).random(values.shape) < 0.05] = np.nan
    values[7] = np.nan
    index = decomposed(factors, values, ["y"])["indices"]
    np.testing.assert_allclose(index["total"], np.array([9, 4, 1, 0]) / 14, atol=0.06)
    assert set(index["base_points"].tolist()) == {255}


def test_decompose__outcome_that_never_varies_has_no_indices():
    index = found(lambda x: np.full(len(x), 0.1), unit_factors(2), 8, n_replicates=3)["indices"]
    assert np.isnan(index["first"]).all() and np.isnan(index["total_high"]).all()
    lost = decomposed(unit_factors(2), np.full((32, 2, 1), np.nan), ["y"], second_order=False)
    assert np.isnan(lost["indices"]["total"]).all()
    pairs = decomposed(unit_factors(2), np.full((48, 2, 1), np.nan), ["y"], second_order=True)
    assert np.isnan(pairs["pairs"]["second"]).all()


def test_decompose__outcomes_stand_one_after_another_and_fixed_factors_are_left_out():
    factors = [Factor("x0", 0.0, 1.0), Factor("c", values=(5.0,)), Factor("x1", 0.0, 1.0)]

    def evaluate(points):
        x = matrix(points)
        return np.stack([x[:, [0]], x[:, [2]]], axis=2)

    index = decompose(evaluate, factors, ["a", "b"], 256, 2)["indices"]
    assert index["outcome"].tolist() == ["a", "a", "b", "b"]
    assert index["path"].tolist() == ["x0", "x1"] * 2
    np.testing.assert_allclose(index["total"], [1, 0, 0, 1], atol=0.1)


def test_decomposed__wrong_numbers_of_points_are_named():
    with pytest.raises(ParameterError, match="whole blocks of 4 points"):
        decomposed(unit_factors(2), np.zeros((6, 1, 1)), ["y"])


KNOWN = {
    "ishigami": (ishigami, ISHIGAMI, ishigami_indices()[1:3], 1.0),
    "g": (sobol_g, unit_factors(5), sobol_g_indices()[1:], 0.1),
}
"""A function, its factors, its first and total orders, and luck in the size of its spread."""


@pytest.mark.slow
@pytest.mark.parametrize("luck", LUCK.values(), ids=LUCK)
@pytest.mark.parametrize("known", KNOWN.values(), ids=KNOWN)
def test_decompose__intervals_cover(known, luck):
    """Of 95 % intervals on 128 base points; heavy tails and even designs let single ones slip."""
    function, factors, truths, size = known
    scale = {name: value * size if name != "n_replicates" else value
             for name, value in luck.items()}  # fmt: skip
    runs = [found(function, factors, 128, seed=s, **scale)["indices"] for s in range(200)]
    for name, truth in zip(("first", "total"), truths, strict=True):
        share = np.mean([held(run, name, truth) for run in runs], axis=0)
        assert share.mean() >= 0.93, (name, share)
        assert share.min() >= 0.82, (name, share)


def test_decompose__tells_factors_from_noise():
    runs = [found(linear, unit_factors(4), 64, seed=s, both=0.3, n_replicates=4)["indices"]
            for s in range(60)]  # fmt: skip
    told = np.mean([run["told"] for run in runs], axis=0)
    assert told[:3].min() > 0.95 and told[3] < 0.1
    assert np.isnan(found(linear, unit_factors(4), 64)["indices"]["told"]).all()
