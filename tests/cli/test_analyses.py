"""Analyses as a user types them: twin, channels, compare, audit; kept, shown, repeated, refused."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest

from bondsim.cli import main
from bondsim.store.analyses import load_analysis
from bondsim.store.parquet import read_table, write_table
from tests.cli.test_commands import bondsim, last_line

SMALL = ["network.n_agents=60", "replicates=2", "processes=1", "quiet=on"]
ASKED = {
    "twin": ["days=60"],
    "channels": ["days=8", "factorial.outcomes=[prevalence,excess_1,stability]"],
    "compare": [
        "days=40", "league.start=5", "league.budget=20", "intervention=[cognition,befriending]",
        "intervention.cognition.length=10", "intervention.befriending.length=10",
        "intervention.cognition.fade=0",
    ],
    "audit": ["days=41", "audit.first_wave=20", "audit.gap=20", "audit.worlds=[none,all]"],
}  # fmt: skip
"""A small one of each analysis."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The folder of each small analysis, and what was printed."""
    here = tmp_path_factory.mktemp("analyses")
    done = {}
    for name, words in ASKED.items():
        told = bondsim(name, *SMALL, *words, cwd=here)
        assert told.returncode == 0, told.stderr
        assert told.stderr == ""
        (folder,) = (here / "results").glob(f"{name}-*")
        done[name] = folder, told.stdout
    return done


@pytest.mark.parametrize("name", ASKED)
def test_analysis__prints_one_table_and_keeps_one_figure(kept, name):
    folder, printed = kept[name]
    assert re.fullmatch(f"{name}-circles-1-[0-9a-f]{{8}}", folder.name)
    assert last_line(printed) == f"hash: {(folder / 'hash.txt').read_text().strip()}"
    assert "not the world" in printed
    assert (folder / "figure.png").read_bytes().startswith(b"\x89PNG")
    stored = load_analysis(folder)
    assert stored.kind == name and stored.report.title == printed.splitlines()[0]
    summary = json.loads((folder / "summary.json").read_text())
    assert len(summary["rows"]) == len(stored.report.rows) > 0
    columns = json.loads((folder / "columns.json").read_text())
    assert {t: list(c) for t, c in columns.items()} == {
        t: list(c) for t, c in stored.tables.items()
    }
    account = json.loads((folder / "provenance.json").read_text())
    assert account["n_agents"] == 60 and account["seed"] == 1


