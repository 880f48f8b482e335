"""`BondModel` as Mesa expects a model: seeds, time, data, space, parameters."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from typing import Any

import networkx as nx
import numpy as np
import pytest

from bondsim.errors import ParameterError
from bondsim.measures.daily import SERIES
from bondsim.mesa_model import BondModel, root_seed
from bondsim.network import Circles, Karate, build
from bondsim.params import Params
from bondsim.world import World

pytestmark = pytest.mark.filterwarnings("error")


def lived(days: int, **options: Any) -> BondModel:
    model = BondModel(**{"network": "karate", **options})
    for _ in range(days):
        model.step()
    return model


def test_a_step_is_a_day() -> None:
    model = lived(3, rng=1)
    assert (model.time, model.steps, model.world.day, model.running) == (3.0, 3, 3, True)
    assert isinstance(model.time, float)


def test_the_fast_ways_of_mesa_3_5_live_the_same_days() -> None:
    model = BondModel(network="karate", rng=1)
    if hasattr(model, "run_for"):
        model.run_for(3)
    else:  # Mesa 3.3 has step alone
        for _ in range(3):
            model.step()
    assert model.world.result().hash == lived(3, rng=1).world.result().hash


def test_collected_from_the_start_and_after_each_day() -> None:
    model = lived(4, rng=1)
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == 5
    series = model.world.series
    for name in SERIES:
        assert frame[name].tolist()[1:] == series[name].tolist()
    assert set(frame["root_seed"]) == {1}


def test_the_first_row_is_the_state_before_the_first_day() -> None:
    model = BondModel(network="karate", rng=1)
    first = model.datacollector.get_model_vars_dataframe().iloc[0]
    bonds = model.world.bonds
    both = np.concatenate([bonds["felt_ij"], bonds["felt_ji"]]).astype(float)
    close = np.concatenate([bonds["closeness_ij"], bonds["closeness_ji"]]).astype(float)
    assert first["bonds"] == len(bonds) == 78
    assert first["felt"] == pytest.approx(both.mean(), rel=1e-6)
    assert first["closeness"] == pytest.approx(close.mean(), rel=1e-6)
    assert first["close_ties"] == np.count_nonzero(close >= 0.6) / 34
    assert first["loneliness"] == pytest.approx(model.agents.agg("loneliness", np.mean))
    assert first["meetings"] == first["hours"] == first["n_made"] == 0


def test_reporters_are_pure_and_can_be_pickled() -> None:
    model = lived(1, rng=1)
    for name, reporter in model.datacollector.model_reporters.items():
        assert pickle.loads(pickle.dumps(reporter))(model) == reporter(model), name


def test_agents_are_collected_by_unique_id() -> None:
    model = lived(2, rng=1, agent_reporters={"loneliness": "loneliness", "id": "id"})
    frame = model.datacollector.get_agent_vars_dataframe()
    assert frame.index.names == ["Step", "AgentID"]
    assert len(frame) == 3 * 34
    last = frame.xs(2, level="Step")
    assert last["loneliness"].to_numpy(np.float32).tolist() == model.world.agents[
        "loneliness"
    ].tolist()  # fmt: skip


@pytest.mark.parametrize("rng", [5, np.int64(5), "5", " 5 ", 5.0, np.float64(5.0)])
def test_forms_of_a_whole_number_are_the_same_seed(rng: Any) -> None:
    assert BondModel(network="karate", rng=rng).root_seed == 5


def test_other_forms_of_rng() -> None:
    sequence = np.random.SeedSequence(8)
    assert root_seed(sequence) == root_seed(np.random.SeedSequence(8))
    assert root_seed([1, 2]) == root_seed(np.random.SeedSequence([1, 2]))
    generator = np.random.default_rng(8)
    assert root_seed(generator) != root_seed(generator)
    bits = np.random.PCG64(8)
    assert root_seed(bits) == root_seed(np.random.default_rng(8))
    assert root_seed(2**63 - 1) == 2**63 - 1
    for rng in (None, sequence, generator, bits, [1, 2]):
        assert 0 <= BondModel(network="karate", rng=rng).root_seed < 2**63


@pytest.mark.parametrize(
    "rng", [-1, 2**63, 1.5, "", "x", "1.5", "\u00b2", True, float("nan"), ["x"], {}]
)
def test_a_bad_rng_is_refused(rng: Any) -> None:
    with pytest.raises(ParameterError, match="rng"):
        BondModel(network="karate", rng=rng)


def test_seed_is_another_name_for_rng() -> None:
    assert BondModel(network="karate", seed=3).root_seed == 3
    with pytest.raises(ParameterError, match="seed"):
        BondModel(network="karate", seed=3, rng=3)


def test_the_same_seed_as_world_gives_the_same_days() -> None:
    world = World(Params(seed=11), Circles(n_agents=40))
    model = BondModel(n_agents=40, rng=11)
    for _ in range(5):
        world.step()
        model.step()
    assert model.world.result().hash == world.result().hash


@pytest.mark.parametrize(
    "network", [Karate(), build(Karate(), 1), nx.karate_club_graph()], ids=["spec", "network", "nx"]
)
def test_networks_in_every_form(network: Any) -> None:
    assert len(BondModel(network=network, rng=1).agents) == 34


def test_parameters_by_path() -> None:
    model = BondModel(
        n_agents="30", network__friends=3.0, meet__role__friend=2, channels__loss=False,
        affect=np.bool_(False), params=Params(seed=9).replace(**{"feel.kappa": 0.02}),
    )  # fmt: skip
    params = model.world.params
    assert params.meet.role.friend == 2.0
    assert (params.channels.loss, params.channels.affect, params.channels.conduct) == (
        False, False, True,
    )  # fmt: skip
    assert (params.feel.kappa, params.seed, model.root_seed) == (0.02, 9, 9)
    assert model.world.network.source["friends"] == 3.0
    assert len(model.agents) == 30


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"meet__psi": -1}, "meet.psi"),
        ({"meet__psii": 1}, "meet.psii"),
        ({"nonsense": 1}, "nonsense"),
        ({"affect": "maybe"}, "channels.affect"),
        ({"network": "nowhere"}, "network.source"),
        ({"network": "karate", "n_agents": 50}, "n_agents"),
        ({"network": Karate(), "n_agents": 50}, "n_agents"),
        ({"network": Karate(), "network__friends": 5}, "network__friends"),
        ({"network__friend": 5}, "network.friend"),
        ({"n_agents": 1}, "network.n_agents"),
        ({"teaching": True, "facade": False}, "facade"),
        ({"threads": 0}, "threads"),
    ],
)
def test_bad_parameters_are_refused_by_name(options: dict[str, Any], name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        BondModel(rng=1, **options)
    assert caught.value.name == name


def test_the_signature_suits_solara_and_batch_run() -> None:
    parameters = inspect.signature(BondModel).parameters
    kinds = {parameter.kind for parameter in parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    assert "kwargs" in parameters
    assert "rng" in parameters
    assert all(p.default is not p.empty for n, p in parameters.items() if n != "kwargs")


def test_the_grid_follows_the_bonds() -> None:
    model = BondModel(network="karate", rng=1, turnover__rate=0.02)
    model.step()
    grid = model.grid
    assert grid is model.grid
    for _ in range(10):
        model.step()
    bonds = model.world.bonds
    place = {person.id: person.place for person in model.agents}
    expected = {
        tuple(sorted((place[i], place[j]))) for i, j in zip(bonds["i"], bonds["j"], strict=True)
    }
    assert {tuple(sorted(edge)) for edge in grid.G.edges} == expected
    assert list(grid.G.nodes) == list(range(34))
    for person in model.agents:
        assert person.cell is grid[person.place]
        assert len(person.cell.connections) == person.degree


def test_no_space_is_made_unless_asked_for() -> None:
    model = lived(2, rng=1)
    assert model.people[0].cell is None


def test_bondsim_does_not_import_mesa() -> None:
    code = "import bondsim, sys; bondsim.World; sys.exit('mesa' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
