"""The traits of one person, drawn a second time from ODD.md section 5."""

from __future__ import annotations

import math

from scipy.special import betaincinv, ndtr, ndtri

from bondsim import chance
from bondsim.params import Params
from bondsim.reference import draws

TRAITS = (
    "empathy", "respect", "presence", "interest", "authenticity", "reliability", "initiative",
    "set_point", "need", "hours",
)  # fmt: skip
"""In the order of ODD.md section 2: the number of a trait is its place here."""


def traits(params: Params, i: int, x: float, y: float) -> dict[str, float]:
    """Person i at place (x, y) of interest space, in a world of these effective parameters."""
    return {name: _trait(params, name, i, x, y) for name in TRAITS}


def _trait(params: Params, name: str, i: int, x: float, y: float) -> float:
    p, most = params.population, 16.0 if name == "hours" else 1.0
    mean, sd = getattr(p, f"{name}_mean") / most, getattr(p, f"{name}_sd") / most
    u = draws.uniforms(params.seed, 0, chance.TRAIT, i, TRAITS.index(name))[0]
    if sd == 0.0:
        return most * mean
    if name == "set_point":
        wave = math.cos(2.0 * math.pi * x) + math.cos(2.0 * math.pi * y)
        own = math.sqrt(1.0 - p.set_point_loading**2)
        u = float(ndtr(p.set_point_loading * wave + own * ndtri(u)))
    weight = mean * (1.0 - mean) / sd**2 - 1.0
    return most * float(betaincinv(mean * weight, (1.0 - mean) * weight, u))
