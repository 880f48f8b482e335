"""`mesa.batch_run` over `BondModel` gives the numbers of `World` for the same seeds."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import mesa
from bondsim.history import COUNTED
from bondsim.measures.daily import SERIES
from bondsim.mesa_model import BondModel
from bondsim.network.specs import Circles, Karate
from bondsim.params import Params
from bondsim.world import World

pytestmark = pytest.mark.filterwarnings("error")

DAYS = 5
SEEDS = [1, 2, 3]
# Mesa 3.5 sweeps seeds itself and runs max_steps days, Mesa 3.3 runs one day more and reports the
# row before the last: both report the day DAYS.
SWEEPS_SEEDS = "rng" in inspect.signature(mesa.batch_run).parameters


def batch(parameters: dict[str, Any], seeds: list[int], **options: Any) -> list[dict[str, Any]]:
    """Rows of a batch run, in the order of the runs."""
    if SWEEPS_SEEDS:
        options["rng"] = seeds
    else:
        parameters = {**parameters, "rng": seeds}
    rows = mesa.batch_run(BondModel, parameters, max_steps=DAYS, display_progress=False, **options)
    return sorted(rows, key=lambda row: row["RunId"])


def last_row(world: World) -> dict[str, float]:
    world.run(DAYS)
    row = world.series.iloc[-1]
    return {name: row[name] for name in (*SERIES, *COUNTED)}


def test_rows_are_those_of_the_world() -> None:
    rows = batch({"network": "circles", "n_agents": 30, "facade": False}, SEEDS)
    assert [row["rng"] for row in rows] == SEEDS
    for row in rows:
        assert row["root_seed"] == row["rng"]
        expected = last_row(World(Params(seed=row["rng"]), Circles(n_agents=30)))
        assert {name: row[name] for name in expected} == expected


def test_swept_parameters_reach_the_world() -> None:
    rows = batch({"network": "karate", "meet__psi": np.array([0.5, 2.0]), "conduct": False}, [7])
    found = {row["meet__psi"]: row["loneliness"] for row in rows}
    for psi in (0.5, 2.0):
        params = Params(seed=7).replace(**{"meet.psi": psi, "channels.conduct": False})
        assert found[psi] == last_row(World(params, Karate()))["loneliness"]


def test_iterations_without_a_seed_differ() -> None:
    seeds: dict[str, Any] = {"rng": [None] * 3} if SWEEPS_SEEDS else {"iterations": 3}
    rows = mesa.batch_run(
        BondModel, {"network": "karate"}, max_steps=1, display_progress=False, **seeds
    )
    assert len({row["root_seed"] for row in rows}) == 3


def test_agent_reporters_make_a_row_a_person() -> None:
    asked = {"agent_reporters": [{"loneliness": "loneliness"}]}
    rows = batch({"network": "karate", **asked}, [1])
    assert [row["AgentID"] for row in rows] == list(range(1, 35))


def test_all_days_are_reported() -> None:
    rows = batch({"network": "karate"}, [4], data_collection_period=1)
    world = World(Params(seed=4), Karate())
    world.run(DAYS)
    expected = world.series["loneliness"].tolist()
    assert [row["loneliness"] for row in rows][1 : DAYS + 1] == expected
