"""`bondsim verify`: one small world lived in many ways, all of which must give the same bits.

The battery runs the same days on several threads, in blocks of several sizes, with checkpoints in
between, in another process, from its files, beside placebos, and in the reference model. Worlds and
days are drawn from a seed, another one on each call unless it is given. A world's `Trace` holds a
digest of each column after each phase, so that what differs first can be named.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import bondsim.rules
from bondsim import engine
from bondsim.errors import BondsimError
from bondsim.history import COUNTED, agents_table, bonds_table
from bondsim.interventions import FACTOR_OF, TRAIT_OF, WHATS, WHOS, Intervention
from bondsim.network.specs import Circles
from bondsim.params import ByKind, Params
from bondsim.reference import daily, snapshot
from bondsim.reference.model import ReferenceWorld
from bondsim.store.saving import save_run
from bondsim.store.stored import load_run
from bondsim.store.stored import verify as check_files
from bondsim.tables import Table, content_hash
from bondsim.world import Run, World

LIVELY: dict[str, Any] = {
    "reach_out.step_rate": 1.0, "reach_out.step_base": 3.0, "reach_out.accept_base": 1.0,
    "reach_out.partner_prob": 0.3, "reach_out.partner_cut": 0.35, "reach_out.friend_cut": 0.15,
    "feel.stress_prob": 0.2, "relate.promise_prob": 0.8, "relate.exposure": 1.0,
    "relate.deceit_prob": 0.5, "relate.accomplishment_prob": 0.5, "turnover.rate": 0.01,
    "part.base": ByKind(-1.5, -1.0, -0.5, -1.0, -1.0), "population.need_mean": 0.9,
}  # fmt: skip
"""Parameters under which everything that can happen to a bond happens within days."""
PEOPLE, FEW = 240, 48
"""People of the world that is lived in many ways, and of the one that the reference lives too."""
THREADS = (1, 2, 4)
NEUTRAL_AT_ZERO = (*TRAIT_OF, *FACTOR_OF, "loneliness")
"""What a dose of 0 leaves undone; the others cut or make bonds, or move people, at any dose."""


class Mark(NamedTuple):
    """One column of one table as it was after a phase."""

    day: int
    phase: str
    table: str
    column: str
    digest: str


class Trace(NamedTuple):
    """A world's days: the columns after each phase, and the hash of all results."""

    marks: list[Mark]
    hash: str


