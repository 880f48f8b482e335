"""Tables of bonds and of people turned into arrays, checked against each other."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bondsim.errors import DataError
from bondsim.network.columns import (
    AGE,
    AGENT_COLUMNS,
    AGENT_RANGES,
    BOND_COLUMNS,
    BORN,
    CODES,
    DERIVED,
    POSITIONS,
    VIEW_RANGES,
    absent,
    codes,
    kinds,
    legend,
    names,
    natural,
    numbers,
)
from bondsim.network.tables import Table, brief

_MOST_OWN_ID = 2**31


@dataclass(frozen=True)
class Roster:
    """Everyone, in the order of their ids: ids int64 (n,), labels object (n,), row of a label."""

    ids: np.ndarray
    labels: np.ndarray
    row: dict[str, int]

    def rows(self, labels: Iterable[str]) -> np.ndarray:
        """The rows of these people, int64."""
        return np.fromiter((self.row[label] for label in labels), dtype=np.int64)


def roster(people: Iterable[str]) -> Roster:
    """Everyone named, with their own numbers as ids where all are whole numbers below 2**31.

    Otherwise ids are ranks in natural order. ``007`` is a name, not the number 7.
    """
    found = set(people)
    if all(_is_own_id(label) for label in found):
        ordered = sorted(found, key=int)
        ids = np.array([int(label) for label in ordered], dtype=np.int64)
    else:
        ordered = sorted(found, key=natural)
        ids = np.arange(len(ordered), dtype=np.int64)
    labels = np.array(ordered, dtype=object)
    return Roster(ids, labels, {label: k for k, label in enumerate(ordered)})


def _is_own_id(label: str) -> bool:
    if not (label.isascii() and label.isdigit() and len(label) <= 10):
        return False
    return int(label) < _MOST_OWN_ID and str(int(label)) == label


class Ends(NamedTuple):
    """A table of bonds and the two people of each."""

    table: Table
    source: list[str]
    target: list[str]


def read_ends(table: Table, source: str, target: str) -> Ends:
    """Who is bonded with whom; missing names and bonds with oneself are refused."""
    table.need(source, target)
    ends = Ends(
        table, names(table, source, "the person's id"), names(table, target, "the person's id")
    )
    for k, (a, b) in enumerate(zip(ends.source, ends.target, strict=True)):
        if a == b:
            raise DataError(
                table.at(k), f"a bond of {brief(a)!r} with themselves", f"drop the {table.noun}"
            )
    return ends


def read_people(table: Table, column: str) -> list[str]:
    """The people in an attributes table, each once."""
    table.need(column)
    people = names(table, column, "the person's id")
    first: dict[str, int] = {}
    for k, label in enumerate(people):
        if first.setdefault(label, k) != k:
            found = f"{brief(label)!r} is already in {table.noun} {table.rows[first[label]]}"
            raise DataError(table.at(k), found, "keep one row a person")
    return people


def everyone(ends: Sequence[Ends], people: Sequence[str] | None, where: str) -> Roster:
    """The roster: the people in the attributes, who must include all in bonds, or the latter."""
    if people is not None:
        known = set(people)
        for each in ends:
            for k, pair in enumerate(zip(each.source, each.target, strict=True)):
                lacking = [label for label in pair if label not in known]
                if lacking:
                    raise DataError(
                        each.table.at(k),
                        f"{brief(lacking[0])!r} is not among the people in {where}",
                        f"add the person to {where}, or drop the {each.table.noun}",
                    )  # fmt: skip
        return roster(known)
    return roster(label for each in ends for side in (each.source, each.target) for label in side)


class Bonds(NamedTuple):
    """Bonds as a table gives them: rows of the roster, kind, views (m, 2) and day of birth."""

    i: np.ndarray
    j: np.ndarray
    kind: np.ndarray
    views: dict[str, np.ndarray]
    born: np.ndarray


def read_bonds(ends: Ends, people: Roster, kind: str) -> Bonds:
    """The bonds of a table in its order; views `_ij` are the source's of the target."""
    i, j = people.rows(ends.source), people.rows(ends.target)
    _refuse_duplicates(ends, i, j)
    return Bonds(i, j, kinds(ends.table, kind), _views(ends.table), _born(ends.table))


def _refuse_duplicates(ends: Ends, i: np.ndarray, j: np.ndarray) -> None:
    first: dict[tuple[int, int], int] = {}
    pairs = zip(np.minimum(i, j).tolist(), np.maximum(i, j).tolist(), strict=True)
    for k, pair in enumerate(pairs):
        before = first.setdefault(pair, k)
        if before != k:
            table = ends.table
            a, b = brief(ends.source[k]), brief(ends.target[k])
            found = f"the bond of {a!r} and {b!r} is already in {table.noun} {table.rows[before]}"
            raise DataError(
                table.at(k), found, "keep one row a pair; columns like regard_ij and regard_ji "
                "hold what differs between the two",
            )  # fmt: skip


