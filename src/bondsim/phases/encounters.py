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
    social = np.zeros(ROOM)
    whom, how, whether = np.zeros(ROOM), np.zeros(ROOM), np.zeros(ROOM)
    for a in range(lo, hi, ROOM):
        b = min(a + ROOM, hi)
        social[: b - a] = state.agents.social[a:b]
        for e in range(rates.relate.weak_contacts):
            _draw(day, key, e, state.agents.id[a:b], whom, how, whether)
            _meet_by_chance(a, b, rates, state, whom, how, whether, social)
        now.social[a:b] = social[: b - a]


def _draw(day, key, e, ids, whom, how, whether):
    """Luck of everybody's encounter number `e`."""
    for n in range(ids.shape[0]):
        u = uniforms(key, day, WEAK_CONTACT, ids[n], e)
        whom[n] = u[0]
        how[n] = u[1]
        whether[n] = u[2]


def _meet_by_chance(a, b, rates, state, whom, how, whether, social):
    """One encounter of each of persons ``a`` to ``b - 1``; a kind one eases social loneliness."""
    agents, places = state.agents, state.places
    for i in range(a, b):
        first = places.first[agents.company[i]]
        n_members = places.first[agents.company[i] + 1] - first
        j = places.members[first + int(whom[i - a] * n_members)]
        if whether[i - a] >= np.float64(agents.mobility_factor[i]) or j == i:
            continue
        attends = np.float64(agents.presence[j]) * (1.0 - screens(j, rates, agents))
        if how[i - a] < kindness(np.float64(agents.empathy[j]), attends):
            social[i - a] = eased(social[i - a], rates.relate.weak_ease)
