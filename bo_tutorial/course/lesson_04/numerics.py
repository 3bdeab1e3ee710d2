"""Whether a band keeps its word: how often it holds functions of another length scale."""

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import erf

from bo_tutorial.kernels import SquaredExponential


def coverage(believed, true, X, Xs, sd, noise_variance):
    """Return how often a band holds the truth, and how far off its mean is, both exactly.

    The truth is drawn from a Gaussian process with the squared exponential kernel of length scale
    `true`, and observed at `X` with noise. A model of the same mean, variance and noise believes in
    the length scale `believed`. Its weights are w = L^-T L^-1 k, so its error f(x) - mu(x) is
    normal with mean 0 and, with the true covariances, variance k(x, x) - 2 w^T k + w^T K_y w.

    Args:
        believed, true: length scales, units of x. X: where f was observed, shape (n,).
        Xs: where the band is looked at, shape (m,). sd: of f before any data, units of f.
        noise_variance: of the observations, units of f squared, above 0.

    Returns:
        Averages over `Xs`: the share of functions within one and within two standard deviations of
        the mean, and the root mean square error, units of f.
    """
    X, Xs = np.reshape(X, (-1, 1)), np.reshape(Xs, (-1, 1))
    noise = noise_variance * np.eye(len(X))

    def covariances(length_scale):
        kernel = SquaredExponential(length_scale, sd**2)
        return kernel(X, X) + noise, kernel(X, Xs)

    K_y, k = covariances(believed)
    L = np.linalg.cholesky(K_y)
    b = solve_triangular(L, k, lower=True)
    w = solve_triangular(L, b, lower=True, trans="T")
    sigma = np.sqrt(sd**2 - np.sum(b**2, axis=0))
    K_y, k = covariances(true)
    error = np.sqrt(sd**2 - 2 * np.sum(w * k, axis=0) + np.sum(w * (K_y @ w), axis=0))
    within = [float(np.mean(erf(n_sd * sigma / error / np.sqrt(2)))) for n_sd in (1, 2)]
    return *within, float(np.sqrt(np.mean(error**2)))
