"""`bondsim list`, `status` and `query`: what is stored, how far studies are, and any question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.commands.studies import results_of
from bondsim.commands.words import DONE, Words, say
from bondsim.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from bondsim.store.query import Results

SHOWN = 20
"""Rows that are printed where nothing else is asked."""


def list_(words: list[str]) -> int:
    """`bondsim list`: the studies of a folder of results, and the newest runs."""
    parser = Words("list")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--rows", type=int, default=SHOWN)
    given = parser.parse_intermixed_args(words)
    folder, others = results_of(given.words)
    _refuse(others, "list")
    results = results_in(folder)
    studies = results.studies()
    if len(studies):
        print("studies:")
        _print(studies.drop(columns=["name"]))
        print()
    n, failed = results.counts()
    print(f"runs: {n:,}, {failed:,} of them failed; the newest:")
    _print(results.newest(given.rows))
    return DONE


def status(words: list[str]) -> int:
    """`bondsim status`: how far studies are, what failed and why, who is at work."""
    parser = Words("status")
    parser.add_argument("words", nargs="*")
    given = parser.parse_intermixed_args(words)
    folder, others = results_of(given.words)
    _refuse(others[1:], "status")
    results = results_in(folder)
    table = results.studies()
    if others:
        name = results.plan(others[0]).folder_name
        table = table[table["study"] == name]
    if len(table):
        _print(table.drop(columns=["name"]))
    else:
        print("no studies are stored here")
    at_work = results.at_work()
    print(f"at work now: {at_work:,} sweep{'' if at_work == 1 else 's'}")
    if others:
        _print_failures(results.failures(name))
    return DONE


def query(words: list[str]) -> int:
    """`bondsim query "select ..."`: the answer to a question in SQL."""
    parser = Words("query")
    parser.add_argument("SQL")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--csv", action="store_true")
    given = parser.parse_intermixed_args(words)
    folder, others = results_of(given.words)
    _refuse(others, "query")
    frame = results_in(folder).query(given.SQL)
    if given.csv:
        print(frame.to_csv(index=False), end="")
    else:
        _print(frame)
    return DONE


def results_in(folder: Path) -> Results:
    """The catalogue of a folder; what is damaged there is said on stderr."""
    from bondsim.store.query import Results

    return Results(folder, tell=say)


def _refuse(words: list[str], command: str) -> None:
    if words:
        fix = 'write results=FOLDER for another folder; a question goes in "quotation marks"'
        raise DataError(f"bondsim {command}", f"it does not know {words[0]!r}", fix)


def _print(frame: pd.DataFrame) -> None:
    from bondsim.console import WIDE, show_lines

    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    show_lines([str(name) for name in frame.columns], rows, width=WIDE)


def _cell(value: Any) -> str:
    import pandas as pd

    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def _print_failures(frame: pd.DataFrame) -> None:
    if not len(frame):
        return
    print("\nfailed:")
    for row in frame.itertuples(index=False):
        print(f"  arm {row.arm}, point {row.point}, replicate {row.replicate}: {row.error}")
    print(f"\nlog of the first, run {frame['id'].iloc[0]}:\n{frame['log'].iloc[0]}")
