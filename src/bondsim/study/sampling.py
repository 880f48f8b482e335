"""What a study varies, and at which points: grids, hypercubes, designs of Saltelli and Morris.

A point is a value for each factor, by path. Designs that are drawn come from SALib with a seed of
their own, and leave the random states of numpy and of Python as they were.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.errors import ParameterError

if TYPE_CHECKING:
    from bondsim.state import Array

LINEAR, LOG, WHOLE = SCALES = ("linear", "log", "whole")
"""How a range is spread: evenly, evenly in its logarithm, or over its whole numbers."""

MOST_POINTS = 100_000
"""Points of a design, and cells of a study: more are refused before they are made.

A cell takes a millisecond and some 10 kB to make.
"""
Point = dict[str, Any]
"""A value for each factor, by path."""


@dataclass(frozen=True)
class Factor:
    """A parameter that is varied: over a list of values, or over a range.

    `values`: numbers, words or truth values, each once; empty for a range. `low`, `high`: ends of a
    range, both within it. `scale`: how a range is spread, one of `SCALES`.

    Raises `ParameterError` naming `study.factors.PATH`.
    """

    path: str
    low: float | None = None
    high: float | None = None
    values: tuple[Any, ...] = ()
    scale: str = LINEAR

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))
        if self.values:
            self._check_values()
        else:
            self._check_range()

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"study.factors.{self.path}"

    @property
    def is_range(self) -> bool:
        """Whether there is a range and not a list of values."""
        return not self.values

    @property
    def is_varied(self) -> bool:
        """Whether there is more than one value."""
        return len(self.values) != 1

    def at(self, share: float) -> Any:
        """The value below which this share of all lies; share in [0, 1], values equally likely."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        low, high = self._ends
        if self.scale == WHOLE:
            return min(int(low) + int(share * (high - low + 1)), int(high))
        return self._between(share)

    def at_level(self, level: float) -> Any:
        """The value nearest to this place between the first (0) and the last (1), both reached."""
        if self.values:
            return self.values[int(level * (len(self.values) - 1) + 0.5)]
        low, high = self._ends
        if self.scale == WHOLE:
            return int(low) + int(level * (high - low) + 0.5)
        return self._between(level)

    def place(self, value: Any) -> float:
        """Where a value lies between the first (0) and the last (1): the inverse of `at_level`."""
        if self.values:
            return self.values.index(value) / max(len(self.values) - 1, 1)
        low, high = self._ends
        if self.scale == LOG:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return float((value - low) / (high - low))

    @property
    def _ends(self) -> tuple[float, float]:
        assert self.low is not None and self.high is not None
        return self.low, self.high

    def _between(self, share: float) -> float:
        low, high = self._ends
        if self.scale == LOG:
            found = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        else:
            found = low + share * (high - low)
        return float(min(max(found, low), high))  # rounding may lead past an end

    def _check_values(self) -> None:
        if self.low is not None or self.high is not None:
            raise ParameterError(self.name, list(self.values), "a list or a range, not both")
        seen: set[Any] = set()
        for value in self.values:
            if not _plain(value):
                raise ParameterError(self.name, value, "numbers, words, true or false")
            if value in seen:
                raise ParameterError(self.name, value, "in the list once")
            seen.add(value)

    def _check_range(self) -> None:
        if self.scale not in SCALES:
            raise ParameterError(f"{self.name}.scale", self.scale, f"one of {', '.join(SCALES)}")
        for end in ("low", "high"):
            value, what = getattr(self, end), "whole" if self.scale == WHOLE else "finite"
            known = _number(value) and math.isfinite(value)
            if not known or (self.scale == WHOLE and value != int(value)):
                raise ParameterError(f"{self.name}.{end}", value, f"a {what} number")
        low, high = self._ends
        if self.scale == LOG and low <= 0:
            raise ParameterError(f"{self.name}.low", low, "above 0 where the scale is log")
        if low >= high:
            raise ParameterError(f"{self.name}.high", high, f"above low, which is {low:g}")


