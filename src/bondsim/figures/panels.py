"""The four panels beside the network: three series of the run, and clustering of loneliness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from bondsim.figures import style
from bondsim.measures.daily import SERIES
from bondsim.measures.recorded import Recorded, Snapshot, days_kept, snapshot
from bondsim.measures.summary import LOST, MADE, clustering_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

    from bondsim.measures.recorded import Table
    from bondsim.state import Array

ENOUGH = 30
"""A distance is shown where chance would have so many pairs with a lonely person in them."""
TOLD = ("excess", "low", "high")
"""Columns of the clustering that are drawn."""
GAP = 8
"""Between the end of a line and its last value [pt]."""


def draw_panels(panels: list[Axes], run: Recorded) -> None:
    """Fill the four panels, from the top."""
    series = run.tables["series"]
    ends = _draw_series(panels[0], series, "lonely_days", "Lonely days a week", style.BLUE)
    ends += _draw_series(
        panels[1], series, "share_lonely", "Share of people who are lonely", style.TEAL
    )
    ends += _draw_made_and_lost(panels[2], series)
    for axes in panels[:3]:
        _span(axes, series["day"], ends)
    days = days_kept(run)
    _draw_clustering(panels[3], run, [snapshot(run, day) for day in sorted({days[0], days[-1]})])


def _draw_series(
    axes: Axes, series: Table, column: str, title: str, colour: str
) -> list[Annotation]:
    field = SERIES[column]
    share = field.unit == "1"
    style.plain(axes, title, "%" if share else field.unit)
    days, values = series["day"], series[column] * (100.0 if share else 1.0)
    axes.plot(days, values, color=colour, linewidth=1.8, solid_capstyle="round")
    axes.fill_between(days, 0.0, values, color=colour, alpha=0.1, linewidth=0.0)
    axes.set_ylim(0.0, float(values.max()) * 1.25 or 1.0)
    axes.locator_params(axis="y", nbins=4)
    return [_end(axes, days[-1], float(values[-1]), f"{values[-1]:.3g}", colour)]


def _draw_made_and_lost(axes: Axes, series: Table) -> list[Annotation]:
    style.plain(axes, "Bonds made and lost since the start", "bonds")
    days = series["day"]
    sums = [np.cumsum(sum(series[c] for c in columns)) for columns in (MADE, LOST)]
    top = max(float(np.max(sums)), 1.0)
    heights = _apart(float(sums[0][-1]), float(sums[1][-1]), 0.18 * top)
    ends = []
    for total, text, colour, height in zip(
        sums, ("made", "lost"), (style.BLUE, style.ORANGE), heights, strict=True
    ):
        axes.step(days, total, where="post", color=colour, linewidth=1.8)
        words = f"{total[-1]:,} {text}"
        ends.append(_end(axes, days[-1], float(total[-1]), words, colour, height))
    axes.set_ylim(0.0, top * 1.25)
    axes.locator_params(axis="y", nbins=4, integer=True)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("day", fontsize=style.SMALL, color=style.FAINT, labelpad=2)
    return ends


def _apart(a: float, b: float, gap: float) -> tuple[float, float]:
    """Heights for the texts of two values, `gap` apart at least and above the axis."""
    if abs(a - b) >= gap:
        return a, b
    low = max(0.5 * (a + b - gap), 0.3 * gap)
    return (low + gap, low) if a >= b else (low, low + gap)


def _end(
    axes: Axes, x: float, y: float, text: str, colour: str, height: float | None = None
) -> Annotation:
    """The last value, written where its line ends, or at another height."""
    axes.plot([x], [y], "o", color=colour, markersize=4.5, clip_on=False, zorder=4)
    return axes.annotate(
        text, (x, y if height is None else height), xytext=(GAP, 0), textcoords="offset points",
        color=colour, fontsize=style.SMALL, va="center", annotation_clip=False,
    )  # fmt: skip


def _span(axes: Axes, days: Array, ends: list[Annotation]) -> None:
    """The days, and room on the right in which the widest of the last values fits."""
    widest = max(end.get_window_extent().width for end in ends)
    room = (widest + (GAP + 1) * axes.figure.dpi / 72.0) / axes.bbox.width
    first, last = int(days[0]), int(days[-1])
    length = max(last - first, 1)
    axes.set_xlim(first - 0.01 * length, last + 1.01 * length * room / (1.0 - room))
    axes.locator_params(axis="x", integer=True)
    axes.set_xticks([x for x in axes.get_xticks() if first <= x <= last])


# --- clustering -----------------------------------------------------------------------------


def _draw_clustering(axes: Axes, run: Recorded, ends: list[Snapshot]) -> None:
    style.plain(axes, "Loneliness around lonely people", "% above chance")
    tables = [told(clustering_of(run, end), *_lonely(end)) for end in ends]
    known = ~np.isnan(tables[-1]["excess"])
    if not known.any():
        return _draw_nothing(axes, *_lonely(ends[-1]))
    axes.axhline(0.0, color=style.FAINT, linewidth=0.9, zorder=2)
    # the first day stands beside the last day's band, so where there is none it says nothing
    shown = [{name: column[known] for name, column in table.items()} for table in tables]
    _draw_band(axes, shown[-1])
    if len(shown) > 1:
        _draw_excess(axes, shown[0], "first day", 6.0, -0.12, style.PAPER)
    _draw_excess(axes, shown[-1], "last day", 7.5, 0.0, style.ORANGE)
    distance = tables[-1]["distance"]
    _mark_missing(axes, distance[~known])
    axes.set_xticks(distance)
    axes.set_xlim(0.5, len(distance) + 0.5)
    lowest, highest = _extent([shown[0]["excess"], *(shown[-1][c] for c in TOLD)])
    room = 0.1 * (highest - lowest)
    # the legend stands above the highest point
    axes.set_ylim(lowest - room, highest + 3.5 * room)
    # and no line across runs through it
    ticks = MaxNLocator(nbins=4).tick_values(lowest, highest)
    axes.set_yticks([y for y in ticks if lowest - room <= y <= highest + room])
    axes.set_xlabel("degrees of separation", fontsize=style.SMALL, color=style.FAINT, labelpad=2)
    axes.legend(
        fontsize=9.5, frameon=False, loc="upper right", labelcolor=style.FAINT, ncols=3,
        handletextpad=0.3, columnspacing=1.1, borderaxespad=0.0, bbox_to_anchor=(1.0, 1.02),
    )  # fmt: skip
    return None


def _lonely(now: Snapshot) -> tuple[int, int]:
    """Number of lonely people, and of all."""
    return int(now.lonely.sum()), now.n_agents


def told(table: Table, n_lonely: int, n_agents: int) -> Table:
    """The clustering in %, NaN at distances with fewer than `ENOUGH` pairs to tell it from."""
    others = n_agents - n_lonely
    neither = others * (others - 1) / max(n_agents * (n_agents - 1), 1)
    # each pair is counted from both of its people
    enough = 0.5 * table["pairs"] * (1.0 - neither) >= ENOUGH
    told = {name: np.where(enough, 100.0 * table[name], np.nan) for name in TOLD}
    return {"distance": table["distance"], **told}


def _draw_nothing(axes: Axes, n_lonely: int, n_agents: int) -> None:
    """A note in place of a panel that has nothing to show."""
    axes.set_axis_off()
    axes.set_title("", loc="right")
    verb = "is" if n_lonely == 1 else "are"
    axes.text(
        0.5, 0.5, f"cannot be told from chance: {n_lonely:,} of {n_agents:,} people {verb} lonely",
        transform=axes.transAxes, ha="center", va="center", color=style.FAINT, fontsize=style.SMALL,
    )  # fmt: skip


def _draw_band(axes: Axes, table: Table) -> None:
    axes.bar(
        table["distance"], table["high"] - table["low"], bottom=table["low"], width=0.5,
        color="#c9ccd4", zorder=1, label="95 % of shuffles, last day",
    )  # fmt: skip


def _draw_excess(axes: Axes, table: Table, name: str, size: float, shift: float, face: str) -> None:
    if np.isnan(table["excess"]).all():
        return
    axes.plot(
        table["distance"] + shift, table["excess"], "o", color=style.ORANGE, markersize=size,
        markerfacecolor=face, zorder=3, label=name,
    )  # fmt: skip


def _mark_missing(axes: Axes, distances: Array) -> None:
    for distance in distances.tolist():
        axes.annotate(
            "too few pairs", (distance, 0.0), xytext=(0, 4), textcoords="offset points",
            ha="center", va="bottom", color=style.FAINT, fontsize=9.5,
        )  # fmt: skip


def _extent(columns: list[Array]) -> tuple[float, float]:
    """Lowest and highest of these numbers and 0, at least 10 apart."""
    known = np.concatenate(columns)
    known = np.append(known[~np.isnan(known)], 0.0)
    return float(known.min()), max(float(known.max()), float(known.min()) + 10.0)
