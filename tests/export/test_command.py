"""`bondsim export` as a user types it."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from bondsim.cli import main
from bondsim.commands.exports import TOOLS


@pytest.fixture
def run(stored, tmp_path):
    """The run's folder, with nothing beside it."""
    return shutil.copytree(stored.folder, tmp_path / "runs" / "town")


@pytest.mark.parametrize("tool", TOOLS)
def test_export__writes_beside_the_run(run, tool, capsys):
    assert main(["export", str(run), "--to", tool]) == 0
    out = run.with_name(f"town-{tool}")
    assert capsys.readouterr().out == f"folder: {out}\n"
    assert len(list(out.iterdir())) > 3
    # and not a second time
    assert main(["export", str(run), "--to", tool]) == 2
    assert "does not exist yet" in capsys.readouterr().err


def test_export__takes_days_and_a_folder(run, tmp_path):
    words = ["--to", "graphml", "--days", "30,99", "--out", str(tmp_path / "mine")]
    assert main(["export", str(run), *words]) == 0
    names = sorted(path.name for path in (tmp_path / "mine").iterdir())
    assert names == ["day_30.graphml", "day_99.graphml", "ids.csv"]


def test_export__takes_the_plan_of_a_survey(run, tmp_path):
    out = tmp_path / "mine"
    words = ["--to", "rsiena", "--days", "30,99", "--out", str(out), "--bins", "3",
             "survey.name_cap=2", "survey.measure=truth", "survey.kinds=[friend,partner]",
             "survey.seed=7", "survey.lonely_cut=null", "survey.missing=0.2"]  # fmt: skip
    assert main(["export", str(run), *words]) == 0
    script = (out / "rsiena.R").read_text()
    assert "waves <- 2\n" in script and "name_cap <- 2\n" in script
    assert len(pd.read_csv(out / "levels.csv").query("outcome == 'loneliness'")) == 2
    waves = pd.read_csv(out / "waves.csv")
    assert (waves["answered"] < waves["members"]).all()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--to"),
        (["--to", "gephi"], "gephi"),
        (["--to", "graphml", "--days", "30,x"], "whole numbers"),
        (["--to", "graphml", "--days", ""], "whole numbers"),
        (["--to", "graphml", "--days", "32"], "one of the days kept"),
        (["--to", "networkdynamic", "--days", "30"], "takes none"),
        (["--to", "graphml", "--bins", "4"], "takes none"),
        (["--to", "graphml", "survey.missing=0.1"], "takes the run as it is"),
        (["--to", "rsiena", "--bins", "many"], "whole number"),
        (["--to", "rsiena", "--bins", "9"], "3, 4 or 5"),
        (["--to", "rsiena", "--outcome", "mood"], "outcome"),
        (["--to", "rsiena", "--days", "99,30"], "rising"),
        (["--to", "rsiena", "--days", "99"], "at least 2"),
        (["--to", "rsiena", "survey.mising=0.1"], "survey.mising"),
        (["--to", "rsiena", "survey.missing=often"], "survey.missing"),
        (["--to", "rsiena", "survey.missing=0.1", "survey.missing=0.2"], "twice"),
        (["--to", "rsiena", "survey.seed=x"], "survey.seed"),
        (["--to", "rsiena", "missing=0.1"], "survey.NAME=VALUE"),
        (["--to", "rsiena", "survey.missing"], "survey.NAME=VALUE"),
        (["--to", "rsiena", "--colour", "red"], "colour"),
    ],
    ids=str,
)
def test_export__refuses(run, words, told, capsys):
    assert main(["export", str(run), *words]) == 2
    message = capsys.readouterr().err
    assert message.startswith("bondsim: ") and message.count("\n") == 1 and told in message
    assert [path.name for path in run.parent.iterdir()] == ["town"]


def test_export__refuses_what_is_no_run(tmp_path, capsys):
    assert main(["export", str(tmp_path / "none"), "--to", "graphml"]) == 2
    assert "no such run folder" in capsys.readouterr().err
