"""A run that is stored is found and not lived again; whatever is not the very same run is lived."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bondsim import World
from bondsim.cli import main
from bondsim.store.query import Results
from bondsim.store.stored import load_run, verify
from bondsim.study import plan
from tests.cli.folders import run_folders

RUN = ["run", "network.n_agents=40", "days=9", "quiet=on"]
SWEPT = ["run", "-m", "network.n_agents=40", "days=9", "quiet=on", "executor.processes=1"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lived(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The seeds of the worlds that were lived in this process."""
    found: list[int] = []
    live = World.run

    def run(world: World, *words: object, **named: object) -> object:
        if world.network.n_agents in (3, 40):  # and not those that only have code compiled
            found.append(world.params.seed)
        return live(world, *words, **named)

    monkeypatch.setattr(World, "run", run)
    return found


def the_folder(results: str = "results") -> Path:
    (folder,) = run_folders(Path(results))
    return folder


def bonds(*rows: str) -> list[str]:
    """Words of a run from a file with these bonds."""
    Path("bonds.csv").write_text("\n".join(["source,target", *rows, ""]))
    return ["run", "network=edge_list", "network.path=bonds.csv", "days=3", "quiet=on"]


def test_the_very_same_run__is_not_lived_again(here, lived, capsys) -> None:
    assert main([*RUN, "threads=1"]) == 0
    first = capsys.readouterr().out
    folder = the_folder()
    before = {path: path.read_bytes() for path in folder.rglob("*")}
    assert main([*RUN, "threads=2", "checkpoint_every=0"]) == 0
    out, err = capsys.readouterr()
    told, _, rest = out.partition("\n")
    assert rest == first and err == ""
    assert told == f"{folder} holds this run: nothing was lived; to live it anyway: " + (
        f"bondsim rerun {folder}"
    )
    assert lived == [1]
    assert {path: path.read_bytes() for path in folder.rglob("*")} == before
    assert main(["rerun", str(folder)]) == 0 and lived == [1, 1]


def test_another_run__is_lived(here, lived) -> None:
    others = [[], ["snapshots=[4]"], ["snapshots=[5]"], ["burn_in=1"], ["seed=2"], ["meet.psi=2"]]
    for words in others:
        assert main([*RUN, *words]) == 0
    assert len(lived) == len(run_folders(Path("results"))) == len(others)
    # days that are kept in any case make no other run
    assert main([*RUN, "snapshots=[8,0]"]) == 0
    assert main([*RUN, "snapshots=[4]"]) == 0
    assert len(lived) == len(others)


def test_a_run_that_lies_elsewhere__is_lived_here(here, lived) -> None:
    assert main([*RUN, "results=one"]) == 0
    assert main([*RUN, "results=other"]) == 0
    assert lived == [1, 1] and the_folder("one").name == the_folder("other").name


def gone(folder: Path) -> str:
    shutil.rmtree(folder)
    return f"{folder} is gone"


def cut_off(folder: Path) -> str:
    path = folder / "agents.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    return f"{path}: "


def exchanged(folder: Path) -> str:
    """A table that can be read, but is not that of the run."""
    from bondsim.store.parquet import read_table, write_table

    path = folder / "series.parquet"
    table = read_table(path)
    table["lonely_days"] = table["lonely_days"] + 1.0
    path.unlink()
    write_table(path, [table])
    return "the tables have the hash"


def without_figure(folder: Path) -> str:
    (folder / "figure.png").unlink()
    return "no figure.png"


def test_a_folder_that_is_gone__is_lived_anew(here, lived) -> None:
    assert main(RUN) == 0
    hashed = load_run(the_folder()).hash
    gone(the_folder())
    assert main(RUN) == 0
    assert lived == [1, 1] and verify(the_folder()) == hashed


