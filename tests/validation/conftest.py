"""One small life that the tests of rows share."""

from __future__ import annotations

import pytest

from bondsim.causal.design import Design
from bondsim.network import Circles
from bondsim.params import Params
from bondsim.validation.life import live

DESIGN = Design(Params(seed=5), Circles(n_agents=120), days=2556, burn_in=20, replicates=2)


@pytest.fixture(scope="session")
def life():
    """Two years of a small town."""
    return live(DESIGN, 0, 2)
