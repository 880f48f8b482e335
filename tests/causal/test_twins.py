"""Twin analyses: exact zeros, bookkeeping, and the same result by any number of processes."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from bondsim import Intervention, ParameterError
from bondsim.causal import twins
from bondsim.causal.kernel import NEVER, reproduction, spread_kernel
from bondsim.causal.twins import Change, TwinPlan, analyse, compare_twins, distances_from
from tests.causal.conftest import design_of


def push(n=1, start=30, dose=0.3):
    return Change((Intervention(what="loneliness", n=n, start=start, length=1, dose=dose),))


def test_distances__are_those_of_networkx(design):
    world = design.world(0)
    changed = np.zeros(300, bool)
    changed[[3, 77]] = True
    graph = nx.Graph()
    graph.add_nodes_from(range(300))
    graph.add_edges_from(world.bonds[["i", "j"]].to_numpy().tolist())
    known = nx.multi_source_dijkstra_path_length(graph, {3, 77})
    found = distances_from(world.state)(changed)
    assert found.tolist() == [known.get(k, NEVER) for k in range(300)]


def test_placebo__differs_by_exactly_nothing(design):
    pair = compare_twins(design, TwinPlan(start=10), Change(), 1)
    assert not pair.effect.any() and not pair.lonely.any() and (pair.diverged == NEVER).all()
    placebo = analyse(design, TwinPlan(), push(), processes=1).tables["placebo"]
    assert placebo["differ"][0] == 0 and placebo["largest_effect"][0] == 0.0


def test_effects__are_the_differences_of_two_worlds_lived_apart(design):
    change = push(n=5)
    pair = compare_twins(design, TwinPlan(start=30, every=10), change, 2)
    one = design.world(2)
    other = replace(design, interventions=change.interventions).world(2)
    for world in (one, other):
        for _ in range(111):
            world.step()
    a, b = (w.engine.read_outs(w.state)["loneliness"] for w in (one, other))
    np.testing.assert_array_equal(pair.effect[-1], b - a)
    assert pair.days.tolist() == list(range(30, 120, 10))
    reached = pair.changed == 1
    assert reached.sum() == 5 and (pair.distance[reached] == 0).all()
    assert (pair.diverged[reached] == 30).all()
    moved = np.abs(pair.effect).max(axis=0) > 0
    assert (pair.diverged[moved] != NEVER).all()


def test_tables__add_up(design):
    found = analyse(design, TwinPlan(every=30), push(), processes=1)
    by_distance, by_person = found.tables["by_distance"], found.tables["by_person"]
    n_days = np.unique(by_distance["day"]).size
    for replicate in range(3):
        own, rows = by_person["replicate"] == replicate, by_distance["replicate"] == replicate
        total = by_distance["effect"][rows].sum() / n_days
        assert by_person["effect"][own].sum() == pytest.approx(total)
        first = rows & (by_distance["day"] == 30)
        assert by_distance["people"][first].sum() == 300
    kernel = found.tables["kernel"]
    unit = (kernel["after"] == 0) & (kernel["distance"] == 0)
    assert kernel["total"][unit][0] == pytest.approx(1.0)
    number = found.tables["reproduction"]
    for outcome in ("lonely", "loneliness"):
        own = number["outcome"] == outcome
        parts, whole = own & (number["distance"] > 0), own & (number["distance"] == NEVER)
        assert np.nansum(number["number"][parts]) == pytest.approx(number["number"][whole][0])


def test_reproduction__by_hand():
    """Two replicates of two days: the changed, one neighbour, and nobody further."""
    table = {
        "replicate": np.repeat([0, 1], 6),
        "day": np.tile(np.repeat([5, 6], 3), 2),
        "distance": np.tile([0, 1, 2], 4),
        "people": np.tile([1, 3, 0], 4),
        "effect": np.array([0.4, 0.0, 0, 0.2, 0.1, 0, 0.4, 0.1, 0, 0.2, 0.1, 0]),
        "lonely": np.array([1.0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0]),
    }
    found = reproduction(table)
    value = {
        (o, d): x
        for o, d, x in zip(
            found["outcome"].tolist(), found["distance"].tolist(), found["number"], strict=True
        )
    }
    assert value["lonely", NEVER] == pytest.approx(1 / 3)
    assert value["loneliness", 1] == pytest.approx(0.3 / 1.2)
    kernel = spread_kernel(table, 5)
    late = (kernel["after"] == 1) & (kernel["distance"] == 1)
    assert kernel["total"][late][0] == pytest.approx(0.2 / 0.8)
    assert kernel["each"][late][0] == pytest.approx(0.2 / 3 / 0.8)


def test_analyse__is_the_same_by_any_number_of_processes(design):
    one = analyse(design, TwinPlan(every=30), push(), processes=1)
    two = analyse(design, TwinPlan(every=30), push(), processes=2)
    assert one.hash == two.hash
    few = analyse(replace(design, replicates=2), TwinPlan(every=30), push(), processes=1)
    kept = one.tables["by_person"]["replicate"] < 2
    np.testing.assert_array_equal(
        few.tables["by_person"]["effect"], one.tables["by_person"]["effect"][kept]
    )


def test_analyse__of_a_parameter_changes_everybody(design):
    found = analyse(
        design, TwinPlan(start=20), Change(params={"relate.distraction": 0.9}), processes=1
    )
    assert (found.tables["by_person"]["changed"] == 1).all()
    assert [row[0] for row in twins.report(found).rows] == ["changed"]
    again = analyse(design, **twins.plans_of(found.science), processes=1)
    assert again.hash == found.hash


def test_analyse__without_a_start_parts_where_the_change_begins(design):
    found = analyse(design, TwinPlan(), push(start=50), processes=1)
    assert found.tables["by_distance"]["day"].min() == 50
    assert analyse(design, TwinPlan(), processes=1).tables["by_distance"]["day"].min() == 30


@pytest.mark.parametrize(
    ("plan", "change", "told"),
    [
        (TwinPlan(), Change(), "a change"),
        (TwinPlan(start=120), push(start=120), "twin.start"),
        (TwinPlan(start=40), push(start=30), r"loneliness\.start"),
        (TwinPlan(), Change(params={"meet.psy": 1.0}), "meet.psy"),
        (TwinPlan(), Change(params={"channels.affect": True}), "other values"),
        (TwinPlan(), push(dose=0.0), "nobody differs"),
        (TwinPlan(), Change(params={"meet.psi": -1.0}), "meet.psi"),
        (TwinPlan(start=5), Change(params={"population.empathy_mean": 0.9}), "start=0"),
    ],
)
def test_analyse__refuses(design, plan, change, told):
    with pytest.raises(ParameterError, match=told):
        analyse(design, plan, change)


def test_analyse__of_nobody_far_away():
    lonely = design_of("affect", n_agents=12, days=40, replicates=2)
    found = analyse(lonely, TwinPlan(start=10, most=1), push(start=10), processes=1)
    assert np.isfinite(found.tables["kernel"]["total"]).any()


def test_with_turnover__those_changed_are_those_of_the_first_day():
    """Else whoever moves away would count as somebody whom the change has reached from afar."""
    calm = design_of("affect", n_agents=200, days=120, replicates=4)
    moving = replace(calm, params=calm.params.replace(**{"turnover.rate": 0.004}))
    found = analyse(moving, TwinPlan(every=10), push(n=5), processes=1)
    person, table = found.tables["by_person"], found.tables["by_distance"]
    assert all((person["changed"][person["replicate"] == r] == 1).sum() == 5 for r in range(4))
    first, last = (table["day"] == day for day in (30, 110))
    assert 4 * 200 >= table["people"][first].sum() > table["people"][last].sum() > 0
    far = table["distance"] > 2
    assert table["effect"][first & far].sum() == 0.0


def test_other_sides_of_bonds__count_as_changed():
    """Helpers and those who are left are no others whom loneliness has reached."""
    for what in ("befriending", "toxic_exit"):
        design = design_of(n_agents=200, days=60, replicates=2)
        planned = Intervention(what=what, who="list", ids=(7, 90), start=20, dose=0.5)
        pair = compare_twins(design, TwinPlan(start=20), Change((planned,)), 0)
        assert np.flatnonzero(pair.changed == 1).tolist() == [7, 90]
        assert 1 <= (pair.changed == 2).sum() <= 2
        assert (pair.distance[pair.changed > 0] == 0).all()
        assert (pair.diverged[pair.changed > 0] == 20).all()


def test_burn_in__comes_before_the_twins_part():
    design = replace(design_of("affect", n_agents=60, days=60, replicates=1), burn_in=40)
    found = analyse(design, TwinPlan(every=10), processes=1)
    assert found.tables["by_distance"]["day"].min() == 70
    with pytest.raises(ParameterError, match="after the burn-in"):
        analyse(design, TwinPlan(start=30), push(start=30))


def test_report__speaks_of_a_reproduction_number_of_pushes_alone(design):
    pushed = twins.report(analyse(design, TwinPlan(every=30), push(), processes=1))
    assert any(note.startswith("reproduction number") for note in pushed.notes)
    left = Change((Intervention(what="toxic_exit", n=1, start=30, dose=0.5),))
    other = twins.report(analyse(design, TwinPlan(every=30), left, processes=1))
    assert not any("reproduction" in note for note in other.notes)
    assert any("caused in others" in note for note in other.notes)
