"""Networks from and to networkx, the GraphML files it reads, and the small networks it ships."""

from __future__ import annotations

import io
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bondsim.errors import DataError, ParameterError
from bondsim.network.cells import Cells
from bondsim.network.columns import (
    AGENT_COLUMNS,
    BOND_COLUMNS,
    POSITIONS,
    VIEW_RANGES,
    natural,
    text_of,
)
from bondsim.network.network import Given, Network, assemble
from bondsim.network.records import (
    everyone,
    ignored,
    legends,
    read_agents,
    read_bonds,
    read_ends,
    read_people,
)
from bondsim.network.specs import COMMUNITIES, ONE, Builtin, GraphML
from bondsim.network.tables import Table, brief, file_bytes, fingerprint
from bondsim.params import KINDS

if TYPE_CHECKING:
    import networkx as nx

GRAPHML_SUFFIXES = (".graphml", ".xml")
_ID, _SOURCE, _TARGET = "the node", "from", "to"  # no attribute of ours has these names
_OF_THE_PAIR = ("kind", "born", "age")
_MUST_HAVE = {"node": ("id",), "edge": ("source", "target")}
_TURNED = {"ij": "ji", "ji": "ij", "i": "j", "j": "i"}
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, StopIteration, TypeError, ValueError)


def from_networkx(
    graph: nx.Graph,
    *,
    kind: str = "friend",
    rename: Mapping[str, str] | None = None,
    contexts: str = COMMUNITIES,
    seed: int = 1,
) -> Network:
    """The network in a networkx graph.

    Node attributes named like traits, states, position_x, position_y, context and group, and edge
    attributes named kind, born or age, kept, broken, regard, understanding and closeness, count;
    `rename` maps the graph's names to these. In a DiGraph an arc's attributes are the view that
    its start has of its end, and two opposite arcs are one bond. In a Graph `kept_ij` is the view
    of the person whose id comes first in natural order (`p2` before `p10`), `kept_ji` the other's,
    and `kept` is both. Other attributes are ignored and named in `source`; `loneliness` only where
    emotional and social, from which it is derived, are given.

    `kind` is for edges that name none, `contexts` ("communities" or "one") for people without a
    context, `seed` for communities and for places that are drawn. Raises `DataError` for content
    that cannot be used and `ParameterError` for a wrong argument.
    """
    if not callable(getattr(graph, "is_multigraph", None)):
        raise ParameterError("graph", graph, "a networkx graph")
    if kind not in KINDS:
        raise ParameterError("kind", kind, f"one of {', '.join(KINDS)}")
    if contexts not in (COMMUNITIES, ONE):
        raise ParameterError("contexts", contexts, f"one of {COMMUNITIES}, {ONE}")
    source = {"source": "networkx", "kind": kind, "contexts": contexts}
    return _given(graph, "graph", kind, contexts, rename or {}, source).filled(seed)


def graphml(spec: GraphML) -> Given:
    """What a GraphML file gives; attributes count as in `from_networkx`."""
    import networkx as nx

    raw = file_bytes(spec.path, GRAPHML_SUFFIXES)
    fix = "write the network as GraphML"
    try:
        _refuse_loose(spec.path, raw)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a key without a type is text: it can be read
            graph = nx.read_graphml(io.BytesIO(raw))
    except DataError:
        raise
    except ET.ParseError as error:
        raise DataError(spec.path, f"not XML ({error})", fix) from None
    except (*_UNREADABLE, nx.NetworkXError) as error:
        found = f"XML but not GraphML that can be read ({brief(str(error))})"
        raise DataError(spec.path, found, fix) from None
    source = {
        "source": spec.source,
        "kind": spec.kind,
        "contexts": spec.contexts,
        "files": [fingerprint(spec.path)],
    }
    return _given(graph, spec.path, spec.kind, spec.contexts, {}, source)


def _refuse_loose(path: str, raw: bytes) -> None:
    """Refuse nodes without an id and edges without both ends, of whom the reader makes 'None'."""
    count = dict.fromkeys(_MUST_HAVE, 0)
    for _, element in ET.iterparse(io.BytesIO(raw)):
        name = element.tag.rpartition("}")[2]
        if name not in _MUST_HAVE:
            continue
        count[name] += 1
        lacking = [key for key in _MUST_HAVE[name] if not element.get(key, "").strip()]
        if lacking:
            given = ", ".join(f"{key} {brief(value)!r}" for key, value in element.attrib.items())
            raise DataError(
                f"{path}, {name} {count[name]} ({given or 'without attributes'})",
                f"no {' and no '.join(lacking)}",
                f"give each {name} {' and '.join(_MUST_HAVE[name])}, or drop it",
            )  # fmt: skip
        element.clear()


