"""People who move away, and newcomers who take their places. Off by default."""

from __future__ import annotations

import numpy as np

from bondsim import chance, rows
from bondsim.compiling import uniform_rows
from bondsim.engine import Engine, Log, first_halves
from bondsim.params import Params
from bondsim.population import draw_traits, start_feelings
from bondsim.state import MODIFIERS, Array, State


def leavers(day: int, rate: float, key: int, state: State) -> Array:
    """Places of the people who move away today, in rising order of id."""
    u = uniform_rows(key, day, chance.TURNOVER, state.agents.id)[:, 0]
    places = np.flatnonzero(u < rate)
    ordered: Array = places[np.argsort(state.agents.id[places])]
    return ordered


def replace_leavers(places: Array, params: Params, engine: Engine, state: State, log: Log) -> None:
    """End the leavers' bonds and put newcomers in their places, with the next ids.

    The largest id stays taken: whoever has it is followed by somebody with a larger one.
    """
    agents, bonds = state.agents, state.bonds
    own = rows.slots_of(places, bonds)
    slots = np.unique(np.concatenate([own, bonds.twin[own]]))
    ended = first_halves(state, slots)
    log("moved", bonds.partner[bonds.twin[ended]], bonds.partner[ended], bonds.kind[ended])
    rows.cut(bonds, slots)

    ids = int(agents.id.max()) + 1 + np.arange(places.size)
    x, y = agents.position_x[places].astype(float), agents.position_y[places].astype(float)
    agents.id[places] = ids
    agents.group[places] = int(agents.group.max()) + 1 + np.arange(places.size)
    columns = {}
    for name, drawn in draw_traits(params.population, engine.key, ids, x, y).items():
        getattr(agents, name)[places] = drawn
        columns[name] = getattr(agents, name)[places]
    for name, start in start_feelings(params, columns).items():
        getattr(agents, name)[places] = start
    for name in MODIFIERS:
        getattr(agents, name)[places] = 1.0
