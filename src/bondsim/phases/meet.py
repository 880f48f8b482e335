"""Phase 1, meet: who spends time with whom today, and for how long."""

from __future__ import annotations

import numpy as np

from bondsim.chance import MEET, pair_uniforms
from bondsim.params import CLIENT, PARTNER
from bondsim.phases.cool import view_on
from bondsim.phases.people import loneliness_at
from bondsim.rules import (
    meet_prob,
    meeting_hours,
    start,
    time_scale,
    warm_up,
    weight,
)


def share_time(lo, hi, day, key, rates, state, now):
    """Share out each person's readiness over their bonds: writes `start` of their slots."""
    agents, bonds = state.agents, state.bonds
    for i in range(lo, hi):
        first = bonds.first[i]
        last = first + bonds.degree[i]
        total = 0.0
        for s in range(first, last):
            connection = view_on(day - 1, s, rates, bonds).felt
            now.start[s] = weight(connection, rates.meet.role[bonds.kind[s]], rates.meet.psi)
            total += np.float64(now.start[s])
        ready = warm_up(loneliness_at(i, agents), rates.meet.eta1, rates.meet.eta2)
        initiative = np.float64(agents.initiative[i])
        mobility = np.float64(agents.mobility_factor[i])
        for s in range(first, last):
            share = np.float64(now.start[s]) / total if total > 0.0 else 0.0
            now.start[s] = start(initiative, ready, share, mobility)


def draw_meetings(lo, hi, day, key, rates, state, now):
    """Draw the day's meetings: writes `hours`, `duty` of slots and `scale` of persons.

    Both halves of a bond come to the same meeting from the same draw.
    """
    agents, bonds = state.agents, state.bonds
    for i in range(lo, hi):
        first = bonds.first[i]
        expected = 0.0
        for s in range(first, first + bonds.degree[i]):
            j = bonds.partner[s]
            k = bonds.kind[s]
            p = meet_prob(np.float64(now.start[s]), np.float64(now.start[bonds.twin[s]]))
            gap = float(day - bonds.last_met[s])
            hours = meeting_hours(rates.meet.base_hours[k], gap, rates.meet.gap_gain)
            expected += p * hours
            u = pair_uniforms(key, day, MEET, agents.id[i], agents.id[j])
            now.hours[s] = hours if u[0] < p else 0.0
            now.duty[s] = 0.0
            # Partners share a home, and clients come by their role, wherever they are.
            together = (
                agents.context[i] == agents.context[j] or agents.company[i] == agents.company[j]
            )
            if k == PARTNER or k == CLIENT or together:
                mobility = min(
                    np.float64(agents.mobility_factor[i]), np.float64(agents.mobility_factor[j])
                )
                if u[1] < rates.meet.duty_prob[k] * mobility:
                    now.duty[s] = rates.meet.duty_hours[k]
        now.scale[i] = time_scale(np.float64(agents.hours[i]), expected)
