"""The commands as a user types them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from bondsim import World, load_run
from bondsim.cli import main
from bondsim.console import command_line
from bondsim.interventions import WHATS, WHOS
from bondsim.network.columns import AGENT_COLUMNS, BOND_COLUMNS
from bondsim.params import Params, table
from tests.cli.folders import run_folders

KARATE = ["run", "network=karate", "days=30", "seed=1"]


def bondsim(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    command = [sys.executable, "-c", "import sys, bondsim.cli; sys.exit(bondsim.cli.main())"]
    return subprocess.run([*command, *words], cwd=cwd, capture_output=True, text=True, check=False)


def last_line(text: str) -> str:
    return text.rstrip("\n").splitlines()[-1]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a karate run, made by the real command on one thread, and what it printed."""
    here = tmp_path_factory.mktemp("town")
    done = bondsim(*KARATE, "threads=1", cwd=here)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (folder,) = run_folders(here / "results")
    return folder, done.stdout


def test_run_prints_table_and_hash(town: tuple[Path, str]) -> None:
    folder, printed = town
    stored = (folder / "hash.txt").read_text().strip()
    assert last_line(printed) == f"hash: {stored}"
    assert re.fullmatch("hash: [0-9a-f]{64}", last_line(printed))
    for row in (
        "lonely days",
        "share lonely",
        "bonds made",
        "bonds lost",
        "closeness",
        "distance 4",
    ):
        assert row in printed
    assert f"figure: {Path('results') / folder.name / 'figure.png'}" in printed
    assert "\x1b" not in printed


def test_run_again_on_two_threads_has_the_same_last_line(
    town: tuple[Path, str], tmp_path: Path
) -> None:
    folder, printed = town
    again = bondsim(*KARATE, "threads=2", "results=mine/deep", cwd=tmp_path)
    assert last_line(again.stdout) == last_line(printed)
    assert run_folders(tmp_path / "mine" / "deep") == [tmp_path / "mine" / "deep" / folder.name]


def test_a_town_on_one_thread_and_on_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """More people than `engine.SMALL`, so that the second thread has work."""
    lines = set()
    for threads in (1, 2):
        words = ["network.n_agents=9000", "days=2", f"threads={threads}"]
        assert main(["run", *words, f"results={tmp_path / str(threads)}"]) == 0
        lines.add(last_line(capsys.readouterr().out))
    assert len(lines) == 1


def test_burn_in_and_chosen_days_are_kept_and_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["days=6", "burn_in=3", "snapshot_every=2", "snapshots=[6]"]
    assert main([*KARATE, *words, f"results={tmp_path}"]) == 0
    (folder,) = run_folders(tmp_path)
    kept = load_run(folder)
    assert kept.tables["series"]["day"].tolist() == [3, 4, 5, 6, 7, 8]
    assert kept.tables["events"]["day"].min() >= 3
    assert sorted(set(kept.tables["agents"]["day"].tolist())) == [3, 5, 6, 7, 8]
    assert main(["rerun", str(folder)]) == 0
    assert kept.hash in capsys.readouterr().out


