"""From composed words to a `StudyOrder`: arms, factors and points become the cells of a plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bondsim.causal.design import Design
from bondsim.causal.grid import at_point
from bondsim.causal.looks import Look, LookPlan
from bondsim.config.compose import check_names, world_of
from bondsim.config.composing import defaults, set_whole, tree_of, without_sweeps
from bondsim.config.values import group_of, plain
from bondsim.errors import DataError, ParameterError
from bondsim.measures.survey import SurveyPlan
from bondsim.network import Given, read
from bondsim.network.specs import READ, SOURCES
from bondsim.orders import StudyOrder
from bondsim.params import ByKind, Checked, group_from_dict, group_table, table
from bondsim.study.executors import ExecutorPlan
from bondsim.study.plan import Cell, Plan
from bondsim.study.precision import Precision
from bondsim.study.sampling import (
    MOST_POINTS,
    Factor,
    check_size,
    factor_of,
    grid,
    latin_hypercube,
    listed,
    morris,
    sobol,
)
from bondsim.study.settings import StudyPlan, StudySettings

GROUPS: dict[str, type[Checked]] = {
    "study": StudyPlan, "executor": ExecutorPlan, "precision": Precision, "look": LookPlan,
    "survey": SurveyPlan,
}  # fmt: skip
"""What can be set of a study in groups of their own."""
LISTS = {
    "arms": ("words", "words of each arm by its name, such as {calm: [channels=none]}"),
    "factors": ("name", "values by path, [1, 2], or ranges, {low, high, scale, steps}"),
    "points": ("name", "a list of points, values by path (study.design=list)"),
}
"""Mappings and lists of the group `study`: their unit and what they are."""
MULTIRUN = "run"
"""The name of a study, and of its arm, that ``bondsim run -m`` makes."""


class Base(NamedTuple):
    """A composition: a design, and which of its days are kept as well."""

    design: Design
    snapshots: tuple[int, ...]


def compose_study(
    overrides: Sequence[str], config_dir: str | Path | None = None, *, multirun: bool = False
) -> StudyOrder:
    """The study that `configs/`, the user's own `config_dir` and `overrides` describe together.

    A word with several values, ``meet.psi=1,2`` or ``seed=range(10)``, is one more factor. With
    `multirun` each run is kept in a folder of its own, and is lived once, unless otherwise told.

    Raises `BondsimError` for anything unknown, misspelt, out of range or unreadable.
    """
    given_words, set_here = set_whole(overrides, (f"study.{name}" for name in LISTS))
    words, swept = without_sweeps(given_words, MOST_POINTS)
    own = _own(multirun)
    tree = tree_of(words, config_dir, own)
    check_names(tree, set(own))
    given = group_of("study", tree["study"])
    lists = {name: given.pop(name, None) for name in LISTS}
    lists |= {path.removeprefix("study."): value for path, value in set_here.items()}
    groups = {name: group_from_dict(name, cls, tree[name]) for name, cls in GROUPS.items()
              if name != "study"}  # fmt: skip
    chosen = group_from_dict("study", StudyPlan, given)
    settings = _settings(tree)

    read_once = cache(read)

    @cache
    def composed(more: tuple[str, ...]) -> Base:
        return _base(tree_of([*words, *more], config_dir, own), [*words, *more], read_once)

    factors = [factor_of(str(path), value) for path, value in _mapping(lists, "factors").items()]
    factors += [Factor(each.path, values=tuple(each.values)) for each in swept]
    points = points_of(chosen, factors, lists["points"])
    arms = {str(arm): _words(arm, more) for arm, more in _mapping(lists, "arms").items()}
    _check_varied(points[0], arms)
    check_size("study.arms", len(points) * max(len(arms), 1), "cells")
    texts = {each.path: dict(zip(each.values, each.texts, strict=True)) for each in swept}
    cells = [
        _cell(arm, number, point, more, composed, texts)
        for number, point in enumerate(points)
        for arm, more in (arms or {MULTIRUN: ()}).items()
    ]
    look = Look(groups["look"], groups["survey"])
    plan = Plan(
        chosen.name or _name(words, multirun), cells, settings.replicates, chosen.outcomes, look,
        chosen.keep, {"words": list(overrides), "design": asdict(chosen), "days": settings.days},
    )  # fmt: skip
    if chosen.precise and chosen.precise not in plan.outcomes:
        allowed = f"one of study.outcomes: {', '.join(plan.outcomes)}"
        raise ParameterError("study.precise", chosen.precise, allowed)
    wish = groups["precision"] if chosen.precise else None
    return StudyOrder(plan, settings, groups["executor"], wish, chosen.precise)


def points_of(chosen: StudyPlan, factors: Sequence[Factor], points: Any) -> list[dict[str, Any]]:
    """The points of a study, values by path: one without values where nothing is varied."""
    if points is not None and chosen.design != "list":
        raise ParameterError("study.design", chosen.design, "list where study.points are given")
    if chosen.design == "list":
        if factors:
            paths = [factor.path for factor in factors]
            raise ParameterError("study.factors", paths, "empty where study.design=list")
        if not isinstance(points, list | None):
            raise ParameterError("study.points", points, "a list of points, values by path")
        return listed(points or [])
    if not factors:
        return [{}]
    if chosen.design == "grid":
        return grid(factors)
    drawn = {"latin_hypercube": latin_hypercube, "sobol": sobol, "morris": morris}
    return drawn[chosen.design](factors, chosen.n, chosen.seed)


def _check_varied(point: Mapping[str, Any], arms: Mapping[str, Sequence[str]]) -> None:
    """Refuse to vary what is set once for a whole study, and what an arm sets for itself."""
    for path in point:
        _check_of_worlds("study.factors", path)
    for arm, words in arms.items():
        for word in words:
            path = word.partition("=")[0].lstrip("+")
            _check_of_worlds(f"study.arms.{arm}", path)
            if path in point:
                allowed = "set by the arms or varied between points, not both"
                raise ParameterError(f"study.arms.{arm}", path, allowed)


def _check_of_worlds(name: str, path: str) -> None:
    of_studies = {*GROUPS, *defaults(StudySettings)} - {"days", "burn_in", "snapshots"}
    if path.partition(".")[0] in of_studies:
        allowed = "what worlds are made of: this is set once for all of a study"
        raise ParameterError(name, path, allowed)


def _own(multirun: bool) -> dict[str, Any]:
    """Names and defaults of what a study has beside the model."""
    study = {**defaults(StudyPlan), **dict.fromkeys(LISTS)}
    settings = defaults(StudySettings)
    if multirun:
        study["keep"], settings["replicates"] = "folder", 1
    others = {name: defaults(cls) for name, cls in GROUPS.items() if name != "study"}
    return {**settings, "study": study, **others}


def _settings(tree: Mapping[str, Any]) -> StudySettings:
    return StudySettings(**{name: plain(name, tree[name]) for name in defaults(StudySettings)})


def _base(tree: Mapping[str, Any], words: Sequence[str], read_once: Callable[[Any], Given]) -> Base:
    if tree["seed"] == "random":
        raise ParameterError("seed", "random", "a number, so that the same study can go on")
    settings = _settings(tree)
    lived = range(settings.burn_in, settings.burn_in + settings.days)
    outside = [day for day in settings.snapshots if day not in lived]
    if outside:
        allowed = f"a list of days in [{lived[0]}, {lived[-1]}]"
        raise ParameterError("snapshots", outside[0], allowed)
    params, network, planned = world_of(tree, words, settings.burn_in + settings.days)
    if network.source in READ:
        network = read_once(network)
    design = Design(params, network, settings.days, settings.burn_in, 1, planned)
    return Base(design, settings.snapshots)


def _cell(
    arm: str,
    number: int,
    point: Mapping[str, Any],
    words: tuple[str, ...],
    composed: Any,
    texts: Mapping[str, Mapping[Any, str]],
) -> Cell:
    """One arm at one point: what Hydra must choose is composed, and numbers are set directly.

    `texts`: by path, how each value that a word gave is written.
    """
    more = tuple(
        f"{path}={texts.get(path, {}).get(value) or _quoted(value)}"
        for path, value in point.items()
        if not _is_direct(path, value)
    )
    base = composed((*words, *more))
    direct = {path: value for path, value in point.items() if _is_direct(path, value)}
    _check_network(base.design.network, direct)
    design = base.design
    if (seed := direct.pop("seed", None)) is not None:
        design = replace(design, params=design.params.replace(seed=seed))
    return Cell(arm, number, dict(point), at_point(design, direct), base.snapshots)


def _check_network(network: Any, direct: Mapping[str, Any]) -> None:
    for path in direct:
        if path.startswith("network.") and isinstance(network, Given):
            allowed = "of the model: what a file gives cannot be varied"
            raise ParameterError("study.factors", path, allowed)


def _is_direct(path: str, value: Any) -> bool:
    """Whether a value can be set without Hydra, which takes a tenth of a second a time."""
    return isinstance(value, int | float) and (path == "seed" or path in _numeric_paths())


@cache
def _numeric_paths() -> frozenset[str]:
    """The paths of numbers and switches of the model and of all networks."""
    rows = [*table(), *(row for cls in SOURCES.values() for row in group_table(cls))]
    plain_rows = {row.path for row in rows if isinstance(row.default, int | float | ByKind)}
    kinds = {
        f"{row.path}.{kind}"
        for row in rows if isinstance(row.default, ByKind)
        for kind in asdict(row.default)
    }  # fmt: skip
    return frozenset(plain_rows | kinds)


def _mapping(lists: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = lists[name]
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        example = {"arms": "{calm: [channels=none]}", "factors": "{meet.psi: [1, 2]}"}[name]
        raise ParameterError(f"study.{name}", value, f"a mapping, such as {example}")
    return dict(value)


def _words(arm: str, given: Any) -> tuple[str, ...]:
    """The words of an arm: a list of them, a mapping of values by path, or nothing."""
    if given is None:
        return ()
    if isinstance(given, Mapping):
        return tuple(f"{path}={_quoted(value)}" for path, value in given.items())
    if isinstance(given, list) and all(isinstance(word, str) for word in given):
        return tuple(given)
    allowed = "a list of words as `bondsim run` takes them, such as [channels=none, meet.psi=2]"
    raise ParameterError(f"study.arms.{arm}", given, allowed)


def _quoted(value: Any) -> str:
    """A value as a word has it behind the =."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[" + ",".join(map(_quoted, value)) + "]"
    text = str(value)
    if not isinstance(value, str) or re.fullmatch(r"[A-Za-z0-9_./+-]+", text):
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _name(words: Sequence[str], multirun: bool) -> str:
    """The name of a study that has none of its own: that of the file which tells of it."""
    chosen = dict(word.split("=", 1) for word in words if "=" in word)
    for group in ("study", "experiment"):
        name = chosen.get(group, chosen.get(f"+{group}"))
        if name:
            return name.strip("'\"")
    if multirun:
        return MULTIRUN
    raise DataError("bondsim sweep", "no study is named", "choose one: study=NAME, or study.name=")