def builtin(spec: Builtin, seed: int) -> Network:
    """One of the small published networks; who appears with whom, without weights."""
    graph, rename = _SHIPPED[spec.source]()
    source = {
        "source": spec.source, "kind": spec.kind, "contexts": spec.contexts,
    }  # fmt: skip
    return _given(graph, spec.source, spec.kind, spec.contexts, rename, source).filled(seed)


def _karate() -> tuple[Any, dict[str, str]]:
    import networkx as nx

    return nx.karate_club_graph(), {"club": "context"}


def _les_miserables() -> tuple[Any, dict[str, str]]:
    import networkx as nx

    return nx.les_miserables_graph(), {}


def _florentine() -> tuple[Any, dict[str, str]]:
    import networkx as nx

    return nx.florentine_families_graph(), {}


def _davis() -> tuple[Any, dict[str, str]]:
    import networkx as nx

    events = nx.davis_southern_women_graph()
    return nx.bipartite.weighted_projected_graph(events, events.graph["top"]), {}


_SHIPPED: dict[str, Callable[[], tuple[Any, dict[str, str]]]] = {
    "karate": _karate,
    "les_miserables": _les_miserables,
    "florentine": _florentine,
    "davis": _davis,
}


def _given(
    graph: Any,
    where: str,
    kind: str,
    contexts: str,
    rename: Mapping[str, str],
    source: dict[str, Any],
) -> Given:
    if graph.is_multigraph():
        raise DataError(
            where, "a multigraph, where two people can have several bonds",
            "merge parallel edges, as networkx.Graph(graph) does",
        )  # fmt: skip
    _check_rename(graph, rename)
    people = _people_table(graph, where, rename)
    bonds = _bond_table(graph, where, rename)
    labels = read_people(people, _ID)
    if len(labels) < 2:
        raise DataError(where, f"{len(labels)} people", "give at least 2")
    ends = read_ends(bonds, _SOURCE, _TARGET)
    roster = everyone([ends], labels, where)
    meaning = legends(people)
    agents = read_agents(people, labels, roster, meaning)
    found = read_bonds(ends, roster, kind)
    dropped = ignored(people, (_ID,), bonds=False)
    dropped += ignored(bonds, (_SOURCE, _TARGET), bonds=True)
    return assemble(
        roster.ids, found.i, found.j, found.kind, contexts=contexts,
        source={**source, "labels": meaning, "ignored": {where: dropped} if dropped else {}},
        labels=roster.labels, agents=agents, views=found.views, born=found.born,
    )  # fmt: skip


def _check_rename(graph: Any, rename: Mapping[str, str]) -> None:
    on_nodes = {str(name) for _, data in graph.nodes(data=True) for name in data}
    on_edges = {str(name) for *_, data in graph.edges(data=True) for name in data}
    for old, new in rename.items():
        if new not in AGENT_COLUMNS + BOND_COLUMNS:
            allowed = f"one of {', '.join(AGENT_COLUMNS + BOND_COLUMNS)}"
            raise ParameterError(f"rename[{old!r}]", new, allowed)
        if old not in on_nodes | on_edges:
            allowed = (
                f"names of attributes: {', '.join(sorted(on_nodes | on_edges)) or 'none found'}"
            )
            raise ParameterError("rename", old, allowed)


def _people_table(graph: Any, where: str, rename: Mapping[str, str]) -> Table:
    nodes, records = [], []
    for node, data in graph.nodes(data=True):
        nodes.append(node)
        records.append(_renamed(data, rename))
    columns = {**_gathered(records), _ID: Cells(nodes)}
    return Table(where, columns, [repr(brief(text_of(node))) for node in nodes], "person")


