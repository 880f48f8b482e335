"""networkx in and out, and round trips through every format."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from bondsim import Params, World
from bondsim.errors import DataError, ParameterError
from bondsim.network import Circles, EdgeList, GraphML, Network, Waves, build, from_networkx
from bondsim.params import FAMILY, KINDS


@pytest.fixture
def rich() -> Network:
    """A network with every kind of content, some of it not given."""
    graph = nx.DiGraph()
    graph.add_node("Ann", empathy=0.3, hours=3.5, position_x=0.25, position_y=0.5, context="x")
    graph.add_node("Bo", emotional=0.5, context="y", group="kin")
    graph.add_node("Cy", context="x", group="kin")
    graph.add_node("Di", context="y")
    graph.add_edge("Bo", "Ann", kept=3.0, regard=0.5, kind="client", born=-5.5)
    graph.add_edge("Ann", "Bo", kept=4.0)
    graph.add_edge("Cy", "Bo", closeness=1 / 3, kind="family")
    graph.add_edge("Cy", "Ann")
    return from_networkx(graph)


def assert_same(a: Network, b: Network) -> None:
    assert a.labels.tolist() == b.labels.tolist()
    for name in ("ids", "i", "j", "kind", "born"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    for ours, theirs in ((a.agents, b.agents), (a.views, b.views)):
        assert set(ours) == set(theirs)
        for name in ours:
            np.testing.assert_array_equal(ours[name], theirs[name])


def test_from_networkx__arcs_are_views_of_one_bond(rich):
    assert rich.labels.tolist() == ["Ann", "Bo", "Cy", "Di"]
    assert rich.n_bonds == 3
    assert rich.views["kept"][0].tolist() == [4.0, 3.0]
    np.testing.assert_array_equal(rich.views["regard"][0], [np.nan, 0.5])
    np.testing.assert_array_equal(rich.views["closeness"][2], [np.nan, 1 / 3])
    assert [KINDS[k] for k in rich.kind] == ["client", "friend", "family"]
    np.testing.assert_array_equal(rich.born, [-5.5, np.nan, np.nan])
    assert rich.agents["context"].tolist() == [0, 1, 0, 1]
    assert rich.agents["group"][1] == rich.agents["group"][2] == 0


def test_round_trip__networkx(rich):
    assert_same(rich, from_networkx(rich.to_networkx()))


def test_round_trip__networkx_of_a_generated_world():
    network = build(Circles(n_agents=120), 3)
    graph = network.to_networkx()

    assert list(graph)[:3] == ["0", "1", "2"]
    assert_same(network, from_networkx(graph))


def test_round_trip__relabelled_nodes_keep_whose_view_is_whose(rich):
    graph = nx.Graph()
    graph.add_nodes_from(reversed(list(rich.to_networkx().nodes(data=True))))
    graph.add_edges_from([(v, u, d) for u, v, d in rich.to_networkx().edges(data=True)])

    assert_same(rich, from_networkx(graph))


def test_round_trip__graphml(rich, tmp_path):
    path = tmp_path / "net.graphml"
    nx.write_graphml(rich.to_networkx(), path)

    read = build(GraphML(path=path), 1)

    assert_same(rich, read)
    assert read.source["files"][0]["name"] == "net.graphml"


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_round_trip__edge_list_and_attributes(rich, tmp_path, suffix):
    graph = rich.to_networkx()
    bonds = nx.to_pandas_edgelist(graph)
    people = pd.DataFrame.from_dict(dict(graph.nodes(data=True)), orient="index")
    people = people.rename_axis("id").reset_index()
    for name, frame in (("bonds", bonds), ("people", people)):
        path = tmp_path / f"{name}.{suffix}"
        frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)

    spec = EdgeList(path=tmp_path / f"bonds.{suffix}", attributes=tmp_path / f"people.{suffix}")

    assert_same(rich, build(spec, 1))


def test_round_trip__contexts_of_later_waves_do_not_come_back(tmp_path):
    files = {
        "t1.csv": "source,target\n1,2\n2,3\n3,4\n",
        "t2.csv": "source,target\n1,2\n",
        "people.csv": "id,wave,context\n1,1,b\n2,1,d\n3,1,d\n4,1,e\n1,2,a\n2,2,c\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    paths = [tmp_path / "t1.csv", tmp_path / "t2.csv"]
    network = build(Waves(paths=paths, attributes=tmp_path / "people.csv"), 1)

    back = from_networkx(network.to_networkx())

    assert network.agents["context"].tolist() == [1, 3, 3, 4]
    assert back.agents["context"].tolist() == [0, 1, 1, 2]
    assert "smaller codes" in Network.to_networkx.__doc__


def test_round_trip__a_world_is_a_network_again():
    world = World(Params(), nx.Graph([("p10", "p2"), ("p2", "q"), ("q", "p10")]))
    graph = world.to_networkx()

    again = World(Params(), graph)

    assert set(graph) == set(world.network.to_networkx()) == {"p10", "p2", "q"}
    for name in ("agents", "bonds"):
        one, other = (getattr(each, name).set_index("day") for each in (world, again))
        drawn = [c for c in one if c not in ("security", "received", "chronic", "climate")]
        pd.testing.assert_frame_equal(one[drawn], other[drawn])
    assert "loneliness" in again.network.source["ignored"]["graph"]
    assert "trust_ij" in again.network.source["ignored"]["graph"]


def test_round_trip__a_world_that_has_lived():
    params = Params().replace(**{"turnover.rate": 0.02, "reach_out.step_rate": 0.5})
    world = World(params, Circles(n_agents=40))
    world.run(60)
    people, bonds = world.agents.set_index("label"), world.bonds

    again = World(params, world.to_networkx())

    assert (bonds.born > 0).any()
    assert set(again.agents.label) == set(people.index)
    born = {frozenset((b.label_i, b.label_j)): b.born - 60 for b in bonds.itertuples()}
    assert born == {frozenset((b.label_i, b.label_j)): b.born for b in again.bonds.itertuples()}
    np.testing.assert_array_equal(
        again.agents.set_index("label").loneliness, people.loneliness[again.agents.label]
    )
    again.run(60)
    assert again.agents.label.is_unique
    assert len(again.to_networkx()) == 40


def test_round_trip__newcomers_keep_whose_view_is_whose():
    params = Params().replace(**{"turnover.rate": 0.02, "reach_out.step_rate": 1.0})
    world = World(params, nx.relabel_nodes(nx.path_graph(12), lambda k: f"person {k}"))
    world.run(30)

    def views(world):
        return {
            (me, other): view
            for b in world.bonds.itertuples()
            for me, other, view in (
                (b.label_i, b.label_j, b.regard_ij), (b.label_j, b.label_i, b.regard_ji),
            )
        }  # fmt: skip

    assert any(
        me.startswith("person") and other.startswith("new") for me, other in views(world)
    )  # "newcomer 12" stands before "person 1", though its id is higher
    assert views(World(params, world.to_networkx())) == views(world)


def test_round_trip__a_world_as_graphml(tmp_path):
    world = World(Params(), Circles(n_agents=30))
    world.run(5)
    nx.write_graphml(world.to_networkx(), tmp_path / "town.graphml")

    again = World(Params(), GraphML(path=tmp_path / "town.graphml"))

    np.testing.assert_array_equal(again.agents.loneliness, world.agents.loneliness)
    np.testing.assert_array_equal(again.bonds.regard_ji, world.bonds.regard_ji)


def test_names__a_newcomer_gets_no_name_that_a_user_gave():
    network = from_networkx(nx.Graph([("newcomer 2", "a")]))

    assert network.names([0, 1, 2, 3]) == ["a", "newcomer 2", "new newcomer 2", "newcomer 3"]


def test_from_networkx__derived_needs_what_it_is_derived_from():
    graph = nx.Graph([("a", "b")])
    nx.set_node_attributes(graph, 0.5, "loneliness")
    with pytest.raises(DataError, match="column 'loneliness' is derived; give emotional and soc"):
        from_networkx(graph)

    nx.set_node_attributes(graph, 0.5, "emotional")
    graph.nodes["a"]["social"] = 0.5
    with pytest.raises(DataError, match="person 'b': column 'loneliness' is derived"):
        from_networkx(graph)

    graph.nodes["b"]["social"] = 0.5
    assert from_networkx(graph).source["ignored"] == {"graph": ["loneliness"]}


@pytest.mark.parametrize(
    "number", [10**400, -(10**5000), Fraction(10**5000), Decimal("1e999")], ids=range(4)
)
def test_from_networkx__numbers_beyond_a_float_are_refused(number):
    with pytest.raises(DataError, match=r"bond '1' - '2': closeness is '.*; give .*\[0, 1\]") as no:
        from_networkx(nx.Graph([(1, 2, {"closeness": number})]))
    assert len(str(no.value)) < 300


def test_from_networkx__ids_of_any_length():
    short, long, longer = 7, 10**4400, 10**4400 + 1

    labels = from_networkx(nx.Graph([(longer, long), (long, short)])).labels.tolist()

    assert [len(label) for label in labels] == [1, 4401, 4401]
    assert labels[2].endswith("1") and labels == sorted(labels, key=lambda x: (len(x), x))


def test_from_networkx__attributes_named_like_our_columns():
    graph = nx.Graph()
    graph.add_node("a", **{"the node": "x"})
    graph.add_edge("a", "b", **{"from": "Rome", "to": "Ravenna"})

    network = from_networkx(graph)

    assert network.labels.tolist() == ["a", "b"] and network.n_bonds == 1


def test_from_networkx__odd_nodes_and_attributes():
    graph = nx.DiGraph()
    for value in (None, [1], np.array([0.5, 1.0]), object(), 1j, {"a": 1}, np.bool_(True)):
        graph.add_edge("a", (1, 2), closeness=value)
        graph.add_edge((1, 2), "a", kind=value)
        if value is None:
            assert from_networkx(graph).n_bonds == 1
            continue
        with pytest.raises(DataError, match=r"bond 'a' - '.*: (closeness|kind) is"):
            from_networkx(graph)


def test_from_networkx__opposite_arcs_that_say_the_same():
    both = {"born": float("nan"), "kind": "client"}
    graph = nx.DiGraph([("a", "b", both), ("b", "a", dict(both))])

    assert from_networkx(graph).n_bonds == 1


def test_from_networkx__rename_and_other_nodes_and_kinds():
    graph = nx.Graph()
    graph.add_node((0, 1), warmth=0.7)
    graph.add_node((0, 2))
    graph.add_edge((0, 1), (0, 2), weight=0.4)

    network = from_networkx(
        graph, kind="family", rename={"warmth": "empathy", "weight": "closeness"}, contexts="one"
    )

    assert network.labels.tolist() == ["(0, 1)", "(0, 2)"]
    np.testing.assert_array_equal(network.agents["empathy"], [0.7, np.nan])
    assert network.views["closeness"].tolist() == [[0.4, 0.4]]
    assert network.kind.tolist() == [FAMILY]
    assert network.agents["group"].tolist() == [0, 0]


def test_from_networkx__unknown_attributes_are_recorded():
    assert from_networkx(nx.karate_club_graph()).source["ignored"] == {"graph": ["club", "weight"]}


def test_from_networkx__user_ids_are_kept():
    network = from_networkx(nx.Graph([(90, 7), (7, 8)]))

    assert network.ids.tolist() == [7, 8, 90]
    assert list(network.to_networkx()) == ["7", "8", "90"]


def test_from_networkx__bonds_may_be_none():
    network = from_networkx(nx.empty_graph(3))

    assert network.n_bonds == 0
    assert_same(network, from_networkx(network.to_networkx()))


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (nx.MultiGraph([(1, 2)]), "a multigraph"),
        (nx.MultiDiGraph([(1, 2)]), "a multigraph"),
        (nx.Graph([(1, 1), (1, 2)]), "bond '1' - '1': a bond of '1' with themselves"),
        (nx.DiGraph([(1, 1), (1, 2)]), "with themselves"),
        (nx.Graph(), "0 people"),
        (nx.empty_graph(1), "1 people"),
        (nx.Graph([(1, "1"), (1, 2)]), "person '1': '1' is already in person '1'"),
        (nx.Graph([(float("nan"), 2)]), "is nan"),
        (nx.Graph([(1, 2, {"kind": "foe"})]), "bond '1' - '2': kind is 'foe'"),
        (nx.Graph([(1, 2, {"regard": "much"})]), "regard is 'much'"),
        (
            nx.DiGraph([(1, 2, {"kind": "client"}), (2, 1, {"kind": "friend"})]),
            "kind is 'client' one way and 'friend' the other",
        ),
    ],
)
def test_from_networkx__bad_graphs_are_refused(graph, message):
    with pytest.raises(DataError, match=message):
        from_networkx(graph)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "foe"}, "kind must be one of family"),
        ({"contexts": "towns"}, "contexts must be one of communities, one"),
        ({"rename": {"weight": "warmth"}}, r"rename\['weight'\] must be one of empathy"),
        ({"rename": {"wait": "closeness"}}, "names of attributes: club, weight"),
        ({"graph": "karate"}, "graph must be a networkx graph"),
    ],
)
def test_from_networkx__bad_arguments_are_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        from_networkx(**{"graph": nx.karate_club_graph(), **arguments})


def test_import__stays_light():
    import subprocess
    import sys

    code = (
        "import sys, bondsim.network; "
        "print([m for m in ('mesa', 'hydra', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"
