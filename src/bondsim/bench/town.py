"""The full model at one size: speed, phases, floors, bytes, memory, and the time to found it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from bondsim.bench.crew import Crew
from bondsim.bench.floors import FETCHES, PARTNER, RECORD, TWIN, Fetch, Need, needs
from bondsim.bench.measured import Measured, Ratio, Values, count, quotients, take_turns
from bondsim.bench.memory import fetching, streaming, table_of
from bondsim.engine import PHASES, SMALL
from bondsim.network import Circles, build
from bondsim.params import Params
from bondsim.rows import used_slots
from bondsim.state import Array
from bondsim.store.provenance import peak_memory
from bondsim.world import World

PART = "full model"
SEED = 1
WARM_DAYS = 3
"""Days lived before anything is measured: bonds, rows and compiled code have settled."""
REST = "between phases"
"""What a day takes beside its phases: interventions, and the day's row of the series."""
IN_MEMORY = 1 << 28
"""Bytes of an array beyond which a larger one is no slower to stream."""


def circles(n_agents: int) -> Circles:
    """The network of the benchmark: about 15 bonds a person in the mean, half of the default."""
    return Circles(
        n_agents=n_agents, friends=5.25, coworkers=4.0, context_size=40, context_spread=0.08
    )


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
    """One world whose days are lived by turns on different numbers of threads.

    After the warm days: `memory` [MB] at its peak, `bonds` there are, what each phase `needs`.
    """

    def __init__(self, world: World, threads: Sequence[int], fill: float) -> None:
        self.world = world
        self.stretches: dict[int, list[Stretch]] = {t: [] for t in threads}
        self._watches: dict[int, Stopwatch] = {}
        for t in threads:
            world.start_engine(t)
            self._watches[t] = Stopwatch(world.engine)
        self._take(threads[0])
        seconds = live(world, WARM_DAYS).seconds
        self.scratch = self._watches[threads[0]].scratch
        self.memory = peak_memory()
        self.bonds = n_bonds(world)
        self.needs = needs(world.state, self.scratch)
        self.days = max(1, round(fill * WARM_DAYS / seconds))

    def turn(self, threads: int) -> float:
        """Live a stretch and keep it; returns its seconds."""
        self._take(threads)
        self.world.step()  # another engine's turn may have left less ready than its own day before
        stretch = live(self.world, self.days)
        self.stretches[threads].append(stretch)
        self.scratch = self._watches[threads].scratch
        return stretch.seconds

    def _take(self, threads: int) -> None:
        engine: Any = self._watches[threads]
        self.world.engine = engine


def measure(n_agents: int, threads: Sequence[int], repeats: int, fill: float) -> list[Measured]:
    """All figures of a town of this size; a repetition fills about `fill` seconds with days."""
    World(Params(seed=SEED), circles(100)).run(2)  # loads what is compiled, or compiles it
    started = time.perf_counter()
    network = build(circles(n_agents), SEED)
    built = time.perf_counter()
    world = World(Params(seed=SEED), network)
    founded = time.perf_counter()
    timed = _Timed(world, threads, fill)
    memory = (timed.memory,) if timed.memory else ()
    figures = [
        Measured(PART, "network generated", "s", (built - started,), n_agents),
        Measured(PART, "first state", "s", (founded - built,), n_agents),
        Measured(PART, "peak memory of the process", "MB", memory, n_agents),
        _bytes_per_bond(timed, n_agents),
    ]
    machine = _machine(timed, threads)
    days = {f"days {t}": partial(timed.turn, t) for t in threads}
    found = take_turns({**days, **machine}, repeats)
    for t in threads:
        floors = _floors(timed, t, found)
        figures += [_speed(timed, t, threads[0], floors, n_agents)]
        figures += _phases(timed, t, floors, n_agents)
        figures.append(_partners(found[_key(t, Fetch(PARTNER, RECORD))], t, n_agents))
    return figures