def factor_of(path: str, given: Any) -> Factor:
    """The factor that a config tells: a list, a range as a mapping, or one value.

    A range has `low` and `high`; `scale`: linear, log or whole; `steps`: so many evenly spaced
    values of it, ends included. Raises `ParameterError` naming `study.factors.PATH`.

    >>> factor_of("meet.psi", {"low": 2, "high": 4, "steps": 3}).values
    (2.0, 3.0, 4.0)
    """
    name = f"study.factors.{path}"
    if isinstance(given, Factor):
        return given
    if isinstance(given, Mapping):
        return _range_of(path, name, given)
    if isinstance(given, list | tuple):
        if not given:
            raise ParameterError(name, list(given), "a list of at least one value")
        return Factor(path, values=tuple(given))
    if not _plain(given):
        raise ParameterError(name, given, "a list, a range {low, high}, or one value")
    return Factor(path, values=(given,))


def _range_of(path: str, name: str, given: Mapping[str, Any]) -> Factor:
    known = ("low", "high", "scale", "steps")
    unknown = [key for key in given if key not in known]
    if unknown or "low" not in given or "high" not in given:
        allowed = "a range {low, high}, with scale and steps if wanted"
        raise ParameterError(name, dict(given), allowed)
    scale = given.get("scale") or LINEAR
    found = Factor(path, given["low"], given["high"], scale=scale)
    steps = given.get("steps")
    if steps is None:
        return found
    if not _whole(steps) or steps < 2:
        raise ParameterError(f"{name}.steps", steps, "a whole number of at least 2")
    if steps > MOST_POINTS:
        raise ParameterError(f"{name}.steps", steps, f"at most {MOST_POINTS:,}")
    values = [found.at_level(k / (steps - 1)) for k in range(int(steps))]
    return Factor(path, values=tuple(dict.fromkeys(values)))


def _plain(value: Any) -> bool:
    return isinstance(value, str | bool) or (_number(value) and not math.isnan(value))


def _number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


# --- designs -----------------------------------------------------------------------------------


def varied(factors: Sequence[Factor]) -> list[Factor]:
    """The factors with more than one value: those of which a drawn design spends points."""
    return [factor for factor in factors if factor.is_varied]


def grid(factors: Sequence[Factor]) -> list[Point]:
    """Every combination of values, the first factor changing slowest.

    >>> grid([Factor("a", values=(1, 2)), Factor("b", values=("x", "y"))])[1]
    {'a': 1, 'b': 'y'}
    """
    _check_paths(factors)
    for factor in factors:
        if factor.is_range:
            allowed = "a list, or a range with steps, in a grid"
            raise ParameterError(factor.name, {"low": factor.low, "high": factor.high}, allowed)
    check_size("study.factors", math.prod(len(factor.values) for factor in factors))
    paths = [factor.path for factor in factors]
    values = itertools.product(*(factor.values for factor in factors))
    return [dict(zip(paths, point, strict=True)) for point in values]


def latin_hypercube(factors: Sequence[Factor], n: int, seed: int) -> list[Point]:
    """`n` points, one in each of n equal slices of every factor (McKay, Beckman & Conover 1979)."""
    _check_counts(factors, n, seed, least=1)
    check_size("study.n", n)
    from SALib.sample import latin

    return _drawn(factors, lambda problem: latin.sample(problem, n, seed=seed), Factor.at)


def sobol(factors: Sequence[Factor], n: int, seed: int, second_order: bool = False) -> list[Point]:
    """Saltelli's design for indices of Sobol: n (k + 2) points for k varied factors.

    Blocks of k + 2 (with `second_order` 2 k + 2) points: a base point, the same with one factor
    each from a second base point, the second base point (Saltelli et al. 2010). `n`: base points, a
    power of 2, without which a scrambled Sobol' sequence is not balanced (Owen 2020).
    """
    _check_counts(factors, n, seed, least=2)
    if n & (n - 1):
        raise ParameterError("study.n", n, "a power of 2, such as 64, 128 or 256")
    k = len(varied(factors))
    check_size("study.n", n * ((2 if second_order else 1) * k + 2))
    from SALib.sample import sobol as saltelli

    def draw(problem: dict[str, Any]) -> Array:
        drawn: Array = saltelli.sample(problem, n, calc_second_order=second_order, seed=seed)
        return drawn

    return _drawn(factors, draw, Factor.at)


