"""`BondModel`: a `World` as a Mesa model, for `batch_run`, `DataCollector` and `SolaraViz`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import mesa
from bondsim.errors import ParameterError
from bondsim.history import COUNTED
from bondsim.measures.daily import SERIES, daily_row, named
from bondsim.mesa_model.person import Person
from bondsim.mesa_model.seeds import root_seed
from bondsim.network.specs import SOURCES, spec_from_dict
from bondsim.params import CHANNEL_PARAMETERS, Params
from bondsim.rows import used_slots
from bondsim.state import View, new_day
from bondsim.world import World

if TYPE_CHECKING:
    from bondsim.interventions import Intervention
    from bondsim.ruleset import Rules

N_AGENTS = 200
"""People in a generated network whose size is not given: few enough to be drawn."""


class BondModel(mesa.Model):  # type: ignore[misc]  # mesa has no types
    """A world of bonds as a Mesa model: a step is a day.

    Parameters
    ----------
    network
        The name of a source ("circles", "karate" and so on), or anything that `World` takes.
        ``network__<field>`` sets a field of the source: ``network__friends=9``.
    n_agents
        Number of people in a generated network; 200 if None.
    affect, conduct, loss, selection, context
        The five channels; False switches one off.
    rng, seed
        Give one of them: a whole number or its digits, a list of whole numbers, a numpy
        `SeedSequence`, `BitGenerator` or `Generator`, or None for a seed by chance. The same whole
        number gives the same days as ``World(Params(seed=...))``.
    params
        The parameters to start from; the default ones if None.
    rules, interventions, threads
        As for `World`.
    agent_reporters
        What the data collector asks every person each day, as Mesa's `DataCollector` takes it.
    facade
        False makes no persons: quicker for sweeps.
    teaching
        True lives the day in plain Python, person after person, with the same numbers.
    kwargs
        Any parameter by its path, two underscores for a dot: ``meet__psi=1.5``.

    Raises
    ------
    BondsimError
        For a parameter or data that cannot be used.

    Attributes
    ----------
    world
        The `World`, where all numbers live.
    root_seed
        The seed in use.
    people
        The persons by place; empty without facade.
    datacollector
        Every column of the daily series, for the start and after each day.
    today
        The newest row of them.

    Examples
    --------
    >>> model = BondModel(network="karate", rng=1)
    >>> model.step()
    >>> model.datacollector.get_model_vars_dataframe().shape[0]
    2
    """

    # The last one must be called kwargs: SolaraViz lets only that name take further parameters.
    def __init__(
        self,
        *,
        network: Any = "circles",
        n_agents: int | None = None,
        affect: bool = True,
        conduct: bool = True,
        loss: bool = True,
        selection: bool = True,
        context: bool = True,
        rng: Any = None,
        params: Params | None = None,
        rules: Rules | None = None,
        interventions: Sequence[Intervention] = (),
        threads: int | None = None,
        agent_reporters: Mapping[str, Any] | None = None,
        facade: bool = True,
        teaching: bool = False,
        **kwargs: Any,
    ) -> None:
        if teaching and not facade:
            raise ParameterError("facade", facade, "True for teaching: persons live the days")
        self.root_seed = _chosen_seed(rng, kwargs.pop("seed", None), params)
        super().__init__(rng=self.root_seed)
        switches = {"affect": affect, "conduct": conduct, "loss": loss, "selection": selection,
                    "context": context}  # fmt: skip
        fields = {name: kwargs.pop(name) for name in [*kwargs] if name.startswith("network__")}
        self.world = World(
            _params(params, self.root_seed, switches, kwargs),
            _network(network, n_agents, fields),
            rules=rules, interventions=interventions, threads=threads,
        )  # fmt: skip
        self._space: Any = None
        self._keeps_time = not hasattr(self, "time")  # newer versions of Mesa do
        if self._keeps_time:
            self.time = 0.0
        self.people: list[Person] = self._create_people() if facade else []
        if teaching:
            from bondsim.mesa_model.teaching import TeachingEngine

            self.world.engine = TeachingEngine(self.world, self.people, self.random)
        self.today: dict[str, float] = _first_row(self.world)
        self.datacollector = mesa.DataCollector(
            {name: partial(_reading, name=name) for name in ("root_seed", *SERIES, *COUNTED)},
            agent_reporters,
        )
        self.datacollector.collect(self)

    def step(self) -> None:
        """Live one day and collect its numbers."""
        self.world.step()
        self.today = self.world.history.last()
        if self._keeps_time:
            self.time = float(self.steps)
        if self._space is not None:
            from bondsim.mesa_model.drawing import update

            update(self._space, self.world.state)
        self.datacollector.collect(self)

    @property
    def grid(self) -> Any:
        """The bonds as a `mesa.discrete_space.Network`, kept up to date once it was asked for.

        Mesa's drawers lay it out anew by themselves, which takes seconds beyond 1000 people.
        """
        if self._space is None:
            from bondsim.mesa_model.drawing import network_space

            self._space = network_space(self)
        return self._space

    def _create_people(self) -> list[Person]:
        n = int(self.world.state.agents.id.size)
        return list(Person.create_agents(self, n, list(range(n))))


def _reading(model: BondModel, name: str) -> Any:
    """A model reporter. It draws nothing: Mesa calls each twice at the start."""
    return model.root_seed if name == "root_seed" else model.today[name]


def _chosen_seed(rng: Any, seed: Any, params: Params | None) -> int:
    if rng is not None and seed is not None:
        raise ParameterError("seed", seed, "left out where `rng` is given")
    given = seed if rng is None else rng
    return params.seed if given is None and params is not None else root_seed(given)


def _params(
    params: Params | None, seed: int, switches: Mapping[str, Any], paths: Mapping[str, Any]
) -> Params:
    """The parameters with those changes that were asked for; a channel off anywhere is off."""
    changes = {name.replace("__", "."): _scalar(value) for name, value in paths.items()}
    for name in CHANNEL_PARAMETERS:
        if (switch := _scalar(switches[name])) is not True:
            changes[f"channels.{name}"] = switch
    return (params if params is not None else Params()).replace(seed=seed, **changes)


def _network(network: Any, n_agents: int | None, fields: Mapping[str, Any]) -> Any:
    """What `World` shall build: a named source with its fields, or what was handed over."""
    values = {name.removeprefix("network__"): _scalar(v) for name, v in fields.items()}
    sized = isinstance(network, str) and (
        network not in SOURCES or hasattr(SOURCES[network], "n_agents")
    )
    if n_agents is not None and not sized:
        raise ParameterError("n_agents", n_agents, "left out: this network brings its own people")
    if not isinstance(network, str):
        if values:
            raise ParameterError(
                next(iter(fields)), next(iter(values.values())), "left out for a ready network"
            )
        return network
    size = {"n_agents": _scalar(N_AGENTS if n_agents is None else n_agents)} if sized else {}
    return spec_from_dict({"source": network, **size, **values})


def _scalar(value: Any) -> Any:
    """Sweeps over numpy arrays give numpy scalars; parameters are plain."""
    return value.item() if isinstance(value, np.generic) else value


def _first_row(world: World) -> dict[str, float]:
    """The daily series' row for the start, before anything has happened."""
    state, now = world.state, new_day(world.state)
    slots, owner = used_slots(state.bonds)
    views = world.engine.views_on(-1, slots, state)
    n = state.agents.id.size
    closeness, felt = (views[:, View._fields.index(name)] for name in ("closeness", "felt"))
    now.closeness[:] = np.bincount(owner, closeness, n)
    now.felt[:] = np.bincount(owner, felt, n)
    now.n_close[:] = np.bincount(owner, closeness >= world.engine.rates.relate.close_cut, n)
    row = named(daily_row(state, now, world.engine))
    return {"day": -1, **row, **dict.fromkeys(COUNTED, 0)}
