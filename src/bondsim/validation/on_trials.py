"""Rows T31 and T32: a negative control, and the arms of trials, as twins that share all luck."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim.causal.design import live
from bondsim.causal.estimators.methods import METHODS
from bondsim.causal.estimators.panel import panel_of
from bondsim.causal.truth import live_with_twin
from bondsim.interventions import Intervention
from bondsim.measures.survey import survey
from bondsim.params import CHANNELS
from bondsim.validation.life import YEAR

if TYPE_CHECKING:
    from bondsim.causal.design import Design
    from bondsim.state import Array
    from bondsim.world import World

SHARE, PUSH = 0.1, 0.002
"""Part of people pushed in T31b, and by how much every day for a year [A]."""
TREATED, LENGTH = 0.1, 91
"""Part of people in a trial, the loneliest, and days of treatment [A]."""
ARMS: dict[str, tuple[tuple[str, float], ...]] = {
    "T32a": (("cognition", 1.0),),
    "T32b": (("cognition", 1.0), ("first_step", 0.2)),
    "T32c": (("befriending", 0.0),),
    "T32d": (("group", 0.0),),
}
"""What each arm changes, and the doses [A]."""


def control(design: Design, replicate: int) -> dict[str, float]:
    """T31: height in a world whose only channel is selection, surveyed twice a year apart."""
    alone = {f"channels.{channel}": channel == "selection" for channel in CHANNELS}
    world = design.world(replicate, **alone)
    lived = live_with_twin(world, design.burn_in, YEAR, SHARE, PUSH)
    seed = world.params.seed
    waves = survey(lived.base, days=[design.burn_in, design.burn_in + YEAR], seed=seed).waves
    naive = METHODS["negative_control_height"].estimate(panel_of(waves), seed)
    heights = [run.tables["agents"] for run in (lived.base, lived.pushed)]
    last = [table["height"][table["day"] == design.burn_in + YEAR] for table in heights]
    return {"T31a": naive.estimate, "T31b": float(np.abs(last[1] - last[0]).max())}


def arms(design: Design, replicate: int) -> dict[str, float]:
    """T32: what each arm does to those whom it treats, in standard deviations between people."""
    world = design.world(replicate)
    live(world, design.burn_in)
    spread = float(_loneliness(world).std())
    treated = max(round(TREATED * world.state.agents.id.size), 1)
    twins = {
        row: world.twin(interventions=[
            Intervention(what=what, who="loneliest", n=treated, start=world.day, length=LENGTH,
                         dose=dose)
            for what, dose in planned
        ])
        for row, planned in ARMS.items()
    }  # fmt: skip
    until = design.burn_in + LENGTH
    live(world, until)
    return {row: _effect(world, twin, until) / spread for row, twin in twins.items()}


def _effect(world: World, twin: World, until: int) -> float:
    """Mean difference in loneliness of those whom the twin's last intervention treats."""
    live(twin, until)
    chosen = twin.plan.targets[len(twin.plan.interventions) - 1]
    return float((_loneliness(twin) - _loneliness(world))[chosen].mean())


def _loneliness(world: World) -> Array:
    found: Array = world.engine.read_outs(world.state)["loneliness"]
    return found
