"""Independent computations that the tests hold the package against.

Nothing here imports `bo_tutorial`: every function computes the same quantity another way, from
the textbook's formula in 50-digit arithmetic, by quadrature, by finite differences, or with
scikit-learn.
"""

import itertools
import math
import warnings

import mpmath
import numpy as np
from scipy import integrate, stats
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel

DIGITS = 50

# ---------------------------------------------------------------------------------------- kernels


def squared_exponential(a, b, length_scale, signal_variance):
    """Return sigma_f^2 exp(-r^2 / 2) for two points, r^2 = sum_j ((a_j - b_j) / l_j)^2."""
    r2 = _scaled_square(a, b, length_scale)
    return signal_variance * mpmath.exp(-r2 / 2)


def matern52(a, b, length_scale, signal_variance):
    """Return sigma_f^2 (1 + s + s^2 / 3) exp(-s), s = sqrt(5) r (Rasmussen & Williams, 4.17)."""
    s = mpmath.sqrt(5 * _scaled_square(a, b, length_scale))
    return signal_variance * (1 + s + s**2 / 3) * mpmath.exp(-s)


def _scaled_square(a, b, length_scale):
    scales = np.broadcast_to(np.asarray(length_scale, dtype=float), (len(a),))
    return mpmath.fsum(
        ((mpmath.mpf(float(p)) - mpmath.mpf(float(q))) / mpmath.mpf(float(s))) ** 2
        for p, q, s in zip(a, b, scales, strict=True)
    )


def kernel_matrix(kernel, A, B, length_scale, signal_variance):
    """Evaluate one of the kernels above on all pairs, in 50 digits, rounded to float64 (n, m)."""
    with mpmath.workdps(DIGITS):
        variance = mpmath.mpf(float(signal_variance))
        return np.array([[float(kernel(a, b, length_scale, variance)) for b in B] for a in A])


# ------------------------------------------------------------------------- the Gaussian process


def dense_posterior(
    kernel, X, y, Xs, *, length_scale, signal_variance, noise_variance, mean=0.0, digits=DIGITS
):
    """Solve the posterior equations with an explicit inverse in 50-digit arithmetic.

        mu = m + k*^T (K + s_n^2 I)^-1 (y - m),   V = k** - k*^T (K + s_n^2 I)^-1 k*

    Returns: mean (m,), covariance (m, m), log marginal likelihood, rounded to float64.
    Source: Rasmussen & Williams 2006, eqs. 2.25, 2.26, 2.30.
    """
    with mpmath.workdps(digits):
        variance, noise = mpmath.mpf(float(signal_variance)), mpmath.mpf(float(noise_variance))
        m = mpmath.mpf(float(mean))
        n = len(X)

        def matrix(A, B):
            return mpmath.matrix([[kernel(a, b, length_scale, variance) for b in B] for a in A])

        K = matrix(X, X) + noise * mpmath.eye(n)
        inverse = K**-1
        residual = mpmath.matrix([mpmath.mpf(float(v)) - m for v in y])
        cross = matrix(X, Xs)
        mu = cross.T * (inverse * residual)
        V = matrix(Xs, Xs) - cross.T * inverse * cross
        fit = (residual.T * inverse * residual)[0]
        lml = -(fit + mpmath.log(mpmath.det(K)) + n * mpmath.log(2 * mpmath.pi)) / 2
        s = len(Xs)
        return (
            np.array([float(mu[i] + m) for i in range(s)]),
            np.array([[float(V[i, j]) for j in range(s)] for i in range(s)]),
            float(lml),
        )


