"""The figures of lesson 12: labels, legends, and the numbers in what is drawn."""

import numpy as np
import pytest
from drawn import legend, points

from bo_tutorial.course.lesson_12 import figures as leave
from bo_tutorial.course.lesson_12 import numerics as played
from bo_tutorial.course.lesson_12.live import against_the_clock, two_densities
from bo_tutorial.plotting import base

pytestmark = pytest.mark.usefixtures("course_style")

GRID = np.linspace(0, 1, 101)


def test_trials_stand_on_either_side_of_the_line(ax):
    good, bad = (np.array([0.2, 0.7]), np.array([0.8, 0.9])), (np.array([0.5]), np.array([0.6]))
    leave.trials_on_an_axis(good, bad, 0.75, ax)
    assert points(ax, "good").tolist() == [[0.2, 0.8], [0.7, 0.9]]
    assert points(ax, "bad").tolist() == [[0.5, 0.6]]
    assert set(base.artist(ax, "tau").get_ydata()) == {0.75}
    assert legend(ax) == ["good", "others", "τ"]


def test_the_true_density_has_an_area_of_1(ax):
    above = (GRID > 0.3) & (GRID < 0.8)
    leave.two_densities(GRID, 1 + 0 * GRID, 1 + GRID, ax, above)
    box = base.artist(ax, "truth").get_paths()[0].vertices[:, 1]
    assert box.max() == pytest.approx(2, rel=0.03)
    assert base.artist(ax, "g").get_ydata()[-1] == 2
    assert legend(ax) == ["p(x | f(x) > τ)", "l(x), of the good", "g(x), of the others"]


def test_the_star_stands_at_the_largest_ratio(ax):
    l_x, g_x = np.exp(-((GRID - 0.4) ** 2)), np.ones(101)
    leave.ratio(GRID, l_x, g_x, ax)
    assert points(ax, "next")[0].tolist() == pytest.approx([0.4, 1.0])
    assert ax.get_yscale() == "log"


def test_candidates_and_good_trials_are_counted(ax):
    ridge = played.valley(np.stack(np.meshgrid(GRID, GRID), axis=-1))
    leave.where_it_draws(ridge, np.ones((3, 2)) / 2, np.ones((7, 2)) / 3, ax, "here")
    assert legend(ax) == ["7 candidates", "good trials"] and ax.get_title() == "here"


def test_a_race_is_a_median_with_quartiles(ax):
    best = {
        name: np.maximum.accumulate(np.random.default_rng(i).random((9, 20)), axis=1)
        for i, name in enumerate(("TPE", "forest"))
    }
    leave.race(best, ax, None)
    drawn = base.artist(ax, "forest").get_ydata()
    assert drawn == pytest.approx(np.median(best["forest"], axis=0))
    assert legend(ax) == ["TPE", "forest"]


def test_a_regret_of_zero_is_drawn_at_the_end_of_the_log_axis(ax):
    leave.race({"BO": np.ones((3, 5))}, ax, 1.0)
    assert set(base.artist(ax, "BO").get_ydata()) == {leave.SMALLEST}


def test_methods_that_meet_differ_in_color_line_and_marker():
    looks = [leave.look(name) for name in ("random", "TPE", "BO", "sparse", "forest")]
    for part in ("color", "linestyle", "marker"):
        assert len({str(each[part]) for each in looks}) == 5
    looks = [leave.look(name) for name in ("random", "TPE", "BO", "univariate")]
    assert len({each["color"] for each in looks}) == 4


def test_the_clock_moves_the_seconds_and_not_the_regret(ax):
    regret = np.minimum.accumulate(np.random.default_rng(0).exponential(1, (9, 20)), axis=1)
    leave.by_the_clock({"TPE": (np.arange(1, 21) * 1.0, regret)}, ax)
    before = base.artist(ax, "TPE").get_ydata().copy()
    leave.move_clock({"TPE": (np.arange(1, 21) * 5.0, regret)}, ax, "five")
    line = base.artist(ax, "TPE")
    assert line.get_xdata()[-1] == 100 and np.array_equal(line.get_ydata(), before)
    assert ax.get_title() == "five" and ax.get_xlim()[1] > 100


def test_question_times_are_the_dearest(ax):
    times = {"TPE": (np.array([10, 100]), np.array([1e-3, 2e-3]), np.array([5e-4, 1e-3]))}
    leave.question_times(times, ax)
    assert base.artist(ax, "TPE").get_ydata().tolist() == [1e-3, 2e-3]
    assert ax.get_xscale() == ax.get_yscale() == "log" and "s" in ax.get_ylabel()


def test_a_belief_is_a_mean_with_a_band(ax):
    rates = np.geomspace(1e-4, 1, 5)
    leave.belief(rates, np.full(5, 0.9), np.full(5, 0.02), ([0.01], [0.91]), ax, "forest")
    assert legend(ax) == ["± 1 sd", "mean", "trainings"] and ax.get_title() == "forest"


def test_the_live_figures_say_what_they_show():
    figure = two_densities()
    assert "Of 24 trials, 5 are good" in figure.picture
    assert "inside the places where f is above" in figure.picture
    clock = against_the_clock()
    assert "an evaluation costs 1 s" in clock.picture
