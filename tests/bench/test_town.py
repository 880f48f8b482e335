"""A town measured: its days, its arrays, and the same days on Mesa objects."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from bondsim import Params, World
from bondsim.bench import classroom, memory, town
from bondsim.bench.measured import Measured
from bondsim.bench.town import REST, Stopwatch, arrays_of, live
from bondsim.engine import PHASES
from bondsim.network import Circles, build


class Inner(NamedTuple):
    a: Any
    b: Any


def test_arrays_are_counted_once_with_all_the_memory_they_hold() -> None:
    whole, other = np.zeros(10), np.zeros(3, np.int8)
    nested = Inner(Inner(whole, whole[2:4]), Inner(other, (whole[::2], 5, None)))
    assert sum(array.nbytes for array in arrays_of(nested, other)) == 83


def test_the_networks_have_15_bonds_each() -> None:
    for n in (1_000, 10_000):
        network = build(town.circles(n), 1)
        assert 2.0 * network.n_bonds / n == pytest.approx(15.0, abs=0.5)


def test_the_stopwatch_changes_nothing_and_misses_nothing() -> None:
    timed, plain = (World(Params(seed=3), Circles(n_agents=100)) for _ in range(2))
    watch: Any = Stopwatch(timed.engine)
    timed.engine = watch
    bonds = town.n_bonds(timed)
    stretch = live(timed, 1)
    stretch_2 = live(timed, 3)
    plain.run(4)
    assert timed.result().hash == plain.result().hash
    assert stretch.bond_days == bonds
    assert set(stretch_2.phases) == {*PHASES, REST}
    assert sum(stretch_2.phases.values()) == pytest.approx(stretch_2.seconds)
    assert all(seconds >= 0.0 for seconds in stretch_2.phases.values())
    total = sum(stretch_2.nanoseconds(phase) for phase in (*PHASES, REST))
    assert stretch_2.nanoseconds() == pytest.approx(total)


@pytest.fixture(scope="module")
def figures() -> list[Measured]:
    return town.measure(300, [1, 2], 2, 0.0)


def test_a_town_has_all_its_figures(figures: list[Measured]) -> None:
    found = {(figure.what, figure.threads): figure for figure in figures}
    names = {"whole day", "memory: record of a partner", REST, *(f"phase {p}" for p in PHASES)}
    assert set(found) == {
        *((name, t) for name in names for t in (1, 2)),
        *((name, None) for name in (
            "network generated", "first state", "peak memory of the process", "all arrays"
        )),
    }  # fmt: skip
    for figure in figures:
        assert figure.n_agents == 300 and not figure.failed
        assert all(value > 0.0 for value in figure.values)
        assert len(figure.values) == (1 if figure.threads is None else 2)


def test_ratios_of_a_town(figures: list[Measured]) -> None:
    """The whole day is its phases, and its floor the sum of theirs."""
    for t in (1, 2):
        phases = [f for f in figures if f.threads == t and f.unit == "ns/bond"]
        (day,) = (f for f in figures if f.threads == t and f.what == "whole day")
        for r in range(2):
            total = sum(figure.values[r] for figure in phases)
            assert 1e9 / day.values[r] == pytest.approx(total)
            floor = sum(f.values[r] / f.ratios[0].values[r] for f in phases if f.ratios)
            assert day.ratios[0].values[r] == pytest.approx(total / floor)
    one, two = (
        next(f for f in figures if f.what == "whole day" and f.threads == t) for t in (1, 2)
    )
    assert two.ratios[1].to == "as fast as on 1 thread"
    faster = [b / a for a, b in zip(one.values, two.values, strict=True)]
    assert two.ratios[1].values == pytest.approx(faster)


def test_mesa_objects_give_the_same_result() -> None:
    slow, fast = classroom.measure(100, [1], 1)
    assert slow.note == "the same hash after 1 day"
    assert slow.ratios[0].values == pytest.approx([fast.values[0] / slow.values[0]])
    assert slow.ratios[0].values[0] > 1.0


def test_mesa_objects_with_another_result_have_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    import bondsim.mesa_model

    class Other(bondsim.mesa_model.BondModel):
        def step(self) -> None:
            self.world.state.agents.stress[:] = 0.5
            super().step()

    monkeypatch.setattr(bondsim.mesa_model, "BondModel", Other)
    (figure,) = classroom.measure(60, [1], 1)
    assert figure.failed and figure.values == () and "results differ" in figure.note


def test_memory_is_measured_in_sensible_units() -> None:
    found = memory.measure([1], 1, 1 << 22)
    assert [figure.what for figure in found] == [
        "read in order",
        "updated in order",
        "16-byte record at random of 256 KB",
        "16-byte record at random of 4 MB",
    ]
    for figure in found:
        low, high = {"GB/s": (0.1, 2000.0), "ns": (0.05, 200.0)}[figure.unit]
        assert low < figure.values[0] < high
