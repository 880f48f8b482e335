"""Screening by Morris' elementary effects: which parameters matter at all, for few points.

An elementary effect is the change of an outcome between two points that differ in one factor,
within the same seed, over the step as a share of the factor's whole range. So effects are in
outcomes per whole range, and factors can be compared. Factors may be screened by groups, whose
members move together; the size of such an effect counts, its sign means nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.errors import ParameterError
from bondsim.sensitivity.jackknife import interval
from bondsim.sensitivity.noise import (
    Evaluate,
    checked,
    evaluated,
    filled,
    noise_table,
    p_noise,
    told,
)
from bondsim.study.sampling import Factor, morris, varied

if TYPE_CHECKING:
    from bondsim.state import Array
    from bondsim.tables import Table


def screen(
    evaluate: Evaluate,
    factors: Sequence[Factor],
    outcomes: Sequence[str],
    n: int,
    seed: int,
    *,
    levels: int = 4,
    groups: Mapping[str, str] | None = None,
) -> dict[str, Table]:
    """Live `n` trajectories of k + 1 points and tell the elementary effects of k factors or groups.

    Tables as of `screened`. Raises `ParameterError` as `sampling.morris` does.
    """
    points = morris(factors, n, seed, levels, groups)
    values = evaluated(evaluate, points, outcomes)
    return screened(factors, points, values, outcomes, groups=groups)


def screened(
    factors: Sequence[Factor],
    points: Sequence[Mapping[str, Any]],
    values: Array,
    outcomes: Sequence[str],
    *,
    groups: Mapping[str, str] | None = None,
) -> dict[str, Table]:
    """Elementary effects from points of `sampling.morris` and their values, all outcomes.

    `values`: (n_points, n_replicates, n_outcomes), NaN where a run failed. `groups`: for the path
    of each varied factor the name of what it moves with; None: each by itself.

    Table `effects`, a row for each outcome and factor or group: `path`, the factor's or the group's
    name; `members`, how many factors that is. Each with `_low` and `_high` of the 95 % interval:
    `mu`, the mean effect; `mu_star`, the mean size of the effect (Campolongo, Cariboni &
    Saltelli 2007); `sigma`, the standard deviation of the effect over the space, from curvature and
    from other factors. Of sigma the replicate noise is taken out: the variance of effects over
    seeds, over the number of seeds, which would add to it. Of mu_star it cannot be taken out
    without bias; `noise` is what mu_star would be of a factor that does nothing, and `p_noise` the
    chance that one that does nothing has a mu_star as large; see `noise.p_noise`; `told`: 1 where
    that is at most .05. With one replicate none of these is known: they are NaN and sigma holds the
    noise. `trajectories`: those that count; those with a point at which every run failed do not.

    Of a group of several factors each may have moved up or down: the effect is taken over the mean
    step of its members, mu_star is the mean of its size, and mu and sigma are not defined (NaN).

    Table `noise` as of `noise.noise_table`.
    """
    values = checked(values, len(points), outcomes)
    groups = groups if groups is not None else {f.path: f.path for f in varied(factors)}
    moves = _moves(factors, points, groups)
    members = Counter(groups[factor.path] for factor in varied(factors))
    rows: list[Table] = [
        _of_outcome(filled(values[..., o]), moves, members, outcome)
        for o, outcome in enumerate(outcomes)
    ]
    effects = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    return {"effects": effects, "noise": noise_table(values, outcomes)}


def _moves(
    factors: Sequence[Factor], points: Sequence[Mapping[str, Any]], groups: Mapping[str, str]
) -> tuple[Array, Array]:
    """Which group each step of each trajectory moves, and how far: (n_trajectories, k) each.

    How far a group of several moves is the mean distance of its members, without a sign.
    """
    moved = varied(factors)
    names = list(dict.fromkeys(groups[factor.path] for factor in moved))
    k = len(names)
    if not k or not points or len(points) % (k + 1):
        raise ParameterError("points", len(points), f"whole trajectories of {k + 1} points")
    which, step = np.zeros((2, len(points) // (k + 1), k))
    for t in range(len(which)):
        walk = points[t * (k + 1) : (t + 1) * (k + 1)]
        for s, (before, after) in enumerate(pairwise(walk)):
            own = [f for f in moved if before[f.path] != after[f.path]]
            name = groups[own[0].path] if own else ""
            if not own or own != [f for f in moved if groups[f.path] == name]:
                allowed = "trajectories that move one factor or group at a time, and all of it"
                raise ParameterError("points", t, allowed)
            far = [f.place(after[f.path]) - f.place(before[f.path]) for f in own]
            which[t, s] = names.index(name)
            step[t, s] = far[0] if len(own) == 1 else np.abs(far).mean()
        if len(set(which[t])) != k:
            raise ParameterError("points", t, "trajectories that move each factor or group once")
    return which.astype(int), step


def elementary_effects(values: Array, which: Array, step: Array) -> Array:
    """Effects float64 (n_trajectories, n_factors, n_replicates), NaN where a point is not known."""
    n, k = which.shape
    walks = values.reshape(n, k + 1, -1)
    steps = np.diff(walks, axis=1) / step[:, :, None]
    found = np.empty_like(steps)
    np.put_along_axis(found, which[:, :, None], steps, axis=1)
    return found


def _of_outcome(
    values: Array, moves: tuple[Array, Array], members: Mapping[str, int], outcome: str
) -> Table:
    effects = elementary_effects(values, *moves)
    effects = effects[np.isfinite(effects).all(axis=(1, 2))]
    n, k, n_replicates = effects.shape
    names = ("mu", "mu_star", "sigma")
    noise = np.full(k, np.nan)
    count = np.array(list(members.values()))
    table: Table = {
        "outcome": np.full(k, outcome), "path": np.array(list(members), np.str_), "members": count
    }  # fmt: skip
    found = low = high = np.full((3, k), np.nan)
    if n > 1:
        shaky = np.zeros(k)  # variance of a single run's effect over seeds
        if n_replicates > 1:
            shaky = effects.var(axis=2, ddof=1).mean(axis=0)
            noise = np.sqrt(2.0 / np.pi * shaky / n_replicates)  # mean size of a normal number
        found = _summary(effects, shaky)
        low, high = interval(found, *_left_out(effects, shaky))
    for which, name in enumerate(names):
        known = (name == "mu_star") | (count == 1)
        table |= {
            end: np.where(known, column[which], np.nan)
            for end, column in ((name, found), (f"{name}_low", low), (f"{name}_high", high))
        }
    p = p_noise(effects)
    return table | {"noise": noise, "p_noise": p, "told": told(p), "trajectories": np.full(k, n)}


def _left_out(effects: Array, shaky: Array) -> tuple[Array, Array | None]:
    """The summary with each trajectory, and with each replicate, left out."""
    n, _, n_replicates = effects.shape
    if n < 3:
        return np.empty((0, 3, effects.shape[1])), None
    units = np.array([_summary(np.delete(effects, t, axis=0), shaky) for t in range(n)])
    if n_replicates < 2:
        return units, None
    kept = (np.delete(effects, r, axis=2) for r in range(n_replicates))
    return units, np.array([_summary(each, shaky) for each in kept])


def _summary(effects: Array, shaky: Array) -> Array:
    """Rows mu, mu_star and sigma (3, n_factors), the noise taken out of sigma."""
    mean = effects.mean(axis=2)
    spread = mean.var(axis=0, ddof=1) - shaky / effects.shape[2]
    return np.array(
        [mean.mean(axis=0), np.abs(mean).mean(axis=0), np.sqrt(np.maximum(spread, 0.0))]
    )
