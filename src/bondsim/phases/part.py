"""Phase 4, part: bonds end, family bonds are estranged, and losing a close bond is a shock."""

from __future__ import annotations

import numpy as np

from bondsim.chance import PART, pair_uniforms
from bondsim.numeric import unit
from bondsim.params import FAMILY
from bondsim.phases.cool import view_on
from bondsim.phases.people import alike, loneliness_at
from bondsim.rules import part_prob, reciprocity, strength
from bondsim.state import ESTRANGED, PARTED


def count_common(i, j, most, agents, bonds):
    """Number of people bonded to both i and j, but no more than `most`."""
    a, b = bonds.first[i], bonds.first[j]
    end_a, end_b = a + bonds.degree[i], b + bonds.degree[j]
    common = 0
    while a < end_a and b < end_b and common < most:
        id_a = agents.id[bonds.partner[a]]
        id_b = agents.id[bonds.partner[b]]
        if id_a == id_b:
            common += 1
        if id_a <= id_b:
            a += 1
        if id_b <= id_a:
            b += 1
    return common


def hazard(base, strong, mutual, age, common, likeness, lonely, part):
    """Today's chance of parting with the rule's parameters filled in."""
    return part_prob(
        strong, mutual, age, common, likeness, lonely, base, part.strength, part.reciprocity,
        part.log_age, part.common_friends, part.similarity, part.loneliness,
    )  # fmt: skip


def worst_hazard(base, age, part):
    """The highest `hazard` at this age: no strength, no common friends, full loneliness."""
    return hazard(base, 0.0, 0.0, age, 0.0, 0.0, 1.0, part)


def no_bound(base, age, part):
    """In place of `worst_hazard` where `part_prob` is replaced: nothing is known of it."""
    return 1.0


def mark_endings(lo, hi, day, key, rates, state, now):
    """Mark the bonds that end today on both halves, in the row of the smaller id.

    A bond is looked at closely only if its draw could end it at the worst, which spares all but
    about one in fifty.
    """
    agents, bonds = state.agents, state.bonds
    for i in range(lo, hi):
        first = bonds.first[i]
        for s in range(first, first + bonds.degree[i]):
            j = bonds.partner[s]
            if agents.id[j] < agents.id[i]:
                continue
            k = bonds.kind[s]
            base = rates.part.base[k]
            u = pair_uniforms(key, day, PART, agents.id[i], agents.id[j])[0]
            age = float(day - bonds.born[s])
            if u >= worst_hazard(base, age, rates.part):
                continue
            mine = view_on(day, s, rates, bonds).felt
            yours = view_on(day, bonds.twin[s], rates, bonds).felt
            common = count_common(i, j, rates.part.common_friends_cap, agents, bonds)
            lonely = 0.5 * (loneliness_at(i, agents) + loneliness_at(j, agents))
            p = hazard(
                base, strength(mine, yours), reciprocity(mine, yours), age, float(common),
                alike(i, j, rates, agents), lonely, rates.part,
            )  # fmt: skip
            if u < p:
                ending = ESTRANGED if k == FAMILY else PARTED
                now.ending[s] = ending
                now.ending[bonds.twin[s]] = ending


def take_losses(lo, hi, day, key, rates, state, now):
    """Each person's shock at the bonds that end, and the estrangement of their own views."""
    agents, bonds = state.agents, state.bonds
    for i in range(lo, hi):
        first = bonds.first[i]
        shock = 0.0
        for s in range(first, first + bonds.degree[i]):
            if now.ending[s] == PARTED:
                shock += rates.part.loss_stress * view_on(day, s, rates, bonds).closeness
            elif now.ending[s] == ESTRANGED:
                bonds.closeness[s] = np.float64(bonds.closeness[s]) * rates.part.estrangement
        if shock > 0.0:
            agents.stress[i] = unit(np.float64(agents.stress[i]) + shock)
