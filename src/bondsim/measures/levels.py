"""How lonely people are: prevalence, both facets, distribution, inequality, stability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bondsim.measures.measure import Compute, measure, of_people
from bondsim.measures.recorded import Snapshot
from bondsim.measures.statistics import UNKNOWN, gini, lorenz, mean, ratio, sd, skewness, spearman

if TYPE_CHECKING:
    from bondsim.measures.recorded import Table
    from bondsim.state import Array

DAYS_A_YEAR = 365.25
FACETS = ("emotional", "social")


def prevalence(now: Snapshot) -> float:
    """Share of people above the cut of whoever looked, of those whose loneliness is known."""
    asked = ~np.isnan(of_people(now))
    return ratio(float(now.lonely[asked].sum()), float(asked.sum()))


def distribution(now: Snapshot, bins: int = 20) -> Table:
    """Number of people by loneliness and by each facet, all in [0, 1].

    Columns `low` and `high` of each of the `bins`, and `loneliness`, `emotional`, `social`: int64,
    people in the bin (none where the facet was not asked).
    """
    edges = np.linspace(0.0, 1.0, bins + 1)
    counts = {
        name: np.histogram(values[~np.isnan(values)], edges)[0].astype(np.int64)
        for name in ("loneliness", *FACETS)
        for values in (of_people(now, name),)
    }
    return {"low": edges[:-1], "high": edges[1:], **counts}


def of_both(waves: Sequence[Snapshot], name: str) -> tuple[Array, Array]:
    """A column on the first and on the last of these waves, of the people there in both."""
    first, last = (wave.agents["id"] for wave in (waves[0], waves[-1]))
    _, a, b = np.intersect1d(first, last, assume_unique=True, return_indices=True)
    return of_people(waves[0], name)[a], of_people(waves[-1], name)[b]


def _mean(outcome: str, column: str) -> Compute:
    """How the mean of a column is computed, as an outcome of this name."""
    return lambda waves, seed: {outcome: mean(of_people(waves[-1], column))}


def _facets(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    return {name: mean(of_people(waves[-1], name)) for name in FACETS}


def _distribution(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    loneliness = of_people(waves[-1])
    return {
        "sd_loneliness": sd(loneliness),
        "skewness": skewness(loneliness),
        "median_loneliness": _quantile(loneliness, 0.5),
        "loneliness_90": _quantile(loneliness, 0.9),
        "share_of_loneliest_tenth": 1.0 - lorenz(loneliness, 0.9),
        "share_of_loneliest_fifth": 1.0 - lorenz(loneliness, 0.8),
        "share_of_least_lonely_half": lorenz(loneliness, 0.5),
    }


def _quantile(values: Array, share: float) -> float:
    numbers = values[~np.isnan(values)]
    return float(np.quantile(numbers, share)) if numbers.size else UNKNOWN


def _stability(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    found = {name: spearman(*of_both(waves, name)) for name in ("loneliness", *FACETS)}
    whole = found["loneliness"]
    years = (waves[-1].day - waves[0].day) / DAYS_A_YEAR
    return {
        "stability": whole,
        "stability_per_year": whole ** (1.0 / years) if whole > 0.0 and years > 0.0 else UNKNOWN,
        "stability_emotional": found["emotional"],
        "stability_social": found["social"],
    }


def _inequality(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    return {
        "gini": gini(of_people(waves[-1])),
        "gini_lonely_days": gini(of_people(waves[-1], "lonely_days")),
    }


LEVELS = (
    measure(
        "prevalence",
        "Share of people at or above the cut for being lonely, of those whose loneliness is known.",
        "WHO 2014-23, about .16 on survey cuts [P]; the cut itself [A]",
        {"prevalence": ("1", "share of people who are lonely")},
        lambda waves, seed: {"prevalence": prevalence(waves[-1])},
    ),
    measure(
        "loneliness",
        "Mean loneliness of all people, the mean of both facets, in [0, 1].",
        "ODD eq. 50",
        {"mean_loneliness": ("1", "mean loneliness")},
        _mean("mean_loneliness", "loneliness"),
    ),
    measure(
        "lonely_days",
        "Mean answer to the CES-D item 'I felt lonely' of the past week, its four answers taken as "
        ".5, 1.5, 3.5 and 6 days.",
        "Cacioppo, Fowler & Christakis 2009: about .92 [P], bins [M]",
        {"lonely_days": ("days/week", "mean lonely days a week")},
        _mean("lonely_days", "lonely_days"),
    ),
    measure(
        "scale_score",
        "Mean score on a loneliness scale of 20 items, from 20 to 80.",
        "UCLA scale, Russell 1996: students 40.1, elderly 31.5 [M]",
        {"scale_score": ("20-80", "mean score on a loneliness scale")},
        _mean("scale_score", "scale_score"),
    ),
    measure(
        "facets",
        "Mean emotional loneliness (no attachment figure) and social loneliness (no circle).",
        "De Jong Gierveld scale, two facets [M]",
        {
            "emotional": ("1", "mean emotional loneliness"),
            "social": ("1", "mean social loneliness"),
        },
        _facets,
    ),
    measure(
        "distribution",
        "Spread and shape of loneliness between people: standard deviation and skewness of these "
        "people (no correction for a sample), quantiles, and how much of all loneliness the "
        "loneliest tenth and fifth and the least lonely half bear (points of the Lorenz curve).",
        "right-skewed with a heap at the floor, skewness .5 to 1.5 [M]",
        {
            "sd_loneliness": ("1", "standard deviation of loneliness between people"),
            "skewness": ("1", "skewness of loneliness"),
            "median_loneliness": ("1", "median loneliness"),
            "loneliness_90": ("1", "loneliness that a tenth of people exceed"),
            "share_of_loneliest_tenth": ("1", "part of all loneliness that a tenth bear"),
            "share_of_loneliest_fifth": ("1", "part of all loneliness that a fifth bear"),
            "share_of_least_lonely_half": ("1", "part of all loneliness that the other half bear"),
        },
        _distribution,
    ),
    measure(
        "stability",
        "Spearman correlation of loneliness in the first and in the last wave, of the people there "
        "in both. Per year: its power 1 / years, which is what a year's would be if rank order "
        "faded by the same factor each year; for waves a year apart, the correlation itself. Real "
        "rank order fades more slowly later on, so compare waves of like distance if you can.",
        "one year about .73, Russell 1996 [M]; stable as personality traits, 75 studies [P]; "
        "constant fading [A]",
        {
            "stability": ("1", "rank correlation of loneliness, first with last wave"),
            "stability_per_year": ("1", "the same for one year, if it fades evenly"),
            "stability_emotional": ("1", "rank correlation of emotional loneliness"),
            "stability_social": ("1", "rank correlation of social loneliness"),
        },
        _stability,
        n_waves=2,
    ),
)
INEQUALITY = measure(
    "inequality",
    "Gini coefficient: mean difference of two people drawn with replacement, over twice the mean.",
    "Gini 1912 [M]",
    {
        "gini": ("1", "inequality of loneliness between people"),
        "gini_lonely_days": ("1", "inequality of lonely days between people"),
    },
    _inequality,
)
