"""The six phases of a day, as plain loops over the state that call the rules.

Each phase is one or more passes ``(lo, hi, day, key, rates, state, now)`` over the persons in
places ``lo`` to ``hi - 1``. A pass writes only what belongs to those persons, or to the bonds of
which they have the smaller id, so that blocks can run at once and in any order. What changes who is
bonded to whom is done after the passes, in `bondsim.rows`.
"""
