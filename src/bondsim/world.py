"""`World`: a town that lives, from Python. `Run`: what came of some of its days."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import GEN_CLOSED, getgeneratorstate
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from bondsim.engine import Engine
from bondsim.errors import BondsimError, ParameterError
from bondsim.history import History, agents_table, bonds_table, named_frame
from bondsim.interventions import Intervention, Plan, check_reach
from bondsim.labels import add_labels
from bondsim.network import SOURCES, Circles, Network, build, from_networkx
from bondsim.params import Params
from bondsim.population import first_state
from bondsim.rates import rates_of
from bondsim.ruleset import Rules
from bondsim.tables import Table, content_hash
from bondsim.turnover import leavers, replace_leavers

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from bondsim.network import Spec
    from bondsim.state import Array, State


@dataclass(frozen=True, eq=False)
class Run:
    """What a run found and all that determines it.

    `tables`: series, events, agents, bonds. `rules`: name and hash of each replaced rule.
    """

    params: Params
    network: Network
    interventions: tuple[Intervention, ...]
    rules: dict[str, str]
    days: int
    burn_in: int
    snapshots: tuple[int, ...]
    tables: Mapping[str, Table]
    cost: float

    def science(self) -> dict[str, Any]:
        """All that determines the result, JSON-able: what a stored run is named and repeated by."""
        return {
            "params": self.params.as_dict(),
            "network": self.network.source,
            "interventions": [planned.as_dict() for planned in self.interventions],
            "rules": dict(self.rules),
            "days": self.days,
            "burn_in": self.burn_in,
            "snapshots": list(self.snapshots),
        }

    @property
    def hash(self) -> str:
        """SHA-256 of the content of all results, the same for any number of threads."""
        return content_hash(self.tables, json.dumps(self.science(), sort_keys=True))

    def __repr__(self) -> str:
        people, source = self.network.n_agents, self.network.source["source"]
        return f"Run({source}, {people} people, {self.days} days, seed {self.params.seed})"

    def frame(self, name: str) -> pd.DataFrame:
        """One of the tables as a data frame, with the users' own labels and names for codes."""
        return frame_of(self.tables[name], self.network)


