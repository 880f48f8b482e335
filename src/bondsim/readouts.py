"""Read-outs of people and bonds, by the rules in use: what tables show beside the state."""

from __future__ import annotations

import numpy as np

from bondsim.compiling import Replaced, compiled
from bondsim.phases.people import loneliness_at
from bondsim.rates import Rates
from bondsim.rules import lonely_days, reciprocity, scale_score, strength
from bondsim.state import Agents, Array

OF_PEOPLE = ("loneliness", "lonely_days", "scale_score")
OF_BONDS = ("strength", "reciprocity")


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


def _of_bonds(felt_ij, felt_ji, out):
    for n in range(out.shape[1]):
        out[0, n] = strength(felt_ij[n], felt_ji[n])
        out[1, n] = reciprocity(felt_ij[n], felt_ji[n])


def of_bonds(felt_ij: Array, felt_ji: Array, rules: Replaced) -> dict[str, Array]:
    """`OF_BONDS` of bonds from the felt of both sides: float64 (n_bonds,) each; ODD eq. 3 and 4."""
    out = np.empty((len(OF_BONDS), felt_ij.size))
    compiled(_of_bonds, rules)(felt_ij.copy(), felt_ji.copy(), out)
    return dict(zip(OF_BONDS, out, strict=True))
