"""Negative controls: carried by every world, and nobody's to give."""

from __future__ import annotations

from math import pi, sin, sqrt

import numpy as np
import pytest
from scipy import stats

from bondsim import Intervention, Params, World, chance
from bondsim.chance import normal
from bondsim.measures.recorded import snapshot
from bondsim.measures.ties import assortativity
from bondsim.network import Circles


@pytest.fixture(scope="module")
def run():
    return World(Params(seed=2), Circles(n_agents=1500)).run(60, snapshots=[30])


def test_controls__are_what_the_specification_says(run):
    """ODD 7.9 again, person by person."""
    now = snapshot(run, 30)
    for place in range(0, 1500, 97):
        row = {name: float(column[place]) for name, column in now.agents.items()}
        i = int(row["id"])
        wave = sin(2 * pi * row["position_x"]) + sin(2 * pi * row["position_y"])
        height = 170 + 10 * (0.5 * wave + sqrt(1 - 0.5**2) * normal(2, 0, chance.CONTROL, i, 0))
        headaches = 1.5 + 10.0 * row["climate"] + 0.7 * normal(2, 0, chance.CONTROL, i, 1)
        headaches += 0.7 * normal(2, 30, chance.CONTROL, i, 2)
        assert row["height"] == pytest.approx(height, rel=1e-6)
        assert row["headaches"] == pytest.approx(min(max(headaches, 0.0), 7.0), abs=1e-5)


def test_height__never_changes_and_headaches_do(run):
    first, last = snapshot(run, 30).agents, snapshot(run, 59).agents
    assert (first["height"] == last["height"]).all()
    assert 0.5 < stats.pearsonr(first["headaches"], last["headaches"])[0] < 0.95


@pytest.mark.parametrize(
    ("channels", "height", "headaches"),
    [({}, True, True), ({"selection": False}, False, True), ({"context": False}, True, False)],
)
def test_controls__cluster_with_their_channel_alone(channels, height, headaches):
    """|z| of 5 and above against 3 and below: 12,000 bonds, so a standard error of about .013."""
    params = Params(seed=5).replace(**{f"channels.{name}": on for name, on in channels.items()})
    now = snapshot(World(params, Circles(n_agents=1500)).run(1), 0)
    for name, clusters in (("height", height), ("headaches", headaches)):
        z = assortativity(now.i, now.j, now.agents[name]) * sqrt(now.i.size)
        assert z > 5.0 if clusters else abs(z) < 3.0, name


def test_controls__are_untouched_by_anybodys_loneliness():
    world = World(Params(seed=2), Circles(n_agents=300))
    push = Intervention(what="loneliness", n=150, start=0, length=30, dose=0.5)
    pushed, alone = (w.run(30) for w in (world.twin(interventions=[push]), world))
    one, other = (snapshot(run, 29).agents for run in (pushed, alone))
    for name in ("height", "headaches"):
        np.testing.assert_array_equal(one[name], other[name])
    assert (one["loneliness"] != other["loneliness"]).any()
