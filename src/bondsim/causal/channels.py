"""Channels: what each of the five ways in which loneliness can look contagious adds to a pattern.

Every combination of the channels is lived with the same seeds. Averages over the combinations give
main effects and interactions; Shapley values (Shapley 1953) share out the whole difference between
all channels and none, whatever the order in which channels are thought to be switched on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.causal.analysis import EXPLAINS, Analysis, Found, Report, rows_table, times
from bondsim.causal.design import Design, Ended, in_parallel
from bondsim.causal.grid import check_once
from bondsim.causal.intervals import Interval, ends, mean_interval, ratio_interval
from bondsim.causal.looks import Look, looked_at
from bondsim.measures.registry import outcomes_of
from bondsim.params import CHANNELS, Checked, par

if TYPE_CHECKING:
    from bondsim.orders import AnalysisOrder
    from bondsim.state import Array
    from bondsim.tables import Table

N_ARMS = 2 ** len(CHANNELS)
"""Arm number n has channel c on where bit c of n is 1."""
CLUSTERING = tuple(f"excess_{d}" for d in range(1, 7))


@dataclass(frozen=True)
class FactorialPlan(Checked):
    """What is asked of every combination of channels."""

    GROUP = "factorial"

    outcomes: tuple[str, ...] = par(
        (*CLUSTERING, "mean_loneliness", "prevalence", "stability", "assortativity"),
        "names of `bondsim measures`, taken on the last day (and the first, where two are needed)",
        low=1,
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        check_once("factorial.outcomes", self.outcomes)


def asked(design: Design, order: AnalysisOrder) -> tuple[Design, dict[str, Any]]:
    """What an order asks for."""
    from dataclasses import replace

    design = replace(design, interventions=order.interventions)
    plans = order.plans
    return design, {"plan": plans["factorial"], "look": Look(plans["look"], plans["survey"])}


def plans_of(science: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `analyse` beside the design, from what is stored."""
    plan = FactorialPlan(tuple(science["factorial"]["outcomes"]))
    return {"plan": plan, "look": Look.from_dict(science)}


def analyse(
    design: Design,
    plan: FactorialPlan,
    look: Look | None = None,
    *,
    processes: int | None = None,
    ended: Ended | None = None,
) -> Analysis:
    """Live each combination of channels with each seed, and take its outcomes apart.

    Tables: `outcomes` (replicate, arm, outcome, value); `arms` (arm, its name, and mean with
    interval of each outcome); `effects` (`term`, such as affect or affect x loss: the factorial
    contrast, for an interaction half the difference that one makes to the effect of the other);
    `shares` (channel: Shapley `value` in the unit of the outcome, and its `share` of the difference
    between all channels and none), all with 95 % intervals over replicates.
    """
    look = look if look is not None else Look()
    look.check(plan.outcomes, design.days)
    jobs = [(design, plan, look, r, arm) for r in range(design.replicates) for arm in range(N_ARMS)]
    found = in_parallel(outcomes_of_arm, jobs, processes=processes, ended=ended)
    values = np.array(found).reshape(design.replicates, N_ARMS, len(plan.outcomes))
    long = _long(values, plan.outcomes)
    # what is not known of one combination leaves the parts of that replicate without a whole
    values = np.where(np.isnan(values).any(axis=1, keepdims=True), np.nan, values)
    tables = {
        "outcomes": long,
        "arms": _arms(values, plan.outcomes),
        "effects": _effects(values, plan.outcomes),
        "shares": _shares(values, plan.outcomes),
    }
    return Analysis("channels", design, {"factorial": plan, **look.parts()}, tables)


def outcomes_of_arm(
    design: Design, plan: FactorialPlan, look: Look, replicate: int, arm: int
) -> list[float]:
    """The outcomes of one combination of channels in one replicate."""
    on = {f"channels.{c}": bool(arm >> k & 1) for k, c in enumerate(CHANNELS)}
    world = design.world(replicate, **on)
    run = world.run(design.days, burn_in=design.burn_in)
    waves = looked_at(run, [design.burn_in, design.last_day], look)
    found = outcomes_of(plan.outcomes, waves, world.params.seed)
    return [found[name] for name in plan.outcomes]


def arm_name(arm: int) -> str:
    """The channels that are on."""
    on = [c for k, c in enumerate(CHANNELS) if arm >> k & 1]
    return "all" if arm == N_ARMS - 1 else " + ".join(on) or "none"


