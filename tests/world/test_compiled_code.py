"""Compiled code: never stale, never in the way, and the same as plain Python."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import bondsim
from bondsim.cache import MOST_FOLDERS, UNUSED_DAYS, prune
from bondsim.compiling import (
    COMPILED_SOURCES,
    cache_folder,
    code_hash,
    compiled,
    compiled_sources,
)
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


SOURCES = list(compiled_sources().values())


def test_every_pattern_of_sources_finds_files() -> None:
    assert all(list(PACKAGE.glob(pattern)) for pattern in COMPILED_SOURCES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_every_source_counts(source: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bondsim import compiling

    monkeypatch.setattr(compiling, "__file__", str(copy / "bondsim" / "compiling.py"))
    monkeypatch.setattr(compiling, "compiled_sources", compiled_sources.__wrapped__)
    plain = compiling.code_hash.__wrapped__
    before = plain()
    assert before == compiling.code_hash()
    changed = copy / "bondsim" / source.relative_to(PACKAGE)
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert plain() != before


@pytest.mark.parametrize(
    ("name", "value"),
    [("BOUNDSCHECK", "1"), ("OPT", "1"), ("CPU_NAME", "generic"), ("LOOP_VECTORIZE", "0")],
)
def test_settings_of_numba_that_change_code_count(python: Python, name: str, value: str) -> None:
    """Code made without a check is not taken where the check was asked for."""
    show = "from bondsim.compiling import code_hash; print(code_hash())"
    assert python(show, **{f"NUMBA_{name}": value}) != code_hash()


def test_settings_that_change_no_code_do_not(python: Python, tmp_path: Path) -> None:
    show = "from bondsim.compiling import code_hash; print(code_hash())"
    same = {"NUMBA_NUM_THREADS": "1", "NUMBA_CACHE_DIR": tmp_path, "NUMBA_DISABLE_JIT": "0"}
    assert python(show, **same) == code_hash()


def imported_by(source: Path) -> set[str]:
    """Files of the package that a module imports when it runs, by their path."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    lines = [line for line in tree.body if isinstance(line, ast.ImportFrom)]
    found = set()
    for line in lines:
        home = (line.module or "").replace(".", "/")
        for path in [f"{home}.py", *(f"{home}/{name.name}.py" for name in line.names)]:
            if path.startswith("bondsim/") and (PACKAGE.parent / path).is_file():
                found.add(path.removeprefix("bondsim/"))
    return found


@pytest.mark.parametrize("name", compiled_sources())
def test_constants_of_compiled_code_come_from_known_sources(name: str) -> None:
    """A kernel's constants are part of its machine code, wherever they are imported from."""
    shapes_no_code = {"errors.py", "ruleset.py"}
    assert imported_by(compiled_sources()[name]) <= compiled_sources().keys() | shapes_no_code


def test_a_function_of_an_unknown_source_is_refused() -> None:
    def elsewhere(x: float) -> float:
        return x

    elsewhere.__module__ = "bondsim.cli"
    with pytest.raises(RuntimeError, match=r"name .*test_compiled_code\.py in COMPILED_SOURCES"):
        compiled(elsewhere)


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


def test_the_users_own_numba_cache_stays_where_it_was(python: Python, tmp_path: Path) -> None:
    code = f"import numba; before = numba.config.CACHE_DIR\n{ONE_RULE}\n"
    python(code + "assert numba.config.CACHE_DIR == before", NUMBA_CACHE_DIR=tmp_path)


# --- many processes, damage, old age --------------------------------------------------------

SOME = """
from bondsim.compiling import compiled, uniform_rows
from bondsim.rules import similarity, trust, warm_up
draws = uniform_rows(7, 3, 1, range(5)).sum()
print(draws, compiled(similarity)(0.1, 0.2, 0.3), compiled(trust)(3.0, 1.0, 0.9))
"""


def at_once(code: str, n: int, **changes: str | Path) -> list[str]:
    """What `n` processes print that run `code` at the same time."""
    env = {**os.environ, **{name: str(value) for name, value in changes.items()}}
    command = [sys.executable, "-W", "error", "-c", code]
    started = [
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(n)
    ]
    printed = [process.communicate()[0].decode() for process in started]
    assert [process.returncode for process in started] == [0] * n, printed
    return printed


@pytest.mark.parametrize("code", [SOME, pytest.param(TINY, marks=pytest.mark.slow)])
def test_eight_processes_at_once_with_an_empty_cache(code: str, tmp_path: Path) -> None:
    """Each function is compiled by one of them: no file is written twice, and none is damaged."""
    printed = at_once(code, 8, NUMBA_CACHE_DIR=tmp_path)
    assert len(set(printed)) == 1
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nb?")}
    assert files and not list(tmp_path.rglob("*.tmp.*"))
    assert at_once(code, 1, NUMBA_CACHE_DIR=tmp_path) == printed[:1]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nb?")} == files
    if code == TINY:
        assert printed[0].strip() == tiny()


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def flip(raw: bytes) -> bytes:
    """One bit of the last quarter, where a file of machine code holds machine code."""
    place = len(raw) * 7 // 8
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


