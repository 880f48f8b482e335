"""What the field runs to tell contagion from its look-alikes, on surveys of two or more waves.

`panel_of` makes the data, `METHODS` is the list of methods. None of them sees the truth: what they
get right is found by those who hold it.
"""

from __future__ import annotations

from bondsim.causal.estimators.estimate import Estimate
from bondsim.causal.estimators.methods import METHODS, Method, rejects
from bondsim.causal.estimators.panel import CrossSection, Panel, panel_of

__all__ = ["METHODS", "CrossSection", "Estimate", "Method", "Panel", "panel_of", "rejects"]
