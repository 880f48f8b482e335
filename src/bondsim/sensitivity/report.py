"""What people read of a study of sensitivity: the table, what is noise in it, what to ask next."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.causal.analysis import EXPLAINS, Found, Report, times
from bondsim.params import from_dict
from bondsim.sensitivity.grouping import MECHANISM
from bondsim.sensitivity.noise import TOLD
from bondsim.sensitivity.plan import CURVES, ENOUGH, POINTS, SCREEN, SOBOL, SensitivityPlan

if TYPE_CHECKING:
    from bondsim.tables import Table

MOST_ROWS = 15
"""Factors of each outcome in the table that people read."""
MOST_NAMED = 6
"""Names that are listed in a note; of more their number is told."""
GROUPS, FACTORS = 3, 6
"""Groups that the next screening looks into, and parameters whose shares are asked for next.

Of the groups of the model three hold half of all parameters or less; six parameters cost 8 points
for each base point."""
NOISY = (
    f"below {ENOUGH} base points (here {{n}}) first orders are noisy: read the total order and its "
    f"intervals, or take sensitivity.n={ENOUGH}"
)

_NAMES = {SCREEN: "Morris' screening", SOBOL: "Sobol's indices", CURVES: "curves"}
_SHOWN = {
    SCREEN: ("effects", ("mu_star", "mu", "sigma", "noise", "p_noise"),
             ("size of the effect (mu*)", "effect (mu)", "spread (sigma)", "by noise alone",
              "chance by noise")),
    SOBOL: ("indices", ("total", "first"), ("total order", "first order")),
    CURVES: ("slopes", ("span", "slope", "elasticity"), ("over the range", "slope",
             "elasticity")),
}  # fmt: skip


def report(found: Found) -> Report:
    """The factors of each outcome, those that matter most first."""
    plan = SensitivityPlan(**found.science["sensitivity"])
    name, columns, headings = _SHOWN[plan.method]
    table, size = found.tables[name], columns[0]
    grouped = _grouped(table)
    rows = []
    for outcome in plan.outcomes:
        own = np.flatnonzero(table["outcome"] == outcome)
        known = np.where(np.isfinite(table[size][own]), np.abs(table[size][own]), -1.0)
        for k in own[np.argsort(-known, kind="stable")][:MOST_ROWS]:
            cells = [_cell(table, column, k) for column in columns]
            rows.append([outcome, named(table, k), *cells])
    first = table["outcome"] == plan.outcomes[0]
    if grouped:
        inside = times(int(table["members"][first].sum()), "parameter")
        what = f"{inside} in {times(int(first.sum()), 'group')}"
    else:
        what = times(int(first.sum()), "parameter")
    n = times(found.science["replicates"], "replicate")
    title = f"Sensitivity by {_NAMES[plan.method]}: {what}, {n} at each point"
    heading = "group" if grouped else "parameter"
    return Report(title, ["outcome", heading, *headings], rows, [*_notes(found, plan), EXPLAINS])


def named(table: Table, k: int) -> str:
    """A row's parameter, or its group with the number of parameters in it."""
    path = str(table["path"][k])
    members = int(table["members"][k]) if "members" in table else 1
    return path if members == 1 else f"{path} ({members})"


def _grouped(table: Table) -> bool:
    return "members" in table and bool((table["members"] > 1).any())


def _cell(table: Table, name: str, k: int) -> str:
    value = table[name][k]
    if not np.isfinite(value):
        of_group = name in ("mu", "sigma") and table["members"][k] > 1
        return "-" if of_group else "not known"
    if name == "p_noise":
        return f"{value:.3f}"
    low = table.get(f"{name}_low")
    if low is None or not np.isfinite(low[k]):
        return f"{value:.3g}"
    return f"{value:.3g} ({low[k]:.3g} to {table[f'{name}_high'][k]:.3g})"


# --- noise -------------------------------------------------------------------------------------


def _notes(found: Found, plan: SensitivityPlan) -> list[str]:
    noise, table = found.tables["noise"], found.tables[_SHOWN[plan.method][0]]
    shares = ", ".join(
        f"{outcome} {100 * share:.0f} %" for outcome, share in
        zip(noise["outcome"], noise["noise_share"], strict=True) if np.isfinite(share)
    )  # fmt: skip
    notes = [f"noise: of the variance of single runs, luck makes {shares}"] if shares else []
    if found.science["replicates"] == 1:
        notes.append("noise: with one replicate it is not known, and counts as effect")
    else:
        notes += _lost_in_noise(table, plan)
    if plan.method == SOBOL and plan.points < ENOUGH:
        notes.append(NOISY.format(n=plan.points))
    failed = int(noise["failed"].max())
    if failed:
        notes.append(f"{failed:,} runs failed and are left out")
    if _grouped(table):
        notes.append("groups: the parameters of one move together, each up or down by chance; so "
                     "effect and spread (-) are not defined, its size is")  # fmt: skip
    most = int((table["outcome"] == plan.outcomes[0]).sum())
    if most > MOST_ROWS:
        notes.append(f"the {MOST_ROWS} largest of each outcome; all {most} are in the tables")
    if not isinstance(plan.factors, dict):
        notes.append("ranges: those of the literature the model is built on, else half to one and "
                     "a half times the default [A]")  # fmt: skip
    return notes


