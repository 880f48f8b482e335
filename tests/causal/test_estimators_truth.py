"""What the methods find in worlds whose truth is known: nothing, contagion, likeness, places.

Fixed seeds. Numbers of false alarms are bounded by the binomial distribution.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import binom, kstest

from bondsim.causal.estimators import METHODS, panel_of
from bondsim.causal.estimators.instruments import intention_to_treat, through_peers_of_peers
from bondsim.causal.estimators.nulls import REWIRINGS, SHUFFLES
from tests.causal.worlds import alike, contagion, noise, placed

WORLDS = 200
FEWEST, MOST = binom.ppf([0.0005, 0.9995], WORLDS, 0.05)
"""Of 200 worlds without contagion 2 to 22 are false alarms, but once in a thousand times."""
VALID = (
    "lagged_regression", "lagged_alter", "directionality_lagged", "label_permutation",
    "degree_rewiring", "context_rewiring", "negative_control_height",
    "context_adjusted", "latent_adjusted", "matched_samples",
)  # fmt: skip


def of(panels, name):
    """The method's estimates of all panels, a row each: estimate, se, low, high, p, n."""
    return np.array([METHODS[name].estimate(panel, seed) for seed, panel in enumerate(panels)])


@pytest.fixture(scope="module")
def by_chance():
    return [panel_of(noise(seed, n=100)) for seed in range(WORLDS)]


@pytest.fixture(scope="module")
def found_by_chance(by_chance):
    """The estimates of a method, which several tests look at."""
    return cache(lambda name: of(by_chance, name))


@pytest.fixture(scope="module")
def spreading():
    """One more of an alter makes ego lonelier by 0.1; a fifth of people were pushed."""
    worlds = [contagion(seed, slope=0.1, n=500, share=0.2) for seed in range(40)]
    return [panel_of(waves, treated=treated) for waves, treated in worlds]


@pytest.mark.parametrize("name", VALID)
def test_false_alarms__are_one_in_twenty_where_names_are_chance(found_by_chance, name):
    found = found_by_chance(name)
    assert FEWEST <= (found[:, 4] < 0.05).sum() <= MOST
    # nothing is found on average: 4 standard errors of the mean
    estimates = found[:, 0]
    assert abs(estimates.mean()) < 4 * estimates.std() / np.sqrt(WORLDS) + 0.01


@pytest.mark.parametrize("name", ["label_permutation", "degree_rewiring", "context_rewiring"])
def test_p__is_uniform_where_names_are_chance(found_by_chance, name):
    """Never smaller than uniform; larger only as far as the statistic's few values make it."""
    p = found_by_chance(name)[:, 4]
    assert kstest(p, "uniform", alternative="greater").pvalue > 0.001
    for level, least in ((0.2, 0.12), (0.5, 0.4), (0.8, 0.65)):
        assert (p <= level).sum() >= binom.ppf(0.0005, WORLDS, least)
    assert p.min() >= 2 / (1 + max(SHUFFLES, REWIRINGS))


def test_false_alarms__of_pushes_that_spread_nothing():
    alarms = 0
    for seed in range(WORLDS):
        first, later = noise(seed, n=200)
        pushed = np.random.default_rng(1000 + seed).random(200) < 0.2
        lonelier = later.agents["loneliness"] + 1.0 * pushed
        later = later._replace(agents={**later.agents, "loneliness": lonelier})
        panel = panel_of([first, later], treated=pushed)
        alarms += METHODS["randomised"].estimate(panel, seed).p < 0.05
    assert FEWEST <= alarms <= MOST


def test_false_alarms__weak_peers_of_peers_never_speak(by_chance):
    """Without contagion the instrument moves nothing, and the interval says so."""
    fits = [through_peers_of_peers(panel) for panel in by_chance]
    assert np.median([fit.first_stage_f for fit in fits]) < 2.0
    assert sum(fit.estimate.p < 0.05 for fit in fits) <= MOST


