"""Runs: in pieces or at once, on one thread or many, here or elsewhere, the same result."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bondsim.engine
from bondsim import BondsimError, Intervention, ParameterError, Params, Run, World
from bondsim.engine import EVENTS
from bondsim.measures.daily import SERIES
from bondsim.network import Circles, Karate, build
from bondsim.params import from_dict
from bondsim.tables import content_hash
from tests.world.towns import PEOPLE, PLAN, TOWN, params, town

TABLES = ("series", "events", "agents", "bonds")


def content(run: Run) -> str:
    """Hash of the tables alone."""
    return content_hash(run.tables, "")


# --- in pieces ------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [(1, 11), (11, 1), (4, 4, 4), (1,) * 12])
def test_in_pieces_as_at_once(pieces: tuple[int, ...]) -> None:
    ends = np.cumsum(pieces)
    edges = [int(end) - 1 for end in ends]
    at_once = town(interventions=PLAN, turnover=0.02).run(12, snapshots=edges)
    world = town(interventions=PLAN, turnover=0.02)
    for days in pieces:
        run = world.run(days)
    assert run.hash == at_once.hash
    assert run.cost == at_once.cost > 0.0


def test_steps_live_the_days_of_a_run() -> None:
    world, other = town(), town()
    for _ in range(5):
        world.step()
    other.run(5)
    assert world.series.equals(other.series) and world.events.equals(other.events)
    assert world.agents.equals(other.agents) and world.bonds.equals(other.bonds)
    assert world.day == other.day == 5


def test_phases_of_a_day_in_their_order() -> None:
    assert list(town().phases()) == ["interventions", *bondsim.engine.PHASES]
    assert next(iter(town(turnover=0.1).phases())) == "turnover"


def test_an_earlier_run_keeps_its_tables() -> None:
    world = town()
    first = world.run(3)
    before = first.hash
    world.run(3)
    assert first.hash == before and first.days == 3
    assert len(first.frame("series")) == 3 and len(world.series) == 6


def test_a_world_and_its_copies_live_apart() -> None:
    world = town(interventions=PLAN)
    world.run(4)
    twin, third = copy.deepcopy(world), pickle.loads(pickle.dumps(world))
    assert world.run(6).hash == twin.run(6).hash == third.run(6).hash


def test_worlds_of_one_network_do_not_touch_it() -> None:
    network = build(TOWN, 1)
    first = World(params(), network, interventions=PLAN).run(8)
    assert World(params(), network, interventions=PLAN).run(8).hash == first.hash


def test_two_worlds_side_by_side() -> None:
    one, other = town(1), town(2)
    for _ in range(4):
        one.step()
        other.step()
    assert one.series.equals(town(1).run(4).frame("series"))
    assert not one.series.equals(other.series)


# --- burn-in, snapshots, progress -----------------------------------------------------------


def test_burn_in_lives_but_does_not_record() -> None:
    burnt, whole = town().run(4, burn_in=6), town().run(10)
    late = whole.frame("series").query("day >= 6").reset_index(drop=True)
    assert burnt.frame("series").equals(late)
    assert burnt.frame("events").day.min() >= 6
    assert (burnt.days, burnt.burn_in, burnt.snapshots) == (4, 6, (6, 9))
    assert burnt.hash != whole.hash


def test_burn_in_goes_on_with_a_second_run() -> None:
    world = town()
    world.run(2, burn_in=3)
    run = world.run(2)
    assert run.frame("series").day.tolist() == [3, 4, 5, 6]
    assert (run.days, run.burn_in) == (4, 3)


def test_burn_in_of_a_world_that_has_lived() -> None:
    world = town()
    world.step()
    with pytest.raises(ParameterError, match="burn_in must be 0 for a world that has lived 1 day"):
        world.run(3, burn_in=2)
    assert world.run(1, burn_in=0).days == 2


def test_first_and_last_day_and_the_chosen_ones_are_kept() -> None:
    run = town().run(9, snapshots=[4, 4, np.int64(2)])
    assert run.snapshots == (0, 2, 4, 8)
    for name in ("agents", "bonds"):
        assert run.frame(name).day.unique().tolist() == [0, 2, 4, 8]
    assert len(run.frame("agents")) == 4 * PEOPLE


def test_one_day_is_first_and_last() -> None:
    run = town().run(1)
    assert run.snapshots == (0,) and len(run.frame("agents")) == PEOPLE


def test_snapshots_are_the_world_as_it_was() -> None:
    world, short = town(), town()
    short.run(5)
    kept = world.run(9, snapshots=[4]).frame("agents").query("day == 4").reset_index(drop=True)
    assert kept.equals(short.agents)


def test_progress_hears_of_each_day() -> None:
    heard: list[int] = []
    world = town()
    world.run(3, burn_in=2, progress=heard.append)
    world.run(2, progress=heard.append)
    assert heard == [0, 1, 2, 3, 4, 5, 6]


def test_a_run_that_was_broken_off_goes_on() -> None:
    def stop(day: int) -> None:
        if day == 2:
            raise KeyboardInterrupt

    world = town()
    with pytest.raises(KeyboardInterrupt):
        world.run(6, progress=stop)
    assert world.day == 3
    assert world.run(3).hash == town().run(6).hash


def test_a_run_that_was_broken_off_keeps_only_the_days_it_came_to() -> None:
    def stop(day: int) -> None:
        if day == 4:
            raise KeyboardInterrupt

    world = town()
    with pytest.raises(KeyboardInterrupt):
        world.run(10, snapshots=[2, 8], progress=stop)
    run = world.run(2)
    assert (run.days, run.snapshots) == (7, (0, 2, 6))
    assert run.hash == town().run(run.days, snapshots=run.snapshots).hash


def test_a_world_that_was_stepped_says_what_a_run_says() -> None:
    world = town()
    world.step()
    assert world.result().hash == town().run(1).hash
    world.step()
    world.run(2)
    world.step()
    run = world.result()
    assert run.hash == town().run(run.days, snapshots=run.snapshots).hash
    assert run.snapshots == (0, 3, 4)


@pytest.mark.parametrize("phase", ["turnover", "interventions", *bondsim.engine.PHASES[:-1]])
def test_a_day_left_in_its_middle_is_lived_once(phase: str, tmp_path: Path) -> None:
    world, whole = (town(interventions=PLAN, turnover=0.1) for _ in range(2))
    world.run(2)
    whole.run(2)
    for name in world.phases():
        if name == phase:
            break
    for refused in (world.result, lambda: world.save(tmp_path / "w.npz")):
        with pytest.raises(BondsimError, match=r"the middle of day 2: end the day with step\(\)"):
            refused()
    assert world.run(3).hash == whole.run(3).hash


def test_a_day_that_broke_off_ends_the_world() -> None:
    world = town()
    world.run(2)
    today = world.phases()
    next(today)
    today.close()
    for again in (world.step, lambda: world.run(1), lambda: world.bonds, lambda: world.agents):
        with pytest.raises(BondsimError, match=r"day 2 broke off in its middle.*load a checkpoint"):
            again()


# --- what a run says of itself --------------------------------------------------------------


def test_science_is_plain_json_that_gives_the_run_again() -> None:
    run = town(interventions=PLAN).run(5, burn_in=2, snapshots=[4])
    told = json.loads(json.dumps(run.science()))
    assert told == run.science()
    again = World(
        from_dict(told["params"]), run.network,
        interventions=[Intervention(**plan) for plan in told["interventions"]],
    )  # fmt: skip
    result = again.run(told["days"], burn_in=told["burn_in"], snapshots=told["snapshots"])
    assert result.hash == run.hash


def test_hash_tells_apart() -> None:
    hashes = {
        town().run(3).hash,
        town(2).run(3).hash,
        town().run(4).hash,
        town().run(3, snapshots=[1]).hash,
        town().run(2, burn_in=1).hash,
        town(interventions=PLAN).run(3).hash,
        World(Params(seed=1), TOWN).run(3).hash,
    }
    assert len(hashes) == 7 and all(len(h) == 64 for h in hashes)


@pytest.mark.parametrize("name", TABLES)
def test_hash_notices_one_bit(name: str) -> None:
    run = town().run(3)
    before = run.hash
    column = next(reversed(run.tables[name]))
    changed = run.tables[name][column].copy()
    changed.view(np.uint8)[0] ^= 1
    run.tables[name] = {**run.tables[name], column: changed}
    assert run.hash != before


def test_a_run_can_be_pickled_and_not_changed() -> None:
    run = town(interventions=PLAN).run(3)
    assert pickle.loads(pickle.dumps(run)).hash == run.hash
    with pytest.raises(AttributeError, match="days"):
        run.days = 5  # type: ignore[misc]


def test_nothing_recorded_yet() -> None:
    world = town()
    with pytest.raises(ParameterError, match="days must be at least 1 recorded day"):
        world.result()
    assert len(world.series) == len(world.events) == 0
    assert len(world.agents) == PEOPLE


def test_counts_of_the_series_are_those_of_the_events() -> None:
    run = town(interventions=PLAN).run(20)
    series, events = run.frame("series"), run.frame("events")
    for name in EVENTS:
        counted = events[events.event == name].groupby("day").size()
        expected = counted.reindex(series.day, fill_value=0).tolist()
        assert series[f"n_{name}"].tolist() == expected, name
    assert {"made", "parted", "left"} <= set(events.event.unique())


def test_counts_of_the_series_with_turnover() -> None:
    run = town(turnover=0.1).run(10)
    moved = (run.frame("events").event == "moved").sum()
    assert moved > 0
    assert run.frame("series").n_moved.sum() == moved


def test_series_has_the_promised_columns() -> None:
    wanted = ["day", *SERIES, *(f"n_{event}" for event in EVENTS)]
    assert list(town().run(1).frame("series").columns) == wanted


# --- threads and processes ------------------------------------------------------------------


@pytest.fixture(scope="module")
def on_one_thread() -> str:
    return town(interventions=PLAN, turnover=0.02, threads=1).run(10).hash


@pytest.mark.parametrize("block", [1, 7, 64, 1024])
@pytest.mark.parametrize("threads", [2, 4, None])
def test_threads_change_nothing(
    threads: int | None, block: int, on_one_thread: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bondsim.engine, "SMALL", 0)
    monkeypatch.setattr(bondsim.engine, "BLOCK", block)
    world = town(interventions=PLAN, turnover=0.02, threads=threads)
    assert world.run(10).hash == on_one_thread
    assert (world.engine._pool is not None) == (world.engine.threads > 1)


def test_a_large_world_on_threads() -> None:
    def run(threads: int) -> Run:
        network = build(Circles(n_agents=9000), 3)
        return World(Params(seed=3), network, threads=threads).run(2)

    assert run(1).hash == run(2).hash


ELSEWHERE = """
from tests.world.towns import PLAN, town
print(town(interventions=PLAN, turnover=0.02).run(10).hash)
"""


@pytest.mark.parametrize("salt", ["0", "12345"])
def test_another_process_finds_the_same(python: Any, on_one_thread: str, salt: str) -> None:
    assert python(ELSEWHERE, PYTHONHASHSEED=salt) == on_one_thread


def test_seeds_at_both_ends() -> None:
    low, high = (World(Params(seed=s), Karate()).run(2) for s in (0, 2**63 - 1))
    assert low.hash != high.hash
    assert high.science()["params"]["seed"] == 2**63 - 1
