"""What a network can be made from: one frozen, checked group of parameters per source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bondsim.errors import ParameterError
from bondsim.params import KINDS, Checked, group_from_dict, par

NEIGHBOURS, COMMUNITIES, ONE = "neighbours", "communities", "one"
"""Ways to give contexts to people without one: by number, by the bonds, or the same for all."""

_KIND_DOC = "kind of the bonds that name none"
_CONTEXTS_DOC = "contexts of people without one: Louvain communities of the bonds, or one for all"


def _n_agents() -> Any:
    return par(2000, "number of people", unit="people", low=2, high=50_000_000)


def _generated_contexts() -> Any:
    return par(
        NEIGHBOURS, "contexts: people of neighbouring number, Louvain communities, or one for all",
        unit="name", choices=(NEIGHBOURS, COMMUNITIES, ONE),
    )  # fmt: skip


def _context_size() -> Any:
    return par(
        40, "people in a context of neighbours", unit="people", low=2, high=100_000
    )  # fmt: skip


def _kind() -> Any:
    return par("friend", _KIND_DOC, unit="name", choices=KINDS)


def _contexts() -> Any:
    return par(COMMUNITIES, _CONTEXTS_DOC, unit="name", choices=(COMMUNITIES, ONE))


@dataclass(frozen=True)
class Circles(Checked):
    """The default network: social circles in interest space, kin groups and contexts."""

    GROUP = "network"
    source: ClassVar[str] = "circles"

    n_agents: int = _n_agents()
    friends: float = par(
        13.0, "mean number of friends", unit="bonds", high=200.0,
        source="circles: Hamill & Gilbert 2009 [P]; number [F]",
    )  # fmt: skip
    friends_spread: float = par(
        0.5, "largest share by which a person's expected friends differ from the mean", high=0.9,
        source="circles of different sizes: Hamill & Gilbert 2009 [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    kin_size: int = par(
        5, "people in a kin group", unit="people", low=1, high=50, source="3-10 family ties [A]"
    )
    partnered: float = par(0.6, "share of people with a partner", source="about .6 [A]")
    coworkers: float = par(
        16.0, "mean number of coworkers; fewer if contexts are small or they are friends as well",
        unit="bonds", high=100.0, source="5-20 [A]; number [F]",
    )  # fmt: skip
    clients: float = par(1.0, "mean number of clients", unit="bonds", high=100.0, source="[A]")
    context_size: int = par(
        25, "mean people in a context", unit="people", low=2, high=100_000, source="[F]"
    )
    context_spread: float = par(
        0.02, "scatter of contexts in interest space; large makes contexts unrelated to interest",
        high=1.0, source="[F]",
    )  # fmt: skip


@dataclass(frozen=True)
class SmallWorld(Checked):
    """A ring of neighbours with some bonds thrown far (Watts & Strogatz 1998)."""

    GROUP = "network"
    source: ClassVar[str] = "small_world"

    n_agents: int = _n_agents()
    degree: int = par(10, "bonds of a person; even, below n_agents", unit="bonds", low=2, high=1000)
    rewire: float = par(0.1, "share of bonds thrown far", source="Watts & Strogatz 1998 [M]")
    kind: str = _kind()
    contexts: str = _generated_contexts()
    context_size: int = _context_size()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.degree % 2 or self.degree >= self.n_agents:
            allowed = f"an even number below n_agents = {self.n_agents}"
            raise ParameterError("network.degree", self.degree, allowed)


@dataclass(frozen=True)
class ScaleFree(Checked):
    """Newcomers prefer the well connected (Barabasi & Albert 1999)."""

    GROUP = "network"
    source: ClassVar[str] = "scale_free"

    n_agents: int = _n_agents()
    links: int = par(
        5, "bonds that a newcomer makes; below n_agents", unit="bonds", low=1, high=500
    )
    kind: str = _kind()
    contexts: str = _generated_contexts()
    context_size: int = _context_size()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.links >= self.n_agents:
            allowed = f"a number below n_agents = {self.n_agents}"
            raise ParameterError("network.links", self.links, allowed)


@dataclass(frozen=True)
class Blocks(Checked):
    """A stochastic block model with blocks of equal size; a block is a context."""

    GROUP = "network"
    source: ClassVar[str] = "blocks"

    n_agents: int = _n_agents()
    n_blocks: int = par(50, "number of blocks", unit="blocks", low=1, high=1_000_000)
    degree_within: float = par(8.0, "mean bonds within the block", unit="bonds", high=1000.0)
    degree_between: float = par(2.0, "mean bonds with other blocks", unit="bonds", high=1000.0)
    kind: str = _kind()

    def __post_init__(self) -> None:
        super().__post_init__()
        if 2 * self.n_blocks > self.n_agents:
            allowed = f"at most half of n_agents = {self.n_agents}"
            raise ParameterError("network.n_blocks", self.n_blocks, allowed)
        within = self.n_agents // self.n_blocks - 1
        between = self.n_agents - within - 1 if self.n_blocks > 1 else 0
        for name, most in (("degree_within", within), ("degree_between", between)):
            if getattr(self, name) > most:
                allowed = f"at most {most}, the number of others there are"
                raise ParameterError(f"network.{name}", getattr(self, name), allowed)


@dataclass(frozen=True)
class Configuration(Checked):
    """Bonds at random but for how many each person has: negative binomial degrees."""

    GROUP = "network"
    source: ClassVar[str] = "configuration"

    n_agents: int = _n_agents()
    degree: float = par(10.0, "mean bonds of a person", unit="bonds", low=0.01, high=1000.0)
    dispersion: float = par(
        2.0, "evenness: the variance of degrees is degree + degree**2 / dispersion",
        low=0.05, high=1000.0,
    )  # fmt: skip
    kind: str = _kind()
    contexts: str = _generated_contexts()
    context_size: int = _context_size()


@dataclass(frozen=True)
class Builtin(Checked):
    """What all small published networks have, as shipped with networkx."""

    GROUP = "network"
    source: ClassVar[str]

    kind: str = _kind()
    contexts: str = _contexts()


@dataclass(frozen=True)
class Karate(Builtin):
    """Zachary's karate club (1977): 34 people, 78 bonds; clubs after the split as contexts."""

    source = "karate"


