"""The day: runs the passes of the six phases over blocks of people, on one thread or several.

The result does not depend on the number of threads or the size of a block: a pass writes only what
belongs to its own people and bonds, and sums run in a fixed order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from bondsim import readouts, rows
from bondsim.compiling import check_compiles, compiled
from bondsim.params import FAMILY, PARTNER
from bondsim.phases import feel, hazards, meet, part, people, reach_out, relate
from bondsim.rates import Rates
from bondsim.ruleset import Rules
from bondsim.state import BETRAYED, DECEIVED, REPAIRED, Array, Day, State, new_day

PHASES = ("meet", "relate", "cool", "part", "reach_out", "feel")
"""The phases of a day, in order."""

EVENTS = (
    "betrayed", "deceived", "repaired", "parted", "estranged", "deepened", "partnered", "made",
    "left", "moved",
)  # fmt: skip
"""What the event log tells; an event's code is its place here."""

BLOCKS = 8
"""Blocks of people for each thread, so that a thread that was held up has others help it."""
LEAST = 4096
"""People in a block at the least: to call a pass takes 30 us, in which the other threads wait."""
BLOCK: int | None = None
"""People in a block, where it is to be another number. Any gives the same results."""
SMALL = 16384
"""Worlds of fewer people run on one thread: waiting for a second one costs more than it brings."""

TOTALLED = 16384
"""People in a block of sums. Another number would round sums over a large town otherwise."""

Log = Callable[[str, Array, Array, Array], None]
"""Takes an event's name, the places of i and j, and the kinds of the bonds."""


