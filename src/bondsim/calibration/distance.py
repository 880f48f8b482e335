"""How far rows lie from their targets, in half-bands, and how many lie within."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bondsim.errors import DataError, ParameterError

if TYPE_CHECKING:
    from bondsim.state import Array

UNKNOWN = 20.0
"""Miss of a row that is not known, in half-bands.

A town in which a pattern cannot be seen at all is no town to keep, but no reason to stop.
"""


FITTED = "K"
"""The use of a target that parameters may be fitted to."""


_ABOVE_ONE = float(np.nextafter(1.0, 2.0))


class Target(Protocol):
    """A row of the target table: an observed number and the band around it."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def target(self) -> float | None:
        """What was observed; None or NaN: only the band is known."""

    @property
    def low(self) -> float:
        """Lower end of the band, -inf where it is open."""

    @property
    def high(self) -> float:
        """Upper end of the band, inf where it is open."""


@dataclass(frozen=True)
class Aim:
    """A row that is fitted: what a `Target` says, checked."""

    id: str
    target: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.target <= self.high or not self.low < self.high:
            found = f"{self.target:g} in the band {self.low:g} to {self.high:g}"
            raise DataError(f"target {self.id}", found, "give a number within its band")


@dataclass(frozen=True)
class Aims:
    """All rows that are fitted."""

    rows: tuple[Aim, ...]

    def __post_init__(self) -> None:
        rows = tuple(row if isinstance(row, Aim) else Aim(**row) for row in self.rows)
        object.__setattr__(self, "rows", rows)

    @property
    def names(self) -> list[str]:
        """Their ids."""
        return [row.id for row in self.rows]


def aims_of(targets: Sequence[Target], rows: Sequence[str] = ()) -> Aims:
    """The named rows of the targets, in the order in which they are named; all if none is.

    Where targets have a `use`, only those for calibration, ``K``, are known: what is held out to
    validate the model cannot be fitted. Raises `ParameterError` for an unknown row, `DataError` for
    a target outside its band.
    """
    known = {target.id: target for target in targets if getattr(target, "use", FITTED) == FITTED}
    unknown = [row for row in rows if row not in known]
    if unknown:
        raise ParameterError("calibrate.rows", unknown[0], f"a row to fit: {', '.join(known)}")
    if not known:
        raise ParameterError("calibrate.rows", list(rows), "rows of a table that has some")
    return Aims(tuple(_aim(known[row]) for row in rows or known))


def _aim(row: Target) -> Aim:
    low, high = float(row.low), float(row.high)
    target = math.nan if row.target is None else float(row.target)
    if math.isnan(target):
        # of an open band all that is wanted is its one end
        ends = [end for end in (low, high) if math.isfinite(end)]
        target = math.fsum(ends) / len(ends) if ends else math.nan
    return Aim(row.id, target, low, high)


def halves(aims: Aims) -> tuple[Array, Array]:
    """Width of each band below and above its target: float64 (n rows,), inf toward an open end.

    Where the target is an end of the band, half of the whole band beyond it; 1 if that is open.
    """
    target, low, high = _columns(aims)
    whole = np.where(np.isfinite(high - low), 0.5 * (high - low), 1.0)
    under = np.where(target > low, target - low, whole)
    over = np.where(high > target, high - target, whole)
    return under, over


def misses(values: Array, aims: Aims) -> Array:
    """How far rows lie from their targets, signed, in half-bands; `UNKNOWN` for NaN.

    The half of the band on the row's own side counts, so a row lies within its band exactly where
    the miss is in [-1, 1]. Where the target is an end of the band, half of the whole band counts
    beyond that end, where all is outside; toward an open end nothing is missed.

    Parameters
    ----------
    values : float64 (..., n rows)
        In the order of `aims`.
    """
    values = np.asarray(values, float)
    target, low, high = _columns(aims)
    under, over = halves(aims)
    off = values - target
    with np.errstate(over="ignore"):  # of a half so small that the miss is infinite
        miss = off / np.where(off > 0.0, over, under)
    # a rounding must not put a number on the other side of its band's end
    least = np.where((off > 0.0) & (high > target) | (off < 0.0) & (low < target), _ABOVE_ONE, 0.0)
    size = np.where(within(values, aims), np.minimum(np.abs(miss), 1.0),
                    np.maximum(np.abs(miss), least))  # fmt: skip
    miss = np.copysign(size, miss)
    return np.where(np.isfinite(values), miss, UNKNOWN)


def distances(values: Array, aims: Aims) -> Array:
    """Root mean square of the misses: float64 (...); 1: rows lie at the ends of their bands."""
    found: Array = np.sqrt(np.mean(misses(values, aims) ** 2, axis=-1))
    return found


def within(values: Array, aims: Aims) -> Array:
    """Which rows lie in their bands: bool, of the shape of `values`; the unknown do not."""
    _, low, high = _columns(aims)
    values = np.asarray(values, float)
    return np.asarray((values >= low) & (values <= high))


def hits(values: Array, aims: Aims) -> Array:
    """How many rows lie in their bands: int64 (...)."""
    found: Array = within(values, aims).sum(axis=-1)
    return found


def all_within(values: Array, aims: Aims) -> Array:
    """Whether all rows lie in their bands: bool (...)."""
    return np.asarray(within(values, aims).all(axis=-1))


def _columns(aims: Aims) -> tuple[Array, Array, Array]:
    """Target, low and high of each row."""
    rows = np.array([(row.target, row.low, row.high) for row in aims.rows], float)
    return rows[:, 0], rows[:, 1], rows[:, 2]
