"""The picture of a league: for each intervention what it does, to whom, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim.figures import style
from bondsim.figures.analyses import headed, legend, where

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.causal.analysis import Found
    from bondsim.tables import Table

THOUSAND = 1000.0


def draw(found: Found) -> Figure:
    """Four panels with a row for each intervention, from the most to the least helpful."""
    budget = found.science["league"]["budget"]
    figure = headed(
        "Whom to help, and how", found,
        f"{budget:,.0f} person-hours each; bars: 95 % over replicates",
    )  # fmt: skip
    league = found.tables["league"]
    with_it, without = (_sorted(where(league, contagion=on), league) for on in (1, 0))
    grid = figure.add_gridspec(
        1, 4, left=0.145, right=0.975, top=0.83, bottom=0.115, wspace=0.12,
    )  # fmt: skip
    axes = [figure.add_subplot(grid[0, column]) for column in range(4)]
    _panel(axes[0], "Effect on everybody", "mean x 1000", [
        ("with contagion", with_it, "effect", style.BLUE, False),
        ("without", without, "effect", style.ORANGE, True),
    ])  # fmt: skip
    _panel(axes[1], "Spillover", "mean x 1000", [
        ("at distance 1", with_it, "distance_1", style.BLUE, False),
        ("at distance 2", with_it, "distance_2", style.TEAL, True),
    ])  # fmt: skip
    _panel(axes[2], "For whom", "mean x 1000", [
        ("loneliest fifth", with_it, "fifth_5", style.ORANGE, False),
        ("least lonely fifth", with_it, "fifth_1", style.BLUE, True),
    ])  # fmt: skip
    _panel(axes[3], "For how long", "mean x 1000", [
        ("at its end", with_it, "effect", style.BLUE, False),
        ("on the last day", with_it, "later", style.TEAL, True),
    ])  # fmt: skip
    names = [
        f"{name}\n{people:,.0f} people" for name, people in
        zip(with_it["name"].tolist(), with_it["people"], strict=True)
    ]  # fmt: skip
    axes[0].set_yticks(range(len(names)), names)
    for each in axes[1:]:
        each.set_yticks(range(len(names)), [""] * len(names))
    for each in axes:
        each.set_ylim(len(names) - 0.5, -0.5)
    return figure


def _sorted(table: Table, league: Table) -> Table:
    """Arms in the order of their effect with contagion."""
    order = np.argsort(where(league, contagion=1)["effect"], kind="stable")
    return {name: column[order] for name, column in table.items()}


def _panel(
    axes: Axes, title: str, unit: str, drawn: list[tuple[str, Table, str, str, bool]]
) -> None:
    style.plain(axes, title, unit)
    axes.grid(visible=False)
    for shift, (label, table, column, colour, hollow) in zip((-0.13, 0.13), drawn, strict=True):
        at = np.arange(table[column].size) + shift
        value, low, high = (THOUSAND * table[f"{column}{end}"] for end in ("", "_low", "_high"))
        axes.hlines(at, low, high, color=colour, linewidth=1.6)
        face = style.PAPER if hollow else colour
        axes.plot(value, at, "o", color=colour, markersize=6.5, markerfacecolor=face, label=label)
    axes.axvline(0.0, color=style.FAINT, linewidth=0.9)
    for row in range(drawn[0][1][drawn[0][2]].size - 1):
        axes.axhline(row + 0.5, color=style.LINE, linewidth=0.6)
    axes.set_xlabel("change in loneliness", fontsize=style.SMALL, color=style.FAINT)
    legend(axes, loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=1)
