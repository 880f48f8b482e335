"""What an analysis found: tables, all that determines them, and the table that people read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np

from bondsim.causal.design import Design
from bondsim.tables import Table, content_hash

EXPLAINS = "It explains the model, not the world: what causes what in these worlds, by these rules."
"""What every analysis says on its face."""


class Found(Protocol):
    """An analysis, fresh or stored."""

    @property
    def kind(self) -> str:
        """twin, channels, compare, audit or response."""

    @property
    def science(self) -> Mapping[str, Any]:
        """All that determines the tables."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """What was found."""


@dataclass(frozen=True, eq=False)
class Analysis:
    """What one analysis found and all that determines it; `plan`: dataclasses by name."""

    kind: str
    design: Design
    plan: Mapping[str, Any]
    tables: Mapping[str, Table]

    @cached_property
    def science(self) -> dict[str, Any]:
        """All that determines the result, JSON-able."""
        plan = {name: asdict(part) for name, part in self.plan.items()}
        return {"analysis": self.kind, **json.loads(json.dumps(plan)), **self.design.science()}

    @property
    def hash(self) -> str:
        """SHA-256 of the content of all results, the same for any number of processes."""
        return content_hash(self.tables, json.dumps(self.science, sort_keys=True))


class Report(NamedTuple):
    """The table that an analysis ends with."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]


def times(n: int, name: str) -> str:
    """A number of things in words: 1 replicate, 2 replicates."""
    return f"{n:,} {name}{'' if n == 1 else 's'}"


def rows_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """A table from its rows, all with the same names: text, int64 or float64 columns."""
    names = list(rows[0]) if rows else []
    return {name: _column([row[name] for row in rows]) for name in names}


def _column(values: Sequence[Any]) -> Any:
    if isinstance(values[0], str):
        return np.array(values, dtype=np.str_)
    if isinstance(values[0], float | np.floating):
        return np.array(values, dtype=np.float64)
    return np.array(values, dtype=np.int64)