@dataclass(frozen=True)
class LesMiserables(Builtin):
    """Characters of Les Miserables who appear together (Knuth 1993): 77 people, 254 bonds."""

    source = "les_miserables"


@dataclass(frozen=True)
class Florentine(Builtin):
    """Marriages of Florentine families (Padgett & Ansell 1993): 15 families, 20 bonds."""

    source = "florentine"


@dataclass(frozen=True)
class Davis(Builtin):
    """Southern women who met at events (Davis et al. 1941): 18 women, bonds by shared events."""

    source = "davis"


@dataclass(frozen=True)
class EdgeList(Checked):
    """One row a bond, in CSV or Parquet, with an optional file of one row a person."""

    GROUP = "network"
    source: ClassVar[str] = "edge_list"

    path: str = par("", "file of bonds, .csv, .tsv, .txt or .parquet", unit="path", low=1)
    attributes: str = par("", "file of people; empty: none", unit="path")
    source_column: str = par("source", "column of the one person", unit="name")
    target_column: str = par("target", "column of the other person", unit="name")
    id_column: str = par("id", "column of the person in the attributes", unit="name")
    kind: str = _kind()
    contexts: str = _contexts()


@dataclass(frozen=True)
class GraphML(Checked):
    """A GraphML file, as Gephi, igraph, yEd or networkx write it."""

    GROUP = "network"
    source: ClassVar[str] = "graphml"

    path: str = par("", "file of the network, .graphml or .xml", unit="path", low=1)
    kind: str = _kind()
    contexts: str = _contexts()


@dataclass(frozen=True)
class Waves(Checked):
    """A survey panel: one file of bonds per wave; the first starts the world."""

    GROUP = "network"
    source: ClassVar[str] = "waves"

    paths: tuple[str, ...] = par((), "files of bonds, wave after wave", unit="path", low=2)
    attributes: str = par(
        "", "file of people, one row a person, or a person and `wave`; empty: none", unit="path"
    )
    source_column: str = par("source", "column of the one person", unit="name")
    target_column: str = par("target", "column of the other person", unit="name")
    id_column: str = par("id", "column of the person in the attributes", unit="name")
    kind: str = _kind()
    contexts: str = _contexts()


Spec = (
    Circles | SmallWorld | ScaleFree | Blocks | Configuration | Builtin | EdgeList | GraphML | Waves
)  # fmt: skip

SOURCES: dict[str, type] = {
    cls.source: cls
    for cls in (
        Circles, SmallWorld, ScaleFree, Blocks, Configuration,
        Karate, LesMiserables, Florentine, Davis, EdgeList, GraphML, Waves,
    )
}  # fmt: skip
"""Name in configs and class of each source."""
READ = (EdgeList.source, GraphML.source, Waves.source)
"""Sources that are read from the user's files."""


def spec_from_dict(mapping: Mapping[str, Any]) -> Any:
    """The spec that a mapping names under ``source``; the other entries are its fields.

    Raises `ParameterError` for an unknown source, an unknown field or a value out of range.
    """
    name = mapping.get("source", Circles.source)
    if name not in SOURCES:
        raise ParameterError("network.source", name, f"one of {', '.join(SOURCES)}")
    values = {key: value for key, value in mapping.items() if key != "source"}
    return group_from_dict("network", SOURCES[name], values)
