"""Chance encounters with people of the same company: weak contacts, a part of `relate`."""

from __future__ import annotations

import numpy as np

from bondsim.chance import WEAK_CONTACT, uniforms
from bondsim.numeric import prefetch
from bondsim.phases.people import screens
from bondsim.rules import eased, kindness

ROOM = 256
"""People handled together."""


def have_encounters(lo, hi, day, key, rates, state, now):
    """Chance encounters of persons ``lo`` to ``hi - 1``: writes `social` of the day."""
    social, others = np.zeros(ROOM), np.zeros(ROOM, np.uint32)
    whom, how, whether = np.zeros(ROOM), np.zeros(ROOM), np.zeros(ROOM)
    for a in range(lo, hi, ROOM):
        b = min(a + ROOM, hi)
        social[: b - a] = state.agents.social[a:b]
        for e in range(rates.relate.weak_contacts):
            _draw(day, key, e, state.agents.id[a:b], whom, how, whether)
            _find(a, b, state, whom, others)
            _meet_by_chance(a, b, rates, state.agents, others, how, whether, social)
        now.social[a:b] = social[: b - a]


def _draw(day, key, e, ids, whom, how, whether):
    """Luck of everybody's encounter number `e`."""
    for n in range(ids.shape[0]):
        u = uniforms(key, day, WEAK_CONTACT, ids[n], e)
        whom[n] = u[0]
        how[n] = u[1]
        whether[n] = u[2]


def _find(a, b, state, whom, others):
    """Whom persons ``a`` to ``b - 1`` encounter."""
    agents, places = state.agents, state.places
    company = agents.company[a:b]
    for n in range(b - a):
        c = np.uint32(company[n])
        first = places.first[c]
        n_members = places.first[c + np.uint32(1)] - first
        j = np.uint32(places.members[np.uint32(first + int(whom[n] * n_members))])
        others[n] = j
        prefetch(agents.presence, j)
        prefetch(agents.distraction_factor, j)
        prefetch(agents.empathy, j)


def _meet_by_chance(a, b, rates, agents, others, how, whether, social):
    """One encounter of each of persons ``a`` to ``b - 1``; a kind one eases social loneliness."""
    mobility_factor = agents.mobility_factor[a:b]
    for n in range(b - a):
        j = others[n]
        attends = np.float64(agents.presence[j]) * (1.0 - screens(j, rates, agents))
        kind = how[n] < kindness(np.float64(agents.empathy[j]), attends)
        # no branch: whether somebody is kind would be guessed wrong every other time
        happens = kind & (whether[n] < np.float64(mobility_factor[n])) & (j != a + n)
        social[n] = eased(social[n], rates.relate.weak_ease) if happens else social[n]
