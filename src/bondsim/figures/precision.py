"""How many replicates: the half-width of an interval against their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim.figures import style
from bondsim.figures.analyses import legend, line
from bondsim.figures.factors import page_head

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.tables import Table


def precision(
    curve: Table, wanted: float, *, title: str, unit: str = "", told: str = "", pilot: int = 0
) -> Figure:
    """Half-width against the number of replicates, paired and unpaired, the advice marked.

    `curve`: of `study.precision.half_width_curve`; `wanted`: half-width, in units of the outcome;
    `pilot`: replicates that the curve is from.
    """
    figure = style.page()
    source = f"from a pilot of {pilot:,} replicates" if pilot else ""
    page_head(figure, title, "; ".join(part for part in (told, source) if part))
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
