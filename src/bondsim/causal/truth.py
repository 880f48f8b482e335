"""The truth that an audit judges by: a world, its twin in which people are pushed, and their slope.

People drawn by chance are made a little lonelier every day between two waves. The twin shares all
luck, so what else differs in it was caused by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.interventions import Intervention

if TYPE_CHECKING:
    from bondsim.measures.recorded import Snapshot
    from bondsim.state import Array
    from bondsim.world import Run, World


class Lived(NamedTuple):
    """A world and its twin: both runs, ids of those pushed, and of everybody on the last day.

    `ids`, int64, and `effect` of the pushes on loneliness, float64: (n_agents,), of people who were
    there on both waves.
    """

    base: Run
    pushed: Run
    treated: Array
    ids: Array
    effect: Array


def live_with_twin(world: World, first_wave: int, gap: int, share: float, push: float) -> Lived:
    """Live `world` to the second wave, and from the first one on a twin with a share pushed."""
    world.run(first_wave + 1)
    ids = world.state.agents.id.copy()
    planned = Intervention(
        what="loneliness", n=max(round(share * ids.size), 1), start=first_wave + 1, length=gap,
        dose=push,
    )  # fmt: skip
    twin = world.twin(interventions=[planned])
    base, pushed = world.run(gap), twin.run(gap)
    treated = twin.state.agents.id[twin.plan.targets[len(world.plan.interventions)]]
    stay = world.state.agents.id == ids
    effect = _felt(twin) - _felt(world)
    return Lived(base, pushed, treated, ids[stay], effect[stay])


def _felt(world: World) -> Array:
    return world.engine.read_outs(world.state)["loneliness"]


def true_slope(lived: Lived, wave: Snapshot) -> float:
    """What one unit more in one named other, if it lasts, does by the second wave.

    `wave`: the first one as it was surveyed, in which people name others. By least squares over
    people who were not pushed: their effect on the sum of the effects in those whom they named,
    with a constant for what comes from others. Exactly 0 without contagion; NaN where nobody who
    was not pushed named anybody.
    """
    order = np.argsort(lived.ids)
    ids = lived.ids[order]
    forth, back = wave.bonds["named_ij"], wave.bonds["named_ji"]
    ends = [(wave.i[forth], wave.j[forth]), (wave.j[back], wave.i[back])]
    ego, alter = (wave.agents["id"][np.concatenate(side)] for side in zip(*ends, strict=True))
    stay = np.isin(ego, ids) & np.isin(alter, ids)
    ego, alter = (order[np.searchsorted(ids, side[stay])] for side in (ego, alter))
    dose = np.bincount(ego, lived.effect[alter], lived.ids.size)
    names = np.bincount(ego, minlength=lived.ids.size) > 0
    asked = names & ~np.isin(lived.ids, lived.treated)
    if not asked.any() or np.ptp(dose[asked]) == 0.0:
        return float("nan")
    apart = dose[asked] - dose[asked].mean()
    return float((apart * lived.effect[asked]).sum() / (apart * apart).sum())
