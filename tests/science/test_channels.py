"""What each channel must do when it is on, and that it leaves no trace when it is off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bondsim import World
from bondsim.history import Table
from bondsim.interventions import Intervention
from tests.property.worlds import busy
from tests.science.worlds import ALL_OFF, bonds, lived, params, people, same, town

TARGET = 7
PUSH = Intervention(what="loneliness", who="list", ids=(TARGET,), dose=0.5, length=1095)


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


def with_target(left: World, pushed: World, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Change of the target's views and of others' views of them, bond by bond that both have."""
    views = []
    for world in (left, pushed):
        now, found = bonds(world), {}
        for n, (i, j) in enumerate(zip(now["i"].tolist(), now["j"].tolist(), strict=True)):
            own = {"ij": i, "ji": j}
            found |= {
                (owner, i + j - owner): float(now[f"{name}_{way}"][n])
                for way, owner in own.items() if TARGET in (i, j)
            }  # fmt: skip
        views.append(found)
    ways = sorted(views[0].keys() & views[1].keys())
    change = {way: views[1][way] - views[0][way] for way in ways}
    mine, theirs = ([x for way, x in change.items() if way[n] == TARGET] for n in (0, 1))
    return np.array(mine), np.array(theirs)


def near_and_far(left: World, pushed: World) -> tuple[float, float]:
    """Change of loneliness of those bonded to the target, and of everyone else but the target."""
    ties, ids = bonds(left), people(left)["id"]
    ends = np.concatenate([ties["i"], ties["j"]]), np.concatenate([ties["j"], ties["i"]])
    near = np.isin(ids, ends[0][ends[1] == TARGET])
    change = people(pushed)["loneliness"] - people(left)["loneliness"]
    return float(change[near].mean()), float(change[~near & (ids != TARGET)].mean())


def test_affect__passes_mood_to_those_who_meet_and_touches_no_bond() -> None:
    left, pushed = twins(60, "affect")
    near, far = near_and_far(left, pushed)
    assert near > 10.0 * far > 0.0
    assert same(bonds(left), bonds(pushed))


def test_conduct__the_lonely_and_their_own_grow_apart() -> None:
    left, pushed = twins(60, "conduct")
    for name in ("closeness", "felt"):
        mine, theirs = with_target(left, pushed, name)
        assert mine.size == theirs.size > 5
        assert mine.mean() < 0.0 and theirs.mean() < 0.0 and (theirs <= 0.0).all()
    near, far = near_and_far(left, pushed)
    assert near > 10.0 * abs(far)


def test_conduct__on_the_first_day_reaches_nobody_but_those_who_could_meet() -> None:
    left, pushed = twins(1, "conduct")
    one, other = bonds(left), bonds(pushed)
    changed = np.any([one[name] != other[name] for name in one if name[-3:] in ("_ij", "_ji")], 0)
    around = (one["i"] == TARGET) | (one["j"] == TARGET)
    near = np.union1d(one["i"][around], one["j"][around])  # their day is shared out anew
    assert (changed & around).any()
    assert not changed[~np.isin(one["i"], near) & ~np.isin(one["j"], near)].any()


@pytest.mark.parametrize(
    ("path", "mine", "theirs"),
    [
        ("relate.cold", 0, -1),  # they show less warmth
        ("relate.vigilance", -1, 0),  # they see less of what is shown
        ("relate.disclosure_loneliness", -1, -1),  # they open up less, and so do others in return
    ],
)
def test_conduct__in_a_meeting_the_lonely(path: str, mine: int, theirs: int) -> None:
    alone = {p: value for p, value in BY_HAND["conduct"].items() if p != path}
    chosen = params(2, ALL_OFF, {"channels.conduct": True}, alone)
    left, pushed = (lived(town(chosen, interventions=plan), 1) for plan in ((), (PUSH,)))
    for sign, change in zip((mine, theirs), with_target(left, pushed, "closeness"), strict=True):
        assert change.any() == (sign != 0)
        assert (sign * change >= 0.0).all()


LOSING = {"channels.loss": True, "part.loneliness": 5.0}


