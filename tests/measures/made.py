"""Snapshots made by hand, with the columns that a survey has too."""

from __future__ import annotations

import networkx as nx
import numpy as np

from bondsim.measures.recorded import Snapshot


def made(
    graph, loneliness, *, day=0, cut=0.5, ids=None, closeness=0.7, kind=2, born=-100, **columns
):
    """A snapshot of the people and bonds of a graph, whose nodes are 0, 1, 2 and so on.

    `closeness`: one number, or (bonds, 2): of each bond's first toward its second, and back.
    """
    n, m = graph.number_of_nodes(), graph.number_of_edges()
    ends = np.array(graph.edges(), np.int64).reshape(m, 2)
    loneliness = np.broadcast_to(np.asarray(loneliness, np.float32), n).copy()
    both = np.broadcast_to(np.asarray(closeness, np.float32), (m, 2))
    agents = {
        "id": np.arange(n) if ids is None else np.asarray(ids, np.int64),
        "loneliness": loneliness,
        "lonely_days": 0.5 + 5.5 * loneliness,
        "scale_score": 20.0 + 60.0 * loneliness,
        "context": np.zeros(n, np.int32),
        **columns,
    }
    bonds = {
        "kind": np.broadcast_to(np.asarray(kind, np.int8), m),
        "born": np.broadcast_to(np.asarray(born, np.int32), m),
        "closeness_ij": both[:, 0],
        "closeness_ji": both[:, 1],
        "reciprocity": np.ones(m, np.float32),
    }
    lonely = loneliness >= cut
    return Snapshot(day, agents, bonds, ends[:, 0], ends[:, 1], lonely)


def scattered(n=70, share=0.08, seed=1, **more):
    """A random graph with loneliness, closeness and kinds of chance."""
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(n, share, seed=seed)
    m = graph.number_of_edges()
    some = {
        "closeness": rng.uniform(0.3, 1.0, (m, 2)),
        "kind": rng.integers(0, 5, m),
        "born": -rng.integers(1, 4000, m),
        "emotional": rng.uniform(size=n).astype(np.float32),
        "social": rng.uniform(size=n).astype(np.float32),
        "set_point": rng.uniform(size=n).astype(np.float32),
        "position_x": rng.uniform(size=n),
        "position_y": rng.uniform(size=n),
        "height": rng.normal(170, 10, n),
        "context": rng.integers(0, 6, n).astype(np.int32),
    }
    return graph, made(graph, rng.beta(2, 4, n), **{**some, **more})


def mixed(wave, seed=5):
    """The same people and bonds in another order, bonds given from the other side half the time."""
    rng = np.random.default_rng(seed)
    order, bonds = rng.permutation(wave.n_agents), rng.permutation(wave.i.size)
    place = np.argsort(order)
    turned = rng.uniform(size=bonds.size) < 0.5
    i, j = (place[side[bonds]] for side in (wave.i, wave.j))
    columns = {name: values[bonds] for name, values in wave.bonds.items()}
    for name in [name for name in columns if name.endswith("_ij")]:
        back = name.replace("_ij", "_ji")
        forth = columns[name]
        columns[name] = np.where(turned, columns[back], forth)
        columns[back] = np.where(turned, forth, columns[back])
    agents = {name: values[order] for name, values in wave.agents.items()}
    return Snapshot(
        wave.day,
        agents,
        columns,
        np.where(turned, j, i),
        np.where(turned, i, j),
        wave.lonely[order],
    )
