"""The knee of loneliness by close bonds: lines made by hand, and a fit by brute force."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from bondsim.measures.knee import TRIM, knee, loneliness_by_close_bonds
from bondsim.measures.recorded import Snapshot
from bondsim.measures.registry import outcomes_of
from tests.measures.made import made

NAMES = ["knee", "slope_before", "slope_after", "knee_gain"]


def brute_force(x, y, weight, step):
    """The bend with the least squares among very many, each fitted by the normal equations."""
    best = (np.inf, None, None)
    for at in np.arange(x[1], x[-2] + step / 2, step):
        if min(weight[x < at].sum(), weight[x > at].sum()) < TRIM * weight.sum():
            continue
        columns = np.stack([np.ones_like(x), np.minimum(x - at, 0), np.maximum(x - at, 0)], 1)
        inner = columns.T @ (weight[:, None] * columns)
        found = np.linalg.solve(inner, columns.T @ (weight * y))
        left = (weight * (y - columns @ found) ** 2).sum()
        if left < best[0]:
            best = (left, at, found)
    return best


@pytest.mark.parametrize("at", [2.0, 4.0, 4.3, 5.75])
def test_knee__of_a_bent_line_is_where_it_bends(at):
    x = np.arange(9.0)
    y = 0.7 - 0.1 * np.minimum(x, at) - 0.01 * np.maximum(x - at, 0.0)
    found = knee(x, y, np.array([1, 5, 9, 20, 9, 5, 4, 2, 3.0]))
    assert found.at == pytest.approx(at) and found.level == pytest.approx(0.7 - 0.1 * at)
    assert (found.before, found.after) == (pytest.approx(-0.1), pytest.approx(-0.01))
    assert found.gain == pytest.approx(1.0)
    np.testing.assert_allclose(found.line(x), y)


@pytest.mark.parametrize("seed", range(8))
def test_knee__agrees_with_brute_force(seed):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.permutation(15)[:10]).astype(float)
    weight = rng.integers(1, 60, 10).astype(float)
    y = 0.5 - 0.05 * np.minimum(x, 5) + rng.normal(0, 0.03, 10)
    left, at, (_, before, after) = brute_force(x, y, weight, 0.001)
    found = knee(x, y, weight)
    exact = (weight * (y - found.line(x)) ** 2).sum()
    assert exact <= left * (1 + 1e-9) and exact == pytest.approx(left, rel=1e-4)
    assert found.at == pytest.approx(at, abs=0.01)
    assert (found.before, found.after) == (
        pytest.approx(before, abs=1e-3), pytest.approx(after, abs=1e-3)
    )  # fmt: skip


def test_knee__needs_people_on_both_sides_of_it():
    """A handful without close bonds makes no knee, however far off they are."""
    x, y = np.arange(8.0), np.array([0.1, 0.2, 0.5, 0.48, 0.46, 0.42, 0.41, 0.4])
    many = np.full(8, 100.0)
    assert knee(x, y, many).at == pytest.approx(2.0, abs=0.3)
    few = np.array([3, 4, 100, 100, 100, 100, 100, 100.0])
    assert knee(x, y, few).at > 2.0


def test_knee__is_none_where_there_is_none():
    x = np.arange(8.0)
    for y in (0.5 - 0.03 * x, np.full(8, 0.4), 0.1 * x):
        assert np.isnan(knee(x, y, np.arange(1, 9.0)).at)
    assert np.isnan(knee(x[:4], np.array([1.0, 0.2, 0.1, 0.1]), np.ones(4)).at)
    assert np.isnan(knee(x[:0], x[:0], x[:0]).at)


def bent_town(n_each=6):
    """Stars with 0 to 9 close bonds at the centre, whose loneliness falls up to four of them."""
    graph, loneliness, forth = nx.Graph(), [], []
    for number in np.repeat(np.arange(10), n_each).tolist():
        centre = graph.number_of_nodes()
        graph.add_node(centre)
        loneliness.append(0.8 - 0.1 * min(number, 4))
        for leaf in range(centre + 1, centre + 1 + number):
            graph.add_edge(centre, leaf)
            loneliness.append(0.8)  # a leaf names nobody: it has no close bond of its own
            forth.append((0.9, 0.0))
        graph.add_edge(centre, centre + 1 + number)  # an acquaintance: not close to either
        loneliness.append(0.8)
        forth.append((0.3, 0.3))
    return made(graph, loneliness, closeness=forth)


def test_loneliness_by_close_bonds__counts_own_close_bonds():
    found = loneliness_by_close_bonds(bent_town())
    assert found["close_bonds"].tolist() == list(range(10))
    assert found["people"].tolist() == [6 + 6 * 45 + 60] + [6] * 9
    np.testing.assert_allclose(
        found["loneliness"], 0.8 - 0.1 * np.minimum(np.arange(10), 4), rtol=1e-6
    )
    np.testing.assert_allclose(found["fit"], found["loneliness"], rtol=1e-6)
    np.testing.assert_allclose(found["sd"], 0.0, atol=1e-7)


def test_knee__of_a_town_that_needs_four_close_bonds():
    found = outcomes_of(NAMES, [bent_town()], 1)
    assert found["knee"] == pytest.approx(4.0, abs=1e-4)
    assert found["slope_before"] == pytest.approx(-0.1, abs=1e-5)
    assert found["slope_after"] == pytest.approx(0.0, abs=1e-5)
    assert found["knee_gain"] == pytest.approx(1.0, abs=1e-6)


def test_loneliness_by_close_bonds__of_nobody():
    none = np.zeros(0, np.int64)
    table = {"closeness_ij": np.zeros(0), "closeness_ji": np.zeros(0)}
    agents = {"id": np.arange(3), "loneliness": np.full(3, np.nan)}
    empty = Snapshot(0, agents, table, none, none, np.zeros(3, bool))
    assert all(column.size == 0 for column in loneliness_by_close_bonds(empty).values())
