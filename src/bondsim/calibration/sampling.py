"""A sampler for pyabc that lives points in batches: the same for any number of processes.

pyabc proposes one point at a time from numpy's shared state, and its own parallel samplers keep
whichever points end first. Here a batch is proposed at once, with luck of its own, simulated by
`Evaluate`, and accepted in the order of proposal. How large a batch is follows from what was
accepted before, so nothing depends on how long a point takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from pyabc.inference_util import AnalysisVars, evaluate_preliminary_particle
from pyabc.population import Particle, Sample
from pyabc.sampler import Sampler

Places = list[list[float]]
"""Places of proposed points in [0, 1], one list a point."""
DISTANCE = "distance"
"""All that pyabc is told of what was seen."""
LARGEST = 8
"""Most batches that are simulated at once."""


class Simulated(NamedTuple):
    """One point that was proposed in a population, its number in the order of all."""

    population: int
    number: int
    kept: bool
    weight: float


class BatchSampler(Sampler):  # type: ignore[misc]
    """Fills populations from batches of points; `stopped` says why one was left unfinished."""

    def __init__(
        self,
        names: list[str],
        simulate: Callable[[Places], list[float]],
        *,
        seed: int,
        batch: int,
        budget: int,
    ) -> None:
        """`simulate` gives the distance of each place, at most `budget` in all."""
        super().__init__()
        self.names, self.simulate = names, simulate
        self.seed, self.batch, self.budget = seed, batch, budget
        self.used = 0
        self.tried: list[Simulated] = []
        self.particles: dict[int, list[tuple[int, Particle]]] = {}
        self.stopped = ""

    def sample_until_n_accepted(
        self,
        n: int,
        simulate_one: Callable[..., Particle],
        t: int,
        *,
        max_eval: float = math.inf,
        all_accepted: bool = False,
        ana_vars: AnalysisVars | None = None,
    ) -> Sample:
        """Propose and simulate batches until `n` points are kept, or the effort is used up."""
        sample = self._create_empty_sample()
        kept: list[tuple[int, Particle]] = []
        start, batches = self.used, 0
        while len(kept) < n:
            size = self._size(n - len(kept), len(kept), self.used - start, max_eval)
            if size < 1:
                sample.ok = False
                break
            with own_luck(self.seed, t, batches):
                proposed = [simulate_one(evaluate=False) for _ in range(size)]
            batches += 1
            found = self.simulate([[each.parameter[k] for k in self.names] for each in proposed])
            for particle, distance in zip(proposed, found, strict=True):
                particle.sum_stat = {DISTANCE: distance}
                done = evaluate_preliminary_particle(particle, t, ana_vars)
                taken = bool(done.accepted) and len(kept) < n
                if taken:
                    kept.append((self.used, done))
                    sample.append(done)
                self.tried.append(Simulated(t, self.used, taken, float(done.weight)))
                self.used += 1
        self.nr_evaluations_ = self.used - start
        if sample.ok:
            self.particles[t] = kept
        return sample

    def _size(self, wanted: int, kept: int, tried: int, most: float) -> int:
        """How many to try next: as many as would do at the rate so far; 0 where all is used up."""
        likely = wanted * (tried + 1) / (kept + 1)
        size = int(min(max(self.batch, math.ceil(likely)), max(wanted, LARGEST * self.batch)))
        left = self.budget - self.used
        if left < 1 or tried >= most:
            self.stopped = "budget" if left < 1 else "acceptance"
            return 0
        return min(size, left)


@contextmanager
def own_luck(*seeds: int) -> Generator[None]:
    """The random state that numpy shares, seeded and then put back: pyabc knows no other."""
    before = np.random.get_state()  # noqa: NPY002
    own = np.random.RandomState(np.random.MT19937(np.random.SeedSequence(seeds)))
    np.random.set_state(own.get_state())  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