def _bytes_per_bond(timed: _Timed, n_agents: int) -> Measured:
    bonds = timed.bonds
    state = sum(array.nbytes for array in arrays_of(timed.world.state)) / bonds
    both = sum(array.nbytes for array in arrays_of(timed.world.state, timed.scratch)) / bonds
    degree = 2.0 * bonds / n_agents
    note = f"{state:.0f} state, {both - state:.0f} the day's scratch; {degree:.1f} bonds an agent"
    return Measured(PART, "all arrays", "bytes/bond", (both,), n_agents, note=note)


def _machine(timed: _Timed, threads: Sequence[int]) -> dict[str, Callable[[], float]]:
    """Measurements of the machine alone, at the size and with the indexes of this town."""
    state = timed.world.state
    slots, _ = used_slots(state.bonds)
    nbytes = sum(array.nbytes for array in arrays_of(state, timed.scratch))
    numbers = np.ones(min(nbytes, IN_MEMORY) // 8, np.int64)
    people = state.bonds.degree.size
    index = {PARTNER: state.bonds.partner[slots], TWIN: state.bonds.twin[slots]}
    rows = {PARTNER: people, TWIN: state.bonds.partner.shape[0]}
    tables = {fetch: table_of(rows[fetch.at], fetch.width) for fetch in FETCHES}
    cases: dict[str, Callable[[], float]] = {}
    for t in threads:
        crew = Crew(t if people >= SMALL else 1)
        cases[f"stream {t}"] = streaming(numbers, crew)
        for fetch in FETCHES:
            cases[_key(t, fetch)] = fetching(index[fetch.at], tables[fetch], crew)
    for case in cases.values():
        case()
    return cases


def _key(threads: int, fetch: Fetch) -> str:
    return f"fetch {threads} {fetch.at} {fetch.width}"


def _floors(
    timed: _Timed, threads: int, found: Mapping[str, Values]
) -> dict[str, tuple[Need, Values]]:
    """What each phase moves, and the nanoseconds a bond of that alone, in each round."""
    floors = {}
    rounds = range(len(timed.stretches[threads]))
    stream = found[f"stream {threads}"]
    for phase, need in timed.needs.items():
        per_fetch = [{f: found[_key(threads, f)][r] for f in need.fetched} for r in rounds]
        seconds = [need.seconds(stream[r], per_fetch[r]) for r in rounds]
        floors[phase] = (need, tuple(1e9 * s / timed.bonds for s in seconds))
    return floors


def _speed(
    timed: _Timed, threads: int, base: int, floors: dict[str, tuple[Need, Values]], n_agents: int
) -> Measured:
    """Bond-days a second, beside the floor and beside the first number of threads."""
    mine = timed.stretches[threads]
    speeds = tuple(s.bond_days / s.seconds for s in mine)
    floor = [sum(times) for times in zip(*(t for _, t in floors.values()), strict=True)]
    ratios = [Ratio("the floor", quotients([s.nanoseconds() for s in mine], floor))]
    if threads != base:
        alone = [s.bond_days / s.seconds for s in timed.stretches[base]]
        name = f"as fast as on {count(base, 'thread')}"
        ratios.append(Ratio(name, quotients(speeds, alone)))
    return Measured(PART, "whole day", "bond-days/s", speeds, n_agents, threads, tuple(ratios))


def _phases(
    timed: _Timed, threads: int, floors: dict[str, tuple[Need, Values]], n_agents: int
) -> list[Measured]:
    """Nanoseconds for each bond by phase, and how many times the floor that is."""
    figures = []
    for phase in (*PHASES, REST):
        times = tuple(stretch.nanoseconds(phase) for stretch in timed.stretches[threads])
        ratios: tuple[Ratio, ...] = ()
        note = ""
        need, floor = floors.get(phase, (None, ()))
        if need is not None and min(floor) > 0.0:
            ratios = (Ratio("the floor", quotients(times, floor)),)
            records = sum(need.fetched.values()) / timed.bonds
            note = f"{need.streamed / timed.bonds:.0f} B, {records:.2g} fetches"
        what = phase if phase == REST else f"phase {phase}"
        figures.append(Measured(PART, what, "ns/bond", times, n_agents, threads, ratios, note))
    return figures


def _partners(seconds: Values, threads: int, n_agents: int) -> Measured:
    times = tuple(1e9 * s for s in seconds)
    return Measured(PART, "memory: record of a partner", "ns", times, n_agents, threads)
