"""Which columns say what, and raw cells turned into checked numbers, names and codes.

Each different value of a column is looked at once; messages name the first row that is wrong.
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from bondsim.errors import DataError
from bondsim.network.cells import NO_NUMBER, first
from bondsim.network.tables import Table, brief
from bondsim.params import KINDS


class Range(NamedTuple):
    """The numbers that a column allows; `text` names them in messages."""

    low: float
    high: float
    text: str


UNIT = Range(0.0, 1.0, "a number in [0, 1]")
_HOURS = Range(0.0, 24.0, "hours a day, a number in [0, 24]")
_PLACE = Range(0.0, math.nextafter(1.0, 0.0), "a number in [0, 1), 1 not included")
_COUNT = Range(math.nextafter(0.0, 1.0), 1e12, "a number above 0")
AGE = Range(0.0, 1e6, "days, a number of at least 0")
BORN = Range(-1e6, 0.0, "a day, a number of at most 0 (day 0 is the start)")

TRAITS = (
    "empathy", "respect", "presence", "interest", "authenticity", "reliability", "initiative",
    "set_point", "need", "hours",
)  # fmt: skip
STATES = ("emotional", "social", "self_worth", "stress", "hurt")
POSITIONS = ("position_x", "position_y")
CODES = ("context", "group")
AGENT_RANGES: dict[str, Range] = {
    **dict.fromkeys(TRAITS + STATES, UNIT),
    **dict.fromkeys(POSITIONS, _PLACE),
    "hours": _HOURS,
}
"""Every column of numbers about people, and the range of each."""

VIEW_RANGES: dict[str, Range] = {
    "kept": _COUNT, "broken": _COUNT, "regard": UNIT, "understanding": UNIT, "closeness": UNIT,
}  # fmt: skip
"""Every column about one person's view of another; as it is it holds both ways, with `_ij` or
`_ji` one way."""

DERIVED = {"loneliness": ("emotional", "social")}
"""What the model makes of other columns, and of which."""

AGENT_COLUMNS = (*AGENT_RANGES, *CODES)
BOND_COLUMNS = (
    "kind", "born", "age", *VIEW_RANGES,
    *(f"{view}_{way}" for view in VIEW_RANGES for way in ("ij", "ji")),
)  # fmt: skip

BONDS_DOC = {
    "source, target": "the two people; other names by network.source_column, .target_column",
    "kind": f"one of {', '.join(KINDS)}; empty: network.kind",
    "born or age": f"born: {BORN.text}; age: {AGE.text}",
    "kept, broken": f"promises; each {_COUNT.text}",
    "regard, understanding, closeness": f"each {UNIT.text}",
}
"""What a table of bonds may hold."""
PEOPLE_DOC = {
    "id": "the person; another name by network.id_column",
    "wave": "waves only: the wave's number or its file",
    ", ".join(TRAITS[:5]): f"each {UNIT.text}",
    ", ".join(TRAITS[5:-1]): f"each {UNIT.text}",
    "hours": _HOURS.text,
    ", ".join(STATES): f"each {UNIT.text}",
    ", ".join(POSITIONS): f"both or neither, each {_PLACE.text}",
    ", ".join(CODES): "any label",
}
"""What a table of people may hold."""

_NO_NUMBER = frozenset(NO_NUMBER)
_NO_NAME = {"", "NA", "NaN", "nan", "NAN", "<NA>", "NaT"}
_DIGITS = re.compile(r"\d+")


def text_of(cell: Any) -> str:
    """A cell as a name: whole numbers without a point, nothing for a missing cell."""
    if cell is None:
        return ""
    if isinstance(cell, float | np.floating) and cell.is_integer():
        return str(int(cell))
    text = (cell if type(cell) is str else _plain(cell)).strip()
    return "" if text in _NO_NAME else text


def _plain(cell: Any) -> str:
    """A cell as text; a whole number may have more digits than Python writes by itself."""
    try:
        return str(cell)
    except ValueError:
        return (
            str(Decimal(cell)) if isinstance(cell, int) else f"{type(cell).__name__} without text"
        )


def natural(text: str) -> tuple[str, str]:
    """Key that sorts `p2` before `p10`, however many digits there are."""
    return _DIGITS.sub(_magnitude, text), text


def _magnitude(run: re.Match[str]) -> str:
    """A run of digits as text that sorts as the number does, before all other text."""
    digits = run[0]
    if not digits.isascii():
        digits = "".join(str(unicodedata.decimal(digit)) for digit in digits)
    digits = digits.lstrip("0")
    return f"\0{len(digits):08d}{digits}"


def absent(cell: Any) -> bool:
    """Whether a cell of numbers is empty."""
    return cell is None or _plain(cell).strip().lower() in _NO_NUMBER


def given(table: Table, column: str) -> np.ndarray:
    """Whether each cell of a column of numbers is not empty: bool (rows,)."""
    values, place = table.columns[column].values
    return np.array([not absent(value) for value in values], dtype=bool).take(place)


class Names(NamedTuple):
    """Different names, and the place among them of each row's name, int (rows,)."""

    labels: list[str]
    place: np.ndarray


