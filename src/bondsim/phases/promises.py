"""What happens in few meetings: recognition of success, promises kept or broken; in `relate`."""

from __future__ import annotations

import numpy as np

from bondsim.chance import ACCOMPLISHMENT, RECOGNITION, uniforms
from bondsim.phases.meetings import (
    ADMIRED,
    ATTENDS,
    BELIEVED,
    BROKEN,
    CLOSE,
    DISCLOSED,
    INJURY,
    KEPT,
    REGARD,
    ROOM,
    WORTH,
)
from bondsim.rules import (
    breach_prob,
    broken_after,
    hurt_added,
    kept_after,
    recognise_prob,
    recognition,
    repair_prob,
    toward,
)
from bondsim.state import BETRAYED, DECEIVED, REPAIRED


def accomplish(first, end, day, key, rates, agents, accomplished):
    """Which of persons ``first`` to ``end - 1`` have something to recognise today."""
    ids = agents.id[first:end]
    for n in range(end - first):
        u = uniforms(key, day, ACCOMPLISHMENT, ids[n], 0)
        accomplished[n] = u[0] < rates.relate.accomplishment_prob


def recognise(count, first, day, key, r, agents, places, accomplished, yours, from_you, made):
    """Accomplishments that the other recognises raise self-worth and regard."""
    for m in range(count):
        made[WORTH + m] = 0.0
        i = places[m]
        if accomplished[i - first]:
            chance = recognise_prob(
                np.float64(yours.interest[m]), np.float64(from_you[ATTENDS + m])
            )
            if uniforms(key, day, RECOGNITION, yours.id[m], agents.id[i])[0] < chance:
                admired = made[ADMIRED + m]
                made[WORTH + m] = recognition(
                    np.float64(agents.self_worth[i]), admired, r.recognition_worth
                )
                made[REGARD + m] += recognition(made[REGARD + m], admired, r.recognition_regard)


def keep_promises(
    count, r, slots, bonds, mine, yours, made, luck, n_breaches, breached, how_breached
):
    """Promises that fall due are kept or broken: evidence, injury, contempt, and repair.

    Lists the slots of the breaches behind the `n_breaches` there are, and returns how many that
    makes.
    """
    for m in range(count):
        made[INJURY + m] = 0.0
        if luck[m] >= r.promise_prob:
            continue
        believed, opens, close = made[BELIEVED + m], made[DISCLOSED + m], made[CLOSE + m]
        if luck[ROOM + m] >= breach_prob(np.float64(yours.reliability[m]), opens, r.exposure):
            made[KEPT + m] = kept_after(made[KEPT + m], believed, r.confirmation)
            continue
        s = slots[m]
        how = BETRAYED
        added = broken_after(made[BROKEN + m], believed, r.lam, r.confirmation) - made[BROKEN + m]
        injury = hurt_added(np.float64(mine.hurt[m]), close, opens, r.injury)
        made[REGARD + m] = toward(made[REGARD + m], 0.0, r.contempt)
        if luck[2 * ROOM + m] < r.deceit_prob:
            how |= DECEIVED
            bonds.ceiling[s] = min(np.float64(bonds.ceiling[s]), r.deceit_ceiling * believed)
        mended = repair_prob(
            np.float64(yours.empathy[m]), close, r.repair_base, r.repair_empathy, r.repair_closeness
        )
        if luck[3 * ROOM + m] < mended:
            how |= REPAIRED
            added *= 1.0 - r.repair_share
            injury *= 1.0 - r.repair_share
        made[BROKEN + m] += added
        made[INJURY + m] = injury
        breached[n_breaches] = s
        how_breached[n_breaches] = how
        n_breaches += 1
    return n_breaches
