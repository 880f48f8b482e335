"""Studies as a user types them: the same runs whoever asks, one clear error for a mistake."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import networkx as nx
import pytest

from bondsim.cli import main
from bondsim.config import studies as module
from bondsim.store.catalogue import Catalogue
from bondsim.store.locks import is_held
from bondsim.store.query import Results
from bondsim.store.stored import load_run
from tests.cli.test_commands import bondsim
from tests.study.worlds import times_lived

WORLD = ["days=2", "network.n_agents=40", "quiet=on"]
SMALL = [*WORLD, "executor.processes=1"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def study(here: Path, text: str, name: str = "mine") -> list[str]:
    """The words that choose a study of one's own."""
    folder = here / "conf" / "study"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_text(f"# @package _global_\n{text}\n")
    return [f"study={name}", "--config-dir", "conf", *SMALL]


def lived(here: Path) -> dict[str, int]:
    return times_lived(here / "results")


def test_a_run_that_was_made_alone__is_found_by_a_study(here: Path) -> None:
    assert main(["run", *WORLD, "meet.psi=2"]) == 0
    (alone,) = lived(here)
    assert main(["run", "-m", *SMALL, "meet.psi=1,2"]) == 0
    assert main(["run", "-m", *SMALL, "meet.psi=2,1"]) == 0
    assert len(lived(here)) == 2 and set(lived(here).values()) == {1}
    frame = Results("results").frame().set_index("id")
    assert frame.loc[alone, "meet.psi"] == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["meet.psi=1,2"], ["meet.psi=1.0,2.0"]),
        (["channels.affect=on,off"], ["channels.affect=1,0"]),
        (["network.n_agents=30,40"], ["network.n_agents=40,30"]),
        (["meet.role.friend=1,2"], ["meet.role.friend=2,1.0"]),
    ],
)
def test_one_world_in_other_words__is_the_same_run(here, one, other) -> None:
    assert main(["run", "-m", *SMALL, "study.keep=outcomes", *one]) == 0
    before = lived(here)
    assert main(["run", "-m", *SMALL, "study.keep=outcomes", *other]) == 0
    assert len(before) == 2 and lived(here) == before


def test_words_that_hydra_chooses_by__make_the_worlds_of_single_runs(here: Path) -> None:
    few = ["days=2", "quiet=on"]
    assert main(["run", "-m", *few, "executor.processes=1", "network=karate,davis"]) == 0
    (plan,) = Path("results/catalogue/studies").glob("*")
    hashes = Results("results").frame(plan.name)["hash"]
    for name, came in zip(("karate", "davis"), hashes, strict=True):
        assert main(["run", *few, f"network={name}", f"results={name}"]) == 0
        assert Results(name).frame()["hash"].tolist() == [came]


FILES = {
    "edge_list": ["network.path=bonds.csv", "network.attributes=people.csv"],
    "graphml": ["network.path=bonds.graphml"],
    "waves": ["network.paths=[bonds.csv,later.csv]"],
}


@pytest.mark.parametrize("source", FILES)
@pytest.mark.parametrize("several", [["seed=1,2"], ["replicates=2"]])
def test_each_seed_over_a_file__is_the_single_run(here, monkeypatch, source, several) -> None:
    """What the files leave open, such as places and communities, comes of the seed."""
    rows = "a,b\nb,c\nc,d\nd,a\na,c\nd,e\ne,f\n"
    Path("bonds.csv").write_text(f"source,target\n{rows}")
    Path("later.csv").write_text(f"source,target\n{rows}a,f\n")
    people = "a,.1,.2,,x\nb,,,.7,\nc,,,,\nd,,,,\ne,,,,\nf,,,,\n"
    Path("people.csv").write_text(f"id,position_x,position_y,empathy,context\n{people}")
    nx.write_graphml(nx.read_edgelist(rows.split(), delimiter=","), "bonds.graphml")
    words = ["days=2", "quiet=on", f"network={source}", *FILES[source]]
    times_read = []
    read = module.read
    monkeypatch.setattr(module, "read", lambda spec: times_read.append(spec) or read(spec))
    assert main(["run", "-m", *words, "executor.processes=1", *several]) == 0
    assert len(times_read) == 1
    for seed in (1, 2):
        assert main(["run", *words, f"seed={seed}", "results=alone"]) == 0
    names = ["id", "hash", "folder", "network.digest", "prevalence"]
    together, alone = (Results(each).frame().set_index("seed") for each in ("results", "alone"))
    assert together[names].to_dict() == alone[names].to_dict()
    assert together["hash"].nunique() == 2
    one, other = (load_run(here / "results" / name).tables["agents"] for name in alone["folder"])
    assert (one["position_x"] != other["position_x"]).any()


