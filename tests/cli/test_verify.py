"""`bondsim verify` holds on the real thing, and names what differs where something was spoilt."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from bondsim import World, engine, verify
from bondsim.cli import main
from bondsim.engine import EVENTS, Engine
from bondsim.interventions import Plan
from bondsim.phases import feel
from bondsim.reference.model import ReferenceWorld
from bondsim.verify import Battery, Mark, Trace, first_difference


@pytest.mark.slow  # `.ci/run` calls it as well
def test_the_real_command_finds_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bondsim", "verify"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    first, *checks, total, last = done.stdout.splitlines()
    assert re.fullmatch(r"seed (\d+): `bondsim verify --seed \1` repeats this", first)
    assert len(checks) >= 12 and all(line.startswith("same     ") for line in checks)
    assert total.startswith(f"{len(checks)} checks, all the same")
    assert re.fullmatch("hash: [0-9a-f]{64}", last)


def test_much_happens_in_what_is_compared() -> None:
    """Over two seeds every event there is, and every sort of intervention begins."""
    happened: set[str] = set()
    for seed in (1, 2):
        battery = Battery(seed)
        run = battery.world().run(battery.days)
        happened |= {EVENTS[code] for code in np.unique(run.tables["events"]["event"])}
        assert all(planned.start < battery.days for planned in battery.plan)
        assert run.cost > 0.0
    assert happened == set(EVENTS)


def test_other_seeds_draw_other_days_and_blocks() -> None:
    titles = {tuple(title for title, _ in Battery(seed).checks()) for seed in range(5)}
    assert len(titles) == 5
    assert tuple(title for title, _ in Battery(3).checks()) in titles


def nudge(column: np.ndarray) -> None:
    """Change the last bit of the first value."""
    column.view(np.uint32)[0] ^= 1


def spoil_threads(patch: pytest.MonkeyPatch) -> None:
    run_pass = Engine.run_pass

    def spoilt(self: Engine, function: Any, day: int, state: Any, now: Any) -> Any:
        found = run_pass(self, function, day, state, now)
        if function is feel.feel and self.threads == 2 and engine.SMALL == 0 and day == 4:
            nudge(state.agents.self_worth)
        return found

    patch.setattr(Engine, "run_pass", spoilt)


def spoil_reference(patch: pytest.MonkeyPatch) -> None:
    plain = ReferenceWorld._feel

    def spoilt(self: ReferenceWorld, i: int) -> None:
        plain(self, i)
        if self.day == 2 and i == 7:
            self.persons[i]["chronic"] = float(np.nextafter(np.float32(0.5), np.float32(1.0)))

    patch.setattr(ReferenceWorld, "_feel", spoilt)


def spoil_placebo(patch: pytest.MonkeyPatch) -> None:
    """An intervention that reaches people changes a trait, whatever its dose."""
    plain = Plan._change

    def spoilt(self: Plan, names: Any, column: str, day: int, state: Any) -> Any:
        change = plain(self, names, column, day, state)
        reached = any(p.dose == 0.0 and m in self.targets for m, p in enumerate(self.interventions))
        return change + 0.01 if column == "empathy" and reached else change

    patch.setattr(Plan, "_change", spoilt)


def spoil_stored(patch: pytest.MonkeyPatch) -> None:
    plain = verify.load_run

    def spoilt(folder: Any) -> Any:
        stored = plain(folder)
        stored.tables["bonds"]["regard_ij"] = stored.tables["bonds"]["regard_ij"] + np.float32(1.0)
        return stored

    patch.setattr(verify, "load_run", spoilt)


def test_every_check_names_what_was_spoilt(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil_threads(monkeypatch)
    spoil_reference(monkeypatch)
    spoil_placebo(monkeypatch)
    spoil_stored(monkeypatch)
    assert main(["verify", "--seed", "11"]) == 1
    printed, said = capsys.readouterr()
    found = dict(re.findall(r"DIFFERS  (.*)\n +(.*)", printed))
    assert f"{len(found)} of " in said
    on_two = {title for title in found if title.startswith("2 threads")}
    assert len(on_two) == 4
    for title in on_two:
        assert found.pop(title) == "day 4, after feel: the table agents, column self_worth"
    assert found.pop("the reference model, 48 people, every phase").startswith(
        "day 2, after feel: the table agents, column chronic of 7: engine "
    )
    placebo = "day 1, after interventions: the table agents, column empathy"
    assert found.pop("a placebo twin: doses of 0") == placebo
    assert found.pop("a run saved and loaded").endswith("the table bonds, column regard_ij")
    # resumed on two threads in blocks, after day 4 or not
    assert all(title.startswith("saved and resumed") for title in found)
    assert printed.count("same  ") >= 7


def test_a_bit_lost_in_a_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    battery = Battery(5)
    battery.base = verify.trace(battery.world(), battery.days)
    assert battery._resumed([3, 6]) is None
    plain = World.load

    def spoilt(*args: Any, **options: Any) -> World:
        world = plain(*args, **options)
        nudge(world.state.agents.hurt)
        return world

    monkeypatch.setattr(World, "load", spoilt)
    assert battery._resumed([3, 6]) in {
        f"day 3, after {phase}: the table agents, column hurt"
        for phase in ("turnover", "interventions")
    }


def test_threads_that_do_not_run_are_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    battery = Battery(5)
    monkeypatch.setattr(verify, "blocks_of", lambda size: nullcontext())
    battery.base = verify.trace(battery.world(), battery.days)
    found = battery._in_blocks(2, 8)
    assert found is not None and "no thread" in found


def test_a_missing_day_and_another_hash() -> None:
    mark = Mark(0, "meet", "agents", "id", "1")
    whole = Trace([mark, mark._replace(phase="feel")], "a")
    assert first_difference(whole, whole) is None
    short = first_difference(whole, whole._replace(marks=whole.marks[:1]))
    assert short == "day 0, after feel: the table agents, column id"
    other = first_difference(whole, whole._replace(hash="b"))
    assert other is not None and "hash" in other


def test_a_seed_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--seed", "many"]) == 2
    assert "--seed" in capsys.readouterr().err
    assert main(["verify", "--seed", "-1"]) == 2
    assert "seed must be" in capsys.readouterr().err
