"""Runs for the field's own tools: RSiena, networkDynamic, and whatever reads GraphML.

Each export is a new folder that holds data, a table that leads back from rows to people, and, for
R, a script that reads all of it.
"""

from __future__ import annotations

from bondsim.export.graphml import to_graphml
from bondsim.export.network_dynamic import to_network_dynamic
from bondsim.export.rsiena import to_rsiena

__all__ = ["to_graphml", "to_network_dynamic", "to_rsiena"]
