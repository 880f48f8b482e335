"""Lives: what analyses of points ask for, carried out as studies and so never lost.

An analysis that needs values at many points - of parameters, of arms - asks here. Runs that are
stored already are not lived again, so an analysis that broke off goes on when it is started again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.causal.looks import Look
from bondsim.errors import DataError
from bondsim.store.query import Results
from bondsim.study.executors import ExecutorPlan
from bondsim.study.plan import Cell, Plan
from bondsim.study.summary import values_of
from bondsim.study.sweep import Progress, sweep

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.state import Array

ARM = "points"
"""The only arm of such a study."""


@dataclass(frozen=True)
class Lives:
    """Where worlds are lived for an analysis, and where what came of them is kept.

    `told`: called with the progress of each sweep; may raise to stop it.
    """

    results: Path
    name: str
    executor: ExecutorPlan = field(default_factory=ExecutorPlan)
    told: Callable[[Progress], None] | None = None

    def values(
        self,
        points: Sequence[tuple[Mapping[str, Any], Design]],
        outcomes: Sequence[str],
        replicates: int,
        *,
        look: Look | None = None,
        measure: str = "",
    ) -> Array:
        """The outcomes at each point: float64 (n_points, n_replicates, n_outcomes).

        `points`: values by path and the design that has them. `look`, `measure`: see `Plan`. NaN
        where an outcome is not defined or a run failed; `DataError` where all runs failed.
        """
        cells = [Cell(ARM, p, values, replace(d, replicates=1)) for p, (values, d) in
                 enumerate(points)]  # fmt: skip
        look = look if look is not None else Look()
        plan = Plan(
            self.name, cells, replicates, tuple(dict.fromkeys(outcomes)), look, measure=measure
        )
        stored, progress = sweep(plan, self.results, executor=self.executor, told=self.told)
        failed = progress.failed + progress.failed_before
        results = Results(self.results)
        if failed == progress.runs:
            told = str(results.failures(stored.folder_name)["error"].iloc[0])
            fix = f"see the logs with: bondsim status {stored.folder_name}"
            raise DataError(self.name, f"every run failed ({told})", fix)
        return values_of(results.of_study(stored.folder_name), stored, list(outcomes))
