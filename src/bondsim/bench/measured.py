"""What a measurement found: all repetitions, their spread, and ratios within the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Values = tuple[float, ...]


@dataclass(frozen=True)
class Ratio:
    """How a figure stands to another one: one ratio for each round in which both were measured."""

    to: str
    values: Values


@dataclass(frozen=True)
class Measured:
    """One figure of the benchmark: `what`, of a `part` of it.

    `values`: every repetition, in `unit`; none where nothing could be measured, and then `note`
    says why; `failed` if something is wrong, and not merely absent. `n_agents`, `threads`: None
    where they mean nothing.
    """

    part: str
    what: str
    unit: str
    values: Values = ()
    n_agents: int | None = None
    threads: int | None = None
    ratios: tuple[Ratio, ...] = ()
    note: str = ""
    failed: bool = False


def measured_from(content: Mapping[str, Any]) -> Measured:
    """The figure that `dataclasses.asdict` took apart."""
    ratios = tuple(Ratio(r["to"], tuple(r["values"])) for r in content["ratios"])
    return Measured(**{**content, "values": tuple(content["values"]), "ratios": ratios})


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, least and largest of at least one value."""
    return statistics.median(values), min(values), max(values)


def quotients(above: Sequence[float], below: Sequence[float]) -> Values:
    """``above[r] / below[r]`` for each round r; both must have been measured in the same rounds."""
    return tuple(a / b for a, b in zip(above, below, strict=True))


def count(n: int, thing: str) -> str:
    """Some of a thing, in words."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def as_fast(threads: int) -> str:
    """What a ratio of our speed to somebody else's stands for."""
    return f"as fast: bondsim, {count(threads, 'thread')}"


def take_turns(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Values]:
    """What each case returns, once a round; every other round goes through them backwards."""
    found: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(rounds):
        for name in list(cases) if turn % 2 == 0 else reversed(list(cases)):
            found[name].append(cases[name]())
    return {name: tuple(values) for name, values in found.items()}


def seconds_of(work: Callable[[], Any], at_least: float = 0.0) -> float:
    """Seconds that one call of `work` takes: the mean of as many as fill `at_least` seconds."""
    calls = 0
    started = time.perf_counter()
    while True:
        work()
        calls += 1
        elapsed = time.perf_counter() - started
        if elapsed >= at_least:
            return elapsed / calls