def names(table: Table, column: str, what: str) -> Names:
    """The names in a column, none missing."""
    values, place = table.columns[column].values
    texts = [text_of(value) for value in values]
    number = {text: k for k, text in enumerate(dict.fromkeys(texts))}
    if "" in number:
        k = first(np.array([not text for text in texts])[place])
        fix = f"give {what}, or drop the {table.noun}"
        raise DataError(table.at(k), f"{column} is {table.columns[column][k]!r}", fix)
    if len(number) == len(texts):
        return Names(texts, place)
    return Names(list(number), np.array([number[text] for text in texts])[place])


def numbers(table: Table, column: str, allowed: Range) -> np.ndarray:
    """The numbers in a column, float64, NaN where a cell is empty; others are refused by row."""
    cells = table.columns[column]
    found = cells.numbers()
    if found is not None and (np.isnan(found) | _within(found, allowed)).all():
        return found
    values, place = cells.values
    empty = np.array([absent(value) for value in values], dtype=bool)
    each = np.array([_number(value) for value in values], dtype=np.float64)
    each[empty] = np.nan
    wrong = (~empty & ~_within(each, allowed))[place]
    if wrong.any():
        k = first(wrong)
        fix = f"give {allowed.text}, or leave it empty if not known"
        raise DataError(table.at(k), f"{column} is '{brief(_plain(cells[k]))}'", fix)
    return each.take(place)


def _within(found: np.ndarray, allowed: Range) -> np.ndarray:
    within: np.ndarray = (allowed.low <= found) & (found <= allowed.high)
    return within


def _number(value: Any) -> float:
    """A value as a number, NaN if it is none."""
    try:
        return math.nan if isinstance(value, bool | np.bool_) else float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def kinds(table: Table, default: str) -> np.ndarray:
    """The kind of each bond, int8: as the column `kind` says, the default where it is empty."""
    if "kind" not in table.columns:
        return np.full(len(table), KINDS.index(default), dtype=np.int8)
    values, place = table.columns["kind"].values
    texts = [text_of(value).lower() or default for value in values]
    wrong = np.array([text not in KINDS for text in texts])[place]
    if wrong.any():
        k = first(wrong)
        found = f"kind is {brief(texts[place[k]])!r}"
        raise DataError(table.at(k), found, f"give one of {', '.join(KINDS)}")
    return np.array([KINDS.index(text) for text in texts], dtype=np.int8).take(place)


def legend(table: Table, column: str) -> list[str]:
    """The different labels in a column in natural order: a label's code is its place."""
    return sorted({text_of(value) for value in table.columns[column].values[0]} - {""}, key=natural)


def codes(table: Table, column: str, labels: list[str]) -> np.ndarray:
    """The code of each label in a column, int32, -1 where a cell is empty."""
    code = {label: code for code, label in enumerate(labels)}
    values, place = table.columns[column].values
    return np.array([code.get(text_of(value), -1) for value in values], dtype=np.int32).take(place)
