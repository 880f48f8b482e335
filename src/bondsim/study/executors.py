"""Where tasks are carried out: this process, its own worker processes, or a cluster.

Copies of this process are the quickest; all others go through joblib, which has a backend for
each. Results never depend on the executor.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from socket import create_connection
from typing import Any

from bondsim.errors import DataError, ParameterError
from bondsim.params import Checked, par
from bondsim.study.copies import LostWorkerError, can_copy, map_copies
from bondsim.warm import warm

KINDS = ("local", "ray", "dask", "slurm")


@dataclass(frozen=True)
class ExecutorPlan(Checked):
    """Where runs are lived."""

    GROUP = "executor"

    kind: str = par(
        "local", "local: processes of this machine; ray, dask: a cluster of these; slurm: jobs of "
        "Slurm, through Hydra's submitit launcher", choices=KINDS,
    )  # fmt: skip
    processes: int | None = par(
        None, "runs that are lived at a time, null: one a core of the machine or cluster; never "
        "changes a result", low=1, high=100_000,
    )  # fmt: skip
    address: str = par(
        "", "of a running cluster of Ray or Dask (such as auto, or tcp://host:8786); empty: one is "
        "started here and stopped at the end", unit="address", low=0,
    )  # fmt: skip
    task_seconds: float = par(
        1.0, "seconds that a task takes: short runs are packed together up to that", unit="s",
        low=0.001, high=86_400,
    )  # fmt: skip
    jobs: int = par(1, "jobs of Slurm that share the runs of a study", low=1, high=10_000)
    partition: str = par("", "partition of Slurm; empty: its default", unit="name", low=0)
    cpus: int = par(1, "cores of each job of Slurm", low=1, high=1024)
    memory_gb: float = par(4.0, "memory of each job of Slurm", unit="GB", low=0.1, high=100_000)
    minutes: int = par(60, "longest time of each job of Slurm", unit="min", low=1, high=1_000_000)
    launcher: str = par(
        "submitit_slurm", "launcher of Hydra; submitit_local tries the same without Slurm",
        choices=("submitit_slurm", "submitit_local"),
    )  # fmt: skip


PATIENCE = 20.0
"""Seconds that a cluster has to answer."""
ROUND = 8
"""Tasks for each worker at a time where results come back together."""


COPIES = "copies"
"""The backend of workers that are copies of this process; the others are those of joblib."""


class Pool:
    """Workers that carry out tasks, `n_workers` at a time; None for this process itself."""

    def __init__(self, n_workers: int, backend: str | None) -> None:
        self.n_workers = n_workers
        self._backend = backend

    def map(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
        """What `function` gives for each task, as they end; tasks are taken when workers are free.

        Raises `LostWorkerError` where a worker died, and whatever `function` raised.
        """
        if self._backend is None:
            yield from map(function, tasks)
            return
        if self._backend == COPIES:
            with closing(map_copies(function, tasks, self.n_workers)) as results:
                yield from results
            return
        from joblib import parallel_config

        with (
            parallel_config(backend=self._backend, n_jobs=self.n_workers),
            warnings.catch_warnings(),
        ):
            # that tasks are cancelled is what whoever stops wants
            warnings.simplefilter("ignore", UserWarning)
            try:
                yield from self._ended(function, iter(tasks))
            except Exception as error:
                if _tells_of_a_death(error):
                    raise LostWorkerError(str(error)) from None
                raise

    def _ended(self, function: Callable[[Any], Any], tasks: Iterator[Any]) -> Iterator[Any]:
        from joblib import Parallel, delayed

        # arrays are small: writing them to files for the workers to map would take longer
        options = {"max_nbytes": None, "batch_size": 1, "pre_dispatch": self.n_workers + 1}
        if self._backend != "ray":
            pool = Parallel(return_as="generator_unordered", **options)
            with closing(pool(delayed(function)(task) for task in tasks)) as results:
                yield from results
            return
        # the backend of Ray gives results only when all are there: so many at a time
        while some := list(islice(tasks, ROUND * self.n_workers)):
            yield from Parallel(**options)(delayed(function)(task) for task in some)


_DEATHS = {
    "BrokenProcessPool", "TerminatedWorkerError", "RayActorError", "ActorDiedError",
    "WorkerCrashedError", "KilledWorker", "OutOfMemoryError", "CancelledError",
    "FutureCancelledError",
}  # fmt: skip
"""Errors by which executors tell that a worker died."""


def _tells_of_a_death(error: Exception) -> bool:
    return any(cls.__name__ in _DEATHS for cls in type(error).__mro__)


@contextmanager
def pool_of(plan: ExecutorPlan) -> Iterator[Pool]:
    """The workers that an executor has; a cluster that is started here is stopped at the end."""
    with ExitStack() as held:
        if plan.kind == "ray":
            yield _ray(plan, held)
        elif plan.kind == "dask":
            yield _dask(plan, held)
        elif plan.kind == "local":
            yield _local(plan)
        else:
            raise ParameterError("executor.kind", plan.kind, "local, ray or dask here")


def _local(plan: ExecutorPlan) -> Pool:
    n = plan.processes or os.cpu_count() or 1
    if n == 1:
        return Pool(n, None)
    if not can_copy():
        return Pool(n, "loky")
    warm()  # here, where copies find it
    return Pool(n, COPIES)


def _ray(plan: ExecutorPlan, held: ExitStack) -> Pool:
    # Ray would copy the project and install it anew for its workers where `uv run` began us
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    ray = _imported("ray")
    from ray.util.joblib import register_ray

    if not ray.is_initialized():
        held.callback(ray.shutdown)
        with _reachable(plan):
            ray.init(
                address=plan.address or None, num_cpus=None if plan.address else plan.processes,
                include_dashboard=False, log_to_driver=False, logging_level="ERROR",
            )  # fmt: skip
    register_ray()
    n = plan.processes or int(ray.cluster_resources().get("CPU", 1))
    return Pool(n, "ray")


def _dask(plan: ExecutorPlan, held: ExitStack) -> Pool:
    _imported("distributed")
    from distributed import Client, LocalCluster

    if plan.address:
        with _reachable(plan):
            client = held.enter_context(Client(plan.address, timeout=PATIENCE))
    else:
        n = plan.processes or os.cpu_count() or 1
        cluster = held.enter_context(
            LocalCluster(n_workers=n, threads_per_worker=1, dashboard_address=None, silence_logs=50)
        )
        client = held.enter_context(Client(cluster))
    n = plan.processes or sum(client.nthreads().values())
    if n < 1:
        fix = "start workers, such as with `dask worker ADDRESS`"
        raise DataError(plan.address, "the cluster has no workers", fix)
    return Pool(n, "dask")


@contextmanager
def _reachable(plan: ExecutorPlan) -> Iterator[None]:
    """Tell where no cluster answers at the address, before a library tries for minutes."""
    try:
        host, _, port = plan.address.rpartition("://")[2].rpartition(":")
        if port.isdecimal():
            with create_connection((host.strip("[]"), int(port)), timeout=PATIENCE):
                pass
        yield
    except (OSError, ValueError, RuntimeError) as error:
        found = f"no {plan.kind} cluster answers ({' '.join(str(error).split())[:200]})"
        fix = "start it, or leave the address out: a local one is then started"
        raise DataError(plan.address or "executor.address", found, fix) from None


def _imported(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        fix = "install it with: pip install 'bondsim[cluster]'"
        raise DataError(name, "it is not installed", fix) from None
