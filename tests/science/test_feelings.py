"""What people must feel: set points, stress, hurt, self-worth, and what ties do to loneliness."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest

from bondsim import World
from bondsim.history import Table
from bondsim.params import Params, same_for_all_kinds
from tests.science.worlds import (
    ALL_OFF,
    APART,
    AVERAGE,
    CALM,
    bonds,
    graph_of,
    lived,
    network_of,
    pairs,
    params,
    people,
    strangers,
    town,
)

FROZEN = {
    **CALM, **APART, **AVERAGE, "feel.kappa": 0.05,
    "cool.closeness_half_life": same_for_all_kinds(np.inf), "cool.view_half_life": np.inf,
    "cool.evidence_half_life": np.inf,
}  # fmt: skip
"""Bonds stay as they are, and feelings come to rest."""


# --- loneliness -----------------------------------------------------------------------------

NO_GAP = {
    **ALL_OFF, "feel.gamma": 0.0, "feel.stress_prob": 0.0, "feel.noise_sd": 0.0,
    "part.loss_stress": 0.0, "relate.weak_contacts": 0,
}  # fmt: skip


def test_set_point__loneliness_rests_exactly_there() -> None:
    now = people(lived(town(params(1, NO_GAP)), 200))
    assert np.array_equal(now["emotional"], now["set_point"])
    assert np.array_equal(now["social"], now["set_point"])


def test_set_point__loneliness_returns_there_from_anywhere() -> None:
    world = town(params(1, NO_GAP))
    world.state.agents.emotional[:] = 1.0
    world.state.agents.social[:] = 0.0
    start = people(world)
    now = people(lived(world, 100))
    left = (1.0 - world.params.feel.kappa) ** 100
    for facet in ("emotional", "social"):
        gap = (start[facet] - start["set_point"]) * left
        assert now[facet] - now["set_point"] == pytest.approx(gap, abs=1e-5)


# --- withdrawal -----------------------------------------------------------------------------


def first_steps(changes: dict[str, Any], chronic: float = 0.2) -> int:
    """Bonds that 200 people without one make in 20 days."""
    world = World(params(1, CALM, {"reach_out.step_rate": 1.0, **changes}), strangers(200))
    world.state.agents.received[:] = 0.2
    world.state.agents.chronic[:] = chronic
    return int(world.run(20).tables["series"]["n_made"].sum())


def test_withdrawal__chronic_loneliness_takes_fewer_first_steps() -> None:
    held = {"feel.chronic_half_life": np.inf}
    assert first_steps(held, 0.9) < 0.85 * first_steps(held, 0.1)


def meetings(z: float) -> float:
    """Mean meetings a day of people in pairs, all of loneliness `z`."""
    pair = pairs(200, person={"emotional": z, "social": z})
    run = World(params(1, CALM, AVERAGE, **{"feel.kappa": 0.0}), pair).run(30)
    return float(run.tables["series"]["meetings"].mean())


def test_withdrawal__the_very_lonely_meet_less() -> None:
    assert meetings(1.0) < 0.8 * meetings(0.0)


def test_withdrawal__a_little_loneliness_makes_people_reach_out() -> None:
    assert meetings(0.35) > 1.05 * meetings(0.0)


def test_first_step__a_liking_gap_keeps_people_from_it() -> None:
    assert first_steps({"reach_out.liking_gap": 0.5}) < first_steps({"reach_out.liking_gap": 0.0})


def test_first_step__confidence_helps() -> None:
    timid, bold = (first_steps({"feel.worth_rest": worth}) for worth in (0.1, 0.9))
    assert timid < bold


# --- stress and support ---------------------------------------------------------------------


def star(kinds: list[str], others: int = 12) -> nx.Graph:
    """Person 0 with one close bond of each of these kinds, and others without any."""
    view = {"closeness": 0.8, "regard": 0.8, "understanding": 0.8, "kept": 8.0, "broken": 2.0}
    edges = ((0, j, {"kind": kind, **view}) for j, kind in enumerate(kinds, start=1))
    return graph_of(others + 1, edges)


def ego(kinds: list[str], days: int = 150, **changes: Any) -> dict[str, float]:
    """Person 0 of a star whose bonds stay as they are, when their feelings have come to rest."""
    world = lived(World(params(1, FROZEN, **changes), network_of(star(kinds))), days)
    now: Table = people(world)
    return {name: float(column[0]) for name, column in now.items()}


def test_support__buffers_stress() -> None:
    events = {"feel.stress_prob": 1.0, "feel.stress_size": 0.02, "feel.gamma": 0.0}
    alone, supported = ego([], **events), ego(["friend"] * 3, **events)
    assert supported["stress"] < alone["stress"]
    assert supported["emotional"] < alone["emotional"]
    without = ego(["friend"] * 3, **events, **{"feel.buffer": 0.0})
    assert without["stress"] == alone["stress"]


def test_stress__makes_lonely_and_passes() -> None:
    world = World(params(1, FROZEN), strangers(2, stress=0.8))
    calm = World(params(1, FROZEN), strangers(2))
    for days in (14, 14):
        lived(world, days)
    lived(calm, 28)
    assert people(world)["stress"] == pytest.approx(0.2, rel=1e-5)
    assert (people(world)["emotional"] > people(calm)["emotional"]).all()


# --- hurt and self-worth --------------------------------------------------------------------


def test_hurt__betrayal_raises_it() -> None:
    changes = {"relate.promise_prob": 1.0, "relate.exposure": 0.2}
    world = World(params(1, CALM, **changes), pairs(50, person={"reliability": 0.0}))
    run = world.run(30)
    betrayed = run.tables["events"]
    victims = np.unique(betrayed["i"][betrayed["event"] == 0])
    hurt = people(world)["hurt"] > 0.0
    assert 10 < victims.size < 100
    assert np.array_equal(np.flatnonzero(hurt), victims)


def test_hurt__halves_in_540_days() -> None:
    world = World(params(1, FROZEN), strangers(2, hurt=0.8))
    assert people(lived(world, 540))["hurt"] == pytest.approx(0.4, rel=1e-4)
    assert people(lived(world, 540))["hurt"] == pytest.approx(0.2, rel=1e-4)


def test_hurt__slows_closeness() -> None:
    whole, hurt = (
        lived(World(params(1, CALM, AVERAGE), pairs(10, person={"hurt": hurt})), 60)
        for hurt in (0.0, 0.8)
    )
    assert (bonds(hurt)["closeness_ij"] < bonds(whole)["closeness_ij"]).all()


def test_recognition__raises_self_worth() -> None:
    unseen, seen = (
        lived(World(params(1, CALM, **{"relate.accomplishment_prob": 1.0,
                                       "relate.recognition_worth": gain}), pairs(20)), 60)
        for gain in (0.0, 0.05)
    )  # fmt: skip
    assert (people(seen)["self_worth"] >= people(unseen)["self_worth"]).all()
    assert people(seen)["self_worth"].mean() > people(unseen)["self_worth"].mean() + 0.02


def test_respect__raises_self_worth() -> None:
    low, high = (
        lived(World(params(1, CALM), pairs(20, person={"respect": respect})), 60)
        for respect in (0.3, 0.95)
    )
    assert people(high)["self_worth"].mean() > people(low)["self_worth"].mean()


# --- ties and loneliness --------------------------------------------------------------------


def test_ties__social_loneliness_falls_and_flattens_with_close_friends() -> None:
    social = np.array([ego(["friend"] * k)["social"] for k in range(9)])
    steps = np.diff(social)
    assert (steps < 0.0).all()
    assert (np.diff(steps) > 0.0).all()
    assert social[0] - social[4] > 2.0 * (social[4] - social[8])


def test_ties__a_relative_eases_social_loneliness_by_a_tenth_of_a_friend() -> None:
    base = ["friend"] * 4
    four, kin, friend = (ego(base + more)["social"] for more in ([], ["family"], ["friend"]))
    assert 0.0 <= four - kin < 0.15 * (four - friend)


def test_ties__a_partner_protects_more_than_kin_or_colleagues() -> None:
    got = {kind: ego([kind])["emotional"] for kind in ("partner", "family", "coworker", "client")}
    assert got["partner"] < min(got["family"], got["coworker"], got["client"])
    assert got["partner"] < ego([])["emotional"]


def test_ties__people_with_a_partner_are_less_lonely_at_equal_set_point() -> None:
    # The same people with and without their partners: all else, luck included, is equal.
    network = town(Params(seed=4), 150).network
    couple = of_partners(network)
    keep = ~couple
    single = type(network)(**{
        **vars(network), "i": network.i[keep], "j": network.j[keep], "kind": network.kind[keep],
        "views": {}, "born": network.born[keep],
    })  # fmt: skip
    with_partner, without = (
        people(lived(World(Params(seed=4), n, threads=1), 365)) for n in (network, single)
    )
    spouses = np.unique(np.concatenate([network.i[couple], network.j[couple]]))
    gain = without["emotional"][spouses] - with_partner["emotional"][spouses]
    assert gain.mean() > 0.02


def of_partners(network: Any) -> np.ndarray:
    partners: np.ndarray = network.kind == 1
    return partners


def test_weak_contacts__ease_social_loneliness() -> None:
    none, some = (lived(town(params(1, **{"relate.weak_contacts": n})), 60) for n in (0, 3))
    assert people(some)["social"].mean() < people(none)["social"].mean()
    first_none, first_some = (
        people(lived(World(params(1, FROZEN, **{"relate.weak_contacts": n}), strangers(30)), 30))
        for n in (0, 3)
    )
    assert (first_some["social"] < first_none["social"]).all()
    assert np.array_equal(first_some["emotional"], first_none["emotional"])
