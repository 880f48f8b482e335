"""What is believed of a parameter before any row is seen: a range, even on a scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.causal.grid import ALL_CHANNELS, GridPlan, designs_of
from bondsim.errors import ParameterError
from bondsim.network import SOURCES
from bondsim.params import group_table, table

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.state import Array

SCALES = ("linear", "log")
NAME = "calibrate.priors"
_KEYS = {"low", "high", "scale"}


@dataclass(frozen=True)
class Prior:
    """Any value in [low, high] is as likely as any other, on this scale.

    Searches move in places in [0, 1], where every prior is even. Of a `whole` parameter each
    number from low to high is as likely as any other on its scale.
    """

    path: str
    low: float
    high: float
    scale: str = "linear"
    whole: bool = False

    def __post_init__(self) -> None:
        name = f"{NAME}.{self.path}"
        for end in ("low", "high"):
            value = getattr(self, end)
            if isinstance(value, bool | str) or not isinstance(value, int | float | np.number):
                raise ParameterError(name, value, "two numbers, as in [low, high]")
            object.__setattr__(self, end, float(value))
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ParameterError(name, [self.low, self.high], "two finite numbers, the lower first")
        if self.scale not in SCALES:
            raise ParameterError(f"{name}.scale", self.scale, f"one of {', '.join(SCALES)}")
        if self.scale == "log" and self.low <= 0.0:
            raise ParameterError(f"{name}.low", self.low, "above 0, since its scale is log")

    @property
    def _ends(self) -> tuple[float, float]:
        # half a number more on each side, so that the first and the last get their share
        spare = 0.5 if self.whole else 0.0
        low, high = self.low - spare, self.high + spare
        return (math.log(low), math.log(high)) if self.scale == "log" else (low, high)

    def value(self, place: float) -> float:
        """The value at a place in [0, 1]."""
        if not 0.0 < place < 1.0:
            return self.low if place <= 0.0 else self.high
        low, high = self._ends
        at = low + place * (high - low)
        found = math.exp(at) if self.scale == "log" else at
        found = float(round(found)) if self.whole else found
        return min(max(found, self.low), self.high)  # exp(log(x)) may fall a rounding outside

    def place(self, value: float) -> float:
        """The place in [0, 1] of a value; of a whole number the middle of its places."""
        low, high = self._ends
        at = math.log(value) if self.scale == "log" else value
        return min(max((at - low) / (high - low), 0.0), 1.0)

    def density(self, values: Array) -> Array:
        """Density over values: float64, of their shape, 0 outside."""
        values = np.asarray(values, float)
        inside = (values >= self.low) & (values <= self.high)
        if self.scale == "linear":
            return np.where(inside, 1.0 / (self.high - self.low), 0.0)
        width = math.log(self.high / self.low)
        return np.where(inside, 1.0 / (np.where(inside, values, 1.0) * width), 0.0)

    def as_entry(self) -> dict[str, Any]:
        """What configs say of it."""
        return {"low": self.low, "high": self.high, "scale": self.scale}


def priors_of(entries: Any) -> tuple[Prior, ...]:
    """Priors from a mapping of paths to ``[low, high]`` or ``{low, high, scale}``.

    Paths may also be nested groups, as in files. Raises `ParameterError`.
    """
    allowed = "a mapping of paths to ranges, as in {meet.psi: [1, 8]}"
    if not isinstance(entries, Mapping) or not entries:
        raise ParameterError(NAME, entries, allowed)
    flat = _flat(entries, "")
    return tuple(_prior(path, entry) for path, entry in flat.items())


def _flat(entries: Mapping[str, Any], start: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, entry in entries.items():
        path = f"{start}{name}"
        if isinstance(entry, Mapping) and not set(entry) & _KEYS:
            found |= _flat(entry, f"{path}.")
        else:
            found[path] = entry
    return found


def _prior(path: str, entry: Any) -> Prior:
    if isinstance(entry, Prior):
        return entry
    name, allowed = f"{NAME}.{path}", "[low, high] or {low: ..., high: ..., scale: linear or log}"
    if isinstance(entry, Mapping):
        if not {"low", "high"} <= set(entry) <= _KEYS:
            raise ParameterError(name, dict(entry), allowed)
        return Prior(path, **entry)
    if isinstance(entry, str) or not isinstance(entry, Sequence) or len(entry) != 2:
        raise ParameterError(name, entry, allowed)
    return Prior(path, *entry)


def checked_in(design: Design, priors: Sequence[Prior]) -> tuple[Prior, ...]:
    """The priors, those of whole numbers marked; refuses what these worlds cannot have.

    `ParameterError` for a parameter that nobody knows, a switch, a range beyond what is allowed,
    and a parameter that changes nothing here.
    """
    plain = replace(design, interventions=())
    return tuple(_checked(plain, prior) for prior in priors)


def _checked(design: Design, prior: Prior) -> Prior:
    name = f"{NAME}.{prior.path}"
    if prior.path.split(".")[0] == ALL_CHANNELS:
        raise ParameterError(name, prior.path, "a number; a switch is set, not fitted")
    prior = replace(prior, whole=_is_whole(design, prior.path))
    for end in ("low", "high") if prior.whole else ():
        if getattr(prior, end) != round(getattr(prior, end)):
            raise ParameterError(f"{name}.{end}", getattr(prior, end), "a whole number")
    try:
        designs_of(design, GridPlan(x=prior.path, x_values=(prior.low, prior.high)))
    except ParameterError as error:
        if error.name == "grid.x":
            raise ParameterError(name, error.value, error.allowed) from None
        raise ParameterError(f"{name}: {error.name}", error.value, error.allowed) from None
    return prior


def _is_whole(design: Design, path: str) -> bool:
    source = getattr(design.network, "source", "")
    cls = SOURCES.get(source) if isinstance(source, str) else None
    rows = [*table(), *(group_table(cls) if cls is not None else ())]
    defaults = {row.path: row.default for row in rows}
    return type(defaults.get(path)) is int
