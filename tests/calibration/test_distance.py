"""Distances: known by hand, 1 at the ends of bands, the unknown far away."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondsim.calibration.distance import (
    UNKNOWN,
    Aim,
    Aims,
    aims_of,
    all_within,
    distances,
    hits,
    misses,
    within,
)
from bondsim.errors import DataError, ParameterError

AIMS = Aims((Aim("level", 0.16, 0.11, 0.24), Aim("share", 0.0, 0.0, 0.35),
             Aim("ratio", 2.0, 1.0, np.inf)))  # fmt: skip


def test_misses__are_known_by_hand():
    values = np.array([[0.16, 0.0, 2.0], [0.24, 0.35, 1.0], [0.06, -0.175, 50.0], [0.32, 0.7, 0.0],
                       [np.nan, np.inf, 1.5]])  # fmt: skip
    expected = [[0, 0, 0], [1, 1, -1], [-2, -1, 0], [2, 2, -2], [UNKNOWN, UNKNOWN, -0.5]]
    assert misses(values, AIMS) == pytest.approx(np.array(expected, float))
    assert distances(values[:2], AIMS) == pytest.approx([0.0, 1.0])
    assert distances(values[3], AIMS) == pytest.approx(2.0)


def test_hits__count_rows_within_their_bands():
    values = np.array([[0.11, 0.35, 1.0], [0.16, -0.01, 0.99], [np.nan, 0.2, 9.0]])
    assert hits(values, AIMS).tolist() == [3, 1, 2]
    assert all_within(values, AIMS).tolist() == [True, False, False]
    assert all_within(values[0], AIMS)


ENDS = st.floats(-1e6, 1e6)


@given(st.lists(ENDS, min_size=3, max_size=3, unique=True), ENDS)
def test_misses__are_at_most_one_exactly_within_the_band(ends, value):
    low, target, high = sorted(ends)
    aims = Aims((Aim("row", target, low, high),))
    for each in (value, low, high, target):
        one = np.array([each])
        assert (abs(misses(one, aims)[0]) <= 1.0) == within(one, aims)[0]


def row(name, target, low, high, **more):
    return SimpleNamespace(id=name, target=target, low=low, high=high, **more)


def test_aims_of__takes_rows_by_name_and_middles_where_no_target_is_told():
    targets = [row("T1", 1, 0, 4), row("T2", None, 0.4, 0.6), row("T3", np.nan, 1, np.inf)]
    aims = aims_of(targets, ["T3", "T1"])
    assert aims.names == ["T3", "T1"] and aims.rows[0].target == 1.0
    assert aims_of(targets).rows[1].target == pytest.approx(0.5)


def test_aims_of__refuses_what_is_held_out():
    targets = [row("T1", 1, 0, 4, use="K"), row("T28", 52, 40, 65, use="V")]
    assert aims_of(targets).names == ["T1"]
    for name in ("T28", "T99"):
        with pytest.raises(ParameterError, match="T1"):
            aims_of(targets, [name])
    with pytest.raises(ParameterError, match=r"calibrate\.rows"):
        aims_of(targets[1:])


@pytest.mark.parametrize("ends", [(5, 0, 4), (1, 1, 1), (None, -np.inf, np.inf)])
def test_aims_of__refuses_targets_outside_their_band(ends):
    with pytest.raises(DataError, match="within its band"):
        aims_of([row("T1", *ends)])
