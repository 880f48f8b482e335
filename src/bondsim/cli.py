"""The command `bondsim`: reads its words, calls the parts that do the work, and reports.

Exit status: 0 done; 1 what must give the same result gave another, or something could not be
measured; 2 something the user can mend, told in one message; 130 stopped, with what was lived kept.
Whatever else goes wrong keeps its traceback.
"""

from __future__ import annotations

import argparse
import difflib
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bondsim.errors import BondsimError, DataError, DiffersError, ParameterError

if TYPE_CHECKING:
    from bondsim.config import Order
    from bondsim.params import Row
    from bondsim.study.recording import Recording
    from bondsim.study.stored import StoredRun

HELP = """\
bondsim: how people build and lose bonds, and how loneliness arises and spreads.

usage:
  bondsim run [NAME=VALUE ...] [--config-dir DIR]   run a world and keep its results
  bondsim resume RUN                                go on with a run that was stopped or broke off
  bondsim rerun RUN                                 repeat a run from its folder and compare
  bondsim show RUN                                  print a run and draw its figure again
  bondsim params [FILTER] [--markdown | --json]     list every parameter
  bondsim networks                                  list what a network can be made from
  bondsim verify [--seed N]                         live a small world in many ways: the same bits?
  bondsim bench [--quick] [--sizes N,N] [--threads N,N] [--repeats N] [--json FILE] [--no-peers]
                                                    measure speed and memory on this machine
  bondsim --version | --help

examples:
  bondsim run
  bondsim run network=karate days=730 seed=7 channels.affect=off
  bondsim run network=edge_list network.path=friends.csv results=my_results
  bondsim run intervention=befriending intervention.befriending.n=20 meet.role.friend=2
  bondsim params loneliness

for `run`: days, burn_in, seed (a number, or random), threads, results (folder to write under),
snapshots=[0,180] or snapshot_every=30, checkpoint_every=300 (seconds), quiet=on, and every name of
`bondsim params`; what it lists with five numbers takes one for all kinds of bonds (meet.role=1) or
one of them (meet.role.friend=2). DIR holds config files of your own, as configs/ does:
network/mine.yaml is then network=mine.

Ctrl-C stops a run between two days. What was lived is kept in the folder that it names, to look at
with `show` and to go on from with `resume`, or with the same `run` again; so it is after a crash,
up to the last checkpoint."""

