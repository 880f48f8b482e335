"""The picture of a response: intervals at one point, lines over one parameter, maps over two."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from bondsim.causal.grid import ALL_CHANNELS, GridPlan, parameter_words, value_word
from bondsim.figures import style
from bondsim.figures.analyses import headed, line, point, where
from bondsim.measures.registry import OUTCOMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.causal.analysis import Found
    from bondsim.state import Array
    from bondsim.tables import Table

PANELS, MAPS = 12, 4
"""Outcomes that find room on a page as lines, and as maps."""
WRITTEN = 12
"""Values on a side of a map up to which its numbers are written in."""
TICKS = 10
"""Most values that are named below a panel."""
CHANCE = "#e3e0d6"


def draw(found: Found) -> Figure:
    """One page: what was seen without a parameter, with one, or with two."""
    plan = GridPlan(**found.science["grid"])
    return (_intervals, _lines, _maps)[len(plan.axes)](found, plan)


def _told(found: Found) -> str:
    return "through a survey" if found.science["look"]["at"] == "survey" else "worlds as they are"


def _meaning(name: str, width: int) -> str:
    """What an outcome says, and its unit."""
    outcome = OUTCOMES[name]
    unit = "" if outcome.unit == "1" else f" [{outcome.unit}]"
    same = outcome.meaning == name.replace("_", " ")
    return _wrapped(f"{'' if same else outcome.meaning}{unit}", width)


def _room(plan: GridPlan, most: int) -> str:
    """What is said of outcomes that find no room."""
    left = len(plan.outcomes) - most
    return f"; {left} more outcome{'' if left == 1 else 's'} in points.parquet" if left > 0 else ""


def _leaf(path: str) -> str:
    """A parameter's name without its group."""
    return path.partition(".")[2] or path


def _axis_label(path: str, found: Found) -> str:
    """Name, meaning and unit of a parameter."""
    doc, unit = parameter_words(path, str(found.science["network"]["source"]))
    return f"{path}: {doc}" + ("" if unit == "1" else f" [{unit}]")


# --- one point ---------------------------------------------------------------------------------


def _intervals(found: Found, plan: GridPlan) -> Figure:
    """A panel for each unit, a row for each outcome."""
    figure = headed(
        "Outcomes", found,
        f"{_told(found)}; bars: 95 % over replicates; grey: the middle 95 % by chance in one world",
    )  # fmt: skip
    # what has a unit of its own has a scale of its own
    units: dict[str, list[str]] = {}
    for name in plan.outcomes:
        units.setdefault(OUTCOMES[name].unit, []).append(name)
    grid = figure.add_gridspec(
        len(units), 1, left=0.3, right=0.93, top=0.85, bottom=0.085, hspace=0.7,
        height_ratios=[len(names) + 0.5 for names in units.values()],
    )  # fmt: skip
    for row, (unit, names) in enumerate(units.items()):
        _rows(figure.add_subplot(grid[row, 0]), found.tables["points"], names, unit)
    return figure


def _rows(axes: Axes, points: Table, names: list[str], unit: str) -> None:
    style.plain(axes, "", "" if unit == "1" else unit)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color=style.LINE, linewidth=0.7, alpha=0.8)
    for row, name in enumerate(names):
        own = where(points, outcome=name)
        axes.fill_betweenx(
            [row - 0.3, row + 0.3], own["chance_low"], own["chance_high"], color=CHANCE, linewidth=0
        )
        axes.hlines(row, own["mean_low"], own["mean_high"], color=style.BLUE, linewidth=2.2)
        axes.plot(own["mean"], [row], "o", color=style.BLUE, markersize=7)
        if np.isfinite(own["mean"][0]):
            axes.annotate(
                _number(own["mean"][0]), (1.0, row), xycoords=("axes fraction", "data"),
                xytext=(8, 0), textcoords="offset points", va="center", fontsize=style.SMALL,
                color=style.INK,
            )  # fmt: skip
    labels = [f"{name.replace('_', ' ')}\n{_wrapped(OUTCOMES[name].meaning, 54)}" for name in names]
    axes.set_yticks(range(len(names)), labels)
    axes.set_ylim(len(names) - 0.5, -0.5)
    known = [points[column][np.isin(points["outcome"], names)]
             for column in ("mean_low", "mean_high", "chance_low", "chance_high")]  # fmt: skip
    if unit == "1" and np.nanmin(np.concatenate([*known, [0.0]])) < 0.0:
        axes.axvline(0.0, color=style.FAINT, linewidth=0.9)
    axes.margins(x=0.06)


# --- one parameter -----------------------------------------------------------------------------


