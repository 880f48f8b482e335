"""Labels for whole columns of ids agree with the names of one person after the other."""

from __future__ import annotations

import time
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from bondsim.labels import Labels, packed, unpacked
from bondsim.network import Karate, Network, build, from_networkx

NAMES = ["Ana", "☂", "", "newcomer 7", "new newcomer 7", "newcomer 40"]


def network(names: list[str]) -> Network:
    plain = build(Karate(), 1)
    n = len(names)
    return replace(
        plain, ids=np.array([3, 5, 8, 20, 21, 33][:n]), labels=np.array(names, dtype=object)
    )


@pytest.mark.parametrize("ids", [[], [3], [33, 3, 8], [7], [40, 7, 3, 7, 999, 0, 2**32]])
def test_as_the_network_names_them(ids: list[int]) -> None:
    known = network(NAMES)
    assert Labels(known).of(np.array(ids, np.int64)).to_pylist() == known.names(ids)


def test_of_a_graph() -> None:
    known = from_networkx(nx.relabel_nodes(nx.path_graph(4), "p{}".format), seed=1)
    ids = np.array([*known.ids[::-1], 99])
    assert Labels(known).of(ids).to_pylist() == known.names(ids.tolist())


def test_a_million() -> None:
    n = 1_000_000
    many = replace(network(NAMES), ids=np.arange(n), labels=np.arange(n).astype(str).astype(object))
    labels = Labels(many)
    started = time.perf_counter()
    found = labels.of(np.arange(n) + n // 2)
    assert time.perf_counter() - started < 10.0  # about .3 s on an idle machine
    assert found[0].as_py() == "500000" and found[n - 1].as_py() == f"newcomer {n + n // 2 - 1}"


@pytest.mark.parametrize("names", [NAMES, [""], ["", ""], ["a" * 1000, "b"]])
def test_packed_and_unpacked(names: list[str]) -> None:
    parts = packed(np.array(names, dtype=object))
    assert parts["text"].dtype == np.uint8 and parts["ends"].dtype == np.int64
    again = unpacked(**parts)
    assert again.dtype == object and again.tolist() == names


def test_damaged_labels_are_refused() -> None:
    parts = packed(np.array(NAMES, dtype=object))
    for ends in (parts["ends"] + 1000, parts["ends"][::-1].copy(), -parts["ends"]):
        with pytest.raises(ValueError):
            unpacked(ends, parts["text"])
