"""`bondsim params`, `networks` and `measures`: what can be set and what can be asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from bondsim.commands.words import DONE, Words
from bondsim.errors import DataError

if TYPE_CHECKING:
    from bondsim.measures.registry import Measure, Outcome
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
        study_parameters,
    )
    from bondsim.params import table

    yield from run_parameters()
    yield from network_parameters()
    yield from table()
    yield from intervention_parameters()
    yield from analysis_parameters()
    yield from study_parameters()


def all_classes() -> list[Any]:
    """Every class of parameters that commands take, networks and interventions among them."""
    from bondsim.causal.settings import KINDS
    from bondsim.config.studies import GROUPS as OF_STUDIES
    from bondsim.interventions import Intervention
    from bondsim.network import SOURCES
    from bondsim.params import GROUPS

    of_kinds = [cls for kind in KINDS.values() for cls in kind.classes.values()]
    return [*GROUPS.values(), *SOURCES.values(), Intervention, *of_kinds, *OF_STUDIES.values()]


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


def measures(words: list[str]) -> int:
    """`bondsim measures`: every outcome with its unit, definition and source."""
    parser = Words("measures")
    parser.add_argument("filter", nargs="?", default="")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", dest="form", action="store_const", const="markdown")
    form.add_argument("--json", dest="form", action="store_const", const="json")
    given = parser.parse_args(words)

    from bondsim.console import show_markdown
    from bondsim.measures.registry import MEASURES
    from bondsim.store.plain import to_json

    found = measures_about(given.filter)
    if not found:
        fix = f"try part of a name or of a meaning; the measures are {', '.join(MEASURES)}"
        raise DataError(given.filter, "no outcome has this in its name or meaning", fix)
    rows = [
        {
            "outcome": each.name, "unit": each.unit, "meaning": each.meaning,
            "measure": measure.name, "definition": measure.definition, "source": measure.source,
        }
        for measure, outcomes in found
        for each in outcomes
    ]  # fmt: skip
    if given.form == "json":
        print(to_json(rows), end="")
    elif given.form == "markdown":
        show_markdown(list(rows[0]), [list(row.values()) for row in rows])
    else:
        _show_measures(found)
    return DONE


def measures_about(sought: str) -> list[tuple[Measure, list[Outcome]]]:
    """The measures with `sought` in their name, definition or source, and all their outcomes.

    Of other measures the outcomes with it in their name or meaning.
    """
    from bondsim.measures.registry import MEASURES, OUTCOMES

    sought = sought.lower()
    found = []
    for measure in MEASURES.values():
        outcomes = [OUTCOMES[name] for name in measure.outcomes]
        if sought not in f"{measure.name} {measure.definition} {measure.source}".lower():
            outcomes = [
                each for each in outcomes if sought in f"{each.name} {each.meaning}".lower()
            ]
        if outcomes:
            found.append((measure, outcomes))
    return found


def _show_measures(found: list[tuple[Measure, list[Outcome]]]) -> None:
    """Each measure with its definition and source, and below it the outcomes that it gives."""
    from bondsim.console import show_lines

    lines = []
    for measure, outcomes in found:
        waves = " · needs the first and the last day" if measure.n_waves > 1 else ""
        lines.append((measure.name, "", f"{measure.definition} · {measure.source}{waves}"))
        lines += [(f"  {each.name}", each.unit, each.meaning) for each in outcomes]
    show_lines(("measure and its outcomes", "unit", "definition, source and meaning"), lines)
