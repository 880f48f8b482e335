"""The six phases of a day, as plain loops over the state that call the rules.

Each phase is one or more passes ``(lo, hi, day, key, rates, state, now)`` over the persons in
places ``lo`` to ``hi - 1``. A pass writes only what belongs to those persons, or to bonds of which
no other block takes care, so that blocks can run at once and in any order; what a pass finds, such
as the slots of bonds that end, it returns. What changes who is bonded to whom is done after the
passes, in `bondsim.rows`.

Loops over many slots, meetings or people stand in functions of their own and read contiguous
columns, without branches that write: then the compiler does eight of them at a time. A function
that takes whole tables is called for many at once, since each call counts references to them.
"""