def _lost_in_noise(table: Table, plan: SensitivityPlan) -> list[str]:
    """For each outcome the effects that cannot be told from noise."""
    if not np.isfinite(table["told"]).any():
        return ["noise: too few points for it to be told from effects"]
    parts = []
    for outcome in plan.outcomes:
        own = np.flatnonzero(table["outcome"] == outcome)
        lost = [str(table["path"][k]) for k in own if table["told"][k] != 1.0]
        if not lost:
            words = "none"
        elif len(lost) == own.size:
            words = "all"
        elif len(lost) > MOST_NAMED:
            words = f"{len(lost)} of {own.size}"
        else:
            words = ", ".join(lost)
        parts.append(f"{outcome}: {words}")
    test = {
        SCREEN: f"chance above {TOLD:g}", SOBOL: "0 in the interval of the total order",
        CURVES: "0 in the interval of what the range makes",
    }[plan.method]  # fmt: skip
    return [f"not told from noise ({test}, each by itself): {'; '.join(parts)}"]


# --- next --------------------------------------------------------------------------------------


def next_words(found: Found) -> tuple[str, list[str]] | None:
    """What to ask next: what it does, and the words that do it; None after curves.

    After a screening by groups: the parameters inside those that matter most. After one of
    parameters: the shares of variance of those. After these: their curves. What matters most is
    told from noise and has the largest share of all effects' sizes, added up over the outcomes.
    """
    plan = SensitivityPlan(**found.science["sensitivity"])
    if plan.method == CURVES:
        return None
    table, r = found.tables[_SHOWN[plan.method][0]], int(found.science["replicates"])
    grouped = _grouped(table)
    best = ranked(table, plan)[: GROUPS if grouped else FACTORS]
    if not best:
        words = [*_as_it_was(plan), f"replicates={4 * r}"]
        return "nothing is told from noise; four times the replicates may tell more", words
    word = f"sensitivity.factors={hydra(_named_again(found, plan, best))}"
    if grouped:
        sizes = dict(zip(table["path"].tolist(), table["members"].tolist(), strict=True))
        inside = sum(sizes[name] for name in best)
        runs = POINTS[SCREEN] * (inside + 1) * r
        what = f"screen the {times(inside, 'parameter')} in {_listed(best)} ({runs:,} runs)"
        return what, [word]
    if plan.method == SCREEN:
        runs = POINTS[SOBOL] * (len(best) + 2) * r
        what = f"shares of variance of the {times(len(best), 'parameter')} that matter most"
        return f"{what} ({runs:,} runs)", [f"sensitivity.method={SOBOL}", word]
    return "the shape of their effects", [f"sensitivity.method={CURVES}", word]


def ranked(table: Table, plan: SensitivityPlan) -> list[str]:
    """Names of what is told from noise in any outcome, the most important over all first."""
    size = table["mu_star" if plan.method == SCREEN else "total"]
    size = np.where(np.isfinite(size) & (table["told"] != 0.0), size, 0.0)
    score: dict[str, float] = {}
    for outcome in plan.outcomes:
        own = table["outcome"] == outcome
        whole = size[own].sum()
        for path, part in zip(table["path"][own].tolist(), size[own], strict=True):
            score[path] = score.get(path, 0.0) + (part / whole if whole > 0.0 else 0.0)
    found = sorted((path for path in score if score[path] > 0.0), key=lambda path: -score[path])
    return found


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _as_it_was(plan: SensitivityPlan) -> list[str]:
    parts = {"method": plan.method, "factors": plan.factors, "groups": plan.groups, "n": plan.n}
    return [f"sensitivity.{name}={hydra(part)}" for name, part in parts.items() if part is not None]


def _named_again(found: Found, plan: SensitivityPlan, best: Sequence[str]) -> Any:
    """These factors, or those inside these groups, as `sensitivity.factors` takes them."""
    if plan.factors is None and plan.grouping == MECHANISM:
        return list(best)
    groups = plan.groups_of(plan.factors_of(from_dict(found.science["params"])))
    paths = [path for name in best for path, group in groups.items() if group == name]
    return {path: plan.factors[path] for path in paths} if isinstance(plan.factors, dict) else paths


def hydra(value: Any) -> str:
    """A value as a word of the command line tells it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {hydra(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(hydra, value)) + "]"
    plain = not isinstance(value, str) or re.fullmatch(r"[A-Za-z_][\w./-]*", value)
    return str(value) if plain else json.dumps(value)
