"""From the words of a command line to an `Order`: the only module that imports hydra and omegaconf.

The numbers live in the parameter classes. Their names and defaults are handed to Hydra from there,
so that every parameter can be overridden by its path, and the files in `configs/` hold deviations
only. Whatever is wrong becomes one `BondsimError`; values are checked by the parameter classes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.config_errors import (
    fields_of,
    not_of_network,
    one_line,
    unknown_choice,
    unknown_name,
    unknown_override,
)
from bondsim.errors import BondsimError, DataError, ParameterError
from bondsim.orders import AnalysisOrder, Order, Settings
from bondsim.params import (
    GROUPS,
    Params,
    Row,
    from_dict,
    group_from_dict,
    group_table,
)

if TYPE_CHECKING:
    from bondsim.causal.settings import Kind
    from bondsim.interventions import Intervention

CHOICES = ("network", "intervention", "experiment", *GROUPS)
"""Names that choose a file of `configs/<name>/`."""

_CHECKOUT = Path(__file__).resolve().parents[2]
_SWITCHES: dict[Any, bool] = {
    "on": True, "yes": True, "true": True, "off": False, "no": False, "false": False,
}  # fmt: skip


def compose(overrides: Sequence[str], config_dir: str | Path | None = None) -> Order:
    """The order that `configs/`, the user's own `config_dir` and `overrides` describe together.

    `overrides` are words as Hydra takes them: ``network=karate``, ``meet.role.friend=2``; the last
    one wins. Raises `BondsimError` for anything unknown, misspelt, out of range or unreadable.
    """
    tree = _tree(list(overrides), config_dir, defaults(Settings))
    _check_names(tree, {f.name for f in fields(Settings)})
    settings = {f.name: _plain(f.name, tree[f.name]) for f in fields(Settings) if f.name in tree}
    chosen = Settings(**settings)
    return Order(*_world_of(tree, overrides, chosen.burn_in + chosen.days), chosen)


def compose_analysis(
    kind: Kind, overrides: Sequence[str], config_dir: str | Path | None = None
) -> AnalysisOrder:
    """The same for an analysis, whose own groups and settings can be set as well."""
    own = asdict(kind.settings)
    classes = kind.classes
    groups = {
        name: {**defaults(cls), **kind.changed.get(name, {})} for name, cls in classes.items()
    }
    beside: dict[str, Any] = {**own, **groups, **({"change": None} if kind.changes else {})}
    tree = _tree(list(overrides), config_dir, beside)
    _check_names(tree, set(beside))
    settings = type(kind.settings)(**{name: _plain(name, tree[name]) for name in own})
    params, network, planned = _world_of(tree, overrides, settings.burn_in + settings.days)
    plans = {name: group_from_dict(name, cls, tree[name]) for name, cls in classes.items()}
    change = _change(tree.get("change"))
    return AnalysisOrder(params, network, planned, settings, plans, change)


def _check_names(tree: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(tree.keys() - {"seed", *GROUPS, "network", "intervention"} - known)
    if unknown:
        from bondsim.causal.settings import KINDS

        owners = [
            name for name, kind in KINDS.items()
            if unknown[0] in {*kind.groups, "replicates", "processes"}
        ]  # fmt: skip
        if owners:
            fix = f"give it to bondsim {' or '.join(owners)}, which know it"
            raise DataError(unknown[0], "this command does not know it", fix)
        raise unknown_name(unknown[0], tree.keys() - set(unknown))


def _world_of(
    tree: Mapping[str, Any], overrides: Sequence[str], days: int
) -> tuple[Params, Any, tuple[Intervention, ...]]:
    """Parameters, network and interventions of a world that lives so many days."""
    from bondsim.network.specs import spec_from_dict

    params = tree.keys() & {"seed", *GROUPS}
    return (
        from_dict({name: _plain(name, tree[name]) for name in params}),
        spec_from_dict(_network(_group("network", tree.get("network")), overrides)),
        _interventions(_group("intervention", tree.get("intervention")), days),
    )


def run_parameters() -> Iterator[Row]:
    """The parameters of `bondsim run` that belong to no group, as people read them."""
    yield Row("seed", 1, "1", 0, 2**63 - 1, "", None, "the only source of luck; random draws one")
    for row in group_table(Settings):
        yield row._replace(path=row.path.lstrip("."), source="")


def network_parameters() -> Iterator[Row]:
    """The parameters of every network that can be chosen; the meaning starts with its source."""
    from bondsim.network.specs import SOURCES

    for source, cls in SOURCES.items():
        for row in group_table(cls):
            yield row._replace(doc=f"{source}: {row.doc}")


def intervention_parameters() -> Iterator[Row]:
    """What can be set of each intervention, as intervention.NAME.field=VALUE."""
    from bondsim.interventions import Intervention

    for f, row in zip(fields(Intervention), group_table(Intervention), strict=True):
        among = ", ".join(f.metadata["choices"])
        yield row._replace(doc=f"{row.doc}: {among}" if among else row.doc)


def analysis_parameters() -> Iterator[Row]:
    """What can be set of analyses: the settings that all have, and the groups of some."""
    from bondsim.causal.settings import KINDS, AnalysisSettings

    shared = {f.name for f in fields(Settings)}
    for row in group_table(AnalysisSettings):
        if row.path.lstrip(".") not in shared:
            yield row._replace(path=row.path.lstrip("."), doc=f"{row.doc}; of analyses")
    groups = {name: cls for kind in KINDS.values() for name, cls in kind.classes.items()}
    for cls in groups.values():
        yield from group_table(cls)


def configs_folder() -> Path:
    """Where the config files lie: in the installed package, or at the top of a checkout."""
    for folder in (Path(__file__).parent / "configs", _CHECKOUT / "configs"):
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


def _listed(group: str) -> str:
    names = ", ".join(choices(group))
    return f": {names}" if names else ""


# --- Hydra -------------------------------------------------------------------------------------


def _tree(
    overrides: list[str], config_dir: str | Path | None, own: dict[str, Any]
) -> dict[str, Any]:
    """Hydra's composition as plain nested dictionaries; `own`: defaults beside the model's."""
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.errors import ConfigCompositionException, HydraException, MissingConfigException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError  # type: ignore[import-untyped]

    named = [_checked_override(override) for override in overrides]
    _store_defaults(own)
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


def _refuse_lone_word(text: str) -> None:
    """Refuse a word without a sign between a name and a value."""
    if "=" in text or text.startswith("~"):
        return
    groups = [group for group in CHOICES if text and text in choices(group)]
    hint = f"did you mean {' or '.join(f'{group}={text}' for group in groups)}? " if groups else ""
    raise DataError(repr(text), "a word without =", f"{hint}write name=value, as in `days=730`")


def _checked_override(text: str) -> tuple[str, Any]:
    """Name and value of a word; refuses one that is no ``name=value``."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    _refuse_lone_word(text)
    try:
        override = OverridesParser.create().parse_override(text)
    except HydraException:
        fix = (
            "write name=value, as in `days=730`; close every bracket; quote special signs: "
            "name='\"a=b (1).csv\"'"
        )
        raise DataError(repr(text), "not a name and a value that can be read", fix) from None
    name, value = str(override.key_or_group), override.value()
    if not name.strip():
        raise DataError(repr(text), "no name before the =", "write name=value, as in `days=730`")
    if override.is_sweep_override():
        raise DataError(repr(text), "several values", "give one value, or a list as [1,2]")
    if override.is_delete():
        raise DataError(repr(text), "a parameter cannot be left out", "set it to another value")
    if name == "network.source" or (override.is_add() and name in CHOICES):
        raise DataError(repr(text), "no way to choose a file", f"write {name.split('.')[0]}=NAME")
    if name.split(".")[0] == "hydra":
        raise DataError(repr(text), "Hydra only composes here", "for more files use --config-dir")
    if name in CHOICES and not isinstance(value, _may_be(name)):
        raise ParameterError(name, value, f"the name of a file in configs/{name}{_listed(name)}")
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


