"""The picture of a calibration: what is known of the parameters, and how well the rows are met."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bondsim.causal.grid import value_word
from bondsim.figures import style
from bondsim.figures.analyses import headed, legend

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.causal.analysis import Found
    from bondsim.tables import Table

PARAMETERS, ROWS = 6, 16
"""Parameters and rows that find room on a page."""
FARTHEST = 4.0
"""Half-bands up to which rows are drawn; farther ones stand at the edge as arrows."""
BINS = 16
TOLD, LETTERS = 9, 16
"""Rows up to which each tells its band in numbers, and letters of a row's name."""
CHANCE = "#e3e0d6"


def draw(found: Found) -> Figure:
    """One page: marginals, pairs and the fit of the rows: 1600 x 1000 px."""
    plan = found.science["calibrate"]
    by_abc = plan["method"] == "abc"
    priors = tuple(Prior(path, **entry) for path, entry in plan["priors"].items())
    what = (
        "pale line: prior; bars: posterior"
        if by_abc
        else "distance over value; pairs: dark is near"
    )
    figure = headed("Calibration", found, f"{_told(found)}; {what}; ring: the best point")
    _corner(figure, found, priors[:PARAMETERS], by_abc)
    _rows(figure, found, by_abc)
    return figure


class Prior(NamedTuple):
    """A parameter's range, on which it is drawn: places in [0, 1] on its scale."""

    path: str
    low: float
    high: float
    scale: str

    def place(self, value: float) -> float:
        """Where on the range a value stands."""
        low, high, at = self.low, self.high, value
        if self.scale == "log":
            low, high, at = math.log(low), math.log(high), math.log(value)
        return (at - low) / (high - low)

    def value(self, place: float) -> float:
        """The value at a place."""
        if self.scale == "log":
            return float(self.low * (self.high / self.low) ** place)
        return self.low + place * (self.high - self.low)


def _told(found: Found) -> str:
    plan, tables = found.science["calibrate"], found.tables
    n = tables["simulations" if plan["method"] == "abc" else "trials"]["distance"].size
    left = len(plan["priors"]) - PARAMETERS
    more = f"; {left} more parameter{'' if left == 1 else 's'} in the tables" if left > 0 else ""
    return f"{plan['method']}, {n:,} points{more}"


# --- parameters --------------------------------------------------------------------------------


def _corner(figure: Figure, found: Found, priors: tuple[Prior, ...], by_abc: bool) -> None:
    """A panel for each parameter on the diagonal, and one for each pair below."""
    n = len(priors)
    grid = figure.add_gridspec(
        n, n, left=0.06, right=0.58, top=0.85, bottom=0.13, hspace=0.16, wspace=0.16
    )
    points = found.tables["posterior" if by_abc else "trials"]
    best = {p.path: float(found.tables["best"][p.path][0]) for p in priors}
    for k, prior in enumerate(priors):
        axes = figure.add_subplot(grid[k, k])
        _panel(axes)
        (_marginal if by_abc else _distances)(axes, points, prior, best[prior.path])
        _ends(axes, prior, "x")
        _name(axes, prior, k, n)
    for column, row in combinations(range(n), 2):
        axes = figure.add_subplot(grid[row, column])
        _panel(axes)
        _pair(axes, points, (priors[column], priors[row]), best, by_abc)
    for axes in figure.axes:
        _ticks(axes, n)


def _panel(axes: Axes) -> None:
    style.plain(axes, "", "")
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(True)
        axes.spines[side].set_color(style.LINE)


def _name(axes: Axes, prior: Prior, k: int, n: int) -> None:
    """The parameter's name over its panel; group and leaf on two lines where it is narrow."""
    group, _, leaf = prior.path.partition(".")
    fits = len(prior.path) * n <= 60
    text = prior.path if fits else f"{group}.\n{_broken(leaf, 60 // n)}"
    axes.annotate(
        text, (0.0, 1.0), xycoords="axes fraction", xytext=(2, 5), textcoords="offset points",
        fontsize=style.BODY if n < 5 else style.SMALL, color=style.INK, fontweight="bold",
        va="bottom", linespacing=1.1, annotation_clip=False,
    )  # fmt: skip
    axes.set_gid(f"parameter {k}")


