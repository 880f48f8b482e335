"""What a day must move: counted by hand on a small town."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bondsim import Params, World
from bondsim.bench import floors
from bondsim.bench.floors import (
    LOOKED,
    MET,
    PARTNER,
    PERSON,
    READ,
    SLOT,
    TWIN,
    WRITE,
    Fetch,
    Need,
    Touch,
    needs,
)
from bondsim.bench.town import Stopwatch
from bondsim.engine import PHASES
from bondsim.network import SmallWorld


@pytest.fixture(scope="module")
def lived() -> tuple[Any, Any]:
    """State and scratch of a small town after five days."""
    world = World(Params(seed=1), SmallWorld(n_agents=60, degree=4))
    watch: Any = Stopwatch(world.engine)
    world.engine = watch
    for _ in range(5):
        world.step()
    return world.state, watch.scratch


def test_every_phase_is_declared_and_every_name_is_there(lived: tuple[Any, Any]) -> None:
    found = needs(*lived)
    assert tuple(found) == PHASES
    assert found["meet"].streamed > 0.0 and found["meet"].fetched
    assert found["cool"] == Need(0.0, {})


def test_bytes_and_fetches_by_hand(lived: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    state, scratch = lived
    touches = (
        Touch(READ, SLOT, "bonds.partner bonds.kind"),
        Touch(WRITE, PERSON, "agents.stress"),
        Touch(PARTNER, SLOT, "agents.id agents.context agents.emotional"),
        Touch(TWIN, LOOKED, "bonds.kept bonds.broken bonds.ceiling bonds.regard bonds.born"),
        Touch(TWIN, SLOT, "bonds.closeness"),
        Touch(PARTNER, MET, "agents.need"),
        Touch(PARTNER, MET, "bonds.start*16 agents.need"),
        Touch(PARTNER, SLOT, "day.ids"),
    )
    monkeypatch.setattr(floors, "TRAFFIC", {"meet": touches})
    need = needs(*lived)["meet"]
    halves = int(state.bonds.degree.sum())
    looked = int((scratch.meeting & 4 > 0).sum())
    met = int(scratch.n_met.sum())
    assert looked > 0 and met > 0
    assert need.streamed == halves * (4 + 1) + 60 * 4
    assert need.fetched == {
        Fetch(PARTNER, 16): halves + 2 * met,  # 8 + 4 + 4 bytes are one line, 68 are two
        Fetch(TWIN, 16): looked,
        Fetch(TWIN, 4): halves,
        Fetch(PARTNER, 4): met,
    }


def test_bytes_follow_the_arrays(lived: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A wider column, or one of several numbers a row, counts as what it is."""
    state, scratch = lived
    monkeypatch.setattr(floors, "TRAFFIC", {"meet": (Touch(READ, PERSON, "agents.need"),)})
    assert needs(state, scratch)["meet"].streamed == 60 * 4
    wide = state._replace(agents=state.agents._replace(need=np.zeros((60, 3), np.float64)))
    assert needs(wide, scratch)["meet"].streamed == 60 * 24


@pytest.mark.parametrize(
    ("name", "there"),
    [("agents.lonelyness", "agents has id,"), ("day.strat", "day has "), ("bond.kind", "bonds,")],
)
def test_unknown_columns_are_refused(
    name: str, there: str, lived: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    touches = (Touch(READ, PERSON, f"agents.need {name}"),)
    monkeypatch.setattr(floors, "TRAFFIC", {"feel": touches})
    with pytest.raises(LookupError, match=f"'feel'.*names '{name}', which is not there: .*{there}"):
        needs(*lived)


def test_the_floor_is_the_longer_of_streaming_and_fetching() -> None:
    record, word = Fetch(PARTNER, 16), Fetch(TWIN, 4)
    costs = {record: 2e-9, word: 1e-9}
    need = Need(1e9, {record: 1e8, word: 3e8})
    assert need.seconds(1e10, costs) == pytest.approx(0.5)
    assert need.seconds(1e9, costs) == pytest.approx(1.0)
    assert Need(4e9, {}).seconds(2e9, costs) == pytest.approx(2.0)
