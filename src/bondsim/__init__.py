"""bondsim: how people build and lose bonds, and how loneliness arises and spreads.

The public names load on first use, so that importing the package stays quick.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bondsim.errors import BondsimError, DataError, ParameterError
    from bondsim.interventions import Intervention
    from bondsim.mesa_model import BondModel
    from bondsim.network import Network
    from bondsim.params import Params
    from bondsim.ruleset import Rules
    from bondsim.store.catalogue import results
    from bondsim.store.saving import save_run
    from bondsim.store.stored import load_run
    from bondsim.world import Run, World

_HOMES = {
    "BondModel": "mesa_model",
    "BondsimError": "errors",
    "DataError": "errors",
    "Intervention": "interventions",
    "Network": "network",
    "ParameterError": "errors",
    "Params": "params",
    "Rules": "ruleset",
    "Run": "world",
    "World": "world",
    "load_run": "store.stored",
    "results": "store.catalogue",
    "save_run": "store.saving",
}

__version__ = version("bondsim")

__all__ = [
    "BondModel",
    "BondsimError",
    "DataError",
    "Intervention",
    "Network",
    "ParameterError",
    "Params",
    "Rules",
    "Run",
    "World",
    "__version__",
    "load_run",
    "results",
    "save_run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'bondsim' has no attribute {name!r}")
    return getattr(import_module(f"bondsim.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
