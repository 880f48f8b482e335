"""The day person by person in plain Python gives every bit of the fast way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bondsim.compiling import compiled
from bondsim.interventions import Intervention
from bondsim.mesa_model import BondModel
from bondsim.mesa_model.teaching import plain
from bondsim.params import KINDS
from bondsim.phases import meet
from bondsim.ruleset import Rules

pytestmark = pytest.mark.filterwarnings("error")


def steady(loneliness: float, eta1: float, eta2: float) -> float:
    """A rule for one lesson: loneliness changes nothing, but for the step at 0.3."""
    return 1.2 if loneliness > 0.3 else 1.0


PLAN = (
    Intervention(what="group", who="random", n=4, start=2, length=3),
    Intervention(what="listening", who="loneliest", n=5, start=1, length=4, fade=2),
)
WORLDS: dict[str, dict[str, Any]] = {
    "karate": {"network": "karate"},
    "circles": {
        "network": "circles", "n_agents": 30, "network__clients": 3.0, "network__friends": 5.0,
        "relate__promise_prob": 0.8, "relate__exposure": 1.0, "reach_out__step_rate": 0.9,
        "turnover__rate": 0.01,
    },
    "rules": {"network": "karate", "rules": Rules(warm_up=steady), "interventions": PLAN},
}  # fmt: skip


@pytest.mark.parametrize("name", WORLDS)
def test_teaching_is_the_fast_way_in_slow_motion(name: str) -> None:
    fast = BondModel(rng=6, **WORLDS[name])
    slow = BondModel(rng=6, teaching=True, **WORLDS[name])
    if name == "circles":
        assert set(fast.world.state.bonds.kind.tolist()) == set(range(len(KINDS)))
    for _ in range(10):
        fast.step()
        slow.step()
        assert fast.today == slow.today
    for mine, yours in zip(fast.world.state, slow.world.state, strict=True):
        for column in mine._fields:
            a, b = getattr(mine, column), getattr(yours, column)
            assert a.dtype == b.dtype
            assert np.array_equal(a, b), column
    assert fast.world.result().hash == slow.world.result().hash


def test_people_live_in_another_order_each_pass() -> None:
    model = BondModel(network="karate", rng=1, teaching=True)
    orders: list[list[int]] = [[]]
    for person in model.people:

        def live(one_pass: Any, *rest: Any, person: Any = person) -> None:
            if len(orders[-1]) == len(model.people):
                orders.append([])
            orders[-1].append(person.place)
            type(person).live(person, one_pass, *rest)

        person.live = live
    model.step()
    assert all(sorted(order) == list(range(34)) for order in orders)
    assert len({tuple(order) for order in orders}) == len(orders) > 5


def test_removed_persons_still_live() -> None:
    slow, fast = (BondModel(network="karate", rng=1, teaching=t) for t in (True, False))
    slow.remove_all_agents()
    for model in (slow, fast):
        model.step()
    assert slow.world.result().hash == fast.world.result().hash


def test_passes_are_plain_python_all_the_way_down() -> None:
    one_pass = plain(compiled(meet.share_time))
    assert one_pass.__code__ is meet.share_time.__code__
    assert not hasattr(one_pass.__globals__["view_on"], "py_func")
    assert not hasattr(one_pass.__globals__["view_on"].__globals__["cooled"], "py_func")
