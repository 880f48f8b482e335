"""`bondsim run`, `resume`, `rerun` and `show`: runs that are made, and what was run before."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bondsim.commands import analyses
from bondsim.commands.studies import multirun
from bondsim.commands.words import DONE, Words, check_folder, run_folder, say

if TYPE_CHECKING:
    from bondsim.orders import Order
    from bondsim.store.recording import Recording
    from bondsim.store.stored import StoredRun


def run(words: list[str]) -> int:
    """`bondsim run`: compose, simulate unless it is stored, keep, report; with -m many runs."""
    if "-m" in words or "--multirun" in words:
        return multirun([word for word in words if word not in ("-m", "--multirun")])
    parser = Words("run")
    parser.add_argument("overrides", nargs="*")
    parser.add_argument("--config-dir")
    given = parser.parse_intermixed_args(words)

    from bondsim.config import compose
    from bondsim.console import interruptible, waiting
    from bondsim.store.recording import Recording, planned_run
    from bondsim.study.recorded import find_run

    order = compose(given.overrides, given.config_dir)
    settings = order.settings
    check_folder(settings.folder)
    with interruptible() as check:
        order = with_people(order)
        check()
        planned = planned_run(
            order.params, order.network, order.interventions,
            days=settings.days, burn_in=settings.burn_in, snapshots=settings.days_kept,
        )  # fmt: skip
        with waiting("looking for the run in the catalogue", quiet=settings.quiet):
            stored = find_run(planned, settings.folder, say)
        check()
    if stored is not None:
        again = f"bondsim rerun {shlex.quote(str(stored.folder))}"
        print(f"{stored.folder} holds this run: nothing was lived; to live it anyway: {again}")
        report(stored)
        return DONE
    begin = partial(
        Recording.start, settings.folder, planned, threads=settings.threads,
        checkpoint_every=settings.checkpoint_every,
    )  # fmt: skip
    return carry_out(begin, quiet=settings.quiet)


def resume(words: list[str]) -> int:
    """`bondsim resume`: go on with a run that was stopped or broke off, to its last day."""
    folder = run_folder("resume", words)

    from bondsim.store.recording import Recording, finished

    if (done := finished(folder)) is not None:
        print(f"{done.folder}: the run is finished; see it with: bondsim show {done.folder}")
        print(f"hash: {done.hash}")
        return DONE
    return carry_out(partial(Recording.reopen, folder), quiet=False)


def carry_out(begin: Callable[[], Recording], *, quiet: bool) -> int:
    """Live the days of a run that are left, keep what came of them, and report."""
    from bondsim.console import interruptible, progress_bar, waiting
    from bondsim.store.stored import load_run
    from bondsim.study.recorded import note_run, outcomes_for

    recording = None
    with ExitStack() as held:
        try:
            with interruptible() as check:
                recording = held.enter_context(begin())
                if recording.saved_day is not None:
                    print(f"going on {recording.place()}", file=sys.stderr)
                with progress_bar(
                    recording.days_planned, recording.world.network.n_agents,
                    lived=recording.world.day, quiet=quiet,
                ) as progress:  # fmt: skip
                    recording.live(each_day(check, progress))
            with waiting("measuring, drawing and writing", quiet=quiet):
                lived = recording.world.result()
                values = outcomes_for(lived)
                folder = recording.finish()
        except KeyboardInterrupt:
            if recording is None:
                raise
            with suppress(KeyboardInterrupt), waiting("keeping what was lived", quiet=quiet):
                recording.stop()
            raise KeyboardInterrupt(recording.told()) from None
    stored = load_run(folder)
    with waiting("writing into the catalogue", quiet=quiet):
        note_run(lived, stored, values)
    report(stored)
    return DONE


def each_day(*calls: Callable[..., None] | None) -> Callable[[int], None]:
    """What to call with each day that has ended: all of these that are not None."""

    def ended(day: int) -> None:
        for call in calls:
            if call is not None:
                call(day)

    return ended


def with_people(order: Order) -> Order:
    """The same order with its network built.

    Says on stderr which columns of the user's files nobody reads.
    """
    from bondsim.console import ignored_columns
    from bondsim.network import build

    network = build(order.network, order.params.seed)
    if dropped := ignored_columns(network.source):
        print(f"ignored: {dropped}", file=sys.stderr)
    return replace(order, network=network)


def report(stored: StoredRun) -> None:
    """Print the table of a run, where it lies, and its hash on the last line."""
    from bondsim.console import show_summary
    from bondsim.measures.summary import SummaryRow

    people, days = stored.provenance["n_agents"], stored.parameters["days"]
    span = f"{days:,} day{'' if days == 1 else 's'}"
    title = f"{stored.title}: {people:,} people, {span}, seed {stored.params.seed}"
    show_summary(title, [SummaryRow(**row) for row in stored.summary])
    print(f"figure: {stored.folder / 'figure.png'}")
    print(f"folder: {stored.folder}")
    print(f"hash: {stored.hash}", flush=True)


def rerun(words: list[str]) -> int:
    """`bondsim rerun`: repeat a run from its folder and compare the results."""
    folder = run_folder("rerun", words)

    from bondsim.console import interruptible, progress_bar
    from bondsim.store.folders import check_same
    from bondsim.store.stored import is_analysis, load_run, params_of, verify
    from bondsim.store.streams import in_files
    from bondsim.world import World

    if is_analysis(folder):
        return analyses.repeat(folder)
    verify(folder)
    stored = load_run(folder)
    params, network, interventions, days, burn_in, snapshots = params_of(stored)
    world = World(params, network, interventions=interventions)
    with in_files(world) as move_rows:
        with (
            interruptible() as check,
            progress_bar(burn_in + days, world.network.n_agents, quiet=False) as progress,
        ):
            ended = each_day(move_rows, progress, check)
            run = world.run(days, burn_in=burn_in, snapshots=snapshots, progress=ended)
        hashed = check_same(run, stored)
    print(f"{folder}: repeated, the same result to the last bit")
    print(f"hash: {hashed}")
    return DONE


def show(words: list[str]) -> int:
    """`bondsim show`: print a run and where it comes from, and draw it again."""
    folder = run_folder("show", words)

    from bondsim.console import show_provenance
    from bondsim.store.stored import is_analysis, load_run, verify

    if is_analysis(folder):
        return analyses.show(folder)
    verify(folder)
    stored = load_run(folder)
    draw(stored)
    show_provenance(stored.provenance, stored.parameters["network"])
    report(stored)
    return DONE


def draw(stored: StoredRun) -> None:
    """Draw the figure of a stored run in place of the old one."""
    from bondsim import figures
    from bondsim.figures.town import NAMED
    from bondsim.store.stored import at_ends

    ends = at_ends(stored, stored.snapshots)
    labels = stored.labels if stored.provenance["n_agents"] <= NAMED else {}
    figure = figures.town(ends, name=stored.title, labels=labels)
    figures.replace(figure, stored.folder / "figure.png")
