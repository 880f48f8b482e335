"""Grids: one or two parameters and the values that they take, and the worlds of each point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.errors import ParameterError
from bondsim.network import SOURCES, Network
from bondsim.params import (
    CHANNEL_PARAMETERS,
    CHANNELS,
    KINDS,
    ByKind,
    Checked,
    group_table,
    par,
    table,
)

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.params import Row

PRESENCE, SHARES = "population.presence_mean", (0.3, 0.45, 0.6, 0.75, 0.9)
"""What is varied where nothing else is named."""
ALL_CHANNELS = "channels"
"""What stands for all five channels together."""


@dataclass(frozen=True)
class GridPlan(Checked):
    """What is varied, and which outcomes are looked at."""

    GROUP = "grid"

    x: str | None = par(
        PRESENCE, "parameter that is varied, a name of `bondsim params`; channels: all five at "
        "once; null: none", unit="name", low=1,
    )  # fmt: skip
    x_values: tuple[float, ...] | None = par(
        (), f"its values, a switch being 0 or 1; empty: {', '.join(f'{v:g}' for v in SHARES)} "
        f"for {PRESENCE}", low=0,
    )  # fmt: skip
    y: str | None = par("", "second parameter, varied against x; null: none", unit="name", low=0)
    y_values: tuple[float, ...] | None = par((), "its values", low=0)
    outcomes: tuple[str, ...] = par(
        ("prevalence", "mean_loneliness", "emotional", "social", "layer_friend", "survival"),
        "names of `bondsim measures`, taken on the last day (and the first, where two are needed)",
        low=1,
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("x", "y"):
            object.__setattr__(self, name, getattr(self, name) or None)
            values = getattr(self, f"{name}_values") or ()
            object.__setattr__(self, f"{name}_values", values)
        if self.x == PRESENCE and not self.x_values:
            object.__setattr__(self, "x_values", SHARES)
        for axis in ("x", "y"):
            self._check_axis(axis)
        if self.y is not None and self.x is None:
            raise ParameterError("grid.y", self.y, "null where grid.x is null")
        if self.y is not None and self.y == self.x:
            raise ParameterError("grid.y", self.y, "another parameter than grid.x")
        check_once("grid.outcomes", self.outcomes)

    def _check_axis(self, axis: str) -> None:
        path, values = getattr(self, axis), getattr(self, f"{axis}_values")
        name = f"grid.{axis}_values"
        if path is None and values:
            raise ParameterError(name, list(values), f"empty where grid.{axis} is null")
        if path is not None and len(values) < 2:
            allowed = f"a list of at least 2 numbers, the values of {path}"
            raise ParameterError(name, list(values), allowed)
        check_once(name, values)

    @property
    def axes(self) -> tuple[tuple[str, tuple[float, ...]], ...]:
        """Path and values of each parameter that is varied: none, one or two."""
        both = ((self.x, self.x_values), (self.y, self.y_values))
        return tuple((path, values) for path, values in both if path and values)

    @property
    def points(self) -> list[tuple[float, float]]:
        """The values (x, y) of each point, x changing fastest; NaN for what is not varied."""
        found = [(x, y) for y in self.y_values or (math.nan,) for x in self.x_values or (math.nan,)]
        return found


def check_once(name: str, values: Sequence[Any]) -> None:
    """Refuse a list that holds something twice: `ParameterError`."""
    twice = [value for k, value in enumerate(values) if value in values[:k]]
    if twice:
        raise ParameterError(name, twice[0], "in the list once")


def designs_of(design: Design, plan: GridPlan) -> list[Design]:
    """The design of each point, in the order of `GridPlan.points`.

    `ParameterError`, before any day is lived, for a parameter that nobody knows, that is out of
    range, or that changes nothing here, and for interventions that not every world can have.
    """
    for axis, (path, _) in zip("xy", plan.axes, strict=False):
        _check_path(f"grid.{axis}", path, design)
    paths = [path for path, _ in plan.axes]
    designs = [at_point(design, dict(zip(paths, point, strict=False))) for point in plan.points]
    _check_moves(designs, plan)
    if design.interventions:
        for one in designs:  # whom they are for may not be there in every world
            one.world(0)
    return designs


def at_point(design: Design, values: Mapping[str, float]) -> Design:
    """The design with these values, by path; `ParameterError` for one that is out of range."""
    params: dict[str, Any] = {}
    network: dict[str, Any] = {}
    for path, value in values.items():
        group, _, name = path.partition(".")
        if group == "network":
            network[name] = value
        elif group == ALL_CHANNELS:
            switched = CHANNELS if path == ALL_CHANNELS else (name,)
            params |= {f"{group}.{channel}": _switch(path, value) for channel in switched}
        else:
            params[path] = value
    spec = replace(design.network, **network) if network else design.network
    return replace(design, params=design.params.replace(**params), network=spec)


def _switch(path: str, value: float) -> bool:
    if value not in (0.0, 1.0):
        raise ParameterError(path, value, "0 (off) or 1 (on)")
    return value == 1.0


def _check_path(name: str, path: str, design: Design) -> None:
    if path.startswith("network.") and isinstance(design.network, Network):
        raise ParameterError(name, path, "of the model: this network is read, and made only once")
    source = "" if isinstance(design.network, Network) else design.network.source
    known = [row.path for row in _rows(source)]
    by_kind = [row.path for row in _rows(source) if isinstance(row.default, ByKind)]
    known += [ALL_CHANNELS, *(f"{each}.{kind}" for each in by_kind for kind in KINDS)]
    if path not in known:
        near = get_close_matches(path, known, n=3, cutoff=0.6)
        hint = f", such as {', '.join(near)}" if near else ""
        raise ParameterError(name, path, f"a parameter of the model or of this network{hint}")


def _check_moves(designs: Sequence[Design], plan: GridPlan) -> None:
    """Refuse a parameter that is out of force at every point."""
    if not plan.axes:
        return
    shape = [len(values) for _, values in reversed(plan.axes)]
    worlds = np.empty(len(designs), object)
    for k, one in enumerate(designs):
        spec = None if isinstance(one.network, Network) else one.network
        worlds[k] = (one.params.effective(), spec)
    grid = worlds.reshape(shape)
    for place, (path, _) in enumerate(plan.axes):
        lines = np.moveaxis(grid, len(shape) - 1 - place, -1).reshape(-1, shape[-1 - place])
        if all(all(world == line[0] for world in line) for line in lines):
            off = [c for c, paths in CHANNEL_PARAMETERS.items()
                   if any(path.startswith(each) for each in paths)
                   and not getattr(designs[0].params.channels, c)]  # fmt: skip
            why = f"channels.{off[0]} is off" if off else "the other parameter sets it as well"
            raise ParameterError(
                f"grid.{'xy'[place]}", path, f"a parameter that changes something here: {why}"
            )


def _rows(source: str) -> list[Row]:
    """Every parameter of the model and of a network."""
    return [*table(), *(group_table(SOURCES[source]) if source in SOURCES else ())]


def parameter_words(path: str, source: str) -> tuple[str, str]:
    """What a parameter that is varied means, and its unit ("1" for none)."""
    if path == ALL_CHANNELS:
        return "all five channels", "1"
    for row in _rows(source):
        if path == row.path:
            return row.doc, row.unit
        if path.rpartition(".")[0] == row.path:
            return f"{row.doc}, {path.rpartition('.')[2]}", row.unit
    return path, "1"


def value_word(path: str, value: float) -> str:
    """A value of a parameter as people read it."""
    if path.split(".")[0] == ALL_CHANNELS:
        return "on" if value else "off"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
