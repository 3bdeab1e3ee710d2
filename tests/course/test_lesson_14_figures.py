"""The figures of lesson 14: bars on a clock, questions under way, races, the price of asking."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bo_tutorial import problems
from bo_tutorial.course.lesson_14 import figures
from bo_tutorial.course.lesson_14 import numerics as p
from bo_tutorial.course.lesson_14.live import ask_again, two_clocks
from bo_tutorial.plotting import base

pytestmark = pytest.mark.usefixtures("course_style")

TRUTH = np.array([problems.forrester({"x1": x}) for x in p.GRID])


def bars(ax):
    return {
        bar.get_gid(): (bar.get_x(), bar.get_y() + bar.get_height() / 2, bar.get_width())
        for bar in ax.patches
    }


def test_the_clock_draws_each_job_where_it_runs():
    ax = plt.subplots()[1]
    jobs = p.schedule([3.0, 1.0, 1.0, 2.0, 4.0, 1.0], 2)
    figures.clock(jobs, 2, ax, "free")
    drawn = bars(ax)
    assert len(drawn) == 6
    for job in jobs:
        expected = job.start, job.worker + 1, job.end - job.start
        assert drawn[f"job {job.number}"] == pytest.approx(expected)
    assert ax.get_title() == "free: 7.0 hours, idle 14%"
    assert base.artist(ax, "end").get_xdata() == [7, 7]
    low, high = sorted(ax.get_ylim())
    assert low < 0.65 and high > 2.35  # both workers are seen


def test_neighbors_on_a_worker_differ_in_shade():
    ax = plt.subplots()[1]
    figures.clock(p.schedule([1.0, 2.0, 1.0, 2.0], 1), 1, ax)
    shades = [bar.get_facecolor() for bar in ax.patches]
    assert all(a != b for a, b in zip(shades, shades[1:], strict=False))


def test_the_clock_moves_to_other_jobs():
    ax = plt.subplots()[1]
    figures.clock(p.schedule(p.hours_each(8, 0), 4), 4, ax, "a")
    jobs = p.schedule(p.hours_each(8, 1), 2, waits=True)
    figures.move_clock(jobs, 2, ax, "b")
    drawn = bars(ax)
    for job in jobs:
        expected = job.start, job.worker + 1, job.end - job.start
        assert drawn[f"job {job.number}"] == pytest.approx(expected)
    assert ax.get_title().startswith("b: ") and ax.get_yticks().tolist() == [1, 2]


def test_questions_under_way_are_drawn_and_moved():
    axes = plt.subplots(2, 1)[1]
    figures.under_way(p.moment(1), TRUTH, p.told(), axes, "one")
    top, bottom = axes
    assert base.artist(top, "pending").get_xdata().tolist() == p.moment(1).pending.tolist()
    figures.move_under_way(p.moment(3), p.told(), axes)
    moment = p.moment(3)
    assert base.artist(top, "pending").get_xdata().tolist() == moment.pending.tolist()
    assert base.artist(top, "pending").get_ydata().tolist() == moment.believed.tolist()
    assert base.artist(bottom, "scores").get_ydata().max() == pytest.approx(1)
    for ax in axes:
        assert base.artist(ax, "choice").get_xdata() == [moment.next_x] * 2
    low, high = top.get_ylim()
    assert low < TRUTH.min() and high > TRUTH.max()


def test_races_draw_the_median_and_leave_out_where_a_run_has_no_answer():
    ax = plt.subplots()[1]
    one = np.array([[np.nan, 4.0, 2.0], [8.0, 2.0, 1.0], [9.0, 3.0, 1.5]])
    figures.by_workers({1: one, "random, 8": one + 1}, np.array([1, 2, 3]), ax, "hours")
    first, second = ax.get_lines()
    assert first.get_xdata().tolist() == [2, 3] and first.get_ydata().tolist() == [3, 1.5]
    assert second.get_ydata().tolist() == [4, 2.5]
    labels = ax.get_legend_handles_labels()[1]
    assert labels == ["1 at once", "quartiles, 1 at once", "random, 8 at once"]
    assert ax.get_yscale() == "log" and ax.get_xlabel() == "hours"


def test_the_lines_of_a_race_differ_in_color_line_and_marker():
    ax = plt.subplots()[1]
    each = np.ones((3, 4))
    who = dict.fromkeys((*p.WORKERS, "random, 8"), each)
    figures.by_workers(who, np.arange(4), ax, "evaluations")
    for get in ("get_color", "get_marker"):
        assert len({getattr(line, get)() for line in ax.get_lines()}) == len(who)
    assert len({str(line._dash_pattern) for line in ax.get_lines()}) == len(who)


def test_the_time_to_ask_is_the_training_shared_out():
    ax = plt.subplots()[1]
    workers = np.array([1, 10, 1000])
    figures.time_to_ask(workers, {"trainings of 1 hour": 3600}, {"a question": 0.5}, ax)
    falling, level = ax.get_lines()
    assert falling.get_ydata().tolist() == [3600, 360, 3.6]
    assert level.get_ydata().tolist() == [0.5, 0.5, 0.5]
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        *("1", "10", "100", "1000", "10000")
    ]


def test_without_belief_the_live_figure_asks_in_one_place():
    figure = ask_again()
    alt, line = figure._update(3, False)
    assert "0.455, 0.455, 0.455; ignored" in line and "at x = 0.455" in line
    alt, line = figure._update(3, True)
    assert "0.455, 0.185, 0.705" in line and "at x = 0.360" in line and line in alt


def test_equal_evaluations_make_the_two_clocks_agree():
    figure = two_clocks()
    _, line = figure._update(4, 0.0, 3)
    assert line == (
        "24 evaluations, 1.0 to 1.0 hours each. wait for each other: 6.0 hours, 0% idle; "
        "nobody waits: 6.0 hours, 0% idle."
    )
