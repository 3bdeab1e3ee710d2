"""What the figures of lesson 04 say: labels, legends, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import mpmath
import numpy as np
import pytest
from drawn import legend, points
from scipy.linalg import solve_triangular
from scipy.stats import norm

from bo_tutorial.course import live as widgets
from bo_tutorial.course.lesson_04 import figures as gaussian
from bo_tutorial.course.lesson_04 import live as live_figures
from bo_tutorial.plotting.base import artist

pytestmark = pytest.mark.usefixtures("course_style")


def edges(ax, name):
    """Lowest and highest corner of a band at each of its places, shape (n, 2)."""
    corners = artist(ax, name).get_paths()[0].vertices
    places = np.unique(corners[:, 0])
    return np.array(
        [[at.min(), at.max()] for at in (corners[corners[:, 0] == p, 1] for p in places)]
    )


def looks(ax):
    """Color, line style and marker of each line that has a name."""
    named = [each for each in ax.lines if each.get_gid()]
    return [(each.get_color(), each.get_linestyle(), each.get_marker()) for each in named]


def test_conditioning_draws_ellipses_of_the_covariance_and_the_slice():
    _, axes = plt.subplots(1, 2)
    mean, sd, correlation = 0.85, 0.06, 0.8
    pairs = np.array([[0.8, 0.82], [0.9, 0.91]])
    kept = np.array([0.89, 0.9, 0.91])
    names = ("f₁", "f₂")
    assert gaussian.conditioning(mean, sd, correlation, 0.91, pairs, kept, axes, names) is axes
    left, right = axes
    assert (left.get_xlabel(), left.get_ylabel(), right.get_xlabel()) == ("f₁", "f₂", "f₂")
    assert "density" in right.get_ylabel()
    assert np.array_equal(points(left, "draws"), pairs)
    inverse = np.linalg.inv(sd**2 * np.array([[1, correlation], [correlation, 1]]))
    for radius in (1, 2):  # by the Mahalanobis distance, which the figure does not use
        away = points(left, f"sd{radius}") - mean
        assert np.allclose(np.einsum("ni,ij,nj->n", away, inverse, away), radius**2)
    assert set(points(left, "seen")[:, 0]) == {0.91}
    values, before = points(right, "before").T
    assert np.allclose(before, norm.pdf(values, mean, sd))
    assert np.allclose(points(right, "after")[:, 1], norm.pdf(values, 0.898, 0.036))
    assert np.isclose(sum(bar.get_height() * bar.get_width() for bar in right.patches), 1)
    assert "before: sd 6.0 points" in legend(right) and "after: sd 3.6 points" in legend(right)
    assert "seen: 91%" in legend(left)


def test_vectors_show_the_same_draws_at_few_and_at_many_places():
    _, axes = plt.subplots(2, 2)
    rates, draws = np.geomspace(1e-2, 1, 12), np.arange(36).reshape(3, 12) / 36
    shares = np.exp(-np.abs(np.arange(12)[:, None] - np.arange(12)))
    places = [[3, 5], range(12)]
    assert gaussian.vectors(rates, draws, shares, places, axes) is axes
    for (top, bottom), picked in zip(axes.T, map(list, places), strict=True):
        assert top.get_title() == f"{len(picked)} numbers a draw"
        assert top.get_xscale() == "log" and "learning rate" in top.get_xlabel()
        for i in range(3):
            wanted = np.column_stack([rates[picked], draws[i, picked]])
            assert np.allclose(points(top, f"draw {i + 1}"), wanted)
        assert np.allclose(bottom.images[0].get_array(), shares[np.ix_(picked, picked)])
        assert bottom.images[0].get_clim() == (0, 1)  # one color means one share in all columns
        assert bottom.get_xticklabels()[0].get_text() == "1"
    assert len(set(looks(axes[0, 0]))) == 3
    assert "accuracy" in axes[0, 0].get_ylabel()
    (shared,) = axes[0, 0].figure.legends
    assert [text.get_text() for text in shared.get_texts()] == ["draw 1", "draw 2", "draw 3"]
    bars = [ax.get_ylabel() for ax in axes[0, 0].figure.axes if ax not in axes.ravel()]
    assert bars == ["covariance / σ_f²"]


def test_kernel_curves_are_marked_at_their_length_scale():
    ax = plt.subplots()[1]
    distances = np.linspace(0, 2, 201)
    curves = {ell: np.exp(-((distances / ell) ** 2) / 2) for ell in (0.25, 1.0)}
    assert gaussian.kernel_curves(distances, curves, ax) is ax
    assert legend(ax) == ["ℓ = 0.25", "ℓ = 1"]
    for ell in curves:
        assert np.allclose(points(ax, f"at ℓ = {ell:g}"), [[ell, np.exp(-0.5)]])
        assert np.allclose(points(ax, f"ℓ = {ell:g}")[:, 1], curves[ell])
    assert "decades" in ax.get_xlabel() and "correlation" in ax.get_ylabel()
    assert len({style for _, style, _ in looks(ax) if style != "None"}) >= 2


def test_functions_lie_over_the_band_of_the_prior():
    ax = plt.subplots()[1]
    x, draws = np.array([1.0, 10, 100]), np.array([[0.8, 0.9, 0.85], [0.7, 0.8, 0.9]])
    assert gaussian.functions(x, draws, ax, 0.85, 0.06, xscale="log", ylabel="acc") is ax
    assert np.allclose(edges(ax, "prior"), [[0.73, 0.97]] * 3)
    assert np.allclose(points(ax, "function1"), np.column_stack([x, draws[1]]))
    assert ax.get_xscale() == "log" and ax.get_ylabel() == "acc"
    names = ax.get_legend_handles_labels()[1]
    assert names == ["within 2 sd before any data", "draw 1", "draw 2"]
    assert len({look[1] for look in looks(ax)}) == 2


def test_remembered_draws_a_posterior_on_a_log_axis_and_functions_over_it():
    ax = plt.subplots()[1]
    x, mu, sigma = np.array([0.01, 0.1, 1.0]), np.array([0.8, 0.9, 0.85]), np.full(3, 0.03)
    seen, drawn = (np.array([0.1]), np.array([0.9])), np.array([[0.7, 0.9, 0.8], [0.9, 0.9, 0.7]])
    assert gaussian.remembered(x, mu, sigma, ax, seen, drawn) is ax
    assert np.allclose(edges(ax, "band"), np.column_stack([mu - 2 * sigma, mu + 2 * sigma]))
    assert np.allclose(points(ax, "observed"), [[0.1, 0.9]])
    assert np.allclose(points(ax, "function1"), np.column_stack([x, drawn[1]]))
    assert ax.get_xscale() == "log" and "learning rate" in ax.get_xlabel()
    assert "accuracy" in ax.get_ylabel() and ax.yaxis.get_major_formatter()(0.9) == "90%"


def test_bumps_are_in_points_with_a_mark_at_each_training_and_their_sum():
    ax = plt.subplots()[1]
    x, parts = np.array([0.01, 0.1, 1.0]), np.array([[0.01, 0.06, 0.0], [0.0, -0.01, -0.05]])
    seen = np.array([0.1, 1.0]), np.array([0.9, 0.8])
    assert gaussian.bumps(x, 0.85 + parts.sum(axis=0), 0.85, parts, seen, ax) is ax
    assert np.allclose(points(ax, "sum"), np.column_stack([x, [1, 5, -5]]))
    for rate, part, place in zip(seen[0], parts, (1, 2), strict=True):
        name = f"weighted kernel at {rate:g}"
        assert np.allclose(points(ax, name), np.column_stack([x, 100 * part]))
        assert artist(ax, name).get_markevery() == [place]
    assert np.allclose(points(ax, "observed"), [[0.1, 5], [1.0, -5]])
    assert ax.get_ylabel() == "accuracy less 85% (points)" and ax.get_xscale() == "log"
    assert len({look[1:] for look in looks(ax) if look[2] in "os"}) >= 2


def test_a_negative_variance_has_an_open_marker():
    ax = plt.subplots()[1]
    noise = np.array([1e-6, 1e-8, 1e-10])
    found = {"inverse": np.array([5e-7, 4e-9, -3e-9]), "Cholesky": noise / 2}
    assert gaussian.variance_found(noise, found, noise, ax) is ax
    assert legend(ax) == ["may not exceed this", "inverse", "inverse, negative", "Cholesky"]
    assert np.allclose(points(ax, "allowed")[:, 1], noise)
    assert ax.get_xscale() == ax.get_yscale() == "log" and ax.xaxis_inverted()
    assert "accuracy squared" in ax.get_xlabel() and "variance" in ax.get_ylabel()
    gaussian.variance_found(noise, {"solve": noise / 2, "Cholesky": noise / 2}, noise, ax)
    sizes = {each.get_label(): each.get_markersize() for each in ax.lines}
    assert sizes["solve"] > sizes["Cholesky"]  # where they agree, both are seen
    (negative,) = [each for each in ax.lines if each.get_label() == "inverse, negative"]
    assert np.allclose(negative.get_xydata(), [[1e-10, 3e-9]])
    assert negative.get_markerfacecolor() == "white"


def test_held_out_shows_what_was_hidden_and_what_was_not():
    ax = plt.subplots()[1]
    rates, hidden = np.array([0.01, 0.1, 1.0]), np.array([False, True, False])
    accuracies = np.array([[0.8, 0.9, 0.1], [0.7, 0.85, 0.1]])
    mu, sigma = np.array([0.8, 0.5, 0.1]), np.array([0.01, 0.2, 0.01])
    assert gaussian.held_out(rates, mu, sigma, rates, accuracies, hidden, ax) is ax
    assert np.allclose(points(ax, "observed"), [[0.01, 0.8], [1.0, 0.1]])
    assert np.allclose(points(ax, "hidden"), [[0.1, 0.9], [0.1, 0.85]])
    assert np.allclose(edges(ax, "band"), np.column_stack([mu - 2 * sigma, mu + 2 * sigma]))
    assert "trained, not shown" in ax.get_legend_handles_labels()[1]
    assert ax.yaxis.get_major_formatter()(0.9) == "90%"


def test_band_is_drawn_moved_and_named():
    ax = plt.subplots()[1]
    x, mu, sigma = np.array([1.0, 10, 100]), np.array([0.8, 0.9, 0.85]), np.full(3, 0.03)
    seen = np.array([10.0]), np.array([0.91])
    assert gaussian.band(x, mu, sigma, ax, seen, 2, "f", (0.85, 0.06), xlabel="rate") is ax
    assert legend(ax)[0] == "within 2 sd of f" and ax.get_xlabel() == "rate"
    assert np.allclose(edges(ax, "band"), np.column_stack([mu - 0.06, mu + 0.06]))
    assert np.allclose(points(ax, "prior low")[:, 1], 0.73)
    assert np.allclose(points(ax, "prior high"), [[1, 0.97], [100, 0.97]])
    assert gaussian.move_band_of(x, mu + 0.01, 2 * sigma, ax, 1, "y", (0.85, 0.1)) is ax
    assert legend(ax)[0] == "within 1 sd of y"
    assert np.allclose(edges(ax, "band"), np.column_stack([mu - 0.05, mu + 0.07]))
    assert np.allclose(points(ax, "mean")[:, 1], mu + 0.01)
    assert np.allclose(points(ax, "prior high")[:, 1], 0.95)


# A number that the lesson states and cannot check in place, since mpmath is no part of the course


def test_a_cholesky_factor_keeps_a_variance_to_a_few_percent_where_an_inverse_turns_it_negative():
    x, noise_variance = np.linspace(-4, 0, 20), 1e-16
    K = 0.06**2 * np.exp(-((x[:, None] - x) ** 2) / 2)
    K_y = K + noise_variance * np.eye(20)
    b = solve_triangular(np.linalg.cholesky(K_y), K, lower=True)
    smallest = np.min(np.diag(K) - np.sum(b**2, axis=0))
    with mpmath.workdps(60):
        matrix = mpmath.matrix(K_y.tolist())
        exact = []
        for row in K.tolist():
            k = mpmath.matrix(row)
            exact.append(float(row[len(exact)] - (k.T * mpmath.cholesky_solve(matrix, k))[0]))
    assert np.isclose(smallest, min(exact), rtol=0.05) and 0 < min(exact) < noise_variance
    assert np.min(np.diag(K) - np.sum(K @ np.linalg.inv(K_y) * K, axis=1)) < -1e-8


# The live figures: what they show is what scikit-learn computes


def by_sklearn(length_scale, signal_sd, noise_variance, seen):
    sklearn = pytest.importorskip("sklearn.gaussian_process")
    kernel = signal_sd**2 * sklearn.kernels.RBF(length_scale)
    gp = sklearn.GaussianProcessRegressor(kernel, alpha=noise_variance, optimizer=None)
    rates, accuracies = np.array(list(seen)), np.array(list(seen.values()))
    gp.fit(np.log10(rates)[:, None], accuracies - 0.85)
    mu, sd = gp.predict(np.log10(live_figures.RATES)[:, None], return_std=True)
    return 0.85 + mu, sd


@pytest.mark.parametrize("name", list(live_figures.OBSERVATIONS))
def test_length_scale_shows_the_posterior_of_each_preset(name):
    live = widgets.FIGURES["length_scale"]()
    live.controls["length_scale"].value = 0.3
    live.controls["observations"].value = name
    (ax,) = live.fig.axes
    seen = live_figures.OBSERVATIONS[name]
    if not seen:
        assert np.allclose(points(ax, "mean")[:, 1], 0.85) and len(points(ax, "observed")) == 0
        assert np.allclose(edges(ax, "band"), [0.73, 0.97])
        return
    mu, sigma = by_sklearn(0.3, 0.06, 1e-6, seen)
    assert np.allclose(points(ax, "mean")[:, 1], mu, atol=1e-8)
    assert np.allclose(edges(ax, "band")[:, 1], mu + 2 * sigma, atol=1e-6)
    assert np.allclose(points(ax, "observed"), list(seen.items()))


@pytest.mark.parametrize("of", ["f", "y"])
def test_band_speaks_of_f_or_of_y(of):
    live = widgets.FIGURES["band"]()
    live.controls["signal_sd"].value = 0.1
    live.controls["of"].value = of
    live.controls["n_sd"].value = 1
    (ax,) = live.fig.axes
    mu, sigma = by_sklearn(0.5, 0.1, 0.015**2, live_figures.THREE)
    if of == "y":
        sigma = np.hypot(sigma, 0.015)
    assert np.allclose(edges(ax, "band"), np.column_stack([mu - sigma, mu + sigma]), atol=1e-8)
    before = np.hypot(0.1, 0.015) if of == "y" else 0.1
    assert np.allclose(points(ax, "prior high")[:, 1], 0.85 + before)
    assert legend(ax)[0] == f"within 1 sd of {of}"
