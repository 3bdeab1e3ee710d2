"""The figures of lesson 05: labels with units, legends, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import legend

from bo_tutorial.course.lesson_05 import figures as evidence
from bo_tutorial.plotting.base import artist

pytestmark = pytest.mark.usefixtures("course_style")


LENGTHS = np.array([0.05, 0.5, 4.0])
FIT, COMPLEXITY = np.array([-1.0, -2.0, -9.0]), np.array([8.0, 8.5, 12.0])


def drawn(ax, name):
    return artist(ax, name).get_xydata()


def test_terms_are_drawn_as_changes_against_the_shortest(ax):
    assert evidence.terms(LENGTHS, FIT, COMPLEXITY, ax) is ax
    assert np.array_equal(drawn(ax, "fit"), [[0.05, 0], [0.5, -1], [4, -8]])
    assert np.array_equal(drawn(ax, "complexity"), [[0.05, 0], [0.5, 0.5], [4, 4]])
    assert np.array_equal(drawn(ax, "sum"), [[0.05, 0], [0.5, -0.5], [4, -4]])
    assert ax.get_xscale() == "log" and ax.get_xlabel() == "length scale ℓ (decades)"
    assert ax.get_ylabel() == "change against the shortest ℓ (nats)"
    assert [label.split(":")[0] for label in legend(ax)] == ["fit", "complexity", "sum"]
    assert len({line.get_linestyle() for line in ax.lines}) == 3  # greyscale


def test_terms_move_with_their_marks(ax):
    evidence.terms(LENGTHS, FIT, COMPLEXITY, ax, at=0.5)
    assert np.array_equal(drawn(ax, "sum at"), [[0.5, -0.5]])
    assert np.array_equal(drawn(ax, "at")[:, 0], [0.5, 0.5])
    evidence.move_terms(LENGTHS, 2 * FIT, COMPLEXITY, ax, at=4.0)
    assert np.array_equal(drawn(ax, "fit at"), [[4, -16]])
    assert np.array_equal(drawn(ax, "complexity at"), [[4, 4]])
    assert np.array_equal(drawn(ax, "sum")[:, 1], [0, -1.5, -12])
    assert np.array_equal(drawn(ax, "at")[:, 0], [4, 4])


def test_profiles_lie_below_their_best(ax):
    curves = {"3 trainings": np.array([4.0, 3.5, 1.0]), "12 trainings": np.array([1.0, 9.0, 2.0])}
    assert evidence.profiles(LENGTHS, curves, ax, truth=0.5) is ax
    assert np.array_equal(drawn(ax, "3 trainings")[:, 1], [0, -0.5, -3])
    assert np.array_equal(drawn(ax, "12 trainings")[:, 1], [-8, 0, -7])
    peaks = [line for line in ax.lines if line.get_marker() in evidence.MARKERS]
    assert [line.get_xdata()[0] for line in peaks] == [0.05, 0.5]
    assert len({line.get_marker() for line in peaks}) == 2
    assert legend(ax) == ["3 trainings", "12 trainings", "true ℓ = 0.5"]
    assert ax.get_ylabel() == "nats below the best ℓ" and ax.get_ylim()[0] == -6


def belief(shift=0.0):
    x = np.array([-4.0, -2.0, 0.0])
    observed = (np.array([-3.0, -2.0]), np.array([0.85, 0.91]) + shift)
    return x, np.array([0.85, 0.91, 0.8]) + shift, np.array([0.05, 0.0, 0.04]), observed


def test_learning_rates_have_a_log_axis_in_their_own_units(ax):
    truth = np.array([0.8, 0.9, 0.8])
    assert evidence.learning_rates(*belief(), ax, truth) is ax
    assert np.allclose(drawn(ax, "mean"), [[1e-4, 0.85], [1e-2, 0.91], [1, 0.8]])
    assert np.allclose(drawn(ax, "observed"), [[1e-3, 0.85], [1e-2, 0.91]])
    assert np.allclose(drawn(ax, "truth")[:, 1], truth)
    assert ax.get_xlabel() == "learning rate (log axis)"
    assert ax.get_ylabel() == "validation accuracy"
    assert ax.yaxis.get_major_formatter()(0.91) == "91%"
    ticks = [tick.get_text() for tick in ax.get_xticklabels()]
    assert ticks == ["0.0001", "0.001", "0.01", "0.1", "1"]
    evidence.move_learning_rates(*belief(0.01), ax)
    assert np.allclose(drawn(ax, "observed")[:, 1], [0.86, 0.92])
    band = artist(ax, "band").get_paths()[0].vertices
    assert band[:, 1].max() == pytest.approx(0.86 + 0.1)


def test_belief_and_profile_say_what_is_maximized():
    _, axes = plt.subplots(1, 2)
    curve, prior = np.array([1.0, 3.0, 2.0]), np.array([-5.0, -1.0, -2.0])
    found = (*belief(), LENGTHS, curve, prior)
    assert evidence.belief_and_profile(axes, 0.5, np.array([0.8, 0.9, 0.8]), *found) is axes
    right = axes[1]
    assert np.array_equal(drawn(right, "curve")[:, 1], [-2, 0, -1])
    assert np.array_equal(drawn(right, "prior")[:, 1], [-4, 0, -1])
    assert np.array_equal(drawn(right, "best"), [[0.5, 0]])
    assert legend(right) == ["prior alone", "what is maximized", "learned ℓ", "true ℓ = 0.5"]
    assert right.get_xlabel() == "length scale ℓ (decades)"
    evidence.move_belief_and_profile(axes, 4.0, *belief(0.01), LENGTHS, -curve, 0 * prior)
    assert np.array_equal(drawn(right, "curve")[:, 1], [0, -2, -1])
    assert np.array_equal(drawn(right, "prior")[:, 1], [0, 0, 0])
    assert np.array_equal(drawn(right, "best"), [[4, 0]])
    assert np.allclose(drawn(axes[0], "mean")[:, 1], [0.86, 0.92, 0.81])


def rings(ax):
    return [line.get_ydata() for line in ax.lines if line.get_marker() == "o"]


def test_learned_has_a_panel_for_each_way_to_choose():
    _, axes = plt.subplots(1, 2, sharey=True)
    found = {"ML": {3: np.array([0.05, 1.0]), 6: np.array([0.4])}, "MAP": {3: np.array([0.5])}}
    assert evidence.learned(found, axes, truth=0.5, what="one of 2") is axes
    assert [ax.get_title() for ax in axes] == ["ML", "MAP"]
    assert [list(each) for each in rings(axes[0])] == [[0.05, 1.0], [0.4]]
    assert legend(axes[0]) == ["one of 2", "median and quartiles", "true ℓ = 0.5"]
    assert axes[0].get_ylabel() == "length scale learned (decades)"
    assert axes[0].get_yscale() == axes[1].get_yscale() == "log"


def test_relevance_has_length_scales_above_and_costs_below():
    _, axes = plt.subplots(2, 1, squeeze=False)
    lengths = {"25 rows": {"rate": np.array([0.2, 0.3]), "batch_size": np.array([50.0, 1.0])}}
    costs = {"batch_size": {25: np.array([0.1, -0.2]), 200: np.array([40.0, 60.0])}}
    assert evidence.relevance(lengths, costs, axes) is axes
    top, bottom = axes[:, 0]
    assert [list(each) for each in rings(top)] == [[0.2, 0.3], [50.0, 1.0]]
    assert [list(each) for each in rings(bottom)] == [[0.1, -0.2], [40.0, 60.0]]
    assert [tick.get_text() for tick in top.get_xticklabels()] == ["rate", "batch\nsize"]
    assert (top.get_title(), bottom.get_title()) == ("25 rows", "without batch size")
    assert top.get_ylabel() == "length scale (1 = whole range)" and top.get_yscale() == "log"
    assert bottom.get_ylabel() == "cost of leaving it out (nats)"
    assert "the whole range" in legend(top)


def test_two_bands_are_of_f_and_of_y(ax):
    x, mu = np.array([1.0, 2.0]), np.array([0.5, 0.6])
    sigma_f, sigma_y = np.array([0.01, 0.02]), np.array([0.03, 0.04])
    observed = (np.array([1.5]), np.array([0.55]))
    assert evidence.two_bands(x, mu, sigma_f, sigma_y, observed, ax, "rate", "accuracy") is ax
    edges = [line.get_ydata() for line in ax.lines if line.get_linestyle() == "--"]
    assert np.allclose(edges, [mu - 2 * sigma_y, mu + 2 * sigma_y])
    inner = artist(ax, "band").get_paths()[0].vertices[:, 1]
    assert inner.max() == pytest.approx(0.64) and inner.min() == pytest.approx(0.48)
    assert legend(ax)[:2] == ["within 2 sd of a new y", "within 2 sd of f"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("rate", "accuracy")


def test_accuracies_of_the_network_stand_over_a_log_axis(ax):
    ax.plot([0.001, 0.01], [0.2, 0.7], label="a curve")
    assert evidence.network_axes(ax) is ax
    assert ax.get_xscale() == "log" and legend(ax) == ["a curve"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("learning rate (log axis)", "validation accuracy")
    assert ax.yaxis.get_major_formatter()(0.5) == "50%"


@pytest.mark.parametrize("log", [False, True])
def test_kernels_fall_with_distance(ax, log):
    curves = {"SE": np.array([1.0, 0.6]), "Matérn": np.array([1.0, 0.5])}
    assert evidence.kernels(np.array([0.0, 1.0]), curves, ax, log=log) is ax
    assert np.array_equal(drawn(ax, "Matérn"), [[0, 1], [1, 0.5]])
    assert ax.get_yscale() == ("log" if log else "linear")
    assert legend(ax) == ["SE", "Matérn"] and "length scales" in ax.get_xlabel()
    assert ax.get_ylabel() == "correlation of f(x) and f(x′)"


def test_samples_have_one_look_for_each_prior(ax):
    draws = {"SE": np.array([[0.0, 1.0], [1.0, 2.0]]), "Matérn": np.array([[3.0, 4.0]])}
    assert evidence.samples(np.array([0.0, 1.0]), draws, ax, ylabel="f") is ax
    assert [list(line.get_ydata()) for line in ax.lines] == [[0, 1], [1, 2], [3, 4]]
    assert [line.get_linestyle() for line in ax.lines] == ["-", "-", "--"]
    assert legend(ax) == ["SE", "Matérn"] and ax.get_ylabel() == "f"
