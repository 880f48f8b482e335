"""Twins: the same luck, and nothing differs but what the change has caused."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim import Intervention, ParameterError, Params, World
from bondsim.interventions import WHATS
from bondsim.network import Circles
from bondsim.rows import used_slots
from bondsim.twinning import differs


def town(days=20, **changes):
    world = World(Params(seed=4).replace(**changes), Circles(n_agents=150), threads=1)
    for _ in range(days):
        world.step()
    return world


def live(days, *worlds):
    for _ in range(days):
        for world in worlds:
            world.step()


def test_twin__without_a_change_stays_the_same_to_the_last_bit():
    world = town(**{"turnover.rate": 0.01})
    twin = world.twin()
    live(30, world, twin)
    assert not differs(world.state, twin.state).any()
    assert twin.result().hash == world.result().hash


def test_twin__leaves_its_world_as_it_would_have_been():
    world, alone = town(), town()
    push = Intervention(what="loneliness", n=50, start=20, length=5, dose=0.5)
    twin = world.twin(interventions=[push])
    live(30, world, twin, alone)
    assert world.result().hash == alone.result().hash
    assert differs(world.state, twin.state).any()


@pytest.mark.parametrize("what", WHATS)
def test_twin__is_the_world_that_planned_the_change_from_the_start(what):
    planned = Intervention(what=what, n=10, start=20, length=5, fade=3, dose=0.4)
    twin = town().twin(interventions=[planned])
    other = World(Params(seed=4), Circles(n_agents=150), interventions=[planned], threads=1)
    live(30, twin)
    live(50, other)
    assert not differs(twin.state, other.state).any()
    assert twin.result().hash == other.result().hash


def test_twin__takes_interventions_beside_those_under_way():
    first = Intervention(what="job_loss", n=10, start=5, length=30, dose=0.4)
    second = Intervention(what="group", n=12, start=20, length=20)
    world = World(Params(seed=4), Circles(n_agents=150), interventions=[first], threads=1)
    live(20, world)
    twin = world.twin(interventions=[second])
    both = World(Params(seed=4), Circles(n_agents=150), interventions=[first, second], threads=1)
    live(40, twin)
    live(60, both)
    assert twin.result().hash == both.result().hash


def test_twin__with_another_parameter_differs_from_that_day_on():
    world = town()
    twin = world.twin(params=world.params.replace(**{"relate.contagion": 0.0}))
    assert not differs(world.state, twin.state).any()
    live(1, world, twin)
    assert differs(world.state, twin.state).any()


def test_twin__of_the_first_day_may_have_other_people():
    world = town(days=0)
    changed = world.params.replace(**{"population.empathy_mean": 0.9})
    twin = world.twin(params=changed)
    assert twin.state.agents.empathy.mean() > 0.8
    assert World(changed, Circles(n_agents=150)).run(5).hash == twin.run(5).hash


def test_differs__names_those_who_differ_and_nobody_else():
    world = town()
    twin = world.twin()
    twin.state.agents.stress[7] += 0.25
    slot = int(twin.state.bonds.first[30])
    twin.state.bonds.regard[slot] *= 0.5
    assert np.flatnonzero(differs(world.state, twin.state)).tolist() == [7, 30]
    cut = world.twin(
        interventions=[Intervention(what="cut_bond", who="list", ids=ends(world), start=20)]
    )
    cut.state = cut.plan.apply(20, cut.engine, cut.state, lambda *_: None)
    assert np.flatnonzero(differs(world.state, cut.state)).tolist() == sorted(ends(world))


def ends(world):
    bonds = world.bonds
    return int(bonds["i"][0]), int(bonds["j"][0])


def test_add_bond_and_cut_bond__change_one_bond():
    world = town()
    i, j = ends(world)
    known = set(map(frozenset, world.bonds[["i", "j"]].to_numpy().tolist()))
    cut = Intervention(what="cut_bond", who="list", ids=(i, j), start=20)
    stranger = next(k for k in range(150) if k != i and frozenset((i, k)) not in known)
    add = Intervention(what="add_bond", who="list", ids=(i, stranger), start=20)
    for planned, change in ((cut, {frozenset((i, j))}), (add, {frozenset((i, stranger))})):
        twin = world.twin(interventions=[planned])
        for phase in twin.phases():
            if phase == "interventions":
                break
        slots, owner = used_slots(twin.state.bonds)
        ids = twin.state.agents.id
        pairs = zip(ids[owner].tolist(), ids[twin.state.bonds.partner[slots]].tolist(), strict=True)
        assert set(map(frozenset, pairs)) ^ known == change


def test_twin__refuses_what_it_cannot_do():
    world = town()
    with pytest.raises(ParameterError, match="share their luck"):
        world.twin(params=Params(seed=5))
    with pytest.raises(ParameterError, match="from day 0 on"):
        world.twin(params=world.params.replace(**{"population.empathy_mean": 0.9}))
    with pytest.raises(ParameterError, match="a day from 20 on"):
        world.twin(interventions=[Intervention(start=19)])
    with pytest.raises(ParameterError, match="at most 150"):
        world.twin(interventions=[Intervention(start=20, n=151)])
    with pytest.raises(ParameterError, match="interventions"):
        world.twin(interventions=["befriending"])
    next(world.phases())
    with pytest.raises(Exception, match="middle of day"):
        world.twin()
