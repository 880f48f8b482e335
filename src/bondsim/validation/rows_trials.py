"""Rows of the scorecard that need experiments: controls, interventions, phones."""

from __future__ import annotations

from bondsim.validation.target import K, N, Target, V

_ARM = (
    "Change in the loneliness of the {n} loneliest against their twins after a quarter of {what}, "
    "in standard deviations between people; dose [A]."
)

TRIALS = (
    Target(
        "T31a",
        "height's naive slope on a friend's, with selection alone",
        "cm/cm",
        0.18,
        0.02,
        1.0,
        N,
        "Cohen-Cole & Fletcher 2008: .18 [P]",
        "Lagged regression of height on named others' in a world in which selection is the only "
        "channel, seen through the default survey.",
    ),
    Target(
        "T31b",
        "effect on height of making friends lonelier",
        "cm",
        0.0,
        -0.01,
        0.01,
        N,
        "nobody's height is another's doing: 0 [A]",
        "Largest change in anybody's height against the twin when a tenth of people are pushed.",
    ),
    Target(
        "T32a",
        "training in social cognition",
        "SD",
        -0.45,
        -0.6,
        -0.3,
        V,
        "Masi 2011: -.60 [M]",
        _ARM.format(n=100, what="full relief from vigilance"),
    ),
    Target(
        "T32b",
        "psychological treatment",
        "SD",
        -0.5,
        -0.6,
        -0.39,
        V,
        "Lasgaard 2025, 280 studies [P]",
        _ARM.format(n=100, what="the same with a first step more easily taken (+.2)"),
    ),
    Target(
        "T32c",
        "befriending",
        "SD",
        -0.09,
        -0.18,
        0.0,
        V,
        "-.18 overall, none on loneliness [P]",
        _ARM.format(n=100, what="one assigned friend"),
    ),
    Target(
        "T32d",
        "access to a group",
        "SD",
        -0.06,
        -0.16,
        0.04,
        V,
        "Masi 2011: -.06 [M]",
        _ARM.format(n=100, what="sharing a company with the others"),
    ),
    Target(
        "T33a",
        "effect of phone use on the quality of a meeting",
        "SD",
        -0.20,
        -0.25,
        -0.15,
        K,
        "field experiment, N = 304 [P], size [M?]",
        "Mean quality (ODD eq. 22) of friends' meetings with screens about as usual less that "
        "under a phone-free norm (`relate.distraction` 0, presence as it is), over the standard "
        "deviation of quality between meetings.",
    ),
    Target(
        "T33b",
        "effect of a phone that is not used",
        "SD",
        0.0,
        -0.05,
        0.05,
        V,
        "does not replicate [P]",
        "Nothing: only use takes attention here.",
        represented=False,
    ),
)
"""Negative controls, arms of trials, phones."""
