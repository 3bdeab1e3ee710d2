"""Learn the kernel: how well do hyperparameters explain the data?

The marginal likelihood p(y | X, theta) answers, and is climbed along its gradient; a prior says
which hyperparameters are plausible before any data, and with few data it is what decides.
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.linalg.blas import dtrmm
from scipy.linalg.lapack import dlauum, dpotrf, dpotrs, dtrtri

from bo_tutorial import _validate
from bo_tutorial.climb import minimize_together

Process = Any  # a `GaussianProcess`, which itself imports this module, or a `SparseGP`
Evidence = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
HYPERPARAMETERS = ("length_scale", "signal_variance", "noise_variance")
FEW = 160  # up to so many data a climb on all of them is cheap
FIRST_PART = 256  # of many data, on which the climb begins, at the most


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

    def log_density(self, log_parameters: np.ndarray, names: list) -> tuple[np.ndarray, np.ndarray]:
        """Return log p(log theta) up to a constant, (...), and its gradient, (..., p).

        Args:
            log_parameters: shape (..., p). names: which hyperparameter each of the p is.
        """
        mean, sd = np.array([getattr(self, name) for name in names], dtype=float).T
        z = (log_parameters - mean) / sd
        return -0.5 * np.sum(z * z, axis=-1), -z / sd


def names_to_learn(learn: bool | tuple) -> tuple:
    if isinstance(learn, (bool, np.bool_)):
        return HYPERPARAMETERS if learn else ()
    if isinstance(learn, (tuple, list, set, frozenset)) and set(learn) <= set(HYPERPARAMETERS):
        return tuple(name for name in HYPERPARAMETERS if name in learn)
    hint = f": write learn=({learn!r},)" if learn in HYPERPARAMETERS else ""
    raise ValueError(
        f"learn must be True for all hyperparameters, False for none, or a tuple of names out of "
        f"{HYPERPARAMETERS}, got {learn!r}{hint}"
    )


def learn_hyperparameters(process: Process, X: np.ndarray, y: np.ndarray) -> Process:
    """Return a process like `process` with the hyperparameters named in its `learn` learned.

    Maximizes log p(y | X, theta), plus log p(theta) where there is a prior, over
    theta = log hyperparameters, with BFGS from `n_starts` points and analytic gradients: the
    process as it is, the same with a fifth of the data's variance as noise, then at random. What
    is not learned is held still: its bounds are equal. The box to search is measured in the data's
    own units: length scales from 0.01 to 100 times the range of each input, variances relative to
    the mean square of y - mean. The starts are fixed.

    With many data the climb begins on a part of them, half and 256 at the most. It goes on from
    there with twice as many, and so on up to all: most of the way is then cheap.

    Args:
        process: a `GaussianProcess`. X, y: the data, shape (n, d) and (n,).

    Source: Rasmussen & Williams 2006, eq. 5.8 and 5.9.
    """
    names = _names(process)
    learned = np.array([name in process.learn for name in names])
    start = _log_hyperparameters(process)
    box = _search_box(process, X, y, names)
    lower, upper, near, far = (np.where(learned, bound, start) for bound in box)
    ends = _starts(process, start, learned, near, far)
    # A slope of 0.01 nat per factor e of a hyperparameter says nothing any more. On a first part
    # one of 0.1 will do. From there noise that only many data see is a long way with small slopes.
    tolerance = 1e-2 if len(y) < FEW else 0.1
    curvature, size = None, 0
    for part in _parts(len(y)):
        evidence = _Evidence(process.kernel, X[part], y[part] - process.mean)
        loss = _loss(process, evidence, names, learned)
        climb = functools.partial(
            minimize_together, loss, lower=lower, upper=upper, tolerance=tolerance
        )
        if len(ends) > 2:
            ends, losses = climb(ends, passes=8)
            ends = ends[np.argsort(losses, kind="stable")[:2]]
        if curvature is None:
            curvature = np.tile(np.eye(len(names)), (len(ends), 1, 1))
        else:  # twice as many data say all twice as loud: the peak is twice as sharp
            curvature = curvature * (size / len(part))
        ends, losses = climb(ends, passes=30, inverse_hessian=curvature)
        best = [np.argmin(losses)]
        ends, curvature, size, tolerance = ends[best], curvature[best], len(part), 3e-3
    return _with(process, ends[0])


def _parts(n):
    """Say which of n data each climb sees: all of them, or parts drawn at random that grow."""
    shuffled = np.random.default_rng(0).permutation(n)
    size = min(n // 2, FIRST_PART) if n >= FEW else n
    while size < 2 / 3 * n:
        yield np.sort(shuffled[:size])
        size *= 2
    yield np.arange(n)


def improve_hyperparameters(
    process: Process, evidence: Evidence, X: np.ndarray, y: np.ndarray, passes: int = 12
) -> Process:
    """Return `process` after one climb from where it is, along an evidence of one's own.

    Box, prior and what is learned are those of `learn_hyperparameters`.

    Args:
        evidence: takes theta (k, p), all length scales, then the signal and the noise variance,
            as logarithms; returns values (k,) in nats and gradients (k, p).
        X, y: the data, which measure the box. passes: how often `evidence` is asked at most.
    """
    names = _names(process)
    learned = np.array([name in process.learn for name in names])
    start = _log_hyperparameters(process)
    lower, upper, _, _ = _search_box(process, X, y, names)
    lower, upper = (np.where(learned, bound, start) for bound in (lower, upper))
    loss = _loss(process, evidence, names, learned)
    # The noise is known the best: the curvature along its logarithm is about n / 2.
    curvature = np.eye(len(names))[None] * (2 / len(y))
    climb = functools.partial(minimize_together, lower=lower, upper=upper, tolerance=0.1)
    ends, _ = climb(loss, start[None, :], passes=passes, inverse_hessian=curvature)
    return _with(process, ends[0])


def _loss(process, evidence, names, learned):
    """A function of many theta (k, p): minus log p(y | X, theta) and log p(theta), and gradients.

    The prior speaks about the hyperparameters that are learned, booleans of shape (p,).
    """
    subset = [name for name in names if name in process.learn]
    everything = len(subset) == len(names)

    def loss(thetas):
        values, gradients = evidence(thetas)
        if process.prior is not None:
            part = thetas if everything else np.ascontiguousarray(thetas[:, learned])
            log_prior, slopes = process.prior.log_density(part, subset)
            values = values + log_prior
            if everything:
                gradients += slopes
            else:
                gradients[:, learned] += slopes
        return -values, -gradients

    return loss


def _names(process):
    """Which hyperparameter each entry of theta is: all length scales, then the two variances."""
    n_lengths = np.size(process.kernel.length_scale)
    return ["length_scale"] * n_lengths + ["signal_variance", "noise_variance"]


def _log_hyperparameters(process):
    """theta: the logarithms of the length scales, of the signal and of the noise variance."""
    instead_of_0 = 1e-12 if "noise_variance" in process.learn else 1e-300
    variances = [process.kernel.signal_variance, process.noise_variance or instead_of_0]
    return np.log([*np.atleast_1d(process.kernel.length_scale), *variances])


def _starts(process, start, learned, near, far):
    """Where to climb from: as the process is, then most of it noise, then at random.

    The first two are the two stories that data can tell: every ripple is f, or f is smooth and
    the ripples are noise. Each tends to have a peak of its own.
    """
    starts = [start]
    if "noise_variance" in process.learn:
        starts.append(np.append(start[:-1], far[-1] + math.log(2)))
    more = process.n_starts - len(starts)
    if more > 0:
        drawn = np.tile(start, (more, 1))
        shape = more, learned.sum()
        drawn[:, learned] = np.random.default_rng(0).uniform(near[learned], far[learned], shape)
        starts.extend(drawn)
    return np.array(starts[: process.n_starts])


def _search_box(process, X, y, names):
    """Bounds on the log hyperparameters, and a narrower box from which starts are drawn."""
    ranges = np.ptp(X, axis=0)
    ranges[ranges < 1e-85] = 1.0  # one value, or a range that no length scale can resolve
    if np.ndim(process.kernel.length_scale) == 0:
        ranges = np.array([ranges.max()])
    power = np.mean((y - process.mean) ** 2) or 1.0
    factors = {  # lower bound, upper bound, starts from, starts to
        "length_scale": (1e-2, 1e2, 0.05, 2.0),
        "signal_variance": (1e-3, 1e3, 0.1, 10.0),
        "noise_variance": (1e-8, 10.0, 1e-6, 0.1),
    }
    units = [*ranges, power, power]
    box = [np.multiply(factors[name], unit) for name, unit in zip(names, units, strict=True)]
    return np.log(box).T


def _with(process, theta):
    """The same process with the hyperparameters that it learns replaced by exp(theta)."""
    *lengths, signal, noise = np.exp(theta)
    shared = np.ndim(process.kernel.length_scale) == 0
    values = {
        "length_scale": lengths[0] if shared else np.array(lengths),
        "signal_variance": signal,
    }
    values = {name: value for name, value in values.items() if name in process.learn}
    noise = noise if "noise_variance" in process.learn else process.noise_variance
    return replace(process, kernel=replace(process.kernel, **values), noise_variance=noise)


class _Evidence:
    """The log marginal likelihood of one data set, ready to be asked for many hyperparameters.

    The same numbers as `Posterior.log_marginal_likelihood` and its gradient, many times faster:
    K is symmetric, so the squared differences of each pair of points are computed once and its
    covariance once; K^-1 comes from the inverse of the Cholesky factor; and the trace of a product
    is a sum over the pairs, never a product.
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
        k, slope = self.kernel.value_and_derivative(w @ self.D)
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
        inverse, _ = dlauum(_inverse_of_lower(L), lower=1, overwrite_c=1)  # L^-T L^-1
        return log_det, alpha, inverse.T.reshape(-1)


def _inverse_of_lower(L):
    """The inverse of a lower triangular matrix, of which what is above the diagonal is not read.

    In halves, because LAPACK multiplies large blocks faster than it inverts them:

    [ A  0 ]^-1     [     A^-1          0   ]
    [ B  C ]     =  [ -C^-1 B A^-1    C^-1  ].
    """
    n = len(L)
    if n < FEW:
        return dtrtri(L, lower=1)[0]
    half = n // 2
    A, C = _inverse_of_lower(L[:half, :half]), _inverse_of_lower(L[half:, half:])
    inverse = np.empty((n, n), order="F")
    inverse[:half, :half], inverse[half:, half:] = A, C
    below = dtrmm(1.0, A, L[half:, :half], side=1, lower=1)
    inverse[half:, :half] = dtrmm(-1.0, C, below, lower=1)
    return inverse
