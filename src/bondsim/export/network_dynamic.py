"""networkDynamic: the town as spells of bonds and people, and a script that makes the R object."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bondsim.export.files import new_folder, write_csv
from bondsim.export.people import labels_of
from bondsim.export.spells import HOW, edge_spells, vertex_spells
from bondsim.measures.recorded import Recorded, days_kept, snapshot
from bondsim.params import KINDS
from bondsim.state import TRAITS

if TYPE_CHECKING:
    from bondsim.measures.recorded import Table
    from bondsim.state import Array

FIXED = ("context", "group", "height", *TRAITS)
"""What a person is as long as they are there."""
CHANGING = (
    "loneliness", "lonely_days", "scale_score", "emotional", "social", "self_worth", "stress",
    "headaches",
)  # fmt: skip
"""What changes, and is written for each day kept."""
SCRIPT = "network_dynamic.R"


def to_network_dynamic(run: Recorded, folder: str | Path) -> Path:
    """Write a run as the R package networkDynamic takes it.

    ``vertices.csv``: `vertex.id` from 1, in rising order of `id`, with `label` and what stays as it
    is. ``vertex_spells.csv`` and ``edge_spells.csv``: who was there and who was bonded when, with
    censoring; see `spells`. ``states.csv``: what changes, on each day kept. ``network_dynamic.R``
    reads all of it. Returns `folder`, which is new; `ParameterError` if it is not.
    """
    folder = Path(folder)
    people, bonds = vertex_spells(run), edge_spells(run)
    ids = people["id"]
    with new_folder(folder) as draft:
        write_csv(draft / "vertices.csv", _vertices(run, ids))
        write_csv(draft / "vertex_spells.csv", {**_times(people), "vertex.id": _number(ids, ids)})
        write_csv(draft / "edge_spells.csv", _edges(bonds, ids))
        write_csv(draft / "states.csv", _states(run, ids))
        days = days_kept(run)
        body = Path(__file__).with_name(SCRIPT).read_text(encoding="utf-8")
        settings = f"first <- {days[0]}\nlast <- {days[-1]}\n"
        (draft / SCRIPT).write_text(settings + body, encoding="utf-8")
    return folder


def _number(ids: Array, wanted: Array) -> Array:
    """The vertex ids of people: their places among all, from 1."""
    numbers: Array = np.searchsorted(ids, wanted) + 1
    return numbers


def _times(spells: Table) -> Table:
    return {
        "onset": spells["onset"], "terminus": spells["terminus"],
        "onset.censored": spells["onset_censored"],
        "terminus.censored": spells["terminus_censored"],
    }  # fmt: skip


def _edges(bonds: Table, ids: Array) -> Table:
    how = np.array([*HOW, ""], dtype=object)
    return {
        **_times(bonds),
        "tail": _number(ids, bonds["i"]),
        "head": _number(ids, bonds["j"]),
        "kind": np.array(KINDS, dtype=object)[bonds["kind"].astype(np.int64)],
        "born": bonds["born"],
        "began": how[bonds["began"].astype(np.int64)],
        "ended": how[bonds["ended"].astype(np.int64)],
    }


def _vertices(run: Recorded, ids: Array) -> Table:
    """One row a person: what they were on the first day kept on which they were there."""
    table: Table = {"vertex.id": np.arange(1, ids.size + 1), "id": ids}
    table["label"] = np.array(labels_of(run, ids), dtype=object)
    for day in reversed(days_kept(run)):
        agents = snapshot(run, day).agents
        place = np.searchsorted(ids, agents["id"])
        for name in FIXED:
            if name in agents:
                kind = np.promote_types(agents[name].dtype, np.float32)
                column = table.setdefault(name, np.full(ids.size, np.nan, kind))
                column[place] = agents[name]
    return table


def _states(run: Recorded, ids: Array) -> Table:
    parts = [snapshot(run, day).agents for day in days_kept(run)]
    names = ["day", *(name for name in CHANGING if name in parts[0])]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in names}
    return {"vertex.id": _number(ids, np.concatenate([part["id"] for part in parts])), **columns}
