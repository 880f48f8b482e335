"""The panel of a survey, the list of methods, and what they say where nothing can be said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bondsim.causal.estimators import METHODS, Estimate, panel_of, rejects
from bondsim.causal.estimators.regressions import by_tie_type
from bondsim.errors import ParameterError
from bondsim.measures.recorded import Snapshot
from tests.causal.worlds import noise, wave


def small_wave(day, ids, bonds, values, **columns):
    """`bonds`: pairs of ids, and whether the first named the second and the other way round."""
    ids = np.array(ids)
    i, j = (
        np.searchsorted(ids, [bond[side] for bond in bonds]).astype(np.int64) for side in (0, 1)
    )
    named = {
        f"named_{way}": np.array([bond[at] for bond in bonds])
        for way, at in zip(("ij", "ji"), (2, 3), strict=True)
    }
    agents = {"id": ids, "loneliness": np.array(values), **columns}
    return Snapshot(day, agents, named, i, j, agents["loneliness"] >= 0.5)


def rows(panel):
    return sorted(
        (int(panel.person[e]), int(panel.person[a]), bool(x), bool(y))
        for e, a, x, y in zip(panel.ego, panel.alter, panel.names, panel.named, strict=True)
    )


def test_panel_of__takes_people_of_both_waves_and_their_ties():
    bonds = [(3, 5, True, False), (9, 5, True, True), (5, 7, True, True), (3, 9, False, False)]
    first = small_wave(1, [3, 5, 7, 9], bonds, [0.1, 0.2, 0.3, 0.9])
    later = small_wave(2, [3, 5, 9, 11], [], [0.4, 0.5, np.nan, 0.6])
    assert rows(panel_of([first, later])) == [(0, 1, True, False), (1, 0, False, True)]
    panel = panel_of([first, later._replace(agents={**later.agents, "loneliness": np.arange(4.0)})])
    # 7 moved away, 11 came later, 3 and 9 have a bond that neither named
    assert rows(panel) == [
        (0, 1, True, False), (1, 0, False, True), (1, 2, True, True), (2, 1, True, True),
    ]  # fmt: skip
    np.testing.assert_array_equal(panel.before["loneliness"], [0.1, 0.2, 0.9])
    np.testing.assert_array_equal(panel.after["loneliness"], [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(panel.lonely, [False, False, True])
    assert panel.last.n == 4 and panel.last.i.size == 0


def test_panel_of__without_namings_everyone_names():
    named = small_wave(1, [0, 1, 2], [(0, 1, True, True), (2, 1, True, True)], [0.1, 0.2, 0.3])
    bare = named._replace(bonds={})
    later = named._replace(day=9)
    assert rows(panel_of([bare, later])) == rows(panel_of([named, later]))


def test_panel_of__a_pair_that_comes_twice_is_one_tie():
    twice = [(0, 1, True, False), (1, 0, True, False)]
    first = small_wave(1, [0, 1], twice, [0.1, 0.2])
    panel = panel_of([first, first._replace(day=2)])
    assert rows(panel) == [(0, 1, True, True), (1, 0, True, True)]
    assert panel.last.i.tolist() == [0] and panel.last.j.tolist() == [1]


def test_panel_of__pairs_of_waves_lie_one_under_the_other():
    first, later = noise(1, n=60)
    third = later._replace(day=700)
    panel = panel_of([first, later, third], treated=np.array([4, 8]))
    two, other = panel_of([first, later]), panel_of([later, third])
    assert panel.n_people == 120
    np.testing.assert_array_equal(panel.person[:60], panel.person[60:])
    np.testing.assert_array_equal(panel.ego, np.append(two.ego, other.ego + 60))
    assert np.flatnonzero(panel.treated).tolist() == [4, 8]
    # a context of the second pair is another one
    assert not np.isin(panel.context[60:], panel.context[:60]).any()


def test_panel_of__marks_and_ids_of_the_treated_agree():
    waves = noise(1, n=60)
    marks = np.arange(60) % 3 == 0
    by_marks, by_ids = (panel_of(waves, treated=t).treated for t in (marks, np.flatnonzero(marks)))
    np.testing.assert_array_equal(by_marks, by_ids)
    assert by_marks.sum() == 20


def test_panel_of__lasting_ties_are_those_named_again():
    before = [(0, 1, True, False), (1, 2, True, True)]
    first = small_wave(1, [0, 1, 2], before, [0.1, 0.2, 0.3])
    later = small_wave(2, [0, 1, 2], [(0, 1, False, True), (0, 2, True, True)], [0.1, 0.2, 0.4])
    panel = panel_of([first, later], lasting=True)
    assert rows(panel) == [(0, 1, True, False), (1, 0, False, True)]


def test_panel_of__asks_for_lonely_days_instead():
    waves = [
        w._replace(agents={**w.agents, "lonely_days": 7.0 * w.agents["loneliness"]})
        for w in noise(2, n=200)
    ]
    days, plain = (panel_of(waves, outcome=name) for name in ("lonely_days", "loneliness"))
    one, other = (METHODS["lagged_regression"].estimate(p, 1) for p in (days, plain))
    # a slope of days on days is that of loneliness on loneliness
    assert one == pytest.approx(other, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"waves": noise(1, n=30)[:1]}, "waves must be waves of at least two days"),
        ({"waves": noise(1, n=30)[::-1]}, "in rising order"),
        ({"outcome": "height"}, "outcome must be one of loneliness, lonely_days"),
        ({"treated": np.zeros(29, bool)}, "treated must be ids, or a mark"),
    ],
)
def test_panel_of__bad_input_is_refused(change, match):
    options = {"waves": noise(1, n=30), **change}
    with pytest.raises(ParameterError, match=match):
        panel_of(options.pop("waves"), **options)


def test_methods__say_what_they_are():
    assert len(METHODS) == 15
    for name, method in METHODS.items():
        assert method.name == name
        assert method.estimand in ("slope", "excess", "none")
        assert all(getattr(method, part) for part in ("label", "unit", "definition", "claims"))
        assert any(mark in method.source + method.definition for mark in ("[P]", "[M]", "[A]"))


@pytest.mark.parametrize("name", METHODS)
def test_methods__same_panel_and_seed_give_the_same(name):
    waves = noise(3, n=120)
    treated = np.arange(0, 120, 5)
    one, other = (METHODS[name].estimate(panel_of(waves, treated=treated), 7) for _ in range(2))
    assert one == other or (math.isnan(one.se) and one.estimate == other.estimate)
    assert one.low <= one.estimate <= one.high and 0.0 <= one.p <= 1.0


@pytest.mark.parametrize("name", METHODS)
def test_methods__order_of_bonds_does_not_matter(name):
    """A bond given from its other side, and bonds in another order, are the same data."""
    waves = noise(4, n=120)
    treated = np.arange(0, 120, 5)
    turned = [
        w._replace(
            i=w.j[::-1], j=w.i[::-1],
            bonds={"named_ij": w.bonds["named_ji"][::-1], "named_ji": w.bonds["named_ij"][::-1]},
        )
        for w in waves
    ]  # fmt: skip
    one, other = (METHODS[name].estimate(panel_of(w, treated=treated), 7) for w in (waves, turned))
    np.testing.assert_equal(tuple(one), tuple(other))


def constant(n, value):
    named = noise(5, n=n)[0].bonds
    first, later = noise(5, n=n)
    same = np.full(n, value)
    flat = {"loneliness": same, "height": same, "headaches": same}
    return [
        w._replace(agents={**w.agents, **flat}, bonds=named, lonely=np.zeros(n, bool))
        for w in (first, later)
    ]


def without(waves, *names):
    return [w._replace(agents={k: v for k, v in w.agents.items() if k not in names}) for w in waves]


def untied(waves):
    nobody = np.empty(0, np.int64)
    return [w._replace(i=nobody, j=nobody, bonds={}) for w in waves]


def all_lonely(waves):
    return [w._replace(lonely=np.ones(w.n_agents, bool)) for w in waves]


def separated():
    """Who has a lonely alter can be told exactly: the lonely are lonely beside the lonely."""
    n = 200
    named = np.zeros((n, n), bool)
    for shift in (1, 2):
        named[np.arange(n), (np.arange(n) + shift) % 100 + 100 * (np.arange(n) >= 100)] = True
    np.fill_diagonal(named, False)
    values = np.where(np.arange(n) < 100, 0.1, 0.9) + 0.001 * np.sin(np.arange(n))
    return [wave(0, named, values, cut=0.5), wave(1, named, values[::-1], cut=0.5)]


NULLS = {"label_permutation", "degree_rewiring", "context_rewiring"}
EMPTY = {
    "three people": (noise(1, n=6, k=2), METHODS.keys() - NULLS),
    "no ties": (untied(noise(1, n=100)), METHODS),
    "everyone the same": (constant(100, 0.5), METHODS),
    "everyone at zero": (constant(100, 0.0), METHODS),
    "everyone lonely": (
        all_lonely(noise(1, n=100)),
        {"e_value", "matched_samples", "label_permutation", "degree_rewiring", "context_rewiring"},
    ),
    "not asked": (
        without(noise(1, n=100), "height", "headaches", "context"),
        {"negative_control_height", "negative_control_headaches"},
    ),
    "told apart": (separated(), {"matched_samples"}),
}


@pytest.mark.parametrize("case", EMPTY)
@pytest.mark.parametrize("name", METHODS)
def test_methods__nothing_can_be_said_without_an_exception(name, case):
    waves, silent = EMPTY[case]
    found = METHODS[name].estimate(panel_of(waves), 1)
    assert isinstance(found, Estimate) and isinstance(found.n, int)
    if name in silent:
        assert all(math.isnan(x) for x in found[:5])
        assert not rejects(name, found)


@pytest.mark.parametrize("name", sorted(METHODS.keys() - NULLS))
def test_methods__rounding_is_no_evidence(name):
    """Where nobody changes, ego(t) explains ego(t+1) but for rounding, which is left alone."""
    first, later = noise(6, n=150)
    panel = panel_of([first, later._replace(agents=first.agents)], treated=np.arange(0, 150, 5))
    found = METHODS[name].estimate(panel, 1)
    as_for_height = name in ("lagged_regression", "e_value") or name.startswith("negative")
    assert math.isnan(found.p) != as_for_height


def test_methods__who_did_not_tell_a_control_is_left_out_of_it_alone():
    waves = noise(7, n=200)
    silent = np.arange(200) % 10 == 0
    some = [
        w._replace(agents={**w.agents, **{c: np.where(silent, np.nan, w.agents[c]) for c in
        ("height", "headaches")}}) for w in waves
    ]  # fmt: skip
    whole, part = panel_of(waves), panel_of(some)
    for name in ("negative_control_height", "negative_control_headaches"):
        found = METHODS[name].estimate(part, 1)
        assert math.isfinite(found.p) and found.n < 0.9 * METHODS[name].estimate(whole, 1).n
    assert METHODS["lagged_alter"].estimate(part, 1) == METHODS["lagged_alter"].estimate(whole, 1)
    assert math.isfinite(METHODS["matched_samples"].estimate(part, 1).p)


@pytest.mark.parametrize("treated", [None, np.empty(0, np.int64), np.arange(100)])
def test_randomised__nothing_can_be_said_unless_some_were_pushed(treated):
    found = METHODS["randomised"].estimate(panel_of(noise(1, n=100), treated=treated), 1)
    assert all(math.isnan(x) for x in found[:5])


def test_methods__nobody_is_left_in_the_second_wave():
    first, later = noise(1, n=50)
    gone = {**later.agents, "loneliness": np.full(50, np.nan)}
    panel = panel_of([first, later._replace(agents=gone)])
    for method in METHODS.values():
        assert math.isnan(method.estimate(panel, 1).p)


def test_by_tie_type__a_type_that_no_tie_has_is_left_out():
    waves = noise(1, n=100, returned=True)
    found = by_tie_type(panel_of(waves))
    assert math.isfinite(found["mutual"].p)
    assert math.isnan(found["ego"].p) and math.isnan(found["alter"].p)
    assert math.isnan(METHODS["directionality"].estimate(panel_of(waves), 1).p)


def test_rejects__an_e_value_is_judged_by_the_limit_of_its_interval():
    strong = Estimate(3.0, math.nan, 2.1, 4.0, 1e-9, 100)
    assert rejects("e_value", strong)
    assert not rejects("e_value", strong._replace(low=1.9))
    assert rejects("lagged_alter", strong) and not rejects("lagged_alter", strong._replace(p=0.06))
