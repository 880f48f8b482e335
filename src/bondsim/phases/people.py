"""What the phases read of people: their loneliness, their likeness, the screens around them."""

from __future__ import annotations

import numpy as np

from bondsim.rules import loneliness, similarity
from bondsim.state import Agents


def loneliness_at(i, agents):
    """Loneliness of person i."""
    return loneliness(np.float64(agents.emotional[i]), np.float64(agents.social[i]))


def id_of(place, ids):
    """The id of the person in this place; `ids` are `Day.ids`."""
    return ids[place] if ids.shape[0] > 0 else np.int64(place)


def are_places(ids):
    """Whether everybody's id is their place."""
    for place in range(ids.shape[0]):
        if ids[place] != place:
            return False
    return True


def alike(i, j, rates, agents):
    """Similarity of persons i and j."""
    return likeness(i, agents, j, agents, rates)


def likeness(i, ones, j, others, rates):
    """Similarity of person i of one table of people and person j of another."""
    dx = np.float64(ones.position_x[i]) - np.float64(others.position_x[j])
    dy = np.float64(ones.position_y[i]) - np.float64(others.position_y[j])
    return similarity(dx, dy, rates.relate.similarity_width)


def screens(i, rates, agents):
    """Distraction around person i."""
    return rates.relate.distraction * np.float64(agents.distraction_factor[i])


def people_between(a, b, agents):
    """The columns of persons ``a`` to ``b - 1``, as `Agents`."""
    g = agents
    return Agents(
        g.id[a:b], g.context[a:b], g.company[a:b], g.group[a:b], g.empathy[a:b], g.respect[a:b],
        g.presence[a:b], g.interest[a:b], g.authenticity[a:b], g.reliability[a:b],
        g.initiative[a:b], g.set_point[a:b], g.need[a:b], g.hours[a:b], g.position_x[a:b],
        g.position_y[a:b], g.emotional[a:b], g.social[a:b], g.self_worth[a:b], g.stress[a:b],
        g.hurt[a:b], g.security[a:b], g.received[a:b], g.chronic[a:b], g.vigilance_factor[a:b],
        g.distraction_factor[a:b], g.mobility_factor[a:b],
    )  # fmt: skip
