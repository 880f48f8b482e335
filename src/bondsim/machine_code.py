"""Machine code on disk: numba's own cache, checked and shared between processes.

It gets what it lacks: a digest in front of each file, so that a damaged one is compiled anew, and
one lock for all processes, so that many that start at once compile each function once.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile
from numba.core.compiler_lock import global_compiler_lock

_LOCK = "lock"
_DIGEST = hashlib.sha256().digest_size


def keep(dispatcher: Any, here: Path | None) -> Any:
    """`dispatcher`, an njit function, with its machine code kept in the folder `here`, if any."""
    if here is None or not hasattr(dispatcher, "compile"):  # NUMBA_DISABLE_JIT=1: plain Python
        return dispatcher
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    numba.config.CACHE_DIR = str(here)  # type: ignore[attr-defined]
    try:
        dispatcher._cache = _Kept(dispatcher.py_func)
    except RuntimeError:  # the folder cannot be written to any more
        return dispatcher
    finally:  # the user's own numba functions are kept where they were
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
    compile_or_load = dispatcher.compile

    def once(signature: Any) -> Any:
        # numba's lock first, always: threads that took the two in turn would wait for ever
        with global_compiler_lock, _lock_of(here).held():
            return compile_or_load(signature)

    dispatcher.compile = once
    return dispatcher


class _InFolder(CompileResultCacheImpl):
    """Only in the folder that it is told: beside the sources numba would take stale code."""

    _locator_classes = CompileResultCacheImpl._locator_classes[:1]


class _Kept(FunctionCache):
    """The machine code of one function, in files that are checked when they are read."""

    _impl_class = _InFolder

    def __init__(self, py_func: Any) -> None:
        super().__init__(py_func)
        files = self._impl.filename_base, self._impl.locator.get_source_stamp()
        self._cache_file = _CheckedFiles(self._cache_path, *files)

    def save_overload(self, signature: Any, data: Any) -> None:
        with suppress(OSError):  # a full disk: the code is there, though not for the next time
            super().save_overload(signature, data)


class _CheckedFiles(IndexDataCacheFile):
    """An index of signatures and a file for each; one that is damaged counts as not there."""

    def _save_index(self, overloads: dict[Any, str]) -> None:
        self._save(self._index_path, (self._version, self._source_stamp, overloads))

    def _load_index(self) -> dict[Any, str]:
        try:
            version, stamp, overloads = self._load(self._index_path)
        except OSError:
            return {}
        return overloads if (version, stamp) == (self._version, self._source_stamp) else {}

    def _save_data(self, name: str, data: Any) -> None:
        self._save(self._data_path(name), data)

    def _load_data(self, name: str) -> Any:
        return self._load(self._data_path(name))  # numba compiles anew after an OSError

    def _save(self, path: str, content: Any) -> None:
        raw = self._dump(content)
        with self._open_for_write(path) as file:
            file.write(hashlib.sha256(raw).digest() + raw)

    def _load(self, path: str) -> Any:
        whole = Path(path).read_bytes()
        digest, raw = whole[:_DIGEST], whole[_DIGEST:]
        if hashlib.sha256(raw).digest() != digest:
            raise OSError(f"{path} is damaged")
        return pickle.loads(raw)


class _Lock:
    """A lock of one folder among processes; within one, numba's compiler lock stands before it."""

    def __init__(self, here: Path) -> None:
        self._path = here / _LOCK
        self._depth = 0
        self._file: IO[bytes] | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock, again and again within itself."""
        if self._depth == 0:
            self._file = _locked(self._path)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0 and self._file is not None:
                self._file.close()


_lock_of = cache(_Lock)


def _locked(path: Path) -> IO[bytes] | None:
    """The file, locked until it is closed; None where that cannot be had.

    Without a lock, as on Windows, processes that start at once compile the same function each.
    """
    try:
        import fcntl

        file = path.open("ab")
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:  # a file system without locks
        file.close()
        return None
    except BaseException:  # stopped by the user while waiting
        file.close()
        raise
    return file
