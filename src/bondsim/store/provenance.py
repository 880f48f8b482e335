"""Where a result comes from: software, machine, inputs, time and memory. None of it changes one."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bondsim.network import Network
    from bondsim.world import Run

SCHEMA = 2
"""Version of the layout of a run folder; raised when an older reader would misread it."""
_LIBRARIES = ("numpy", "numba", "llvmlite", "scipy", "networkx", "pandas", "pyarrow", "matplotlib")
_AROUND = {
    "__init__", "__main__", "bench", "cache", "calibration", "causal", "cli", "commands", "config",
    "console", "displays", "export", "figures", "mesa_model", "orders", "reference",
    "sensitivity", "store", "study", "validation", "verify", "warm",
}  # fmt: skip
"""What stands around the model: it asks for results and keeps them, and changes none."""
_HERE = Path(__file__).resolve().parents[1]


def provenance(
    run: Run,
    *,
    elapsed: float | None,
    threads: int | None = None,
    command: Sequence[str] | None = None,
) -> dict[str, Any]:
    """A JSON-able account of how a run came about.

    `elapsed` [s] is the time it took; `threads` how many were asked for, None where that is not
    known; a small world runs on one whatever is asked for. `command`: the words that began the
    run, those of this process if None.
    """
    return {
        **account_of(run.params.seed, run.network, elapsed=elapsed, command=command),
        "threads_asked": threads,
        "person_hours": run.cost,
    }


def account_of(
    seed: int,
    network: Network,
    *,
    elapsed: float | None,
    command: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The same of anything that was found in worlds with this seed and starting network."""
    return {
        "schema": SCHEMA,
        "software": software(),
        "environment": {
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "libraries": {name: _version(name) for name in _LIBRARIES},
            "platform": platform.platform(),
            "machine": platform.machine(),
            "n_cores": os.cpu_count(),
        },
        "command": list(sys.argv if command is None else command),
        "seed": seed,
        "inputs": list(network.source.get("files", [])),
        "n_agents": network.n_agents,
        "n_bonds": network.n_bonds,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": None if elapsed is None else round(elapsed, 3),
        "peak_memory_mb": peak_memory(),
    }


def software() -> dict[str, Any]:
    """The code that runs: version, and commit where it is a checkout."""
    return {"bondsim": version("bondsim"), "git": git_state()}


@cache
def code_hash() -> str:
    """SHA-256 of every source file of this package: two that are the same live the same days."""
    digest = hashlib.sha256()
    for path in sorted(_HERE.rglob("*.py")):
        digest.update(path.relative_to(_HERE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def model_hash(*more: str) -> str:
    """SHA-256 of the source files that results come from: the model and its measures.

    Commands, figures and analyses may change without a stored run being another one. `more`: names
    of packages around the model that a result comes from as well.
    """
    digest = hashlib.sha256()
    for path in sorted(_HERE.rglob("*.py")):
        part = path.relative_to(_HERE)
        if part.parts[0].removesuffix(".py") not in _AROUND - {*more}:
            digest.update(part.as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def code_name(software: Mapping[str, Any]) -> str:
    """What `software` tells, in words."""
    git = software.get("git") or {}
    changed = ", changed" if git.get("dirty") else ""
    commit = f" ({git['commit'][:12]}{changed})" if git.get("commit") else ""
    return f"{software.get('bondsim', 'of an unknown version')}{commit}"


def git_state() -> dict[str, Any] | None:
    """Commit of the checkout that this package runs from and whether it was changed, or None.

    A package that was installed into somebody else's repository is not under version control there.
    """
    if _git("ls-files", "--error-unmatch", "engine.py") is None:
        return None
    commit, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--", ".")
    if commit is None or changes is None:
        return None
    return {"commit": commit.strip(), "dirty": bool(changes.strip())}


def peak_memory() -> float | None:
    """The most memory that this process has held so far [MB], None where that is not known."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1.0 if sys.platform == "darwin" else 1024.0
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(_HERE), *arguments],
            capture_output=True, text=True, timeout=10.0, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