def _views(table: Table) -> dict[str, np.ndarray]:
    views = {}
    for name, allowed in VIEW_RANGES.items():
        both = numbers(table, name, allowed) if name in table.columns else None
        sides = [
            numbers(table, side, allowed) if side in table.columns else None
            for side in (f"{name}_ij", f"{name}_ji")
        ]
        if both is None and sides[0] is None and sides[1] is None:
            continue
        rest = np.full(len(table), np.nan) if both is None else both
        views[name] = np.stack(
            [rest if side is None else np.where(np.isnan(side), rest, side) for side in sides],
            axis=1,
        )
    return views


def _born(table: Table) -> np.ndarray:
    if "born" in table.columns and "age" in table.columns:
        raise DataError(table.where, "both `born` and `age`", "keep one of the two columns")
    if "born" in table.columns:
        return numbers(table, "born", BORN)
    if "age" in table.columns:
        return 0.0 - numbers(table, "age", AGE)
    return np.full(len(table), np.nan)


def legends(table: Table) -> dict[str, list[str]]:
    """The labels behind the codes of each column of codes that the table has."""
    return {name: legend(table, name) for name in CODES if name in table.columns}


def read_agents(
    table: Table, labels: Sequence[str], people: Roster, meaning: dict[str, list[str]]
) -> dict[str, np.ndarray]:
    """The given columns over the whole roster, with codes as their `legends` say.

    Numbers are NaN and codes -1 for people not in the table. A place needs both coordinates.
    """
    rows = people.rows(labels)
    n = people.ids.size
    agents: dict[str, np.ndarray] = {}
    for name, allowed in AGENT_RANGES.items():
        if name in table.columns:
            agents[name] = np.full(n, np.nan)
            agents[name][rows] = numbers(table, name, allowed)
    for name, ordered in meaning.items():
        agents[name] = np.full(n, -1, dtype=np.int32)
        agents[name][rows] = codes(table, name, ordered)
    _refuse_half_places(table, agents, rows)
    return agents


def _refuse_half_places(table: Table, agents: dict[str, np.ndarray], rows: np.ndarray) -> None:
    given = [name for name in POSITIONS if name in agents]
    if len(given) == 1:
        other = POSITIONS[1 - POSITIONS.index(given[0])]
        raise DataError(table.where, f"{given[0]} without {other}", "give both or neither")
    if given:
        half = np.isnan(agents[POSITIONS[0]][rows]) != np.isnan(agents[POSITIONS[1]][rows])
        if half.any():
            k = int(np.flatnonzero(half)[0])
            raise DataError(table.at(k), "one coordinate of two", "give both or neither")


def ignored(table: Table, used: Iterable[str], *, bonds: bool) -> list[str]:
    """The named columns of a table that mean nothing to the model, for the record.

    Raises `DataError` for one that was surely meant to mean something: a misspelt name, a column of
    people among bonds, or what the model derives itself, unless all it is derived from is there.
    """
    known = {*used, *(BOND_COLUMNS if bonds else AGENT_COLUMNS)}
    unused = [name for name in table.columns if name and name not in known]
    for name in unused:
        if bonds and name in AGENT_COLUMNS:
            fix = "give it in the table of people, or rename the column"
            raise DataError(table.where, f"column {brief(name)!r} is about people, not bonds", fix)
        _refuse_derived(table, name, bonds=bonds)
        _refuse_misspelt(table, name, known if bonds else {*known, *DERIVED})
    return unused


def _refuse_derived(table: Table, name: str, *, bonds: bool) -> None:
    if bonds or name not in DERIVED:
        return
    fix = f"give {' and '.join(DERIVED[name])}, or rename the column"
    parts = [table.columns.get(part) for part in DERIVED[name]]
    for k, cell in enumerate(table.columns[name]):
        if not absent(cell) and any(part is None or absent(part[k]) for part in parts):
            where = table.where if None in parts else table.at(k)
            raise DataError(where, f"column {name!r} is derived", fix)


def _refuse_misspelt(table: Table, name: str, known: Iterable[str]) -> None:
    """Refuse a name close to one that is known, unless the table has that one as well."""
    near = difflib.get_close_matches(name.lower(), sorted(known), n=1, cutoff=0.8)
    if not near or near[0] in table.columns:
        return
    derived = f" (derived: give {' and '.join(DERIVED[near[0]])})" if near[0] in DERIVED else ""
    raise DataError(
        table.where, f"column {brief(name)!r} is not known",
        f"did you mean {near[0]}{derived}? Otherwise give it a name less alike",
    )  # fmt: skip
