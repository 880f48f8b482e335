"""One registry of all measures: numbers by name, each with its definition, source and unit.

Every measure is computed from snapshots alone, fresh, stored or surveyed. A column that a snapshot
lacks is not known, and what rests on it is NaN.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from bondsim.errors import ParameterError
from bondsim.measures.clustering import CLUSTERING
from bondsim.measures.health import BURDEN
from bondsim.measures.knee import KNEE
from bondsim.measures.levels import INEQUALITY, LEVELS
from bondsim.measures.likeness import HOMOPHILY, LIKENESS
from bondsim.measures.measure import Compute, Measure, Outcome
from bondsim.measures.periphery import PERIPHERY
from bondsim.measures.recorded import Snapshot
from bondsim.measures.statistics import UNKNOWN
from bondsim.measures.structure import STRUCTURE
from bondsim.measures.survival import SURVIVAL

__all__ = ["MEASURES", "OUTCOMES", "Compute", "Measure", "Outcome", "outcomes_of", "rows"]

MEASURES: dict[str, Measure] = {
    each.name: each
    for each in (
        *LEVELS, KNEE, *LIKENESS, CLUSTERING, PERIPHERY, SURVIVAL, *STRUCTURE, HOMOPHILY,
        INEQUALITY, BURDEN,
    )
}  # fmt: skip
"""Every measure by its name."""
DIGITS = 12
"""Significant digits of outcomes: what linear algebra gives beyond depends on the processor."""
OUTCOMES: dict[str, Outcome] = {
    name: Outcome(name, unit, meaning, each.name)
    for each in MEASURES.values()
    for name, (unit, meaning) in each.described.items()
}
"""Every number that a measure gives, by its name."""


def outcomes_of(names: Sequence[str], waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    """The outcomes of these names, each measure computed once.

    `waves`: snapshots in rising order of day, at least one; the last is now. `seed`: of shuffled
    labels and sampled sources. NaN where an outcome is not defined, as in a network without bonds
    or without people. `ParameterError` for an unknown name, for waves out of order, and for fewer
    waves than a measure needs.
    """
    _check(names, waves)
    found: dict[str, float] = {}
    for name in names:
        if name not in found:
            found.update(_computed(MEASURES[OUTCOMES[name].measure], waves, seed))
    return {name: float(f"{found[name]:.{DIGITS}g}") for name in names}


def _computed(each: Measure, waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    """All outcomes of a measure: NaN where a wave that it needs holds nobody."""
    needed = (waves[0], waves[-1]) if each.n_waves > 1 else waves[-1:]
    if any(wave.n_agents == 0 for wave in needed):
        return dict.fromkeys(each.outcomes, UNKNOWN)
    return {name: float(value) for name, value in each.compute(waves, seed).items()}


def check_names(names: Sequence[str]) -> None:
    """Refuse an outcome that nobody knows, and none at all: `ParameterError`."""
    if not names:
        raise ParameterError("outcomes", list(names), "at least one name of `bondsim measures`")
    for name in names:
        if name not in OUTCOMES:
            near = get_close_matches(name, OUTCOMES, n=3, cutoff=0.5)
            hint = f", such as {', '.join(near)}" if near else ""
            raise ParameterError("outcome", name, f"one of the {len(OUTCOMES)} outcomes{hint}")


def _check(names: Sequence[str], waves: Sequence[Snapshot]) -> None:
    check_names(names)
    days = [wave.day for wave in waves]
    if not days or days != sorted(set(days)):
        raise ParameterError("waves", days, "at least one day, in rising order")
    for name in names:
        least = MEASURES[OUTCOMES[name].measure].n_waves
        if len(waves) < least:
            raise ParameterError("waves", days, f"at least {least} days for {name}")


def rows() -> Iterator[tuple[str, str, str, str, tuple[str, ...]]]:
    """A row for each measure: name, unit, definition, source, outcomes."""
    for each in MEASURES.values():
        yield each.name, each.unit, each.definition, each.source, each.outcomes
