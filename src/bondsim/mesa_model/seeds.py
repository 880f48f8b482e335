"""From whatever Mesa, a notebook or a text box hands over as `rng` to one whole number."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import numpy as np

from bondsim.errors import ParameterError

LIMIT = 2**63
_ALLOWED = (
    "a whole number in [0, 2**63), its digits, a list of whole numbers, a numpy SeedSequence, "
    "BitGenerator or Generator, or None"
)


def root_seed(rng: Any = None) -> int:
    """The seed in [0, 2**63) of a world's luck.

    A whole number, or its digits, stands for itself. A list and a `SeedSequence` always give the
    same seed; a `Generator` or `BitGenerator` gives its next one. None gives one by chance.
    """
    if rng is None:
        return secrets.randbits(32)
    if isinstance(rng, np.random.BitGenerator):
        rng = np.random.Generator(rng)
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(LIMIT, dtype=np.uint64))
    if isinstance(rng, Sequence) and not isinstance(rng, str):
        rng = _sequence(rng)
    if isinstance(rng, np.random.SeedSequence):
        return int(rng.generate_state(1, np.uint64)[0]) % LIMIT
    return _whole(rng)


def _sequence(entropy: Sequence[Any]) -> np.random.SeedSequence:
    try:
        return np.random.SeedSequence(entropy)
    except (TypeError, ValueError):
        raise ParameterError("rng", entropy, _ALLOWED) from None


def _whole(rng: Any) -> int:
    value = rng.strip() if isinstance(rng, str) else rng
    if isinstance(value, str):
        known = value.isascii() and value.isdigit()
    elif isinstance(value, float | np.floating):  # sliders give 3.0 for 3
        known = float(value).is_integer()
    else:
        known = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not known or not 0 <= int(value) < LIMIT:
        raise ParameterError("rng", rng, _ALLOWED)
    return int(value)
