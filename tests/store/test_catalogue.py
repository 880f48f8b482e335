"""The catalogue: packing loses nothing, damage is told, and of several records the best counts."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

import bondsim
from bondsim.errors import DataError
from bondsim.store import catalogue as module
from bondsim.store.catalogue import MANY_PARTS, Catalogue
from bondsim.store.claims import Claims
from bondsim.store.query import Results
from bondsim.store.watch import Watch


def record(k: int, **more: object) -> dict[str, object]:
    return {
        "id": f"{k:032x}", "status": "finished", "n_outcomes": 1, "outcomes": "prevalence",
        "prevalence": k / 8, "population.presence_mean": 0.5 + k, "meet.role.friend": 1.5,
        "channels.affect": True, "seed": k, "finished": f"2026-01-01T00:00:{k % 60:02d}", **more,
    }  # fmt: skip


def filled(folder: Path, n: int, *, pack: bool = True) -> Catalogue:
    catalogue = Catalogue(folder).make()
    for k in range(n):
        with catalogue.journal() as journal:
            journal.end(record(k))
    if pack:
        catalogue.pack()
    return Catalogue(folder)


@pytest.mark.parametrize("pack", [False, True])
def test_all_runs__are_there_packed_or_not(tmp_path: Path, pack: bool) -> None:
    catalogue = filled(tmp_path, 6, pack=pack)
    assert len(list(catalogue.packed.glob("*.parquet"))) == pack
    assert len(list(catalogue.journals.glob("*"))) == (0 if pack else 6)
    rows = catalogue.records(("id", "prevalence"))
    assert rows == [{"id": f"{k:032x}", "prevalence": k / 8} for k in range(6)]


def test_packing__leaves_a_journal_that_is_being_written(tmp_path: Path) -> None:
    catalogue = filled(tmp_path, 2, pack=False)
    with catalogue.journal() as journal:
        journal.end(record(7))
        catalogue.pack()
        assert len(list(catalogue.journals.glob("*"))) == 1
        journal.end(record(8))
    assert len(Catalogue(tmp_path).records()) == 4


@pytest.mark.parametrize("name", ["_write", "unlink"])
def test_packing_that_breaks_off__loses_and_doubles_nothing(tmp_path, monkeypatch, name) -> None:
    before = filled(tmp_path, 5, pack=False).records()

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Catalogue if name == "_write" else Path, name, stop)
        with pytest.raises(KeyboardInterrupt):
            Catalogue(tmp_path).pack()
    assert Catalogue(tmp_path).records() == before
    Catalogue(tmp_path).pack()
    assert Catalogue(tmp_path).records() == before
    assert not list(Catalogue(tmp_path).journals.glob("*"))


def test_many_packed_files__become_one(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path).make()
    for k in range(MANY_PARTS + 1):
        catalogue.add(record(k))
        catalogue.pack()
    assert len(list(catalogue.packed.glob("*.parquet"))) == 1
    assert len(Catalogue(tmp_path).records()) == MANY_PARTS + 1


def test_a_damaged_file__is_told_and_the_others_count(tmp_path: Path) -> None:
    catalogue = filled(tmp_path, 3)
    for k in range(10, 13):
        catalogue.add(record(k))
    catalogue.pack()
    first, _ = sorted(catalogue.packed.glob("*.parquet"))
    raw = bytearray(first.read_bytes())
    raw[len(raw) // 2] ^= 1
    first.write_bytes(raw)
    now = Catalogue(tmp_path)
    assert len(now.records()) == 3
    assert any(str(first) in text and "damaged" in text for text in now.damage)
    with pytest.warns(UserWarning, match="damaged"):
        Results(tmp_path).frame()
    for k in range(20, 20 + MANY_PARTS):  # it is left where it is when others are put together
        now.add(record(k))
        now.pack()
    assert first.exists() and len(Catalogue(tmp_path).records()) == 3 + MANY_PARTS


def test_the_best_record_of_a_run__counts(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path).make()
    failed = record(1, status="failed", error="too bad", n_outcomes=0, finished="2026-02")
    more = record(1, n_outcomes=2, outcomes="knee,prevalence", knee=4.0)
    for each in (record(1), more, failed, record(2), failed):
        catalogue.add(each)
        catalogue.pack()
    rows = Catalogue(tmp_path).records(("status", "knee", "seed"))
    assert rows == [
        {"status": "finished", "knee": 4.0, "seed": 1},
        {"status": "finished", "knee": None, "seed": 2},
    ]


def test_columns__have_the_type_that_holds_all_values(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path).make()
    for k, value in enumerate((1, 2.5, None)):
        catalogue.add(record(k, mixed=value, never=None))
        catalogue.pack()
    frame = Results(tmp_path).frame()
    assert frame["mixed"].tolist()[:2] == [1.0, 2.5] and frame["mixed"].isna().sum() == 1
    assert "never" not in frame
    assert frame["channels.affect"].dtype == bool and frame["seed"].dtype == int


def test_questions__name_parameters_as_they_are_called(tmp_path: Path) -> None:
    results = bondsim.results(filled(tmp_path, 4).results)
    sql = (
        "select population.presence_mean, meet.role.friend, avg(prevalence) from runs "
        "where seed > 1 and channels.affect group by all order by 1"
    )
    assert results.query(sql).to_numpy().tolist() == [[2.5, 1.5, 0.25], [3.5, 1.5, 0.375]]


@pytest.mark.parametrize(
    "sql",
    [
        "select",
        "select nothing from runs",
        "select * from elsewhere",
        "",
        "drop table runs",
        "copy runs to 'x.csv'",
        "select * from read_csv('/etc/passwd')",
        "install httpfs",
    ],
)
def test_a_question_that_cannot_be__is_one_error(tmp_path: Path, sql: str) -> None:
    results = Results(filled(tmp_path, 1).results)
    with pytest.raises(DataError, match="the query"):
        results.query(sql)
    assert not (Path.cwd() / "x.csv").exists()


def test_no_runs__is_one_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no runs are stored here"):
        Results(tmp_path)


def test_a_study_that_nobody_knows__is_one_error(tmp_path: Path) -> None:
    results = Results(filled(tmp_path, 1).results)
    with pytest.raises(DataError, match="no study of that name"):
        results.frame("presnce")


def test_a_damaged_plan__is_told_and_the_rest_works(tmp_path: Path) -> None:
    catalogue = filled(tmp_path, 2)
    for name, text in (("a-1", "{"), ("b-2", json.dumps({"name": "b", "cells": [{}]}))):
        (catalogue.studies / name).mkdir()
        (catalogue.studies / name / "plan.json").write_text(text)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert len(Results(tmp_path).frame()) == 2
    assert len([each for each in caught if "plan.json" in str(each.message)]) == 2


def test_a_run_is_claimed__by_one_sweep_at_a_time(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path).make()
    with Claims(catalogue) as one, Claims(catalogue) as two:
        assert one.take(["a", "b"]) == ["a", "b"]
        assert two.take(["b", "c"]) == ["c"]
        assert one.take(["c"]) == []
        assert two.others() == {"a", "b"}
    with Claims(catalogue) as three:
        assert three.take(["a", "b", "c"]) == ["a", "b", "c"]
    assert not list(catalogue.claims.glob("*"))


def test_claims_of_a_sweep_that_was_killed__are_free(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path).make()
    (catalogue.claims / "host-1-abc.claims").write_text("a\nb\n")
    with Claims(catalogue) as mine:
        assert mine.take(["a", "b"]) == ["a", "b"]


def test_a_watch__sees_what_ends_meanwhile_and_nothing_else(tmp_path: Path) -> None:
    catalogue = filled(tmp_path, 2)
    catalogue.add(record(2))
    watch, journal = Watch(catalogue), catalogue.journal()
    assert watch.ended() == set()
    seen: set[str] = set()
    for k in range(3, 9):
        with journal:
            journal.begin(f"{k:032x}")
            journal.end(record(k))
        if k % 3 == 0:
            Catalogue(tmp_path).pack()
        seen.add(f"{k:032x}")
        assert seen <= watch.ended() <= seen | {f"{2:032x}"}


def test_a_reader__tries_again_where_a_file_was_packed_away(tmp_path, monkeypatch) -> None:
    filled(tmp_path, 3)
    real, tries = module.Catalogue._packed_tables, []

    def once(self: Catalogue) -> object:
        tries.append(1)
        if len(tries) == 1:
            raise FileNotFoundError
        return real(self)

    monkeypatch.setattr(module.Catalogue, "_packed_tables", once)
    assert len(Catalogue(tmp_path).records()) == 3


@pytest.mark.parametrize("pack", [False, True])
def test_columns_of_mixed_kinds__take_no_other_run_with_them(tmp_path: Path, pack: bool) -> None:
    catalogue = Catalogue(tmp_path).make()
    for k, value in enumerate((1, True, "a", 2.5)):
        catalogue.add(record(k, mixed=value))
        if pack:
            catalogue.pack()
    assert Results(tmp_path).frame()["mixed"].tolist() == ["1", "True", "a", "2.5"]


def test_runs_that_tell_little__are_read_all_the_same(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path).make()
    for _ in range(2):
        catalogue.add({"id": "a", "status": "failed"})
        catalogue.pack()
    frame = Results(tmp_path).newest(5)
    assert frame["id"].tolist() == ["a"] and frame["status"].tolist() == ["failed"]


def test_records_of_one_process__go_into_one_journal(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path)
    for k in range(5):
        catalogue.add(record(k))
    assert len(list(catalogue.journals.glob("*"))) == 1
    assert len(catalogue.records()) == 5
