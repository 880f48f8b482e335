"""Folders of results: written whole under another name, then put in their place.

A folder appears when everything is in it, and an older one of the same name gives way to it, unless
that holds other results of what should be the same: then both are kept, and the user is told.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from bondsim.checkpoint import sync
from bondsim.errors import DataError, DiffersError, UnwritableError
from bondsim.store.plain import to_json
from bondsim.store.provenance import code_name, software
from bondsim.tables import Table, column_hashes


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
        _give_name(draft, folder)
    except OSError as error:
        raise unwritable(folder, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


class Found(Protocol):
    """Results: tables by name, and the hash of all of them and of what determines them."""

    @property
    def hash(self) -> str:
        """SHA-256 of the content."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """What was found."""


class Stored(Found, Protocol):
    """Results as a folder tells them."""

    @property
    def folder(self) -> Path:
        """Where they lie."""

    @property
    def provenance(self) -> dict[str, Any]:
        """How they came about."""


def settle(
    folder: Path,
    found: Found,
    stored_in: Callable[[Path], Stored],
    write: Callable[[Path], None],
    *,
    drafts: Path,
) -> Path:
    """Put results into `folder`, as `put`; returns the folder that they are in.

    An older folder of the same results, or a damaged one, gives way. Other results in it, which
    `stored_in` reads and `DataError` tells the damage of, stay: then these get a folder with the
    start of their hash in its name, and `DiffersError` tells of both.
    """
    differs = None
    try:
        check_same(found, stored_in(folder))
    except DiffersError as error:
        differs = error
        folder = folder.with_name(f"{folder.name}-{found.hash[:8]}")
    except DataError:
        pass  # there is none, or it is damaged
    put(folder, write, drafts=drafts)
    if differs is not None:
        raise DiffersError(f"{differs}\n  the new results are kept in {folder}")
    return folder


def check_same(found: Found, stored: Stored) -> str:
    """The hash of `found`; `DiffersError` where `stored`, of the same worlds, holds other ones."""
    hashed = found.hash
    if hashed == stored.hash:
        return hashed
    then, now = stored.provenance.get("software", {}), software()
    changed = any((code.get("git") or {}).get("dirty") for code in (then, now))
    if then == now and not changed:
        advice = "the same code must give the same bits: please report this, with provenance.json"
    else:
        advice = "other code may give other results"
    raise DiffersError(
        f"{stored.folder} holds other results of the same worlds, which were left as they were\n"
        f"  stored: {stored.hash}, by bondsim {code_name(then)}\n"
        f"  now:    {hashed}, by bondsim {code_name(now)}\n"
        f"  they differ in {_first_difference(found.tables, stored.tables)}\n"
        f"  {advice}"
    )


def _first_difference(found: Mapping[str, Table], stored: Mapping[str, Table]) -> str:
    """The first table and column that are not the same bits in both."""
    for name in found:
        if name not in stored:
            return f"the table {name}, which it has not"
        now, then = (column_hashes(tables, name) for tables in (found, stored))
        for column, hashed in now.items():
            if then.get(column) != hashed:
                return f"the table {name}, column {column}"
    return "the parameters"


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


def _give_name(draft: Path, folder: Path) -> None:
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