def test_loss__the_lonely_lose_more_bonds_and_get_fewer() -> None:
    tenth = Intervention(
        what="loneliness", who="list", ids=tuple(range(0, 100, 10)), dose=0.5, length=365
    )
    degree, ended, alone = {}, {}, {}
    for name, plan in (("left", ()), ("pushed", (tenth,))):
        world = lived(town(params(2, ALL_OFF, LOSING), interventions=plan), 365)
        now, events = people(world), world.events
        theirs = (events["i"] % 10 == 0) | (events["j"] % 10 == 0)
        lonely = now["id"] % 10 == 0
        degree[name] = now["degree"][lonely].sum()
        ended[name] = (theirs & (events["event"] == "parted")).sum()
        alone[name] = now["loneliness"][~lonely].mean()
    assert degree["pushed"] < 0.8 * degree["left"]
    assert ended["pushed"] > 1.2 * ended["left"]
    assert alone["pushed"] > alone["left"]


def test_loss__reaches_others_by_a_bond_of_the_lonely_that_ends_or_is_not_made() -> None:
    chosen = params(2, ALL_OFF, LOSING)
    left, pushed = town(chosen), town(chosen, interventions=(PUSH,))
    while same(others(left), others(pushed)) and same(bonds(left), bonds(pushed)):
        lived(left, 1)
        lived(pushed, 1)
        assert left.day < 1000
    told = [
        set(w.events[["event", "i", "j"]].itertuples(index=False, name=None))
        for w in (left, pushed)
    ]
    different = told[0] ^ told[1]
    assert different
    assert all(TARGET in (i, j) for _, i, j in different)
    assert {event for event, *_ in different} <= {"parted", "estranged", "made"}


def test_affect__on_the_first_day_mood_only_rises_in_those_who_met_the_lonely() -> None:
    left, pushed = twins(1, "affect")
    change = others(pushed)["emotional"] - others(left)["emotional"]
    assert (change >= 0.0).all() and (change > 0.0).any()
    same_but = {name: c for name, c in others(left).items() if name not in MOODS}
    assert same(same_but, {name: others(pushed)[name] for name in same_but})


MOODS = ("emotional", "chronic", "loneliness", "lonely_days", "scale_score")


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


BY_HAND = {
    "affect": {"relate.contagion": 0.0},
    "conduct": {
        "relate.cold": 0.0, "relate.vigilance": 0.0, "relate.spill": 0.0,
        "relate.disclosure_loneliness": 0.0, "meet.eta1": 0.0, "meet.eta2": 0.0,
        "reach_out.step_chronic": 0.0,
    },
    "loss": {"part.loneliness": 0.0, "reach_out.accept_loneliness": 0.0},
    "selection": {
        "reach_out.accept_similarity": 0.0, "part.similarity": 0.0, "prior.likeness": 0.0,
        "population.set_point_loading": 0.0, "observe.height_loading": 0.0,
    },
    "context": {"feel.climate_sd": 0.0},
}  # fmt: skip
"""What ODD.md section 8 says of each channel, written out once more."""


def lived_busily(changes: dict[str, Any]) -> tuple[Table, Table]:
    """A town in which much happens, a month later."""
    world = lived(town(busy(2, **{"reach_out.step_base": 0.0, **changes})), 30)
    return people(world), bonds(world)


@pytest.mark.parametrize("channel", BY_HAND)
def test_channels__off_is_the_same_as_the_values_written_out_here(channel: str) -> None:
    off = lived_busily({f"channels.{channel}": False})
    by_hand = lived_busily(BY_HAND[channel])
    assert all(same(*tables) for tables in zip(off, by_hand, strict=True))


@pytest.mark.parametrize(
    ("channel", "path"), [(name, path) for name, paths in BY_HAND.items() for path in paths]
)
def test_channels__each_of_these_values_counts(channel: str, path: str) -> None:
    # Without it the comparison above would not notice that a channel leaves it as it is.
    rest = {p: value for p, value in BY_HAND[channel].items() if p != path}
    whole, lacking = lived_busily(BY_HAND[channel]), lived_busily(rest)
    assert not all(same(*tables) for tables in zip(whole, lacking, strict=True))


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
