"""The picture of one run: the people and their bonds at its end, and what happened on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bondsim.figures import style
from bondsim.figures.labels import draw_labels
from bondsim.figures.layout import BY_BONDS, places
from bondsim.figures.panels import draw_panels
from bondsim.measures.clustering import sample_of
from bondsim.measures.recorded import Recorded, Snapshot, days_kept, snapshot
from bondsim.measures.ties import others_within

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bondsim.state import Array

MOST_PEOPLE = 10_000
"""Of more people so many are drawn, chosen by chance: dots of all would cover each other."""
NAMED = 80
"""Up to so many people are drawn with their labels."""
MOST_BONDS = 4000
"""At most so many bonds are drawn, the strongest."""
SPARSE = 500
"""More bonds than so many are drawn fainter, the more there are: people stay in front."""
NEAR = 0.3
"""In interest space only bonds this short are drawn, of a map 2 wide: longer ones hide it."""
MOST_CLOSE = 8
"""From so many close bonds on a person is drawn no larger."""


def town(run: Recorded, *, name: str = "a town", labels: Mapping[int, str] | None = None) -> Figure:
    """One page: the network on the last recorded day, and four panels of the run.

    `name`: what the network is called in the title; `labels`: what to call a person of an id, in
    networks of at most `NAMED` people (the id itself where there is none; a label that finds no
    free place is left out). Of more than `MOST_PEOPLE` people so many are drawn, as the page says.
    1600 x 1000 px.
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
        few = now.n_agents > MOST_PEOPLE
        who = f"{MOST_PEOPLE:,} of them, chosen by chance, " if few else ""
        how = f"{who}drawn at their place in interest space, with strong bonds to those nearby"
        figure.text(0.035, 0.889, how, fontsize=style.SMALL, color=style.FAINT, va="baseline")
    _draw_people(figure, run, now, labels or {})
    right = figure.add_gridspec(4, 1, left=0.665, right=0.965, top=0.925, bottom=0.075, hspace=0.62)
    draw_panels([figure.add_subplot(right[row]) for row in range(4)], run)
    return figure


# --- the network ----------------------------------------------------------------------------


def _draw_people(figure: Figure, run: Recorded, now: Snapshot, labels: Mapping[int, str]) -> None:
    axes = figure.add_axes((0.02, 0.12, 0.6, 0.755))
    axes.set_axis_off()
    axes.set_aspect("equal")
    close = others_within(now, run.params.relate.close_cut)
    shown = sample_of(now.n_agents, MOST_PEOPLE, run.params.seed)
    now, close = _only(now, shown), close[shown]
    at = places(now)
    _draw_bonds(axes, now, at)
    unit = _dot(now.n_agents)
    loneliness = now.agents["loneliness"].astype(float)
    lonely = now.lonely
    # the lonely are few: drawn last, they are not lost under the others
    order = np.argsort(loneliness, kind="stable")
    dots = axes.scatter(
        at[order, 0], at[order, 1], s=_sizes(close, unit)[order], c=loneliness[order],
        cmap=style.LONELINESS, vmin=0.0, vmax=run.params.observe.cut_3, zorder=3,
        edgecolors=[style.INK if lonely[k] else "white" for k in order],
        linewidths=(np.where(lonely[order], 1.6, 0.7) * min(1.0, unit / 40.0 + 0.35)).tolist(),
    )  # fmt: skip
    # a little wider than the people need, so that no dot is cut
    margin = 0.1 if now.n_agents <= BY_BONDS else 0.03
    axes.set_xlim(at[:, 0].min() - margin, at[:, 0].max() + margin)
    axes.set_ylim(at[:, 1].min() - margin, at[:, 1].max() + margin)
    if now.n_agents <= NAMED:
        ids = now.agents["id"].tolist()
        texts = [labels.get(person, str(person)) for person in ids]
        degree = np.bincount(np.concatenate([now.i, now.j]), minlength=now.n_agents)
        dark = loneliness > 0.55 * run.params.observe.cut_3
        diameter = np.sqrt(_sizes(close, unit))
        draw_labels(axes, at, diameter, texts, dark, _first(degree, loneliness))
    _draw_keys(figure, run, dots, unit)


def _only(now: Snapshot, shown: Array) -> Snapshot:
    """The same with these people alone, and the bonds between them."""
    if shown.size == now.n_agents:
        return now
    place = np.full(now.n_agents, -1)
    place[shown] = np.arange(shown.size)
    between = np.flatnonzero((place[now.i] >= 0) & (place[now.j] >= 0))
    agents = {name: column[shown] for name, column in now.agents.items()}
    bonds = {name: column[between] for name, column in now.bonds.items()}
    i, j = (place[side[between]] for side in (now.i, now.j))
    return Snapshot(now.day, agents, bonds, i, j, now.lonely[shown])


def _first(degree: Array, loneliness: Array) -> Array:
    """People in the order in which they get their labels: best-connected and loneliest first."""
    ranks = [np.argsort(np.argsort(-key, kind="stable")) for key in (degree, loneliness)]
    order: Array = np.argsort(np.minimum(*ranks), kind="stable")
    return order


def _draw_bonds(axes: Axes, now: Snapshot, at: Array) -> None:
    from matplotlib.collections import LineCollection

    strength = now.bonds["strength"].astype(float)
    ends = np.stack([at[now.i], at[now.j]], axis=1)
    crowd = now.n_agents > BY_BONDS
    length = np.hypot(*(ends[:, 0] - ends[:, 1]).T)
    drawn = np.flatnonzero(length < NEAR) if crowd else np.arange(now.i.size)
    drawn = drawn[np.argsort(-strength[drawn], kind="stable")[:MOST_BONDS]]
    ink = np.tile([0.36, 0.39, 0.47, 1.0], (drawn.size, 1))
    fade = 0.6 if crowd else min(1.0, SPARSE / max(drawn.size, 1)) ** 0.7
    ink[:, 3] = fade * (0.08 + 0.6 * strength[drawn] ** 1.5)
    width = (0.5 + 2.6 * strength[drawn] ** 2) * (0.5 if crowd else 1.0)
    lines = LineCollection(ends[drawn].tolist(), colors=ink, linewidths=width, zorder=1)
    axes.add_collection(lines)


def _dot(n_agents: int) -> float:
    """Area of a dot for one close bond [pt**2]; a crowd gets smaller dots."""
    return float(np.clip(14000.0 / n_agents, 2.5, 85.0))


def _sizes(close: Array, unit: float) -> Array:
    sizes: Array = unit * (1.0 + np.minimum(close, MOST_CLOSE))
    return sizes


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
