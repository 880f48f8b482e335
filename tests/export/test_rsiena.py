"""RSiena: matrices are the snapshots, and the script reads what is there."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from bondsim.errors import DataError, ParameterError
from bondsim.export import rsiena, to_rsiena
from bondsim.measures.recorded import snapshot
from bondsim.measures.survey import NOTHING_LOST, SurveyPlan, survey

DAYS = [30, 70, 99]
POOR = SurveyPlan(name_cap=3, missing=0.15, item_missing=0.1, attrition=0.1, sample=0.8)


def matrix(path):
    return pd.read_csv(path, sep=" ", header=None, na_values="NA").to_numpy(float)


def read(folder):
    """The waves as the script reads them: who answered, and a matrix a wave."""
    answered = matrix(folder / "answered.txt")
    n, waves = answered.shape
    networks = []
    for wave in range(1, waves + 1):
        path = folder / f"network_{wave}.txt"
        if "sparse <- TRUE" not in (folder / "rsiena.R").read_text():
            networks.append(matrix(path))
            continue
        named, found = pd.read_csv(path, sep=" "), np.zeros((n, n))
        found[named["i"] - 1, named["j"] - 1] = 1
        found[answered[:, wave - 1] == 0] = np.nan
        np.fill_diagonal(found, 0)
        networks.append(found)
    return answered, networks


@pytest.mark.parametrize("dense", [500, 10])
def test_networks__are_the_snapshots_where_nothing_is_lost(
    quiet_town, tmp_path, monkeypatch, dense
):
    monkeypatch.setattr(rsiena, "DENSE", dense)
    seen = survey(quiet_town, days=[0, 30, 59], seed=1, plan=NOTHING_LOST)
    folder = to_rsiena(quiet_town, tmp_path / "out", survey=seen)
    answered, networks = read(folder)
    assert answered.all() and answered.shape == (60, 3)
    levels = matrix(folder / "loneliness_levels.txt")
    for wave, (day, network) in enumerate(zip([0, 30, 59], networks, strict=True)):
        now = snapshot(quiet_town, day)
        expected = np.zeros((60, 60))
        expected[now.i, now.j] = expected[now.j, now.i] = 1
        np.testing.assert_array_equal(network, expected)
        lonely = now.agents["loneliness"].astype(float)
        np.testing.assert_array_equal(matrix(folder / "loneliness.txt")[:, wave], lonely)
        assert set(levels[:, wave]) <= {1, 2, 3, 4}
        # a higher level is never less lonely
        order = np.argsort(lonely)
        assert (np.diff(levels[order, wave]) >= 0).all()
    assert np.bincount(levels.astype(int).ravel())[1:] == pytest.approx(45, abs=2)
    assert "name_cap <- 0\n" in (folder / "rsiena.R").read_text()


@pytest.mark.parametrize("dense", [500, 10])
def test_networks__of_a_poor_survey(town, tmp_path, monkeypatch, dense):
    monkeypatch.setattr(rsiena, "DENSE", dense)
    seen = survey(town, days=DAYS, seed=1, plan=POOR)
    folder = to_rsiena(town, tmp_path / "out", survey=seen)
    ids = pd.read_csv(folder / "ids.csv")
    assert ids["row"].tolist() == list(range(1, len(ids) + 1))
    row = dict(zip(ids["id"], ids["row"] - 1, strict=True))
    people, ties = pd.DataFrame(seen.people), pd.DataFrame(seen.ties)
    answered, networks = read(folder)
    lonely, levels = matrix(folder / "loneliness.txt"), matrix(folder / "loneliness_levels.txt")
    recoded = {0.5: 1, 1.5: 2, 3.5: 3, 6.0: 4}
    for wave, network in enumerate(networks, start=1):
        now = people[people["wave"] == wave]
        who = {row[i] for i in now.loc[now["answered"], "id"]}
        assert set(np.flatnonzero(answered[:, wave - 1])) == who and who
        told = ties[ties["wave"] == wave]
        expected = {(row[i], row[j]) for i, j in zip(told["i"], told["j"], strict=True) if j in row}
        assert set(zip(*np.where(network == 1), strict=True)) == expected
        silent = np.setdiff1d(np.arange(len(ids)), list(who))
        assert np.isnan(network[silent]).sum() == silent.size * (len(ids) - 1)
        assert not np.isnan(np.delete(network, silent, axis=0)).any()
        assert np.nansum(network, axis=1).max() <= 3
        days = now.set_index("id")["lonely_days"]
        for i, r in row.items():
            answer = days.get(i, np.nan)
            np.testing.assert_equal(lonely[r, wave - 1], answer)
            np.testing.assert_equal(levels[r, wave - 1], recoded.get(answer, np.nan))
    assert "name_cap <- 3\n" in (folder / "rsiena.R").read_text()
    waves = pd.read_csv(folder / "waves.csv")
    assert waves["answered"].tolist() == answered.sum(axis=0).tolist()
    assert waves["namings"].tolist() == np.bincount(seen.ties["wave"])[1:].tolist()


def test_composition__is_who_moved_away_and_no_others(town, tmp_path):
    seen = survey(town, days=DAYS, seed=1, plan=POOR)
    folder = to_rsiena(town, tmp_path / "out", survey=seen)
    ids = pd.read_csv(folder / "ids.csv")["id"].tolist()
    lines = (folder / "composition.txt").read_text().splitlines()
    there = [set(snapshot(town, day).agents["id"].tolist()) for day in DAYS]
    stays = 0
    for person, line in zip(ids, lines, strict=True):
        start, end = map(float, line.split())
        last = max(wave for wave in (1, 2, 3) if person in there[wave - 1])
        left = [w for w, i, m in zip(*seen.lost.values(), strict=True) if m and i == person]
        assert start == 1 and len(left) <= 1
        # who left the study before they moved is not known to have moved
        assert end in (3, last + 0.5)
        stays += end == 3
    assert 0 < stays < len(ids) and len(ids) - stays == seen.lost["moved"].sum()
    assert "moved <- TRUE\n" in (folder / "rsiena.R").read_text()


def test_composition__is_not_there_where_nobody_moved(quiet_town, tmp_path):
    seen = survey(quiet_town, days=[0, 59], seed=1, plan=SurveyPlan(attrition=0.2))
    folder = to_rsiena(quiet_town, tmp_path / "out", survey=seen)
    assert not (folder / "composition.txt").exists()
    assert "moved <- FALSE\n" in (folder / "rsiena.R").read_text()


def test_waves__jaccard_by_hand(quiet_town, tmp_path):
    seen = survey(quiet_town, days=[0, 59], seed=1, plan=SurveyPlan(name_cap=4))
    folder = to_rsiena(quiet_town, tmp_path / "out", survey=seen)
    one, two = (
        set(zip(seen.ties["i"][w].tolist(), seen.ties["j"][w].tolist(), strict=True))
        for w in (seen.ties["wave"] == 1, seen.ties["wave"] == 2)
    )
    jaccard = pd.read_csv(folder / "waves.csv")["jaccard"]
    assert np.isnan(jaccard[0]) and 0 < jaccard[1] < 1
    assert jaccard[1] == pytest.approx(len(one & two) / len(one | two))


def test_covariates__are_what_differs_and_stays(quiet_town, tmp_path):
    seen = survey(quiet_town, days=[0, 59], seed=1, plan=SurveyPlan(missing=0.3))
    people = seen.people
    people["height"] = np.where(people["answered"], 150.0 + people["id"], np.nan)
    people["headaches"] = np.where(people["answered"], people["id"] % 3.0, np.nan)
    folder = to_rsiena(quiet_town, tmp_path / "out", survey=seen, outcome="headaches", bins=3)
    found, ids = pd.read_csv(folder / "covariates.csv"), pd.read_csv(folder / "ids.csv")["id"]
    answered, _ = read(folder)
    ever = answered.any(axis=1)
    assert not ever.all()
    np.testing.assert_array_equal(found["height"], np.where(ever, 150.0 + ids, np.nan))
    assert ("context" in found) == (snapshot(quiet_town, 0).agents["context"].max() > 0)
    assert 'outcome <- "headaches"\n' in (folder / "rsiena.R").read_text()
    levels = matrix(folder / "headaches_levels.txt")
    np.testing.assert_array_equal(levels, matrix(folder / "headaches.txt") + 1)


EFFECTS = {
    # Short names of RSiena 1.4 to 1.6, by what they belong to.
    "friendship": {
        "": {"recip", "transTrip", "cycle3"},
        '"behaviour"': {"egoX", "altX", "simX"},
        "covariate": {"sameX", "simX"},
    },
    "behaviour": {"": {"linear", "quad"}, '"friendship"': {"avAlt"}},
}


def test_script__asks_for_selection_and_influence(quiet_town, tmp_path):
    seen = survey(quiet_town, days=[0, 59], seed=1)
    script = (to_rsiena(quiet_town, tmp_path / "out", survey=seen) / "rsiena.R").read_text()
    found: dict = {}
    for call in re.findall(r"includeEffects\(([^()]*)\)", script):
        parts = [part.strip() for part in call.split(",")]
        given = dict(part.split(" = ") for part in parts if " = " in part)
        names = {part for part in parts[1:] if " = " not in part}
        of = found.setdefault(given["name"].strip('"'), {})
        of.setdefault(given.get("interaction1", ""), set()).update(names)
    assert found == EFFECTS
    for needed in (
        "sienaDependent(networks)", 'type = "behavior"', "sienaDataCreate", "coCovar(",
        'sienaCompositionChangeFromFile("composition.txt")', "getEffects(data)",
        "sienaAlgorithmCreate(", "siena07(", "returnDeps = TRUE", "sienaGOF(",
    ):  # fmt: skip
        assert needed in script, needed
    code = re.sub("#.*", "", script)
    assert all(code.count(a) == code.count(b) > 0 for a, b in ("()", "{}", "[]"))


def test_script__reads_files_that_are_there(town, tmp_path):
    seen = survey(town, days=DAYS, seed=1, plan=POOR)
    folder = to_rsiena(town, tmp_path / "out", survey=seen)
    script = (folder / "rsiena.R").read_text()
    settings = dict(re.findall(r"^(\w+) <- (\S+)$", script.split("\n\n")[0], re.M))
    assert settings.keys() == {"n", "waves", "outcome", "sparse", "moved", "name_cap"}
    n, waves = int(settings["n"]), int(settings["waves"])
    read_by_name = re.findall(r'(?:read\.\w+|FromFile)\("([\w.]+)"', script)
    assert set(read_by_name) == {"answered.txt", "covariates.csv", "composition.txt"}
    files = [*read_by_name, *(f"network_{wave}.txt" for wave in range(1, waves + 1))]
    files.append(f"{settings['outcome'].strip(chr(34))}_levels.txt")
    assert all((folder / name).is_file() for name in files)
    for name in files:
        lines = (folder / name).read_text().splitlines()
        assert len(lines) == n + name.endswith(".csv"), name


def test_stored_run__gives_the_same_files(town, stored, tmp_path):
    one, two = (
        to_rsiena(run, tmp_path / name, survey=survey(run, days=DAYS, seed=1, plan=POOR))
        for run, name in ((town, "fresh"), (stored, "stored"))
    )
    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(path.name for path in two.iterdir())
    for name in names:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


@pytest.mark.parametrize("options", [{"bins": 2}, {"bins": 6}, {"bins": True}, {"outcome": "mood"}])
def test_rsiena__refuses_options(quiet_town, tmp_path, options):
    seen = survey(quiet_town, days=[0, 59], seed=1)
    with pytest.raises(ParameterError, match=next(iter(options))):
        to_rsiena(quiet_town, tmp_path / "out", survey=seen, **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("days", "plan", "found"),
    [
        ([0], SurveyPlan(), "1 wave"),
        ([0, 59], SurveyPlan(sample=0.0), "0 people"),
        ([0, 59], SurveyPlan(missing=1.0), "same level"),
    ],
)
def test_rsiena__refuses_surveys_of_which_nothing_can_be_learned(
    quiet_town, tmp_path, days, plan, found
):
    with pytest.raises(DataError, match=found):
        to_rsiena(
            quiet_town, tmp_path / "out", survey=survey(quiet_town, days=days, seed=1, plan=plan)
        )
    assert list(tmp_path.iterdir()) == []
