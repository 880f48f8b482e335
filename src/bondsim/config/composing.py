"""What Hydra makes of the words of a command: plain nested dictionaries.

The numbers live in the parameter classes. Their names and defaults are handed to Hydra from there,
so that every parameter can be overridden by its path, and the files in `configs/` hold deviations
only. Whatever is wrong becomes one `BondsimError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from itertools import islice, product
from pathlib import Path
from typing import Any, NamedTuple

from bondsim.config.errors import one_line, unknown_choice, unknown_override
from bondsim.errors import BondsimError, DataError, ParameterError
from bondsim.params import GROUPS, Params

CHOICES = ("network", "intervention", "experiment", "study", "executor", *GROUPS)
"""Names that choose a file of `configs/<name>/`."""

_CHECKOUT = Path(__file__).resolve().parents[3]


def configs_folder() -> Path:
    """Where the config files lie: in the installed package, or at the top of a checkout."""
    for folder in (Path(__file__).parents[1] / "configs", _CHECKOUT / "configs"):
        if (folder / "config.yaml").is_file():
            return folder
    raise DataError(str(folder), "the config files of bondsim are missing", "install it again")


def choices(group: str) -> list[str]:
    """The files that `group` can be set to."""
    names = {path.stem for path in (configs_folder() / group).glob("*.yaml")}
    if group == "experiment":
        found = (folder.glob("*/config.yaml") for folder in _experiment_folders())
        names |= {path.parent.name for paths in found for path in paths}
    return sorted(names)


def listed(group: str) -> str:
    """The files that `group` can be set to, in words behind a colon."""
    names = ", ".join(choices(group))
    return f": {names}" if names else ""


def tree_of(
    overrides: list[str],
    config_dir: str | Path | None,
    own: dict[str, Any],
    network: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Hydra's composition as plain nested dictionaries; `own`: defaults beside the model's.

    `network`: defaults that networks which have such fields take instead of their own.
    """
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.errors import ConfigCompositionException, HydraException, MissingConfigException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError  # type: ignore[import-untyped]

    named = [_checked_override(override) for override in overrides]
    _store_defaults(own, network or {})
    words = [*_search_path(config_dir), *overrides]
    try:
        _store_experiments(value for name, value in named if name == "experiment")
        with initialize_config_dir(str(configs_folder()), version_base="1.3"):
            try:
                config = hydra_compose("config", words)
            except MissingConfigException as error:
                raise unknown_choice(error, choices) from None
            except ConfigCompositionException as error:
                known = hydra_compose("config", [w for w in words if _chooses_file(w)])
                tree = OmegaConf.to_container(known)
                raise unknown_override(overrides, tree, error) from None
            tree = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except BondsimError:
        raise
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError, OSError) as error:
        raise DataError("the configuration", one_line(error), "mend the file or the word") from None
    assert isinstance(tree, dict)
    return {str(name): value for name, value in tree.items()}


class Swept(NamedTuple):
    """A word with several values: its name, the values, and how each is written.

    What is no number, word or switch stands as it is written.
    """

    path: str
    values: list[Any]
    texts: list[str]


def without_sweeps(overrides: Sequence[str], most: int) -> tuple[list[str], list[Swept]]:
    """The words with one value, and those with several: lists as ``1,2``, ranges and choices.

    One with more than `most` values is refused: `ParameterError`.
    """
    from hydra.errors import HydraException

    words: list[str] = []
    swept: list[Swept] = []
    for text in overrides:
        _refuse_lone_word(text)
        override = _parsed(text)
        try:
            if not override.is_sweep_override():
                words.append(text)
                continue
            texts = list(islice(override.sweep_string_iterator(), most + 1))
            values = list(islice(override.sweep_iterator(), most + 1))
        except HydraException as error:
            fix = "write values as 1,2,3, as range(1,10) or as a list"
            raise DataError(repr(text), one_line(error), fix) from None
        if len(values) > most:
            raise ParameterError(str(override.key_or_group), text, f"at most {most:,} values")
        simple = [isinstance(v, int | float | str) for v in values]
        found = [v if ok else word for v, ok, word in zip(values, simple, texts, strict=True)]
        swept.append(Swept(str(override.key_or_group), [*map(_unquoted, found)], texts))
    return words, swept


def set_whole(overrides: Sequence[str], names: Iterable[str]) -> tuple[list[str], dict[str, Any]]:
    """The words that set none of `names`, and the values that the others give, the last one each.

    Hydra would lay a mapping over what a file says, and refuse what is new in it.
    """
    wanted = set(names)
    words, found = [], {}
    for text in overrides:
        name = text.partition("=")[0].lstrip("+")
        if name in wanted:
            found[name] = _unquoted(_parsed(text).value())
        else:
            words.append(text)
    return words, found


