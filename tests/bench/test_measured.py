"""Spreads, ratios and turns."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from bondsim.bench.measured import (
    Measured,
    Ratio,
    measured_from,
    quotients,
    seconds_of,
    spread,
    take_turns,
)


def test_spread_is_median_least_most() -> None:
    assert spread([4.0, 1.0, 2.0]) == (2.0, 1.0, 4.0)
    assert spread([7.0]) == (7.0, 7.0, 7.0)


def test_a_ratio_is_taken_within_each_round() -> None:
    """The machine halves its speed in round 2; the ratio does not move."""
    ours, theirs = [8.0, 4.0, 8.4], [2.0, 1.0, 2.0]
    assert quotients(ours, theirs) == pytest.approx((4.0, 4.0, 4.2))
    assert spread(quotients(ours, theirs))[0] == pytest.approx(4.0)


def test_a_ratio_needs_the_same_rounds() -> None:
    with pytest.raises(ValueError, match="shorter"):
        quotients([1.0, 2.0], [1.0])


def test_turns_go_forth_and_back() -> None:
    order: list[str] = []

    def case(name: str) -> float:
        order.append(name)
        return float(len(order))

    turns = take_turns({"a": lambda: case("a"), "b": lambda: case("b")}, 3)
    assert "".join(order) == "abbaab"
    assert turns == {"a": (1.0, 4.0, 5.0), "b": (2.0, 3.0, 6.0)}


def test_seconds_of_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls of 3 s each fill 10 s with the fourth."""
    now, calls = [100.0], [0]

    def work() -> None:
        calls[0] += 1
        now[0] += 3.0

    monkeypatch.setattr("bondsim.bench.measured.time.perf_counter", lambda: now[0])
    assert seconds_of(work, 10.0) == pytest.approx(3.0)
    assert calls == [4]
    assert seconds_of(work) == pytest.approx(3.0)
    assert calls == [5]


def test_figures_survive_json() -> None:
    figure = Measured("part", "what", "s", (1.0, 2.5), 10, 2, (Ratio("it", (3.0,)),), "note", True)
    assert measured_from(json.loads(json.dumps(asdict(figure)))) == figure
