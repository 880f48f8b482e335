"""Which parameters a study of the model varies where nobody says so, and over which ranges.

Allowed ranges are far too wide to be plausible. Where the literature that the model is built on
gives a plausible range, that is taken; of everything else the half to one and a half times the
default [A]. What only changes how people are observed, and what is switched off, is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from bondsim.errors import ParameterError
from bondsim.params import CHANNEL_PARAMETERS, KINDS, ByKind, Params, Row, table
from bondsim.study.sampling import LINEAR, LOG, WHOLE, Factor

FROM, TO = 0.5, 1.5
"""Times the default, where no range is known [A]."""
ROOM = 1.2
"""Times the largest spread of a trait that must be possible at every mean [A]."""
TRIMMED = "; trimmed to means at which every spread is possible"
BY_FRACTION = f"{FROM:g} to {TO:g} times the default [A]"


class Range(NamedTuple):
    """A plausible range of a parameter, and where it is from."""

    low: float
    high: float
    source: str
    scale: str = LINEAR


_MULTIPLES = "the same multiples of the default, whose unit differs"

PLAUSIBLE: dict[str, Range] = {
    "population.presence_mean": Range(0.5, 0.9, "P(phone use) .3 (.1-.5) [A]; use and harm [P]"),
    "population.hours_mean": Range(0.71, 4.29, "15 h/wk (5-30) [A]"),
    "prior.kept.friend": Range(2.4, 9.6, "prior weight 6 (3-12), four fifths of it kept [A]"),
    "prior.broken.friend": Range(0.6, 2.4, "prior weight 6 (3-12), one fifth of it broken [A]"),
    "relate.phone_cost": Range(0.05, 0.35, ".15 (.05-.35) [A]; d .15-.25 [M]"),
    "relate.spill": Range(0.0, 0.2, ".1 (0-.2) [A]; indirect evidence"),
    "relate.cold": Range(0.0, 0.75, f".1 a SD (0-.3) [A]: {_MULTIPLES}; indirect evidence"),
    "relate.vigilance": Range(0.0, 0.6, f".2 SD (0-.4) [A]: {_MULTIPLES}; bias itself [P]"),
    "relate.disclosure_trust": Range(1.0, 4.0, "2 (1-4) [A]"),
    "relate.disclosure_loneliness": Range(0.0, 3.0, f".3 a SD (0-.6) [A]: {_MULTIPLES}; sign [P]"),
    "relate.reciprocation": Range(0.4, 0.9, ".7 (.4-.9) [A]"),
    "relate.tau": Range(60.0, 160.0, "100 h (60-160), Hall 2019 [P]; form [A]"),
    "relate.hurt_slowing": Range(0.0, 1.0, "multiplier at most 2 [A]"),
    "relate.touch_relief": Range(0.0, 0.2, ".1 SD (0-.2) [A]: the same multiples; stress [P]"),
    "relate.lam": Range(1.0, 5.0, "3 (1-5; 1 is symmetric) [A]; sign, Slovic 1993 [P]"),
    "relate.confirmation": Range(0.0, 1.0, ".5 (0-1) [A]; sign [P]"),
    "relate.repair_share": Range(0.0, 1.0, ".5 (0-1) [A]"),
    "relate.regard_rate": Range(0.01, 0.15, ".05 (.01-.15) [A]", LOG),
    "relate.understanding_rate": Range(0.005, 0.05, ".02 (.005-.05) [A]", LOG),
    "relate.weak_contacts": Range(0, 10, "3 (0-10) [A]", WHOLE),
    "relate.weak_ease": Range(0.0, 0.006, f".01 SD (0-.03) [A]: {_MULTIPLES}; thin evidence"),
    "relate.contagion": Range(0.0, 0.01, "contested: none to twice the default [A]"),
    "cool.closeness_half_life.friend": Range(120.0, 540.0, "8 months (4-18) [A]", LOG),
    "cool.evidence_half_life": Range(
        480.0, 4850.0, ".998 a week (.99-1), .999 taken for 1 [A]", LOG
    ),
    "part.similarity": Range(0.0, 0.4, "maintenance .1 (0-.4) [A]; near 0 in existing bonds [M]"),
    "part.loneliness": Range(0.0, 2.0, f".05 a SD (0-.2) [A]: {_MULTIPLES}; 8 % in 4 years [M]"),
    "reach_out.liking_gap": Range(0.0, 1.0, f".3 SD (0-.6) [A]: {_MULTIPLES}; gap itself [P]"),
    "reach_out.accept_similarity": Range(0.0, 2.0, "formation 1.0 (0-2) [A]; attraction [P]"),
    "reach_out.via_friend": Range(0.4, 0.65, "[A]: with via_context at most 1"),
    "reach_out.via_context": Range(0.1, 0.35, "[A]: with via_friend at most 1"),
    "feel.buffer": Range(0.0, 0.5, ".2 (0-.5) [A]; limited [P]"),
    "feel.security_half": Range(0.5, 2.0, "1 (.5-2) [M]", LOG),
    "feel.hurt_half_life": Range(180.0, 1440.0, "18 months (6-48) [A]", LOG),
}
"""Plausible ranges of what the model has, with their provenance.

