"""Chance encounters with people of the same company: weak contacts, a part of `relate`."""

from __future__ import annotations

import numpy as np

from bondsim.chance import WEAK_CONTACT, uniforms
from bondsim.phases.people import screens
from bondsim.rules import eased, kindness

ROOM = 256
"""People handled together."""


def have_encounters(lo, hi, day, key, rates, state, now):
    """Chance encounters of persons ``lo`` to ``hi - 1``: writes `social` of the day."""
    luck = np.zeros((3, ROOM))
    social = np.zeros(ROOM)
    for a in range(lo, hi, ROOM):
        b = min(a + ROOM, hi)
        for p in range(a, b):
            social[p - a] = state.agents.social[p]
        ids = state.agents.id[a:b]
        for e in range(rates.relate.weak_contacts):
            for n in range(b - a):
                u = uniforms(key, day, WEAK_CONTACT, ids[n], e)
                luck[0, n] = u[0]
                luck[1, n] = u[1]
                luck[2, n] = u[2]
            for p in range(a, b):
                _meet_by_chance(p, a, rates, state, luck, social)
        for p in range(a, b):
            now.social[p] = social[p - a]


def _meet_by_chance(i, a, rates, state, luck, social):
    """One encounter of person i: with whom, and whether it was a kind one."""
    agents, places = state.agents, state.places
    company = agents.company[i]
    first = places.first[company]
    j = places.members[first + int(luck[0, i - a] * (places.first[company + 1] - first))]
    if luck[2, i - a] >= np.float64(agents.mobility_factor[i]) or j == i:
        return
    attends = np.float64(agents.presence[j]) * (1.0 - screens(j, rates, agents))
    if luck[1, i - a] < kindness(np.float64(agents.empathy[j]), attends):
        social[i - a] = eased(social[i - a], rates.relate.weak_ease)
