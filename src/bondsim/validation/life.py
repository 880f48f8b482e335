"""A long life: one world seen once a year, from which most rows of the scorecard come."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bondsim.measures.recorded import Recorded, Snapshot, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bondsim.causal.design import Design
    from bondsim.params import Params

YEAR = 365
"""Days between two waves."""


class Life(NamedTuple):
    """A world and what it looked like at the end of its burn-in and every year from then on.

    `run` keeps the days of all `waves`; `params` as they act, channels being off or on.
    """

    params: Params
    run: Recorded
    waves: tuple[Snapshot, ...]

    def of_years(self, years: int) -> Life:
        """The same life as if it had been watched for so many years only."""
        return self._replace(waves=self.waves[: years + 1])

    def apart(self, years: int) -> Iterator[tuple[Snapshot, Snapshot]]:
        """All pairs of waves so many years apart, in order."""
        return zip(self.waves, self.waves[years:], strict=False)


def live(design: Design, replicate: int, years: int, **changes: object) -> Life:
    """Live one replicate for its burn-in and `years` more, some parameters changed by path."""
    world = design.world(replicate, **changes)
    days = [design.burn_in + YEAR * year for year in range(years + 1)]
    run = world.run(YEAR * years + 1, burn_in=design.burn_in, snapshots=days)
    return Life(world.params.effective(), run, tuple(snapshot(run, day) for day in days))
