"""`bondsim twin`, `channels`, `audit`, `sensitivity` and so on: analyses of many worlds."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from bondsim.commands.words import DONE, Words, check_folder

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.causal.settings import Kind
    from bondsim.network import Spec
    from bondsim.orders import AnalysisOrder
    from bondsim.store.analyses import StoredAnalysis
    from bondsim.study.executors import ExecutorPlan
    from bondsim.study.lives import Lives
    from bondsim.study.sweep import Progress


def analyse(name: str, words: list[str]) -> int:
    """Compose, live all worlds, keep what was found, report."""
    parser = Words(name)
    parser.add_argument("overrides", nargs="*")
    parser.add_argument("--config-dir")
    given = parser.parse_intermixed_args(words)

    from bondsim.causal.settings import KINDS
    from bondsim.config import compose_analysis
    from bondsim.store.analyses import load_analysis, save_analysis

    kind = KINDS[name]
    order = compose_analysis(kind, given.overrides, given.config_dir)
    settings = order.settings
    check_folder(settings.folder)
    design, plans = request(kind, order)
    began = time.perf_counter()
    if not settings.quiet and hasattr(kind.module, "effort"):
        print(f"{name}: {kind.module.effort(design, plans['plan'])}", flush=True)
    executor = executor_of(order) if kind.studied else None
    found = carry_out(
        kind, design, plans, settings.processes, quiet=settings.quiet, results=settings.folder,
        executor=executor,
    )  # fmt: skip
    elapsed, command = time.perf_counter() - began, ["bondsim", name, *words]
    folder = save_analysis(found, settings.folder, elapsed=elapsed, command=command)
    report(load_analysis(folder))
    return DONE


ANALYSES = {
    name: partial(analyse, name)
    for name in (
        "twin", "channels", "compare", "audit", "response", "sensitivity", "calibrate", "validate",
    )
}  # fmt: skip
"""The command of each analysis."""


def request(kind: Kind, order: AnalysisOrder) -> tuple[Design, dict[str, Any]]:
    """The worlds that an order asks for, and the other arguments of the analysis."""
    from bondsim.causal.design import Design
    from bondsim.network import build
    from bondsim.network.specs import READ, SOURCES

    read = tuple(SOURCES[name] for name in READ)
    # what lies in a file is read once, not by each world
    network = order.network
    if isinstance(network, read):
        network = build(cast("Spec", network), order.params.seed)
    settings = order.settings
    design = Design(order.params, network, settings.days, settings.burn_in, settings.replicates)
    asked: tuple[Design, dict[str, Any]] = kind.module.asked(design, order)
    return asked


def executor_of(order: AnalysisOrder) -> ExecutorPlan:
    """Where the worlds of an analysis are lived."""
    plan: ExecutorPlan = order.plans["executor"]
    processes = plan.processes if plan.processes is not None else order.settings.processes
    return replace(plan, processes=processes)


def carry_out(
    kind: Kind,
    design: Design,
    plans: dict[str, Any],
    processes: int | None,
    *,
    quiet: bool,
    results: Path | None = None,
    executor: ExecutorPlan | None = None,
) -> Any:
    """The analysis, with a display of the worlds lived.

    One that is lived as a study has its runs under `results`; None: all are lived anew.
    """
    if kind.studied:
        with TemporaryDirectory(prefix="bondsim-") as anew:
            folder = results if results is not None else Path(anew)
            with studied(kind.name, folder, executor, quiet=quiet) as lives:
                return kind.module.analyse(design, **plans, lives=lives)
    from bondsim.console import interruptible, jobs_bar

    with interruptible() as check, jobs_bar(kind.name, quiet=quiet) as progress:

        def ended(number: int, jobs: int) -> None:
            check()
            if progress is not None:
                progress(number, jobs)

        return kind.module.analyse(design, **plans, processes=processes, ended=ended)


@contextmanager
def studied(
    name: str, results: Path, executor: ExecutorPlan | None, *, quiet: bool
) -> Iterator[Lives]:
    """Where worlds are lived and their runs stored as they end; Ctrl-C keeps those that did."""
    from bondsim.console import interruptible, waiting
    from bondsim.displays import study_display
    from bondsim.study.executors import ExecutorPlan
    from bondsim.study.lives import Lives
    from bondsim.warm import warm

    try:
        with interruptible() as check:
            with waiting("getting ready (the first time, compiling)", quiet=quiet):
                warm()
            with study_display(name, quiet=quiet) as show:

                def told(progress: Progress) -> None:
                    show(progress)
                    check()

                yield Lives(results, name, executor or ExecutorPlan(), told)
    except KeyboardInterrupt:
        told_of = f"stopped; the runs that have ended are kept in {results}"
        raise KeyboardInterrupt(f"{told_of}, and the same command goes on") from None


def repeat(folder: Any) -> int:
    """`bondsim rerun` of an analysis."""
    from bondsim.store.analyses import load_analysis, request_of, verify_analysis
    from bondsim.store.folders import check_same

    stored = load_analysis(folder)
    verify_analysis(stored)
    kind, design, plans = request_of(stored)
    hashed = check_same(carry_out(kind, design, plans, None, quiet=False), stored)
    print(f"{folder}: repeated, the same result to the last bit")
    print(f"hash: {hashed}")
    return DONE


def show(folder: Any) -> int:
    """`bondsim show` of an analysis: print it and where it comes from, and draw it again."""
    from bondsim.console import show_provenance
    from bondsim.store.analyses import draw_again, load_analysis, verify_analysis

    stored = load_analysis(folder)
    verify_analysis(stored)
    draw_again(stored)
    show_provenance(stored.provenance, stored.science["network"])
    report(stored)
    return DONE


def report(stored: StoredAnalysis) -> None:
    """Print the table of an analysis, where it lies, and its hash on the last line."""
    from bondsim.causal.settings import KINDS
    from bondsim.console import show_report

    show_report(stored.report)
    module = KINDS[stored.kind].module
    if hasattr(module, "next_words") and (further := module.next_words(stored)) is not None:
        what, words = further
        print(f"next: {what}\nnext: {_beside(stored, words)}")
    print(f"figure: {stored.folder / 'figure.png'}")
    print(f"folder: {stored.folder}")
    print(f"hash: {stored.hash}", flush=True)


def _beside(stored: StoredAnalysis, words: list[str]) -> str:
    """The command with these words beside what an analysis was asked for of its world."""
    given = stored.provenance["command"]
    before = given[2:] if given[:2] == ["bondsim", stored.kind] else []
    own = stored.science[stored.kind]
    replaced = {word.partition("=")[0] for word in words}
    replaced |= {f"{stored.kind}.{name}" for name in own} - {f"{stored.kind}.outcomes"}
    kept = [word for word in before if word.partition("=")[0].lstrip("+") not in replaced]
    return shlex.join(["bondsim", stored.kind, *kept, *words])