def dense_sparse_posterior(
    kernel, X, y, Z, Xs, *, length_scale, signal_variance, noise_variance, mean=0.0, digits=DIGITS
):
    """Solve the equations of the sparse posterior with explicit inverses in 50-digit arithmetic.

        S = (K_ZZ + K_ZX K_XZ / s_n^2)^-1,   mu = m + K_*Z S K_ZX (y - m) / s_n^2,
        V = k** - K_*Z (K_ZZ^-1 - S) K_Z*,
        bound = log N(y | m, Q + s_n^2 I) - tr(K - Q) / (2 s_n^2),   Q = K_XZ K_ZZ^-1 K_ZX

    Returns: mean (m,), covariance (m, m), bound, rounded to float64.
    Source: Titsias 2009, eqs. 6, 9 and 10.
    """
    with mpmath.workdps(digits):
        variance, noise = mpmath.mpf(float(signal_variance)), mpmath.mpf(float(noise_variance))
        m, n, s = mpmath.mpf(float(mean)), len(X), len(Xs)

        def matrix(A, B):
            return mpmath.matrix([[kernel(a, b, length_scale, variance) for b in B] for a in A])

        K_ZZ, K_ZX, K_Zs = matrix(Z, Z), matrix(Z, X), matrix(Z, Xs)
        inverse = K_ZZ**-1
        S = (K_ZZ + K_ZX * K_ZX.T / noise) ** -1
        residual = mpmath.matrix([mpmath.mpf(float(v)) - m for v in y])
        mu = K_Zs.T * (S * (K_ZX * residual)) / noise
        V = matrix(Xs, Xs) - K_Zs.T * (inverse - S) * K_Zs
        Q = K_ZX.T * inverse * K_ZX
        covered = Q + noise * mpmath.eye(n)
        fit = (residual.T * covered**-1 * residual)[0]
        log_density = -(fit + mpmath.log(mpmath.det(covered)) + n * mpmath.log(2 * mpmath.pi)) / 2
        left_out = mpmath.fsum(variance - Q[i, i] for i in range(n))
        return (
            np.array([float(mu[i] + m) for i in range(s)]),
            np.array([[float(V[i, j]) for j in range(s)] for i in range(s)]),
            float(log_density - left_out / (2 * noise)),
        )


def dense_sd(*args, **kwargs):
    """Return the posterior mean and standard deviation, the root taken of the dense variance."""
    mu, covariance, _ = dense_posterior(*args, **kwargs)
    return mu, np.sqrt(np.diag(covariance))


def sklearn_kernel(name, length_scale, signal_variance):
    """Build scikit-learn's version of one of our kernels, "SquaredExponential" or "Matern52"."""
    scale = np.asarray(length_scale, dtype=float)
    scale = float(scale) if scale.ndim == 0 else scale
    base = RBF(scale) if name == "SquaredExponential" else Matern(scale, nu=2.5)
    return ConstantKernel(signal_variance) * base


def sklearn_posterior(name, X, y, *, length_scale, signal_variance, noise_variance, mean=0.0):
    """Condition scikit-learn's regressor at fixed hyperparameters; the mean is taken off y."""
    regressor = GaussianProcessRegressor(
        sklearn_kernel(name, length_scale, signal_variance), alpha=noise_variance, optimizer=None
    )
    return regressor.fit(X, np.asarray(y) - mean)


def sklearn_likelihood(name, X, y, *, length_scale, signal_variance, noise_variance, mean=0.0):
    """Return scikit-learn's log marginal likelihood and its gradient, in our order.

    Order: d/d log length_scale_1 ..., d/d log signal_variance, d/d log noise_variance. The noise
    enters as a WhiteKernel, so that scikit-learn differentiates with respect to it too.
    """
    kernel = sklearn_kernel(name, length_scale, signal_variance) + WhiteKernel(noise_variance)
    regressor = GaussianProcessRegressor(kernel, alpha=0.0, optimizer=None)
    regressor.fit(X, np.asarray(y) - mean)
    value, gradient = regressor.log_marginal_likelihood(regressor.kernel_.theta, eval_gradient=True)
    return value, np.concatenate([gradient[1:-1], gradient[:1], gradient[-1:]])


