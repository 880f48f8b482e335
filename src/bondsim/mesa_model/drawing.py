"""The bonds as a Mesa network space, for Mesa's own drawers; made only when somebody looks."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import networkx as nx
from mesa.discrete_space import Network

from bondsim.rows import used_slots

if TYPE_CHECKING:
    from bondsim.mesa_model.model import BondModel
    from bondsim.state import State

Pairs = set[tuple[int, int]]


def network_space(model: BondModel) -> Any:
    """A `mesa.discrete_space.Network` with one cell for each place, numbered from 0.

    A cell's position is the place in interest space, where Mesa has positions; it costs nothing
    and never moves.
    """
    agents = model.world.state.agents
    graph = nx.Graph()
    graph.add_nodes_from(range(agents.id.size))
    graph.add_edges_from(sorted(_pairs(model.world.state)))
    options: dict[str, Any] = {}
    if "layout" in inspect.signature(Network).parameters:  # else Mesa would lay out by springs
        positions = zip(agents.position_x.tolist(), agents.position_y.tolist(), strict=True)
        options["layout"] = dict(enumerate(positions))
    space = Network(graph, random=model.random, **options)
    for person in model.people:
        person.cell = space[person.place]
    return space


def update(space: Any, state: State) -> None:
    """Make the connections of `space` the bonds of `state`."""
    wanted = _pairs(state)
    there = {(min(edge), max(edge)) for edge in space.G.edges}
    for a, b in sorted(there - wanted):
        space.remove_connection(space[a], space[b])
    for a, b in sorted(wanted - there):
        space.add_connection(space[a], space[b])


def _pairs(state: State) -> Pairs:
    """The places of the two people of each bond, the smaller first."""
    slots, owner = used_slots(state.bonds)
    partner = state.bonds.partner[slots]
    first = owner < partner
    return set(zip(owner[first].tolist(), partner[first].tolist(), strict=True))
