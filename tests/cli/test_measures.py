"""`bondsim measures`: every outcome that can be asked for, found by part of a name or meaning."""

from __future__ import annotations

import json

import pytest

from bondsim.cli import main
from bondsim.measures.registry import MEASURES, OUTCOMES


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["measures", *words]) == 0
    return capsys.readouterr().out


def test_lists_every_outcome_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(listed(capsys, "--json"))
    assert [row["outcome"] for row in rows] == list(OUTCOMES)
    for row in rows:
        outcome = OUTCOMES[row["outcome"]]
        assert (row["unit"], row["meaning"]) == (outcome.unit, outcome.meaning)
        measure = MEASURES[row["measure"]]
        assert (row["definition"], row["source"]) == (measure.definition, measure.source)
    table = listed(capsys)
    assert all(f"  {name} " in table for name in OUTCOMES)
    lines = listed(capsys, "--markdown").splitlines()
    assert len(lines) == 2 + len(OUTCOMES) and lines[0].startswith("| outcome | unit |")


def test_finds_by_outcome_or_by_measure(capsys: pytest.CaptureFixture[str]) -> None:
    def names(word: str) -> list[str]:
        return [row["outcome"] for row in json.loads(listed(capsys, word, "--json"))]

    assert names("people without a bond") == ["isolated"]
    assert names("Bonacich") == ["core_lonely", "closeness_lonely", "eigenvector_lonely"]
    assert names("core_lonely") == ["core_lonely"]


def test_refuses_what_it_cannot_find(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measures", "qqq"]) == 2
    assert "no outcome has this" in capsys.readouterr().err
    assert main(["measures", "--json", "--markdown"]) == 2
