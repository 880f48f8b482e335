"""Rows T13, T14, T17, T18 and T21: the network that a school's survey sees."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from bondsim.measures.statistics import mean
from bondsim.measures.ties import named_reciprocity
from bondsim.validation.life import Life
from bondsim.validation.names import (
    SCHOOL,
    closed,
    likeness_of_degrees,
    names,
    of_one_place,
    returned,
    shared,
)


def school(life: Life) -> dict[str, float]:
    """T13, T14, T17, T18: means over waves, and over pairs of waves a year apart."""
    seen = [names(of_one_place(wave), SCHOOL) for wave in life.waves]
    pairs = pairwise(seen)
    return {
        "T13": mean(np.array([returned(each) for each in seen])),
        "T14": mean(np.array([closed(each) for each in seen])),
        "T17": mean(np.array([likeness_of_degrees(each) for each in seen])),
        "T18": mean(np.array([shared(first, last) for first, last in pairs])),
    }


def mutual(life: Life) -> dict[str, float]:
    """T21b: share of friendships, of all who are as close to the other as to a friend."""
    return {"T21b": mean(np.array([named_reciprocity(wave.bonds) for wave in life.waves]))}
