"""The picture of channels: clustering by degree of separation, and what makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bondsim.figures import style
from bondsim.figures.analyses import empty, headed, legend, point, where

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.causal.analysis import Found
    from bondsim.state import Array
    from bondsim.tables import Table

COLOURS = {
    "affect": style.ORANGE, "conduct": "#8a5ba8", "loss": "#9a8c5f", "selection": style.BLUE,
    "context": style.TEAL,
}  # fmt: skip


NEAR, WIDE = 3, 6.0
"""Beyond so many degrees one is left out whose interval is so many times that of the first."""


class Published(NamedTuple):
    """Excess of loneliness by degree of separation, with its 95 % interval [%]."""

    degree: int
    excess: float
    low: float
    high: float


FRAMINGHAM = (
    Published(1, 52, 40, 65), Published(2, 25, 14, 36), Published(3, 15, 6, 26),
    Published(4, 2, -5, 10),
)  # fmt: skip
"""Cacioppo, Fowler & Christakis 2009: degrees 1 to 3 [P], intervals and degree 4 [M]."""


def draw(found: Found) -> Figure:
    """Three panels: clustering under each channel alone and all, who makes it, other outcomes."""
    look = "through a survey" if found.science["look"]["at"] == "survey" else "as it is"
    figure = headed(
        "What each channel adds", found, f"each world {look}; bars: 95 % over replicates"
    )
    grid = figure.add_gridspec(
        2, 2, left=0.055, right=0.965, top=0.83, bottom=0.085, hspace=0.45, wspace=0.24,
        width_ratios=(1.15, 1.0),
    )  # fmt: skip
    arms, shares = found.tables["arms"], found.tables["shares"]
    names = list(dict.fromkeys(arms["outcome"].tolist()))
    known = [name for name in names if np.isfinite(where(arms, outcome=name)["mean"]).any()]
    degrees = _told(arms, [int(n.split("_")[1]) for n in known if n.startswith("excess_")])
    others = [name for name in names if not name.startswith("excess_")]
    axes = [figure.add_subplot(grid[row, 0]) for row in (0, 1)]
    side = figure.add_subplot(grid[:, 1])
    if degrees:
        _clustering(axes[0], arms, degrees)
        _makers(axes[1], shares, degrees)
    else:
        for each in axes:
            empty(each, "no clustering by degree of separation was asked for")
    _others(side, shares, others) if others else empty(side, "no other outcome was asked for")
    return figure


def _told(arms: Table, degrees: list[int]) -> list[int]:
    """The degrees that are drawn: few pairs are very far apart, and chance alone rules them."""

    def width(degree: int) -> float:
        ends = _of(arms, [f"excess_{degree}"], "mean", name="all")
        return float(ends[2][0] - ends[1][0])

    return [d for d in degrees if d <= NEAR or not width(d) > WIDE * width(degrees[0])]


def _of(table: Table, outcomes: list[str], column: str, **values: object) -> tuple[Array, ...]:
    """A column with the ends of its interval, a number for each outcome."""
    rows = [where(table, outcome=outcome, **values) for outcome in outcomes]
    return tuple(np.array([row[f"{column}{end}"][0] for row in rows]) for end in
                 ("", "_low", "_high"))  # fmt: skip


def _clustering(axes: Axes, arms: Table, degrees: list[int]) -> None:
    style.plain(axes, "Loneliness around lonely people", "% above chance")
    outcomes = [f"excess_{d}" for d in degrees]
    at = np.array(degrees, float)
    shown = [("all", style.INK, "all channels"), ("none", "#a7abb5", "none")]
    shown += [(name, colour, f"{name} alone") for name, colour in COLOURS.items()]
    for k, (name, colour, label) in enumerate(shown):
        value, low, high = (100.0 * x for x in _of(arms, outcomes, "mean", name=name))
        point(axes, at + (k - 3) * 0.09, value, low, high, colour=colour, label=label)
    known = [p for p in FRAMINGHAM if p.degree in degrees]
    point(
        axes, np.array([p.degree for p in known]) + 0.38, np.array([p.excess for p in known]),
        np.array([p.low for p in known]), np.array([p.high for p in known]), colour="#b0455f",
        label="Framingham 2009", hollow=True,
    )  # fmt: skip
    axes.axhline(0.0, color=style.FAINT, linewidth=0.9)
    axes.set_xticks(degrees)
    axes.set_xlim(degrees[0] - 0.5, degrees[-1] + 0.6)
    axes.set_xlabel("degrees of separation", fontsize=style.SMALL, color=style.FAINT)
    legend(axes, ncols=2, loc="upper right")


def _makers(axes: Axes, shares: Table, degrees: list[int]) -> None:
    style.plain(axes, "Who makes it: Shapley values", "percentage points of the excess")
    outcomes = [f"excess_{d}" for d in degrees]
    for k, (channel, colour) in enumerate(COLOURS.items()):
        value, low, high = (100.0 * x for x in _of(shares, outcomes, "value", channel=channel))
        at = np.array(degrees) + (k - 2) * 0.13
        point(axes, at, value, low, high, colour=colour, label=channel)
    axes.axhline(0.0, color=style.FAINT, linewidth=0.9)
    axes.set_xticks(degrees)
    axes.set_xlim(degrees[0] - 0.5, degrees[-1] + 0.6)
    axes.set_xlabel("degrees of separation", fontsize=style.SMALL, color=style.FAINT)
    legend(axes, loc="upper right", ncols=3)


def _others(axes: Axes, shares: Table, outcomes: list[str]) -> None:
    """What each channel adds to other outcomes, each in units of its own."""
    style.plain(axes, "What else they change: Shapley values", "in units of each outcome")
    axes.grid(visible=False)
    scales = []
    for row, outcome in enumerate(outcomes):
        own = where(shares, outcome=outcome)
        ends = np.abs(np.concatenate([own["value_low"], own["value_high"], own["value"]]))
        scale = float(np.nanmax(ends)) if np.isfinite(ends).any() else 0.0
        scale = scale or 1.0
        scales.append(scale)
        for k, (channel, colour) in enumerate(COLOURS.items()):
            part = where(own, channel=channel)
            at = row + (k - 2) * 0.13
            axes.hlines(
                at, part["value_low"] / scale, part["value_high"] / scale, color=colour,
                linewidth=1.6,
            )  # fmt: skip
            axes.plot(
                part["value"] / scale, [at], "o", color=colour, markersize=6,
                label=channel if row == 0 else None,
            )  # fmt: skip
    axes.axvline(0.0, color=style.FAINT, linewidth=0.9)
    for row in range(len(outcomes) - 1):
        axes.axhline(row + 0.5, color=style.LINE, linewidth=0.7)
    labels = [
        f"{name.replace('_', ' ')}\n±{scale:.2g}"
        for name, scale in zip(outcomes, scales, strict=True)
    ]
    axes.set_yticks(range(len(outcomes)), labels)
    axes.set_ylim(len(outcomes) - 0.4, -0.9)
    axes.set_xlim(-1.15, 1.15)
    axes.set_xticks([-1, 0, 1], ["- scale", "0", "+ scale"])
    legend(axes, loc="upper center", ncols=5, columnspacing=1.0, handletextpad=0.2)
