"""Rows that need experiments: known answers, exact zeros, signs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bondsim.measures.survey import survey
from bondsim.params import FAMILY, FRIEND
from bondsim.validation.on_beginnings import HOURS, beginnings, hours_until
from bondsim.validation.on_clusters import FRAMINGHAM, Ties, _ties, excess, tie_types
from bondsim.validation.on_trials import arms, control
from bondsim.validation.on_trust import Belief, asymmetry, recovery
from tests.validation.conftest import DESIGN


def changed(**params):
    return replace(DESIGN, params=DESIGN.params.replace(**params))


def test_asymmetry__of_even_weights_is_none():
    """A breach that weighs as much as a kept promise, and no bias: loss and gain are alike."""
    even = changed(**{"relate.lam": 1.0, "relate.confirmation": 0.0})
    assert asymmetry(even, 0) == {"T22a": pytest.approx(1.0), "T22b": pytest.approx(1.0)}


def test_asymmetry__is_what_beta_beliefs_give_by_hand():
    found = asymmetry(changed(**{"relate.lam": 3.0, "relate.confirmation": 0.5}), 0)
    assert found["T22a"] == pytest.approx((0.5 - 5 / 13) / (6 / 11 - 0.5))
    assert found["T22b"] == pytest.approx(3.0 * 0.75 / 1.25)
    assert asymmetry(changed(**{"relate.confirmation": 1.0}), 0)["T22b"] == pytest.approx(1.0)


def test_recovery__knows_no_order_without_confirmation():
    plain = recovery(changed(**{"relate.confirmation": 0.0}), 0)
    assert plain["T23a"] == pytest.approx(0.0, abs=1e-12)
    assert recovery(DESIGN, 0)["T23a"] > 0.0


def test_recovery__after_deceit_stops_at_the_ceiling():
    free = recovery(changed(**{"relate.deceit_ceiling": 1.0}), 0)
    assert free["T23c"] == free["T23b"] == 1.0
    assert recovery(DESIGN, 0)["T23c"] < 1.0


def test_belief__counts_promises():
    relate = changed(**{"relate.confirmation": 0.0, "relate.lam": 2.0}).params.relate
    assert Belief(3.0, 1.0).after(relate, [True, False, True]) == Belief(5.0, 3.0)
    deceived = Belief(3.0, 1.0).met(relate, good=False, deceived=True)
    assert deceived.ceiling == pytest.approx(0.75 * relate.deceit_ceiling)


def test_hours_until__are_counted_by_hand():
    """Two pairs on five days: one meets daily, the other on two; the casual cut is .39."""
    close = np.array([[0.1, 0.1], [0.3, 0.1], [0.4, 0.1], [0.6, 0.3], [0.9, 0.4]])
    met = np.array([[0, 0], [1, 0], [2, 0], [3, 3], [4, 4]])
    days = np.repeat(np.arange(5), 2)
    bonds = {
        "day": days, "last_met": met.ravel(),
        "closeness_ij": close.ravel() + 0.05, "closeness_ji": close.ravel() - 0.05,
    }  # fmt: skip
    found = hours_until(bonds, 2)
    assert found["T20a"] == np.median([2 * HOURS, 2 * HOURS])
    # one of two never gets there: the median is not reached, and all hours are a lower bound
    assert found["T20c"] == np.median([4 * HOURS, 2 * HOURS])


def test_beginnings__take_twice_as_long_with_twice_the_tau():
    """Closeness follows 1 - exp(-hours / tau), but for what cools between meetings."""
    one, two = (beginnings(changed(**{"relate.tau": tau}), 0) for tau in (60.0, 120.0))
    assert one["T20a"] < one["T20b"] < one["T20c"]
    for row, hours in one.items():
        assert two[row] / hours == pytest.approx(2.0, rel=0.2)


def test_excess__is_the_share_over_that_of_random_others(life):
    """Shuffled labels leave the lonely (L - 1) / (n - 1) of the others, whoever is near."""
    seen = survey(life.run, days=[life.waves[0].day], seed=life.params.seed, plan=FRAMINGHAM)
    (wave,) = seen.waves
    near = np.concatenate([wave.lonely[wave.j][wave.lonely[wave.i]],
                           wave.lonely[wave.i][wave.lonely[wave.j]]])  # fmt: skip
    by_chance = (wave.lonely.sum() - 1) / (wave.n_agents - 1)
    found = excess(life.of_years(0))
    assert 1.0 + found["T28a"] == pytest.approx(near.mean() / by_chance, rel=0.15)
    assert set(found) == {"T28a", "T28b", "T28c", "T28d"}


def test_slopes_of_ties__are_those_that_made_the_numbers():
    rng = np.random.default_rng(4)
    n = 200
    ego, alter, later = (rng.normal(size=n) for _ in range(3))
    kind = np.where(np.arange(n) < 100, FRIEND, FAMILY)
    effect = np.where(kind == FRIEND, 0.4, 0.1)
    yes = np.ones(n, bool)
    ties = Ties(ego, 0.5 * ego + effect * later + 0.2 * alter, alter, later, kind, yes, yes, yes)
    assert ties.slope(kind == FRIEND) == pytest.approx(0.4)
    assert ties.slope(kind == FAMILY) == pytest.approx(0.1)


def test_tie_types__are_those_of_the_ties_as_they_were_named(life):
    """Kin name each other all, so that the slope of a sibling is that of all family rows."""
    exams = survey(life.run, days=[20, 750], seed=life.params.seed, plan=FRAMINGHAM).waves
    first, last = exams
    assert first.agents["id"].tolist() == last.agents["id"].tolist()
    rows = []
    for i, j, kind, forth in zip(
        first.i, first.j, first.bonds["kind"], first.bonds["named_ij"], strict=True
    ):
        if kind == FAMILY:
            assert forth
            rows += [(i, j), (j, i)]
    ego, alter = np.array(rows).T
    before, after = (wave.agents["lonely_days"].astype(float) for wave in exams)
    x = np.stack([np.ones(ego.size), before[ego], after[alter], before[alter]], axis=1)
    sibling = np.linalg.lstsq(x, after[ego], rcond=None)[0][2]
    found = tie_types(life)
    ties = _ties(first, last)
    assert ties.slope((ties.kind == FAMILY) & ties.names) == pytest.approx(sibling)
    by_ego = (ties.kind == FRIEND) & ties.names
    assert found["T29d"] == pytest.approx(ties.slope(by_ego) - sibling)


def test_control__height_is_nobodys_doing():
    found = control(DESIGN, 0)
    assert found["T31b"] == 0.0
    assert np.isfinite(found["T31a"])


def test_arms__of_no_vigilance_change_nothing_by_training():
    """Where nobody is vigilant there is nothing to train away."""
    calm = arms(changed(**{"relate.vigilance": 0.0}), 0)
    assert calm["T32a"] == 0.0
    usual = arms(DESIGN, 0)
    assert usual["T32a"] < 0.0
    assert usual["T32b"] < usual["T32a"]
