"""`bondsim export`: a stored run for the field's own tools, and a study as one table."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.commands.studies import results_of
from bondsim.commands.words import DONE, Words
from bondsim.errors import DataError, ParameterError

if TYPE_CHECKING:
    from bondsim.measures.survey import SurveyPlan
    from bondsim.store.stored import StoredRun

RSIENA, NETWORK_DYNAMIC, GRAPHML = TOOLS = ("rsiena", "networkdynamic", "graphml")
FORMS = ("csv", "parquet")
"""What the table of a study is written as."""
_ASKED_OF = {"days": (RSIENA, GRAPHML), "bins": (RSIENA,), "outcome": (RSIENA,)}
"""Options that not every tool takes."""


def export(words: list[str]) -> int:
    """`bondsim export`: write a run to a new folder, or a study to a table; say where it lies."""
    given = _parsed(words)
    if given.to in FORMS:
        return _export_study(given)
    folder = Path(given.RUN).expanduser()

    from bondsim.store.stored import load_run, verify

    verify(folder)
    stored = load_run(folder)
    plain = folder.resolve()
    out = Path(given.out).expanduser() if given.out else plain.with_name(f"{plain.name}-{given.to}")
    print(f"folder: {_EXPORTS[given.to](stored, out, given)}")
    return DONE


def _parsed(words: list[str]) -> argparse.Namespace:
    parser = Words("export")
    parser.add_argument("RUN")
    parser.add_argument("settings", nargs="*")
    parser.add_argument("--to", required=True, choices=(*FORMS, *TOOLS))
    for name in ("--out", "--days", "--bins", "--outcome"):
        parser.add_argument(name)
    given = parser.parse_intermixed_args(words)
    for name, tools in _ASKED_OF.items():
        if getattr(given, name) is not None and given.to not in tools:
            raise DataError(f"--{name}", f"{given.to} takes none", f"give it to {tools[0]}")
    if given.settings and given.to not in (RSIENA, *FORMS):
        fix = f"give it to {RSIENA}, which is given what a survey saw"
        raise DataError(given.settings[0], f"{given.to} takes the run as it is", fix)
    return given


def _export_study(given: argparse.Namespace) -> int:
    from bondsim.commands.catalogue import results_in
    from bondsim.study.summary import final_table, write_final

    folder, others = results_of(given.settings)
    if others:
        fix = "a study is written with all its outcomes; ask for others with bondsim query"
        raise DataError(others[0], f"{given.to} takes no settings", fix)
    results = results_in(folder)
    stored = results.plan(given.RUN)
    out = given.out or str(folder / f"{stored.folder_name}.{given.to}")
    table = final_table(results.of_study(stored.folder_name), stored)
    print(f"table: {write_final(table, Path(out).expanduser(), given.to)}")
    print(f"{table.num_rows:,} rows, {table.num_columns:,} columns")
    return DONE


def _rsiena(stored: StoredRun, out: Path, given: argparse.Namespace) -> Path:
    from bondsim.export import to_rsiena
    from bondsim.measures.survey import survey

    plan, seed = survey_plan(given.settings, stored.params.seed)
    days = days_of(given.days) or list(stored.snapshots)
    options: dict[str, Any] = {"outcome": given.outcome} if given.outcome is not None else {}
    if given.bins is not None:
        options["bins"] = _whole("bins", given.bins)
    seen = survey(stored, days=days, seed=seed, plan=plan)
    return to_rsiena(stored, out, survey=seen, **options)


def _network_dynamic(stored: StoredRun, out: Path, _given: argparse.Namespace) -> Path:
    from bondsim.export import to_network_dynamic

    return to_network_dynamic(stored, out)


def _graphml(stored: StoredRun, out: Path, given: argparse.Namespace) -> Path:
    from bondsim.export import to_graphml

    return to_graphml(stored, out, days=days_of(given.days) or None)


_EXPORTS: dict[str, Callable[[StoredRun, Path, argparse.Namespace], Path]] = {
    RSIENA: _rsiena, NETWORK_DYNAMIC: _network_dynamic, GRAPHML: _graphml,
}  # fmt: skip


def days_of(text: str | None) -> list[int]:
    """The days in ``0,180,365``, none for None; `ParameterError` for anything else."""
    return [] if text is None else [_whole("days", part) for part in text.split(",")]


def _whole(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        allowed = "whole numbers with commas between" if name == "days" else "a whole number"
        raise ParameterError(name, text, allowed) from None


def survey_plan(settings: list[str], seed: int) -> tuple[SurveyPlan, int]:
    """The plan in words like ``survey.missing=0.1``, and its seed, `seed` unless one is given."""
    from bondsim.measures.survey import SurveyPlan
    from bondsim.params import group_from_dict

    values: dict[str, Any] = {}
    for word in settings:
        name, equals, text = word.partition("=")
        group, dot, field = name.partition(".")
        if not (equals and dot and group == SurveyPlan.GROUP):
            raise DataError(word, "not a setting of a survey", "write survey.NAME=VALUE")
        if field in values:
            raise DataError(word, "set twice", "give it once")
        values[field] = _value(field, text)
    seed = _whole("survey.seed", values.pop("seed", str(seed)))
    return group_from_dict(SurveyPlan.GROUP, SurveyPlan, values), seed


def _value(field: str, text: str) -> Any:
    if field == "kinds":
        return [part for part in text.strip("[]").split(",") if part]
    return None if text == "null" else text
