"""The engine and the plain model of bondsim.reference agree: every day, phase, column and bit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bondsim.rules
from bondsim import Intervention, Params, Rules, World, engine
from bondsim.history import COUNTED
from bondsim.interventions import WHATS, WHOS
from bondsim.network import specs
from bondsim.params import CHANNEL_PARAMETERS
from bondsim.reference import daily
from bondsim.reference.model import ReferenceWorld
from bondsim.reference.snapshot import differences, events, of_reference, snapshot
from tests.property.worlds import busy, networks, parameters, plans

CIRCLES = specs.Circles(n_agents=30, context_size=8)


class Twins:
    """One world twice: in the engine and in the reference model."""

    def __init__(
        self,
        params: Params,
        network: Any,
        plan: Sequence[Intervention] = (),
        rules: Rules | None = None,
        reference_rules: Any = None,
        threads: int = 1,
    ) -> None:
        self.engine = World(params, network, rules=rules, interventions=plan, threads=threads)
        self.reference = ReferenceWorld(
            params, snapshot(self.engine), reference_rules or rules or bondsim.rules, plan
        )
        self._engine_day = self.engine.engine.day
        self.engine.engine.day = self._watched

    def _watched(self, *args: Any) -> Iterator[Any]:
        """The engine's own day; keeps what its phases leave for each other."""
        for phase in self._engine_day(*args):
            self.today = phase[-1]
            yield phase

    def live(self, days: int) -> Twins:
        """Go through days; fails at the first phase after which anything differs."""
        for _ in range(days):
            phases = itertools.zip_longest(self.engine.phases(), self.reference.phases())
            for phase, same in phases:
                assert phase == same
                self.compare(f"day {self.reference.day}, after {phase}")
                if phase == "feel":
                    self.compare_the_day()
            self.compare(f"day {self.reference.day}, in the morning")
        assert events(self.engine) == sorted(self.reference.events)
        assert self.engine.plan.cost == pytest.approx(self.reference.interventions.person_hours)
        return self

    def compare_the_day(self) -> None:
        """What the day was to each person, bit for bit, and its row of the series to rounding."""
        people = daily.of_people(self.reference)
        columns = {name: getattr(self.today, name).tolist() for name in next(iter(people.values()))}
        lived = {
            i: {name: values[place] for name, values in columns.items()}
            for place, i in enumerate(self.engine.state.agents.id.tolist())
        }
        found = [str(line) for line in differences(lived, people)]
        assert found == [], f"day {self.reference.day}: what people did"
        row = self.engine.history.last()
        again = {**dict.fromkeys(COUNTED, 0), **daily.series(self.reference)}
        again |= daily.counts(self.reference)
        assert row == pytest.approx(again, rel=1e-6, abs=1e-7), f"day {self.reference.day}: series"

    def compare(self, when: str) -> None:
        found = list(map(str, differences(snapshot(self.engine), of_reference(self.reference))))
        assert not found, "\n".join([f"{when}: {len(found)} differences", *found[:20]])

    def happened(self) -> set[str]:
        return {event for _, event, *_ in self.reference.events}


