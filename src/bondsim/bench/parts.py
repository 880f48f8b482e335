"""The parts of a benchmark, each measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from bondsim.bench import classroom, frameworks, memory, startup, studies, town
from bondsim.bench.measured import Measured, measured_from
from bondsim.bench.options import Options
from bondsim.engine import SMALL
from bondsim.store.plain import to_json

MESA_LARGEST, MESA_QUICK = 10_000, 1_000
"""People beyond which a day of Mesa objects takes minutes, or with --quick, seconds."""
MESA_ROUNDS = 2
STUDY = {"n_agents": 1_000, "days": 100, "runs": 1_000, "mesa_days": 10}
QUICK_STUDY = {"n_agents": 200, "days": 20, "runs": 20, "mesa_days": 2}
"""The study that is carried out, and how long Mesa lives the same worlds."""
FILL, QUICK_FILL = 0.5, 0.1
"""Seconds of days in one repetition of a town."""
TABLE, QUICK_TABLE = 1 << 27, 1 << 24
"""Bytes of the largest table that is read at random."""

MEASURES: dict[str, Callable[..., list[Measured]]] = {
    "startup": startup.measure,
    "memory": memory.measure,
    "town": town.measure,
    "classroom": classroom.measure,
    "frameworks": frameworks.measure,
    "studies": studies.measure,
}


class Part(NamedTuple):
    """One part: what it is called while it runs, which measure, and with which arguments."""

    title: str
    measure: str
    arguments: dict[str, Any]


def plan(options: Options) -> Iterator[Part]:
    """The parts of a benchmark, in their order."""
    quick, repeats, threads = options.quick, options.repeats, list(options.threads)
    starts = {"repeats": 1 if quick else repeats, "compile_anew": not quick}
    yield Part("starting up", "startup", starts)
    table = QUICK_TABLE if quick else TABLE
    arguments = {"threads": threads, "repeats": repeats, "largest_table": table}
    yield Part("the machine's memory", "memory", arguments)
    yield Part("studies", "studies", dict(QUICK_STUDY if quick else STUDY))
    for n in options.sizes:
        sized = {"n_agents": n, "threads": threads if n >= SMALL else threads[:1]}
        fill = QUICK_FILL if quick else FILL
        yield Part(f"town, {n:,} people", "town", {**sized, "repeats": repeats, "fill": fill})
        if n <= (MESA_QUICK if quick else MESA_LARGEST):
            rounds = min(repeats, MESA_ROUNDS)
            yield Part(f"Mesa objects, {n:,} people", "classroom", {**sized, "rounds": rounds})
        if options.peers:
            title = f"other frameworks, {n:,} people"
            yield Part(title, "frameworks", {**sized, "repeats": repeats})


def carry_out(part: Part) -> list[Measured]:
    """Measure one part in a process of its own; if that fails, one figure that says why."""
    with tempfile.TemporaryDirectory(prefix="bondsim-bench-") as folder:
        found = Path(folder) / "found.json"
        words = [sys.executable, "-m", __name__, part.measure, json.dumps(part.arguments)]
        done = subprocess.run([*words, str(found)], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return [measured_from(content) for content in json.loads(found.read_text())]
    last = done.stderr.strip().splitlines()[-1:] or [""]
    why = f"stopped by signal {-done.returncode}" if done.returncode < 0 else last[0]
    n_agents = part.arguments.get("n_agents")
    return [Measured(part.title, "", "", (), n_agents, note=f"not measured: {why}", failed=True)]


def main(words: list[str]) -> None:
    """In the process of its own: measure, and write what was found as JSON."""
    measure, arguments, path = words
    found = MEASURES[measure](**json.loads(arguments))
    Path(path).write_text(to_json([asdict(figure) for figure in found]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
