"""The plan of a survey: what is asked, of whom, and what gets lost."""

from __future__ import annotations

from dataclasses import dataclass

from bondsim.errors import ParameterError
from bondsim.params import KINDS, Checked, par

CLOSEST, LOCATE, CONFIDANTS, RECENT = GENERATORS = ("closest", "locate", "confidants", "recent")
"""Name generators: the question that a person is asked about others.

closest: those one feels closest to. locate: the spouse, all relatives, and `name_cap` close
friends, as Framingham asked for who could find one again; coworkers and clients are not asked
for. confidants: those one is as close to as `confide_cut`. recent: those met in the last
`recent_days` days, the latest first.
"""
ITEM, SCALE, TRUTH = MEASURES = ("item", "scale", "truth")
"""What loneliness is taken from: the CES-D item, the scale, or the state itself without error."""
_DECISIVE_DAYS, _DECISIVE_SCORE = 2.0, 44.0
"""From where the item and the scale call a person lonely."""


@dataclass(frozen=True)
class SurveyPlan(Checked):
    """What a study asks, of whom, and what gets lost.

    Where what is lost depends on loneliness, it does on the true loneliness of the day, which the
    lost answer would have told: not at random.
    """

    GROUP = "survey"

    generator: str = par(CLOSEST, "the question whose answers are names", choices=GENERATORS)
    name_cap: int = par(
        5, "most others a person names; of `locate` most friends", unit="people", high=1e9,
        source="Framingham 1-2 [M], GSS 5 [M]", neutral=1_000_000_000,
    )  # fmt: skip
    kinds: tuple[str, ...] = par(KINDS, "kinds of bond that are asked for", low=1, neutral=KINDS)
    confide_cut: float = par(
        0.7, "closeness from which one discusses what matters",
        source="GSS 2004: 2.1 confidants, none 4-25 % [P]",
    )  # fmt: skip
    recent_days: int = par(
        28, "days that count as lately", unit="days", low=1, high=36_525, neutral=36_525
    )
    measure: str = par(ITEM, "what loneliness is taken from", choices=MEASURES, neutral=TRUTH)
    reliability: float = par(
        0.9, "true share of the variance of what is answered, before bins and bounds", low=0.05,
        source="scale: alpha .89-.94, Russell 1996 [M]; item: less [A]", neutral=1.0,
    )  # fmt: skip
    lonely_cut: float | None = par(
        None, "who counts as lonely, in the units of the measure; null: 2 days of the item, 44 of "
        "the scale, the run's own cut of the truth", high=80.0, source="2 days/week [M?]",
    )  # fmt: skip
    sample: float = par(1.0, "share of people who are invited", neutral=1.0)
    missing: float = par(0.0, "chance that a member skips a wave", neutral=0.0)
    missing_loneliness: float = par(
        0.0, "log odds of skipping added by 1 SD of loneliness", low=-10, high=10, neutral=0.0
    )
    item_missing: float = par(0.0, "chance that who answers leaves loneliness blank", neutral=0.0)
    name_missing: float = par(0.0, "chance that a name is forgotten", neutral=0.0)
    attrition: float = par(
        0.0, "chance that a member leaves for good before each wave but the first", neutral=0.0
    )
    attrition_loneliness: float = par(
        0.0, "log odds of leaving added by 1 SD of loneliness", low=-10, high=10, neutral=0.0
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown:
            raise ParameterError("survey.kinds", unknown[0], f"some of {', '.join(KINDS)}")

    def cut(self, of_truth: float) -> float:
        """From where a person counts as lonely, in the units of the measure."""
        if self.lonely_cut is not None:
            return self.lonely_cut
        return {ITEM: _DECISIVE_DAYS, SCALE: _DECISIVE_SCORE}.get(self.measure, of_truth)


NOTHING_LOST = SurveyPlan(name_cap=1_000_000_000, measure=TRUTH, reliability=1.0)
"""The survey that sees everything."""
