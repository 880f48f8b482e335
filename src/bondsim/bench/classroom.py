"""The full model beside itself on plain Mesa objects, one for each person, with the same result."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from bondsim.bench.measured import Measured, Ratio, as_fast, count, quotients, take_turns
from bondsim.bench.town import SEED, WARM_DAYS, Stopwatch, circles, live, n_bonds
from bondsim.network import build
from bondsim.params import Params
from bondsim.world import World

PART = "full model beside Mesa"
FILL = 1.0
"""Seconds of days that bondsim lives in each round."""


def measure(n_agents: int, threads: Sequence[int], rounds: int) -> list[Measured]:
    """Bond-days a second of both, in turns; each round the Mesa model lives one day.

    A world that lives the same days must have the same hash at the end; where it has not, that is
    told and no figure is given.
    """
    from bondsim.mesa_model import BondModel

    params, network = Params(seed=SEED), build(circles(n_agents), SEED)
    model = BondModel(network=network, params=params, rng=SEED, teaching=True)
    twin, town = World(params, network), World(params, network)
    fast: dict[int, Any] = {}
    for t in threads:
        town.start_engine(t)
        fast[t] = town.engine = Stopwatch(town.engine)  # type: ignore[assignment]
        seconds = live(town, WARM_DAYS).seconds / WARM_DAYS
    days = max(1, round(FILL / seconds))

    def objects() -> float:
        bonds = n_bonds(model.world)
        started = time.perf_counter()
        model.step()
        return bonds / (time.perf_counter() - started)

    def arrays(t: int) -> float:
        town.engine = fast[t]
        town.step()  # another engine's turn may have left less ready than its own day before
        stretch = live(town, days)
        return stretch.bond_days / stretch.seconds

    turns = take_turns(
        {"objects": objects, **{str(t): partial(arrays, t) for t in threads}}, rounds
    )
    for _ in range(rounds):
        twin.step()
    if (mine := twin.result().hash) != (theirs := model.world.result().hash):
        note = f"the results differ, so no figure: hash {mine[:12]} in arrays, {theirs[:12]} here"
        return [Measured(PART, "Mesa objects", "bond-days/s", (), n_agents, note=note, failed=True)]
    note = f"the same hash after {count(rounds, 'day')}"
    slow = turns["objects"]
    ratios = tuple(Ratio(as_fast(t), quotients(turns[str(t)], slow)) for t in threads)
    figures = [Measured(PART, "Mesa objects", "bond-days/s", slow, n_agents, 1, ratios, note)]
    for t in threads:
        figures.append(Measured(PART, "bondsim", "bond-days/s", turns[str(t)], n_agents, t))
    return figures
