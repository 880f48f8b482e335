"""Locks between processes: held through an open file, and gone with the process that held them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows: nobody keeps two processes apart there
    fcntl = None  # type: ignore[assignment]


class Lock:
    """A lock on a file, which is made where there is none.

    It ends with `release` or with the process, however that ends. On a file system without locks,
    and on Windows, everybody gets it; `real`: whether it keeps others away, once it is taken.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.real = False
        self._file: BinaryIO | None = None

    def take(self, *, wait: bool = False) -> bool:
        """Whether the lock is ours now; with `wait` it is, after others have let go of it."""
        while True:
            file = self.path.open("ab")
            try:
                if fcntl is not None:
                    fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
                    self.real = True
            except BlockingIOError:
                file.close()
                return False
            except OSError:
                pass  # a file system without locks
            # whoever had it may have removed the file: a lock on what has no name keeps nobody away
            if not self.real or _is_named(file, self.path):
                self._file = file
                return True
            file.close()

    def release(self) -> None:
        """Let others have it."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _is_named(file: BinaryIO, path: Path) -> bool:
    """Whether an open file is the one that has this name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock on `path`, after waiting for it."""
    lock = Lock(path)
    lock.take(wait=True)
    try:
        yield
    finally:
        lock.release()


def is_held(path: Path) -> bool:
    """Whether another process, or another part of this one, holds the lock on a file that exists.

    On a file system without locks nobody ever does.
    """
    try:
        with path.open("rb") as file:  # to look, one need not be allowed to write
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass  # there is no such file, or a file system without locks
    return False
