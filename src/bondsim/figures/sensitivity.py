"""Pictures of sensitivity: screening, shares of variance, curves; a page for each outcome."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from bondsim.figures import style
from bondsim.figures.analyses import empty, line, where
from bondsim.figures.factors import (
    ROWS,
    UNCORRECTED,
    factor_rows,
    in_words,
    known_rows,
    legend_below,
    no_room,
    outcome_page,
    page_note,
    shortened,
)
from bondsim.figures.screening import screening

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.causal.analysis import Found
    from bondsim.tables import Table

PANELS, PAIRS = 24, 8
"""Factors that find room as small panels, and pairs of factors."""
PARTS = {
    "points": ("parameters", style.BLUE),
    "luck": ("luck, alike at all points", style.ORANGE),
    "both": ("luck that depends on the point", "#e3b58e"),
}
"""Parts of a run's variance, as they are called and drawn."""


def draw(found: Found) -> Figure:
    """The page of the first outcome."""
    return _of_outcome(found, found.science["sensitivity"]["outcomes"][0])


def further(found: Found) -> dict[str, Figure]:
    """The pages of the other outcomes."""
    others = found.science["sensitivity"]["outcomes"][1:]
    return {f"figure_{outcome}": _of_outcome(found, outcome) for outcome in others}


def _of_outcome(found: Found, outcome: str) -> Figure:
    science = found.science
    people = science["network"].get("n_agents")
    told = f"{people:,} people, " if people else ""
    told += f"{science['days']:,} days"
    page = {"screen": screening, "sobol": indices, "curves": curves}
    return page[science["sensitivity"]["method"]](found.tables, outcome, told=told)


def indices(tables: Mapping[str, Table], outcome: str, *, told: str = "") -> Figure:
    """Sobol: first and total order of each factor, and what of a run's variance is luck.

    `tables`: `indices`, `noise` and, if it is there, `pairs` of `sensitivity.sobol.decomposed`.
    """
    own = known_rows(where(tables["indices"], outcome=outcome), "total")
    noise = where(tables["noise"], outcome=outcome)
    figure = outcome_page(f"Shares of variance: {in_words(outcome)}", outcome, told, noise)
    left = figure.add_axes((0.265, 0.11, 0.32, 0.69))
    if own["path"].size:
        order = np.argsort(-own["total"], kind="stable")
        own = {name: column[order] for name, column in own.items()}
        title = "What each factor explains of the mean over luck" + no_room(own["path"].size, ROWS)
        factor_rows(left, title, own, ("total", "first"), (style.BLUE, style.TEAL),
              ("total: with others", "first: alone"))  # fmt: skip
        legend_below(left)
        n = int(own["base_points"].max())
        several = int(noise["replicates"][0]) > 1
        words = "every index is freed of replicate noise" if several else UNCORRECTED
        page_note(figure, f"{n:,} base points; bars: 95 %; {words}")
    else:
        empty(left, "the outcome does not vary with the parameters beyond its noise")
    pairs = tables.get("pairs")
    _variance(figure.add_axes((0.665, 0.66 if pairs else 0.5, 0.3, 0.07)), noise)
    if pairs:
        found = known_rows(where(pairs, outcome=outcome), "second")
        axes = figure.add_axes((0.8, 0.11, 0.165, 0.37))
        order = np.argsort(-np.abs(found["second"]), kind="stable")[:PAIRS]
        found = {name: column[order] for name, column in found.items()}
        found["path"] = np.array(
            [f"{a}\n{b}" for a, b in zip(found["path"], found["other"], strict=True)], np.str_
        )
        factor_rows(axes, "Pairs, beyond each alone", found, ("second",), (style.ORANGE,), ("",))
    return figure


