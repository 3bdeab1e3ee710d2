"""Exercises of lesson 04, with the wrong answers that learners give."""

import numpy as np

from bo_tutorial.course.checking import Array, Choice, Function, Wrong
from bo_tutorial.kernels import SquaredExponential


# The article's two neighbors, by hand: f of x was seen, f of x' is asked for.
def _neighbors(means=(0.40, 0.45), sds=(0.33, 0.35), correlation=0.95, seen=0.65):
    slope = correlation * sds[1] / sds[0]
    return np.array([means[1] + slope * (seen - means[0]), sds[1] * np.sqrt(1 - correlation**2)])


_MU, _SIGMA = _neighbors()

NEIGHBORS = Array(
    right=_neighbors(),
    kind="shape (2,): mean and standard deviation of f(x′), as fractions",
    wrong=(
        Wrong(
            "variance for standard deviation",
            np.array([_MU, _SIGMA**2]),
            "The second number is in units of accuracy squared: take one more step.",
        ),
        Wrong(
            "the prior mean is forgotten",
            np.array([_MU - 0.45, _SIGMA]),
            "Your first number is a difference. What is f(x′) expected to differ from?",
        ),
        Wrong(
            "one scale for both",
            np.array([0.45 + 0.95 * (0.65 - 0.40), _SIGMA]),
            "A correlation counts in standard deviations. How many of its own is f(x) above its "
            "mean, and how large is one of f(x′)?",
        ),
        Wrong(
            "1 − ρ where 1 − ρ² belongs",
            np.array([_MU, 0.35 * (1 - 0.95)]),
            "Variances shrink by a factor with ρ² in it; the standard deviation is a root of that.",
        ),
        Wrong(
            "the deviation is taken from 0",
            np.array([0.45 + 0.95 * 0.35 / 0.33 * 0.65, _SIGMA]),
            "An accuracy above 1? What moves f(x′) is by how much f(x) differs from its own mean.",
        ),
        Wrong(
            "the slope is upside down",
            np.array([0.45 + 0.95 * 0.33 / 0.35 * (0.65 - 0.40), _SIGMA]),
            "The slope is in units of f(x′) for each unit of f(x): which sd goes on top?",
        ),
        Wrong(
            "the root is missing",
            np.array([_MU, 0.35 * (1 - 0.95**2)]),
            "1 − ρ² is the share of the variance that stays, and you apply it to an sd.",
        ),
        Wrong(
            "the spread of f(x)",
            np.array([_MU, 0.33 * np.sqrt(1 - 0.95**2)]),
            "What shrinks is the uncertainty about f(x′). Which sd belongs to 512 units?",
        ),
        Wrong(
            "percent for fractions",
            100 * _neighbors(),
            "Give the answer in the units of the table: fractions.",
        ),
        Wrong(
            "ρ² for the root of 1 − ρ²",
            np.array([_MU, 0.35 * 0.95**2]),
            "A correlation near 1 should leave little uncertainty, and yours leaves most of it.",
        ),
        Wrong(
            "the uncertainty did not shrink",
            np.array([_MU, 0.35]),
            "This is what we knew before the training at x. What did the training take away?",
        ),
        Wrong(
            "rounded to two decimals",
            np.round(_neighbors(), 2),
            "This is close, and the question asks for three decimals.",
        ),
        Wrong(
            "the mean of what was seen, not of what is asked",
            np.array([0.40 + 0.95 * 0.35 / 0.33 * (0.65 - 0.40), _SIGMA]),
            "The prior mean of f(x) is not that of f(x′). From which does your answer start?",
        ),
    ),
)


# The kernel matrix, in any dimension.
def kernel_matrix(A, B, length_scale, signal_variance):
    return SquaredExponential(length_scale, signal_variance)(A, B)


def _squares(A, B):
    return np.sum((A[:, None, :] - B[None, :, :]) ** 2, axis=2)


_rng = np.random.default_rng(4)
_POINTS = (
    (_rng.normal(size=(4, 1)), _rng.normal(size=(3, 1)), 0.5, 0.06**2),
    (_rng.normal(size=(3, 2)), _rng.normal(size=(5, 2)), 2.0, 0.3),
    (np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]]), 5.0, 2.0),
)

