"""How well does a length scale explain the data, and why: the likelihood taken apart.

`gp.py` computes the log marginal likelihood and climbs it. Here it is looked at: split into its two
terms, and drawn over the length scale with the best signal variance for each. All in nats.
"""

import functools

import numpy as np
from scipy.linalg import solve_triangular

from bo_tutorial import _validate, network
from bo_tutorial.gp import GaussianProcess
from bo_tutorial.kernels import Matern52, SquaredExponential
from bo_tutorial.problems import ACCURACIES

TRUE_LENGTH = 0.5  # decades: that of the function behind `trainings`
# log10 of the learning rates: the article's three, then halves between and beyond, then quarters.
HALVES, QUARTERS = (-2.5, -1.5, -0.5, -3.5, -4, 0), (-2.25, -1.25, -3.25, -0.75, -1.75, -2.75)
PLACES = (-3, -2, -1, *HALVES, *QUARTERS, -3.75, -0.25)
# The columns of `table_rows`: the network's hyperparameters, and one input that does nothing.
INPUTS = (*network.SPACE.names, "time of day")
NOISE_SHARE = 1e-6 / 0.06**2  # of the worked example: noise variance over signal variance
ONE_POINT = 0.01**2 / 0.06**2  # the same where an accuracy has a noise of one point


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


def leave_one_out(gp, X, y):
    """Return how probable each observation is to the others: log p(y_i | all others), (n,), nats.

    The prediction of y_i needs no second model. With C = K + noise I and a = C^-1 (y - mean) it is
    normal with mean y_i - a_i / (C^-1)_ii and variance 1 / (C^-1)_ii.

    Args:
        gp: a `GaussianProcess`, taken as it is. X: shape (n, d). y: shape (n,), units of f.

    Raises:
        TypeError, ValueError: shapes that do not match, values that are not finite.

    Source: Rasmussen & Williams 2006, eq. 5.10 and 5.12.
    """
    X = _validate.points("X", X)
    y = _validate.vector("y", y, len(X), "row of X")
    inverse = np.linalg.inv(gp.kernel(X) + gp.noise_variance * np.eye(len(X)))
    variances = 1 / np.diag(inverse)
    misses = variances * (inverse @ (y - gp.mean))  # y_i minus its prediction
    return -0.5 * (misses**2 / variances + np.log(2 * np.pi * variances))


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


def data_sets(n_sets, seed=0):
    """Draw functions from the prior of `trainings`, and noisy trainings of each.

    Args:
        n_sets: how many. seed: of all of them.

    Returns:
        X (17, 1), the places of `trainings`; f (n_sets, 17), the functions there; y (n_sets, 17),
        trainings with a noise of one point, fractions.
    """
    rng, X = np.random.default_rng(seed), np.array(PLACES)[:, None]
    K = SquaredExponential(TRUE_LENGTH, 0.06**2)(X)
    root = np.linalg.cholesky(K + 1e-10 * np.eye(len(X)))
    f = 0.85 + rng.standard_normal((n_sets, len(X))) @ root.T
    return X, f, f + 0.01 * rng.standard_normal(f.shape)


def choose(X, y, length_scales, log_priors):
    """Let each data set choose its length scale, by likelihood times each of several priors.

    Args:
        X: places, shape (n, 1). y: (n_sets, n), trainings there with a noise of one point.
        length_scales: to choose from, shape (k,). log_priors: {name: log densities, shape (k,)}.

    Returns:
        {name: length scales, (n_sets,), and the signal standard deviations that go with them}.
    """
    found = profile(SquaredExponential, X, y, length_scales, mean=0.85, noise_share=ONE_POINT)
    curves, signal_sds = found
    best = {name: np.argmax(curves + prior, axis=1) for name, prior in log_priors.items()}
    sets = np.arange(len(y))
    return {name: (length_scales[top], signal_sds[sets, top]) for name, top in best.items()}


def held_out(X, f, y, length_scales, signal_sds):
    """Compare what a model says of the places it has not seen with f: is it right, is it sure?

    Args:
        X: places, shape (m, 1). f: (n_sets, m), the functions there. y: (n_sets, n), trainings of
            each function at the first n places. length_scales, signal_sds: the model of each set,
            (n_sets,), a squared exponential process with mean 85 % and noise `ONE_POINT`.

    Returns:
        Of the other places of all sets: the share within 2 standard deviations of the mean, and the
        root mean square error of the mean, a fraction of 1.
    """
    n = y.shape[1]
    misses, sds = [], []
    for length_scale, signal_sd, truth, seen in zip(length_scales, signal_sds, f, y, strict=True):
        kernel = SquaredExponential(length_scale, signal_sd**2)
        gp = GaussianProcess(kernel, ONE_POINT * signal_sd**2, mean=0.85)
        mu, sigma = gp.condition(X[:n], seen).predict(X[n:])
        misses.append(truth[n:] - mu)
        sds.append(sigma)
    misses, sds = np.array(misses), np.array(sds)
    return np.mean(np.abs(misses) <= 2 * sds), np.sqrt(np.mean(misses**2))


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


def fit_rows(n, seed, kernel=Matern52, without=None, prior=None, n_starts=8):
    """Learn a length scale for each input, and both variances, from rows of the network's table.

    Args:
        n, seed: which rows, as `table_rows` draws them. kernel: the class. without: one of
            `INPUTS`, to be left out, or None. prior, n_starts: as `GaussianProcess` takes them.

    Returns:
        A `Posterior`.

    Raises:
        ValueError: `without` is not one of `INPUTS`; and as `table_rows`.
    """
    X, y = table_rows(n, seed)
    if without is not None:
        if without not in INPUTS:
            raise ValueError(f"without must be one of {INPUTS}, got {without!r}")
        X = np.delete(X, INPUTS.index(without), axis=1)
    kernel = kernel(np.full(X.shape[1], 0.5))  # a number for each input: each has its own
    gp = GaussianProcess(kernel, noise_variance=0.01, prior=prior, n_starts=n_starts)
    return gp.fit(X, y)


def nats(n, seeds, **options):
    """Return the log marginal likelihood of each draw of n rows, arguments as for `fit_rows`."""
    return np.array([fit_rows(n, seed, **options).log_marginal_likelihood for seed in seeds])


def by_input(posteriors):
    """Return {input: its length scale in each of the posteriors of `fit_rows`, (n,)}."""
    lengths = np.array([posterior.kernel.length_scale for posterior in posteriors])
    return dict(zip(INPUTS, lengths.T, strict=True))


def accuracy(x, seed):
    """Train a small network, one layer of 64 units, at the learning rate 10^x; a fraction."""
    small = {"batch_size": 128, "dropout": 0.3, "n_layers": 1, "hidden_size": 64}
    return network.validation_accuracy(small | {"learning_rate": float(10**x)}, seed=seed)


def fit_trainings(X, first_seed):
    """Train that network at 10^X, each time with another seed, and learn all hyperparameters.

    Args:
        X: log10 of learning rates, shape (n, 1). first_seed: of the first training; the others
            follow.

    Returns:
        A `Posterior`; its y are the accuracies.
    """
    y = np.array([accuracy(x, first_seed + k) for k, x in enumerate(X[:, 0])])
    return GaussianProcess(SquaredExponential(1.0, 0.1**2), 1e-4, y.mean()).fit(X, y)


@functools.cache
def _table():
    """The table's configurations in the unit cube, and their accuracies; read once."""
    unit = np.array([network.SPACE.to_unit(config) for config in network.SPACE.grid(5)])
    return unit, network.grid_table()["validation_accuracy"]
