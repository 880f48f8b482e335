"""Read-outs of people and bonds, by the rules in use: what tables show beside the state.

Among them two negative controls (Cohen-Cole & Fletcher 2008 [P]): outcomes that no one gives to
another, on which whoever finds contagion is wrong.
"""

from __future__ import annotations

import numpy as np

from bondsim import chance
from bondsim.compiling import Replaced, compiled, uniform_rows
from bondsim.phases.people import loneliness_at
from bondsim.rates import Rates
from bondsim.rules import lonely_days, reciprocity, scale_score, strength
from bondsim.state import Agents, Array

OF_PEOPLE = ("loneliness", "lonely_days", "scale_score")
OF_BONDS = ("strength", "reciprocity")
CONTROLS = ("height", "headaches")
HEIGHT_MEAN, HEIGHT_SD = 170.0, 10.0
"""Of adults [cm] [A]."""
HEADACHES_MEAN, HEADACHES_STABLE, HEADACHES_NOISE = 1.5, 0.7, 0.7
"""Mean, spread between people and spread from day to day [days/week] [A]."""


def _of_people(observe, agents, out):
    for i in range(out.shape[1]):
        lonely = loneliness_at(i, agents)
        out[0, i] = lonely
        out[1, i] = lonely_days(lonely, observe.cut_1, observe.cut_2, observe.cut_3)
        out[2, i] = scale_score(lonely)


def of_people(agents: Agents, rates: Rates, rules: Replaced) -> dict[str, Array]:
    """`OF_PEOPLE` of everybody: float64 (n_agents,) each; ODD eq. 50 to 52."""
    out = np.empty((len(OF_PEOPLE), agents.id.size))
    compiled(_of_people, rules)(rates.observe, agents, out)
    return dict(zip(OF_PEOPLE, out, strict=True))


def controls(day: int, key: int, rates: Rates, agents: Agents, climate: Array) -> dict[str, Array]:
    """`CONTROLS` of everybody at the end of `day`: float64 (n_agents,) each; ODD 7.9.

    `climate`: that of each person's context.
    """
    tall, often, today = (
        (uniform_rows(key, on, chance.CONTROL, agents.id, number).sum(axis=1) - 2.0) * np.sqrt(3.0)
        for number, on in enumerate((0, 0, day))
    )
    loading = rates.observe.height_loading
    x, y = (2.0 * np.pi * at.astype(float) for at in (agents.position_x, agents.position_y))
    place = np.sin(x) + np.sin(y)
    headaches = (
        HEADACHES_MEAN + rates.observe.headache_climate * climate.astype(float)
        + HEADACHES_STABLE * often + HEADACHES_NOISE * today
    )  # fmt: skip
    return {
        "height": HEIGHT_MEAN + HEIGHT_SD * (loading * place + np.sqrt(1.0 - loading**2) * tall),
        "headaches": np.clip(headaches, 0.0, 7.0),
    }


def _of_bonds(felt_ij, felt_ji, out):
    for n in range(out.shape[1]):
        out[0, n] = strength(felt_ij[n], felt_ji[n])
        out[1, n] = reciprocity(felt_ij[n], felt_ji[n])


def of_bonds(felt_ij: Array, felt_ji: Array, rules: Replaced) -> dict[str, Array]:
    """`OF_BONDS` of bonds from the felt of both sides: float64 (n_bonds,) each; ODD eq. 3 and 4."""
    out = np.empty((len(OF_BONDS), felt_ij.size))
    compiled(_of_bonds, rules)(felt_ij.copy(), felt_ji.copy(), out)
    return dict(zip(OF_BONDS, out, strict=True))
