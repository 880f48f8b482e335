"""Rows T22 and T23: trust after good and bad events, by the model's own rules.

A friendship as it starts, without cooling: what is left to the rules is exact, so replicates agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from bondsim.rules import broken_after, kept_after, trust

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.params import Relate

ROUNDS, BEFORE, AFTER = 20, 10, 50
"""Promises in all of T23a, kept ones before the late breach, and after the breach of T23b."""


class Belief(NamedTuple):
    """Evidence, and the ceiling of trust."""

    kept: float
    broken: float
    ceiling: float = 1.0

    @property
    def trust(self) -> float:
        """ODD eq. 1."""
        return float(trust(*self))

    def met(self, relate: Relate, good: bool, deceived: bool = False) -> Belief:
        """After a promise that was kept, or broken without repair (ODD eq. 26, 27)."""
        now = self.trust
        if good:
            return self._replace(kept=kept_after(self.kept, now, relate.confirmation))
        broken = broken_after(self.broken, now, relate.lam, relate.confirmation)
        ceiling = min(self.ceiling, relate.deceit_ceiling * now) if deceived else self.ceiling
        return Belief(self.kept, broken, ceiling)

    def after(self, relate: Relate, events: Sequence[bool]) -> Belief:
        """After several promises, True where kept."""
        belief = self
        for good in events:
            belief = belief.met(relate, good)
        return belief


def asymmetry(design: Design, replicate: int) -> dict[str, float]:
    """T22: loss over gain of trust at .5, and the weights of both at full trust."""
    relate, start = design.params.relate, _start(design)
    even = 0.5 * (start.kept + start.broken)
    half = Belief(even, even)
    loss = half.trust - half.met(relate, good=False).trust
    gain = half.met(relate, good=True).trust - half.trust
    heavy = broken_after(0.0, 1.0, relate.lam, relate.confirmation)
    return {"T22a": loss / gain, "T22b": heavy / kept_after(0.0, 1.0, relate.confirmation)}


def recovery(design: Design, replicate: int) -> dict[str, float]:
    """T23: an early breach against a late one, and what comes back without and with deceit."""
    relate, start = design.params.relate, _start(design)
    good = start.after(relate, [True] * ROUNDS).trust
    early, late = (
        good - start.after(relate, [n != at for n in range(ROUNDS)]).trust for at in (0, BEFORE)
    )
    before = start.after(relate, [True] * BEFORE)
    return {
        "T23a": early - late,
        "T23b": _regained(before, relate, deceived=False),
        "T23c": _regained(before, relate, deceived=True),
    }


def _start(design: Design) -> Belief:
    """What a friendship starts with."""
    prior = design.params.prior
    return Belief(prior.kept.friend, prior.broken.friend)


def _regained(before: Belief, relate: Relate, *, deceived: bool) -> float:
    """The share of the trust lost by a breach that kept promises bring back, at most all."""
    low = before.met(relate, good=False, deceived=deceived)
    high = low.after(relate, [True] * AFTER)
    return min(1.0, (high.trust - low.trust) / (before.trust - low.trust))