def _broken(text: str, width: int) -> str:
    """A name on lines of at most `width` letters, cut after underscores and dots."""
    lines = [""]
    for part in text.replace("_", "_\0").replace(".", ".\0").split("\0"):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _marginal(axes: Axes, points: Table, prior: Prior, best: float) -> None:
    """The posterior's density on the prior's scale: 1 is the prior."""
    places = np.array([prior.place(float(value)) for value in points[prior.path]])
    weights = points["weight"] / points["weight"].sum()
    height, edges = np.histogram(places, BINS, (0.0, 1.0), weights=weights * BINS)
    axes.bar(edges[:-1], height, 1.0 / BINS, align="edge", color=style.BLUE, alpha=0.75)
    axes.hlines(1.0, 0.0, 1.0, color=style.FAINT, linewidth=1.2)
    top = max(1.35, float(height.max()) * 1.18)
    axes.plot([prior.place(best)], [0.94 * top], "o", **_ring())
    axes.set_ylim(0.0, top)
    axes.set_yticks([])


def _distances(axes: Axes, points: Table, prior: Prior, best: float) -> None:
    """Each point's distance over its value."""
    x = [prior.place(float(value)) for value in points[prior.path]]
    y = points["distance"]
    top = float(np.quantile(y, 0.9)) * 1.1
    axes.plot(x, np.minimum(y, top), "o", color=style.BLUE, markersize=3, alpha=0.5)
    axes.plot([prior.place(best)], [0.94 * top], "o", **_ring())
    axes.set_ylim(0.0, top)
    axes.set_yticks([])


def _pair(
    axes: Axes, points: Table, pair: tuple[Prior, Prior], best: dict[str, float], by_abc: bool
) -> None:
    x, y = (np.array([p.place(float(v)) for v in points[p.path]]) for p in pair)
    if by_abc:
        size = 2400.0 * points["weight"] / points["weight"].sum()
        axes.scatter(x, y, s=np.clip(size, 3.0, 90.0), color=style.BLUE, alpha=0.4, linewidths=0)
    else:
        near = np.argsort(-points["distance"], kind="stable")
        rank = np.empty(near.size)
        rank[near] = np.linspace(0.08, 0.95, near.size)
        axes.scatter(x[near], y[near], c=rank[near], cmap=style.LONELINESS, s=16, vmin=0, vmax=1,
                     linewidths=0)  # fmt: skip
    axes.plot(*([p.place(best[p.path])] for p in pair), "o", **_ring())
    for name, prior in zip("xy", pair, strict=True):
        _ends(axes, prior, name)


def _ring() -> dict[str, Any]:
    return {"color": style.ORANGE, "markersize": 9, "markerfacecolor": "none",
            "markeredgewidth": 2.0, "clip_on": False, "zorder": 5}  # fmt: skip


def _ends(axes: Axes, prior: Prior, side: str) -> None:
    """The ends of the prior and its middle as ticks."""
    getattr(axes, f"set_{side}lim")(-0.02, 1.02)
    places = (0.0, 0.5, 1.0)
    labels = [_tick(prior.value(place)) for place in places]
    getattr(axes, f"set_{side}ticks")(places, labels)


def _tick(value: float) -> str:
    """A number that is short, so that six panels have room for it."""
    text = value_word("", value)
    if len(text) < 6:
        return text
    short = f"{value:.2g}"
    if len(short) < 6 and "e" not in short:
        return short
    digits, _, exponent = f"{value:.1e}".partition("e")
    return f"{digits.removesuffix('.0')}e{int(exponent)}"


def _ticks(axes: Axes, n: int) -> None:
    """Values only at the left and the lower edge of the corner."""
    spec = axes.get_subplotspec()
    if spec is None:
        return
    row, column = spec.rowspan.start, spec.colspan.start
    if row < n - 1:
        axes.set_xticklabels([])
    if column > 0 or row == 0:
        axes.set_yticklabels([])
    _inward(axes.get_xticklabels(), "ha", ("left", "center", "right"))
    _inward(axes.get_yticklabels(), "va", ("bottom", "center", "top"))
    if n > 3:  # the middle would touch the ends
        for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
            for label in labels[1:2]:
                label.set_visible(False)


