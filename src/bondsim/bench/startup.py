"""How long a user waits before the first day: imports, compilation, the whole command."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bondsim.bench.measured import Measured, Ratio, quotients, take_turns

PART = "starting up"
RUN = ("run", "network=karate", "days=30")
"""The words of the command that is timed."""
_IMPORT = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"


def measure(repeats: int, compile_anew: bool) -> list[Measured]:
    """Seconds in fresh processes; `compile_anew` runs the command once with an empty cache.

    Each run has a folder of results of its own: where it is stored it would not be lived again.
    """
    with tempfile.TemporaryDirectory(prefix="bondsim-bench-") as folder:
        environment = dict(os.environ)
        if compile_anew:
            environment["NUMBA_CACHE_DIR"] = str(Path(folder) / "cache")
        first = _seconds_of_run(folder, environment)
        cases: dict[str, Callable[[], float]] = {
            "import bondsim": lambda: _printed("import bondsim", environment),
            "from bondsim import World": lambda: _printed("from bondsim import World", environment),
            "run": lambda: _seconds_of_run(folder, environment),
        }
        found = take_turns(cases, repeats)
    note = " ".join(RUN)
    figures = [Measured(PART, name, "s", values) for name, values in found.items() if name != "run"]
    figures.append(Measured(PART, "bondsim run, compiled before", "s", found["run"], note=note))
    if compile_anew:
        slower = quotients([first] * repeats, found["run"])
        ratio = Ratio("as long as compiled before", slower)
        figures.append(
            Measured(PART, "bondsim run, nothing compiled", "s", (first,), ratios=(ratio,))
        )
    return figures


def _printed(statement: str, environment: Mapping[str, str]) -> float:
    """Seconds of `statement` in a new interpreter."""
    return float(_output([sys.executable, "-c", _IMPORT.format(statement)], environment))


def _seconds_of_run(folder: str, environment: Mapping[str, str]) -> float:
    results = tempfile.mkdtemp(prefix="results-", dir=folder)
    started = time.perf_counter()
    _output([sys.executable, "-m", "bondsim", *RUN, f"results={results}"], environment)
    return time.perf_counter() - started


def _output(command: Sequence[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        why = (done.stderr.strip() or f"status {done.returncode}").splitlines()[-1]
        raise RuntimeError(f"{' '.join(command[1:4])}: {why}")
    return done.stdout
