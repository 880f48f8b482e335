"""Phase 1, meet: who spends time with whom today, and for how long."""

from __future__ import annotations

import numpy as np

from bondsim.chance import PAIR, pair_uniforms
from bondsim.numeric import prefetch
from bondsim.params import CLIENT, PARTNER
from bondsim.phases.cool import view_on
from bondsim.phases.hazards import worst_of_kinds
from bondsim.phases.people import id_of, loneliness_at
from bondsim.phases.stretches import room_for, row, slots_between, stretch
from bondsim.rates import of_kind
from bondsim.rules import (
    meet_prob,
    meeting_hours,
    start,
    time_scale,
    warm_up,
    weight,
)
from bondsim.state import CHOSEN, DUE, MAY_END, MEETS, RANK, UNRANKED

AHEAD = 128
"""Slots, about eight rows, by which partners are fetched ahead of use."""


def weigh(lo, hi, day, key, rates, state, now):
    """Weights of bonds from views as of the end of `day`: writes `start` of the slots.

    `feel` leaves them for the next morning; this makes them for a world's first.
    """
    bonds = state.bonds
    for i in range(lo, hi):
        first, last = row(i, bonds)
        for s in range(first, last):
            role = of_kind(rates.meet.role, bonds.kind[s])
            bonds.start[s] = weight(view_on(day, s, rates, bonds).felt, role, rates.meet.psi)


def share_time(lo, hi, day, key, rates, state, now):
    """Share out each person's readiness over their bonds: weights become `start`."""
    agents, bonds = state.agents, state.bonds
    for i in range(lo, hi):
        first, last = row(i, bonds)
        total = 0.0
        for s in range(first, last):
            total += np.float64(bonds.start[s])
        ready = warm_up(loneliness_at(i, agents), rates.meet.eta1, rates.meet.eta2)
        initiative = np.float64(agents.initiative[i])
        mobility = np.float64(agents.mobility_factor[i])
        for s in range(first, last):
            share = np.float64(bonds.start[s]) / total if total > 0.0 else 0.0
            bonds.start[s] = start(initiative, ready, share, mobility)


def draw_meetings(lo, hi, day, key, rates, state, now):
    """Draw the day's meetings: writes `meeting` of slots, `n_met` and `scale` of persons.

    Both halves of a bond come to the same meeting from the same draw, which tells too whether the
    bond may end today: `part` needs to look at no others.
    """
    bonds = state.bonds
    room = room_for(lo, hi, bonds)
    mine, yours = np.zeros(room, np.int64), np.zeros(room, np.int64)
    answer, expected, duty_luck = np.zeros(room), np.zeros(room), np.zeros(room)
    ways = np.zeros(room, np.uint8)
    worst = worst_of_kinds(rates.part)
    due, owners = np.zeros(room, np.uint32), np.zeros(room, np.uint32)
    i = lo
    while i < hi:
        a, b, end = stretch(i, hi, room, bonds)
        _look_up(i, end, a, now.ids, bonds, mine, yours, answer)
        _draw(day, key, rates.meet, worst, slots_between(a, b, bonds), mine, yours, answer,
              expected, duty_luck, ways)  # fmt: skip
        count = _list_due(i, end, a, bonds, ways, due, owners)
        _oblige(count, a, rates.meet, state, due, owners, duty_luck, ways)
        _number(i, end, a, state, now, expected, ways)
        i = end


def _look_up(i, end, a, ids, bonds, mine, yours, answer):
    """The ids of both sides of each slot from `a` on, and the partner's own readiness to meet."""
    most = bonds.twin.shape[0] - 1
    for p in range(i, end):
        first, last = row(p, bonds)
        for s in range(first, last):
            ahead = min(s + AHEAD, most)
            prefetch(bonds.start, bonds.twin[ahead])
            if ids.shape[0] > 0:
                prefetch(ids, bonds.partner[ahead])
            n = np.uint32(s - a)
            mine[n] = id_of(p, ids)
            yours[n] = id_of(bonds.partner[s], ids)
            answer[n] = bonds.start[bonds.twin[s]]


def _draw(day, key, meet, worst, bonds, mine, yours, answer, expected, duty_luck, ways):
    """Luck of each slot of a stretch, and the hours that its owner can expect of it."""
    for n in range(bonds.kind.shape[0]):
        k = bonds.kind[n]
        p = meet_prob(np.float64(bonds.start[n]), answer[n])
        gap = float(day - bonds.last_met[n])
        hours = meeting_hours(of_kind(meet.base_hours, k), gap, meet.gap_gain)
        expected[n] = p * hours
        u = pair_uniforms(key, day, PAIR, mine[n], yours[n])
        duty_luck[n] = u[1]
        chosen = CHOSEN if np.float32(hours) > 0.0 else 0
        chosen = chosen if u[0] < p else 0
        due = DUE if np.float32(of_kind(meet.duty_hours, k)) > 0.0 else 0
        due = due if u[1] < of_kind(meet.duty_prob, k) else 0
        may_end = MAY_END if mine[n] < yours[n] else 0
        may_end = may_end if u[2] < of_kind(worst, k) else 0
        ways[n] = chosen | due | may_end


def _list_due(i, end, a, bonds, ways, due, owners):
    """List the slots, counted from `a`, whose luck has them due, and whose they are."""
    count = 0
    for p in range(i, end):
        first, last = row(p, bonds)
        for s in range(first, last):
            n = np.uint32(s - a)
            due[count] = n
            owners[count] = p
            count += 1 if ways[n] & DUE > 0 else 0
    return count


def _oblige(count, a, meet, state, due, owners, duty_luck, ways):
    """Strike off who is due without sharing a place, or kept from it by a lockdown.

    Partners share a home, and clients come by their role, wherever they are.
    """
    agents, bonds = state.agents, state.bonds
    for m in range(count):
        j = bonds.partner[a + due[m]]
        prefetch(agents.context, j)
        prefetch(agents.company, j)
        prefetch(agents.mobility_factor, j)
    for m in range(count):
        n, i = due[m], owners[m]
        j, k = bonds.partner[a + n], bonds.kind[a + n]
        together = (
            (k == PARTNER)
            | (k == CLIENT)
            | (agents.context[i] == agents.context[j])
            | (agents.company[i] == agents.company[j])
        )
        mobility = min(np.float64(agents.mobility_factor[i]), np.float64(agents.mobility_factor[j]))
        stays = together & (duty_luck[n] < of_kind(meet.duty_prob, k) * mobility)
        ways[n] = ways[n] if stays else ways[n] & (CHOSEN | MAY_END)


def _number(i, end, a, state, now, expected, ways):
    """Number the meetings of persons ``i`` to ``end - 1``, and scale their hours to the day."""
    for p in range(i, end):
        first, last = row(p, state.bonds)
        hours = 0.0
        rank = 0
        for s in range(first, last):
            n = np.uint32(s - a)
            hours += expected[n]
            way = np.int64(ways[n])
            # by multiplication: a branch would be guessed wrong at every third bond
            meets = int(way & MEETS > 0)
            now.meeting[s] = way | meets * (min(rank, UNRANKED) << RANK)
            rank += meets
        now.n_met[p] = rank
        now.scale[p] = time_scale(np.float64(state.agents.hours[p]), hours)
