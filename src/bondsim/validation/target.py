"""`Target`: one number that the literature gives, and how the model is asked for the same one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bondsim.errors import ParameterError

K, V, N = USES = ("K", "V", "N")
"""K: may be used to set parameters. V: held out. N: a negative control."""
USE_WORDS = {K: "used to fit", V: "held out", N: "negative control"}
STRENGTHS = {
    "[P]": "read", "[C]": "counted", "[M]": "recalled", "[M?]": "doubtful", "[A]": "assumed",
}  # fmt: skip
"""What each mark of a source makes its number, from the strongest to the weakest."""
_MARK = re.compile(r"\[(?:P|C|M\?|M|A)\]")


@dataclass(frozen=True)
class Target:
    """One row of the scorecard.

    `statistic`, in words, and its `unit`; `target`, and the band from `low` to `high` that counts
    as a hit; `use`, one of `USES`; `source` of the target, with its marks. All bands are [A].
    `computed`: what is taken from the model in its place. `represented`: whether the model can say
    it at all. `why`: why it falls where it does in the default population, known after the fact.
    """

    id: str
    statistic: str
    unit: str
    target: float
    low: float
    high: float
    use: str
    source: str
    computed: str
    represented: bool = True
    why: str = ""

    def __post_init__(self) -> None:
        if self.use not in USES:
            raise ParameterError(f"{self.id}.use", self.use, f"one of {', '.join(USES)}")
        if not self.low <= self.target <= self.high or self.low == self.high:
            raise ParameterError(
                f"{self.id}.target", self.target, f"a number in [{self.low:g}, {self.high:g}]"
            )
        if not _MARK.search(self.source):
            raise ParameterError(
                f"{self.id}.source", self.source, f"a source with a mark: {', '.join(STRENGTHS)}"
            )

    @property
    def strength(self) -> str:
        """How sure the target is: the word of the weakest mark in `source`.

        read: in an abstract or the opening of a paper; counted: in public data; recalled: from
        memory, fairly sure; doubtful: from memory, not sure; assumed: no direct evidence.
        """
        marks = list(STRENGTHS)
        return STRENGTHS[max(_MARK.findall(self.source), key=marks.index)]

    def hits(self, value: float) -> bool:
        """Whether a number lies in the band, its ends included."""
        return self.low <= value <= self.high
