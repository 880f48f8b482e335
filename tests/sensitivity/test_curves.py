"""Curves around a base point: lines have their slope, luck that is shared drops out."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim.errors import ParameterError
from bondsim.sensitivity.curves import curve_points, curved, curves
from bondsim.study.sampling import Factor
from tests.sensitivity.functions import SLOPES, linear, lived, unit_factors

FOUR = unit_factors(4)
BASE = {f"x{j}": 0.5 for j in range(4)}


def test_curve_points__move_one_factor_and_live_the_base_once():
    factors = [Factor("a", 0.0, 1.0), Factor("w", values=("x", "y", "z")), Factor("c", values=(1,))]
    base = {"a": 0.4, "w": "y", "c": 1}
    points = curve_points(factors, base, 3)
    assert points[0] == base
    assert [p["a"] for p in points[1:4]] == [0.0, 0.5, 1.0]
    assert [p["w"] for p in points[4:]] == ["x", "z"]
    assert all(sum(p[k] != base[k] for k in base) == 1 for p in points[1:])


def test_curves__of_a_line_have_its_slope_elasticity_and_span():
    slopes = curves(lived(linear, 3, luck=0.01), FOUR, ["y"], BASE)["slopes"]
    np.testing.assert_allclose(slopes["slope"], SLOPES, atol=1e-9)
    np.testing.assert_allclose(slopes["span"], SLOPES, atol=1e-9)
    np.testing.assert_allclose(slopes["elasticity"], SLOPES * 0.5 / 1.0, atol=0.03)
    assert (slopes["slope_high"] - slopes["slope_low"] < 1e-9).all()
    assert (slopes["elasticity_low"] <= slopes["elasticity"]).all()


def test_curves__differences_within_seeds_are_free_of_shared_luck():
    table = curves(lived(linear, 5, luck=3.0, both=0.01), FOUR, ["y"], BASE, n=5)["curves"]
    wide = table["mean_high"] - table["mean_low"]
    narrow = table["difference_high"] - table["difference_low"]
    assert narrow.max() < 0.02 * wide.min()
    base = table["is_base"].astype(bool)
    assert base.sum() == 4 and (table["difference"][base] == 0.0).all()
    own = table["path"] == "x0"
    np.testing.assert_allclose(
        table["difference"][own], 3.0 * (table["value"][own] - 0.5), atol=0.03
    )


def test_curves__intervals_of_slopes_cover():
    held = []
    for seed in range(300):
        s = curves(lived(linear, 5, luck=1.0, both=0.5, seed=seed), FOUR, ["y"], BASE)["slopes"]
        held.append((s["slope_low"] <= SLOPES) & (s["slope_high"] >= SLOPES))
    assert np.mean(held) == pytest.approx(0.95, abs=0.025)


def test_curves__words_have_places_and_labels_but_no_slope():
    factors = [Factor("w", values=("x", "y", "z")), Factor("on", values=(False, True))]

    def evaluate(points):
        seen = [[len(p["w"]) + 2.0 * p["on"], 1.0 * p["on"]] for p in points]
        return np.array(seen)[:, None, :]

    tables = curves(evaluate, factors, ["a", "b"], {"w": "y", "on": True})
    lines = tables["curves"]
    own = (lines["path"] == "w") & (lines["outcome"] == "a")
    assert lines["label"][own].tolist() == ["x", "y", "z"]
    assert lines["value"][own].tolist() == [0.0, 1.0, 2.0]
    assert lines["label"][lines["path"] == "on"].tolist() == ["off", "on"] * 2
    assert np.isnan(tables["slopes"]["slope"]).all()
    assert tables["slopes"]["span"].tolist() == [0.0, 2.0, 0.0, 1.0]


def test_curves__base_outside_the_range_stands_where_it_belongs():
    factor = Factor("x0", 0.0, 1.0)
    table = curves(lived(lambda x: x[:, 0], 2), [factor], ["y"], {"x0": 2.0}, n=3)["curves"]
    assert table["value"].tolist() == [0.0, 0.5, 1.0, 2.0]
    assert table["mean"].tolist() == [0.0, 0.5, 1.0, 2.0]


def test_curved__failed_runs_leave_their_replicate_out():
    points = curve_points(FOUR, BASE, 3)
    values = lived(linear, 4, luck=2.0)(points)
    values[3, 1] = np.nan
    table = curved(FOUR, BASE, points, values, ["y"])
    # the seed without one value has no slope there, the others have theirs
    np.testing.assert_allclose(table["slopes"]["slope"], SLOPES, atol=1e-9)
    assert np.isfinite(table["curves"]["difference"]).all()
    assert table["noise"]["failed"].tolist() == [1]


@pytest.mark.parametrize(
    ("base", "n", "name"), [({"x0": 1.0}, 3, "study.base"), (BASE, 1, "study.n")]
)
def test_curve_points__bad_input_is_named(base, n, name):
    with pytest.raises(ParameterError) as caught:
        curve_points(FOUR, base, n)
    assert caught.value.name == name
