"""The reduced day at one size in every framework that is installed, in turns."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from bondsim.bench.measured import (
    Measured,
    Ratio,
    Values,
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


class _Entrant(NamedTuple):
    """A framework on some number of threads, and why it gets no figure: empty if it gets one."""

    name: str
    peer: Peer
    threads: int
    refusal: str
    failed: bool

    @property
    def key(self) -> str:
        return f"{self.name} {self.threads}"


def measure(n_agents: int, threads: Sequence[int], repeats: int) -> list[Measured]:
    """Bond-days a second of the reduced day by framework.

    Each first lives ten days without noise. One whose numbers then differ from numpy's by more than
    `AGREE`, or that fails, has no figure but a note that says so.
    """
    town = random_town(n_agents)
    entrants = [
        _Entrant(name, peer, t, *_refusal(peer, town, t))
        for name, peer in PEERS.items()
        for t in (threads if peer.threaded else threads[:1])
    ]
    cases: dict[str, Callable[[], float]] = {}
    for entrant in entrants:
        if not entrant.refusal:
            living = _quietly(entrant.peer, town, NOISE, entrant.threads)
            living.day()
            cases[entrant.key] = partial(_speed, living, town.i.size)
    turns = take_turns(cases, repeats)
    ours = {e.threads: turns.get(e.key, ()) for e in entrants if e.name == OURS}
    return [_figure(entrant, turns.get(entrant.key, ()), ours, n_agents) for entrant in entrants]


def _figure(entrant: _Entrant, mine: Values, ours: Mapping[int, Values], n_agents: int) -> Measured:
    """Its speed, and how many times as fast ours is on each number of threads."""
    name, peer, threads, refusal, failed = entrant
    ratios: tuple[Ratio, ...] = ()
    if name != OURS:
        name = f"{name} {peer.version() or ''}".rstrip()
        if mine:
            ratios = tuple(Ratio(as_fast(t), quotients(o, mine)) for t, o in ours.items() if o)
    shown = threads if peer.threaded else None
    return Measured(PART, name, "bond-days/s", mine, n_agents, shown, ratios, refusal, failed)


def _refusal(peer: Peer, town: Town, threads: int) -> tuple[str, bool]:
    """Why this framework gets no figure, empty if it gets one, and whether something is wrong."""
    if peer.version() is None:
        return f"not installed ({peer.install})", False
    if town.loneliness.size > peer.largest:
        return f"measured up to {peer.largest:,} people: it would take minutes", False
    try:
        apart = disagreement(town, partial(_quietly, peer), threads)
    except Exception as error:  # whatever a framework of another version may raise
        return f"failed, so no figure: {type(error).__name__}: {error}".splitlines()[0], True
    if apart <= AGREE:
        return "", False
    return f"disagrees with numpy by {apart:.2g}, so no figure", True


def _quietly(peer: Peer, town: Town, noise: float, threads: int) -> Living:
    """The founded town, without the frameworks' own warnings of what they will deprecate."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return peer.found(town, noise, threads)


def _speed(living: Living, n_bonds: int) -> float:
    return n_bonds / seconds_of(living.day, LEAST)
