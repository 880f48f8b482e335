"""What a study of sensitivity is asked for: method, factors, groups, outcomes and effort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bondsim.causal.grid import check_once
from bondsim.errors import ParameterError
from bondsim.params import Checked, par
from bondsim.sensitivity.factors import default_factors, factors_by_name
from bondsim.sensitivity.grouping import ALLOWED, MECHANISM, NAMED, NONE, checked_groups, groups_of
from bondsim.study.sampling import Factor, factor_of, varied

if TYPE_CHECKING:
    from bondsim.params import Params

SCREEN, SOBOL, CURVES = METHODS = ("screen", "sobol", "curves")
"""Morris' screening, Sobol's indices, and curves of one factor at a time."""
POINTS = {SCREEN: 10, SOBOL: 64, CURVES: 7}
"""Trajectories, base points and values of a curve where nothing is said.

Four to ten trajectories are usual where factors are to be ranked (Campolongo et al. 2007)."""
OF_GROUPS = 16
"""Trajectories of a screening by groups. Members that pull apart in one trajectory pull together in
another, so a group needs more than a factor; and each has few points: 16 x 9 points x 4 replicates
are 576 runs, some ten minutes on two cores for 500 people and a year."""
ENOUGH = 256
"""Base points below which first orders of Sobol are noisy, whatever luck does."""


@dataclass(frozen=True)
class SensitivityPlan(Checked):
    """How outcomes answer to parameters: screen many, then decompose the variance by a few."""

    GROUP = "sensitivity"

    method: str = par(
        "screen", "screen: Morris' elementary effects of many parameters; sobol: shares of the "
        "variance by a few; curves: one at a time around the usual values", choices=METHODS,
    )  # fmt: skip
    factors: dict[str, Any] | None = par(
        None, "parameters and their ranges, {path: {low, high, scale}} or {path: [values]}; or a "
        "list of parameters and groups that are taken with their plausible ranges, [relate, "
        "meet.psi]; null: for screen and curves all of the model so", unit="name",
    )  # fmt: skip
    groups: str | dict[str, Any] | None = par(
        None, "what moves together (screen): mechanism: parameters of one group; none: each by "
        "itself; or a mapping of names of your own to lists, {pace: [meet.psi, relate.tau]}; "
        "null: mechanism where no factors are named, else none", choices=NAMED, unit="name",
    )  # fmt: skip
    outcomes: tuple[str, ...] = par(
        ("prevalence", "mean_loneliness", "stability", "mean_degree"),
        "names of `bondsim measures`, taken on the last day (and the first, where two are needed)",
        low=1,
    )  # fmt: skip
    n: int | None = par(
        None, "trajectories (screen), base points, a power of 2 (sobol), values of a curve; null: "
        f"{OF_GROUPS} (screen by groups), "
        + ", ".join(f"{n} ({name})" for name, n in POINTS.items()), low=2, high=1_000_000,
    )  # fmt: skip
    seed: int = par(1, "of the drawing of points, not of worlds", low=0, high=2**31 - 1)
    levels: int = par(4, "levels of each factor, an even number (screen)", low=2, high=1000)
    second_order: bool = par(False, "whether pairs of factors are looked at (sobol)")

    def __post_init__(self) -> None:
        factors, groups = _factors(self.factors), _groups(self.groups)
        if self.method == SOBOL and not factors:
            allowed = "named for sobol: screen first, then take those that matter"
            raise ParameterError("sensitivity.factors", factors, allowed)
        if self.method != SCREEN and groups not in (None, NONE):
            raise ParameterError("sensitivity.groups", groups, f"none or null for {self.method}")
        for name in ("factors", "groups"):  # the check knows no mappings
            object.__setattr__(self, name, None)
        super().__post_init__()
        object.__setattr__(self, "factors", factors)
        object.__setattr__(self, "groups", groups)
        check_once("sensitivity.outcomes", self.outcomes)

    def factors_of(self, params: Params) -> list[Factor]:
        """The factors that are named, or those of the model, in a world with these parameters."""
        if self.factors is None:
            return default_factors(params).factors
        if isinstance(self.factors, list):
            return factors_by_name(self.factors, params)
        return [factor_of(path, value) for path, value in self.factors.items()]

    @property
    def grouping(self) -> str | dict[str, Any]:
        """`groups`, and what stands for null."""
        if self.groups is not None:
            return self.groups
        return MECHANISM if self.factors is None and self.method == SCREEN else NONE

    def groups_of(self, factors: list[Factor]) -> dict[str, str]:
        """For each varied factor what it is moved with; see `grouping.groups_of`."""
        return groups_of(factors, self.grouping)

    @property
    def points(self) -> int:
        """Trajectories, base points or values of a curve."""
        if self.n is not None:
            return self.n
        return OF_GROUPS if self.grouping != NONE else POINTS[self.method]

    def size(self, factors: list[Factor]) -> int:
        """How many points the design has; of curves at most so many."""
        moved = varied(factors)
        if self.method == SCREEN:
            return self.points * (len(set(self.groups_of(factors).values())) + 1)
        if self.method == SOBOL:
            return self.points * (len(moved) * (2 if self.second_order else 1) + 2)
        return 1 + sum(len(factor.values) or self.points for factor in moved)


def _factors(given: Any) -> dict[str, Any] | list[str] | None:
    """What names factors, in plain containers: `ParameterError`."""
    if given is None or given in ({}, []):
        return None
    if isinstance(given, Mapping):
        for path, value in given.items():
            factor_of(path, value)
        return dict(given)
    if isinstance(given, list | tuple) and all(isinstance(name, str) for name in given):
        check_once("sensitivity.factors", given)
        return list(given)
    allowed = (
        "a mapping of paths to ranges, as in {meet.psi: {low: 1, high: 8}}, or a list of "
        "parameters and groups, as in [relate, meet.psi]"
    )
    raise ParameterError("sensitivity.factors", given, allowed)


def _groups(given: Any) -> str | dict[str, Any] | None:
    """What names groups, in plain containers: `ParameterError`."""
    if given is None or (isinstance(given, str) and given in NAMED):
        return given
    if isinstance(given, Mapping) and given:
        return dict(checked_groups(given))
    raise ParameterError("sensitivity.groups", given, ALLOWED)
