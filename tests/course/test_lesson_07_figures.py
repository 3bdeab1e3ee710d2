"""The figures of lesson 07: labels, legends, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.stats import binomtest

from bo_tutorial.course.lesson_00 import numerics as game
from bo_tutorial.course.lesson_07 import figures as loop
from bo_tutorial.course.lesson_07.live import OWN, replay, stepper
from bo_tutorial.plotting import base

X = np.linspace(0, 1, 11)
TRUTH = np.sin(6 * X)


pytestmark = pytest.mark.usefixtures("course_style")


def legend(ax):
    return {text.get_text() for text in ax.get_legend().get_texts()}


def moment(next_x, height):
    observed = np.array([0.1, 0.6]), np.array([0.5, -0.4])
    return 2 * X, X + 0.1, height * X * (1 - X), observed, next_x


def test_a_step_draws_ei_as_a_share_of_its_peak():
    axes = plt.subplots(2, 1)[1]
    loop.step(X, TRUTH, moment(0.5, 1e-3), axes)
    top, bottom = axes
    scores = base.artist(bottom, "scores").get_ydata()
    assert scores.max() == pytest.approx(1.0)
    assert scores[1] == pytest.approx(0.1 * 0.9 / 0.25)
    assert base.artist(bottom, "next").get_xydata().tolist() == [[0.5, 1.0]]
    assert base.artist(top, "incumbent").get_ydata()[0] == 0.5
    assert base.artist(top, "truth").get_ydata().tolist() == TRUTH.tolist()
    assert legend(top) == {
        *("f (hidden)", "within 2 sd of f", "posterior mean", "observed", "incumbent")
    }
    assert bottom.get_xlabel() == "x" and bottom.get_ylabel() == "EI (share of its peak)"


def test_a_step_moves_and_the_axes_stay():
    axes = plt.subplots(2, 1)[1]
    top, bottom = axes
    loop.step(X, TRUTH, moment(0.5, 1e-3), axes)
    limits = [(ax.get_xlim(), ax.get_ylim()) for ax in axes]
    mu, sigma, ei, _, _ = moment(0.2, 1.0)
    ei[2] = 1.0  # now the largest, at 0.2
    observed = np.array([0.1, 0.6, 0.5]), np.array([0.5, -0.4, 0.7])
    loop.move_step(X, (-mu, sigma, ei, observed, 0.2), axes, show_truth=False)
    assert [(ax.get_xlim(), ax.get_ylim()) for ax in axes] == limits
    assert base.artist(top, "mean").get_ydata().tolist() == (-mu).tolist()
    assert base.artist(top, "incumbent").get_ydata()[0] == 0.7
    assert len(base.artist(top, "observed").get_xdata()) == 3
    assert not base.artist(top, "truth").get_visible()
    assert base.artist(bottom, "next").get_xydata().tolist() == [[0.2, 1.0]]
    for ax in axes:
        assert base.artist(ax, "choice").get_xdata()[0] == 0.2


def test_a_step_with_nothing_left_to_gain_is_flat():
    axes = plt.subplots(2, 1)[1]
    loop.step(X, TRUTH, moment(0.5, 0.0), axes)
    assert base.artist(axes[1], "scores").get_ydata().tolist() == [0.0] * 11


def test_a_replayed_game_marks_what_was_asked_and_what_was_played():
    ax = plt.subplots()[1]
    mu, sigma, _, observed, _ = moment(0.5, 1.0)
    loop.replayed(X, (mu, sigma, observed, 0.8, (0.3, 0.55)), ax, "after 2")
    assert base.artist(ax, "asks").get_xdata()[0] == 0.8
    assert base.artist(ax, "played").get_xydata().tolist() == [[0.3, 0.55]]
    assert {"the model asks", "played next", "observed", "incumbent"} < legend(ax)
    assert ax.get_ylabel() == "validation accuracy" and "x (a setting" in ax.get_xlabel()
    assert ax.get_title() == "after 2" and ax.yaxis.get_major_formatter()(0.5) == "50%"
    loop.move_replayed(X, (mu, sigma, ([0.4], [0.9]), 0.7, (0.2, 0.1)), ax)
    assert base.artist(ax, "asks").get_xdata()[0] == 0.7
    assert base.artist(ax, "played").get_xydata().tolist() == [[0.2, 0.1]]
    assert base.artist(ax, "incumbent").get_ydata()[0] == 0.9
    assert base.artist(ax, "observed").get_xydata().tolist() == [[0.4, 0.9]]


def test_stopped_counts_the_runs_on_the_lower_hill():
    ax = plt.subplots()[1]
    counts = loop.stopped({"once": [0.01, 5.0, 5.2], "twice": [0.01, 0.02, 5.0]}, ax, 4.9)
    assert counts == [2, 1]
    assert ax.get_title() == "on the low hill: 2 and 1 of 3"
    assert ax.get_yscale() == "log" and ax.get_ylabel() == "regret when stopped (units of f)"
    assert legend(ax) == {"one run", "median and quartiles"}


# What the live figures say


def test_the_stepper_says_why():
    live = stepper()
    live.controls["t"].value = 7
    assert "x = 0.675" in live.line
    assert "short by 2.2 standard deviations, so it takes σ" in live.line
    live.controls["t"].value = 5
    assert "x = 0.180" in live.line and "so μ sends it there" in live.line
    assert not base.artist(live.fig.axes[0], "truth").get_visible() or live.controls["truth"].value


def test_the_replay_finds_a_game_of_ones_own_and_says_if_there_is_none(tmp_path):
    live = replay(tmp_path)
    assert live.line.startswith("Function D. The default player")
    live.controls["whose"].value = OWN
    assert live.line.startswith("No my_five_guesses.json here yet")
    game.save(
        game.Trace("Ada", "A", np.array([0.1, 0.5, 0.9, 0.7, 0.6])), tmp_path / game.FILE_NAME
    )
    live.controls["t"].value = 3
    assert live.line.startswith("Function A. Ada, best so far")
    (tmp_path / game.FILE_NAME).write_text("{}")
    live.controls["t"].value = 4
    assert live.line.startswith("Your game cannot be read")


def test_initial_points_shows_medians_and_lost_runs_with_intervals():
    regrets = {
        (function, length, n): np.linspace(0, size, 11) * n
        for function in ("branin", "forrester")
        for length, size in (("fixed", 0.2), ("learned", 1.0))
        for n in (2, 4)
    }
    fig, axes = plt.subplots(1, 2)
    loop.initial_points(regrets, axes)
    for ax, heights in zip(
        axes,
        ({"fixed": [0.2, 0.4], "learned": [1, 2]}, {"fixed": [0, 4], "learned": [8, 9]}),
        strict=True,
    ):
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["2", "4"]
        for bars in ax.containers:
            length = bars.get_label().removeprefix("length scale ")
            line, _, (between,) = bars.lines
            assert line.get_ydata() == pytest.approx(heights[length])
            for (_, low), (_, high) in between.get_segments():
                assert low < high
    low, high = axes[1].containers[0].lines[2][0].get_segments()[1][:, 1]
    wilson = binomtest(4, 11).proportion_ci(0.95, method="wilson")
    assert (low, high) == pytest.approx((11 * wilson.low, 11 * wilson.high), abs=1e-3)
    low, high = axes[0].containers[1].lines[2][0].get_segments()[0][:, 1]
    assert (low, high) == pytest.approx((0.5, 1.5))
    assert axes[0].get_yscale() == "log"
