"""What the command line shows: the progress of a run, tables of results and of parameters."""

from __future__ import annotations

import math
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.params import KINDS, ByKind
from bondsim.store.plain import to_json
from bondsim.store.provenance import code_name

if TYPE_CHECKING:
    from rich.console import Console

    from bondsim.causal.analysis import Report
    from bondsim.measures.summary import SummaryRow
    from bondsim.params import Row

_OURS = {"bondsim", "__main__", "-c"}
"""What the system calls the command, without folder and ending."""
PLAIN_WIDTH, WIDE = 140, 240
"""Columns of a table that goes to a file or a pipe, and of one with many numbers."""

LISTED = 3
"""Longest list that is printed whole."""

Progress = Callable[[int], None]


def watched() -> bool:
    """Whether a person looks at what is printed."""
    return sys.stdout.isatty() and sys.stderr.isatty()


@contextmanager
def waiting(text: str, *, quiet: bool) -> Iterator[None]:
    """Show `text` while something takes its time, where somebody is watching."""
    if quiet or not watched():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


@contextmanager
def progress_bar(
    days: int, people: int, *, lived: int = 0, quiet: bool
) -> Iterator[Progress | None]:
    """A bar of `days` days, `lived` of them over; the function to call with each that ends.

    None, and no bar, where `quiet` is set or nobody is watching.
    """
    if quiet or not watched():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("days"),
        TextColumn(f"· {people:,} agents · left"), TimeRemainingColumn(compact=True),
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        # the first day waits for compiled code
        task = bar.add_task(
            "getting ready (the first time, compiling)", total=days, completed=lived
        )

        def tick(_day: int) -> None:
            bar.update(task, advance=1, description="simulating")

        yield tick


@contextmanager
def jobs_bar(name: str, *, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A bar of worlds that are lived one after the other; the function to call as each ends.

    Its arguments: how many have ended, of how many. None where `quiet` or nobody is watching.
    """
    if quiet or not watched():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn(name), BarColumn(), MofNCompleteColumn(), TextColumn("worlds · left"),
        TimeRemainingColumn(compact=True),
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, jobs: bar.update(task, completed=done, total=jobs)


@contextmanager
def interruptible() -> Iterator[Callable[..., None]]:
    """Hold back a Ctrl-C until the function to call between days, or the end, raises it.

    So is the request to end that the system or a cluster makes. A second one stops at once. Raised
    while numba compiles, it may be swallowed, and the run would go on for ever.
    """
    pressed = False

    def press(_signal: int, _frame: object) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    def check(_day: int | None = None) -> None:
        if pressed:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield check
        return
    before = {each: signal.signal(each, press) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield check
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    check()


def show_summary(title: str, rows: Sequence[SummaryRow]) -> None:
    """Print the table of one run."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for heading in ("first day", "last day", "by chance (95 %)"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    for row in rows:
        band = "" if row.low is None else f"{number(row.low)} to {number(row.high)}"
        table.add_row(row.name, number(row.first), number(row.last), band, row.unit)
    _console().print(table)


def show_report(report: Report) -> None:
    """Print the table of an analysis, with its notes below."""
    print(report.title)
    show_lines(report.headings, report.rows, width=WIDE)
    for note in report.notes:
        print(note)


def number(value: float | None) -> str:
    """A number as people read it in a table; nothing for None."""
    if value is None:
        return ""
    if math.isfinite(value) and (abs(value) >= 1000 or value == int(value)):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def ignored_columns(source: Mapping[str, Any]) -> str:
    """The columns of a network's files that mean nothing to the model; nothing if there are none.

    `source` is `Network.source`. What the networks shipped with networkx hold beside is no
    concern of the user's.
    """
    dropped = source.get("ignored", {}) if source.get("files") else {}
    return "; ".join(f"{Path(file).name}: {', '.join(names)}" for file, names in dropped.items())


def command_line(words: Sequence[str]) -> str:
    """The words of a process as one types them, `bondsim` without the folder it lies in."""
    first, *rest = words or ["bondsim"]
    return shlex.join(["bondsim" if Path(first).stem in _OURS else first, *rest])


def show_provenance(account: Mapping[str, Any], source: Mapping[str, Any]) -> None:
    """Print where a run comes from: its account, and the source of its network."""
    software, machine = account["software"], account["environment"]
    memory, seconds = account.get("peak_memory_mb"), account.get("seconds")
    took = "not known" if seconds is None else f"{seconds:.1f} s"
    lines = {
        "finished": account["finished"],
        "took": took + (f", {memory:,.0f} MB" if memory else ""),
        "bondsim": code_name(software),
        "python": f"{machine['python']} on {machine['platform']}",
        "command": command_line(account["command"]),
    }
    for name, text in lines.items():
        print(f"{name + ':':10}{text}")
    for file in account["inputs"]:
        print(f"{'input:':10}{file['name']} sha256 {file['sha256']}")
    if dropped := ignored_columns(source):
        print(f"{'ignored:':10}{dropped}")
    print()


def show_parameters(rows: Iterable[Row], form: str) -> None:
    """Print parameters as a ``table``, as ``markdown`` or as ``json``."""
    rows = list(rows)
    if form == "json":
        print(to_json([row._asdict() for row in rows]), end="")
        return
    if form == "markdown":
        headings = ("parameter", "default", "unit", "range", "neutral", "source", "meaning")
        show_markdown(headings, [cells(row) for row in rows])
        return
    lines = []
    for row in rows:
        *others, source, doc = cells(row)
        lines.append((*others, f"{doc} · {source}" if source else doc))
    show_lines(("parameter", "default", "unit", "range", "neutral", "meaning and source"), lines)
    print(f"\nfive numbers: {', '.join(KINDS)}; neutral: what switches it off")


def cells(row: Row) -> tuple[str, ...]:
    """A row of the table of parameters: path, default, unit, range, neutral, source, meaning."""
    numeric = not isinstance(row.default, bool | str | tuple) and row.low < row.high
    span = f"{span_end(row.low)} to {span_end(row.high)}" if numeric else ""
    neutral = "" if row.neutral is None else value_text(row.neutral)
    return row.path, value_text(row.default), row.unit, span, neutral, row.source, row.doc


def span_end(value: float) -> str:
    """One end of a range; large numbers as powers of ten."""
    power = f"{value:.0e}".replace("e+0", "e").replace("e+", "e")
    return power if 1e5 < value < math.inf else f"{value:g}"


def value_text(value: Any) -> str:
    """A parameter's value in one cell; of a number for each kind of bond all five."""
    if isinstance(value, ByKind):
        numbers = value.as_tuple()
        same = len(set(numbers)) == 1
        return f"{numbers[0]:g} each" if same else " ".join(f"{x:g}" for x in numbers)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, tuple):
        words = [str(each) for each in value]
        if len(words) > LISTED:
            words = [f"{words[0]} and {len(words) - 1} more"]
        return f"[{', '.join(words)}]"
    return f"{value:g}" if isinstance(value, float) else str(value) or "(empty)"


def show_lines(
    headings: Sequence[str], lines: Iterable[Sequence[str]], width: int = PLAIN_WIDTH
) -> None:
    """Print a table for a terminal, or as wide as it needs to be for a file."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, no_wrap=place < len(headings) - 1)
    for line in lines:
        table.add_row(*(escape(cell) for cell in line))
    _console(width).print(table)


def show_markdown(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    for line in (headings, ["---"] * len(headings), *lines):
        print("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |")


def _console(width: int = PLAIN_WIDTH) -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else width, highlight=False)
