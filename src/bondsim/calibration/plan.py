"""What a calibration is asked for: rows, priors, method and effort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bondsim.calibration.priors import Prior, priors_of
from bondsim.causal.grid import check_once
from bondsim.errors import ParameterError
from bondsim.params import Checked, par


@dataclass(frozen=True)
class CalibratePlan(Checked):
    """Which parameters are fitted to which rows, and how.

    The replicates of the design are the worlds of each point. With 1, the luck of one world is part
    of what the posterior is unsure about; with more, rows are means over worlds, and the posterior
    is as narrow as if the targets were means over as many towns.
    """

    GROUP = "calibrate"

    priors: dict[str, Any] | None = par(
        None, "range of each parameter that is fitted, [low, high] or {low, high, scale} by path",
        unit="name", low=1,
    )  # fmt: skip
    rows: tuple[str, ...] = par(
        (), "ids of the targets that are fitted; empty: all that are for calibration", low=0
    )
    method: str = par(
        "abc", "abc: posterior by approximate Bayesian computation; optuna: one best point",
        choices=("abc", "optuna"),
    )  # fmt: skip
    budget: int = par(2000, "most points that are simulated", unit="points", low=4, high=10_000_000)
    particles: int = par(
        100, "points that a population keeps (abc)", unit="points", low=4, high=100_000
    )
    populations: int = par(8, "most populations, the first being the prior (abc)", low=1, high=1000)
    epsilon: float = par(
        0.25, "distance at which the search is near enough, in half-bands (abc)",
        unit="half-bands", high=1000.0,
    )  # fmt: skip
    quantile: float = par(
        0.5, "share of a population that is as near as the next must be (abc)", low=0.01, high=0.99
    )
    acceptance: float = par(
        0.02, "share of points kept below which the search ends (abc)", high=1.0
    )
    batch: int = par(
        16, "points simulated at a time, whatever the number of processes", unit="points",
        low=1, high=100_000,
    )  # fmt: skip
    startup: int = par(
        32, "points drawn from the prior before the search starts (optuna)", unit="points",
        low=2, high=1_000_000,
    )  # fmt: skip
    finalists: int = par(
        8, "best points that are lived again with new seeds (optuna)", unit="points", low=1,
        high=1000,
    )  # fmt: skip
    confirm: int = par(
        8, "worlds of each finalist for each world of a point (optuna)", unit="worlds", low=1,
        high=1000,
    )  # fmt: skip

    def __post_init__(self) -> None:
        if self.priors is None:
            allowed = "a mapping of paths to ranges, as in {meet.psi: [1, 8]}"
            raise ParameterError("calibrate.priors", None, allowed)
        entries = {prior.path: prior.as_entry() for prior in priors_of(self.priors)}
        object.__setattr__(self, "priors", None)  # the check knows no mappings
        super().__post_init__()
        object.__setattr__(self, "priors", entries)
        check_once("calibrate.rows", self.rows)
        if self.method == "abc" and self.budget < self.particles:
            allowed = f"at least calibrate.particles, {self.particles}"
            raise ParameterError("calibrate.budget", self.budget, allowed)

    @property
    def ranges(self) -> tuple[Prior, ...]:
        """The priors, not yet checked against a model."""
        return priors_of(self.priors)