def test_false_alarms__ties_counted_from_both_sides_are_counted_twice():
    """Where every naming is returned, each tie is two rows of one product, in two groups.

    The sandwich over egos misses half of its variance: |z| > 1.96 / sqrt(2) in one of six worlds.
    With the alter's past alone the two rows are two products, and all is well.
    """
    panels = [panel_of(noise(seed, n=100, returned=True)) for seed in range(WORLDS)]
    both, past = (
        (of(panels, name)[:, 4] < 0.05).sum() for name in ("lagged_regression", "lagged_alter")
    )
    low, high = binom.ppf([0.0005, 0.9995], WORLDS, 0.166)
    assert low <= both <= high and both > MOST
    assert FEWEST <= past <= MOST


def test_randomised__recovers_the_slope(spreading):
    found = of(spreading, "randomised")
    assert found[:, 0].mean() == pytest.approx(0.1, abs=4 * found[:, 0].std() / np.sqrt(40))
    # 95 % of 40 intervals hold the truth: at least 32 but once in two thousand times
    assert ((found[:, 2] <= 0.1) & (found[:, 3] >= 0.1)).sum() >= 32
    assert (found[:, 4] < 0.05).mean() > 0.9
    # a push of 2 reaches an ego as 0.2 and a little more, by way of others
    assert np.mean([intention_to_treat(p).estimate for p in spreading]) == pytest.approx(
        0.2, abs=0.02
    )


def test_peers_of_peers__recovers_the_slope_of_large_strong_worlds():
    fits = [
        through_peers_of_peers(panel_of(contagion(seed, slope=0.18, n=1500, stay=0.9)[0]))
        for seed in range(16)
    ]
    found = np.array([fit.estimate for fit in fits])
    assert np.median([fit.first_stage_f for fit in fits]) > 20
    assert np.median(found[:, 0]) == pytest.approx(0.18, abs=0.02)
    assert ((found[:, 2] <= 0.18) & (found[:, 3] >= 0.18)).sum() >= 12


def test_lagged_methods__see_contagion(spreading):
    assert (of(spreading[:12], "lagged_regression")[:, 2] > 0.0).mean() > 0.9
    assert of(spreading[:12], "lagged_alter")[:, 0].mean() > 0.03
    assert of(spreading[:12], "matched_samples")[:, 0].mean() > 0.02
    assert of(spreading[:12], "label_permutation")[:, 0].mean() > 0.1


def test_directionality__cannot_tell_which_way_loneliness_passes(spreading):
    """It passes from the named to those who name; with alter(t+1) both sides give one number."""
    slope, asymmetry, before = (
        of(spreading[:12], name)[:, 0].mean()
        for name in ("lagged_regression", "directionality", "directionality_lagged")
    )
    assert slope > 0.06
    assert abs(asymmetry) < 0.05 * slope
    assert before > 0.3 * slope


def test_likeness_alone__fools_what_it_is_said_to_fool():
    panels = [panel_of(alike(seed, n=400)) for seed in range(6)]
    for name in ("lagged_regression", "lagged_alter", "peers_of_peers", "negative_control_height"):
        assert (of(panels, name)[:, 2] > 0.0).all()
    # what stands in for likeness takes most of it away, and not all
    held, open_ = (of(panels, name)[:, 0].mean() for name in ("latent_adjusted", "lagged_alter"))
    assert 0.0 < held < 0.35 * open_


def test_places_alone__fool_what_they_are_said_to_fool():
    panels = [panel_of(placed(seed, n=400)) for seed in range(8)]
    for name in ("lagged_regression", "negative_control_headaches"):
        assert (of(panels, name)[:, 2] > 0.0).all()
    found = of(panels, "context_adjusted")[:, 0]
    # within places of 20 an ego's alters lean the other way by about 1 / 20
    assert -0.08 < found.mean() < 0.01
