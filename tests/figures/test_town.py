"""The picture of a run: it can be drawn of any run, the same each time, and says what it shows."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim import Params, World
from bondsim.figures import layout, save, town
from bondsim.measures.recorded import snapshot
from bondsim.network import Circles, Florentine, SmallWorld


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
