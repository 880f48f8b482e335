"""Who stands where in memory is nobody's concern: the same town comes of any order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bondsim import Intervention, Params, World, population
from bondsim.network import Circles, EdgeList
from tests.world.towns import params

DAYS = 12


def lived(network, seed=4) -> dict[str, dict[str, np.ndarray]]:
    plan = [
        Intervention(what="befriending", who="periphery", n=5, start=2),
        Intervention(what="toxic_exit", who="most_central", n=5, start=3, dose=0.5),
        Intervention(what="group", who="loneliest", n=9, start=1, length=6),
    ]
    world = World(params(seed, turnover=0.02), network, interventions=plan)
    return world.run(DAYS, snapshots=[3]).tables


def check_same(tables, others) -> None:
    for name in ("agents", "bonds", "events"):
        for column, values in tables[name].items():
            assert values.tobytes() == others[name][column].tobytes(), f"{name}.{column}"
    for column, values in tables["series"].items():  # sums are made in another order
        assert values == pytest.approx(others["series"][column], rel=1e-12, abs=1e-15), column


@pytest.mark.parametrize("order", ["reversed", "shuffled"])
def test_places__no_person_bond_or_event_depends_on_them(order, monkeypatch):
    town = Circles(n_agents=120, friends=4.0, context_size=20)
    as_numbered = lived(town)
    places = np.arange(120)[::-1].copy()
    if order == "shuffled":
        places = np.random.default_rng(1).permutation(120)
    monkeypatch.setattr(population, "_order", lambda network: places)
    check_same(lived(town), as_numbered)


def test_places__people_of_a_large_file_stand_near_their_partners(tmp_path: Path, monkeypatch):
    """A ring in random order is put into its own order, and nothing else changes."""
    n = 300
    names = np.random.default_rng(2).permutation(n)
    ring = [(names[k], names[(k + step) % n]) for k in range(n) for step in (1, 2)]
    rows = "\n".join(f"{a},{b}" for a, b in ring)
    (tmp_path / "ring.csv").write_text(f"source,target\n{rows}\n", encoding="utf-8")
    file = EdgeList(path=str(tmp_path / "ring.csv"))
    in_order = lived(file)
    monkeypatch.setattr(population, "MANY", 100)
    world = World(Params(seed=1), file)
    assert not np.array_equal(world.state.agents.id, np.arange(n))
    bonds = world.state.bonds
    first = bonds.first.astype(int)
    apart = [
        abs(int(p) - i)
        for i in range(n)
        for p in bonds.partner[first[i] : first[i] + bonds.degree[i]]
    ]
    assert np.median(apart) < 0.1 * n
    check_same(lived(file), in_order)
