"""Folders for compiled code that outlive a process: where they lie, and when they are thrown away.

One folder holds what was compiled from one state of all that decides it, and is named after it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

OURS = __name__.split(".")[0]
UNUSED_DAYS = 30
"""A folder that no process has used for so many days is thrown away."""
MOST_FOLDERS = 12
"""Of more folders the least lately used go, unless it was within a day: some 15 MB each."""
_USED = "used"
_DAY = 86_400.0


@cache
def folder(name: str) -> Path | None:
    """A folder `name` that can be written to, or None if there is no place for one.

    Under the first of NUMBA_CACHE_DIR, XDG_CACHE_HOME, ~/.cache and the temporary folder where that
    can be done.
    """
    for base in _bases():
        here = base / OURS / name
        try:
            fresh = not here.exists()
            here.mkdir(parents=True, exist_ok=True)
            (here / _USED).touch()
        except OSError:
            continue
        if fresh:
            prune(here.parent)
        return here
    return None


def _bases() -> list[Path]:
    chosen = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    bases = [Path(chosen)] if chosen else []
    home = os.path.expanduser("~")
    bases += [Path(home) / ".cache"] if home != "~" else []
    with suppress(OSError):
        bases.append(_temporary())
    return bases


def _temporary() -> Path:
    """A folder of this user alone: code that others could put there would be run."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    own = Path(tempfile.gettempdir()) / f"{OURS}-cache-{user}"
    own.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and (own.is_symlink() or own.stat().st_uid != user):
        raise PermissionError(f"{own} belongs to somebody else")
    return own


def prune(above: Path) -> None:
    """Throw away folders in `above` that are out of use.

    A process that still needs one loses nothing: what it has loaded stays, the rest it compiles.
    """
    last_used = {}
    for mark in above.glob(f"*/{_USED}"):
        with suppress(OSError):  # another process may be pruning too
            last_used[mark.parent] = mark.stat().st_mtime
    newest = sorted(last_used, key=lambda path: last_used[path], reverse=True)
    for place, old in enumerate(newest):
        unused = (time.time() - last_used[old]) / _DAY
        if unused > UNUSED_DAYS or (place >= MOST_FOLDERS and unused > 1.0):
            shutil.rmtree(old, ignore_errors=True)
