"""A small busy town, and Python processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import bondsim

Python = Callable[..., str]


@pytest.fixture
def python() -> Python:
    """Run code in a fresh interpreter with warnings as errors; returns what it printed.

    `package`: the folder that holds the bondsim to import; `changes`: environment variables, None
    takes one away.
    """

    def run(code: str, package: Path | None = None, **changes: str | Path | None) -> str:
        home = package if package is not None else Path(bondsim.__file__).parent.parent
        env = {**os.environ, "PYTHONPATH": str(home), **changes}
        env = {name: str(value) for name, value in env.items() if value is not None}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run
