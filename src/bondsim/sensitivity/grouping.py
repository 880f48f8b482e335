"""Which factors move together in a screening: by mechanism, by names of one's own, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bondsim.errors import ParameterError
from bondsim.sensitivity.factors import mechanism, within
from bondsim.study.sampling import Factor, varied

MECHANISM, NONE = NAMED = ("mechanism", "none")
"""By the group that the parameter's path begins with, and each factor by itself."""
ALLOWED = "mechanism, none, or a mapping as in {traits: [population], pace: [meet.psi, relate.tau]}"


def groups_of(factors: Sequence[Factor], groups: str | Mapping[str, Any]) -> dict[str, str]:
    """For the path of each varied factor the name of what moves with it, in their order.

    Who is alone in a group is called by its path. A mapping gives names of one's own to lists of
    paths and mechanisms; what it does not name moves by itself. Raises `ParameterError` for what is
    in no group or in two, or a group that holds nothing.
    """
    paths = [factor.path for factor in varied(factors)]
    if isinstance(groups, Mapping):
        return _by_names(paths, groups)
    if groups == NONE:
        return {path: path for path in paths}
    members = Counter(map(mechanism, paths))
    return {path: path if members[mechanism(path)] == 1 else mechanism(path) for path in paths}


def _by_names(paths: Sequence[str], groups: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, members in checked_groups(groups).items():
        if name in paths and members != [name]:
            allowed = "the name of a group that is no parameter's path"
            raise ParameterError("sensitivity.groups", name, allowed)
        for member in members:
            own = [path for path in paths if within(path, member)]
            if not own:
                allowed = "made of parameters that are varied, or of the groups these belong to"
                raise ParameterError(f"sensitivity.groups.{name}", member, allowed)
            for path in own:
                if path in found:
                    allowed = f"without {path}, which is in {found[path]} already"
                    raise ParameterError(f"sensitivity.groups.{name}", member, allowed)
                found[path] = name
    return {path: found.get(path, path) for path in paths}


def checked_groups(groups: Any) -> dict[str, list[str]]:
    """A mapping of names to lists of names, if it is one: `ParameterError`."""
    found = {}
    for name, members in groups.items():
        given = [members] if isinstance(members, str) else members
        is_list = isinstance(given, list | tuple) and bool(given)
        if not name or not is_list or not all(isinstance(each, str) for each in given):
            raise ParameterError(f"sensitivity.groups.{name}", members, "a list of names")
        found[str(name)] = list(given)
    return found
