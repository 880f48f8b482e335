"""Eleven years of the default town of 2,400: what it must show without having been told to.

The first two years are burn-in; measures are of the nine that follow. Bands are those of the
stylised facts in ODD.md, section 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from bondsim.history import Table
from bondsim.measures.recorded import snapshot
from bondsim.params import KINDS, Params
from bondsim.world import Run
from tests.science.worlds import town

pytestmark = pytest.mark.xdist_group("decade")  # all workers but one would live it in vain

SEED = 1
YEAR = 365
BURN_IN = 2 * YEAR
DAYS = 11 * YEAR
WAVES = tuple(BURN_IN - 1 + YEAR * year for year in range(10))


class Decade(NamedTuple):
    """A run, and on each day the part that the climates so far have in mean loneliness."""

    run: Run
    climate: np.ndarray

    def series(self, name: str) -> np.ndarray:
        """A column of the daily series after the burn-in."""
        column: np.ndarray = self.run.tables["series"][name][BURN_IN:]
        return column

    def people(self, wave: int) -> Table:
        """Everybody at the end of this year after the burn-in."""
        return snapshot(self.run, WAVES[wave]).agents

    def ties(self, wave: int, cut: float, *kinds: str) -> np.ndarray:
        """The number of bonds of these kinds, all if none, that each person feels this close."""
        now = snapshot(self.run, WAVES[wave])
        wanted = np.isin(now.bonds["kind"], [KINDS.index(kind) for kind in kinds or KINDS])
        count = np.zeros(now.agents["id"].size, np.int64)
        for person, way in (("i", "ij"), ("j", "ji")):
            near = wanted & (now.bonds[f"closeness_{way}"] >= cut)
            place = np.searchsorted(now.agents["id"], now.bonds[person][near])
            count += np.bincount(place, minlength=count.size)
        return count


@pytest.fixture(scope="module")
def decade() -> Decade:
    world = town(Params(seed=SEED), 2400)
    kappa, climate = world.params.feel.kappa, [0.0]

    def follow(day: int) -> None:
        mood = world.state.places.climate[world.state.agents.context].mean()
        climate.append(climate[-1] + kappa * (float(mood) - climate[-1]))

    run = world.run(DAYS, snapshots=WAVES, progress=follow)
    return Decade(run, np.array(climate[1:])[BURN_IN:])


def correlation(decade: Decade, years: int) -> float:
    """Mean correlation of people's loneliness with their own some years later."""
    pairs = [(wave, wave + years) for wave in range(10 - years)]
    r = [
        np.corrcoef(decade.people(a)["loneliness"], decade.people(b)["loneliness"])[0, 1]
        for a, b in pairs
    ]
    return float(np.mean(r))


# --- loneliness in the population -----------------------------------------------------------


def test_drift__the_population_mean_stays_where_it_is(decade: Decade) -> None:
    # Climates have mean 0 by construction, but wander: what they have done so far is taken out.
    mean = (decade.series("loneliness") - decade.climate).reshape(-1, YEAR).mean(axis=1)
    slope = np.polyfit(np.arange(mean.size), mean, 1)[0] / decade.series("loneliness_sd").mean()
    assert abs(slope) <= 0.02


def test_prevalence__mean_lonely_days_a_week(decade: Decade) -> None:
    assert 0.75 <= decade.series("lonely_days").mean() <= 1.1


def test_prevalence__share_lonely(decade: Decade) -> None:
    assert 0.11 <= decade.series("share_lonely").mean() <= 0.24


@pytest.mark.parametrize(("years", "low", "high"), [(1, 0.65, 0.80), (4, 0.45, 0.65)])
def test_stability__people_keep_their_rank(
    decade: Decade, years: int, low: float, high: float
) -> None:
    assert low <= correlation(decade, years) <= high


def test_stability__falls_with_time(decade: Decade) -> None:
    assert correlation(decade, 1) > correlation(decade, 4)


# --- the network ----------------------------------------------------------------------------


def test_bonds__their_number_is_constant_within_a_tenth(decade: Decade) -> None:
    number = decade.series("bonds")[: 7 * YEAR]
    assert number.max() <= 1.1 * number[0] and number.min() >= 0.9 * number[0]


def test_bonds__turn_over_all_the_same(decade: Decade) -> None:
    made, parted = decade.series("n_made").sum(), decade.series("n_parted").sum()
    assert min(made, parted) > 0.2 * decade.series("bonds")[0]


def test_family__is_never_parted(decade: Decade) -> None:
    assert np.unique(decade.run.tables["series"]["bonds_family"]).size == 1


def test_bonds__most_people_have_some(decade: Decade) -> None:
    assert decade.series("isolated").max() < 0.02


# --- ties and loneliness --------------------------------------------------------------------


def by_ties(decade: Decade, cut: float, bins: list[int], *kinds: str) -> np.ndarray:
    """Mean number of ties and mean loneliness of people below the first bin and from each on."""
    ties = np.concatenate([decade.ties(w, cut, *kinds) for w in range(10)])
    alone = np.concatenate([decade.people(w)["loneliness"] for w in range(10)])
    groups = np.digitize(ties, bins)
    means = [(ties[groups == g].mean(), alone[groups == g].mean()) for g in range(len(bins) + 1)]
    return np.array(means).T


def close_ties(decade: Decade) -> np.ndarray:
    """People with 0, 1, 2-3, and more close ties, which one in eighty has."""
    return by_ties(decade, decade.run.params.relate.close_cut, [1, 2, 4])


def friends(decade: Decade) -> np.ndarray:
    """People with 0, 1, 2-3, 4-5, and more friends or partners by Hall's label."""
    cut = decade.run.params.reach_out.friend_cut
    return by_ties(decade, cut, [1, 2, 4, 6], "partner", "friend")


@pytest.mark.parametrize("mean_by", [close_ties, friends])
def test_ties__loneliness_falls_with_their_number(
    decade: Decade, mean_by: Callable[[Decade], np.ndarray]
) -> None:
    _, alone = mean_by(decade)
    assert (np.diff(alone) < 0.0).all()


@pytest.mark.parametrize("mean_by", [close_ties, friends])
def test_ties__each_further_one_counts_less(
    decade: Decade, mean_by: Callable[[Decade], np.ndarray]
) -> None:
    ties, alone = np.diff(mean_by(decade))
    assert -alone[0] / ties[0] > 1.2 * -alone[-1] / ties[-1]


def test_ties__the_number_of_relatives_does_not_lower_social_loneliness(decade: Decade) -> None:
    # Per tie, set point and need being equal. By the weights a relative counts a tenth, and chance
    # adds up to a quarter in so many people.
    rows, social = [], []
    for wave in range(10):
        now = decade.people(wave)
        ties = [decade.ties(wave, 0.0, kind) for kind in ("friend", "family")]
        rows.append(np.stack([np.ones(ties[0].size), now["set_point"], now["need"], *ties]))
        social.append(now["social"])
    weights = np.linalg.lstsq(np.concatenate(rows, axis=1).T, np.concatenate(social), rcond=None)[0]
    friend, relative = weights[3:]
    assert friend < 0.0
    assert abs(relative) < 0.5 * abs(friend)


def test_ties__people_with_a_partner_are_less_lonely(decade: Decade) -> None:
    gaps = []
    for wave in range(10):
        now = decade.people(wave)
        excess = now["emotional"] - now["set_point"]
        paired = decade.ties(wave, 0.0, "partner") > 0
        gaps.append(excess[paired].mean() - excess[~paired].mean())
    assert np.mean(gaps) < 0.0