KERNEL_MATRIX = Function(
    right=kernel_matrix,
    inputs=_POINTS,
    kind="covariances, shape (n, m) for A (n, d) and B (m, d), units of f squared",
    names=("A", "B", "length_scale", "signal_variance"),
    wrong=(
        Wrong(
            "ℓ is not squared",
            lambda A, B, ell, s: s * np.exp(-_squares(A, B) / (2 * ell)),
            "An exponent has no unit, and decades squared over decades has one.",
        ),
        Wrong(
            "the factor σ_f² is missing",
            lambda A, B, ell, s: np.exp(-_squares(A, B) / (2 * ell**2)),
            "These are correlations: at distance 0 they are 1. What is the variance of f there?",
        ),
        Wrong(
            "σ_f² is squared once more",
            lambda A, B, ell, s: s**2 * np.exp(-_squares(A, B) / (2 * ell**2)),
            "The argument is called signal_variance: it comes squared already.",
        ),
        Wrong(
            "σ_f where σ_f² belongs",
            lambda A, B, ell, s: np.sqrt(s) * np.exp(-_squares(A, B) / (2 * ell**2)),
            "The argument signal_variance is a variance already, and needs no root.",
        ),
        Wrong(
            "the 2 below the fraction is missing",
            lambda A, B, ell, s: s * np.exp(-_squares(A, B) / ell**2),
            "At a distance of one ℓ the correlation should be exp(−1/2); look at the denominator.",
        ),
        Wrong(
            "the distance is not squared",
            lambda A, B, ell, s: s * np.exp(-np.sqrt(_squares(A, B)) / (2 * ell)),
            "This kernel has a kink at distance 0, and its functions are rough. Compare the "
            "exponent with the formula.",
        ),
        Wrong(
            "the minus in the exponent is missing",
            lambda A, B, ell, s: s * np.exp(_squares(A, B) / (2 * ell**2)),
            "Yours grows with the distance: far points would be more alike than near ones.",
        ),
        Wrong(
            "times ℓ² where it divides",
            lambda A, B, ell, s: s * np.exp(-_squares(A, B) / 2 * ell**2),
            "Python reads a / 2 * b from left to right. Does b end up below the line?",
        ),
        Wrong(
            "summed before it is squared",
            lambda A, B, ell, s: s * np.exp(-(np.sum(A[:, None] - B, 2) ** 2) / (2 * ell**2)),
            "With one column it is right. With two, +1 and −1 cancel: in which order do you square "
            "and sum?",
        ),
        Wrong(
            "a mean over the dimensions",
            lambda A, B, ell, s: s * np.exp(-np.mean((A[:, None] - B) ** 2, 2) / (2 * ell**2)),
            "With one column it is right. How do the squares of several columns make a distance?",
        ),
        Wrong(
            "rows and columns are exchanged",
            lambda A, B, ell, s: (s * np.exp(-_squares(A, B) / (2 * ell**2))).T,
            "Entry (i, j) belongs to row i of A and row j of B; look at your shape.",
        ),
    ),
)


# The posterior, from the two formulas with one solve.
def posterior(X, y, Xs, kernel, noise_variance, mean):
    Ks = kernel(Xs, X)
    weights = np.linalg.solve(kernel(X, X) + noise_variance * np.eye(len(X)), Ks.T).T
    variance = np.diag(kernel(Xs, Xs)) - np.sum(weights * Ks, axis=1)
    return mean + weights @ (y - mean), np.sqrt(variance)


def _posterior_with(**change):
    """The posterior with one mistake in it."""

    def wrong(X, y, Xs, kernel, noise_variance, mean):
        K = kernel(X, X) + change.get("noise", 1.0) * noise_variance * np.eye(len(X))
        Ks = kernel(Xs, X)
        weights = np.linalg.solve(K, Ks.T).T
        explained = change.get("explain", 1.0) * np.sum(weights * Ks, axis=1)
        variance = change.get("prior", 1.0) * np.diag(kernel(Xs, Xs)) - explained
        if change.get("of_y"):
            variance = variance + noise_variance
        mu = change.get("back", 1.0) * mean + weights @ (y - change.get("off", 1.0) * mean)
        root = change.get("root", lambda v: np.sqrt(np.abs(v)))
        return mu, root(variance)

    return wrong


def _column_y(X, y, Xs, kernel, noise_variance, mean):
    """With y as a column, y - mu turns (n,) against (m, 1) into a table, here on purpose."""
    mu, sigma = posterior(X, y, Xs, kernel, noise_variance, mean)
    return mu[:, None] + np.zeros(len(mu)), sigma[:, None] + np.zeros(len(mu))


def _weights(X, Xs, kernel, noise_variance):
    K = kernel(X, X) + noise_variance * np.eye(len(X))
    return np.linalg.solve(K, kernel(Xs, X).T).T


def _noise_everywhere(X, y, Xs, kernel, noise_variance, mean):
    weights = np.linalg.solve(kernel(X, X) + noise_variance, kernel(Xs, X).T).T
    variance = np.diag(kernel(Xs, Xs)) - np.sum(weights * kernel(Xs, X), axis=1)
    return mean + weights @ (y - mean), np.sqrt(variance)


def _whole_covariance(X, y, Xs, kernel, noise_variance, mean):
    weights = _weights(X, Xs, kernel, noise_variance)
    covariance = kernel(Xs, Xs) - weights @ kernel(X, Xs)
    return mean + weights @ (y - mean), np.sqrt(covariance)


def _prior_undiagonalized(X, y, Xs, kernel, noise_variance, mean):
    weights = _weights(X, Xs, kernel, noise_variance)
    variance = kernel(Xs, Xs) - np.sum(weights * kernel(Xs, X), axis=1)
    return mean + weights @ (y - mean), np.sqrt(variance)


