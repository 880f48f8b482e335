"""Calibrated presets: config files that hold what was fitted, with how it was found beside it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.calibration.abc import Task, point_columns, rows_of
from bondsim.calibration.calibrate import worlds_of
from bondsim.calibration.points import Evaluate, Point
from bondsim.calibration.priors import Prior, checked_in
from bondsim.calibration.summary import of_parameters
from bondsim.errors import DataError, ParameterError
from bondsim.params import Params
from bondsim.store.provenance import code_hash, code_name, software

if TYPE_CHECKING:
    from bondsim.causal.analysis import Analysis
    from bondsim.tables import Table

SCHEMA = 1
"""Version of the layout of the block beside a preset."""
DIGITS, FINE = 3, 6
"""Significant digits of a value, and where so few would lose a row."""
TAKEN = ("median", "best")
EXPERIMENT = "experiment"


@dataclass(frozen=True)
class Preset:
    """Fitted values by path, rounded, and how they were found."""

    name: str
    values: Mapping[str, float]
    provenance: Mapping[str, Any]

    @property
    def group(self) -> str:
        """The group of configs that it belongs to: that of its values; experiment for several."""
        groups = {path.partition(".")[0] for path in self.values}
        return groups.pop() if len(groups) == 1 and "network" not in groups else EXPERIMENT

    @property
    def text(self) -> str:
        """The config file."""
        tree: dict[str, Any] = {}
        for path, value in self.values.items():
            names = path.split(".") if self.group == EXPERIMENT else path.split(".")[1:]
            node = tree
            for name in names[:-1]:
                node = node.setdefault(name, {})
            node[names[-1]] = value
        head = ["# @package _global_"] if self.group == EXPERIMENT else []
        return "\n".join([*head, *(f"# {line}" for line in self._told()), *_yaml(tree, "")]) + "\n"

    def _told(self) -> list[str]:
        p, seen = self.provenance, self.provenance["achieved"]
        lines = [
            f"Calibrated: {', '.join(self.values)}.",
            f"By {p['method']}, {p['taken']}; {p['simulations']:,} points, seed {p['seed']}; "
            f"bondsim {code_name(p['software'])}.",
            f"{seen['hits']} of {len(p['rows'])} rows within their bands, in {seen['worlds']} new "
            f"worlds of {p['world']['days']} days after {p['world']['burn_in']}:",
        ]
        for row in p["rows"]:
            value = seen["rows"][row["id"]]
            shown = "not known" if value is None else f"{value:.4g}"
            out = "" if seen["within"][row["id"]] else ", out"
            band = f"{row['target']:g} ({row['low']:g} to {row['high']:g})"
            lines.append(f"  {row['id']}: {shown}, target {band}{out}")
        beside = [f"{path}={_short(value)}" for path, value in p["beside"].items()]
        if beside:
            lines.append(f"Fitted beside {', '.join(beside)}: give these as well.")
        lines.append(f"Priors and all else: {self.name}.json.")
        return lines


def preset_of(
    found: Analysis, name: str, *, evaluate: Evaluate, taken: str = "", worlds: int = 20
) -> Preset:
    """The preset of a calibration, its rounded values lived in `worlds` that the fit has not seen.

    `taken`: the posterior's medians, ``median`` (abc only), or the ``best`` point; empty: whichever
    the method stands for. A value keeps the digits that its posterior knows, or three; if the rows
    within their bands become fewer by that, six.

    Raises `ParameterError` for a name that is no file's, medians of a search that has none, and
    `worlds` below 1 or above 100,000.
    """
    plan, aims, design = found.plan["calibrate"], found.plan["targets"], found.design
    taken = taken or ("median" if plan.method == "abc" else "best")
    _check(name, taken, worlds, plan.method)
    priors = checked_in(design, plan.ranges)
    exact = _values(found.tables, priors, taken)
    spreads = _spreads(found.tables, priors)
    ways = {
        "rounded": {p.path: _rounded(p, exact[p.path], spreads.get(p.path)) for p in priors},
        "fine": {p.path: _rounded(p, exact[p.path], None, FINE) for p in priors},
    }
    seed = design.params.seed + worlds_of(design, plan)
    task = Task(priors, aims, evaluate, seed)
    rows = rows_of(task, [Point(values, seed, worlds) for values in ways.values()])
    points = np.array([[values[p.path] for p in priors] for values in ways.values()])
    seen = point_columns(task, points, rows)
    # the same worlds at both, so what differs is the rounding
    k = 0 if seen["hits"][0] >= seen["hits"][1] else 1
    values = list(ways.values())[k]
    achieved = {"worlds": worlds, "seed": seed, **_achieved(seen, k, aims.names)}
    for aim in aims.rows:
        value = achieved["rows"][aim.id]
        achieved["within"][aim.id] = value is not None and aim.low <= value <= aim.high
    return Preset(name, values, _provenance(found, priors, taken, exact, values, achieved))


def write_preset(preset: Preset, folder: Path) -> list[Path]:
    """Write a preset into ``folder/GROUP/NAME.yaml`` with ``NAME.json`` beside it; their paths.

    `folder` is one of configs: `configs/` or any that is given as ``--config-dir``. Raises
    `DataError` where there is one of that name or nothing can be written.
    """
    group = folder / preset.group
    paths = [group / f"{preset.name}.yaml", group / f"{preset.name}.json"]
    block = json.dumps(preset.provenance, indent=2, allow_nan=False) + "\n"
    for path in paths:
        if path.exists():
            raise DataError(str(path), "there is such a file", "choose another name")
    try:
        group.mkdir(parents=True, exist_ok=True)
        for path, text in zip(paths, (preset.text, block), strict=True):
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        found = f"nothing can be written there ({error.strerror or error})"
        raise DataError(str(group), found, "name another folder") from None
    return paths


def _check(name: str, taken: str, worlds: int, method: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise ParameterError("name", name, "letters, digits and _, a letter first")
    if taken not in TAKEN or (taken == "median" and method != "abc"):
        allowed = f"one of {', '.join(TAKEN)}" if method == "abc" else "best, by optuna"
        raise ParameterError("taken", taken, allowed)
    if not 1 <= worlds <= 100_000:
        raise ParameterError("worlds", worlds, "a whole number in [1, 100000]")


def _values(tables: Mapping[str, Table], priors: tuple[Prior, ...], taken: str) -> dict[str, float]:
    if taken == "best":
        return {p.path: float(tables["best"][p.path][0]) for p in priors}
    own = tables["summary"]
    return dict(zip(own["parameter"].tolist(), own["median"].tolist(), strict=True))


def _spreads(tables: Mapping[str, Table], priors: tuple[Prior, ...]) -> dict[str, float]:
    """Standard deviations of the posterior; none of a point fit."""
    if "posterior" not in tables:
        return {}
    own = of_parameters(tables["posterior"], priors, {p.path: math.nan for p in priors})
    return dict(zip(own["parameter"].tolist(), own["sd"].tolist(), strict=True))


def _rounded(prior: Prior, value: float, spread: float | None, digits: int = DIGITS) -> float:
    """The value, off by at most a twentieth of its spread, or with so many digits."""
    if prior.whole:
        return float(round(value))
    known = spread is not None and math.isfinite(spread) and spread > 0.0
    if known:
        assert spread is not None
        places = -math.floor(math.log10(spread / 10.0))
    else:
        places = digits - 1 - math.floor(math.log10(abs(value))) if value else 0
    found = round(value, places)
    return found if prior.low <= found <= prior.high else value


def _achieved(seen: Table, k: int, names: list[str]) -> dict[str, Any]:
    values = {name: float(seen[name][k]) for name in names}
    return {
        "rows": {name: v if math.isfinite(v) else None for name, v in values.items()},
        "within": {},
        "hits": int(seen["hits"][k]),
        "distance": float(seen["distance"][k]),
    }


def _provenance(
    found: Analysis,
    priors: tuple[Prior, ...],
    taken: str,
    exact: Mapping[str, float],
    values: Mapping[str, float],
    achieved: Mapping[str, Any],
) -> dict[str, Any]:
    plan, tables = found.plan["calibrate"], found.tables
    tried = tables["simulations" if plan.method == "abc" else "trials"]["distance"].size
    science = found.science
    said = {}
    if plan.method == "abc":
        own = tables["summary"]
        said = {
            path: {
                name: float(own[name][k]) for name in ("median", "low_95", "high_95", "shrinkage")
            }
            for k, path in enumerate(own["parameter"].tolist())
        }
    return {
        "schema": SCHEMA,
        "software": {**software(), "code": code_hash()},
        "rows": [_finite(row) for row in science["targets"]["rows"]],
        "priors": {p.path: p.as_entry() for p in priors},
        "method": plan.method,
        "plan": science["calibrate"],
        "seed": found.design.params.seed,
        "simulations": int(tried),
        "taken": "medians of the posterior" if taken == "median" else "the best point",
        "values": dict(values),
        "unrounded": dict(exact),
        "posterior": said,
        "achieved": dict(achieved),
        "beside": _beside(found.design.params, set(values)),
        "world": {name: science[name] for name in _WORLD},
        "calibration": found.hash,
    }


_WORLD = ("params", "network", "interventions", "days", "burn_in")


def _finite(row: Mapping[str, Any]) -> dict[str, Any]:
    """A target's row as JSON can hold it: an open end is a text."""
    return {k: v if isinstance(v, str) or math.isfinite(v) else str(v) for k, v in row.items()}


def _beside(params: Params, fitted: set[str]) -> dict[str, Any]:
    """The parameters that were not fitted and not at their defaults, by path."""
    own, usual = _leaves(params.as_dict(), ""), _leaves(Params().as_dict(), "")
    return {
        path: value for path, value in own.items()
        if value != usual[path] and path != "seed" and not any(
            path == each or path.startswith(f"{each}.") for each in fitted)
    }  # fmt: skip


def _leaves(tree: Mapping[str, Any], start: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in tree.items():
        path = f"{start}{name}"
        found |= _leaves(value, f"{path}.") if isinstance(value, Mapping) else {path: value}
    return found


def _yaml(tree: Mapping[str, Any], indent: str) -> list[str]:
    lines = []
    for name, value in tree.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{name}:", *_yaml(value, f"{indent}  ")]
        else:
            lines.append(f"{indent}{name}: {_short(value)}")
    return lines


def _short(value: Any) -> str:
    """A value as configs say it: the shortest that reads back as the same, without an exponent."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float) and math.isfinite(value):
        return np.format_float_positional(value, trim="-")
    return str(value)
