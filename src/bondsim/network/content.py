"""The content of a network as tables, and the hash that tells it from any other."""

from __future__ import annotations

import numpy as np

from bondsim.labels import packed
from bondsim.network.network import Columns, Network
from bondsim.tables import content_hash

SIDES = ("_ij", "_ji")
"""What the columns of a view's two sides have behind its name."""


def network_digest(network: Network, text: str = "") -> str:
    """SHA-256 of people, labels and bonds, with all that the data gave, later waves included.

    `text`: what shall count as well.
    """
    return content_hash({**tables_of(network), "labels": packed(network.labels)}, text)


def tables_of(network: Network) -> dict[str, Columns]:
    """Everything of a network but the labels, as tables."""
    both = {
        view + side: np.ascontiguousarray(values[:, k])
        for view, values in network.views.items()
        for k, side in enumerate(SIDES)
    }
    tables: dict[str, Columns] = {
        "agents": {"id": network.ids, **network.agents},
        "bonds": {
            "i": network.i, "j": network.j, "kind": network.kind, "born": network.born, **both,
        },
    }  # fmt: skip
    for k, wave in enumerate(network.waves, start=2):
        tables[f"wave{k}_agents"] = wave.agents
        tables[f"wave{k}_bonds"] = {"i": wave.i, "j": wave.j, "kind": wave.kind}
    return tables
