"""Runs that several tests export."""

from __future__ import annotations

import pytest

from bondsim import Intervention, Params, World, load_run, save_run
from bondsim.network import Circles

DAYS = [30, 31, 70, 99]


@pytest.fixture(scope="session")
def town():
    """A hundred days in which people come and go, bonds are made, turned, left and parted.

    Bonds are made fast, so that some are made and change their kind on the same day.
    """
    params = Params(seed=5).replace(**{
        "turnover.rate": 0.008, "reach_out.accept_base": 2.0, "reach_out.friend_cut": 0.1,
        "reach_out.partner_prob": 0.05, "part.base.friend": -1.0, "part.base.coworker": -1.0,
        "part.base.client": -1.0,
    })  # fmt: skip
    plan = [
        Intervention(what="toxic_exit", who="random", n=10, start=40),
        Intervention(what="befriending", who="loneliest", n=15, start=35),
    ]
    world = World(params, Circles(n_agents=150), interventions=plan)
    return world.run(70, burn_in=30, snapshots=[31, 70])


@pytest.fixture(scope="session")
def quiet_town():
    """Sixty people for two months: nobody moves."""
    return World(Params(seed=2), Circles(n_agents=60)).run(60, snapshots=[30])


@pytest.fixture(scope="session")
def stored(town, tmp_path_factory):
    """The town as a run folder tells it."""
    return load_run(save_run(town, tmp_path_factory.mktemp("runs")))
