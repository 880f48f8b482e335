"""Pictures of sensitivity: screening, shares of variance, curves; and of how many replicates.

Each is a page for one outcome, from the tables of `bondsim.sensitivity` and `study.precision`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from bondsim.figures import style
from bondsim.figures.analyses import EXPLAINS, empty, legend, line, where
from bondsim.figures.labels import draw_labels
from bondsim.measures.registry import OUTCOMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.causal.analysis import Found
    from bondsim.state import Array
    from bondsim.tables import Table

ROWS, PANELS, PAIRS, LEAST_ROWS = 24, 24, 8, 8
"""Factors that find room as rows and as small panels, pairs of factors, and least rows of room."""
BARS = 12
"""Factors whose intervals are drawn in the cloud, the strongest."""
DOT = 7.0
"""Diameter of a dot [pt]."""
_UNCORRECTED = "with one replicate, noise counts as effect"
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
    n, people = science["replicates"], science["network"].get("n_agents")
    town = f"{people:,} people, " if people else ""
    told = f"{town}{n:,} replicate{'' if n == 1 else 's'}, {science['days']:,} days"
    page = {"screen": screening, "sobol": indices, "curves": curves}
    return page[science["sensitivity"]["method"]](found.tables, outcome, told=told)


def screening(tables: Mapping[str, Table], outcome: str, *, told: str = "") -> Figure:
    """Morris: size of the effect against its spread, and the factors in order of size.

    `tables`: `effects` and `noise` of `sensitivity.morris.screened`. `told`: the world, in words.
    """
    own = _known(where(tables["effects"], outcome=outcome), "mu_star")
    noise = where(tables["noise"], outcome=outcome)
    figure = _page(f"Screening: {_name(outcome)}", outcome, told, noise)
    if not own["path"].size:
        empty(figure.add_axes((0.05, 0.1, 0.9, 0.7)), "no trajectory of points is known")
        return figure
    order = np.argsort(-own["mu_star"], kind="stable")
    own = {name: column[order] for name, column in own.items()}
    n = int(own["trajectories"].max())
    axes = figure.add_axes((0.065, 0.11, 0.44, 0.69))
    level = "shaded: as far as noise alone leads" if np.isfinite(own["noise"]).any() else ""
    style.plain(axes, "Effect against its spread", level)
    _cloud(axes, own)
    ranked = figure.add_axes((0.71, 0.11, 0.255, 0.69))
    title = "Size of the effect" + _room(own["path"].size, ROWS)
    _rows(ranked, title, own, ("mu_star",), (style.BLUE,), ("size of the mean effect",))
    _noise_marks(ranked, own)
    legend(ranked, loc="lower right")
    noise_words = "the spread is freed of replicate noise" if level else _UNCORRECTED
    _note(figure, f"{n:,} trajectories; effects over a factor's whole range, within seeds; "
          f"bars: 95 %; {noise_words}")  # fmt: skip
    return figure


def _cloud(axes: Axes, own: Table) -> None:
    x, y = own["mu_star"], own["sigma"]
    axes.grid(visible=True, axis="x", color=style.LINE, linewidth=0.7, alpha=0.8)
    bars = {name: column[:BARS] for name, column in own.items()}
    axes.hlines(bars["sigma"], np.maximum(bars["mu_star_low"], 0.0), bars["mu_star_high"],
                color=style.BLUE, alpha=0.28, linewidth=1.1, zorder=1)  # fmt: skip
    axes.vlines(bars["mu_star"], np.maximum(bars["sigma_low"], 0.0), bars["sigma_high"],
                color=style.BLUE, alpha=0.28, linewidth=1.1, zorder=1)  # fmt: skip
    axes.plot(x, y, "o", color=style.BLUE, markersize=DOT, zorder=3, markeredgewidth=0.0)
    right, top = 1.3 * _largest(x), 1.12 * max(_largest(y), 0.25 * _largest(x))
    axes.set_xlim(-0.03 * right, right)
    axes.set_ylim(-0.05 * top, top)
    noise = own["noise"][np.isfinite(own["noise"])]
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


def _noise_marks(axes: Axes, own: Table) -> None:
    """What mu* would be of a factor that does nothing, on its row."""
    shown = own["noise"][:ROWS]
    rows = np.flatnonzero(np.isfinite(shown))
    if rows.size:
        axes.vlines(shown[rows], rows - 0.32, rows + 0.32, color=style.ORANGE, linewidth=2.0,
                    label="by noise alone")  # fmt: skip


def indices(tables: Mapping[str, Table], outcome: str, *, told: str = "") -> Figure:
    """Sobol: first and total order of each factor, and what of a run's variance is luck.

    `tables`: `indices`, `noise` and, if it is there, `pairs` of `sensitivity.sobol.decomposed`.
    """
    own = _known(where(tables["indices"], outcome=outcome), "total")
    noise = where(tables["noise"], outcome=outcome)
    figure = _page(f"Shares of variance: {_name(outcome)}", outcome, told, noise)
    left = figure.add_axes((0.265, 0.11, 0.32, 0.69))
    if own["path"].size:
        order = np.argsort(-own["total"], kind="stable")
        own = {name: column[order] for name, column in own.items()}
        title = "What each factor explains of the mean over luck" + _room(own["path"].size, ROWS)
        _rows(left, title, own, ("total", "first"), (style.BLUE, style.TEAL),
              ("total: with others", "first: alone"))  # fmt: skip
        legend(left, loc="lower right")
        n = int(own["base_points"].max())
        several = int(noise["replicates"][0]) > 1
        words = "every index is freed of replicate noise" if several else _UNCORRECTED
        _note(figure, f"{n:,} base points; bars: 95 %; {words}")
    else:
        empty(left, "the outcome does not vary with the parameters beyond its noise")
    pairs = tables.get("pairs")
    _variance(figure.add_axes((0.665, 0.66 if pairs else 0.5, 0.3, 0.07)), noise)
    if pairs:
        found = _known(where(pairs, outcome=outcome), "second")
        axes = figure.add_axes((0.8, 0.11, 0.165, 0.37))
        order = np.argsort(-np.abs(found["second"]), kind="stable")[:PAIRS]
        found = {name: column[order] for name, column in found.items()}
        found["path"] = np.array(
            [f"{a}\n{b}" for a, b in zip(found["path"], found["other"], strict=True)], np.str_
        )
        _rows(axes, "Pairs, beyond each alone", found, ("second",), (style.ORANGE,), ("",))
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
    figure = _page(
        f"One at a time: {_name(outcome)}", outcome, told, where(tables["noise"], outcome=outcome)
    )
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
    shown = _room(slopes["path"].size, PANELS)
    _note(figure, "pale: 95 % over replicates; dark: of the difference to the base point (ring), "
          f"within seeds{shown}")  # fmt: skip
    return figure


def _width(own: Table) -> float:
    mean = own["mean"][np.isfinite(own["mean"])]
    return float(np.ptp(mean)) if mean.size else 0.0


def _curve(axes: Axes, own: Table, width: int) -> None:
    path, is_base = str(own["path"][0]), own["is_base"].astype(bool)
    style.plain(axes, "", "")
    title = _path(path, width)
    if len(path) > width and "." in path:
        group, _, rest = path.partition(".")
        title = f"{group}\n{_path(rest, width + 4)}"
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


def precision(
    curve: Table, wanted: float, *, title: str, unit: str = "", told: str = "", pilot: int = 0
) -> Figure:
    """Half-width against the number of replicates, paired and unpaired, the advice marked.

    `curve`: of `study.precision.half_width_curve`; `wanted`: half-width, in units of the outcome;
    `pilot`: replicates that the curve is from.
    """
    figure = style.page()
    source = f"from a pilot of {pilot:,} replicates" if pilot else ""
    _head(figure, title, "; ".join(part for part in (told, source) if part))
    axes = figure.add_axes((0.075, 0.12, 0.89, 0.72))
    style.plain(axes, "Half-width of the 95 % interval", unit)
    n = curve["n"]
    one = not np.isfinite(curve["unpaired"]).any()
    name = "mean" if one else "difference, same seeds"
    line(axes, n, curve["paired"], curve["paired_low"], curve["paired_high"], colour=style.BLUE,
         label=f"{name} (band: the pilot's own uncertainty)")  # fmt: skip
    advised = [("paired", style.BLUE)]
    if not one:
        axes.plot(n, curve["unpaired"], color=style.ORANGE, linewidth=1.8,
                  label="difference, other seeds in each arm")  # fmt: skip
        advised.append(("unpaired", style.ORANGE))
    axes.axhline(wanted, color=style.INK, linewidth=1.2, linestyle=(0, (5, 4)), label="wanted")
    axes.set(xscale="log", yscale="log", xlim=(float(n.min()), float(n.max())))
    known = np.concatenate([curve[name][np.isfinite(curve[name])]
                            for name in ("paired_low", "paired_high", "unpaired")])  # fmt: skip
    known = known[known > 0.0]
    axes.set_ylim(0.8 * min(known.min(initial=wanted), wanted), 1.25 * known.max(initial=wanted))
    for k, (column, colour) in enumerate(advised):
        _advice(axes, curve, column, wanted, colour, 8 + 20 * k)
    _plain_numbers(axes)
    axes.set_xlabel("replicates", fontsize=style.BODY, color=style.INK)
    legend(axes, loc="upper right")
    return figure


def _advice(
    axes: Axes, curve: Table, column: str, wanted: float, colour: str, above: int
) -> None:  # fmt: skip
    """A drop from the wish to the axis where a line first reaches it, with its number."""
    at = _first(curve, column, wanted)
    if not np.isfinite(at):
        return
    ends = [_first(curve, f"{column}{end}", wanted) for end in ("_low", "_high")]
    most = f"{ends[1]:,.0f}" if np.isfinite(ends[1]) else "more"
    sure = f" ({ends[0]:,.0f} to {most})" if np.isfinite(ends[0]) else ""
    axes.plot([at], [wanted], "o", color=colour, markersize=9, zorder=4)
    low, high = np.log(axes.get_ylim())
    axes.axvline(at, ymax=float((np.log(wanted) - low) / (high - low)), color=colour, alpha=0.6,
                 linewidth=1.0)  # fmt: skip
    axes.annotate(
        f"{at:,.0f}{sure}", (at, 0.0), xycoords=("data", "axes fraction"), xytext=(6, above),
        textcoords="offset points", fontsize=style.BODY, color=colour, fontweight="bold",
    )  # fmt: skip


def _first(curve: Table, column: str, wanted: float) -> float:
    """The first number of replicates with a half-width as wanted; NaN where none is."""
    enough = np.flatnonzero(curve[column] <= wanted) if column in curve else np.empty(0)
    return float(curve["n"][enough[0]]) if enough.size else np.nan


def _plain_numbers(axes: Axes) -> None:
    """Ticks of the two logarithmic axes as people write numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(10, subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
        axis.set_minor_formatter(NullFormatter())
    axes.tick_params(which="both", length=0)


# --- shared ------------------------------------------------------------------------------------


def _page(title: str, outcome: str, told: str, noise: Table) -> Figure:
    figure = style.page()
    meaning = OUTCOMES[outcome].meaning if outcome in OUTCOMES else ""
    meaning = "" if meaning == _name(outcome) else meaning
    n = int(noise["replicates"][0])
    share = float(noise["noise_share"][0])
    luck = f"; {share:.0%} of a single run's variance is luck" if np.isfinite(share) else ""
    worlds = f"{n:,} replicate{'' if n == 1 else 's'} at every point, on the same seeds{luck}"
    _head(figure, title, "; ".join(part for part in (meaning, told, worlds) if part))
    return figure


def _head(figure: Figure, title: str, told: str) -> None:
    figure.text(0.035, 0.943, title, fontsize=style.TITLE, color=style.INK, fontweight="bold",
                va="baseline")  # fmt: skip
    figure.text(0.035, 0.912, textwrap.shorten(told, 168, placeholder=" …"), fontsize=13,
                color=style.FAINT, va="baseline")  # fmt: skip
    figure.text(0.965, 0.943, EXPLAINS, fontsize=style.SMALL, color=style.FAINT, ha="right")


def _note(figure: Figure, text: str) -> None:
    figure.text(0.035, 0.884, text, fontsize=13, color=style.FAINT, va="baseline")


def _rows(
    axes: Axes, title: str, own: Table, names: tuple[str, ...], colours: tuple[str, ...],
    labels: tuple[str, ...],
) -> None:  # fmt: skip
    """A row for each factor, from the first on, a point with its interval for each column."""
    style.plain(axes, title, "")
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color=style.LINE, linewidth=0.7, alpha=0.8)
    paths = [str(path) for path in own["path"][:ROWS]]
    rows = np.arange(len(paths))
    apart = 0.0 if len(names) == 1 else 0.18
    for k, (name, colour, label) in enumerate(zip(names, colours, labels, strict=True)):
        at = rows + (2 * k - 1) * apart
        low, high = (own[f"{name}_{end}"][:ROWS] for end in ("low", "high"))
        axes.hlines(at, low, high, color=colour, linewidth=1.6, alpha=0.75)
        axes.plot(own[name][:ROWS], at, "o", color=colour, markersize=6, label=label,
                  markerfacecolor=style.PAPER if k else colour)  # fmt: skip
    axes.axvline(0.0, color=style.FAINT, linewidth=0.9, zorder=0)
    size = style.SMALL if len(paths) <= ROWS and "\n" not in "".join(paths) else 8.5
    axes.set_yticks(rows, [_path(path, 34) if "\n" not in path else path for path in paths])
    axes.tick_params(axis="y", labelsize=size, labelcolor=style.INK)
    axes.set_ylim(max(len(paths), LEAST_ROWS) - 0.4, -0.6)
    axes.margins(x=0.06)
    axes.locator_params(axis="x", nbins=6)


def _known(table: Table, name: str) -> Table:
    """The rows in which a column is known."""
    known = np.isfinite(table[name])
    return {column: values[known] for column, values in table.items()}


def _largest(values: Array) -> float:
    found = float(np.max(np.abs(values))) if values.size else 0.0
    return found or 1.0


def _room(n: int, most: int) -> str:
    """What is said of factors that find no room."""
    return f" ({n - most} more in the table)" if n > most else ""


def _path(path: str, width: int) -> str:
    """A path, its end where all of it does not fit: the end says which it is."""
    return path if len(path) <= width else "…" + path[-(width - 1) :]


def _name(outcome: str) -> str:
    return outcome.replace("_", " ")
