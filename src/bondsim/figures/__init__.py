"""Pictures of tables: pure functions from what a run recorded to a matplotlib `Figure`."""

from __future__ import annotations

from bondsim.figures.style import replace, save
from bondsim.figures.town import town

__all__ = ["replace", "save", "town"]
