"""The full model at one size: speed, phases, floors, bytes, memory, and the time to found it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from bondsim.bench.crew import Crew
from bondsim.bench.floors import PARTNER, Fetch, fetches, needs, used_slots
from bondsim.bench.measured import Measured, Ratio, Values, quotients, take_turns
from bondsim.bench.memory import fetching, streaming
from bondsim.bench.reduced import SHARED
from bondsim.engine import PHASES
from bondsim.network import Circles, build
from bondsim.params import Params
from bondsim.state import Array
from bondsim.study.provenance import peak_memory
from bondsim.world import World

SEED = 1
WARM_DAYS = 3
"""Days lived before anything is measured: bonds, rows and compiled code have settled."""
REST = "between phases"
"""What a day takes beside its phases: interventions, and the day's row of the series."""
IN_MEMORY = 1 << 28
"""Bytes of an array beyond which a larger one is no slower to stream."""


def circles(n_agents: int) -> Circles:
    """The default network of the benchmark: about 15 bonds a person in the mean."""
    return Circles(n_agents=n_agents, friends=5.25)


def n_bonds(world: World) -> int:
    """Bonds there are now."""
    return int(world.state.bonds.degree.sum()) // 2


@dataclass
class Stopwatch:
    """An engine in front of another one that notes how long each phase takes."""

    engine: Any
    seconds: dict[str, float] = field(default_factory=dict)
    scratch: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def day(self, *arguments: Any) -> Iterator[Any]:
        """The day of the engine behind, phase by phase."""
        phases = self.engine.day(*arguments)
        while True:
            started = time.perf_counter()
            step = next(phases, None)
            elapsed = time.perf_counter() - started
            if step is None:
                return
            name, _, self.scratch = step
            self.seconds[name] = self.seconds.get(name, 0.0) + elapsed
            yield step


@dataclass(frozen=True)
class Stretch:
    """Some days that were lived at a go: bond-days, and seconds in all and by phase."""

    bond_days: int
    seconds: float
    phases: dict[str, float]

    def nanoseconds(self, phase: str | None = None) -> float:
        """Time for each bond and day, of one phase or of everything."""
        return 1e9 * (self.seconds if phase is None else self.phases[phase]) / self.bond_days


def live(world: World, days: int) -> Stretch:
    """Live `days` days of a world that has a `Stopwatch` for an engine."""
    watch: Any = world.engine
    watch.seconds.clear()
    bond_days, seconds = 0, 0.0
    for _ in range(days):
        bond_days += n_bonds(world)
        started = time.perf_counter()
        world.step()
        seconds += time.perf_counter() - started
    phases = dict(watch.seconds)
    phases[REST] = seconds - sum(phases.values())
    return Stretch(bond_days, seconds, phases)


def arrays_of(*holders: Any) -> Iterator[Array]:
    """Every array in (nested) named tuples once, those that own the memory in place of views."""
    seen: set[int] = set()
    waiting = list(holders)
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, tuple):
            waiting.extend(thing)
        elif isinstance(thing, np.ndarray):
            while isinstance(thing.base, np.ndarray):
                thing = thing.base
            if id(thing) not in seen:
                seen.add(id(thing))
                yield thing


class _Timed:
    """One world whose days are lived by turns on different numbers of threads."""

    def __init__(self, world: World, threads: Sequence[int], fill: float) -> None:
        self.world = world
        self.watches: dict[int, Stopwatch] = {}
        self.stretches: dict[int, list[Stretch]] = {t: [] for t in threads}
        for t in threads:
            world.start_engine(t)
            self.watches[t] = Stopwatch(world.engine)
        self.days = 1
        for _ in range(WARM_DAYS):
            for t in threads:
                seconds = self._live(t).seconds
        self.days = max(1, round(fill * self.days / seconds))

    def _live(self, threads: int) -> Stretch:
        engine: Any = self.watches[threads]
        self.world.engine = engine
        return live(self.world, self.days)

    def turn(self, threads: int) -> float:
        """Live a stretch and keep it; returns its seconds."""
        stretch = self._live(threads)
        self.stretches[threads].append(stretch)
        return stretch.seconds

    @property
    def scratch(self) -> Any:
        """The `Day` of the last day lived."""
        return next(w.scratch for w in self.watches.values() if w.engine is self._engine())

    def _engine(self) -> Any:
        watch: Any = self.world.engine
        return watch.engine


