"""`TARGETS`: every row of the scorecard, by its id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bondsim.errors import ParameterError
from bondsim.validation.rows_bonds import BEGINNINGS, CIRCLES, LASTING
from bondsim.validation.rows_people import CLUSTERING, LEVELS, MINDS
from bondsim.validation.rows_trials import TRIALS
from bondsim.validation.target import K, Target
from bondsim.validation.whys import WHYS

_ALL = (*LEVELS, *CIRCLES, *LASTING, *BEGINNINGS, *MINDS, *CLUSTERING, *TRIALS)


def _place(row: Target) -> tuple[int, str]:
    """Rows in the order of their numbers, T2 before T10."""
    digits = "".join(letter for letter in row.id if letter.isdigit())
    return int(digits), row.id


TARGETS: dict[str, Target] = {
    row.id: replace(row, why=WHYS[row.id]) for row in sorted(_ALL, key=_place)
}
"""Every row, in the order of their numbers."""
FITTED = tuple(row.id for row in TARGETS.values() if row.use == K)
"""The rows that may be used to set parameters."""


def rows_of(ids: Sequence[str] = ()) -> list[Target]:
    """The rows of these ids, in the order of the table; all if none is named.

    `ParameterError` for an id that nobody knows.
    """
    unknown = [name for name in ids if name not in TARGETS]
    if unknown:
        raise ParameterError("validate.rows", unknown[0], f"some of {', '.join(TARGETS)}")
    return [row for row in TARGETS.values() if not ids or row.id in ids]
