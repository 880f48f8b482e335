"""`bondsim bench` as a user types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bondsim.bench import parts
from bondsim.bench.measured import Measured, Ratio
from bondsim.bench.parts import Part, carry_out
from bondsim.bench.peers import OURS, PEERS
from bondsim.bench.report import SCHEMA, number
from bondsim.cli import main


def bench(folder: Path, *words: str) -> tuple[str, dict[str, Any]]:
    """What the real command prints for a hundred people, and what it writes."""
    words = ("bench", "--quick", "--sizes", "100", "--threads", "1", "--repeats", "2", *words)
    command = [sys.executable, "-m", "bondsim", *words]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert finished.stderr == ""
    (file,) = (folder / "results").iterdir()
    assert finished.stdout.endswith(f"json: results/{file.name}\n")
    return finished.stdout, json.loads(file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """A benchmark without other frameworks, whose imports alone take seconds."""
    return bench(tmp_path_factory.mktemp("bench"), "--no-peers")


def test_the_table(done: tuple[str, dict[str, Any]]) -> None:
    printed, content = done
    for text in (
        "Python 3.", "numba 0.", "core", "import bondsim", "full model, 100 people", "whole day",
        "phase relate", "all arrays", "read in order", "Mesa objects", "the floor",
        "as fast: bondsim", "of their median",
    ):  # fmt: skip
        assert text in printed
    assert "reduced day" not in printed
    assert "\x1b" not in printed
    (objects,) = (f for f in content["figures"] if f["what"] == "Mesa objects")
    assert objects["note"] == "the same hash after 2 days"
    assert not any(figure["failed"] for figure in content["figures"])


@pytest.mark.slow
def test_with_other_frameworks(tmp_path: Path) -> None:
    printed, content = bench(tmp_path)
    assert "reduced day, 100 people" in printed
    reduced = [figure for figure in content["figures"] if figure["part"] == "reduced day"]
    assert [figure["what"].split()[0] for figure in reduced] == list(PEERS)
    for figure in reduced:
        assert figure["values"] or figure["note"].startswith("not installed")
        if figure["values"] and figure["what"] != OURS:
            assert figure["ratios"][0]["to"] == "as fast: bondsim, 1 thread"


def test_the_json(done: tuple[str, dict[str, Any]]) -> None:
    _, content = done
    assert content["schema"] == SCHEMA and content["complete"] is True
    assert content["machine"]["cores"] >= 1 and content["machine"]["libraries"]["numba"]
    assert "git" in content["machine"]["software"]
    assert content["options"]["sizes"] == [100] and content["options"]["repeats"] == 2
    assert content["started"] <= content["finished"]
    days = [f for f in content["figures"] if f["what"] == "whole day"]
    assert len(days) == 1 and len(days[0]["values"]) == 2
    for figure in content["figures"]:
        for rows in (figure, *figure["ratios"]):
            if rows["values"]:
                assert rows["least"] == min(rows["values"]) <= rows["median"]
                assert rows["most"] == max(rows["values"]) >= rows["median"]
            else:
                assert rows["median"] is None and figure["note"]


def quick_plan(*parts_: Part) -> Any:
    return lambda options: iter(parts_)


def test_a_part_that_fails_is_told_and_the_others_are_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = Part("a town of nobody", "town", {"n_agents": 0, "threads": [1], "repeats": 1, "fill": 0})
    good = Part("memory", "memory", {"threads": [1], "repeats": 1, "largest_table": 1 << 18})
    monkeypatch.setattr(parts, "plan", quick_plan(bad, good))
    assert main(["bench", "--json", str(tmp_path / "b.json")]) == 1
    printed = capsys.readouterr().out
    assert "not measured" in printed
    content = json.loads((tmp_path / "b.json").read_text())
    first, *others = content["figures"]
    assert first["failed"] and first["values"] == []
    assert first["note"].startswith("not measured: ") and "n_agents must be" in first["note"]
    assert others[0]["what"] == "read in order" and not others[0]["failed"]


def test_a_part_that_is_killed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    killed = subprocess.CompletedProcess([], -9, "", "")
    monkeypatch.setattr(parts.subprocess, "run", lambda *_, **__: killed)
    (figure,) = carry_out(Part("town", "town", {"n_agents": 5}))
    assert figure.failed and figure.note == "not measured: stopped by signal 9"


def test_what_was_measured_before_a_stop_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [Measured("memory", "read", "GB/s", (1.0,), ratios=(Ratio("it", (2.0,)),))]

    def measure(part: Part) -> list[Measured]:
        if part.title == "second":
            raise KeyboardInterrupt
        return found

    first, second = (Part(title, "memory", {}) for title in ("first", "second"))
    monkeypatch.setattr(parts, "plan", quick_plan(first, second))
    monkeypatch.setattr(parts, "carry_out", measure)
    file = tmp_path / "deep" / "b.json"
    assert main(["bench", "--json", str(file)]) == 130
    out, err = capsys.readouterr()
    assert out == "" and str(file) in err
    content = json.loads(file.read_text())
    assert content["complete"] is False
    assert [figure["values"] for figure in content["figures"]] == [[1.0]]
    assert content["figures"][0]["ratios"][0]["median"] == 2.0
    assert [path.name for path in file.parent.iterdir()] == ["b.json"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.00123, "0.00123"), (14.26, "14.3"), (999.0, "999"), (8_210.0, "8,210"),
     (66_240.0, "66.2 k"), (1_540_000.0, "1.54 M"), (157_000_000.0, "157 M")],
)  # fmt: skip
def test_numbers_have_three_figures(value: float, text: str) -> None:
    assert number(value) == text
