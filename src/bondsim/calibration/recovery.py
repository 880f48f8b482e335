"""Recovery: whether a search finds again what simulated data were made with.

Truths are drawn from the prior, lived, and fitted as if the rows had been observed. If the search
is sound, the 50 % interval holds the truth in half of the fits, and the rank of the truth in the
posterior is even: simulation-based calibration (Talts et al. 2018 [M]).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.calibration import abc, point_fit, summary
from bondsim.calibration.abc import Task, rows_of
from bondsim.calibration.distance import Aim, Aims, halves
from bondsim.calibration.plan import CalibratePlan
from bondsim.calibration.points import Evaluate, Point
from bondsim.calibration.priors import Prior
from bondsim.causal.analysis import Report, rows_table
from bondsim.errors import DataError, ParameterError

if TYPE_CHECKING:
    from bondsim.causal.design import Ended
    from bondsim.state import Array
    from bondsim.tables import Table

ALARM = 0.01
"""How often each single check of a verdict refuses a sound search."""
SOUND = ("recovered", "wide", "not learned")
"""Verdicts that can be trusted; the others are biased and narrow."""
SPREAD = math.sqrt(1.0 / 12.0)
"""Standard deviation of places under the prior."""
LITTLE = 0.1
"""Mean shrinkage below which the rows say next to nothing of a parameter."""


def recover(
    plan: CalibratePlan,
    priors: Sequence[Prior],
    aims: Aims,
    evaluate: Evaluate,
    *,
    seed: int,
    truths: int = 20,
    replicates: int = 1,
    ended: Ended | None = None,
) -> dict[str, Table]:
    """Fit data simulated with known parameters, `truths` times; by `plan`, each with new seeds.

    `aims` give the rows and the widths of their bands; the targets are what was simulated, in as
    many worlds as a point has, its `replicates`.

    Tables: `truths` (truth, parameter, `true`, `estimate`: the posterior's median or the best
    point, `error` in standard deviations of the prior, and by abc the ends of both intervals,
    whether they hold the truth, its `rank` [0, 1], `shrinkage`, `ess` and the last `epsilon`) and
    `recovery` (a row a parameter: `bias`, `rmse`, `coverage_50`, `coverage_95`, mean `rank`, the
    p-value `rank_p` of even ranks (Kolmogorov-Smirnov), `shrinkage` and a `verdict`).

    `ended` is told of truths. Raises `ParameterError` for fewer than 2 truths.
    """
    if truths < 2:
        raise ParameterError("truths", truths, "a whole number of at least 2")
    rows: list[dict[str, Any]] = []
    for k in range(truths):
        rows += _one(plan, tuple(priors), aims, evaluate, (seed, k), replicates)
        if ended is not None:
            ended(k + 1, truths)
    found = rows_table(rows)
    return {"truths": found, "recovery": rows_table([_verdict(found, p) for p in priors])}


def _one(
    plan: CalibratePlan,
    priors: tuple[Prior, ...],
    aims: Aims,
    evaluate: Evaluate,
    seeds: tuple[int, int],
    replicates: int,
) -> list[dict[str, Any]]:
    """One truth, lived and fitted: a row a parameter."""
    luck = np.random.default_rng(np.random.SeedSequence(seeds))
    true = [
        prior.value(place) for prior, place in zip(priors, luck.random(len(priors)), strict=True)
    ]
    # far apart, so that no world of the fit is one of the data
    of_data, of_fit = luck.integers(2**62, size=2).tolist()
    values = dict(zip((prior.path for prior in priors), true, strict=True))
    task = Task(priors, aims, evaluate, of_fit, replicates)
    data = rows_of(task, [Point(values, of_data, replicates)])[0]
    task = task._replace(aims=_around(aims, data))
    if plan.method == "optuna":
        best = point_fit.fit(plan, task)["finalists"]
        return [_row(seeds[1], p, true[k], float(best[p.path][0])) for k, p in enumerate(priors)]
    tables = abc.fit(plan, task)
    epsilon = tables["populations"]["epsilon"][tables["populations"]["filled"] == 1][-1]
    posterior = tables["posterior"]
    told = summary.of_parameters(posterior, priors, {p.path: math.nan for p in priors})
    return [
        {
            **_row(seeds[1], prior, true[k], float(told["median"][k])),
            **_held(told, k, true[k]),
            "rank": _rank(posterior[prior.path], posterior["weight"], true[k]),
            "shrinkage": float(told["shrinkage"][k]),
            "ess": float(told["ess"][k]),
            "epsilon": float(epsilon),
        }
        for k, prior in enumerate(priors)
    ]


def _around(aims: Aims, data: Array) -> Aims:
    """The bands moved onto what was simulated; rows that were not seen are left out.

    A band that was open is as wide on that side as on the other.
    """
    under, over = halves(aims)
    rows = []
    for k, aim in enumerate(aims.rows):
        low, high = (min(each, under[k] + over[k] - each if math.isfinite(each) else other)
                     for each, other in ((under[k], over[k]), (over[k], under[k])))  # fmt: skip
        if math.isfinite(data[k]):
            rows.append(Aim(aim.id, float(data[k]), float(data[k] - low), float(data[k] + high)))
    if not rows:
        raise DataError("a simulated town", "none of the rows can be seen in it", "name other rows")
    return Aims(tuple(rows))


def _row(truth: int, prior: Prior, true: float, estimate: float) -> dict[str, Any]:
    error = (prior.place(estimate) - prior.place(true)) / SPREAD
    return {"truth": truth, "parameter": prior.path, "true": true, "estimate": estimate,
            "error": error}  # fmt: skip


def _held(told: Table, k: int, true: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for level in ("50", "95"):
        low, high = (float(told[f"{end}_{level}"][k]) for end in ("low", "high"))
        found |= {f"low_{level}": low, f"high_{level}": high,
                  f"holds_{level}": int(low <= true <= high)}  # fmt: skip
    return found


def _rank(values: Array, weights: Array, true: float) -> float:
    """Share of the posterior below the truth, half of what equals it: even if all is sound."""
    below = float(weights[values < true].sum()) + 0.5 * float(weights[values == true].sum())
    return below / float(weights.sum())


def _verdict(found: Table, prior: Prior) -> dict[str, Any]:
    from scipy.stats import kstest

    own = found["parameter"] == prior.path
    error = found["error"][own]
    row: dict[str, Any] = {
        "parameter": prior.path,
        "truths": int(own.sum()),
        "bias": float(error.mean()),
        "rmse": float(np.sqrt(np.mean(error**2))),
    }
    if "rank" not in found:
        return {**row, "verdict": _of_points(error)}
    rank = found["rank"][own]
    held = {level: found[f"holds_{level}"][own] for level in ("50", "95")}
    return {
        **row,
        **{f"coverage_{level}": float(each.mean()) for level, each in held.items()},
        "rank": float(rank.mean()),
        "rank_p": float(kstest(rank, "uniform").pvalue),
        "shrinkage": float(found["shrinkage"][own].mean()),
        "verdict": _of_posteriors(rank, held, float(found["shrinkage"][own].mean())),
    }


def _of_posteriors(rank: Array, held: dict[str, Array], shrinkage: float) -> str:
    """narrow, biased, wide, not learned or recovered; each check fails a sound search in 1 %."""
    from scipy.stats import binomtest, norm

    def unlikely(level: str, side: str) -> bool:
        test = binomtest(int(held[level].sum()), held[level].size, int(level) / 100.0, side)
        return bool(test.pvalue < ALARM)

    if unlikely("95", "less") or unlikely("50", "less"):
        return "narrow"
    if abs(rank.mean() - 0.5) > norm.isf(ALARM / 2.0) * SPREAD / math.sqrt(rank.size):
        return "biased"
    if shrinkage < LITTLE:
        return "not learned"
    return "wide" if unlikely("50", "greater") else "recovered"


def _of_points(error: Array) -> str:
    """biased, not learned (no nearer than the middle of the prior would be) or recovered."""
    from scipy.stats import ttest_1samp

    if error.std() > 0.0 and ttest_1samp(error, 0.0).pvalue < ALARM:
        return "biased"
    # a guess at the middle is off by 1 on average (root mean square)
    return "recovered" if float(np.mean(error**2)) < 1.0 - LITTLE else "not learned"


def report(tables: dict[str, Table]) -> Report:
    """How well each parameter is found again, with a verdict."""
    found = tables["recovery"]
    by_abc = "rank" in found
    columns = ["bias", "rmse"]
    columns += ["coverage_50", "coverage_95", "rank", "rank_p", "shrinkage"] if by_abc else []
    lines = [
        [str(found["parameter"][k]), *(f"{found[c][k]:.2f}" for c in columns),
         str(found["verdict"][k])]
        for k in range(found["parameter"].size)
    ]  # fmt: skip
    named = [c.replace("coverage_", "within ").replace("rank_p", "p of ranks") for c in columns]
    sound = np.isin(found["verdict"], SOUND)
    notes = [
        "bias and rmse in standard deviations of the prior; within: share of truths in the 50 and "
        "95 % intervals",
        f"{int(sound.sum())} of {sound.size} parameters can be trusted",
    ]
    headings = ["parameter", *named, "verdict"]
    return Report(f"Recovery of {found['truths'][0]} known truths", headings, lines, notes)
