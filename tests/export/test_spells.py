"""Spells: they give back exactly who was there and who was bonded on every day kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from bondsim import Params
from bondsim.engine import EVENTS
from bondsim.errors import DataError
from bondsim.export.spells import HOW, edge_spells, vertex_spells
from bondsim.measures.recorded import days_kept, snapshot
from bondsim.params import COWORKER, FRIEND, KINDS, PARTNER


def rows(table, *columns):
    return list(zip(*(table[name].tolist() for name in columns), strict=True))


@pytest.mark.parametrize("day", [30, 31, 70, 99])
def test_edge_spells__are_the_bonds_of_every_day_kept(town, day):
    assert day in days_kept(town)
    spells, now = edge_spells(town), snapshot(town, day)
    active = (spells["onset"] <= day) & (day < spells["terminus"])
    found = {name: column[active] for name, column in spells.items()}
    assert rows(found, "i", "j", "kind") == rows(now.bonds, "i", "j", "kind")


@pytest.mark.parametrize("day", [30, 31, 70, 99])
def test_vertex_spells__are_the_people_of_every_day_kept(town, day):
    spells = vertex_spells(town)
    active = (spells["onset"] <= day) & (day < spells["terminus"])
    np.testing.assert_array_equal(spells["id"][active], snapshot(town, day).agents["id"])


def test_spells__of_a_run_in_which_everything_happens(town):
    spells = edge_spells(town)
    began, ended = (
        {HOW[code] for code in np.unique(spells[name]) if code >= 0} for name in ("began", "ended")
    )
    assert began == {"there", "made", "deepened", "partnered"}
    assert ended == {"parted", "left", "moved", "deepened", "partnered"}
    people = vertex_spells(town)
    assert people["id"].size > 160 and (np.diff(people["id"]) >= 1).all()
    assert (people["onset"] < people["terminus"]).all()


def test_edge_spells__agree_with_the_log_event_by_event(town):
    """A second implementation: live through the log, one row at a time."""
    first, last = days_kept(town)[0], days_kept(town)[-1]
    open_now, done = {}, []
    for i, j, kind, born in rows(snapshot(town, first).bonds, "i", "j", "kind", "born"):
        open_now[i, j] = (first, kind, "there", born)
    for day, code, a, b, kind in rows(town.tables["events"], "day", "event", "i", "j", "kind"):
        event, pair = EVENTS[code], (min(a, b), max(a, b))
        if day == first or event in ("betrayed", "deceived", "repaired", "estranged"):
            continue
        born = day
        if event != "made":
            onset, old, began, born = open_now.pop(pair)
            done.append((*pair, onset, day, old, born, began, event))
        if event in ("made", "deepened", "partnered"):
            open_now[pair] = (day, kind, event, born)
    done += [(*p, on, last + 1, k, born, how, "") for p, (on, k, how, born) in open_now.items()]
    expected = sorted(row for row in done if row[2] < row[3])
    spells = edge_spells(town)
    named = [
        (*row[:-2], HOW[row[-2]], HOW[row[-1]] if row[-1] >= 0 else "")
        for row in rows(spells, "i", "j", "onset", "terminus", "kind", "born", "began", "ended")
    ]
    assert sorted(named) == expected


def test_spells__censoring(town):
    spells, last = edge_spells(town), days_kept(town)[-1]
    older = spells["onset_censored"]
    assert (spells["onset"][older] == 30).all() and (spells["born"][older] < 30).all()
    assert (
        (spells["born"] == spells["onset"]) | older | (spells["began"] != HOW.index("made"))
    ).all()
    open_ended = spells["terminus_censored"]
    assert (spells["terminus"][open_ended] == last + 1).all()
    assert (spells["terminus"][~open_ended] <= last).all()
    assert (spells["ended"][open_ended] == -1).all() and (spells["ended"][~open_ended] >= 0).all()


def test_spells__of_one_bond_do_not_overlap(town):
    spells = edge_spells(town)
    same = (np.diff(spells["i"]) == 0) & (np.diff(spells["j"]) == 0)
    assert same.sum() > 20
    assert (spells["onset"][1:][same] >= spells["terminus"][:-1][same]).all()


# --- by hand --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HandMade:
    tables: dict
    params: Params = field(default_factory=Params)
    cost: float = 0.0


def by_hand(start, log, *, first=10, last=20):
    """Five people, with bonds (i, j, kind, born) and events (day, event, i, j, kind)."""

    def column(values, kind):
        return np.array(values, kind)

    days = np.repeat([first, last], 5).astype(np.int32)
    agents = {
        "day": days, "id": np.tile(np.arange(5), 2), "loneliness": np.zeros(10, np.float32),
    }  # fmt: skip
    bonds = {
        "day": np.full(len(start), first, np.int32),
        **{name: column([row[n] for row in start], np.int64) for n, name in enumerate("ij")},
        "kind": column([row[2] for row in start], np.int8),
        "born": column([row[3] for row in start], np.int32),
    }
    events = {
        "day": column([row[0] for row in log], np.int32),
        "event": column([EVENTS.index(row[1]) for row in log], np.int8),
        "i": column([row[2] for row in log], np.int64),
        "j": column([row[3] for row in log], np.int64),
        "kind": column([row[4] for row in log], np.int8),
    }
    return HandMade({"agents": agents, "bonds": bonds, "events": events})


def test_edge_spells__by_hand():
    start = [(0, 1, FRIEND, -5), (0, 2, COWORKER, 10)]
    log = [
        (10, "made", 0, 2, COWORKER),  # already in the table of the first day
        (12, "parted", 1, 0, FRIEND),
        (13, "made", 1, 0, COWORKER),
        (13, "betrayed", 1, 0, COWORKER),
        (15, "parted", 0, 1, COWORKER),
        (15, "made", 0, 1, FRIEND),  # parted and met again on the same day
        (16, "deepened", 0, 2, FRIEND),
        (17, "made", 4, 3, FRIEND),
        (17, "left", 3, 4, FRIEND),  # made and left on one day: no evening saw it
        (18, "deepened", 0, 2, FRIEND),
        (18, "partnered", 0, 2, PARTNER),
        (19, "moved", 0, 1, FRIEND),
    ]
    found = edge_spells(by_hand(start, log))
    columns = ("i", "j", "onset", "terminus", "kind", "onset_censored", "terminus_censored", "born")
    assert rows(found, *columns) == [
        (0, 1, 10, 12, FRIEND, True, False, -5),
        (0, 1, 13, 15, COWORKER, False, False, 13),
        (0, 1, 15, 19, FRIEND, False, False, 15),
        (0, 2, 10, 16, COWORKER, False, False, 10),
        (0, 2, 16, 18, FRIEND, False, False, 10),
        (0, 2, 18, 21, PARTNER, False, True, 10),
    ]
    assert [HOW[code] for code in found["ended"][:3]] == ["parted", "parted", "moved"]


def test_spells__of_a_town_without_bonds():
    found = edge_spells(by_hand([], []))
    assert all(column.size == 0 for column in found.values())
    people = vertex_spells(by_hand([], []))
    assert rows(people, "id", "onset", "terminus") == [(i, 10, 21) for i in range(5)]
    assert people["onset_censored"].all() and people["terminus_censored"].all()


@pytest.mark.parametrize(
    ("log", "found"),
    [
        ([(12, "made", 0, 1, FRIEND)], "made while bonded"),
        ([(12, "parted", 2, 3, FRIEND)], "parted without a bond"),
        ([(12, "parted", 0, 1, FRIEND), (13, "left", 0, 1, FRIEND)], "left without a bond"),
        ([(12, "parted", 0, 1, FRIEND), (13, "deepened", 0, 1, FRIEND)], "deepened without a bond"),
    ],
)
def test_edge_spells__refuse_a_log_that_does_not_follow(log, found):
    with pytest.raises(DataError, match=found):
        edge_spells(by_hand([(0, 1, FRIEND, 0)], log))


def test_vertex_spells__refuse_people_who_do_not_follow_from_the_seed(town):
    with pytest.raises(DataError, match="other people"):
        vertex_spells(replace(town, params=replace(town.params, seed=6)))


def test_kinds__are_known():
    assert (KINDS[FRIEND], KINDS[COWORKER], KINDS[PARTNER]) == ("friend", "coworker", "partner")
