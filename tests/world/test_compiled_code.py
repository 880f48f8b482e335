"""Compiled code: never stale, never in the way, and the same as plain Python."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import bondsim
from bondsim.compiling import COMPILED_SOURCES, cache_folder
from tests.world.conftest import Python
from tests.world.towns import params

PACKAGE = Path(bondsim.__file__).parent

TINY = """
from bondsim import World
from bondsim.network import Circles
from tests.world.towns import params
print(World(params(3), Circles(n_agents=12, friends=3.0, context_size=4)).run(5).hash)
"""

ONE_RULE = """
from bondsim.compiling import cache_folder, compiled
from bondsim.rules import similarity
print(cache_folder(), compiled(similarity)(0.1, 0.2, 0.3))
"""


def tiny() -> str:
    """What `TINY` prints, here."""
    from bondsim import World
    from bondsim.network import Circles

    town = Circles(n_agents=12, friends=3.0, context_size=4)
    return World(params(3), town).run(5).hash


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with a copy of the package."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "copy" / "bondsim", ignore=ignore)
    return tmp_path / "copy"


# --- stale code -----------------------------------------------------------------------------


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_source_is_compiled_anew(python: Python, copy: Path, tmp_path: Path) -> None:
    """Also where only a function that the rule calls, in another file, has changed."""
    cache = tmp_path / "cache"
    folder, first = python(ONE_RULE, copy, NUMBA_CACHE_DIR=cache).split()
    edit(
        copy / "bondsim/numeric.py",
        "def exp(x):",
        "def exp(x):\n    return 7.0\n\n\ndef old_exp(x):",
    )
    other, second = python(ONE_RULE, copy, NUMBA_CACHE_DIR=cache).split()
    assert float(first) != 7.0 == float(second)
    assert folder != other and Path(folder).parent == Path(other).parent == cache / "bondsim"


def test_the_same_source_is_compiled_once(python: Python, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = python(ONE_RULE, NUMBA_CACHE_DIR=cache)
    machine_code = sorted(cache.rglob("*.nbc"))
    times = [path.stat().st_mtime_ns for path in machine_code]
    assert python(ONE_RULE, NUMBA_CACHE_DIR=cache) == first
    assert machine_code and sorted(cache.rglob("*.nbc")) == machine_code
    assert [path.stat().st_mtime_ns for path in machine_code] == times


SOURCES = [p for pattern in COMPILED_SOURCES for p in sorted(PACKAGE.glob(pattern))]


def test_every_pattern_of_sources_finds_files() -> None:
    assert all(list(PACKAGE.glob(pattern)) for pattern in COMPILED_SOURCES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_every_source_counts(source: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bondsim import compiling

    monkeypatch.setattr(compiling, "__file__", str(copy / "bondsim" / "compiling.py"))
    plain = compiling.sources_hash.__wrapped__
    before = plain()
    assert before == compiling.sources_hash()
    changed = copy / "bondsim" / source.relative_to(PACKAGE)
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert plain() != before


WHAT_IS_COMPILED = """
import numba
files = set()
njit = numba.njit
def noting(**options):
    def take(function):
        files.add(function.__code__.co_filename)
        return njit(**options)(function)
    return take
numba.njit = noting
from bondsim import World
from bondsim.interventions import WHATS, WHOS, Intervention
from tests.world.towns import TOWN, params
plan = [Intervention(what=what, n=3, start=1, length=2) for what in WHATS]
plan += [Intervention(who=who, n=3, start=1, length=2, ids=(1, 2)) for who in WHOS]
World(params(turnover=0.2), TOWN, interventions=plan).run(5).hash
print("\\n".join(sorted(files)))
"""


def test_every_compiled_function_stands_in_a_known_source(python: Python) -> None:
    """`compiling` knows every file whose change must not leave old machine code behind."""
    files = {Path(f) for f in python(WHAT_IS_COMPILED, NUMBA_DISABLE_JIT="1").splitlines()}
    assert len(files) > 8
    assert files <= set(SOURCES)


# --- where it is kept -----------------------------------------------------------------------


def test_a_read_only_install_without_a_home(python: Python, copy: Path, tmp_path: Path) -> None:
    """HOME is no folder, the package may not be written to: a temporary folder serves."""
    (tmp_path / "temporary").mkdir()
    files = sorted(copy.rglob("*"))
    for path in [copy, *files]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    printed = python(
        ONE_RULE, copy, HOME="/dev/null", TMPDIR=tmp_path / "temporary", NUMBA_CACHE_DIR=None,
        XDG_CACHE_HOME=None, PYTHONDONTWRITEBYTECODE="1",
    )  # fmt: skip
    assert Path(printed.split()[0]).is_relative_to(tmp_path / "temporary")
    assert sorted(copy.rglob("*")) == files


@pytest.mark.parametrize("name", ["NUMBA_CACHE_DIR", "XDG_CACHE_HOME"])
def test_the_user_says_where(python: Python, tmp_path: Path, name: str) -> None:
    others = {"NUMBA_CACHE_DIR": None, "XDG_CACHE_HOME": None}
    printed = python(ONE_RULE, **{**others, name: tmp_path / "here"})
    assert Path(printed.split()[0]).parent == tmp_path / "here" / "bondsim"


def test_the_folder_is_named_by_the_sources() -> None:
    assert len(cache_folder().name) == 16 and cache_folder().parent.name == "bondsim"


# --- the same results -----------------------------------------------------------------------


def test_plain_python_finds_the_same(python: Python) -> None:
    assert python(TINY, NUMBA_DISABLE_JIT="1") == tiny()


@pytest.mark.slow
def test_no_access_outside_of_arrays(python: Python, tmp_path: Path) -> None:
    """With its own cache: machine code made without the checks would be taken otherwise."""
    cache = tmp_path / "cache"
    assert python(TINY, NUMBA_BOUNDSCHECK="1", NUMBA_CACHE_DIR=cache) == tiny()


SIGNATURES = """
from bondsim import World
from bondsim.compiling import compiled
from bondsim.network import Circles
from bondsim.rules import RULES
from tests.world.towns import PLAN, TOWN, params
World(params(), TOWN, interventions=PLAN).run(8)
for rule in RULES:
    kinds = {str(kind) for signature in compiled(rule).signatures for kind in signature}
    print(rule.__name__, len(compiled(rule).signatures), *sorted(kinds))
"""


@pytest.mark.slow
def test_rules_take_double_precision_alone(python: Python, tmp_path: Path) -> None:
    """One signature each: a second would be a slip in a caller, and another rounding."""
    lines = python(SIGNATURES, NUMBA_CACHE_DIR=tmp_path / "cache").splitlines()
    assert len(lines) > 40
    wrong = [line for line in lines if line.split()[1:] != ["1", "float64"]]
    assert wrong == []
