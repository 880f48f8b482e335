"""What a measure is: numbers with a definition, a source and a unit, and how they are computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.measures.recorded import Snapshot

if TYPE_CHECKING:
    from bondsim.state import Array

Compute = Callable[[Sequence[Snapshot], int], Mapping[str, float]]
"""From waves in rising order of day, the last being now, and a seed of permutations."""


class Measure(NamedTuple):
    """One entry of the registry; `unit` is that of the first outcome.

    `source` carries its mark: [P] read, [M] from memory, [A] assumed. `described`: unit and meaning
    of each of the `outcomes`. `n_waves`: the least number of waves that it needs.
    """

    name: str
    unit: str
    definition: str
    source: str
    outcomes: tuple[str, ...]
    compute: Compute
    n_waves: int = 1
    described: Mapping[str, tuple[str, str]] = {}


class Outcome(NamedTuple):
    """One number that a measure gives: what it is called, its unit, what it says."""

    name: str
    unit: str
    meaning: str
    measure: str


def measure(
    name: str,
    definition: str,
    source: str,
    outcomes: Mapping[str, tuple[str, str]],
    compute: Compute,
    n_waves: int = 1,
) -> Measure:
    """A `Measure` from its `outcomes`, unit and meaning by name."""
    unit = next(iter(outcomes.values()))[0]
    return Measure(name, unit, definition, source, tuple(outcomes), compute, n_waves, outcomes)


def column(table: Mapping[str, Array], name: str, size: int) -> Array:
    """A column as float64 (size,); NaN throughout where the table has none, as of a survey."""
    return table[name].astype(float) if name in table else np.full(size, np.nan)


def of_people(now: Snapshot, name: str = "loneliness") -> Array:
    """A column of persons as float64 (n_agents,), NaN where it is not known."""
    return column(now.agents, name, now.n_agents)
