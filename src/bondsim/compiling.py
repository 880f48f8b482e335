"""Plain Python in, machine code out: with `machine_code`, the only module that calls numba.

Rules, draws and phases are written as plain functions. `compiled` makes the fast version of one of
them, and of every bondsim function that it calls, with the rules in use. Code made from the default
rules is cached on disk in a folder named by the hash of all sources and versions: numba itself
does not notice a change in an imported function. Replaced rules are compiled for their world only.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import FunctionType
from typing import Any

import llvmlite.binding
import numba
import numpy as np

from bondsim.cache import folder
from bondsim.chance import uniforms
from bondsim.errors import ParameterError
from bondsim.intrinsics import INTRINSICS
from bondsim.machine_code import keep
from bondsim.ruleset import global_names

Replaced = Mapping[Callable[..., Any], Callable[..., Any]]
"""Rules and what stands in their place."""

_PACKAGE = __name__.split(".")[0]

# A loop over many columns is made to do eight rows at a time only after checks that no two columns
# overlap. LLVM gives up beyond 128 checks; a view alone, read and written, needs more.
llvmlite.binding.set_option(_PACKAGE, "-vectorize-memory-check-threshold=2000")


COMPILED_SOURCES = (
    "cache.py", "chance.py", "compiling.py", "intrinsics.py", "machine_code.py", "numeric.py",
    "params/*.py", "rates.py", "readouts.py", "rows.py", "rules.py", "state.py", "measures/*.py",
    "network/adjacency.py", "network/kernels.py", "phases/*.py", "bench/kernels.py",
    "causal/estimators/swaps.py",
)  # fmt: skip
"""The files that decide compiled code: every function that is compiled stands in one of them."""

_NO_MATTER = ("CACHE", "COLOR", "CUDA", "DISABLE_JIT", "NUMBA_", "THREADING")
"""Starts of numba's settings that say where, with how many threads or in what colour, not what."""


@cache
def compiled_sources() -> dict[str, Path]:
    """The files of `COMPILED_SOURCES`, by their path within the package."""
    package = Path(__file__).parent
    paths = [path for pattern in COMPILED_SOURCES for path in sorted(package.glob(pattern))]
    return {path.relative_to(package).as_posix(): path for path in paths}


@cache
def code_hash() -> str:
    """Hash of all that decides compiled code but the processor, which numba looks at itself.

    That is our sources, the versions of Python, numpy, numba and llvmlite, and numba's settings.
    """
    digest = hashlib.sha256()
    for name, path in compiled_sources().items():
        content = path.read_bytes()
        digest.update(f"{name} {len(content)}:".encode() + content)
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name} {version(name)}".encode())
    digest.update(platform.python_version().encode())
    for name, value in sorted(vars(numba.config).items()):
        if name.isupper() and not name.startswith(_NO_MATTER):
            digest.update(f"{name} {value!r}".encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path | None:
    """The folder of the code that this process makes and uses; None if none can be written to."""
    return folder(code_hash())


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
    cached = not touched and own is function and own.__module__.startswith(f"{_PACKAGE}.")
    # Inlining by force: a rule called for real made holding a meeting nine times slower.
    # A way in from Python for each of hundreds of arguments takes seconds to compile.
    ways_in = {"no_cpython_wrapper": not from_python, "no_cfunc_wrapper": True}
    njit: Any = numba.njit
    dispatcher = njit(nogil=True, error_model="numpy", forceinline=True, **ways_in)(clone)
    return keep(dispatcher, _folder_for(own)) if cached else dispatcher


def _folder_for(function: Callable[..., Any]) -> Path | None:
    """The cache folder, for a function whose source is part of the hash that names it."""
    source = Path(function.__code__.co_filename)
    if source not in compiled_sources().values():
        raise RuntimeError(
            f"{function.__module__}.{function.__name__} would be taken from the cache after its "
            f"source has changed: name {source} in COMPILED_SOURCES"
        )
    return cache_folder()


def _called(function: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """The plain functions that `function` calls by a global name; for a user's, theirs too."""
    scope = function.__globals__
    names = sorted(global_names(function.__code__))
    return {n: scope[n] for n in names if isinstance(scope.get(n), FunctionType)}


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