def test_seeds_that_overlap__are_lived_once_and_exported_as_they_are(here: Path) -> None:
    words = ["run", "-m", *SMALL, "study.keep=outcomes", "seed=range(3)", "replicates=2"]
    assert main(words) == 0
    assert len(lived(here)) == 4 and set(lived(here).values()) == {1}
    (plan,) = Path("results/catalogue/studies").glob("*")
    assert main(["export", plan.name, "--to", "csv"]) == 0
    rows = Path(f"results/{plan.name}.csv").read_text().splitlines()
    cells = [row.split(",")[:4] for row in rows]
    assert cells[0] == ['"arm"', '"point"', '"replicate"', '"seed"']
    assert [int(seed) for *_, seed in cells[1:]] == [0, 1, 1, 2, 2, 3]


def test_equal_arms_in_one_task__are_lived_once(here: Path) -> None:
    words = study(here, "study: {arms: {a: [], b: [], c: [meet.psi=3]}, keep: outcomes}")
    assert main(["sweep", *words, "replicates=4"]) == 0
    assert len(lived(here)) == 8 and set(lived(here).values()) == {1}


def test_more_outcomes__are_in_the_table_of_the_study(here: Path) -> None:
    words = ["sweep", *SMALL, "study.name=x", "replicates=1"]
    assert main([*words, "study.outcomes=[prevalence]"]) == 0
    assert main([*words, "study.outcomes=[prevalence,mean_degree]"]) == 0
    assert main(["export", "x", "--to", "csv", "--out", "x.csv"]) == 0
    assert "mean_degree" in Path("x.csv").read_text().splitlines()[0]


def test_a_larger_study__keeps_what_lies_beside_its_plan(here: Path) -> None:
    words = ["sweep", *SMALL, "study.name=x"]
    assert main([*words, "replicates=1"]) == 0
    (folder,) = Path("results/catalogue/studies").glob("*")
    (folder / "jobs").mkdir()  # logs of jobs that may be at work
    assert main([*words, "replicates=2"]) == 0
    assert (folder / "jobs").is_dir()
    assert json.loads((folder / "plan.json").read_text())["replicates"] == 2


def test_the_table_of_a_study__does_not_depend_on_others(here: Path) -> None:
    words = [*SMALL, "study.name=x", "replicates=1", "study.outcomes=[prevalence,survival]"]
    assert main(["sweep", *words, "results=alone"]) == 0
    assert main(["sweep", *SMALL, "study.name=y", "replicates=2", "days=9"]) == 0
    assert main(["sweep", *words]) == 0
    for folder in ("alone", "results"):
        out = ["--out", f"{folder}.csv"]
        assert main(["export", "x", "--to", "csv", f"results={folder}", *out]) == 0
    assert Path("alone.csv").read_bytes() == Path("results.csv").read_bytes()


def test_status_of_a_study_without_failures__tells_of_none(here, capsys) -> None:
    assert main(["sweep", *SMALL, "study.name=x", "replicates=1"]) == 0
    assert main(["status", "x"]) == 0
    printed = capsys.readouterr()
    assert "missing" in printed.out and "failed:" not in printed.out
    assert printed.err == ""


def test_a_question_that_fails_on_the_way__is_one_error(here, capsys) -> None:
    assert main(["sweep", *SMALL, "study.name=x", "replicates=1"]) == 0
    capsys.readouterr()
    assert main(["query", "select cast(id as int) from runs"]) == 2
    assert capsys.readouterr().err.startswith("bondsim: the query: Conversion Error")


@pytest.mark.parametrize("hurt", [b"", b"\xff\x00"])
def test_a_damaged_token_and_plan__are_written_anew(here: Path, hurt: bytes) -> None:
    words = ["sweep", *SMALL, "study.name=x", "replicates=1"]
    assert main(words) == 0
    (plan,) = Path("results/catalogue/studies").glob("*/plan.json")
    whole = plan.read_bytes()
    Path("results/catalogue/token").write_bytes(hurt)
    plan.write_bytes(hurt)
    assert main([*words]) == 0
    assert set(lived(here).values()) == {1} and plan.read_bytes() == whole
    assert len(Path("results/catalogue/token").read_bytes()) == 32


