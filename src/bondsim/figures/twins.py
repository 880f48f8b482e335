"""The picture of twins: what a change does to those changed, and what it does to all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim.figures import style
from bondsim.figures.analyses import empty, headed, legend, line, point, where

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.causal.analysis import Found
    from bondsim.tables import Table

COLOURS = (style.ORANGE, style.BLUE, style.TEAL, "#8a5ba8", "#7c8290")
NEVER = -1


def draw(found: Found) -> Figure:
    """Four panels: the changed, the spread kernel, what others get for it, who diverged when."""
    figure = headed("What one change causes", found, "bands and bars: 95 % over replicates")
    grid = figure.add_gridspec(
        2, 2, left=0.055, right=0.965, top=0.83, bottom=0.085, hspace=0.42, wspace=0.16
    )
    axes = [figure.add_subplot(grid[row, column]) for row in (0, 1) for column in (0, 1)]
    kernel = found.tables["kernel"]
    most = int(kernel["distance"].max()) - 1
    _changed(axes[0], found.tables["effects"])
    others = where(kernel, day=kernel["day"][0])
    reached = [
        int(d) for d, n in zip(others["distance"], others["people"], strict=True) if d > 0 and n > 0
    ]
    if not reached:
        for each in axes[1:]:
            empty(each, "everybody was changed: there are no others to spread to")
        return figure
    _kernel(axes[1], kernel, reached, most)
    _reproduction(axes[2], found.tables["reproduction"], reached, most)
    _diverged(axes[3], found.tables["by_distance"], [0, *reached], most)
    return figure


def name_of(distance: int, most: int) -> str:
    """What a distance is called in a legend."""
    if distance == 0:
        return "changed"
    return "further" if distance > most else f"distance {distance}"


def _changed(axes: Axes, effects: Table) -> None:
    style.plain(axes, "Mean change in loneliness", "0 to 1 scale")
    for distance, colour, label in ((0, style.INK, "those changed"), (NEVER, style.BLUE, "all")):
        own = where(effects, distance=distance)
        line(axes, own["day"], own["effect"], own["low"], own["high"], colour=colour, label=label)
    axes.axhline(0.0, color=style.FAINT, linewidth=0.9)
    axes.set_xlabel("day", fontsize=style.SMALL, color=style.FAINT)
    legend(axes)


def _kernel(axes: Axes, kernel: Table, reached: list[int], most: int) -> None:
    style.plain(axes, "Spread kernel: loneliness caused by one unit", "units, all at that distance")
    for distance in reached:
        own = where(kernel, distance=distance)
        line(
            axes, own["after"], own["total"], own["total_low"], own["total_high"],
            colour=COLOURS[(distance - 1) % len(COLOURS)], label=name_of(distance, most),
        )  # fmt: skip
    axes.axhline(0.0, color=style.FAINT, linewidth=0.9)
    axes.set_xlabel("days after the change", fontsize=style.SMALL, color=style.FAINT)
    legend(axes)


def _reproduction(axes: Axes, table: Table, reached: list[int], most: int) -> None:
    style.plain(axes, "Caused in others, for each one in those changed", "summed over days")
    places = [NEVER, *reached]
    for outcome, label, colour, shift, hollow in (
        ("loneliness", "units of loneliness", style.BLUE, -0.1, False),
        ("lonely", "lonely people", style.ORANGE, 0.1, True),
    ):
        rows = [where(table, outcome=outcome, distance=d) for d in places]
        value, low, high = (
            np.array([row[f"number{end}"][0] for row in rows]) for end in ("", "_low", "_high")
        )
        at = np.arange(len(places)) + shift
        point(axes, at, value, low, high, colour=colour, label=label, hollow=hollow)
    axes.axhline(0.0, color=style.FAINT, linewidth=0.9)
    axes.set_xticks(range(len(places)), ["all others", *(name_of(d, most) for d in reached)])
    axes.set_xlim(-0.5, len(places) - 0.5)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top + 0.3 * (top - bottom))  # the legend stands above the highest bar
    legend(axes, loc="upper right", ncols=2)


def _diverged(axes: Axes, table: Table, groups: list[int], most: int) -> None:
    style.plain(axes, "Whose life has taken another course", "% of people")
    for distance in groups:
        own = where(table, distance=distance)
        days = np.unique(own["day"])
        sums = {c: np.array([own[c][own["day"] == d].sum() for d in days]) for c in
                ("diverged", "people")}  # fmt: skip
        colour = style.INK if distance == 0 else COLOURS[(distance - 1) % len(COLOURS)]
        axes.plot(
            days, 100.0 * sums["diverged"] / np.maximum(sums["people"], 1), color=colour,
            linewidth=1.8, label=name_of(distance, most),
        )  # fmt: skip
    axes.set_ylim(0.0, 104.0)
    axes.set_xlabel("day", fontsize=style.SMALL, color=style.FAINT)
    legend(axes, loc="lower right")
