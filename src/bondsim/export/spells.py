"""When bonds and people were there: spells between days, from the first tables and the event log.

A spell holds for the ends of the days from its onset on, before its terminus: a bond made on day 3
and parted on day 5 was there in the evenings of days 3 and 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim import chance
from bondsim.compiling import uniform_rows
from bondsim.engine import EVENTS
from bondsim.errors import DataError
from bondsim.measures.recorded import Recorded, days_kept, snapshot

if TYPE_CHECKING:
    from bondsim.measures.recorded import Table
    from bondsim.state import Array

BEGINS, TURNS, ENDS = ("made",), ("deepened", "partnered"), ("parted", "left", "moved")
"""Events that begin a bond, change its kind, and end it; estranged family stays bonded."""
THERE = "there"
"""How a bond began that was there on the first day."""
HOW = (*BEGINS, *TURNS, *ENDS, THERE)


def edge_spells(run: Recorded) -> Table:
    """A row for each time that two people had a bond of one kind, sorted by ids and onset.

    `i`, `j`: ids, i < j; `onset`, `terminus` int64 [day]; `onset_censored`: the bond is older than
    the first day recorded; `terminus_censored`: it outlasted the last, which makes the terminus
    the day after; `kind` int8; `born` int64 [day], when the bond was made; `began` and `ended`,
    places in `HOW`, -1 for a bond that did not end. A bond that changes its kind goes on in a new
    row. What began and ended between two evenings has none.

    `DataError` where events do not follow from the tables of the first day.
    """
    first, last = _span(run)
    log = _changes(run, first)
    order = np.lexsort((log["turn"], log["j"], log["i"]))
    log = {name: column[order] for name, column in log.items()}
    same = (log["i"][1:] == log["i"][:-1]) & (log["j"][1:] == log["j"][:-1])
    goes_on = np.append(same, False)  # the next row is of the same pair
    begins = np.isin(log["how"], _codes((*BEGINS, THERE)))
    ends = np.isin(log["how"], _codes(ENDS))
    _check(log, begins, ends, np.insert(same, 0, False))
    # where the bond of each row began
    source = np.maximum.accumulate(np.where(begins, np.arange(begins.size), 0))
    spells = {
        "i": log["i"], "j": log["j"],
        "onset": log["day"],
        "terminus": np.where(goes_on, np.append(log["day"][1:], 0), last + 1),
        "onset_censored": (log["how"] == HOW.index(THERE)) & (log["born"] < first),
        "terminus_censored": ~goes_on,
        "kind": log["kind"],
        "born": log["born"][source] if source.size else log["born"],
        "began": log["how"],
        "ended": np.where(goes_on, np.append(log["how"][1:], 0), -1).astype(np.int8),
    }  # fmt: skip
    kept = ~ends & (spells["onset"] < spells["terminus"])
    return {name: column[kept] for name, column in spells.items()}


def vertex_spells(run: Recorded) -> Table:
    """A row for each person who was ever there, in rising order of id.

    `id`; `onset`, `terminus` int64 [day]; `onset_censored`, `terminus_censored`: there on the first
    day recorded, and on the last. Who moves away, and the ids of newcomers, follow from the seed
    as in `turnover`: the log tells of moves only where bonds ended. `DataError` where they are not
    the people of a day that was kept.
    """
    first, last = _span(run)
    kept = set(days_kept(run))
    here = snapshot(run, first).agents["id"].copy()
    ids, onset = [here], [np.full(here.size, first)]
    gone: dict[int, int] = {}
    rate, seed = run.params.turnover.rate, run.params.seed
    for day in range(first + 1, last + 1) if rate > 0.0 else ():
        away = uniform_rows(seed, day, chance.TURNOVER, here)[:, 0] < rate
        if away.any():
            new = int(here.max()) + 1 + np.arange(int(away.sum()))
            gone |= dict.fromkeys(here[away].tolist(), day)
            here = np.concatenate([here[~away], new])
            ids.append(new)
            onset.append(np.full(new.size, day))
        if day in kept and not np.array_equal(here, snapshot(run, day).agents["id"]):
            raise DataError(
                f"day {day}", "other people than the seed's turnover leaves there",
                "export a run that this version of bondsim made",
            )  # fmt: skip
    everyone, begun = np.concatenate(ids), np.concatenate(onset).astype(np.int64)
    until = np.array([gone.get(i, last + 1) for i in everyone.tolist()], np.int64)
    return {
        "id": everyone, "onset": begun, "terminus": until,
        "onset_censored": begun == first, "terminus_censored": until == last + 1,
    }  # fmt: skip


def _span(run: Recorded) -> tuple[int, int]:
    """The first and the last day recorded."""
    days = days_kept(run)
    return days[0], days[-1]


def _changes(run: Recorded, first: int) -> Table:
    """The bonds of the first day, and all that begins, changes or ends one later, in turn."""
    start, events = snapshot(run, first).bonds, run.tables["events"]
    code = np.array([HOW.index(e) if e in HOW else -1 for e in EVENTS], np.int8)
    how = code[events["event"]]
    wanted = (how >= 0) & (events["day"] > first)
    log = {name: column[wanted] for name, column in events.items()}
    n = start["i"].size
    day = np.concatenate([np.full(n, first), log["day"]]).astype(np.int64)
    return {
        "i": np.concatenate([start["i"], np.minimum(log["i"], log["j"])]),
        "j": np.concatenate([start["j"], np.maximum(log["i"], log["j"])]),
        "day": day,
        "how": np.concatenate([np.full(n, HOW.index(THERE), np.int8), how[wanted]]),
        "kind": np.concatenate([start["kind"], log["kind"]]),
        "born": np.concatenate([start["born"], log["day"]]).astype(np.int64),
        "turn": np.arange(day.size),
    }


def _check(log: Table, begins: Array, ends: Array, follows: Array) -> None:
    """Refuse a log in which a bond begins twice, or ends without one."""
    bonded = follows & ~np.insert(ends[:-1], 0, False) if ends.size else follows
    wrong = np.flatnonzero(begins == bonded)
    if wrong.size:
        k = wrong[0]
        raise DataError(
            f"events, day {log['day'][k]}, bond {log['i'][k]} - {log['j'][k]}",
            f"{HOW[log['how'][k]]} {'while bonded' if bonded[k] else 'without a bond'}",
            "export a run whose events were all recorded",
        )


def _codes(names: tuple[str, ...]) -> list[int]:
    return [HOW.index(name) for name in names]