def rubbish(raw: bytes) -> bytes:
    return b"nothing of ours" * 9


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A cache with the code of one rule, and what was printed when it was made."""
    folder = tmp_path_factory.mktemp("filled")
    return folder, at_once(SOME, 1, NUMBA_CACHE_DIR=folder)[0]


@pytest.mark.parametrize(
    ("ending", "damage"), [("nbc", flip), ("nbc", cut), ("nbi", cut), ("nbi", rubbish)]
)
def test_a_damaged_file_is_compiled_anew(
    filled: tuple[Path, str], tmp_path: Path, ending: str, damage: Callable[[bytes], bytes]
) -> None:
    cache, printed = filled
    here = shutil.copytree(cache, tmp_path / "cache")
    whole = {path: path.read_bytes() for path in here.rglob(f"*.{ending}")}
    assert whole
    for path, raw in whole.items():
        path.write_bytes(damage(raw))
    assert at_once(SOME, 1, NUMBA_CACHE_DIR=here) == [printed]
    for path, raw in whole.items():
        assert len(path.read_bytes()) == pytest.approx(len(raw), rel=0.1)
        assert path.read_bytes() != damage(raw)


def test_a_folder_that_vanishes_meanwhile(python: Python, tmp_path: Path) -> None:
    """Thrown away by another process, or on a full disk: the run goes on."""
    code = """
import shutil
from bondsim.compiling import cache_folder, compiled
from bondsim.rules import similarity, trust
compiled(similarity)(0.1, 0.2, 0.3)
shutil.rmtree(cache_folder())
cache_folder().parent.joinpath(cache_folder().name).write_text("in the way")
print(compiled(trust)(3.0, 1.0, 0.9))
"""
    assert python(code, NUMBA_CACHE_DIR=tmp_path) == python(
        "from bondsim.rules import trust; print(trust(3.0, 1.0, 0.9))"
    )
    assert not list(PACKAGE.rglob("*.nb?"))


def test_folders_out_of_use_are_thrown_away(tmp_path: Path) -> None:
    def used(name: str, days_ago: float) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "code.nbc").touch()
        (folder / "used").touch()
        then = time.time() - days_ago * 86_400.0
        os.utime(folder / "used", (then, then))
        return folder

    recent = [used(f"recent{n}", 0.1 + n) for n in range(MOST_FOLDERS)]
    many = [used(f"many{n}", MOST_FOLDERS + 1.0 + n) for n in range(3)]
    old = used("old", UNUSED_DAYS + 1.0)
    (tmp_path / "not ours").mkdir()
    prune(tmp_path)
    assert all(folder.is_dir() for folder in recent)
    assert not any(folder.exists() for folder in [*many, old])
    assert (tmp_path / "not ours").is_dir()
    today = [used(f"today{n}", 0.01) for n in range(MOST_FOLDERS + 3)]
    prune(tmp_path)
    assert all(folder.is_dir() for folder in today)


def test_a_new_folder_makes_room(python: Python, tmp_path: Path) -> None:
    old = tmp_path / "bondsim" / "0123456789abcdef"
    old.mkdir(parents=True)
    (old / "used").touch()
    os.utime(old / "used", (0.0, 0.0))
    folder = Path(python(ONE_RULE, NUMBA_CACHE_DIR=tmp_path).split()[0])
    assert folder.is_dir() and not old.exists()


WARMED = """
from bondsim.compiling import cache_folder
from bondsim.warm import warm
warm()
before = sorted(cache_folder().rglob("*.nb?"))
from bondsim import Intervention, World
from bondsim.cli import main
from bondsim.network import specs
from tests.world.towns import PLAN, TOWN, params
World(params(turnover=0.1), TOWN, interventions=PLAN, threads=2).run(12)
for network in ("circles", "small_world", "scale_free", "blocks", "configuration", "davis"):
    small = [] if network == "davis" else ["network.n_agents=120"]
    main(["run", f"network={network}", *small, "days=4", "results=RESULTS"])
assert before and sorted(cache_folder().rglob("*.nb?")) == before
"""


@pytest.mark.slow
def test_a_warm_cache_holds_all_that_worlds_need(python: Python, tmp_path: Path) -> None:
    code = WARMED.replace("RESULTS", str(tmp_path / "results"))
    python(code, NUMBA_CACHE_DIR=tmp_path / "cache")


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
