"""What the phases read of people: their loneliness, their likeness, the screens around them."""

from __future__ import annotations

import numpy as np

from bondsim.rules import loneliness, similarity


def loneliness_at(i, agents):
    """Loneliness of person i."""
    return loneliness(np.float64(agents.emotional[i]), np.float64(agents.social[i]))


def alike(i, j, rates, agents):
    """Similarity of persons i and j."""
    dx = np.float64(agents.position_x[i]) - np.float64(agents.position_x[j])
    dy = np.float64(agents.position_y[i]) - np.float64(agents.position_y[j])
    return similarity(dx, dy, rates.relate.similarity_width)


def screens(i, rates, agents):
    """Distraction around person i."""
    return rates.relate.distraction * np.float64(agents.distraction_factor[i])
