"""What a study of sensitivity is asked for: method, factors, outcomes and effort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bondsim.causal.grid import check_once
from bondsim.errors import ParameterError
from bondsim.params import Checked, par
from bondsim.study.sampling import Factor, factor_of

SCREEN, SOBOL, CURVES = METHODS = ("screen", "sobol", "curves")
"""Morris' screening, Sobol's indices, and curves of one factor at a time."""
POINTS = {SCREEN: 8, SOBOL: 64, CURVES: 7}
"""Trajectories, base points and values of a curve where nothing is said."""


@dataclass(frozen=True)
class SensitivityPlan(Checked):
    """How outcomes answer to parameters: screen many, then decompose the variance by a few."""

    GROUP = "sensitivity"

    method: str = par(
        "screen", "screen: Morris' elementary effects of many parameters; sobol: shares of the "
        "variance by a few; curves: one at a time around the usual values", choices=METHODS,
    )  # fmt: skip
    factors: dict[str, Any] | None = par(
        None, "parameters and their ranges, {path: {low, high, scale}} or {path: [values]}; null: "
        "for screen and curves all of the model with their plausible ranges", unit="name",
    )  # fmt: skip
    outcomes: tuple[str, ...] = par(
        ("prevalence", "mean_loneliness", "stability", "mean_degree"),
        "names of `bondsim measures`, taken on the last day (and the first, where two are needed)",
        low=1,
    )  # fmt: skip
    n: int | None = par(
        None, "trajectories (screen), base points, a power of 2 (sobol), values of a curve; null: "
        + ", ".join(f"{n} ({name})" for name, n in POINTS.items()), low=2, high=1_000_000,
    )  # fmt: skip
    seed: int = par(1, "of the drawing of points, not of worlds", low=0, high=2**31 - 1)
    levels: int = par(4, "levels of each factor, an even number (screen)", low=2, high=1000)
    second_order: bool = par(False, "whether pairs of factors are looked at (sobol)")

    def __post_init__(self) -> None:
        given = self.factors
        if given is not None and not isinstance(given, dict):
            allowed = "a mapping of paths to ranges, as in {meet.psi: {low: 1, high: 8}}"
            raise ParameterError("sensitivity.factors", given, allowed)
        if self.method == SOBOL and not given:
            allowed = "named for sobol: screen first, then take those that matter"
            raise ParameterError("sensitivity.factors", given, allowed)
        object.__setattr__(self, "factors", None)  # the check knows no mappings
        super().__post_init__()
        object.__setattr__(self, "factors", dict(given) if given else None)
        self.named()
        check_once("sensitivity.outcomes", self.outcomes)

    def named(self) -> list[Factor]:
        """The factors that are named; none where the model's own are taken."""
        return [factor_of(path, value) for path, value in (self.factors or {}).items()]

    @property
    def points(self) -> int:
        """Trajectories, base points or values of a curve."""
        return self.n if self.n is not None else POINTS[self.method]