class Battery:
    """The worlds and days of one seed, and the checks on them.

    `seed`: an integer in [0, 2**63 - 1]; raises `ParameterError` for another.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.params = Params(seed=seed).replace(**LIVELY)
        self.luck = np.random.default_rng(seed)
        self.days = int(self.luck.integers(9, 15))
        # every sort of change and of choice, begun on days in the world's first half
        self.plan = [
            Intervention(
                what=what, who=who, n=8, ids=(3, 5, 8), start=int(self.luck.integers(0, 6)),
                length=int(self.luck.integers(1, 5)), fade=2, dose=0.3, hours=0.5,
            )
            for what, who in zip(WHATS, [*WHOS, *WHOS], strict=False)
        ]  # fmt: skip

    def world(self, n_agents: int = PEOPLE, **options: Any) -> World:
        """The world of this battery on its first day."""
        options = {"interventions": self.plan, "threads": 1, **options}
        return World(self.params, Circles(n_agents=n_agents, context_size=16), **options)

    def checks(self) -> Iterator[tuple[str, Callable[[], str | None]]]:
        """What each check is called, and the check: None, or what differs first.

        The checks after the first compare with what the first one lived.
        """
        yield f"{PEOPLE} people, {self.days} days, twice on 1 thread", self._again
        for threads in THREADS:
            for size in self._sizes(threads):
                blocks = -(-PEOPLE // size)
                title = f"{threads} thread{'s' * (threads > 1)}, {blocks} blocks of {size}"
                yield title, lambda t=threads, s=size: self._in_blocks(t, s)  # type: ignore[misc]
        yield f"the reference model, {FEW} people, every phase", self._reference
        stops = sorted(self.luck.choice(np.arange(1, self.days), 2, replace=False).tolist())
        title = f"saved and resumed after {stops[0]} and {stops[1]} days, 2 threads"
        yield title, lambda: self._resumed(stops)
        yield "another process", self._elsewhere
        yield "a run saved and loaded", self._stored
        yield "a placebo twin: doses of 0", lambda: self._placebo(self._doses_of_nothing())
        yield "a placebo twin: after the end", lambda: self._placebo(self._too_late())

    def _sizes(self, threads: int) -> list[int]:
        """Sizes of blocks to try: one person, two sizes drawn, all but one."""
        if threads == 1:
            return []
        drawn = self.luck.choice(np.arange(2, PEOPLE // threads), 2, replace=False).tolist()
        return [1, *drawn, PEOPLE - 1]

    def _again(self) -> str | None:
        world = self.world()
        self.base = trace(world, self.days)
        self.run: Run = world.result()
        return first_difference(self.base, trace(self.world(), self.days))

    def _in_blocks(self, threads: int, size: int) -> str | None:
        before = set(threading.enumerate())
        with blocks_of(size):
            world = self.world(threads=threads)
            found = trace(world, self.days)
            if not set(threading.enumerate()) - before:
                return "no thread but the first one was used: nothing was compared"
        return first_difference(self.base, found)

    def _reference(self) -> str | None:
        return against_reference(self.world(FEW), self.days)

    def _resumed(self, stops: list[int]) -> str | None:
        with tempfile.TemporaryDirectory() as folder, blocks_of(32):
            path, marks = Path(folder) / "world.npz", []
            world = self.world()
            for stop in stops:
                marks += list(live(world, stop - world.day))
                world.save(path)
                world = World.load(path, threads=2)
            rest = trace(world, self.days - world.day)
        return first_difference(self.base, Trace(marks + rest.marks, rest.hash))

    def _elsewhere(self) -> str | None:
        command = [sys.executable, "-m", __name__, str(self.seed)]
        other = {**os.environ, "PYTHONHASHSEED": str(1 + self.seed % 1000)}
        done = subprocess.run(command, env=other, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"the other process failed: {done.stderr.strip().splitlines()[-1]}"
        marks, found = json.loads(done.stdout)
        return first_difference(self.base, Trace([Mark(*mark) for mark in marks], found))

    def _stored(self) -> str | None:
        with tempfile.TemporaryDirectory() as results:
            folder = save_run(self.run, results)
            check_files(folder)
            stored = load_run(folder)
            marks = _marks_of(self.days - 1, "the end", stored.tables)
            now = _marks_of(self.days - 1, "the end", self.run.tables)
            return first_difference(
                Trace(list(now), self.base.hash), Trace(list(marks), stored.hash)
            )

    def _placebo(self, placebos: list[Intervention]) -> str | None:
        world = self.world(interventions=[*self.plan, *placebos])
        found = trace(world, self.days)
        # a run's hash tells its plan too: here the tables alone must be the same
        same = content_hash(world.result().tables, "") == content_hash(self.run.tables, "")
        return first_difference(
            self.base, Trace(found.marks, self.base.hash if same else found.hash)
        )

    def _doses_of_nothing(self) -> list[Intervention]:
        return [
            Intervention(what=what, n=40, start=1, length=self.days, dose=0.0, hours=1.0)
            for what in NEUTRAL_AT_ZERO
        ]

    def _too_late(self) -> list[Intervention]:
        return [Intervention(what=what, start=self.days, dose=0.9) for what in WHATS]


@contextmanager
def blocks_of(size: int) -> Iterator[None]:
    """Within, worlds work in blocks of `size` people, however few people they have."""
    kept = engine.BLOCK, engine.SMALL
    engine.BLOCK, engine.SMALL = size, 0
    try:
        yield
    finally:
        engine.BLOCK, engine.SMALL = kept


def trace(world: World, days: int) -> Trace:
    """Live `days` days and keep what they were."""
    marks = list(live(world, days))
    return Trace(marks, world.result().hash)


def live(world: World, days: int) -> Iterator[Mark]:
    """Live `days` days; a mark for each column after each phase, and for what the day recorded."""
    for _ in range(days):
        day = world.day
        for phase in world.phases():
            now = {
                "agents": agents_table(day, world.engine, world.state),
                "bonds": bonds_table(day, world.engine, world.state),
            }
            yield from _marks_of(day, phase, now)
        recorded = world.history.tables()
        for name in ("series", "events"):
            of_today = recorded[name]["day"] == day
            rows = {column: values[of_today] for column, values in recorded[name].items()}
            yield from _marks_of(day, "the day", {name: rows})


def _marks_of(day: int, phase: str, tables: Mapping[str, Table]) -> Iterator[Mark]:
    for table in sorted(tables):
        for column, values in tables[table].items():
            content = f"{values.dtype.str}{values.shape}".encode() + values.tobytes()
            yield Mark(
                day, phase, table, column, hashlib.blake2b(content, digest_size=8).hexdigest()
            )


def first_difference(one: Trace, other: Trace) -> str | None:
    """Where two traces part, in words; None if they are the same."""
    for mark, twin in zip_longest(one.marks, other.marks):
        if mark != twin:
            day, phase, table, column, _ = mark or twin
            return f"day {day}, after {phase}: the table {table}, column {column}"
    if one.hash != other.hash:
        return f"the hash of the results alone: {one.hash} and {other.hash}"
    return None


def against_reference(world: World, days: int) -> str | None:
    """Live `days` days in the engine and in plain Python; what differs first, in words.

    Every column of persons, bonds and climates is compared after every phase, bit for bit, and the
    day's row of the series to the rounding of its sums.
    """
    twin = ReferenceWorld(
        world.params, snapshot.snapshot(world), bondsim.rules, world.plan.interventions
    )
    for _ in range(days):
        day = world.day
        for phase, same in zip_longest(world.phases(), twin.phases()):
            where = f"day {day}, after {phase or same}"
            if phase != same:
                return f"{where}: the phases are {phase} and {same}"
            pair = snapshot.snapshot(world), snapshot.of_reference(twin)
            for difference in snapshot.differences(*pair):
                return f"{where}: {_in_words(difference)}"
            if phase == "feel" and (found := _series_differ(world, twin)):
                return f"{where}: {found}"
    if snapshot.events(world) != sorted(twin.events):
        return f"within {days} days: the table events"
    return None


def _series_differ(world: World, twin: ReferenceWorld) -> str | None:
    again = {**dict.fromkeys(COUNTED, 0), **daily.series(twin), **daily.counts(twin)}
    for column, value in world.history.last().items():
        if abs(value - again[column]) > 1e-7 + 1e-6 * abs(value):
            values = f"engine {value!r}, reference {again[column]!r}"
            return f"the table series, column {column}: {values}"
    return None


_TABLE_OF = {"persons": "agents", "bonds": "bonds", "climates": "agents"}


def _in_words(difference: snapshot.Difference) -> str:
    part, *rest = difference.path
    column = "climate" if part == "climates" else rest[-1] if len(rest) > 1 else "id"
    who = f" of {rest[0]}" if rest else ""
    values = f"engine {difference.engine!r}, reference {difference.reference!r}"
    return f"the table {_TABLE_OF[part]}, column {column}{who}: {values}"


def verify(seed: int, tell: Callable[[str], None]) -> tuple[int, int, str]:
    """Run the battery of `seed`; `tell` gets a line for each check.

    Returns how many checks differ, how many there are, and the hash that all should give.
    """
    battery = Battery(seed)
    wrong = n = 0
    for title, check in battery.checks():
        n += 1
        try:
            found = check()
        except BondsimError as error:
            found = str(error)
        wrong += found is not None
        tell(f"same     {title}" if found is None else f"DIFFERS  {title}\n         {found}")
    return wrong, n, battery.base.hash


if __name__ == "__main__":
    one = Battery(int(sys.argv[1]))
    json.dump(trace(one.world(), one.days), sys.stdout)
