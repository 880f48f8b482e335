"""The picture of a scorecard: every row is named, misses are told from hits, nothing is clipped."""

from __future__ import annotations

from types import SimpleNamespace

import matplotlib.text
import numpy as np
import pytest

from bondsim.figures.scorecard import EDGE, _in_band, draw
from bondsim.validation.scorecard import _scorecard
from bondsim.validation.targets import TARGETS

ALL = tuple(TARGETS.values())


def found(apart, rows=ALL, width=0.1):
    """A scorecard made up: each value so many half widths from the middle of its band."""
    middle = np.array([0.5 * (row.low + row.high) for row in rows])
    half = np.array([0.5 * (row.high - row.low) for row in rows])
    around = np.array([-width, 0.0, width])[:, None]
    values = middle + half * (apart + around)
    values[:, [not row.represented for row in rows]] = np.nan
    science = {"replicates": 3, "days": 2556, "network": {"source": "circles", "n_agents": 1000}}
    card = _scorecard(rows, values)
    return SimpleNamespace(kind="validate", science=science, tables={"scorecard": card})


def written(figure):
    figure.draw_without_rendering()
    items = [t for t in figure.findobj(matplotlib.text.Text) if t.get_visible() and t.get_text()]
    return [(item.get_text(), item.get_window_extent()) for item in items]


@pytest.mark.parametrize("apart", [0.0, 2.0, -9.0])
def test_picture__names_every_row_and_clips_nothing(apart):
    figure = draw(found(apart))
    box = figure.bbox
    texts = written(figure)
    for name in TARGETS:
        assert sum(text.endswith(f"  {name}") for text, _ in texts) == 1
    for text, at in texts:
        assert at.x0 >= box.x0 - 1 and at.x1 <= box.x1 + 1, text
        assert at.y0 >= box.y0 - 1 and at.y1 <= box.y1 + 1, text
    absent = sum(not row.represented for row in TARGETS.values())
    assert sum(text == "not represented" for text, _ in texts) == absent


def test_picture__has_no_two_texts_in_one_place():
    texts = written(draw(found(0.5)))
    for k, (text, a) in enumerate(texts):
        for other, b in texts[k + 1 :]:
            wide = min(a.x1, b.x1) - max(a.x0, b.x0)
            high = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert wide <= 1.0 or high <= 2.0, (text, other)


def test_band__is_one_half_width_each_way():
    card = found(0.5).tables["scorecard"]
    for k, row in enumerate(TARGETS.values()):
        if row.represented:
            assert _in_band(card, k)[0] == pytest.approx(0.5)


def marks(figure):
    return [line for axes in figure.axes for line in axes.lines if len(line.get_xdata()) == 1]


def test_picture__tells_misses_from_hits_and_arrows_what_is_beyond():
    hit, miss, far = (marks(draw(found(apart))) for apart in (0.0, 2.0, 9.0))
    colours = [{line.get_color() for line in lines} for lines in (hit, miss)]
    assert len(colours[0]) == len(colours[1]) == 1
    assert colours[0] != colours[1]
    assert {line.get_marker() for line in hit} == {"o", "D", "s"}
    assert {line.get_marker() for line in far} == {">"}
    assert all(line.get_xdata()[0] == EDGE for line in far)


def test_picture__of_a_few_rows_has_one_column():
    few = [TARGETS[name] for name in ("T1", "T28a", "T33b")]
    texts = [text for text, _ in written(draw(found(0.0, few)))]
    assert sum(text.endswith(("  T1", "  T28a", "  T33b")) for text in texts) == 3