MISTAKES = {
    "study: null": "study must be",
    "study: {design: list, points: 5}": "study.points must be a list",
    "study: {design: list, points: {meet.psi: 1}}": "study.points must be a list",
    "study: {factors: {replicates: [1, 2]}}": "'replicates'",
    "study: {factors: {look.at: [truth, survey]}}": "'look.at'",
    "study: {factors: {executor.processes: [1, 2]}}": "'executor.processes'",
    "study: {factors: {seed: [random, 1]}}": "seed must be a number",
    "study: {arms: {a: [results=elsewhere]}}": "'results'",
    "study: {arms: {a: [look.at=survey], b: []}}": "'look.at'",
    "study: {arms: {a: [seed=random]}}": "seed must be a number",
    "study: {arms: {a: [meet.psi=1]}, factors: {meet.psi: [2, 3]}}": "'meet.psi'",
    "snapshots: [99]": "snapshots must be a list of days in [0, 1]",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_in_a_study__is_one_error(here, capsys, text: str) -> None:
    assert main(["sweep", *study(here, text)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("bondsim: ") and told.count("\n") == 1 and MISTAKES[text] in told
    assert not Path("results").exists()


def test_a_journal_that_cannot_be_made__is_one_error(here, capsys) -> None:
    words = ["sweep", *SMALL, "study.name=x"]
    assert main([*words, "replicates=1"]) == 0
    journals = Path("results/catalogue/journals")
    journals.rmdir()
    journals.write_text("a file")
    capsys.readouterr()
    assert main([*words, "replicates=2"]) == 2
    assert "results/catalogue/journals is a file" in capsys.readouterr().err


def test_a_study_with_a_random_seed__is_refused(here, capsys) -> None:
    assert main(["sweep", *SMALL, "study.name=x", "seed=random"]) == 2
    assert "seed must be a number" in capsys.readouterr().err


@pytest.fixture
def long_sweep(here: Path) -> Iterator[subprocess.Popen[str]]:
    """A sweep whose two workers live runs that take very long."""
    words = ["sweep", "study.name=x", "days=1000000", "network.n_agents=2000", "replicates=3"]
    command = [sys.executable, "-m", "bondsim", *words, "executor.processes=2"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        journals, end = here / "results" / "catalogue" / "journals", time.monotonic() + 60
        while time.monotonic() < end and len(list(journals.glob("*"))) < 2:
            time.sleep(0.1)
        time.sleep(0.5)
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("send", "what"),
    [(os.killpg, signal.SIGINT), (os.killpg, signal.SIGTERM), (os.kill, signal.SIGTERM)],
    ids=["Ctrl-C", "SIGTERM to all", "SIGTERM to the one that waits"],
)
def test_a_stop__ends_long_runs_of_several_processes_at_once(long_sweep, send, what) -> None:
    send(long_sweep.pid, what)
    _, told = long_sweep.communicate(timeout=15)
    assert long_sweep.returncode == 130
    assert "stopped: 0 of 3 runs" in told and "Traceback" not in told
    with pytest.raises(ProcessLookupError):  # no worker is left
        os.killpg(long_sweep.pid, 0)


def test_workers_of_a_sweep_that_was_killed__live_nothing_more(here, long_sweep) -> None:
    journals = list(Path("results/catalogue/journals").glob("*"))
    assert len(journals) == 2 and all(map(is_held, journals))
    long_sweep.kill()
    end = time.monotonic() + 15
    while any(map(is_held, journals)):
        assert time.monotonic() < end, "workers go on though nobody waits for them"
        time.sleep(0.1)


def test_the_log_of_each_run__can_be_asked_for(here: Path, capsys) -> None:
    bad = "{what: listening, who: context, context: 30000}"
    words = study(here, f'study: {{arms: {{good: [], bad: ["+intervention.many={bad}"]}}}}')
    assert main(["sweep", *words, "replicates=1"]) == 1
    capsys.readouterr()
    assert main(["query", "select status, error, log from runs order by status", "--csv"]) == 0
    failed, finished = list(csv.reader(io.StringIO(capsys.readouterr().out)))[1:]
    assert failed[0] == "failed" and "context must be in" in failed[1]
    began, *middle, ended = failed[2].splitlines()
    assert "began on" in began and "Traceback" in middle[0] and failed[1] in "".join(middle)
    assert "failed after" in ended
    began, ended = finished[2].splitlines()
    assert "began on" in began and f"process {os.getpid()}" in began and "finished after" in ended
    assert main(["query", "select log from runs where status = 'failed'"]) == 0
    assert "Traceback" in capsys.readouterr().out


def test_the_real_commands__work_together(here: Path) -> None:
    words = study(here, "replicates: 2\nstudy: {factors: {meet.psi: [1, 2]}}", "pair")
    done = bondsim("sweep", *words, cwd=here)
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 lived" in done.stdout
    asked = bondsim(
        "query", "select meet.psi, count(*) n from runs group by all", "--csv", cwd=here
    )
    assert sorted(asked.stdout.split()) == ["1.0,2", "2.0,2", "psi,n"]
    assert not list(Catalogue(here / "results").journals.glob("*"))
