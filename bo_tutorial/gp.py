"""A Gaussian process remembers: from a few observations to a belief about f everywhere.

`GaussianProcess` holds what we believe before any data: kernel, noise variance, mean. Both
`condition` and `fit` return a new `Posterior` and change nothing, so nothing is ever half-fitted.
"""

import copy
import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
from scipy.linalg import cho_solve, solve_triangular
from scipy.linalg.lapack import dpotrf, dpotrs, dtrtri

from bo_tutorial import _validate
from bo_tutorial._threads import computing
from bo_tutorial._tryout import try_kernel
from bo_tutorial._words import GAUSSIAN_PROCESS, refuse_unknown_fields
from bo_tutorial.evidence import (
    LogNormalPrior,
    learn_hyperparameters,
    names_to_learn,
)
from bo_tutorial.kernels import Matern52, SquaredExponential

Kernel = Any  # of the course or of your own: `GaussianProcess` says what it must have
LARGEST_BLOCK = 2**20  # covariances that are computed at once in a prediction
MANY = 320  # data from which on memory is what counts: `Posterior` says how
TO_LEARN = ("value_and_derivative", "pair_differences")  # what `learned` asks of a kernel
TO_CLIMB = ("covariance_and_derivative", "gradient_of_weighted_sum")  # and `predict_gradient`


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """Believe that f is a draw from a Gaussian process, observed with Gaussian noise.

    A kernel of your own is any object that can be called like these two, `kernel(A, B)` with B = A
    if left out, and returns covariances (n, m); that has `length_scale` (a number, or shape (d,))
    and `signal_variance` (k(x, x), the same everywhere). To be learned it is a dataclass with these
    two as fields, and has `value_and_derivative` and `pair_differences`; to be climbed,
    `covariance_and_derivative` and `gradient_of_weighted_sum`. A subclass of `SquaredExponential`
    with a `value_and_derivative` of its own has all of that.

    Args:
        kernel: a `SquaredExponential` or `Matern52`, or one of your own; a unit squared exponential
            if left out.
        noise_variance: the variance of an observation around f, units of f squared, 0 or more.
        mean: the value that f is expected to have far from all data, units of f.
        prior: a `LogNormalPrior` on the hyperparameters: `fit` then maximizes the posterior
            density (MAP). None: it maximizes the marginal likelihood alone.
        learn: which hyperparameters `fit` learns: True for all of them, False for none (`fit` is
            then `condition`), or a tuple of names out of `HYPERPARAMETERS`.
        n_starts: from how many points `fit` starts to climb. The likelihood has several peaks.

    Raises:
        TypeError, ValueError: a kernel that is none (it is tried on three points), a negative noise
            variance, a mean that is not finite, an unknown name in `learn`.

    Source: Rasmussen & Williams 2006, chapter 2.
    """

    kernel: Kernel = field(default_factory=SquaredExponential)
    noise_variance: float = 1e-6
    mean: float = 0.0
    prior: LogNormalPrior | None = None
    learn: bool | tuple = True
    n_starts: int = 8

    def __new__(cls, *_, **given):
        if cls.__init__ is GaussianProcess.__init__:
            refuse_unknown_fields(cls, given, GAUSSIAN_PROCESS)
        return super().__new__(cls)

    def __post_init__(self):
        if type(self.kernel) not in (SquaredExponential, Matern52):
            try_kernel(self.kernel)
        noise_variance = _validate.number("noise_variance", self.noise_variance, 0)
        if noise_variance > _validate.VARIANCES[1]:
            raise ValueError(f"noise_variance must be at most 1e250, got {noise_variance}")
        object.__setattr__(self, "noise_variance", noise_variance)
        mean = _validate.number("mean", self.mean)
        if abs(mean) > _validate.LARGEST:
            raise ValueError(f"mean must be at most 1e100 in size, got {mean}")
        object.__setattr__(self, "mean", mean)
        is_class = isinstance(self.prior, type)
        if self.prior is not None and (is_class or not hasattr(self.prior, "log_density")):
            raise TypeError(f"prior must be a LogNormalPrior or None, got {self.prior!r:.80}")
        _validate.whole_number("n_starts", self.n_starts, 1)
        object.__setattr__(self, "learn", names_to_learn(self.learn))

    def predict(self, Xs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation of f before any data, as `Posterior.predict`."""
        n = len(_validate.points("Xs", Xs))
        return np.full(n, self.mean), np.full(n, math.sqrt(self.kernel.signal_variance))

    @computing
    def sample(self, Xs: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw `n` functions before any data, at the rows of `Xs` (m, d): shape (n, m)."""
        Xs = _validate.points("Xs", Xs)
        return draw(np.full(len(Xs), self.mean), self.kernel(Xs), n, rng)

    def condition(self, X: np.ndarray, y: np.ndarray) -> "Posterior":
        """Return the posterior given data, with the hyperparameters as they are.

        Args:
            X: inputs, shape (n, d), n at least 1. y: observations, shape (n,), units of f.

        Returns:
            A `Posterior`.

        Raises:
            TypeError, ValueError: other shapes, no data, or a value that is not finite.
        """
        X, y = checked_data(X, y, self.kernel)
        kind = Posterior if has_methods(self.kernel, TO_CLIMB) else _PosteriorWithoutSlopes
        return kind(X, y, self.kernel, self.noise_variance, self.mean)

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Posterior":
        """Learn the hyperparameters named in `learn`, then condition on the data.

        Arguments, result and errors as for `condition`.
        """
        return self.learned(X, y).condition(X, y)

    @computing
    def learned(self, X: np.ndarray, y: np.ndarray) -> "GaussianProcess":
        """Return the same process with the hyperparameters named in `learn` learned from data.

        `evidence.py` says how. The same data give the same answer. Arguments and errors as for
        `condition`; and all y within 1e-100 of the mean and not equal to it, whose square says
        nothing, or a kernel of your own without what is needed to learn.

        Source: Rasmussen & Williams 2006, eq. 5.8 and 5.9.
        """
        X, y = checked_data(X, y, self.kernel)
        if not self.learn:
            return self
        require_methods(self.kernel, TO_LEARN, "to be learned (or write learn=False)")
        far = np.abs(y - self.mean).max()
        if 0 < far < 1e-100:
            raise ValueError(
                "y must differ from the mean by 1e-100 or more somewhere, because the square of "
                f"that is a variance, got {far:g} at the most: standardize y"
            )
        return learn_hyperparameters(self, X, y)


class Posterior:
    """A belief about f after data; made whole by `GaussianProcess.condition` or `fit`.

    Attributes:
        X, y: the data, (n, d) and (n,). kernel, noise_variance, mean: as conditioned with.
        jitter: what had to be added to the diagonal of the covariance, beyond the noise variance,
            for the Cholesky factorization to succeed, units of f squared; 0.0 in a healthy case.
        log_marginal_likelihood: log p(y | X) in nats.

    All of it comes from one matrix, the Cholesky factor L of K + noise I, which is computed in
    place. With `MANY` data and more there is no second one of that size: what is needed of its
    inverse is solved for, and more data add rows to it.
    """

    @computing
    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        kernel: Kernel,
        noise_variance: float,
        mean: float,
        first: "Posterior | None" = None,
    ) -> None:
        self.X, self.kernel, self.noise_variance, self.mean = X, kernel, noise_variance, mean
        known: np.ndarray | None = None if first is None else first._L
        self._L: np.ndarray
        self._L, self.jitter = _factor(kernel, X, noise_variance, known)
        self._explain(y)

    def __repr__(self):
        n, d = self.X.shape
        return (
            f"Posterior(n={n}, d={d}, kernel={self.kernel!r}, "
            f"noise_variance={self.noise_variance!r}, mean={self.mean!r})"
        )

    @computing
    def predict(self, Xs: np.ndarray, include_noise: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean and the standard deviation of f at each row of `Xs`.

        mu(x) = m + k^T (K + noise I)^-1 (y - m);  sigma^2(x) = k(x, x) - k^T (K + noise I)^-1 k

        Args:
            Xs: shape (m, d). include_noise: give the standard deviation of a new observation y
                there instead, which adds the noise variance.

        Returns:
            mu, sigma: each of shape (m,), units of f.

        Raises:
            TypeError, ValueError: `Xs` is not (m, d) or not finite.

        Source: Rasmussen & Williams 2006, eq. 2.25 and 2.26, algorithm 2.1.
        """
        Xs = _validate.points("Xs", Xs, self.X.shape[1])
        mu, variance = in_blocks(self._moments, Xs, len(self.y))
        if include_noise:
            variance = variance + self.noise_variance
        return mu, np.sqrt(variance)

    def _moments(self, Xs):
        """Mean and variance of f at each row of `Xs`."""
        Ks = self.kernel(Xs, self.X)
        V = self._whitened(Ks)
        variance = self.kernel.signal_variance - np.einsum("mn,mn->m", V, V)
        # Rounding can leave -1e-17 at a data point.
        return self.mean + Ks @ self._alpha, np.maximum(variance, 0.0)

    @computing
    def covariance(self, Xs: np.ndarray) -> np.ndarray:
        """Return the covariance matrix of f at the rows of `Xs` (m, d): shape (m, m)."""
        Ks = self.kernel(_validate.points("Xs", Xs, self.X.shape[1]), self.X)
        V = solve_triangular(self._L, Ks.T, lower=True)
        return self.kernel(Xs) - V.T @ V

    @computing
    def sample(self, Xs: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw `n` functions from the posterior at the rows of `Xs` (m, d): shape (n, m)."""
        mu, _ = self.predict(Xs)
        return draw(mu, self.covariance(Xs), n, rng)

    @computing
    def predict_gradient(self, x: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return mean and standard deviation at some points, and their gradients there.

        Args:
            x: one point, shape (d,), or several, shape (m, d).

        Returns:
            mu, sigma, each a number or (m,), units of f; dmu, dsigma, each (d,) or (m, d), units of
            f per unit of x. Where sigma is 0, at a noiseless observation, dsigma is given as 0:
            sigma has a kink there.

        Raises:
            TypeError, ValueError: another shape, or a value that is not finite.
        """
        if np.ndim(x) < 2:
            x = _validate.vector("x", x, self.X.shape[1], "dimension")
            return tuple(each[0] for each in self.predict_gradient(x[None, :]))
        x = _validate.points("x", x, self.X.shape[1])
        k, slope = self.kernel.covariance_and_derivative(x, self.X)  # (m, n) each
        v = self._whitened(k)
        variance = self.kernel.signal_variance - np.einsum("mn,mn->m", v, v)
        sigma = np.sqrt(np.maximum(variance, 0.0))
        certain = sigma == 0
        pull = self._whitened(v, transposed=True) / -np.where(certain, 1.0, sigma)[:, None]
        dmu = self.kernel.gradient_of_weighted_sum(x, self.X, slope * self._alpha)
        dsigma = self.kernel.gradient_of_weighted_sum(x, self.X, slope * pull)
        return self.mean + k @ self._alpha, sigma, dmu, np.where(certain[:, None], 0.0, dsigma)

    @property
    @computing
    def mean_at_data(self) -> np.ndarray:
        """The posterior mean at each row of `X`, (n,): y less what is taken for noise.

        k(X, X) alpha = y - m - noise alpha, because (k(X, X) + noise I) alpha = y - m.
        """
        return self.y - (self.noise_variance + self.jitter) * self._alpha

    def _whitened(self, k, transposed=False):
        """L^-1 times each row of `k` (m, n), or L^-T: shape (m, n)."""
        if len(self.y) < MANY:
            return k @ (self._L_inverse if transposed else self._L_inverse.T)
        return solve_triangular(self._L, k.T, trans=transposed, lower=True, check_finite=False).T

    @functools.cached_property
    def _L_inverse(self):
        """For hundreds of points a product is cheaper than a solve."""
        return dtrtri(self._L, lower=1)[0]

    def extend(self, X: np.ndarray, y: np.ndarray) -> "Posterior":
        """Return the posterior after more data, at the same hyperparameters."""
        X, y = checked_data(X, y, self.kernel)
        X, y = np.concatenate([self.X, X]), np.concatenate([self.y, y])
        first = self if len(self.y) >= MANY and not self.jitter else None
        return type(self)(X, y, self.kernel, self.noise_variance, self.mean, first)

    @computing
    def with_values(self, y: np.ndarray) -> "Posterior":
        """Return the posterior had `y` (n,) been observed at `X`: only the mean is another."""
        other = copy.copy(self)
        other._explain(_validate.vector("y", y, len(self.X), "row of X"))
        return other

    @property
    @computing
    def log_marginal_likelihood_gradient(self) -> np.ndarray:
        """d log p(y | X) / d(log length scales, log signal variance, log noise variance).

        Each entry is 1/2 tr((alpha alpha^T - K^-1) dK/dtheta); Rasmussen & Williams 2006, eq. 5.9.
        """
        identity = np.eye(len(self.y))
        inner = np.outer(self._alpha, self._alpha) - cho_solve((self._L, True), identity)
        by_noise = self.noise_variance * identity
        dK = np.concatenate([self.kernel.gradients(self.X), [by_noise]])
        return 0.5 * np.tensordot(dK, inner, axes=2)

    def _explain(self, y):
        """Set what depends on the values: y - m = (K + noise I) alpha, and their density."""
        self.y = y
        self._alpha, _ = dpotrs(self._L, y - self.mean, lower=1)
        self.log_marginal_likelihood = _log_density(self._L, self._alpha, y - self.mean)


class WithoutSlopes:
    """What makes a posterior that of a kernel which does not know its slopes: no gradient."""

    @property
    def predict_gradient(self) -> NoReturn:
        raise AttributeError(f"predict_gradient needs a kernel that has {', '.join(TO_CLIMB)}")


class _PosteriorWithoutSlopes(WithoutSlopes, Posterior):
    pass


def _log_density(L, alpha, residual):
    """log N(residual | 0, L L^T): fit, complexity, constant; Rasmussen & Williams, eq. 2.30."""
    n = len(residual)
    return float(
        -0.5 * residual @ alpha - np.sum(np.log(np.diag(L))) - 0.5 * n * math.log(2 * math.pi)
    )


def _factor(kernel, X, noise_variance, known=None):
    """Return the lower Cholesky factor of k(X, X) + noise I, and the jitter that it took.

    Args:
        known: the factor for the first rows of X, which took no jitter; the others are added.

    Raises:
        numpy.linalg.LinAlgError: even a jitter of a thousandth of the diagonal is not enough.
    """
    if known is not None:
        L = _more_rows(kernel, X, noise_variance, known)
        if L is not None:
            return L, 0.0
    for share in (0.0, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3):
        K = _upper_covariance(kernel, X)
        K.flat[:: len(X) + 1] += noise_variance
        jitter = float(share * np.mean(np.diag(K)))
        K.flat[:: len(X) + 1] += jitter
        # LAPACK reads memory by columns: our upper triangle is its lower one.
        L, failed = dpotrf(K.T, lower=1, overwrite_a=1)
        if not failed:
            return L, jitter
    raise np.linalg.LinAlgError("the covariance is not positive definite, even with jitter")


def _upper_covariance(kernel, X):
    """k(X, X) on and above its diagonal, in blocks of rows: no second array of that size."""
    K = np.empty((len(X), len(X)))
    for start in range(0, len(X), MANY):
        block = slice(start, start + MANY)
        K[block, start:] = kernel(X[block], X[start:])
    return K


def _more_rows(kernel, X, noise_variance, known):
    """Extend a Cholesky factor, None if the longer matrix has none.

    [ K    B ]   [ L   0   ] [ L^T  M^T   ]
    [ B^T  C ] = [ M   L_C ] [ 0    L_C^T ],   M = B^T L^-T,   L_C L_C^T = C - M M^T.
    """
    n = len(known)
    M = solve_triangular(known, kernel(X[:n], X[n:]), lower=True, check_finite=False).T
    C = kernel(X[n:]) - M @ M.T
    C.flat[:: len(C) + 1] += noise_variance
    L_C, failed = dpotrf(C, lower=1)
    if failed:
        return None
    L = np.zeros((len(X), len(X)), order="F")
    L[:n, :n], L[n:, :n], L[n:, n:] = known, M, L_C
    return L


def blocks(points: np.ndarray, size: int) -> list[np.ndarray]:
    """Return the rows of `points` (m, d) in blocks of `size`, the last one perhaps shorter."""
    return np.split(points, range(size, len(points), size))


def in_blocks(moments: Callable, Xs: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance at each row of `Xs` (m, d), (m,) each, without a matrix too large.

    Args:
        moments: called with rows of `Xs`; it computes their covariances with n points.
    """
    rows = max(1, LARGEST_BLOCK // n)
    if len(Xs) <= rows:
        return moments(Xs)
    parts = [moments(block) for block in blocks(Xs, rows)]
    mu, variance = (np.concatenate(each) for each in zip(*parts, strict=True))
    return mu, variance


def draw(mean: np.ndarray, covariance: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `n` vectors from N(mean (m,), covariance (m, m)): shape (n, m)."""
    n = _validate.whole_number("n", n, 1)
    # On a fine grid neighbors are all but equal, the covariance all but singular: eigenvalues that
    # rounding made negative are 0. The signs and, among equal eigenvalues, the directions of the
    # eigenvectors are chance. The symmetric root does not depend on them, so that the same seed
    # draws the same functions on every machine.
    values, vectors = np.linalg.eigh(covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return mean + rng.standard_normal((n, len(mean))) @ root


def has_methods(kernel: Kernel, methods: tuple) -> bool:
    """Say whether a kernel, which may be one's own, has all of these methods."""
    return all(callable(getattr(kernel, method, None)) for method in methods)


def require_methods(kernel: Kernel, methods: tuple, why: str) -> None:
    """Refuse a kernel without these methods.

    Raises:
        TypeError: one of them is missing.
    """
    if not has_methods(kernel, methods):
        raise TypeError(f"kernel must have {' and '.join(methods)} {why}, got {kernel!r:.80}")


def checked_data(X: np.ndarray, y: np.ndarray, kernel: Kernel) -> tuple[np.ndarray, np.ndarray]:
    """Return copies of data, (n, d) and (n,), as floats; n is at least 1.

    Raises:
        TypeError, ValueError: other shapes, no data, or a value that is not finite.
    """
    n_lengths = np.size(kernel.length_scale)
    X = _validate.points("X", X, n_lengths if np.ndim(kernel.length_scale) else None)
    if len(X) == 0:
        raise ValueError("X must have at least one row, got none")
    return X, _validate.vector("y", y, len(X), "row of X")
