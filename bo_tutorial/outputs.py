"""What a surrogate sees of the values: standardized, and bent until they look normal.

A Gaussian process expects values that scatter like a normal distribution. Losses do not: a few
configurations are terrible, most are fair, and the differences that matter lie among the best. A
monotone curve with one parameter, lambda, evens that out and keeps every ranking as it is: the
transform of Yeo and Johnson.

No such curve evens out a penalty: a value such as -1000 or -1e9, told for a training that diverged.
What lies thirty times as far below the best as all other values, or twice as far and is told again,
is taken for one. It counts as a failure does: hardly worse than the worst of the others.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bo_tutorial._threads import computing
from bo_tutorial.protocols import Posterior

LAMBDAS = np.linspace(-2.0, 4.0, 25)  # 1 changes nothing; each step bends a little more
FAR = 30.0  # times as far below the best as all values that are none: a penalty
FAR_OF_FEW, FEW = 100.0, 10  # of fewer than ten values one is far below the others often enough
FAR_AGAIN = 2.0  # the same for one value that was told again
HARDLY = 0.1  # of the depth of the worst ordinary value: about as much deeper a penalty counts
FIRST, N_ORDINARY = 5, 2  # of the first values, two at the least are no penalties
ORDINARY = 200  # values up to 2^200 (1.6e60), and down to its inverse, have squares and sums
LARGEST = np.finfo(float).max

# What a sum or a square leaves below the smallest normal number is 0 beside what it is added to.
_small_is_zero = np.errstate(under="ignore")


@dataclass(frozen=True)
class Penalties:
    """How values that are penalties are lifted, and lowered again; made by `find_penalties`.

    Attributes:
        best, edge, worst: the largest value, the smallest that is no penalty, and the smallest,
            units of f.
    """

    best: float
    edge: float
    worst: float

    @_small_is_zero
    def lift(self, y: np.ndarray) -> np.ndarray:
        """Return `y`, shape (n,), with each penalty hardly below the edge, in their old order.

        A depth r below the best counts as a (1 + log(1 + log(r / a)) / 10) beyond that of the
        edge, a: the largest float is then at 1.7 a.
        """
        half = self.best / 2 - y / 2  # a float may hold no more than half a depth
        edge = self.best / 2 - self.edge / 2
        beyond = np.log(np.maximum(half, edge)) - math.log(edge)
        return np.where(y < self.edge, self.best - 2 * edge * (1 + HARDLY * np.log1p(beyond)), y)

    @np.errstate(under="ignore", over="ignore")
    def lower(self, y: np.ndarray) -> np.ndarray:
        """Undo `lift`; what would be below the worst value becomes the worst value.

        How much worse than all penalties something may be, nobody has said.
        """
        half, edge = self.best / 2 - y / 2, self.best / 2 - self.edge / 2
        beyond = np.expm1((np.maximum(half, edge) / edge - 1) / HARDLY)
        below = self.best - 2 * (edge * np.exp(beyond))
        return np.where(y < self.edge, np.maximum(below, self.worst), y)


@dataclass(frozen=True)
class Outputs:
    """How values of f are translated for a surrogate, and back; made by `fit_outputs`.

    Attributes:
        mean, sd: of the values, units of f. exponent: the lambda of Yeo & Johnson, 1 for a straight
            line. center, spread: mean and standard deviation of the bent standardized values.
        power: 0 for ordinary values. For those near the end of what a float can hold, `mean`, `sd`
            and what `bend` returns are multiples of 2^power units of f: no digit changes, and
            nothing overflows.
        penalties: how they are lifted before all else; None where there are none.
    """

    mean: float = 0.0
    sd: float = 1.0
    exponent: float = 1.0
    center: float = 0.0
    spread: float = 1.0
    power: int = 0
    penalties: Penalties | None = None

    @_small_is_zero
    def standardize(self, y: np.ndarray) -> np.ndarray:
        """Return values as the surrogate sees them, without units, shape as `y`."""
        if self.penalties is not None:
            y = self.penalties.lift(y)
        z = (_times_power_of_two(y, -self.power) - self.mean) / self.sd
        if self.exponent == 1:  # a straight line, without the roundings of a bent one
            return z
        return (yeo_johnson(z, self.exponent) - self.center) / self.spread

    @_small_is_zero
    def bend(self, y: np.ndarray) -> np.ndarray:
        """Return values bent but in units of f: with the same mean and standard deviation.

        As before; where there are penalties, as after these were lifted.
        """
        return self.mean + self.sd * self.standardize(y)

    @np.errstate(under="ignore", over="ignore")
    def straighten(self, bent: np.ndarray) -> np.ndarray:
        """Undo `bend`; what it never reaches becomes the nearest value that it reaches.

        A model believes in values beyond those it was told: beyond the largest float, they become
        the largest float.
        """
        z = (bent - self.mean) / self.sd * self.spread + self.center
        y = _times_power_of_two(self.mean + self.sd * _inverse(z, self.exponent), self.power)
        y = np.clip(y, -LARGEST, LARGEST)
        return y if self.penalties is None else self.penalties.lower(y)


@_small_is_zero
def fit_outputs(
    y: np.ndarray,
    standardize: bool = True,
    warp: bool = True,
    n_failed: int = 0,
    n_initial: int = FIRST,
    lift: bool = True,
) -> Outputs:
    """Return the `Outputs` under which `y` has mean 0 and variance 1, and looks most normal.

    Maximizes the likelihood of Yeo & Johnson over a fixed set of lambdas, then over the parabola
    through the best three. A search along the whole line costs a hundred times as much.

    Args:
        y: values, shape (n,), finite, in the order in which they were told. standardize, warp:
            False leaves that part out; there is no warp without standardizing, and no penalty is
            lifted without a warp. n_failed: how many of the values stand for failures, and equal
            the smallest for that reason. n_initial: how many are of the initial design. lift:
            whether penalties are lifted; False where somebody has done it.
    """
    lift = lift and standardize and warp
    penalties = find_penalties(y, n_failed, n_initial) if lift else None
    if penalties is None:
        return _fit(y, standardize, warp)
    return replace(_fit(penalties.lift(y), standardize, warp), penalties=penalties)


def _fit(y, standardize, warp):
    power = _power_of_two(y)
    if not standardize:
        # Beside the largest floats a mean and a noise of ordinary size are nothing in any unit.
        # Beside the smallest they are all there is, and stay what they are.
        return Outputs(power=max(power, 0))
    y = _times_power_of_two(y, -power)
    unit = np.abs(y).max() or 1.0
    mean, sd = unit * (y / unit).mean(), unit * (y / unit).std()
    # Values that differ by rounding alone, or not at all, have no spread to divide by.
    if not sd > 1e-12 * unit:
        return Outputs(mean, unit if power else max(1.0, 1e-12 * unit), power=power)
    if not warp or len(np.unique(y)) < 3:  # two values say nothing about a shape
        return Outputs(mean, sd, power=power)
    z = (y - mean) / sd
    likelihood = log_likelihood(z, LAMBDAS)
    i = min(max(int(np.argmax(likelihood)), 1), len(LAMBDAS) - 2)
    left, middle, right = likelihood[i - 1 : i + 2]
    curvature = left - 2 * middle + right
    offset = 0.5 * (left - right) / curvature if curvature < 0 else 0.0
    step = LAMBDAS[1] - LAMBDAS[0]
    exponent = float(np.clip(LAMBDAS[i] + step * offset, LAMBDAS[0], LAMBDAS[-1]))
    bent = yeo_johnson(z, exponent)
    return Outputs(mean, sd, exponent, bent.mean(), bent.std(), power)


def find_penalties(y: np.ndarray, n_failed: int = 0, n_initial: int = FIRST) -> Penalties | None:
    """Return which of the values `y` (n,) are penalties, None if there are none.

    They are what lies beyond the first wide gap: `FAR` times as far below the best as every value
    above the gap, `FAR_OF_FEW` times where there are but a `FEW`, or `FAR_AGAIN` times if the first
    value beyond was told more than once. Half of all values are above the gap, and two of the first
    five, or of the `n_initial` of a smaller design. These are spread over the space; of a search
    that has converged most values are close to the best, and all others far below them. The
    smallest value was told `n_failed` times less often than it stands in `y`.
    """
    if len(y) < FIRST:
        return None
    depth = y.max() / 2 - y / 2  # in halves: the whole may be more than a float holds
    different, counts = np.unique(depth, return_counts=True)
    edges, beyond = different[:-1], different[1:]  # of each gap
    factor = FAR_OF_FEW if len(y) < FEW else FAR
    again = counts[1:] > 1
    if n_failed and len(again):
        again[-1] = counts[-1] - n_failed > 1
    wide = beyond / np.where(again, FAR_AGAIN, factor) > edges
    wide &= np.cumsum(counts)[:-1] >= len(y) / 2
    first = np.sort(depth[: min(FIRST, n_initial)])
    wide &= edges >= first[min(N_ORDINARY, len(first)) - 1]
    wide &= edges > 1e-12 * abs(y.max())  # differences as small as that may be rounding
    if not wide.any():
        return None
    edge = edges[np.argmax(wide)]
    return Penalties(float(y.max()), float(y[depth == edge].min()), float(y.min()))


def _power_of_two(y):
    """The k for which y / 2^k is ordinary: 0, or what takes the largest to the edge.

    To the edge and not to 1: beside values of 1e300 a margin xi of 0.01 is to stay nothing, beside
    values of 1e-300 more than they can ever gain.
    """
    size = int(np.frexp(np.abs(y).max())[1])  # the largest is between 2^(size - 1) and 2^size
    return size - min(max(size, -ORDINARY), ORDINARY)


def _times_power_of_two(y, power):
    """y 2^power without rounding; what vanishes beside the largest of y becomes 0."""
    return np.ldexp(y, power) if power else y


class BentPosterior:
    """What a surrogate believes of y as it is bent, where there is a warp; in the units of f.

    It has `predict_gradient` and `extend` only where the surrogate's own posterior has them.

    Attributes:
        standardized: the surrogate's own posterior. outputs: how y was translated for it.
        length_scale: of its kernel, in units of the cube; None without one.
    """

    def __init__(self, posterior: Posterior, outputs: Outputs) -> None:
        self.standardized, self.outputs = posterior, outputs
        self.length_scale = getattr(getattr(posterior, "kernel", None), "length_scale", None)

    @_small_is_zero
    def predict(self, U: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation at the rows of `U` (n, d), shape (n,) each."""
        # A surrogate of one's own may predict lists, or numbers that are no floats.
        mu, sigma = _floats(self.standardized.predict(U))
        return self._in_units(mu), self.outputs.sd * sigma

    @property
    def predict_gradient(self) -> Callable:
        """As `Posterior.predict_gradient`, a function of points."""
        standardized = self.standardized.predict_gradient  # type: ignore[attr-defined]  # if any

        def predict_gradient(U):
            mu, *others = _floats(standardized(U))
            return self._in_units(mu), *(self.outputs.sd * each for each in others)

        return predict_gradient

    def mean_at(self, X: np.ndarray) -> np.ndarray:
        """Return the mean at the data `X`, shape (n,)."""
        if hasattr(self.standardized, "mean_at_data"):
            return self._in_units(np.asarray(self.standardized.mean_at_data, dtype=float))
        return self.predict(X)[0]

    @property
    def extend(self) -> Callable:
        """As `Posterior.extend`, a function of points and of bent values."""
        standardized = self.standardized.extend  # type: ignore[attr-defined]  # if any

        @_small_is_zero
        def extend(U, bent):
            values = (bent - self.outputs.mean) / self.outputs.sd
            return BentPosterior(standardized(U, values), self.outputs)

        return extend

    def _in_units(self, mu):
        return self.outputs.mean + self.outputs.sd * mu


