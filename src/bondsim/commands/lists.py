"""`bondsim params` and `networks`: what can be set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bondsim.commands.words import DONE, Words
from bondsim.errors import DataError

if TYPE_CHECKING:
    from bondsim.params import Row


def params(words: list[str]) -> int:
    """`bondsim params`: every parameter with unit, range, default, source and neutral value."""
    parser = Words("params")
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
    """Every name that commands take; of a network's one row for each source that has it."""
    from bondsim.config import (
        analysis_parameters,
        intervention_parameters,
        network_parameters,
        run_parameters,
    )
    from bondsim.params import table

    yield from run_parameters()
    yield from network_parameters()
    yield from table()
    yield from intervention_parameters()
    yield from analysis_parameters()


def networks(words: list[str]) -> int:
    """`bondsim networks`: what a network can be made from, and what is set in each."""
    Words("networks").parse_args(words)

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
