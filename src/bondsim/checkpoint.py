"""Checkpoints: a whole world in one file, from which it goes on bit for bit. No pickle.

Of a run whose rows go to files as it lives, those rows stay where they are; the checkpoint has a
note beside it that says how far they belong to it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from bondsim.errors import DataError, ParameterError
from bondsim.history import History
from bondsim.interventions import Intervention, Plan
from bondsim.labels import packed, unpacked
from bondsim.network import Network, Wave
from bondsim.params import from_dict
from bondsim.ruleset import Rules
from bondsim.state import Agents, Array, Bonds, Places, State
from bondsim.tables import TABLES, Table

if TYPE_CHECKING:
    from bondsim.world import World

FORMAT = 4
"""Raised too when results change: a world that goes on under other draws would be neither."""
FIX = "name a file that World.save wrote"
NETWORK_ARRAYS = ("ids", "i", "j", "kind", "born")
DAMAGE = (KeyError, TypeError, ValueError, AttributeError)
"""What reading a file that is no checkpoint, or a damaged one, ends in."""
STATE_PARTS = {"agents": Agents, "bonds": Bonds, "places": Places}


def save_world(world: World, path: Path, note: Mapping[str, Any] | None = None) -> Path:
    """Write `world` to `path` whole: to a temporary name first, which is then renamed.

    With a `note`, which is JSON-able, all that was recorded is left out: the caller keeps it.
    """
    world.check_between_days()
    arrays: dict[str, Array] = {}
    for part in STATE_PARTS:
        columns = getattr(world.state, part)._asdict()
        arrays |= {f"state/{part}/{name}": column for name, column in columns.items()}
    for title, table in (world.history.tables() if note is None else {}).items():
        arrays |= {f"table/{title}/{name}": column for name, column in table.items()}
    arrays |= _network_arrays(world.network)
    plan = world.plan
    arrays |= {f"plan/base/{name}": base for name, base in plan.base.items()}
    arrays |= {f"plan/targets/{m}": places for m, places in plan.targets.items()}
    arrays |= {f"plan/borrowed/{m}": codes for m, codes in plan.borrowed.items()}
    about = {
        "format": FORMAT,
        "params": world.params.as_dict(),
        "interventions": [planned.as_dict() for planned in plan.interventions],
        "rules": world.rules.digests(),
        "network_source": world.network.source,
        "waves": [wave.name for wave in world.network.waves],
        "day": world.day,
        "burn_in": world.burn_in,
        "cost": plan.cost,
        "kept": world.history.kept(),
        "note": note,
    }
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    if path.is_dir():
        raise DataError(str(path), "it is a folder", "name a file to save the world in")
    try:
        with temporary.open("wb") as file:
            # uncompressed, array by array: as fast as the disk and without a second copy
            np.savez(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync(path.parent)
    except OSError as error:
        fix = "name a file in a folder that exists and can be written to"
        raise DataError(str(path), f"it cannot be written ({error.strerror})", fix) from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk for certain."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def load_world(cls: type[World], path: Path, rules: Rules | None, threads: int | None) -> World:
    """The world in `path`, as it was."""
    world, note = load_noted(cls, path, rules, threads)
    if note is not None:
        fix = "go on with `bondsim resume` and the folder of the run"
        raise DataError(str(path), "it is the checkpoint of a run that keeps its tables apart", fix)
    return world


def load_noted(
    cls: type[World], path: Path, rules: Rules | None, threads: int | None
) -> tuple[World, dict[str, Any] | None]:
    """The world in `path`, and the note that was saved with it."""
    arrays, about = _read(path)
    rules = rules if rules is not None else Rules()
    if rules.digests() != about["rules"]:
        saved = ", ".join(f"{name}=..." for name in about["rules"])
        allowed = (
            f"the same functions as in the saved world: World.load(path, rules=Rules({saved}))"
        )
        raise ParameterError("rules", list(rules.replaced_names), allowed)
    try:
        world = _restored(cls.__new__(cls), arrays, about)
    except DAMAGE as error:
        raise DataError(str(path), f"its content is damaged ({error!r})", FIX) from error
    world.rules = rules
    world.start_engine(threads)
    return world, about.get("note")


def _restored(world: World, arrays: dict[str, Array], about: dict[str, Any]) -> World:
    """`world` with everything but rules and engine as it was saved."""
    world.params = from_dict(about["params"])
    world.network = _network(arrays, about)
    world.state = State(
        *(kind(**_part(arrays, f"state/{part}/")) for part, kind in STATE_PARTS.items())
    )
    world.plan = Plan([Intervention(**planned) for planned in about["interventions"]], world.state)
    world.plan.base = _part(arrays, "plan/base/")
    world.plan.targets = {int(m): x for m, x in _part(arrays, "plan/targets/").items()}
    world.plan.borrowed = {int(m): x for m, x in _part(arrays, "plan/borrowed/").items()}
    world.plan.cost = about["cost"]
    world.day, world.burn_in = about["day"], about["burn_in"]
    world._today = None
    earlier = {name: _part(arrays, f"table/{name}/") for name in TABLES}
    world.history = History(earlier, map(int, about["kept"]))
    return world


def _read(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    if not path.is_file():
        raise DataError(str(path), "there is no such file", FIX)
    try:
        # Opened here, since numpy leaves a damaged file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        about = json.loads(arrays.pop("about").tobytes())
    except (*DAMAGE, BadZipFile, OSError, EOFError) as error:
        raise DataError(str(path), f"it is no checkpoint or is damaged ({error})", FIX) from error
    if not isinstance(about, dict) or not isinstance(about.get("rules"), dict):
        raise DataError(str(path), "it does not say what world it holds", FIX)
    if about.get("format") != FORMAT:
        found = f"its format is {about.get('format')}, this version reads {FORMAT}"
        raise DataError(str(path), found, "load it with the version that wrote it")
    return arrays, about


def _part(arrays: dict[str, Array], prefix: str) -> Table:
    """The arrays whose names start with `prefix`, named by the rest."""
    return {name[len(prefix) :]: x for name, x in arrays.items() if name.startswith(prefix)}


def _network_arrays(network: Network) -> dict[str, Array]:
    arrays = {f"network/{name}": getattr(network, name) for name in NETWORK_ARRAYS}
    arrays |= {f"network/labels/{name}": x for name, x in packed(network.labels).items()}
    arrays |= {f"network/agents/{name}": x for name, x in network.agents.items()}
    arrays |= {f"network/views/{name}": x for name, x in network.views.items()}
    for n, wave in enumerate(network.waves):
        arrays |= {f"wave/{n}/{name}": getattr(wave, name) for name in ("i", "j", "kind")}
        arrays |= {f"wave/{n}/agents/{name}": x for name, x in wave.agents.items()}
    return arrays


def _network(arrays: dict[str, Array], about: dict[str, Any]) -> Network:
    waves = tuple(
        Wave(
            name=name,
            **{column: arrays[f"wave/{n}/{column}"] for column in ("i", "j", "kind")},
            agents=_part(arrays, f"wave/{n}/agents/"),
        )
        for n, name in enumerate(about["waves"])
    )
    return Network(
        **{name: arrays[f"network/{name}"] for name in NETWORK_ARRAYS},
        labels=unpacked(**_part(arrays, "network/labels/")),
        agents=_part(arrays, "network/agents/"),
        views=_part(arrays, "network/views/"),
        waves=waves,
        source=about["network_source"],
    )
