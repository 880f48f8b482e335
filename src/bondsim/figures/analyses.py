"""The picture of each analysis, by its name, and what these pictures share."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.figures import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.causal.analysis import Found
    from bondsim.state import Array
    from bondsim.tables import Table

EXPLAINS = "it explains the model, not the world"
MODULES = {
    "twin": "twins", "channels": "channels", "compare": "compare", "audit": "audit",
    "response": "response", "sensitivity": "sensitivity", "calibrate": "posterior",
    "validate": "scorecard",
}  # fmt: skip
"""Where the picture of each analysis is drawn."""


def of_analysis(found: Found) -> Figure:
    """The page of one analysis, fresh or stored: 1600 x 1000 px."""
    draw: Callable[[Found], Figure] = import_module(f"bondsim.figures.{MODULES[found.kind]}").draw
    return draw(found)


def further(found: Found) -> dict[str, Figure]:
    """Further pages of an analysis, by the name of their file; none of most."""
    module = import_module(f"bondsim.figures.{MODULES[found.kind]}")
    pages: dict[str, Figure] = module.further(found) if hasattr(module, "further") else {}
    return pages


def headed(title: str, found: Found, told: str) -> Figure:
    """An empty page with its title, and what was done: replicates, days, and what bands are."""
    figure = style.page()
    science = found.science
    network = str(science["network"]["source"]).replace("_", " ")
    people = science["network"].get("n_agents")
    town = f"{people:,} people, {network}" if people else network
    n = science["replicates"]
    worlds = f"{n:,} replicate{'' if n == 1 else 's'}, {science['days']:,} days"
    figure.text(
        0.035, 0.943, title, fontsize=style.TITLE, color=style.INK, fontweight="bold", va="baseline"
    )
    figure.text(
        0.035, 0.912, f"{town}; {worlds}; {told}", fontsize=13, color=style.FAINT, va="baseline"
    )
    figure.text(0.965, 0.943, EXPLAINS, fontsize=style.SMALL, color=style.FAINT, ha="right")
    return figure


def where(table: Table, **values: object) -> Table:
    """The rows of a table with these values."""
    own = np.ones(next(iter(table.values())).size, bool)
    for name, value in values.items():
        own &= table[name] == value
    return {name: column[own] for name, column in table.items()}


def line(
    axes: Axes, x: Array, y: Array, low: Array, high: Array, *, colour: str, label: str
) -> None:
    """A line with its band."""
    axes.plot(x, y, color=colour, linewidth=1.8, solid_capstyle="round", label=label)
    if np.isfinite(low).any():
        axes.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0.0)


def point(
    axes: Axes,
    x: Array,
    y: Array,
    low: Array,
    high: Array,
    *,
    colour: str,
    label: str = "",
    hollow: bool = False,
) -> None:
    """Points with their intervals."""  # fmt: skip
    known = np.isfinite(low) & np.isfinite(high)
    axes.vlines(x[known], low[known], high[known], color=colour, linewidth=1.6, zorder=2)
    face = style.PAPER if hollow else colour
    axes.plot(
        x, y, "o", color=colour, markersize=7, markerfacecolor=face, zorder=3, label=label or None
    )


def empty(axes: Axes, text: str) -> None:
    """A note in place of a panel that has nothing to show."""
    axes.set_axis_off()
    axes.set_title("", loc="right")
    axes.text(
        0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=style.FAINT,
        fontsize=style.SMALL,
    )  # fmt: skip


def legend(axes: Axes, **options: Any) -> None:
    """The names of what is drawn, without a box."""
    axes.legend(fontsize=style.SMALL, frameon=False, labelcolor=style.INK, **options)
