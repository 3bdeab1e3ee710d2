"""What lesson 11 draws: a card broken and fixed, a sparse process, traces, and the live cards."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import legend

from bo_tutorial.course.lesson_11 import figures
from bo_tutorial.course.lesson_11 import numerics as failures
from bo_tutorial.course.lesson_11.live import failure_cards

pytestmark = pytest.mark.usefixtures("course_style")


def lines(ax):
    return {line.get_label(): line.get_xydata() for line in ax.lines}


def test_a_belief_shows_truth_mean_band_and_crosses(ax):
    x = np.linspace(0, 1, 5)
    X, y = np.array([0.2, 0.6, 0.8]), np.array([1.0, 2.0, 0.5])
    marked = np.array([False, True, False])
    shown = failures.Belief(x, x**2, x, 0.1 + 0 * x, X, y, marked, "failed", "x", "f", True, (0, 3))
    figures.scene(shown, ax, "a card: broken")
    drawn = lines(ax)
    assert drawn["true f"][:, 1].tolist() == (x**2).tolist()
    assert drawn["observed"].tolist() == [[0.2, 1.0], [0.8, 0.5]]
    assert drawn["failed"].tolist() == [[0.6, 2.0]]
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert band.min() == pytest.approx(-0.2) and band.max() == pytest.approx(1.2)
    assert (ax.get_xscale(), ax.get_ylim(), ax.get_title()) == ("log", (0, 3), "a card: broken")
    assert legend(ax) == ["± 2 sd", "mean", "true f", "observed", "failed"]


def test_a_trace_shows_values_and_the_best_so_far_past_a_failure(ax):
    values = np.array([1.0, 3.0, np.nan, 2.0])
    shown = failures.Trace(values, np.array([False, False, False, True]), "again", "accuracy")
    figures.scene(shown, ax)
    drawn = lines(ax)
    assert drawn["best so far"].tolist() == [[1, 1], [2, 3], [3, 3], [4, 3]]
    assert drawn["again"].tolist() == [[4, 2.0]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("evaluation", "accuracy")


def test_lines_have_bands_and_their_own_axes(ax):
    x = np.array([1.0, 10.0, 100.0])
    shown = failures.Lines({"BO": (x, x - 0.5, x, x + 1)}, "points", "seconds", "x", (0, 5))
    figures.scene(shown, ax)
    assert lines(ax)["BO"].tolist() == np.column_stack([x, x]).tolist()
    assert (ax.get_xscale(), ax.get_yscale(), ax.get_ylim()) == ("log", "linear", (0, 5))


def test_what_is_no_scene_is_refused(ax):
    with pytest.raises(TypeError, match="shown must be a Belief, a Trace or Lines, got 3"):
        figures.scene(3, ax)


def test_outcomes_have_a_ring_for_each_seed_and_a_bar_at_the_median(ax):
    card = failures.CARDS["scale"]
    outcomes = {"broken": [1.0, 2.0, 3.0], "fixed": [1e-9, 0.1, 0.2]}
    figures.spread(card, outcomes, ax)
    rings, bar, _, others, *_ = ax.lines
    assert sorted(rings.get_ydata()) == [1.0, 2.0, 3.0]
    assert sorted(others.get_ydata()) == [card.smallest, 0.1, 0.2]  # not off the page
    assert set(bar.get_ydata()) == {2.0} and ax.get_yscale() == "log"
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["broken", "fixed"]
    assert ax.get_ylabel() == card.measured and ax.get_title().startswith("3 seeds")


def test_a_sparse_belief_lies_over_the_exact_one(ax):
    x = np.linspace(-4, 0, 9)
    exact, sparse = (x, 0 * x + 1), (2 * x, 0 * x + 2)
    figures.sparse(x, (exact, sparse), (np.array([-1.0]), np.array([0.3])), np.array([-2.0]), ax)
    drawn = lines(ax)
    assert drawn["sparse, mean and ± 2 sd"][:, 1].tolist() == (2 * x).tolist()
    assert drawn["inducing points"][:, 0].tolist() == [-2.0]
    edges = [line.get_ydata() for line in ax.lines if line.get_linewidth() == 1.2]
    assert [edge[0] for edge in edges] == [-12.0, -4.0]


def test_a_bound_stands_below_its_level(ax):
    figures.bounds([2, 4], [-9.0, -1.0], 0.5, ax)
    assert lines(ax)["bound"].tolist() == [[2, -9.0], [4, -1.0]]
    assert set(lines(ax)["log marginal likelihood"][:, 1]) == {0.5}
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["2", "4"]


def test_traces_are_values_in_the_order_of_evaluation():
    axes = plt.subplots(1, 2)[1]
    figures.traces({"A": np.array([0.5, 0.7]), "B": np.array([0.1])}, axes)
    assert axes[0].lines[0].get_xydata().tolist() == [[1, 0.5], [2, 0.7]]
    assert axes[1].get_title() == "run B"


def test_the_live_cards_show_each_failure_broken_and_fixed():
    live, words = failure_cards(), set()
    for title in live.controls["failure"].sweep:
        live.controls["failure"].value = title
        for fixed in (False, True):
            live.controls["repaired"].value = fixed
            version = failures.VERSIONS[fixed]
            panels = [ax for ax in live.fig.axes if ax.get_visible()]
            assert panels[0].get_title() == f"{title}: {version}" or (
                panels[1].get_title() == f"{title}: {version}"
            )
            assert len(panels) == 2
            assert live.line.startswith("Test: ") and "Fix: " in live.line
            assert ("finds nothing" in live.line) == fixed
            words.add(live._alt)
    assert len(words) == 2 * len(failures.CARDS)