def _lines(found: Found, plan: GridPlan) -> Figure:
    ((path, _),) = plan.axes
    points, names = found.tables["points"], plan.outcomes[:PANELS]
    banded = np.isfinite(points["chance_low"]).any()
    pale, dark = ("thin bars", "thick") if _few(path) else ("pale bands", "dark")
    figure = headed(
        f"Response to {path}", found,
        f"{_told(found)}, the same seeds at every point{_room(plan, PANELS)}",
    )  # fmt: skip
    bands = f"{pale}: 95 % over replicates; {dark}: of the difference to the first point"
    grey = "; grey: middle 95 % by chance in one world" if banded else ""
    figure.text(0.035, 0.884, bands + grey, fontsize=13, color=style.FAINT, va="baseline")
    columns = len(names) if len(names) <= 3 else 2 if len(names) == 4 else 3
    columns = 4 if len(names) > 9 else columns
    rows = -(-len(names) // columns)
    grid = figure.add_gridspec(
        rows, columns, left=0.05, right=0.965, top=0.79 if rows > 1 else 0.74, bottom=0.115,
        hspace=0.62, wspace=0.24,
    )  # fmt: skip
    drawn = []
    for k, name in enumerate(names):
        axes = figure.add_subplot(grid[k // columns, k % columns])
        _panel(axes, where(points, outcome=name), path, name, 175 // columns)
        drawn.append(axes)
    _share_scale(drawn, points, names)
    figure.text(
        0.5, 0.045, _axis_label(path, found), fontsize=style.BODY, color=style.INK, ha="center"
    )
    return figure


def _few(path: str) -> bool:
    """Whether a parameter is a switch, between whose ends there is nothing."""
    return path.split(".")[0] == ALL_CHANNELS


def _panel(axes: Axes, own: Table, path: str, name: str, width: int) -> None:
    style.plain(axes, "", "")
    _headed(axes, name.replace("_", " "), _meaning(name, width))
    x = own["x"]
    if np.isfinite(own["chance_low"]).any():
        if _few(path):
            for at, low, high in zip(x, own["chance_low"], own["chance_high"], strict=True):
                axes.fill_between([at - 0.2, at + 0.2], low, high, color=CHANCE, linewidth=0)
        else:
            axes.fill_between(x, own["chance_low"], own["chance_high"], color=CHANCE, linewidth=0)
        axes.axhline(0.0, color=style.FAINT, linewidth=0.9)
    order = np.argsort(x, kind="stable")
    ends = tuple(own[f"mean{end}"][order] for end in ("", "_low", "_high"))
    moved = tuple(own["mean"][0] + own[f"difference_{end}"][order] for end in ("low", "high"))
    if _few(path):
        point(axes, x[order], *ends, colour=style.BLUE)
        axes.vlines(x[order], *moved, color=style.BLUE, linewidth=7.0, alpha=0.45)
        axes.set_xlim(-0.5, 1.5)
    else:
        line(axes, x[order], *ends, colour=style.BLUE, label=name)
        axes.fill_between(x[order], *moved, color=style.BLUE, alpha=0.45, linewidth=0.0)
        axes.plot(x[order], ends[0], "o", color=style.BLUE, markersize=5)
        axes.margins(x=0.04)
    shown = np.sort(x)[:: -(-x.size // TICKS)]
    axes.set_xticks(shown, [value_word(path, float(value)) for value in shown])
    axes.margins(y=0.18)


def _headed(axes: Axes, name: str, meaning: str) -> None:
    """A panel's name, and below it what it means."""
    lines = meaning.count("\n") + 1  # one is left free where it says nothing new
    axes.set_title("", loc="left")
    axes.annotate(
        meaning, (0.0, 1.0), xycoords="axes fraction", xytext=(0, 9), textcoords="offset points",
        fontsize=style.SMALL, color=style.FAINT, va="bottom", linespacing=1.25,
    )  # fmt: skip
    axes.annotate(
        name, (0.0, 1.0), xycoords="axes fraction", xytext=(0, 12 + 14.5 * lines),
        textcoords="offset points", fontsize=style.BODY, color=style.INK, fontweight="bold",
        va="bottom",
    )  # fmt: skip


def _share_scale(drawn: list[Axes], points: Table, names: tuple[str, ...]) -> None:
    """One scale for outcomes of one measure that have a band of chance, to compare them by eye."""
    groups: dict[str, list[Axes]] = {}
    for axes, name in zip(drawn, names, strict=True):
        if np.isfinite(where(points, outcome=name)["chance_low"]).any():
            groups.setdefault(OUTCOMES[name].measure, []).append(axes)
    for group in groups.values():
        ends = [axes.get_ylim() for axes in group]
        for axes in group:
            axes.set_ylim(min(low for low, _ in ends), max(high for _, high in ends))


# --- two parameters ----------------------------------------------------------------------------


def _maps(found: Found, plan: GridPlan) -> Figure:
    (x, _), (y, _) = plan.axes
    names = plan.outcomes[:MAPS]
    figure = headed(
        f"Response to {_leaf(x)} and {_leaf(y)}", found,
        f"{_told(found)}, the same seeds at every point{_room(plan, MAPS)}",
    )  # fmt: skip
    first = plan.points[0]
    star = (
        "means over replicates; *: the 95 % interval of its difference to "
        f"{_leaf(x)} {value_word(x, first[0])}, {_leaf(y)} {value_word(y, first[1])} leaves 0 out"
    )
    figure.text(0.035, 0.884, star, fontsize=13, color=style.FAINT, va="baseline")
    columns = 1 if len(names) == 1 else 2
    rows = -(-len(names) // columns)
    grid = figure.add_gridspec(
        rows, columns, left=0.075, right=0.965, top=0.8, bottom=0.12, hspace=0.5, wspace=0.2
    )
    for k, name in enumerate(names):
        axes = figure.add_subplot(grid[k // columns, k % columns])
        _map(axes, where(found.tables["points"], outcome=name), plan, name, 175 // columns)
    figure.text(0.52, 0.045, _axis_label(x, found), fontsize=style.BODY, color=style.INK,
                ha="center")  # fmt: skip
    figure.text(0.018, 0.46, _axis_label(y, found), fontsize=style.BODY, color=style.INK,
                ha="left", va="center", rotation=90)  # fmt: skip
    return figure


def _map(axes: Axes, own: Table, plan: GridPlan, name: str, width: int) -> None:
    """A cell for each point, evenly spaced, smallest values at the lower left."""
    (x, x_values), (y, y_values) = plan.axes
    style.plain(axes, "", "")
    _headed(axes, name.replace("_", " "), _meaning(name, width))
    axes.grid(visible=False)
    shape = (len(y_values), len(x_values))
    down, right = np.argsort(y_values, kind="stable"), np.argsort(x_values, kind="stable")
    cells = own["mean"].reshape(shape)[np.ix_(down, right)]
    low, high = _scale(cells, own)
    image = axes.pcolormesh(
        cells, cmap=style.LONELINESS, vmin=low, vmax=high, edgecolors=style.PAPER, linewidth=1.0
    )
    for ticks, path, values, order in (
        (axes.set_xticks, x, x_values, right), (axes.set_yticks, y, y_values, down),
    ):  # fmt: skip
        step = -(-len(values) // TICKS) if len(values) > WRITTEN else 1
        shown = order[::step]
        ticks(np.arange(len(values))[::step] + 0.5, [value_word(path, values[k]) for k in shown])
    if max(shape) <= WRITTEN:
        differs = (own["difference_low"] > 0.0) | (own["difference_high"] < 0.0)
        _written(axes, cells, differs.reshape(shape)[np.ix_(down, right)], (low, high))
    else:
        bar = axes.figure.colorbar(image, ax=axes, pad=0.02)
        bar.outline.set_visible(False)
        bar.ax.tick_params(colors=style.FAINT, labelsize=style.SMALL, length=0)


def _scale(cells: Array, own: Table) -> tuple[float, float]:
    """The ends of the colours: of the means, but at least as wide as their differences are vague.

    So a map of luck alone stays even.
    """
    known = cells[np.isfinite(cells)]
    if known.size == 0:
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    vague = own["difference_high"] - own["difference_low"]
    vague = vague[np.isfinite(vague) & (vague > 0.0)]
    width = max(high - low, float(np.median(vague)) if vague.size else 0.0)
    return low, low + (width or 1.0)


def _written(axes: Axes, cells: Array, differs: Array, ends: tuple[float, float]) -> None:
    """Each cell's number, dark on pale and pale on dark, with a star where it differs."""
    low, high = ends
    digits = int(np.clip(np.ceil(-np.log10((high - low) / 20.0)), 0, 5))
    for row, column in np.ndindex(cells.shape):
        value = float(cells[row, column])
        known = np.isfinite(value)
        text = f"{value:,.{digits}f}{'*' if differs[row, column] else ''}" if known else "none"
        dark = known and (value - low) / (high - low) > 0.45
        axes.text(
            column + 0.5, row + 0.5, text, ha="center", va="center",
            fontsize=style.SMALL, color=style.PAPER if dark else style.INK,
        )  # fmt: skip


def _wrapped(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width))


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
