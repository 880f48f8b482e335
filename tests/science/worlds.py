"""Small worlds in which one mechanism at a time can be seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx as nx
import numpy as np

from bondsim import World
from bondsim.history import Table, agents_table, bonds_table
from bondsim.network import Circles, Network, from_networkx
from bondsim.params import KINDS, Params, same_for_all_kinds

ALL_OFF: dict[str, Any] = {
    f"channels.{name}": False for name in ("affect", "conduct", "loss", "selection", "context")
}

CALM: dict[str, Any] = {
    "relate.attention_noise": 0.0, "relate.promise_prob": 0.0, "relate.accomplishment_prob": 0.0,
    "relate.weak_contacts": 0, "feel.noise_sd": 0.0, "feel.stress_prob": 0.0,
    "feel.climate_sd": 0.0, "part.base": same_for_all_kinds(-40.0), "reach_out.step_rate": 0.0,
    "reach_out.partner_prob": 0.0, "prior.spread": 0.0,
}  # fmt: skip
"""Nothing happens by chance but meetings, and nobody gains or loses a bond."""

APART: dict[str, Any] = {
    "population.initiative_mean": 0.0, "population.initiative_sd": 0.0,
    "meet.duty_prob": same_for_all_kinds(0.0),
}  # fmt: skip
"""Nobody ever meets, but for chance encounters."""

AVERAGE: dict[str, Any] = {
    f"population.{trait}_sd": 0.0
    for trait in (
        "empathy", "respect", "presence", "interest", "authenticity", "reliability", "initiative",
        "set_point", "need", "hours",
    )
}  # fmt: skip
"""Everybody has the mean of every trait."""


def params(seed: int = 1, *changes: dict[str, Any], **more: Any) -> Params:
    """The default parameters with these groups of changes, later ones first."""
    merged = {path: value for group in (*changes, more) for path, value in group.items()}
    return Params(seed=seed).replace(**merged)


def graph_of(n: int, edges: Iterable[tuple[int, int, dict[str, Any]]]) -> nx.Graph:
    """People 0 to n - 1 and these bonds between them."""
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(edges)
    return graph


def pairs(n_pairs: int, kind: str = "friend", *, person: Any = None, **bond: Any) -> Network:
    """Disjoint pairs (0, 1), (2, 3) and so on, with the same data for every person and bond."""
    edges = ((2 * p, 2 * p + 1, {"kind": kind, **bond}) for p in range(n_pairs))
    return network_of(graph_of(2 * n_pairs, edges), person)


def network_of(graph: nx.Graph, person: dict[str, float] | None = None) -> Network:
    """The network in a graph whose people are all in one place, with data for every person."""
    for node in graph:
        data = {"position_x": 0.5, "position_y": 0.5, **(person or {}), **graph.nodes[node]}
        graph.nodes[node].update(data)
    return from_networkx(graph, contexts="one")


def strangers(n: int, **person: float) -> Network:
    """People of one place without a single bond."""
    return network_of(graph_of(n, ()), person)


def town(parameters: Params, n_agents: int = 100, **planned: Any) -> World:
    """A small default town."""
    return World(parameters, Circles(n_agents=n_agents), threads=1, **planned)


def people(world: World) -> Table:
    """The table of persons as of now."""
    return agents_table(world.day - 1, world.engine, world.state)


def bonds(world: World) -> Table:
    """The table of bonds as of the end of the last day; before day 0 as of the evening before."""
    return bonds_table(world.day - 1, world.engine, world.state)


def lived(world: World, days: int) -> World:
    """The same world some days later."""
    for _ in range(days):
        world.step()
    return world


def same(a: Table, b: Table) -> bool:
    """Whether two tables agree bit for bit."""
    return set(a) == set(b) and all(np.array_equal(a[name], b[name]) for name in a)


def of_kind(table: Table, kind: str) -> np.ndarray:
    """The rows of bonds of this kind."""
    rows: np.ndarray = table["kind"] == KINDS.index(kind)
    return rows
