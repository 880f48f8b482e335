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
from bondsim.params import PARTNER
from bondsim.phases import feel, meet, part, reach_out, relate
from bondsim.rates import Rates
from bondsim.rules import part_prob
from bondsim.ruleset import Rules
from bondsim.state import (
    BETRAYED,
    CANDIDATE,
    DECEIVED,
    ESTRANGED,
    PARTED,
    REPAIRED,
    Array,
    Day,
    State,
    new_day,
)

PHASES = ("meet", "relate", "cool", "part", "reach_out", "feel")
"""The phases of a day, in order."""

EVENTS = (
    "betrayed", "deceived", "repaired", "parted", "estranged", "deepened", "partnered", "made",
    "left", "moved",
)  # fmt: skip
"""What the event log tells; an event's code is its place here."""

BLOCK = 1024
"""People in a block. Any number gives the same results."""
SMALL = 8192
"""Worlds of fewer people run on one thread: waiting for a second one costs more than it brings."""

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
        if part_prob in self.rules:
            self.rules[part.worst_hazard] = part.no_bound
        self.threads = threads if threads is not None else (os.cpu_count() or 1)
        self._pool: ThreadPoolExecutor | None = None

    def day(self, day: int, state: State, log: Log) -> Iterator[tuple[str, State, Day]]:
        """Run the phases of `day` one after the other; yields each one's name and what it left."""
        now = new_day(state)
        self.run_pass(meet.share_time, day, state, now)
        self.run_pass(meet.draw_meetings, day, state, now)
        yield "meet", state, now
        self.run_pass(relate.hold_meetings, day, state, now)
        self.run_pass(relate.gather, day, state, now)
        _log_breaches(state, now, log)
        yield "relate", state, now
        yield "cool", state, now
        self.run_pass(part.mark_endings, day, state, now)
        self.run_pass(part.take_losses, day, state, now)
        if now.ending.any():
            _log_endings(state, now, log)
            rows.cut_marked(state.bonds, now)
        yield "part", state, now
        state = self._reach_out(day, state, now, log)
        yield "reach_out", state, now
        compiled(feel.change_climates, self.rules)(day, self.key, self.rates, state.places)
        self.run_pass(feel.feel, day, state, now)
        yield "feel", state, now

    def run_pass(self, function: Callable[..., None], day: int, state: State, now: Day) -> None:
        """One pass over everybody."""
        kernel = compiled(function, self.rules)
        n = state.agents.id.size
        rest: tuple[Any, ...] = (day, self.key, self.rates, state, now)
        if self.threads == 1 or n < SMALL:
            kernel(0, n, *rest)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="bondsim")
        work = [
            self._pool.submit(kernel, lo, min(lo + BLOCK, n), *rest) for lo in range(0, n, BLOCK)
        ]
        for block in work:
            block.result()

    def _reach_out(self, day: int, state: State, now: Day, log: Log) -> State:
        kinds = state.bonds.kind.copy()
        now.event[:] = 0
        self.run_pass(reach_out.deepen, day, state, now)
        _log_deepened(state, kinds, log)
        _make_partners(state, now, log)
        self.run_pass(reach_out.take_steps, day, state, now)
        i, j, kind = _accepted_steps(state, now)
        log("made", i, j, kind)
        return rows.make_bonds(state, self.rates, self.rules, day, i, j, kind)

    def views_on(self, day: int, slots: Array, state: State) -> Array:
        """Views as of `day`: a column for each field of `View`."""
        return rows.views_on(day, slots, self.rates, self.rules, state.bonds)

    def read_outs(self, state: State) -> dict[str, Array]:
        """What everybody reports of themselves; see `readouts.of_people`."""
        return readouts.of_people(state.agents, self.rates, self.rules)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_pool": None}


def _halves(state: State, slots: Array) -> tuple[Array, Array, Array]:
    """Owner, partner and kind of these slots."""
    bonds = state.bonds
    return bonds.partner[bonds.twin[slots]], bonds.partner[slots], bonds.kind[slots]


def _log_breaches(state: State, now: Day, log: Log) -> None:
    slots = np.flatnonzero(now.event)
    for bit, name in ((BETRAYED, "betrayed"), (DECEIVED, "deceived"), (REPAIRED, "repaired")):
        log(name, *_halves(state, slots[(now.event[slots] & bit) > 0]))


def _log_endings(state: State, now: Day, log: Log) -> None:
    slots = first_halves(state, np.flatnonzero(now.ending))
    for code, name in ((PARTED, "parted"), (ESTRANGED, "estranged")):
        log(name, *_halves(state, slots[now.ending[slots] == code]))


def first_halves(state: State, slots: Array) -> Array:
    """Of these slots those in the row of the bond's smaller id."""
    i, j, _ = _halves(state, slots)
    first: Array = slots[state.agents.id[i] < state.agents.id[j]]
    return first


def _log_deepened(state: State, kinds: Array, log: Log) -> None:
    slots = first_halves(state, np.flatnonzero(state.bonds.kind != kinds))
    log("deepened", *_halves(state, slots))


def _make_partners(state: State, now: Day, log: Log) -> None:
    """Candidates become partners in rising order of their ids, while both are still single."""
    slots = np.flatnonzero(now.event & CANDIDATE)
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


def _accepted_steps(state: State, now: Day) -> tuple[Array, Array, Array]:
    """Places of the people who get a bond and its kind; of two mutual steps the smaller id's."""
    i = np.flatnonzero(now.asked >= 0)
    j = now.asked[i].astype(np.int64)
    ids = state.agents.id
    doubled = (now.asked[j] == i) & (ids[i] > ids[j])
    i, j = i[~doubled], j[~doubled]
    return i, j, now.asked_kind[i]
