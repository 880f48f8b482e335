"""Labels of people in a drawn network: inside their dot, beside it, or left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bondsim.figures import style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.patheffects import AbstractPathEffect

    from bondsim.state import Array

SIZE = 8.0
"""Font size [pt]."""
AWAY = 2.5
"""Between a dot and the label beside it [pt]."""
CLEAR = 1.0
"""Around each label, where no other may stand [pt]."""
BESIDE = ((0, -1), (0, 1), (1, 0), (-1, 0), (1, -1), (-1, -1), (1, 1), (-1, 1))
"""Where a label may stand, seen from its dot: the first free place is taken."""


def draw_labels(
    axes: Axes, at: Array, diameter: Array, texts: Sequence[str], dark: Array, order: Array
) -> None:
    """Write each person's label where it hides no dot and no other label, or leave it out.

    `at`: float64 (n, 2), in data units of `axes`, whose limits must be final; `diameter`: of the
    dots [pt], (n,); `dark`: bool (n,), dots that need white text; `order`: places of the people,
    those whose labels matter most first.
    """
    from matplotlib.patheffects import withStroke

    axes.apply_aspect()
    point = axes.figure.dpi / 72.0
    centre = axes.transData.transform(at) / point
    # the place given to the axes, of which people of equal aspect need only a part
    frame = axes.get_position(original=True).transformed(axes.figure.transSubfigure)
    dots = np.hstack([centre - diameter[:, None] / 2.0, centre + diameter[:, None] / 2.0])
    halo: list[AbstractPathEffect] = [withStroke(linewidth=2.4, foreground="white")]
    taken = np.empty((0, 4))
    for k in order.tolist():
        label = axes.annotate(
            texts[k], at[k], xytext=(0.0, 0.0), textcoords="offset points", ha="center",
            va="center", fontsize=SIZE, color=style.INK, zorder=4, parse_math=False,
        )  # fmt: skip
        box = label.get_window_extent()
        size = np.array([box.width, box.height]) / point
        if len(texts[k]) <= 2 and size[0] + 1.0 <= diameter[k]:
            label.set(va="center_baseline", color="white" if dark[k] else style.INK)
            continue
        others = np.vstack([np.delete(dots, k, axis=0), taken])
        places = _free(centre[k], 0.5 * diameter[k], size, others, np.array(frame.extents) / point)
        free = next(places, None)
        if free is None:
            label.remove()
            continue
        label.set_position(tuple(free - centre[k]))
        label.set_path_effects(halo)
        taken = np.vstack([taken, _box(free, size)])


def _free(
    centre: Array, radius: float, size: Array, others: Array, frame: Array
) -> Iterator[Array]:
    """Middles of places beside a dot where a label of this size is free: in the frame, off others.

    All in points; `others` (m, 4) and `frame` (4,) hold left, bottom, right and top.
    """
    for x, y in BESIDE:
        # on a diagonal the dot is as far away as on an axis
        reach = (radius + AWAY) / np.hypot(x, y)
        middle = centre + np.array([x, y]) * (reach + 0.5 * size)
        low, high = np.split(_box(middle, size), 2)
        apart = (others[:, :2] >= high).any(axis=1) | (others[:, 2:] <= low).any(axis=1)
        if apart.all() and (low >= frame[:2]).all() and (high <= frame[2:]).all():
            yield middle


def _box(middle: Array, size: Array) -> Array:
    """Left, bottom, right, top of a label with what is clear around it."""
    reach = 0.5 * size + CLEAR
    return np.concatenate([middle - reach, middle + reach])
