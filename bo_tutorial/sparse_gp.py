"""A Gaussian process that remembers many data through a few points: time n m^2 instead of n^3.

The m inducing points stand for all n data: what the data say about f there is kept, and the rest of
f follows from it. The posterior is the best of that form, and what it costs is known: a lower bound
on the log marginal likelihood, which is reached when nothing is left out.
"""

import copy
import functools
import math
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dpotrf, dtrtri

from bo_tutorial import _validate
from bo_tutorial._threads import computing
from bo_tutorial._words import GAUSSIAN_PROCESS, refuse_unknown_fields
from bo_tutorial.evidence import LogNormalPrior, improve_hyperparameters, names_to_learn
from bo_tutorial.gp import (
    TO_CLIMB,
    TO_LEARN,
    GaussianProcess,
    Kernel,
    WithoutSlopes,
    blocks,
    checked_data,
    draw,
    has_methods,
    in_blocks,
    require_methods,
)
from bo_tutorial.kernels import SquaredExponential

NOTHING_LEFT = 1e-13  # a conditional variance that is rounding, as a share of the signal variance
JITTER = 1e-12  # on k(Z, Z) while hyperparameters are learned, in the same unit
FIRST_PART = 256  # of many data, from which a first guess is learned exactly
PASSES = 10, 15  # evaluations of the bound with the first inducing points, with the second ones


