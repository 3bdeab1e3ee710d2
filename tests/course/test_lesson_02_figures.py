"""The figures of lesson 02 and what they rest on: labels, legends, numbers, blind spots."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import legend
from scipy.spatial import KDTree
from scipy.stats import hypergeom, norm
from scripts import load_script

from bo_tutorial import Float, Space
from bo_tutorial.course.lesson_02 import figures as grids
from bo_tutorial.course.lesson_02 import numerics
from bo_tutorial.course.lesson_02.numerics import distance_to_nearest, grid_points, in_order, ridge
from bo_tutorial.plotting.base import artist

pytestmark = pytest.mark.usefixtures("course_style")


def line(ax, label):
    (found,) = [each for each in ax.lines if each.get_label() == label]
    return found


# Blind spots


def test_grid_points_are_those_of_a_space():
    space = Space(a=Float(0.0, 1.0), b=Float(0.0, 1.0))
    expected = [list(config.values()) for config in space.grid(4)]
    assert np.allclose(grid_points(4, 2), expected)
    middles = grid_points(3, 1, ends=False)[:, 0]
    assert np.allclose(middles, [1 / 6, 1 / 2, 5 / 6])


@pytest.mark.parametrize("n, d", [(1, 2), (2.5, 2), (2, 0)])
def test_a_grid_needs_two_values_and_a_dimension(n, d):
    with pytest.raises((TypeError, ValueError), match="n must|d must"):
        grid_points(n, d)


def test_distance_to_nearest_against_a_tree():
    rng = np.random.default_rng(0)
    places, points = rng.random((50, 3)), rng.random((20, 3))
    assert np.allclose(distance_to_nearest(places, points), KDTree(points).query(places)[0])


@pytest.mark.parametrize("n, d", [(3, 2), (5, 2), (3, 3)])
@pytest.mark.parametrize("ends", [True, False])
def test_the_blind_spot_of_a_grid_is_where_pythagoras_says(n, d, ends):
    places = np.random.default_rng(1).random((100_000, d))
    far = distance_to_nearest(places, grid_points(n, d, ends)).max()
    formula = np.sqrt(d) / (2 * (n - 1) if ends else 2 * n)
    assert 0.9 * formula < far <= formula


def test_a_ridge_is_a_normal_density_scaled_to_one():
    x = np.linspace(0, 1, 7)
    density = norm(0.3, 0.08).pdf
    assert np.allclose(ridge(x, 0.3, 0.08), density(x) / density(0.3))
    assert ridge(0.3 + 1.1774 * 0.08, 0.3, 0.08) == pytest.approx(0.5, abs=1e-4)
    with pytest.raises(ValueError, match="width must be"):
        ridge(x, 0.3, 0.0)


def test_in_order_is_the_order_of_nested_loops():
    cube = np.arange(24).reshape(2, 3, 4)
    by_loops = [cube[i, j, k] for k in range(4) for i in range(2) for j in range(3)]
    assert in_order(cube, 2).tolist() == by_loops
    assert in_order(cube, 0).tolist() == list(range(24))


# The rivals of a grid


def climbed(cube, start, order):
    """One search along one axis at a time, evaluation by evaluation, and what it evaluated."""
    at, tried = tuple(start), {tuple(start)}
    for axis in order:
        line = [(*at[:axis], i, *at[axis + 1 :]) for i in range(cube.shape[axis])]
        tried.update(line)
        at = max(line, key=lambda each: cube[each])
    return cube[at], len(tried)


def test_one_at_a_time_is_the_search_walked_step_by_step():
    cube = np.random.default_rng(3).random((3, 3, 3))
    for order in itertools.permutations(range(3)):
        ends = numerics.one_at_a_time(cube, order).reshape(cube.shape)
        for start in np.ndindex(*cube.shape):
            assert (ends[start], 1 + 3 * 2) == climbed(cube, start, order)


def test_one_at_a_time_finds_the_top_of_a_sum_and_may_miss_it_where_axes_act_together():
    a = np.array([0.0, 2.0, 1.0])
    assert set(numerics.one_at_a_time(a[:, None] + a[None, :], (0, 1))) == {4.0}
    together = np.array([[3.0, 0.0], [0.0, 4.0]])
    assert numerics.one_at_a_time(together, (0, 1)).tolist() == [3.0, 4.0, 3.0, 4.0]


def test_the_best_of_random_rows_against_the_hypergeometric_distribution():
    values = np.random.default_rng(5).permutation(np.arange(40.0))
    ranked, below = numerics.best_of_random(values, 6)
    assert ranked.tolist() == sorted(values)
    # None of the 6 is larger than the i-th: all drawn are among the i + 1 smallest.
    assert np.allclose(below, [hypergeom.pmf(6, 40, i + 1, 6) for i in range(40)])


def test_what_lies_between_the_lines_is_what_is_trained_again():
    tool, kept = load_script("between_lines"), numerics.between_lines()
    assert list(kept) == list(numerics.SETTINGS)
    assert {runs.shape for runs in kept.values()} == {(len(numerics.SEEDS), len(numerics.RATES))}
    for number, setting in enumerate(numerics.SETTINGS):
        again = np.array(tool.row(number, seed=2)[2:]) / numerics.N_IMAGES
        # Away from the cliff to three images, as between processors; on it a rounding may grow.
        assert np.abs(again - kept[setting][1])[:5].max() <= 3 / numerics.N_IMAGES
        assert set(np.round(600 * kept[setting].ravel(), 6) % 1) == {0.0}


def test_no_score_helps_to_choose_the_place_that_it_measures():
    # Each half prefers another place between the lines; the other half measures it there.
    runs = np.array(
        [[0.5, 0.9, 0.6, 0.1], [0.5, 0.9, 0.6, 0.1], [0.4, 0.5, 0.8, 0.1], [0.3, 0.5, 0.8, 0.1]]
    )
    assert np.allclose(numerics.gain_between(runs), [0.1, 0.1, 0.1, 0.2])


# Figures


def test_the_best_of_few_is_a_step_curve_for_each_search(ax):
    found = {"one": (np.array([0.7, 0.9]), np.array([0.5, 1.0])), "two": ([0.8], [1.0])}
    grids.best_of_few(found, ax)
    assert legend(ax) == ["one", "two"]
    assert line(ax, "one").get_xydata().tolist() == [[0.7, 0.5], [0.9, 1.0]]
    assert line(ax, "one").get_drawstyle() == "steps-post"
    looks = {(each.get_color(), each.get_linestyle()) for each in ax.lines}
    assert len(looks) == 2 and ax.get_xlabel() == "best accuracy found"


def test_one_block_is_that_of_the_whole_table(ax):
    cube = np.random.default_rng(1).random((5, 5, 5, 5, 5))
    values = {name: np.arange(5) + 10 * i for i, name in enumerate("abcde")}
    grids.one_block(cube[2, :, :, 1], values, ax, "t")
    (picture,) = ax.images
    fig, other = plt.subplots()
    grids.whole_table(cube, values, other)
    whole = other.images[0].get_array()
    assert np.array_equal(picture.get_array(), whole[5:10, 50:75])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["40", "41", "42", "43", "44"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["20", "21", "22", "23", "24"]
    assert "10 to 14" in ax.get_xlabel() and ax.get_title() == "t"
    plt.close(fig)


def test_costs_are_powers(ax):
    grids.costs((2, 5), range(1, 6), ax, {"a week: 42": 42})
    assert legend(ax) == ["2 values each", "5 values each"]
    assert np.array_equal(line(ax, "5 values each").get_ydata(), [5, 25, 125, 625, 3125])
    assert ax.get_yscale() == "log" and [text.get_text() for text in ax.texts] == ["a week: 42"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("hyperparameters, d", "trainings (log axis)")


def test_the_whole_table_has_a_cell_for_each_row(ax):
    cube = np.arange(3125).reshape(5, 5, 5, 5, 5) / 3125
    names = ["learning_rate", "batch_size", "dropout", "n_layers", "hidden_size"]
    grids.whole_table(cube, {name: np.arange(5) + i for i, name in enumerate(names)}, ax)
    picture = np.asarray(ax.images[0].get_array())
    assert picture.shape == (25, 125)
    a, b, c, d, e = 4, 1, 2, 3, 0  # rate, batch, dropout, layers, size
    assert picture[5 * d + c, 25 * a + 5 * e + b] == cube[a, b, c, d, e]
    assert ax.get_xlabel() == "learning rate; within a block: hidden size, and finer: batch size"
    assert ax.get_ylabel() == "layers; within: dropout"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["3", "4", "5", "6", "7"]


def test_best_so_far_against_days(ax):
    runs = np.array([[0.1, 0.5, 0.3], [0.2, 0.1, 0.9], [0.3, 0.3, 0.4]])
    orders = {"in order": np.array([0.2, 0.1, 0.6]), "shuffled": runs}
    grids.best_so_far(orders, ax, hours=12, target=0.9)
    assert legend(ax) == ["in order", "shuffled: median and quartiles of 3", "90%"]
    assert np.allclose(artist(ax, "in order").get_xydata(), [[0.5, 0.2], [1, 0.2], [1.5, 0.6]])
    assert np.allclose(artist(ax, "shuffled").get_ydata(), [0.2, 0.3, 0.5])
    assert "days" in ax.get_xlabel() and "accuracy" in ax.get_ylabel()
    grids.move_best_so_far("in order", np.array([0.7, 0.1, 0.6]), ax, hours=12)
    assert np.allclose(artist(ax, "in order").get_ydata(), 0.7)


def test_between_lines_tells_the_grid_from_what_is_between(ax):
    rates = np.geomspace(0.01, 0.1, 3)
    scores = np.array([[0.8, 0.9, 0.1], [0.9, 0.9, 0.3]])
    grids.between_lines(rates, scores, ax, rates[[0, -1]], "a setting")
    assert np.allclose(artist(ax, "mean").get_ydata(), [0.85, 0.9, 0.2])
    assert np.allclose(artist(ax, "on the grid").get_xdata(), [0.01, 0.1])
    assert np.allclose(artist(ax, "between").get_xdata(), rates[1])
    assert "± 1 sd over 2 seeds" in legend(ax) and ax.get_title() == "a setting"
    corners = ax.collections[0].get_paths()[0].vertices
    for rate, mean, spread in zip(rates, (0.85, 0.9, 0.2), scores.std(axis=0, ddof=1), strict=True):
        at = corners[np.isclose(corners[:, 0], rate), 1]
        assert np.allclose([at.min(), at.max()], [mean - spread, mean + spread])


def test_a_ridge_slides_under_the_grid():
    axes = plt.subplots(1, 2)[1]
    grids.ridge_under_grid(0.5, 0.1, axes[0])
    grids.best_on_grid(0.1, axes[1], [0.5])
    assert axes[0].get_title() == "ridge at 0.50: the grid finds 1.00"
    assert np.asarray(artist(axes[0], "ridge").get_array()).argmax() == 100
    assert grids.move_ridge(0.25, 0.1, axes) == pytest.approx(np.exp(-(2.5**2) / 2))
    assert np.asarray(artist(axes[0], "ridge").get_array()).argmax() == 50
    assert axes[0].get_title() == "ridge at 0.25: the grid finds 0.04"
    assert np.allclose(artist(axes[1], "place").get_xydata(), [[0.25, np.exp(-(2.5**2) / 2)]])
    curve = artist(axes[1], "best")
    assert np.allclose(curve.get_ydata()[[0, 200, 400]], 1)
    assert "units of x₁" in axes[1].get_xlabel() and legend(axes[1]) == [
        "best of the grid",
        "this ridge",
    ]
    assert "matters" in axes[0].get_xlabel() and "does not" in axes[0].get_ylabel()


def test_blind_spots_are_marked():
    axes = plt.subplots(1, 2)[1]
    grids.blind_spots(3, axes[0])
    grids.blind_spots(3, axes[1], ends=False)
    worst = {tuple(place) for place in artist(axes[0], "worst").get_xydata().round(3)}
    assert worst == {(0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)}
    assert legend(axes[0]) == ["grid", "farthest: 0.354"]
    assert legend(axes[1]) == ["grid", "farthest: 0.236"]
    assert (0.0, 0.0) in {tuple(place) for place in artist(axes[1], "worst").get_xydata()}
    assert len(artist(axes[0], "grid").get_xdata()) == 9
