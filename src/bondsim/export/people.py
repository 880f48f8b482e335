"""What people are called in an export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bondsim.world import Run

if TYPE_CHECKING:
    from bondsim.measures.recorded import Recorded
    from bondsim.state import Array


def labels_of(run: Recorded, ids: Array) -> list[str]:
    """The users' own names of these people: of a fresh run from its network, else as stored.

    A run that has no names gives ids. Who is not named, since they came and went between two days
    that were kept, is "newcomer 7", which is nobody else's name.
    """
    if isinstance(run, Run):
        return run.network.names(ids.tolist())
    known: Mapping[int, str] | None = getattr(run, "labels", None)
    if known is None:
        return [str(person) for person in ids.tolist()]
    taken = set(known.values())
    return [known[i] if i in known else _new_name(i, taken) for i in ids.tolist()]


def _new_name(person: int, taken: set[str]) -> str:
    name = f"newcomer {person}"
    while name in taken:
        name = f"new {name}"
    return name
