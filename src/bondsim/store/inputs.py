"""A run's starting network: what it is known by, and how a run folder gives it back.

A generated network is rebuilt from its specification. One that was read from a file or handed over
is kept in the folder, so that a run can be repeated wherever its folder goes, though the file it
came from has changed or is gone.
"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from bondsim.errors import BondsimError, DataError
from bondsim.labels import Labels
from bondsim.network import SOURCES, Network, Wave, build, network_digest, spec_from_dict
from bondsim.network.content import SIDES, tables_of
from bondsim.network.specs import READ
from bondsim.store.parquet import damaged, read_beside, read_table, write_table
from bondsim.store.plain import to_json

FOLDER = "network"
"""Where a network that cannot be generated again is kept."""


def generated(source: dict[str, Any]) -> bool:
    """Whether a network of this source is rebuilt from its specification."""
    return source.get("source") in SOURCES and source["source"] not in READ


def write_network(network: Network, folder: Path) -> None:
    """Keep a network under `folder`, one file a table."""
    folder.mkdir()
    labels = Labels(network)
    for name, table in tables_of(network).items():
        beside = (lambda part: {"label": labels.of(part["id"])}) if name == "agents" else None
        write_table(folder / f"{name}.parquet", [table], beside)
    waves = [wave.name for wave in network.waves]
    (folder / "waves.json").write_text(to_json(waves), encoding="utf-8")


def read_network(folder: Path, source: dict[str, Any]) -> Network:
    """The network that was kept under `folder`."""
    agents, bonds = (read_table(folder / f"{name}.parquet") for name in ("agents", "bonds"))
    try:
        names = json.loads((folder / "waves.json").read_text(encoding="utf-8"))
        views = [c.removesuffix("_ij") for c in bonds if c.endswith("_ij")]
        return Network(
            ids=agents.pop("id"),
            labels=np.asarray(read_beside(folder / "agents.parquet", "label"), dtype=object),
            i=bonds["i"],
            j=bonds["j"],
            kind=bonds["kind"],
            agents=agents,
            views={v: np.column_stack([bonds[v + side] for side in SIDES]) for v in views},
            born=bonds["born"],
            waves=tuple(_read_wave(folder, k, name) for k, name in enumerate(names, start=2)),
            source=source,
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, BondsimError):
            raise
        raise damaged(folder, f"the network cannot be read ({error})") from None


def restored(folder: Path, source: dict[str, Any], seed: int, digest: str) -> tuple[Any, Network]:
    """What to make the run's world from, a specification or a network, and the network it gives.

    `DataError` where that is not the network of the run, which `digest` tells.
    """
    if generated(source):
        known = {f.name for f in fields(SOURCES[source["source"]])} | {"source"}
        spec: Any = spec_from_dict({key: source[key] for key in source if key in known})
        network = build(spec, seed)
        fix = "repeat the run with the version of bondsim and the Network that made it"
    else:
        spec = network = read_network(folder / FOLDER, source)
        fix = "take the folder from a backup, or run it again from its data"
    if network_digest(network) != digest:
        raise DataError(str(folder), "its network is not the one that the run started from", fix)
    return spec, network


def _read_wave(folder: Path, number: int, name: str) -> Wave:
    agents, bonds = (
        read_table(folder / f"wave{number}_{table}.parquet") for table in ("agents", "bonds")
    )
    return Wave(name, bonds["i"], bonds["j"], bonds["kind"], agents)
