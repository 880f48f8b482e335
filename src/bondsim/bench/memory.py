"""How fast this machine's memory is, in order and at random, on several threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bondsim.bench import kernels
from bondsim.bench.crew import Crew
from bondsim.bench.floors import RECORD
from bondsim.bench.measured import Measured, seconds_of, take_turns
from bondsim.state import Array

LEAST = 0.02
"""Seconds that one measurement fills at least."""
TABLES = {"256 KB": 1 << 18, "4 MB": 1 << 22, "16 MB": 1 << 24, "128 MB": 1 << 27}
"""Tables of records that are read at random: bytes."""
FETCHED = 4_000_000
"""Records fetched from each table."""


def streaming(numbers: Array, crew: Crew) -> Callable[[], float]:
    """A measurement: bytes a second through `numbers`, int64, the better of read and update.

    What is read and written counts twice.
    """
    return lambda: max(reading(numbers, crew)(), updating(numbers, crew)())


def reading(numbers: Array, crew: Crew) -> Callable[[], float]:
    """A measurement: bytes a second that are only read."""
    out = np.zeros(1, np.int64)

    def work() -> None:
        crew.run(kernels.read, numbers.size, numbers, out)

    return lambda: numbers.nbytes / seconds_of(work, LEAST)


def updating(numbers: Array, crew: Crew) -> Callable[[], float]:
    """A measurement: bytes a second that are read and written back, counted both times."""

    def work() -> None:
        crew.run(kernels.update, numbers.size, numbers)

    return lambda: 2.0 * numbers.nbytes / seconds_of(work, LEAST)


def table_of(rows: int, width: int) -> Array:
    """A table to fetch from, with rows of a record's or a word's `width` in bytes."""
    return np.ones((rows, 2), np.int64) if width == RECORD else np.ones(rows, np.int32)


def fetching(index: Array, table: Array, crew: Crew) -> Callable[[], float]:
    """A measurement: seconds for each entry of `index`, int32, into a table of `table_of`."""
    out = np.zeros(1, np.int64)
    kernel = kernels.gather_records if table.ndim == 2 else kernels.gather_words

    def work() -> None:
        crew.run(kernel, index.size, index, table, out)

    return lambda: seconds_of(work, LEAST) / index.size


def measure(threads: Sequence[int], repeats: int, largest_table: int) -> list[Measured]:
    """Bandwidth and random fetches by number of threads; tables up to `largest_table` bytes."""
    rng = np.random.default_rng(1)
    numbers = np.ones(largest_table // 8, np.int64)
    tables = {
        name: table_of(size // RECORD, RECORD)
        for name, size in TABLES.items()
        if size <= largest_table
    }
    indexes = {
        name: rng.integers(0, table.shape[0], FETCHED, np.int32) for name, table in tables.items()
    }
    cases: dict[str, Callable[[], float]] = {}
    labels: dict[str, tuple[str, str, int, float]] = {}
    for t in threads:
        crew = Crew(t)
        found: dict[tuple[str, str], Callable[[], float]] = {
            ("read in order", "GB/s"): reading(numbers, crew),
            ("updated in order", "GB/s"): updating(numbers, crew),
        }
        for name, table in tables.items():
            what = f"16-byte record at random of {name}"
            found[what, "ns"] = fetching(indexes[name], table, crew)
        for (what, unit), case in found.items():
            case()  # compiles, and brings the pages in
            cases[f"{what} {t}"] = case
            labels[f"{what} {t}"] = (what, unit, t, 1e-9 if unit == "GB/s" else 1e9)
    turns = take_turns(cases, repeats)
    return [
        Measured(
            "the machine's memory", what, unit, tuple(scale * v for v in turns[key]), threads=t
        )
        for key, (what, unit, t, scale) in labels.items()
    ]
