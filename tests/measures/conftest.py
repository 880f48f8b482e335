"""Runs that several tests look at."""

from __future__ import annotations

import pytest

from bondsim import Params, World
from bondsim.network import Circles


@pytest.fixture(scope="session")
def run():
    """Three months of 120 people, some of them close to many, with a snapshot in between."""
    params = Params(seed=3).replace(**{"prior.closeness.friend": 0.5, "prior.spread": 0.3})
    return World(params, Circles(n_agents=120)).run(90, snapshots=[45])
