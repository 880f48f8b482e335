"""Row T20: hours together until strangers are casual friends, friends and close friends.

An experiment in a bare world: people who know nobody are introduced two by two, neighbours in
interest space, and meet by choice on most days. What would confuse the count is held still: a
meeting lasts as long as any other, nobody lacks time, nobody moves away, bonds do not end, and
loneliness stays where a person's disposition has it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bondsim.interventions import Intervention
from bondsim.measures.ties import CASUAL, CLOSE
from bondsim.measures.ties import FRIEND as FRIEND_CUT
from bondsim.network import Circles
from bondsim.params import KINDS

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.state import Array
    from bondsim.tables import Table

PEOPLE, DAYS, HOURS = 400, 400, 2.0
"""People, days lived, and hours of a meeting [A]."""
CUTS = {"T20a": CASUAL, "T20b": FRIEND_CUT, "T20c": CLOSE}
STILL = {
    "meet.gap_gain": 0.0,
    "meet.base_hours": dict.fromkeys(KINDS, HOURS),
    "population.hours_mean": 16.0,
    "population.hours_sd": 0.0,
    "population.initiative_mean": 0.8,
    "part.base": dict.fromkeys(KINDS, -40.0),
    "reach_out.step_rate": 0.0,
    "reach_out.partner_prob": 0.0,
    "feel.kappa": 0.0,
    "feel.noise_sd": 0.0,
    "turnover.rate": 0.0,
}
"""What the experiment holds still."""


def beginnings(design: Design, replicate: int) -> dict[str, float]:
    """T20: median hours at the first crossing of each closeness, mean of both sides.

    A median that is not reached is the hours lived together until the end, a lower bound.
    """
    nobody = Circles(
        n_agents=PEOPLE, friends=0.0, kin_size=1, partnered=0.0, coworkers=0.0, clients=0.0
    )
    meet_all = Intervention(what="add_bond", who="everyone", start=0)
    bare = replace(design, network=nobody, interventions=(meet_all,), days=DAYS, burn_in=0)
    run = bare.world(replicate, **STILL).run(DAYS, snapshots=range(DAYS))
    return hours_until(run.tables["bonds"], PEOPLE // 2)


def hours_until(bonds: Table, pairs: int) -> dict[str, float]:
    """Median hours over `pairs` until each of `CUTS`, from a table of bonds on every day.

    Each pair has one bond from the first day on; a day on which it met is `HOURS`.
    """
    shape = (-1, pairs)
    day, met = (bonds[name].reshape(shape) for name in ("day", "last_met"))
    hours = HOURS * np.cumsum((day == met) & (day > day[0]), axis=0)
    close = 0.5 * (bonds["closeness_ij"].astype(float) + bonds["closeness_ji"]).reshape(shape)
    return {row: _median(hours, close >= cut) for row, cut in CUTS.items()}


def _median(hours: Array, over: Array) -> float:
    """Median over pairs of their hours on the first day over the cut."""
    first = np.where(over.any(axis=0), over.argmax(axis=0), over.shape[0] - 1)
    found = np.take_along_axis(hours, first[None], axis=0)[0].astype(float)
    reached = np.where(over.any(axis=0), found, np.inf)
    middle = float(np.median(reached))
    return middle if np.isfinite(middle) else float(np.median(found))
