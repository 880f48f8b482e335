"""The first state of a world: traits, feelings and views that the network's data do not give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainccinv, betaincinv, ndtr, ndtri

from bondsim import chance
from bondsim.compiling import uniform_rows
from bondsim.errors import ParameterError
from bondsim.network.specs import READ
from bondsim.params import Params, Population
from bondsim.rows import lay_out
from bondsim.state import (
    FIELDS,
    MODIFIERS,
    STATES,
    TRAITS,
    VIEWS,
    Agents,
    Array,
    Bonds,
    State,
    places_of,
)

if TYPE_CHECKING:
    from bondsim.network import Network

MOST_HOURS = 16.0
"""Nobody has more social hours in a day than this [h]."""
MANY = 20_000
"""From so many people on, most quantiles are read off a curve: the exact ones take 1.5 us each."""
_KNOTS = 4096
_CHUNK = 1 << 20  # bonds whose views are made at a time: 100 MB of intermediate columns


def first_state(params: Params, network: Network) -> State:
    """The state of a world on the morning of day 0."""
    effective = params.effective()
    agents = _people(effective, network)
    order = _order(network)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    agents = Agents(*(column[order] for column in agents))
    bonds = _bonds(effective, network, place)
    n_contexts = int(agents.context.max()) + 1
    u = uniform_rows(params.seed, 0, chance.CLIMATE, np.arange(n_contexts), 1)
    climate = effective.feel.climate_sd * (u.sum(axis=1) - 2.0) * np.sqrt(3.0)
    return State(agents, bonds, places_of(climate.astype(np.float32), agents.context, agents.id))


def _order(network: Network) -> Array:
    """Who stands in which place: int64, the people in their order, or neighbours near each other.

    Generators number neighbours close together; the people of a file come in any order, in which a
    large town took 2 to 3.6 times longer. What people see does not depend on it.
    """
    if network.source["source"] in READ and network.n_agents >= MANY:
        from bondsim.network.locality import local_order

        return local_order(network.n_agents, network.i, network.j, 0)
    return np.arange(network.n_agents)


def draw_traits(
    population: Population, seed: int, ids: Array, x: Array, y: Array
) -> dict[str, Array]:
    """Traits of people with these ids at these places in interest space: float64 each.

    In the float32 in which persons keep them, the same for a person among many as for one alone.
    """
    traits = {}
    for number, name in enumerate(TRAITS):
        u = uniform_rows(seed, 0, chance.TRAIT, ids, number)[:, 0]
        if name == "set_point":
            u = _loaded(u, x, y, population.set_point_loading)
        scale = MOST_HOURS if name == "hours" else 1.0
        traits[name] = scale * _beta(population, name, u, scale)
    return traits


def _loaded(u: Array, x: Array, y: Array, loading: float) -> Array:
    """Uniforms `u` made to correlate with a smooth wave over interest space."""
    wave = np.cos(2.0 * np.pi * x) + np.cos(2.0 * np.pi * y)
    mixed: Array = ndtr(loading * wave + np.sqrt(1.0 - loading**2) * ndtri(u))
    return mixed


def _beta(population: Population, name: str, u: Array, scale: float) -> Array:
    """Quantiles of the Beta distribution with the trait's mean and standard deviation."""
    mean = getattr(population, f"{name}_mean") / scale
    sd = getattr(population, f"{name}_sd") / scale
    if sd == 0.0:
        return np.full(u.shape, mean)
    weight = mean * (1.0 - mean) / sd**2 - 1.0
    if weight <= 0.0:
        most = scale * np.sqrt(mean * (1.0 - mean))
        allowed = f"below {most:.3g} where the mean is {mean * scale:g}"
        raise ParameterError(f"population.{name}_sd", sd * scale, allowed)
    return _quantiles(mean * weight, (1.0 - mean) * weight, u)


def _quantiles(a: float, b: float, u: Array) -> Array:
    """Quantiles of Beta(a, b) at `u`, whose float32 are those of the exact quantiles.

    Those of many are read off a cubic spline over the normal scores of `u`, and computed only
    where the spline's error could change the float32: for 1 in 15 people with default traits.
    """
    if u.size < MANY:
        exact: Array = betaincinv(a, b, u)
        return exact
    from scipy.interpolate import CubicSpline  # 0.2 s, which small worlds are spared

    score = ndtri(u)
    # a little wider, so that there is a curve even where all have the same score
    knots = np.linspace(score.min() - 0.01, score.max() + 0.01, 2 * _KNOTS - 1)
    # from the nearer end: close to 1, ndtr has lost what tells the scores apart
    low, high = betaincinv(a, b, ndtr(knots)), betainccinv(a, b, ndtr(-knots))
    at_knots = np.where(knots < 0.0, low, high)
    spline = CubicSpline(knots[::2], at_knots[::2])
    # the spline strays most halfway between its knots, where every other of these lies
    error = 4.0 * np.abs(spline(knots[1::2]) - at_knots[1::2]).max() + 1e-12
    drawn: Array = spline(score)
    doubtful = np.float32(drawn - error) != np.float32(drawn + error)
    drawn[doubtful] = betaincinv(a, b, u[doubtful])
    return drawn


