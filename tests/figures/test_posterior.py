"""The picture of a calibration: nothing is clipped or written over, whatever names are how long."""

from __future__ import annotations

from types import SimpleNamespace

import matplotlib.text
import numpy as np
import pytest

from bondsim.calibration.calibrate import report
from bondsim.calibration.distance import Aim, Aims
from bondsim.calibration.plan import CalibratePlan
from bondsim.calibration.summary import of_parameters, of_rows
from bondsim.figures.posterior import draw

PATHS = {
    "meet.psi": [1, 8],
    "relate.disclosure_authenticity": [0.001, 20],
    "population.authenticity_mean": {"low": 0.01, "high": 0.95, "scale": "log"},
    "feel.relief": [0.00012, 0.00099],
    "reach_out.via_context": [0.1, 0.4],
    "relate.accomplishment_prob": [0.0001, 0.9],
    "part.base": [-10, -2],
}
ROWS = [Aim("T1", 0.92, 0.75, 1.1), Aim("T2", 0.16, 0.11, 0.24), Aim("T4_1y", 0.73, 0.65, 0.8),
        Aim("T8_support_clique", 4.1, 2.87, 5.33), Aim("T22", 1.0, 1.0, np.inf)]  # fmt: skip


def found(n=3, method="abc", rows=5, known=True, size=120):
    """A calibration made up."""
    luck = np.random.default_rng(4)
    plan = CalibratePlan(dict(list(PATHS.items())[:n]), method=method)
    more = [Aim(f"R{k}_with_a_long_name", 100.0 * k, 80.0 * k, 125.0 * k) for k in range(1, 20)]
    aims = Aims(tuple([*ROWS, *more][:rows]))

    def points(spread):
        at = np.clip(0.5 + spread * luck.normal(size=(size, n)), 0.0, 1.0)
        values = {p.path: np.array([p.value(u) for u in at[:, k]])
                  for k, p in enumerate(plan.ranges)}  # fmt: skip
        seen = {}
        for k, aim in enumerate(aims.rows):
            width = aim.high - aim.low if np.isfinite(aim.high) else 1.0
            off = 9.0 if k == 1 and known else 0.0
            seen[aim.id] = aim.target + width * (spread * luck.normal(size=size) + off)
            if not known and k < 2:
                seen[aim.id] = np.full(size, np.nan)
        distance = {"distance": luck.exponential(size=size), "hits": np.ones(size, int)}
        return {"weight": luck.exponential(size=size), **values, **seen, **distance}

    prior, posterior = points(0.6), points(0.15)
    table = posterior if method == "abc" else prior
    best = {name: column[[0]] for name, column in table.items()}
    cells = {name: float(column[0]) for name, column in best.items()}
    tables = {"best": best, "simulations": prior, "trials": {"trial": np.arange(size), **prior},
              "rows": of_rows(aims, prior, posterior if method == "abc" else None, cells),
              "finalists": {"trial": np.arange(8)},
              "populations": {"simulated": np.array([100, 200]), "filled": np.array([1, 0]),
                              "epsilon": np.array([np.inf, 1.5]), "ess": np.array([99.0, 0.0]),
                              "stopped": np.array(["", "budget"])}}  # fmt: skip
    if method == "abc":
        tables |= {"posterior": posterior, "summary": of_parameters(posterior, plan.ranges, cells)}
    calibrate = {"priors": plan.priors, "method": method}
    science = {"calibrate": calibrate, "replicates": 1, "days": 730,
               "targets": {"rows": [vars(row) for row in aims.rows]},
               "network": {"source": "circles", "n_agents": 1000}}  # fmt: skip
    return SimpleNamespace(kind="calibrate", science=science, tables=tables)


def written(figure):
    """What is written, with its box [px]."""
    figure.draw_without_rendering()
    items = [t for t in figure.findobj(matplotlib.text.Text) if t.get_visible() and t.get_text()]
    return [(item.get_text(), item.get_window_extent()) for item in items]


CASES = {
    "one parameter": {"n": 1},
    "two": {"n": 2},
    "three, long names": {"n": 3},
    "four": {"n": 4, "rows": 2},
    "as many as can be": {"n": 6, "rows": 16},
    "more": {"n": 7, "rows": 20},
    "one row": {"n": 2, "rows": 1},
    "points": {"n": 3, "method": "optuna"},
    "one point": {"n": 1, "method": "optuna"},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_nothing_is_clipped_or_written_over(case):
    figure = draw(found(**case))
    texts = written(figure)
    width, height = figure.canvas.get_width_height()
    for text, box in texts:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text
    for k, (text, box) in enumerate(texts):
        for other, beside in texts[:k]:
            assert not box.padded(-1.0).overlaps(beside.padded(-1.0)), (text, other)


@pytest.mark.parametrize("method", ["abc", "optuna"])
def test_can_be_drawn_where_rows_are_not_known(method):
    assert written(draw(found(method=method, known=False)))


def test_says_what_it_shows():
    said = " | ".join(text for text, _ in written(draw(found(7, rows=20))))
    for words in ("meet.psi", "1,000 people", "120 points", "prior", "posterior", "best point",
                  "half-bands", "1 more parameter in", "4 more in the tables"):  # fmt: skip
        assert words in said
    said = " | ".join(text for text, _ in written(draw(found())))
    assert "0.92 (0.75 to 1.1)" in said and "1 (from 1)" in said


def test_draw__puts_posterior_on_the_scale_of_the_prior():
    """Bars are densities over places: their area is 1, and the prior's line is at 1."""
    figure = draw(found(2))
    bars = [patch for patch in figure.axes[0].patches if patch.get_height() > 0]
    assert sum(bar.get_height() * bar.get_width() for bar in bars) == pytest.approx(1.0)


def test_report__names_each_parameter_and_row():
    told = report(found(2))
    names = [row[0] for row in told.rows]
    assert names == ["meet.psi", "relate.disclosure_authenticity", *(aim.id for aim in ROWS)]
    assert all(len(row) == len(told.headings) for row in told.rows)
    assert "the points were used up" in " ".join(told.notes)
    points = report(found(2, "optuna"))
    assert all(len(row) == len(points.headings) for row in points.rows)