def test_run_again_in_place_keeps_the_folder(
    town: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, printed = town
    assert main([*KARATE, f"results={folder.parent}"]) == 0
    assert last_line(capsys.readouterr().out) == last_line(printed)
    assert run_folders(folder.parent) == [folder]


def test_rerun_gives_the_same(town: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    folder, printed = town
    assert main(["rerun", str(folder)]) == 0
    assert last_line(capsys.readouterr().out) == last_line(printed)


def test_show_prints_and_draws(town: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    folder, printed = town
    figure = (folder / "figure.png").read_bytes()
    (folder / "figure.png").write_bytes(b"")
    assert main(["show", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert last_line(shown) == last_line(printed)
    assert "lonely days" in shown and "bondsim:" in shown
    assert (folder / "figure.png").read_bytes() == figure
    assert not list(folder.glob(".*"))


def test_another_result_of_the_same_run_is_told_and_not_replaced(
    town: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder = shutil.copytree(town[0], tmp_path / town[0].name)  # which no catalogue knows
    before = (folder / "hash.txt").read_bytes()
    make_faulty(monkeypatch)
    for words in (["rerun", str(folder)], [*KARATE, f"results={folder.parent}"]):
        assert main(words) == 1
        out, err = capsys.readouterr()
        assert before.decode().strip() in err and "table agents, column stress" in err
        assert out == ""
    assert (folder / "hash.txt").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"\xff", b"no hash", b"0" * 64, None])
def test_a_run_whose_hash_is_damaged_is_replaced(
    content: bytes | None, town: tuple[Path, str], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder, printed = town
    copy = shutil.copytree(folder, tmp_path / folder.name)
    (copy / "hash.txt").unlink()
    if content is not None:
        (copy / "hash.txt").write_bytes(content)
    assert main([*KARATE, f"results={tmp_path}"]) == 0
    assert last_line(capsys.readouterr().out) == last_line(printed)
    assert (copy / "hash.txt").read_bytes() == (folder / "hash.txt").read_bytes()


def make_faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next runs of 30 days give other results."""
    keep = World._keep

    def faulty(world: World, day: int) -> None:
        if day == 29:
            world.state.agents.stress[3] += 0.25
        keep(world, day)

    monkeypatch.setattr(World, "_keep", faulty)


def test_damaged_runs_are_refused(
    town: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damages = {
        "parameters.json": b"{",
        "provenance.json": b"[]",
        "hash.txt": b"no hash",
        "agents.parquet": b"PAR1",
        "summary.json": None,
    }
    for name, content in damages.items():
        copy = shutil.copytree(town[0], tmp_path / name)
        (copy / name).unlink()
        if content is not None:
            (copy / name).write_bytes(content)
        for command in ("show", "rerun"):
            assert main([command, str(copy)]) == 2, name
            out, err = capsys.readouterr()
            assert out == "" and err.count("\n") == 1 and name in err


def test_changed_parameters_are_noticed(
    town: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(town[0], tmp_path / "copy")
    parameters = copy / "parameters.json"
    parameters.write_text(parameters.read_text().replace('"days": 30', '"days": 31'))
    assert main(["rerun", str(copy)]) == 2
    assert "hash.txt says" in capsys.readouterr().err


def test_intervention_on_unknown_people_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = "+intervention.mine={what: listening, who: list, ids: [99], start: 2}"
    assert main([*KARATE, mine, f"results={tmp_path / 'out'}"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "intervention.listening.ids" in err
    assert list(tmp_path.iterdir()) == []


def test_results_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:  # root may write anywhere
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile._os, "mkdir", refuse)
    for words in (KARATE, ["run", "-m", "days=2,3"], ["twin"], ["sweep", "study=presence"]):
        assert main([*words, f"results={tmp_path / 'out'}"]) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.count("\n") == 1
        assert f"{tmp_path} cannot be written to (Read-only file system)" in err


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda here: (here / "out").symlink_to("nowhere"), "out is a link to nothing"),
        (lambda here: (here / "out").write_text(""), "out is a file"),
        (lambda here: (here / "out").mkdir() or (here / "out/catalogue").touch(),
         "out/catalogue is a file"),
    ],
)  # fmt: skip
def test_results_that_are_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    make: Any, told: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    for words in (KARATE, ["run", "-m", "days=2,3"], ["response"]):
        assert main([*words, "results=out"]) == 2
        assert told in capsys.readouterr().err
    assert main([*KARATE, f"results={'x' * 300}"]) == 2
    assert "File name too long" in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_stopped_by_the_user(tmp_path: Path) -> None:
    """At any time: on the first day or on a later one."""
    code = "import sys, bondsim.cli; print('on', flush=True); sys.exit(bondsim.cli.main())"
    words = ["run", "network=karate", "days=2000000"]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words], cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell starts what it runs in the background with Ctrl-C ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "on\n"
    time.sleep(2.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=400)  # it may have to compile first
    assert (process.returncode, out) == (130, "")
    if list(tmp_path.iterdir()):
        assert "of 2,000,000 days, in results" in err
        (folder,) = run_folders(tmp_path / "results")
        assert main(["show", str(folder)]) == 0
    else:
        assert err.startswith("bondsim: stopped")


def test_stopped_after_the_last_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lived = World.run

    def run(*words: Any, **named: Any) -> Any:
        done = lived(*words, **named)
        os.kill(os.getpid(), signal.SIGINT)
        return done

    monkeypatch.setattr(World, "run", run)
    assert main([*KARATE, f"results={tmp_path / 'out'}"]) == 130
    monkeypatch.setattr(World, "run", lived)
    (folder,) = run_folders(tmp_path / "out")
    assert main(["resume", str(folder)]) == 0
    assert [path.name for path in run_folders(tmp_path / "out")] == [
        folder.name.removesuffix("-unfinished")
    ]


def test_an_infinite_parameter_is_kept_and_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["relate.tau=inf", "cool.closeness_half_life.friend=inf", f"results={tmp_path}"]
    assert main([*KARATE, *words]) == 0
    (folder,) = run_folders(tmp_path)

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    for path in folder.glob("*.json"):
        json.loads(path.read_text(), parse_constant=refuse)
    stored = json.loads((folder / "parameters.json").read_text())["params"]
    assert stored["relate"]["tau"] == stored["cool"]["closeness_half_life"]["friend"] == "inf"
    assert main(["show", str(folder)]) == main(["rerun", str(folder)]) == 0
    assert main([*KARATE, *words]) == 0
    assert run_folders(tmp_path) == [folder]
    assert capsys.readouterr().err == ""


def test_unexpected_errors_keep_their_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(World, "run", broken)
    with pytest.raises(ZeroDivisionError):
        main([*KARATE, f"results={tmp_path / 'out'}"])
    assert list(tmp_path.iterdir()) == []


def test_help_is_quick_and_light(tmp_path: Path) -> None:
    started = time.perf_counter()
    done = bondsim("--help", cwd=tmp_path)
    assert time.perf_counter() - started < 1.0  # about .1 s on an idle machine
    assert done.returncode == 0 and "examples:" in done.stdout
    assert bondsim("run", "--help", cwd=tmp_path).stdout == done.stdout


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"bondsim \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_reader_of_a_pipe_that_leaves(tmp_path: Path) -> None:
    code = "import sys, bondsim.cli; sys.exit(bondsim.cli.main())"
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-c", code, "params", "--json"]
    done = subprocess.run(
        words, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_params_lists_every_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["params", "--json"]) == 0
    rows = {row["path"]: row for row in json.loads(capsys.readouterr().out)}
    expected = {row.path: row for row in table()}
    assert set(expected) <= set(rows)
    assert {"seed", "days", "burn_in", "threads", "results", "snapshots"} <= set(rows)
    for path, row in expected.items():
        assert (rows[path]["unit"], rows[path]["source"]) == (row.unit, row.source)
    assert rows["relate.tau"]["neutral"] == "inf"
    assert rows["meet.role"]["default"]["friend"] == Params().meet.role.friend
    for form in ([], ["--markdown"]):
        assert main(["params", *form]) == 0
        printed = capsys.readouterr().out
        assert [path for path in rows if path not in printed] == []


def test_params_has_a_row_for_each_field_of_each_source_and_of_interventions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from dataclasses import fields

    from bondsim.interventions import Intervention
    from bondsim.network.specs import SOURCES

    assert main(["params", "--json"]) == 0
    rows = [(row["path"], row["doc"]) for row in json.loads(capsys.readouterr().out)]
    for source, cls in SOURCES.items():
        shown = [path for path, doc in rows if doc.startswith(f"{source}: ")]
        assert shown == [f"network.{f.name}" for f in fields(cls)]
    docs = dict(rows)
    assert all(f"intervention.{f.name}" in docs for f in fields(Intervention))
    assert all(what in docs["intervention.what"] for what in WHATS)
    assert all(who in docs["intervention.who"] for who in WHOS)


@pytest.mark.parametrize(
    ("sought", "found"),
    [("dose", "intervention.dose"), ("befriending", "intervention.what"), ("network", "circles: ")],
)
def test_params_finds(sought: str, found: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["params", sought]) == 0
    assert found in capsys.readouterr().out


def test_params_filter(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["params", "MEET.ETA1", "--markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[2].startswith(f"| meet.eta1 | {Params().meet.eta1:g} |")


def test_networks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["networks"]) == 0
    printed = capsys.readouterr().out
    assert "network=karate" in printed and "network.n_agents" in printed
    columns = [name for name in BOND_COLUMNS if not name.endswith(("_ij", "_ji"))]
    listed = printed.split("columns of bonds")[1]
    assert all(re.search(rf"\b{name}\b", listed) for name in (*columns, *AGENT_COLUMNS))


def test_columns_that_nobody_reads_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w1.csv").write_text("source,target,weight\na,b,1\n")
    (tmp_path / "w2.csv").write_text("source,target\na,b\n")
    (tmp_path / "people.csv").write_text("id,name,size\na,1,2\nb,1,2\n")
    words = ["network=waves", "network.paths=[w1.csv,w2.csv]", "network.attributes=people.csv"]
    assert main(["run", *words, "days=1"]) == 0
    out, err = capsys.readouterr()
    assert err == "ignored: w1.csv: weight; people.csv: name, size\n"
    assert "2 people, 1 day, seed 1" in out
    (folder,) = run_folders(tmp_path / "results")
    assert main(["show", str(folder)]) == 0
    assert "ignored:  w1.csv: weight; people.csv: name, size\n" in capsys.readouterr().out


def test_everybody_may_be_reached_and_costs_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "network=karate", "days=61", "intervention=lockdown"]
    assert main([*words, f"results={tmp_path}"]) == 0
    assert "person-hours" not in capsys.readouterr().out
    assert main([*words, f"results={tmp_path}", "intervention.lockdown.hours=.5"]) == 0
    assert re.search(r"person-hours of interventions +17 ", capsys.readouterr().out)


def test_command_line_as_one_types_it() -> None:
    words = ["run", "intervention=[lockdown]"]
    for first in ("/opt/bin/bondsim", "/x/bondsim/__main__.py", "bondsim.exe", "-c"):
        assert command_line([first, *words]) == "bondsim run 'intervention=[lockdown]'"
    assert command_line(["study.py", "3"]) == "study.py 3"


def test_progress_bar_where_somebody_watches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bondsim.console import progress_bar

    for watched, quiet, shown in ((True, False, True), (True, True, False), (False, False, False)):
        monkeypatch.setattr(sys.stdout, "isatty", lambda watched=watched: watched)
        monkeypatch.setattr(sys.stderr, "isatty", lambda watched=watched: watched)
        monkeypatch.setenv("TERM", "xterm")
        with progress_bar(3, 34, quiet=quiet) as progress:
            assert (progress is not None) is shown
            for day in range(3 if progress else 0):
                assert progress is not None
                progress(day)
        assert ("34 agents" in capsys.readouterr().err) is shown
