"""Where people are drawn: by their bonds in a small network, by their interests in a large one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot
    from bondsim.state import Array

BY_BONDS = 500
"""Up to so many people are laid out by their bonds."""
BY_DISTANCES = 120
"""Up to so many by geodesic distances, which reads best but takes longest."""
RIM = 1.18
"""Radius on which people outside the largest component stand."""


def places(now: Snapshot) -> Array:
    """Position of each person in [-RIM, RIM]: float64 (n_agents, 2)."""
    if now.n_agents <= BY_BONDS:
        return _by_bonds(now.n_agents, now.i, now.j)
    x, y = (now.agents[f"position_{axis}"].astype(float) for axis in "xy")
    return 2.0 * np.column_stack([x, y]) - 1.0


def _by_bonds(n_agents: int, i: Array, j: Array) -> Array:
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(n_agents))
    graph.add_edges_from(zip(i.tolist(), j.tolist(), strict=True))
    parts = [sorted(part) for part in nx.connected_components(graph)]
    core = max(parts, key=lambda part: (len(part), -part[0]))
    inner = graph.subgraph(core)
    if len(core) <= BY_DISTANCES:
        at = _by_distances(np.asarray(nx.floyd_warshall_numpy(inner, nodelist=core)))
    else:
        found = nx.spring_layout(inner, seed=1, iterations=150, k=2.2 / np.sqrt(len(core)))
        at = np.array([found[person] for person in core])
    out = np.zeros((n_agents, 2))
    out[core] = _to_disc(at)
    rest = np.setdiff1d(np.arange(n_agents), core)
    angle = 2.0 * np.pi * np.arange(rest.size) / max(rest.size, 1)
    out[rest] = RIM * np.column_stack([np.cos(angle), np.sin(angle)])
    return out


def _by_distances(distance: Array) -> Array:
    """Points (n, 2) as far apart as these distances (n, n) ask: stress majorization.

    The layout of Kamada & Kawai (1989) found as by Gansner, Koren & North (2004), from people on a
    circle. networkx's own needs scipy.optimize: a second on two cores where this takes 0.02.
    """
    n = len(distance)
    if n == 1:
        return np.zeros((1, 2))
    off = distance + np.eye(n)
    weight = (1.0 - np.eye(n)) / off**2
    pull = np.linalg.pinv(np.diag(weight.sum(axis=1)) - weight)
    angle = 2.0 * np.pi * np.arange(n) / n
    at = np.column_stack([np.cos(angle), np.sin(angle)])
    for _ in range(300):
        apart = np.hypot(*(at[:, None] - at).T) + np.eye(n)
        push = -weight * distance / np.maximum(apart, 1e-9)
        np.fill_diagonal(push, -push.sum(axis=1))
        at = pull @ (push @ at)
    moved: Array = at
    return moved


def _to_disc(points: Array) -> Array:
    """Points with their longest spread lying flat, scaled so that the farthest lies at radius 1."""
    centred = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    if axes.shape == (2, 2):
        centred = centred @ (axes * np.sign(axes.sum(axis=1, keepdims=True))).T
    centred = centred - 0.5 * (centred.min(axis=0) + centred.max(axis=0))
    farthest = np.hypot(centred[:, 0], centred[:, 1]).max()
    scaled: Array = centred / farthest if farthest > 0.0 else centred
    return scaled
