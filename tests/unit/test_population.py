"""The first state of a world against what the parameters say of it, and against a second drawing.

Seeds are fixed: what passes once passes for ever. A mean may be six standard errors off, a
distribution must not be refuted at one in a million.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.special import betaincinv

from bondsim.network import Network
from bondsim.params import KINDS, Params
from bondsim.population import MANY, _quantiles, first_state
from bondsim.reference.traits import TRAITS, traits
from bondsim.rows import used_slots

N, BONDS, CONTEXTS = 20_000, 60_000, 4_000
ALARM = 1e-6
VIEWS = ("regard", "understanding", "closeness")


def town(n: int = N, bonds: int = BONDS) -> Network:
    """People anywhere in interest space, in small contexts, with bonds of all kinds at random."""
    luck = np.random.default_rng(1)
    ids = np.sort(luck.choice(2**32, n, replace=False)).astype(np.int64)
    pairs = np.unique(np.sort(luck.integers(0, n, (bonds, 2)), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] < pairs[:, 1]].astype(np.int32)
    x, y = luck.random((2, n))
    contexts = np.arange(n, dtype=np.int32) % CONTEXTS
    return Network(
        ids=ids,
        labels=ids.astype(str).astype(object),
        i=pairs[:, 0],
        j=pairs[:, 1],
        kind=luck.integers(0, len(KINDS), len(pairs)).astype(np.int8),
        agents={
            "position_x": x, "position_y": y, "context": contexts,
            "group": np.arange(n, dtype=np.int32),
        },
        views={},
        born=np.full(len(pairs), np.nan),
        waves=(),
        source={"source": "drawn"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def network():
    return town()


@pytest.fixture(scope="module")
def state(network):
    return first_state(Params(seed=11), network)


@pytest.fixture(scope="module")
def unsorted(network):
    """The same without the selection channel: set points do not follow interests."""
    return first_state(Params(seed=11).replace(**{"channels.selection": False}), network)


def halves(state):
    """Slots of i's view of j and of j's view of i for every bond, ids i < j."""
    slots, owner = used_slots(state.bonds)
    ids = state.agents.id
    slots = slots[ids[owner] < ids[state.bonds.partner[slots]]]
    return slots, state.bonds.twin[slots]


# --- people ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TRAITS)
def test_traits__mean_and_spread_are_those_of_the_population(state, unsorted, name):
    mean, sd = (getattr(Params().population, f"{name}_{part}") for part in ("mean", "sd"))
    # With the loading, set points follow a sum of two cosines that is not quite normal.
    for world, off in ((state, 0.06 if name == "set_point" else 0.03), (unsorted, 0.03)):
        column = getattr(world.agents, name).astype(float)
        assert column.mean() == pytest.approx(mean, abs=6.0 * sd / np.sqrt(N))
        assert column.std() == pytest.approx(sd, rel=off)


@pytest.mark.parametrize("name", TRAITS)
def test_traits__are_beta(unsorted, name):
    most = 16.0 if name == "hours" else 1.0
    mean, sd = (getattr(Params().population, f"{name}_{part}") / most for part in ("mean", "sd"))
    weight = mean * (1.0 - mean) / sd**2 - 1.0
    beta = stats.beta(mean * weight, (1.0 - mean) * weight)
    column = getattr(unsorted.agents, name).astype(float) / most
    assert stats.kstest(column, beta.cdf).pvalue > ALARM


def test_traits__are_drawn_apart(state):
    r = np.corrcoef([getattr(state.agents, name) for name in TRAITS])
    assert np.abs(r - np.eye(len(TRAITS))).max() < 0.05


def test_set_point__follows_interests_as_loaded(network, state):
    wave = sum(np.cos(2.0 * np.pi * network.agents[f"position_{c}"]) for c in "xy")
    loading = Params().population.set_point_loading
    assert np.corrcoef(wave, state.agents.set_point)[0, 1] == pytest.approx(loading, abs=0.03)


@pytest.mark.parametrize("place", [0, 1, 777, N - 1])
def test_traits__of_one_person_by_hand(network, state, place):
    x, y = (network.agents[name][place] for name in ("position_x", "position_y"))
    by_hand = traits(Params(seed=11), int(network.ids[place]), x, y)
    drawn = {name: getattr(state.agents, name)[place].item() for name in TRAITS}
    assert drawn == pytest.approx(by_hand, rel=1e-6)


def test_states__start_at_rest(state):
    people = state.agents
    for name in ("emotional", "social", "chronic"):
        assert np.array_equal(getattr(people, name), people.set_point)
    assert np.array_equal(people.received, people.need)
    assert (people.self_worth == np.float32(Params().feel.worth_rest)).all()
    for name in ("stress", "hurt", "security"):
        assert not getattr(people, name).any()
    for name in ("vigilance_factor", "distraction_factor", "mobility_factor"):
        assert (getattr(people, name) == 1.0).all()
    assert np.array_equal(people.company, people.context)


def test_climate__starts_with_its_lasting_spread(state):
    climate, sd = state.places.climate.astype(float), Params().feel.climate_sd
    assert climate.size == CONTEXTS
    assert climate.std() == pytest.approx(sd, rel=6.0 / np.sqrt(2 * CONTEXTS))
    assert climate.mean() == pytest.approx(0.0, abs=6.0 * sd / np.sqrt(CONTEXTS))
    of_four = 2.0 * np.sqrt(3.0) * sd  # the sum of four uniforms goes no further
    assert -of_four < climate.min() < -2.5 * sd < 2.5 * sd < climate.max() < of_four


# --- bonds ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_bonds__age_is_exponential_by_kind(state, kind):
    forth, back = halves(state)
    mine = state.bonds.kind[forth] == KINDS.index(kind)
    mean = getattr(Params().prior.age, kind)
    age = -1.0 - state.bonds.born[forth][mine]  # as of the evening before day 0
    assert np.array_equal(state.bonds.born[forth], state.bonds.born[back])
    # Whole days: half a day is lost of the mean.
    assert age.mean() + 0.5 == pytest.approx(mean, rel=6.0 / np.sqrt(mine.sum()))
    assert np.median(age) == pytest.approx(mean * np.log(2.0), rel=0.06)
    assert age.min() >= 0.0
    assert (state.bonds.last_met[forth] == -1).all() and (state.bonds.last_met[back] == -1).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", VIEWS)
def test_views__are_uniform_around_the_prior(state, kind, name):
    prior = Params().prior
    mean, half = getattr(getattr(prior, name), kind), prior.spread
    around = stats.uniform(mean - half, 2.0 * half)
    for slots in halves(state):
        view = getattr(state.bonds, name)[slots[state.bonds.kind[slots] == KINDS.index(kind)]]
        assert view.min() >= 0.0
        inside = view[view > 0.0].astype(float)
        share = around.sf(0.0)  # the rest would be below 0
        error = np.sqrt(share * (1.0 - share) / view.size)
        assert inside.size / view.size == pytest.approx(share, abs=6.0 * error)
        from_zero = stats.uniform(max(0.0, mean - half), 2.0 * half * share)
        assert stats.kstest(inside, from_zero.cdf).pvalue > ALARM


@pytest.mark.parametrize("name", VIEWS)
def test_views__of_both_sides_are_drawn_apart(state, name):
    forth, back = halves(state)
    kind = state.bonds.kind[forth]

    def around_prior(column, slots):
        prior = np.array(getattr(Params().prior, column).as_tuple())[kind]
        return getattr(state.bonds, column)[slots] - prior

    for other in VIEWS:
        r = np.corrcoef(around_prior(name, forth), around_prior(other, back))[0, 1]
        assert abs(r) < 0.05
        if other != name:
            r = np.corrcoef(around_prior(name, forth), around_prior(other, forth))[0, 1]
            assert abs(r) < 0.05


@pytest.mark.parametrize("name", ["kept", "broken", "ceiling"])
def test_views__evidence_is_the_prior_itself(state, name):
    values = getattr(Params().prior, name).as_tuple() if name != "ceiling" else (1.0,) * len(KINDS)
    for slots in halves(state):
        column = getattr(state.bonds, name)[slots]
        assert np.array_equal(column, np.float32(values)[state.bonds.kind[slots]])


def test_views__closeness_stays_below_the_cap(network):
    params = Params(seed=11).replace(**{"relate.closeness_cap": {"client": 0.1, "friend": 0.25}})
    bonds = first_state(params, network).bonds
    for kind, cap in (("client", 0.1), ("friend", 0.25)):
        slots, _ = used_slots(bonds)
        view = bonds.closeness[slots[bonds.kind[slots] == KINDS.index(kind)]]
        assert view.max() == np.float32(cap)


# --- given values ---------------------------------------------------------------------------


def test_given__values_of_people_win_and_the_rest_is_drawn_as_ever(network, state):
    given = np.where(np.arange(N) % 2 == 0, 0.123, np.nan)
    columns = dict.fromkeys(("empathy", "hours", "set_point", "stress", "self_worth"), given)
    people = first_state(
        Params(seed=11), replace(network, agents={**network.agents, **columns})
    ).agents
    for name in columns:
        column, drawn = getattr(people, name), getattr(state.agents, name)
        assert (column[::2] == np.float32(0.123)).all()
        assert np.array_equal(column[1::2], drawn[1::2])
    # Feelings start where the person's own, given set point is.
    assert np.array_equal(people.emotional, people.set_point)
    for name in ("respect", "need"):
        assert np.array_equal(getattr(people, name), getattr(state.agents, name))


def test_given__values_of_bonds_win_and_the_rest_is_drawn_as_ever(network, state):
    given = np.full((network.n_bonds, 2), np.nan)
    given[::2, 0], given[1::3, 1] = 0.321, 0.654
    born = np.where(np.arange(network.n_bonds) % 2 == 0, -77.0, np.nan)
    chosen = replace(network, views={"closeness": given, "kept": given * 10.0}, born=born)
    bonds = first_state(Params(seed=11), chosen).bonds
    for side, slots in enumerate(halves(state)):
        for name, values in (("closeness", given), ("kept", given * 10.0)):
            drawn = getattr(state.bonds, name)[slots]
            wanted = np.where(np.isnan(values[:, side]), drawn, values[:, side])
            assert np.array_equal(getattr(bonds, name)[slots], wanted.astype(np.float32))
        was = state.bonds.born[slots]
        assert np.array_equal(bonds.born[slots], np.where(np.isnan(born), was, born))


@pytest.mark.parametrize(
    ("mean", "sd"), [(0.6, 0.2), (0.1375, 0.05), (0.5, 0.45), (0.02, 0.1), (0.5, 0.001)]
)
def test_quantiles_of_many__have_the_float32_of_the_exact_ones(mean, sd):
    """Down to the last draw that chance can make, and for shapes with all weight at the ends."""
    weight = mean * (1.0 - mean) / sd**2 - 1.0
    a, b = mean * weight, (1.0 - mean) * weight
    words = np.random.default_rng(1).integers(0, 2**32, 2 * MANY)
    words[:2] = 0, 2**32 - 1
    u = (words + 0.5) * 2.0**-32

    many = _quantiles(a, b, u)

    np.testing.assert_array_equal(many.astype(np.float32), betaincinv(a, b, u).astype(np.float32))
    assert (many != betaincinv(a, b, u)).any()
