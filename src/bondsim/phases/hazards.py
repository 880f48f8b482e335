"""The chance that a bond ends today, and how high it can be at the most."""

from __future__ import annotations

from bondsim.rates import KindRates
from bondsim.rules import loneliness, part_prob, reciprocity, similarity, strength

BOUNDED = {part_prob, strength, reciprocity, similarity, loneliness}
"""The rules on which a bound of the hazard rests: it is not known where one is replaced."""


def hazard(base, strong, mutual, age, common, likeness, lonely, part):
    """Today's chance of parting with the rule's parameters filled in."""
    return part_prob(
        strong, mutual, age, common, likeness, lonely, base, part.strength, part.reciprocity,
        part.log_age, part.common_friends, part.similarity, part.loneliness,
    )  # fmt: skip


def worst_hazard(base, age, strong, mutual, lonely, part):
    """The highest `hazard` with this much known: without common friends and likeness."""
    return hazard(base, strong, mutual, age, 0.0, 0.0, lonely, part)


def no_bound(base, age, strong, mutual, lonely, part):
    """In place of `worst_hazard` where one of `BOUNDED` is replaced: nothing is known of it."""
    return 1.0


def worst_at_age(base, age, part):
    """The highest hazard of a bond of which only the age is known."""
    return worst_hazard(base, age, 0.0, 0.0, 1.0, part)


def worst_of_kinds(part):
    """The highest hazard of each kind: that of a new bond, since age only lowers it."""
    base = part.base
    return KindRates(
        worst_at_age(base.family, 0.0, part), worst_at_age(base.partner, 0.0, part),
        worst_at_age(base.friend, 0.0, part), worst_at_age(base.coworker, 0.0, part),
        worst_at_age(base.client, 0.0, part),
    )  # fmt: skip
