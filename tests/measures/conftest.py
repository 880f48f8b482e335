"""Runs that several tests look at."""

from __future__ import annotations

import pytest

from bondsim import Params, World
from bondsim.network import Circles


@pytest.fixture(scope="session")
def run():
    """Three months of 120 people, with a snapshot in between."""
    return World(Params(seed=3), Circles(n_agents=120)).run(90, snapshots=[45])