class World:
    """One world: parameters, a network, and the state of its people and bonds.

    Parameters
    ----------
    params
        The world's numbers; the default ones if None.
    network
        A `Network`, the specification of one, or a networkx graph; social circles if None.
    rules
        Replaced behaviour rules.
    interventions
        Planned edits, applied in this order.
    threads
        Threads for large worlds, at least 1; all cores if None. Never changes a result.

    Raises
    ------
    BondsimError
        For a parameter or data that cannot be used.

    Examples
    --------
    >>> run = World(Params(seed=1), Circles(n_agents=50)).run(days=3)
    >>> len(run.frame("series"))
    3
    """

    def __init__(
        self,
        params: Params | None = None,
        network: Network | nx.Graph | Any = None,
        *,
        rules: Rules | None = None,
        interventions: Sequence[Intervention] = (),
        threads: int | None = None,
    ) -> None:
        self.params = _instance("params", params if params is not None else Params(), Params)
        self.rules = _instance("rules", rules if rules is not None else Rules(), Rules)
        self.network = as_network(network, self.params.seed)
        self.state: State = first_state(self.params, self.network)
        plan = _listed("interventions", interventions)
        for planned in plan:
            check_reach(_instance("interventions", planned, Intervention), self.state)
        self.plan = Plan(plan, self.state)
        self.day = 0
        self.burn_in = 0
        self.history = History()
        self._today: Generator[str] | None = None
        self.start_engine(threads)

    def __repr__(self) -> str:
        people, source = self.network.n_agents, self.network.source["source"]
        return f"World({source}, {people} people, day {self.day}, seed {self.params.seed})"

    def start_engine(self, threads: int | None) -> None:
        """Compile against the rules and set the number of threads; a result never depends on it."""
        if threads is not None:
            threads = _whole("threads", threads, 1)
        self.engine = Engine(self.params.seed, rates_of(self.params), self.rules, threads)

    def phases(self) -> Iterator[str]:
        """Live one day, phase by phase; yields the name of each as it ends.

        A day that is left in its middle goes on there, whatever is asked for next.
        """
        self._check_whole()
        if self._today is None:
            self._today = self._live()
        return self._today

    def _check_whole(self) -> None:
        """Refuse a world whose day broke off, where rows may be half laid out: `BondsimError`."""
        if self._today is not None and getgeneratorstate(self._today) == GEN_CLOSED:
            raise BondsimError(
                f"day {self.day} broke off in its middle, and the world cannot go on from there: "
                "load a checkpoint, or make the world anew"
            )

    def _live(self) -> Generator[str]:
        day = self.day
        if self.params.turnover.rate > 0.0:
            self._turn_over(day)
            yield "turnover"
        self.state = self.plan.apply(day, self.engine, self.state, self._log)
        yield "interventions"
        for name, state, now in self.engine.day(day, self.state, self._log):
            self.state = state
            if name == "feel" and day >= self.burn_in:
                self.history.end_day(day, state, now, self.engine)
            yield name
        self.day = day + 1
        self._today = None
        if day == self.burn_in:
            self._keep(day)

    def step(self) -> None:
        """Live one day."""
        for _ in self.phases():
            pass

    def run(
        self,
        days: int,
        *,
        burn_in: int = 0,
        snapshots: Sequence[int] = (),
        progress: Callable[[int], None] | None = None,
    ) -> Run:
        """Live `days` days after `burn_in` days that are not recorded.

        `snapshots`: days at whose end the tables of persons and bonds are kept; the world's first
        recorded day and the last of these days always are. `progress` is called with each day that
        has ended. Running on adds to what was recorded before.
        """
        days, burn_in = _whole("days", days, 1), _whole("burn_in", burn_in, 0)
        if burn_in and self.day:
            allowed = f"0 for a world that has lived {self.day} days"
            raise ParameterError("burn_in", burn_in, allowed)
        if self.day == 0:
            self.burn_in = burn_in
        last = self.day + burn_in + days - 1
        first = max(self.day, self.burn_in)
        wanted = {_whole("snapshots", day, 0) for day in _listed("snapshots", snapshots)}
        outside = sorted(day for day in wanted if not first <= day <= last)
        if outside:
            raise ParameterError("snapshots", outside[0], f"days in [{first}, {last}]")
        while self.day <= last:
            today = self.day
            self.step()
            if today in wanted:
                self._keep(today)
            if progress is not None:
                progress(today)
        return self.result()

    def result(self) -> Run:
        """Everything recorded up to now, with the tables of the last day."""
        self.check_between_days()
        days = self.day - self.burn_in
        if days < 1:
            raise ParameterError("days", max(days, 0), "at least 1 recorded day: run the world on")
        self._keep(self.day - 1)
        return Run(
            self.params, self.network, self.plan.interventions, self.rules.digests(), days,
            self.burn_in, tuple(self.history.kept()), self.history.tables(), self.plan.cost,
        )  # fmt: skip

    def check_between_days(self) -> None:
        """Refuse to take the middle of a day for its end: `BondsimError`."""
        if self._today is not None:
            raise BondsimError(
                f"the world is in the middle of day {self.day}: end the day with step() first"
            )

    def _keep(self, day: int) -> None:
        """Keep the tables of persons and bonds as they are at the end of `day`."""
        if day not in self.history.kept()[-1:]:  # days rise, so only the newest can be this one
            self.history.snapshot(day, self.engine, self.state)

    def twin(
        self, *, params: Params | None = None, interventions: Sequence[Intervention] = ()
    ) -> World:
        """A world that goes on from here with the same luck, in which something is changed.

        `params`: other parameters of the same seed from today on; those of `population` act when
        people are drawn, so that only a world on its first day can have a twin with others.
        `interventions`: what is planned beside what this world plans, from today on. Without either
        both worlds stay the same to the last bit. What was recorded so far is in both.
        """
        from bondsim.twinning import twin_of

        self._check_whole()
        self.check_between_days()
        changed = _instance("params", self.params if params is None else params, Params)
        added = [
            _instance("interventions", planned, Intervention)
            for planned in _listed("interventions", interventions)
        ]
        return twin_of(self, changed, added)

    @property
    def agents(self) -> pd.DataFrame:
        """Every person as they are now; units in `bondsim.state.FIELDS`."""
        self._check_whole()
        return frame_of(agents_table(self.day - 1, self.engine, self.state), self.network)

    @property
    def bonds(self) -> pd.DataFrame:
        """Every bond as it is now, with both views; units in `bondsim.state.FIELDS`."""
        self._check_whole()
        return frame_of(bonds_table(self.day - 1, self.engine, self.state), self.network)

    @property
    def series(self) -> pd.DataFrame:
        """One row for each day; units in `bondsim.measures.daily.SERIES`."""
        return frame_of(self.history.tables()["series"], self.network)

    @property
    def events(self) -> pd.DataFrame:
        """Bonds made, parted, betrayed, repaired and so on, in the order in which they came."""
        return frame_of(self.history.tables()["events"], self.network)

    def to_networkx(self) -> nx.Graph:
        """The network as it is now, which `World` takes as another world's day 0.

        Nodes are labels and carry the persons' columns, edges the bonds', with `age` [days] for
        `born`; `_ij` is the view of whose label comes first in natural order. What the model
        derives, and what a network does not hold, is ignored on the way back.
        """
        from bondsim.network.exchange import graph_of

        return graph_of(self.agents.to_dict("list"), self.bonds.to_dict("list"), self.day)

    def save(self, path: str | Path) -> Path:
        """Write a checkpoint from which `World.load` goes on bit for bit."""
        from bondsim.checkpoint import save_world

        return save_world(self, Path(path))

    @classmethod
    def load(
        cls, path: str | Path, *, rules: Rules | None = None, threads: int | None = None
    ) -> World:
        """The world that was saved; replaced rules must be handed over again."""
        from bondsim.checkpoint import load_world

        return load_world(cls, Path(path), rules, threads)

    def _log(self, event: str, i: Array, j: Array, kind: Array) -> None:
        if self.day >= self.burn_in:
            ids = self.state.agents.id
            self.history.log(self.day, event, ids[i], ids[j], kind)

    def _turn_over(self, day: int) -> None:
        places = leavers(day, self.params.turnover.rate, self.params.seed, self.state)
        if places.size == 0:
            return
        replace_leavers(places, self.params.effective(), self.engine, self.state, self._log)
        self.state = self.plan.forget(places, self.state)


def as_network(network: Any, seed: int) -> Network:
    """A `Network` from whatever a user hands over."""
    if network is None:
        return build(Circles(), seed)
    if isinstance(network, Network):
        return network
    networkx = sys.modules.get("networkx")  # whoever has a graph has imported it
    if networkx is not None and isinstance(network, networkx.Graph):
        return from_networkx(network, seed=seed)
    if not isinstance(network, tuple(SOURCES.values())):
        allowed = "a Network, a networkx graph, or a specification from bondsim.network"
        raise ParameterError("network", network, allowed)
    return build(cast("Spec", network), seed)


def _instance(name: str, value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise ParameterError(name, value, f"of type {kind.__name__}")
    return value


def _listed(name: str, values: Any) -> Sequence[Any]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ParameterError(name, values, "a list")
    return list(values)


def _whole(name: str, value: Any, low: int) -> int:
    allowed = f"a whole number of at least {low}"
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < low:
        raise ParameterError(name, value, allowed)
    return int(value)


def frame_of(table: Table, network: Network) -> pd.DataFrame:
    """A table as a data frame: names for codes, and the users' labels beside ids."""
    return add_labels(named_frame(table), network)
