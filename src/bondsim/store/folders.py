"""Folders of results: written whole under another name, then put in their place.

A folder appears when everything is in it, and an older one of the same name gives way to it.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bondsim.checkpoint import sync
from bondsim.errors import UnwritableError
from bondsim.store.plain import to_json


def put(folder: Path, write: Callable[[Path], None], *, drafts: Path) -> None:
    """Have `write` fill an empty folder under `drafts`, on the same disk, and name it `folder`.

    Raises `DataError` where it cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=drafts))
    except OSError as error:
        raise unwritable(folder.parent, error) from None
    try:
        write(draft)
        sync_all(draft)
        _settle(draft, folder)
    except OSError as error:
        raise unwritable(folder, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sync_all(folder: Path) -> None:
    """Have all files of a folder on the disk for certain."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def put_text(path: Path, text: str) -> None:
    """Put a file in its place with all of its text, or leave the place as it was."""
    draft = path.with_name(f".{path.name}-{os.getpid()}.tmp")
    try:
        draft.write_text(text, encoding="utf-8")
        sync(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """Write `content` as JSON."""
    path.write_text(to_json(content), encoding="utf-8")


def _settle(draft: Path, folder: Path) -> None:
    """Give the draft its name, in place of an older folder; the last of several writers wins."""
    draft.chmod(0o777 & ~_umask())  # mkdtemp makes folders for their owner alone
    for attempt in range(20):
        retired = draft.with_name(f"{draft.name}-old{attempt}")
        with suppress(FileNotFoundError):
            folder.rename(retired)
        try:
            draft.rename(folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                with suppress(OSError):
                    retired.rename(folder)
                raise
        shutil.rmtree(retired, ignore_errors=True)
        if not draft.exists():
            sync(folder.parent)
            return
    raise OSError(errno.EBUSY, "other processes keep writing the same run")


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def unwritable(path: Path, error: OSError) -> UnwritableError:
    """The error for results that cannot be written to `path`."""
    found = f"the results cannot be written ({error.strerror or error})"
    return UnwritableError(
        str(path), found, "give a folder that can be written to, with enough room"
    )
