"""Wrong input of any kind: one message, exit status 2, nothing written, no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from bondsim.cli import main

RUN_WORDS = {
    # names
    "unknown name": (["dys=3"], "did you mean days"),
    "unknown parameter": (["meet.psy=3"], "did you mean meet.psi"),
    "unknown group": (["met.psi=3"], "meet.psi"),
    "unknown kind": (["meet.role.brother=1"], "family"),
    "unknown kind in a mapping": (["meet.role={brother: 1}"], "family"),
    "below a number": (["days.x=1"], "days.x"),
    "added name": (["+foo=1"], "foo"),
    "unknown channel": (["channels.mood=on"], "affect"),
    "of another source": (["network=karate", "network.n_agents=10"],
                          "karate has no n_agents; it has kind, contexts"),
    "name of a published network": (["network=karate", "network.name=davis"],
                                    "karate has no name; it has kind, contexts"),
    "misspelt of a network": (["network.friend=3"], "did you mean friends"),
    "of an experiment's network": (["experiment=town", "network=karate"],
                                   "karate has no n_agents; it has kind, contexts; "
                                   "experiment=town set it"),
    # words
    "no equals sign": (["days"], "a word without =; write name=value"),
    "network alone": (["karate"], "a word without =; did you mean network=karate?"),
    "empty word": ([""], "name=value"),
    "no name": (["=3"], "name=value"),
    "open bracket": (["snapshots=[1,2"], "name=value"),
    "unquoted sign": (["network.path=a=b.csv"], "quote"),
    "several values": (["seed=1,2"], "one value"),
    "taken out": (["~days"], "left out"),
    "unknown option": (["--foo"], "--foo"),
    "option without value": (["days=3", "--config-dir"], "--config-dir"),
    "config dir that is none": (["--config-dir", "nowhere"], "nowhere"),
    "hydra's own": (["hydra.run.dir=x"], "--config-dir"),
    "unknown interpolation": (["seed=${foo}"], "foo"),
    # choices
    "unknown network": (["network=karat"], "karate"),
    "number for a choice": (["network=3"], "karate"),
    "two networks": (["network=[karate,davis]"], "karate"),
    "no network": (["network=null"], "karate"),
    "source by hand": (["network.source=karate"], "network=NAME"),
    "choice added": (["+network=karate"], "network=NAME"),
    "unknown channels": (["channels=some"], "only_affect"),
    "unknown population": (["population=sad"], "lonely"),
    "unknown intervention": (["intervention=[befriending,hug]"], "listening"),
    "intervention not chosen": (["intervention.lockdown.dose=1"], "intervention"),
    "wrong intervention": (["+intervention.mine={what: hug}"], "intervention.what"),
    "unknown field": (["+intervention.mine={whom: 3}"], "intervention.mine.whom"),
    "unknown experiment": (["experiment=foo"], "ten_years, town, toxic_exit"),
    "experiment alone": (["town"], "did you mean experiment=town?"),
    "intervention too late": (["intervention=befriending", "days=30"],
                              "intervention.befriending.start must be a day in [0, 29]"),
    "intervention after the burn-in": (["intervention=job_loss", "burn_in=30", "days=30"],
                                       "intervention.job_loss.start must be a day in [0, 59]"),
    "more people than there are": (["network=karate", "intervention=befriending"],
                                   "intervention.befriending.n must be at most 34, the people"),
    # numbers
    "no number": (["meet.psi=high"], "meet.psi"),
    "nan": (["meet.psi=nan"], "meet.psi"),
    "infinite": (["meet.psi=inf"], "[0, 10]"),
    "out of range": (["meet.psi=11"], "[0, 10]"),
    "mapping for a number": (["meet.psi={a: 1}"], "meet.psi"),
    "number for a group": (["meet=3"], "meet"),
    "word for kinds": (["meet.role=much"], "one number, or one for each of family"),
    "list for kinds": (["meet.role=[1,1,1,1,1]"], "set one as meet.role.friend=2"),
    "number out of range for kinds": (["meet.role=-1"], "meet.role.family"),
    "field of no intervention": (["intervention.n=3"], "choose an intervention first"),
    "field of another intervention": (["intervention=group", "intervention.listening.n=3"],
                                      "no intervention of that name is chosen"),
    "negative kind": (["meet.role.friend=-1"], "meet.role.friend"),
    "sum above 1": (["reach_out.via_friend=.8", "reach_out.via_context=.8"], "at most 1"),
    "falling cuts": (["observe.cut_1=.9"], "rising"),
    "no switch": (["channels.affect=maybe"], "on or off"),
    "number for a switch": (["channels.affect=1"], "on or off"),
    "no seed": (["seed=abc"], "seed"),
    "negative seed": (["seed=-1"], "seed"),
    "seed too large": (["seed=9223372036854775808"], "seed"),
    # settings
    "no days": (["days=0"], "days"),
    "negative days": (["days=-5"], "days"),
    "part of a day": (["days=1.5"], "whole number"),
    "days that are none": (["days=nan"], "days"),
    "days left empty": (["days="], "days"),
    "negative burn-in": (["burn_in=-1"], "burn_in"),
    "no threads": (["threads=0"], "threads"),
    "word for threads": (["threads=two"], "threads"),
    "snapshot too late": (["days=30", "snapshots=[30]"], "[0, 29]"),
    "snapshot in the burn-in": (["days=30", "burn_in=5", "snapshots=[4]"], "[5, 34]"),
    "snapshots no list": (["snapshots=3"], "list"),
    "snapshot on part of a day": (["snapshots=[1.5]"], "a list of whole numbers"),
    "snapshot on or off": (["snapshots=[true]"], "a list of whole numbers"),
    "many threads": (["threads=1025"], "threads must be a whole number in [1, 1024]"),
    "quiet perhaps": (["quiet=perhaps"], "quiet"),
    # places
    "results left empty": (["results="], "results"),
    "results a number": (["results=3"], "results"),
    "results a file": (["results=bonds.csv"], "bonds.csv is a file"),
    "results below a file": (["results=bonds.csv/x"], "bonds.csv is a file"),
    "no path": (["network=edge_list"], "network.path"),
    "missing file": (["network=edge_list", "network.path=nope.csv"], "nope.csv"),
    "folder for a file": (["network=edge_list", "network.path=folder"], "folder"),
    "unknown format": (["network=edge_list", "network.path=bonds.xyz"], "bonds.xyz"),
    "empty file": (["network=edge_list", "network.path=empty.csv"], "empty.csv"),
    "no column": (["network=edge_list", "network.path=bonds.csv",
                   "network.source_column=from"], "from"),
    "misspelt column": (["network=edge_list", "network.path=near.csv"], "did you mean closeness"),
    "one wave": (["network=waves", "network.paths=[bonds.csv]"], "a list of at least 2 texts"),
    "waves without brackets": (["network=waves", "network.paths=a.csv,b.csv"], "a list as [1,2]"),
    "no GraphML": (["network=graphml", "network.path=bonds.csv"], "bonds.csv"),
    "uneven ring": (["network=small_world", "network.degree=3"], "network.degree"),
}  # fmt: skip

OTHER_WORDS = {
    "unknown command": (["rum"], "did you mean run"),
    "unknown option": (["--foo"], "--help"),
    "rerun nothing": (["rerun"], "RUN"),
    "rerun two": (["rerun", "a", "b"], "b"),
    "rerun nowhere": (["rerun", "nowhere"], "nowhere"),
    "show nowhere": (["show", "nowhere"], "nowhere"),
    "show no run": (["show", "folder"], "not a complete run folder"),
    "show a file": (["show", "bonds.csv"], "bonds.csv"),
    "params of nothing": (["params", "xyzzy"], "xyzzy"),
    "params in two forms": (["params", "--json", "--markdown"], "not allowed"),
    "networks of something": (["networks", "karate"], "karate"),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own to be in, with some files."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "bonds.csv").write_text("source,target\na,b\nb,c\n")
    (tmp_path / "bonds.xyz").write_text("source,target\na,b\nb,c\n")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "near.csv").write_text("source,target,closness\na,b,1\n")
    experiment = tmp_path / "experiments" / "town" / "config.yaml"
    experiment.parent.mkdir(parents=True)
    experiment.write_text("network: {n_agents: 50}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(words: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Check that `words` are refused in one line that holds `told`, and that nothing is left."""
    before = sorted(here.rglob("*"))
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("bondsim: ") and err.count("\n") == 1, err
    assert told in err
    assert "Traceback" not in err and "hydra.cc" not in err
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize(("words", "told"), RUN_WORDS.values(), ids=RUN_WORDS)
def test_run_refuses(
    words: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(["run", *words], told, here, capsys)


@pytest.mark.parametrize(("words", "told"), OTHER_WORDS.values(), ids=OTHER_WORDS)
def test_other_commands_refuse(
    words: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(words, told, here, capsys)


EXPERIMENTS = {
    "no YAML": ("days: [", "line 1"),
    "unknown name": ("dys: 3", "did you mean days"),
    "unknown parameter": ("meet: {psy: 3}", "meet.psy"),
    "unknown network": ("defaults:\n  - override /network: foo", "karate"),
    "unknown group": ("defaults:\n  - override /netwrk: foo", "netwrk"),
    "a list": ("- 3", "experiment/mine"),
    "not text": (b"\xff\xfe", "utf-8"),
    "out of range": ("meet: {psi: 11}", "meet.psi"),
    "number for a group": ("meet: 3", "meet"),
    "no mapping of interventions": ("intervention: 3", "intervention"),
}


@pytest.mark.parametrize(("text", "told"), EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_run_refuses_experiment(
    text: str | bytes, told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = here / "experiments" / "mine" / "config.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    refused(["run", "experiment=mine"], told, here, capsys)


def test_no_command_prints_help_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage:" in capsys.readouterr().err
