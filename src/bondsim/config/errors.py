"""What was wrong with the words of a command line, in words of its own and not of a library's."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from bondsim.errors import BondsimError, DataError


def one_line(error: Exception) -> str:
    """A library's message without its line breaks, hints at other programs and search paths."""
    text = str(error).split("Config search path:")[0]
    lines = [line.strip() for line in text.splitlines()]
    useful = [line for line in lines if line and "hydra.cc" not in line and "use +" not in line]
    return " ".join(useful) or type(error).__name__


def unknown_choice(error: Any, files: Callable[[str], list[str]]) -> BondsimError:
    """The error for a file of `configs/` that does not exist; `files` lists those of a group."""
    group, _, name = str(error.missing_cfg_file).rpartition("/")
    options = sorted({*(error.options or ()), *files(group)} - {"fields"})
    fix = f"choose one of {', '.join(options)}" if options else "see `bondsim params`"
    return DataError(f"{group}={name}", "there is no such choice", _with_guess(name, options, fix))


def unknown_override(overrides: list[str], tree: Any, error: Exception) -> BondsimError:
    """The error for an override that sets something which does not exist."""
    top = getattr(error.__cause__, "full_key", None)
    if top:
        # the key that Hydra misses may be only the first part of what was written
        names = [override.split("=")[0].lstrip("+") for override in overrides]
        whole = [name for name in names if name.startswith(f"{top}.")]
        name = whole[0] if whole else str(top)
        if name.startswith("network.") and isinstance(tree.get("network"), Mapping):
            return not_of_network(name.removeprefix("network."), tree["network"], overrides)
        if name in set(_paths(tree)):
            fix = f"set one as {name}.friend=2, or give one number for all"
            return DataError(name, "a list where each has a name", fix)
        return unknown_name(name, set(_paths(tree)))
    return DataError("the configuration", one_line(error), "see `bondsim params`")


def not_of_network(field: str, network: Mapping[str, Any], overrides: Sequence[str]) -> DataError:
    """The error for a field that the chosen network has not, with who set it."""
    source = str(network.get("source"))
    known = fields_of(source)
    words = {word.split("=")[0].lstrip("+"): word for word in overrides}
    fix = f"it has {', '.join(known)}"
    if f"network.{field}" not in words and "experiment" in words:
        experiment = words["experiment"].lstrip("+")
        fix += f"; {experiment} set it: choose another network, or leave {experiment} out"
    found = f"{source} has no {field}"
    return DataError(f"network.{field}", found, _with_guess(field, known, fix))


def fields_of(source: str) -> list[str]:
    """What can be set of a network."""
    from bondsim.network.specs import SOURCES

    return [f.name for f in fields(SOURCES[source])] if source in SOURCES else []


def unknown_name(name: str, names: Any) -> BondsimError:
    """The error for a name that is none of `names`."""
    parent = name.rpartition(".")[0]
    if parent.startswith("intervention") and ".".join(name.split(".")[:2]) not in names:
        fix = (
            "choose an intervention first, then set it by its name: "
            "intervention=befriending intervention.befriending.n=20"
        )
        return DataError(name, "no intervention of that name is chosen", fix)
    near = sorted(n for n in names if parent and n.rpartition(".")[0] == parent)
    fix = f"{parent} has {', '.join(n.rpartition('.')[2] for n in near)}" if near else ""
    fix = fix or "`bondsim params` and `bondsim networks` list all names"
    return DataError(name, "there is no such parameter here", _with_guess(name, names, fix))


def _with_guess(name: str, names: Any, fix: str) -> str:
    guesses = difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.7)
    leaf = name.rpartition(".")[2]
    guesses = guesses or [n for n in sorted(names) if leaf and leaf in n.rpartition(".")[2]][:3]
    return f"did you mean {' or '.join(guesses)}? {fix}" if guesses else fix


def _paths(tree: Any, prefix: str = "") -> Iterator[str]:
    """The dotted path of every value and group in nested dictionaries."""
    for name, value in tree.items():
        yield f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _paths(value, f"{prefix}{name}.")
