"""Parameters as the compiled phases take them: named tuples of plain numbers, by group."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import fields
from typing import Any, NamedTuple

from bondsim.params import (
    CLIENT,
    COWORKER,
    FRIEND,
    PARTNER,
    ByKind,
    Cool,
    Feel,
    Meet,
    Observe,
    Params,
    Part,
    Prior,
    ReachOut,
    Relate,
)


def _tuple_of(name: str, group: type) -> Any:
    """A named tuple class with the fields of a group; it must be a name of this module."""
    return namedtuple(name, [f.name for f in fields(group)], module=__name__)


PriorRates = _tuple_of("PriorRates", Prior)
MeetRates = _tuple_of("MeetRates", Meet)
RelateRates = _tuple_of("RelateRates", Relate)
CoolRates = _tuple_of("CoolRates", Cool)
PartRates = _tuple_of("PartRates", Part)
ReachOutRates = _tuple_of("ReachOutRates", ReachOut)
FeelRates = _tuple_of("FeelRates", Feel)
ObserveRates = _tuple_of("ObserveRates", Observe)


class KindRates(NamedTuple):
    """One number for each kind of bond."""

    family: float
    partner: float
    friend: float
    coworker: float
    client: float


def of_kind(numbers, kind):
    """The number of this kind, by selection: looking it up in memory keeps loops from SIMD."""
    number = numbers.family
    number = numbers.partner if kind == PARTNER else number
    number = numbers.friend if kind == FRIEND else number
    number = numbers.coworker if kind == COWORKER else number
    return numbers.client if kind == CLIENT else number


class Rates(NamedTuple):
    """All numbers that phases and read-outs need; of a `ByKind`, `of_kind` gives a kind's."""

    prior: Any
    meet: Any
    relate: Any
    cool: Any
    part: Any
    reach_out: Any
    feel: Any
    observe: Any


def rates_of(params: Params) -> Rates:
    """The rates of a world, with the neutral values of every channel that is off."""
    effective = params.effective()
    return Rates(
        PriorRates(*_numbers(effective.prior)),
        MeetRates(*_numbers(effective.meet)),
        RelateRates(*_numbers(effective.relate)),
        CoolRates(*_numbers(effective.cool)),
        PartRates(*_numbers(effective.part)),
        ReachOutRates(*_numbers(effective.reach_out)),
        FeelRates(*_numbers(effective.feel)),
        ObserveRates(*_numbers(effective.observe)),
    )


def _numbers(group: Any) -> list[Any]:
    values = [getattr(group, f.name) for f in fields(group)]
    return [KindRates(*v.as_tuple()) if isinstance(v, ByKind) else v for v in values]
