"""The picture of one run: the people and their bonds at its end, and what happened on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.figures import style
from bondsim.figures.layout import BY_BONDS, places
from bondsim.measures.daily import SERIES
from bondsim.measures.recorded import Recorded, Snapshot, days_kept, snapshot
from bondsim.measures.summary import LOST, MADE, clustering_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.measures.recorded import Table
    from bondsim.state import Array

NAMED = 80
"""Up to so many people are drawn with their labels."""
MOST_BONDS = 4000
"""At most so many bonds are drawn, the strongest."""
NEAR = 0.3
"""In interest space only bonds this short are drawn, of a map 2 wide: longer ones hide it."""
MOST_CLOSE = 8
"""From so many close bonds on a person is drawn no larger."""


def town(run: Recorded, *, name: str = "a town", labels: Mapping[int, str] | None = None) -> Figure:
    """One page: the network on the last recorded day, and four panels of the run.

    `name`: what the network is called in the title; `labels`: what to call a person of an id, in
    networks of at most `NAMED` people (the id itself where there is none). 1600 x 1000 px.
    """
    figure = style.page()
    days = days_kept(run)
    now = snapshot(run, days[-1])
    n_days = run.tables["series"]["day"].size
    figure.text(
        0.035, 0.943, name, fontsize=style.TITLE, color=style.INK, fontweight="bold", va="baseline"
    )
    facts = f"{now.n_agents:,} people, {now.i.size:,} bonds after {n_days:,} day"
    facts += "s" if n_days != 1 else ""
    figure.text(0.035, 0.912, facts, fontsize=13, color=style.FAINT, va="baseline")
    if now.n_agents > BY_BONDS:
        how = "drawn at their place in interest space, with strong bonds to those nearby"
        figure.text(0.035, 0.889, how, fontsize=style.SMALL, color=style.FAINT, va="baseline")
    _draw_people(figure, run, now, labels or {})
    right = figure.add_gridspec(4, 1, left=0.665, right=0.965, top=0.925, bottom=0.075, hspace=0.62)
    panels = [figure.add_subplot(right[row]) for row in range(4)]
    series = run.tables["series"]
    _draw_series(panels[0], series, "lonely_days", "Lonely days a week", style.BLUE)
    _draw_series(panels[1], series, "share_lonely", "Share of people who are lonely", style.TEAL)
    _draw_turnover(panels[2], series)
    _draw_clustering(panels[3], run, [snapshot(run, day) for day in {days[0], days[-1]}])
    return figure


# --- the network ----------------------------------------------------------------------------


def _draw_people(figure: Figure, run: Recorded, now: Snapshot, labels: Mapping[int, str]) -> None:
    axes = figure.add_axes((0.02, 0.12, 0.6, 0.755))
    axes.set_axis_off()
    axes.set_aspect("equal")
    at = places(now)
    _draw_bonds(axes, now, at)
    close = _close_bonds(run, now)
    unit = _dot(now.n_agents)
    loneliness = now.agents["loneliness"].astype(float)
    lonely = loneliness >= run.params.observe.lonely_cut
    # the lonely are few: drawn last, they are not lost under the others
    order = np.argsort(loneliness, kind="stable")
    dots = axes.scatter(
        at[order, 0], at[order, 1], s=_sizes(close, unit)[order], c=loneliness[order],
        cmap=style.LONELINESS, vmin=0.0, vmax=run.params.observe.cut_3, zorder=3,
        edgecolors=[style.INK if lonely[k] else "white" for k in order],
        linewidths=(np.where(lonely[order], 1.6, 0.7) * min(1.0, unit / 40.0 + 0.35)).tolist(),
    )  # fmt: skip
    if now.n_agents <= NAMED:
        _draw_labels(axes, run, now, at, _sizes(close, unit), labels)
    # a little wider than the people need, so that no dot is cut
    margin = 0.1 if now.n_agents <= BY_BONDS else 0.03
    axes.set_xlim(at[:, 0].min() - margin, at[:, 0].max() + margin)
    axes.set_ylim(at[:, 1].min() - margin, at[:, 1].max() + margin)
    _draw_keys(figure, run, dots, unit)


def _draw_bonds(axes: Axes, now: Snapshot, at: Array) -> None:
    from matplotlib.collections import LineCollection

    strength = now.bonds["strength"].astype(float)
    ends = np.stack([at[now.i], at[now.j]], axis=1)
    crowd = now.n_agents > BY_BONDS
    length = np.hypot(*(ends[:, 0] - ends[:, 1]).T)
    drawn = np.flatnonzero(length < NEAR) if crowd else np.arange(now.i.size)
    drawn = drawn[np.argsort(-strength[drawn], kind="stable")[:MOST_BONDS]]
    ink = np.tile([0.36, 0.39, 0.47, 1.0], (drawn.size, 1))
    ink[:, 3] = (0.6 if crowd else 1.0) * (0.08 + 0.6 * strength[drawn] ** 1.5)
    width = (0.5 + 2.6 * strength[drawn] ** 2) * (0.5 if crowd else 1.0)
    lines = LineCollection(ends[drawn].tolist(), colors=ink, linewidths=width, zorder=1)
    axes.add_collection(lines)


def _close_bonds(run: Recorded, now: Snapshot) -> Array:
    """Number of others to whom each person is close."""
    cut = run.params.relate.close_cut
    number = np.zeros(now.n_agents, np.int64)
    for place, side in ((now.i, "ij"), (now.j, "ji")):
        number += np.bincount(place[now.bonds[f"closeness_{side}"] >= cut], minlength=now.n_agents)
    return number


def _dot(n_agents: int) -> float:
    """Area of a dot for one close bond [pt**2]; a crowd gets smaller dots."""
    return float(np.clip(14000.0 / n_agents, 2.5, 85.0))


def _sizes(close: Array, unit: float) -> Array:
    sizes: Array = unit * (1.0 + np.minimum(close, MOST_CLOSE))
    return sizes


def _draw_labels(
    axes: Axes, run: Recorded, now: Snapshot, at: Array, sizes: Array, labels: Mapping[int, str]
) -> None:
    from matplotlib.patheffects import withStroke

    middle = 0.55 * run.params.observe.cut_3
    halo = [withStroke(linewidth=2.2, foreground=style.PAPER)]
    for k, person in enumerate(now.agents["id"].tolist()):
        text = labels.get(person, str(person))
        inside = len(text) <= 2
        dark = inside and now.agents["loneliness"][k] > middle
        offset = 0.0 if inside else -(np.sqrt(sizes[k]) / 2 + 4.0)
        axes.annotate(
            text, at[k], xytext=(0.0, offset), textcoords="offset points", ha="center",
            va="center_baseline" if inside else "top", fontsize=8.0, zorder=4,
            color="white" if dark else style.INK, path_effects=[] if inside else halo,
        )  # fmt: skip


def _draw_keys(figure: Figure, run: Recorded, dots: Any, unit: float) -> None:
    """What colour, ring and size mean."""
    observe = run.params.observe
    bar = figure.colorbar(
        dots, cax=figure.add_axes((0.035, 0.078, 0.2, 0.016)), orientation="horizontal",
        extend="max",
    )  # fmt: skip
    bar.outline.set_visible(False)
    bar.set_ticks([0.0, observe.lonely_cut, observe.cut_3])
    bar.ax.tick_params(colors=style.FAINT, labelsize=style.SMALL, length=0)
    bar.ax.axvline(observe.lonely_cut, color="white", linewidth=1.6)
    bar.ax.set_title(
        f"Loneliness; ringed: lonely, from {observe.lonely_cut:g}", loc="left",
        fontsize=style.SMALL, color=style.INK, pad=7,
    )  # fmt: skip
    axes = figure.add_axes((0.29, 0.045, 0.32, 0.065))
    axes.set_axis_off()
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(0.0, 1.0)
    axes.text(
        0.0, 0.93, "Close bonds of the person", fontsize=style.SMALL, color=style.INK, va="center"
    )
    for k, number in enumerate((0, 2, 4, MOST_CLOSE)):
        x = 0.03 + 0.14 * k
        axes.scatter(
            [x], [0.42], s=_sizes(np.array([number]), unit), color="#dd7f64", edgecolors="white",
            linewidths=0.7, clip_on=False,
        )  # fmt: skip
        text = f"{number}" if number < MOST_CLOSE else f"{number}+"
        axes.text(
            x + 0.055, 0.42, text, fontsize=style.SMALL, color=style.FAINT, va="center_baseline"
        )


# --- the panels -----------------------------------------------------------------------------


def _draw_series(axes: Axes, series: Table, column: str, title: str, colour: str) -> None:
    field = SERIES[column]
    share = field.unit == "1"
    style.plain(axes, title, "%" if share else field.unit)
    days, values = series["day"], series[column] * (100.0 if share else 1.0)
    axes.plot(days, values, color=colour, linewidth=1.8, solid_capstyle="round")
    axes.fill_between(days, 0.0, values, color=colour, alpha=0.1, linewidth=0.0)
    axes.set_ylim(0.0, max(float(values.max()) * 1.25, 1e-9))
    _end(axes, days[-1], float(values[-1]), f"{values[-1]:.3g}", colour)
    _span(axes, days)


def _draw_turnover(axes: Axes, series: Table) -> None:
    style.plain(axes, "Bonds made and lost since the start", "bonds")
    days = series["day"]
    sums = [np.cumsum(sum(series[c] for c in columns)) for columns in (MADE, LOST)]
    top = max(float(np.max(sums)), 1.0)
    gap = 0.0 if abs(sums[0][-1] - sums[1][-1]) > 0.16 * top else 0.09 * top
    above = 1.0 if sums[0][-1] >= sums[1][-1] else -1.0
    for total, text, colour, side in zip(
        sums, ("made", "lost"), (style.BLUE, style.ORANGE), (above, -above), strict=True
    ):
        axes.step(days, total, where="post", color=colour, linewidth=1.8)
        _end(axes, days[-1], float(total[-1]), f"{total[-1]:,} {text}", colour, side * gap)
    axes.set_ylim(0.0, top * 1.25)
    _span(axes, days)
    axes.set_xlabel("day", fontsize=style.SMALL, color=style.FAINT, labelpad=2)


def _end(axes: Axes, x: float, y: float, text: str, colour: str, lift: float = 0.0) -> None:
    """The last value, written where its line ends."""
    axes.plot([x], [y], "o", color=colour, markersize=4.5, clip_on=False, zorder=4)
    axes.annotate(
        text, (x, y + lift), xytext=(8, 0), textcoords="offset points", color=colour,
        fontsize=style.SMALL, va="center", annotation_clip=False,
    )  # fmt: skip


def _span(axes: Axes, days: Array) -> None:
    """Room on the right for the last value."""
    length = max(int(days[-1] - days[0]), 1)
    axes.set_xlim(days[0] - 0.01 * length, days[-1] + 0.17 * length)
    axes.locator_params(axis="y", nbins=4)
    axes.set_xticks([x for x in axes.get_xticks() if days[0] <= x <= days[-1]])


def _draw_clustering(axes: Axes, run: Recorded, ends: list[Snapshot]) -> None:
    style.plain(axes, "Loneliness around lonely people", "% above chance")
    ends = sorted(ends, key=lambda end: end.day)
    tables = [clustering_of(run, end) for end in ends]
    last = tables[-1]
    distance = last["distance"]
    low, high = 100.0 * last["low"], 100.0 * last["high"]
    axes.axhline(0.0, color=style.FAINT, linewidth=0.9, zorder=2)
    axes.bar(
        distance, high - low, bottom=low, width=0.5, color="#c9ccd4", zorder=1,
        label="95 % of shuffles, last day",
    )  # fmt: skip
    for end, table in zip(ends, tables, strict=True):
        newest = end is ends[-1]
        axes.plot(
            distance + (0.0 if newest else -0.12), 100.0 * table["excess"], "o", zorder=3,
            markersize=7.5 if newest else 6.0, color=style.ORANGE,
            markerfacecolor=style.ORANGE if newest else style.PAPER, label=f"day {end.day}",
        )  # fmt: skip
    if np.isnan(last["excess"]).all():
        axes.annotate(
            f"day {ends[-1].day}: too few lonely people to tell", (0.995, 0.7), ha="right",
            xycoords="axes fraction", color=style.FAINT, fontsize=9.5,
        )  # fmt: skip
    axes.set_xticks(distance)
    axes.set_xlim(0.5, len(distance) + 0.5)
    seen = [100.0 * table["excess"] for table in tables]
    lowest, highest = _extent([*seen, low, high])
    room = 0.1 * (highest - lowest)
    # the legend stands above the highest point
    axes.set_ylim(lowest - room, highest + 3.5 * room)
    axes.locator_params(axis="y", nbins=4)
    axes.set_xlabel("degrees of separation", fontsize=style.SMALL, color=style.FAINT, labelpad=2)
    axes.legend(
        fontsize=9.5, frameon=False, loc="upper right", labelcolor=style.FAINT, ncols=3,
        handletextpad=0.3, columnspacing=1.1, borderaxespad=0.0, bbox_to_anchor=(1.0, 1.02),
    )  # fmt: skip


def _extent(columns: list[Array]) -> tuple[float, float]:
    """Lowest and highest of these numbers and 0, at least 10 apart."""
    known = np.concatenate(columns)
    known = np.append(known[~np.isnan(known)], 0.0)
    return float(known.min()), max(float(known.max()), float(known.min()) + 10.0)
