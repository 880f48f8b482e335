"""Values of a composed config, with words turned into what they stand for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bondsim.config.composing import listed
from bondsim.config.errors import fields_of, not_of_network
from bondsim.errors import ParameterError
from bondsim.params import group_from_dict

if TYPE_CHECKING:
    from bondsim.interventions import Intervention

_SWITCHES: dict[Any, bool] = {
    "on": True, "yes": True, "true": True, "off": False, "no": False, "false": False,
}  # fmt: skip


def group_of(name: str, value: Any) -> dict[str, Any]:
    """A group of the config, which a mapping tells."""
    if not isinstance(value, Mapping):
        raise ParameterError(name, value, f"the name of a file in configs/{name}{listed(name)}")
    return {str(key): entry for key, entry in value.items()}


def change_of(value: Any) -> dict[str, Any]:
    """What a twin changes: parameters by path."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ParameterError("change", value, "parameters by path, as in change={meet.psi: 2}")
    return {
        str(path): _switch(each) if str(path).startswith("channels.") else each
        for path, each in value.items()
    }


def network_of(values: dict[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """The chosen network, without fields that another one has."""
    known = fields_of(str(values.get("source")))
    unknown = [name for name in values if name not in {"source", *known}]
    if known and unknown:
        raise not_of_network(unknown[0], values, overrides)
    return values


def plain(name: str, value: Any) -> Any:
    """A top-level value with words turned into what they stand for."""
    if name == "seed" and value == "random":
        return secrets.randbits(32)
    if name == "quiet":
        return _switch(value)
    if name == "channels" and isinstance(value, Mapping):
        return {channel: _switch(state) for channel, state in value.items()}
    return value


def _switch(value: Any) -> Any:
    """True and False for the words for them; anything else as it is, to be refused by name."""
    return _SWITCHES.get(value.lower(), value) if isinstance(value, str) else value


def interventions_of(plans: dict[str, Any], days: int) -> tuple[Intervention, ...]:
    """One intervention for each entry, in the order in which they were named.

    Each starts on one of the `days` that the world lives.
    """
    from bondsim.interventions import Intervention

    found = []
    for name, values in plans.items():
        planned = group_from_dict(f"intervention.{name}", Intervention, values)
        if planned.start >= days:
            allowed = f"a day in [0, {days - 1}], the days of this run"
            raise ParameterError(f"intervention.{name}.start", planned.start, allowed)
        found.append(planned)
    return tuple(found)