@pytest.mark.parametrize("name", ASKED)
def test_analysis__is_shown_and_repeated_from_its_folder(kept, name, capsys):
    folder, printed = kept[name]
    assert main(["show", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert printed.splitlines()[0] in shown and "command:  bondsim" in shown
    assert main(["rerun", str(folder)]) == 0
    assert "repeated, the same result to the last bit" in capsys.readouterr().out


def test_analysis__is_named_by_what_determines_it(kept, tmp_path, capsys):
    folder, _ = kept["twin"]
    words = ["twin", *SMALL, *ASKED["twin"], f"results={tmp_path}"]
    for more, same in (([], True), (["processes=2"], True), (["twin.every=5"], False)):
        assert main([*words, *more]) == 0
        found = re.search("folder: (.*)", capsys.readouterr().out)
        assert found is not None
        assert (found[1].rsplit("/", 1)[1] == folder.name) is same
    assert len(list(tmp_path.iterdir())) == 2
    assert (tmp_path / folder.name / "hash.txt").read_text() == (folder / "hash.txt").read_text()


def test_analysis__of_a_network_from_a_file_is_repeated_without_the_file(tmp_path, capsys):
    rows = [f"p{k},p{(k + step) % 40}" for k in range(40) for step in (1, 3)]
    (tmp_path / "ties.csv").write_text("\n".join(["source,target", *rows]) + "\n")
    words = ["network=edge_list", f"network.path={tmp_path}/ties.csv", "days=40", "twin.start=10"]
    assert main(["twin", *words, *SMALL[1:], f"results={tmp_path}/out"]) == 0
    (tmp_path / "ties.csv").unlink()
    (folder,) = (tmp_path / "out").iterdir()
    capsys.readouterr()
    assert main(["rerun", str(folder)]) == 0
    assert "the same result" in capsys.readouterr().out


def test_analysis__is_not_taken_for_a_run(kept, capsys):
    folder, _ = kept["twin"]
    for words in (["resume", str(folder)], ["export", str(folder), "--to", "graphml"]):
        assert main(words) == 2
        assert "bondsim show" in capsys.readouterr().err


@pytest.mark.parametrize("processes", [1, 2])
def test_analysis__that_is_stopped_leaves_nothing_and_says_so(processes, tmp_path):
    """Stopped as the first world ends, by a Ctrl-C."""
    stop = "import os, signal, bondsim.causal.design as d\nlived = d.in_parallel\n"
    stop += "def held(f, jobs, *, processes, ended):\n"
    stop += "    def one(*n):\n        os.kill(os.getpid(), signal.SIGINT)\n        ended(*n)\n"
    stop += "    return lived(f, jobs, processes=processes, ended=one)\n"
    stop += "import bondsim.causal.twins as t\nt.in_parallel = held\n"
    words = ["twin", *SMALL, "days=40", "replicates=20", f"processes={processes}"]
    command = [sys.executable, "-c", f"{stop}import bondsim.cli, sys\nsys.exit(bondsim.cli.main())"]
    done = subprocess.run(
        [*command, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "bondsim: stopped\n")
    assert not (tmp_path / "results").exists()


def test_twin__takes_parameters_and_interventions(tmp_path, capsys):
    words = ["twin", *SMALL, "days=40", f"results={tmp_path}"]
    assert main([*words, "twin.start=10", "change={relate.contagion: 0.05}"]) == 0
    assert main([*words, "intervention=cut_bond", "intervention.cut_bond.start=20"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("placebo twin: 0 of 60 people differ") == 2
    assert len(list(tmp_path.iterdir())) == 2


WRONG = {
    ("twin", "twin.strat=3"): "twin.strat",
    ("twin", "twin.most=0"): "twin.most",
    ("twin", "twin.start=400"): "twin.start",
    ("twin", "change={meet.psy: 1}"): "meet.psy",
    ("twin", "change={meet.psi: -1}"): "meet.psi",
    ("twin", "change=3"): "change={meet.psi: 2}",
    ("twin", "replicates=0"): "replicates",
    ("twin", "processes=0"): "processes",
    ("twin", "snapshots=[1]"): "snapshots",
    ("twin", "factorial.outcomes=[prevalence]"): "factorial",
    ("twin", "seed=9223372036854775807"): "seed",
    ("channels", "factorial.outcomes=[prevalense]"): "prevalence",
    ("channels", "factorial.outcomes=[]"): "factorial.outcomes",
    ("channels", "look.at=far"): "truth, survey",
    ("channels", "survey.name_cap=-1"): "survey.name_cap",
    ("compare", "league.budget=1e8"): "league.budget",
    ("compare", "intervention=lockdown"): "intervention.lockdown.who",
    ("compare", "intervention=toxic_exit"): "hours",
    ("compare", "days=20"): "league.start",
    ("audit", "audit.worlds=[selektion]"): "audit.worlds",
    ("audit", "audit.methods=[regression]"): "audit.methods",
    ("audit", "days=100"): "audit.first_wave",
    ("audit", "results=/dev/null/x"): "results",
}


@pytest.mark.parametrize(("words", "named"), list(WRONG.items()))
def test_analysis__refuses_by_name_and_leaves_nothing_behind(
    words, named, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main([words[0], *SMALL, *words[1:]]) == 2
    told = capsys.readouterr()
    assert told.out == "" and named in told.err
    assert told.err.startswith("bondsim: ") and "Traceback" not in told.err
    assert list(tmp_path.iterdir()) == []


def test_analysis__that_is_damaged_is_refused(kept, tmp_path, capsys):
    folder, _ = kept["twin"]
    for name, content in (
        ("hash.txt", None), ("hash.txt", "0" * 64), ("by_person.parquet", "x"),
        ("parameters.json", '{"analysis": "tarot"}'), ("provenance.json", "["),
    ):  # fmt: skip
        broken = tmp_path / "broken"
        shutil.rmtree(broken, ignore_errors=True)
        shutil.copytree(folder, broken)
        (broken / name).unlink()
        if content is not None:
            (broken / name).write_text(content)
        for command in ("show", "rerun"):
            assert main([command, str(broken)]) == 2
            told = capsys.readouterr().err
            assert told.startswith("bondsim: ") and "Traceback" not in told


def test_analysis__with_other_results_is_told_and_both_are_kept(kept, tmp_path, capsys):
    """As if other code had given other results under the same name."""
    folder, _ = kept["twin"]
    other = tmp_path / folder.name
    shutil.copytree(folder, other)
    from bondsim.store.analyses import content_hash

    table = read_table(other / "placebo.parquet")
    table["people"] = table["people"] + 1
    write_table(other / "placebo.parquet", [table])
    stored = load_analysis(other)
    hashed = content_hash(stored.tables, json.dumps(stored.science, sort_keys=True))
    (other / "hash.txt").write_text(hashed + "\n")
    assert main(["twin", *SMALL, *ASKED["twin"], f"results={tmp_path}"]) == 1
    told = capsys.readouterr().err
    assert "they differ in the table placebo, column people" in told
    assert len(list(tmp_path.iterdir())) == 2
