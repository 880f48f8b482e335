"""Priors: places and values go together, ranges are those of the model, bad ones are refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bondsim import Params
from bondsim.calibration.plan import CalibratePlan
from bondsim.calibration.priors import Prior, checked_in, priors_of
from bondsim.causal.design import Design
from bondsim.errors import ParameterError
from bondsim.network import Circles

DESIGN = Design(Params(seed=3), Circles(n_agents=40), days=5, replicates=1)


@pytest.mark.parametrize("prior", [Prior("x", -2, 6), Prior("x", 0.001, 20, "log"),
                                   Prior("x", 1, 8, whole=True)])  # fmt: skip
def test_value__and_place_are_each_others_way_back(prior):
    values = [prior.value(place) for place in np.linspace(0, 1, 33)]
    assert values == sorted(values) and values[0] == prior.low and values[-1] == prior.high
    assert [prior.value(prior.place(value)) for value in values] == pytest.approx(values, rel=1e-12)


def test_value__is_even_on_its_scale():
    places = (np.arange(2000) + 0.5) / 2000
    log = [Prior("x", 0.01, 100, "log").value(u) for u in places]
    assert np.median(log) == pytest.approx(1.0, rel=0.01)
    assert stats.kstest(np.log(log), "uniform", (np.log(0.01), np.log(1e4))).statistic < 0.001
    whole = [Prior("x", 1, 4, whole=True).value(u) for u in places]
    assert {v: whole.count(v) for v in set(whole)} == {1.0: 500, 2.0: 500, 3.0: 500, 4.0: 500}


@pytest.mark.parametrize("prior", [Prior("x", -2, 6), Prior("x", 0.1, 20, "log")])
def test_density__has_area_one_and_is_that_of_the_values(prior):
    x = np.linspace(prior.low, prior.high, 200_001)
    density = prior.density(x)
    assert np.trapezoid(density, x) == pytest.approx(1.0, abs=1e-4)
    share = np.trapezoid(density[: x.size // 4], x[: x.size // 4])
    assert prior.value(share) == pytest.approx(x[x.size // 4], rel=1e-2, abs=1e-3)
    assert prior.density(np.array([prior.low - 1.0, prior.high + 1.0])).tolist() == [0.0, 0.0]


def test_priors_of__reads_paths_and_nested_groups():
    flat = priors_of({"meet.role.friend": [1, 3], "relate.lam": {"low": 1, "high": 5}})
    nested = priors_of({"meet": {"role": {"friend": [1, 3]}}, "relate": {"lam": [1, 5]}})
    assert flat == nested == (Prior("meet.role.friend", 1.0, 3.0), Prior("relate.lam", 1.0, 5.0))


@pytest.mark.parametrize("entries", [
    None, {}, [1, 2], {"meet.psi": 3}, {"meet.psi": [1]}, {"meet.psi": [2, 1]},
    {"meet.psi": [1, 1]}, {"meet.psi": ["a", 2]}, {"meet.psi": [0, float("inf")]},
    {"meet.psi": [True, 2]}, {"meet.psi": {"low": 1}}, {"meet.psi": "1:2"},
    {"meet.psi": {"low": 1, "high": 2, "scale": "even"}}, {"meet.psi": {"low": 1, "top": 2}},
    {"meet.psi": {"low": 0, "high": 2, "scale": "log"}},
])  # fmt: skip
def test_priors_of__refuses_what_is_no_range(entries):
    with pytest.raises(ParameterError, match=r"calibrate\.priors"):
        priors_of(entries)


@pytest.mark.parametrize(("path", "ends", "match"), [
    ("meet.pssi", [1, 2], r"such as meet\.psi"),
    ("meet.psi", [1, 20], r"in \[0, 10\]"),
    ("channels.affect", [0, 1], "a switch"),
    ("network.kin", [1, 2], "of this network"),
    ("relate.weak_contacts", [0.5, 3], "a whole number"),
])  # fmt: skip
def test_checked_in__refuses_what_the_model_cannot_have(path, ends, match):
    with pytest.raises(ParameterError, match=match):
        checked_in(DESIGN, priors_of({path: ends}))


def test_checked_in__refuses_what_changes_nothing_here():
    off = Design(Params().replace(**{"channels.affect": False}), Circles(n_agents=40), days=5)
    with pytest.raises(ParameterError, match=r"channels\.affect is off"):
        checked_in(off, priors_of({"relate.contagion": [0, 1]}))


def test_checked_in__knows_whole_numbers():
    priors = checked_in(DESIGN, priors_of({"relate.weak_contacts": [0, 4], "meet.psi": [1, 2],
                                           "network.kin_size": [3, 6]}))  # fmt: skip
    assert [prior.whole for prior in priors] == [True, False, True]


def test_plan__comes_back_from_what_is_stored():
    plan = CalibratePlan({"meet": {"psi": [1, 8]}}, rows=("T1",), budget=300)
    again = CalibratePlan(**vars(plan))
    assert again == plan and plan.priors == {
        "meet.psi": {"low": 1.0, "high": 8.0, "scale": "linear"}
    }


@pytest.mark.parametrize(("changes", "match"), [
    ({"method": "guess"}, r"calibrate\.method"), ({"budget": 50}, r"calibrate\.budget"),
    ({"rows": ("T1", "T1")}, "in the list once"), ({"quantile": 1.0}, r"calibrate\.quantile"),
])  # fmt: skip
def test_plan__refuses(changes, match):
    with pytest.raises(ParameterError, match=match):
        CalibratePlan({"meet.psi": [1, 8]}, **changes)
