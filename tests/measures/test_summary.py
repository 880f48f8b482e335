"""The summary of a run, and its health burden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from bondsim import Params, Rules, World
from bondsim.errors import ParameterError
from bondsim.interventions import Intervention
from bondsim.measures.health import HAZARDS, health_burden
from bondsim.measures.recorded import days_kept, snapshot
from bondsim.measures.summary import summarise
from bondsim.measures.survey import NOTHING_LOST, survey
from bondsim.measures.ties import by_kind
from bondsim.network import Circles
from bondsim.store.saving import save_run
from bondsim.store.stored import load_run


def rows_of(run):
    return {row.name: row for row in summarise(run)}


def test_summary_says_what_the_tables_say(run):
    rows, series = rows_of(run), run.tables["series"]
    assert rows["lonely days"].first == series["lonely_days"][0]
    assert rows["lonely days"].last == series["lonely_days"][-1]
    events = run.frame("events")["event"].value_counts()
    assert rows["bonds made"].last == events["made"]
    assert rows["bonds lost"].last == events["parted"]
    assert rows["bonds lost by a person"].last == pytest.approx(
        events["parted"] * 2 / 120 / (90 / 365.25)
    )
    change = rows["bonds"].last - rows["bonds"].first
    after_first_day = run.frame("events").query("day > 0")["event"].value_counts()
    assert change == after_first_day["made"] - after_first_day["parted"]


def test_summary_of_interventions(run, tmp_path):
    assert "person-hours of interventions" not in rows_of(run)
    planned = Intervention(what="listening", n=5, start=1, length=2, hours=0.5)
    helped = World(Params(seed=1), Circles(n_agents=40), interventions=[planned]).run(4)
    row = rows_of(helped)["person-hours of interventions"]
    assert (row.first, row.last, row.unit) == (None, 5 * 2 * 0.5, "h")
    stored = load_run(save_run(helped, tmp_path, elapsed=0.0))
    assert rows_of(stored)["person-hours of interventions"] == row


def test_rank_stability_is_spearman(run):
    first, last = snapshot(run, 0).agents, snapshot(run, 89).agents
    expected = spearmanr(first["loneliness"], last["loneliness"]).statistic
    assert rows_of(run)["rank stability of loneliness"].last == pytest.approx(expected)


def test_summary_of_one_day():
    rows = rows_of(World(Params(seed=1), Circles(n_agents=40)).run(1))
    assert rows["rank stability of loneliness"].last is None
    assert rows["transitivity"].first is None and rows["transitivity"].last is not None


def test_summary_of_a_world_with_nobody_lonely(run):
    quiet = run.params.replace(**{"observe.lonely_cut": 1.0})
    row = rows_of(replace(run, params=quiet))["lonely at distance 1 of the lonely"]
    assert row.first is None and row.last is None and row.low is None


def test_snapshots(run):
    assert days_kept(run) == [0, 45, 89]
    with pytest.raises(ParameterError, match="0, 45, 89"):
        snapshot(run, 3)


def test_bonds_lost_are_all_that_are_gone():
    params = Params(seed=2).replace(**{"turnover.rate": 0.02})
    plan = [
        Intervention(what="toxic_exit", who="random", n=5, start=10),
        Intervention(what="befriending", who="loneliest", n=5, start=12),
    ]
    run = World(params, Circles(n_agents=150), interventions=plan).run(40)
    rows, first = rows_of(run), run.frame("events").query("day == 0")["event"].value_counts()
    gained = rows["bonds made"].last - first["made"]
    lost = rows["bonds lost"].last - first[["parted", "left", "moved"]].sum()
    assert rows["bonds"].last - rows["bonds"].first == gained - lost
    assert lost > gained > 0


def always_lonely(loneliness, cut_1, cut_2, cut_3):
    return 7.0


def percent(loneliness):
    return 100.0 * loneliness


def one_sided(felt_ij, felt_ji):
    return 0.25


def test_replaced_read_outs_reach_every_measure():
    rules = Rules(lonely_days=always_lonely, scale_score=percent, reciprocity=one_sided)
    run = World(Params(seed=1), Circles(n_agents=40), rules=rules).run(2)
    rows = rows_of(run)
    asked = survey(run, days=[1], seed=1, plan=NOTHING_LOST).people
    assert rows["lonely days"].last == 7.0 and (asked["lonely_days"] == 7.0).all()
    assert asked["scale_score"].mean() == pytest.approx(rows["loneliness scale"].last, rel=1e-6)
    assert rows["reciprocity of felt connection"].last == 0.25
    assert set(by_kind(snapshot(run, 1).bonds)["reciprocity"].tolist()) >= {0.25}


def test_health_burden():
    nobody = health_burden(np.zeros(10), 0.4)
    assert (nobody["fraction"] == 0.0).all()
    everybody = health_burden(np.ones(10), 0.4)
    np.testing.assert_allclose(everybody["fraction"], [1 - 1 / h.ratio for h in HAZARDS])
    some = health_burden(np.arange(10) / 10, 0.8)
    assert some["exposed"][0] == pytest.approx(0.2)
    assert some["fraction"][3] == pytest.approx(0.0612 / 1.0612)
    assert (some["low"] < some["fraction"]).all() and (some["fraction"] < some["high"]).all()
    with pytest.raises(ParameterError):
        health_burden(np.zeros(0), 0.4)
