"""A study of many small worlds, beside `mesa.batch_run` on plain Mesa objects, in one run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import warnings

from bondsim.bench.measured import Measured, Ratio, count, quotients
from bondsim.bench.town import SEED, circles
from bondsim.causal.design import Design
from bondsim.params import Params
from bondsim.study.copies import can_copy
from bondsim.study.executors import ExecutorPlan
from bondsim.study.plan import Plan, cells_of
from bondsim.study.sweep import sweep

PART = "studies"
POINTS = (0.3, 0.4, 0.5, 0.6, 0.7)
"""Values of `population.presence_mean`."""


def measure(n_agents: int, days: int, runs: int, mesa_days: int) -> list[Measured]:
    """Days of worlds a second, on all cores, with everything that a study does beside living them.

    `runs`: worlds of the study, of `days` days; Mesa lives one world on each core for `mesa_days`.
    What counts as simulation says `bondsim.study.living.Stopwatch`; a share of it is that of all
    cores by the clock, which falls where others use them too, and that of what the study had of
    them, which does not.
    """
    workers = os.cpu_count() or 1
    # compiled code is on the disk, as after a first study; loading it is part of what is measured
    subprocess.run([sys.executable, "-c", "import bondsim.warm as w; w.warm()"], check=True)
    ours, share, of_cpu = _sweep(n_agents, days, runs, workers)
    theirs = _batch_run(n_agents, mesa_days, workers)
    note = f"{count(runs, 'run')} of {count(days, 'day')} on {count(workers, 'core')}"
    slow = f"{count(workers, 'run')} of {count(mesa_days, 'day')}"
    ratio = Ratio("mesa.batch_run", quotients((ours,), (theirs,)))
    return [
        Measured(PART, "sweep", "days of a world/s", (ours,), n_agents, workers, (ratio,), note),
        Measured(PART, "share of simulation", "% of cores' time", (share,), n_agents, workers),
        Measured(PART, "share of simulation", "% of computing time", of_cpu, n_agents, workers),
        Measured(PART, "mesa.batch_run", "days of a world/s", (theirs,), n_agents, workers,
                 note=f"{slow}, Mesa objects"),
    ]  # fmt: skip


def _sweep(
    n_agents: int, days: int, runs: int, workers: int
) -> tuple[float, float, tuple[float, ...]]:
    """Days of worlds a second, and the shares that are simulation [%]: of the cores, of the CPU."""
    design = Design(Params(seed=SEED), circles(n_agents), days)
    points = [{"population.presence_mean": value} for value in POINTS]
    plan = Plan("bench", cells_of({"town": design}, points), max(1, runs // len(POINTS)))
    with tempfile.TemporaryDirectory(prefix="bondsim-bench-") as folder:
        started, before = time.perf_counter(), _cpu()
        _, progress = sweep(plan, folder, executor=ExecutorPlan(processes=workers))
        elapsed, after = time.perf_counter() - started, _cpu()
    if progress.finished != plan.n_runs:
        raise RuntimeError(f"{progress.failed} of {plan.n_runs} runs failed")
    of_cpu = (
        (100.0 * progress.cpu / (after - before),)
        if before is not None and after is not None
        else ()
    )
    return plan.n_runs * days / elapsed, 100.0 * progress.seconds / (elapsed * workers), of_cpu


def _cpu() -> float | None:
    """CPU seconds of this process and of its children that have ended; None where not known."""
    try:
        import resource
    except ImportError:
        return None
    if not can_copy():  # other workers than copies live on, and what they used is not known yet
        return None
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in found)


def _batch_run(n_agents: int, days: int, workers: int) -> float:
    """The same of `mesa.batch_run`, one world on each core."""
    import mesa
    from bondsim.mesa_model import BondModel

    sweep_of = {
        "n_agents": n_agents, "teaching": True, "seed": list(range(SEED, SEED + workers)),
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = time.perf_counter()
        mesa.batch_run(
            BondModel, sweep_of, number_processes=workers, max_steps=days, display_progress=False,
        )  # fmt: skip
        elapsed = time.perf_counter() - started
    return workers * days / elapsed
