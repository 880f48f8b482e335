"""Small worlds that several tests look at."""

from __future__ import annotations

import pytest

from bondsim import Params
from bondsim.causal.design import Design
from bondsim.network import Circles

CHANNELS = ("affect", "conduct", "loss", "selection", "context")


def design_of(*on, n_agents=300, days=120, replicates=3, seed=11):
    """Worlds in which only these channels are on."""
    changes = {f"channels.{name}": name in on for name in CHANNELS}
    return Design(
        Params(seed=seed).replace(**changes),
        Circles(n_agents=n_agents),
        days,
        replicates=replicates,
    )


@pytest.fixture
def design():
    return design_of(*CHANNELS)
