"""Wrong options end in one clear message, before anything is measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bondsim.bench import options
from bondsim.bench.options import Options, checked
from bondsim.bench.parts import plan
from bondsim.cli import main


def order(**words: Any) -> Options:
    asked = {"sizes": None, "threads": None, "repeats": None, "json": None}
    return checked(**{**asked, "quick": False, "peers": True, **words})


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six cores and 24 GB."""
    monkeypatch.setattr(options, "n_cores", lambda: 6)
    monkeypatch.setattr(options, "memory", lambda: 24_000_000_000)


def test_what_is_left_to_us() -> None:
    assert order().sizes == (1_000, 10_000, 100_000, 1_000_000)
    assert order().threads == (1, 2, 4, 6)
    assert order(quick=True).sizes == (1_000, 10_000)
    assert order(quick=True).repeats < order().repeats
    assert order().json.parent == Path("results")


def test_what_is_asked_for() -> None:
    asked = order(sizes="1e4,500", threads="2,1,2", repeats="7", json="~/b.json")
    assert asked.sizes == (500, 10_000) and asked.threads == (1, 2) and asked.repeats == 7
    assert asked.json == Path.home() / "b.json"


def test_usual_sizes_that_do_not_fit_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "memory", lambda: 2_000_000_000)
    assert order().sizes == (1_000, 10_000, 100_000)


def test_small_towns_live_on_one_thread_and_peers_can_be_left_out() -> None:
    parts = list(plan(order(sizes="1000,20000", peers=False)))
    assert [(part.measure, part.arguments.get("n_agents")) for part in parts] == [
        ("startup", None), ("memory", None), ("studies", 1_000), ("town", 1_000),
        ("classroom", 1_000), ("town", 20_000),
    ]  # fmt: skip
    threads = {part.title: part.arguments.get("threads") for part in parts}
    assert threads["town, 1,000 people"] == [1]
    assert threads["town, 20,000 people"] == [1, 2, 4, 6]
    with_peers = [part.measure for part in plan(order(sizes="1000"))]
    assert with_peers == ["startup", "memory", "studies", "town", "classroom", "frameworks"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--sizes", "many"], "--sizes must be whole numbers in [100, 50,000,000]"),
        (["--sizes", "99"], "--sizes must be whole numbers in [100, "),
        (["--sizes", "1000,"], "--sizes must be whole numbers"),
        (["--sizes", "1000.5"], "--sizes must be whole numbers"),
        (["--sizes", "inf"], "--sizes must be whole numbers"),
        (["--sizes", "nan"], "--sizes must be whole numbers"),
        (["--sizes", "2e7"], "--sizes must be at most"),
        (["--threads", "0"], "--threads must be whole numbers in [1, 6]"),
        (["--threads", "7"], "--threads must be whole numbers in [1, 6]"),
        (["--repeats", "0"], "--repeats must be whole numbers in [1, 50]"),
        (["--repeats", "1,2"], "--repeats must be one whole number in [1, 50]"),
        (["--json", __file__], "--json must be the name of a file that is not there yet"),
        (["--jsn", "x"], "unrecognized arguments: --jsn x"),
        (["--sizes"], "expected one argument"),
        (["--json", f"{__file__}/b.json"], "--json must be a folder"),
    ],
)
def test_wrong_options(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["bench", *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("bondsim: ") and err.count("\n") == 1
    assert message in err
    assert not list(tmp_path.iterdir())
