"""Runs that are stopped, killed or refused by the disk, by the real command and real signals.

The day of a signal is exact: the process sends it to itself. Whatever happens, the run that goes on
ends as one that nobody disturbed.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bondsim import World, load_run
from bondsim.cli import main
from bondsim.errors import DataError
from bondsim.store import recording
from bondsim.store.stored import FILES, verify
from tests.cli.folders import run_folders

START = "import os, signal, sys, time, bondsim.cli, bondsim.world, bondsim.store.recording as r\n"
ON_DAY = """
step = bondsim.world.World.step
def stepped(world):
    if world.day == {day}: {what}
    step(world)
bondsim.world.World.step = stepped
"""
IN_CHECKPOINT = """
save = r.save_world
def saved(world, path, note):
    if world.day == {day}: os.kill(os.getpid(), signal.SIGKILL)
    return save(world, path, note)
r.save_world = saved
"""
SLOWLY = """
step = bondsim.world.World.step
bondsim.world.World.step = lambda world: (time.sleep(.01), step(world))
"""
WAIT = """
        open("waiting", "w").close()
        while os.path.exists("waiting"): time.sleep(.01)
"""
FULL = "__import__('resource').setrlimit(__import__('resource').RLIMIT_FSIZE, (4096, 4096))"
EVERY_DAY = "checkpoint_every=1e-9"
KARATE = ["run", "network=karate", "days=30", "seed=1"]
BUSY = [
    "run", "network.n_agents=80", "days=30", "burn_in=10", "seed=5", "snapshot_every=7",
    "snapshots=[13]", "turnover.rate=0.01", "intervention=[befriending,listening]",
    "intervention.befriending.n=9", "intervention.befriending.start=12",
    "intervention.listening.n=9", "intervention.listening.start=2",
    "intervention.listening.length=15",
]  # fmt: skip


def start(words: Sequence[str], cwd: Path, before: str = "") -> subprocess.Popen[str]:
    """The real command in a process of its own, which Ctrl-C reaches."""
    return subprocess.Popen(
        [sys.executable, "-c", f"{START}{before}\nsys.exit(bondsim.cli.main())", *words], cwd=cwd,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell starts what it runs in the background with Ctrl-C ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def bondsim(words: Sequence[str], cwd: Path, before: str = "") -> tuple[int, str, str]:
    process = start(words, cwd, before)
    out, err = process.communicate(timeout=400)  # it may have to compile first
    return process.returncode, out, err


def killed(day: int, how: str = "SIGKILL") -> str:
    return ON_DAY.format(day=day, what=f"os.kill(os.getpid(), signal.{how})")


def the_folder(results: Path) -> Path:
    (folder,) = run_folders(results)
    return folder


def same(one: Path, other: Path) -> None:
    """The same name, the same files, and in all but the account of time the same bytes."""
    assert one.name == other.name
    assert sorted(p.name for p in one.iterdir()) == sorted(p.name for p in other.iterdir())
    for path in one.iterdir():
        if path.name != "provenance.json":
            assert path.read_bytes() == (other / path.name).read_bytes(), path.name


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of runs that nobody disturbed."""
    found = {}
    for name, words in (("karate", KARATE), ("busy", BUSY)):
        results = tmp_path_factory.mktemp(name) / "results"
        assert main([*words, f"results={results}"]) == 0
        found[name] = the_folder(results)
    return found


