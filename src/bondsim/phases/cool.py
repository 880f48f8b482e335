"""Phase 3, cool: a view read on a day is what it was at the last meeting, cooled since.

Between meetings a view changes only by a closed form, so nothing is written: phases before `cool`
read views as of the day before, phases after it as of the day. Only bonds that meet are written.
"""

from __future__ import annotations

import numpy as np

from bondsim.rates import of_kind
from bondsim.rules import cooled, felt, trust
from bondsim.state import View


def view_on(day, s, rates, bonds):
    """Slot s's `View` as of `day`."""
    k = bonds.kind[s]
    days = float(day - bonds.last_met[s])
    half_life = rates.cool.evidence_half_life
    kept = cooled(np.float64(bonds.kept[s]), of_kind(rates.prior.kept, k), days, half_life)
    broken = cooled(np.float64(bonds.broken[s]), of_kind(rates.prior.broken, k), days, half_life)
    half_life = rates.cool.view_half_life
    regard = cooled(np.float64(bonds.regard[s]), rates.cool.neutral_regard, days, half_life)
    understanding = cooled(
        np.float64(bonds.understanding[s]), rates.cool.neutral_understanding, days, half_life
    )
    closeness = closeness_on(day, s, rates, bonds)
    believed = trust(kept, broken, np.float64(bonds.ceiling[s]))
    connection = felt(believed, regard, understanding, closeness)
    return View(kept, broken, believed, regard, understanding, closeness, connection)


def closeness_on(day, s, rates, bonds):
    """Closeness of slot s's view as of `day`."""
    half_life = of_kind(rates.cool.closeness_half_life, bonds.kind[s])
    days = float(day - bonds.last_met[s])
    return cooled(np.float64(bonds.closeness[s]), 0.0, days, half_life)