def _bond_table(graph: Any, where: str, rename: Mapping[str, str]) -> Table:
    arcs = [(u, v, _renamed(data, rename)) for u, v, data in graph.edges(data=True)]
    if graph.is_directed():
        arcs = _paired(arcs, where)
    else:
        key = {node: natural(text_of(node)) for node in graph}
        arcs = [(u, v, data) if key[u] < key[v] else (v, u, data) for u, v, data in arcs]
    columns = {
        **_gathered([data for *_, data in arcs]),
        _SOURCE: Cells([u for u, _, _ in arcs]),
        _TARGET: Cells([v for _, v, _ in arcs]),
    }
    rows = [f"{brief(text_of(u))!r} - {brief(text_of(v))!r}" for u, v, _ in arcs]
    return Table(where, columns, rows, "bond")


def _paired(arcs: Iterable[tuple[Any, Any, dict[str, Any]]], where: str) -> list[Any]:
    """One bond for two opposite arcs, whose attributes become the two sides' views."""
    bonds: dict[tuple[str, str], dict[str, Any]] = {}
    for start, end, data in arcs:
        u, v = text_of(start), text_of(end)
        back = (v, u) in bonds and u != v
        bond = bonds[v, u] if back else bonds.setdefault((u, v), {})
        side = "ji" if back else "ij"
        for name, value in data.items():
            one, other = text_of(bond.get(name, value)), text_of(value)
            if name in _OF_THE_PAIR and one != other:
                raise DataError(
                    f"{where}, bond {brief(u)!r} - {brief(v)!r}",
                    f"{name} is {brief(one)!r} one way and {brief(other)!r} the other",
                    "give both arcs the same",
                )  # fmt: skip
            bond[f"{name}_{side}" if name in VIEW_RANGES else name] = value
    return [(u, v, data) for (u, v), data in bonds.items()]


def _renamed(data: Mapping[Any, Any], rename: Mapping[str, str]) -> dict[str, Any]:
    return {rename.get(str(name), str(name)): value for name, value in data.items()}


def _gathered(records: list[dict[str, Any]]) -> dict[str, Cells]:
    """Records as columns, None where a record lacks a name."""
    names = dict.fromkeys(name for record in records for name in record)
    return {name: Cells([record.get(name) for record in records]) for name in names}


def to_networkx(network: Network) -> nx.Graph:
    """The network as an undirected graph; see `Network.to_networkx`."""
    people = {name: column.tolist() for name, column in network.agents.items()}
    bonds = {
        "label_i": network.labels[network.i].tolist(),
        "label_j": network.labels[network.j].tolist(),
        "kind": [KINDS[kind] for kind in network.kind],
        "born": network.born.tolist(),
    }
    for name, view in network.views.items():
        bonds |= {f"{name}_ij": view[:, 0].tolist(), f"{name}_ji": view[:, 1].tolist()}
    return graph_of({"label": network.labels.tolist(), **people}, bonds, 0)


def graph_of(people: Mapping[Any, Any], bonds: Mapping[Any, Any], day: int) -> nx.Graph:
    """A graph that `from_networkx` takes: columns of people and bonds on the morning of `day`.

    Nodes are the people's `label`. An edge has `age` [days] for the day on which the bond was
    `born`, and its `_ij` is the view of the person whose label comes first in natural order. What
    is NaN is left out.
    """
    import networkx as nx

    graph = nx.Graph(day=day)
    rank = {label: k for k, label in enumerate(sorted(people["label"], key=natural))}
    for person in _records(people):
        for axis in POSITIONS:
            person[axis] %= 1.0  # less than 1 may round up to 1, which is the place 0 again
        graph.add_node(person.pop("label"), **person)
    for bond in _records(bonds):
        if "born" in bond:
            bond["age"] = day - bond.pop("born")
        i, j = bond.pop("label_i"), bond.pop("label_j")
        if rank[i] > rank[j]:
            i, j, bond = j, i, {_other_side(name): value for name, value in bond.items()}
        graph.add_edge(i, j, **bond)
    return graph


def _other_side(name: str) -> str:
    """`kept_ji` for `kept_ij`, j for i, and so on; other names as they are."""
    side = name.rpartition("_")[2]
    return name.removesuffix(side) + _TURNED.get(side, side)


def _records(columns: Mapping[Any, Any]) -> Iterator[dict[str, Any]]:
    """Rows of columns, without what is NaN."""
    for row in zip(*columns.values(), strict=True):
        yield {name: value for name, value in zip(columns, row, strict=True) if value == value}
