"""The figures of lesson 06: labels, legends, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import legend
from scipy.integrate import trapezoid

import bo_tutorial as bo
from bo_tutorial.course.lesson_06 import figures as worth
from bo_tutorial.plotting import base

RATES = np.geomspace(1e-4, 1, 41)
MU = 0.9 - 0.02 * (np.log10(RATES) + 2) ** 2
SIGMA = np.full(41, 0.03)
OBSERVED = np.array([0.001, 0.01]), np.array([0.85, 0.91])


pytestmark = pytest.mark.usefixtures("course_style")


def area_of(band):
    """The area of what `fill_between` drew down to zero, from its outline."""
    (path,) = band.get_paths()
    x, y = path.vertices.T
    return 0.5 * abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def test_followed_marks_the_next_point_on_the_mean():
    ax = plt.subplots()[1]
    x = np.linspace(0, 1, 5)
    observed = np.array([0.1, 0.6]), np.array([0.0, 1.0])
    worth.followed(x, x, 2 * x, x + 0.1, observed, 0.25, ax, "after 2")
    (next_point,) = [line for line in ax.lines if line.get_label() == "next point"]
    assert next_point.get_xydata().tolist() == [[0.25, 0.5]]
    assert set(legend(ax)) == {
        *("f (hidden)", "within 2 sd of f", "posterior mean", "observed", "next point")
    }
    assert ax.get_title() == "after 2" and ax.get_xlabel() == "x"


def test_the_shaded_tail_is_pi_and_the_shaded_area_is_ei():
    axes = plt.subplots(1, 2)[1]
    mu, sigma, best = 0.9, 0.03, 0.91
    worth.improvement(mu, sigma, best, axes, "here")
    worth.improvement(0.92, 0.01, best, axes, "there", index=1)
    for left, right, index, (m, s) in (
        (*axes, 0, (mu, sigma)),
        (*axes, 1, (0.92, 0.01)),
    ):
        pi = float(bo.probability_of_improvement(m, s, best))
        ei = float(bo.expected_improvement(m, s, best))
        assert area_of(base.artist(left, f"tail {index}")) == pytest.approx(pi, rel=5e-3)
        assert area_of(base.artist(right, f"area {index}")) == pytest.approx(ei, rel=5e-3)
        t, density = base.artist(left, f"density {index}").get_data()
        assert trapezoid(density, t) == pytest.approx(1.0, abs=1e-3)
    assert legend(axes[0]) == ["here", "incumbent", "there"] == legend(axes[1])
    assert axes[0].get_xlabel() == "accuracy f" and axes[1].get_ylabel() == "P(f > t)"


def test_improvement_moves_to_another_belief():
    axes = plt.subplots(1, 2)[1]
    worth.improvement(0.9, 0.03, 0.91, axes)
    worth.move_improvement(0.95, 0.02, 0.93, axes)
    ei = float(bo.expected_improvement(0.95, 0.02, 0.93))
    assert area_of(base.artist(axes[1], "area 0")) == pytest.approx(ei, rel=5e-3)
    assert base.artist(axes[0], "incumbent").get_xdata().tolist() == [0.93, 0.93]


def test_choices_put_a_diamond_on_each_peak():
    axes = plt.subplots(2, 1)[1]
    scores = {"EI": np.exp(-(np.log10(RATES) ** 2)), "UCB": MU + 2 * SIGMA}
    worth.choices(RATES, scores, axes, {"EI": "accuracy", "UCB": "accuracy"})
    for ax, values in zip(axes, scores.values(), strict=True):
        assert base.artist(ax, "next").get_xdata()[0] == RATES[np.argmax(values)]
        assert ax.get_xscale() == "log"
    assert axes[0].get_ylabel() == "EI (accuracy)"
    assert axes[1].get_xlabel() == "learning rate (log axis)"
    marked = [text.get_text() for text in axes[0].texts]
    assert marked == ["0.001", "0.01", "0.1"] and not axes[1].texts


def test_scores_move_and_the_axis_follows():
    axes = plt.subplots(2, 1)[1]
    first, second = np.linspace(0, 1, 41), np.linspace(3, 2, 41)
    worth.scored(RATES, MU, SIGMA, OBSERVED, first, "EI (accuracy)", axes)
    assert base.artist(axes[0], "incumbent").get_ydata()[0] == 0.91
    assert base.artist(axes[1], "next").get_data()[0] == RATES[-1]
    worth.move_scores(RATES, second, axes[1], "UCB (accuracy)")
    assert base.artist(axes[1], "scores").get_ydata().tolist() == second.tolist()
    assert base.artist(axes[1], "next").get_data()[0] == RATES[0]
    low, high = axes[1].get_ylim()
    assert low <= 2 and high > 3
    assert axes[1].get_ylabel() == "UCB (accuracy)"
    assert axes[0].get_ylabel() == "validation accuracy"


def test_vanishing_shades_where_ei_is_exactly_zero():
    axes = plt.subplots(1, 2)[1]
    z = np.arange(-60.0, 1.0)
    ei = bo.expected_improvement(z, np.ones(61), best=0.0)
    log_ei = bo.log_expected_improvement(z, np.ones(61), best=0.0)
    worth.vanishing(z, ei, log_ei, axes)
    drawn = axes[0].lines[0].get_ydata()
    assert (drawn > 0).all() and len(drawn) == np.sum(ei > 0)
    assert legend(axes[0]) == ["EI, float64", "exactly 0"]
    assert axes[1].lines[0].get_ydata().tolist() == log_ei.tolist()
    assert axes[0].get_yscale() == "log" and axes[1].get_ylabel() == "log EI (σ = 1)"
