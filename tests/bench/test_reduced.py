"""The reduced day: every framework lives the same one, and who does not is found out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bondsim.bench import frameworks
from bondsim.bench.peers import OURS, PEERS, Peer, numpy_town
from bondsim.bench.reduced import (
    NOISE,
    CompiledTown,
    Living,
    NumpyTown,
    Town,
    disagreement,
    random_town,
)


@pytest.fixture(scope="module")
def town() -> Town:
    return random_town(200)


def test_a_random_town(town: Town) -> None:
    i, j, trust, loneliness, _ = town
    assert i.size == j.size == trust.size == 1000 and loneliness.size == 200
    assert np.all(i < j) and np.unique(i.astype(np.int64) * 200 + j).size == 1000
    assert i.dtype == np.int32 and trust.dtype == np.float32


def test_two_people_by_hand() -> None:
    """One bond of trust 0.5 between loneliness 0.2 and 0.6, set points 0.4 and 0.6."""
    pair = Town(*(np.array(a, t) for a, t in (([0], "i4"), ([1], "i4"), ([0.5], "f4"))),
                np.array([0.2, 0.6], "f4"), np.array([0.4, 0.6], "f4"))  # fmt: skip
    living = NumpyTown(pair, 0.0)
    living.day()
    loneliness, trust = living.state()
    assert loneliness == pytest.approx([0.2 + 0.04 + 0.01, 0.6 - 0.04], abs=1e-6)
    assert trust == pytest.approx([0.5 + 0.02 * 0.6 - 0.03 * 0.5], abs=1e-6)


def test_nobody_pulls_a_person_without_bonds() -> None:
    lone = Town(np.empty(0, "i4"), np.empty(0, "i4"), np.empty(0, "f4"),
                np.array([0.2], "f4"), np.array([0.4], "f4"))  # fmt: skip
    for found in (NumpyTown, CompiledTown):
        living: Living = found(lone, 0.0)
        living.day()
        assert living.state()[0] == pytest.approx([0.21], abs=1e-6)


@pytest.mark.parametrize("name", PEERS)
def test_frameworks_agree(name: str, town: Town) -> None:
    peer = PEERS[name]
    if peer.version() is None:
        pytest.skip(peer.install)
    assert frameworks._refusal(peer, town, 1) == ("", False)
    assert disagreement(town, CompiledTown, 2) <= frameworks.AGREE


@pytest.mark.parametrize("name", PEERS)
def test_noise_has_the_size_that_is_asked_for(name: str, town: Town) -> None:
    peer = PEERS[name]
    if peer.version() is None:
        pytest.skip(peer.install)
    noisy, still = frameworks._quietly(peer, town, NOISE, 1), numpy_town(town, 0.0, 1)
    noisy.day()
    still.day()
    inside = (still.state()[0] > NOISE) & (still.state()[0] < 1.0 - NOISE)  # no clipping
    deviates = (noisy.state()[0] - still.state()[0])[inside]
    assert np.abs(deviates).max() <= NOISE + 1e-6
    # uniform in +-0.02: standard deviation 0.0115; for about 190 people 0.0005 from it is 1 s.e.
    assert deviates.std() == pytest.approx(NOISE / np.sqrt(3.0), abs=0.002)
    assert abs(deviates.mean()) < 0.004


def test_threads_share_a_large_town() -> None:
    large = random_town(20_000)
    one, two = CompiledTown(large, NOISE, 1), CompiledTown(large, NOISE, 2)
    for _ in range(3):
        one.day()
        two.day()
    for mine, yours in zip(one.state(), two.state(), strict=True):
        np.testing.assert_array_equal(mine, yours)
    assert two.crew.threads == 2


class Astray(NumpyTown):
    """Wrong by a little, which grows."""

    def day(self) -> None:
        super().day()
        self.loneliness = self.loneliness + 1e-6


class Lost(NumpyTown):
    """Loses its numbers."""

    def day(self) -> None:
        super().day()
        self.trust[-1] = np.nan


class Broken(NumpyTown):
    """Of a version that knows other words."""

    def day(self) -> None:
        raise AttributeError("no attribute 'step'\nand more")


@pytest.mark.parametrize(
    ("living", "note"),
    [
        (Astray, "disagrees with numpy by"),
        (Lost, "disagrees with numpy by nan"),
        (Broken, "failed, so no figure: AttributeError: no attribute 'step'"),
    ],
)
def test_who_disagrees_or_fails_has_no_figure(
    living: Any, note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = {OURS: PEERS[OURS], "numpy": PEERS["numpy"], "bad": Peer("numpy", living)}
    monkeypatch.setattr(frameworks, "PEERS", mine)
    monkeypatch.setattr(frameworks, "LEAST", 0.0)
    ours, numpys, bad = frameworks.measure(100, [1], 2)
    assert ours.values and not ours.ratios and not ours.failed
    assert numpys.ratios[0].values == pytest.approx(
        [a / b for a, b in zip(ours.values, numpys.values, strict=True)]
    )
    assert bad.values == () and bad.failed and bad.note.startswith(note)
    assert "\n" not in bad.note


def test_an_absent_framework_is_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    absent = Peer("no-such-framework", numpy_town)
    small = Peer("numpy", numpy_town, largest=50)
    monkeypatch.setattr(frameworks, "PEERS", {OURS: PEERS[OURS], "absent": absent, "small": small})
    _, first, second = frameworks.measure(100, [1], 1)
    assert first.note == "not installed (pip install bondsim[bench])" and not first.failed
    assert second.note.startswith("measured up to 50 people") and not second.failed
