"""Which columns say what, and raw cells turned into checked numbers, names and codes."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from bondsim.errors import DataError
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

_NO_NUMBER = {"", "na", "n/a", "nan", "null", "none", "<na>", "nat"}
_NO_NAME = {"", "NA", "NaN", "nan", "NAN", "<NA>", "NaT"}
_DIGITS = re.compile(r"(\d+)")


def text_of(cell: Any) -> str:
    """A cell as a name: whole numbers without a point, nothing for a missing cell."""
    if cell is None:
        return ""
    if isinstance(cell, float | np.floating) and cell.is_integer():
        return str(int(cell))
    text = _plain(cell).strip()
    return "" if text in _NO_NAME else text


def _plain(cell: Any) -> str:
    """A cell as text; a whole number may have more digits than Python writes by itself."""
    try:
        return str(cell)
    except ValueError:
        return (
            str(Decimal(cell)) if isinstance(cell, int) else f"{type(cell).__name__} without text"
        )


def natural(text: str) -> tuple[Any, ...]:
    """Key that sorts `p2` before `p10`, however many digits there are."""
    return (*map(_magnitude, _DIGITS.split(text)), (-1, text))


def _magnitude(part: str) -> tuple[int, str]:
    """Key that sorts runs of digits as numbers, behind all other text."""
    if not part.isdecimal():
        return (-1, part)
    if not part.isascii():
        part = "".join(str(unicodedata.decimal(digit)) for digit in part)
    digits = part.lstrip("0")
    return (len(digits), digits)


def absent(cell: Any) -> bool:
    """Whether a cell of numbers is empty."""
    return cell is None or _plain(cell).strip().lower() in _NO_NUMBER


def names(table: Table, column: str, what: str) -> list[str]:
    """The names in a column, none missing."""
    found = [text_of(cell) for cell in table.columns[column]]
    for k, name in enumerate(found):
        if not name:
            fix = f"give {what}, or drop the {table.noun}"
            raise DataError(table.at(k), f"{column} is {table.columns[column][k]!r}", fix)
    return found


def numbers(table: Table, column: str, allowed: Range) -> np.ndarray:
    """The numbers in a column, float64, NaN where a cell is empty; others are refused by row."""
    out = np.full(len(table), np.nan)
    for k, cell in enumerate(table.columns[column]):
        if absent(cell):
            continue
        try:
            number = math.nan if isinstance(cell, bool | np.bool_) else float(cell)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not allowed.low <= number <= allowed.high:
            fix = f"give {allowed.text}, or leave it empty if not known"
            raise DataError(table.at(k), f"{column} is '{brief(_plain(cell))}'", fix)
        out[k] = number
    return out


def kinds(table: Table, default: str) -> np.ndarray:
    """The kind of each bond, int8: as the column `kind` says, the default where it is empty."""
    codes = np.full(len(table), KINDS.index(default), dtype=np.int8)
    for k, cell in enumerate(table.columns.get("kind", ())):
        name = text_of(cell).lower()
        if name and name not in KINDS:
            found = f"kind is {brief(name)!r}"
            raise DataError(table.at(k), found, f"give one of {', '.join(KINDS)}")
        if name:
            codes[k] = KINDS.index(name)
    return codes


def legend(table: Table, column: str) -> list[str]:
    """The different labels in a column in natural order: a label's code is its place."""
    return sorted({text_of(cell) for cell in table.columns[column]} - {""}, key=natural)


def codes(table: Table, column: str, labels: list[str]) -> np.ndarray:
    """The code of each label in a column, int32, -1 where a cell is empty."""
    place = {label: code for code, label in enumerate(labels)}
    cells = table.columns[column]
    return np.array([place.get(text_of(cell), -1) for cell in cells], dtype=np.int32)