def measure(n_agents: int, threads: Sequence[int], repeats: int, fill: float) -> list[Measured]:
    """All figures of a town of this size; a repetition fills about `fill` seconds with days."""
    World(Params(seed=SEED), circles(100)).run(2)  # loads what is compiled, or compiles it
    started = time.perf_counter()
    network = build(circles(n_agents), SEED)
    built = time.perf_counter()
    world = World(Params(seed=SEED), network)
    founded = time.perf_counter()
    timed = _Timed(world, threads, fill)
    memory = peak_memory()
    figures = [
        Measured("network generated", "s", (built - started,), n_agents),
        Measured("first state", "s", (founded - built,), n_agents),
        Measured("peak memory of the process", "MB", (memory,) if memory else (), n_agents),
        Measured("mean degree", "bonds", (2.0 * n_bonds(world) / n_agents,), n_agents),
        _bytes_per_bond(timed, n_agents),
    ]
    machine = _machine(timed, threads)
    days = {f"days {t}": partial(timed.turn, t) for t in threads}
    found = take_turns({**days, **machine}, repeats)
    for t in threads:
        figures += _speed(timed, t, threads[0], n_agents)
        figures += _phases(timed, t, found, n_agents)
    for fetch in (Fetch(PARTNER, 16),):
        figures += [
            Measured(
                "memory, 16-byte records of the partners", "ns",
                tuple(1e9 * s for s in found[_key(t, fetch)]), n_agents, t,
                note="a table with a record for each person, in the order of the town's bonds",
            )
            for t in threads
        ]  # fmt: skip
    return figures


def _bytes_per_bond(timed: _Timed, n_agents: int) -> Measured:
    bonds = n_bonds(timed.world)
    state = sum(array.nbytes for array in arrays_of(timed.world.state)) / bonds
    both = sum(array.nbytes for array in arrays_of(timed.world.state, timed.scratch)) / bonds
    note = f"{state:.0f} of the state, {both - state:.0f} of the day's scratch"
    return Measured("memory of all arrays, by bond", "bytes", (both,), n_agents, note=note)


def _machine(timed: _Timed, threads: Sequence[int]) -> dict[str, Callable[[], float]]:
    """Measurements of the machine alone, at the size and with the indexes of this town."""
    state = timed.world.state
    slots = used_slots(state)
    nbytes = sum(array.nbytes for array in arrays_of(state, timed.scratch))
    numbers = np.ones(min(nbytes, IN_MEMORY) // 8, np.int64)
    people = state.bonds.degree.size
    index = {PARTNER: state.bonds.partner[slots], "twin": state.bonds.twin[slots]}
    rows = {PARTNER: people, "twin": state.bonds.partner.shape[0]}
    cases: dict[str, Callable[[], float]] = {}
    for t in threads:
        crew = Crew(t if people >= SHARED else 1)
        cases[f"stream {t}"] = streaming(numbers, crew)
        for fetch in fetches():
            at = index[fetch.index]
            cases[_key(t, fetch)] = fetching(at, rows[fetch.index], fetch.width, crew)
    for case in cases.values():
        case()
    return cases


def _key(threads: int, fetch: Fetch) -> str:
    return f"fetch {threads} {fetch.index} {fetch.width}"


def _speed(timed: _Timed, threads: int, base: int, n_agents: int) -> list[Measured]:
    """Bond-days a second, and how many times as fast as on the first number of threads."""
    mine, alone = timed.stretches[threads], timed.stretches[base]
    speeds = tuple(s.bond_days / s.seconds for s in mine)
    ratios: tuple[Ratio, ...] = ()
    if threads != base:
        faster = quotients(speeds, [s.bond_days / s.seconds for s in alone])
        name = f"as fast as {base} thread{'' if base == 1 else 's'}"
        ratios = (Ratio(name, faster),)
    return [Measured("full model", "bond-days/s", speeds, n_agents, threads, ratios)]


def _phases(
    timed: _Timed, threads: int, found: dict[str, Values], n_agents: int
) -> list[Measured]:
    """Nanoseconds for each bond by phase, and how many times the floor that is."""
    world, stretches = timed.world, timed.stretches[threads]
    bonds = n_bonds(world)
    figures = []
    moved = needs(world.state, timed.scratch, world.day - 1)
    for phase in (*PHASES, REST):
        times = tuple(stretch.nanoseconds(phase) for stretch in stretches)
        ratios, note = (), ""
        need = moved.get(phase)
        if need is not None and (need.streamed or need.fetched):
            floors = [
                1e9 / bonds * need.seconds(
                    found[f"stream {threads}"][r],
                    {fetch: found[_key(threads, fetch)][r] for fetch in need.fetched},
                )
                for r in range(len(times))
            ]  # fmt: skip
            ratios = (Ratio("the floor", quotients(times, floors)),)
            records = sum(need.fetched.values()) / bonds
            note = f"a bond: {need.streamed / bonds:.0f} bytes in order, {records:.2g} at random"
        figures.append(Measured(f"phase {phase}", "ns/bond", times, n_agents, threads, ratios, note))
    return figures
