"""Pictures of sensitivity: nothing is clipped or written over, and noise is told."""

from __future__ import annotations

import matplotlib.text
import numpy as np
import pytest

from bondsim.figures import sensitivity as figures
from bondsim.figures.precision import precision
from bondsim.sensitivity.curves import curves
from bondsim.sensitivity.factors import default_factors
from bondsim.sensitivity.morris import screen
from bondsim.sensitivity.sobol import decompose
from bondsim.study.precision import half_width_curve
from bondsim.study.sampling import Factor

LONGEST = sorted(default_factors().factors, key=lambda f: -len(f.path))
WORDS = Factor("network.source", values=("circles", "a_town_with_a_very_long_name", "read"))
FACTORS = {"one": LONGEST[:1], "three": [*LONGEST[:2], WORDS], "many": LONGEST[:30]}
OUTCOME = "share_of_least_lonely_half"


def world(factors, n_replicates=3, noise=0.01):
    """An `evaluate` in which each factor does half as much as the one before."""
    weights = 0.5 ** np.arange(len(factors))

    def evaluate(points):
        rng = np.random.default_rng(4)
        place = np.array([[f.place(p[f.path]) for f in factors] for p in points])
        y = 0.3 + place @ weights + place[:, 0] ** 2
        luck = rng.standard_normal(n_replicates)
        return (y[:, None] + noise * (luck + rng.standard_normal((len(y), n_replicates))))[
            :, :, None
        ]

    return evaluate


def morris_page(factors, **world_of):
    tables = screen(world(factors, **world_of), factors, [OUTCOME], 6, 1)
    return figures.screening(tables, OUTCOME, told="2,000 people, circles")


def groups_page(factors, **world_of):
    groups = {f.path: f.path.split(".")[0] for f in factors}
    tables = screen(world(factors, **world_of), factors, [OUTCOME], 6, 1, groups=groups)
    effects = tables["effects"]
    more = {**effects, "outcome": np.full(effects["outcome"].size, "mean_loneliness")}
    tables["effects"] = {k: np.concatenate([effects[k], more[k]]) for k in effects}
    return figures.screening(tables, OUTCOME, told="2,000 people, circles")


def sobol_page(factors, second_order=True, **world_of):
    evaluate = world(factors, **world_of)
    tables = decompose(evaluate, factors, [OUTCOME], 32, 1, second_order=second_order)
    return figures.indices(tables, OUTCOME, told="2,000 people, circles")


def curves_page(factors, **world_of):
    base = {f.path: f.at_level(0.5) for f in factors}
    tables = curves(world(factors, **world_of), factors, [OUTCOME], base, n=5)
    return figures.curves(tables, OUTCOME, told="2,000 people, circles")


def arms(n=12):
    rng = np.random.default_rng(2)
    first = rng.normal(size=n)
    return first, 0.9 * first + 0.4 * rng.normal(size=n)


def precision_page(paired=True, wanted=0.15):
    first, second = arms()
    curve = half_width_curve(first, second if paired else None, np.arange(3, 600))
    return precision(curve, wanted, title="How many replicates", pilot=12)


def written(figure):
    """What is written, with its box [px]; ticks outside their axis are not drawn."""
    figure.draw_without_rendering()
    found = []
    ticks = set()
    for axes in figure.axes:
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            low, high = sorted(limits)
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not low <= tick.get_loc() <= high:
                    ticks |= {tick.label1, tick.label2}
    for item in figure.findobj(matplotlib.text.Text):
        if item.get_visible() and item.get_text() and item not in ticks:
            found.append((item.get_text(), item.get_window_extent()))
    return found


PAGES = {
    **{f"morris {n}": (lambda f=f: morris_page(f)) for n, f in FACTORS.items()},
    **{f"groups {n}": (lambda f=f: groups_page(f)) for n, f in FACTORS.items()},
    **{f"sobol {n}": (lambda f=f: sobol_page(f)) for n, f in FACTORS.items()},
    **{f"curves {n}": (lambda f=f: curves_page(f)) for n, f in FACTORS.items()},
    "morris alone": lambda: morris_page(FACTORS["three"], n_replicates=1),
    "sobol alone": lambda: sobol_page(FACTORS["three"], second_order=False, n_replicates=1),
    "curves alone": lambda: curves_page(FACTORS["three"], n_replicates=1),
    "precision of arms": precision_page,
    "precision of a mean": lambda: precision_page(paired=False),
    "precision out of reach": lambda: precision_page(wanted=0.001),
}


@pytest.mark.parametrize("make", PAGES.values(), ids=PAGES)
def test_pages__nothing_is_clipped_or_written_over(make):
    figure = make()
    texts = written(figure)
    width, height = figure.canvas.get_width_height()
    for text, box in texts:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text
    for k, (text, box) in enumerate(texts):
        for other, beside in texts[:k]:
            assert not box.padded(-1.0).overlaps(beside.padded(-1.0)), (text, other)


def said(figure):
    return " | ".join(text for text, _ in written(figure))


def test_pages__say_what_is_luck_and_what_was_corrected():
    factors = FACTORS["three"]
    noisy = sobol_page(factors, noise=1.0)
    assert "of a single run's variance is luck" in said(noisy)
    assert "every index is freed of replicate noise" in said(noisy)
    assert "luck that depends on the point" in said(noisy)
    alone = said(sobol_page(factors, n_replicates=1))
    assert "not known without replicates" in alone and "noise counts as effect" in alone
    assert "noise counts as effect" in said(morris_page(factors, n_replicates=1))
    assert "by noise alone" in said(morris_page(factors))


def test_pages__tell_what_found_no_room():
    assert "6 more in the table" in said(morris_page(FACTORS["many"]))
    assert "6 more in the table" in said(curves_page(FACTORS["many"]))


def test_screening__rows_are_in_order_of_size():
    figure = morris_page(FACTORS["many"])
    ticks = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert ticks[:3] == [factor.path for factor in FACTORS["many"][:3]]


def test_precision__marks_the_first_number_that_is_enough():
    first, second = arms()
    curve = half_width_curve(first, second, np.arange(3, 600))
    for name in ("paired", "unpaired"):
        at = curve["n"][np.flatnonzero(curve[name] <= 0.15)[0]]
        assert f"{at}" in said(precision_page())


@pytest.mark.parametrize("draw", [figures.screening, figures.indices, figures.curves])
def test_pages__can_be_drawn_where_every_run_failed(draw):
    factors = FACTORS["three"]

    def evaluate(points):
        return np.full((len(points), 2, 1), np.nan)

    if draw is figures.screening:
        tables = screen(evaluate, factors, [OUTCOME], 3, 1)
    elif draw is figures.indices:
        tables = decompose(evaluate, factors, [OUTCOME], 4, 1)
    else:
        tables = curves(evaluate, factors, [OUTCOME], {f.path: f.at_level(0.5) for f in factors})
    assert written(draw(tables, OUTCOME))
