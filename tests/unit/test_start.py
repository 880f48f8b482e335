"""Starting is quick: nothing is imported that the command at hand does not need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from bondsim import cache
from bondsim.__main__ import keep_bytecode
from bondsim.machine_code import keep

HEAVY = {
    "numpy", "numba", "scipy", "pandas", "pyarrow", "networkx", "matplotlib", "hydra", "omegaconf",
    "mesa", "rich",
}  # fmt: skip

SHOW = """
import json, sys, time
started = time.process_time()
{code}
taken = time.process_time() - started
print(json.dumps([taken, sorted(sys.modules)]), file=sys.stderr)
"""


def after(code: str, cwd: Path) -> tuple[float, set[str]]:
    """Processor time of `code` in a fresh interpreter [s], and the modules that it imported."""
    command = [sys.executable, "-c", SHOW.format(code=code)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    taken, modules = json.loads(done.stderr.splitlines()[-1])
    return taken, set(modules)


def test_the_package_imports_nothing_heavy(tmp_path: Path) -> None:
    taken, modules = after("import bondsim; assert bondsim.__version__", tmp_path)
    assert modules & HEAVY == set()
    assert min(taken, after("import bondsim", tmp_path)[0]) < 0.3


@pytest.mark.parametrize("words", [["--version"], ["--help"]])
def test_words_about_the_command_import_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    code = f"from bondsim.cli import main; assert main({words}) == 0"
    assert after(code, tmp_path)[1] & HEAVY == set()


def test_a_run_imports_only_what_it_needs(tmp_path: Path) -> None:
    """Each of these would add a third of a second or more."""
    code = "from bondsim.cli import main; assert main(['run', 'network=karate', 'days=3']) == 0"
    _, modules = after(code, tmp_path)
    assert modules & {"pandas", "mesa", "scipy.spatial", "scipy.optimize", "scipy.stats"} == set()
    assert "matplotlib.pyplot" not in modules
    assert {"numba", "matplotlib.figure", "pyarrow.parquet"} <= modules


BYTECODE = """
import sys
from bondsim.__main__ import keep_bytecode
keep_bytecode()
import numpy
print(sys.pycache_prefix, sys.dont_write_bytecode, numpy.__cached__)
"""


def where(tmp_path: Path, **changes: str) -> list[str]:
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), **changes}
    env = {name: value for name, value in env.items() if value}
    command = [sys.executable, "-c", BYTECODE]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_bytecode_is_kept_in_the_cache_where_python_keeps_none(tmp_path: Path) -> None:
    import numpy as np

    beside = Path(np.__file__).parent / "__pycache__"
    prefix, dont_write, cached = where(tmp_path, PYTHONDONTWRITEBYTECODE="1")
    if list(beside.glob("__init__.*.pyc")):
        assert prefix == "None"
    else:
        assert dont_write == "False" and prefix.startswith(str(tmp_path / "cache" / "bondsim"))
        assert Path(cached).is_relative_to(prefix) and Path(cached).is_file()


def test_a_place_for_bytecode_that_the_user_names_stays(tmp_path: Path) -> None:
    named = str(tmp_path / "mine")
    assert where(tmp_path, PYTHONPYCACHEPREFIX=named)[0] == named
    assert not (tmp_path / "cache").exists()


def test_nowhere_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept, and nothing is said."""
    monkeypatch.setattr(cache, "_bases", lambda: [Path("/dev/null")])
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr("bondsim.__main__.folder", cache.folder.__wrapped__)
    assert cache.folder.__wrapped__("code") is None
    keep_bytecode()
    assert sys.pycache_prefix is None

    def double(x):  # type: ignore[no-untyped-def]
        return 2.0 * x

    assert keep(numba.njit(double), None)(1.5) == 3.0
