"""Journals: what each process writes down the moment a run ends, so that no kill can take it away.

A journal is a file of lines that only grows. Each line is a check sum and one JSON object: a run
that began, a run that ended, or the values that the runs behind it share, of which a run tells only
where it differs. A line that was cut off or damaged is left out; every other one still counts. The
last line of a journal to which nobody writes any more may say so.
"""

from __future__ import annotations

import json
import os
import socket
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

from bondsim.store.locks import Lock

Record = dict[str, Any]
"""One run by column: plain numbers, words and switches; None for what is not known."""

SUFFIX = ".jsonl"
MOST_CHANGES = 40
"""A run that differs from the shared values in more columns than this has its own written down."""
_LAST_LINE = 100
"""More bytes than the line has that closes a journal."""


class Read(NamedTuple):
    """What a journal tells: runs that ended, ids of those that began and did not, damaged lines."""

    records: list[Record]
    broken_off: list[str]
    n_damaged: int


class Journal:
    """Where this process writes. To be used in a ``with`` block, during which it is locked.

    After `most` runs a file is closed for good, so that it can be packed, and a new one is begun.
    Where there are no locks that happens at the end of each block: nobody could see there that
    a file is at rest.
    """

    def __init__(self, folder: Path, most: int | None = None) -> None:
        self.folder = folder
        self.most = most
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._path = self.folder / new_name(SUFFIX)
        self._lock = Lock(self._path)
        self._shared: Record | None = None
        self._n_shared = self._n_ended = 0

    def __enter__(self) -> Journal:
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        if self._file.closed:  # no new one could be begun
            self._lock.release()
        elif self._lock.real:
            self._rest()
        else:
            self._close_for_good()

    def _open(self) -> None:
        # Another process may have packed and removed the file since it was last written to. Then
        # a file of another name is begun, so that whoever follows this one is not misled.
        while True:
            self._lock.take(wait=True)
            self._file = self._path.open("ab", buffering=0)
            if self._file.tell() > 0 or self._shared is None:
                break
            self._file.close()
            self._lock.release()
            self._begin_anew()

    def _rest(self) -> None:
        try:
            os.fsync(self._file.fileno())
        finally:
            self._file.close()
            self._lock.release()

    def _close_for_good(self) -> None:
        try:
            self._write({"closed": self._n_ended})
        finally:
            self._rest()
            self._begin_anew()

    def begin(self, run: str) -> None:
        """Write down that the run of this id begins."""
        self._write({"begun": run})

    def end(self, record: Mapping[str, Any]) -> None:
        """Write down a run that ended, well or not. Raises `OSError` where that cannot be."""
        changes = self._changes(record)
        if changes is None:
            self._n_shared += 1
            self._write({"shared": dict(record), "number": self._n_shared})
            self._shared, changes = dict(record), {"id": record["id"]}
        gone = [name for name in self._shared or {} if name not in record]
        without = {"without": gone} if gone else {}
        self._write({"ended": changes, "of": self._n_shared, **without})
        self._n_ended += 1
        if self._n_ended == self.most:
            self._close_for_good()
            self._open()

    def _changes(self, record: Mapping[str, Any]) -> Record | None:
        if self._shared is None:
            return None
        old = self._shared
        # the id always: whoever follows the journal from here on has not seen what is shared
        changes = {
            k: v for k, v in record.items() if k == "id" or k not in old or not _same(old[k], v)
        }
        return changes if len(changes) <= MOST_CHANGES else None

    def _write(self, content: Mapping[str, Any]) -> None:
        start = os.fstat(self._file.fileno()).st_size
        text = json.dumps(content, ensure_ascii=False).encode()
        line = b"%08x %s\n" % (zlib.crc32(text), text)
        try:
            if self._file.write(line) != len(line):
                raise OSError(28, "No space left on device")
        except OSError:
            os.ftruncate(self._file.fileno(), start)
            raise


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same to the last bit, so that either may stand for both."""
    if one != other or type(one) is not type(other):
        return False
    return bool(one) or str(one) == str(other)  # 0.0 and -0.0


def new_name(suffix: str) -> str:
    """A file name that no other process takes, on this machine or another; it tells both."""
    host = "".join(c for c in socket.gethostname() if c.isalnum() or c == "-")[:40] or "host"
    return f"{host}-{os.getpid()}-{token_hex(4)}{suffix}"


def read_journal(path: Path) -> Read:
    """What a journal tells; a line without its end is no damage, for it was being written."""
    records: list[Record] = []
    open_runs: dict[str, None] = {}
    shared: dict[int, Record] = {}
    n_damaged = 0
    for content in _lines(path):
        if content is None:
            n_damaged += 1
        elif "shared" in content:
            shared[content["number"]] = content["shared"]
        elif "begun" in content:
            open_runs[content["begun"]] = None
        elif "closed" in content:
            continue
        elif content["of"] not in shared:  # the line that it leans on is damaged
            n_damaged += 1
        else:
            record = {**shared[content["of"]], **content["ended"]}
            for name in content.get("without", ()):
                record.pop(name, None)
            records.append(record)
            open_runs.pop(record.get("id", ""), None)
    return Read(records, list(open_runs), n_damaged)


def is_closed(path: Path) -> bool:
    """Whether a journal says that nobody writes to it any more."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _LAST_LINE))
            raw = file.read()
    except FileNotFoundError:  # packed meanwhile
        return False
    last = raw[: raw.rfind(b"\n")].rpartition(b"\n")[2]
    return raw.endswith(b"\n") and any(c is not None and "closed" in c for c in _parsed(last))


def ended_runs(path: Path, start: int) -> tuple[set[str], int]:
    """Ids of the runs that ended, by the lines from byte `start` on; and where to go on."""
    found: set[str] = set()
    raw = _whole_lines(path, start)
    for content in _parsed(raw):
        if content is not None and "ended" in content:
            found.add(content["ended"].get("id", ""))
    return found, start + len(raw)


def _lines(path: Path) -> Iterator[dict[str, Any] | None]:
    """The object in each whole line, None for a damaged one."""
    return _parsed(_whole_lines(path, 0))


def _whole_lines(path: Path, start: int) -> bytes:
    """The bytes from `start` up to the end of the last whole line; none where there is no file."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            raw = file.read()
    except FileNotFoundError:  # packed meanwhile
        return b""
    return raw[: raw.rfind(b"\n") + 1]


def _parsed(raw: bytes) -> Iterator[dict[str, Any] | None]:
    for line in raw.splitlines():
        check, _, text = line.partition(b" ")
        try:
            known = int(check, 16) == zlib.crc32(text)
            yield json.loads(text) if known else None
        except ValueError:
            yield None
