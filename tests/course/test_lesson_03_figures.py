"""What the figures of lesson 03 say: labels, legends, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import legend, points

from bo_tutorial.course.lesson_03 import figures
from bo_tutorial.course.lesson_03 import live as live_figures
from bo_tutorial.course.lesson_03 import numerics as draws
from bo_tutorial.plotting.base import artist
from bo_tutorial.plotting.looks import look

pytestmark = pytest.mark.usefixtures("course_style")


@pytest.fixture
def axes():
    return plt.subplots(2, 1)[1]


def ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_hit_rates_draw_a_curve_for_each_share_and_rings_for_what_was_simulated(ax):
    n, measured = np.array([1, 10, 100]), {"rare": np.array([0.1, 0.2, 0.3])}
    assert figures.hit_rates(n, {"rare": 0.01, "common": 0.1}, ax, measured) is ax
    assert legend(ax) == ["rare", "common", "simulated"]
    assert points(ax, "common")[:, 1] == pytest.approx([0.1, 1 - 0.9**10, 1 - 0.9**100])
    (rings,) = [each for each in ax.lines if len(each.get_xdata()) and each.get_marker() == "o"]
    assert np.array_equal(rings.get_xydata(), [[1, 0.1], [10, 0.2], [100, 0.3]])
    assert rings.get_color() == artist(ax, "rare").get_color()
    assert artist(ax, "rare").get_linestyle() != artist(ax, "common").get_linestyle()
    assert ax.get_xscale() == "log" and ticks(ax.xaxis) == ["1", "10", "100"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("draws n", "chance of at least one hit")
    assert ax.yaxis.get_major_formatter()(0.5) == "50%"


def test_hit_rates_without_a_simulation(ax):
    figures.hit_rates(np.array([1, 10]), {"rare": 0.01}, ax)
    assert legend(ax) == ["rare"]


def test_waiting_counts_the_searches_and_marks_numbers(ax):
    assert figures.waiting([1, 2, 2, 9], ax, {"mean": 3.5, "median": 2.0}, bins=4) is ax
    assert sum(bar.get_height() for bar in ax.patches) == 4
    assert [each.get_xdata()[0] for each in ax.lines] == [3.5, 2.0]
    assert len({each.get_linestyle() for each in ax.lines}) == 2
    assert legend(ax) == ["searches", "mean: 4", "median: 2"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("draws until the first hit", "searches (count)")


def test_chance_marks_the_number_of_draws_and_moves(ax):
    n = np.array([1.0, 10, 100])
    figures.chance(n, 0.1, 10, ax)
    for p, chosen in ((0.1, 10), (0.02, 7)):
        figures.move_chance(n, p, chosen, ax)
        assert points(ax, "chance")[:, 1] == pytest.approx(1 - (1 - p) ** n)
        assert points(ax, "chosen")[0] == pytest.approx([chosen, 1 - (1 - p) ** chosen])
        assert points(ax, "expected")[:, 0] == pytest.approx([1 / p, 1 / p])
    assert legend(ax) == ["chance of a hit", "expected draws, 1/p", "your n"]


def test_margins_show_trainings_on_the_map_and_above_it(axes):
    fine = (
        np.array([0.001, 0.01, 0.1]),
        np.array([16, 256]),
        np.array([[0.2, 0.4], [0.8, 1], [0, 0]]),
    )
    configs = [{"learning_rate": 0.01, "batch_size": b} for b in (16, 256)]
    assert figures.margins(configs, [0.7, 0.9], axes, fine, "grid") is axes
    top, bottom = axes
    assert np.array_equal(points(top, "scores"), [[0.01, 0.7], [0.01, 0.9]])
    assert np.array_equal(points(bottom, "tried"), [[0.01, 16], [0.01, 256]])
    (mean,) = [each for each in top.lines if each.get_label() == "mean over batch sizes"]
    assert mean.get_ydata() == pytest.approx([0.3, 0.9, 0])
    assert legend(top) == ["range over batch sizes", "mean over batch sizes", "grid"]
    assert top.get_title() == "grid: 1 learning rates"
    assert top.get_xlim() == bottom.get_xlim()
    assert np.array_equal(
        np.asarray(bottom.collections[0].get_array()).ravel(), [0.2, 0.8, 0, 0.4, 1, 0]
    )
    assert (bottom.get_xlabel(), bottom.get_ylabel()) == ("learning rate", "batch size (images)")
    assert top.get_ylabel() == "validation accuracy"
    bar = bottom.figure.axes[-1]
    assert bar.get_xlabel() == "validation accuracy"


def test_shadows_count_the_places_of_each_direction(ax):
    groups = {"grid": draws.grid_points(3), "random": draws.random_points(2, 9, 0)}
    assert figures.shadows(groups, [0, 45], ax) is ax
    assert legend(ax) == ["grid", "random"]
    assert ticks(ax.yaxis) == [
        "0°, grid: 3 different",
        "0°, random: 9 different",
        "45°, grid: 5 different",
        "45°, random: 9 different",
    ]
    grid, random = ax.lines[0], ax.lines[1]
    assert sorted(set(grid.get_xdata())) == pytest.approx([0, 0.5, 1])
    assert random.get_xdata() == pytest.approx(groups["random"][:, 0])
    assert grid.get_marker() != random.get_marker()
    assert "direction that matters" in ax.get_xlabel()
    assert ax.yaxis_inverted()


def test_projection_draws_points_direction_and_shadows_and_turns(axes):
    groups = {"grid": draws.grid_points(2), "random": draws.random_points(2, 4, 0)}
    figures.projection(groups, 0, axes)
    square, strip = axes
    assert legend_labels(square) == ["grid", "random", "direction that matters"]
    for degrees, x in ((90, groups["grid"][:, 1]), (0, groups["grid"][:, 0])):
        assert figures.move_projection(groups, degrees, axes) is axes
        assert points(strip, "grid")[:, 0] == pytest.approx(x)
        start, end = points(square, "direction")
        angle = np.rad2deg(np.arctan2(*(end - start)[::-1]))
        assert angle == pytest.approx(degrees)
    assert artist(strip, "count 0").get_text() == "2 different places, largest gap 1.00"
    assert artist(strip, "count 1").get_text().startswith("4 different places")
    more = {"grid": draws.grid_points(3), "random": draws.random_points(2, 9, 0)}
    figures.move_projection(more, 30, axes)
    assert np.array_equal(points(square, "random"), more["random"])
    assert square.get_xlabel() and square.get_ylabel() and strip.get_xlabel()


def legend_labels(ax):
    return ax.get_legend_handles_labels()[1]


def test_the_unit_square_has_a_tick_for_each_point_and_states_its_gaps(ax):
    places = np.array([[0.5, 0.1], [0.25, 0.9]])
    assert figures.unit_square(places, "Sobol", ax) is ax
    assert np.array_equal(points(ax, "points"), places)
    below, beside = (each.get_segments() for each in ax.collections)
    assert [segment[0][0] for segment in below] == [0.5, 0.25]
    assert [segment[0][1] for segment in beside] == [0.1, 0.9]
    assert ax.get_title() == "Sobol: largest gaps\n0.50 and 0.80"
    assert ax.get_xlabel() == "first axis (unit cube)"


def test_by_count_draws_medians_and_quartiles(ax):
    groups = {"random": np.array([[1.0, 2], [3, 4], [5, 9]]), "Sobol": np.array([[0.0, 1]] * 3)}
    assert figures.by_count((8, 16), groups, ax, "largest gap") is ax
    assert np.array_equal(points(ax, "random"), [[8, 3], [16, 4]])
    corners = ax.collections[0].get_paths()[0].vertices
    assert set(corners[corners[:, 0] == 8, 1]) == {2, 4}
    assert legend(ax) == ["random: median, quartiles of 3", "Sobol: median, quartiles of 3"]
    assert ticks(ax.xaxis) == ["8", "16"] and ax.get_ylabel() == "largest gap"
    assert artist(ax, "random").get_marker() != artist(ax, "Sobol").get_marker()
    figures.by_count(
        (8, 16), {"random": np.array([[0.5, 0.9]])}, plt.subplots()[1], "x", percent=True
    )
    assert plt.gca().yaxis.get_major_formatter()(0.5) == "50%"


def test_a_latin_hypercube_is_told_from_the_methods_that_it_meets():
    axes = plt.subplots(1, 2)[1]
    groups = {name: np.ones((3, 2)) for name in ("random", "Latin hypercube", "Sobol")}
    figures.by_count((8, 16), groups, axes[0], "gap")
    drawn = [artist(axes[0], name) for name in groups]
    assert len({each.get_color() for each in drawn}) == 3
    assert len({each.get_marker() for each in drawn}) == 3
    styles = {str(look(name)["linestyle"]) for name in ("random", "Sobol")}
    assert figures.LATIN["linestyle"] not in styles and len(styles) == 2
    figures.unit_square(np.array([[0.2, 0.4]]), "Latin hypercube", axes[1])
    (alone,) = [each for each in axes[1].lines if each.get_gid() == "points"]
    assert (alone.get_color(), alone.get_linestyle()) == (drawn[1].get_color(), "None")


def test_shares_are_bars_with_their_numbers(ax):
    columns = {"alone": np.array([0.45, 0.02]), "with others": np.array([0.77, 0.12])}
    assert figures.shares(["rate", "batch"], columns, ax) is ax
    assert [bar.get_width() for bar in ax.patches] == [0.45, 0.02, 0.77, 0.12]
    assert [text.get_text() for text in ax.texts] == ["45%", "2%", "77%", "12%"]
    assert ticks(ax.yaxis) == ["rate", "batch"] and ax.yaxis_inverted()
    assert legend(ax) == ["alone", "with others"]
    assert {bar.get_hatch() for bar in ax.patches} == {"", "//"}
    assert ax.get_xlabel() == "share of the variance of the accuracy"


def test_duels_show_one_grid_the_mean_and_the_range(ax):
    every = np.array([[0.2, 0.4], [0.6, 0.9]])
    assert figures.duels(["a, b", "a, c"], [0.3, 0.5], every, ax, "this one") is ax
    assert np.array_equal(points(ax, "one"), [[0.3, 0], [0.5, 1]])
    assert points(ax, "mean")[:, 0] == pytest.approx([0.4, 0.65])
    ranges = [segment[:, 0].tolist() for segment in ax.collections[0].get_segments()]
    assert ranges == [[0.2, 0.6], [0.4, 0.9]]
    assert legend(ax) == ["range of 2 placements", "mean of the placements", "this one"]
    assert ticks(ax.yaxis) == ["a, b", "a, c"] and "a tie counts half" in ax.get_xlabel()


def test_reach_draws_both_at_the_same_price(ax):
    assert figures.reach([0.9, 0.95], [1.0, 0.5], [0.8, 0.4], 9, ax, "two axes") is ax
    assert legend(ax) == ["random, 9 draws", "grid, 9 points"]
    assert np.array_equal(points(ax, "random, 9 draws"), [[0.9, 1], [0.95, 0.5]])
    assert np.array_equal(points(ax, "grid, 9 points"), [[0.9, 0.8], [0.95, 0.4]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("accuracy to reach", "chance to reach it")
    assert ax.get_title() == "two axes"


def test_neighbors_draw_the_pairs_the_line_and_the_pair_to_point_out(ax):
    here, there = np.array([0.1, 0.5]), np.array([0.2, 0.6])
    labels = ("with 256", "with 512")
    assert figures.neighbors(here, there, ax, (0.65, 0.82), labels, (0.9, 0.1)) is ax
    assert np.array_equal(points(ax, "pairs"), [[0.1, 0.2], [0.5, 0.6]])
    assert np.array_equal(points(ax, "known"), [[0.65, 0.82]])
    assert points(ax, "line")[:, 1] == pytest.approx([0.1, 1.0])
    assert legend(ax) == ["pairs", "equal", "best line", "x and x′"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == labels


def test_correlations_draw_a_curve_for_each_axis(ax):
    curves = {"rate": np.array([0.3, -0.4]), "batch": np.array([0.9, 0.8])}
    assert figures.correlations((1, 2), curves, ax) is ax
    assert np.array_equal(points(ax, "rate"), [[1, 0.3], [2, -0.4]])
    assert legend(ax) == ["rate", "batch"]
    assert artist(ax, "rate").get_marker() != artist(ax, "batch").get_marker()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("distance (grid steps)", "correlation")


# Live figures


def test_hit_chance_says_the_chance():
    live = live_figures.hit_chance()
    live.controls["percent"].value = 5.0
    live.controls["n"].value = 60
    (ax,) = live.fig.axes
    assert points(ax, "chosen")[0] == pytest.approx([60, 1 - 0.95**60])
    assert f"{1 - 0.95**60:.1%}" in live.picture and "60 draws" in live.picture


def test_projections_count_what_a_direction_sees():
    live = live_figures.projections()
    for degrees, k, seen in ((0, 3, 3), (45, 3, 5), (45, 4, 7), (20, 4, 16)):
        live.controls["degrees"].value, live.controls["k"].value = degrees, k
        assert f"the grid shows {seen} different places" in live.picture
        assert f"the random points show {k * k} different places" in live.picture
