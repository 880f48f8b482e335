"""`bondsim sensitivity`, `validate`, `calibrate`, `preset` and `advise`: the real commands."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from bondsim.causal.settings import KINDS
from bondsim.cli import main
from bondsim.config import compose, compose_analysis
from bondsim.store.analyses import load_analysis
from bondsim.store.catalogue import Catalogue

TOWN = ["network.n_agents=40", "executor.processes=1"]
SHORT = ["sensitivity", *TOWN, "days=3", "replicates=2", "sensitivity.outcomes=[prevalence,knee]"]
FACTORS = "sensitivity.factors={meet.psi: {low: 1, high: 4}, relate.tau: {low: 60, high: 160}}"
FIT = [
    "calibrate", *TOWN, "calibrate.priors={population.set_point_mean: [0.2, 0.4]}",
    "calibrate.rows=[T1,T2]", "calibrate.particles=4", "calibrate.budget=8", "calibrate.batch=4",
    "days=1461", "burn_in=0",
]  # fmt: skip


def folder_of(results: Path, kind: str) -> Path:
    (folder,) = results.glob(f"{kind}-*")
    return folder


@pytest.mark.parametrize(
    ("words", "tables"),
    [
        (["sensitivity.n=2"], {"effects", "noise"}),
        (["sensitivity.method=sobol", "sensitivity.n=4", "sensitivity.second_order=true"],
         {"indices", "pairs", "noise"}),
        (["sensitivity.method=curves", "sensitivity.n=3"], {"curves", "slopes", "noise"}),
    ],
)  # fmt: skip
def test_sensitivity__is_kept_shown_and_repeated(tmp_path, capsys, words, tables) -> None:
    results = f"results={tmp_path}"
    assert main([*SHORT, FACTORS, results, *words]) == 0
    first = capsys.readouterr().out
    assert "meet.psi" in first and "noise:" in first
    folder = folder_of(tmp_path, "sensitivity")
    stored = load_analysis(folder)
    assert set(stored.tables) == tables
    assert (folder / "figure.png").is_file() and (folder / "figure_knee.png").is_file()
    n = len(Catalogue(tmp_path).records())
    assert main([*SHORT, FACTORS, results, *words]) == 0  # all its runs are there
    assert first.splitlines()[-1] in capsys.readouterr().out
    assert len(Catalogue(tmp_path).records()) == n
    assert main(["show", str(folder)]) == 0
    assert main(["rerun", str(folder)]) == 0
    assert "the same result to the last bit" in capsys.readouterr().out


def next_command(told: str) -> list[str]:
    """The command that a study ends with, as the shell reads it."""
    (line,) = [line for line in told.splitlines() if line.startswith("next: bondsim ")]
    return shlex.split(line)[2:]


def test_sensitivity__each_step_names_the_next_in_the_same_world(tmp_path, capsys) -> None:
    world = [*TOWN, "days=30", "replicates=2", f"results={tmp_path}",
             "sensitivity.outcomes=[mean_loneliness,knee]"]  # fmt: skip
    grouped = "sensitivity.groups={pace: [meet.psi, relate.tau], traits: [population]}"
    factors = (
        "sensitivity.factors=[meet.psi,relate.tau,population.set_point_mean,population.need_mean]"
    )
    words = ["sensitivity", *world, "sensitivity.n=8"]
    assert main([*words, factors, grouped]) == 0
    told = capsys.readouterr().out
    assert "8 trajectories of 3 points over 4 parameters in 2 groups" in told
    assert "2 replicates each: 48 runs of 40 people, 30 days" in told
    assert "not told from noise" in told
    for method in ("screen", "sobol"):
        following = next_command(told)
        assert following[: 1 + len(world)] == ["sensitivity", *world]
        assert "population.set_point_mean" in following[-1]
        assert ("sensitivity.method=sobol" in following) == (method == "sobol")
        assert main([*following, "sensitivity.n=8"]) == 0
        told = capsys.readouterr().out
    assert "below 256 base points (here 8)" in told
    assert told.index("below 256") < told.index("Sensitivity by")  # before it starts, and after
    assert "sensitivity.method=curves" in next_command(told)


def test_sensitivity__default_town_is_small_and_any_word_wins() -> None:
    def people(*words):
        return compose_analysis(KINDS["sensitivity"], words).network

    assert people().n_agents == 500
    assert people("network.n_agents=2000").n_agents == 2000
    assert people("network=small_world").n_agents == 500
    assert people("network=karate").source == "karate"
    assert compose_analysis(KINDS["response"], []).network == compose([]).network
    assert compose([]).network.n_agents != 500  # runs keep their own


def test_sobol_without_factors__is_refused(tmp_path: Path, capsys) -> None:
    assert main([*SHORT, f"results={tmp_path}", "sensitivity.method=sobol"]) == 2
    assert "screen first" in capsys.readouterr().err
    assert not Catalogue(tmp_path).exists()


def test_validate__tells_targets_bands_and_verdicts(tmp_path: Path, capsys) -> None:
    words = ["validate", *TOWN, "replicates=2", "days=1461", "burn_in=0", f"results={tmp_path}"]
    assert main([*words, "validate.rows=[T1,T2,T22a]"]) == 0
    told = capsys.readouterr().out
    assert "0.92 (0.75 to 1.1)" in told and "used to fit" in told and "held out" in told
    card = load_analysis(folder_of(tmp_path, "validate")).tables["scorecard"]
    assert card["row"].tolist()[:2] == ["T1", "T2"] and set(card["known"]) <= {0, 2}


def test_validate__refuses_unknown_rows_and_too_few_days(tmp_path: Path, capsys) -> None:
    assert main(["validate", f"results={tmp_path}", "validate.rows=[T99]"]) == 2
    assert main(["validate", f"results={tmp_path}", "days=10"]) == 2
    told = capsys.readouterr().err
    assert "T99" in told and "days must be at least" in told


def test_a_calibration__becomes_a_config_with_its_provenance(tmp_path, capsys) -> None:
    results, configs = tmp_path / "results", tmp_path / "configs"
    assert main([*FIT, f"results={results}"]) == 0
    assert "population.set_point_mean" in capsys.readouterr().out
    folder = folder_of(results, "calibrate")
    n = len(Catalogue(results).records())
    assert main([*FIT, f"results={results}"]) == 0
    assert len(Catalogue(results).records()) == n
    words = ["preset", str(folder), "mine", "--worlds", "2", "--configs", str(configs)]
    assert main(words) == 0
    assert "bondsim run population=mine" in capsys.readouterr().out
    block = json.loads((configs / "population" / "mine.json").read_text())
    value = compose(["population=mine"], configs).params.population.set_point_mean
    assert block["values"]["population.set_point_mean"] == value
    assert 0.2 <= value <= 0.4
    assert main(words) == 2  # never over another one
    assert "there is such a file" in capsys.readouterr().err


def test_a_preset__is_made_of_a_calibration_only(tmp_path: Path, capsys) -> None:
    assert main([*SHORT, FACTORS, "sensitivity.n=2", f"results={tmp_path}"]) == 0
    assert main(["preset", str(folder_of(tmp_path, "sensitivity")), "mine"]) == 2
    assert main(["preset", str(tmp_path / "none"), "mine"]) == 2
    assert "bondsim calibrate" in capsys.readouterr().err


def test_calibrate_without_priors__is_refused(tmp_path: Path, capsys) -> None:
    assert main(["calibrate", f"results={tmp_path}"]) == 2
    assert "calibrate.priors" in capsys.readouterr().err


def test_advise__tells_replicates_alone_and_paired(tmp_path: Path, capsys) -> None:
    words = ["study=presence", "days=3", "replicates=5", *TOWN, f"results={tmp_path}"]
    assert main(["sweep", *words, "study.factors={meet.psi: [1.0, 3.0]}"]) == 0
    capsys.readouterr()
    figure = tmp_path / "advice.png"
    asked = ["advise", "presence", f"results={tmp_path}", "--half-width", "0.01"]
    assert main([*asked, "--figure", str(figure)]) == 0
    told = capsys.readouterr().out
    assert "replicates needed" in told and "no_contagion less contagion" in told
    assert figure.is_file()
    assert main([*asked, "--outcome", "gini"]) == 2
    assert main(["advise", "nobody", f"results={tmp_path}"]) == 2
    assert main(["advise", "presence", f"results={tmp_path}", "--half-width", "0"]) == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("bondsim sw", ["sweep"]),
        ("bondsim run population.presence_m", ["population.presence_mean="]),
        ("bondsim sweep executor=r", ["executor=ray"]), ("bondsim run look", ["look."]),
        ("bondsim run channels.affect=o", ["channels.affect=off", "channels.affect=on"]),
        ("bondsim run network=kar", ["network=karate"]), ("bondsim show x", []),
        ("bondsim sweep study=pre", ["study=presence"]), ("bondsim twin exp", ["experiment="]),
    ],
)  # fmt: skip
def test_the_shell__completes_commands_names_and_values(capsys, line, expected) -> None:
    assert main(["completion", "--line", line]) == 0
    assert capsys.readouterr().out.split() == expected


def test_every_group_of_configs__completes(capsys) -> None:
    from bondsim.config import choices
    from bondsim.config.composing import CHOICES

    for group in CHOICES:
        assert main(["completion", "--line", f"bondsim run {group}="]) == 0
        assert capsys.readouterr().out.split() == [f"{group}={name}" for name in choices(group)]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell__has_its_script(capsys, shell: str) -> None:
    assert main(["completion", shell]) == 0
    assert "bondsim completion --line" in capsys.readouterr().out
    assert main(["completion", "csh"]) == 2
