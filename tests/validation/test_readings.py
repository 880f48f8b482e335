"""Rows read off a life: second implementations, one person and one bond at a time."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest

from bondsim import rules
from bondsim.measures.recorded import Snapshot
from bondsim.params import FRIEND
from bondsim.validation import on_circles, on_levels, on_minds, on_names, on_phones
from bondsim.validation.contacts import contacts
from bondsim.validation.life import YEAR, Life
from bondsim.validation.meetings import attentions, qualities
from bondsim.validation.names import (
    SCHOOL,
    Names,
    closed,
    kept,
    names,
    of_one_place,
    returned,
    shared,
)


def sides(wave):
    """Each view of a bond: who, whom, the bond, whose suffix."""
    for bond, (i, j) in enumerate(zip(wave.i.tolist(), wave.j.tolist(), strict=True)):
        yield i, j, bond, "ij"
        yield j, i, bond, "ji"


def test_contacts__are_the_equations_bond_by_bond(life):
    wave, params = life.waves[1], life.params
    meet = params.meet
    role, length = meet.role.as_tuple(), meet.base_hours.as_tuple()
    agents, bonds = wave.agents, wave.bonds
    weight, total = {}, np.zeros(wave.n_agents)
    for who, whom, bond, side in sides(wave):
        felt = float(bonds[f"felt_{side}"][bond])
        weight[who, whom] = rules.weight(felt, role[bonds["kind"][bond]], meet.psi)
        total[who] += weight[who, whom]
    start = {}
    for (who, whom), claim in weight.items():
        ready = rules.warm_up(float(agents["loneliness"][who]), meet.eta1, meet.eta2)
        initiative = float(agents["initiative"][who])
        start[who, whom] = rules.start(initiative, ready, claim / total[who], 1.0)
    chance, hours, expected = np.zeros(wave.i.size), np.zeros(wave.i.size), np.zeros(wave.n_agents)
    for i, j, bond, side in sides(wave):
        if side == "ij":
            gap = float(wave.day + 1 - bonds["last_met"][bond])
            chance[bond] = rules.meet_prob(start[i, j], start[j, i])
            base = length[bonds["kind"][bond]]
            hours[bond] = chance[bond] * rules.meeting_hours(base, gap, meet.gap_gain)
        expected[i] += hours[bond] if side == "ij" else 0.0
        expected[j] += hours[bond] if side == "ij" else 0.0
    budget = agents["hours"].astype(float)
    scale = [rules.time_scale(b, e) for b, e in zip(budget, expected, strict=True)]
    for bond, (i, j) in enumerate(zip(wave.i, wave.j, strict=True)):
        hours[bond] *= min(scale[i], scale[j])
    found = contacts(wave, params)
    assert found.chance == pytest.approx(chance, rel=1e-5)
    assert found.hours == pytest.approx(hours, rel=1e-5)


def test_contacts__are_what_the_next_days_bring(life):
    """Meetings by choice of friends, who have no others, against the sum of their chances."""
    wave = life.waves[1]
    friend = wave.bonds["kind"] == FRIEND
    told = float(contacts(wave, life.params).chance[friend].sum())
    next_day = life.run.tables["series"]
    assert 0.0 < told < friend.sum()
    assert next_day["day"].size == 2 * YEAR + 1
    met = float((wave.day - wave.bonds["last_met"][friend] == 0).sum())
    assert abs(met - told) < 4.0 * math.sqrt(told)


def test_qualities__are_the_equations_side_by_side(life):
    wave, params = life.waves[1], life.params
    relate, a, bonds = params.relate, wave.agents, wave.bonds
    attention = np.linspace(0.2, 1.0, wave.n_agents)
    of = {name: a[name].astype(float) for name in a}
    opened = {}
    for who, whom, bond, side in sides(wave):
        view = [float(bonds[f"{name}_{side}"][bond]) for name in ("trust", "closeness")]
        own = (of["authenticity"][who], of["hurt"][who], of["loneliness"][who])
        opened[who, whom] = rules.disclosure(
            *view, *own, relate.disclosure_base, relate.disclosure_trust,
            relate.disclosure_closeness, relate.disclosure_authenticity, relate.disclosure_hurt,
            relate.disclosure_loneliness,
        )  # fmt: skip
    expected = {}
    for who, whom, bond, side in sides(wave):
        step = [of[f"position_{x}"][who] - of[f"position_{x}"][whom] for x in "xy"]
        alike = rules.similarity(*step, relate.similarity_width)
        given = attention[whom]
        shown = (
            rules.understood(of["interest"][whom], given, alike, relate.similarity_aid),
            of["respect"][whom],
            rules.warmth(of["empathy"][whom], given, of["self_worth"][whom], of["loneliness"][whom],
                         of["stress"][whom], relate.spill, relate.cold, relate.strain),
        )  # fmt: skip
        left = rules.vigilance_left(relate.vigilance, relate.safety, of["security"][who], 1.0)
        seen = [rules.perceived(each, left, of["loneliness"][who]) for each in shown]
        told = rules.reciprocated(opened[who, whom], opened[whom, who], relate.reciprocation)
        used = rules.phone_factor(given, relate.phone_cost)
        expected[bond, side] = rules.quality(
            rules.responsiveness(*seen), told, of["authenticity"][who], used, relate.quality_gain
        )
    both = [expected[bond, side] for side in ("ij", "ji") for bond in range(wave.i.size)]
    assert qualities(wave, params, attention) == pytest.approx(np.array(both), rel=1e-6)


def test_attention__without_noise_is_presence_less_screens(life):
    wave, params = life.waves[0], life.params.replace(**{"relate.attention_noise": 0.0})
    found = attentions(wave, params, 0.25)
    assert sum(weight for _, weight in found) == pytest.approx(1.0)
    for given, _ in found:
        assert given == pytest.approx(0.75 * wave.agents["presence"])


def test_phones__cost_quality_and_none_cost_none(life):
    assert -1.0 < on_phones.phones(life)["T33a"] < 0.0
    without = life._replace(params=life.params.replace(**{"relate.distraction": 0.0}))
    assert on_phones.phones(without)["T33a"] == 0.0


def test_names__are_counted_as_by_hand():
    """Four people: 0 and 1 name each other, both name 2, 2 names 3."""
    found = Names(np.array([0, 0, 1, 1, 2]), np.array([1, 2, 0, 2, 3]), 4)
    assert returned(found) == 2 / 5
    # chains 0-1-2, 1-0-2, 0-2-3 and 1-2-3, of which the first two are closed
    assert closed(found) == 2 / 4
    later = Names(np.array([0, 2]), np.array([1, 0]), 4)
    assert shared(found, later) == 1 / 6
    assert kept(found, later) == 1 / 5
    nobody = Names(np.zeros(0, np.int64), np.zeros(0, np.int64), 4)
    for value in (returned(nobody), closed(nobody), shared(nobody, nobody), kept(nobody, found)):
        assert math.isnan(value)


def test_panels__compare_only_who_was_asked_twice():
    """Person 1 has moved away, and 3 has come: what either names is not compared."""
    first = Names(np.array([0, 0, 1]), np.array([1, 2, 0]), 3, np.array([0, 1, 2]))
    last = Names(np.array([0, 2, 3]), np.array([2, 0, 0]), 4, np.array([0, 2, 3]))
    assert kept(first, last) == 1 / 2  # 0 names 2 again; 1, named once, is gone
    assert shared(first, last) == 1 / 3


def test_one_place__hides_all_bonds_that_leave_a_context(life):
    wave = life.waves[0]
    inside = of_one_place(wave)
    context = wave.agents["context"]
    bonds = {
        (i, j, int(wave.bonds["born"][bond]))
        for i, j, bond, side in sides(wave)
        if side == "ij" and context[i] == context[j]
    }
    kept_bonds = zip(inside.i.tolist(), inside.j.tolist(), inside.bonds["born"], strict=True)
    assert {(i, j, int(born)) for i, j, born in kept_bonds} == bonds
    assert 0 < len(bonds) < wave.i.size
    told = names(inside, SCHOOL)
    assert (context[told.who] == context[told.whom]).all()


def test_school__is_counted_as_person_by_person(life):
    found = names(of_one_place(life.waves[0]), SCHOOL)
    pairs = set(zip(found.who.tolist(), found.whom.tolist(), strict=True))
    assert max(np.bincount(found.who)) <= SCHOOL.name_cap
    assert returned(found) == pytest.approx(np.mean([(b, a) in pairs for a, b in pairs]))
    whom = {a: {y for x, y in pairs if x == a} for a in range(found.n)}
    chains = [(a, c) for a in whom for b in whom[a] for c in whom[b] if c != a]
    assert closed(found) == pytest.approx(np.mean([pair in pairs for pair in chains]))
    told = on_names.school(life)
    assert told["T13"] == pytest.approx(
        np.mean([returned(names(of_one_place(wave), SCHOOL)) for wave in life.waves])
    )
    assert 0.0 < told["T18"] < 1.0


def test_shares__are_of_the_closest_and_reach_one(life):
    wave = life.waves[0]
    hours = contacts(wave, life.params).hours
    own = {person: [] for person in range(wave.n_agents)}
    for who, _, bond, side in sides(wave):
        own[who].append((-float(wave.bonds[f"closeness_{side}"][bond]), bond))
    parts = []
    for bonds in own.values():
        spent = [hours[bond] for _, bond in sorted(bonds)]
        if sum(spent) > 0.0:
            parts.append(sum(spent[:5]) / sum(spent))
    alone = life.of_years(0)
    assert on_circles.shares(alone)["T9a"] == pytest.approx(np.mean(parts))
    assert on_circles._share_of_closest(wave, hours, 1000) == pytest.approx(1.0)


def test_layers__hold_each_other(life):
    found = on_circles.layers(life)
    sizes = [found[row] for row in ("T8a", "T8b", "T8c", "T8d")]
    assert sizes == sorted(sizes)
    assert sizes[-1] <= 2.0 * max(wave.i.size for wave in life.waves) / life.waves[0].n_agents


def test_lasting__of_no_years_keeps_all(life):
    same = on_circles.lasting(life.of_years(0))
    assert same == {"T10a": 1.0, "T10b": 0.0}
    assert 0.0 < on_circles.lasting(life)["T10a"] < 1.0


def with_column(wave, **columns):
    """The wave with some columns of persons replaced."""
    return wave._replace(agents=wave.agents | columns)


def test_drift__is_the_slope_that_was_put_in(life):
    lonely = life.waves[0].agents["loneliness"].astype(float)
    spread = lonely.std()
    waves = [with_column(life.waves[0], loneliness=lonely + 0.1 * t * spread) for t in range(4)]
    assert on_levels.drift(Life(life.params, life.run, tuple(waves)))["T5"] == pytest.approx(0.1)


def test_stability__is_the_mean_over_pairs_of_waves(life):
    ranks = [np.argsort(np.argsort(wave.agents["loneliness"])) for wave in life.waves]
    by_hand = [np.corrcoef(ranks[k], ranks[k + 1])[0, 1] for k in range(2)]
    assert on_levels.stability(life, 1) == pytest.approx(np.mean(by_hand), abs=2e-3)


def test_bend__is_found_where_it_was_put(life):
    """Loneliness that falls with each close tie up to the fourth."""
    rng = np.random.default_rng(1)
    n, most = 400, 9
    number = rng.integers(0, most + 1, n)
    i = np.repeat(np.arange(n), number)
    j = n + np.arange(i.size)  # others who are close to nobody
    lonely = np.concatenate([0.5 - 0.1 * np.minimum(number, 4), np.full(i.size, np.nan)])
    bonds = {"closeness_ij": np.ones(i.size), "closeness_ji": np.zeros(i.size)}
    agents = {"id": np.arange(n + i.size), "loneliness": lonely}
    wave = Snapshot(0, agents, bonds, i, j, np.zeros(n + i.size, bool))
    asked = wave._replace(agents={name: column[:n] for name, column in agents.items()})
    assert on_levels.bend(Life(life.params, life.run, (asked,)))["T6"] == pytest.approx(4.0)


def test_slopes__are_those_that_made_the_numbers():
    rng = np.random.default_rng(2)
    x = [rng.normal(size=50) for _ in range(2)]
    y = 3.0 + 2.0 * x[0] - 0.5 * x[1]
    assert on_levels.slopes(y, x) == pytest.approx([2.0, -0.5])
    flat = on_levels.slopes(y, [x[0], np.ones(50), x[1]])
    assert flat[[0, 2]] == pytest.approx([2.0, -0.5])
    assert math.isnan(flat[1])


def test_more_ties__count_friends_in_days_a_year(life):
    """One friend more made a quarter of a day a week less four years later: 13 days a year."""
    wave = life.waves[2]
    friends = on_levels.ties_of_kind(wave, FRIEND, 0.59).astype(float)
    by_hand = np.zeros(wave.n_agents)
    for who, _, bond, side in sides(wave):
        close = wave.bonds[f"closeness_{side}"][bond] >= 0.59
        by_hand[who] += close and wave.bonds["kind"][bond] == FRIEND
    assert friends.tolist() == by_hand.tolist()
    assert friends.any()
    later = with_column(wave, lonely_days=4.0 - 0.25 * friends)
    waves = (wave, wave, wave, wave, later)
    found = on_levels.more_ties(Life(life.params, life.run, waves))
    assert found["T7a"] == pytest.approx(-13.0, abs=1e-4)
    assert found["T7b"] == pytest.approx(0.0, abs=1e-4)


def test_cross_lags__find_the_effect_that_was_put_in(life):
    rng = np.random.default_rng(3)
    n = life.waves[0].n_agents
    worth, received = (rng.normal(size=n) for _ in range(2))
    first = with_column(life.waves[0], self_worth=worth, received=received)
    last = with_column(first, self_worth=worth + 0.5 * received, received=received)
    found = on_minds.cross_lags(Life(life.params, life.run, (first, last)))
    size = 0.5 * received.std() / (worth + 0.5 * received).std()
    assert found["T24b"] == pytest.approx(size, rel=1e-6)
    assert found["T24a"] == pytest.approx(0.0, abs=1e-9)


def test_support__is_the_equation_person_by_person(life):
    wave = life.waves[0]
    total = np.zeros(wave.n_agents)
    for who, _, bond, side in sides(wave):
        total[who] += float(wave.bonds[f"closeness_{side}"][bond]) * float(
            wave.bonds[f"trust_{side}"][bond]
        )
    by_hand = [rules.support(each) for each in total]
    assert on_minds.support_of(wave) == pytest.approx(by_hand, rel=1e-6)


def test_distress__rises_with_stress_and_falls_with_worth(life):
    wave = life.waves[0]
    lonely = np.full(wave.n_agents, 0.3)
    stress = np.arange(wave.n_agents, dtype=float)
    made = with_column(wave, stress=stress, self_worth=-stress, loneliness=lonely)
    assert np.corrcoef(on_minds.distress_of(made), stress)[0, 1] == pytest.approx(1.0)


def test_partners__see_what_was_put_in(life):
    """The lonelier, the less regard for the partner; the partner's own regard is the same."""
    wave = life.waves[0]
    pair = wave.bonds["kind"] == 1
    lonely = wave.agents["loneliness"].astype(float)
    regard = {"regard_ij": 0.9 - 0.5 * lonely[wave.i], "regard_ji": 0.9 - 0.5 * lonely[wave.j]}
    made = wave._replace(bonds=wave.bonds | regard)
    own, others, _ = on_minds._of_partners(made, life)
    assert own == pytest.approx(-1.0)
    between = np.corrcoef(
        np.concatenate([lonely[wave.i[pair]], lonely[wave.j[pair]]]),
        np.concatenate([lonely[wave.j[pair]], lonely[wave.i[pair]]]),
    )[0, 1]
    assert others == pytest.approx(-between)


def test_pearson__is_unknown_where_all_are_alike():
    assert math.isnan(on_minds.pearson(np.ones(4), np.arange(4.0)))
    x = [np.array(order, float) for order in permutations(range(3))]
    assert on_minds.pearson(x[0], x[-1]) == pytest.approx(-1.0)


def test_lives__of_fewer_years_are_the_same_life(life):
    assert life.of_years(1).waves == life.waves[:2]
    assert [wave.day for wave in life.waves] == [20, 385, 750]
    assert len(list(life.apart(2))) == 1