@pytest.mark.parametrize("hurt", [cut_off, exchanged, without_figure])
def test_a_folder_that_is_not_whole__is_told_and_lived_anew(here, lived, capsys, hurt) -> None:
    assert main(RUN) == 0
    folder = the_folder()
    hashed = load_run(folder).hash
    told = hurt(folder)
    capsys.readouterr()
    assert main(RUN) == 0
    err = capsys.readouterr().err
    assert err.startswith("bondsim: ") and err.count("\n") == 1
    assert told in err and "the run is lived anew" in err
    assert lived == [1, 1] and verify(the_folder()) == hashed and the_folder() == folder


@pytest.mark.parametrize("hurt", [gone, cut_off, exchanged, without_figure])
def test_a_folder_of_several_that_is_not_whole__is_told_and_lived_anew(
    here, lived, capsys, hurt
) -> None:
    assert main([*SWEPT, "seed=1,2"]) == 0
    folder = next(each for each in run_folders(Path("results")) if load_run(each).params.seed == 2)
    hashed = load_run(folder).hash
    hurt(folder)
    capsys.readouterr()
    assert main([*SWEPT, "seed=1,2"]) == 0
    out, err = capsys.readouterr()
    assert str(folder) in err and "the run is lived anew" in err and err.count("\n") == 1
    assert "1 lived" in out and "1 were there before" in out
    assert lived == [1, 2, 2] and verify(folder) == hashed
    assert main([*SWEPT, "seed=1,2"]) == 0 and lived == [1, 2, 2]


def test_runs_of_m__are_found_by_the_single_command(here, lived, capsys) -> None:
    assert main([*SWEPT, "seed=1,2"]) == 0
    assert main([*RUN, "seed=2"]) == 0
    assert lived == [1, 2] and "nothing was lived" in capsys.readouterr().out


def test_a_run_of_which_only_outcomes_are_kept__is_lived(here, lived, capsys) -> None:
    assert main([*SWEPT, "study.keep=outcomes", "seed=1,2"]) == 0
    assert main([*RUN]) == 0
    assert lived == [1, 2, 1] and capsys.readouterr().err == ""
    assert verify(the_folder())


def test_a_study_that_asks_for_more__hides_no_folder(here, lived) -> None:
    assert main(RUN) == 0
    words = [*SWEPT, "study.keep=outcomes", "seed=1,2", "study.outcomes=[knee]"]
    assert main(words) == 0
    assert Results("results").frame()["folder"].isna().all()
    assert main(RUN) == 0
    assert lived == [1, 1, 2]


def test_results_of_other_code__are_not_used(here, lived, monkeypatch, capsys) -> None:
    assert main(RUN) == 0
    monkeypatch.setattr(plan, "model_hash", lambda *_: "other code")
    assert main(RUN) == 0
    assert lived == [1, 1] and "nothing was lived" not in capsys.readouterr().out


def test_without_a_catalogue__a_run_is_lived(here, lived) -> None:
    assert main(RUN) == 0
    shutil.rmtree("results/catalogue")
    assert main(RUN) == 0
    assert lived == [1, 1] and main(RUN) == 0 and lived == [1, 1]


def test_a_file_that_changed__makes_another_run(here, lived) -> None:
    for rows in (("a,b", "b,c"), ("a,b", "b,c"), ("a,b", "a,c"), ("a,b", "b,c")):
        assert main(bonds(*rows)) == 0
    assert len(lived) == 2 and len(run_folders(Path("results"))) == 2


def test_a_file_of_another_name__has_the_hash_of_its_own(here, lived) -> None:
    words = bonds("a,b", "b,c")
    assert main(words) == 0
    Path("bonds.csv").rename("ties.csv")
    assert main([*words, "network.path=ties.csv"]) == 0
    one, other = (load_run(folder) for folder in run_folders(Path("results")))
    assert len(lived) == 2 and one.hash != other.hash


def test_a_network_of_ones_own_that_is_damaged__is_told_and_lived_anew(here, lived, capsys) -> None:
    words = bonds("a,b", "b,c")
    assert main(words) == 0
    (the_folder() / "network" / "bonds.parquet").unlink()
    capsys.readouterr()
    assert main(words) == 0
    assert "the run is lived anew" in capsys.readouterr().err
    assert len(lived) == 2 and main(["rerun", str(the_folder())]) == 0