[P] an abstract was read, [M] from memory, [A] an assumption. Where the range was given in another
unit than the parameter has, the parameter takes the same multiples of its default.
"""

STATED: dict[str, str] = {
    "observe": "observation: changes what is measured, not what happens",
    "channels": "a switch: compare with and without by bondsim channels",
}
"""Groups that are left out, and why."""


class Chosen(NamedTuple):
    """The factors of a study, the source of each range, and why other parameters are left out."""

    factors: list[Factor]
    sources: dict[str, str]
    left_out: dict[str, str]


def default_factors(params: Params | None = None, *, kinds: Sequence[str] = ("friend",)) -> Chosen:
    """The parameters of the model that a study varies where nobody says which.

    Every number of the model except those left out: groups of `STATED`, parameters of a channel
    that is off, parameters at the value that switches them off, and numbers by kind of bond for
    other kinds than `kinds`. `params`: the world whose values and switches count; None: the usual.

    A range always lies within the allowed one. It need not hold the value of `params`.
    """
    params = params if params is not None else Params()
    off = {
        path: f"channels.{channel} is off"
        for channel, paths in CHANNEL_PARAMETERS.items()
        if not getattr(params.channels, channel)
        for path in paths
    }
    found = Chosen([], {}, {})
    for row in table():
        value = getattr(getattr(params, row.path.split(".")[0]), row.path.split(".")[1])
        for path, number, neutral, why in _numbers(row, value, kinds):
            why = why or off.get(path, "")
            chosen = None if why else _range_of(path, number, neutral, row)
            if chosen is None:
                found.left_out[path] = why or "off at its default"
                continue
            low, high, source, scale = chosen
            found.factors.append(Factor(path, low, high, scale=scale))
            found.sources[path] = source
    return _possible(found, params)


def mechanism(path: str) -> str:
    """The group of parameters that a path belongs to: meet of meet.psi."""
    return path.partition(".")[0]


def within(path: str, name: str) -> bool:
    """Whether a name is this path's or of what holds it: its group, or the same of all kinds."""
    return path == name or path.startswith(f"{name}.")


def factors_by_name(names: Sequence[str], params: Params) -> list[Factor]:
    """The parameters that are named, and all of the groups that are, with their plausible ranges.

    Of a group those that are varied by default; a parameter may be of any kind of bond. Raises
    `ParameterError` for what is unknown or has no range of its own.
    """
    usual = default_factors(params).factors
    whole = default_factors(params, kinds=KINDS)
    ranges = {factor.path: factor for factor in whole.factors}
    found: dict[str, Factor] = {}
    for name in names:
        own = [factor for factor in usual if within(factor.path, name)]
        if name in ranges:
            own = [ranges[name]]
        if not own:
            raise ParameterError("sensitivity.factors", name, _allowed(name, whole))
        found |= {factor.path: factor for factor in own}
    return list(found.values())


def _allowed(name: str, whole: Chosen) -> str:
    if name in whole.left_out:
        why = whole.left_out[name]
        return f"a mapping with its range, {{{name}: {{low: , high: }}}}: it has none here ({why})"
    groups = list(dict.fromkeys(mechanism(factor.path) for factor in whole.factors))
    near = get_close_matches(name, [*groups, *(factor.path for factor in whole.factors)], 3)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    among = f"a group ({', '.join(groups)}) or a parameter of one"
    return f"{among}; {hint}of anything else give the range, {{path: {{low: , high: }}}}"


def _possible(chosen: Chosen, params: Params) -> Chosen:
    """Means of traits trimmed so that a Beta distribution has the largest spread at each of them.

    The spread of a number in [0, 1] with mean m is below sqrt(m (1 - m)).
    """
    whole = {row.path: row.high for row in table()}
    highs = {factor.path: factor.high for factor in chosen.factors}
    factors = []
    for factor in chosen.factors:
        trait, _, what = factor.path.rpartition("_")
        if not factor.path.startswith("population.") or what != "mean":
            factors.append(factor)
            continue
        scale, now = whole[factor.path], getattr(params.population, f"{trait.split('.')[1]}_sd")
        spread = ROOM * (highs.get(f"{trait}_sd") or now) / scale
        away = math.sqrt(max(0.25 - spread**2, 0.0))
        assert factor.low is not None and factor.high is not None
        low = max(factor.low, scale * (0.5 - away))
        high = min(factor.high, scale * (0.5 + away))
        if low >= high:
            chosen.left_out[factor.path] = "its spread leaves the mean no room"
            del chosen.sources[factor.path]
            continue
        if (low, high) != (factor.low, factor.high):
            chosen.sources[factor.path] += TRIMMED
        factors.append(Factor(factor.path, low, high))
    return chosen._replace(factors=factors)


def _numbers(
    row: Row, value: Any, kinds: Sequence[str]
) -> Iterator[tuple[str, float, float | None, str]]:
    """Path, value, value that switches it off, and why it is left out of each number of a row."""
    group = STATED.get(row.path.split(".")[0], "")
    if not isinstance(value, ByKind):
        yield row.path, value, row.neutral, group
        return
    for kind in KINDS:
        why = group or ("" if kind in kinds else "another kind of bond than is varied by default")
        neutral = None if row.neutral is None else getattr(row.neutral, kind)
        yield f"{row.path}.{kind}", getattr(value, kind), neutral, why


def _range_of(path: str, value: float, neutral: float | None, row: Row) -> Range | None:
    """The range of one number, or None where it is switched off or not bounded."""
    if not math.isfinite(value) or value == 0.0 or value == neutral:
        return None
    if path in PLAUSIBLE:
        return PLAUSIBLE[path]
    low, high = sorted((FROM * value, TO * value))
    low, high = max(low, row.low), min(high, row.high)
    if isinstance(value, int):
        return Range(max(round(low), int(row.low)), round(high), BY_FRACTION, WHOLE)
    return Range(low, high, BY_FRACTION)
