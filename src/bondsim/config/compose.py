"""From composed words to an `Order` or an `AnalysisOrder`, checked by the parameter classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bondsim.config.composing import defaults, tree_of
from bondsim.config.errors import unknown_name
from bondsim.config.values import change_of, group_of, interventions_of, network_of, plain
from bondsim.errors import DataError
from bondsim.orders import AnalysisOrder, Order, Settings
from bondsim.params import GROUPS, Params, from_dict, group_from_dict

if TYPE_CHECKING:
    from bondsim.causal.settings import Kind
    from bondsim.interventions import Intervention


def compose(overrides: Sequence[str], config_dir: str | Path | None = None) -> Order:
    """The order that `configs/`, the user's own `config_dir` and `overrides` describe together.

    `overrides` are words as Hydra takes them: ``network=karate``, ``meet.role.friend=2``; the last
    one wins. Raises `BondsimError` for anything unknown, misspelt, out of range or unreadable.
    """
    tree = tree_of(list(overrides), config_dir, defaults(Settings))
    check_names(tree, {f.name for f in fields(Settings)})
    settings = {f.name: plain(f.name, tree[f.name]) for f in fields(Settings) if f.name in tree}
    chosen = Settings(**settings)
    return Order(*world_of(tree, overrides, chosen.burn_in + chosen.days), chosen)


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
    network = kind.changed.get("network", {})
    tree = tree_of(list(overrides), config_dir, beside, network)
    check_names(tree, set(beside))
    settings = type(kind.settings)(**{name: plain(name, tree[name]) for name in own})
    params, network, planned = world_of(tree, overrides, settings.burn_in + settings.days)
    plans = {name: group_from_dict(name, cls, tree[name]) for name, cls in classes.items()}
    change = change_of(tree.get("change"))
    return AnalysisOrder(params, network, planned, settings, plans, change)


def check_names(tree: Mapping[str, Any], known: set[str]) -> None:
    """Refuse what this command does not know, with the commands that do."""
    unknown = sorted(tree.keys() - {"seed", *GROUPS, "network", "intervention"} - known)
    if unknown:
        from bondsim.causal.settings import KINDS

        owners = [
            name for name, kind in KINDS.items()
            if unknown[0] in {*kind.groups, "replicates", "processes"}
        ]  # fmt: skip
        if unknown[0] in ("study", "executor"):
            owners = ["sweep", "run -m"]
        if owners:
            fix = f"give it to bondsim {' or '.join(owners)}, which know it"
            raise DataError(unknown[0], "this command does not know it", fix)
        raise unknown_name(unknown[0], tree.keys() - set(unknown))


def world_of(
    tree: Mapping[str, Any], overrides: Sequence[str], days: int
) -> tuple[Params, Any, tuple[Intervention, ...]]:
    """Parameters, network and interventions of a world that lives so many days."""
    from bondsim.network.specs import spec_from_dict

    params = tree.keys() & {"seed", *GROUPS}
    return (
        from_dict({name: plain(name, tree[name]) for name in params}),
        spec_from_dict(network_of(group_of("network", tree.get("network")), overrides)),
        interventions_of(group_of("intervention", tree.get("intervention")), days),
    )
