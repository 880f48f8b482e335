"""GraphML: the town of each day kept, as Gephi, igraph, yEd and bondsim itself read it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bondsim.export.files import new_folder, write_csv
from bondsim.export.people import labels_of
from bondsim.measures.recorded import Recorded, Snapshot, days_kept, snapshot
from bondsim.network.exchange import graph_of
from bondsim.params import KINDS

if TYPE_CHECKING:
    import networkx as nx


def to_graphml(run: Recorded, folder: str | Path, *, days: Iterable[int] | None = None) -> Path:
    """Write ``day_<day>.graphml`` for each of these days that were kept, all of them if None.

    Nodes are the users' labels and carry every column of people, edges every column of bonds;
    `network=graphml` takes a file as the day 0 of another world. ``ids.csv`` has `id` and `label`.
    Returns `folder`, which is new; `ParameterError` if it is not, or for a day that was not kept.
    """
    import networkx as nx

    folder = Path(folder)
    wanted = list(days) if days is not None else days_kept(run)
    seen = [snapshot(run, day) for day in wanted]
    with new_folder(folder) as draft:
        for now in seen:
            nx.write_graphml(graph(run, now), draft / f"day_{now.day}.graphml")
        ids = np.unique(np.concatenate([[], *(now.agents["id"] for now in seen)]).astype(np.int64))
        write_csv(draft / "ids.csv", {"id": ids, "label": labels_of(run, ids)})
    return folder


def graph(run: Recorded, now: Snapshot) -> nx.Graph:
    """The town of one day as a networkx graph; see `World.to_networkx`."""
    names = np.array(labels_of(run, now.agents["id"]), dtype=object)
    people = {"label": names.tolist()}
    people |= {name: column.tolist() for name, column in now.agents.items()}
    bonds = {"label_i": names[now.i].tolist(), "label_j": names[now.j].tolist()}
    bonds |= {name: column.tolist() for name, column in now.bonds.items()}
    bonds["kind"] = [KINDS[kind] for kind in now.bonds["kind"].tolist()]
    return graph_of(people, bonds, now.day + 1)
