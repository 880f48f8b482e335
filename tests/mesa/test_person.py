"""`Person` shows the world's arrays as Mesa's agents are used to."""

from __future__ import annotations

import time

import numpy as np
import pytest

from bondsim.errors import ParameterError
from bondsim.mesa_model import BondModel
from bondsim.params import KINDS
from bondsim.state import FIELDS
from tests.world.towns import params

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def model() -> BondModel:
    town = BondModel(n_agents=30, rng=2)
    for _ in range(5):
        town.step()
    return town


def test_every_column_is_a_property(model: BondModel) -> None:
    for name in FIELDS["agents"]:
        column = getattr(model.world.state.agents, name).tolist()
        assert model.agents.get(name) == column
        assert FIELDS["agents"][name].doc in type(model.people[0]).__dict__[name].__doc__


def test_sums_over_people_are_those_of_the_series(model: BondModel) -> None:
    today = model.world.series.iloc[-1]
    assert model.agents.agg("loneliness", np.mean) == pytest.approx(today["loneliness"])
    assert model.agents.agg("lonely_days", np.mean) == pytest.approx(today["lonely_days"])
    assert model.agents.agg("degree", sum) == 2 * today["bonds"]


def test_agent_sets(model: BondModel) -> None:
    lonely = model.agents.select(lambda person: person.loneliness > 0.3)
    assert 0 < len(lonely) < 30
    groups = model.agents.groupby("context")
    assert sum(len(group) for _, group in groups) == 30
    loneliest = next(iter(model.agents.sort("loneliness")))
    assert loneliest.loneliness == max(model.agents.get("loneliness"))
    model.agents.shuffle_do("step")
    assert {person.unique_id for person in model.agents} == set(range(1, 31))
    assert model.agents.set("colour", "red").get("colour") == ["red"] * 30


VIEWS = ("kept", "broken", "ceiling", "trust", "regard", "understanding", "closeness", "felt")


def test_bonds_are_the_persons_own_side() -> None:
    model = BondModel(n_agents=30, params=params(seed=2))
    for _ in range(5):
        model.step()
    table = model.world.bonds
    for name in VIEWS:
        assert (table[f"{name}_ij"] != table[f"{name}_ji"]).any(), name
    sides = {}
    for row in table.to_dict("records"):
        for a, b, side in ((row["i"], row["j"], "ij"), (row["j"], row["i"], "ji")):
            sides[a, b] = {n: row[f"{n}_{side}"] for n in VIEWS}
            sides[a, b] |= {n: row[n] for n in ("kind", "born", "last_met")}
    seen = 0
    for person in model.agents:
        bonds = person.bonds
        assert len(bonds) == person.degree
        for bond in bonds:
            side = sides[person.id, bond.other.id]
            assert {name: np.float32(getattr(bond, name)) for name in side if name != "kind"} == {
                name: value for name, value in side.items() if name != "kind"
            }
            assert bond.kind == side["kind"]
            assert bond.kind in KINDS
            assert person.trust_in(bond.other) == bond.trust
            assert person.felt_toward(bond.other) == bond.felt
            seen += 1
    assert seen == len(sides)


def test_strangers_have_no_trust(model: BondModel) -> None:
    person = model.people[0]
    known = {bond.other for bond in person.bonds}
    stranger = next(p for p in model.agents if p not in known and p is not person)
    assert person.trust_in(stranger) is None
    assert person.felt_toward(person) is None
    with pytest.raises(ParameterError, match="same model"):
        person.trust_in(BondModel(network="karate", rng=1).people[0])
    with pytest.raises(ParameterError, match="same model"):
        person.trust_in(3)  # type: ignore[arg-type]


def test_people_are_changed_by_interventions_only(model: BondModel) -> None:
    with pytest.raises(AttributeError, match="Intervention"):
        model.agents.set("empathy", 0.9)


def test_labels_are_the_users_own() -> None:
    model = BondModel(network="florentine", rng=1)
    assert "Medici" in model.agents.get("label")


def test_newcomers_take_the_place() -> None:
    model = BondModel(network="karate", rng=1, turnover__rate=0.2)
    before = [(p.unique_id, p.id) for p in model.people]
    model.step()
    after = [(p.unique_id, p.id) for p in model.people]
    assert [u for u, _ in before] == [u for u, _ in after]
    new = [p for p, (_, old) in zip(model.people, before, strict=True) if p.id != old]
    assert new
    assert [p.label for p in new] == [f"newcomer {p.id}" for p in new]


def test_removing_persons_leaves_their_lives() -> None:
    removed, kept = (BondModel(network="karate", rng=1) for _ in range(2))
    removed.people[0].remove()
    removed.remove_all_agents()
    for model in (removed, kept):
        model.step()
    assert len(removed.agents) == 0
    assert removed.world.result().hash == kept.world.result().hash


def test_a_thousand_persons_are_made_quickly() -> None:
    without = BondModel(n_agents=1000, rng=1, facade=False)
    assert len(without.agents) == 0
    began = time.perf_counter()
    people = without._create_people()
    assert time.perf_counter() - began < 1.0
    assert len(people) == len(without.agents) == 1000
