"""Rows of the scorecard about people: how lonely they are, with whom, and for how long."""

from __future__ import annotations

from bondsim.validation.target import K, N, Target, V

_CACIOPPO = "Cacioppo, Fowler & Christakis 2009"

LEVELS = (
    Target(
        "T1",
        "mean lonely days a week",
        "days/week",
        0.92,
        0.75,
        1.10,
        K,
        f"{_CACIOPPO}: 48 days a year [P]",
        "Mean of the CES-D item, its answers taken as .5, 1.5, 3.5 and 6 days, over all people and "
        "yearly waves, without error of answering.",
    ),
    Target(
        "T2",
        "share of people who are lonely on a survey's cut",
        "1",
        0.16,
        0.11,
        0.24,
        K,
        "WHO 2014-23: one in six [P]",
        "Share at or above `observe.lonely_cut`, mean over yearly waves.",
    ),
    Target(
        "T4a",
        "rank stability of loneliness over one year",
        "Spearman",
        0.73,
        0.65,
        0.80,
        K,
        "Russell 1996 [M]; stable as traits of personality, 75 studies [P]",
        "Spearman correlation of loneliness in waves a year apart, mean over all such pairs.",
    ),
    Target(
        "T4b",
        "rank stability of loneliness over four years",
        "Spearman",
        0.55,
        0.45,
        0.65,
        K,
        "75 studies [P], number [M]",
        "Spearman correlation of loneliness in waves four years apart, mean over all such pairs.",
    ),
    Target(
        "T5",
        "drift of the population's mean loneliness",
        "SD/year",
        0.0,
        -0.02,
        0.02,
        V,
        "flat from youth to oldest age, 75 studies [P]",
        "Slope of mean loneliness on years over the yearly waves, by least squares, over the mean "
        "standard deviation between people.",
    ),
    Target(
        "T6",
        "close ties at which loneliness stops falling",
        "ties",
        4.0,
        3.0,
        5.0,
        V,
        "break point at four close friends, N = 335 [P]",
        "Bend of two joined lines through loneliness by the number of others as close as a friend, "
        "all waves taken together.",
    ),
    Target(
        "T7a",
        "change in lonely days a year with one more friend",
        "days/year",
        -2.5,
        -4.0,
        -1.0,
        K,
        f"{_CACIOPPO}: -2 to -2.5 days [P]",
        "Regression of the CES-D item (times 52) on the item, friends and family named in the wave "
        "before, four years apart, mean over four such pairs; friends: of that kind and as "
        "close as a friend. No covariates: the model has no age, sex or schooling.",
    ),
    Target(
        "T7b",
        "change in lonely days a year with one more relative",
        "days/year",
        0.0,
        -1.0,
        1.0,
        V,
        f"{_CACIOPPO}: no effect of the number of relatives [P]",
        "The same regression, coefficient of relatives.",
    ),
)
"""Level, stability, and what more ties bring."""

MINDS = (
    Target(
        "T24a",
        "self-worth's effect on relationships a year later",
        "SD/SD",
        0.08,
        0.04,
        0.12,
        V,
        "48 samples, longitudinal [P]",
        "Standardised regression of received connection on itself and self-worth a year before, "
        "over all pairs of waves a year apart.",
    ),
    Target(
        "T24b",
        "relationships' effect on self-worth a year later",
        "SD/SD",
        0.08,
        0.04,
        0.12,
        V,
        "35 samples, longitudinal [P]",
        "Standardised regression of self-worth on itself and received connection a year before.",
    ),
    Target(
        "T25",
        "correlation of support with distress",
        "Pearson",
        -0.26,
        -0.32,
        -0.20,
        K,
        "support and depression, 341 studies [P]",
        "Correlation of support (ODD eq. 42) with distress: the mean of stress, low self-worth and "
        "loneliness, each in standard deviations, which are what a scale of depression asks for "
        "and the model has [A].",
    ),
    Target(
        "T26a",
        "correlation of loneliness with insecurity",
        "Pearson",
        0.38,
        0.30,
        0.45,
        V,
        "attachment insecurity, 108 samples [P]",
        "Correlation of loneliness with one less felt security (ODD eq. 43).",
    ),
    Target(
        "T26b",
        "loneliness of the maltreated against others",
        "SD",
        0.45,
        0.36,
        0.53,
        V,
        "52 studies, N = 1.7 million [P]",
        "Nothing: people have no childhood here.",
        represented=False,
    ),
    Target(
        "T27a",
        "lonely people's own view of their partner",
        "Pearson",
        -0.2,
        -1.0,
        -0.05,
        V,
        "more conflict, less satisfaction told by the lonely: the sign [P]",
        "Correlation, over both sides of all partnerships, of one's loneliness with one's own "
        "regard for the partner.",
    ),
    Target(
        "T27b",
        "the partner's view of lonely people",
        "Pearson",
        0.0,
        -0.1,
        0.1,
        V,
        "conflict that the partner does not report: none [P]",
        "Correlation of one's loneliness with the partner's regard for oneself.",
    ),
    Target(
        "T27c",
        "loneliness and how often partners touch",
        "Pearson",
        0.0,
        -0.1,
        0.1,
        V,
        "no difference in affection: none [P]",
        "Correlation of one's loneliness with the chance that both meet by choice, hence touch, on "
        "the day of the wave.",
    ),
)
"""Self-worth, support, safety, and what partners see."""

CLUSTERING = (
    *(
        Target(
            f"T28{letter}", f"excess of lonely people at distance {d} of the lonely", "1",
            target, low, high, V, f"{_CACIOPPO} {mark}",
            "Excess over 200 shuffles of who is lonely (2 days a week or more), over the ties that "
            "a Framingham survey sees: spouse, relatives and at most two friends; mean over waves. "
            "All channels as in the design.",
        )
        for letter, d, target, low, high, mark in (
            ("a", 1, 0.52, 0.40, 0.65, "[P], interval [M]"),
            ("b", 2, 0.25, 0.14, 0.36, "[P], interval [M]"),
            ("c", 3, 0.15, 0.06, 0.26, "[P], interval [M]"),
            ("d", 4, 0.02, -0.05, 0.10, "[M]"),
        )
    ),
    Target(
        "T28e", "excess at distance 1 with all five channels off", "1", 0.0, -0.1, 0.1, N,
        "labels that nothing ties together: 0 [A]",
        "The same at distance 1 in a world of the same seed with all five channels off.",
    ),
    Target(
        "T29a", "slope on mutual friends less that on one-sided ones", "1",
        0.12, 0.0, 1.0, V, f"{_CACIOPPO}: order of slopes [M]",
        "Regression of ego's lonely days on ego's before and the alter's before and now, for each "
        "sort of tie in the same survey, waves two years apart.",
    ),
    Target(
        "T29b", "slope on those named less that on those naming", "1",
        0.2, 0.0, 1.0, V, f"{_CACIOPPO}: order of slopes [M]",
        "The same regressions.",
    ),
    Target(
        "T29c", "slope on a near friend less that on a far one", "1", 0.21, 0.0, 1.0, V,
        f"{_CACIOPPO}: .29 within a mile, .08 beyond [M]",
        "The same regressions; near: of the same context.",
    ),
    Target(
        "T29d", "slope on a friend less that on a sibling", "1", 0.2, 0.0, 1.0, V,
        f"{_CACIOPPO}: friends before family [P], slopes [M]",
        "The same regressions, friends against family ties.",
    ),
)  # fmt: skip
"""How loneliness lies in the network: the contested pattern, never used to fit."""