def _store_defaults(own: dict[str, Any]) -> None:
    """Tell Hydra the name and default of every parameter, and of what is the command's `own`."""
    from hydra.core.config_store import ConfigStore

    from bondsim.interventions import Intervention
    from bondsim.network.specs import SOURCES

    store = ConfigStore.instance()
    store.store("parameters", {**Params().as_dict(), **own, "intervention": {}})
    store.store("fields", defaults(Intervention), group="intervention")
    for name, cls in SOURCES.items():
        node = {"source": name, **defaults(cls)}
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


# --- values ------------------------------------------------------------------------------------


def _group(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ParameterError(name, value, f"the name of a file in configs/{name}{_listed(name)}")
    return {str(key): entry for key, entry in value.items()}


def _change(value: Any) -> dict[str, Any]:
    """What a twin changes: parameters by path."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ParameterError("change", value, "parameters by path, as in change={meet.psi: 2}")
    return {
        str(path): _switch(each) if str(path).startswith("channels.") else each
        for path, each in value.items()
    }


def _network(values: dict[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """The chosen network, without fields that another one has."""
    known = fields_of(str(values.get("source")))
    unknown = [name for name in values if name not in {"source", *known}]
    if known and unknown:
        raise not_of_network(unknown[0], values, overrides)
    return values


def _plain(name: str, value: Any) -> Any:
    """A top-level value with words turned into what they stand for."""
    if name == "seed" and value == "random":
        return secrets.randbits(32)
    if name == "quiet":
        return _switch(value)
    if name == "channels" and isinstance(value, Mapping):
        return {channel: _switch(state) for channel, state in value.items()}
    return value


def _switch(value: Any) -> Any:
    """True and False for the words for them; anything else as it is, to be refused by name."""
    return _SWITCHES.get(value.lower(), value) if isinstance(value, str) else value


def _interventions(plans: dict[str, Any], days: int) -> tuple[Intervention, ...]:
    """One intervention for each entry, in the order in which they were named.

    Each starts on one of the `days` that the world lives.
    """
    from bondsim.interventions import Intervention

    found = []
    for name, values in plans.items():
        planned = group_from_dict(f"intervention.{name}", Intervention, values)
        if planned.start >= days:
            allowed = f"a day in [0, {days - 1}], the days of this run"
            raise ParameterError(f"intervention.{name}.start", planned.start, allowed)
        found.append(planned)
    return tuple(found)