def sklearn_best_likelihood(name, X, y, *, ard, restarts=12, seed=0):
    """Return the best log marginal likelihood that scikit-learn finds from many starts.

    The box: length scale [0.01, 30], signal variance [0.05, 50], noise variance [1e-6, 1].
    """
    start = np.full(X.shape[1], 0.5) if ard else 0.5
    base = (
        RBF(start, (1e-2, 30.0))
        if name == "SquaredExponential"
        else Matern(start, (1e-2, 30.0), nu=2.5)
    )
    kernel = ConstantKernel(1.0, (0.05, 50.0)) * base + WhiteKernel(1e-2, (1e-6, 1.0))
    regressor = GaussianProcessRegressor(
        kernel, alpha=0.0, n_restarts_optimizer=restarts, random_state=seed
    )
    with warnings.catch_warnings():
        # scikit-learn warns where an optimum lies on the box; that is no failure of the oracle.
        warnings.simplefilter("ignore", ConvergenceWarning)
        regressor.fit(X, y)
    return regressor.log_marginal_likelihood_value_


# -------------------------------------------------------------------------------- acquisitions


def mp_log_ei(mu, sigma, best, xi=0.0, digits=60):
    """Return log E[max(0, f - best - xi)] for f ~ N(mu, sigma^2), in 60 digits, as a float."""
    with mpmath.workdps(digits):
        gap = mpmath.mpf(float(mu)) - mpmath.mpf(float(best)) - mpmath.mpf(float(xi))
        s = mpmath.mpf(float(sigma))
        z = gap / s
        h = mpmath.npdf(z) + z * mpmath.ncdf(z)
        return float(mpmath.log(s) + mpmath.log(h))


def mp_slopes(score, mu, sigma, best, xi=0.0, digits=60):
    """Differentiate one of the scores below with respect to mu and sigma, in 60 digits.

    The score is a function of two 60-digit numbers, the margin mu - best - xi and sigma.
    """
    with mpmath.workdps(digits):
        gap = mpmath.mpf(float(mu)) - mpmath.mpf(float(best)) - mpmath.mpf(float(xi))
        s = mpmath.mpf(float(sigma))
        return (
            float(mpmath.diff(lambda g: score(g, s), gap)),
            float(mpmath.diff(lambda v: score(gap, v), s)),
        )


def mp_ei_score(gap, sigma):
    z = gap / sigma
    return sigma * (mpmath.npdf(z) + z * mpmath.ncdf(z))


def mp_log_ei_score(gap, sigma):
    return mpmath.log(mp_ei_score(gap, sigma))


def mp_pi_score(gap, sigma):
    return mpmath.ncdf(gap / sigma)


def quadrature_ei(mu, sigma, best, xi=0.0):
    """Integrate (f - best - xi) N(f | mu, sigma^2) over f > best + xi."""
    threshold = best + xi

    def integrand(f):
        return (f - threshold) * stats.norm.pdf(f, mu, sigma)

    return _integrate_tail(integrand, mu, sigma, threshold)


def quadrature_ei_survival(mu, sigma, best, xi=0.0):
    """Integrate P(f > t) over t > best + xi: the same number, as an area."""
    return _integrate_tail(lambda t: stats.norm.sf(t, mu, sigma), mu, sigma, best + xi)


def quadrature_pi(mu, sigma, best, xi=0.0):
    """Integrate N(f | mu, sigma^2) over f > best + xi."""
    return _integrate_tail(lambda f: stats.norm.pdf(f, mu, sigma), mu, sigma, best + xi)


def _integrate_tail(integrand, mu, sigma, threshold):
    # Beyond 14 sd past the later of mean and threshold the density is below 1e-42 of its peak.
    # Panels of 2 sd keep the integrator from stepping over a narrow peak.
    end = max(mu, threshold) + 14 * sigma
    edges = np.linspace(threshold, end, max(2, math.ceil((end - threshold) / (2 * sigma)) + 1))
    return sum(
        integrate.quad(integrand, a, b, epsabs=0.0, epsrel=1e-11)[0]
        for a, b in itertools.pairwise(edges)
    )


# ----------------------------------------------------------------------------- finite differences