def _parsed(text: str) -> Any:
    """A word as Hydra reads it; `DataError` where it cannot."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        return OverridesParser.create().parse_override(text)
    except HydraException:
        fix = (
            "write name=value, as in `days=730`; close every bracket; quote special signs: "
            "name='\"a=b (1).csv\"'"
        )
        raise DataError(repr(text), "not a name and a value that can be read", fix) from None


def _unquoted(value: Any) -> Any:
    """A value without Hydra's class for quoted texts, in lists and mappings too."""
    if isinstance(value, Mapping):
        return {str(_unquoted(key)): _unquoted(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_unquoted(each) for each in value]
    return getattr(value, "text", value)


def _refuse_lone_word(text: str) -> None:
    """Refuse a word without a sign between a name and a value."""
    if "=" in text or text.startswith("~"):
        return
    groups = [group for group in CHOICES if text and text in choices(group)]
    hint = f"did you mean {' or '.join(f'{group}={text}' for group in groups)}? " if groups else ""
    raise DataError(repr(text), "a word without =", f"{hint}write name=value, as in `days=730`")


def _checked_override(text: str) -> tuple[str, Any]:
    """Name and value of a word; refuses one that is no ``name=value``."""
    _refuse_lone_word(text)
    override = _parsed(text)
    name, value = str(override.key_or_group), override.value()
    if not name.strip():
        raise DataError(repr(text), "no name before the =", "write name=value, as in `days=730`")
    if override.is_sweep_override():
        fix = "give one value, a list as [1,2], or live them all: bondsim run -m, bondsim sweep"
        raise DataError(repr(text), "several values", fix)
    if override.is_delete():
        raise DataError(repr(text), "a parameter cannot be left out", "set it to another value")
    if name == "network.source" or (override.is_add() and name in CHOICES):
        raise DataError(repr(text), "no way to choose a file", f"write {name.split('.')[0]}=NAME")
    if name.split(".")[0] == "hydra":
        raise DataError(repr(text), "Hydra only composes here", "for more files use --config-dir")
    if name in CHOICES and not isinstance(value, _may_be(name)):
        raise ParameterError(name, value, f"the name of a file in configs/{name}{listed(name)}")
    return name, value


def _may_be(group: str) -> tuple[type, ...]:
    """What a choice can be set to: one file; some take several, some values without a file."""
    if group == "network":
        return (str,)
    return (str, list, dict) if group in GROUPS else (str, list)


def _chooses_file(word: str) -> bool:
    return word.split("=")[0].lstrip("+") in {*CHOICES, "hydra.searchpath"}


def _search_path(config_dir: str | Path | None) -> list[str]:
    """The override that lets Hydra search the user's own folder as well."""
    if config_dir is None:
        return []
    folder = Path(config_dir).expanduser().resolve()
    if not folder.is_dir():
        raise DataError(str(config_dir), "no such folder", "give a folder of configs")
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    return [f'hydra.searchpath=["file://{quoted}"]']


def _store_defaults(own: dict[str, Any], network: Mapping[str, Any]) -> None:
    """Tell Hydra the name and default of every parameter, and of what is the command's `own`."""
    from hydra.core.config_store import ConfigStore

    from bondsim.interventions import Intervention
    from bondsim.network.specs import SOURCES

    store = ConfigStore.instance()
    store.store("parameters", {**Params().as_dict(), **own, "intervention": {}})
    store.store("fields", defaults(Intervention), group="intervention")
    for name, cls in SOURCES.items():
        node = {"source": name, **defaults(cls)}
        node |= {field: value for field, value in network.items() if field in node}
        store.store(name, node, group="network/fields", package="network")


def defaults(cls: type) -> dict[str, Any]:
    """Name and default of each field of a group of parameters, as plain values."""
    values = {f.name: f.default for f in fields(cls)}
    plain = {k: asdict(v) if is_dataclass(v) else v for k, v in values.items()}  # type: ignore[arg-type]
    return {k: list(v) if isinstance(v, tuple) else v for k, v in plain.items()}


def _store_experiments(chosen: Iterable[str | list[str]]) -> None:
    """Tell Hydra the `experiments/NAME/config.yaml` that are chosen; others may be broken."""
    from hydra.core.config_store import ConfigStore
    from omegaconf import OmegaConf

    store = ConfigStore.instance()
    store.repo.pop("experiment", None)  # those of an earlier call, perhaps in another folder
    names = [name for value in chosen for name in ([value] if isinstance(value, str) else value)]
    for name, folder in product(names, _experiment_folders()):
        path = folder / str(name) / "config.yaml"
        if path.is_file():
            store.store(str(name), OmegaConf.load(path), "experiment", "_global_")


def _experiment_folders() -> tuple[Path, Path]:
    """Where experiments lie: in a checkout and here; of one name, the one here counts."""
    return _CHECKOUT / "experiments", Path.cwd() / "experiments"
