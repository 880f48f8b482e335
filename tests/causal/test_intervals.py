"""Intervals over replicates: against scipy, and by their coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bondsim.causal.intervals import mean_interval, ratio_interval, share_interval


def test_mean_interval__is_students():
    values = np.array([0.3, 0.1, 0.7, 0.2, 0.9])
    found = mean_interval(np.append(values, np.nan))
    known = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert found.value == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((known.low, known.high))


def test_mean_interval__of_one_or_no_replicate_has_no_ends():
    one, none = mean_interval(np.array([2.0])), mean_interval(np.array([np.nan]))
    assert one.value == 2.0 and np.isnan(one.low) and np.isnan(one.high)
    assert np.isnan(none.value)


def test_ratio_interval__of_a_constant_bottom_is_that_of_the_mean():
    top = np.array([0.3, 0.1, 0.7, 0.2])
    found, mean = ratio_interval(top, np.full(4, 2.0)), mean_interval(top / 2.0)
    assert found == pytest.approx(mean)


def test_ratio_interval__covers_the_ratio_of_means():
    """Of 2,000 intervals of 95 % all but 80 to 130 hold the truth: +- 3.5 standard errors of .0049,
    and the linearised interval is a little short with 20 replicates."""
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(2000):
        bottom = rng.normal(1.0, 0.2, 20)
        top = 0.3 * bottom + rng.normal(0.0, 0.1, 20)
        found = ratio_interval(top, bottom)
        held += found.low <= 0.3 <= found.high
    assert 0.93 < held / 2000 < 0.967


def test_ratio_interval__that_rests_on_nothing_has_no_ends():
    none = ratio_interval(np.zeros(5), np.ones(5))
    assert none.value == 0.0 and np.isnan(none.low) and str(none) == "0"
    one = ratio_interval(np.array([0.0, 4.0]), np.array([0.0, 2.0]))
    assert one.value == 2.0 and np.isnan(one.high)


def test_ratio_interval__without_a_bottom_is_unknown():
    assert np.isnan(ratio_interval(np.ones(3), np.zeros(3)).value)
    assert np.isnan(ratio_interval(np.ones(0), np.ones(0)).value)


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (3, 20), (20, 20), (50, 1000)])
def test_share_interval__is_wilsons(hits, n):
    found = share_interval(hits, n)
    known = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=1e-9)
    assert np.isnan(share_interval(0, 0).value)
