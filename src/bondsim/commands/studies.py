"""`bondsim sweep` and `run -m`: many runs by one plan, carried out, resumed and reported."""

from __future__ import annotations

import signal
import sys
import threading
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bondsim.commands.words import DONE, FAILED, Words, check_folder, say
from bondsim.errors import DataError, ParameterError

if TYPE_CHECKING:
    from bondsim.orders import StudyOrder
    from bondsim.store.plans import StoredPlan
    from bondsim.study.plan import Plan
    from bondsim.study.sweep import Progress


def sweep(words: list[str]) -> int:
    """`bondsim sweep`: live every run of a study that is not there yet, and report."""
    return _carry_out("sweep", words, multirun=False)


def multirun(words: list[str]) -> int:
    """`bondsim run -m`: live every combination of the values that words have."""
    return _carry_out("run -m", words, multirun=True)


def _carry_out(command: str, words: list[str], *, multirun: bool) -> int:
    given = _parsed(command, words)

    from bondsim.config.studies import compose_study

    order = compose_study(given.overrides, given.config_dir, multirun=multirun)
    check_folder(order.settings.folder)
    if given.dry_run:
        print(f"{order.plan.name}: {_size(order.plan)}")
        return DONE
    if order.executor.kind == "slurm":
        from bondsim.commands.cluster import submit

        return submit(command, given, order)
    if given.part and order.wish is not None:
        allowed = "left out where study.precise is set: a part cannot tell when all are enough"
        raise ParameterError("--part", given.part, allowed)
    stored, progress = live(order, retry_failed=given.retry_failed, part=_part(given.part))
    return report(order, stored, progress)


def _parsed(command: str, words: list[str]) -> Namespace:
    parser = Words(command)
    parser.add_argument("overrides", nargs="*")
    parser.add_argument("--config-dir")
    parser.add_argument("--retry-failed", action="store_true")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--part")
    return parser.parse_intermixed_args(words)


def live(
    order: StudyOrder, *, retry_failed: bool = False, part: tuple[int, int] = (0, 1)
) -> tuple[StoredPlan, Progress]:
    """Carry out a study with its progress on display; Ctrl-C says how to go on."""
    from bondsim.console import interruptible, waiting
    from bondsim.displays import study_display
    from bondsim.study.stopping import sweep_until
    from bondsim.warm import warm

    plan, settings, quiet = order.plan, order.settings, order.settings.quiet
    state = None
    try:
        with interruptible() as check:
            if order.executor.kind == "local" and plan.n_runs > 1:
                with waiting("getting ready (the first time, compiling)", quiet=quiet):
                    warm()
            check()
            if order.executor.processes != 1:
                _stop_at_once()
            with study_display(plan.name, quiet=quiet) as show:

                def told(progress: Progress) -> None:
                    nonlocal state
                    state = progress
                    while progress.damaged:
                        say(progress.damaged.pop(0))
                    show(progress)
                    check()

                return sweep_until(
                    plan, settings.folder, order.wish, order.precise, executor=order.executor,
                    retry_failed=retry_failed, part=part, told=told,
                )  # fmt: skip
    except KeyboardInterrupt:
        n = state.done if state is not None else 0
        whole = state.runs if state is not None else plan.n_runs
        raise KeyboardInterrupt(
            f"stopped: {n:,} of {whole:,} runs of {plan.name} are kept in {settings.folder}; "
            "the same command goes on with the rest"
        ) from None


def _stop_at_once() -> None:
    """Have Ctrl-C raise where we only wait for workers, however long their runs take.

    Only to be called within `interruptible`, which puts back what was there before.
    """
    if threading.current_thread() is threading.main_thread():
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.default_int_handler)


def report(order: StudyOrder, stored: StoredPlan, progress: Progress) -> int:
    """Print what a study came to; the status that the command ends with."""
    from bondsim.console import show_lines
    from bondsim.displays import took
    from bondsim.store.query import Results
    from bondsim.study.summary import study_rows

    results = Results(order.settings.folder, tell=say)
    headings, rows = study_rows(results.of_study(stored.folder_name), stored, order.plan.outcomes)
    grown = order.plan if order.wish is None else replace(order.plan, replicates=stored.replicates)
    print(f"{stored.folder_name}: {_size(grown)}; {took(progress)}")
    show_lines(headings, rows, width=240)
    print(f"folder: {stored.folder}")
    print(f"see all: bondsim export {stored.folder_name} --to csv{_where(order)}")
    failed = progress.failed + progress.failed_before
    if failed:
        n = f"{failed:,} of {progress.runs:,} runs failed"
        fix = f"see why: bondsim status {stored.folder_name}{_where(order)}"
        print(f"bondsim: {n}; {fix}; live them again with --retry-failed", file=sys.stderr)
        return FAILED
    return DONE


def _where(order: StudyOrder) -> str:
    folder = order.settings.results
    return "" if folder == "results" else f" results={folder}"


def _size(plan: Plan) -> str:
    arms = len({cell.arm for cell in plan.cells})
    points = len({cell.point for cell in plan.cells})
    n = plan.replicates
    return (
        f"{arms} arm{'s' * (arms != 1)} x {points:,} point{'s' * (points != 1)} x {n:,} "
        f"replicate{'s' * (n != 1)}, {plan.n_runs:,} runs of {plan.cells[0].design.days:,} days"
    )


def _part(text: str | None) -> tuple[int, int]:
    """The part ``k/n`` of a study: k from 1 to n."""
    if text is None:
        return 0, 1
    first, _, last = text.partition("/")
    try:
        k, n = int(first), int(last)
    except ValueError:
        k, n = 0, 0
    if not 1 <= k <= n:
        raise ParameterError("--part", text, "a part k/n of the runs, k from 1 to n, as in 2/10")
    return k - 1, n


def results_of(words: list[str]) -> tuple[Path, list[str]]:
    """The folder that ``results=`` names, ``results`` if none does, and the other words."""
    named = [word for word in words if word.startswith("results=")]
    others = [word for word in words if not word.startswith("results=")]
    if len(named) > 1:
        raise DataError("results", "given twice", "give one folder")
    folder = named[0].partition("=")[2] if named else "results"
    return Path(folder).expanduser(), others
