"""The hash of a run's content: everything that tells one result from another changes it."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim.tables import content_hash


def tables():
    return {
        "agents": {
            "id": np.array([3, 5, 8], np.int64),
            "need": np.array([0.5, 0.25, 0.0], np.float32),
            "stress": np.array([0.125, 0.75, 1.0], np.float32),
        },
        "bonds": {"felt": np.array([0.5, 0.625, 0.875], np.float32)},
    }


def swapped(found):
    agents = found["agents"]
    found["agents"] = {"id": agents["id"], "stress": agents["need"], "need": agents["stress"]}


def retyped(found):
    found["agents"]["need"] = found["agents"]["need"].view(np.int32)


def widened(found):
    found["agents"]["id"] = found["agents"]["id"].view(np.float64)


def moved_on(found):
    """The last column of one table as the first of the next: the same bytes in the same order."""
    found["bonds"] = {"stress": found["agents"].pop("stress"), **found["bonds"]}


def moved_back(found):
    found["agents"]["felt"] = found["bonds"].pop("felt")


def tables_swapped(found):
    names = list(found)
    for name, columns in zip(names, [found[n] for n in reversed(names)], strict=True):
        found[name] = columns


def cut_elsewhere(found):
    """The last value of one column as the first of the next."""
    agents = found["agents"]
    joined = np.concatenate([agents["need"], agents["stress"]])
    agents["need"], agents["stress"] = joined[:2], joined[2:]


def in_another_order(found):
    for column in found["agents"]:
        found["agents"][column] = found["agents"][column][::-1]


def one_bit(found):
    found["bonds"]["felt"] = np.nextafter(found["bonds"]["felt"], np.float32(1.0))


def sign_of_zero(found):
    found["agents"]["need"] = np.copysign(found["agents"]["need"], np.float32(-1.0))


def renamed(found):
    found["bonds"] = {"trust": found["bonds"]["felt"]}


def emptied(found):
    found["bonds"] = {"felt": found["bonds"]["felt"][:0]}


CHANGES = (
    swapped, retyped, widened, moved_on, moved_back, tables_swapped, cut_elsewhere,
    in_another_order, one_bit, sign_of_zero, renamed, emptied,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_changes_the_hash(change):
    other = tables()
    change(other)
    assert content_hash(other, "{}") != content_hash(tables(), "{}")


def test_no_two_changes_share_a_hash():
    found = {content_hash(tables(), "{}"), content_hash(tables(), '{"seed": 2}')}
    for change in CHANGES:
        other = tables()
        change(other)
        found.add(content_hash(other, "{}"))
    assert len(found) == len(CHANGES) + 2


def test_the_same_content_has_the_same_hash():
    """Whatever the machine's byte order, the layout in memory, and the order of the tables."""
    other = {name: tables()[name] for name in reversed(tables())}
    for columns in other.values():
        for name, values in columns.items():
            spread = np.repeat(values.astype(values.dtype.newbyteorder(">")), 2)[::2]
            assert not spread.flags.c_contiguous and spread.dtype != values.dtype
            columns[name] = spread
    assert content_hash(other, "{}") == content_hash(tables(), "{}")
