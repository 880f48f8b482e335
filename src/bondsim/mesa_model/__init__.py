"""For users of Mesa: `BondModel` wraps a `World`, and each `Person` shows one of its people.

The truth stays in the world's arrays; everything here is a view of them.
"""

from __future__ import annotations

from bondsim.mesa_model.model import BondModel
from bondsim.mesa_model.person import Bond, Person
from bondsim.mesa_model.seeds import root_seed

__all__ = ["Bond", "BondModel", "Person", "root_seed"]
