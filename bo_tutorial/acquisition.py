"""What is one more evaluation worth? Four answers.

An acquisition is any callable `(mu, sigma, best) -> scores`. The functions are the formulas; the
classes carry the formula's parameter, so that they can be handed to a strategy, and know their
slopes in mu and sigma, which is what `ascent.py` climbs along.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import erfcx, ndtr

from bo_tutorial import _validate

Array = np.ndarray

_LOG_SQRT_2PI = 0.5 * math.log(2 * math.pi)
_LARGEST = np.finfo(float).max

# In the tails what vanishes is 0, and a ratio beyond every float is infinite: both are the answer.
_tails = np.errstate(under="ignore", over="ignore")


@_tails
def probability_of_improvement(mu: Array, sigma: Array, best: float, xi: float = 0.0) -> Array:
    """Score each point by its chance of beating the incumbent by more than xi.

    PI(x) = P(f(x) > best + xi) = Phi(z),   z = (mu - best - xi) / sigma

    Args:
        mu, sigma: posterior mean and standard deviation, shape (n,), units of f.
        best: incumbent f*, what must be beaten, units of f; without noise the largest value told.
        xi: margin by which to beat it, units of f, 0 or more.

    Returns:
        Shape (n,), in [0, 1]. Where sigma is 0: 1 if mu > best + xi, else 0.

    Raises:
        TypeError, ValueError: shapes that differ, sigma < 0, xi < 0, a value that is not finite.

    Source: Kushner 1964; with xi, Brochu, Cora & de Freitas 2010, eq. 2.
    """
    gain, sigma, z, _ = _improvement(mu, sigma, best, xi)
    return np.where(sigma > 0, ndtr(z), gain > 0)


@_tails
def expected_improvement(mu: Array, sigma: Array, best: float, xi: float = 0.0) -> Array:
    """Score each point by how much it is expected to beat the incumbent.

    EI(x) = E[max(0, f(x) - best - xi)]   for f(x) ~ N(mu, sigma^2)
          = (mu - best - xi) Phi(z) + sigma phi(z),   z = (mu - best - xi) / sigma

    Args:
        mu, sigma, best, xi: as for `probability_of_improvement`.

    Returns:
        Shape (n,), 0 or more, units of f. Where sigma is 0: max(0, mu - best - xi). Exactly 0 in
        float64 where z < -39; use `log_expected_improvement` to rank points there. More than the
        largest float is given as the largest float.

    Raises:
        TypeError, ValueError: as `probability_of_improvement`.

    Source: Mockus 1978; Jones, Schonlau & Welch 1998, eq. 15.
    """
    gain, sigma, z, unit = _improvement(mu, sigma, best, xi)
    # Far below the incumbent the two terms cancel; rounding may leave -1e-20 where 0 is meant.
    value = np.maximum(gain * ndtr(z) + sigma * _density(z), 0.0)
    value = np.where(sigma > 0, value, np.maximum(gain, 0.0))
    return value if unit == 1 else np.minimum(unit * value, _LARGEST)


@_tails
def log_expected_improvement(mu: Array, sigma: Array, best: float, xi: float = 0.0) -> Array:
    """Return the logarithm of the expected improvement, accurate where EI itself is 0.

    log EI = log sigma + log h(z),   h(z) = phi(z) + z Phi(z),   z = (mu - best - xi) / sigma

    Args:
        mu, sigma, best, xi: as for `probability_of_improvement`.

    Returns:
        Shape (n,), log of units of f; -inf where sigma is 0 and mu does not exceed best + xi.

    Raises:
        TypeError, ValueError: as `probability_of_improvement`.

    Source: Ament et al. 2023, arXiv:2310.20708, eq. 9 and appendix A.
    """
    gain, sigma, z, unit = _improvement(mu, sigma, best, xi)
    uncertain = (sigma > 0) & (z < math.inf)
    if uncertain.all() and unit == 1:
        return np.log(sigma) + _log_h(z)
    with np.errstate(divide="ignore"):  # log 0 = -inf is the answer here
        certain = np.log(np.maximum(gain, 0.0))
        z = np.where(uncertain, z, 0.0)
        return np.where(uncertain, np.log(sigma) + _log_h(z), certain) + math.log(unit)


@_tails
def upper_confidence_bound(mu: Array, sigma: Array, kappa: float = 2.0) -> Array:
    """Score each point by an optimistic guess: kappa standard deviations above the mean.

    Args:
        mu, sigma: posterior mean and standard deviation, shape (n,), units of f.
        kappa: a count of standard deviations, 0 or more.

    Returns:
        mu + kappa sigma, shape (n,), units of f; at the most the largest float.

    Raises:
        TypeError, ValueError: shapes that differ, sigma < 0, kappa < 0, a value that is not finite.

    Source: Cox & John 1992; Srinivas et al. 2010, eq. 6, with kappa for the root of their beta.
    """
    mu, sigma = _moments(mu, sigma)
    return np.minimum(mu + _validate.number("kappa", kappa, 0) * sigma, _LARGEST)


@dataclass(frozen=True)
class ExpectedImprovement:
    """Hand `expected_improvement` to a strategy; `xi` in units of f."""

    xi: float = 0.01

    def __post_init__(self):
        _validate.number("xi", self.xi, 0)

    def __call__(self, mu: Array, sigma: Array, best: float) -> Array:
        """Return the score of each point, shape (n,)."""
        return expected_improvement(mu, sigma, best, self.xi)

    @_tails
    def slopes(self, mu: Array, sigma: Array, best: float) -> tuple[Array, Array]:
        """Return d/dmu = Phi(z) and d/dsigma = phi(z)."""
        _, z = _bounded(mu, sigma, best, self.xi)
        return ndtr(z), _density(z)


@dataclass(frozen=True)
class LogExpectedImprovement:
    """Hand `log_expected_improvement` to a strategy; `xi` in units of f."""

    xi: float = 0.0

    def __post_init__(self):
        _validate.number("xi", self.xi, 0)

    def __call__(self, mu: Array, sigma: Array, best: float) -> Array:
        """Return the score of each point, shape (n,)."""
        return log_expected_improvement(mu, sigma, best, self.xi)

    @_tails
    def slopes(self, mu: Array, sigma: Array, best: float) -> tuple[Array, Array]:
        """Return d/dmu = Phi(z) / (h(z) sigma) and d/dsigma = phi(z) / (h(z) sigma)."""
        sigma, z = _bounded(mu, sigma, best, self.xi)
        cdf, density = _ratios(z)
        return cdf / sigma, density / sigma


@dataclass(frozen=True)
class ProbabilityOfImprovement:
    """Hand `probability_of_improvement` to a strategy; `xi` in units of f."""

    xi: float = 0.0

    def __post_init__(self):
        _validate.number("xi", self.xi, 0)

    def __call__(self, mu: Array, sigma: Array, best: float) -> Array:
        """Return the score of each point, shape (n,)."""
        return probability_of_improvement(mu, sigma, best, self.xi)

    @_tails
    def slopes(self, mu: Array, sigma: Array, best: float) -> tuple[Array, Array]:
        """Return d/dmu = phi(z) / sigma and d/dsigma = -z phi(z) / sigma."""
        sigma, z = _bounded(mu, sigma, best, self.xi)
        return _density(z) / sigma, -z * _density(z) / sigma


@dataclass(frozen=True)
class UpperConfidenceBound:
    """Hand `upper_confidence_bound` to a strategy; `best` plays no part in it."""

    kappa: float = 2.0

    def __post_init__(self):
        _validate.number("kappa", self.kappa, 0)

    def __call__(self, mu: Array, sigma: Array, best: float) -> Array:
        """Return the score of each point, shape (n,)."""
        return upper_confidence_bound(mu, sigma, self.kappa)

    def slopes(self, mu: Array, sigma: Array, best: float) -> tuple[float, float]:
        """Return d/dmu = 1 and d/dsigma = kappa."""
        return 1.0, self.kappa


def _improvement(mu, sigma, best, xi):
    """Return mu - best - xi, sigma, z, their ratio (0 where sigma is 0), and the first two's unit.

    The unit is 1, and 4 where the difference of two floats is larger than any float.
    """
    mu, sigma = _moments(mu, sigma)
    best, xi, unit = _validate.number("best", best), _validate.number("xi", xi, 0), 1.0
    gain = mu - best - xi
    if not np.isfinite(gain).all():
        unit = 4.0
        gain, sigma = mu / unit - best / unit - xi / unit, sigma / unit
    z = np.divide(gain, sigma, out=np.zeros(np.broadcast(gain, sigma).shape), where=sigma > 0)
    return gain, sigma, z, unit


def _bounded(mu, sigma, best, xi):
    """sigma and z for a slope: where they leave these bounds a slope is a wall or 0 anyway.

    Inside them z^2 / sigma, the steepest of the slopes, is finite, and so is what it is multiplied
    by in a climb.
    """
    sigma = np.maximum(sigma, 1e-100)
    return sigma, np.minimum(np.maximum((mu - best - xi) / sigma, -1e70), 1e70)


def _moments(mu, sigma):
    mu, sigma = np.asarray(mu, dtype=float), np.asarray(sigma, dtype=float)
    if mu.shape != sigma.shape and mu.ndim and sigma.ndim:
        # (n,) with (n, 1) would broadcast to n^2 scores without a word.
        raise ValueError(f"mu and sigma must have one shape, got {mu.shape} and {sigma.shape}")
    for name, values in (("mu", mu), ("sigma", sigma)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name} must be finite, got {values}")
    if (sigma < 0).any():
        raise ValueError(f"sigma must be 0 or more, got {sigma.min()}")
    return mu, sigma


def _density(z):
    return np.exp(-0.5 * np.square(z) - _LOG_SQRT_2PI)


def _log_h(z):
    """log(phi(z) + z Phi(z)) without cancellation, on three stretches of z."""
    z = np.asarray(z, dtype=float)
    near, far = z > -1, z < -1e4
    middle = ~near & ~far
    log_h = np.empty(z.shape)
    log_h[near] = np.log(_density(z[near]) + z[near] * ndtr(z[near]))
    # z^2 overflows below -1e154, and -inf is the answer there.
    log_h[~near] = -0.5 * z[~near] ** 2 - _LOG_SQRT_2PI
    log_h[middle] += np.log1p(z[middle] * _mills(z[middle]))
    log_h[far] -= 2 * np.log(-z[far])
    return log_h


def _ratios(z):
    """Return Phi(z) / h(z) and phi(z) / h(z), finite for every z."""
    near, far = z > -1, z < -1e4
    z_near, z_middle = np.where(near, z, 0.0), np.where(near | far, -2.0, z)
    density, cdf = _density(z_near), ndtr(z_near)
    h = density + z_near * cdf
    r = _mills(z_middle)
    below = 1 + z_middle * r
    return (
        np.where(near, cdf / h, np.where(far, -z, r / below)),
        np.where(near, density / h, np.where(far, z * z, 1 / below)),
    )


def _mills(z):
    """Phi(z) / phi(z), accurate far below 0."""
    return math.sqrt(math.pi / 2) * erfcx(-z / math.sqrt(2))
