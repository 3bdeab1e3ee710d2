"""A Gaussian process remembers: from a few observations to a belief about f everywhere.

`GaussianProcess` holds what we believe before any data: kernel, noise variance, mean. Both
`condition` and `fit` return a new `Posterior` and change nothing, so nothing is ever half-fitted.
"""

import functools
import math
from dataclasses import dataclass, field, fields, replace

import numpy as np
from scipy.linalg import cho_solve, solve_triangular
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs, dtrtri

from bo_tutorial import _validate
from bo_tutorial._threads import one_blas_thread
from bo_tutorial.climb import minimize_together
from bo_tutorial.kernels import Matern52, SquaredExponential

HYPERPARAMETERS = ("length_scale", "signal_variance", "noise_variance")

# Two points that are far apart have a covariance of e^-1000: 0, and no reason for a warning.
_far_is_zero = np.errstate(under="ignore")


# What people write for a kernel, and what other libraries call the arguments.
KERNEL_WORDS = {
    **dict.fromkeys(["rbf", "se", "squaredexponential", "gaussian"], "bo.SquaredExponential()"),
    **dict.fromkeys(["matern", "matern52", "matern5/2", "matern2.5"], "bo.Matern52()"),
}
OTHER_NAMES = {
    **dict.fromkeys(["noise", "alpha", "noise_level", "likelihood_variance"], "noise_variance=..."),
    **dict.fromkeys(["n_restarts_optimizer", "n_restarts", "restarts"], "n_starts=..."),
    **dict.fromkeys(["optimizer", "optimize"], "learn=True or learn=False"),
    **dict.fromkeys(["length_scale", "signal_variance"], "kernel=bo.SquaredExponential(...)"),
    "normalize_y": "fit(X, (y - y.mean()) / y.std()); BayesianOptimization does so by itself",
    "mean_function": "mean=..., a number",
}
TO_LEARN = ("of_and_slope", "pair_differences")  # what `learned` asks of a kernel
TO_CLIMB = ("with_slope", "gradient_of_sum")  # and `predict_gradient`