NETWORKS = {
    "circles": CIRCLES,
    "karate": specs.Karate(),
    "florentine families": specs.Florentine(),
    "small world of kin": specs.SmallWorld(n_agents=24, degree=4, kind="family"),
    "partners": specs.SmallWorld(n_agents=20, degree=2, kind="partner"),
    "scale-free coworkers": specs.ScaleFree(n_agents=30, links=2, kind="coworker"),
    "blocks of clients": specs.Blocks(
        n_agents=30, n_blocks=3, degree_within=4.0, degree_between=1.0, kind="client"
    ),
    "configuration": specs.Configuration(n_agents=30, degree=4.0),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_an_ordinary_world(name):
    Twins(Params(seed=3), NETWORKS[name]).live(30)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_world_in_which_much_happens(name):
    Twins(busy(seed=4), NETWORKS[name]).live(20)


def test_months_of_a_club():
    twins = Twins(Params(seed=5), specs.Karate()).live(120)
    assert {"parted", "made", "betrayed", "deceived", "repaired"} <= twins.happened()


def test_everything_that_can_happen_to_a_bond_was_compared():
    twins = Twins(busy(seed=2), specs.Circles(n_agents=36, context_size=12, friends=3.0)).live(40)
    assert twins.happened() == {
        "made", "parted", "estranged", "deepened", "partnered", "betrayed", "deceived",
        "repaired",
    }  # fmt: skip


def test_two_who_ask_each_other():
    """In a town of five many steps are mutual, and of two accepted the smaller id's counts."""
    changes = {"reach_out.via_friend": 0.0, "reach_out.via_context": 0.5}
    town = specs.SmallWorld(n_agents=5, degree=2)
    for seed in range(20):
        Twins(busy(seed, **changes), town).live(12)


def test_turnover():
    twins = Twins(busy(seed=6, **{"turnover.rate": 0.03}), CIRCLES).live(50)
    assert "moved" in twins.happened()
    assert len(twins.reference.persons) == 30 < twins.reference.next_id - 20


@pytest.mark.parametrize("channel", CHANNEL_PARAMETERS)
@pytest.mark.parametrize("others", [True, False])
def test_channels(channel, others):
    """Each channel alone, and each alone missing."""
    switches = {f"channels.{name}": others for name in CHANNEL_PARAMETERS}
    params = Params(seed=7).replace(**{**switches, f"channels.{channel}": not others})
    Twins(params, CIRCLES).live(8)


def everyone(what: str) -> list[Intervention]:
    """The same intervention for each way of choosing people, day after day, overlapping."""
    common: dict[str, Any] = {"what": what, "n": 4, "length": 3, "fade": 2, "hours": 1.5}
    return [
        Intervention(who=who, start=1 + m, dose=0.3 + 0.05 * m, context=1, ids=(11, 3, 9), **common)
        for m, who in enumerate(WHOS)
    ]


@pytest.mark.parametrize("what", WHATS)
def test_each_intervention_for_each_choice_of_people(what):
    twins = Twins(busy(seed=8), CIRCLES, everyone(what)).live(16)
    assert twins.engine.plan.cost > 0.0


def test_interventions_that_undo_and_overlap():
    """Negative doses, and the same people in two groups and out of work at once."""
    plan = [
        Intervention(what="presence", who="random", n=12, start=0, length=5, fade=4, dose=0.6),
        Intervention(what="presence", who="random", n=12, start=2, length=5, dose=-0.4),
        Intervention(what="loneliness", who="loneliest", n=9, start=1, length=9, dose=-0.1),
        Intervention(what="group", who="list", ids=(1, 2, 3, 4), start=1, length=9),
        Intervention(what="group", who="list", ids=(3, 4, 5, 6), start=3, length=3),
        Intervention(what="job_loss", who="list", ids=(4, 5, 7), start=4, length=9, dose=0.5),
    ]
    Twins(busy(seed=11), CIRCLES, plan).live(18)


@pytest.mark.parametrize("what", WHATS)
def test_targets_who_move_away(what):
    plan = [Intervention(what=what, who="random", n=15, start=1, length=5, fade=3, dose=0.4)]
    Twins(busy(seed=12, **{"turnover.rate": 0.05}), CIRCLES, plan).live(11)


def test_almost_everyone_befriended_and_many_exits_at_once():
    plan = [
        Intervention(what="befriending", who="periphery", n=28, start=2),
        Intervention(what="toxic_exit", who="most_central", n=20, start=2, dose=0.9),
        Intervention(what="toxic_exit", who="loneliest", n=30, start=4, dose=0.9),
        Intervention(what="befriending", who="bridges", n=5, start=4),
    ]
    twins = Twins(busy(seed=13), CIRCLES, plan).live(8)
    assert {"made", "left"} <= twins.happened()


@pytest.mark.parametrize(("threads", "block"), [(2, 64), (3, 7), (2, 299), (2, 300)])
def test_blocks_and_threads_change_nothing(monkeypatch, threads, block):
    """A small town, cut up as only large ones are: blocks of which the last is not full."""
    monkeypatch.setattr(engine, "SMALL", 0)
    monkeypatch.setattr(engine, "BLOCK", block)
    work: list[tuple[int, int]] = []

    class Watched(ThreadPoolExecutor):
        def submit(self, kernel, lo, hi, *rest):
            work.append((lo, hi))
            return super().submit(kernel, lo, hi, *rest)

    monkeypatch.setattr(engine, "ThreadPoolExecutor", Watched)
    town = specs.Circles(n_agents=300, friends=3.0)
    Twins(busy(seed=14), town, threads=threads).live(1)
    assert set(work) - {(0, 300)} == {
        (lo, min(lo + block, 300)) for lo in range(0, 300, block) if block < 300
    }


def test_a_swapped_rule():
    def easily_eased(social: float, weak_ease: float) -> float:
        return social * (1.0 - 5.0 * weak_ease)

    def colder(
        climate: float, climate_sd: float, climate_half_life: float, deviate: float
    ) -> float:
        return 0.9 * climate + climate_sd * deviate

    rules = Rules(eased=easily_eased, climate_after=colder)
    Twins(Params(seed=9), specs.Florentine(), rules=rules).live(20)


@pytest.mark.parametrize(
    ("name", "phase"),
    [("warm_up", "meet"), ("eased", "relate"), ("first_kept", "reach_out"), ("longing", "feel")],
)
def test_the_comparison_notices_the_smallest_change_of_a_rule(name, phase):
    """One part in a million, in one rule of the reference only."""
    plain = getattr(bondsim.rules, name)

    def changed(*args: float) -> float:
        return plain(*args) * (1.0 + 1e-6)

    rules = Rules()
    rules.replaced = {plain: changed}
    with pytest.raises(AssertionError, match=r"day \d+, after (meet|relate|reach_out|feel)"):
        Twins(busy(seed=10), CIRCLES, reference_rules=rules).live(60)


SMALL_WORLDS = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}


@settings(max_examples=60, derandomize=True, **SMALL_WORLDS)
@given(st.data())
def test_any_small_world(data):
    """The same worlds every time."""
    live_any_world(data)


@pytest.mark.slow
@settings(max_examples=1000, database=None, print_blob=True, **SMALL_WORLDS)
@given(st.data())
def test_any_small_world_at_random(data):
    """Other worlds every time.

    `pytest -n 0 -m slow -k any_small_world tests/property`; to see worlds again, add the
    `--hypothesis-seed` that a failure prints, or let it draw that of your choice.
    """
    live_any_world(data)


def live_any_world(data: st.DataObject) -> None:
    params, network = data.draw(parameters(), "params"), data.draw(networks(), "network")
    Twins(params, network, data.draw(plans(network), "plan")).live(20)
