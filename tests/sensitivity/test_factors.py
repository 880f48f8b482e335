"""Factors of the model: plausible, allowed, each with its source, and fit for worlds."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim.causal.design import Design
from bondsim.causal.grid import at_point
from bondsim.network import Circles
from bondsim.params import KINDS, Params, table
from bondsim.sensitivity.factors import BY_FRACTION, PLAUSIBLE, TRIMMED, default_factors
from bondsim.study.sampling import latin_hypercube

ALLOWED = {row.path: row for row in table()}


def row_of(path):
    return ALLOWED.get(path) or ALLOWED[path.rpartition(".")[0]]


def value_of(path):
    value = Params()
    for name in path.split("."):
        value = getattr(value, name)
    return value


def test_default_factors__every_parameter_is_a_factor_or_has_a_reason():
    chosen = default_factors()
    paths = {factor.path for factor in chosen.factors} | set(chosen.left_out)
    assert {path if path in ALLOWED else path.rpartition(".")[0] for path in paths} == set(ALLOWED)
    assert not {factor.path for factor in chosen.factors} & set(chosen.left_out)
    assert all(chosen.left_out.values())
    assert set(chosen.sources) == {factor.path for factor in chosen.factors}


def test_default_factors__ranges_are_allowed_and_hold_the_default():
    for factor in default_factors(kinds=KINDS).factors:
        row = row_of(factor.path)
        assert row.low <= factor.low < factor.high <= row.high, factor.path
        assert factor.low <= value_of(factor.path) <= factor.high, factor.path


def test_plausible__ranges_are_of_parameters_that_there_are_and_carry_a_mark():
    chosen = default_factors()
    for path, known in PLAUSIBLE.items():
        assert chosen.sources[path] in (known.source, known.source + TRIMMED)
        assert "[A]" in known.source or "[M]" in known.source, path
    rest = set(chosen.sources.values()) - {known.source for known in PLAUSIBLE.values()}
    assert rest == {BY_FRACTION, BY_FRACTION + TRIMMED}


def test_default_factors__leaves_out_observation_switches_and_what_is_off():
    chosen = default_factors()
    paths = {factor.path for factor in chosen.factors}
    assert not any(path.startswith(("observe.", "channels.")) for path in paths)
    assert chosen.left_out["turnover.rate"] == "off at its default"
    assert "meet.duty_prob.friend" in chosen.left_out
    assert "meet.role.family" in chosen.left_out and "meet.role.friend" in paths
    calm = default_factors(Params().replace(**{"channels.affect": False}))
    assert calm.left_out["relate.contagion"] == "channels.affect is off"


def test_default_factors__worlds_can_be_made_at_any_of_their_points():
    design = Design(Params(), Circles(n_agents=60), days=1, burn_in=0, replicates=1)
    factors = default_factors().factors
    for point in latin_hypercube(factors, 12, seed=1):
        run = at_point(design, point).world(0).run(2)
        assert np.isfinite(run.tables["series"]["loneliness"]).all()


@pytest.mark.parametrize("end", ["low", "high"])
def test_default_factors__all_ends_together_make_a_world(end):
    """And the largest spreads of all traits with all lowest, and all highest means."""
    factors = default_factors(kinds=KINDS).factors
    point = {factor.path: getattr(factor, end) for factor in factors}
    point |= {f.path: f.high for f in factors if f.path.endswith("_sd")}
    design = Design(Params(), Circles(n_agents=60), days=1, burn_in=0, replicates=1)
    run = at_point(design, point).world(0).run(2)
    assert np.isfinite(run.tables["series"]["loneliness"]).all()


def test_default_factors__a_mean_without_room_is_left_out():
    tight = Params().replace(**{"population.empathy_mean": 0.04, "population.empathy_sd": 0.19})
    chosen = default_factors(tight)
    assert "population.empathy_mean" in chosen.left_out
    assert "population.empathy_mean" not in chosen.sources
