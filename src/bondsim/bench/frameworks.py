"""The reduced day at one size in every framework that is installed, in turns."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial

from bondsim.bench.measured import (
    Measured,
    Ratio,
    as_fast,
    quotients,
    seconds_of,
    take_turns,
)
from bondsim.bench.peers import OURS, PEERS, Peer
from bondsim.bench.reduced import NOISE, Living, Town, disagreement, random_town

PART = "reduced day"
AGREE = 1e-6
"""Largest difference between two frameworks' numbers that counts as agreement."""
LEAST = 0.05
"""Seconds of days that a framework lives in a round."""


def measure(n_agents: int, threads: Sequence[int], repeats: int) -> list[Measured]:
    """Bond-days a second of the reduced day by framework.

    Each first lives ten days without noise. One whose numbers then differ from numpy's by more than
    `AGREE`, or that fails, has no figure but a note that says so.
    """
    town = random_town(n_agents)
    runs = {
        (name, t): peer for name, peer in PEERS.items()
        for t in (threads if peer.threaded else threads[:1])
    }  # fmt: skip
    silent = {run: _refusal(peer, town, run[1]) for run, peer in runs.items()}
    cases: dict[str, Callable[[], float]] = {}
    for (name, t), peer in runs.items():
        if not silent[name, t]:
            living = _quietly(peer, town, NOISE, t)
            living.day()
            cases[f"{name} {t}"] = partial(_speed, living, town.i.size)
    turns = take_turns(cases, repeats)
    figures = []
    for (name, t), peer in runs.items():
        what = name if name == OURS else f"{name} {peer.version() or ''}"
        mine = turns.get(f"{name} {t}", ())
        ours = {k: turns.get(f"{OURS} {k}", ()) for k in threads}
        ratios = tuple(
            Ratio(as_fast(k), quotients(ours[k], mine))
            for k in threads
            if name != OURS and mine and ours[k]
        )
        figures.append(
            Measured(
                PART, what.strip(), "bond-days/s", mine, n_agents, t if peer.threaded else None, ratios,
                silent[name, t],
            )
        )  # fmt: skip
    return figures


def _refusal(peer: Peer, town: Town, threads: int) -> str:
    """Why this framework gets no figure; empty if it gets one."""
    if peer.version() is None:
        return f"not installed ({peer.install})"
    if town.loneliness.size > peer.largest:
        return f"measured up to {peer.largest:,} people: it would take minutes"
    try:
        apart = disagreement(town, partial(_quietly, peer), threads)
    except Exception as error:  # whatever a framework of another version may raise
        return f"failed, so no figure: {type(error).__name__}: {error}".splitlines()[0]
    return "" if apart <= AGREE else f"disagrees by {apart:.2g}, so no figure"


def _quietly(peer: Peer, town: Town, noise: float, threads: int) -> Living:
    """The founded town, without the frameworks' own warnings of what they will deprecate."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return peer.found(town, noise, threads)


def _speed(living: Living, n_bonds: int) -> float:
    return n_bonds / seconds_of(living.day, LEAST)
