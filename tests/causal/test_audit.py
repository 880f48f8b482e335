"""The audit: a truth that is exact where nothing spreads, and scores that follow from estimates."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim import ParameterError
from bondsim.causal import audit
from bondsim.causal.audit import AuditPlan, analyse, channels_of, contagious, without_contagion
from bondsim.causal.estimators import METHODS
from tests.causal.conftest import design_of

ALL = ("affect", "conduct", "loss", "selection", "context")
CHEAP = (
    "lagged_regression",
    "lagged_alter",
    "label_permutation",
    "negative_control_height",
    "randomised",
)


@pytest.fixture(scope="module")
def found():
    design = design_of(*ALL, n_agents=400, days=121, replicates=4, seed=31)
    plan = AuditPlan(
        worlds=("none", "selection", "affect", "strong"),
        methods=CHEAP,
        first_wave=60,
        gap=60,
        strength=40.0,
    )
    return analyse(design, plan, processes=1)


def rows(table, **values):
    own = np.ones(next(iter(table.values())).size, bool)
    for name, value in values.items():
        own &= table[name] == value
    return {name: column[own] for name, column in table.items()}


def test_truth__is_exactly_nothing_where_nothing_spreads(found):
    for world in ("none", "selection"):
        slopes = rows(found.tables["slopes"], world=world)
        assert (slopes["slope"] == 0.0).all()
        assert (rows(found.tables["estimates"], world=world)["truth"] == 0.0).all()


def test_truth__is_positive_and_grows_with_contagion(found):
    weak, strong = (rows(found.tables["slopes"], world=w)["slope"] for w in ("affect", "strong"))
    assert (weak > 0.0).all() and (strong > 3.0 * weak).all() and (strong < 1.0).all()


def test_truth__of_an_excess_is_what_contagion_adds(found):
    """`strong` has selection and context beside; the world without contagion is lived for it."""
    estimates = found.tables["estimates"]
    shown = rows(estimates, world="affect", method="label_permutation")
    base = rows(estimates, world="none", method="label_permutation")
    added = (shown["estimate"] - base["estimate"]).mean()
    np.testing.assert_allclose(shown["truth"], added, rtol=1e-9)
    assert "selection+context" not in estimates["world"]
    assert "selection+context" in found.tables["slopes"]["world"]


def test_scores__follow_from_the_estimates(found):
    estimates, scores = found.tables["estimates"], found.tables["scores"]
    for k in range(scores["method"].size):
        own = rows(estimates, world=scores["world"][k], method=scores["method"][k])
        held = (own["low"] <= own["truth"]) & (own["truth"] <= own["high"])
        finds = (own["p"] < 0.05) & (own["estimate"] > 0.0)
        known = np.isfinite(own["low"]) & np.isfinite(own["high"])
        if known.any():
            assert scores["coverage"][k] == held[known].mean()
        else:
            assert np.isnan(scores["coverage"][k])
        tried = np.isfinite(own["estimate"])
        if not tried.any():
            assert np.isnan(scores["finds"][k])
            continue
        assert scores["finds"][k] == finds.sum() / tried.sum() == own["finds"].sum() / tried.sum()
        bias = own["estimate"] - own["truth"]
        expected = bias[np.isfinite(bias)].mean() if np.isfinite(bias).any() else np.nan
        assert scores["bias"][k] == pytest.approx(expected, nan_ok=True)


def test_methods_that_cry_wolf__do_so_without_contagion(found):
    """Height is found to spread among those who select each other; a random push finds nothing."""
    height = rows(found.tables["scores"], world="selection", method="negative_control_height")
    push = rows(found.tables["scores"], world="selection", method="randomised")
    assert height["finds"][0] == 1.0 and push["finds"][0] <= 0.5
    assert (
        rows(found.tables["scores"], world="none", method="negative_control_height")["finds"][0]
        <= 0.5
    )


def test_strong_contagion__is_seen(found):
    """In four worlds of four, which by chance happens once in 16; and at about its size."""
    seen = rows(found.tables["estimates"], world="strong", method="lagged_regression")
    assert (seen["estimate"] > 0.0).all()
    assert 0.3 < seen["estimate"].mean() / seen["truth"].mean() < 3.0


def test_analyse__is_the_same_by_any_number_of_processes():
    design = design_of(*ALL, n_agents=120, days=41, replicates=2)
    plan = AuditPlan(worlds=("all",), first_wave=20, gap=20)
    one = analyse(design, plan, processes=1)
    assert analyse(design, **audit.plans_of(one.science), processes=2).hash == one.hash
    assert set(one.tables["scores"]["method"]) == set(METHODS)
    assert len(audit.report(one).rows) == len(METHODS)


def test_worlds__by_name():
    assert channels_of("none") == () and channels_of("all") == channels_of("strong") == ALL
    assert channels_of("selection + context") == ("selection", "context")
    assert [contagious(w) for w in ("none", "context", "loss", "all")] == [False, False, True, True]
    assert without_contagion("all") == "selection+context"
    assert without_contagion("affect") == "none" and without_contagion("context") == "context"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"worlds": ("weather",)}, "joined by"), ({"methods": ("hunch",)}, "lagged_regression"),
        ({"gap": 1}, "audit.gap"), ({"pushed": 0.0}, "audit.pushed"), ({"push": 1.0}, "audit.push"),
        ({"worlds": ()}, "audit.worlds"), ({"worlds": ("none", "none")}, "list once"),
        ({"methods": ("e_value", "e_value")}, "list once"),
        ({"first_wave": -1}, "audit.first_wave"),
    ],
)  # fmt: skip
def test_plan__refuses(changes, told):
    with pytest.raises(ParameterError, match=told):
        AuditPlan(**changes)


def test_analyse__refuses_waves_that_are_not_lived():
    with pytest.raises(ParameterError, match="first_wave"):
        analyse(design_of(*ALL, days=100, replicates=1), AuditPlan(first_wave=60, gap=60))