class Engine:
    """Runs days of one world. Holds the compiled passes and the threads, but no state."""

    def __init__(self, seed: int, rates: Rates, rules: Rules, threads: int | None = None) -> None:
        self.key = seed
        self.rates = rates
        self.rules = dict(rules.replaced)
        for rule in self.rules:
            check_compiles(rule, self.rules)
        if self.rules.keys() & hazards.BOUNDED:
            self.rules[hazards.worst_hazard] = hazards.no_bound
        self.threads = threads if threads is not None else (os.cpu_count() or 1)
        self._pool: ThreadPoolExecutor | None = None
        self._now: Day | None = None
        self._weighed = -2  # the day whose evening left the weights of bonds

    def day(self, day: int, state: State, log: Log) -> Iterator[tuple[str, State, Day]]:
        """Run the phases of `day` one after the other; yields each one's name and what it left."""
        now = self._new_day(state)
        if self._weighed != day - 1:
            self.run_pass(meet.weigh, day - 1, state, now)
        self.run_pass(meet.share_time, day, state, now)
        self.run_pass(meet.draw_meetings, day, state, now)
        now = self._number_meetings(now)
        yield "meet", state, now
        lent = _lend_start(state, now)
        self.run_pass(relate.behave, day, state, lent)
        _log_breaches(state, self.run_pass(relate.perceive, day, state, lent), log)
        state, now = _exchange_facets(state, now)
        yield "relate", state, now
        yield "cool", state, now
        self._part(day, state, now, log)
        yield "part", state, now
        state = self._reach_out(day, state, now, log)
        yield "reach_out", state, now
        compiled(feel.change_climates, self.rules)(day, self.key, self.rates, state.places)
        self.run_pass(feel.feel, day, state, now)
        self._now, self._weighed = now, day
        yield "feel", state, now

    def run_pass(
        self, function: Callable[..., Any], day: int, state: State, now: Day
    ) -> tuple[Array, ...]:
        """One pass over everybody; what it returns for the blocks, in the order of places."""
        return joined(self.run(function, state, day, self.key, self.rates, state, now))

    def run(self, function: Callable[..., Any], state: State, *rest: Any) -> list[Any]:
        """What ``function(lo, hi, *rest)`` returns for each block of a state's people."""
        size = BLOCK or max(-(-state.agents.id.size // (self.threads * BLOCKS)), LEAST)
        return self._over(function, size, state, *rest)

    def total(self, function: Callable[..., Array], state: State, now: Day) -> Array:
        """Sums over everybody: over the people of each block, and then over the blocks.

        Blocks are of `TOTALLED` people whatever the threads, so that sums are rounded alike.
        """
        sums = self._over(function, TOTALLED, state, self.rates, state, now, always=True)
        whole: Array = np.sum(sums, axis=0)
        return whole

    def _over(
        self,
        function: Callable[..., Any],
        size: int,
        state: State,
        *rest: Any,
        always: bool = False,
    ) -> list[Any]:
        """What `function` returns for each block of `size` people, one block if the town is small.

        `always`: blocks whatever the size of the town.
        """
        kernel = compiled(function, self.rules)
        n = state.agents.id.size
        alone = self.threads == 1 or n < SMALL
        if alone and not always:
            return [kernel(0, n, *rest)]
        blocks = [(lo, min(lo + size, n)) for lo in range(0, n, size)]
        if alone:
            return [kernel(lo, hi, *rest) for lo, hi in blocks]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="bondsim")
        work = [self._pool.submit(kernel, lo, hi, *rest) for lo, hi in blocks]
        return [block.result() for block in work]

    def _new_day(self, state: State) -> Day:
        """Yesterday's room where it fits, so that a large world does not ask for memory daily."""
        now, self._now = self._now, None
        if now is None or now.meeting.size != state.bonds.partner.size:
            now = new_day(state)
        ids = state.agents.id
        return now._replace(ids=ids[:0] if compiled(people.are_places)(ids) else ids)

    def _number_meetings(self, now: Day) -> Day:
        """Where each person's meetings begin in `shown`, which is made long enough."""
        total = int(np.cumsum(now.n_met, out=now.first_met)[-1])
        now.first_met[:] -= now.n_met
        if 4 * total > now.shown.size:
            now = now._replace(shown=np.empty(4 * (total + total // 32), np.float32))
        return now

    def _part(self, day: int, state: State, now: Day, log: Log) -> None:
        (slots,) = self.run_pass(part.draw_endings, day, state, now)
        if slots.size == 0:
            return
        family = state.bonds.kind[slots] == FAMILY
        log("parted", *_halves(state, slots[~family]))
        log("estranged", *_halves(state, slots[family]))
        both = np.sort(np.concatenate([slots, state.bonds.twin[slots]]))
        compiled(part.take_losses, self.rules)(both, day, self.rates, state)
        rows.cut(state.bonds, both[state.bonds.kind[both] != FAMILY])

    def _reach_out(self, day: int, state: State, now: Day, log: Log) -> State:
        deepened, candidates = self.run_pass(reach_out.deepen, day, state, now)
        log("deepened", *_halves(state, _of_smaller_ids(state, deepened)))
        _make_partners(state, _of_smaller_ids(state, candidates), log)
        i, j, kind = _once(state, *self.run_pass(reach_out.take_steps, day, state, now))
        log("made", i, j, kind)
        return self.make_bonds(day, state, i, j, kind)

    def make_bonds(self, day: int, state: State, i: Array, j: Array, kind: Array) -> State:
        """`state` with new bonds between the places i and j; see `rows.make_bonds`."""
        return rows.make_bonds(state, self.rates, self.rules, self.run, day, i, j, kind)

    def views_on(self, day: int, slots: Array, state: State) -> Array:
        """Views as of `day`: a column for each field of `View`."""
        return rows.views_on(day, slots, self.rates, self.rules, state.bonds)

    def read_outs(self, state: State) -> dict[str, Array]:
        """What everybody reports of themselves; see `readouts.of_people`."""
        return readouts.of_people(state.agents, self.rates, self.rules)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_pool": None, "_now": None}


def joined(parts: list[Any]) -> tuple[Array, ...]:
    """Tuples of arrays, one for each block, as one tuple of arrays."""
    if parts[0] is None:
        return ()
    tuples = [part if isinstance(part, tuple) else (part,) for part in parts]
    return tuple(np.concatenate(arrays) for arrays in zip(*tuples, strict=True))


def _lend_start(state: State, now: Day) -> Day:
    """`now` with room for `seen`: in most towns that of `start`, which is free until the evening.

    It would be 4 bytes a bond otherwise.
    """
    start, size = state.bonds.start, 8 * state.agents.id.size
    return now._replace(seen=start if start.size >= size else np.empty(size, np.float32))


def _exchange_facets(state: State, now: Day) -> tuple[State, Day]:
    """Facets of loneliness after the meetings become those of the people."""
    after = {"emotional": now.emotional, "social": now.social}
    before = {name: getattr(state.agents, name) for name in after}
    return state._replace(agents=state.agents._replace(**after)), now._replace(**before)


def _halves(state: State, slots: Array) -> tuple[Array, Array, Array]:
    """Owner, partner and kind of these slots."""
    bonds = state.bonds
    return bonds.partner[bonds.twin[slots]], bonds.partner[slots], bonds.kind[slots]


def _log_breaches(state: State, breaches: tuple[Array, ...], log: Log) -> None:
    slots, how = breaches
    for bit, name in ((BETRAYED, "betrayed"), (DECEIVED, "deceived"), (REPAIRED, "repaired")):
        log(name, *_halves(state, slots[(how & bit) > 0]))


def first_halves(state: State, slots: Array) -> Array:
    """Of these slots those in the row of the bond's smaller id."""
    i, j, _ = _halves(state, slots)
    first: Array = slots[state.agents.id[i] < state.agents.id[j]]
    return first


def _of_smaller_ids(state: State, slots: Array) -> Array:
    """The halves of the same bonds in the rows of the smaller ids."""
    i, j, _ = _halves(state, slots)
    return np.where(state.agents.id[i] < state.agents.id[j], slots, state.bonds.twin[slots])


def _make_partners(state: State, slots: Array, log: Log) -> None:
    """Candidates become partners in rising order of their ids, while both are still single."""
    i, j, _ = _halves(state, slots)
    ids = state.agents.id
    order = np.lexsort((ids[j], ids[i]))
    taken: set[int] = set()
    for n in order:
        a, b = int(i[n]), int(j[n])
        if a in taken or b in taken:
            continue
        taken |= {a, b}
        s = slots[n : n + 1]
        state.bonds.kind[s] = PARTNER
        state.bonds.kind[state.bonds.twin[s]] = PARTNER
        log("partnered", *_halves(state, s))


def _once(state: State, i: Array, j: Array, kind: Array) -> tuple[Array, Array, Array]:
    """Accepted steps; of two between the same people that of the smaller id."""
    ids, n = state.agents.id, np.int64(state.agents.id.size)
    doubled = np.isin(j * n + i, i * n + j) & (ids[i] > ids[j])
    return i[~doubled], j[~doubled], kind[~doubled]
