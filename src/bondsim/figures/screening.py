"""Pictures of screening: sizes and spreads of effects, of parameters or of groups of them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from bondsim.figures import style
from bondsim.figures.analyses import empty, where
from bondsim.figures.factors import (
    LEAST_ROWS,
    ROWS,
    UNCORRECTED,
    factor_rows,
    in_words,
    known_rows,
    largest,
    legend_below,
    no_room,
    outcome_page,
    page_note,
)
from bondsim.figures.labels import draw_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.tables import Table

BARS = 12
"""Factors whose intervals are drawn in the cloud, the strongest."""
DOT = 7.0
"""Diameter of a dot [pt]."""
COLUMNS, LARGEST = 8, 30.0
"""Outcomes that find room side by side, and the largest dot there [pt]."""


def screening(tables: Mapping[str, Table], outcome: str, *, told: str = "") -> Figure:
    """Morris: the factors or groups in order of the size of their effect on one outcome.

    Of factors beside it size against spread; of groups, which have no spread, the sizes for all
    outcomes. Hollow is what is not told from noise. `tables`: `effects` and `noise` of
    `sensitivity.morris.screened`. `told`: the world, in words.
    """
    own = known_rows(where(tables["effects"], outcome=outcome), "mu_star")
    noise = where(tables["noise"], outcome=outcome)
    figure = outcome_page(f"Screening: {in_words(outcome)}", outcome, told, noise)
    if not own["path"].size:
        empty(figure.add_axes((0.05, 0.1, 0.9, 0.7)), "no trajectory of points is known")
        return figure
    order = np.argsort(-own["mu_star"], kind="stable")
    own = {name: column[order] for name, column in own.items()}
    grouped = bool((own["members"] > 1).any())
    if grouped:
        ranked = figure.add_axes((0.16, 0.09, 0.36, 0.64))
        _of_outcomes(figure.add_axes((0.58, 0.09, 0.385, 0.64)), tables["effects"], own)
    else:
        ranked = figure.add_axes((0.71, 0.11, 0.255, 0.69))
        _cloud(figure.add_axes((0.065, 0.11, 0.44, 0.69)), own)
    _ranked(ranked, own)
    n = int(own["trajectories"].max())
    parts = [f"{n:,} trajectories; effects over the whole range, within seeds; bars: 95 %"]
    if grouped:
        parts.append("the parameters of a group move together")
    elif np.isfinite(own["noise"]).any():
        parts.append("the spread is freed of replicate noise")
    if np.isfinite(own["told"]).any():
        parts.append("hollow: not told from noise")
    else:
        parts.append(UNCORRECTED)
    page_note(figure, "; ".join(parts))
    return figure


def _ranked(axes: Axes, own: Table) -> None:
    """The factors in order of size, and what noise alone would make of each."""
    members = own["members"]
    names = [f"{path} ({n})" if n > 1 else str(path) for path, n in
             zip(own["path"], members, strict=True)]  # fmt: skip
    title = "Size of the effect" + no_room(members.size, ROWS)
    low = np.maximum(own["mu_star_low"], 0.0)  # a size is never below
    shown = {**own, "path": np.array(names, np.str_), "mu_star_low": low}
    factor_rows(axes, title, shown, ("mu_star",), (style.BLUE,), ("mean size (mu*)",),
                hollow=own["told"] == 0.0)  # fmt: skip
    noise = own["noise"][:ROWS]
    rows = np.flatnonzero(np.isfinite(noise))
    if rows.size:
        axes.vlines(noise[rows], rows - 0.32, rows + 0.32, color=style.ORANGE, linewidth=2.0,
                    zorder=1.5, label="by noise alone")  # fmt: skip
    legend_below(axes)


def _of_outcomes(axes: Axes, effects: Table, own: Table) -> None:
    """For each of these groups and each outcome the size as a share of the largest."""
    outcomes = list(dict.fromkeys(effects["outcome"].tolist()))
    more = no_room(len(outcomes), COLUMNS)
    style.plain(axes, "", "")
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    paths = own["path"][:ROWS].tolist()
    size = min(LARGEST, 0.8 * 450.0 / max(len(paths), LEAST_ROWS))
    for x, outcome in enumerate(outcomes[:COLUMNS]):
        table = known_rows(where(effects, outcome=outcome), "mu_star")
        rows = dict(zip(table["path"].tolist(), range(table["path"].size), strict=True))
        most = largest(table["mu_star"])
        for y, path in enumerate(paths):
            if path not in rows:
                continue
            share = float(table["mu_star"][rows[path]]) / most
            lost = table["told"][rows[path]] == 0.0
            axes.plot([x - 0.12], [y], "o", color=style.BLUE, markersize=size * share**0.5,
                      markerfacecolor=style.PAPER if lost else style.BLUE)  # fmt: skip
            axes.text(x + 0.16, y, f"{share:.0%}", fontsize=style.SMALL, va="center",
                      color=style.FAINT if lost else style.INK)  # fmt: skip
    width = 17 if len(outcomes) <= COLUMNS // 2 else 9
    names = ["\n".join(textwrap.wrap(in_words(name), width)) for name in outcomes[:COLUMNS]]
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(names)), names)
    axes.tick_params(axis="x", labelsize=style.SMALL, labelcolor=style.INK)
    axes.set_yticks([])
    axes.set_xlim(-0.6, max(len(names), 4) - 0.4)
    axes.set_ylim(max(len(paths), LEAST_ROWS) - 0.4, -0.6)
    above = 0.05 + 0.018 * max(name.count("\n") for name in names)
    axes.figure.text(
        axes.get_position().x0, axes.get_position().y1 + above,
        f"For every outcome, as a share of the largest{more}", fontsize=style.BODY,
        color=style.INK, fontweight="bold",
    )  # fmt: skip


def _cloud(axes: Axes, own: Table) -> None:
    x, y = own["mu_star"], own["sigma"]
    noise = own["noise"][np.isfinite(own["noise"])]
    shaded = "shaded: as far as noise alone leads" if noise.size else ""
    style.plain(axes, "Effect against its spread", shaded)
    axes.grid(visible=True, axis="x", color=style.LINE, linewidth=0.7, alpha=0.8)
    bars = {name: column[:BARS] for name, column in own.items()}
    axes.hlines(bars["sigma"], np.maximum(bars["mu_star_low"], 0.0), bars["mu_star_high"],
                color=style.BLUE, alpha=0.28, linewidth=1.1, zorder=1)  # fmt: skip
    axes.vlines(bars["mu_star"], np.maximum(bars["sigma_low"], 0.0), bars["sigma_high"],
                color=style.BLUE, alpha=0.28, linewidth=1.1, zorder=1)  # fmt: skip
    lost = own["told"] == 0.0
    axes.plot(x[lost], y[lost], "o", color=style.BLUE, markersize=DOT, zorder=3,
              markerfacecolor=style.PAPER)  # fmt: skip
    axes.plot(x[~lost], y[~lost], "o", color=style.BLUE, markersize=DOT, zorder=3)
    right, top = 1.3 * largest(x), 1.12 * max(largest(y), 0.25 * largest(x))
    axes.set_xlim(-0.03 * right, right)
    axes.set_ylim(-0.05 * top, top)
    if noise.size:
        level = float(np.median(noise))
        axes.axvspan(0.0, level, color=style.ORANGE, alpha=0.13, linewidth=0.0)
    edge = np.array([0.0, min(right, top)])
    axes.plot(edge, edge, color=style.FAINT, linewidth=0.8, linestyle=(0, (4, 4)), zorder=0)
    axes.set_xlabel("mean size of the effect (mu*)", fontsize=style.BODY, color=style.INK)
    axes.set_ylabel("spread of the effect (sigma)", fontsize=style.BODY, color=style.INK)
    draw_labels(
        axes, np.column_stack([x, y]), np.full(x.size, DOT), own["path"].tolist(),
        np.zeros(x.size, bool), np.arange(x.size),
    )  # fmt: skip
