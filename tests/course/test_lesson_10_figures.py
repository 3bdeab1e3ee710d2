"""The figures of lesson 10: labels, legends, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import legend, points

from bo_tutorial.course.lesson_10 import figures
from bo_tutorial.course.lesson_10 import numerics as tuning
from bo_tutorial.network import SPACE
from bo_tutorial.plotting.base import artist

pytestmark = pytest.mark.usefixtures("course_style")

N = np.arange(1, 6)
CURVES = {
    "BO, later": (N, np.array([[0.1, 0.5, 0.8, 0.9, 0.9], [0.3, 0.5, 0.6, 0.7, 0.95]])),
    "random, later": (N[:3], np.array([[0.1, 0.2, 0.3], [0.3, 0.4, 0.5], [0.2, 0.3, 0.4]])),
    "BO, reported": (N, np.array([[0.2, 0.6, 0.8, 0.9, 1.0], [0.4, 0.6, 0.6, 0.8, 1.0]])),
}
HOURS = 4


def test_progress_draws_means_bands_and_days(ax):
    figures.progress(CURVES, ax, HOURS, {"grid": (3125, 0.97)}, mean_only=["BO, reported"])
    assert points(ax, "BO, later").tolist() == pytest.approx(
        np.column_stack([N, CURVES["BO, later"][1].mean(axis=0)])
    )
    assert points(ax, "random, later")[:, 1] == pytest.approx([0.2, 0.3, 0.4])
    assert points(ax, "grid").tolist() == [[3125, 0.97]]
    assert len(ax.collections) == 2  # a band for each curve but the thin one
    assert legend(ax) == [
        *("BO, later: mean, quartiles of 2 runs", "random, later: mean, quartiles of 3 runs"),
        *("BO, reported", "grid"),
    ]
    assert artist(ax, "BO, reported").get_linestyle() == ":"
    assert ax.get_xscale() == "log" and "trainings" in ax.get_xlabel()
    (days,) = ax.child_axes
    assert "days at 4 hours" in days.get_xlabel()
    assert days._functions[0](6) == 1 and days._functions[1](1) == 6
    styles = {(line.get_color(), line.get_marker()) for line in ax.lines}
    assert len(styles) == 4


def test_a_match_leads_from_one_curve_to_the_other(ax):
    figures.progress(CURVES, ax, HOURS)
    bottom, end = ax.get_ylim()[0], ax.get_xlim()[1]
    figures.matched(2, 4, 0.5, ax)
    assert points(ax, "match").tolist() == [[2, bottom], [2, 0.5], [4, 0.5], [4, bottom]]
    assert points(ax, "one").tolist() == [[2, 0.5]] and points(ax, "other").tolist() == [[4, 0.5]]
    figures.move_matched(3, None, 0.6, ax)
    assert points(ax, "match").tolist() == [[3, bottom], [3, 0.6], [end, 0.6]]
    assert points(ax, "one").tolist() == [[3, 0.6]] and np.isnan(points(ax, "other")[0, 0])


def test_promises_pair_each_report_with_its_later_trainings(ax):
    groups = {
        "grid": (np.array([0.97]), np.array([0.95])),
        "BO": (np.array([0.96, 0.98]), np.array([0.95, 0.96])),
        "one collapse": (np.array([0.96, 0.98]), np.array([0.95, 0.75])),
    }
    figures.promises(groups, ax, bottom=0.9)
    assert [text.get_text() for text in ax.texts] == ["↓ 75%"] and ax.get_ylim()[0] == 0.9
    assert points(ax, "reported 1")[:, 1].tolist() == [0.96, 0.98]
    assert points(ax, "later 1")[:, 1].tolist() == [0.95, 0.96]
    assert np.allclose(points(ax, "later 1")[:, 0] - points(ax, "reported 1")[:, 0], 0.44)
    bars = [line.get_ydata()[0] for line in ax.lines if line.get_linewidth() == 3]
    assert bars == pytest.approx([0.97, 0.95, 0.97, 0.955, 0.97, 0.85])
    assert sorted(legend(ax)) == [
        *("mean of 24 later trainings", "mean of the runs", "reported by the search")
    ]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == list(groups)
    assert ax.get_ylabel() == "validation accuracy"


def test_the_shortlist_has_its_intervals(ax):
    table, later = np.array([0.97, 0.96, 0.955]), np.array([0.95, 0.96, 0.94])
    figures.shortlist(table, later, np.array([0.01, 0.02, 0.03]), ax, {"chosen": 1})
    assert points(ax, "table").tolist() == [[1, 0.97], [2, 0.96], [3, 0.955]]
    (bars,) = ax.containers
    (segments,) = bars[2]
    ends = np.array([segment[:, 1] for segment in segments.get_segments()])
    assert ends == pytest.approx(np.array([[0.94, 0.96], [0.94, 0.98], [0.91, 0.97]]))
    assert bars[0].get_ydata() == pytest.approx(later)
    (words,) = ax.texts
    assert words.get_text() == "chosen" and words.xy[0] == 2
    assert "95 % interval" in " ".join(legend(ax)) and ax.get_xlabel() == "rank in the table"


def test_histograms_along_the_axes_add_up_and_runs_have_medians():
    axes = plt.subplots(2, 3)[1].ravel()
    rng = np.random.default_rng(0)
    places = [rng.random((4, 25)) for _ in range(6)]
    places[1] = np.zeros((4, 25))
    figures.along_axes(places, tuning.IDLE_SPACE, axes)
    for j, (ax, name) in enumerate(zip(axes, tuning.IDLE_SPACE.names, strict=True)):
        heights = [bar.get_height() for bar in ax.patches]
        assert len(heights) == (5 if name == "n_layers" else 10)
        assert sum(heights) == pytest.approx(1)
        assert points(ax, "medians")[:, 0] == pytest.approx(np.sort(np.median(places[j], axis=1)))
        (level,) = [line for line in ax.lines if line.get_label() == "spread evenly"]
        assert level.get_ydata()[0] == pytest.approx(1 / len(heights))
        assert ax.get_xlabel() == figures.LABELS[name]
    assert axes[1].patches[0].get_height() == 1
    assert [bool(ax.get_ylabel()) for ax in axes] == [True, False, False] * 2
    assert [tick.get_text() for tick in axes[3].get_xticklabels()] == list("12345")
    assert [tick.get_text() for tick in axes[5].get_xticklabels()] == ["0", "6", "12", "18", "24"]


def test_a_diary_shows_the_first_trainings_and_the_next():
    axes = plt.subplots(1, 5)[1]
    rng = np.random.default_rng(1)
    places, values = rng.random((8, 5)), rng.random(8)
    figures.diary(places, values, 3, 2, SPACE, axes)
    for j, ax in enumerate(axes):
        dots = artist(ax, "trainings")
        assert np.allclose(dots.get_offsets(), np.column_stack([[1, 2, 3], places[:3, j]]))
        assert np.allclose(dots.get_array(), values[:3]) and dots.get_clim() == (0, 1)
        assert points(ax, "next").tolist() == [[4, places[3, j]]]
        assert points(ax, "initial")[0, 0] == 2.5
        assert ax.get_ylabel() == figures.LABELS[SPACE.names[j]]
    assert [ax.get_xlabel() for ax in axes] == ["", "", *["training"] * 3]
    figures.move_diary(places[::-1], values, 8, 4, axes)
    assert len(artist(axes[0], "trainings").get_offsets()) == 8
    assert artist(axes[0], "trainings").get_offsets()[0, 1] == places[-1, 0]
    assert np.isnan(points(axes[0], "next")[0, 0]) and points(axes[0], "initial")[0, 0] == 4.5


def test_opened_shows_three_numbers_of_each_pick(ax):
    intervals = np.array([[0.93, 0.97], [0.92, 0.96]])
    figures.opened(["grid", "BO"], [0.97, 0.96], [0.95, 0.96], [0.955, 0.94], intervals, ax)
    assert points(ax, "reported")[:, 1].tolist() == [0.97, 0.96]
    assert points(ax, "later")[:, 1].tolist() == [0.95, 0.96]
    (bars,) = ax.containers
    (segments,) = bars[2]
    ends = np.array([segment[:, 1] for segment in segments.get_segments()])
    assert ends == pytest.approx(intervals)
    assert len(legend(ax)) == 3 and "test" in legend(ax)[2] and ax.get_ylabel() == "accuracy"


def test_length_scales_stand_on_a_log_axis_in_ranges(ax):
    figures.length_scales({"one": np.array([0.1, 0.3, 1.0]), "two": np.array([2.0, 3.0, 3.5])}, ax)
    assert ax.get_yscale() == "log" and "range of the axis" in ax.get_ylabel()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["0.1", "0.3", "1", "3"]
    assert legend(ax) == ["one run", "median and quartiles"]
    low, high = ax.get_ylim()
    assert low < 0.1 and high > 3.5