def _variance(axes: Axes, noise: Table) -> None:
    """One bar: the parts of a single run's variance."""
    style.plain(axes, "Variance of a single run", "")
    axes.grid(visible=False)
    parts = np.array([max(float(noise[name][0]), 0.0) for name in PARTS])
    if not np.isfinite(parts).all() or parts.sum() == 0.0:
        axes.set_yticks([])
        axes.set_xticks([])
        axes.text(0.0, 0.5, "not known without replicates", transform=axes.transAxes, va="center",
                  fontsize=style.SMALL, color=style.FAINT)  # fmt: skip
        return
    shares = parts / parts.sum()
    start = 0.0
    for share, (name, colour) in zip(shares, PARTS.values(), strict=True):
        axes.barh(0.0, share, left=start, color=colour, height=0.8, label=f"{name}: {share:.0%}")
        start += share
    axes.set(xlim=(0.0, 1.0), yticks=[])
    axes.set_xticks([0.0, 0.5, 1.0], ["0", "half", "all"])
    axes.legend(fontsize=style.SMALL, frameon=False, labelcolor=style.INK, loc="upper left",
                bbox_to_anchor=(-0.02, -0.55), borderaxespad=0.0)  # fmt: skip


def curves(tables: Mapping[str, Table], outcome: str, *, told: str = "") -> Figure:
    """One factor at a time: a small panel each, the widest curves first, all on one scale.

    `tables`: `curves`, `slopes` and `noise` of `sensitivity.curves.curved`.
    """
    slopes = where(tables["slopes"], outcome=outcome)
    lines = where(tables["curves"], outcome=outcome)
    title, noise = f"One at a time: {in_words(outcome)}", where(tables["noise"], outcome=outcome)
    figure = outcome_page(title, outcome, told, noise)
    reach = [_width(where(lines, path=path)) for path in slopes["path"]]
    order = np.argsort(-np.array(reach), kind="stable")[:PANELS]
    columns = next(c for c in (3, 4, 6) if order.size <= (c if c == 3 else 2 * c if c == 4 else 24))
    rows = -(-order.size // columns)
    grid = figure.add_gridspec(
        rows, columns, left=0.05, right=0.965, top=0.79, bottom=0.1,
        hspace=0.75 if rows > 2 else 0.4, wspace=0.28,
    )  # fmt: skip
    width = {3: 48, 4: 34, 6: 22}[columns]
    drawn = []
    for k, which in enumerate(order):
        axes = figure.add_subplot(grid[k // columns, k % columns])
        _curve(axes, where(lines, path=slopes["path"][which]), width)
        drawn.append(axes)
    known = [axes.get_ylim() for axes in drawn]
    for axes in drawn:
        axes.set_ylim(min(low for low, _ in known), max(high for _, high in known))
    shown = no_room(slopes["path"].size, PANELS)
    page_note(figure, "pale: 95 % over replicates; dark: of the difference to the base point "
              f"(ring), within seeds{shown}")  # fmt: skip
    return figure


def _width(own: Table) -> float:
    mean = own["mean"][np.isfinite(own["mean"])]
    return float(np.ptp(mean)) if mean.size else 0.0


def _curve(axes: Axes, own: Table, width: int) -> None:
    path, is_base = str(own["path"][0]), own["is_base"].astype(bool)
    style.plain(axes, "", "")
    title = shortened(path, width)
    if len(path) > width and "." in path:
        group, _, rest = path.partition(".")
        title = f"{group}\n{shortened(rest, width + 4)}"
    axes.set_title(title, loc="left", fontsize=style.SMALL, color=style.INK, pad=6)
    x, middle = own["value"], float(own["mean"][is_base][0])
    line(axes, x, own["mean"], own["mean_low"], own["mean_high"], colour=style.BLUE, label=path)
    axes.fill_between(x, middle + own["difference_low"], middle + own["difference_high"],
                      color=style.BLUE, alpha=0.4, linewidth=0.0)  # fmt: skip
    axes.plot(x, own["mean"], "o", color=style.BLUE, markersize=3.5)
    axes.plot(x[is_base], own["mean"][is_base], "o", color=style.INK, markersize=7.5,
              markerfacecolor=style.PAPER, markeredgewidth=1.5)  # fmt: skip
    shown = [0, x.size - 1] if x.size > 1 else [0]
    axes.set_xticks(x[shown], [textwrap.shorten(str(own["label"][k]), 14, placeholder="…")
                               for k in shown])  # fmt: skip
    if x.size > 1:
        first, last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")
    axes.locator_params(axis="y", nbins=4)
    axes.margins(x=0.02, y=0.12)
