"""The picture of an audit: which methods cry wolf, which see the wolf, and how wrong they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from bondsim.figures import style
from bondsim.figures.analyses import headed, legend, where

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.causal.analysis import Found
    from bondsim.state import Array
    from bondsim.tables import Table

NOMINAL = 2.5
"""False alarms of a valid method [%]."""


def draw(found: Found) -> Figure:
    """A row for each method: what it finds in each world, and its bias in the first and last."""
    plan = found.science["audit"]
    figure = headed(
        "What the field's methods find", found,
        f"two waves {plan['gap']:,} days apart; bars: 95 % over replicates",
    )  # fmt: skip
    scores = found.tables["scores"]
    worlds = list(dict.fromkeys(scores["world"].tolist()))
    methods = list(dict.fromkeys(scores["method"].tolist()))
    grid = figure.add_gridspec(
        1, 2, left=0.205, right=0.965, top=0.79, bottom=0.1, wspace=0.06, width_ratios=(1.25, 1.0)
    )
    left, right = (figure.add_subplot(grid[0, column]) for column in (0, 1))
    _finds(left, scores, methods, worlds)
    _bias(right, scores, methods, worlds)
    return figure


def _finds(axes: Axes, scores: Table, methods: list[str], worlds: list[str]) -> None:
    """A cell for each method and world: % of replicates in which contagion is found."""
    style.plain(axes, "", "")
    axes.grid(visible=False)
    rows = [[where(scores, method=m, world=w) for w in worlds] for m in methods]
    share = np.array([[100.0 * float(cell["finds"][0]) for cell in row] for row in rows])
    real = [bool(where(scores, world=w)["contagion"][0]) for w in worlds]
    for column, contagion in enumerate(real):
        for row, method in enumerate(methods):
            value = share[row, column]
            if np.isnan(value):
                continue
            # what a negative control finds is wrong in any world
            right = contagion and not method.startswith("negative_control")
            colour = style.BLUE if right else style.ORANGE
            axes.add_patch(_cell(column, row, colour, value))
            axes.text(
                column, row, f"{value:.0f}", ha="center", va="center", fontsize=style.SMALL,
                color="white" if value > 55.0 else style.INK,
            )  # fmt: skip
    axes.set_xlim(-0.5, len(worlds) - 0.5)
    axes.set_ylim(len(methods) - 0.5, -0.5)
    axes.spines["bottom"].set_visible(False)
    axes.set_yticks(range(len(methods)), [str(row[0]["label"][0]) for row in rows])
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(worlds)), [w.replace("+", " +\n") for w in worlds])
    for tick, contagion in zip(axes.get_xticklabels(), real, strict=True):
        tick.set_color(style.BLUE if contagion else style.ORANGE)
    axes.text(
        0.0, -0.02, "% of replicates that find contagion. Orange: a false alarm, for there is none,"
        f"\nor it is a negative control (a valid method has {NOMINAL} %). Blue: the power.",
        transform=axes.transAxes, fontsize=style.SMALL, color=style.FAINT, va="top",
    )  # fmt: skip


def _cell(column: int, row: int, colour: str, value: float) -> Rectangle:
    return Rectangle(
        (column - 0.47, row - 0.44), 0.94, 0.88, facecolor=colour, alpha=0.06 + 0.0094 * value,
        linewidth=0.0,
    )  # fmt: skip


def _bias(axes: Axes, scores: Table, methods: list[str], worlds: list[str]) -> None:
    """Estimates less the truth, in the unit of each method, without and with contagion."""
    style.plain(axes, "", "")
    axes.grid(visible=False)
    shown = [(worlds[0], style.ORANGE, True), (worlds[-1], style.BLUE, False)]
    for shift, (world, colour, hollow) in zip((-0.16, 0.16), shown, strict=True):
        rows = [where(scores, method=m, world=world) for m in methods]
        value, low, high = (
            _numbers(rows, f"bias{end}") for end in ("", "_low", "_high")
        )  # fmt: skip
        at = np.arange(len(methods)) + shift
        axes.hlines(at, low, high, color=colour, linewidth=1.6)
        face = style.PAPER if hollow else colour
        axes.plot(value, at, "o", color=colour, markersize=6.5, markerfacecolor=face, label=world)
    axes.axvline(0.0, color=style.FAINT, linewidth=0.9)
    axes.set_ylim(len(methods) - 0.5, -0.5)
    axes.set_xscale("symlog", linthresh=0.1)
    axes.set_yticks(range(len(methods)), [""] * len(methods))
    for row in range(len(methods) - 1):
        axes.axhline(row + 0.5, color=style.LINE, linewidth=0.6)
    axes.set_title("Bias: estimate less truth from twins", loc="left", fontsize=style.BODY,
                   color=style.INK, pad=30, fontweight="bold")  # fmt: skip
    axes.set_xlabel(
        "in the unit of each method; straight to 0.1, logarithmic beyond",
        fontsize=style.SMALL, color=style.FAINT,
    )  # fmt: skip
    legend(axes, loc="lower left", bbox_to_anchor=(-0.02, 0.995), ncols=2)


def _numbers(rows: list[Table], column: str) -> Array:
    return np.array([float(row[column][0]) for row in rows])
