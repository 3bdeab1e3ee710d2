"""What a surrogate sees of the values: standardized, and bent until they look normal.

A Gaussian process expects values that scatter like a normal distribution. Losses do not: a few
configurations are terrible, most are fair, and the differences that matter lie among the best. A
monotone curve with one parameter, lambda, evens that out and keeps every ranking as it is: the
transform of Yeo and Johnson.

Where a few values are so far below the best that a moderate bend does not do (a penalty for a
training that diverged), the tail is drawn in first: beyond some depth only the logarithm of how far
a value lies below the best counts. That depth is the largest for which lambda = 3 is bend enough,
so that most histories have no such tail and stay as they are.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bo_tutorial._threads import computing
from bo_tutorial.protocols import Posterior

LAMBDAS = np.linspace(-2.0, 4.0, 25)  # 1 changes nothing; each step bends a little more
ENOUGH = 3.0  # a history that wants a larger lambda has a tail to be drawn in
ROUNDS = 4  # of logarithms: after the fourth, the largest float is at 2.2 times the depth of a tail
ORDINARY = 200  # values up to 2^200 (1.6e60), and down to its inverse, have squares and sums
LARGEST = np.finfo(float).max

# What a sum or a square leaves below the smallest normal number is 0 beside what it is added to.
_small_is_zero = np.errstate(under="ignore")


@dataclass(frozen=True)
class Outputs:
    """How values of f are translated for a surrogate, and back; made by `fit_outputs`.

    Attributes:
        mean, sd: of the values after a tail was drawn in, units of f. exponent: the lambda of Yeo
            & Johnson, 1 for a straight line. center, spread: mean and standard deviation of the
            bent standardized values.
        power: 0 for ordinary values. For those near the end of what a float can hold, `mean`, `sd`
            and what `bend` returns are multiples of 2^power units of f: no digit changes, and
            nothing overflows.
        best, worst, tails: largest and smallest value, and how far below `best` each logarithm
            begins, in the units of `mean`; without `tails` none is taken.
    """

    mean: float = 0.0
    sd: float = 1.0
    exponent: float = 1.0
    center: float = 0.0
    spread: float = 1.0
    power: int = 0
    best: float = 0.0
    worst: float = 0.0
    tails: tuple = ()

    @_small_is_zero
    def standardize(self, y: np.ndarray) -> np.ndarray:
        """Return values as the surrogate sees them, without units, shape as `y`."""
        y = _times_power_of_two(y, -self.power)
        if self.tails:
            y = self.best - draw_in(self.best - y, self.tails)
        z = (y - self.mean) / self.sd
        if self.exponent == 1:  # a straight line, without the roundings of a bent one
            return z
        return (yeo_johnson(z, self.exponent) - self.center) / self.spread

    @_small_is_zero
    def bend(self, y: np.ndarray) -> np.ndarray:
        """Return values bent but in units of f: with the mean and the standard deviation `sd`."""
        return self.mean + self.sd * self.standardize(y)

    @np.errstate(under="ignore", over="ignore")
    def straighten(self, bent: np.ndarray) -> np.ndarray:
        """Undo `bend`; what it never reaches becomes the nearest value that it reaches.

        A model believes in values beyond those it was told: beyond the largest float, they become
        the largest float. A tail that was drawn in says nothing about how much worse than the worst
        value another may be: it ends there.
        """
        z = (bent - self.mean) / self.sd * self.spread + self.center
        y = self.mean + self.sd * _inverse(z, self.exponent)
        if self.tails:
            y = np.maximum(self.best - let_out(self.best - y, self.tails), self.worst)
        return np.clip(_times_power_of_two(y, self.power), -LARGEST, LARGEST)


@_small_is_zero
def fit_outputs(y: np.ndarray, standardize: bool = True, warp: bool = True) -> Outputs:
    """Return the `Outputs` under which `y` has mean 0 and variance 1, and looks most normal.

    Maximizes the likelihood of Yeo & Johnson over a fixed set of lambdas, then over the parabola
    through the best three. A search along the whole line costs a hundred times as much.

    Args:
        y: values, shape (n,), finite. standardize, warp: False leaves that part out; there is no
            warp without standardizing, and no tail is drawn in without a warp.
    """
    power = _power_of_two(y)
    if not standardize:
        # Beside the largest floats a mean and a noise of ordinary size are nothing in any unit.
        # Beside the smallest they are all there is, and stay what they are.
        return Outputs(power=max(power, 0))
    y = _times_power_of_two(y, -power)
    mean, sd, unit = _moments(y)
    # Values that differ by rounding alone, or not at all, have no spread to divide by.
    if not sd > 1e-12 * unit:
        return Outputs(mean, unit if power else max(1.0, 1e-12 * unit), power=power)
    if not warp or len(np.unique(y)) < 3:  # two values say nothing about a shape
        return Outputs(mean, sd, power=power)
    tails = find_tails(y)
    if not tails:
        return Outputs(mean, sd, *_bend((y - mean) / sd), power)
    best = y.max()
    # What a penalty near the largest float made tiny is ordinary again once that is drawn in.
    more = max(_power_of_two(best - draw_in(best - y, tails)), -800)
    y, tails = _times_power_of_two(y, -more), tuple(np.ldexp(tails, -more).tolist())
    best, worst = y.max(), y.min()
    y = best - draw_in(best - y, tails)
    mean, sd, _ = _moments(y)
    return Outputs(mean, sd, *_bend((y - mean) / sd), power + more, best, worst, tails)


def _moments(y):
    """Mean, standard deviation, and the largest size, in which both are reckoned."""
    unit = np.abs(y).max() or 1.0
    return unit * (y / unit).mean(), unit * (y / unit).std(), unit


def _bend(z):
    """The most likely lambda, and mean and standard deviation of z bent with it."""
    likelihood = log_likelihood(z, LAMBDAS)
    i = min(max(int(np.argmax(likelihood)), 1), len(LAMBDAS) - 2)
    left, middle, right = likelihood[i - 1 : i + 2]
    curvature = left - 2 * middle + right
    offset = 0.5 * (left - right) / curvature if curvature < 0 else 0.0
    step = LAMBDAS[1] - LAMBDAS[0]
    exponent = float(np.clip(LAMBDAS[i] + step * offset, LAMBDAS[0], LAMBDAS[-1]))
    bent = yeo_johnson(z, exponent)
    return exponent, bent.mean(), bent.std()


def find_tails(y: np.ndarray) -> tuple:
    """Return from how far below the best of `y` (n,) on logarithms count, so that lambda = 3 does.

    As far as possible, and never above the median of the different values. Where even a tail from
    there on does not do, the same is done to the result: each entry is one logarithm more. None
    where none is needed.
    """
    depth, tails = y.max() - y, []
    different = np.unique(depth)
    # Differences far below the size of the best value may be rounding.
    middle = max(different[(len(different) - 1) // 2], 1e-12 * abs(y.max()))
    done = _bends_enough(depth)
    while not done and len(tails) < ROUNDS:
        low, high = math.log(middle), math.log(depth.max())
        done = _bends_enough(draw_in(depth, (middle,)))
        while done and high - low > 0.01:  # the largest that does, to a hundredth
            half = (low + high) / 2
            does = _bends_enough(draw_in(depth, (math.exp(half),)))
            low, high = (half, high) if does else (low, half)
        tails.append(max(math.exp(low), middle))
        depth = draw_in(depth, tails[-1:])
    return tuple(tails)


def _bends_enough(depth):
    """Whether the likelihood of Yeo & Johnson no longer rises at lambda = 3.

    Whether equal values count as often as they were told, or once: one penalty for many failures
    is a lonely value, and not a third of the shape.
    """
    different = np.unique(depth)
    rises = False
    for each in (depth, different) if len(different) < len(depth) else (depth,):
        share = each / different[-1]
        z = (share.mean() - share) / share.std()
        before, after = log_likelihood(z, [ENOUGH - 0.25, ENOUGH + 0.25])
        rises |= before < after
    return not rises


def draw_in(depth: np.ndarray, tails: tuple) -> np.ndarray:
    """Return depths below the best as they count: r up to a tail s, s (1 + log(r / s)) beyond.

    Value and slope go on without a jump. Each of `tails` is applied to what the last one returns.
    """
    for tail in tails:
        beyond = 1 + (np.log(np.maximum(depth, tail)) - math.log(tail))  # r / s may overflow
        depth = np.where(depth > tail, tail * beyond, depth)
    return depth


def let_out(depth: np.ndarray, tails: tuple) -> np.ndarray:
    """Undo `draw_in`."""
    for tail in reversed(tails):
        depth = np.where(depth > tail, tail * np.exp(np.maximum(depth, tail) / tail - 1), depth)
    return depth


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
