"""Rows of the scorecard about bonds: how many, how much time, how lasting, how they begin."""

from __future__ import annotations

from bondsim.validation.target import K, Target, V

_PHONE = "phone calls: 4.1, 11, 30 and 129 [P]; 5, 15, 50 and 150 [M]"
_SHARES = "Dunbar: 40 and 60 % of social time [M]"
_LAYER = (
    "Mean number of others whom one is expected to meet by choice at least {often}, from the day's "
    "chances of meeting; meetings at work are no choice, as calls are not."
)

CIRCLES = (
    Target(
        "T8a", "others in the innermost layer of contact", "people", 4.1, 2.87, 5.33, K, _PHONE,
        _LAYER.format(often="weekly"),
    ),
    Target(
        "T8b", "others in the two innermost layers", "people", 11.0, 7.7, 14.3, K, _PHONE,
        _LAYER.format(often="monthly"),
    ),
    Target(
        "T8c", "others in the three innermost layers", "people", 30.0, 21.0, 39.0, K, _PHONE,
        _LAYER.format(often="twice a year"),
    ),
    Target(
        "T8d", "others in all four layers", "people", 129.0, 90.3, 167.7, V, _PHONE,
        _LAYER.format(often="yearly"),
    ),
    Target(
        "T9a", "share of social time with the closest five", "1", 0.40, 0.32, 0.48, K, _SHARES,
        "Expected hours of the day by choice (work is no social time) with the closest five, "
        "over those with all, mean over people.",
    ),
    Target(
        "T9b", "share of social time with the closest fifteen", "1", 0.60, 0.52, 0.68, K, _SHARES,
        "The same for the closest fifteen.",
    ),
)  # fmt: skip
"""Layers and time."""

LASTING = (
    Target(
        "T10a", "ties named that are left after seven years", "1", 0.48, 0.42, 0.54, K,
        "Dutch adults, N = 604 [P]",
        "Of those named in one wave (the ten closest of any kind but clients, if as close as a "
        "casual friend), the share that the same person, still there, names seven years later.",
    ),
    Target(
        "T10b", "change in the number of ties named over seven years", "1", 0.0, -0.10, 0.10, K,
        "size of personal networks constant, N = 604 [P]",
        "Names given seven years later over names given first, less 1.",
    ),
    Target(
        "T11", "closest others who are others a year later", "1/year", 0.025, 0.01, 0.04, V,
        "1-4 % a year in the inner circle [P]",
        "Of the five closest of a person, the share who are not among them a year later, mean over "
        "years.",
    ),
    Target(
        "T13", "namings that are returned", "1", 0.60, 0.50, 0.70, K,
        "edgewise .47-.62 in schools [P]; .42-.74 in public data [C]",
        "Survey in which each names the closest friends and coworkers of the own context, at most "
        "eight, as pupils name seven to nine of those on their school's roster and nobody "
        "outside; share of namings returned.",
    ),
    Target(
        "T14", "chains of namings that are closed", "1", 0.40, 0.31, 0.49, K,
        "transitivity .34-.45 in schools [P]; .31-.49 in public data [C]",
        "Of chains a names b, b names c in the same survey, the share in which a names c.",
    ),
    Target(
        "T17", "assortativity of the number of ties", "1", 0.175, 0.0, 0.35, V,
        "public friendship networks [C]",
        "Correlation over ties of the numbers of ties, in the network of the same survey.",
    ),
    Target(
        "T18", "ties that two waves a year apart share", "Jaccard", 0.425, 0.30, 0.55, K,
        "waves in schools, .40-.56 [P]; .30-.55 in public data [C]",
        "Namings in both waves of the same survey over namings in either, mean over years.",
    ),
    Target(
        "T19a", "adolescents whom nobody names", "1", 0.275, 0.15, 0.40, V,
        "support networks of adolescents [C]",
        "Nothing: the people here are adults.",
        represented=False,
    ),
    Target(
        "T19b", "adults without a confidant", "1", 0.145, 0.04, 0.25, V,
        "GSS 2004: 4 to 25 % by the reading [P]",
        "Share of people who are to nobody as close as .7, from where one discusses what matters "
        "[A].",
    ),
    Target(
        "T21a", "share of friendships that people believe returned", "1", 0.95, 0.85, 1.0, V,
        "six surveys of 600 students [P]",
        "Nothing: no one has a belief about the other's closeness.",
        represented=False,
    ),
    Target(
        "T21b", "share of friendships that are returned", "1", 0.50, 0.40, 0.60, V,
        "six surveys of 600 students [P]",
        "Of all others to whom a person is as close as to a friend, without a cap, the share who "
        "are as close to them.",
    ),
)  # fmt: skip
"""Who stays with whom, and who names whom."""

BEGINNINGS = (
    *(
        Target(
            f"T20{letter}", f"hours together until {what}", "h", target, low, high, K,
            f"Hall 2019: {told} [P]{rest}",
            "Two strangers of one place who meet every day by choice for two hours, all else the "
            f"model's: hours at which the mean closeness of both first reaches {cut}, median over "
            "pairs.",
        )
        for letter, what, target, low, high, told, rest, cut in (
            ("a", "casual friends", 50.0, 40.0, 60.0, "40-60", "", ".39"),
            ("b", "friends", 90.0, 80.0, 100.0, "80-100", "", ".59"),
            ("c", "close friends", 200.0, 200.0, 300.0, "over 200", "", ".86"),
        )
    ),
    Target(
        "T22a", "loss of trust over gain, at even trust", "1", 2.0, 1.0, 5.0, V,
        "negative events move trust more, Slovic 1993: the sign [P]",
        "A breach's fall in trust over an equal kept promise's rise, at trust .5 and the weight of "
        "evidence of a friendship's start (ODD eq. 1, 26, 27).",
    ),
    Target(
        "T22b", "weight of a breach over a kept promise, at full trust", "1", 1.0, 0.5, 1.5, V,
        "confirmation bias outweighs negativity at the extremes [P]",
        "What a breach adds to the evidence over what a kept promise adds, at trust 1.",
    ),
    Target(
        "T23a", "trust lost to an early breach less that to a late one", "1",
        0.05, 0.005, 1.0, V, "first encounter against tenth, Lount 2008: the sign [P]",
        "Twenty meetings with a promise each, one of them broken, the first or the eleventh: trust "
        "lacking in the end against no breach, early less late.",
    ),
    Target(
        "T23b", "trust regained after a breach without deceit", "1", 1.0, 0.9, 1.1, V,
        "full recovery, Schweitzer et al. 2006 [P]",
        "Share of the trust lost that fifty kept promises bring back, after ten before.",
    ),
    Target(
        "T23c", "trust regained after a deceit", "1", 0.5, 0.0, 0.95, V,
        "never full, Schweitzer et al. 2006 [P]",
        "The same with the ceiling that a deceit leaves.",
    ),
)  # fmt: skip
"""How friendships and trust begin, break and mend."""
