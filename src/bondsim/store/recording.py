"""A run under way, in a folder of its own: it goes on where it broke off, whatever stopped it.

``<results>/<name>-unfinished`` has in `checkpoint/` the order, the rows recorded so far, the world
as of the last checkpoint, and a lock against a second process. Where the user stopped the run, the
results of the days lived lie beside it as in any run folder. At the end all of it gives way to
``<results>/<name>``.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.checkpoint import load_noted, save_world, sync
from bondsim.errors import BondsimError, DataError, DiffersError
from bondsim.network import network_digest
from bondsim.store.folders import sync_all, unwritable, write_json
from bondsim.store.locks import Lock
from bondsim.store.parquet import damaged
from bondsim.store.provenance import code_hash, code_name, provenance, software
from bondsim.store.saving import run_name, settle_run, write_run
from bondsim.store.stored import CHECKPOINT, StoredRun, load_run, read_json
from bondsim.store.streams import Streams, move_rows
from bondsim.world import Run, World

if TYPE_CHECKING:
    from bondsim.interventions import Intervention
    from bondsim.network import Network
    from bondsim.params import Params

SUFFIX = "-unfinished"
"""What the folder of a run under way has behind the name that it gets at its end."""
ORDER, WORLD, LOCK = "order.json", "world.npz", "lock"


def planned_run(
    params: Params,
    network: Network,
    interventions: Sequence[Intervention],
    *,
    days: int,
    burn_in: int,
    snapshots: Sequence[int],
) -> Run:
    """A run that nobody has lived yet: all that determines it, and no tables."""
    kept = sorted({burn_in, burn_in + days - 1, *snapshots})
    return Run(params, network, tuple(interventions), {}, days, burn_in, tuple(kept), {}, 0.0)


class Recording:
    """One run under way. To be used in a ``with`` block, which ends the hold on the folder.

    `saved_day`: days that the last checkpoint holds, None where there is none yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.saved_day: int | None = None
        self.world: World
        self.days_planned = 0
        self._made_parent = not folder.parent.exists()
        self._parts = folder / CHECKPOINT
        self._streams = Streams(self._parts)
        self._order: dict[str, Any] = {}
        self._seconds_before = 0.0
        self._started = self._checked = time.monotonic()
        self._lock: Lock | None = None
        self._new = self._steady = self._lived = False

    @classmethod
    def start(
        cls, results: Path, planned: Run, *, threads: int | None, checkpoint_every: float
    ) -> Recording:
        """Begin a run under `results`, or go on with it where it broke off earlier.

        `checkpoint_every` [s]; 0: only when the run is stopped. Raises `DataError` where another
        process is at work on the same run, where the folder cannot be written to, and where the
        run was begun by other code.
        """
        recording = cls(results / (run_name(planned, network_digest(planned.network)) + SUFFIX))
        manner = {"threads": threads, "checkpoint_every": checkpoint_every}
        if (recording._parts / WORLD).exists():
            return recording._gone_on(manner)
        recording.world = World(
            planned.params, planned.network, interventions=planned.interventions, threads=threads
        )
        order = {
            "software": software(), "code": code_hash(), "command": list(sys.argv),
            "parameters": planned.science(), **manner,
        }  # fmt: skip
        recording._hold()
        recording._new = True
        try:
            with recording._writing():
                recording._sweep()
                recording._streams.cut({})
                write_json(recording._parts / ORDER, order)
                sync(recording._parts / ORDER)
        except BondsimError:
            recording._leave()
            raise
        recording._set_out(order)
        return recording

    @classmethod
    def reopen(cls, folder: Path) -> Recording:
        """Go on with the run that broke off in `folder`; `DataError` where that cannot be."""
        if finished(folder) is not None:
            raise DataError(str(folder), "the run is finished", "print it with `bondsim show`")
        return cls(folder)._gone_on({})

    def _gone_on(self, manner: dict[str, Any]) -> Recording:
        self._hold()
        try:
            self._load(manner)
        except BondsimError:
            self._leave()
            raise
        return self

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        """Let go of the folder; take it away where it holds nothing to go on from."""
        if self._new and self.saved_day is None:
            self._remove()
        self._release()

    def live(self, ended: Callable[[int], None]) -> None:
        """Live the days that are left. `ended` is called with each; it may stop the run."""

        def day_ended(day: int) -> None:
            try:
                ended(day)
            except BaseException:
                self._steady = True  # between two days, with nothing half written
                raise
            every = self._order["checkpoint_every"]
            if every and time.monotonic() - self._checked >= every:
                self.checkpoint()
            else:
                with self._writing():
                    move_rows(self.world)

        given, world = self._order["parameters"], self.world
        first, burn_in = max(world.day, given["burn_in"]), 0 if world.day else given["burn_in"]
        left = self.days_planned - world.day
        if left:
            snapshots = [day for day in given["snapshots"] if day >= first]
            world.run(left - burn_in, burn_in=burn_in, snapshots=snapshots, progress=day_ended)
        self._steady = self._lived = True

    def finish(self) -> Path:
        """Write the results of a run that has lived all its days; the folder they are in."""
        run = self.world.result()
        try:
            folder = settle_run(run, self.folder.parent, self._account(run), drafts=self.folder)
        except DiffersError:
            self._remove()
            raise
        except Exception as error:
            # days that have been lived shall not be lost with their results
            with suppress(BondsimError):
                self.checkpoint()
            if not isinstance(error, DataError):
                raise
            raise DataError(error.where, error.found, self._way_on(error.fix)) from None
        self._remove()
        return folder

    def stop(self) -> None:
        """Keep all that was lived so far, to go on from, and its results.

        Where the run was torn from the middle of a day, the last checkpoint stays.
        """
        if not self._steady or self.world.day == 0:
            return
        self.checkpoint()
        if self.world.day > self.world.burn_in and not self._lived:
            with self._writing():
                self._write_results()

    def checkpoint(self) -> None:
        """Have everything on the disk as of now, in place of the last checkpoint."""
        with self._writing():
            self.world.history.flush()
            note = {"streams": self._streams.settle(), "seconds": self._seconds()}
            save_world(self.world, self._parts / WORLD, note)
        self.saved_day = self.world.day
        self._checked = time.monotonic()

    def place(self) -> str:
        """How far the last checkpoint is, and where."""
        assert self.saved_day is not None
        return f"after {self.saved_day:,} of {self.days_planned:,} days, in {self.folder}"

    def told(self) -> str:
        """What is kept of a run that was stopped, and how to go on."""
        if self.saved_day is None:
            return "stopped before its first day had ended; nothing is kept"
        lines = [f"stopped {self.place()}", f"  to go on: {self._command('resume')}"]
        if (self.folder / "hash.txt").exists():
            lines.append(f"  to see the days lived: {self._command('show')}")
        return "\n".join(lines)

    # --- the folder -----------------------------------------------------------------------------

    def _load(self, manner: dict[str, Any]) -> None:
        """Be where the last checkpoint was; `manner` stands in for that of the order."""
        order = read_json(self._parts / ORDER, dict)
        try:
            then, code, command = order["software"], order["code"], " ".join(order["command"][1:])
            order |= manner
            given, order["checkpoint_every"] = order["parameters"], float(order["checkpoint_every"])
            days = [given["days"], given["burn_in"], *given["snapshots"]]
            if not all(isinstance(day, int) for day in days):
                raise TypeError(f"no days: {days}")
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(self._parts / ORDER, f"not the order of a run ({error!r})") from None
        if code != code_hash():
            raise DataError(
                str(self.folder),
                f"begun by bondsim {code_name(then)}, and this is {code_name(software())} with "
                "other code: the days before and after would not belong together",
                "go on with the code that began it, or remove the folder and run it anew",
            )
        if not (self._parts / WORLD).exists():
            fix = f"run it again: bondsim {command}"
            raise DataError(str(self.folder), "it broke off before its first checkpoint", fix)
        try:
            self.world, note = load_noted(World, self._parts / WORLD, None, order["threads"])
            if note is None:
                raise KeyError("note")
            with self._writing():
                self._streams.cut(note["streams"])
                self._sweep()
            self._seconds_before = note["seconds"]
        except (BondsimError, KeyError, TypeError) as error:
            found = error.found if isinstance(error, DataError) else f"it is damaged ({error!r})"
            where = error.where if isinstance(error, DataError) else str(self._parts / WORLD)
            fix = f"remove {self.folder} and run it anew: bondsim {command}"
            raise DataError(where, found, fix) from None
        self.saved_day = self.world.day
        self._set_out(order)

    def _set_out(self, order: dict[str, Any]) -> None:
        self._order = order
        self.days_planned = order["parameters"]["burn_in"] + order["parameters"]["days"]
        self.world.history.store = self._streams

    def _hold(self) -> None:
        """Keep other processes from the folder, which is made where there is none."""
        with self._writing():
            self._parts.mkdir(parents=True, exist_ok=True)
            lock = Lock(self._parts / LOCK)
            free = lock.take()
        if not free:
            raise DataError(
                str(self.folder), "another process is at work on this run",
                "wait until it ends, or write elsewhere: results=FOLDER",
            )  # fmt: skip
        self._lock = lock

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _sweep(self) -> None:
        """Take away what was half written when the run broke off."""
        for path in self._parts.glob("*.tmp"):
            path.unlink()
        for path in self.folder.glob(".*"):
            shutil.rmtree(path, ignore_errors=True)

    def _remove(self) -> None:
        shutil.rmtree(self._parts, ignore_errors=True)
        if self._lived:
            shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):
            self.folder.rmdir()
            if self._made_parent:
                self.folder.parent.rmdir()

    def _write_results(self) -> None:
        """Put the results of the days lived into the folder; the hash comes last."""
        run = self.world.result()
        draft = Path(tempfile.mkdtemp(prefix=".results-", dir=self.folder))
        try:
            write_run(run, draft, self._account(run), network_digest(run.network), run.hash)
            sync_all(draft)
            (self.folder / "hash.txt").unlink(missing_ok=True)
            for path in sorted(draft.iterdir(), key=lambda path: path.name == "hash.txt"):
                if path.is_dir():
                    shutil.rmtree(self.folder / path.name, ignore_errors=True)
                path.replace(self.folder / path.name)
            sync(self.folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _account(self, run: Run) -> dict[str, Any]:
        order = self._order
        return provenance(
            run, elapsed=self._seconds(), threads=order["threads"], command=order["command"]
        )

    def _seconds(self) -> float:
        """Seconds that the run took, before it broke off and since."""
        return self._seconds_before + time.monotonic() - self._started

    def _way_on(self, otherwise: str) -> str:
        if self.saved_day is None:
            return otherwise
        return f"make room, then go on {self.place()}: {self._command('resume')}"

    def _command(self, name: str) -> str:
        return f"bondsim {name} {shlex.quote(str(self.folder))}"

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Tell what cannot be written, and how to go on."""
        try:
            yield
        except OSError as error:
            told = unwritable(self.folder, error)
            raise DataError(told.where, told.found, self._way_on(told.fix)) from None
        except DataError as error:
            if not isinstance(error.__cause__, OSError):
                raise
            raise DataError(error.where, error.found, self._way_on(error.fix)) from None


def finished(folder: Path) -> StoredRun | None:
    """The run of `folder`, or of one that it had while under way; None where it has not ended."""
    if not folder.exists() and folder.name.endswith(SUFFIX):
        done = folder.with_name(folder.name.removesuffix(SUFFIX))
        folder = done if done.exists() else folder
    return None if (folder / CHECKPOINT).is_dir() else load_run(folder)
