"""GraphML: a file is the town of its day, and the day 0 of another world."""

from __future__ import annotations

import csv

import networkx as nx
import numpy as np
import pytest

from bondsim import Params, World
from bondsim.errors import ParameterError
from bondsim.export import to_graphml
from bondsim.measures.recorded import snapshot
from bondsim.network import GraphML, build, from_networkx

NAMES = nx.Graph([("Ana", "Bo"), ("Bo", "Ça & <D>"), ("Ça & <D>", "7"), ("7", "Ana"), ("10", "Bo")])


def same(one, other):
    for name in ("ids", "i", "j", "kind", "born"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert one.labels.tolist() == other.labels.tolist()
    for group in ("agents", "views"):
        columns, others = getattr(one, group), getattr(other, group)
        assert columns.keys() == others.keys() and columns
        for name, column in columns.items():
            np.testing.assert_array_equal(column, others[name], err_msg=name)


def test_file__reads_back_to_the_network_that_the_world_is(tmp_path):
    world = World(Params(seed=4).replace(**{"turnover.rate": 0.02}), NAMES)
    run = world.run(20, snapshots=[5])
    folder = to_graphml(run, tmp_path / "out")
    assert sorted(p.name for p in folder.iterdir()) == [
        "day_0.graphml", "day_19.graphml", "day_5.graphml", "ids.csv",
    ]  # fmt: skip
    back = build(GraphML(path=str(folder / "day_19.graphml")), 4)
    same(back, from_networkx(world.to_networkx(), seed=4))
    World(Params(seed=1), back).run(2)


@pytest.mark.parametrize("day", [30, 70, 99])
def test_file__is_the_town_of_its_day(town, stored, tmp_path, day):
    for run, name in ((town, "fresh"), (stored, "stored")):
        folder = to_graphml(run, tmp_path / name, days=[day])
        with (folder / "ids.csv").open(encoding="utf-8") as file:
            label = {int(row["id"]): row["label"] for row in csv.DictReader(file)}
        graph, now = nx.read_graphml(folder / f"day_{day}.graphml"), snapshot(town, day)
        assert set(graph) == {label[i] for i in now.agents["id"].tolist()}
        assert len(label) == now.n_agents == graph.number_of_nodes()
        pairs = zip(now.bonds["i"].tolist(), now.bonds["j"].tolist(), strict=True)
        assert {frozenset(edge) for edge in graph.edges} == {
            frozenset((label[i], label[j])) for i, j in pairs
        }
        for k in range(0, now.n_agents, 20):
            node = graph.nodes[label[int(now.agents["id"][k])]]
            assert node["id"] == now.agents["id"][k]
            assert np.float32(node["loneliness"]) == now.agents["loneliness"][k]


def test_days__that_were_not_kept_are_refused_and_leave_nothing(town, tmp_path):
    with pytest.raises(ParameterError, match="30, 31, 70, 99"):
        to_graphml(town, tmp_path / "out", days=[30, 32])
    assert list(tmp_path.iterdir()) == []
