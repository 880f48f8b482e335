"""Threads that share the loops of `bondsim.bench.kernels`, as the engine's share a phase."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

from bondsim.compiling import compiled


class Crew:
    """Runs one of the kernels over ``range(n)``, an equal stretch for each thread."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def run(self, kernel: Callable[..., None], n: int, *rest: Any) -> None:
        """``kernel(lo, hi, *rest)`` for stretches that make up ``range(n)``."""
        fast = compiled(kernel)
        if self._pool is None:
            fast(0, n, *rest)
            return
        ends = [n * k // self.threads for k in range(self.threads + 1)]
        work = [self._pool.submit(fast, lo, hi, *rest) for lo, hi in pairwise(ends)]
        for stretch in work:
            stretch.result()