def morris(
    factors: Sequence[Factor],
    n: int,
    seed: int,
    levels: int = 4,
    groups: Mapping[str, str] | None = None,
) -> list[Point]:
    """`n` trajectories of k + 1 points for k varied factors, one factor moved at a time (1991).

    Each factor stands on `levels` levels from its lowest to its highest value (an even number) and
    moves by levels / (2 (levels - 1)) of that way, in lists and whole numbers to the nearest value.
    `groups`: for the path of each varied factor the name of its group; then the factors of a group
    move together, each up or down by chance, and k counts groups (Campolongo et al. 2007).
    """
    _check_counts(factors, n, seed, least=2)
    if not _whole(levels) or levels < 2 or levels % 2:
        raise ParameterError("study.levels", levels, "an even whole number of at least 2")
    check_size("study.n", n * (len(varied(factors)) + 1))
    from SALib.sample import morris as trajectories

    def draw(problem: dict[str, Any]) -> Array:
        if groups is not None:
            problem["groups"] = [groups[path] for path in problem["names"]]
        drawn: Array = trajectories.sample(problem, n, num_levels=levels, seed=seed)
        return drawn

    return _drawn(factors, draw, Factor.at_level)


def listed(points: Sequence[Mapping[str, Any]]) -> list[Point]:
    """The points as they are given; each must name the same paths."""
    if not points:
        raise ParameterError("study.points", list(points), "a list of at least one point")
    for k, point in enumerate(points):
        if not isinstance(point, Mapping) or set(point) != set(points[0]):
            allowed = "a mapping of the same paths at every point"
            raise ParameterError(f"study.points.{k}", point, allowed)
        for path, value in point.items():
            if not _plain(value):
                name = f"study.points.{k}.{path}"
                raise ParameterError(name, value, "a number, a word, true or false")
    return [{path: point[path] for path in points[0]} for point in points]


def _drawn(
    factors: Sequence[Factor],
    draw: Callable[[dict[str, Any]], Array],
    value_at: Callable[[Factor, float], Any],
) -> list[Point]:
    """Points from a sample of SALib in [0, 1]: float64 (n_points, n_varied)."""
    moved = [factor.path for factor in varied(factors)]
    with random_states_kept():
        shares = draw(problem_of(factors))
    points = []
    for row in shares.tolist():
        share = dict(zip(moved, row, strict=True))
        points.append({f.path: value_at(f, share.get(f.path, 0.0)) for f in factors})
    return points


def problem_of(factors: Sequence[Factor]) -> dict[str, Any]:
    """The varied factors as SALib wants them, each in [0, 1]."""
    names = [factor.path for factor in varied(factors)]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


@contextmanager
def random_states_kept() -> Iterator[None]:
    """Put back the global random states of numpy and Python, which SALib may seed."""
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)


def check_size(name: str, n_points: int, what: str = "points") -> None:
    """Refuse a design of more than `MOST_POINTS` points before it is made: `ParameterError`."""
    if n_points > MOST_POINTS:
        allowed = f"a design of at most {MOST_POINTS:,} {what}: fewer values, or fewer drawn points"
        raise ParameterError(name, f"{n_points:,} {what}", allowed)


def _check_paths(factors: Sequence[Factor]) -> None:
    paths = [factor.path for factor in factors]
    for k, path in enumerate(paths):
        if path in paths[:k]:
            raise ParameterError("study.factors", path, "named once")


def _check_counts(factors: Sequence[Factor], n: int, seed: int, least: int) -> None:
    _check_paths(factors)
    if not varied(factors):
        paths = [factor.path for factor in factors]
        raise ParameterError("study.factors", paths, "at least one factor with several values")
    if not _whole(n) or n < least:
        raise ParameterError("study.n", n, f"a whole number of at least {least}")
    if not _whole(seed) or seed < 0:
        raise ParameterError("study.seed", seed, "a whole number of at least 0")
