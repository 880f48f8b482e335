"""Pictures of analyses: what is drawn is what was found, and everything fits on the page."""

from __future__ import annotations

import numpy as np
import pytest

from bondsim.causal import audit, channels, compare, twins
from bondsim.causal.audit import AuditPlan
from bondsim.causal.channels import FactorialPlan
from bondsim.causal.compare import LeaguePlan
from bondsim.causal.twins import Change, TwinPlan
from bondsim.figures.analyses import MODULES, of_analysis
from bondsim.interventions import Intervention
from tests.causal.conftest import design_of

ALL = ("affect", "conduct", "loss", "selection", "context")


@pytest.fixture(scope="module")
def found():
    design = design_of(*ALL, n_agents=80, days=41, replicates=2)
    short = Intervention(what="cognition", who="loneliest", length=10, hours=0.1)
    outcomes = ("excess_1", "excess_2", "prevalence", "stability")
    return {
        "twin": twins.analyse(design, TwinPlan(start=10, every=10), processes=1),
        "channels": channels.analyse(design, FactorialPlan(outcomes=outcomes), processes=1),
        "compare": compare.analyse(
            design, LeaguePlan(budget=20, start=5), (short, short), processes=1
        ),
        "audit": audit.analyse(
            design, AuditPlan(worlds=("none", "all"), first_wave=20, gap=20), processes=1
        ),
    }


@pytest.mark.parametrize("kind", ["twin", "channels", "compare", "audit"])
def test_page__says_what_was_done_and_keeps_within_its_edges(found, kind):
    figure = of_analysis(found[kind])
    texts = [text for text in figure.findobj(lambda a: hasattr(a, "get_text")) if text.get_text()]
    told = " ".join(text.get_text() for text in figure.texts)
    assert "2 replicates" in told and "95 %" in told and "not the world" in told
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    for text in texts:
        if not text.get_visible() or (text.axes is not None and not text.axes.axison):
            continue
        box = text.get_window_extent()
        if box.width == 0:
            continue
        inside = box.x0 >= -1 and box.x1 <= width + 1 and box.y0 >= -1 and box.y1 <= height + 1
        assert inside, text.get_text()


def lines(axes):
    return {line.get_label(): line for line in axes.lines}


def test_twin__draws_the_kernel(found):
    kernel = found["twin"].tables["kernel"]
    axes = of_analysis(found["twin"]).axes[1]
    first = kernel["distance"] == 1
    drawn = lines(axes)["distance 1"]
    np.testing.assert_allclose(drawn.get_ydata(), kernel["total"][first])
    np.testing.assert_allclose(drawn.get_xdata(), kernel["after"][first])


def test_twin__of_everybody_has_no_others():
    design = design_of(*ALL, n_agents=40, days=20, replicates=2)
    change = Change(params={"relate.distraction": 0.9})
    one = twins.analyse(design, TwinPlan(start=5), change, processes=1)
    figure = of_analysis(one)
    assert "everybody was changed" in figure.axes[1].texts[0].get_text()


def test_channels__draws_clustering_in_percent(found):
    arms = found["channels"].tables["arms"]
    axes = of_analysis(found["channels"]).axes[0]
    own = (arms["name"] == "all") & np.isin(arms["outcome"], ["excess_1", "excess_2"])
    np.testing.assert_allclose(lines(axes)["all channels"].get_ydata(), 100.0 * arms["mean"][own])
    np.testing.assert_allclose(lines(axes)["Framingham 2009"].get_ydata(), [52, 25])


def test_compare__draws_arms_from_the_most_helpful(found):
    league = found["compare"].tables["league"]
    axes = of_analysis(found["compare"]).axes[0]
    with_it = np.sort(league["effect"][league["contagion"] == 1])
    np.testing.assert_allclose(lines(axes)["with contagion"].get_xdata(), 1000.0 * with_it)


def test_audit__writes_the_share_that_finds_contagion(found):
    scores = found["audit"].tables["scores"]
    axes = of_analysis(found["audit"]).axes[0]
    cells = [text.get_text() for text in axes.texts if text.get_text().isdigit()]
    grid = np.array(cells, float).reshape(2, -1)
    finds = scores["finds"].reshape(2, -1)
    np.testing.assert_allclose(grid, np.round(100.0 * finds))


def test_every_analysis_has_a_picture(found):
    assert set(found) <= set(MODULES)
