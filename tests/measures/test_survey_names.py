"""Name generators against a second implementation, person by person in plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim.measures.recorded import snapshot
from bondsim.measures.survey import SurveyPlan, survey
from bondsim.params import KINDS
from tests.measures.hand_made import town


def others_of(now):
    """For each id what they could tell of each other, as plain records."""
    told = {int(person): [] for person in now.agents["id"]}
    bonds = {name: column.tolist() for name, column in now.bonds.items()}
    for n in range(len(bonds["i"])):
        for own, other, side in (("i", "j", "ij"), ("j", "i", "ji")):
            told[bonds[own][n]].append({
                "id": bonds[other][n], "kind": KINDS[bonds["kind"][n]],
                "close": bonds[f"closeness_{side}"][n], "met": bonds["last_met"][n],
            })  # fmt: skip
    return told


def closest(others, plan, day):
    return sorted(others, key=lambda o: (-o["close"], o["id"]))[: plan.name_cap]


def confidants(others, plan, day):
    return closest([o for o in others if o["close"] >= plan.confide_cut], plan, day)


def recent(others, plan, day):
    met = [o for o in others if o["met"] > day - plan.recent_days]
    return sorted(met, key=lambda o: (-o["met"], -o["close"], o["id"]))[: plan.name_cap]


def locate(others, plan, day):
    groups = [[o for o in others if o["kind"] == kind] for kind in ("friend", "partner", "family")]
    friends, spouse, kin = (sorted(g, key=lambda o: (-o["close"], o["id"])) for g in groups)
    return friends[: plan.name_cap] + spouse + kin


SLOW = {"closest": closest, "confidants": confidants, "recent": recent, "locate": locate}


@pytest.mark.parametrize("generator", SLOW)
@pytest.mark.parametrize("cap", [0, 1, 5, 1000])
@pytest.mark.parametrize("kinds", [KINDS, ("friend",), ("family", "partner", "client")])
def test_namings__agree_with_plain_python(run, generator, cap, kinds):
    plan = SurveyPlan(generator=generator, name_cap=cap, kinds=kinds, recent_days=10)
    found, now = survey(run, days=[0, 89], seed=1, plan=plan), snapshot(run, 89)
    last = found.ties["wave"] == 2
    told = {name: column[last].tolist() for name, column in found.ties.items()}
    expected = [
        (person, other["id"], KINDS.index(other["kind"]), rank, other["close"], other["met"])
        for person, others in others_of(now).items()
        for rank, other in enumerate(
            SLOW[generator]([o for o in others if o["kind"] in kinds], plan, 89), start=1
        )
    ]
    columns = ("i", "j", "kind", "rank", "closeness", "last_met")
    assert list(zip(*(told[c] for c in columns), strict=True)) == expected
    named = found.people["named"][found.people["wave"] == 2]
    assert named.sum() == len(expected) > (-1 if cap == 0 else 0)


@pytest.fixture
def ego():
    """Person 0 and eight others, whom 0 is as close to as the table says."""
    others = {
        1: ("family", 0.9, -50), 2: ("partner", 0.95, 9), 3: ("friend", 0.8, 8),
        4: ("friend", 0.6, 10), 5: ("coworker", 0.75, 10), 6: ("client", 0.1, 10),
        7: ("friend", 0.8, -30), 8: ("family", 0.2, 1),
    }  # fmt: skip
    pairs = [
        {"i": 0, "j": j, "kind": KINDS.index(kind), "closeness_ij": close, "last_met": met}
        for j, (kind, close, met) in others.items()
    ]
    return town({10: ({"id": np.arange(9), "loneliness": np.full(9, 0.3)}, pairs)})


@pytest.mark.parametrize(
    ("plan", "names"),
    [
        (SurveyPlan(name_cap=3), [2, 1, 3]),
        (SurveyPlan(name_cap=9), [2, 1, 3, 7, 5, 4, 8, 6]),
        (SurveyPlan(name_cap=2, kinds=("friend",)), [3, 7]),
        (SurveyPlan(generator="locate", name_cap=1), [3, 2, 1, 8]),
        (SurveyPlan(generator="locate", name_cap=0), [2, 1, 8]),
        (SurveyPlan(generator="locate", name_cap=1, kinds=("friend",)), [3]),
        (SurveyPlan(generator="confidants", confide_cut=0.75), [2, 1, 3, 7, 5]),
        (SurveyPlan(generator="recent", recent_days=3), [5, 4, 6, 2, 3]),
        (SurveyPlan(generator="recent", recent_days=1, name_cap=2), [5, 4]),
    ],
)
def test_namings__of_one_person_by_hand(ego, plan, names):
    ties = survey(ego, days=[10], seed=1, plan=plan).ties
    own = ties["i"] == 0
    assert ties["j"][own].tolist() == names
    assert ties["rank"][own].tolist() == list(range(1, len(names) + 1))


def test_namings__what_is_forgotten_leaves_no_gap(run):
    plan = SurveyPlan(name_cap=6, name_missing=0.4)
    ties = survey(run, days=[0], seed=1, plan=plan).ties
    for person in np.unique(ties["i"]):
        own = ties["i"] == person
        assert ties["rank"][own].tolist() == list(range(1, own.sum() + 1))
        assert (np.diff(ties["closeness"][own]) <= 0).all()
