"""What the user can ask of `bondsim bench`, checked before anything is measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bondsim.bench.machine import memory, n_cores
from bondsim.errors import ParameterError

SIZES, QUICK_SIZES = (1_000, 10_000, 100_000, 1_000_000), (1_000, 10_000)
REPEATS, QUICK_REPEATS = 5, 3
FEWEST, MOST = 100, 50_000_000
MOST_REPEATS = 50
BYTES_PER_PERSON = 6_000
"""Memory that a town needs at its peak: 4.5 KB a person while it is generated, then the tables that
its floors are measured with."""


@dataclass(frozen=True)
class Options:
    """A checked order: sizes [people] and numbers of threads in rising order, where JSON goes."""

    sizes: tuple[int, ...]
    threads: tuple[int, ...]
    repeats: int
    quick: bool
    peers: bool
    json: Path


def checked(
    sizes: str | None, threads: str | None, repeats: str | None, json: str | None,
    *, quick: bool, peers: bool,
) -> Options:  # fmt: skip
    """The order that these words give; None for what is left to us.

    Raises
    ------
    ParameterError
        For the first option that cannot be used.
    """
    cores = n_cores()
    return Options(
        sizes=_sizes(sizes, QUICK_SIZES if quick else SIZES),
        threads=_numbers("--threads", threads, 1, cores) if threads else _doubling(cores),
        repeats=_repeats(repeats, QUICK_REPEATS if quick else REPEATS),
        quick=quick,
        peers=peers,
        json=_file(json),
    )


def _sizes(words: str | None, usual: tuple[int, ...]) -> tuple[int, ...]:
    """The sizes asked for, or the usual ones that fit into this machine's memory."""
    held = memory()
    if words is None:
        return tuple(n for n in usual if held is None or n * BYTES_PER_PERSON <= held)
    sizes = _numbers("--sizes", words, FEWEST, MOST)
    if held is not None and sizes[-1] * BYTES_PER_PERSON > held:
        most = f"at most {held // BYTES_PER_PERSON:,} people in {held / 1e9:.0f} GB of memory"
        raise ParameterError("--sizes", sizes[-1], most)
    return sizes


def _repeats(word: str | None, usual: int) -> int:
    if word is None:
        return usual
    numbers = _numbers("--repeats", word, 1, MOST_REPEATS)
    if len(numbers) != 1:
        raise ParameterError("--repeats", word, f"one whole number in [1, {MOST_REPEATS}]")
    return numbers[0]


def _numbers(name: str, words: str, low: int, high: int) -> tuple[int, ...]:
    """Whole numbers in rising order; 1e4 is one too."""
    allowed = f"whole numbers in [{low:,}, {high:,}] with commas between, such as {low}"
    numbers = set()
    for word in words.split(","):
        try:
            number = float(word)
        except ValueError:
            raise ParameterError(name, words, allowed) from None
        if not (number.is_integer() and low <= number <= high):
            raise ParameterError(name, words, allowed)
        numbers.add(int(number))
    return tuple(sorted(numbers))


def _doubling(cores: int) -> tuple[int, ...]:
    """1, 2, 4 and so on, and all cores."""
    powers: Iterable[int] = (1 << k for k in range(cores.bit_length()))
    return tuple(sorted({*powers, cores}))


def _file(word: str | None) -> Path:
    if word is None:
        return Path("results") / f"bench-{datetime.now():%Y%m%d-%H%M%S}.json"
    path = Path(word).expanduser()
    if path.exists():
        raise ParameterError("--json", word, "the name of a file that is not there yet")
    return path
