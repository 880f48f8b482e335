"""The picture of a response: it says what it shows, nothing is clipped, luck is not painted."""

from __future__ import annotations

from types import SimpleNamespace

import matplotlib.text
import numpy as np
import pytest

from bondsim.causal.grid import GridPlan
from bondsim.figures.analyses import of_analysis
from bondsim.figures.response import _scale
from bondsim.measures.registry import OUTCOMES

LONG = ("slope_before", "share_of_least_lonely_half", "survival_shared_1_to_2", "lonely_days")
MANY = (*LONG, "core_lonely", "closeness_lonely", "prevalence", "layer_all", "excess_1", "gini",
        "moran", "isolated", "knee")  # fmt: skip


def found(plan, *, value=lambda x, y: x + np.nan_to_num(y), width=0.1, known=True):
    """A response made up: `value` of each point, the same for all outcomes."""
    rows = [(o, p, x, y) for o in plan.outcomes for p, (x, y) in enumerate(plan.points)]
    x, y = (np.array([row[k] for row in rows], float) for k in (2, 3))
    mean = np.array([value(*row[2:]) for row in rows]) if known else np.full(x.size, np.nan)
    moved = mean - value(*plan.points[0])
    banded = np.array([row[0].endswith("lonely") or row[0] == "excess_1" for row in rows])
    table = {
        "point": np.array([row[1] for row in rows]), "x": x, "y": y,
        "outcome": np.array([row[0] for row in rows]),
        "mean": mean, "mean_low": mean - width, "mean_high": mean + width,
        "difference": moved, "difference_low": moved - width / 2,
        "difference_high": moved + width / 2,
        "chance_low": np.where(banded, -0.05, np.nan),
        "chance_high": np.where(banded, 0.05, np.nan),
    }  # fmt: skip
    grid = {"x": plan.x, "x_values": plan.x_values, "y": plan.y, "y_values": plan.y_values,
            "outcomes": list(plan.outcomes)}  # fmt: skip
    science = {"grid": grid, "replicates": 4, "days": 365, "look": {"at": "truth"},
               "network": {"source": "circles", "n_agents": 2000}}  # fmt: skip
    return SimpleNamespace(kind="response", science=science, tables={"points": table})


def written(figure):
    """What is written, with its box [px]."""
    figure.draw_without_rendering()
    items = [t for t in figure.findobj(matplotlib.text.Text) if t.get_visible() and t.get_text()]
    return [(item.get_text(), item.get_window_extent()) for item in items]


XY = ("relate.lam", (1.0, 3.0, 5.0), "relate.repair_share", (0.0, 0.5, 1.0))
PLANS = {
    "one point": GridPlan(None, outcomes=MANY[:7]),
    "one outcome": GridPlan(None, outcomes=("gini",)),
    "one panel": GridPlan(outcomes=("lonely_days",)),
    "six panels": GridPlan(),
    "as many as can be": GridPlan(outcomes=MANY),
    "switch": GridPlan("channels", (0.0, 1.0), outcomes=("core_lonely", "closeness_lonely")),
    "many values": GridPlan("relate.tau", tuple(range(10, 500, 7)), outcomes=LONG),
    "map": GridPlan(*XY, outcomes=("survival",)),
    "long names": GridPlan("relate.disclosure_authenticity", (0.25, 0.5),
                           "relate.disclosure_loneliness", (1.25, 1.5), LONG),
    "four maps": GridPlan(*XY, outcomes=LONG),
    "written full": GridPlan("meet.psi", tuple(np.linspace(1, 5, 12)), "relate.lam",
                             tuple(np.linspace(1, 5, 12)), LONG),
    "fine map": GridPlan("meet.psi", tuple(np.linspace(1, 5, 20)), *XY[2:], outcomes=LONG[:2]),
}  # fmt: skip


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_nothing_is_clipped_or_written_over(plan):
    figure = of_analysis(found(plan))
    texts = written(figure)
    width, height = figure.canvas.get_width_height()
    for text, box in texts:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text
    for k, (text, box) in enumerate(texts):
        for other, beside in texts[:k]:
            assert not box.padded(-1.0).overlaps(beside.padded(-1.0)), (text, other)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_can_be_drawn_where_nothing_is_known(plan):
    assert written(of_analysis(found(plan, known=False)))


def test_says_what_it_shows():
    said = " | ".join(text for text, _ in written(of_analysis(found(PLANS["six panels"]))))
    for words in ("population.presence_mean", "share of shared time", "2,000 people", "[people]",
                  "4 replicates", OUTCOMES["survival"].meaning, "the same seeds"):  # fmt: skip
        assert words in said
    said = " | ".join(text for text, _ in written(of_analysis(found(PLANS["as many as can be"]))))
    assert "1 more outcome in points.parquet" in said


def test_map_has_its_smallest_values_at_the_lower_left_and_marks_what_differs():
    plan = GridPlan("relate.lam", (5.0, 1.0), "meet.psi", (2.0, 1.0), ("gini",))
    figure = of_analysis(found(plan, value=lambda x, y: x + 10 * y))
    cells = [t for t in figure.axes[0].texts if t.get_text()[0].isdigit()]
    at = {t.get_text(): t.get_position() for t in cells}
    assert at == {
        "11.0*": (0.5, 0.5), "15.0*": (1.5, 0.5), "21.0*": (0.5, 1.5), "25.0": (1.5, 1.5)
    }  # fmt: skip
    ticks = [t.get_text() for t in figure.axes[0].get_xticklabels()]
    assert ticks == ["1", "5"]


def test_map_of_luck_stays_pale():
    """Colours span at least what is vague about a difference."""
    plan = GridPlan(*XY, outcomes=("gini",))
    luck = found(plan, value=lambda x, y: 0.3 + 0.001 * x, width=0.1).tables["points"]
    low, high = _scale(luck["mean"].reshape(3, 3), luck)
    assert low == luck["mean"].min() and high - low == pytest.approx(0.1)
    sure = found(plan, width=0.1).tables["points"]
    low, high = _scale(sure["mean"].reshape(3, 3), sure)
    assert (low, high) == (sure["mean"].min(), sure["mean"].max())
