"""Networks from files: edge lists and survey waves, each with an optional file of people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bondsim.errors import DataError
from bondsim.network.cells import first
from bondsim.network.columns import text_of
from bondsim.network.network import Columns, Given, Wave, assemble, canonical
from bondsim.network.records import (
    Bonds,
    Roster,
    everyone,
    ignored,
    legends,
    read_agents,
    read_bonds,
    read_ends,
    read_people,
)
from bondsim.network.specs import EdgeList, Waves
from bondsim.network.tables import Table, fingerprint, read_table


def edge_list(spec: EdgeList) -> Given:
    """What one file of bonds gives, and one of people where it is given."""
    people = read_table(spec.attributes) if spec.attributes else None
    return _panel(spec, (spec.path,), people, {1: people} if people else {})


def waves(spec: Waves) -> Given:
    """What the first wave gives, with the later waves beside it.

    Everyone of any wave is in it from the start, so that a person keeps one id throughout.
    """
    people = read_table(spec.attributes) if spec.attributes else None
    per_wave = _by_wave(people, _wave_names(spec.paths)) if people else {}
    return _panel(spec, spec.paths, people, per_wave)


def _panel(
    spec: EdgeList | Waves,
    paths: Sequence[str],
    people: Table | None,
    per_wave: dict[int, Table],
) -> Given:
    ends = [read_ends(read_table(path), spec.source_column, spec.target_column) for path in paths]
    in_wave = {wave: read_people(table, spec.id_column) for wave, table in per_wave.items()}
    named = [label for labels in in_wave.values() for label in labels] if people else None
    roster = everyone(ends, named, spec.attributes)
    meaning = legends(people) if people else {}
    agents = {
        wave: read_agents(table, in_wave[wave], roster, meaning) for wave, table in per_wave.items()
    }
    bonds = [read_bonds(each, roster, spec.kind) for each in ends]
    used = (spec.source_column, spec.target_column)
    dropped = {Path(each.table.where).name: ignored(each.table, used, bonds=True) for each in ends}
    if people:
        read = (spec.id_column, *(("wave",) if isinstance(spec, Waves) else ()))
        dropped[Path(people.where).name] = ignored(people, read, bonds=False)
    source: dict[str, Any] = {
        "source": spec.source,
        "kind": spec.kind,
        "contexts": spec.contexts,
        "files": [fingerprint(path) for path in (*paths, spec.attributes) if path],
        "labels": meaning,
        "ignored": {name: columns for name, columns in dropped.items() if columns},
    }
    later = tuple(
        _wave(name, roster, bonds[k], agents.get(k + 1, {}))
        for k, name in enumerate(_wave_names(paths))
        if k
    )
    start = bonds[0]
    return assemble(
        roster.ids, start.i, start.j, start.kind, contexts=spec.contexts, source=source,
        labels=roster.labels, agents=agents.get(1), views=start.views, born=start.born, waves=later,
    )  # fmt: skip


def _wave(name: str, roster: Roster, bonds: Bonds, agents: Columns) -> Wave:
    i, j, order, _ = canonical(roster.ids, bonds.i, bonds.j)
    return Wave(name, i, j, bonds.kind[order], agents)


def _wave_names(paths: Sequence[str]) -> list[str]:
    """A wave is named by its file, or by its number where two files have one name."""
    stems = [Path(path).stem for path in paths]
    unique = len(set(stems)) == len(stems)
    return stems if unique else [str(k) for k in range(1, len(stems) + 1)]


def _by_wave(people: Table, wave_names: list[str]) -> dict[int, Table]:
    """The rows of each wave, counted from 1; without a column `wave` all belong to the first."""
    if "wave" not in people.columns:
        return {1: people}
    number = {str(k): k for k in range(1, len(wave_names) + 1)}
    number.update({name: k for k, name in enumerate(wave_names, start=1)})
    values, place = people.columns["wave"].values
    of_value = np.array([number.get(text_of(value), 0) for value in values])
    wave = of_value[place]
    if (wave == 0).any():
        k = first(wave == 0)
        allowed = f"a number from 1 to {len(wave_names)}, or one of {', '.join(wave_names)}"
        raise DataError(people.at(k), f"wave is {people.columns['wave'][k]!r}", f"give {allowed}")
    rows = {each: np.flatnonzero(wave == each) for each in np.unique(wave).tolist()}
    return {
        each: Table(
            people.where,
            {name: cells.chosen(chosen) for name, cells in people.columns.items()},
            np.asarray(people.rows)[chosen],
        )
        for each, chosen in rows.items()
    }
