"""Parameters of people, of the bonds they start with, and of how they are observed."""

from __future__ import annotations

from dataclasses import dataclass

from bondsim.params.checked import ByKind, Checked, par


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
    initiative_mean: float = par(0.76, "mean initiative", unit="meetings/day", source="[F]")
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
    need_mean: float = par(0.8, "mean need for connection", source="[F]")
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
    closeness: ByKind = par(
        ByKind(0.37, 0.83, 0.3, 0.2, 0.02), "closeness at the start", source="family [F]"
    )
    spread: float = par(
        0.15, "half-width of the spread of regard, understanding and closeness at the start",
        high=0.5, neutral=0.0,
    )  # fmt: skip
    age: ByKind = par(
        ByKind(7300.0, 2500.0, 1500.0, 700.0, 300.0), "mean age of a bond at the start",
        unit="days", high=40_000.0,
    )  # fmt: skip
    hurt_distrust: float = par(
        0.5, "share by which full hurt lowers the kept promises a new bond starts with", neutral=0.0
    )
    impression: float = par(0.4, "how far the other's empathy moves the first regard", neutral=0.0)
    likeness: float = par(
        0.3, "how far similarity moves the first understanding (selection channel)",
        source="attraction r = .39-.47 [P]", neutral=0.0,
    )  # fmt: skip


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
        0.36, "loneliness from which a week has 1-2 lonely days",
        source="CES-D item, 79 % below [A]",
    )  # fmt: skip
    cut_2: float = par(
        0.47, "loneliness from which a week has 3-4 lonely days", source="CES-D item, 13 % [A]"
    )
    cut_3: float = par(
        0.55, "loneliness from which a week has 5-7 lonely days", source="CES-D item, 5 % [A]"
    )
    lonely_cut: float = par(
        0.40, "loneliness from which a person counts as lonely", source="16 % lonely [P]"
    )
    height_loading: float = par(
        0.5, "correlation of height, a negative control, with place in interest space",
        source="[A]", neutral=0.0,
    )  # fmt: skip
    headache_climate: float = par(
        10.0, "headaches, a negative control, by the climate of the context", unit="days/week",
        high=1000.0, source="[A]", neutral=0.0,
    )  # fmt: skip


@dataclass(frozen=True)
class Channels(Checked):
    """The five ways in which loneliness can look contagious; off puts their neutral values."""

    GROUP = "channels"

    affect: bool = par(True, "mood passes in a meeting", neutral=False)
    conduct: bool = par(True, "lonely people act colder and perceive colder", neutral=False)
    loss: bool = par(True, "lonely people lose bonds, their neighbours with them", neutral=False)
    selection: bool = par(True, "similar people bond and stay bonded", neutral=False)
    context: bool = par(True, "people of one place share its climate", neutral=False)
