"""Survival of bonds: a few bonds counted by hand, and networkx for friends of both."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from bondsim.errors import ParameterError
from bondsim.measures.recorded import snapshot
from bondsim.measures.registry import outcomes_of
from bondsim.measures.survival import shared_friends, survival
from bondsim.params import KINDS
from tests.measures.made import made, mixed, scattered

FAMILY, PARTNER, FRIEND, COWORKER, _ = range(len(KINDS))


def told(waves):
    table = survival(waves)
    rows = zip(table["by"], table["group"], table["bonds"], table["kept"], strict=True)
    return {(str(by), str(group)): (int(n), int(kept)) for by, group, n, kept in rows}


def two_waves():
    """Six people and seven bonds; then 5 has left, 9 is new, and two of six bonds are over."""
    before = nx.Graph([(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (0, 4), (4, 5)])
    assert list(before.edges()) == [(0, 1), (0, 2), (0, 4), (1, 2), (2, 3), (3, 4), (4, 5)]
    first = made(
        before,
        0.2,
        ids=[10, 11, 12, 13, 14, 15],
        day=0,
        closeness=[(0.9, 0.9), (0.9, 0.1), (0.1, 0.6), (0.6, 0.6), (0.5, 0.5), (0.2, 0.9), (1, 1)],
        kind=[FAMILY, FAMILY, FRIEND, FRIEND, FRIEND, PARTNER, COWORKER],
        born=[-4000, -366, -365, -10, -1826, -1827, -5],
    )
    after = nx.Graph([(0, 1), (0, 2), (2, 3), (3, 4), (4, 5)])
    return first, made(after, 0.2, ids=[10, 11, 12, 13, 14, 19], day=731)


def test_survival__by_hand():
    # kept: 10-11, 10-12, 12-13, 13-14; over: 10-14, 11-12; 14-15 does not count
    assert told(two_waves()) == {
        ("all", "all"): (6, 4),
        ("mutual", "mutual"): (2, 1),
        ("mutual", "one_sided"): (3, 2),
        ("kind", "family"): (2, 2),
        ("kind", "partner"): (1, 1),
        ("kind", "friend"): (3, 1),
        ("kind", "coworker"): (0, 0),
        ("kind", "client"): (0, 0),
        ("age", "under_1"): (2, 0),
        ("age", "1_to_5"): (2, 2),
        ("age", "from_5"): (2, 2),
        ("shared", "0"): (3, 2),
        ("shared", "1_to_2"): (3, 2),
        ("shared", "from_3"): (0, 0),
    }


def test_survival__outcomes_are_the_shares_of_the_table():
    names = [
        "survival", "survival_per_year", "survival_mutual", "survival_one_sided",
        "survival_friend", "survival_coworker", "survival_age_under_1", "survival_shared_0",
        "survival_shared_1_to_2",
    ]  # fmt: skip
    found = outcomes_of(names, two_waves(), 1)
    years = 731 / 365.25
    expected = [2 / 3, (2 / 3) ** (1 / years), 1 / 2, 2 / 3, 1 / 3, np.nan, 0.0, 2 / 3, 2 / 3]
    assert list(found.values()) == pytest.approx(expected, nan_ok=True)


def test_survival__is_the_same_whichever_end_comes_first():
    waves = two_waves()
    assert told([mixed(waves[0], 3), mixed(waves[1], 4)]) == told(waves)
    # what is between the first wave and the last does not count
    between = waves[1]._replace(day=300, i=waves[1].i[:0], j=waves[1].j[:0])
    assert told([waves[0], between, waves[1]]) == told(waves)


def test_survival__without_what_a_wave_does_not_tell():
    first, last = two_waves()
    bonds = {name: first.bonds[name] for name in ("closeness_ij", "closeness_ji")}
    found = told([first._replace(bonds=bonds), last])
    assert found[("all", "all")] == (6, 4) and found[("mutual", "mutual")] == (2, 1)
    assert {n for (by, _), (n, _) in found.items() if by in ("kind", "age")} == {0}


def test_survival__of_a_run_agrees_with_its_events(run):
    waves = [snapshot(run, day) for day in (0, 89)]
    events = run.frame("events").query("day > 0 and event == 'parted'")
    gone = {tuple(sorted(pair)) for pair in zip(events["i"], events["j"], strict=True)}
    ids = [wave.agents["id"] for wave in waves]
    pairs = [
        {(int(a), int(b)) for a, b in zip(own[wave.i], own[wave.j], strict=True)}
        for own, wave in zip(ids, waves, strict=True)
    ]
    assert gone & pairs[0]
    # a bond that ended may have been made anew
    lost = {pair for pair in gone & pairs[0] if pair not in pairs[1]}
    n, kept = told(waves)[("all", "all")]
    assert (n, kept) == (len(pairs[0]), len(pairs[0]) - len(lost))
    by_kind = [told(waves)[("kind", kind)][0] for kind in KINDS]
    assert sum(by_kind) == n


@pytest.mark.parametrize("seed", range(3))
def test_shared_friends__agree_with_networkx(seed):
    graph, wave = scattered(n=60, share=0.15, seed=seed)
    expected = [len(list(nx.common_neighbors(graph, a, b))) for a, b in graph.edges()]
    assert shared_friends(wave).tolist() == expected and max(expected) >= 3
    other = mixed(wave)
    assert sorted(shared_friends(other).tolist()) == sorted(expected)


def test_survival__needs_two_waves():
    with pytest.raises(ParameterError, match="at least 2 waves"):
        survival([made(nx.path_graph(3), 0.1)])