_LOG_RATES = np.log10([[0.001], [0.01], [0.1]])
_CASES = (
    (
        _LOG_RATES,
        np.array([0.85, 0.91, 0.79]),
        np.log10([[0.003], [0.2], [1.0], [0.01]]),
        SquaredExponential(0.5, 0.06**2),
        0.015**2,
        0.85,
    ),
    (
        _rng.normal(size=(5, 2)),
        _rng.normal(size=5) + 3,
        _rng.normal(size=(6, 2)),
        SquaredExponential(1.0, 2.0),
        0.1,
        3.0,
    ),
)

POSTERIOR = Function(
    right=posterior,
    inputs=_CASES,
    kind="a pair mu, sigma, each of shape (m,), sigma a standard deviation of f",
    names=("X", "y", "Xs", "kernel", "noise_variance", "mean"),
    wrong=(
        Wrong(
            "variance for standard deviation",
            _posterior_with(root=lambda v: v),
            "The second array is in units of f squared: take one more step.",
        ),
        Wrong(
            "K without the noise",
            _posterior_with(noise=0.0),
            "The covariance of f at the data is not yet the covariance of what was observed there.",
        ),
        Wrong(
            "the noise in every entry of K",
            _noise_everywhere,
            "Trainings err independently of each other. Which entries of K does noise change?",
        ),
        Wrong(
            "a standard deviation for the noise",
            lambda X, y, Xs, kernel, noise_variance, mean: posterior(
                X, y, Xs, kernel, np.sqrt(noise_variance), mean
            ),
            "The diagonal of K holds variances; the argument is one already, and needs no root.",
        ),
        Wrong(
            "the mean is not subtracted",
            _posterior_with(off=0.0),
            "The weights act on deviations from the prior mean; yours act on y itself.",
        ),
        Wrong(
            "the mean is not added back",
            _posterior_with(back=0.0),
            "Far from the data your mu goes to 0. What do we expect of f there?",
        ),
        Wrong(
            "the mean is forgotten twice",
            _posterior_with(off=0.0, back=0.0),
            "Far from all data, your f is expected to be 0. The argument mean is not used.",
        ),
        Wrong(
            "k(x, x) is forgotten",
            _posterior_with(prior=0.0),
            "What the data explain is subtracted from something: the uncertainty before any data.",
        ),
        Wrong(
            "what the data explain is added",
            _posterior_with(explain=-1.0),
            "Your model is less sure after the data than before. Does explaining add variance?",
        ),
        Wrong(
            "twice what the data explain",
            _posterior_with(explain=2.0),
            "The variance of the rest has a third term, which gives half of that back.",
        ),
        Wrong(
            "the pair is turned around",
            lambda *arguments: posterior(*arguments)[::-1],
            "The arrays have the same shape. Which of them comes first?",
        ),
        Wrong(
            "the uncertainty of y",
            _posterior_with(of_y=True),
            "This is the standard deviation of one more observation. The question is about f.",
        ),
        Wrong(
            "the whole covariance of Xs, not its diagonal",
            _whole_covariance,
            "Your sigma is a table: each place of Xs with each other one. Which entries are the "
            "variances?",
        ),
        Wrong(
            "a diagonal is forgotten",
            _prior_undiagonalized,
            "kernel(Xs, Xs) has the shape (m, m). Which part of that table says how uncertain f "
            "was at each place before any data?",
        ),
        Wrong(
            "(m, m) where (m,) was asked",
            _column_y,
            "A column of shape (m, 1) met a row of shape (m,) and became a table. Look at the "
            "shapes of both.",
        ),
    ),
)


CHECKS = {
    "04.predict_width": Choice(
        right="c",
        because="the width depends on where we looked, and not on what we saw there.",
        wrong=(
            Wrong(
                "a surprise makes less sure",
                "a",
                "A person would doubt the model; the model takes its covariances as given. Where "
                "in the formula of the width is the value seen?",
            ),
            Wrong(
                "an extreme value says more",
                "b",
                "It moves the center further. Where in the formula of the width is the value seen?",
            ),
            Wrong(
                "a value cannot change a standard deviation",
                "d",
                "Compare the height of the whole ellipse with that of the slice through it.",
            ),
        ),
    ),
    "04.neighbors": NEIGHBORS,
    "04.kernel_matrix": KERNEL_MATRIX,
    "04.posterior": POSTERIOR,
    "04.what_next": Choice(
        right="b",
        because="predicting trainings that were left out tests a length scale; lesson 05 compares "
        "length scales by their likelihood.",
        wrong=(
            Wrong(
                "σ_f for ℓ",
                "a",
                "That would widen the band between the trainings and leave the mean where it is. "
                "Which parameter says how far a training speaks?",
            ),
            Wrong(
                "noise for ℓ",
                "c",
                "With noise the mean may miss a training. Here it meets all of them, and the "
                "trouble lies between them.",
            ),
            Wrong(
                "the band knows best",
                "d",
                "The band follows from the assumptions. Do six trainings on one smooth slope look "
                "as if they said nothing about each other?",
            ),
        ),
    ),
}
