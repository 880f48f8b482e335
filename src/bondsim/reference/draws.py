"""Philox4x32-10 in plain integers, written from Salmon, Moraes, Dror & Shaw (2011), SC'11.

A second source of the draws: it shares no code with `bondsim.chance`, only the numbers that stand
for the purposes.
"""

from __future__ import annotations

import math

Draws = tuple[float, float, float, float]

ROUNDS = 10
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)  # the golden ratio and sqrt(3) - 1, as 32-bit fractions
SPAN = 2**32


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Four 32-bit words for four counter words and two key words."""
    left_low, right_low, left_high, right_high = counter
    for turn in range(ROUNDS):
        high, low = divmod(MULTIPLIERS[0] * left_low, SPAN)
        other_high, other_low = divmod(MULTIPLIERS[1] * left_high, SPAN)
        first_key, second_key = (
            (k + turn * step) % SPAN for k, step in zip(key, KEY_STEPS, strict=True)
        )
        left_low, right_low = other_high ^ right_low ^ first_key, other_low
        left_high, right_high = high ^ right_high ^ second_key, low
    return left_low, right_low, left_high, right_high


def uniforms(seed: int, day: int, purpose: int, a: int, b: int) -> Draws:
    """The four draws of a decision, each the middle of one of 2**32 equal parts of (0, 1)."""
    words = philox((day, a, b, purpose), (seed % SPAN, seed // SPAN))
    u0, u1, u2, u3 = ((2 * word + 1) / (2 * SPAN) for word in words)
    return u0, u1, u2, u3


def pair_uniforms(seed: int, day: int, purpose: int, a: int, b: int) -> Draws:
    """The four draws of a decision of two, the same whoever is named first."""
    return uniforms(seed, day, purpose, *sorted((a, b)))


def normal(seed: int, day: int, purpose: int, a: int, b: int) -> float:
    """A standard normal from the sum of four uniforms: mean 2 and variance 4/12 before scaling."""
    return (math.fsum(uniforms(seed, day, purpose, a, b)) - 2.0) * math.sqrt(3.0)
