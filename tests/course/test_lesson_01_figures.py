"""The figures of lesson 01: labels, legends, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import legend
from matplotlib.colors import to_hex

from bo_tutorial import Float, Int, Space, network
from bo_tutorial.course.lesson_01 import figures as problem
from bo_tutorial.plotting import VERMILION
from bo_tutorial.plotting.base import artist

pytestmark = pytest.mark.usefixtures("course_style")


def line(ax, label):
    (found,) = [each for each in ax.lines if each.get_label() == label]
    return found


CURVE = np.geomspace(1e-4, 1, 5), np.array([0.2, 0.8, 0.9, 0.1, 0.1])


def test_digits_frame_what_is_read_wrongly():
    axes = plt.subplots(1, 2)[1]
    pixels = np.arange(128.0).reshape(2, 64)
    problem.digits(pixels, np.array([3, 7]), np.array([3, 1]), axes)
    assert [ax.get_title() for ax in axes] == ["3", "1  ✗"]
    assert np.array_equal(axes[1].images[0].get_array(), pixels[1].reshape(8, 8))
    assert not any(spine.get_visible() for spine in axes[0].spines.values())
    for spine in axes[1].spines.values():
        assert spine.get_visible() and to_hex(spine.get_edgecolor()).upper() == VERMILION


def test_staircase_counts_whole_images(ax):
    counts = np.array([551, 553, 552])
    problem.staircase(np.array([0.009, 0.01, 0.011]), counts, 600, ax)
    (dots,) = [each for each in ax.lines if each.get_marker() == "o"]
    assert np.array_equal(dots.get_ydata(), counts)
    assert list(ax.get_yticks()) == [551, 552, 553]
    assert "of 600" in ax.get_ylabel() and ax.get_xlabel() == "learning rate (log axis)"
    assert legend(ax) == ["one training each, the same seed"]


def test_slopes_keep_zero_apart_from_huge_values_of_both_signs(ax):
    steps = np.array([1e-9, 1e-5, 0.1])
    problem.slopes(steps, {"at 0.01": np.array([0.0, -2e4, 12.0])}, ax)
    assert np.array_equal(line(ax, "at 0.01").get_ydata(), [0.0, -2e4, 12.0])
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "symlog")
    assert "decades" in ax.get_xlabel() and "points of accuracy per decade" in ax.get_ylabel()
    assert ax.get_ylim()[0] < -1e6 and ax.get_ylim()[1] > 1e6


def test_the_same_trainings_on_two_axes():
    axes = plt.subplots(1, 2)[1]
    rates = np.array([0.001, 0.01, 0.1])
    problem.raw_and_log(rates, CURVE[1][1:4], axes, "ours", CURVE, good=(0.005, 0.05))
    assert [ax.get_xscale() for ax in axes] == ["linear", "log"]
    assert [ax.get_title() for ax in axes] == ["ours, raw axis", "ours, log axis"]
    assert [ax.get_xlabel() for ax in axes] == [
        "learning rate (raw axis)",
        "learning rate (log axis)",
    ]
    for ax in axes:
        assert np.array_equal(line(ax, "trainings").get_xdata(), rates)
        assert np.array_equal(line(ax, "f, as measured").get_ydata(), CURVE[1])
        low, high = artist(ax, "good").get_x(), artist(ax, "good").get_width()
        assert np.allclose([low, low + high], [0.005, 0.05])


def test_a_place_moves_along_both_axes_on_the_curve():
    fig, axes = plt.subplots(1, 2)
    problem.position((0.5, 0.01), CURVE, axes, ([0.01], [0.9]))
    assert axes[1].get_title() == "learning rate 0.01: about 90 %"
    found = problem.move_position((0.1, 0.001), CURVE, axes)
    assert np.allclose(found, [0.1, 0.8])
    for ax, rate, at in zip(axes, (0.1, 0.001), found, strict=True):
        assert np.allclose(artist(ax, "place").get_xydata(), [[rate, at]])
        assert np.allclose(artist(ax, "line").get_xdata(), rate)
    assert axes[0].get_title() == "learning rate 0.1: about 10 %"


def test_unit_axes_show_a_configuration_as_a_point_of_the_cube(ax):
    space = Space(rate=Float(1e-4, 1.0, log=True), n_layers=Int(1, 5))
    problem.unit_axes(space, {"one": {"rate": 0.01, "n_layers": 2}}, ax)
    assert np.allclose(artist(ax, "one").get_ydata(), [0.5, 0.3])
    assert [text.get_text() for text in ax.get_xticklabels()] == ["rate", "number of layers"]
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert np.allclose([heights["0.01"], heights["5"], heights["1"]], [0.5, 0.9, 0.1])
    assert ax.get_ylabel() == "coordinate in the unit cube" and legend(ax) == ["one"]


def test_two_noises_are_drawn_in_points_around_the_mean(ax):
    scores = np.array([0.88, 0.90, 0.92])
    problem.two_noises({"a": scores}, 600, ax)
    assert legend(ax) == ["one seed", "± 1 sd over seeds", "± 1 standard error of 600 images"]
    assert np.allclose(line(ax, "one seed").get_ydata(), [-2, 0, 2])
    assert np.allclose(line(ax, "± 1 sd over seeds").get_ydata(), [-2, 2])
    # The binomial error by drawing: 0.9 of 600 images, many times.
    drawn = np.random.default_rng(0).binomial(600, 0.9, 200_000) / 600
    high = line(ax, "± 1 standard error of 600 images").get_ydata()[1]
    assert high == pytest.approx(100 * drawn.std(), rel=0.01)
    assert "points" in ax.get_ylabel()


def test_averaging_adds_the_squares_of_what_falls_and_what_stays(ax):
    problem.averaging(1, 0.03, 0.01, ax)
    by_seeds, by_images, both = problem.move_averaging(9, 0.03, 0.01, ax)
    assert np.allclose([by_seeds, by_images, both], [1.0, 1.0, np.sqrt(2)])
    assert np.allclose(artist(ax, "place").get_xydata(), [[9, np.sqrt(2)]])
    assert np.allclose(artist(ax, "seeds").get_ydata()[[0, 3]], [3.0, 1.5])
    assert set(artist(ax, "images").get_ydata()) == {1.0}
    assert "points" in ax.get_ylabel() and len(legend(ax)) == 4


def test_the_error_of_a_mean_over_seeds_is_that_of_networks_and_images_drawn_anew():
    """The rule of the lesson against simulated networks: seeds and images are both drawn anew.

    An image has a difficulty, a network a skill; whether it is read is drawn from both.
    """
    rng = np.random.default_rng(0)

    def right(n_seeds, n_images):
        difficulty = rng.normal(1.5, 1.0, n_images)
        skill = rng.normal(0.0, 0.3, (n_seeds, 1))
        return rng.random((n_seeds, n_images)) < 1 / (1 + np.exp(-difficulty - skill))

    def predicted(n, rows):
        return np.hypot(
            rows.mean(axis=1).std(ddof=1) / np.sqrt(n),
            rows.mean(axis=0).std() / np.sqrt(rows.shape[1]),
        )

    for n in (1, 4):
        true = np.std([right(n, 600).mean() for _ in range(2000)])
        rule = np.median([predicted(n, right(24, 600)) for _ in range(200)])
        assert rule == pytest.approx(true, rel=0.1)


def test_the_article_has_five_axes(ax):
    x = {"learning_rate": 0.001, "batch_size": 64, "dropout": 0.3, "n_layers": 4}
    problem.unit_axes(network.SPACE, {"x": x | {"hidden_size": 256}}, ax)
    names = "learning rate, batch size, dropout, number of layers, hidden size".split(", ")
    assert [text.get_text() for text in ax.get_xticklabels()] == names
    assert len(artist(ax, "x").get_ydata()) == 5
