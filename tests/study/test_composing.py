"""From words to cells: what Hydra composes and what is set directly give the same worlds."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from bondsim.causal.looks import Look
from bondsim.config import compose
from bondsim.config.studies import compose_study
from bondsim.errors import BondsimError
from bondsim.network import EdgeList
from bondsim.store.plans import run_id
from bondsim.study.plan import Cell, Plan


def plan_of(*words: str, multirun: bool = False) -> Plan:
    return compose_study(["study.name=x", *words], multirun=multirun).plan


SWEPT = [
    (["meet.psi=1,2"], [["meet.psi=1"], ["meet.psi=2"]]),
    (["seed=range(3,5)"], [["seed=3"], ["seed=4"]]),
    (["channels.affect=on,off"], [["channels.affect=on"], ["channels.affect=off"]]),
    (["network=karate,davis"], [["network=karate"], ["network=davis"]]),
    (["intervention=none,befriending"], [["intervention=none"], ["intervention=befriending"]]),
    (["days=40,50"], [["days=40"], ["days=50"]]),
    (["meet.role.friend=1,2"], [["meet.role.friend=1"], ["meet.role.friend=2"]]),
    (["meet.role=1,2"], [["meet.role=1"], ["meet.role=2"]]),
    (["network.n_agents=50,60"], [["network.n_agents=50"], ["network.n_agents=60"]]),
    (["channels=all,none"], [["channels=all"], ["channels=none"]]),
    (
        ["intervention=befriending", "intervention.befriending.n=5,7"],
        [["intervention=befriending", f"intervention.befriending.n={n}"] for n in (5, 7)],
    ),
    (
        ["population.presence_mean=0.3,0.5", "network=karate", "meet.psi=2"],
        [[f"population.presence_mean={v}", "network=karate", "meet.psi=2"] for v in (0.3, 0.5)],
    ),
]


@pytest.mark.parametrize(("words", "single"), SWEPT)
def test_each_run_of_m__is_that_of_the_single_command(words, single) -> None:
    plan = plan_of(*words, multirun=True)
    assert plan.replicates == 1 and plan.keep == "folder"
    found = [job.id for job in plan.jobs()]
    expected = []
    for one in single:
        order = compose(one)
        design = plan.cells[0].design.__class__(
            order.params, order.network, order.settings.days, order.settings.burn_in, 1,
            order.interventions,
        )  # fmt: skip
        digest = Cell("x", 0, {}, design, order.settings.days_kept).digest(Look())
        expected.append(run_id(digest, order.params.seed))
    assert found == expected


def test_several_words__give_every_combination_the_first_changing_slowest() -> None:
    plan = plan_of("meet.psi=1,2", "seed=range(3)", multirun=True)
    values = [tuple(cell.values.values()) for cell in plan.cells]
    assert values == [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]


def test_factors_of_a_file_and_of_words__are_the_same() -> None:
    by_words = plan_of("meet.psi=1.5,2.5", "channels=all,none")
    by_file = plan_of("study.factors={meet.psi: [1.5, 2.5], channels: [all, none]}")
    assert by_words.digests == by_file.digests


def test_an_arm__is_words_or_values() -> None:
    listed = plan_of("study.arms={a: [], b: ['channels.affect=off', 'meet.psi=2']}")
    mapped = plan_of("study.arms={a: {}, b: {channels.affect: off, meet.psi: 2}}")
    assert listed.digests == mapped.digests
    assert [cell.arm for cell in listed.cells] == ["a", "b"]


def test_a_study_of_ones_own__is_found(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "mine.yaml").write_text(
        "# @package _global_\ndays: 9\nreplicates: 3\nnetwork: {n_agents: 33}\n"
        "study:\n  factors:\n    meet.psi: {low: 1, high: 3, steps: 3}\n  outcomes: [prevalence]\n"
    )
    plan = compose_study(["study=mine"], tmp_path).plan
    assert (plan.name, plan.replicates, plan.outcomes) == ("mine", 3, ("prevalence",))
    assert [cell.design.params.meet.psi for cell in plan.cells] == [1.0, 2.0, 3.0]
    assert {cell.design.network.n_agents for cell in plan.cells} == {33}
    other = compose_study(["study=mine", "study.factors={meet.psi: [4]}"], tmp_path).plan
    assert [cell.design.params.meet.psi for cell in other.cells] == [4.0]


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol", "morris"])
def test_drawn_points__lie_in_their_ranges(design: str) -> None:
    plan = plan_of(
        f"study.design={design}", "study.n=4",
        "study.factors={meet.psi: {low: 1, high: 3}, network.n_agents: {low: 30, high: 90, "
        "scale: whole}}",
    )  # fmt: skip
    assert len(plan.cells) >= 4
    assert all(1 <= cell.design.params.meet.psi <= 3 for cell in plan.cells)
    assert all(30 <= cell.design.network.n_agents <= 90 for cell in plan.cells)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["meet.psi=1,,2"], "can be read"), (["meet.psy=1,2"], "meet.psi"),
        (["rules.presence=0.3,0.5"], "population.presence_mean"),
        (["population.presence_mean=0.5,1.5"], "population.presence_mean"),
        (["study=nobody"], "presence"), (["study.factors=[1]"], "mapping"),
        (["study.factors={meet.psi: []}"], "study.factors.meet.psi"),
        (["study.factors={meet.psi: {low: 3, high: 1}}"], "study.factors.meet.psi"),
        (["study.factors={meet.psi: {low: 1, high: 3}}"], "study.factors.meet.psi"),
        (["study.arms={a: 3}"], "study.arms.a"), (["study.arms={a: [nonsense]}"], "nonsense"),
        (["study.arms={a: [meet.psi=-1]}"], "meet.psi"), (["study.points=[{meet.psi: 1}]"], "list"),
        (["study.design=list"], "study.points"),
        (["study.design=sobol", "meet.psi=1,2", "study.n=3"], "power of 2"),
        (["study.outcomes=[prevalance]"], "prevalence"), (["study.keep=all"], "study.keep"),
        (["executor=cloud"], "local"), (["replicates=0"], "replicates"),
        (["study.precise=knee"], "study.precise"), (["study.name='a b'"], "study.name"),
        (["executor.kind=spark"], "executor.kind"), (["precision.half_width=0"], "half_width"),
        (["study.outcomes=[knee,prevalence,knee]"], "study.outcomes must be in the list once"),
        (["threads=2"], "threads"), (["study.factors={network.path: [a]}"], "network"),
    ],
)  # fmt: skip
def test_a_study_that_cannot_be__is_one_error(words: list[str], told: str) -> None:
    with pytest.raises(BondsimError, match=told):
        plan_of(*words)


STEPS = "{low: 0.001, high: 0.01, steps: 999}"
HUGE = {
    "steps": (["study.factors={meet.psi: {low: 1, high: 3, steps: 100000000}}"], "steps"),
    "grid": ([f"study.factors={{meet.psi: {STEPS}, relate.contagion: {STEPS}}}"], "998,001"),
    "range": (["seed=range(1000000000)"], "seed must be at most 100,000 values"),
    "words": (["meet.psi=range(1,400)", "seed=range(400)"], "159,600 points"),
    "arms": (["study.arms={a: [], b: []}", "seed=range(60000)"], "120,000 cells"),
    "latin hypercube": (
        ["study.design=latin_hypercube", "study.n=9000000",
         "study.factors={meet.psi: {low: 1, high: 3}}"], "9,000,000 points",
    ),
    "sobol": (
        ["study.design=sobol", "study.n=65536", "study.factors={meet.psi: {low: 1, high: 3}}"],
        "196,608 points",
    ),
    "morris": (
        ["study.design=morris", "study.n=90000", "study.factors={meet.psi: {low: 1, high: 3}}"],
        "180,000 points",
    ),
    "replicates": (["seed=range(200)", "replicates=100000"], "at most 10,000,000 runs"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "told"), HUGE.values(), ids=HUGE)
def test_a_study_that_is_too_large__is_refused_before_it_is_made(words, told) -> None:
    began = time.process_time()
    with pytest.raises(BondsimError, match=told):
        plan_of(*words)
    assert time.process_time() - began < 20.0  # seconds; to make them would take hours


def test_what_a_file_gives__tells_its_runs_and_not_what_a_seed_fills_in(tmp_path: Path) -> None:
    path = tmp_path / "bonds.csv"
    path.write_text("source,target\na,b\nb,c\n")
    words = ["network=edge_list", f"network.path={path}"]
    (digest,) = plan_of(*words).digests
    assert plan_of(*words, "seed=2").digests == [digest]
    cell = plan_of(*words).cells[0]
    by_path = replace(cell, design=replace(cell.design, network=EdgeList(path=str(path))))
    assert by_path.digest(Look()) == digest
    shared = replace(cell, design=replace(cell.design, network=cell.design.people(0)))
    assert shared.digest(Look()) != digest  # replicates would not be the runs of their seeds
    path.write_text("source,target\na,b\na,c\n")
    assert plan_of(*words).digests != [digest] != [by_path.digest(Look())]
