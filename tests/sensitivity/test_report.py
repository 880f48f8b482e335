"""What is read of a study: noise that is not told from effects, and what to ask next."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from bondsim.causal.settings import KINDS
from bondsim.config import compose_analysis
from bondsim.params import Params
from bondsim.sensitivity.factors import default_factors, mechanism
from bondsim.sensitivity.morris import screen
from bondsim.sensitivity.plan import SensitivityPlan
from bondsim.sensitivity.report import hydra, next_words, ranked, report
from bondsim.sensitivity.sobol import decompose

OUTCOMES = ("prevalence", "stability")


def world(factors, weights, noise=0.01, n_replicates=3):
    """An `evaluate` of two outcomes: weights by path of the first, the same halved of the other."""

    def evaluate(points):
        rng = np.random.default_rng(4)
        place = np.array([[f.place(p[f.path]) for f in factors] for p in points])
        y = place @ np.array([weights.get(f.path, 0.0) for f in factors])
        values = np.stack([y, 0.5 * y], axis=1)[:, None, :]
        return values + noise * rng.standard_normal((len(points), n_replicates, 2))

    return evaluate


def study(plan, weights, noise=0.01, n_replicates=3):
    """What `bondsim sensitivity` would find in such a world."""
    params = Params()
    factors = plan.factors_of(params)
    given = (world(factors, weights, noise, n_replicates), factors, plan.outcomes)
    if plan.method == "screen":
        tables = screen(*given, plan.points, plan.seed, groups=plan.groups_of(factors))
    else:
        tables = decompose(*given, plan.points, plan.seed)
    science = {
        "sensitivity": {name: getattr(plan, name) for name in plan.__dataclass_fields__},
        "replicates": n_replicates, "params": params.as_dict(),
    }  # fmt: skip
    return SimpleNamespace(science=science, tables=tables)


WEIGHTS = {"relate.tau": 2.0, "feel.kappa": -1.0, "feel.gamma": 0.7}


def asked(words):
    """The plan that words of the command line make."""
    return compose_analysis(KINDS["sensitivity"], words).plans["sensitivity"]


def test_the_path__leads_from_groups_to_parameters_to_shares_to_curves():
    groups = study(SensitivityPlan(outcomes=OUTCOMES), WEIGHTS)
    what, words = next_words(groups)
    plan = asked(words)
    assert plan.factors == ["relate", "feel"] and plan.grouping == "none"
    inside = plan.factors_of(Params())
    assert f"{len(inside)} parameters in relate and feel ({plan.size(inside) * 3:,} runs)" in what
    parameters = study(SensitivityPlan(factors=plan.factors, outcomes=OUTCOMES), WEIGHTS)
    what, words = next_words(parameters)
    plan = asked(words)
    assert plan.method == "sobol" and set(WEIGHTS) <= set(plan.factors) and len(plan.factors) <= 6
    assert plan.factors[:3] == list(WEIGHTS)
    assert f"({plan.size(plan.factors_of(Params())) * 3:,} runs)" in what
    shares = study(SensitivityPlan(method="sobol", factors=plan.factors, outcomes=OUTCOMES),
                   WEIGHTS)  # fmt: skip
    _, words = next_words(shares)
    plan = asked(words)
    assert plan.method == "curves" and set(WEIGHTS) <= set(plan.factors)
    curves = SimpleNamespace(science={"sensitivity": {"method": "curves"}})
    assert next_words(curves) is None


def test_next__keeps_the_ranges_that_were_given_and_looks_into_groups_of_ones_own():
    given = {"relate.tau": {"low": 60, "high": 160}, "meet.psi": {"low": 1.0, "high": 4.0},
             "feel.kappa": {"low": 0.01, "high": 0.03, "scale": "log"}}  # fmt: skip
    plan = SensitivityPlan(factors=given, groups={"pace": ["relate", "feel"]}, outcomes=OUTCOMES)
    _, words = next_words(study(plan, {"relate.tau": 2.0}, noise=0.0))
    assert asked(words).factors == {path: given[path] for path in ("relate.tau", "feel.kappa")}
    alone = SensitivityPlan(factors=given, outcomes=OUTCOMES)
    _, words = next_words(study(alone, {"feel.kappa": 1.0}, noise=0.0))
    assert asked(words).factors == {"feel.kappa": given["feel.kappa"]}


def test_next__where_nothing_is_told_from_noise_asks_for_more_runs_of_the_same():
    plan = SensitivityPlan(factors=["meet.psi", "cool.view_half_life"], outcomes=OUTCOMES, n=4)
    found = study(plan, {}, noise=0.0)
    assert ranked(found.tables["effects"], plan) == []
    what, words = next_words(found)
    assert "nothing is told from noise" in what and "replicates=12" in words
    assert asked(words).factors == plan.factors and asked(words).n == 4


def test_report__of_groups_says_what_is_not_defined_and_what_is_noise():
    told = report(study(SensitivityPlan(outcomes=OUTCOMES, n=12), WEIGHTS))
    n = len(default_factors().factors)
    groups = {mechanism(factor.path) for factor in default_factors().factors}
    assert f"{n} parameters in {len(groups)} groups" in told.title
    assert told.headings[1] == "group"
    first = told.rows[0]
    assert first[1].startswith("relate (") and first[3] == first[4] == "-"
    notes = "\n".join(told.notes)
    assert "effect and spread (-) are not defined" in notes
    (line,) = [note for note in told.notes if note.startswith("not told from noise")]
    lost = line.split("prevalence: ")[1].split(";")[0].split(", ")
    assert {"relate", "feel"}.isdisjoint(lost) and set(lost) <= groups and len(lost) >= 4


def test_report__says_where_first_orders_are_noisy():
    factors = ["relate.tau", "feel.kappa"]
    few = SensitivityPlan(method="sobol", factors=factors, outcomes=OUTCOMES, n=64)
    assert "below 256 base points (here 64)" in "\n".join(report(study(few, WEIGHTS)).notes)
    many = SensitivityPlan(method="sobol", factors=factors, outcomes=OUTCOMES, n=256)
    assert "base points (here" not in "\n".join(report(study(many, WEIGHTS)).notes)


def test_report__with_one_replicate_says_that_noise_counts_as_effect():
    for plan in (
        SensitivityPlan(outcomes=OUTCOMES),
        SensitivityPlan(method="sobol", factors=["relate.tau"], outcomes=OUTCOMES),
    ):
        found = study(plan, WEIGHTS, n_replicates=1)
        assert "with one replicate it is not known" in "\n".join(report(found).notes)
        assert next_words(found) is not None


@pytest.mark.parametrize(
    "value",
    [
        {"a.b": {"low": 1, "high": 1e-05, "scale": "log"}},
        {"network": ["circles", "small_world"], "channels.affect": [True, False]},
        ["relate", "meet.role.friend"],
        {"a": ["two words", "x=1"], "b": [None, -2.5]},
    ],
)
def test_hydra__words_are_read_as_they_were(value):
    from hydra.core.override_parser.overrides_parser import OverridesParser

    text = f"x={hydra(value)}"
    read = OverridesParser.create().parse_override(text).value()
    plain = lambda v: (  # noqa: E731
        {str(k): plain(e) for k, e in v.items()} if isinstance(v, dict)
        else [plain(e) for e in v] if isinstance(v, list)
        else getattr(v, "text", v)
    )  # fmt: skip
    assert plain(read) == value
