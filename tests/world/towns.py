"""Worlds in which much happens to few people."""

from __future__ import annotations

from typing import Any

from bondsim import Intervention, World
from bondsim.network import Circles
from bondsim.params import Params
from tests.property.worlds import busy

PEOPLE = 30
TOWN = Circles(n_agents=PEOPLE, friends=3.0, coworkers=2.0, context_size=8)

PLAN = (
    Intervention(what="listening", who="random", n=5, start=2, length=4, fade=3, dose=0.3),
    Intervention(what="group", who="loneliest", n=4, start=3, length=5, hours=0.5),
    Intervention(what="job_loss", who="most_central", n=3, start=4, length=4, dose=0.4),
    Intervention(what="lockdown", who="random", n=PEOPLE, start=5, length=2, dose=0.8),
    Intervention(what="befriending", who="periphery", n=3, start=6, hours=1.0),
    Intervention(what="toxic_exit", who="bridges", n=2, start=7, dose=0.5),
    Intervention(what="loneliness", who="friend_of_random", n=4, start=1, length=9, dose=-0.02),
)
"""Something begins or ends on almost every day up to day 12."""


def town(seed: int = 1, *, turnover: float = 0.0, **options: Any) -> World:
    """A busy world of 30 people."""
    return World(params(seed, turnover), TOWN, **options)


def params(seed: int = 1, turnover: float = 0.0) -> Params:
    """Parameters of a busy world."""
    return busy(seed, **{"turnover.rate": turnover})