def central_gradient(function, x, h=1e-6):
    """Differentiate a scalar- or array-valued function of x (d,) by central differences.

    Returns: shape (d, ...), one slice for each coordinate.
    """
    x = np.asarray(x, dtype=float)
    slices = []
    for j in range(x.size):
        step = np.zeros_like(x)
        step[j] = h
        slices.append((np.asarray(function(x + step)) - np.asarray(function(x - step))) / (2 * h))
    return np.array(slices)


def assert_gradients_agree(ours, oracle, relative):
    """Compare two gradients, relative to the largest component (differences lose tiny ones)."""
    scale = np.max(np.abs(oracle))
    np.testing.assert_allclose(ours, oracle, rtol=relative, atol=relative * scale)


# ------------------------------------------------------------------------------ test functions
# Each in the literature's own sign (minimized), in plain Python, from the formula on the page of
# Surjanovic & Bingham's Virtual Library of Simulation Experiments.


def branin(x):
    a, b, c, r, s, t = 1, 5.1 / (4 * math.pi**2), 5 / math.pi, 6, 10, 1 / (8 * math.pi)
    return a * (x[1] - b * x[0] ** 2 + c * x[0] - r) ** 2 + s * (1 - t) * math.cos(x[0]) + s


def camel(x):
    p, q = x
    return (4 - 2.1 * p**2 + p**4 / 3) * p**2 + p * q + (-4 + 4 * q**2) * q**2


_HARTMANN_ALPHA = (1.0, 1.2, 3.0, 3.2)
_HARTMANN3_A = ((3, 10, 30), (0.1, 10, 35), (3, 10, 30), (0.1, 10, 35))
_HARTMANN3_P = ((3689, 1170, 2673), (4699, 4387, 7470), (1091, 8732, 5547), (381, 5743, 8828))
_HARTMANN6_A = (
    (10, 3, 17, 3.5, 1.7, 8),
    (0.05, 10, 17, 0.1, 8, 14),
    (3, 3.5, 1.7, 10, 17, 8),
    (17, 8, 0.05, 10, 0.1, 14),
)
_HARTMANN6_P = (
    (1312, 1696, 5569, 124, 8283, 5886),
    (2329, 4135, 8307, 3736, 1004, 9991),
    (2348, 1451, 3522, 2883, 3047, 6650),
    (4047, 8828, 8732, 5743, 1091, 381),
)


def _hartmann(x, A, P):
    total = 0.0
    for weight, row, center in zip(_HARTMANN_ALPHA, A, P, strict=True):
        exponent = sum(a * (v - 1e-4 * p) ** 2 for a, v, p in zip(row, x, center, strict=True))
        total += weight * math.exp(-exponent)
    return -total


def hartmann3(x):
    return _hartmann(x, _HARTMANN3_A, _HARTMANN3_P)


def hartmann6(x):
    return _hartmann(x, _HARTMANN6_A, _HARTMANN6_P)


def forrester(x):
    return (6 * x[0] - 2) ** 2 * math.sin(12 * x[0] - 4)


def gramacy_lee(x):
    return math.sin(10 * math.pi * x[0]) / (2 * x[0]) + (x[0] - 1) ** 4


def styblinski_tang(x):
    return sum(v**4 - 16 * v**2 + 5 * v for v in x) / 2


def levy(x):
    w = [1 + (v - 1) / 4 for v in x]
    first = math.sin(math.pi * w[0]) ** 2
    middle = sum((v - 1) ** 2 * (1 + 10 * math.sin(math.pi * v + 1) ** 2) for v in w[:-1])
    last = (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)
    return first + middle + last


def rosenbrock(x):
    return sum(
        100 * (after - before**2) ** 2 + (before - 1) ** 2
        for before, after in itertools.pairwise(x)
    )


def ackley(x):
    d = len(x)
    root = math.sqrt(sum(v**2 for v in x) / d)
    waves = sum(math.cos(2 * math.pi * v) for v in x) / d
    return -20 * math.exp(-0.2 * root) - math.exp(waves) + 20 + math.e
