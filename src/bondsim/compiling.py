"""Plain Python in, machine code out: the only module that calls numba.

Rules, draws and phases are written as plain functions. `compiled` makes the fast version of one of
them, and of every bondsim function that it calls, with the rules in use. Code made from the default
rules is cached on disk in a folder named by the hash of all sources and versions: numba itself
does not notice a change in an imported function. Replaced rules are compiled for their world only.
"""

from __future__ import annotations

import dis
import hashlib
import os
import platform
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import FunctionType
from typing import Any

import llvmlite.binding
import numba
import numpy as np

from bondsim.chance import uniforms
from bondsim.errors import ParameterError
from bondsim.intrinsics import INTRINSICS

Replaced = Mapping[Callable[..., Any], Callable[..., Any]]
"""Rules and what stands in their place."""

_PACKAGE = __name__.split(".")[0]

# A loop over many columns is made to do eight rows at a time only after checks that no two columns
# overlap. LLVM gives up beyond 128 checks; a view alone, read and written, needs more.
llvmlite.binding.set_option(_PACKAGE, "-vectorize-memory-check-threshold=2000")


COMPILED_SOURCES = (
    "chance.py", "compiling.py", "intrinsics.py", "numeric.py", "params/*.py", "rates.py", "readouts.py",
    "rows.py", "rules.py", "state.py", "measures/*.py", "network/kernels.py", "phases/*.py",
)  # fmt: skip
"""The files that decide compiled code: every function that is compiled stands in one of them."""


@cache
def sources_hash() -> str:
    """Hash of everything that decides the compiled code: our sources, numba, llvmlite, Python."""
    digest = hashlib.sha256()
    for pattern in COMPILED_SOURCES:
        for path in sorted(Path(__file__).parent.glob(pattern)):
            digest.update(path.name.encode() + path.read_bytes())
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name} {version(name)}".encode())
    digest.update(platform.python_version().encode())
    return digest.hexdigest()[:16]


@cache
def cache_folder() -> Path:
    """A folder that can be written to for compiled code: the user's cache, else a temporary one."""
    base = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    candidates = [Path(base)] if base else []
    candidates += [Path.home() / ".cache", Path(tempfile.gettempdir()) / f"{_PACKAGE}-cache"]
    for candidate in candidates:
        folder = candidate / _PACKAGE / sources_hash()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix=f"{_PACKAGE}-"))


def compiled(
    function: Callable[..., Any],
    replaced: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
) -> Any:
    """The compiled version of `function`, calling compiled versions of all that it calls.

    `replaced` maps one of our functions to the one that shall be called in its place. The compiled
    function releases the GIL. With ``NUMBA_DISABLE_JIT=1`` it is plain Python again.
    """
    return _compiled(function, tuple((replaced or {}).items()))


@cache
def _compiled(
    function: Callable[..., Any], replaced: tuple[Any, ...], *, from_python: bool = True
) -> Any:
    if function in INTRINSICS and not numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return INTRINSICS[function]
    swaps = dict(replaced)
    # Within a replacement the name of the rule it replaces means the default rule.
    own = swaps.pop(function, function)
    touched = _reached(own, swaps) & set(swaps)
    relevant = tuple((g, new) for g, new in swaps.items() if g in touched)
    names = {
        name: _compiled(target, relevant, from_python=False)
        for name, target in _called(own).items()
        if target is not own
    }
    clone = FunctionType(
        own.__code__, {**own.__globals__, **names}, own.__name__, own.__defaults__, own.__closure__
    )
    clone.__module__ = own.__module__
    # Also its name on disk: without a way in from Python it is another piece of code.
    clone.__qualname__ = own.__qualname__ if from_python else f"{own.__qualname__}.inner"
    cached = not touched and own is function and own.__module__.startswith(_PACKAGE)
    if cached:
        numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
    # Inlining by force: a rule called for real made holding a meeting nine times slower.
    return numba.njit(
        nogil=True, cache=cached, error_model="numpy", forceinline=True,
        # A way in from Python for each of hundreds of arguments takes seconds to compile.
        no_cpython_wrapper=not from_python, no_cfunc_wrapper=True,
    )(clone)  # fmt: skip


def _called(function: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """The plain functions that `function` calls by a global name; for a user's, theirs too."""
    scope = function.__globals__
    # Not co_names, which holds attributes too: `rates.feel` is not the function `feel`.
    names = {x.argval for x in dis.get_instructions(function) if x.opname == "LOAD_GLOBAL"}
    return {n: scope[n] for n in sorted(names) if isinstance(scope.get(n), FunctionType)}


def _reached(
    function: Callable[..., Any], swaps: Mapping[Callable[..., Any], Callable[..., Any]]
) -> set[Callable[..., Any]]:
    """All plain functions that a call of `function` can come to, replacements included."""
    reached: set[Callable[..., Any]] = set()
    waiting = [function]
    while waiting:
        for target in _called(waiting.pop()).values():
            if target not in reached:
                reached.add(target)
                waiting.append(swaps.get(target, target))
    return reached


def check_compiles(
    rule: Callable[..., Any], replaced: Mapping[Callable[..., Any], Callable[..., Any]]
) -> None:
    """Compile what stands in for `rule`; raises `ParameterError` if that cannot be done."""
    own = replaced.get(rule, rule)
    try:
        dispatcher = compiled(rule, replaced)
        if hasattr(dispatcher, "compile"):
            dispatcher.compile((numba.float64,) * own.__code__.co_argcount)
    except Exception as error:  # numba has no common class for what it refuses
        why = " ".join(str(error).split())[:300]
        allowed = "a plain function of numbers that numba can compile"
        raise ParameterError(f"rules.{rule.__name__}", f"{own.__name__}: {why}", allowed) from error


def _fill_uniforms(key, day, purpose, a, b, out):
    for n in range(a.shape[0]):
        u = uniforms(key, day, purpose, a[n], b[n])
        out[n, 0] = u[0]
        out[n, 1] = u[1]
        out[n, 2] = u[2]
        out[n, 3] = u[3]


def uniform_rows(key: int, day: int, purpose: int, a: Any, b: Any = 0) -> np.ndarray:
    """The draws of many decisions: float64 (n, 4), row n for ids ``a[n]`` and ``b[n]``."""
    ids = np.ascontiguousarray(a, dtype=np.int64)
    others = np.ascontiguousarray(np.broadcast_to(np.asarray(b, dtype=np.int64), ids.shape))
    out = np.empty((ids.shape[0], 4))
    compiled(_fill_uniforms)(key, day, purpose, ids, others, out)
    return out
