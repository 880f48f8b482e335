"""What a run has recorded so far: the daily series, the event log, and tables of chosen days.

What a long run has recorded moves to a store, out of memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bondsim import readouts
from bondsim.engine import EVENTS, Engine
from bondsim.measures.daily import SERIES, daily_row, named
from bondsim.params import KINDS
from bondsim.rows import used_slots
from bondsim.state import FIELDS, Array, Day, Field, State, View
from bondsim.tables import TABLES, Parted, Table, stacked

if TYPE_CHECKING:
    import pandas as pd

NAMES: dict[str, tuple[str, ...]] = {"kind": KINDS, "event": EVENTS}
"""Columns that hold codes, and what each code stands for."""
COUNTED = tuple(f"n_{event}" for event in EVENTS)
"""Columns of the daily series that count the day's events."""
_OVERHEAD = 500
"""About what a handful of small arrays takes beside their numbers [bytes]."""


class Store(Protocol):
    """Files that take the rows of a long run out of memory: `study.streams.Streams`."""

    def append(self, tables: Mapping[str, Table]) -> None:
        """Add the rows of each table behind its earlier ones."""

    def parts(self, name: str) -> Iterator[Table]:
        """The rows of a table, in order."""


class History:
    """Tables that grow by a row a day; `tables` gives them whole.

    `earlier`: rows of an earlier life, and `kept` the days of its tables of persons and bonds.
    Where a `store` is set, `flush` moves all rows there.
    """

    def __init__(
        self, earlier: Mapping[str, Table] | None = None, kept: Iterable[int] = ()
    ) -> None:
        self.store: Store | None = None
        self._kept = list(kept)
        self._forget(earlier or {})

    def _forget(self, earlier: Mapping[str, Table]) -> None:
        """Hold no rows but these."""
        self._earlier = earlier
        self._days: list[int] = []
        self._rows: list[Array] = []
        self._counts: list[Array] = []
        self._events: list[tuple[int, int, Array, Array, Array]] = []
        self._snapshots: dict[str, list[Table]] = {"agents": [], "bonds": []}
        self.held_bytes = 0

    def log(self, day: int, event: str, i: Array, j: Array, kind: Array) -> None:
        """Add events of one sort: ids of the two people and the kinds of their bonds."""
        if i.size:
            order = np.lexsort((j, i))
            self._events.append((day, EVENTS.index(event), i[order], j[order], kind[order]))
            self.held_bytes += _OVERHEAD + i.nbytes + j.nbytes + kind.nbytes

    def end_day(self, day: int, state: State, now: Day, engine: Engine) -> None:
        """Add the day's row to the series."""
        self._days.append(day)
        self._rows.append(daily_row(state, now, engine))
        counts = np.zeros(len(EVENTS), np.int64)
        for logged, code, i, _, _ in reversed(self._events):
            if logged != day:
                break
            counts[code] += i.size
        self._counts.append(counts)
        self.held_bytes += _OVERHEAD + self._rows[-1].nbytes + counts.nbytes

    def last(self) -> dict[str, float]:
        """The newest row of the series."""
        counts = zip(COUNTED, self._counts[-1].tolist(), strict=True)
        return {"day": self._days[-1], **named(self._rows[-1]), **dict(counts)}

    def snapshot(self, day: int, engine: Engine, state: State) -> None:
        """Keep the tables of persons and bonds as they are at the end of `day`."""
        for name, table_of in (("agents", agents_table), ("bonds", bonds_table)):
            table = table_of(day, engine, state)
            self._snapshots[name].append(table)
            self.held_bytes += sum(column.nbytes for column in table.values())
        self._kept.append(day)

    def kept(self) -> list[int]:
        """Days of which the tables of persons and bonds are kept, in rising order."""
        return list(self._kept)

    def tables(self) -> Mapping[str, Table]:
        """The tables `TABLES`: a dictionary, or `Parted` where rows lie in a store."""
        held = self._held()
        return held if self.store is None else Parted(partial(_both, self.store, held))

    def flush(self) -> None:
        """Move all rows that are held in memory to the store."""
        assert self.store is not None, "there is no store to move rows to"
        self.store.append(self._held())
        self._forget({})

    def _held(self) -> dict[str, Table]:
        own = {
            "series": self._series(),
            "events": self._event_table(),
            **{name: stacked(parts) for name, parts in self._snapshots.items()},
        }
        return {name: stacked([self._earlier.get(name, {}), own[name]]) for name in TABLES}

    def _series(self) -> Table:
        rows = np.array(self._rows).reshape(-1, len(SERIES))
        counts = np.array(self._counts, np.int64).reshape(-1, len(COUNTED))
        table: Table = {"day": np.array(self._days, np.int32)}
        for c, (name, field) in enumerate(SERIES.items()):
            table[name] = rows[:, c].astype(field.dtype)
        for c, name in enumerate(COUNTED):
            table[name] = counts[:, c]
        return table

    def _event_table(self) -> Table:
        sizes = [i.size for _, _, i, _, _ in self._events]
        return {
            "day": np.repeat(np.array([e[0] for e in self._events], np.int32), sizes),
            "event": np.repeat(np.array([e[1] for e in self._events], np.int8), sizes),
            "i": _joined([e[2] for e in self._events]),
            "j": _joined([e[3] for e in self._events]),
            "kind": _joined([e[4] for e in self._events]).astype(np.int8),
        }


def _joined(ids: list[Array]) -> Array:
    return np.concatenate([np.zeros(0, np.int64), *ids])


