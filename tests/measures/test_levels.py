"""How lonely people are: hand-made answers, scipy, and direct double loops."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from scipy.stats import skew, spearmanr

from bondsim.measures.health import HAZARDS
from bondsim.measures.levels import distribution, of_both, prevalence
from bondsim.measures.registry import MEASURES, outcomes_of
from bondsim.measures.statistics import gini, lorenz, ranks, skewness, spearman
from tests.measures.made import made, scattered


def of(name, *waves):
    return outcomes_of(MEASURES[name].outcomes, waves, 1)


def people(loneliness, **columns):
    loneliness = np.asarray(loneliness, float)
    return made(nx.empty_graph(loneliness.size), loneliness, **columns)


def pairwise_gini(values):
    """Half the mean difference of all pairs, people with themselves among them, over the mean."""
    gaps = [abs(a - b) for a in values for b in values]
    return sum(gaps) / len(gaps) / 2.0 / np.mean(values)


def share_of_lowest(values, share):
    """People taken from the lowest on, the last of them in part."""
    left, held = share * len(values), 0.0
    for value in sorted(values):
        held += min(left, 1.0) * value
        left -= min(left, 1.0)
    return held / sum(values)


def test_prevalence__of_those_whose_loneliness_is_known():
    wave = people([0.1, 0.5, 0.9, np.nan])
    assert wave.lonely.tolist() == [False, True, True, False]
    assert prevalence(wave) == pytest.approx(2 / 3)


def test_means__by_hand():
    wave = people([0.0, 0.5, 1.0], emotional=np.array([0.0, 0.2, 0.7]))
    assert of("loneliness", wave) == {"mean_loneliness": pytest.approx(0.5)}
    assert of("lonely_days", wave) == {"lonely_days": pytest.approx((0.5 + 3.25 + 6.0) / 3)}
    assert of("scale_score", wave) == {"scale_score": pytest.approx(50.0)}
    facets = of("facets", wave)
    assert facets["emotional"] == pytest.approx(0.3) and np.isnan(facets["social"])


def test_distribution__by_hand():
    found = of("distribution", people([0.0, 0.0, 0.0, 1.0]))
    assert found["sd_loneliness"] == pytest.approx(np.sqrt(3) / 4)
    # p = 1/4: (1 - 2 p) / sqrt(p (1 - p))
    assert found["skewness"] == pytest.approx(2 / np.sqrt(3))
    assert found["median_loneliness"] == 0.0
    assert found["share_of_loneliest_tenth"] == pytest.approx(0.4)
    assert found["share_of_loneliest_fifth"] == pytest.approx(0.8)
    assert found["share_of_least_lonely_half"] == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_distribution__agrees_with_scipy_and_loops(seed):
    wave = scattered(n=61, seed=seed)[1]
    values = wave.agents["loneliness"].astype(float)
    found = {**of("distribution", wave), **of("inequality", wave)}
    assert found["skewness"] == pytest.approx(skew(values))
    assert found["gini"] == pytest.approx(pairwise_gini(values))
    days = wave.agents["lonely_days"].astype(float)
    assert found["gini_lonely_days"] == pytest.approx(pairwise_gini(days))
    for name, share in (("tenth", 0.9), ("fifth", 0.8)):
        expected = 1.0 - share_of_lowest(values, share)
        assert found[f"share_of_loneliest_{name}"] == pytest.approx(expected)
    assert found["share_of_least_lonely_half"] == pytest.approx(share_of_lowest(values, 0.5))
    assert found["loneliness_90"] == pytest.approx(np.percentile(values, 90))


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 1, 1], 0.0), ([0, 0, 0, 1], 0.75), ([1, 3], 0.25), ([0, 0], np.nan), ([], np.nan)],
)
def test_gini__by_hand(values, expected):
    assert gini(np.array(values, float)) == pytest.approx(expected, nan_ok=True)


def test_gini__is_twice_the_area_above_the_lorenz_curve():
    values = np.random.default_rng(3).beta(1, 3, 200)
    shares = np.linspace(0, 1, 201)
    area = np.trapezoid([lorenz(values, share) for share in shares], shares)
    assert gini(values) == pytest.approx(1.0 - 2.0 * area)


def test_what_is_not_known_is_left_out():
    values = np.random.default_rng(3).beta(1, 3, 50)
    some = np.insert(values, [3, 9, 9], np.nan)
    assert gini(some) == gini(values) and skewness(some) == skewness(values)
    assert np.isnan(skewness(np.full(5, 0.1))) and np.isnan(spearman(values, np.full(50, 0.1)))


@pytest.mark.parametrize("seed", range(4))
def test_spearman__agrees_with_scipy_where_values_repeat(seed):
    x, y = np.random.default_rng(seed).integers(0, 6, (2, 80)).astype(float)
    y += x
    assert spearman(x, y) == pytest.approx(spearmanr(x, y).statistic)
    assert ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]
    x[::7] = np.nan
    assert spearman(x, y) == pytest.approx(spearmanr(x, y, nan_policy="omit").statistic)


def test_stability__of_people_there_in_both_waves():
    """The one who left and the newcomer would each turn the order round."""
    first = people([0.9, 0.1, 0.2, 0.3], ids=[1, 4, 6, 9])
    last = people([0.4, 0.5, 0.6, 0.0], ids=[4, 6, 9, 12])._replace(day=731)
    before, after = of_both([first, last], "loneliness")
    np.testing.assert_allclose(before, [0.1, 0.2, 0.3])
    np.testing.assert_allclose(after, [0.4, 0.5, 0.6])
    assert of("stability", first, last)["stability"] == pytest.approx(1.0)


def test_stability__agrees_with_scipy_and_is_told_per_year():
    rng = np.random.default_rng(8)
    x, e, s = rng.uniform(size=(3, 90)).astype(np.float32)
    y = (x + rng.uniform(size=90)).astype(np.float32) / 2
    first = people(x, emotional=e, social=s)
    last = people(y, emotional=e[::-1], social=-s)._replace(day=1461)
    found = of("stability", first, last)
    expected = spearmanr(x, y).statistic
    assert 0.4 < expected < 0.9
    assert found["stability"] == pytest.approx(expected)
    assert found["stability_per_year"] == pytest.approx(expected**0.25)
    assert found["stability_emotional"] == pytest.approx(spearmanr(e, e[::-1]).statistic)
    assert found["stability_social"] == pytest.approx(-1.0)
    # in between does not matter, and an order turned round has no rate
    assert of("stability", first, people(-x)._replace(day=700), last) == found
    assert np.isnan(of("stability", first, people(-x)._replace(day=700))["stability_per_year"])


def test_distribution_table__everybody_in_the_bin_of_their_loneliness():
    wave = people([0.0, 0.24, 0.25, 0.9, 1.0, np.nan], emotional=np.full(6, 0.6))
    found = distribution(wave, bins=4)
    assert found["low"].tolist() == [0.0, 0.25, 0.5, 0.75]
    assert found["high"].tolist() == [0.25, 0.5, 0.75, 1.0]
    assert found["loneliness"].tolist() == [2, 1, 0, 2]
    assert found["emotional"].tolist() == [0, 0, 6, 0] and found["social"].tolist() == [0] * 4


def test_burden__is_what_would_be_spared_of_cases():
    """Of 100 people at risk 1, 25 at risk r: the cases above 100 are the burden."""
    found = of("burden", people([0.1, 0.2, 0.3, 0.9]))
    for hazard, name in zip(HAZARDS, ("mortality", "heart", "stroke", "dementia"), strict=True):
        for end, ratio in (("", hazard.ratio), ("_low", hazard.low), ("_high", hazard.high)):
            cases = 75.0 + 25.0 * ratio
            assert found[f"burden_{name}{end}"] == pytest.approx((cases - 100.0) / cases)
    assert set(of("burden", people([0.1, 0.2])).values()) == {0.0}
