"""Every number that a world depends on, with its unit, range, source and off value beside it.

`Params` is one complete world except for the network's data: frozen dataclasses, one per part of
the model, checked when they are made. `table()` lists every parameter for people and for tests.

Sources carry a mark of strength: [P] the paper's abstract was read, [M] from memory, [A] an
assumption without direct evidence. A parameter without a source says so.
"""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, ClassVar, NamedTuple, get_type_hints

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
    low: float = 0.0,
    high: float = 1.0,
    source: str = NO_SOURCE,
    neutral: Any = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare one parameter: its default and what a reader must know about it."""
    meta = {
        "doc": doc, "unit": unit, "low": low, "high": high,
        "source": source, "neutral": neutral, "choices": choices,
    }  # fmt: skip
    return field(default=default, metadata=meta)


class Checked:
    """A group of parameters that refuses values outside their declared type and range."""

    GROUP: ClassVar[str]
    """The name of the group in configs, tables and messages."""

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for f in fields(self):  # type: ignore[arg-type]
            name = f"{self.GROUP}.{f.name}"
            value = _checked(name, getattr(self, f.name), hints[f.name], f.metadata)
            object.__setattr__(self, f.name, value)


def _checked(name: str, value: Any, kind: Any, meta: Mapping[str, Any]) -> Any:
    """`value` as `kind`, or a `ParameterError` that says what is allowed."""
    if kind is ByKind:
        if isinstance(value, Mapping):
            value = by_kind(name, value)
        if not isinstance(value, ByKind):
            raise ParameterError(name, value, f"a number for each of {', '.join(KINDS)}")
        return ByKind(*(_number(f"{name}.{k}", getattr(value, k), float, meta) for k in KINDS))
    if kind is str:
        if not isinstance(value, str) or (meta["choices"] and value not in meta["choices"]):
            choices = "one of " + ", ".join(meta["choices"])
            raise ParameterError(name, value, choices if meta["choices"] else "a text")
        return value
    if kind is bool:
        if not isinstance(value, bool):
            raise ParameterError(name, value, "on or off")
        return value
    if kind == tuple[int, ...]:
        return _whole_numbers(name, value)
    return _number(name, value, kind, meta)


def _whole_numbers(name: str, value: Any) -> tuple[int, ...]:
    """`value` as a tuple of whole numbers."""
    try:
        numbers = tuple(operator.index(x) for x in value)
    except TypeError:
        raise ParameterError(name, value, "a list of whole numbers") from None
    return numbers


def _number(name: str, value: Any, kind: type, meta: Mapping[str, Any]) -> Any:
    wanted = "a whole number" if kind is int else "a number"
    allowed = f"{wanted} in [{meta['low']:g}, {meta['high']:g}] ({meta['unit']})"
    if isinstance(value, bool):
        raise ParameterError(name, value, allowed)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ParameterError(name, value, allowed) from None
    if math.isnan(number) or not meta["low"] <= number <= meta["high"]:
        raise ParameterError(name, value, allowed)
    if kind is int and (math.isinf(number) or number != int(number)):
        raise ParameterError(name, value, allowed)
    return value if isinstance(value, kind) else kind(number)


def by_kind(name: str, values: Mapping[str, Any]) -> ByKind:
    """A `ByKind` from a mapping that names all five kinds and nothing else."""
    unknown = sorted(set(values) - set(KINDS))
    missing = sorted(set(KINDS) - set(values))
    if unknown or missing:
        what = f"unknown {', '.join(unknown)}" if unknown else f"missing {', '.join(missing)}"
        raise ParameterError(name, what, f"a number for each of {', '.join(KINDS)}")
    return ByKind(**values)


@dataclass(frozen=True)
class Population(Checked):
    """How traits are spread over people: each is Beta with this mean and standard deviation."""

    GROUP = "population"

    empathy_mean: float = par(0.625, "mean empathy", source="Beta(5, 3) [A]")
    empathy_sd: float = par(0.16, "spread of empathy", high=0.4, source="Beta(5, 3) [A]")
    respect_mean: float = par(0.7, "mean respect shown")
    respect_sd: float = par(0.12, "spread of respect shown", high=0.4)
    presence_mean: float = par(
        0.7, "mean presence: share of shared time without a screen", source="P(phone use) .3 [A]"
    )
    presence_sd: float = par(0.15, "spread of presence", high=0.4)
    interest_mean: float = par(0.6, "mean genuine interest")
    interest_sd: float = par(0.15, "spread of genuine interest", high=0.4)
    authenticity_mean: float = par(0.6, "mean authenticity", source="mean .6, SD .2 [A]")
    authenticity_sd: float = par(0.2, "spread of authenticity", high=0.4, source="[A]")
    reliability_mean: float = par(0.85, "mean reliability")
    reliability_sd: float = par(0.1, "spread of reliability", high=0.4)
    initiative_mean: float = par(0.6, "mean initiative", unit="meetings/day")
    initiative_sd: float = par(0.18, "spread of initiative", unit="meetings/day", high=0.4)
    set_point_mean: float = par(
        0.26, "mean dispositional loneliness", source="UCLA 31-40 of 20-80, Russell 1996 [M]"
    )
    set_point_sd: float = par(
        0.125, "spread of dispositional loneliness", high=0.4, source="twin studies, 37-55 % [P]"
    )
    set_point_loading: float = par(
        0.5, "correlation of set point with place in interest space; what selection can sort on",
        neutral=0.0,
    )  # fmt: skip
    need_mean: float = par(0.72, "mean need for connection")
    need_sd: float = par(0.1, "spread of need for connection", high=0.4)
    hours_mean: float = par(2.2, "mean social hours", unit="h/day", high=16.0, source="15 h/wk [A]")
    hours_sd: float = par(0.8, "spread of social hours", unit="h/day", high=6.0)


@dataclass(frozen=True)
class Prior(Checked):
    """The views that start a bond which the data say nothing about."""

    GROUP = "prior"

    kept: ByKind = par(
        ByKind(12.0, 14.0, 8.0, 4.5, 4.0), "kept promises a bond starts with", unit="promises",
        low=0.01, high=1000.0, source="prior weight 6 (3-12) [A]",
    )  # fmt: skip
    broken: ByKind = par(
        ByKind(2.0, 2.0, 2.0, 1.5, 2.0), "breaches a bond starts with", unit="promises",
        low=0.01, high=1000.0, source="prior weight 6 (3-12) [A]",
    )  # fmt: skip
    regard: ByKind = par(ByKind(0.65, 0.75, 0.65, 0.5, 0.5), "regard at the start")
    understanding: ByKind = par(ByKind(0.6, 0.7, 0.6, 0.45, 0.4), "understanding at the start")
    closeness: ByKind = par(ByKind(0.72, 0.83, 0.3, 0.2, 0.02), "closeness at the start")
    spread: float = par(
        0.15, "half-width of the uniform spread of regard, understanding and closeness at the start",
        high=0.5, neutral=0.0,
    )  # fmt: skip
    age: ByKind = par(
        ByKind(7300.0, 2500.0, 1500.0, 700.0, 300.0), "mean age of a bond at the start",
        unit="days", high=40_000.0,
    )  # fmt: skip
    hurt_distrust: float = par(
        0.5, "share by which full hurt lowers the kept promises a new bond starts with", neutral=0.0
    )
    impression: float = par(
        0.4, "how far the other's empathy moves the first regard", neutral=0.0
    )
    likeness: float = par(
        0.3, "how far similarity moves the first understanding (selection channel)",
        source="attraction r = .39-.47 [P]", neutral=0.0,
    )  # fmt: skip


@dataclass(frozen=True)
class Meet(Checked):
    """Phase 1: who spends time with whom."""

    GROUP = "meet"

    psi: float = par(
        2.0, "preference for felt bonds: exponent of felt in the weights", high=10.0,
        source="tuned to time shares .40/.60 of the inner 5/15, Dunbar [M]", neutral=0.0,
    )  # fmt: skip
    role: ByKind = par(
        ByKind(0.5, 1.0, 1.2, 0.4, 0.15), "weight of a kind in sharing out time", high=100.0,
        neutral=same_for_all_kinds(1.0),
    )  # fmt: skip
    eta1: float = par(
        1.4, "reaching out with a little loneliness (conduct channel)", high=10.0,
        source="quadratic state effect [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    eta2: float = par(
        2.0, "withdrawing with much loneliness (conduct channel)", high=10.0,
        source="quadratic state effect [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    base_hours: ByKind = par(
        ByKind(2.0, 2.0, 2.0, 1.0, 0.5), "length of a meeting", unit="h", high=24.0
    )
    gap_gain: float = par(
        0.15, "lengthening by the log of the days since last met", high=10.0,
        source="log compensation in calls [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    duty_prob: ByKind = par(
        ByKind(0.1, 0.9, 0.0, 0.6, 0.2), "chance of an obligatory meeting in a day",
        unit="1/day", source="context hours 5-20 h/wk at work [A]", neutral=same_for_all_kinds(0.0),
    )  # fmt: skip
    duty_hours: ByKind = par(
        ByKind(1.0, 2.0, 1.0, 2.0, 0.3), "length of an obligatory meeting", unit="h", high=24.0
    )


@dataclass(frozen=True)
class Relate(Checked):
    """Phase 2: how people treat each other and what it does to the bond."""

    GROUP = "relate"

    distraction: float = par(0.1, "screens in the environment", neutral=0.0)
    attention_noise: float = par(0.1, "standard deviation of attention from meeting to meeting",
                                 neutral=0.0)  # fmt: skip
    phone_cost: float = par(
        0.15, "loss of quality by full phone use; mere presence costs nothing",
        source="d .15-.25 [M]; presence does not replicate [P]", neutral=0.0,
    )  # fmt: skip
    spill: float = par(
        0.1, "self-worth's part in warmth (conduct channel)", source="indirect [A]", neutral=0.0
    )
    cold: float = par(
        0.25, "loneliness's part in warmth (conduct channel)", source="indirect [A]", neutral=0.0
    )
    strain: float = par(0.3, "share of warmth lost under full stress", neutral=0.0)
    vigilance: float = par(
        0.3, "warmth that full loneliness hides from the perceiver (conduct channel)",
        source="perception bias [P]; .2 SD (0-.4) [A]", neutral=0.0,
    )  # fmt: skip
    safety: float = par(
        0.5, "share of vigilance that full felt security takes away", source="[M]", neutral=0.0
    )
    disclosure_base: float = par(-1.6, "disclosure: intercept", unit="logit", low=-20, high=20)
    disclosure_trust: float = par(
        2.0, "disclosure: trust", unit="logit", high=20, source="2 (1-4) [A]", neutral=0.0
    )
    disclosure_closeness: float = par(1.5, "disclosure: closeness", unit="logit", high=20,
                                      neutral=0.0)  # fmt: skip
    disclosure_authenticity: float = par(1.0, "disclosure: authenticity", unit="logit", high=20,
                                         neutral=0.0)  # fmt: skip
    disclosure_hurt: float = par(2.0, "disclosure: hurt, negative", unit="logit", high=20,
                                 neutral=0.0)  # fmt: skip
    disclosure_loneliness: float = par(
        1.5, "disclosure: loneliness, negative (conduct channel)", unit="logit", high=20,
        source="less self-disclosure [P]; .3 a SD [A]", neutral=0.0,
    )  # fmt: skip
    reciprocation: float = par(
        0.7, "how far disclosure is matched to the other's", source=".7 (.4-.9) [A]", neutral=0.0
    )
    similarity_width: float = par(
        0.25, "distance in interest space at which similarity is .61", low=0.001, high=10.0
    )
    similarity_aid: float = par(
        0.2, "share of being understood that needs similarity", source="small upkeep effect [P]",
        neutral=0.0,
    )  # fmt: skip
    quality_gain: float = par(
        3.4, "scale: an ordinary good talk between friends has quality 1", high=100.0,
        source="set by the hours to friendship, Hall 2019 [P]", neutral=0.0,
    )  # fmt: skip
    duty_quality: float = par(
        0.1, "share in which obligatory hours count", source="they do not speed friendship [M]",
        neutral=0.0,
    )  # fmt: skip
    tau: float = par(
        100.0, "quality hours to closeness 1 - 1/e", unit="h", low=1.0, high=INF,
        source="Hall 2019 [P]; form [A]", neutral=INF,
    )  # fmt: skip
    hurt_slowing: float = par(1.0, "slowing of closeness by full hurt: tau * (1 + this)",
                              high=10.0, source="multiplier at most 2 [A]", neutral=0.0)  # fmt: skip
    closeness_cap: ByKind = par(
        ByKind(1.0, 1.0, 1.0, 1.0, 0.4), "closeness a kind can reach", low=0.01,
        source="clients .4, Price & Arnould 1999 [M]", neutral=same_for_all_kinds(1.0),
    )  # fmt: skip
    close_cut: float = par(
        0.6, "closeness from which a friend counts as close (touch, betrayal, confidants)",
        source="between friend .59 and close friend .86 [A]",
    )  # fmt: skip
    touch_closeness: float = par(0.002, "closeness from an hour with touch", unit="1/h",
                                 source="[A]", neutral=0.0)  # fmt: skip
    touch_relief: float = par(
        0.1, "share of stress that an hour with touch takes away", unit="1/h",
        source="anxiety g .64, Packheiser 2024 [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    promise_prob: float = par(0.2, "chance that a promise falls due in a meeting", neutral=0.0)
    exposure: float = par(
        0.06, "chance that an unreliable person's lapse in a full disclosure becomes a breach",
        neutral=0.0,
    )  # fmt: skip
    lam: float = par(
        3.0, "weight of a breach against a kept promise", unit="promises", high=50.0,
        source="negativity, Slovic 1993 [P]; 3 (1-5) [A]", neutral=1.0,
    )  # fmt: skip
    confirmation: float = par(
        0.5, "how far evidence counts more when it confirms trust", source="[P]; .5 (0-1) [A]",
        neutral=0.0,
    )  # fmt: skip
    deceit_prob: float = par(0.25, "share of breaches that deceived", neutral=0.0)
    deceit_ceiling: float = par(
        0.8, "share of earlier trust that can be reached after a deceit",
        source="never fully recovers, Schweitzer 2006 [P]; .8 [A]", neutral=1.0,
    )  # fmt: skip
    repair_base: float = par(-1.5, "repair: intercept", unit="logit", low=-20, high=20)
    repair_empathy: float = par(
        1.5, "repair: offender's empathy", unit="logit", high=20,
        source="forgiveness r .51 [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    repair_closeness: float = par(1.0, "repair: victim's closeness", unit="logit", high=20,
                                  neutral=0.0)  # fmt: skip
    repair_share: float = par(0.5, "share of a breach that a repair takes back", source=".5 [A]",
                              neutral=0.0)  # fmt: skip
    injury: float = par(
        0.25, "hurt left by a breach in full closeness and disclosure", source="[A]", neutral=0.0
    )
    contempt: float = par(0.15, "share of regard lost by a breach", neutral=0.0)
    regard_rate: float = par(
        0.05, "regard: step toward what was perceived, per meeting", source=".05 (.01-.15) [A]",
        neutral=0.0,
    )  # fmt: skip
    understanding_rate: float = par(
        0.02, "understanding: step toward what was perceived, per hour", unit="1/h",
        source=".02 (.005-.05) [A]", neutral=0.0,
    )  # fmt: skip
    accomplishment_prob: float = par(
        0.033, "chance of an accomplishment in a day", unit="1/day", source="1 a month [A]",
        neutral=0.0,
    )  # fmt: skip
    recognition_worth: float = par(
        0.05, "self-worth from one recognition by an admired person", source="sociometer [M]",
        neutral=0.0,
    )  # fmt: skip
    recognition_regard: float = par(
        0.05, "regard from one recognition by an admired person", source="capitalization [P]",
        neutral=0.0,
    )  # fmt: skip
    contagion: float = par(
        0.005, "mood that passes in a meeting (affect channel)",
        source="contested; rank stability bounds it, ODD section 9 [A]", neutral=0.0,
    )  # fmt: skip
    weak_contacts: int = par(
        3, "chance encounters in a day", unit="1/day", high=50, source="3 (0-10) [A]", neutral=0
    )
    weak_ease: float = par(
        0.002, "share of social loneliness that one kind encounter takes away",
        source="thin evidence [A]", neutral=0.0,
    )  # fmt: skip


@dataclass(frozen=True)
class Cool(Checked):
    """Phase 3: what happens to views without a meeting."""

    GROUP = "cool"

    closeness_half_life: ByKind = par(
        ByKind(1800.0, 90.0, 240.0, 90.0, 30.0), "half-life of closeness without a meeting",
        unit="days", low=0.1, high=INF, source="no direct estimate [A]",
        neutral=same_for_all_kinds(INF),
    )  # fmt: skip
    view_half_life: float = par(
        730.0, "half-life of regard's and understanding's distance from neutral", unit="days",
        low=0.1, high=INF, neutral=INF,
    )  # fmt: skip
    neutral_regard: float = par(0.5, "regard that nothing feeds")
    neutral_understanding: float = par(0.4, "understanding that nothing feeds")
    evidence_half_life: float = par(
        2424.0, "half-life of evidence beyond the kind's prior", unit="days", low=0.1, high=INF,
        source=".998 a week [A]", neutral=INF,
    )  # fmt: skip


@dataclass(frozen=True)
class Part(Checked):
    """Phase 4: how bonds end."""

    GROUP = "part"

    base: ByKind = par(
        ByKind(-7.5, -5.0, -2.7, -3.0, -4.0), "daily hazard: intercept by kind", unit="logit",
        low=-40, high=20, source="7-year retention .48 [P]; split by kind [A]",
        neutral=same_for_all_kinds(-40.0),
    )  # fmt: skip
    strength: float = par(4.0, "hazard: strength, negative", unit="logit", high=20,
                          source="weight predicts persistence [P]", neutral=0.0)  # fmt: skip
    reciprocity: float = par(1.0, "hazard: reciprocity, negative", unit="logit", high=20,
                             source="mutual .55-.67, one-sided .40 a year [P]",
                             neutral=0.0)  # fmt: skip
    log_age: float = par(0.25, "hazard: log of age in days, negative", unit="logit", high=5,
                         source="power-law decay, Burt 2000 [M]", neutral=0.0)  # fmt: skip
    common_friends: float = par(0.15, "hazard: a shared friend, negative", unit="logit", high=5,
                                source="embeddedness, Burt 2000 [M]", neutral=0.0)  # fmt: skip
    common_friends_cap: int = par(5, "shared friends beyond this count no more", unit="people",
                                  high=1000)  # fmt: skip
    similarity: float = par(
        0.3, "hazard: similarity, negative (selection channel)", unit="logit", high=20,
        source="near 0 in existing bonds [M]", neutral=0.0,
    )  # fmt: skip
    loneliness: float = par(
        0.5, "hazard: mean loneliness of both (loss channel)", unit="logit", high=20,
        source="8 % of friends in 4 years [M]", neutral=0.0,
    )  # fmt: skip
    loss_stress: float = par(0.5, "stress from losing a fully close bond", neutral=0.0)
    estrangement: float = par(0.5, "share of closeness that an estranged family bond keeps",
                              neutral=1.0)  # fmt: skip


@dataclass(frozen=True)
class ReachOut(Checked):
    """Phase 5: first steps, new bonds, and bonds that change their kind."""

    GROUP = "reach_out"

    step_rate: float = par(
        1.0, "first steps of a person with full need and full confidence", unit="1/day",
        neutral=0.0,
    )  # fmt: skip
    step_base: float = par(-1.0, "first step: intercept", unit="logit", low=-20, high=20)
    step_initiative: float = par(1.5, "first step: initiative", unit="logit", high=20, neutral=0.0)
    step_worth: float = par(1.0, "first step: self-worth", unit="logit", high=20, neutral=0.0)
    liking_gap: float = par(
        0.5, "first step: underestimated chance of being liked, negative", unit="logit", high=20,
        source="liking gap [P]; .3 SD (0-.6) [A]", neutral=0.0,
    )  # fmt: skip
    step_hurt: float = par(1.5, "first step: hurt, negative", unit="logit", high=20, neutral=0.0)
    step_chronic: float = par(
        1.5, "first step: chronic loneliness, negative (conduct channel)", unit="logit", high=20,
        source="withdrawal [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    via_friend: float = par(0.62, "share of first steps toward a friend of a friend", source="[A]")
    via_context: float = par(
        0.22, "share of first steps toward someone of the same context; the rest to strangers",
        source="[A]",
    )  # fmt: skip
    client_share: float = par(0.2, "share of new bonds within a context that are with clients")
    accept_base: float = par(-1.0, "acceptance: intercept", unit="logit", low=-20, high=20)
    accept_empathy: float = par(1.5, "acceptance: empathy", unit="logit", high=20, neutral=0.0)
    accept_similarity: float = par(
        1.5, "acceptance: similarity (selection channel)", unit="logit", high=20,
        source="1.0 (0-2) [A]", neutral=0.0,
    )  # fmt: skip
    accept_loneliness: float = par(
        1.0, "acceptance: own loneliness, negative (loss channel)", unit="logit", high=20,
        neutral=0.0,
    )  # fmt: skip
    room: int = par(40, "bonds at which a person has no room for another", unit="bonds", low=1,
                    high=100_000)  # fmt: skip
    first_closeness: float = par(0.05, "closeness of a new bond")
    friend_cut: float = par(
        0.39, "closeness on both sides at which a coworker or client becomes a friend",
        source="50 h, Hall 2019 [P]",
    )  # fmt: skip
    partner_cut: float = par(0.55, "strength from which two single friends may become partners")
    partner_prob: float = par(0.004, "chance of that in a day on which they meet", unit="1/day",
                              neutral=0.0)  # fmt: skip


@dataclass(frozen=True)
class Feel(Checked):
    """Phase 6: stress, self-worth, security and the two facets of loneliness."""

    GROUP = "feel"

    kappa: float = par(
        0.015, "relaxation of loneliness in a day", unit="1/day", source=".1 a week [A]"
    )
    gamma: float = par(0.6, "weight of unmet need", high=5.0, neutral=0.0)
    good_ties: float = par(
        3.2, "sum of felt at which the social facet is served to 1 - 1/e", low=0.01, high=100.0,
        source="knee at 4 close friends [P]",
    )  # fmt: skip
    social_weight: ByKind = par(
        ByKind(0.1, 0.5, 1.0, 0.3, 0.15), "weight of a kind in the social facet",
        source="family count has no effect [P]",
    )  # fmt: skip
    confidant_weight: ByKind = par(
        ByKind(0.9, 1.0, 1.0, 0.4, 0.1), "weight of a kind as a confidant (emotional facet)",
        source="partner protects most [P]",
    )  # fmt: skip
    noise_sd: float = par(0.018, "daily noise of each facet", source="state variance about half [M]",
                          neutral=0.0)  # fmt: skip
    stress_weight: float = par(0.15, "stress in the target of loneliness", high=5.0, neutral=0.0)
    buffer: float = par(
        0.2, "share of stress that full support takes away", source="limited [P]; .2 (0-.5) [A]",
        neutral=0.0,
    )  # fmt: skip
    stress_prob: float = par(0.0164, "chance of a stressful event in a day", unit="1/day",
                             source=".5 a month [A]", neutral=0.0)  # fmt: skip
    stress_size: float = par(0.4, "stress from one event", neutral=0.0)
    stress_half_life: float = par(14.0, "half-life of stress", unit="days", low=0.1, high=INF)
    worth_rate: float = par(
        0.02, "self-worth: step toward the regard perceived on a day with meetings", unit="1/day",
        source="cross-lag .08 a year [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    worth_return: float = par(0.01, "self-worth: daily return to its resting level", unit="1/day",
                              neutral=0.0)  # fmt: skip
    worth_rest: float = par(0.6, "resting level of self-worth")
    security_half: float = par(1.0, "closeness times trust of the closest five that gives "
                               "half security", low=0.01, high=10.0, source="1 (.5-2) [M]")  # fmt: skip
    hurt_half_life: float = par(540.0, "half-life of hurt", unit="days", low=0.1, high=INF,
                                source="18 months (6-48) [A]")  # fmt: skip
    chronic_half_life: float = par(180.0, "half-life of the memory that makes loneliness chronic",
                                   unit="days", low=0.1, high=INF)  # fmt: skip
    climate_sd: float = par(0.06, "spread of a context's climate (context channel)", neutral=0.0)
    climate_half_life: float = par(180.0, "half-life of a context's climate", unit="days", low=0.1,
                                   high=1e9)  # fmt: skip


@dataclass(frozen=True)
class Turnover(Checked):
    """People who move away and newcomers who take their place. Off by default."""

    GROUP = "turnover"

    rate: float = par(0.0, "chance that a person moves away", unit="1/day", neutral=0.0)


@dataclass(frozen=True)
class Observe(Checked):
    """How loneliness is read off, as a survey would."""

    GROUP = "observe"

    cut_1: float = par(
        0.36, "loneliness from which a week has 1-2 lonely days", source="CES-D item, 79 % below [A]"
    )
    cut_2: float = par(
        0.47, "loneliness from which a week has 3-4 lonely days", source="CES-D item, 13 % [A]"
    )
    cut_3: float = par(
        0.55, "loneliness from which a week has 5-7 lonely days", source="CES-D item, 5 % [A]"
    )
    lonely_cut: float = par(
        0.40, "loneliness from which a person counts as lonely", source="16 % lonely [P]"
    )


@dataclass(frozen=True)
class Channels(Checked):
    """The five ways in which loneliness can look contagious; off puts their neutral values."""

    GROUP = "channels"

    affect: bool = par(True, "mood passes in a meeting", neutral=False)
    conduct: bool = par(True, "lonely people act colder and perceive colder", neutral=False)
    loss: bool = par(True, "lonely people lose bonds, their neighbours with them", neutral=False)
    selection: bool = par(True, "similar people bond and stay bonded", neutral=False)
    context: bool = par(True, "people of one place share its climate", neutral=False)


CHANNEL_PARAMETERS: dict[str, tuple[str, ...]] = {
    "affect": ("relate.contagion",),
    "conduct": (
        "relate.cold", "relate.vigilance", "relate.spill", "relate.disclosure_loneliness",
        "meet.eta1", "meet.eta2", "reach_out.step_chronic",
    ),
    "loss": ("part.loneliness", "reach_out.accept_loneliness"),
    "selection": (
        "reach_out.accept_similarity", "part.similarity", "prior.likeness",
        "population.set_point_loading",
    ),
    "context": ("feel.climate_sd",),
}  # fmt: skip
"""The parameters that each channel puts at their neutral values when it is off."""


@dataclass(frozen=True)
class Params:
    """One complete world, except for the network's data and the day on which it stops.

    `seed` is a whole number in [0, 2**63): the only source of luck.
    """

    seed: int = 1
    population: Population = field(default_factory=Population)
    prior: Prior = field(default_factory=Prior)
    meet: Meet = field(default_factory=Meet)
    relate: Relate = field(default_factory=Relate)
    cool: Cool = field(default_factory=Cool)
    part: Part = field(default_factory=Part)
    reach_out: ReachOut = field(default_factory=ReachOut)
    feel: Feel = field(default_factory=Feel)
    turnover: Turnover = field(default_factory=Turnover)
    observe: Observe = field(default_factory=Observe)
    channels: Channels = field(default_factory=Channels)

    def __post_init__(self) -> None:
        meta = {"low": 0, "high": 2**63 - 1, "unit": "1"}
        object.__setattr__(self, "seed", _number("seed", self.seed, int, meta))
        hints = get_type_hints(type(self))
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name != "seed" and not isinstance(value, hints[f.name]):
                raise ParameterError(f.name, value, f"a {hints[f.name].__name__}")
        if self.reach_out.via_friend + self.reach_out.via_context > 1.0:
            total = self.reach_out.via_friend + self.reach_out.via_context
            raise ParameterError(
                "reach_out.via_friend + reach_out.via_context", total, "a sum of at most 1"
            )
        cuts = (self.observe.cut_1, self.observe.cut_2, self.observe.cut_3)
        if list(cuts) != sorted(cuts):
            raise ParameterError("observe.cut_1, cut_2, cut_3", cuts, "rising numbers")

    def replace(self, **changes: Any) -> Params:
        """A copy with some values changed, named by path: ``replace(**{"meet.psi": 1.0})``."""
        tree = self.as_dict()
        for path, value in changes.items():
            *parents, leaf = path.split(".")
            node: Any = tree
            for name in [*parents, leaf]:
                if not isinstance(node, dict) or name not in node:
                    raise ParameterError(path, value, "the path of a parameter; see `bondsim params`")
                parent, node = node, node[name]
            parent[leaf] = dataclasses.asdict(value) if is_dataclass(value) else value  # type: ignore[arg-type]
        return from_dict(tree)

    def as_dict(self) -> dict[str, Any]:
        """Plain nested dictionaries, as written to files."""
        return dataclasses.asdict(self)

    def effective(self) -> Params:
        """The same world with the neutral values of every channel that is off."""
        neutral = {row.path: row.neutral for row in table()}
        off = [name for name in CHANNEL_PARAMETERS if not getattr(self.channels, name)]
        paths = [path for name in off for path in CHANNEL_PARAMETERS[name]]
        return self.replace(**{path: neutral[path] for path in paths})


GROUPS: dict[str, type] = {
    f.name: get_type_hints(Params)[f.name] for f in fields(Params) if f.name != "seed"
}
"""Name and class of each group of parameters, in the order of the model."""


def from_dict(tree: Mapping[str, Any]) -> Params:
    """`Params` from nested mappings; anything unknown or out of range is refused by name."""
    unknown = sorted(set(tree) - set(GROUPS) - {"seed"})
    if unknown:
        raise ParameterError(unknown[0], tree[unknown[0]], f"one of seed, {', '.join(GROUPS)}")
    groups = {
        name: group_from_dict(name, GROUPS[name], values)
        for name, values in tree.items()
        if name != "seed"
    }
    return Params(seed=tree.get("seed", 1), **groups)


def group_from_dict(name: str, cls: type, values: Any) -> Any:
    """One group of parameters from a mapping."""
    if isinstance(values, cls):
        return values
    names = [f.name for f in fields(cls)]
    if not isinstance(values, Mapping):
        raise ParameterError(name, values, f"a group with {', '.join(names)}")
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise ParameterError(
            f"{name}.{unknown[0]}", values[unknown[0]], f"one of {', '.join(names)}"
        )
    return cls(**values)


class Row(NamedTuple):
    """One parameter as people read it."""

    path: str
    default: Any
    unit: str
    low: float
    high: float
    source: str
    neutral: Any
    doc: str


def table() -> Iterator[Row]:
    """Every parameter of the model, group by group."""
    for cls in GROUPS.values():
        yield from group_table(cls)


def group_table(cls: type) -> Iterator[Row]:
    """Every parameter of one group."""
    for f in fields(cls):
        m = f.metadata
        yield Row(
            f"{cls.GROUP}.{f.name}", f.default, m["unit"], m["low"], m["high"],  # type: ignore[attr-defined]
            m["source"], m["neutral"], m["doc"],
        )  # fmt: skip
