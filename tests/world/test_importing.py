"""What `import bondsim` brings, and what it does not."""

from __future__ import annotations

import inspect

import pytest

import bondsim
from tests.world.conftest import Python

HEAVY = (
    "mesa", "hydra", "omegaconf", "pandas", "matplotlib", "numba", "networkx", "scipy", "pyarrow",
    "rich", "numpy",
)  # fmt: skip
EDGES = ("mesa", "hydra", "omegaconf", "pandas", "matplotlib", "pyarrow", "rich")


def test_import_is_light_and_silent(python: Python) -> None:
    code = f"import sys, bondsim; print([m for m in {HEAVY} if m in sys.modules])"
    assert python(code) == "[]"


def test_a_world_needs_no_edge(python: Python) -> None:
    """A run without frames and graphs loads neither pandas nor the rest."""
    code = f"""
import sys
from bondsim import World
from bondsim.network import SmallWorld
World(network=SmallWorld(n_agents=10, degree=2)).run(2).hash
print([m for m in {EDGES} if m in sys.modules])
"""
    assert python(code) == "[]"


def test_import_leaves_the_interpreter_alone(python: Python) -> None:
    code = """
import logging, random, sys, threading
random.seed(1)
before = (random.getstate(), logging.root.handlers[:], sys.path[:])
import bondsim
from bondsim import World, Params, Rules, Run, Intervention, Network
after = (random.getstate(), logging.root.handlers[:], sys.path[:])
print(before == after, threading.active_count())
"""
    assert python(code) == "True 1"


@pytest.mark.parametrize("name", bondsim.__all__)
def test_public_names_resolve_and_are_documented(name: str) -> None:
    thing = getattr(bondsim, name)
    if name != "__version__":
        assert len(inspect.getdoc(thing) or "") > 20
    assert name in dir(bondsim)


@pytest.mark.parametrize("name", [n for n in bondsim.__all__ if n[0].isupper()])
def test_public_methods_are_documented(name: str) -> None:
    thing = getattr(bondsim, name)
    for attribute, value in vars(thing).items():
        own = inspect.isfunction(value) or isinstance(value, property | classmethod)
        if own and not attribute.startswith("_"):
            assert inspect.getdoc(getattr(thing, attribute)), f"{name}.{attribute}"


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="module 'bondsim' has no attribute 'Wolrd'"):
        _ = bondsim.Wolrd
    with pytest.raises(ImportError, match="Wolrd"):
        from bondsim import Wolrd  # noqa: F401


def test_star_import(python: Python) -> None:
    assert python("from bondsim import *; print(World.__name__, Params().seed)") == "World 1"