# --- stopped by the user --------------------------------------------------------------------


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM"])
def test_what_was_lived_is_kept_and_gone_on_with(
    how: str, tmp_path: Path, whole: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = bondsim(BUSY, tmp_path, killed(24, how))
    folder = the_folder(tmp_path / "results")
    assert (code, out) == (130, "") and "Traceback" not in err
    assert folder.name == whole["busy"].name + "-unfinished"
    name = Path("results") / folder.name
    assert err.splitlines()[-3:] == [
        f"bondsim: stopped after 25 of 40 days, in {name}",
        f"  to go on: bondsim resume {name}",
        f"  to see the days lived: bondsim show {name}",
    ]
    # the results are those of a run of so many days
    stored = load_run(folder)
    assert verify(folder) == stored.hash
    assert stored.tables["series"]["day"].tolist() == list(range(10, 25))
    assert stored.snapshots == (10, 13, 17, 24)
    assert stored.tables["events"]["day"].max() <= 24
    assert main(["show", str(folder)]) == main(["rerun", str(folder)]) == 0
    assert "15 days" in capsys.readouterr().out
    shorter = [word.replace("days=30", "days=15") for word in BUSY]
    assert main([*shorter, f"results={tmp_path / 'shorter'}"]) == 0
    assert load_run(the_folder(tmp_path / "shorter")).hash == stored.hash

    assert main(["resume", str(folder)]) == 0
    same(the_folder(tmp_path / "results"), whole["busy"])
    told = load_run(the_folder(tmp_path / "results")).provenance
    assert told["command"][1:] == BUSY and told["seconds"] > stored.provenance["seconds"]
    assert "going on after 25 of 40 days" in capsys.readouterr().err


def test_the_same_words_go_on(
    tmp_path: Path, whole: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the threads and the rhythm of checkpoints, which are no part of a run."""
    assert bondsim(BUSY, tmp_path, killed(3, "SIGINT"))[0] == 130
    folder = the_folder(tmp_path / "results")
    with pytest.raises(DataError, match="has no results yet"):  # all of it was burn-in
        load_run(folder)
    again = [*BUSY, f"results={tmp_path / 'results'}", "threads=1", "checkpoint_every=0"]
    assert main(again) == 0
    assert "going on after 4 of 40 days" in capsys.readouterr().err
    same(the_folder(tmp_path / "results"), whole["busy"])


def test_stopped_before_the_first_day_has_ended(tmp_path: Path) -> None:
    """While imports, the network or compiling take their time: nothing is there to keep."""
    during = "import bondsim.network as n\nbuild = n.build\n" + (
        "def built(*w): os.kill(os.getpid(), signal.SIGINT); return build(*w)\nn.build = built\n"
    )
    code, out, err = bondsim(KARATE, tmp_path, during)
    assert (code, out, err) == (130, "", "bondsim: stopped\n")
    assert list(tmp_path.iterdir()) == []


def test_stopped_while_the_world_is_made(tmp_path: Path) -> None:
    made = "made = r.World\ndef make(*words, **named):\n"
    made += "    os.kill(os.getpid(), signal.SIGINT)\n    return made(*words, **named)\n"
    made += "r.World = make\n"
    code, out, err = bondsim(KARATE, tmp_path, made)
    assert (code, out) == (130, "")
    kept = run_folders(tmp_path)
    assert kept == [] or "stopped after 1 of 30 days" in err


def test_torn_from_the_middle_of_a_day_keeps_the_last_checkpoint(
    tmp_path: Path, whole: dict[str, Path]
) -> None:
    twice = ON_DAY.format(day=24, what="[os.kill(os.getpid(), signal.SIGINT) for _ in range(2)]")
    code, _, err = bondsim([*BUSY, EVERY_DAY], tmp_path, twice)
    assert code == 130 and "stopped after 24 of 40 days" in err
    assert main(["resume", str(the_folder(tmp_path / "results"))]) == 0
    same(the_folder(tmp_path / "results"), whole["busy"])


def test_stopped_while_results_are_written(
    tmp_path: Path, whole: dict[str, Path], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("bondsim.store.saving.write_run", stop)
        assert main([*KARATE, f"results={tmp_path / 'results'}"]) == 130
    assert "stopped after 30 of 30 days" in capsys.readouterr().err
    folder = the_folder(tmp_path / "results")
    assert [path.name for path in folder.iterdir()] == ["checkpoint"]
    assert main(["resume", str(folder)]) == 0
    same(the_folder(tmp_path / "results"), whole["karate"])


# --- killed ---------------------------------------------------------------------------------


@pytest.mark.parametrize("where", [killed(6), killed(26), IN_CHECKPOINT.format(day=27)])
def test_killed_and_resumed(
    where: str, tmp_path: Path, whole: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """In the burn-in, later, and with rows on the disk that no checkpoint knows."""
    assert bondsim([*BUSY, EVERY_DAY], tmp_path, where)[0] == -signal.SIGKILL
    folder = the_folder(tmp_path / "results")
    for command in ("show", "rerun"):
        assert main([command, str(folder)]) == 2
        assert f"go on with it: bondsim resume {folder}" in capsys.readouterr().err
    assert main(["resume", str(folder)]) == 0
    same(the_folder(tmp_path / "results"), whole["busy"])


def test_killed_again_and_again(tmp_path: Path, whole: dict[str, Path]) -> None:
    assert bondsim([*BUSY, EVERY_DAY], tmp_path, killed(5))[0] == -signal.SIGKILL
    folder = the_folder(tmp_path / "results")
    resume = ["resume", str(folder)]
    assert bondsim(resume, tmp_path, IN_CHECKPOINT.format(day=15))[0] == -signal.SIGKILL
    assert bondsim(resume, tmp_path, killed(20, "SIGINT"))[0] == 130
    assert load_run(folder).tables["series"]["day"].size == 11
    assert bondsim([*BUSY, EVERY_DAY], tmp_path, killed(33))[0] == -signal.SIGKILL
    assert load_run(folder).tables["series"]["day"].size == 11  # still those of the stop
    assert bondsim(resume, tmp_path)[0] == 0
    same(the_folder(tmp_path / "results"), whole["busy"])


def test_killed_from_outside(tmp_path: Path, whole: dict[str, Path]) -> None:
    process = start([*KARATE, "checkpoint_every=.05"], tmp_path, SLOWLY)
    deadline = time.monotonic() + 300
    while not list(tmp_path.glob("results/*/checkpoint/world.npz")):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert main(["resume", str(the_folder(tmp_path / "results"))]) == 0
    same(the_folder(tmp_path / "results"), whole["karate"])


def test_killed_before_the_first_checkpoint(
    tmp_path: Path, whole: dict[str, Path], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert bondsim(KARATE, tmp_path, killed(9))[0] == -signal.SIGKILL
    folder = the_folder(tmp_path / "results")
    assert main(["resume", str(folder)]) == 2
    err = capsys.readouterr().err
    assert "before its first checkpoint; run it again: bondsim run network=karate days=30" in err
    monkeypatch.chdir(tmp_path)
    assert main(KARATE) == 0
    same(the_folder(tmp_path / "results"), whole["karate"])


def test_a_town_on_two_threads_goes_on_on_one(tmp_path: Path) -> None:
    """More people than `engine.SMALL`, so that the second thread has work."""
    words = ["run", "network.n_agents=9000", "days=4", "snapshots=[2]"]
    killing = [*words, "threads=2", EVERY_DAY]
    assert bondsim(killing, tmp_path, killed(3))[0] == -signal.SIGKILL
    assert main([*words, "threads=1", f"results={tmp_path / 'results'}"]) == 0
    assert main([*words, "threads=2", f"results={tmp_path / 'whole'}"]) == 0
    same(the_folder(tmp_path / "results"), the_folder(tmp_path / "whole"))


def test_a_network_of_ones_own_goes_on_without_its_file(tmp_path: Path) -> None:
    path = tmp_path / "friends.csv"
    path.write_text("source,target\nAna,Bo\nBo,Ça\nÇa,newcomer 4\n", encoding="utf-8")
    words = ["run", "network=edge_list", f"network.path={path}", "days=20", "turnover.rate=0.1"]
    assert main([*words, f"results={tmp_path / 'whole'}"]) == 0
    assert bondsim([*words, EVERY_DAY], tmp_path, killed(11))[0] == -signal.SIGKILL
    path.unlink()
    assert main(["resume", str(the_folder(tmp_path / "results"))]) == 0
    one, other = (the_folder(tmp_path / name) for name in ("results", "whole"))
    same_names = load_run(one).frame("agents").label.tolist()
    assert load_run(one).hash == load_run(other).hash == verify(one)
    assert same_names == load_run(other).frame("agents").label.tolist()
    assert any(name.startswith("newcomer ") for name in same_names)


# --- refused --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def broken_off(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("broken_off")
    assert bondsim([*KARATE, EVERY_DAY], here, killed(20))[0] == -signal.SIGKILL
    return the_folder(here / "results")


def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What `resume` says of it, in one line; the checkpoint stays where it is."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert main(["resume", str(folder)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert {path: path.read_bytes() for path in before} == before
    return err


@pytest.mark.parametrize("name", ["order.json", "world.npz", "series.arrow", "agents.arrow"])
@pytest.mark.parametrize("content", [b"", b"\xff\x00nonsense", b'{"code": 3}'])
def test_garbage(
    name: str, content: bytes, broken_off: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(broken_off, tmp_path / broken_off.name)
    (folder / "checkpoint" / name).write_bytes(content)
    assert name in refused(folder, capsys)


def test_a_missing_stream(
    broken_off: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(broken_off, tmp_path / broken_off.name)
    (folder / "checkpoint" / "bonds.arrow").unlink()
    assert "bonds.arrow: it has 0 bytes" in refused(folder, capsys)


def test_folders_that_no_run_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resume", str(tmp_path / "nowhere")]) == 2
    assert "there is no such run folder" in capsys.readouterr().err
    assert main(["resume", str(tmp_path)]) == 2
    assert "none of a run's files" in capsys.readouterr().err
    (tmp_path / "checkpoint").mkdir()
    assert "order.json" in refused(tmp_path, capsys)


def test_a_finished_run(whole: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """By its own name, and by the one that it had under way."""
    done = whole["karate"]
    for folder in (done, done.with_name(f"{done.name}-unfinished")):
        assert main(["resume", str(folder)]) == 0
        out = capsys.readouterr().out
        assert f"{done}: the run is finished" in out and load_run(done).hash in out
    assert sorted(path.name for path in done.iterdir()) == sorted(FILES)


def test_begun_by_other_code(
    broken_off: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(broken_off, tmp_path / broken_off.name)
    path = folder / "checkpoint" / "order.json"
    order = json.loads(path.read_text())
    order |= {"code": "0" * 64, "software": {"bondsim": "0.0.9", "git": None}}
    path.write_text(json.dumps(order))
    assert "begun by bondsim 0.0.9" in refused(folder, capsys)
    assert main([*KARATE, f"results={tmp_path}"]) == 2
    assert "begun by bondsim 0.0.9" in capsys.readouterr().err
    assert (folder / "checkpoint" / "world.npz").exists()


def test_two_at_once(tmp_path: Path, whole: dict[str, Path]) -> None:
    first = start([*KARATE, EVERY_DAY], tmp_path, ON_DAY.format(day=9, what=WAIT))
    deadline = time.monotonic() + 300
    while not (tmp_path / "waiting").exists():
        assert time.monotonic() < deadline and first.poll() is None
        time.sleep(0.01)
    folder = the_folder(tmp_path / "results")
    for words in (KARATE, ["resume", str(folder)]):
        code, out, err = bondsim(words, tmp_path)
        assert (code, out) == (2, "") and "another process is at work on this run" in err
    (tmp_path / "waiting").unlink()
    out, err = first.communicate(timeout=400)
    assert (first.returncode, err) == (0, "")
    same(the_folder(tmp_path / "results"), whole["karate"])


@pytest.mark.skipif(sys.platform != "linux", reason="a limit for files in place of a full disk")
def test_no_room_for_a_checkpoint(tmp_path: Path, whole: dict[str, Path]) -> None:
    full = ON_DAY.format(day=12, what=FULL)
    code, out, err = bondsim([*KARATE, EVERY_DAY], tmp_path, full)
    folder = the_folder(tmp_path / "results")
    assert (code, out) == (2, "") and err.count("\n") == 1 and "File too large" in err
    assert f"make room, then go on after 12 of 30 days, in results/{folder.name}" in err
    assert main(["resume", str(folder)]) == 0
    same(the_folder(tmp_path / "results"), whole["karate"])


@pytest.mark.skipif(sys.platform != "linux", reason="a limit for files in place of a full disk")
def test_no_room_from_the_start(tmp_path: Path) -> None:
    code, out, err = bondsim(KARATE, tmp_path, FULL.replace("4096", "64"))
    assert (code, out) == (2, "") and "cannot be written" in err and err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_results_keeps_the_days(
    tmp_path: Path, whole: dict[str, Path], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("bondsim.store.saving.write_table", full)
        assert main([*KARATE, f"results={tmp_path / 'results'}"]) == 2
    assert "make room, then go on after 30 of 30 days" in capsys.readouterr().err
    assert main(["resume", str(the_folder(tmp_path / "results"))]) == 0
    same(the_folder(tmp_path / "results"), whole["karate"])


def test_the_checkpoint_of_a_run_is_no_world_of_its_own(broken_off: Path) -> None:
    with pytest.raises(DataError, match="bondsim resume"):
        World.load(broken_off / "checkpoint" / "world.npz")


def test_reopening_a_finished_run(whole: dict[str, Path]) -> None:
    with pytest.raises(DataError, match="the run is finished"):
        recording.Recording.reopen(whole["karate"])
    assert run_folders(whole["karate"].parent) == [whole["karate"]]