def _people(params: Params, network: Network) -> Agents:
    """Every person's columns: the given ones, and what is drawn for the rest."""
    given = network.agents
    ids = network.ids.astype(np.int64)  # a copy: turnover gives new ids
    x, y = given["position_x"], given["position_y"]
    columns = {name: _column(name, 0.0, ids.size) for name in FIELDS["agents"]}
    columns["id"] = ids
    for name in ("context", "group"):
        columns[name] = given[name].astype(np.int32)
    columns["company"] = columns["context"].copy()
    columns["position_x"][:], columns["position_y"][:] = x, y
    for name, drawn in draw_traits(params.population, params.seed, ids, x, y).items():
        columns[name][:] = _filled(given.get(name), drawn)
    for name, start in start_feelings(params, columns).items():
        columns[name][:] = _filled(given.get(name), start)
    for name in MODIFIERS:
        columns[name][:] = 1.0
    return Agents(**columns)


def start_feelings(params: Params, columns: dict[str, Array]) -> dict[str, Array | float]:
    """The states a person starts with, given their traits."""
    at_rest = dict.fromkeys(STATES, 0.0)
    return {
        **at_rest,
        "emotional": columns["set_point"],
        "social": columns["set_point"],
        "chronic": columns["set_point"],
        "received": columns["need"],
        "self_worth": params.feel.worth_rest,
    }


def _column(name: str, value: float, n: int) -> Array:
    return np.full(n, value, FIELDS["agents"][name].dtype)


def _filled(given: Array | None, drawn: Array | float) -> Array | float:
    """The given values, with drawn ones where there is none."""
    return drawn if given is None else np.where(np.isnan(given), drawn, given)


def _bonds(params: Params, network: Network, place: Array) -> Bonds:
    """The network's bonds in rows, with views from its data or from the kind's prior."""
    bonds, forth, back = lay_out(network.n_agents, place[network.i], place[network.j])
    born = np.minimum(_filled(network.born, -1.0 - _ages(params, network)), -1.0)
    for side, slots in enumerate((forth, back)):
        bonds.kind[slots] = network.kind
        bonds.born[slots] = born
        bonds.last_met[slots] = -1
        for start in range(0, network.n_bonds, _CHUNK):
            chunk = slice(start, start + _CHUNK)
            _fill_views(params, network, side, chunk, slots[chunk], bonds)
    return bonds


def _fill_views(
    params: Params, network: Network, side: int, chunk: slice, slots: Array, bonds: Bonds
) -> None:
    """What i thinks of j (side 0), or j of i (side 1), for this chunk of the bonds, in `slots`."""
    me, other = (network.i, network.j) if side == 0 else (network.j, network.i)
    ids = np.asarray(network.ids, dtype=np.int64)
    u = uniform_rows(params.seed, 0, chance.VIEW, ids[me[chunk]], ids[other[chunk]])
    for name, drawn in _prior_views(params, network.kind[chunk], u).items():
        given = network.views.get(name)
        column = None if given is None else given[chunk, side]
        getattr(bonds, name)[slots] = _filled(column, drawn)


def _ages(params: Params, network: Network) -> Array:
    """Exponential ages by kind, in whole days."""
    ids = np.asarray(network.ids, dtype=np.int64)
    i, j = ids[network.i], ids[network.j]
    u = uniform_rows(params.seed, 0, chance.AGE, np.minimum(i, j), np.maximum(i, j))[:, 0]
    mean = np.asarray(params.prior.age.as_tuple())[network.kind]
    ages: Array = np.floor(-mean * np.log(u))
    return ages


def _prior_views(params: Params, kind: Array, u: Array) -> dict[str, Array]:
    """Views from the kind's prior; `u` (n, 4) spreads regard, understanding and closeness."""
    prior = params.prior
    means = {n: np.asarray(getattr(prior, n).as_tuple())[kind] for n in VIEWS if n != "ceiling"}
    views = {"kept": means["kept"], "broken": means["broken"], "ceiling": np.ones(kind.size)}
    cap = np.asarray(params.relate.closeness_cap.as_tuple())[kind]
    for column, name in enumerate(("regard", "understanding", "closeness")):
        spread = means[name] + prior.spread * (2.0 * u[:, column] - 1.0)
        views[name] = np.clip(spread, 0.0, cap if name == "closeness" else 1.0)
    return views
