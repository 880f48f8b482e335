"""Replicate noise is told apart from parameters, whole or torn."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim.errors import ParameterError
from bondsim.sensitivity.noise import checked, components, filled, noise_table

NAN = np.nan


def town(n_points=40, n_replicates=8, sd=(2.0, 1.0, 0.5), seed=1):
    """Values of a two-way random model with these standard deviations."""
    rng = np.random.default_rng(seed)
    point = sd[0] * rng.standard_normal((n_points, 1))
    luck = sd[1] * rng.standard_normal(n_replicates)
    return 5.0 + point + luck + sd[2] * rng.standard_normal((n_points, n_replicates))


def torn(values, share, seed=2):
    """The same, this share of the runs having failed."""
    found = values.copy()
    found[np.random.default_rng(seed).random(values.shape) < share] = NAN
    return found


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_components__are_unbiased_also_where_runs_failed(share):
    found = np.array(
        [components(torn(town(20, 6, seed=s), share, seed=s + 9000)) for s in range(1000)]
    )
    wanted = np.array([4.0, 1.0, 0.25])
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - wanted) < 3.5 * error)


def test_components__agree_with_sums_of_squares():
    values = town(5, 4)
    p, r = values.shape
    ms_p = r * values.mean(axis=1).var(ddof=1)
    ms_r = p * values.mean(axis=0).var(ddof=1)
    total = ((values - values.mean()) ** 2).sum()
    ms_e = (total - (p - 1) * ms_p - (r - 1) * ms_r) / ((p - 1) * (r - 1))
    assert components(values) == pytest.approx(((ms_p - ms_e) / r, (ms_r - ms_e) / p, ms_e))


def test_components__noise_share_is_recovered():
    share = np.mean([components(town(60, 30, seed=s)).noise_share for s in range(60)])
    assert share == pytest.approx(1.25 / 5.25, abs=0.02)
    assert components(town(sd=(2.0, 0.0, 0.0))).noise_share == pytest.approx(0.0, abs=1e-12)
    assert components(town(sd=(0.0, 0.0, 1.0))).noise_share > 0.9


def test_components__without_replicates_nothing_is_known():
    assert np.isnan(components(town(10, 1))).all()
    assert np.isnan(components(town(1, 10))).all()
    assert np.isnan(components(np.full((4, 4), NAN))).all()


def test_filled__leaves_known_values_and_fits_the_rest_by_least_squares():
    values = torn(town(9, 5), 0.25)
    known = np.isfinite(values)
    whole = filled(values)
    np.testing.assert_array_equal(whole[known], values[known])
    point, seed = np.nonzero(known)
    rows = np.arange(point.size)
    design = np.zeros((point.size, 9 + 5))
    design[rows, point] = design[rows, 9 + seed] = 1.0
    effects, *_ = np.linalg.lstsq(design, values[known], rcond=None)
    fit = effects[:9, None] + effects[9:]
    np.testing.assert_allclose(whole[~known], fit[~known], atol=1e-8)


def test_filled__a_point_of_failed_runs_stays_unknown():
    values = town(4, 3)
    values[2] = NAN
    whole = filled(values)
    assert np.isnan(whole[2]).all() and np.isfinite(np.delete(whole, 2, axis=0)).all()


def test_noise_table__counts_failures_and_keeps_outcomes_apart():
    values = np.stack([town(), town(sd=(0.0, 0.0, 1.0))], axis=2)
    values[3, 2, 1] = NAN
    found = noise_table(values, ["a", "b"])
    assert found["failed"].tolist() == [0, 1]
    assert found["replicates"].tolist() == [8, 8]
    assert found["noise_share"][0] < 0.5 < found["noise_share"][1]
    assert found["mean"] == pytest.approx(np.nanmean(values, axis=(0, 1)))


@pytest.mark.parametrize("shape", [(3, 2), (4, 2, 1), (3, 2, 2), (3, 0, 1)])
def test_checked__wrong_shapes_are_named(shape):
    with pytest.raises(ParameterError, match="values"):
        checked(np.zeros(shape), 3, ["a"])
