"""Which configuration to return: the surest one where there is noise, else the best observed.

Under noise the largest value is partly luck, and a model that also listens to the neighbors
discounts it. The model of the search may not: its warp stretches the top of the scale, and with it
the luck. So the choice is left to a model of the values as they are, or bent where that explains
them clearly better; and it is heard only where they cannot be explained without noise.
"""

import dataclasses
import math
from typing import Any

import numpy as np

from bo_tutorial.evidence import names_to_learn
from bo_tutorial.gp import GaussianProcess
from bo_tutorial.outputs import Outputs, fit_outputs
from bo_tutorial.protocols import Surrogate

FLOOR = 10.0  # how many times as far below the best as the median a value may lie
NO_NOISE = 2e-6  # a noise variance that says "none", as a share of the variance of the values
NOISE_PAYS = 3.0  # nats by which noise must explain the values better: 20 times as probable
BEND_PAYS = 2.0  # nats by which a bend must: 7 times as probable
ENOUGH = 500  # trials to learn from, spread over the history, and to choose from, the largest
STEP = 1e-3  # of a slope, in standard deviations of the values


def best_believed(
    surrogate: Surrogate,
    X: np.ndarray,
    y: np.ndarray,
    standardize: bool = True,
    warp: bool = True,
) -> int:
    """Return the index of the largest posterior mean minus standard deviation, told points only.

    The surrogate sees the values as they are, or bent if that makes them e^2 times as probable, and
    none of them further below the best than ten times the median: a penalty would hide the
    differences that matter. A `GaussianProcess` that learns its noise is then fitted without any,
    too. Where noise makes the values less than e^3 times as probable, the largest of them is no
    luck, and its index is returned.

    Args:
        surrogate: anything with `fit`, and `learned` and `condition` if it has them.
        X: points told, shape (n, d). y: their values, shape (n,), units of f; NaN where an
            evaluation failed, which counts as the worst value and is never returned. One at least
            is a number.
        standardize: give the surrogate (y - mean) / standard deviation instead of y.
        warp: whether bent values are to be considered.
    """
    ranked = np.argsort(np.where(np.isnan(y), math.inf, -y), kind="stable")
    ranked = ranked[: min(np.isfinite(y).sum(), ENOUGH)]  # the best first, failures not at all
    y = with_floor(np.where(np.isnan(y), np.nanmin(y), y))
    z, model = fit_outputs(y, standardize, warp=False).standardize(y), surrogate
    if hasattr(surrogate, "learned"):
        some = slice(None, None, math.ceil(len(y) / ENOUGH))
        model = surrogate.learned(X[some], z[some])
        if standardize and warp:
            outputs = fit_outputs(y, lift=False)  # `with_floor` has done it
            bent = outputs.standardize(y)
            other = surrogate.learned(X[some], bent[some])
            gain = evidence(other, X[some], bent[some]) - evidence(model, X[some], z[some])
            if gain + log_slopes(outputs, y)[some].sum() > BEND_PAYS:
                z, model = bent, other
        if not needs_noise(surrogate, model, X[some], z[some]):
            return int(ranked[0])
    posterior = getattr(model, "condition", model.fit)(X, z)
    mu, sigma = (np.asarray(part, dtype=float) for part in posterior.predict(X[ranked]))
    return int(ranked[np.argmax(mu - sigma)])  # of equals, the larger value


@np.errstate(over="ignore", under="ignore")
def with_floor(y: np.ndarray) -> np.ndarray:
    """Return `y` (n,) with no value further below the largest than ten times the median.

    Only what is far outside the others is lifted. Where half of the values are penalties, the
    median is one too, and all of them stay.
    """
    best = y.max()
    median = np.sort(y)[len(y) // 2]  # the upper one of two, which is a value: no sum overflows
    return np.maximum(y, best - FLOOR * (best - median))


def evidence(model: Any, X: np.ndarray, z: np.ndarray) -> float:
    """Return log p(z | X) in nats under a model as it is; NaN if it has no such number."""
    return float(getattr(model.condition(X, z), "log_marginal_likelihood", math.nan))


@np.errstate(divide="ignore", under="ignore")
def log_slopes(bent: Outputs, y: np.ndarray) -> np.ndarray:
    """Return how much the bend stretches around each value, (n,): log of bent per standardized.

    A density of bent values becomes one of the values themselves with these slopes, and only those
    can be compared. They are differences, so that any bend will do.
    """
    straight = fit_outputs(y, warp=False)
    at, step = straight.bend(y), STEP * straight.sd  # in units in which nothing overflows
    up, down = (bent.standardize(straight.straighten(at + each)) for each in (step, -step))
    return np.log((up - down) / (2 * STEP))


def needs_noise(surrogate: Any, learned: Any, X: np.ndarray, z: np.ndarray) -> bool:
    """Say whether it is noise that makes the values `z` (n,) at `X` (n, d) probable.

    The learned process is compared with one whose noise is held at nothing, by their marginal
    likelihoods. Where noise was not to be learned, it is as whoever set it says.

    Args:
        surrogate: the process before it was learned. learned: the same learned from these data.
    """
    if not isinstance(surrogate, GaussianProcess):
        return True
    no_noise = NO_NOISE * float(np.var(z))
    if learned.noise_variance <= no_noise:
        return False
    learn = names_to_learn(surrogate.learn)
    if "noise_variance" not in learn:
        return True
    rest = tuple(name for name in learn if name != "noise_variance")
    without = dataclasses.replace(surrogate, noise_variance=no_noise, learn=rest).learned(X, z)
    return evidence(learned, X, z) - evidence(without, X, z) > NOISE_PAYS
