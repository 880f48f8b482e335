"""The cases of `bondsim bench` under pytest-benchmark, for comparing two versions of the code.

``uv run pytest -n 0 -m benchmark tests/benchmarks``; ``--benchmark-autosave`` keeps the numbers and
``--benchmark-compare`` sets them beside the last ones. They never fail for being slow.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bondsim import Params, World
from bondsim.bench.options import QUICK_SIZES, checked
from bondsim.bench.parts import plan
from bondsim.bench.peers import PEERS
from bondsim.bench.reduced import NOISE, random_town
from bondsim.bench.town import SEED, WARM_DAYS, circles, n_bonds

OPTIONS = checked(None, None, None, None, quick=True, peers=True)
PARTS = [part for part in plan(OPTIONS) if part.measure in ("town", "frameworks")]
TOWNS = [
    (part.arguments["n_agents"], threads)
    for part in PARTS
    if part.measure == "town"
    for threads in part.arguments["threads"]
]
REDUCED = [
    (name, part.arguments["n_agents"])
    for part in PARTS
    if part.measure == "frameworks"
    for name in PEERS
]


@pytest.mark.benchmark(group="a day of the full model")
@pytest.mark.parametrize(("n_agents", "threads"), TOWNS)
def test_day(n_agents: int, threads: int, benchmark: Any) -> None:
    world = World(Params(seed=SEED), circles(n_agents), threads=threads)
    for _ in range(WARM_DAYS):
        world.step()
    benchmark.extra_info["bonds"] = n_bonds(world)
    benchmark(world.step)
    assert world.day > WARM_DAYS


@pytest.mark.benchmark(group="a reduced day")
@pytest.mark.parametrize(("name", "n_agents"), REDUCED)
def test_reduced_day(name: str, n_agents: int, benchmark: Any) -> None:
    peer = PEERS[name]
    if peer.version() is None:
        pytest.skip(peer.install)
    town = random_town(n_agents)
    living = peer.found(town, NOISE, OPTIONS.threads[-1])
    benchmark.extra_info["bonds"] = int(town.i.size)
    benchmark(living.day)
    loneliness, trust = living.state()
    assert np.all((loneliness >= 0.0) & (loneliness <= 1.0)) and np.all(trust <= 1.0)


@pytest.mark.benchmark
def test_the_cases_are_those_of_the_command() -> None:
    assert {n for n, _ in TOWNS} == {n for _, n in REDUCED} == set(QUICK_SIZES)