def contrasts(values: Array) -> dict[tuple[int, ...], Array]:
    """Factorial effects of each set of channels: (n_replicates,) from (n_replicates, n_arms).

    The mean over arms in which an even number of the set's channels is off, less the mean of the
    others; of one channel that is on less off.
    """
    arms = np.arange(values.shape[1])
    signs = [np.where(arms >> k & 1, 1.0, -1.0) for k in range(len(CHANNELS))]
    found = {}
    for size in range(1, len(CHANNELS) + 1):
        for term in combinations(range(len(CHANNELS)), size):
            sign = np.prod([signs[k] for k in term], axis=0)
            found[term] = 2.0 * (values * sign).mean(axis=1)
    return found


def shapley(values: Array) -> Array:
    """Shapley values of the channels: (n_replicates, n_channels) from (n_replicates, n_arms)."""
    n = len(CHANNELS)
    found = np.zeros((values.shape[0], n))
    for k in range(n):
        for arm in range(values.shape[1]):
            if arm >> k & 1:
                continue
            size = arm.bit_count()
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            found[:, k] += weight * (values[:, arm | 1 << k] - values[:, arm])
    return found


def _long(values: Array, outcomes: Sequence[str]) -> Table:
    n_replicates, n_arms, n_outcomes = values.shape
    return {
        "replicate": np.repeat(np.arange(n_replicates), n_arms * n_outcomes),
        "arm": np.tile(np.repeat(np.arange(n_arms), n_outcomes), n_replicates),
        "outcome": np.tile(np.array(outcomes, np.str_), n_replicates * n_arms),
        "value": values.ravel(),
    }


def _arms(values: Array, outcomes: Sequence[str]) -> Table:
    return rows_table(
        [
            {
                "arm": arm,
                "name": arm_name(arm),
                **{c: arm >> k & 1 for k, c in enumerate(CHANNELS)},
                "outcome": outcome,
                **ends("mean", mean_interval(values[:, arm, o])),
                "known": int(np.isfinite(values[:, arm, o]).sum()),
            }
            for o, outcome in enumerate(outcomes)
            for arm in range(values.shape[1])
        ]
    )


def _effects(values: Array, outcomes: Sequence[str]) -> Table:
    return rows_table(
        [
            {
                "outcome": outcome,
                "term": " x ".join(CHANNELS[k] for k in term),
                "order": len(term),
                **ends("effect", mean_interval(effect)),
            }
            for o, outcome in enumerate(outcomes)
            for term, effect in contrasts(values[:, :, o]).items()
        ]
    )


def _shares(values: Array, outcomes: Sequence[str]) -> Table:
    rows = []
    for o, outcome in enumerate(outcomes):
        parts = shapley(values[:, :, o])
        whole = values[:, -1, o] - values[:, 0, o]
        for k, channel in enumerate(CHANNELS):
            rows.append(
                {
                    "outcome": outcome,
                    "channel": channel,
                    **ends("value", mean_interval(parts[:, k])),
                    **ends("share", ratio_interval(parts[:, k], whole)),
                }
            )
        rows.append(
            {
                "outcome": outcome,
                "channel": "whole",
                **ends("value", mean_interval(whole)),
                **ends("share", Interval(1.0, 1.0, 1.0)),
            }
        )
    return rows_table(rows)


def report(found: Found) -> Report:
    """Each outcome without and with all channels, and what each channel adds to it."""
    arms, shares = found.tables["arms"], found.tables["shares"]
    rows = []
    for outcome in dict.fromkeys(shares["outcome"].tolist()):
        own = arms["outcome"] == outcome
        ends = [float(arms["mean"][own & (arms["name"] == name)][0]) for name in ("none", "all")]
        cells = [_share_cell(shares, outcome, channel) for channel in CHANNELS]
        rows.append([outcome, *(_number(end) for end in ends), *cells])
    n = found.science["replicates"]
    return Report(
        f"Channels: what each adds between none and all (Shapley values, {times(n, 'replicate')})",
        ["outcome", "none", "all", *CHANNELS],
        rows,
        [
            "*: its 95 % interval leaves 0 out; all 32 combinations lie in arms.parquet; "
            "nothing stands where an outcome is not known, as where no two people are so far apart",
            EXPLAINS,
        ],
    )


def _share_cell(shares: Table, outcome: str, channel: str) -> str:
    row = np.flatnonzero((shares["outcome"] == outcome) & (shares["channel"] == channel))[0]
    value, low, high = (float(shares[f"value{end}"][row]) for end in ("", "_low", "_high"))
    if np.isnan(value):
        return ""
    if np.isnan(low):
        return f"{value:+.3f}"
    star = "*" if low > 0.0 or high < 0.0 else ""
    return f"{value:+.3f} ± {0.5 * (high - low):.3f}{star}"


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.3f}"
