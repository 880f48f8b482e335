"""Targets: every row of the table is there, its band holds its target, its marks say how sure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bondsim.errors import ParameterError
from bondsim.validation.protocols import SEEN
from bondsim.validation.target import Target
from bondsim.validation.targets import FITTED, TARGETS, rows_of
from bondsim.validation.whys import WHYS

NUMBERS = {1, 2, *range(4, 12), 13, 14, *range(17, 30), 31, 32, 33}
ROW = Target("T0", "a number", "1", 1.0, 0.5, 2.0, "K", "somebody [P]", "so")


def test_rows__are_all_there_in_order():
    numbers = [int("".join(c for c in name if c.isdigit())) for name in TARGETS]
    assert set(numbers) == NUMBERS
    assert numbers == sorted(numbers)
    assert all(row.why and row.statistic and row.computed for row in TARGETS.values())
    assert set(WHYS) == set(TARGETS)


def test_rows__that_are_represented_are_computed():
    assert {row.id for row in TARGETS.values() if row.represented} == SEEN


def test_contested_pattern__is_never_used_to_fit():
    assert not [name for name in FITTED if name.startswith(("T28", "T29"))]
    assert {TARGETS[name].use for name in FITTED} == {"K"}


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("a [P]", "read"), ("a [P], b [M]", "recalled"), ("a [C]; b [P]", "counted"),
        ("a [M?], b [A]", "assumed"), ("a [M?]", "doubtful"),
    ],
)  # fmt: skip
def test_strength__is_that_of_the_weakest_mark(source, word):
    assert replace(ROW, source=source).strength == word


def test_hits__are_within_the_band_its_ends_included():
    inside = [value for value in (0.49, 0.5, 1.0, 2.0, 2.01) if ROW.hits(value)]
    assert inside == [0.5, 1.0, 2.0]
    assert not ROW.hits(float("nan"))


@pytest.mark.parametrize(
    "wrong", [{"use": "X"}, {"target": 3.0}, {"source": "nobody"}, {"low": 1.0, "high": 1.0}]
)
def test_target__that_cannot_be_is_refused(wrong):
    with pytest.raises(ParameterError):
        replace(ROW, **wrong)


def test_rows_of__refuses_what_nobody_knows_and_keeps_the_order_of_the_table():
    assert [row.id for row in rows_of(["T18", "T1"])] == ["T1", "T18"]
    assert len(rows_of()) == len(TARGETS)
    with pytest.raises(ParameterError, match="T99"):
        rows_of(["T1", "T99"])