@dataclass(frozen=True, eq=False)
class SparseGP:
    """Believe what `GaussianProcess` believes, and remember many data through a few points.

    The methods are those of `GaussianProcess`, and both serve wherever a surrogate is wanted.
    With n data, m inducing points and hyperparameters as they are, `condition` takes O(n m^2) time
    and O(n m) memory. With m = n it is the exact posterior.

    Args:
        kernel: as for `GaussianProcess`.
        n_inducing: how many of the data become inducing points, at the most; fewer where the
            others have nothing to add. They are chosen one after the other: the next is where f,
            given f at those before, is the least certain.
        noise_variance: the variance of an observation around f, units of f squared, positive.
        mean, prior, learn: as for `GaussianProcess`.
        n_starts: from how many points the first guess of `fit` starts to climb.
        inducing_points: inducing points of your own, shape (m, d), instead of chosen ones.

    Raises:
        TypeError, ValueError: as for `GaussianProcess`; a noise variance of 0, by which the bound
            would divide; no inducing point.

    Source: Titsias 2009, "Variational learning of inducing variables in sparse Gaussian processes",
    AISTATS. The choice of points: Burt, Rasmussen & van der Wilk 2020, JMLR 21(131), section 4.
    """

    kernel: Kernel = field(default_factory=SquaredExponential)
    n_inducing: int = 64
    noise_variance: float = 1e-4
    mean: float = 0.0
    prior: LogNormalPrior | None = None
    learn: bool | tuple = True
    n_starts: int = 8
    inducing_points: np.ndarray | None = None

    def __new__(cls, *_, **given):
        if cls.__init__ is SparseGP.__init__:
            refuse_unknown_fields(cls, given, GAUSSIAN_PROCESS)
        return super().__new__(cls)

    def __post_init__(self):
        _validate.whole_number("n_inducing", self.n_inducing, 1)
        _validate.size("noise_variance", self.noise_variance, *_validate.VARIANCES)
        exact = self._exact()  # refuses what it would refuse
        for name in ("noise_variance", "mean", "learn"):
            object.__setattr__(self, name, getattr(exact, name))
        if self.inducing_points is not None:
            d = np.size(self.kernel.length_scale) if np.ndim(self.kernel.length_scale) else None
            Z = _validate.points("inducing_points", self.inducing_points, d)
            if len(Z) == 0:
                raise ValueError("inducing_points must have at least one row, got none")
            object.__setattr__(self, "inducing_points", Z)

    def predict(self, Xs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation of f before any data, as `SparsePosterior.predict`."""
        return self._exact().predict(Xs)

    def sample(self, Xs: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw `n` functions before any data, at the rows of `Xs` (m, d): shape (n, m)."""
        return self._exact().sample(Xs, n, rng)

    @computing
    def condition(self, X: np.ndarray, y: np.ndarray) -> "SparsePosterior":
        """Return the posterior given data, with the hyperparameters as they are.

        Args:
            X: inputs, shape (n, d), n at least 1. y: observations, shape (n,), units of f.

        Returns:
            A `SparsePosterior`.

        Raises:
            TypeError, ValueError: other shapes, no data, or a value that is not finite.
        """
        X, y = checked_data(X, y, self.kernel)
        Z = self._inducing(X)
        kind = SparsePosterior if has_methods(self.kernel, TO_CLIMB) else _PosteriorWithoutSlopes
        return kind(X, y, Z, self.kernel, self.noise_variance, self.mean)

    def fit(self, X: np.ndarray, y: np.ndarray) -> "SparsePosterior":
        """Learn the hyperparameters named in `learn`, then condition on the data.

        Arguments, result and errors as for `condition`.
        """
        return self.learned(X, y).condition(X, y)

    @computing
    def learned(self, X: np.ndarray, y: np.ndarray) -> "SparseGP":
        """Return the same process with the hyperparameters named in `learn` learned from data.

        A first guess is that of `GaussianProcess` on 256 of the data at the most. From there the
        bound on the log marginal likelihood of all data is climbed along its gradient, plus the
        prior where there is one. The inducing points are held still on the way, and chosen anew
        for a second climb. The same data give the same answer. Arguments and errors as for
        `condition`, and those of `GaussianProcess.learned`.
        """
        X, y = checked_data(X, y, self.kernel)
        if not self.learn:
            return self
        require_methods(self.kernel, TO_LEARN, "to be learned (or write learn=False)")
        part = np.sort(np.random.default_rng(0).permutation(len(y))[:FIRST_PART])
        exact = self._exact().learned(X[part], y[part])
        process = replace(self, kernel=exact.kernel, noise_variance=exact.noise_variance)
        if len(y) <= FIRST_PART and self.inducing_points is None and self.n_inducing >= len(y):
            return process  # the bound of all of them is the likelihood itself
        for passes in PASSES:
            posterior = process.condition(X, y)
            bound = _Bound(process.kernel, X, y - process.mean, posterior.inducing_points)
            if "noise_variance" in names_to_learn(self.learn):
                # What is left out will look like noise.
                noise = process.noise_variance + posterior.left_out.mean()
                process = replace(process, noise_variance=noise)
            process = improve_hyperparameters(process, bound, X, y, passes)
        return process

    def _exact(self):
        return GaussianProcess(
            self.kernel, self.noise_variance, self.mean, self.prior, self.learn, self.n_starts
        )

    def _inducing(self, X):
        if self.inducing_points is None:
            return X[least_certain(self.kernel, X, self.n_inducing)]
        if self.inducing_points.shape[1] != X.shape[1]:
            raise ValueError(
                f"X must have {self.inducing_points.shape[1]} columns like inducing_points, got "
                f"shape {X.shape}"
            )
        return self.inducing_points


@computing
def least_certain(kernel: Kernel, X: np.ndarray, n: int) -> np.ndarray:
    """Return the indices of `n` rows of `X`, each where f is the least certain given those before.

    That is a Cholesky factorization with pivots of k(X, X), of which only n columns are computed:
    O(len(X) n^2) time. It ends early where nothing but rounding is left.

    Args:
        kernel: with signal_variance, the same everywhere. X: shape (m, d). n: at least 1.

    Source: Burt, Rasmussen & van der Wilk 2020, algorithm 1 with no randomness; Fine & Scheinberg
    2001.
    """
    n = min(n, len(X))
    F = np.empty((n, len(X)))
    variance = np.full(len(X), float(kernel.signal_variance))
    chosen: list[int] = []
    for i in range(n):
        pivot = int(np.argmax(variance))
        if not variance[pivot] > NOTHING_LEFT * kernel.signal_variance:
            break
        covariance = kernel(X[pivot : pivot + 1], X)[0] - F[:i, pivot] @ F[:i]
        F[i] = covariance / math.sqrt(variance[pivot])
        variance -= F[i] ** 2
        variance[pivot] = 0.0
        chosen.append(pivot)
    return np.array(chosen)


class SparsePosterior:
    """A belief about f after data, through m inducing points; made by `SparseGP`.

    Attributes:
        X, y: the data, (n, d) and (n,). inducing_points: (m, d), the first the most telling.
        kernel, noise_variance, mean: as conditioned with.
        jitter: what had to be added to the diagonal of k(Z, Z), units of f squared; mostly 0.
        log_marginal_likelihood: the lower bound on log p(y | X), in nats.

    With Z the inducing points, L L^T = k(Z, Z) and V = k(X, Z) L^-T (n, m), the covariance of the
    data is taken for V V^T + noise I, and B = I + V^T V / noise (m, m) is all that is factorized.
    """

    @computing
    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        inducing_points: np.ndarray,
        kernel: Kernel,
        noise_variance: float,
        mean: float,
    ) -> None:
        self.X, self.kernel, self.noise_variance, self.mean = X, kernel, noise_variance, mean
        self.inducing_points = inducing_points
        L, self.jitter = _factor(kernel, inducing_points)
        self._L = L
        self._V = np.concatenate([self._whitened(block) for block in blocks(X, 1024)])
        B = self._V.T @ self._V / noise_variance
        B.flat[:: len(B) + 1] += 1.0
        self._L_B, failed = dpotrf(B, lower=1)
        if failed:
            raise np.linalg.LinAlgError("I + V^T V / noise is not positive definite")
        self._explain(y)

    def __repr__(self):
        n, d = self.X.shape
        return (
            f"SparsePosterior(n={n}, d={d}, m={len(self.inducing_points)}, kernel={self.kernel!r}, "
            f"noise_variance={self.noise_variance!r}, mean={self.mean!r})"
        )

    @property
    def bound(self) -> float:
        """The lower bound on log p(y | X) in nats, Titsias 2009, eq. 9; the same number twice."""
        return self.log_marginal_likelihood

    @computing
    def predict(self, Xs: np.ndarray, include_noise: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean and the standard deviation of f at each row of `Xs`.

        With v(x) = L^-1 k(Z, x): mu = m + v^T B^-1 V^T (y - m) / noise, and
        sigma^2 = k(x, x) - v^T v + v^T B^-1 v.

        Args:
            Xs: shape (m, d). include_noise: give the standard deviation of a new observation y
                there instead, which adds the noise variance.

        Returns:
            mu, sigma: each of shape (m,), units of f.

        Raises:
            TypeError, ValueError: `Xs` is not (m, d) or not finite.

        Source: Titsias 2009, eq. 6 with the optimal distribution of eq. 10.
        """
        Xs = _validate.points("Xs", Xs, self.X.shape[1])
        mu, variance = in_blocks(self._moments, Xs, len(self.inducing_points))
        if include_noise:
            variance = variance + self.noise_variance
        return mu, np.sqrt(variance)

    def _moments(self, Xs):
        """Mean and variance of f at each row of `Xs`."""
        v = self._whitened(Xs)
        return self.mean + v @ self._weights, self._variance(v, self._known(v))

    @computing
    def covariance(self, Xs: np.ndarray) -> np.ndarray:
        """Return the covariance matrix of f at the rows of `Xs` (m, d): shape (m, m)."""
        v = self._whitened(_validate.points("Xs", Xs, self.X.shape[1]))
        known = self._known(v)
        return self.kernel(Xs) - v @ v.T + known @ known.T

    @computing
    def sample(self, Xs: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw `n` functions from the posterior at the rows of `Xs` (m, d): shape (n, m)."""
        mu, _ = self.predict(Xs)
        return draw(mu, self.covariance(Xs), n, rng)

    @computing
    def predict_gradient(self, x: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return mean and standard deviation at some points, and their gradients there.

        Arguments, result and errors as for `Posterior.predict_gradient`.
        """
        if np.ndim(x) < 2:
            x = _validate.vector("x", x, self.X.shape[1], "dimension")
            return tuple(each[0] for each in self.predict_gradient(x[None, :]))
        x = _validate.points("x", x, self.X.shape[1])
        Z = self.inducing_points
        k, slope = self.kernel.covariance_and_derivative(x, Z)  # (m, number of Z) each
        v = solve_triangular(self._L, k.T, lower=True, check_finite=False).T
        known = self._known(v)
        sigma = np.sqrt(self._variance(v, known))
        certain = sigma == 0
        # mu = k . by_k, and d sigma^2 / dk is twice what follows.
        by_k = self._unwhitened(self._weights[None, :])
        pull = self._unwhitened(known @ self._L_B_inverse - v)
        pull = pull / np.where(certain, 1.0, sigma)[:, None]
        dmu = self.kernel.gradient_of_weighted_sum(x, Z, slope * by_k)
        dsigma = self.kernel.gradient_of_weighted_sum(x, Z, slope * pull)
        return self.mean + v @ self._weights, sigma, dmu, np.where(certain[:, None], 0.0, dsigma)

    @property
    @computing
    def mean_at_data(self) -> np.ndarray:
        """The posterior mean at each row of `X`, (n,)."""
        return self.mean + self._V @ self._weights

    def extend(self, X: np.ndarray, y: np.ndarray) -> "SparsePosterior":
        """Return the posterior after more data, at the same hyperparameters.

        Each new point becomes an inducing point too, so that f is known there as it would be
        exactly.
        """
        X, y = checked_data(X, y, self.kernel)
        X, y = np.concatenate([self.X, X]), np.concatenate([self.y, y])
        Z = np.concatenate([self.inducing_points, X[len(self.X) :]])
        Z = Z[np.sort(least_certain(self.kernel, Z, len(Z)))]
        return type(self)(X, y, Z, self.kernel, self.noise_variance, self.mean)

    @computing
    def with_values(self, y: np.ndarray) -> "SparsePosterior":
        """Return the posterior had `y` (n,) been observed at `X`: only the mean is another."""
        other = copy.copy(self)
        other._explain(_validate.vector("y", y, len(self.X), "row of X"))
        return other

    @property
    @computing
    def log_marginal_likelihood_gradient(self) -> np.ndarray:
        """d bound / d(log length scales, log signal variance, log noise variance).

        The inducing points are held still.
        """
        lengths = np.atleast_1d(self.kernel.length_scale)
        theta = np.log([*lengths, self.kernel.signal_variance, self.noise_variance])
        share = self.jitter / self.kernel.signal_variance
        bound = _Bound(self.kernel, self.X, self.y - self.mean, self.inducing_points, share)
        return bound(theta[None, :])[1][0]

    def _explain(self, y):
        """Set what depends on the values: the mean is v^T weights, and the bound."""
        self.y = y
        residual, noise, n = y - self.mean, self.noise_variance, len(y)
        half = self._L_B_inverse @ (residual @ self._V / noise)
        self._weights = half @ self._L_B_inverse
        rest = residual - self._V @ self._weights
        fit = rest @ rest / noise + self._weights @ self._weights
        left_out = self.left_out.sum() / noise
        self.log_marginal_likelihood = _bound(n, noise, self._L_B, fit, left_out)

    def _whitened(self, Xs):
        """L^-1 k(Z, x) for each row of `Xs` (m, d), as rows."""
        K = self.kernel(self.inducing_points, Xs)
        return solve_triangular(self._L, K, lower=True, check_finite=False).T

    def _unwhitened(self, v):
        """L^-T v for each row of `v`, as rows."""
        return solve_triangular(self._L, v.T, trans=1, lower=True, check_finite=False).T

    def _known(self, v):
        """L_B^-1 v for each row of `v`, as rows."""
        return v @ self._L_B_inverse.T

    def _variance(self, v, known):
        variance = self.kernel.signal_variance - np.einsum("mn,mn->m", v, v)
        # Rounding can leave -1e-17 where an inducing point lies.
        return np.maximum(variance, 0.0) + np.einsum("mn,mn->m", known, known)

    @functools.cached_property
    def _L_B_inverse(self):
        return dtrtri(self._L_B, lower=1)[0]

    @functools.cached_property
    def left_out(self) -> np.ndarray:
        """The variance of f at each row of X given f at the inducing points, (n,)."""
        known = np.einsum("mn,mn->m", self._V, self._V)
        return np.maximum(self.kernel.signal_variance - known, 0.0)


class _PosteriorWithoutSlopes(WithoutSlopes, SparsePosterior):
    pass


def _factor(kernel, Z):
    """Return the lower Cholesky factor of k(Z, Z), and the jitter that it took.

    Raises:
        numpy.linalg.LinAlgError: even a jitter of a thousandth of the diagonal is not enough.
    """
    for share in (0.0, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3):
        K = kernel(Z)
        jitter = float(share * kernel.signal_variance)
        K.flat[:: len(Z) + 1] += jitter
        L, failed = dpotrf(K, lower=1)
        if not failed:
            return L, jitter
    raise np.linalg.LinAlgError("the covariance is not positive definite, even with jitter")


def _bound(n, noise, L_B, fit, left_out):
    """log N(r | 0, V V^T + noise I) - left_out / 2; Titsias 2009, eq. 9.

    fit: r^T (V V^T + noise I)^-1 r, as a sum of two squares, in which nothing cancels.
    """
    log_det = 2 * np.log(np.diag(L_B)).sum() + n * math.log(noise)
    return float(-0.5 * (fit + log_det + n * math.log(2 * math.pi) + left_out))


class _Bound:
    """The bound for one data set and fixed inducing points, for many hyperparameters.

    The same number as `SparsePosterior.log_marginal_likelihood`, with its gradient. With Q = V V^T
    in place of K, T = k(Z, Z)^-1 k(Z, X) and a = (Q + noise I)^-1 r, the derivative in Q is

        H = 1/2 [a a^T - (Q + noise I)^-1 + I / noise]

    and dQ = 2 dk(X, Z) T - T^T dk(Z, Z) T, so all that is needed is P = T H, (m, n), and P T^T.
    """

    def __init__(self, kernel, X, residual, Z, jitter=JITTER):
        self.kernel, self.residual, self.jitter = kernel, residual, jitter
        self.n, self.m = len(X), len(Z)
        self.across = self._differences(Z, X)
        self.among = self._differences(Z, Z)

    def _differences(self, A, B):
        """For each dimension that has a length scale, those of all pairs, A by A: (d, a b)."""
        pairs = np.repeat(A, len(B), axis=0), np.tile(B, (len(A), 1))
        D = self.kernel.pair_differences(*pairs)
        return D if np.ndim(self.kernel.length_scale) else D.sum(axis=0, keepdims=True)

    def __call__(self, thetas):
        """Return the bound and its gradient in theta; -inf and 0 where k(Z, Z) has no factor.

        Args:
            thetas: logarithms of the length scales, the signal and the noise variance, one set a
                row, shape (k, p).

        Returns:
            Shapes (k,) and (k, p).
        """
        values, gradients = np.full(len(thetas), -np.inf), np.zeros(thetas.shape)
        for i, theta in enumerate(thetas):
            found = self._at(np.exp(-2 * theta[:-2]), *np.exp(theta[-2:]))
            if found is not None:
                values[i], gradients[i] = found
        return values, gradients

    def _at(self, w, signal, noise):
        n, m = self.n, self.m
        (across, slope_across), (among, slope_among) = (
            tuple(signal * part for part in self.kernel.value_and_derivative(w @ D))
            for D in (self.across, self.among)
        )
        K_m = among.reshape(m, m)
        K_m.flat[:: m + 1] += self.jitter * signal
        L, failed = dpotrf(K_m, lower=1)
        if failed:
            return None
        V = solve_triangular(L, across.reshape(m, n), lower=True, check_finite=False)  # (m, n)
        B = V @ V.T / noise
        B.flat[:: m + 1] += 1.0
        L_B, failed = dpotrf(B, lower=1)
        if failed:
            return None
        L_B_inverse = dtrtri(L_B, lower=1)[0]
        B_inverse = L_B_inverse.T @ L_B_inverse
        weights = B_inverse @ (V @ self.residual) / noise
        rest = self.residual - weights @ V
        fit = rest @ rest / noise + weights @ weights
        left_out = np.maximum(signal - np.einsum("mn,mn->n", V, V), 0.0).sum() / noise
        value = _bound(n, noise, L_B, fit, left_out)

        # L^T P and L^T (P T^T) L, then both without L.
        identity = np.eye(m)
        P = (identity - B_inverse) @ V + np.outer(weights, rest)
        P *= 0.5 / noise
        R = 0.5 * (B - 2 * identity + B_inverse + np.outer(weights, weights))
        trace = np.trace(R)
        P = solve_triangular(L, P, trans=1, lower=True, check_finite=False)
        half = solve_triangular(L, R, trans=1, lower=True, check_finite=False)
        R = solve_triangular(L, half.T, trans=1, lower=True, check_finite=False)
        by_length = 2 * (self.across @ (P.reshape(-1) * slope_across))
        by_length -= self.among @ (R.reshape(-1) * slope_among)
        by_signal = trace - 0.5 * n * signal / noise
        spread = n - m + np.trace(B_inverse)  # noise tr (Q + noise I)^-1
        by_noise = 0.5 * (rest @ rest / noise - spread + left_out)
        return value, np.array([*(-2 * w * by_length), by_signal, by_noise])
