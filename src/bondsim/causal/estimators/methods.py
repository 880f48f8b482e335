"""`METHODS`: the methods of the field, what each is, and what is concluded from it.

[P]: the paper's abstract was read; [M]: from memory, to be checked before it is published; [A]: an
assumption of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bondsim.causal.estimators import instruments, matching, nulls, regressions
from bondsim.causal.estimators.estimate import Estimate
from bondsim.causal.estimators.matching import ROBUST
from bondsim.causal.estimators.panel import Panel

SLOPE, EXCESS, NONE = "slope", "excess", "none"
"""What a method's number is compared with.

A slope: how much lonelier an ego is for one unit more of one named alter, all else the same. An
excess: how much more often those beside the lonely are lonely. None: there is no such truth; of a
negative control and of a difference between kinds of ties, 0 is what no contagion gives.
"""

PER_ALTER = "per unit of one alter"


class Method(NamedTuple):
    """A method: `estimate` takes a panel and a seed, which only methods that shuffle use.

    `claims`: what the field concludes when the method rejects "no contagion"; `estimand`: `SLOPE`,
    `EXCESS` or `NONE`.
    """

    name: str
    label: str
    unit: str
    definition: str
    source: str
    claims: str
    estimand: str
    estimate: Callable[[Panel, int], Estimate]


def rejects(name: str, found: Estimate, level: float = 0.05) -> bool:
    """Does the method find against "no contagion"? An E-value does from `ROBUST` for the limit on.

    False where nothing could be estimated.
    """
    if name == "e_value":
        return found.low >= ROBUST
    return found.p < level


_ALL = (
    Method(
        "lagged_regression", "Lagged regression", PER_ALTER,
        "ego(t+1) on ego(t), alter(t+1) and alter(t); GEE with independent working correlation, "
        "rows grouped by ego: coefficient on alter(t+1)",
        "Cacioppo, Fowler & Christakis 2009 [P], details [M]",
        "loneliness passes from alter to ego", SLOPE, regressions.lagged_regression,
    ),
    Method(
        "lagged_alter", "Lagged regression, alter before", PER_ALTER,
        "ego(t+1) on ego(t) and alter(t), GEE as above: coefficient on alter(t)",
        "answers to the simultaneity that Lyons 2011 [M] points at",
        "loneliness passes from alter to ego", SLOPE, regressions.lagged_alter,
    ),
    Method(
        "directionality", "Directionality", "difference of slopes",
        "coefficient on alter(t+1) of ties that only ego named less that of ties that only alter "
        "named, one model, standard error of the difference over rows that share a person",
        "Christakis & Fowler 2007 [M]; difference and its error as Lyons 2011 [M] asks",
        "who is looked up to passes loneliness on, which neither likeness nor place would do",
        NONE, regressions.directionality,
    ),
    Method(
        "directionality_lagged", "Directionality, alter before", "difference of slopes",
        "the same with alter(t) in place of alter(t+1)",
        "Shalizi & Thomas 2011 [P]: asymmetry does not identify",
        "who is looked up to passes loneliness on", NONE, regressions.directionality_lagged,
    ),
    Method(
        "label_permutation", "Shuffled labels", "excess",
        "P(lonely | tied to a lonely one) over its mean when who is lonely is shuffled, minus 1",
        "Cacioppo, Fowler & Christakis 2009 [P]",
        "loneliness clusters, as it would if it spread", EXCESS, nulls.label_permutation,
    ),
    Method(
        "degree_rewiring", "Rewired, degrees kept", "excess",
        "the same over networks in which ties swap ends and all keep their number of ties",
        "the configuration null; Maslov & Sneppen 2002 [M]",
        "loneliness clusters beyond what popularity gives", EXCESS, nulls.degree_rewiring,
    ),
    Method(
        "context_rewiring", "Rewired, degrees and contexts kept", "excess",
        "the same with swaps between people of one context, so that each tie joins the same two",
        "block-preserving null [M]; place as a cause, Cohen-Cole & Fletcher 2008 [P]",
        "loneliness clusters beyond what shared places give", EXCESS, nulls.context_rewiring,
    ),
    Method(
        "negative_control_height", "Negative control: height", "cm per cm",
        "the lagged regression for height, which does not change; without lags if they are equal",
        "Cohen-Cole & Fletcher 2008 [P]: 0.18 (0.15-0.26)",
        "the lagged regression finds contagion where there can be none", NONE,
        regressions.negative_control_height,
    ),
    Method(
        "negative_control_headaches", "Negative control: headaches", "days/week per day/week",
        "the lagged regression for headaches, which come from the place",
        "Cohen-Cole & Fletcher 2008 [P]: OR 1.47 (0.93-2.33)",
        "the lagged regression finds contagion where there can be none", NONE,
        regressions.negative_control_headaches,
    ),
    Method(
        "context_adjusted", "Lagged regression in contexts", PER_ALTER,
        "the lagged regression with a constant for each context of ego and pair of waves",
        "Cohen-Cole & Fletcher 2008 [P]",
        "loneliness passes on, and shared place is not why", SLOPE, regressions.context_adjusted,
    ),
    Method(
        "latent_adjusted", "Alter before, given latent position", PER_ALTER,
        "ego(t+1) on ego(t), alter(t) and ego's place in the network, leading eigenvectors of it",
        "McFowland & Shalizi 2023 [M]",
        "loneliness passes on, and likeness is not why", SLOPE, regressions.latent_adjusted,
    ),
    Method(
        "matched_samples", "Matched samples", PER_ALTER,
        "egos with and without a lonely alter at t, matched by propensity: difference in ego(t+1) "
        "over the difference in the sum of alters(t)",
        "Aral, Muchnik & Sundararajan 2009 [M]",
        "loneliness passes on between people who are alike", SLOPE, matching.matched_samples,
    ),
    Method(
        "e_value", "E-value", "risk ratio",
        "risk ratio that a hidden cause would need with both sides to explain away the lagged "
        f"regression, of a lonely alter against one who is not; judged robust from {ROBUST:g} "
        "for the limit of the interval [A]",
        "VanderWeele & Ding 2017 [M]; VanderWeele 2011 [P]",
        "no likely hidden cause explains the association", NONE, matching.e_value,
    ),
    Method(
        "peers_of_peers", "Peers of peers", PER_ALTER,
        "ego(t+1) on ego(t) and the mean of alters(t+1), which the mean at t of the alters' alters "
        "whom ego did not name stands in for: two-stage least squares, over the number named",
        "Bramoulle, Djebbari & Fortin 2009 [M]",
        "loneliness passes from alters to ego", SLOPE, instruments.peers_of_peers,
    ),
    Method(
        "randomised", "Randomised push", PER_ALTER,
        "among egos who were not pushed: ego(t+1) on the sum of alters(t+1), which the number of "
        "named alters who were pushed stands in for, given ego(t), the number named and the sum of "
        "alters(t); standard error of the chance of the pushes alone",
        "randomised encouragement; Coviello et al. 2014 [M]",
        "loneliness passes from alter to ego", SLOPE, instruments.randomised,
    ),
)  # fmt: skip

METHODS = {method.name: method for method in _ALL}
"""All methods by name, in the order in which the field came to them, the gold standard last."""
