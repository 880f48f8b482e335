"""What can be set of each analysis beside the world that it is made in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from bondsim.params import Checked, par


@dataclass(frozen=True)
class WorldsSettings(Checked):
    """How often worlds are lived, how long, and where what comes of them is kept."""

    GROUP = ""

    days: int = par(365, "days of each world", unit="days", low=1, high=10_000_000)
    burn_in: int = par(
        0, "days lived before the first of these", unit="days", high=10_000_000, neutral=0
    )
    replicates: int = par(20, "worlds with seeds of their own, from `seed` on", low=1, high=100_000)
    results: str = par("results", "folder to write under", unit="path", low=1)
    quiet: bool = par(False, "no display of progress")

    @property
    def folder(self) -> Path:
        """The folder to write under."""
        return Path(self.results).expanduser()


@dataclass(frozen=True)
class AnalysisSettings(WorldsSettings):
    """The same of an analysis."""

    processes: int | None = par(
        None, "worlds that are lived at a time, null: one a core; never changes a result", low=1,
        high=1024,
    )  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One sort of analysis: its module, its defaults, and its groups of parameters by name."""

    name: str
    meaning: str
    settings: AnalysisSettings
    groups: Mapping[str, str]
    changes: bool = False
    """Whether it takes `change`, parameters by path."""
    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Of a group, or of networks that have such a field, the defaults that this analysis has
    otherwise."""
    studied: bool = False
    """Whether its worlds are lived as a study, whose runs are stored and not lived twice."""

    @property
    def module(self) -> Any:
        """`analyse`, `plans_of` and `report` of this analysis."""
        return import_module(MODULES[self.name])

    @property
    def classes(self) -> dict[str, type]:
        """The class of each group."""
        found = {}
        for group, path in self.groups.items():
            module, _, name = path.rpartition(".")
            found[group] = getattr(import_module(module), name)
        return found


MODULES = {
    **{name: f"bondsim.causal.{name}" for name in ("channels", "compare", "audit", "response")},
    "twin": "bondsim.causal.twins",
    "sensitivity": "bondsim.sensitivity.study",
    "calibrate": "bondsim.calibration.study",
    "validate": "bondsim.validation.scorecard",
}
_LOOK = {
    "look": "bondsim.causal.looks.LookPlan",
    "survey": "bondsim.measures.survey.plan.SurveyPlan",
}
_EXECUTOR = {"executor": "bondsim.study.executors.ExecutorPlan"}

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "twin", "what one change causes, by day, distance and person",
            replace(AnalysisSettings(), days=210, replicates=40),
            {"twin": "bondsim.causal.twins.TwinPlan"},
            changes=True,
        ),
        Kind(
            "channels", "what each channel adds to a pattern",
            replace(AnalysisSettings(), replicates=8),
            {"factorial": "bondsim.causal.channels.FactorialPlan", **_LOOK},
        ),
        Kind(
            "compare", "interventions at equal cost: a league on twins",
            replace(AnalysisSettings(), days=390, replicates=10),
            {"league": "bondsim.causal.compare.LeaguePlan"},
        ),
        Kind(
            "audit", "what the field's methods find where the truth is known",
            replace(AnalysisSettings(), days=731, replicates=20),
            {"audit": "bondsim.causal.audit.AuditPlan", "survey": _LOOK["survey"]},
            changed={"survey": {"measure": "scale"}},
        ),
        Kind(
            "response", "how outcomes answer to one or two parameters",
            replace(AnalysisSettings(), days=730, replicates=16),
            {"grid": "bondsim.causal.grid.GridPlan", **_LOOK},
        ),
        Kind(
            "sensitivity", "which parameters matter, how much of the variance, and how",
            replace(AnalysisSettings(), replicates=4),
            {"sensitivity": "bondsim.sensitivity.plan.SensitivityPlan", **_LOOK, **_EXECUTOR},
            # A year of 500 people takes some 1.7 s of a core with 35 bonds each, so the 576 runs of
            # a screening by groups take ten minutes on two. Four such worlds tell as much as one of
            # 2,000, and how much of it is luck.
            changed={"network": {"n_agents": 500}},
            studied=True,
        ),
        Kind(
            "calibrate", "parameters fitted to rows of the scorecard",
            replace(AnalysisSettings(), days=2556, burn_in=730, replicates=1),
            {"calibrate": "bondsim.calibration.plan.CalibratePlan", **_EXECUTOR},
            studied=True,
        ),
        Kind(
            "validate", "the scorecard: targets, bands, and what the model gives",
            replace(AnalysisSettings(), days=2556, burn_in=730, replicates=8),
            {"validate": "bondsim.validation.scorecard.ValidatePlan", **_EXECUTOR},
            studied=True,
        ),
    )
}  # fmt: skip
"""Every analysis, by its command."""
