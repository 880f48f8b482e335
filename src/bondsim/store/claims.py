"""Claims: which process is about to live which runs, so that no two live the same one.

Each sweep has a file of the ids that it took, locked for as long as it lives. What a sweep that
has ended, however it ended, had taken is free again.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bondsim.store.catalogue import Catalogue
from bondsim.store.journal import new_name
from bondsim.store.locks import Lock, is_held, locked

SUFFIX = ".claims"


class Claims:
    """What this sweep took. To be used in a ``with`` block, at whose end all of it is free."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._path = catalogue.claims / new_name(SUFFIX)
        self._lock = Lock(self._path)
        self._mine: set[str] = set()

    def __enter__(self) -> Claims:
        with self._catalogue.writing(), locked(self._catalogue.lock):
            self._lock.take(wait=True)  # whoever only looks at it lets go at once
        return self

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
        self._lock.release()

    def take(self, ids: Iterable[str]) -> list[str]:
        """Those of these runs that nobody else has taken; they are ours from now on."""
        wanted = [run for run in ids if run not in self._mine]
        with self._catalogue.writing(), locked(self._catalogue.lock):
            taken = self._others()
            free = [run for run in wanted if run not in taken]
            if free:
                with self._path.open("a", encoding="ascii") as file:
                    file.write("".join(f"{run}\n" for run in free))
        self._mine.update(free)
        return free

    def others(self) -> set[str]:
        """What other sweeps that are at work have taken."""
        with self._catalogue.writing(), locked(self._catalogue.lock):
            return self._others()

    def free(self, ids: Iterable[str]) -> None:
        """Let go of runs that were not lived after all, in this sweep's own eyes only."""
        self._mine.difference_update(ids)

    def _others(self) -> set[str]:
        found: set[str] = set()
        for path in self._catalogue.claims.glob(f"*{SUFFIX}"):
            if path == self._path:
                continue
            if is_held(path):
                found.update(_ids(path))
            else:  # its process has ended
                path.unlink(missing_ok=True)
        return found


def _ids(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []
