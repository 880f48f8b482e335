"""`Params`, one complete world, and the table of all its parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, NamedTuple, get_type_hints

from bondsim.errors import ParameterError
from bondsim.params.bonding import Cool, Feel, Part, ReachOut
from bondsim.params.checked import checked_number
from bondsim.params.meeting import Meet, Relate
from bondsim.params.people import Channels, Observe, Population, Prior, Turnover

CHANNEL_PARAMETERS: dict[str, tuple[str, ...]] = {
    "affect": ("relate.contagion",),
    "conduct": (
        "relate.cold", "relate.vigilance", "relate.spill", "relate.disclosure_loneliness",
        "meet.eta1", "meet.eta2", "reach_out.step_chronic",
    ),
    "loss": ("part.loneliness", "reach_out.accept_loneliness"),
    "selection": (
        "reach_out.accept_similarity", "part.similarity", "prior.likeness",
        "population.set_point_loading", "observe.height_loading",
    ),
    "context": ("feel.climate_sd",),
}  # fmt: skip
"""The parameters that each channel puts at their neutral values when it is off."""
CHANNELS = tuple(CHANNEL_PARAMETERS)
"""The five channels."""


@dataclass(frozen=True)
class Params:
    """One complete world, except for the network's data and the day on which it stops.

    `seed` is a whole number in [0, 2**63): the only source of luck.
    """

    seed: int = 1
    population: Population = field(default_factory=Population)
    prior: Prior = field(default_factory=Prior)
    meet: Meet = field(default_factory=Meet)
    relate: Relate = field(default_factory=Relate)
    cool: Cool = field(default_factory=Cool)
    part: Part = field(default_factory=Part)
    reach_out: ReachOut = field(default_factory=ReachOut)
    feel: Feel = field(default_factory=Feel)
    turnover: Turnover = field(default_factory=Turnover)
    observe: Observe = field(default_factory=Observe)
    channels: Channels = field(default_factory=Channels)

    def __post_init__(self) -> None:
        meta = {"low": 0, "high": 2**63 - 1, "unit": "1"}
        object.__setattr__(self, "seed", checked_number("seed", self.seed, int, meta))
        hints = get_type_hints(type(self))
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name != "seed" and not isinstance(value, hints[f.name]):
                raise ParameterError(f.name, value, f"a {hints[f.name].__name__}")
        if self.reach_out.via_friend + self.reach_out.via_context > 1.0:
            total = self.reach_out.via_friend + self.reach_out.via_context
            raise ParameterError(
                "reach_out.via_friend + reach_out.via_context", total, "a sum of at most 1"
            )
        cuts = (self.observe.cut_1, self.observe.cut_2, self.observe.cut_3)
        if list(cuts) != sorted(cuts):
            raise ParameterError("observe.cut_1, cut_2, cut_3", cuts, "rising numbers")

    def replace(self, **changes: Any) -> Params:
        """A copy with some values changed, named by path: ``replace(**{"meet.psi": 1.0})``.

        Of a group given as a mapping, what the mapping does not name stays as it was.
        """
        tree = self.as_dict()
        for path, value in changes.items():
            *parents, leaf = path.split(".")
            node: Any = tree
            for name in [*parents, leaf]:
                if not isinstance(node, dict) or name not in node:
                    raise ParameterError(path, value, "a parameter; see `bondsim params`")
                parent, node = node, node[name]
            if is_dataclass(value) and not isinstance(value, type):
                value = dataclasses.asdict(value)
            parent[leaf] = _merged(node, value)
        return from_dict(tree)

    def as_dict(self) -> dict[str, Any]:
        """Plain nested dictionaries, as written to files."""
        return dataclasses.asdict(self)

    def effective(self) -> Params:
        """The same world with the neutral values of every channel that is off."""
        neutral = {row.path: row.neutral for row in table()}
        off = [name for name in CHANNEL_PARAMETERS if not getattr(self.channels, name)]
        paths = [path for name in off for path in CHANNEL_PARAMETERS[name]]
        return self.replace(**{path: neutral[path] for path in paths})


def _merged(old: Any, new: Any) -> Any:
    """`new`, with the entries of `old` that a mapping does not name."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return new
    return {**old, **{name: _merged(old.get(name), value) for name, value in new.items()}}


GROUPS: dict[str, type] = {
    f.name: get_type_hints(Params)[f.name] for f in fields(Params) if f.name != "seed"
}
"""Name and class of each group of parameters, in the order of the model."""


def from_dict(tree: Mapping[str, Any]) -> Params:
    """`Params` from nested mappings; anything unknown or out of range is refused by name."""
    if not isinstance(tree, Mapping):
        raise ParameterError("params", tree, f"groups by name: {', '.join(GROUPS)}")
    unknown = sorted(set(tree) - set(GROUPS) - {"seed"})
    if unknown:
        raise ParameterError(unknown[0], tree[unknown[0]], f"one of seed, {', '.join(GROUPS)}")
    groups = {
        name: group_from_dict(name, GROUPS[name], values)
        for name, values in tree.items()
        if name != "seed"
    }
    return Params(seed=tree.get("seed", 1), **groups)


def group_from_dict(name: str, cls: type, values: Any) -> Any:
    """One group of parameters from a mapping."""
    if isinstance(values, cls):
        return values
    names = [f.name for f in fields(cls)]
    if not isinstance(values, Mapping):
        raise ParameterError(name, values, f"a group with {', '.join(names)}")
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise ParameterError(
            f"{name}.{unknown[0]}", values[unknown[0]], f"one of {', '.join(names)}"
        )
    return cls(**values)


class Row(NamedTuple):
    """One parameter as people read it."""

    path: str
    default: Any
    unit: str
    low: float
    high: float
    source: str
    neutral: Any
    doc: str


def table() -> Iterator[Row]:
    """Every parameter of the model, group by group."""
    for cls in GROUPS.values():
        yield from group_table(cls)


def group_table(cls: type) -> Iterator[Row]:
    """Every parameter of one group."""
    for f in fields(cls):
        m = f.metadata
        yield Row(
            f"{cls.GROUP}.{f.name}", f.default, m["unit"], m["low"], m["high"],  # type: ignore[attr-defined]
            m["source"], m["neutral"], m["doc"],
        )  # fmt: skip
