"""Tables of bonds and of people turned into arrays, checked against each other."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bondsim.errors import DataError
from bondsim.network.cells import first
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
    Names,
    codes,
    given,
    kinds,
    legend,
    names,
    natural,
    numbers,
)
from bondsim.network.tables import Table, brief

_MOST_OWN_ID = 2**31
_MOST_DIGITS = 10


@dataclass(frozen=True)
class Roster:
    """Everyone, in the order of their ids: ids int64 (n,), labels object (n,), row of a label."""

    ids: np.ndarray
    labels: np.ndarray
    row: dict[str, int]

    def rows(self, labels: Iterable[str]) -> np.ndarray:
        """The rows of these people, int64."""
        return np.fromiter(map(self.row.__getitem__, labels), dtype=np.int64)


def roster(people: Iterable[str]) -> Roster:
    """Everyone named, with their own numbers as ids where all are whole numbers below 2**31.

    Otherwise ids are ranks in natural order. ``007`` is a name, not the number 7.
    """
    found = list(set(people))
    numbers = _own_ids(found)
    if numbers is None:
        ordered = sorted(found, key=natural)
        ids = np.arange(len(ordered), dtype=np.int64)
    else:
        ids = np.sort(numbers)
        ordered = list(map(str, ids.tolist()))
    labels = np.array(ordered, dtype=object)
    return Roster(ids, labels, {label: k for k, label in enumerate(ordered)})


def _own_ids(labels: list[str]) -> np.ndarray | None:
    """The numbers that these labels are, int64, if all of them are ids; else None."""
    digits = all(map(str.isascii, labels)) and all(map(str.isdigit, labels))
    if not digits or max(map(len, labels), default=0) > _MOST_DIGITS:
        return None
    numbers = np.array(list(map(int, labels)), dtype=np.int64)
    plain = list(map(str, numbers.tolist())) == labels  # without leading zeros
    return numbers if plain and (numbers < _MOST_OWN_ID).all() else None


class Ends(NamedTuple):
    """A table of bonds and the two people of each: places among the labels, int (bonds,)."""

    table: Table
    labels: list[str]
    source: np.ndarray
    target: np.ndarray


def read_ends(table: Table, source: str, target: str) -> Ends:
    """Who is bonded with whom; missing names and bonds with oneself are refused."""
    table.need(source, target)
    ends = _ends(table, *(names(table, side, "the person's id") for side in (source, target)))
    alone = ends.source == ends.target
    if alone.any():
        k = first(alone)
        found = f"a bond of {brief(ends.labels[ends.source[k]])!r} with themselves"
        raise DataError(table.at(k), found, f"drop the {table.noun}")
    return ends


def _ends(table: Table, source: Names, target: Names) -> Ends:
    """Both columns of names as places among the labels of both."""
    place = {label: k for k, label in enumerate(dict.fromkeys([*source.labels, *target.labels]))}
    sides = [
        np.fromiter(map(place.__getitem__, side.labels), np.int64, len(side.labels))[side.place]
        for side in (source, target)
    ]
    return Ends(table, list(place), *sides)


def read_people(table: Table, column: str) -> list[str]:
    """The people in an attributes table, each once."""
    table.need(column)
    people = names(table, column, "the person's id")
    repeated = np.ones(len(table), dtype=bool)
    repeated[np.unique(people.place, return_index=True)[1]] = False
    if repeated.any():
        k = first(repeated)
        before = first(people.place == people.place[k])
        label = brief(people.labels[people.place[k]])
        found = f"{label!r} is already in {table.noun} {table.rows[before]}"
        raise DataError(table.at(k), found, "keep one row a person")
    return [people.labels[k] for k in people.place.tolist()]


def everyone(ends: Sequence[Ends], people: Sequence[str] | None, where: str) -> Roster:
    """The roster: the people in the attributes, who must include all in bonds, or the latter."""
    if people is None:
        return roster(label for each in ends for label in each.labels)
    known = set(people)
    for each in ends:
        unknown = np.array([label not in known for label in each.labels], dtype=bool)
        if unknown.any():
            k = first(unknown[each.source] | unknown[each.target])
            lacking = each.source[k] if unknown[each.source[k]] else each.target[k]
            raise DataError(
                each.table.at(k),
                f"{brief(each.labels[lacking])!r} is not among the people in {where}",
                f"add the person to {where}, or drop the {each.table.noun}",
            )  # fmt: skip
    return roster(known)


class Bonds(NamedTuple):
    """Bonds as a table gives them: rows of the roster, kind, views (m, 2) and day of birth."""

    i: np.ndarray
    j: np.ndarray
    kind: np.ndarray
    views: dict[str, np.ndarray]
    born: np.ndarray


def read_bonds(ends: Ends, people: Roster, kind: str) -> Bonds:
    """The bonds of a table in its order; views `_ij` are the source's of the target."""
    row = people.rows(ends.labels)
    i, j = row[ends.source], row[ends.target]
    _refuse_duplicates(ends, i, j)
    return Bonds(i, j, kinds(ends.table, kind), _views(ends.table), _born(ends.table))


def _refuse_duplicates(ends: Ends, i: np.ndarray, j: np.ndarray) -> None:
    pairs = (np.minimum(i, j) << 32) | np.maximum(i, j)
    order = np.argsort(pairs, kind="stable")
    again = order[1:][np.diff(pairs[order]) == 0]
    if again.size:
        k = int(again.min())
        table, before = ends.table, first(pairs == pairs[k])
        a, b = (brief(ends.labels[side[k]]) for side in (ends.source, ends.target))
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
    parts = [part for part in DERIVED[name] if part in table.columns]
    whole = np.full(len(table), len(parts) == len(DERIVED[name]))
    for part in parts:
        whole &= given(table, part)
    alone = given(table, name) & ~whole
    if alone.any():
        where = table.at(first(alone)) if len(parts) == len(DERIVED[name]) else table.where
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
