"""Health burden of loneliness as a read-out, never fed back into a world.

Published hazard ratios are applied to the share of people above a cut. They are associations:
nothing here says that loneliness causes the outcome, nor that relieving it would spare the cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.errors import ParameterError
from bondsim.measures.levels import prevalence
from bondsim.measures.measure import measure
from bondsim.measures.recorded import Snapshot

if TYPE_CHECKING:
    from bondsim.state import Array


class Hazard(NamedTuple):
    """A published ratio of hazards, lonely to not lonely, with its 95 % interval."""

    outcome: str
    ratio: float
    low: float
    high: float
    source: str


HAZARDS = (
    Hazard("mortality", 1.10, 1.06, 1.14, "HR, older adults, loneliness alone [P]"),
    Hazard(
        "coronary heart disease", 1.29, 1.04, 1.59,
        "RR, poor social relationships, Valtorta 2016 [P], interval [M]",
    ),
    Hazard(
        "stroke", 1.32, 1.04, 1.68,
        "RR, poor social relationships, Valtorta 2016 [P], interval [M]",
    ),
    Hazard("dementia", 1.306, 1.197, 1.426, "HR, loneliness, N = 608,561 [P]"),
)  # fmt: skip
"""[P]: the paper's abstract was read; [M]: from memory, to be checked before it is published."""

SHORT = ("mortality", "heart", "stroke", "dementia")
"""Names of `HAZARDS` within names of outcomes."""
ENDS = {"": "fraction", "_low": "low", "_high": "high"}


def health_burden(loneliness: Array, cut: float) -> dict[str, Array]:
    """Share of cases that the excess hazard of lonely people stands for: p(r - 1) / (1 + p(r - 1)).

    `loneliness`: one number in [0, 1] a person; lonely from `cut` on. One row an outcome:
    `outcome`, `ratio`, `ratio_low`, `ratio_high`, `exposed` (share lonely), `fraction` (population
    attributable fraction) with `low` and `high` from the interval of the ratio alone, `source`.
    """
    if loneliness.size == 0:
        raise ParameterError("loneliness", "nobody", "a number for each of at least 1 person")
    return burden_of(float((loneliness >= cut).mean()))


def burden_of(exposed: float) -> dict[str, Array]:
    """`health_burden` where a share `exposed` of people, in [0, 1] or NaN, is lonely."""
    ratios = np.array([[h.ratio, h.low, h.high] for h in HAZARDS])
    excess = exposed * (ratios - 1.0)
    fractions = excess / (1.0 + excess)
    return {
        "outcome": np.array([h.outcome for h in HAZARDS]),
        "ratio": ratios[:, 0],
        "ratio_low": ratios[:, 1],
        "ratio_high": ratios[:, 2],
        "exposed": np.full(len(HAZARDS), exposed),
        "fraction": fractions[:, 0],
        "low": fractions[:, 1],
        "high": fractions[:, 2],
        "source": np.array([h.source for h in HAZARDS]),
    }


def _compute(waves: Sequence[Snapshot], seed: int) -> dict[str, float]:
    found = burden_of(prevalence(waves[-1]))
    return {
        f"burden_{name}{end}": float(found[column][k])
        for k, name in enumerate(SHORT)
        for end, column in ENDS.items()
    }


BURDEN = measure(
    "burden",
    "Share of cases that the excess hazard of lonely people stands for, p (r - 1) / (1 + "
    "p (r - 1)) with the prevalence p and a published ratio r; low and high from the interval of "
    "the ratio alone. Associations: nothing says that loneliness causes the cases. Never fed back.",
    "; ".join(["attributable fraction: Levin 1953 [M]", *sorted({h.source for h in HAZARDS})]),
    {
        f"burden_{name}{end}": ("1", f"share of cases of {hazard.outcome}{says}")
        for name, hazard in zip(SHORT, HAZARDS, strict=True)
        for end, says in (("", ""), ("_low", ", lower end"), ("_high", ", upper end"))
    },
    _compute,
)
