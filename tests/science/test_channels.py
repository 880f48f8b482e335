"""What each channel must do when it is on, and that it leaves no trace when it is off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bondsim import World
from bondsim.history import Table
from bondsim.interventions import Intervention
from bondsim.network import Circles
from bondsim.params import CHANNEL_PARAMETERS, Params, table
from bondsim.params.world import Row
from tests.science.worlds import ALL_OFF, bonds, lived, params, people, same, town

TARGET = 7
PUSH = Intervention(what="loneliness", who="list", ids=(TARGET,), dose=0.5, length=1095)
NEUTRAL = [row for row in table() if row.neutral is not None]


def twins(days: int, *on: str) -> tuple[World, World]:
    """A town with these channels on, and the same town with one person made lonely."""
    chosen = params(2, ALL_OFF, {f"channels.{name}": True for name in on})
    left, pushed = town(chosen), town(chosen, interventions=(PUSH,))
    return lived(left, days), lived(pushed, days)


def others(world: World) -> Table:
    now = people(world)
    return {name: column[now["id"] != TARGET] for name, column in now.items()}


@pytest.mark.parametrize("on", [(), ("selection",), ("context",), ("selection", "context")])
def test_channels__without_a_channel_loneliness_reaches_nobody_else(on: tuple[str, ...]) -> None:
    left, pushed = twins(365, *on)
    assert same(others(left), others(pushed))
    assert same(bonds(left), bonds(pushed))
    own = people(pushed)["loneliness"][TARGET] - people(left)["loneliness"][TARGET]
    assert own > 0.2


@pytest.mark.parametrize("on", ["affect", "conduct", "loss"])
def test_channels__loneliness_reaches_others_through(on: str) -> None:
    left, pushed = twins(1095, on)
    assert not np.array_equal(others(left)["loneliness"], others(pushed)["loneliness"])


def test_affect__on_the_first_day_mood_only_rises_in_those_who_met_the_lonely() -> None:
    left, pushed = twins(1, "affect")
    change = others(pushed)["emotional"] - others(left)["emotional"]
    assert (change >= 0.0).all() and (change > 0.0).any()
    same_but = {name: c for name, c in others(left).items() if name not in MOODS}
    assert same(same_but, {name: others(pushed)[name] for name in same_but})


MOODS = ("emotional", "chronic", "loneliness")


def test_context__people_of_one_place_grow_alike() -> None:
    climate = {**ALL_OFF, "channels.context": True, "feel.climate_sd": 0.2}
    between = {}
    for name, changes in (("off", ALL_OFF), ("on", climate)):
        now = people(lived(town(params(2, changes), 300), 365))
        excess = now["loneliness"] - now["set_point"]
        means = [excess[now["context"] == c].mean() for c in np.unique(now["context"])]
        between[name] = np.std(means)
    assert between["on"] > 2.0 * between["off"]


def test_selection__set_points_follow_interests_only_when_it_is_on() -> None:
    # Of 3000 people, a correlation of .1 by chance alone: five standard errors, p < 1e-6.
    for on in (False, True):
        world = town(params(2, **{"channels.selection": on}), 3000)
        now = people(world)
        wave = np.cos(2 * np.pi * now["position_x"]) + np.cos(2 * np.pi * now["position_y"])
        r = np.corrcoef(wave, now["set_point"])[0, 1]
        assert r > 0.4 if on else abs(r) < 0.1


def test_channels__off_is_the_same_as_neutral_values() -> None:
    neutral = {row.path: row.neutral for row in table()}
    paths = [path for paths in CHANNEL_PARAMETERS.values() for path in paths]
    off, by_hand = (
        lived(town(params(2, changes)), 30)
        for changes in (ALL_OFF, {path: neutral[path] for path in paths})
    )
    assert same(people(off), people(by_hand)) and same(bonds(off), bonds(by_hand))


@pytest.mark.parametrize("row", NEUTRAL, ids=lambda row: row.path)
def test_neutral__every_mechanism_can_be_put_out(row: Row) -> None:
    world = World(Params().replace(**{row.path: row.neutral}), Circles(n_agents=20), threads=1)
    now = people(lived(world, 20))
    assert all(np.isfinite(column).all() for column in now.values())


def effect(changes: dict[str, Any]) -> float:
    """Mean change of others' loneliness that a push makes in half a year."""
    left, pushed = (town(params(2, ALL_OFF, changes), interventions=plan) for plan in ((), (PUSH,)))
    gap = others(lived(pushed, 180))["loneliness"] - others(lived(left, 180))["loneliness"]
    return float(gap.mean())


def test_affect__more_contagion_reaches_others_more() -> None:
    little, much = (
        effect({"channels.affect": True, "relate.contagion": size}) for size in (0.005, 0.05)
    )
    assert 0.0 < little < much
