"""How a world is looked at: as it is, or through a survey that loses what surveys lose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bondsim.errors import ParameterError
from bondsim.measures.recorded import Recorded, Snapshot, snapshot
from bondsim.measures.registry import MEASURES, OUTCOMES, check_names
from bondsim.measures.survey import SurveyPlan, survey
from bondsim.params import Checked, par


@dataclass(frozen=True)
class LookPlan(Checked):
    """Whether outcomes are taken from the truth or from what a survey sees of it."""

    GROUP = "look"

    at: str = par(
        "truth", "what outcomes are taken from: the truth, or a survey of it",
        choices=("truth", "survey"),
    )  # fmt: skip


@dataclass(frozen=True)
class Look:
    """The truth, or a survey by this plan."""

    plan: LookPlan = field(default_factory=LookPlan)
    survey: SurveyPlan = field(default_factory=SurveyPlan)

    def parts(self) -> dict[str, Any]:
        """The groups of parameters that determine what is seen."""
        return {"look": self.plan, "survey": self.survey}

    @classmethod
    def from_dict(cls, science: Mapping[str, Any]) -> Look:
        """The look that `parts` told."""
        return cls(LookPlan(**science["look"]), SurveyPlan(**science["survey"]))

    def check(self, outcomes: Sequence[str], days: int) -> None:
        """Refuse outcomes that nobody knows, or that so few days do not give."""
        check_names(outcomes)
        for name in outcomes:
            if MEASURES[OUTCOMES[name].measure].n_waves > min(days, 2):
                raise ParameterError("days", days, f"at least 2 for {name}")


def looked_at(run: Recorded, days: Sequence[int], look: Look) -> list[Snapshot]:
    """What is seen of a run on these days."""
    if look.plan.at == "truth":
        return [snapshot(run, day) for day in days]
    seen = survey(run, days=days, seed=run.params.seed, plan=look.survey)
    return [seen.snapshot(wave) for wave in range(1, len(days) + 1)]
