"""The figures of lesson 13: labels, units, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import legend, points

from bo_tutorial.course.lesson_13 import figures
from bo_tutorial.course.lesson_13 import numerics as tools
from bo_tutorial.course.lesson_13.live import match_a_library
from bo_tutorial.plotting import base

pytestmark = pytest.mark.usefixtures("course_style")


def test_a_program_shows_each_trial_of_one_run_and_the_best_of_all(ax):
    values = np.array([[0.5, 0.9, 0.7] + 9 * [0.8], [0.6, 0.4, 0.95] + 9 * [0.1]])
    figures.program(values, ax)
    assert points(ax, "trials")[:, 1] == pytest.approx(values[0])
    assert points(ax, "run 1")[:, 1] == pytest.approx([0.6, 0.6] + 10 * [0.95])
    assert "2 runs" in "".join(legend(ax)) and "%" in ax.get_ylabel()


def test_each_question_stands_at_its_learning_rate_in_the_row_of_its_library(ax):
    entries = [
        {"library": "one", "asks": {"as it comes": [0.1, 0.2], "model at once": [0.003, 0.004]}},
        {"library": "two", "asks": {"as it comes": [0.5, 0.6]}},
    ]
    figures.questions(entries, ax)
    assert points(ax, "0 model at once")[:, 0] == pytest.approx([0.003, 0.004])
    assert np.all(np.abs(points(ax, "1 as it comes")[:, 1] - 1) < 0.5)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["one", "two"]
    assert ax.get_xscale() == "log" and ax.yaxis_inverted()


def test_a_belief_and_its_question_move(ax):
    first = tools.belief("SE", 0.1)
    second = tools.belief("Matern 5/2", 0.3, noise_variance=0.1)
    figures.believed(first, ax, {"asked next": 0.005})
    figures.move_belief(second, ax, {"asked next": 0.02})
    assert points(ax, "mu")[:, 1] == pytest.approx(second[0])
    assert set(points(ax, "asked next")[:, 0]) == {0.02}
    edges = base.artist(ax, "band").get_paths()[0].vertices[:, 1]
    assert (second[0] + second[1]).max() == pytest.approx(edges.max())


def test_prices_are_one_dot_a_seed_and_a_line_at_the_median(ax):
    figures.prices({"mine": np.array([1.0, 2, 30]), "theirs": np.zeros(3)}, ax, "regret (units)")
    assert sorted(points(ax, "mine")[:, 1]) == [1, 2, 30]
    assert set(points(ax, "theirs")[:, 1]) == {1e-7}  # a regret of 0 on a log axis
    assert ax.lines[1].get_ydata()[0] == 2


def test_races_show_medians_of_the_last_evaluation_and_of_the_time():
    kept = {
        "here": {"seeds": [0, 1, 2]}
        | {
            method: {
                "regret": [[9.0, 9, 9, k * 1.0], [9, 9, 9, k * 2.0], [9, 9, 9, k * 40.0]],
                "cpu_ms": [k * 1.0, k * 5.0, k * 6.0],
            }
            for k, method in enumerate(figures.RACERS, 1)
        }
    }
    fig, (left, right) = plt.subplots(1, 2)
    figures.races(kept, left, right)
    for k, method in enumerate(figures.RACERS, 1):
        assert points(left, f"here {method}")[0, 0] == pytest.approx(2 * k)
        assert points(right, f"here {method}")[0, 0] == pytest.approx(5 * k)
    assert "units of f" in left.get_xlabel() and "ms" in right.get_xlabel()
    plt.close(fig)


def test_the_live_figure_asks_what_the_static_one_asks():
    figure = match_a_library()
    figure.controls["length_scale"].value, figure.controls["noise"].value = 0.4, 0.01
    rate = tools.next_rate(kernel="SE", length_scale=0.1, noise_variance=0.01)
    assert f"{rate:.3g}" in figure.picture
    figure.controls["length_scale"].value = 2.0
    assert f"question is {rate:.3g}" not in figure.picture
