"""Config files and overrides become an order; the numbers stay where they are declared."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bondsim import config
from bondsim.causal.settings import KINDS, Kind
from bondsim.config import compose, compose_analysis
from bondsim.config.composing import CHOICES
from bondsim.config.studies import compose_study
from bondsim.errors import BondsimError
from bondsim.network.specs import SOURCES, Circles, EdgeList, Karate
from bondsim.orders import Settings
from bondsim.params import CHANNEL_PARAMETERS, GROUPS, Params

FILED = sorted(path.name for path in config.configs_folder().iterdir() if path.is_dir())
NEED_FILES = {"edge_list": ["network.path=f.csv"], "graphml": ["network.path=f.xml"],
              "waves": ["network.paths=[a.csv,b.csv]"]}  # fmt: skip


def test_without_words_it_is_the_default_world() -> None:
    order = compose([])
    assert order.params == Params()
    assert order.network == Circles()
    assert order.interventions == ()
    assert order.settings == Settings()
    assert order.settings.folder == Path("results")


def test_names_that_others_script_against() -> None:
    words = ["days=730", "seed=7", "threads=2", "results=out", "burn_in=10", "snapshots=[20,15]"]
    order = compose([*words, "network=edge_list", "network.path=f.csv", "channels.affect=off"])
    assert order.params.seed == 7
    assert order.settings == Settings(
        days=730, burn_in=10, snapshots=(20, 15), threads=2, results="out"
    )  # fmt: skip
    assert order.settings.days_kept == (15, 20)
    assert order.network == EdgeList(path="f.csv")
    assert not order.params.channels.affect and order.params.channels.loss
    assert compose(["network.n_agents=50"]).network == Circles(n_agents=50)


@pytest.mark.parametrize(("on", "off"), [("on", "off"), ("true", "false"), ("Yes", "NO")])
def test_words_for_switches(on: str, off: str) -> None:
    for word, state, start in ((on, True, "none"), (off, False, "all")):
        words = [f"channels.{channel}={word}" for channel in CHANNEL_PARAMETERS]
        channels = compose([f"channels={start}", *words]).params.channels
        assert all(getattr(channels, channel) is state for channel in CHANNEL_PARAMETERS)


def test_one_kind_of_bond_is_set_and_the_others_stay() -> None:
    role = compose(["meet.role.friend=2"]).params.meet.role
    assert (role.friend, role.family) == (2.0, Params().meet.role.family)


def test_files_of_waves_may_have_commas_in_their_names() -> None:
    for paths, last in (("[a.csv,b 2.csv]", "b 2.csv"), ("[a.csv,'b,2.csv']", "b,2.csv")):
        order = compose(["network=waves", f"network.paths={paths}"])
        assert order.network.paths == ("a.csv", last)


def test_interventions_start_within_the_run() -> None:
    assert compose(["intervention=befriending", "days=31"]).interventions[0].start == 30
    assert compose(["intervention=befriending", "days=1", "burn_in=30"]).interventions


def test_a_lockdown_is_for_everyone() -> None:
    (lockdown,) = compose(["intervention=lockdown"]).interventions
    assert lockdown.who == "everyone"


def test_last_word_wins() -> None:
    assert compose(["seed=1", "seed=5"]).params.seed == 5


def test_snapshot_rhythm_counts_from_the_first_recorded_day() -> None:
    order = compose(["days=100", "burn_in=5", "snapshot_every=40", "snapshots=[7]"])
    assert order.settings.days_kept == (5, 7, 45, 85)


def test_random_seed_is_drawn_once_and_known() -> None:
    seeds = {compose(["seed=random"]).params.seed for _ in range(3)}
    assert len(seeds) > 1 and all(0 <= seed < 2**32 for seed in seeds)


def test_interventions_come_in_the_order_named() -> None:
    words = ["intervention=[lockdown,befriending]", "intervention.befriending.n=7"]
    mine = "+intervention.mine={what: listening, who: list, ids: [1, 2]}"
    plans = compose([*words, mine]).interventions
    assert [plan.what for plan in plans] == ["lockdown", "befriending", "listening"]
    assert (plans[1].n, plans[2].ids) == (7, (1, 2))


def analysis_of(name: str) -> Kind | None:
    """The analysis that an experiment is for: its README names the command."""
    folder = config.configs_folder().parent / "experiments" / name
    told = (folder / "README.md").read_text() if folder.is_dir() else ""
    return next((kind for kind in KINDS.values() if f"bondsim {kind.name} exp" in told), None)


@pytest.mark.parametrize("group", FILED)
def test_every_file_composes_and_is_known(group: str) -> None:
    assert group in CHOICES
    for name in config.choices(group):
        if group in ("study", "executor"):
            study = compose_study(["study.name=x", f"{group}={name}"])
            assert group == "study" or study.executor.kind == name
            continue
        words = NEED_FILES.get(name, []) if group == "network" else []
        if group == "experiment" and (kind := analysis_of(name)):
            compose_analysis(kind, [f"experiment={name}"])
            continue
        order = compose([f"{group}={name}", *words])
        if group == "network":
            assert type(order.network) is SOURCES[name]


def test_every_source_has_a_file() -> None:
    assert set(config.choices("network")) == set(SOURCES)


@pytest.mark.parametrize("channel", CHANNEL_PARAMETERS)
def test_only_one_channel(channel: str) -> None:
    channels = compose([f"channels=only_{channel}"]).params.channels
    assert [name for name in CHANNEL_PARAMETERS if getattr(channels, name)] == [channel]


def test_every_group_of_parameters_can_be_set_by_path() -> None:
    tree = Params().as_dict()
    for group in GROUPS:
        name, value = next(iter(tree[group].items()))
        word = f"{group}.{name}={value}" if not isinstance(value, dict) else f"{group}.{name}={{}}"
        assert compose([word]).params == Params()


def test_files_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "network").mkdir()
    (tmp_path / "meet").mkdir()
    mine = "defaults: [edge_list, _self_]\npath: mine.csv\n"
    (tmp_path / "network" / "mine.yaml").write_text(mine)
    (tmp_path / "meet" / "random.yaml").write_text("psi: 0\n")
    order = compose(["network=mine", "meet=random"], tmp_path)
    assert order.network == EdgeList(path="mine.csv")
    assert order.params.meet.psi == 0.0
    with pytest.raises(BondsimError, match="network=mine"):
        compose(["network=mine"])


def test_experiments_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "experiments" / "clubs"
    folder.mkdir(parents=True)
    text = "defaults:\n  - override /network: karate\ndays: 9\nmeet: {psi: 1}\n"
    (folder / "config.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    order = compose(["experiment=clubs", "seed=3"])
    assert type(order.network) is Karate
    assert (order.settings.days, order.params.meet.psi) == (9, 1.0)


def test_only_the_chosen_experiment_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (("broken", "days: ["), ("whole", "days: 9\n")):
        (tmp_path / "experiments" / name).mkdir(parents=True)
        (tmp_path / "experiments" / name / "config.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert compose(["days=3"]).settings.days == 3
    assert compose(["experiment=whole"]).settings.days == 9
    assert {"broken", "whole", "channels_off", "ten_years"} <= set(config.choices("experiment"))
    with pytest.raises(BondsimError, match="did you mean experiment=broken"):
        compose(["broken"])


def test_experiments_of_the_repository() -> None:
    order = compose(["experiment=channels_off"])
    assert not any(getattr(order.params.channels, name) for name in CHANNEL_PARAMETERS)
    assert compose(["experiment=channels_off", "channels.loss=on"]).params.channels.loss


def test_no_file_repeats_a_default() -> None:
    from omegaconf import OmegaConf

    tree = Params().as_dict()
    for group in set(FILED) & set(GROUPS) - {"channels"}:
        for path in (config.configs_folder() / group).glob("*.yaml"):
            for name, value in (OmegaConf.to_container(OmegaConf.load(path)) or {}).items():
                assert tree[group][name] != value, f"{path}: {name}"


def test_config_imports_hydra_only_to_compose() -> None:
    code = (
        "import sys, bondsim.config, bondsim.cli, bondsim.console;"
        "print([m for m in ('hydra', 'omegaconf', 'numba', 'pandas', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