def _inward(labels: Any, side: str, words: tuple[str, ...]) -> None:
    """Ends of the axis written toward its middle, so that neighbours do not touch."""
    for label, word in zip(labels, words, strict=False):
        label.set(**{side: word})


# --- rows --------------------------------------------------------------------------------------


def _rows(figure: Figure, found: Found, by_abc: bool) -> None:
    """A line for each row, in half-bands: its band, and what was seen before and after."""
    every = found.tables["rows"]
    table = {name: column[:ROWS] for name, column in every.items()}
    n, left = table["row"].size, every["row"].size - table["row"].size
    axes = figure.add_axes((0.705, 0.13, 0.26, 0.68))
    more = f", {left} more in the tables" if left > 0 else ""
    style.plain(axes, f"Fit of the rows{more}", "")
    axes.grid(visible=False)
    axes.axvspan(-1.0, 1.0, color=CHANCE, linewidth=0, zorder=0)
    axes.axvline(0.0, color=style.FAINT, linewidth=0.9, zorder=1)
    for k in range(n):
        _seen(axes, table, k, "prior", style.FAINT, -0.17)
        if by_abc:
            _seen(axes, table, k, "posterior", style.BLUE, 0.17)
        _mark(axes, table["best_miss"][k], k, **_ring())
    axes.set_xlim(-FARTHEST - 0.25, FARTHEST + 0.25)
    axes.set_ylim(n - 0.4, -0.6)
    axes.set_yticks(range(n), [_label(table, k) for k in range(n)])
    axes.tick_params(axis="y", labelsize=style.SMALL, labelcolor=style.INK)
    axes.set_xticks(range(-int(FARTHEST), int(FARTHEST) + 1, 2))
    axes.set_xlabel("half-bands from the target", fontsize=style.SMALL, color=style.INK, labelpad=8)
    _legend(axes, by_abc)


def _label(table: Table, k: int) -> str:
    name = str(table["row"][k])
    name = name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"
    if table["row"].size > TOLD:
        return name
    low, high = (float(table[end][k]) for end in ("low", "high"))
    ends = f"{value_word('', low)} to {value_word('', high)}"
    if math.isinf(low) or math.isinf(high):
        ends = f"up to {value_word('', high)}" if math.isinf(low) else f"from {value_word('', low)}"
    return f"{name}\n{value_word('', float(table['target'][k]))} ({ends})"


def _seen(axes: Axes, table: Table, k: int, name: str, colour: str, shift: float) -> None:
    low, middle, high = (float(table[f"{name}_miss{end}"][k]) for end in ("_low", "", "_high"))
    if not np.isfinite([low, middle, high]).all():
        return
    ends = np.clip([low, high], -FARTHEST, FARTHEST)
    axes.hlines(k + shift, *ends, color=colour, linewidth=3.2, alpha=0.85, zorder=2)
    _mark(axes, middle, k + shift, color=colour, markersize=6.5, zorder=3)


def _mark(axes: Axes, miss: float, at: float, **options: Any) -> None:
    """A point, or an arrow at the edge where it lies beyond."""
    beyond = abs(miss) > FARTHEST
    sign = "o" if not beyond else ">" if miss > 0 else "<"
    axes.plot([np.clip(miss, -FARTHEST, FARTHEST)], [at], sign, **options)


def _legend(axes: Axes, by_abc: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    bar = {"linewidth": 3.2, "marker": "o", "markersize": 6.5}
    named: list[Any] = [Patch(color=CHANCE, label="band"),
                        Line2D([], [], color=style.FAINT, label="prior, 95 %", **bar)]  # type: ignore[arg-type]  # fmt: skip
    if by_abc:
        named.append(Line2D([], [], color=style.BLUE, label="posterior, 95 %", **bar))  # type: ignore[arg-type]
    ring = _ring() | {"clip_on": True}
    named.append(Line2D([], [], marker="o", linestyle="none", label="best point", **ring))
    legend(axes, handles=named, loc="lower left", bbox_to_anchor=(-0.02, 1.045), ncols=2,
           borderaxespad=0.0, handlelength=1.4, columnspacing=1.2)  # fmt: skip
