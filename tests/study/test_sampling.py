"""Points of studies: designs have the form that their analyses need, and say what is wrong."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import numpy as np
import pytest

from bondsim.errors import ParameterError
from bondsim.study.sampling import (
    Factor,
    factor_of,
    grid,
    latin_hypercube,
    listed,
    morris,
    sobol,
    varied,
)

RANGE = Factor("meet.psi", 2.0, 6.0)
LOG = Factor("cool.view_half_life", 10.0, 1000.0, scale="log")
WHOLE = Factor("relate.weak_contacts", 0, 4, scale="whole")
WORDS = Factor("network.source", values=("circles", "small_world", "read"))
FIXED = Factor("relate.lam", values=(3.0,))
MIXED = [RANGE, LOG, WHOLE, WORDS, FIXED]


# --- factors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([1, 2, 3], Factor("a", values=(1, 2, 3))),
        (["x", True], Factor("a", values=("x", True))),
        (4.5, Factor("a", values=(4.5,))),
        ("word", Factor("a", values=("word",))),
        (False, Factor("a", values=(False,))),
        ({"low": 1, "high": 2}, Factor("a", 1, 2)),
        ({"low": 1, "high": 100, "scale": "log"}, Factor("a", 1, 100, scale="log")),
        ({"low": 0, "high": 1, "steps": 5}, Factor("a", values=(0.0, 0.25, 0.5, 0.75, 1.0))),
        ({"low": 0, "high": 9, "steps": 4, "scale": "whole"}, Factor("a", values=(0, 3, 6, 9))),
        ({"low": 0, "high": 2, "steps": 9, "scale": "whole"}, Factor("a", values=(0, 1, 2))),
    ],
)
def test_factor_of__reads_what_a_config_says(given, wanted):
    assert factor_of("a", given) == wanted


def test_factor_of__steps_of_a_log_range_have_equal_ratios():
    found = factor_of("a", {"low": 1, "high": 10_000, "scale": "log", "steps": 5}).values
    assert found == pytest.approx((1, 10, 100, 1000, 10_000))
    assert found[0] == 1.0 and found[-1] == 10_000.0


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ([], ""), ({"low": 1}, ""), ({"low": 1, "high": 2, "step": 3}, ""), (None, ""),
        ([1, 2, 1], ""), ([1, [2]], ""), ([float("nan")], ""), ({}, ""),
        ({"low": 2, "high": 2}, ".high"), ({"low": 3, "high": 2}, ".high"),
        ({"low": "x", "high": 2}, ".low"), ({"low": True, "high": 2}, ".low"),
        ({"low": 0, "high": float("inf")}, ".high"),
        ({"low": 0, "high": 1, "scale": "log"}, ".low"),
        ({"low": 0.5, "high": 2, "scale": "whole"}, ".low"),
        ({"low": 0, "high": 1, "scale": "cubic"}, ".scale"),
        ({"low": 0, "high": 1, "steps": 1}, ".steps"),
        ({"low": 0, "high": 1, "steps": 2.5}, ".steps"),
    ],
)  # fmt: skip
def test_factor_of__bad_input_is_named(given, name):
    with pytest.raises(ParameterError) as caught:
        factor_of("meet.psi", given)
    assert caught.value.name == f"study.factors.meet.psi{name}"


@pytest.mark.parametrize("factor", [RANGE, LOG, WHOLE, WORDS], ids=lambda f: f.path)
def test_factor__place_is_the_inverse_of_at_level(factor):
    for level in np.linspace(0.0, 1.0, 13).tolist():
        value = factor.at_level(level)
        assert factor.at_level(factor.place(value)) == pytest.approx(value)
    assert factor.place(factor.at_level(0.0)) == 0.0
    assert factor.place(factor.at_level(1.0)) == 1.0


@pytest.mark.parametrize("factor", [WHOLE, WORDS], ids=lambda f: f.path)
def test_factor__values_are_equally_likely(factor):
    shares = (np.arange(3000) + 0.5) / 3000
    counts = Counter(factor.at(share) for share in shares.tolist())
    assert set(counts.values()) == {3000 // len(counts)}
    assert factor.at(1.0) == factor.at(0.9999)


# --- designs -----------------------------------------------------------------------------------


def test_grid__holds_every_combination_once_with_the_first_factor_slowest():
    found = grid([Factor("a", values=(1, 2)), Factor("b", values=("x", "y", "z")), FIXED])
    assert [(p["a"], p["b"]) for p in found] == [(a, b) for a in (1, 2) for b in "xyz"]
    assert all(p["relate.lam"] == 3.0 for p in found)
    assert grid([]) == [{}]


def test_latin_hypercube__has_one_point_in_each_slice_of_every_factor():
    found = latin_hypercube([RANGE, LOG], 20, seed=3)
    for factor in (RANGE, LOG):
        slices = [int(20 * factor.place(p[factor.path])) for p in found]
        assert sorted(slices) == list(range(20))


def test_latin_hypercube__takes_each_value_of_a_list_equally_often():
    found = latin_hypercube([WORDS, WHOLE], 30, seed=1)
    assert set(Counter(p["network.source"] for p in found).values()) == {10}
    assert set(Counter(p["relate.weak_contacts"] for p in found).values()) == {6}
    assert all(isinstance(p["relate.weak_contacts"], int) for p in found)


@pytest.mark.parametrize("second_order", [False, True])
def test_sobol__blocks_swap_one_factor_at_a_time(second_order):
    k, n = len(varied(MIXED)), 16
    step = 2 * k + 2 if second_order else k + 2
    found = sobol(MIXED, n, seed=4, second_order=second_order)
    assert len(found) == n * step
    for block in (found[i : i + step] for i in range(0, len(found), step)):
        a, b = block[0], block[-1]
        for j, factor in enumerate(varied(MIXED)):
            assert block[1 + j] == {**a, factor.path: b[factor.path]}
            if second_order:
                assert block[1 + k + j] == {**b, factor.path: a[factor.path]}


def test_morris__moves_one_factor_at_a_time_by_the_same_share_of_its_range():
    found = morris(MIXED, 6, seed=5)
    k = len(varied(MIXED))
    assert len(found) == 6 * (k + 1)
    for walk in (found[i : i + k + 1] for i in range(0, len(found), k + 1)):
        moved = []
        for before, after in itertools.pairwise(walk):
            (path,) = [p for p in before if before[p] != after[p]]
            moved.append(path)
            if path in (RANGE.path, LOG.path):
                factor = RANGE if path == RANGE.path else LOG
                step = factor.place(after[path]) - factor.place(before[path])
                assert abs(step) == pytest.approx(2 / 3)
        assert sorted(moved) == sorted(f.path for f in varied(MIXED))


@pytest.mark.parametrize("levels", [2, 4, 6])
def test_morris__every_move_changes_a_factor_of_two_values(levels):
    switch, other = Factor("channels.affect", values=(False, True)), RANGE
    found = morris([switch, other], 20, seed=2, levels=levels)
    for walk in (found[i : i + 3] for i in range(0, 60, 3)):
        assert walk[0]["channels.affect"] != walk[2]["channels.affect"]


def test_listed__keeps_points_and_puts_paths_in_one_order():
    assert listed([{"a": 1, "b": "x"}, {"b": "y", "a": 2}]) == [
        {"a": 1, "b": "x"}, {"a": 2, "b": "y"},
    ]  # fmt: skip


DRAWN = {
    "latin": lambda seed: latin_hypercube(MIXED, 8, seed),
    "sobol": lambda seed: sobol(MIXED, 8, seed),
    "morris": lambda seed: morris(MIXED, 8, seed),
}


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_drawn_designs__follow_the_seed_alone(draw):
    np.random.seed(0)  # noqa: NPY002
    first = draw(7)
    np.random.seed(1)  # noqa: NPY002
    assert draw(7) == first
    assert draw(8) != first
    assert draw(0) == draw(0)


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_drawn_designs__leave_global_random_states_alone(draw):
    np.random.seed(11)  # noqa: NPY002
    random.seed(11)
    wanted = (np.random.random(), random.random())  # noqa: NPY002
    np.random.seed(11)  # noqa: NPY002
    random.seed(11)
    draw(5)
    assert (np.random.random(), random.random()) == wanted  # noqa: NPY002


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_drawn_designs__give_plain_values_within_their_ranges(draw):
    for point in draw(3):
        assert list(point) == [f.path for f in MIXED]
        assert 2.0 <= point["meet.psi"] <= 6.0
        assert 10.0 <= point["cool.view_half_life"] <= 1000.0
        assert point["relate.weak_contacts"] in range(5)
        assert point["network.source"] in WORDS.values
        assert {type(value) for value in point.values()} <= {float, int, str}


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: grid([RANGE]), "study.factors.meet.psi"),
        (lambda: grid([FIXED, FIXED]), "study.factors"),
        (lambda: sobol([], 8, 1), "study.factors"),
        (lambda: morris([FIXED], 8, 1), "study.factors"),
        (lambda: latin_hypercube([RANGE, RANGE], 8, 1), "study.factors"),
        (lambda: latin_hypercube([RANGE], 0, 1), "study.n"),
        (lambda: sobol([RANGE], 12, 1), "study.n"),
        (lambda: sobol([RANGE], True, 1), "study.n"),
        (lambda: morris([RANGE], 1, 1), "study.n"),
        (lambda: morris([RANGE], 4, 1, levels=3), "study.levels"),
        (lambda: latin_hypercube([RANGE], 8, -1), "study.seed"),
        (lambda: listed([]), "study.points"),
        (lambda: listed([{"a": 1}, {"b": 1}]), "study.points.1"),
        (lambda: listed([{"a": [1]}]), "study.points.0.a"),
    ],
)
def test_designs__bad_input_is_named(make, name):
    with pytest.raises(ParameterError) as caught:
        make()
    assert caught.value.name == name
