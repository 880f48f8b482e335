"""How every figure looks: paper, ink, colours that colour-blind readers can tell apart, files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from bondsim.errors import DataError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER, INK, FAINT, LINE = "#fbfaf7", "#22262e", "#7c8290", "#d9d7d0"
BLUE, ORANGE, TEAL = "#2b6ca3", "#d1691e", "#1b8a7a"
"""Told apart under the common kinds of colour blindness, and in grey."""
LONELINESS = LinearSegmentedColormap.from_list(
    "loneliness", ["#f7dfa5", "#efb672", "#dd7f64", "#b04a72", "#6d2a74", "#2c1450"]
)
"""Pale for company, dark for loneliness: lightness falls all the way, so it reads in grey too."""
SMALL, BODY, TITLE = 10.5, 12.0, 21.0
"""Font sizes [pt]."""


def page(width: float = 16.0, height: float = 10.0) -> Figure:
    """An empty figure; inches, at 100 dots an inch."""
    figure = Figure(figsize=(width, height), dpi=100, facecolor=PAPER)
    FigureCanvasAgg(figure)  # keeps one renderer; without it each label measured makes its own
    return figure


def plain(axes: Axes, title: str, unit: str) -> None:
    """A panel with its title and unit on top, light lines across and no box."""
    axes.set_facecolor(PAPER)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.tick_params(colors=FAINT, labelsize=SMALL, length=0, pad=5)
    axes.grid(axis="y", color=LINE, linewidth=0.7, alpha=0.8)
    axes.set_axisbelow(True)
    axes.set_title(title, loc="left", fontsize=BODY, color=INK, pad=9, fontweight="bold")
    axes.set_title(unit, loc="right", fontsize=SMALL, color=FAINT, pad=9)


def replace(figure: Figure, path: Path) -> None:
    """Write a figure in place of an older one; `DataError` where that cannot be done."""
    draft = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        save(figure, draft)
        draft.replace(path)
    except OSError as error:
        found = f"the figure cannot be written ({error.strerror or error})"
        fix = "copy the folder to a place of yours"
        raise DataError(str(path.parent), found, fix) from None
    finally:
        draft.unlink(missing_ok=True)


def save(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Write a figure in the format of the file's ending; the same bytes for the same figure."""
    target = Path(path)
    metadata: dict[str, str | None] = {"Software": None}
    if target.suffix == ".svg":
        metadata = {"Date": None, "Creator": None}
    elif target.suffix == ".pdf":
        metadata = {"CreationDate": None, "Creator": None, "Producer": None}
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "bondsim", "svg.fonttype": "none"}):
        figure.savefig(target, dpi=figure.dpi, facecolor=figure.get_facecolor(), metadata=metadata)
    return target
