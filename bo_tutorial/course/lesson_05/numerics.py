"""How well does a length scale explain the data, and why: the likelihood taken apart.

`gp.py` computes the log marginal likelihood and climbs it. Here it is looked at: split into its two
terms, and drawn over the length scale with the best signal variance for each. All in nats.
"""

import functools

import numpy as np
from scipy.linalg import solve_triangular

from bo_tutorial import _validate, network
from bo_tutorial.gp import GaussianProcess
from bo_tutorial.kernels import SquaredExponential
from bo_tutorial.problems import ACCURACIES

TRUE_LENGTH = 0.5  # decades: that of the function behind `trainings`
# log10 of the learning rates: the article's three, then halves between and beyond, then quarters.
HALVES, QUARTERS = (-2.5, -1.5, -0.5, -3.5, -4, 0), (-2.25, -1.25, -3.25, -0.75, -1.75, -2.75)
PLACES = (-3, -2, -1, *HALVES, *QUARTERS, -3.75, -0.25)
# The columns of `table_rows`: the network's hyperparameters, and one input that does nothing.
INPUTS = (*network.SPACE.names, "time of day")
NOISE_SHARE = 1e-6 / 0.06**2  # of the worked example: noise variance over signal variance


def terms(gp, X, y):
    """Split log p(y | X) into what the data fit and what the model's flexibility costs.

    log p = -1/2 r^T K^-1 r  -  1/2 log|K|  -  n/2 log(2 pi),   r = y - mean, K with its noise

    Args:
        gp: a `GaussianProcess`, taken as it is. X: shape (n, d). y: shape (n,), units of f.

    Returns:
        fit, complexity: the first two terms, in nats; the third is a constant.

    Raises:
        TypeError, ValueError: as `GaussianProcess.condition`.

    Source: Rasmussen & Williams 2006, eq. 2.30 and 5.8.
    """
    total = gp.condition(X, y).log_marginal_likelihood
    # Values that sit on the mean leave nothing to fit: what remains is the complexity.
    on_the_mean = np.full(len(y), gp.mean)
    rest = gp.condition(X, on_the_mean).log_marginal_likelihood
    return total - rest, rest + len(y) / 2 * np.log(2 * np.pi)


def profile(kernel, X, y, length_scales, mean=0.0, noise_share=NOISE_SHARE):
    """Return the log likelihood of each length scale, with the best signal variance for it.

    With K = s R, R = correlations + noise_share I, the best s is r^T R^-1 r / n, which leaves
    log p = -n/2 (log(2 pi s) + 1) - 1/2 log|R|.

    Args:
        kernel: `SquaredExponential` or `Matern52`, the class. X: shape (n, d).
        y: shape (n,), or (m, n) for m data sets at the same inputs; units of f.
        length_scales: shape (k,), units of x. mean: of f. noise_share: noise over signal variance.

    Returns:
        Log likelihoods in nats and the best signal standard deviations, each (k,) or (m, k).

    Raises:
        TypeError, ValueError: shapes that do not match, values that are not finite.

    Source: Jones, Schonlau & Welch 1998, who call it the concentrated likelihood.
    """
    X = _validate.points("X", X)
    n = len(X)
    residuals = _validate.points("y", np.atleast_2d(y), n) - mean
    likelihoods, variances = [], []
    for length_scale in length_scales:
        L = np.linalg.cholesky(kernel(length_scale)(X) + noise_share * np.eye(n))
        white = solve_triangular(L, residuals.T, lower=True)
        variance = np.sum(white**2, axis=0) / n
        half_log_det = np.sum(np.log(np.diag(L)))
        likelihoods.append(-n / 2 * (np.log(2 * np.pi * variance) + 1) - half_log_det)
        variances.append(variance)
    shape = (*np.shape(y)[:-1], len(likelihoods))
    return np.reshape(np.transpose(likelihoods), shape), np.sqrt(np.transpose(variances)).reshape(
        shape
    )


def log_prior(length_scales, center, factor=2.0):
    """Return the log density of "center, give or take a factor", up to a constant, in nats.

    A normal distribution of log length_scale, with log(factor) as its standard deviation.
    """
    return -0.5 * (np.log(np.asarray(length_scales) / center) / np.log(factor)) ** 2


def trainings(n=12, seed=0):
    """Continue the worked example: accuracies of a function whose length scale we know.

    The function is drawn from a squared exponential process (half a decade, 6 points around 85 %)
    that has seen the article's three trainings: at the 17 places of `PLACES`, half a length scale
    apart, and between them it is the posterior mean.

    Args:
        n: how many trainings, 3 to 17, in the order of `PLACES`. seed: of the function.

    Returns:
        X (n, 1), log10 of the learning rates in [-4, 0]; y (n,), accuracies as fractions; and the
        function itself, which takes X (m, 1) and returns (m,).

    Raises:
        ValueError: `n` is not 3 to 17.
    """
    if not 3 <= n <= len(PLACES):
        raise ValueError(f"n must be 3 to {len(PLACES)}, got {n!r}")
    gp = GaussianProcess(SquaredExponential(TRUE_LENGTH, 0.06**2), noise_variance=1e-6, mean=0.85)
    X = np.array(PLACES)[:, None]
    seen = gp.condition(X[:3], np.array(ACCURACIES))
    # The small number lets the factorization succeed at the three places that are known.
    root = np.linalg.cholesky(seen.covariance(X) + 1e-8 * np.eye(len(X)))
    y = seen.predict(X)[0] + root @ np.random.default_rng(seed).standard_normal(len(X))
    y[:3] = ACCURACIES
    through_all = gp.condition(X, y)
    return X[:n], y[:n], lambda places: through_all.predict(places)[0]


def table_rows(n, seed):
    """Draw rows of the network's table of 3125 trainings, with one input that does nothing.

    Args:
        n: how many rows. seed: of the draw.

    Raises:
        ValueError: more rows are asked for than there are.

    Returns:
        X (n, 6), a column for each of `INPUTS`: hyperparameters in the unit cube, and a time of day
        drawn at random from [0, 1); y (n,), accuracies standardized to mean 0 and variance 1.
    """
    rng = np.random.default_rng(seed)
    unit, scores = _table()
    chosen = rng.choice(len(scores), n, replace=False)
    y = scores[chosen]
    return np.column_stack([unit[chosen], rng.random(n)]), (y - y.mean()) / y.std()


@functools.cache
def _table():
    """The table's configurations in the unit cube, and their accuracies; read once."""
    unit = np.array([network.SPACE.to_unit(config) for config in network.SPACE.grid(5)])
    return unit, network.grid_table()["validation_accuracy"]
