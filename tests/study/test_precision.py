"""How many replicates: numbers hold what they promise, intervals cover, the stop rule is honest."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from bondsim.errors import ParameterError
from bondsim.study.precision import (
    Precision,
    advise,
    advise_contrast,
    half_width,
    half_width_curve,
    look,
    replicates_for,
    sd_interval,
)

NAN = math.nan


def luck(seed=1):
    return np.random.default_rng(seed)


# --- the number --------------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [0.01, 0.5, 1.0, 2.0, 3.7, 10.0, 40.0])
def test_replicates_for__is_the_first_number_that_is_enough(ratio):
    n = replicates_for(ratio, 1.0)
    t = stats.t.ppf(0.975, np.arange(1, 10_000)) * ratio / np.sqrt(np.arange(2, 10_001))
    assert n == 2 + np.flatnonzero(t <= 1.0)[0]


def test_replicates_for__two_arms_need_welchs_degrees_of_freedom():
    """Equal arms: 2 (n - 1) degrees; an arm without luck: n - 1."""
    for sd in (0.3, 1.0, 5.0):
        equal = replicates_for(math.hypot(sd, sd), 1.0, arms=(sd, sd))
        t = [stats.t.ppf(0.975, 2 * (n - 1)) * sd * math.sqrt(2 / n) for n in range(2, 400)]
        assert equal == 2 + next(k for k, each in enumerate(t) if each <= 1.0)
        assert replicates_for(sd, 1.0, arms=(sd, 0.0)) == replicates_for(sd, 1.0)


def test_replicates_for__without_luck_two_and_without_hope_infinite():
    assert replicates_for(0.0, 0.1) == 2.0
    assert replicates_for(1.0, 0.0) == math.inf
    assert replicates_for(1.0, 1e-9) == math.inf
    assert math.isnan(replicates_for(NAN, 0.1))


def test_half_width__is_that_of_scipy():
    values = luck().normal(size=9)
    low, high = stats.t.interval(0.95, 8, values.mean(), stats.sem(values))
    assert half_width(values.std(ddof=1), 9) == pytest.approx((high - low) / 2)
    assert math.isnan(half_width(np.nan, 1))


def test_advise__interval_of_the_number_covers_it():
    """In 95 % of pilots the true number lies between n_low and n_high."""
    truth = replicates_for(1.0, 0.2)
    found = advise(luck(8).normal(3.0, 1.0, (12_000, 10)), 0.2)
    covered = np.mean((found["n_low"] <= truth) & (truth <= found["n_high"]))
    assert 0.944 <= covered <= 0.958
    assert np.all((found["n_low"] <= found["n"]) & (found["n"] <= found["n_high"]))


def test_advise__relative_width_covers_at_least_as_well():
    truth = replicates_for(1.0, 0.1 * 3.0)
    found = advise(luck().normal(3.0, 1.0, (4000, 10)), 0.1, relative=True)
    assert np.mean((found["n_low"] <= truth) & (truth <= found["n_high"])) >= 0.95
    np.testing.assert_allclose(found["wanted"], 0.1 * np.abs(found["mean"]))


def test_advise__failed_runs_are_left_out():
    whole = luck().normal(size=(1, 6))
    torn = np.insert(whole, 2, NAN, axis=1)
    for name, column in advise(whole, 0.3).items():
        assert column == advise(torn, 0.3)[name]


def test_advise__says_nothing_where_nothing_is_known():
    found = advise([[1.0, NAN, NAN], [NAN] * 3, [2.0, 2.0, 2.0]], 0.1)
    assert found["known"].tolist() == [1, 0, 3]
    assert np.isnan(found["n"][:2]).all() and np.isnan(found["n_high"][:2]).all()
    assert found["n"][2] == found["n_high"][2] == 2.0


def test_advise__a_mean_that_may_be_zero_has_no_safe_number():
    found = advise([[-1.0, 1.5, 0.2, -0.4]], 0.1, relative=True)
    assert math.isinf(found["n_high"][0]) and math.isfinite(found["n"][0])


# --- arms --------------------------------------------------------------------------------------


def arms(correlation, n_cells, n, sd=(1.0, 2.0), seed=2):
    """Two arms of correlated normal luck."""
    draw = luck(seed).normal(size=(2, n_cells, n))
    second = correlation * draw[0] + math.sqrt(1 - correlation**2) * draw[1]
    return sd[0] * draw[0], 1.0 + sd[1] * second


def test_advise_contrast__pairing_saves_what_the_correlation_says():
    """Var(b - a) = va + vb - 2 rho sd_a sd_b, and n goes with the variance."""
    found = advise_contrast(*arms(0.9, 1, 20_000), 0.02)
    ratio = (1 + 4 - 2 * 0.9 * 2) / 5
    assert found["ratio"] == pytest.approx(ratio, abs=0.01)
    assert found["correlation"] == pytest.approx(0.9, abs=0.01)
    assert found["saved"] == pytest.approx(1 - ratio, abs=0.01)
    assert found["n"] / found["n_unpaired"] == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.95])
def test_advise_contrast__intervals_of_ratio_and_correlation_cover(correlation):
    found = advise_contrast(*arms(correlation, 3000, 12), 0.5)
    truth = {"ratio": (5 - 4 * correlation) / 5, "correlation": correlation}
    for name, value in truth.items():
        covered = np.mean((found[f"{name}_low"] <= value) & (value <= found[f"{name}_high"]))
        assert 0.935 <= covered <= 0.965, name


def test_advise_contrast__drops_replicates_in_which_an_arm_failed():
    first, second = arms(0.5, 1, 10)
    first[0, 3] = second[0, 7] = NAN
    kept = [k for k in range(10) if k not in (3, 7)]
    whole = advise_contrast(first[:, kept], second[:, kept], 0.3)
    for name, column in advise_contrast(first, second, 0.3).items():
        assert column == pytest.approx(whole[name]), name


def test_advise_contrast__arms_that_agree_need_two_and_unknown_ones_are_unknown():
    same = advise_contrast([1.0, 2.0, 4.0], [1.0, 2.0, 4.0], 0.1)
    assert same["n"] == 2.0 and same["ratio"] == 0.0 and same["n_unpaired"] > 100
    lost = advise_contrast([1.0, NAN], [NAN, 2.0], 0.1)
    assert all(np.isnan(lost[name]) for name in ("n", "n_unpaired", "ratio", "saved"))


def test_half_width_curve__agrees_with_the_advice():
    first, second = arms(0.8, 1, 15)
    advice = advise_contrast(first, second, 0.4)
    numbers = np.arange(2, 400)
    curve = half_width_curve(first[0], second[0], numbers)
    for line, name in (("paired", "n"), ("unpaired", "n_unpaired"), ("paired_low", "n_low"),
                       ("paired_high", "n_high")):  # fmt: skip
        assert numbers[np.flatnonzero(curve[line] <= 0.4)[0]] == advice[name][0], line
    alone = half_width_curve(first[0], None, numbers)
    assert np.isnan(alone["unpaired"]).all()
    assert alone["paired"][13] == pytest.approx(half_width(first[0].std(ddof=1), 15))


# --- the stop rule -----------------------------------------------------------------------------


def lived(wish, values):
    """Studies of one cell, all at once: where each stops, and whether its interval holds 0."""
    n = np.zeros(len(values), int)
    covered = np.zeros(len(values), bool)
    for at in wish.looks():
        seen = values[:, :at]
        wide = half_width(seen.std(axis=1, ddof=1), np.full(len(values), at))
        stops = (n == 0) & ((wide <= wish.half_width) | (at == wish.most))
        n[stops], covered[stops] = at, np.abs(seen.mean(axis=1)[stops]) <= wide[stops]
    return n, covered


def wished(ideal, **rule):
    """The wish that a fixed number `ideal` of replicates fulfils with sd 1."""
    return Precision(half_width=1.96 / math.sqrt(ideal), most=120, **rule)


def test_look__stops_where_the_half_width_is_first_reached():
    wish = wished(25)
    values = luck(4).normal(size=(40, 120))
    n, _ = lived(wish, values)
    for row, wanted in zip(values, n, strict=True):
        at = wish.least
        while not (found := look(row[None, :at], wish)).stop:
            assert found.next == at + wish.every
            at = found.next
        assert at == found.next == wanted


def test_look__never_stops_between_looks_and_always_at_the_end():
    wish = Precision(half_width=0.1, least=20, every=10, most=45)
    assert wish.looks() == [20, 30, 40, 45]
    sure = np.zeros((2, 25))
    assert look(sure[:, :5], wish)[:2] == (False, False)
    assert look(sure[:, :5], wish).next == 20
    assert look(sure[:, :20], wish)[:2] == (True, True)
    assert look(sure[:, :25], wish).next == 30
    torn = luck().normal(size=(1, 45))
    assert look(torn, wish)[:2] == (True, False)


def test_look__waits_for_the_widest_cell_and_for_cells_not_known():
    wish = Precision(half_width=0.1)
    calm = np.zeros((1, 20))
    assert not look(np.vstack([calm, luck().normal(size=(1, 20))]), wish).stop
    assert not look(np.vstack([calm, np.full((1, 20), NAN)]), wish).stop
    assert not look(calm, Precision(half_width=0.1, relative=True)).stop  # a mean of 0
    assert look(calm + 1.0, Precision(half_width=0.1, relative=True)).stop


@pytest.mark.parametrize("rule", [{}, {"least": 10, "every": 5}], ids=["default", "lowest"])
@pytest.mark.parametrize("ideal", [10, 15, 30])
def test_look__intervals_still_cover_where_it_stops(rule, ideal):
    """At least 93 % of 95 % intervals hold the mean, near the worst wishes."""
    values = luck(5).normal(size=(8000, 120))
    n, covered = lived(wished(ideal, **rule), values)
    assert covered.mean() >= 0.93
    assert ideal <= n.mean() <= max(ideal + 10, 22)


@pytest.mark.slow
def test_look__coverage_is_what_the_docstring_says():
    worst = {}
    for law, values in (("normal", luck(6).normal(size=(20_000, 120))),
                        ("skewed", luck(7).exponential(size=(20_000, 120)) - 1.0)):  # fmt: skip
        for name, rule in (("default", {}), ("lowest", {"least": 10, "every": 5})):
            shares = [lived(wished(n, **rule), values)[1].mean() for n in (5, 10, 15, 20, 30, 50)]
            worst[law, name] = min(shares)
    assert worst["normal", "default"] == pytest.approx(0.943, abs=0.006)
    assert worst["normal", "lowest"] == pytest.approx(0.936, abs=0.006)
    assert worst["skewed", "default"] == pytest.approx(0.897, abs=0.01)
    assert worst["skewed", "lowest"] == pytest.approx(0.868, abs=0.01)


def test_sd_interval__is_chi_square():
    low, high = sd_interval(2.0, 11)
    assert (10 * 4 / low**2, 10 * 4 / high**2) == pytest.approx(
        (stats.chi2.ppf(0.975, 10), stats.chi2.ppf(0.025, 10))
    )
    assert all(math.isnan(end) for end in sd_interval(2.0, 1))


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Precision(half_width=0.0), "precision.half_width"),
        (lambda: Precision(half_width=math.inf), "precision.half_width"),
        (lambda: Precision(least=5), "precision.least"),
        (lambda: Precision(every=1), "precision.every"),
        (lambda: Precision(least=50, most=40), "precision.most"),
        (lambda: advise([[1.0, 2.0]], 0.0), "precision.half_width"),
        (lambda: advise_contrast([1.0, 2.0], [1.0, 2.0], -1.0), "precision.half_width"),
        (lambda: advise_contrast([1.0, 2.0], [1.0, 2.0, 3.0], 1.0), "second"),
    ],
)
def test_precision__bad_input_is_named(make, name):
    with pytest.raises(ParameterError) as caught:
        make()
    assert caught.value.name == name
