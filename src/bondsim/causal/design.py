"""The worlds of an analysis: one design, lived with many seeds, on all cores."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable, Generator, Iterable
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from bondsim.errors import DataError, ParameterError
from bondsim.interventions import Intervention
from bondsim.network import Network, build
from bondsim.params import Params
from bondsim.world import World

Ended = Callable[[int, int], None]
"""Called with how many jobs have ended, and of how many; may raise to stop."""


@dataclass(frozen=True)
class Design:
    """One world and how often it is lived: replicate r has the seed ``params.seed + r``.

    `network`: a specification or what was read of files (`Given`), from which each replicate makes
    its own network, or a `Network` that all share. `days` are counted from the start of the
    burn-in, of which nothing is measured.
    """

    params: Params
    network: Any
    days: int
    burn_in: int = 0
    replicates: int = 20
    interventions: tuple[Intervention, ...] = ()

    def __post_init__(self) -> None:
        for name, low in (("days", 1), ("burn_in", 0), ("replicates", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < low:
                raise ParameterError(name, value, f"a whole number of at least {low}")
        if self.params.seed + self.replicates > 2**63:
            allowed = f"at most {2**63 - self.replicates}, so that every replicate has its own"
            raise ParameterError("seed", self.params.seed, allowed)

    @property
    def last_day(self) -> int:
        """The last day that is lived."""
        return self.burn_in + self.days - 1

    def people(self, replicate: int) -> Network:
        """The network that a replicate starts from."""
        if isinstance(self.network, Network):
            return self.network
        return build(self.network, self.params.seed + replicate)

    def params_of(self, replicate: int, **changes: Any) -> Params:
        """The parameters of a replicate, with some values changed, named by path."""
        return self.params.replace(seed=self.params.seed + replicate, **changes)

    def world(self, replicate: int, **changes: Any) -> World:
        """A replicate on its first morning, with some parameters changed, on one thread."""
        return World(
            self.params_of(replicate, **changes), self.people(replicate),
            interventions=self.interventions, threads=1,
        )  # fmt: skip

    def science(self) -> dict[str, Any]:
        """All that determines the worlds, JSON-able."""
        return {
            "params": self.params.as_dict(),
            "network": self.people(0).source,
            "interventions": [planned.as_dict() for planned in self.interventions],
            "days": self.days,
            "burn_in": self.burn_in,
            "replicates": self.replicates,
        }


def live(world: World, until: int) -> None:
    """Live all days before `until`."""
    while world.day < until:
        world.step()


def in_parallel(
    function: Callable[..., Any],
    jobs: Iterable[tuple[Any, ...]],
    *,
    processes: int | None = None,
    ended: Ended | None = None,
) -> list[Any]:
    """``function(*job)`` of each job, in their order, whatever the number of processes.

    `processes`: all cores if None. A world of some thousand people spends half of its time between
    compiled loops, so processes bring twice as much as threads would.
    """  # fmt: skip
    jobs = list(jobs)
    n = min(len(jobs), processes or os.cpu_count() or 1)
    found = []
    with closing(_results(function, jobs, n)) as results:
        for result in results:
            found.append(result)
            if ended is not None:
                ended(len(found), len(jobs))
    return found


def _results(
    function: Callable[..., Any], jobs: list[tuple[Any, ...]], processes: int
) -> Generator[Any]:
    if processes < 2:
        yield from (function(*job) for job in jobs)
        return
    from joblib import Parallel, delayed

    # arrays are small: writing them to files for the workers to map would take longer
    pool = Parallel(n_jobs=processes, return_as="generator", max_nbytes=None, batch_size=1)
    results = pool(delayed(_unstopped)(function, job) for job in jobs)
    try:
        for result in results:  # noqa: UP028 - closed below, where warnings are off
            yield result
    except BrokenProcessPool:
        found = "it was killed, perhaps for want of memory"
        fix = "ask for fewer at a time: processes=1"
        raise DataError("a process that lives worlds", found, fix) from None
    finally:
        with warnings.catch_warnings():
            # that jobs are cancelled is what whoever stops it wants
            warnings.simplefilter("ignore", UserWarning)
            results.close()


def _unstopped(function: Callable[..., Any], job: tuple[Any, ...]) -> Any:
    """The job, in a process that leaves Ctrl-C to the one that waits for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return function(*job)
