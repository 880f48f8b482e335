"""`executor=slurm`: jobs of a cluster that share the runs of a study, by Hydra's launcher.

The command starts this module as a Hydra application of its own, whose multirun has one job for
each part of the runs. A job is `bondsim sweep` of its part, into the same folder of results.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from argparse import Namespace
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.errors import BondsimError, DataError

if TYPE_CHECKING:
    from bondsim.orders import StudyOrder
    from bondsim.store.plans import StoredPlan
    from bondsim.study.executors import ExecutorPlan
    from bondsim.study.plan import Plan
    from bondsim.study.sweep import Progress

POLL = 2.0
"""Seconds between looks at how far the jobs are."""


def submit(command: str, given: Namespace, order: StudyOrder) -> int:
    """Hand the runs of a study to jobs, wait for them, and report.

    Where replicates are added until they are enough, each round has jobs of its own, and this
    process looks between them: no job sees the runs of the others.
    """
    from bondsim.commands.studies import report
    from bondsim.study.stopping import in_rounds
    from bondsim.study.sweep import Progress

    _check_installed(order.executor)
    progress = Progress(order.plan.n_runs)

    def live(plan: Plan) -> StoredPlan:
        return _lived_by_jobs(command, given, replace(order, plan=plan), progress)

    if order.wish is None:
        stored = live(order.plan)
    else:
        results = order.settings.folder
        stored = in_rounds(order.plan, results, order.wish, order.precise, live)
    return report(order, stored, progress)


def _lived_by_jobs(
    command: str, given: Namespace, order: StudyOrder, progress: Progress
) -> StoredPlan:
    """Have jobs live all runs of a plan; `DataError`, after a report, where some broke off."""
    from bondsim.commands.studies import report
    from bondsim.study.sweep import begin, count, n_left

    results = order.settings.folder
    stored, _ = begin(order.plan, results)
    progress.runs = order.plan.n_runs
    if not n_left(order.plan, results, retry_failed=given.retry_failed):
        count(order.plan, results, progress)
        return stored  # as of the first rounds of a study that goes on: no job needs to wait
    folder = stored.folder / "jobs" / datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    folder.mkdir(parents=True)
    words = {
        "command": command, "words": [*given.overrides, *_round(order)],
        "config_dir": given.config_dir,
        "retry_failed": given.retry_failed, "cpus": order.executor.cpus, "folder": os.getcwd(),
        "jobs": order.executor.jobs,
    }  # fmt: skip
    (folder / "job.json").write_text(json.dumps(words), encoding="utf-8")
    print(f"{order.executor.jobs} jobs; their logs: {folder / '.submitit'}", file=sys.stderr)
    with (folder / "launcher.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bondsim.commands.cluster", *_words_of(order.executor, folder)],
            stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "HYDRA_FULL_ERROR": "1"},
        )  # fmt: skip
        try:
            _watch(process, order, progress)
        except KeyboardInterrupt:
            process.terminate()
            raise KeyboardInterrupt(
                "stopped waiting; jobs that were handed to Slurm go on (scancel ends them), and "
                f"bondsim status {stored.folder_name} tells how far they are"
            ) from None
    if process.returncode:
        report(order, stored, progress)
        lines = (folder / "launcher.log").read_text(errors="replace").strip().splitlines()
        told = lines[-1] if lines else "no reason given"
        fix = f"see {folder / 'launcher.log'}; the same command goes on with what is left"
        raise DataError(f"the jobs of {order.plan.name}", f"some broke off ({told})", fix)
    return stored


def _round(order: StudyOrder) -> list[str]:
    """Words by which jobs live so many replicates, and look at nothing themselves."""
    if order.wish is None:
        return []
    return [f"replicates={order.plan.replicates}", "study.precise=''"]


def _watch(process: subprocess.Popen[bytes], order: StudyOrder, progress: Progress) -> None:
    """Show how far the jobs are until the launcher ends."""
    from bondsim.console import interruptible
    from bondsim.displays import study_display
    from bondsim.study.sweep import count

    with (
        interruptible() as check,
        study_display(order.plan.name, quiet=order.settings.quiet) as show,
    ):
        while process.poll() is None:
            check()
            with suppress(BondsimError):
                count(order.plan, order.settings.folder, progress)
            show(progress)
            with suppress(subprocess.TimeoutExpired):
                process.wait(POLL)
        count(order.plan, order.settings.folder, progress)


def _words_of(plan: ExecutorPlan, folder: Path) -> list[str]:
    """What Hydra's application is told: its launcher, and the parts."""
    words = {
        "hydra/launcher": plan.launcher,
        "hydra.sweep.dir": json.dumps(str(folder)),
        "hydra.launcher.timeout_min": str(plan.minutes),
        "hydra.launcher.cpus_per_task": str(plan.cpus),
        "hydra.launcher.mem_gb": str(max(1, round(plan.memory_gb))),
        "hydra.launcher.name": "bondsim",
        "order": json.dumps(str(folder / "job.json")),
        "part": ",".join(str(k) for k in range(1, plan.jobs + 1)),
    }
    if plan.partition and plan.launcher == "submitit_slurm":
        words["hydra.launcher.partition"] = plan.partition
    return ["--multirun", *(f"{name}={value}" for name, value in words.items())]


def _check_installed(plan: ExecutorPlan) -> None:
    try:
        import hydra_plugins.hydra_submitit_launcher  # noqa: F401
    except ImportError:
        fix = "install it with: pip install 'bondsim[cluster]'"
        raise DataError("hydra-submitit-launcher", "it is not installed", fix) from None
    from shutil import which

    if plan.launcher == "submitit_slurm" and which("sbatch") is None:
        fix = "go to a machine of the cluster, or try it with executor.launcher=submitit_local"
        raise DataError("executor=slurm", "there is no sbatch here", fix)


def live_part(job: dict[str, Any], part: int) -> None:
    """What one job does: its part of the runs, on the cores that it has."""
    name, *more = job["command"].split()
    words = [
        name, *more, *job["words"], "executor=local", f"executor.processes={job['cpus']}",
        f"--part={part}/{job['jobs']}",
    ]  # fmt: skip
    words += ["--retry-failed"] * job["retry_failed"]
    words += ["--config-dir", job["config_dir"]] if job["config_dir"] else []
    began = time.time()
    # a process of its own: here Hydra has been set up for the job, and there it composes the study
    status = subprocess.call([sys.executable, "-m", "bondsim", *words], cwd=job["folder"])
    print(f"part {part} of {job['jobs']}: status {status} after {time.time() - began:.1f} s")
    if status > 1:  # 1: some runs failed, which is written down
        raise SystemExit(status)


def _application() -> None:
    import hydra
    from hydra.core.config_store import ConfigStore
    from omegaconf import DictConfig

    ConfigStore.instance().store("job", {"order": "???", "part": 1})

    @hydra.main(version_base="1.3", config_path=None, config_name="job")
    def job(config: DictConfig) -> None:
        from bondsim.commands.cluster import live_part as live

        live(json.loads(Path(config.order).read_text(encoding="utf-8")), config.part)

    job()


if __name__ == "__main__":
    _application()
