"""What the commands are asked for: one run or one analysis, ready to be carried out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.errors import ParameterError
from bondsim.params import Checked, Params, par

if TYPE_CHECKING:
    from bondsim.causal.settings import AnalysisSettings
    from bondsim.interventions import Intervention
    from bondsim.study.executors import ExecutorPlan
    from bondsim.study.plan import Plan
    from bondsim.study.precision import Precision
    from bondsim.study.settings import StudySettings


@dataclass(frozen=True)
class Settings(Checked):
    """What one run does with a world: how long it lives, what is kept, and where.

    Days are counted from the start of the burn-in.
    """

    GROUP = ""

    days: int = par(365, "recorded days", unit="days", low=1, high=10_000_000)
    burn_in: int = par(
        0, "days lived before the first recorded one", unit="days", high=10_000_000, neutral=0
    )
    snapshots: tuple[int, ...] = par((), "days whose tables are kept as well", unit="days")
    snapshot_every: int = par(
        0, "days between the tables of all people and bonds; 0: first and last day only",
        unit="days", high=10_000_000,
    )  # fmt: skip
    threads: int | None = par(
        None, "threads of a large world, null: all cores; never changes a result", unit="threads",
        low=1, high=1024,
    )  # fmt: skip
    checkpoint_every: float = par(
        300.0, "seconds between checkpoints, from which a run that broke off goes on; "
        "0: only when it is stopped", unit="s", high=10_000_000,
    )  # fmt: skip
    results: str = par("results", "folder to write under", unit="path", low=1)
    quiet: bool = par(False, "no progress bar")

    def __post_init__(self) -> None:
        super().__post_init__()
        lived = range(self.burn_in, self.burn_in + self.days)
        outside = [day for day in self.snapshots if day not in lived]
        if outside:
            allowed = f"a list of days in [{lived[0]}, {lived[-1]}]"
            raise ParameterError("snapshots", outside[0], allowed)

    @property
    def days_kept(self) -> tuple[int, ...]:
        """The days named and those of the rhythm, in rising order."""
        lived = range(self.burn_in, self.burn_in + self.days)
        rhythm = lived[:: self.snapshot_every] if self.snapshot_every else ()
        return tuple(sorted({*self.snapshots, *rhythm}))

    @property
    def folder(self) -> Path:
        """The folder to write under."""
        return Path(self.results).expanduser()


@dataclass(frozen=True)
class Order:
    """One run, ready to be carried out. `network` is a specification or a built one."""

    params: Params
    network: Any
    interventions: tuple[Intervention, ...]
    settings: Settings


@dataclass(frozen=True)
class AnalysisOrder:
    """One analysis, ready to be carried out.

    `plans`: its groups of parameters by name; `change`: parameters by path that a twin changes.
    """

    params: Params
    network: Any
    interventions: tuple[Intervention, ...]
    settings: AnalysisSettings
    plans: dict[str, Any]
    change: dict[str, Any]


@dataclass(frozen=True)
class StudyOrder:
    """One study, ready to be carried out.

    `wish`: the precision at which it stops, of the outcome `precise`; None: all replicates.
    """

    plan: Plan
    settings: StudySettings
    executor: ExecutorPlan
    wish: Precision | None = None
    precise: str = ""
