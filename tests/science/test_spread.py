"""What spreads, what only looks like it: clustering and twin effects under each channel alone.

Worlds of 600 or 1,000 people, fixed seeds. Twin effects of what cannot spread are exactly zero, so
they have no rate of false alarms; where clustering is judged, rates are stated.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bondsim import Intervention
from bondsim.causal.twins import Change, TwinPlan, analyse
from bondsim.measures.recorded import snapshot
from bondsim.measures.summary import clustering_of
from tests.causal.conftest import design_of

PEOPLE, SEEDS = 600, range(10)


def push(n=20):
    """Some of 600 people made lonelier for a fortnight."""
    planned = Intervention(what="loneliness", n=n, start=20, length=14, dose=0.05)
    return Change((planned,))


def effects(*on, replicates=4):
    """Mean effect on a person by distance over the last month, a row for each replicate."""
    design = design_of(*on, n_agents=PEOPLE, days=110, replicates=replicates, seed=21)
    found = analyse(design, TwinPlan(every=10, most=3), push(n=3), processes=1)
    table = found.tables["by_distance"]
    late = table["day"] >= 80
    shape = (replicates, -1, 5)
    sums, people = (table[name][late].reshape(shape).sum(axis=1) for name in ("effect", "people"))
    return np.divide(sums, people, out=np.zeros(sums.shape), where=people > 0), found


def clustering(*on, days):
    """The excess at distances 1 to 3 in 10 worlds, and whether it leaves the band of chance.

    People four steps away have few bonds and are lonelier for it, which no channel does.
    """
    tables = []
    for seed in SEEDS:
        design = design_of(*on, n_agents=1000, days=days, replicates=1, seed=100 + seed)
        run = design.world(0).run(days)
        tables.append(clustering_of(run, snapshot(run, days - 1), most=3))
    excess, low, high = (
        np.array([table[name] for table in tables]) for name in ("excess", "low", "high")
    )
    return excess, (excess < low) | (excess > high)


@pytest.mark.parametrize("on", [(), ("selection",), ("context",), ("selection", "context")])
def test_without_contagion__nobody_else_differs_at_all(on):
    _, found = effects(*on, replicates=2)
    person = found.tables["by_person"]
    others = person["changed"] == 0
    assert (person["effect"][others] == 0.0).all() and (person["diverged"][others] == -1).all()
    assert person["effect"][~others].min() > 0.0
    number = found.tables["reproduction"]
    whole = number["distance"] == -1
    assert (number["number"][whole] == 0.0).all()


def test_affect_alone__spreads_and_falls_with_distance():
    """Paired over 4 worlds; all of them have the order, which by chance happens once in 1,000."""
    mean, found = effects("affect")
    changed, first, second, third = mean[:, :4].T
    assert (changed > first).all() and (first > second).all() and (second > third).all()
    assert (third >= 0.0).all() and (second > 0.0).all()
    number = found.tables["reproduction"]
    whole = (number["outcome"] == "loneliness") & (number["distance"] == -1)
    assert 0.0 < number["number_low"][whole][0] < number["number_high"][whole][0] < 1.0


@pytest.mark.parametrize(("on", "days"), [("selection", 30), ("context", 180)])
def test_selection_or_context_alone__clusters_without_contagion(on, days):
    """One-sided t test over 10 worlds at .001, the rate of false alarms.

    Selection is there from the start, the climate of a place takes months to tell.
    """
    excess, _ = clustering(on, days=days)
    assert stats.ttest_1samp(excess[:, 0], 0.0, alternative="greater").pvalue < 0.001


def test_no_channel__clusters_no_more_than_chance():
    """t test over 10 worlds at .05; at each distance 4 or more leave the band once in 1,000."""
    excess, outside = clustering(days=180)
    assert stats.ttest_1samp(excess[:, 0], 0.0).pvalue > 0.05
    assert (outside.sum(axis=0) <= 3).all()


def test_conduct_or_loss__reach_others_too():
    """They change who meets whom and how: others differ, though not all in one direction."""
    for on in (("conduct",), ("loss",)):
        design = design_of(*on, n_agents=PEOPLE, days=110, replicates=1, seed=21)
        planned = Intervention(what="loneliness", n=200, start=20, length=60, dose=0.2)
        found = analyse(design, TwinPlan(every=30), Change((planned,)), processes=1)
        person = found.tables["by_person"]
        assert (person["effect"][person["changed"] == 0] != 0.0).any(), on
