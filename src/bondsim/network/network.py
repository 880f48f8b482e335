"""The product of this package: people, the bonds between them, what the data say of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.network.fill import contexts_filled, groups_filled, positions_filled

if TYPE_CHECKING:
    import networkx as nx

Columns = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Wave:
    """A later wave of a survey, kept for comparison; places are rows of the `Network`.

    `agents` holds the given columns only: float64 (n,), NaN = not given; `context` and `group`
    are int32 codes in the order of their labels, -1 = not given.
    """

    name: str
    i: np.ndarray
    j: np.ndarray
    kind: np.ndarray
    agents: Columns


@dataclass(frozen=True, eq=False)
class Network:
    """Who knows whom on day 0, with n people and m bonds.

    ids: int64 (n,), rising, in [0, 2**32): what chance is keyed by. labels: object (n,) of str:
    what the user calls people. i, j: int32 (m,), rows of the two people, ``ids[i] < ids[j]``, no
    duplicates, sorted by ``(ids[i], ids[j])``. kind: int8 (m,), place in `params.KINDS`.
    agents: columns (n,): always position_x and position_y in [0, 1) on a torus and int32 codes
    context and group (in survey waves a code may belong to later waves only); traits and states
    where the data give them, NaN = not given. views: columns float64 (m, 2), i's view of j and
    j's of i, NaN = not given. born: float64 (m,), day of birth <= 0, NaN = not given. source:
    JSON-able account of where it all came from.
    """

    ids: np.ndarray
    labels: np.ndarray
    i: np.ndarray
    j: np.ndarray
    kind: np.ndarray
    agents: Columns
    views: Columns
    born: np.ndarray
    waves: tuple[Wave, ...]
    source: dict[str, Any]

    def __repr__(self) -> str:
        return f"Network({self.source['source']}, {self.n_agents} people, {self.n_bonds} bonds)"

    @property
    def n_agents(self) -> int:
        """The number of people."""
        return int(self.ids.shape[0])

    @property
    def n_bonds(self) -> int:
        """The number of bonds."""
        return int(self.i.shape[0])

    def names(self, ids: Iterable[int]) -> list[str]:
        """The users' names of people; "newcomer 7" for one who was not there at the start."""
        wanted = np.fromiter(ids, np.int64)
        place = np.minimum(np.searchsorted(self.ids, wanted), self.n_agents - 1)
        found = self.labels[place].astype(object)
        for k in np.flatnonzero(self.ids[place] != wanted).tolist():
            found[k] = _new_name(int(wanted[k]), self._taken)
        return list(map(str, found.tolist()))

    @cached_property
    def _taken(self) -> set[str]:
        return set(map(str, self.labels.tolist()))

    def to_networkx(self) -> nx.Graph:
        """An undirected networkx graph that `from_networkx` turns back into the same network.

        Nodes are labels, str. An edge has the bond's `kind` and `age` [days]; `kept_ij` is the view
        that the person of smaller id has of the other, `kept_ji` the other way round; what is not
        given is left out. Later waves are not part of the graph: a context or group that only they
        have does not come back, so that those behind it have smaller codes.
        """
        from bondsim.network.exchange import to_networkx

        return to_networkx(self)


def _new_name(person: int, taken: set[str]) -> str:
    """The name of a newcomer: not one of the users' own, who may be newcomers of another world."""
    name = f"newcomer {person}"
    while name in taken:
        name = f"new {name}"
    return name


@dataclass(frozen=True, eq=False)
class Given:
    """What data give of a network: read once, it makes the whole network of any seed.

    `data`: all that is given; its `agents` hold the given columns only, with NaN, and -1 in
    `context` and `group`, = not given. `contexts`: the rule for people without a context,
    `context_size` how many are in one of neighbours.
    """

    data: Network
    contexts: str
    context_size: int = 40

    def filled(self, seed: int) -> Network:
        """The network of this seed: places and communities that the data leave open are drawn."""
        given, i, j, n = self.data.agents, self.data.i, self.data.j, self.data.n_agents
        context, size = given.get("context"), self.context_size
        filled = {
            **given,
            **positions_filled(given, self.data.ids, seed),
            "group": groups_filled(given.get("group"), i, j, self.data.kind, n),
            "context": contexts_filled(context, i, j, n, self.contexts, size, seed),
        }
        return replace(self.data, agents=filled)


def assemble(
    ids: np.ndarray,
    i: np.ndarray,
    j: np.ndarray,
    kind: np.ndarray | int,
    *,
    contexts: str,
    source: dict[str, Any],
    labels: np.ndarray | None = None,
    agents: Mapping[str, np.ndarray] | None = None,
    views: Mapping[str, np.ndarray] | None = None,
    born: np.ndarray | None = None,
    waves: tuple[Wave, ...] = (),
    context_size: int = 40,
) -> Given:
    """People and bonds, the bonds in order.

    `ids` must be rising and at least two; `i` and `j` are rows in any order, without self loops
    and duplicates.
    """
    i, j, order, swapped = canonical(ids, i, j)
    kinds = np.broadcast_to(np.asarray(kind, dtype=np.int8), order.shape)[order]
    both = {
        name: np.where(swapped[:, None], view[order][:, ::-1], view[order])
        for name, view in (views or {}).items()
    }
    data = Network(
        ids=np.ascontiguousarray(ids, dtype=np.int64),
        labels=ids.astype(str).astype(object) if labels is None else labels,
        i=i,
        j=j,
        kind=kinds,
        agents=dict(agents or {}),
        views=both,
        born=np.full(i.shape, np.nan) if born is None else born[order],
        waves=waves,
        source=source,
    )
    return Given(data, contexts, context_size)


def canonical(
    ids: np.ndarray, i: np.ndarray, j: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Bonds with the smaller id first, sorted by ids.

    Returns i and j (int32), the order that sorts the given bonds, and, in that order, whether
    the two people changed sides.
    """
    swapped = ids[i] > ids[j]
    low, high = np.where(swapped, j, i), np.where(swapped, i, j)
    order = np.argsort((ids[low] << 32) | ids[high], kind="stable")
    return low[order].astype(np.int32), high[order].astype(np.int32), order, swapped[order]