DONE, DIFFERS, WRONG_INPUT, STOPPED = 0, 1, 2, 130
FAILED = DIFFERS


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(words)
    except BondsimError as error:
        print(f"bondsim: {error}", file=sys.stderr)
        return DIFFERS if isinstance(error, DiffersError) else WRONG_INPUT
    except KeyboardInterrupt as stop:
        print(f"bondsim: {str(stop) or 'stopped'}", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        # the reader of a pipe has left: nothing more to say, at the interpreter's exit neither
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _dispatch(words: list[str]) -> int:
    if not words:
        print(HELP, file=sys.stderr)
        return WRONG_INPUT
    name, *rest = words
    if name in ("-h", "--help", "help") or any(word in ("-h", "--help") for word in rest):
        print(HELP)
        return DONE
    if name == "--version":
        from bondsim import __version__

        print(f"bondsim {__version__}")
        return DONE
    if name not in COMMANDS:
        guess = difflib.get_close_matches(name, COMMANDS, n=1)
        hint = f"did you mean {guess[0]}? " if guess else ""
        fix = f"{hint}the commands are {', '.join(COMMANDS)}; see `bondsim --help`"
        raise DataError(name, "there is no such command", fix)
    return COMMANDS[name](rest)


class _Parser(argparse.ArgumentParser):
    """Words of one command; a wrong one is a `BondsimError` and not the end of the process."""

    def __init__(self, command: str) -> None:
        super().__init__(prog=f"bondsim {command}", add_help=False, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise DataError(self.prog, message, "see `bondsim --help`")


# --- run ---------------------------------------------------------------------------------------


def run(words: list[str]) -> int:
    """`bondsim run`: compose, simulate, keep, report."""
    parser = _Parser("run")
    parser.add_argument("overrides", nargs="*")
    parser.add_argument("--config-dir")
    given = parser.parse_intermixed_args(words)

    from bondsim.config import compose
    from bondsim.console import interruptible
    from bondsim.study.recording import Recording, planned_run

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
    begin = partial(
        Recording.start, settings.folder, planned, threads=settings.threads,
        checkpoint_every=settings.checkpoint_every,
    )  # fmt: skip
    return carry_out(begin, quiet=settings.quiet)


def resume(words: list[str]) -> int:
    """`bondsim resume`: go on with a run that was stopped or broke off, to its last day."""
    folder = _folder("resume", words)

    from bondsim.study.recording import Recording, finished

    if (done := finished(folder)) is not None:
        print(f"{done.folder}: the run is finished; see it with: bondsim show {done.folder}")
        print(f"hash: {done.hash}")
        return DONE
    return carry_out(partial(Recording.reopen, folder), quiet=False)


def carry_out(begin: Callable[[], Recording], *, quiet: bool) -> int:
    """Live the days of a run that are left, keep what came of them, and report."""
    from bondsim.console import interruptible, progress_bar, waiting
    from bondsim.study.stored import load_run

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
                folder = recording.finish()
        except KeyboardInterrupt:
            if recording is None:
                raise
            with suppress(KeyboardInterrupt), waiting("keeping what was lived", quiet=quiet):
                recording.stop()
            raise KeyboardInterrupt(recording.told()) from None
    report(load_run(folder))
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


def check_folder(results: Path) -> None:
    """Refuse a folder to write under that could not be written, before any work is done."""
    folder = results
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise ParameterError("results", str(results), f"a folder, but {folder} is a file")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ParameterError("results", str(results), f"a folder; {folder} cannot be written to")


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


# --- what was run before -----------------------------------------------------------------------


def rerun(words: list[str]) -> int:
    """`bondsim rerun`: repeat a run from its folder and compare the results."""
    folder = _folder("rerun", words)

    from bondsim.console import interruptible, progress_bar
    from bondsim.study.store import check_same
    from bondsim.study.stored import load_run, params_of, verify
    from bondsim.study.streams import in_files
    from bondsim.world import World

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
    folder = _folder("show", words)

    from bondsim.console import show_provenance
    from bondsim.study.stored import load_run, verify

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
    from bondsim.study.stored import at_ends

    ends = at_ends(stored, stored.snapshots)
    labels = stored.labels if stored.provenance["n_agents"] <= NAMED else {}
    figure = figures.town(ends, name=stored.title, labels=labels)
    draft = stored.folder / f".figure-{os.getpid()}.png"
    try:
        figures.save(figure, draft)
        draft.replace(stored.folder / "figure.png")
    except OSError as error:
        found = f"the figure cannot be written ({error.strerror or error})"
        raise DataError(str(stored.folder), found, "copy the folder to a place of yours") from None
    finally:
        draft.unlink(missing_ok=True)


def _folder(command: str, words: list[str]) -> Path:
    parser = _Parser(command)
    parser.add_argument("RUN")
    return Path(parser.parse_args(words).RUN).expanduser()


# --- what can be set ---------------------------------------------------------------------------


def params(words: list[str]) -> int:
    """`bondsim params`: every parameter with unit, range, default, source and neutral value."""
    parser = _Parser("params")
    parser.add_argument("filter", nargs="?", default="")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", dest="form", action="store_const", const="markdown")
    form.add_argument("--json", dest="form", action="store_const", const="json")
    given = parser.parse_args(words)

    from bondsim.console import show_parameters

    sought = given.filter.lower()
    rows = [row for row in all_parameters() if sought in f"{row.path} {row.doc}".lower()]
    if not rows:
        groups = sorted({row.path.split(".")[0] for row in all_parameters()})
        fix = f"try part of a name or a group: {', '.join(groups)}"
        raise DataError(given.filter, "no parameter has this in its name or meaning", fix)
    show_parameters(rows, given.form or "table")
    return DONE


def all_parameters() -> Iterable[Row]:
    """Every name that `bondsim run` takes; of a network's one row for each source that has it."""
    from bondsim.config import intervention_parameters, network_parameters, run_parameters
    from bondsim.params import table

    yield from run_parameters()
    yield from network_parameters()
    yield from table()
    yield from intervention_parameters()


def networks(words: list[str]) -> int:
    """`bondsim networks`: what a network can be made from, and what is set in each."""
    _Parser("networks").parse_args(words)

    from bondsim.config import choices
    from bondsim.console import show_lines, value_text
    from bondsim.network.columns import BONDS_DOC, PEOPLE_DOC
    from bondsim.network.specs import SOURCES
    from bondsim.params import group_table

    for name in choices("network"):
        source = SOURCES[name]
        print(f"network={name}: {(source.__doc__ or '').splitlines()[0]}")
        lines = [
            (f"  {row.path}", value_text(row.default), row.unit, row.doc)
            for row in group_table(source)
        ]
        show_lines(("", "default", "unit", "meaning"), lines)
        print()
    print("columns of bonds (edge_list, waves; attributes of edges in graphml):")
    show_lines(("", "cells"), [(f"  {name}", cells) for name, cells in BONDS_DOC.items()])
    print("  kept to closeness also as regard_ij (source's view of target) and regard_ji (back)\n")
    print("columns of people (network.attributes; attributes of nodes in graphml):")
    show_lines(("", "cells"), [(f"  {name}", cells) for name, cells in PEOPLE_DOC.items()])
    print("  loneliness is derived from emotional and social; other columns are ignored")
    return DONE


# --- does it hold ------------------------------------------------------------------------------


def verify(words: list[str]) -> int:
    """`bondsim verify`: one world in many ways, which must all give the same bits."""
    parser = _Parser("verify")
    parser.add_argument("--seed", type=int)
    seed = parser.parse_args(words).seed

    from bondsim import __version__
    from bondsim.verify import verify as run_battery

    if seed is None:
        seed = secrets.randbelow(10**6)
    started = time.perf_counter()
    print(f"seed {seed}: `bondsim verify --seed {seed}` repeats this", flush=True)
    wrong, n, found = run_battery(seed, lambda line: print(line, flush=True))
    if wrong:
        raise DiffersError(
            f"{wrong} of {n} checks differ; the same code must give the same bits: please report "
            f"this, with the lines above and bondsim {__version__}"
        )
    print(f"{n} checks, all the same, in {time.perf_counter() - started:.0f} s")
    print(f"hash: {found}")
    return DONE


# --- how fast it is ----------------------------------------------------------------------------


def bench(words: list[str]) -> int:
    """`bondsim bench`: measure, print one table, write all repetitions as JSON."""
    parser = _Parser("bench")
    for name in ("--sizes", "--threads", "--repeats", "--json"):
        parser.add_argument(name)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    given = parser.parse_args(words)

    from bondsim.bench.options import checked

    options = checked(**vars(given))
    check_folder(options.json.parent)

    from bondsim.bench.machine import machine
    from bondsim.bench.parts import carry_out, plan
    from bondsim.bench.report import HEADINGS, Report
    from bondsim.console import show_lines, waiting

    report = Report(options, machine())
    report.write(complete=False)
    try:
        for part in plan(options):
            with waiting(f"measuring {part.title}", quiet=False):
                report.add(carry_out(part))
    except KeyboardInterrupt:
        print(f"bondsim: stopped; what was measured is in {options.json}", file=sys.stderr)
        return STOPPED
    report.write(complete=True)
    print(report.title(), end="\n\n")
    show_lines(HEADINGS, report.lines())
    print(f"\n{report.caveats()}\njson: {options.json}")
    return FAILED if any(figure.failed for figure in report.figures) else DONE


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run, "resume": resume, "rerun": rerun, "show": show, "params": params,
    "networks": networks, "verify": verify, "bench": bench,
}  # fmt: skip
