"""The picture of a scorecard: each row's band, all drawn to one width, and where the model is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.figures import style
from bondsim.figures.analyses import headed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.causal.analysis import Found
    from bondsim.state import Array
    from bondsim.tables import Table

EDGE = 4.0
"""Half widths of the band from its middle at which what lies further is drawn."""
COLOURS = {"hit": style.TEAL, "miss": style.ORANGE}
MARKS = {"K": "o", "V": "D", "N": "s"}
WORDS = {"K": "used to fit", "V": "held out", "N": "negative control"}
LONGEST = 58
"""Letters of a statistic that fit beside its band."""
LEFT, WIDTH = (0.32, 0.815), 0.135
"""Where the two columns of bands begin, and how wide they are."""


def draw(found: Found) -> Figure:
    """Two columns of rows in the order of the table: 1600 x 1000 px."""
    card = found.tables["scorecard"]
    figure = headed(
        "What the world says, and what the model says", found,
        "grey: the band that counts as a hit; bars: 95 % over replicates",
    )  # fmt: skip
    rows = card["row"].size
    half = -(-rows // 2) if rows > 12 else rows
    parts = [np.arange(half), np.arange(half, rows)]
    for column, part in enumerate(parts):
        axes = figure.add_axes((LEFT[column], 0.06, WIDTH, 0.815))
        if part.size:
            _column(axes, {name: values[part] for name, values in card.items()}, half)
        else:
            axes.set_axis_off()
    _legend(figure)
    return figure


def _column(axes: Axes, card: Table, rows: int) -> None:
    style.plain(axes, "", "")
    axes.grid(visible=False)
    axes.set_xlim(-EDGE - 0.35, EDGE + 0.35)
    axes.set_ylim(rows - 0.3, -0.9)
    axes.axvspan(-1.0, 1.0, color=style.LINE, alpha=0.75, linewidth=0.0)
    axes.axvline(0.0, color=style.PAPER, linewidth=1.0)
    for k in range(card["row"].size):
        axes.axhline(k + 0.5, color=style.LINE, linewidth=0.5)
        _row(axes, card, k)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.text(-EDGE - 0.55, -0.75, "statistic: band", **_text("right", style.FAINT))
    axes.text(EDGE + 0.45, -0.75, "model", **_text("left", style.FAINT))


def _row(axes: Axes, card: Table, k: int) -> None:
    said = str(card["verdict"][k])
    colour = COLOURS.get(said, style.FAINT)
    name, words = str(card["row"][k]), _short(str(card["statistic"][k]))
    band = f"{_number(card['band_low'][k])} to {_number(card['band_high'][k])}"
    ink = style.INK if said in COLOURS else style.FAINT
    axes.text(-EDGE - 0.55, k, f"{words}: {band}  {name}", **_text("right", ink))
    if said not in COLOURS:
        axes.text(0.0, k, said, **_text("center", style.FAINT))
        return
    at, low, high = (float(x) for x in _in_band(card, k))
    if np.isfinite(low):
        axes.hlines(k, _inside(low), _inside(high), color=colour, linewidth=1.6)
    mark = MARKS[str(card["use"][k])]
    if abs(at) > EDGE:
        mark = ">" if at > 0.0 else "<"
    face = colour if card["fitted"][k] else style.PAPER
    axes.plot(_inside(at), k, mark, color=colour, markersize=6.5, markerfacecolor=face)
    axes.text(EDGE + 0.45, k, _number(card["value"][k]), **_text("left", colour))


def _in_band(card: Table, k: int) -> Array:
    """The value and the ends of its interval, the band being [-1, 1]."""
    low, high = card["band_low"][k], card["band_high"][k]
    seen = np.array([card[name][k] for name in ("value", "value_low", "value_high")])
    scaled: Array = (seen - 0.5 * (low + high)) / (0.5 * (high - low))
    return scaled


def _inside(x: float) -> float:
    return float(np.clip(x, -EDGE, EDGE))


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 3].rstrip() + "..."


def _number(value: float) -> str:
    return f"{value + 0.0:.3g}"


def _text(side: str, colour: str) -> dict[str, Any]:
    return {"ha": side, "va": "center", "fontsize": 9.0, "color": colour}


def _legend(figure: Figure) -> None:
    from matplotlib.lines import Line2D

    def mark(shape: str, colour: str, label: str, full: bool = False) -> Line2D:
        face = colour if full else style.PAPER
        return Line2D(
            [], [], color=colour, marker=shape, linestyle="", markersize=7, markerfacecolor=face,
            label=label,
        )  # fmt: skip

    marks = [mark(MARKS[use], style.FAINT, WORDS[use], use == "K") for use in MARKS]
    marks += [mark("o", COLOURS[said], said, True) for said in COLOURS]
    marks += [mark(">", style.ORANGE, "beyond the picture")]
    figure.legend(
        handles=marks, loc="lower center", ncols=len(marks), fontsize=style.SMALL, frameon=False,
        labelcolor=style.INK, bbox_to_anchor=(0.5, 0.005),
    )  # fmt: skip
