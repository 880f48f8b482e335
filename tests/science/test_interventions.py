"""What interventions must do: while they last, after they fade, and with nothing in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bondsim import World
from bondsim.interventions import FACTOR_OF, TRAIT_OF, Intervention
from tests.science.worlds import (
    CALM,
    bonds,
    graph_of,
    lived,
    network_of,
    params,
    people,
    same,
    town,
)

TRAININGS = {**TRAIT_OF, **FACTOR_OF}
N = 120
DOSED = (*TRAININGS, "loneliness")


def planned(what: str, **more: Any) -> Intervention:
    """An intervention on 30 people, from day 10 for 20 days, that fades over 9."""
    return Intervention(**{"what": what, "n": 30, "start": 10, "length": 20, "fade": 9, **more})


def reached(world: World) -> np.ndarray:
    """Places of the people whom the first intervention reached."""
    return world.plan.targets[0]


@pytest.mark.parametrize("what", DOSED)
def test_interventions__a_dose_of_nothing_changes_nothing(what: str) -> None:
    left = town(params(5))
    placebo = town(params(5), interventions=(planned(what, dose=0.0),))
    one, other = left.run(60), placebo.run(60)
    assert reached(placebo).size == 30
    assert all(same(one.tables[name], other.tables[name]) for name in one.tables)


@pytest.mark.parametrize("what", TRAININGS)
def test_interventions__raise_or_lower_their_column_then_fade(what: str) -> None:
    world = town(params(5), interventions=(planned(what, dose=0.2),))
    column = TRAININGS[what]
    sign = 1.0 if what in TRAIT_OF else -1.0
    base = people(world)[column].astype(float)
    rest = np.ones(100, bool)
    for day, level in ((9, 0.0), (10, 1.0), (29, 1.0), (30, 0.9), (38, 0.1), (39, 0.0)):
        while world.day <= day:
            world.step()
        now = people(world)[column]
        if day == 10:
            rest[reached(world)] = False
        assert np.array_equal(now[rest], base[rest].astype(np.float32))
        wanted = np.clip(base + sign * 0.2 * level, 0.0, 1.0)
        assert now[~rest] == pytest.approx(wanted[~rest], abs=1e-6)


EVERYBODY = {"who": "random", "n": N, "start": 0, "length": 120, "fade": 0}


@pytest.mark.parametrize(
    ("what", "dose", "column", "sign"),
    [
        ("presence", 0.3, "closeness", 1),
        ("empathy", 0.3, "closeness", 1),
        ("listening", 0.3, "closeness", 1),
        ("phone_free", 1.0, "closeness", 1),
        ("cognition", 1.0, "felt", 1),
        ("first_step", 0.3, "meetings", 1),
        ("lockdown", 0.9, "meetings", -1),
        ("lockdown", 0.9, "loneliness", 1),
        ("cognition", 1.0, "loneliness", -1),
        ("listening", 0.3, "loneliness", -1),
        ("first_step", 0.3, "loneliness", -1),
        ("loneliness", 0.2, "loneliness", 1),
        ("loneliness", -0.2, "loneliness", -1),
    ],
)
def test_interventions__on_everybody_move_the_town(
    what: str, dose: float, column: str, sign: int
) -> None:
    # Twins share all luck, and 60 days of 120 people average out what still differs.
    plan = (Intervention(what=what, dose=dose, **EVERYBODY),)
    left, changed = (
        town(params(5), N, interventions=p).run(120).tables["series"][column][60:].mean()
        for p in ((), plan)
    )
    assert sign * (changed - left) > 0.0


def test_interventions__a_push_wears_off_after_it_ends() -> None:
    push = Intervention(what="loneliness", dose=0.02, **{**EVERYBODY, "length": 60})
    left, pushed = (
        town(params(5), N, interventions=p).run(400).tables["series"]["loneliness"]
        for p in ((), (push,))
    )
    gap = pushed - left
    assert gap[59] > 0.1
    assert abs(gap[-1]) < 0.2 * gap[59]


def test_befriending__gives_everyone_reached_a_friend() -> None:
    world = World(
        params(5, CALM), network_of(graph_of(20, ())),
        interventions=(planned("befriending", n=5),),
    )  # fmt: skip
    lived(world, 11)
    made = bonds(world)
    assert made["i"].size == 5
    friends = np.bincount(np.concatenate([made["i"], made["j"]]), minlength=20)
    assert (friends[reached(world)] == 1).all()


def test_toxic_exit__ends_the_closest_bond_and_hurts() -> None:
    view = {"kind": "friend", "closeness": 0.7}
    network = network_of(graph_of(3, [(0, 1, view), (0, 2, {**view, "closeness": 0.3})]))
    plan = planned("toxic_exit", who="list", ids=(0,), dose=0.5, start=0)
    world = lived(World(params(5, CALM), network, interventions=(plan,)), 1)
    assert bonds(world)["i"].tolist() == [0] and bonds(world)["j"].tolist() == [2]
    now = people(world)
    assert now["hurt"][0] == pytest.approx(0.5, abs=0.01) and now["hurt"][1] == 0.0
    assert (now["stress"][:2] > 0.25).all() and now["stress"][2] == 0.0


@pytest.mark.parametrize("what", ["group", "job_loss"])
def test_contexts__are_changed_and_given_back(what: str) -> None:
    world = town(params(5), interventions=(planned(what, dose=0.3),))
    before = people(world)["context"]
    lived(world, 11)
    during = people(world)
    chosen = reached(world)
    new = during["company"][chosen]
    assert new.min() > before.max()
    assert np.unique(new).size == (1 if what == "group" else 30)
    # A group is company beside one's own context, a lost job takes the context away.
    assert np.array_equal(during["context"][chosen], before[chosen] if what == "group" else new)
    lived(world, 20)
    assert np.array_equal(people(world)["context"], before)
    assert np.array_equal(people(world)["company"], before)


@pytest.mark.parametrize("what", ["group", "befriending"])
def test_company__does_not_make_those_lonelier_whom_it_should_help(what: str) -> None:
    # Twins; 30 of 300 people for 200 days, mean change over three seeds. A group that replaced
    # the own context instead of joining it made its members lonelier by .012 to .015; a group of
    # lonely people beside it does about nothing (+.002), a befriender helps a little.
    gaps = []
    for seed in (1, 2, 3):
        helped = Intervention(what=what, who="loneliest", n=30, start=10, length=200)
        left = lived(town(params(seed), n_agents=300), 200)
        world = lived(town(params(seed), n_agents=300, interventions=(helped,)), 200)
        gap = people(world)["loneliness"] - people(left)["loneliness"]
        gaps.append(gap[reached(world)].mean())
    assert np.mean(gaps) < 0.005


def test_job_loss__is_a_shock() -> None:
    left = lived(town(params(5)), 11)
    world = lived(town(params(5), interventions=(planned("job_loss", dose=0.3),)), 11)
    gap = people(world)["stress"] - people(left)["stress"]
    chosen = reached(world)
    assert (gap[chosen] > 0.0).all()
    assert np.abs(np.delete(gap, chosen)).max() < gap[chosen].mean()
