"""The picture of a run: it can be drawn of any run, the same each time, and says what it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from matplotlib.figure import Figure

from bondsim import Params, World
from bondsim.figures import layout, panels, save, town
from bondsim.figures.labels import draw_labels
from bondsim.measures.recorded import snapshot
from bondsim.network import Circles, Florentine, LesMiserables, SmallWorld


def texts(figure):
    import matplotlib.text

    return " | ".join(item.get_text() for item in figure.findobj(matplotlib.text.Text))


def test_says_what_it_shows(run, tmp_path):
    figure = town(run, name="Somewhere")
    said = texts(figure)
    for words in ("Somewhere", "120 people", "90 days", "days/week", "degrees of separation"):
        assert words in said
    path = save(figure, tmp_path / "town.png")
    from matplotlib.image import imread

    assert imread(path).shape[:2] == (1000, 1600)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_same_run_same_bytes(ending, tmp_path):
    run = World(Params(seed=1), Florentine()).run(3)
    first, second = (save(town(run), tmp_path / f"{k}.{ending}").read_bytes() for k in "ab")
    assert first == second


def test_labels():
    run = World(Params(seed=1), Florentine()).run(2)
    labels = dict(zip(run.network.ids.tolist(), run.network.labels.tolist(), strict=True))
    assert "Medici" in texts(town(run, labels=labels))
    assert "Medici" not in texts(town(run))


@pytest.mark.parametrize(
    ("spec", "days"), [(Circles(n_agents=2), 1), (SmallWorld(n_agents=600, degree=2), 2)]
)
def test_any_size(spec, days, tmp_path):
    assert save(town(World(Params(seed=1), spec).run(days)), tmp_path / "a.png").stat().st_size


def test_layout_sets_loose_people_on_the_rim(run):
    now = snapshot(run, 89)
    kept = now.i > 5
    kept &= now.j > 5
    at = layout.places(now._replace(i=now.i[kept], j=now.j[kept]))
    radius = np.hypot(at[:, 0], at[:, 1])
    np.testing.assert_allclose(radius[:6], layout.RIM)
    assert np.isfinite(at).all() and radius[6:].max() <= layout.RIM + 1e-9


def test_large_worlds_lie_in_interest_space(run, monkeypatch):
    monkeypatch.setattr(layout, "BY_BONDS", 50)
    now = snapshot(run, 0)
    at = layout.places(now)
    np.testing.assert_allclose(at[:, 0], 2.0 * now.agents["position_x"].astype(float) - 1.0)


def drawn_labels(figure, words):
    """Boxes [px] of what is written of these words."""
    import matplotlib.text

    found = [t for t in figure.findobj(matplotlib.text.Text) if t.get_text() in words]
    return {t.get_text(): t.get_window_extent() for t in found}


def test_names_stand_apart_and_in_the_page():
    run = World(Params(seed=7), LesMiserables()).run(2)
    labels = dict(zip(run.network.ids.tolist(), run.network.labels.tolist(), strict=True))
    boxes = list(drawn_labels(town(run, labels=labels), set(labels.values())).values())
    assert len(boxes) > 50
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])
    assert all(box.x0 >= 0 and box.x1 <= 1000 for box in boxes)


def test_numbers_fit_their_dots_or_stand_beside_them():
    axes = Figure(dpi=72).add_axes((0, 0, 1, 1))
    at = np.array([[0.3, 0.5], [0.7, 0.5]])
    dark = np.ones(2, bool)
    draw_labels(axes, at, np.array([30.0, 4.0]), ["12", "34"], dark, np.arange(2))
    inside, beside = axes.texts
    assert inside.get_color() == "white" and inside.get_position() == (0, 0)
    assert beside.get_position()[1] < -4.0 and beside.get_path_effects()


@dataclass
class Altered:
    """A run with other tables."""

    params: Params
    tables: dict


def altered(run, **loneliness):
    """The run with everybody as lonely as said on its first or last day, and more bonds."""
    agents, series = (dict(run.tables[name]) for name in ("agents", "series"))
    column = agents["loneliness"] = agents["loneliness"].copy()
    for name, value in loneliness.items():
        column[agents["day"] == (0 if name == "first" else agents["day"].max())] = value
    series["n_made"] = series["n_made"] * 1000
    return Altered(run.params, {**run.tables, "agents": agents, "series": series})


def test_last_values_lie_in_their_panels(run):
    figure = town(altered(run))
    panel = next(a for a in figure.axes if a.get_title("left").startswith("Bonds made"))
    ends = [t for t in panel.texts if t.get_text().endswith(("made", "lost"))]
    assert len(ends) == 2 and len(ends[0].get_text()) > 10
    assert all(end.get_window_extent().x1 <= panel.bbox.x1 for end in ends)
    assert all(tick == int(tick) for tick in panel.get_yticks())


@pytest.mark.parametrize(("value", "number"), [(0.0, "0 of 120"), (1.0, "120 of 120")])
def test_panel_that_cannot_tell_says_so(run, value, number):
    panel = town(altered(run, last=value)).axes[-1]
    assert not panel.axison and panel.get_legend() is None and not panel.lines
    assert number in panel.texts[0].get_text()


def test_first_day_that_cannot_tell_is_left_out(run):
    def legend(run):
        return [t.get_text() for t in town(run).axes[-1].get_legend().get_texts()]

    assert "first day" in legend(run) and "last day" in legend(run)
    assert "first day" not in legend(altered(run, first=0.0))


def test_distances_with_few_pairs_are_left_out():
    table = {"pairs": np.array([1000, 100]), "distance": np.array([1, 2])}
    table |= {name: np.array([0.5, 2.0]) for name in ("excess", "low", "high")}
    told = panels.told(table, 10, 100)
    np.testing.assert_equal(told["excess"], [50.0, np.nan])
