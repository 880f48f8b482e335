"""Small worlds in which everything happens, to be run in each of numba's modes.

    uv run pytest -m modes                          compiled
    NUMBA_BOUNDSCHECK=1 uv run pytest -m modes      compiled, no index outside of an array
    NUMBA_DISABLE_JIT=1 uv run pytest -m modes      the kernels as plain Python

All must agree with the reference model to the last bit.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from bondsim.compiling import compiled
from bondsim.interventions import WHATS, WHOS, Intervention
from bondsim.measures.summary import summarise
from bondsim.network import specs
from bondsim.rules import similarity
from bondsim.verify import against_reference, blocks_of
from bondsim.world import World
from tests.world.towns import params

pytestmark = pytest.mark.modes

ON = {name: os.environ.get(f"NUMBA_{name}", "0") == "1" for name in ("BOUNDSCHECK", "DISABLE_JIT")}
TOWN = specs.Circles(n_agents=24, friends=3.0, coworkers=2.0, clients=1.0, context_size=5)
NETWORKS = {
    "circles": TOWN,
    "small_world": specs.SmallWorld(n_agents=12, degree=4, kind="family"),
    "scale_free": specs.ScaleFree(n_agents=14, links=2, kind="coworker"),
    "blocks": specs.Blocks(n_agents=14, n_blocks=2, degree_within=3.0, degree_between=1.0),
    "configuration": specs.Configuration(n_agents=14, degree=3.0),
    "florentine": specs.Florentine(),
}
PLAN = [
    Intervention(what=what, who=who, n=3, ids=(1, 4), start=n % 4, length=2, fade=1, dose=0.4)
    for n, (what, who) in enumerate(zip(WHATS, [*WHOS, *WHOS], strict=False))
]


def peek(values, place):  # type: ignore[no-untyped-def]
    return values[place]


def test_the_mode_is_the_one_asked_for() -> None:
    assert hasattr(compiled(similarity), "signatures") != ON["DISABLE_JIT"]
    if ON["BOUNDSCHECK"] or ON["DISABLE_JIT"]:
        with pytest.raises(IndexError):
            compiled(peek)(np.zeros(3), 3)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_small_world_agrees_with_the_reference(name: str) -> None:
    assert against_reference(World(params(5), NETWORKS[name], threads=1), 10) is None


def test_everything_at_once_agrees_with_the_reference() -> None:
    world = World(params(6, turnover=0.05), TOWN, interventions=PLAN, threads=1)
    assert against_reference(world, 10) is None


def test_blocks_on_two_threads_agree_with_the_reference() -> None:
    with blocks_of(3):
        world = World(params(7, turnover=0.05), TOWN, interventions=PLAN, threads=2)
        assert against_reference(world, 8) is None


def test_measures_of_a_small_run() -> None:
    run = World(params(9), TOWN, threads=1).run(4)
    rows: list[Any] = summarise(run)
    assert len(rows) > 10
    assert all(row.last is None or np.isfinite(row.last) for row in rows)
