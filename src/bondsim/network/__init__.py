"""Where bonds come from: generators, files, survey waves and networkx, all as one `Network`."""

from __future__ import annotations

from bondsim.network.building import build, read
from bondsim.network.content import network_digest
from bondsim.network.exchange import from_networkx
from bondsim.network.network import Given, Network, Wave
from bondsim.network.specs import (
    SOURCES,
    Blocks,
    Circles,
    Configuration,
    Davis,
    EdgeList,
    Florentine,
    GraphML,
    Karate,
    LesMiserables,
    ScaleFree,
    SmallWorld,
    Spec,
    Waves,
    spec_from_dict,
)

__all__ = [
    "SOURCES",
    "Blocks",
    "Circles",
    "Configuration",
    "Davis",
    "EdgeList",
    "Florentine",
    "Given",
    "GraphML",
    "Karate",
    "LesMiserables",
    "Network",
    "ScaleFree",
    "SmallWorld",
    "Spec",
    "Wave",
    "Waves",
    "build",
    "from_networkx",
    "network_digest",
    "read",
    "spec_from_dict",
]