def _both(store: Store, held: Mapping[str, Table], name: str) -> Iterator[Table]:
    """The rows in the store, then those in memory."""
    yield from store.parts(name)
    yield held[name]


def agents_table(day: int, engine: Engine, state: State) -> Table:
    """Every column of every person, in rising order of id, and what follows from them."""
    agents, order = state.agents, np.argsort(state.agents.id)
    table: Table = {"day": np.full(order.size, day, np.int32)}
    for name in FIELDS["agents"]:
        table[name] = getattr(agents, name)[order]
    for name, values in engine.read_outs(state).items():
        table[name] = values[order].astype(np.float32)
    climate = state.places.climate[agents.context]
    table["climate"] = climate[order]
    controls = readouts.controls(day, engine.key, engine.rates, agents, climate)
    for name, values in controls.items():
        table[name] = values[order].astype(np.float32)
    table["degree"] = state.bonds.degree[order]
    return table


def bonds_table(day: int, engine: Engine, state: State) -> Table:
    """One row a bond, ids i < j, with both views as of the end of `day` (``_ij`` and ``_ji``)."""
    bonds, ids = state.bonds, state.agents.id
    slots, owner = used_slots(bonds)
    partner = bonds.partner[slots]
    slots, owner, partner = (x[ids[owner] < ids[partner]] for x in (slots, owner, partner))
    pair = (ids[owner].astype(np.uint64) << np.uint64(32)) | ids[partner].astype(np.uint64)
    if (pair[1:] < pair[:-1]).any():  # rows lie in rising order of ids until people move away
        order = np.argsort(pair)
        slots, owner, partner = slots[order], owner[order], partner[order]
    forth = engine.views_on(day, slots, state)
    back = engine.views_on(day, bonds.twin[slots].astype(np.int64), state)
    table: Table = {
        "day": np.full(slots.size, day, np.int32),
        "i": ids[owner],
        "j": ids[partner],
        **{name: getattr(bonds, name)[slots] for name in ("kind", "born", "last_met")},
    }
    for suffix, views, side in (("ij", forth, slots), ("ji", back, bonds.twin[slots])):
        for c, name in enumerate(View._fields):
            table[f"{name}_{suffix}"] = views[:, c].astype(np.float32)
        table[f"ceiling_{suffix}"] = bonds.ceiling[side]
    felt = View._fields.index("felt")
    for name, values in readouts.of_bonds(forth[:, felt], back[:, felt], engine.rules).items():
        table[name] = values.astype(np.float32)
    return table


def named_frame(table: Table) -> pd.DataFrame:
    """A table as a data frame, with names for codes."""
    import pandas as pd

    frame = pd.DataFrame({**table})
    for column in frame.columns.intersection(list(NAMES)):
        names = pd.Index(NAMES[column])
        frame[column] = pd.Categorical.from_codes(table[column], categories=names)
    return frame


def column_units() -> dict[str, dict[str, dict[str, str]]]:
    """Unit and meaning of each column of each table, to be written beside them."""
    views = {}
    for view in (*View._fields, "ceiling"):
        field = FIELDS["bonds"].get(view) or _OF_VIEWS[view]
        for suffix, whose in (("ij", "i's view of j"), ("ji", "j's view of i")):
            views[f"{view}_{suffix}"] = field._replace(doc=f"{field.doc}, {whose}")
    of_bond = {name: FIELDS["bonds"][name] for name in ("kind", "born", "last_met")}
    counts = {f"n_{e}": Field("int64", "1/day", f"events of the day: {e}") for e in EVENTS}
    described = {
        "series": {**_DAY, **SERIES, **counts},
        "events": {**_DAY, **_EVENT, **_ENDS, "kind": of_bond["kind"]},
        "agents": {**_DAY, **FIELDS["agents"], **_OF_PEOPLE},
        "bonds": {**_DAY, **_ENDS, **of_bond, **views, **_OF_BONDS},
    }
    return {
        table: {name: {"unit": f.unit, "meaning": f.doc} for name, f in columns.items()}
        for table, columns in described.items()
    }


_DAY = {"day": Field("int32", "day", "the day at whose end this was so, or on which it happened")}
_EVENT = {"event": Field("int8", "1", "what happened")}
_ENDS = {
    "i": Field("int64", "1", "id of the first person; of an event, of who acts or is hurt"),
    "j": Field("int64", "1", "id of the other person"),
    "label_i": Field("object", "1", "the user's own name of i"),
    "label_j": Field("object", "1", "the user's own name of j"),
}
_OF_PEOPLE = {
    "loneliness": Field("float32", "1", "mean of both facets"),
    "lonely_days": Field("float32", "days/week", "lonely days a week, as the CES-D item asks"),
    "scale_score": Field("float32", "20-80", "score on a loneliness scale"),
    "climate": Field("float32", "1", "mood of the person's context"),
    "height": Field("float32", "cm", "negative control: fixed, and nobody's to give"),
    "headaches": Field("float32", "days/week", "negative control: follows the context's climate"),
    "degree": Field("int32", "bonds", "number of bonds"),
    "label": Field("object", "1", "the user's own name of the person"),
}
_OF_VIEWS = {
    "trust": Field("float32", "1", "trust in the other"),
    "felt": Field("float32", "1", "felt connection"),
}
_OF_BONDS = {
    "strength": Field("float32", "1", "felt connection of the weaker side"),
    "reciprocity": Field("float32", "1", "weaker side's felt over the stronger's"),
}
