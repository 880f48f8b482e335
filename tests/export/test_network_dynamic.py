"""networkDynamic: what its files say, read as R reads them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from bondsim.export import to_network_dynamic
from bondsim.export.people import labels_of
from bondsim.measures.recorded import snapshot
from bondsim.params import KINDS

FILES = {"vertices.csv", "vertex_spells.csv", "edge_spells.csv", "states.csv", "network_dynamic.R"}


@pytest.fixture(scope="module")
def folder(town, tmp_path_factory):
    return to_network_dynamic(town, tmp_path_factory.mktemp("out") / "town")


def table(folder, name):
    return pd.read_csv(folder / f"{name}.csv")


def test_files__are_these_and_the_script_reads_each(folder):
    assert {path.name for path in folder.iterdir()} == FILES
    script = (folder / "network_dynamic.R").read_text()
    assert set(re.findall(r'read\.csv\("([^"]+)"', script)) == FILES - {"network_dynamic.R"}
    assert script.startswith("first <- 30\nlast <- 99\n")
    code = re.sub("#.*", "", script)
    assert all(code.count(a) == code.count(b) > 0 for a, b in ("()", "{}", "[]"))


def test_script__asks_for_columns_that_are_there(folder):
    script = (folder / "network_dynamic.R").read_text()
    named = set(re.findall(r"(?:edge_spells|bond_spells|spells)\$([\w.]+)", script))
    named |= {"tail", "head"}
    assert named <= set(table(folder, "edge_spells").columns) | {"onset", "terminus"}
    assert {"onset", "terminus", "vertex.id", "onset.censored", "terminus.censored"} <= set(
        table(folder, "vertex_spells").columns
    )


@pytest.mark.parametrize("day", [30, 31, 70, 99])
def test_files__give_back_the_town_of_every_day_kept(town, folder, day):
    vertices, now = table(folder, "vertices"), snapshot(town, day)
    ids = vertices.set_index("vertex.id")["id"]
    edges = table(folder, "edge_spells").query("onset <= @day < terminus")
    found = set(zip(edges["tail"].map(ids), edges["head"].map(ids), edges["kind"], strict=True))
    kinds = [KINDS[kind] for kind in now.bonds["kind"]]
    assert found == set(zip(now.bonds["i"].tolist(), now.bonds["j"].tolist(), kinds, strict=True))
    people = table(folder, "vertex_spells").query("onset <= @day < terminus")
    assert people["vertex.id"].map(ids).tolist() == now.agents["id"].tolist()
    states = table(folder, "states").query("day == @day")
    assert states["vertex.id"].map(ids).tolist() == now.agents["id"].tolist()
    for name in ("loneliness", "lonely_days", "scale_score", "self_worth"):
        np.testing.assert_array_equal(states[name].astype(np.float32), now.agents[name])


def test_vertices__say_who_is_who(town, folder):
    vertices = table(folder, "vertices")
    assert vertices["vertex.id"].tolist() == list(range(1, len(vertices) + 1))
    assert vertices["label"].astype(str).tolist() == labels_of(town, vertices["id"].to_numpy())
    last = snapshot(town, 99).agents
    own = vertices.set_index("id").loc[last["id"]]
    for name in ("empathy", "set_point", "hours", "context"):
        np.testing.assert_array_equal(own[name].astype(last[name].dtype), last[name])
    seen = {int(i) for day in (30, 31, 70, 99) for i in snapshot(town, day).agents["id"]}
    unseen = ~vertices["id"].isin(list(seen))
    assert unseen.any() and vertices.loc[unseen, "empathy"].isna().all()
    assert not vertices.loc[~unseen, "empathy"].isna().any()


def test_stored_run__gives_the_same_files(stored, folder, tmp_path):
    again = to_network_dynamic(stored, tmp_path / "again")
    for name in FILES:
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name