def _floats(parts):
    return [np.asarray(part, dtype=float) for part in parts]


class StraightPosterior:
    """The same belief with the warp undone: in f itself.

    The mean is bent back (it is then the median of f); the standard deviation is half the distance
    between one standard deviation above and one below.

    Attributes:
        bent: the `BentPosterior`. length_scale: one per hyperparameter, shape (d,); None without.
    """

    def __init__(self, bent: BentPosterior, d: int) -> None:
        self.bent = bent
        self.length_scale = None if bent.length_scale is None else np.full(d, bent.length_scale)

    def __repr__(self):
        lengths = "none" if self.length_scale is None else self.length_scale.round(3).tolist()
        return f"StraightPosterior(belief in units of f, length scales {lengths})"

    @computing
    def predict(self, U: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return median and spread of f at the rows of `U` (n, d): two arrays (n,), units of f."""
        mu, sigma = self.bent.predict(U)
        straighten = self.bent.outputs.straighten
        low, middle, high = (straighten(mu + n * sigma) for n in (-1, 0, 1))
        return middle, high / 2 - low / 2  # high - low may be more than a float holds


def log_likelihood(z: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """Return the log likelihood of each lambda up to a constant, shape (k,).

    -n/2 log var(T(z)) + (lambda - 1) sum sign(z) log(1 + |z|); Yeo & Johnson 2000, eq. 3.1.
    """
    bent = yeo_johnson(z, np.asarray(exponents)[:, None])
    jacobian = np.sum(np.sign(z) * np.log1p(np.abs(z)))
    return -0.5 * len(z) * np.log(bent.var(axis=1)) + (np.asarray(exponents) - 1) * jacobian


def yeo_johnson(z: np.ndarray, exponent: float | np.ndarray) -> np.ndarray:
    """Return ((1 + z)^lambda - 1) / lambda for z >= 0, its mirror image with 2 - lambda below.

    Args:
        z, exponent: broadcast against each other.

    Source: Yeo & Johnson 2000, eq. 2.1.
    """
    up = _box_cox(np.log1p(np.maximum(z, 0.0)), exponent)
    down = _box_cox(np.log1p(np.maximum(-z, 0.0)), 2.0 - np.asarray(exponent))
    return up - down


def _box_cox(log_x, power):
    """(x^power - 1) / power from log x >= 0; log x itself where the power is 0."""
    small = np.abs(power) < 1e-9
    safe = np.where(small, 1.0, power)
    return np.where(small, log_x, np.expm1(safe * log_x) / safe)


def _inverse(t, exponent):
    return _inverse_half(t, exponent) - _inverse_half(-t, 2.0 - exponent)


def _inverse_half(t, power):
    """Undo one side: x with ((1 + x)^power - 1) / power = t, for t >= 0; 0 below."""
    t = np.maximum(t, 0.0)
    if abs(power) < 1e-9:
        return np.expm1(t)
    # For a negative power the transform stays below -1 / power: at the most, a very large x.
    return np.expm1(np.log(np.maximum(1 + power * t, 1e-12)) / power)