@dataclass(frozen=True)
class LogNormalPrior:
    """Say which hyperparameters are plausible before any data: log(theta) ~ N(mean, sd^2).

    The default fits inputs in the unit cube and outputs with mean 0 and variance 1.

    Args:
        length_scale, signal_variance, noise_variance: each a pair (mean, sd) of the logarithm.
    """

    length_scale: tuple = (-0.5, 0.6)
    signal_variance: tuple = (1.0, 1.0)
    noise_variance: tuple = (-9.0, 3.0)

    def __post_init__(self):
        for name in HYPERPARAMETERS:
            pair = getattr(self, name)
            if not (isinstance(pair, (tuple, list, np.ndarray)) and np.shape(pair) == (2,)):
                raise TypeError(f"{name} must be a pair (mean, sd) of its logarithm, got {pair!r}")
            _validate.number(f"the mean of {name}", pair[0])
            _validate.number(f"the sd of {name}", pair[1], 0, strict=True)

    def log_density(self, log_parameters, names):
        """Return log p(log theta) up to a constant, (...), and its gradient, (..., p).

        Args:
            log_parameters: shape (..., p). names: which hyperparameter each of the p is.
        """
        mean, sd = np.array([getattr(self, name) for name in names], dtype=float).T
        z = (log_parameters - mean) / sd
        return -0.5 * np.sum(z * z, axis=-1), -z / sd


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """Believe that f is a draw from a Gaussian process, observed with Gaussian noise.

    A kernel of your own is any object that can be called like these two, `kernel(A, B)` with B = A
    if left out, and returns covariances (n, m); that has `length_scale` (a number, or shape (d,))
    and `signal_variance` (k(x, x), the same everywhere). To be learned it is a dataclass with these
    two as fields, and has `of_and_slope` and `pair_differences`; to be climbed, `with_slope` and
    `gradient_of_sum`. A subclass of `SquaredExponential` with an `of_and_slope` of its own has all
    of that.

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

    kernel: SquaredExponential = field(default_factory=SquaredExponential)
    noise_variance: float = 1e-6
    mean: float = 0.0
    prior: LogNormalPrior | None = None
    learn: bool | tuple = True
    n_starts: int = 8

    def __new__(cls, *_, **given):
        if cls.__init__ is GaussianProcess.__init__:
            _validate.known_names(cls.__name__, [f.name for f in fields(cls)], given, OTHER_NAMES)
        return super().__new__(cls)

    def __post_init__(self):
        if type(self.kernel) not in (SquaredExponential, Matern52):
            _try_kernel(self.kernel)
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
        object.__setattr__(self, "learn", _names_to_learn(self.learn))

    def predict(self, Xs):
        """Return mean and standard deviation of f before any data, as `Posterior.predict`."""
        n = len(_validate.points("Xs", Xs))
        return np.full(n, self.mean), np.full(n, math.sqrt(self.kernel.signal_variance))

    @one_blas_thread
    @_far_is_zero
    def sample(self, Xs, n, rng):
        """Draw `n` functions before any data, at the rows of `Xs` (m, d): shape (n, m)."""
        Xs = _validate.points("Xs", Xs)
        return _draw(np.full(len(Xs), self.mean), self.kernel(Xs), n, rng)

    def condition(self, X, y):
        """Return the posterior given data, with the hyperparameters as they are.

        Args:
            X: inputs, shape (n, d), n at least 1. y: observations, shape (n,), units of f.

        Returns:
            A `Posterior`.

        Raises:
            TypeError, ValueError: other shapes, no data, or a value that is not finite.
        """
        X, y = _data(X, y, self.kernel)
        kind = Posterior if _has(self.kernel, TO_CLIMB) else _WithoutSlopes
        return kind(X, y, self.kernel, self.noise_variance, self.mean)

    def fit(self, X, y):
        """Learn the hyperparameters named in `learn`, then condition on the data.

        Arguments, result and errors as for `condition`.
        """
        return self.learned(X, y).condition(X, y)

    @one_blas_thread
    @_far_is_zero
    def learned(self, X, y):
        """Return the same process with the hyperparameters named in `learn` learned from data.

        Maximizes log p(y | X, theta), plus log p(theta) where there is a prior, over
        theta = log hyperparameters, with BFGS from `n_starts` points and analytic gradients: the
        process as it is, the same with a fifth of the data's variance as noise, then at random.
        The box to search is measured in the data's own units: length scales from 0.01 to 100 times
        the range of each input, variances relative to the mean square of y - mean. The same data
        give the same answer: the starts are fixed.

        Arguments and errors as for `condition`; and all y within 1e-100 of the mean and not equal
        to it, whose square says nothing, or a kernel of your own without what is needed to learn.

        Source: Rasmussen & Williams 2006, eq. 5.8 and 5.9.
        """
        X, y = _data(X, y, self.kernel)
        if not self.learn:
            return self
        _require(self.kernel, TO_LEARN, "to be learned (or write learn=False)")
        far = np.abs(y - self.mean).max()
        if 0 < far < 1e-100:
            raise ValueError(
                "y must differ from the mean by 1e-100 or more somewhere, because the square of "
                f"that is a variance, got {far:g} at the most: standardize y"
            )
        start, names = self._log_parameters()
        lower, upper, near, far = self._search_box(X, y, names)
        evidence = _Evidence(self.kernel, X, y - self.mean)
        learned = self._learned_entries()

        def loss(thetas):
            values, gradients = evidence(self._complete(thetas))
            gradients = gradients[:, learned]
            if self.prior is not None:
                log_prior, slopes = self.prior.log_density(thetas, names)
                values, gradients = values + log_prior, gradients + slopes
            return -values, -gradients

        # A slope of 0.01 nat per factor e of a hyperparameter says nothing any more.
        climb = functools.partial(minimize_together, loss, lower=lower, upper=upper, tolerance=1e-2)
        ends = self._starts(start, names, near, far)
        if len(ends) > 2:
            ends, losses = climb(ends, passes=8)
            ends = ends[np.argsort(losses, kind="stable")[:2]]
        ends, losses = climb(ends, passes=30)
        return self._with(ends[np.argmin(losses)])

    def _starts(self, start, names, near, far):
        """Where to climb from: as the process is, then most of it noise, then at random.

        The first two are the two stories that data can tell: every ripple is f, or f is smooth and
        the ripples are noise. Each tends to have a peak of its own.
        """
        noisy = start.copy()
        noisy[np.array(names) == "noise_variance"] = far[-1] + math.log(2)
        starts = [start, noisy] if "noise_variance" in names else [start]
        more = self.n_starts - len(starts)
        if more > 0:
            starts.extend(np.random.default_rng(0).uniform(near, far, (more, len(start))))
        return np.array(starts[: self.n_starts])

    def _log_parameters(self):
        """The logarithms of what is learned, and the name of each: one for each length scale."""
        values = {
            "length_scale": np.atleast_1d(self.kernel.length_scale),
            "signal_variance": [self.kernel.signal_variance],
            "noise_variance": [self.noise_variance or 1e-12],
        }
        theta = np.concatenate(
            [np.log(values[name]) for name in HYPERPARAMETERS if name in self.learn]
        )
        names = [name for name in HYPERPARAMETERS if name in self.learn for _ in values[name]]
        return theta, names

    def _learned_entries(self):
        """Which entries of the full gradient belong to what is learned."""
        n_lengths = np.size(self.kernel.length_scale)
        names = ["length_scale"] * n_lengths + ["signal_variance", "noise_variance"]
        return np.array([name in self.learn for name in names])

    def _complete(self, thetas):
        """The logarithms of all hyperparameters, given those that are learned, one set a row."""
        if len(self.learn) == len(HYPERPARAMETERS):
            return thetas
        noise_variance = max(self.noise_variance, 1e-300)  # the logarithm of 0, all but
        variances = [self.kernel.signal_variance, noise_variance]
        full = np.log([*np.atleast_1d(self.kernel.length_scale), *variances])
        full = np.tile(full, (len(thetas), 1))
        full[:, self._learned_entries()] = thetas
        return full

    def _with(self, theta):
        """The same process with the learned hyperparameters replaced by exp(theta)."""
        values, theta = {}, list(np.exp(theta))
        if "length_scale" in self.learn:
            n = np.size(self.kernel.length_scale)
            scalar = np.ndim(self.kernel.length_scale) == 0
            values["length_scale"] = theta[0] if scalar else np.array(theta[:n])
            theta = theta[n:]
        if "signal_variance" in self.learn:
            values["signal_variance"] = theta.pop(0)
        noise_variance = theta.pop(0) if "noise_variance" in self.learn else self.noise_variance
        kernel = replace(self.kernel, **values)
        return replace(self, kernel=kernel, noise_variance=noise_variance)

    def _search_box(self, X, y, names):
        """Bounds on the log hyperparameters, and a narrower box from which starts are drawn."""
        ranges = np.ptp(X, axis=0)
        ranges[ranges < 1e-85] = 1.0  # one value, or a range that no length scale can resolve
        if np.ndim(self.kernel.length_scale) == 0:
            ranges = np.array([ranges.max()])
        power = np.mean((y - self.mean) ** 2) or 1.0
        factors = {  # lower bound, upper bound, starts from, starts to
            "length_scale": (1e-2, 1e2, 0.05, 2.0),
            "signal_variance": (1e-3, 1e3, 0.1, 10.0),
            "noise_variance": (1e-8, 10.0, 1e-6, 0.1),
        }
        units = [*ranges] if "length_scale" in names else []
        units += [power] * (len(names) - len(units))
        box = np.array(
            [np.multiply(factors[n], unit) for n, unit in zip(names, units, strict=True)]
        )
        return np.log(box).T


class Posterior:
    """A belief about f after data; made whole by `GaussianProcess.condition` or `fit`.

    Attributes:
        X, y: the data, (n, d) and (n,). kernel, noise_variance, mean: as conditioned with.
        jitter: what had to be added to the diagonal of the covariance, beyond the noise variance,
            for the Cholesky factorization to succeed, units of f squared; 0.0 in a healthy case.
        log_marginal_likelihood: log p(y | X) in nats.
    """

    @one_blas_thread
    @_far_is_zero
    def __init__(self, X, y, kernel, noise_variance, mean):
        self.X, self.y = X, y
        self.kernel, self.noise_variance, self.mean = kernel, noise_variance, mean
        K = kernel(X)
        K.flat[:: len(y) + 1] += noise_variance
        self._L, self.jitter = _cholesky(K)
        self._alpha, _ = dpotrs(self._L, y - mean, lower=1)
        self.log_marginal_likelihood = _log_density(self._L, self._alpha, y - mean)

    def __repr__(self):
        n, d = self.X.shape
        return (
            f"Posterior(n={n}, d={d}, kernel={self.kernel!r}, "
            f"noise_variance={self.noise_variance!r}, mean={self.mean!r})"
        )

    @one_blas_thread
    @_far_is_zero
    def predict(self, Xs, include_noise=False):
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
        Ks = self._cross(Xs)
        V = Ks @ self._L_inverse.T
        variance = self.kernel.signal_variance - np.einsum("mn,mn->m", V, V)
        variance = np.maximum(variance, 0.0)  # rounding can leave -1e-17 at a data point
        if include_noise:
            variance = variance + self.noise_variance
        return self.mean + Ks @ self._alpha, np.sqrt(variance)

    @one_blas_thread
    @_far_is_zero
    def covariance(self, Xs):
        """Return the covariance matrix of f at the rows of `Xs` (m, d): shape (m, m)."""
        Ks = self._cross(Xs)
        V = solve_triangular(self._L, Ks.T, lower=True)
        return self.kernel(Xs) - V.T @ V

    @one_blas_thread
    @_far_is_zero
    def sample(self, Xs, n, rng):
        """Draw `n` functions from the posterior at the rows of `Xs` (m, d): shape (n, m)."""
        mu, _ = self.predict(Xs)
        return _draw(mu, self.covariance(Xs), n, rng)

    @one_blas_thread
    @_far_is_zero
    def predict_gradient(self, x):
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
        k, slope = self.kernel.with_slope(x, self.X)  # (m, n) each
        v = k @ self._L_inverse.T
        variance = self.kernel.signal_variance - np.einsum("mn,mn->m", v, v)
        sigma = np.sqrt(np.maximum(variance, 0.0))
        certain = sigma == 0
        pull = v @ self._L_inverse / -np.where(certain, 1.0, sigma)[:, None]
        dmu = self.kernel.gradient_of_sum(x, self.X, slope * self._alpha)
        dsigma = self.kernel.gradient_of_sum(x, self.X, slope * pull)
        return self.mean + k @ self._alpha, sigma, dmu, np.where(certain[:, None], 0.0, dsigma)

    @property
    @_far_is_zero
    def mean_at_data(self):
        """The posterior mean at each row of `X`, (n,): y less what is taken for noise.

        k(X, X) alpha = y - m - noise alpha, because (k(X, X) + noise I) alpha = y - m.
        """
        return self.y - (self.noise_variance + self.jitter) * self._alpha

    @functools.cached_property
    def _L_inverse(self):
        """For hundreds of points a product is cheaper than a solve."""
        return dtrtri(self._L, lower=1)[0]

    def extend(self, X, y):
        """Return the posterior after more data, at the same hyperparameters."""
        X, y = _data(X, y, self.kernel)
        X, y = np.concatenate([self.X, X]), np.concatenate([self.y, y])
        return type(self)(X, y, self.kernel, self.noise_variance, self.mean)

    @property
    @one_blas_thread
    @_far_is_zero
    def log_marginal_likelihood_gradient(self):
        """d log p(y | X) / d(log length scales, log signal variance, log noise variance).

        Each entry is 1/2 tr((alpha alpha^T - K^-1) dK/dtheta); Rasmussen & Williams 2006, eq. 5.9.
        """
        identity = np.eye(len(self.y))
        inner = np.outer(self._alpha, self._alpha) - cho_solve((self._L, True), identity)
        by_noise = self.noise_variance * identity
        dK = np.concatenate([self.kernel.gradients(self.X), [by_noise]])
        return 0.5 * np.tensordot(dK, inner, axes=2)

    def _cross(self, Xs):
        return self.kernel(_validate.points("Xs", Xs, self.X.shape[1]), self.X)


class _WithoutSlopes(Posterior):
    """The posterior of a kernel that does not know its slopes: for a climb there is no gradient."""

    @property
    def predict_gradient(self):
        raise AttributeError(f"predict_gradient needs a kernel that has {', '.join(TO_CLIMB)}")


class _Evidence:
    """The log marginal likelihood of one data set, ready to be asked for many hyperparameters.

    The same numbers as `Posterior.log_marginal_likelihood` and its gradient, many times faster:
    K is symmetric, so the squared differences of each pair of points are computed once and its
    covariance once; K^-1 comes from the Cholesky factor by LAPACK; and the trace of a product is a
    sum over the pairs, never a product.
    """

    def __init__(self, kernel, X, residual):
        self.kernel, self.residual, self.n = kernel, residual, len(residual)
        self.first, self.second = np.triu_indices(self.n, 1)
        self.above = self.first * self.n + self.second  # the upper triangle in a flat K
        D = kernel.pair_differences(X[self.first], X[self.second])
        self.D = D if np.ndim(kernel.length_scale) else D.sum(axis=0, keepdims=True)

    def __call__(self, thetas):
        """Return log p(y) and its gradient in theta; -inf and 0 where K is not positive definite.

        Args:
            thetas: logarithms of the length scales, the signal and the noise variance, one set a
                row, shape (k, p).

        Returns:
            Shapes (k,) and (k, p).
        """
        w = np.exp(-2 * thetas[:, :-2])
        signal, noise = np.exp(thetas[:, -2:]).T
        k, slope = self.kernel.of_and_slope(w @ self.D)
        k *= signal[:, None]
        values, gradients = np.full(len(thetas), -np.inf), np.zeros(thetas.shape)
        for i in range(len(thetas)):
            factored = self._factor(k[i], signal[i], noise[i])
            if factored is None:
                continue
            log_det, alpha, inverse = factored
            fit = self.residual @ alpha
            values[i] = -0.5 * (fit + log_det + self.n * math.log(2 * math.pi))
            # With M = alpha alpha^T - K^-1: tr(M noise I), and tr(M (K - noise I)) from the same
            # parts.
            trace = noise[i] * (alpha @ alpha - inverse[:: self.n + 1].sum())
            M = alpha[self.first] * alpha[self.second]
            M -= inverse[self.above]
            M *= slope[i]
            gradients[i, :-2] = -2 * signal[i] * w[i] * (self.D @ M)
            gradients[i, -2:] = 0.5 * (fit - self.n - trace), 0.5 * trace
        return values, gradients

    def _factor(self, above, signal, noise):
        """log det K, K^-1 y, and K^-1 (flat, its upper triangle); None if K has no factor."""
        K = np.empty(self.n * self.n)
        K[self.above] = above
        K[:: self.n + 1] = signal + noise
        # LAPACK reads memory by columns: our upper triangle is its lower one.
        L, failed = dpotrf(K.reshape(self.n, self.n).T, lower=1, overwrite_a=1, clean=0)
        if failed:
            return None
        log_det = 2 * np.log(K[:: self.n + 1]).sum()
        alpha, _ = dpotrs(L, self.residual, lower=1)
        dpotri(L, lower=1, overwrite_c=1)
        return log_det, alpha, K


def _log_density(L, alpha, residual):
    """log N(residual | 0, L L^T): fit, complexity, constant; Rasmussen & Williams, eq. 2.30."""
    n = len(residual)
    return float(
        -0.5 * residual @ alpha - np.sum(np.log(np.diag(L))) - 0.5 * n * math.log(2 * math.pi)
    )


def _cholesky(K):
    """Return the lower Cholesky factor of `K`, and the jitter that it took.

    Raises:
        numpy.linalg.LinAlgError: even a jitter of a thousandth of the diagonal is not enough.
    """
    scale = np.mean(np.diag(K))
    for share in (0.0, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3):
        L, failed = dpotrf(K + share * scale * np.eye(len(K)) if share else K, lower=1)
        if not failed:
            return L, float(share * scale)
    raise np.linalg.LinAlgError("the covariance is not positive definite, even with jitter")


def _draw(mean, covariance, n, rng):
    n = _validate.whole_number("n", n, 1)
    # On a fine grid neighbors are all but equal, the covariance all but singular: eigenvalues that
    # rounding made negative are 0. The signs and, among equal eigenvalues, the directions of the
    # eigenvectors are chance. The symmetric root does not depend on them, so that the same seed
    # draws the same functions on every machine.
    values, vectors = np.linalg.eigh(covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return mean + rng.standard_normal((n, len(mean))) @ root


def _names_to_learn(learn):
    if isinstance(learn, (bool, np.bool_)):
        return HYPERPARAMETERS if learn else ()
    if isinstance(learn, (tuple, list, set, frozenset)) and set(learn) <= set(HYPERPARAMETERS):
        return tuple(name for name in HYPERPARAMETERS if name in learn)
    hint = f": write learn=({learn!r},)" if learn in HYPERPARAMETERS else ""
    raise ValueError(
        f"learn must be True for all hyperparameters, False for none, or a tuple of names out of "
        f"{HYPERPARAMETERS}, got {learn!r}{hint}"
    )


def _try_kernel(kernel):
    """Call a kernel of one's own on three points, before any data are.

    Raises:
        TypeError, ValueError: it is none, or its covariances are not those of a kernel.
    """
    what = "kernel must be a kernel, such as bo.SquaredExponential(length_scale=0.3)"
    if isinstance(kernel, str):
        word = "".join(c for c in kernel.lower() if c not in " _-")
        write = KERNEL_WORDS.get(word, "bo.SquaredExponential() or bo.Matern52()")
        raise TypeError(f"{what}, got {kernel!r}: write {write}")
    if isinstance(kernel, type):
        name = kernel.__name__
        raise TypeError(f"{what}, got the class {name}: write {name}(), which makes one")
    if not callable(kernel):
        raise TypeError(f"{what}, got {kernel!r:.80}")
    if type(kernel).__module__.partition(".")[0] == "sklearn":
        raise TypeError(
            f"{what}, got scikit-learn's {kernel!r:.60}: write bo.SquaredExponential() for RBF, "
            "bo.Matern52() for Matern(nu=2.5), and noise_variance=... for WhiteKernel"
        )
    missing = [n for n in ("length_scale", "signal_variance") if not hasattr(kernel, n)]
    if missing:
        raise TypeError(
            f"{what}, got {kernel!r:.80}, which has no {' and no '.join(missing)}; the docstring "
            "of GaussianProcess says what a kernel of your own needs"
        )
    shared = np.ndim(kernel.length_scale) == 0
    d = (
        1 + max(getattr(kernel, "categorical", ()), default=0)
        if shared
        else len(kernel.length_scale)
    )
    X = np.array([[0.2], [0.5], [0.9]]) * np.ones(d)
    try:
        K, cross = (np.asarray(each, dtype=float) for each in (kernel(X), kernel(X[:2], X)))
    except Exception as error:
        raise TypeError(
            f"kernel must return covariances when it is called with points (n, {d}) alone and with "
            f"two sets of points, got {type(error).__name__}: {error}"
        ) from error
    if K.shape != (3, 3) or cross.shape != (2, 3):
        raise ValueError(
            "kernel must return shape (3, 3) for three points and (2, 3) for two points and three, "
            f"got {K.shape} and {cross.shape}"
        )
    if not np.isfinite(K).all():
        raise ValueError(f"kernel must return finite covariances, got {K.tolist()}")
    scale = np.abs(K).max()
    if not (
        np.allclose(K, K.T, atol=1e-9 * scale) and np.allclose(cross, K[:2], atol=1e-9 * scale)
    ):
        raise ValueError(f"kernel must be symmetric, k(x, x') = k(x', x), got {K.tolist()}")
    if not np.allclose(np.diag(K), kernel.signal_variance):
        raise ValueError(
            "kernel must have k(x, x) = signal_variance everywhere, got "
            f"{np.diag(K).tolist()} and signal_variance {kernel.signal_variance!r}"
        )
    if np.linalg.eigvalsh(K)[0] < -1e-9 * scale:
        raise ValueError(f"kernel must be positive definite, got {K.tolist()}")


def _has(kernel, methods):
    return all(callable(getattr(kernel, method, None)) for method in methods)


def _require(kernel, methods, why):
    if not _has(kernel, methods):
        raise TypeError(f"kernel must have {' and '.join(methods)} {why}, got {kernel!r:.80}")


def _data(X, y, kernel):
    n_lengths = np.size(kernel.length_scale)
    X = _validate.points("X", X, n_lengths if np.ndim(kernel.length_scale) else None)
    if len(X) == 0:
        raise ValueError("X must have at least one row, got none")
    return X, _validate.vector("y", y, len(X), "row of X")
