"""Where is the acquisition largest? Many points are scored, and the best of them climb.

A climb follows slopes in the coordinates that have some. Integers and categories have none: what a
change of one of them is worth is tried out where the climb ended.
"""

from collections.abc import Callable

import numpy as np

from bo_tutorial.climb import minimize_together
from bo_tutorial.gp import blocks
from bo_tutorial.protocols import Acquisition, Posterior
from bo_tutorial.search import sobol_points
from bo_tutorial.space import Float, Space

ENUMERABLE = 4096  # a finite space of no more configurations is searched whole
SWEEPS = 3  # how often integers and categories are changed, and the rest climbs again


def is_enumerable(space: Space) -> bool:
    """Say whether all configurations of a space can be scored for each question."""
    return space.n_configurations <= ENUMERABLE


def can_climb(acquisition: Acquisition, posterior: Posterior) -> bool:
    """Say whether both sides know their slopes, so that `maximize_acquisition` climbs."""
    return hasattr(acquisition, "slopes") and hasattr(posterior, "predict_gradient")


@np.errstate(under="ignore")
def maximize_acquisition(
    acquisition: Acquisition,
    posterior: Posterior,
    best: float,
    candidates: np.ndarray,
    free: np.ndarray | None = None,
    n_starts: int = 4,
    unit: float | np.ndarray = 1.0,
    passes: int = 25,
    tolerance: float = 1e-4,
) -> np.ndarray:
    """Return points where the acquisition is high, best first.

    Scores all candidates, then climbs from the `n_starts` best of them, inside the unit cube and
    along the coordinates that are free to move. The gradient is the chain rule:
    d acquisition = d/dmu * grad mu + d/dsigma * grad sigma.

    Args:
        acquisition: a callable (mu, sigma, best) -> scores. Without `slopes`, no climbing.
        posterior: something with `predict`. Without `predict_gradient`, no climbing.
        best: the incumbent, units of f.
        candidates: points of the unit cube, shape (n, d).
        free: which coordinates may move, booleans of shape (n, d), one row for each candidate; all
            if left out.
        n_starts: from how many candidates to climb.
        unit: the length that counts as one for the climb, a number or (d,). In length scales of
            the kernel the acquisition is about as wide in every direction, and the climb short.
        passes, tolerance: of `minimize_together`: how long to climb, and the slope per unit that
            counts as none.

    Returns:
        Shape (n_starts + n, d): the climbers and all candidates, by falling score.
    """
    scores = np.concatenate(
        # In blocks: the covariances of a few hundred points with the data fit into the cache.
        [
            np.asarray(acquisition(*posterior.predict(block), best), dtype=float)
            for block in blocks(candidates, 256)
        ]
    )
    order = np.argsort(-scores, kind="stable")
    starts = order[:n_starts][np.isfinite(scores[order[:n_starts]])]
    moves = len(starts) and (free is None or free[starts].any())
    if not (moves and can_climb(acquisition, posterior)):
        return candidates[order]

    def loss(z):
        mu, sigma, dmu, dsigma = posterior.predict_gradient(z * unit)
        certain = sigma == 0  # a noiseless observation: nothing to gain, and no slope
        sigma = np.where(certain, 1.0, sigma)
        by_mu, by_sigma = acquisition.slopes(mu, sigma, best)
        scores = np.asarray(acquisition(mu, sigma, best), dtype=float)
        value = np.where(certain, np.inf, -scores)
        gradient = (by_mu * dmu.T + by_sigma * dsigma.T).T
        return value, np.where(certain[:, None], 0.0, -gradient * unit)

    x = candidates[starts]
    free = np.ones(x.shape, dtype=bool) if free is None else free[starts]
    lower, upper = np.where(free, 0.0, x), np.where(free, 1.0, x)
    climbed, losses = minimize_together(
        loss, x / unit, lower / unit, upper / unit, passes, tolerance
    )
    climbed = np.clip(climbed * unit, lower, upper)  # x / unit * unit may round beyond a wall
    points, values = np.concatenate([climbed, candidates]), np.concatenate([-losses, scores])
    return points[np.argsort(-values, kind="stable")]


def search_space(
    space: Space,
    acquisition: Acquisition,
    posterior: Posterior,
    best: float,
    incumbent: np.ndarray,
    rng: np.random.Generator,
    seed: int,
    first_new: Callable[[np.ndarray, int], np.ndarray],
) -> np.ndarray:
    """Return points of the cube that stand for configurations, by falling acquisition.

    Args:
        space: a `Space` that is too large to enumerate. acquisition, posterior, best: as for
            `maximize_acquisition`; a posterior with `length_scale` is climbed in units of it.
        incumbent: the best point told, shape (d,). rng, seed: of this question and of the run.
        first_new: a function of points (m, d) and n that returns the first n not asked before.
    """
    points, free = _candidates(space, acquisition, posterior, incumbent, rng, seed)
    # Many short climbs find more than a few long ones, and the last hundredths of log EI are worth
    # less than the error of the surrogate. A length scale, and half the cube at the most, counts
    # as one.
    length_scale = getattr(posterior, "length_scale", None)
    unit = np.minimum(0.5 if length_scale is None else length_scale, 0.5)
    climb = {"n_starts": 8, "unit": unit, "passes": 10, "tolerance": 3e-2}
    ranked = maximize_acquisition(acquisition, posterior, best, points, free, **climb)
    return _sweep(space, acquisition, posterior, best, ranked, climb, first_new)


def _candidates(space, acquisition, posterior, incumbent, rng, seed):
    """Points to score, and which of their coordinates may move on from there."""
    d = space.d
    # Where every coordinate climbs, fewer points are better: the best of many lie side by side
    # and climb the same peak.
    floats = [isinstance(space[name], Float) for name in space.names]
    climbs = all(floats) and can_climb(acquisition, posterior)
    n_wide, n_near = (192, 64) if climbs else (512, 128)
    wide = (sobol_points(d, n_wide, seed) + rng.random(d)) % 1.0
    # Steps around the incumbent from a third of the cube to a thousandth, in one coordinate or
    # in all of them.
    sizes = 10 ** rng.uniform(-3, -0.5, (n_near, 1))
    steps = sizes * rng.standard_normal((n_near, d))
    half = n_near // 2
    alone = rng.integers(d, size=half)
    steps[:half] *= np.arange(d) == alone[:, None]
    near = np.clip(incumbent + steps, 0.0, 1.0)
    # Small steps never leave an integer's share of the axis, so every other one is a redraw.
    redraw = rng.random(half) < 0.5
    near[np.arange(half)[redraw], alone[redraw]] = rng.random(redraw.sum())
    points = space.snap(np.concatenate([wide, near]))
    return points, space.continuous(points)


def _sweep(space, acquisition, posterior, best, ranked, climb, first_new):
    """Change integers and categories, one at a time, where the climb ended; then climb again.

    It ends where no change makes the best point better.
    """
    for _ in range(SWEEPS):
        top = first_new(ranked, 4)
        changed = space.neighbors(top)
        if not len(changed):
            break
        points = np.concatenate([top, changed])
        free = space.continuous(points)
        better = maximize_acquisition(acquisition, posterior, best, points, free, **climb)
        ranked = np.concatenate([better, ranked])
        if np.array_equal(first_new(better, 1), top[:1]):
            break
    return ranked
