"""Presets: `bondsim run` reads exactly what was fitted, with its provenance beside it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from bondsim import Params
from bondsim.calibration.calibrate import analyse, plans_of, report
from bondsim.calibration.distance import Aim
from bondsim.calibration.plan import CalibratePlan
from bondsim.calibration.points import design_of, evaluate_by
from bondsim.calibration.preset import Preset, preset_of, write_preset
from bondsim.causal.design import Design
from bondsim.config import compose
from bondsim.errors import DataError, ParameterError
from bondsim.network import Circles

DESIGN = Design(Params(seed=5).replace(**{"meet.psi": 2.0}), Circles(n_agents=50), days=10,
                burn_in=2, replicates=1)  # fmt: skip
TARGETS = [Aim("level", 0.3, 0.2, 0.4), Aim("bonds", 4.0, 3.0, 5.0), Aim("other", 1.0, 0.0, 2.0)]
PATHS = {
    "population.set_point_mean": [0.1, 0.7],
    "relate.contagion": {"low": 0.00001, "high": 0.01, "scale": "log"},
    "meet.role.friend": [1, 6],
    "relate.weak_contacts": [0, 6],
    "network.kin_size": [2, 9],
}


def seen(values, seed):
    """A made-up town."""
    luck = np.random.default_rng(seed).normal(size=2)
    level = values.get("population.set_point_mean", 0.3)
    bonds = values.get("meet.role.friend", 4.0) + 0.1 * luck[1]
    return {"level": level + 0.02 * luck[0], "bonds": bonds, "other": np.nan}


def fitted(paths=tuple(PATHS), method="abc", **options):
    plan = CalibratePlan(
        {path: PATHS[path] for path in paths}, rows=("level", "bonds"), method=method, budget=250,
        particles=40, populations=3, **options,
    )  # fmt: skip
    return analyse(DESIGN, plan, evaluate=evaluate_by(seen), targets=TARGETS)


@pytest.fixture(scope="module")
def whole():
    return fitted()


def value_at(order, path):
    if path.startswith("network."):
        return getattr(order.network, path.partition(".")[2])
    node = order.params.as_dict()
    for name in path.split("."):
        node = node[name]
    return node


@pytest.mark.parametrize("taken", ["median", "best"])
def test_write_preset__is_read_back_by_run(whole, tmp_path, taken):
    preset = preset_of(whole, "town", evaluate=evaluate_by(seen), taken=taken)
    config, block = write_preset(preset, tmp_path)
    assert config == tmp_path / "experiment" / "town.yaml"
    order = compose(["experiment=town"], tmp_path)
    assert {path: value_at(order, path) for path in PATHS} == preset.values
    usual = compose([])
    rest = order.params.replace(**{path: value_at(usual, path) for path in PATHS
                                   if not path.startswith("network.")})  # fmt: skip
    assert rest == usual.params
    assert replace(order.network, kin_size=usual.network.kin_size) == usual.network
    assert json.loads(block.read_text())["values"] == preset.values


def test_write_preset__of_one_group_is_a_file_of_that_group(tmp_path):
    paths = ("population.set_point_mean",)
    found = fitted(paths, "optuna", startup=20)
    preset = preset_of(found, "met", evaluate=evaluate_by(seen))
    config, _ = write_preset(preset, tmp_path)
    assert config == tmp_path / "population" / "met.yaml"
    order = compose(["population=met"], tmp_path)
    assert (
        value_at(order, paths[0])
        == preset.values[paths[0]]
        == found.tables["best"][paths[0]][0].round(3)
    )
    role = fitted(("meet.role.friend",))
    write_preset(preset_of(role, "met", evaluate=evaluate_by(seen)), tmp_path)
    friend = compose(["meet=met"], tmp_path).params.meet.role
    assert friend.partner == Params().meet.role.partner and friend.friend > 2.5


def test_preset_of__tells_where_it_comes_from(whole):
    told = preset_of(whole, "town", evaluate=evaluate_by(seen), worlds=30).provenance
    assert [row["id"] for row in told["rows"]] == ["level", "bonds"]
    assert told["priors"]["relate.contagion"]["scale"] == "log"
    assert told["simulations"] == whole.tables["simulations"]["point"].size
    assert told["seed"] == 5 and told["method"] == "abc" and told["beside"] == {"meet.psi": 2.0}
    assert told["calibration"] == whole.hash and len(told["software"]["code"]) == 64
    achieved = told["achieved"]
    first = int(achieved["seed"])
    again = np.mean([seen(told["values"], first + r)["level"] for r in range(30)])
    assert achieved["rows"]["level"] == pytest.approx(again) and achieved["worlds"] == 30
    assert achieved["hits"] == sum(achieved["within"].values())
    assert first > whole.tables["simulations"]["seed"].max()


def test_preset__says_what_it_is_in_words(whole):
    text = preset_of(whole, "town", evaluate=evaluate_by(seen)).text
    for words in ("# @package _global_", "of 2 rows within", "level: 0.", "(0.2 to 0.4)",
                  "Fitted beside meet.psi=2", "town.json", "10 days after 2"):  # fmt: skip
        assert words in text
    assert text.startswith("# @package _global_\n")


def test_preset_of__rounds_by_what_the_posterior_knows(whole):
    preset = preset_of(whole, "town", evaluate=evaluate_by(seen))
    own = dict(
        zip(whole.tables["summary"]["parameter"], whole.tables["summary"]["sd"], strict=True)
    )
    for path, value in preset.values.items():
        whole_number = path in ("relate.weak_contacts", "network.kin_size")
        allowed = 0.5 if whole_number else 0.051 * own[path]
        assert abs(value - preset.provenance["unrounded"][path]) <= allowed
    assert len(f"{preset.values['population.set_point_mean']:g}") <= 6


def test_preset__writes_small_numbers_without_exponents(tmp_path):
    values = {"relate.contagion": 0.0000125, "relate.weak_contacts": 3.0}
    world = {"days": 1, "burn_in": 0}
    told = {"achieved": {"hits": 0, "worlds": 1, "rows": {}, "within": {}}, "method": "abc",
            "taken": "", "simulations": 1, "seed": 1, "software": {}, "rows": [], "world": world,
            "beside": {}}  # fmt: skip
    write_preset(Preset("small", values, told), tmp_path)
    order = compose(["relate=small"], tmp_path)
    assert order.params.relate.contagion == 0.0000125 and order.params.relate.weak_contacts == 3


def test_presets__are_refused_where_they_cannot_be(whole, tmp_path):
    evaluate = evaluate_by(seen)
    for name in ("", "a b", "../x", "1st"):
        with pytest.raises(ParameterError, match="letters"):
            preset_of(whole, name, evaluate=evaluate)
    with pytest.raises(ParameterError, match="taken"):
        preset_of(fitted(method="optuna"), "x", evaluate=evaluate, taken="median")
    with pytest.raises(ParameterError, match="worlds"):
        preset_of(whole, "x", evaluate=evaluate, worlds=0)
    preset = preset_of(whole, "x", evaluate=evaluate)
    write_preset(preset, tmp_path)
    with pytest.raises(DataError, match="another name"):
        write_preset(preset, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="another folder"):
        write_preset(preset, tmp_path / "file")


# --- the analysis ------------------------------------------------------------------------------


def test_analyse__is_an_analysis_that_can_be_repeated(whole):
    science = json.loads(json.dumps(whole.science))
    again = analyse(DESIGN, evaluate=evaluate_by(seen), **plans_of(science))
    assert again.hash == whole.hash and science["analysis"] == "calibrate"
    assert whole.tables["rows"]["row"].tolist() == ["level", "bonds"]


def test_analyse__sums_up_what_was_found(whole):
    own, posterior = whole.tables["summary"], whole.tables["posterior"]
    k = own["parameter"].tolist().index("population.set_point_mean")
    mean = np.sum(posterior["weight"] * posterior["population.set_point_mean"])
    assert own["mean"][k] == pytest.approx(mean) and own["mean"][k] == pytest.approx(0.3, abs=0.05)
    assert own["low_95"][k] < own["low_50"][k] < own["median"][k] < own["high_50"][k]
    assert own["shrinkage"][k] > 0.7 > abs(own["shrinkage"][own["parameter"] == "relate.contagion"])
    ess = 1.0 / np.sum(posterior["weight"] ** 2)
    assert own["ess"] == pytest.approx(ess)
    assert whole.tables["best"]["distance"][0] == posterior["distance"].min()
    rows = whole.tables["rows"]
    inside = np.sum(posterior["weight"][(posterior["level"] >= 0.2) & (posterior["level"] <= 0.4)])
    assert rows["share_within"][0] == pytest.approx(inside)
    assert (rows["prior_high"] - rows["prior_low"] > rows["posterior_high"]
            - rows["posterior_low"]).all()  # fmt: skip


def test_report__of_both_methods(whole):
    for found in (whole, fitted(method="optuna")):
        told = report(found)
        assert [row[0] for row in told.rows] == [*PATHS, "level", "bonds"]
        assert all(len(row) == len(told.headings) for row in told.rows)


def test_analyse__refuses_before_any_day_is_lived():
    def evaluate(points):
        raise AssertionError

    for plan in (CalibratePlan({"meet.pssi": [1, 2]}),
                 CalibratePlan({"meet.psi": [1, 2]}, rows=("T1",))):  # fmt: skip
        with pytest.raises(ParameterError):
            analyse(DESIGN, plan, evaluate=evaluate, targets=TARGETS)


def test_design_of__is_the_world_of_the_point():
    from bondsim.calibration.points import Point

    there = design_of(DESIGN, Point({"meet.role.friend": 3.0, "network.kin_size": 4.0}, 77, 2))
    assert there.params.seed == 77 and there.replicates == 2 and there.days == 10
    assert there.params.meet.role.friend == 3.0 and there.network.kin_size == 4
    assert there.params.meet.psi == 2.0
