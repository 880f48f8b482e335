"""What pages of studied parameters share: their head, and a row for each parameter."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from bondsim.figures import style
from bondsim.figures.analyses import EXPLAINS, legend
from bondsim.measures.registry import OUTCOMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.state import Array
    from bondsim.tables import Table

ROWS, LEAST_ROWS = 24, 8
"""Factors that find room as rows, and least rows of room."""
UNCORRECTED = "with one replicate, noise counts as effect"


def outcome_page(title: str, outcome: str, told: str, noise: Table) -> Figure:
    """An empty page with its head: what the outcome is, the world, and what of it is luck."""
    figure = style.page()
    meaning = OUTCOMES[outcome].meaning if outcome in OUTCOMES else ""
    meaning = "" if meaning == in_words(outcome) else meaning
    n = int(noise["replicates"][0])
    share = float(noise["noise_share"][0])
    luck = f"; {share:.0%} of a single run's variance is luck" if np.isfinite(share) else ""
    worlds = f"{n:,} replicate{'' if n == 1 else 's'} at every point, on the same seeds{luck}"
    page_head(figure, title, "; ".join(part for part in (meaning, told, worlds) if part))
    return figure


def page_head(figure: Figure, title: str, told: str) -> None:
    """Title, what was done, and what it explains."""
    figure.text(0.035, 0.943, title, fontsize=style.TITLE, color=style.INK, fontweight="bold",
                va="baseline")  # fmt: skip
    figure.text(0.035, 0.912, textwrap.shorten(told, 168, placeholder=" …"), fontsize=13,
                color=style.FAINT, va="baseline")  # fmt: skip
    figure.text(0.965, 0.943, EXPLAINS, fontsize=style.SMALL, color=style.FAINT, ha="right")


def page_note(figure: Figure, text: str) -> None:
    """How to read the page, in a line below its head."""
    figure.text(0.035, 0.884, text, fontsize=13, color=style.FAINT, va="baseline")


def factor_rows(
    axes: Axes, title: str, own: Table, names: tuple[str, ...], colours: tuple[str, ...],
    labels: tuple[str, ...], hollow: Array | None = None,
) -> None:  # fmt: skip
    """A row for each factor, from the first on, a point with its interval for each column.

    `hollow`: of which factors the point is hollow, bool (n,); None: of none.
    """
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
        lost = hollow[:ROWS] if hollow is not None else np.full(rows.size, k > 0)
        x, named = own[name][:ROWS], label
        for which, face in ((~lost, colour), (lost, style.PAPER)):
            if which.any():
                axes.plot(x[which], at[which], "o", color=colour, markersize=6, label=named,
                          markerfacecolor=face)  # fmt: skip
                named = "_"  # told once
    axes.axvline(0.0, color=style.FAINT, linewidth=0.9, zorder=0)
    size = style.SMALL if len(paths) <= ROWS and "\n" not in "".join(paths) else 8.5
    axes.set_yticks(rows, [shortened(path, 34) if "\n" not in path else path for path in paths])
    axes.tick_params(axis="y", labelsize=size, labelcolor=style.INK)
    axes.set_ylim(max(len(paths), LEAST_ROWS) - 0.4, -0.6)
    axes.margins(x=0.06)
    axes.locator_params(axis="x", nbins=6)


def legend_below(axes: Axes) -> None:
    """The names of what rows show, below the axis: within it some row is always in the way."""
    legend(axes, loc="upper right", bbox_to_anchor=(1.02, -0.04), ncols=2, borderaxespad=0.0,
           columnspacing=1.4)  # fmt: skip


def known_rows(table: Table, name: str) -> Table:
    """The rows in which a column is known."""
    known = np.isfinite(table[name])
    return {column: values[known] for column, values in table.items()}


def largest(values: Array) -> float:
    """The largest size, 1 where there is none."""
    found = float(np.max(np.abs(values))) if values.size else 0.0
    return found or 1.0


def no_room(n: int, most: int) -> str:
    """What is said of factors that find no room."""
    return f" ({n - most} more in the table)" if n > most else ""


def shortened(path: str, width: int) -> str:
    """A path, its end where all of it does not fit: the end says which it is."""
    return path if len(path) <= width else "…" + path[-(width - 1) :]


def in_words(outcome: str) -> str:
    """An outcome's name as people write it."""
    return outcome.replace("_", " ")
