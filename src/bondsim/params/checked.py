"""How a parameter is declared - unit, range, source, off value - and how it is checked."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from types import UnionType
from typing import Any, ClassVar, get_args, get_type_hints

import numpy as np

from bondsim.errors import ParameterError

NO_SOURCE = "no source"
INF = math.inf


@dataclass(frozen=True)
class ByKind:
    """One number for each kind of bond."""

    family: float
    partner: float
    friend: float
    coworker: float
    client: float

    def as_tuple(self) -> tuple[float, ...]:
        """The five numbers in the order of `KINDS`."""
        return tuple(float(getattr(self, kind)) for kind in KINDS)


KINDS = tuple(f.name for f in fields(ByKind))
"""The kinds of bond; a kind's code in every array is its place in this tuple."""
FAMILY, PARTNER, FRIEND, COWORKER, CLIENT = range(len(KINDS))


def same_for_all_kinds(value: float) -> ByKind:
    """The same number for each kind of bond."""
    return ByKind(value, value, value, value, value)


def par(
    default: Any,
    doc: str,
    *,
    unit: str = "1",
    low: float = 0,
    high: float = 1,
    source: str = NO_SOURCE,
    neutral: Any = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare one parameter: its default and what a reader must know about it.

    `low` of a text or a list is its least length.
    """
    meta = {
        "doc": doc, "unit": unit, "low": low, "high": high,
        "source": source, "neutral": neutral, "choices": choices,
    }  # fmt: skip
    return field(default=default, metadata=meta)


class Checked:
    """A group of parameters that refuses values outside their declared type and range."""

    GROUP: ClassVar[str]
    """The name of the group in configs, tables and messages; empty: names stand alone."""

    def __post_init__(self) -> None:
        cls: type = type(self)
        hints = _types_of(cls)
        for f in fields(self):  # type: ignore[arg-type]
            name = f"{self.GROUP}.{f.name}".lstrip(".")
            value = _checked(name, getattr(self, f.name), hints[f.name], f.metadata)
            object.__setattr__(self, f.name, value)


@cache
def _types_of(cls: type) -> dict[str, Any]:
    """The declared type of each field, which takes longer to find than all else of a check."""
    return get_type_hints(cls)


def _checked(name: str, value: Any, kind: Any, meta: Mapping[str, Any]) -> Any:
    """`value` as `kind`, or a `ParameterError` that says what is allowed."""
    if kind is ByKind:
        if isinstance(value, Mapping):
            value = by_kind(name, value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            value = same_for_all_kinds(value)
        if not isinstance(value, ByKind):
            allowed = f"one number, or one for each of {', '.join(KINDS)}"
            raise ParameterError(name, value, allowed)
        named = ((f"{name}.{k}", getattr(value, k)) for k in KINDS)
        return ByKind(*(checked_number(path, number, float, meta) for path, number in named))
    if isinstance(kind, UnionType):  # may be left out
        return None if value is None else _checked(name, value, get_args(kind)[0], meta)
    if kind is str:
        return _text(name, value, meta)
    if kind is bool:
        if not isinstance(value, bool):
            raise ParameterError(name, value, "on or off")
        return value
    if kind in _LISTS:
        return _several(name, value, kind, meta)
    return checked_number(name, value, kind, meta)


def _text(name: str, value: Any, meta: Mapping[str, Any]) -> str:
    """`value` as a text; a path may be a `pathlib.Path`, or None for none."""
    choices, is_path = meta["choices"], meta["unit"] == "path"
    allowed = f"one of {', '.join(choices)}" if choices else "a path" if is_path else "a text"
    if is_path and (value is None or isinstance(value, os.PathLike)):
        value = os.fspath(value) if value else ""
    known = isinstance(value, str) and (value in choices or not choices)
    if not known or len(value.strip()) < meta["low"]:
        raise ParameterError(name, value, allowed)
    return str(value)


def _finite(value: Any) -> float:
    """`value` as a finite number; a text that reads like one is none."""
    if isinstance(value, str | np.bool_):
        raise TypeError
    number = float(value)
    if not math.isfinite(number):
        raise TypeError
    return number


_LISTS: dict[Any, tuple[Callable[[Any], Any], str]] = {
    tuple[int, ...]: (operator.index, "whole numbers"),
    tuple[float, ...]: (_finite, "finite numbers"),
    tuple[str, ...]: (os.fspath, "texts"),
}
"""What makes or refuses one entry of a list, and the word for several."""


def _several(name: str, value: Any, kind: Any, meta: Mapping[str, Any]) -> tuple[Any, ...]:
    """`value` as a tuple of its kind."""
    one, what = _LISTS[kind]
    least = f"at least {meta['low']} " if meta["low"] else ""
    try:
        # letters of a text and truth values would pass for entries, and nobody means them
        mistaken = isinstance(value, str) or any(isinstance(x, bool | bytes) for x in value)
        entries = () if mistaken else tuple(one(x) for x in value)
    except (TypeError, OverflowError):
        mistaken = True
    if mistaken or len(entries) < meta["low"]:
        raise ParameterError(name, value, f"a list of {least}{what}")
    return entries


def checked_number(name: str, value: Any, kind: type, meta: Mapping[str, Any]) -> Any:
    """`value` as a number of type `kind` within the range in `meta`."""
    wanted, form = ("a whole number", "") if kind is int else ("a number", "g")
    unit = "" if meta["unit"] == "1" else f" {meta['unit']}"
    allowed = f"{wanted} in [{meta['low']:{form}}, {meta['high']:{form}}]{unit}"
    if isinstance(value, bool | np.bool_):
        raise ParameterError(name, value, allowed)
    try:
        # A whole number stays one: float would round seeds above 2**53.
        whole = hasattr(value, "__index__") or (kind is int and isinstance(value, str))
        number = int(value) if whole else float(value)
        float(number)
    except (TypeError, ValueError, OverflowError):
        raise ParameterError(name, value, allowed) from None
    if number != number or not meta["low"] <= number <= meta["high"]:
        raise ParameterError(name, value, allowed)
    if kind is int and (abs(number) == INF or number != int(number)):
        raise ParameterError(name, value, allowed)
    return kind(number)


def by_kind(name: str, values: Mapping[str, Any]) -> ByKind:
    """A `ByKind` from a mapping that names all five kinds and nothing else."""
    unknown = sorted(set(values) - set(KINDS))
    missing = sorted(set(KINDS) - set(values))
    if unknown or missing:
        what = f"unknown {', '.join(unknown)}" if unknown else f"missing {', '.join(missing)}"
        raise ParameterError(name, what, f"a number for each of {', '.join(KINDS)}")
    return ByKind(**values)
