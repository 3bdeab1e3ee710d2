"""Which configuration to return: the best believed where there is noise, else the best observed.

Under noise the largest value is partly luck, and a model that also listens to the neighbors
discounts it. The model of the search does not: its warp stretches the top of the scale, and with it
the luck. So the choice has a model of its own, which sees the values as they are, and it is heard
only where the values cannot be explained without noise.
"""

import dataclasses
import math
from typing import Any

import numpy as np

from bo_tutorial.gp import GaussianProcess
from bo_tutorial.outputs import BentPosterior, fit_outputs
from bo_tutorial.protocols import Surrogate

FLOOR = 10.0  # how many times as far below the best as the median a value may lie
NO_NOISE = 1e-6  # a noise variance that says "none", as a share of the variance of the values
NATS = 3.0  # by so much noise must explain the values better: e^3, 20 times as probable
LEARN_FROM = 500  # trials, spread over the history: a fit to more costs seconds and says no more


def best_believed(
    surrogate: Surrogate, X: np.ndarray, y: np.ndarray, standardize: bool = True
) -> int:
    """Return the index of the point with the largest posterior mean; without noise, of the best.

    The surrogate sees the values as they are, without a warp, but none of them further below the
    best than ten times the median's distance: a penalty would hide the differences that matter. A
    `GaussianProcess` that learns its noise is fitted a second time without any; where the values
    are then less than e^3 times less probable, the largest of them is no luck, and its index is
    returned.

    Args:
        surrogate: anything with `fit`, and `learned` and `condition` if it has them.
        X: points told, shape (n, d). y: their values, shape (n,), units of f; NaN where an
            evaluation failed, which counts as the worst value and is never returned.
        standardize: give the surrogate (y - mean) / standard deviation instead of y.
    """
    failed = np.isnan(y)
    best = int(np.nanargmax(y))
    y = with_floor(np.where(failed, np.nanmin(y), y))
    outputs = fit_outputs(y, standardize, warp=False)
    z = outputs.standardize(y)
    spread = slice(None, None, math.ceil(len(y) / LEARN_FROM))
    model: Any = surrogate
    if hasattr(surrogate, "learned"):
        model = surrogate.learned(X[spread], z[spread])
        if not needs_noise(surrogate, model, X[spread], z[spread]):
            return best
    posterior = BentPosterior(getattr(model, "condition", model.fit)(X, z), outputs)
    mu = np.where(failed, -math.inf, posterior.mean_at(X))
    chosen = int(np.argmax(mu))
    return best if mu[best] >= mu[chosen] else chosen


@np.errstate(over="ignore", under="ignore")
def with_floor(y: np.ndarray) -> np.ndarray:
    """Return `y` (n,) with what lies too far below the best lifted: to ten times the median's depth.

    Only what is far outside the others is touched. Where half of the values are penalties, the
    median is one too, and all of them stay.
    """
    best = y.max()
    median = np.sort(y)[len(y) // 2]  # the upper one of two, which is a value: no sum overflows
    return np.maximum(y, best - FLOOR * (best - median))


def needs_noise(surrogate: Any, learned: Any, X: np.ndarray, z: np.ndarray) -> bool:
    """Say whether noise is what makes the values `z` (n,) at `X` (n, d) probable.

    The learned process is compared with one whose noise is held at nothing, by their marginal
    likelihoods. Where the noise was not to be learned, it is as whoever set it says.

    Args:
        surrogate: the process before it was learned. learned: the same learned from these data.
    """
    if not isinstance(surrogate, GaussianProcess) or "noise_variance" not in surrogate.learn:
        return True
    no_noise = NO_NOISE * float(np.var(z))
    if learned.noise_variance <= no_noise:
        return False
    rest = tuple(name for name in surrogate.learn if name != "noise_variance")
    without = dataclasses.replace(surrogate, noise_variance=no_noise, learn=rest).fit(X, z)
    with_noise = learned.condition(X, z)
    gain = with_noise.log_marginal_likelihood - without.log_marginal_likelihood
    return bool(gain > NATS)
