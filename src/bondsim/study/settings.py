"""What can be set of a study beside the worlds that it is made of."""

from __future__ import annotations

from dataclasses import dataclass

from bondsim.causal.settings import WorldsSettings
from bondsim.params import Checked, par
from bondsim.study.plan import KEEPS, OUTCOMES

GRID, LIST, LATIN_HYPERCUBE, SOBOL, MORRIS = DESIGNS = (
    "grid", "list", "latin_hypercube", "sobol", "morris",
)  # fmt: skip
"""How the points of a study are chosen."""


@dataclass(frozen=True)
class StudySettings(WorldsSettings):
    """How often the worlds of a study are lived, how long, and where the runs are kept."""

    snapshots: tuple[int, ...] = par((), "days whose tables are kept as well", unit="day")


@dataclass(frozen=True)
class StudyPlan(Checked):
    """The points of a study, and what is taken from each run.

    Arms, factors and points are mappings and lists beside these.
    """

    GROUP = "study"

    name: str = par("", "name of the study; empty: that of its file", unit="name", low=0)
    design: str = par(
        "grid", "points: grid: every combination of the factors' values; list: those of "
        "study.points; or drawn from their ranges", choices=DESIGNS,
    )  # fmt: skip
    n: int = par(
        64, "points drawn (latin_hypercube), base points (sobol, a power of 2), trajectories "
        "(morris)", low=1, high=10_000_000,
    )  # fmt: skip
    seed: int = par(1, "of the drawing of points, not of worlds", low=0, high=2**31 - 1)
    outcomes: tuple[str, ...] = par(
        OUTCOMES, "names of `bondsim measures`, taken on the last day (and the first, where two "
        "are needed)", low=1,
    )  # fmt: skip
    keep: str = par(
        "outcomes", "what is kept of each run: its outcomes, the daily series as well, or a whole "
        "folder as `bondsim run` writes", choices=KEEPS,
    )  # fmt: skip
    precise: str = par(
        "", "the outcome whose 95 % intervals decide when there are replicates enough, by the "
        "group precision; empty: make all of `replicates`", unit="name", low=0,
    )  # fmt: skip
