"""Many searches of one function at once: how often does a rule get stuck?

The lesson writes one search with the package's Gaussian process. Here hundreds of them take their
steps together, with the same formulas on stacks of matrices: the same answers, many times faster.
"""

import numpy as np

from bo_tutorial import problems
from bo_tutorial.search import sobol_points

GRID = np.linspace(0, 1, 201)  # where a search may ask
LENGTH_SCALE, NOISE_VARIANCE, N_INITIAL = 0.15, 1e-6, 3


def final_regrets(rule, designs, n_evaluations=15):
    """Search Forrester's function once from each initial design; return the regrets at the end.

    A search begins with three Sobol points. Then it evaluates the point of `GRID` that the rule
    scores highest, the first one of several, until it has all its evaluations.

    Args:
        rule: a function of mu, sigma, each (201,), and the best value so far; returns scores.
        designs: seeds of the initial designs, whole numbers. n_evaluations: of each search, 3 or
            more, those of the design included.

    Returns:
        How far the best value of each search falls short of the optimum, one for each design.

    Raises:
        ValueError: fewer evaluations than initial points.
    """
    if n_evaluations < N_INITIAL:
        raise ValueError(f"n_evaluations must be {N_INITIAL} or more, got {n_evaluations!r}")
    f = problems.forrester
    values = np.array([f({"x1": x}) for x in GRID])
    X = np.array([sobol_points(1, N_INITIAL, seed)[:, 0] for seed in designs])
    y = np.array([[f({"x1": x}) for x in row] for row in X])
    while y.shape[1] < n_evaluations:
        beliefs = zip(*_beliefs(X, y), y.max(axis=1), strict=True)
        chosen = [np.argmax(rule(mu, sigma, best)) for mu, sigma, best in beliefs]
        X, y = np.column_stack([X, GRID[chosen]]), np.column_stack([y, values[chosen]])
    return f.optimum - y.max(axis=1)


def _beliefs(X, y):
    """Posterior mean and standard deviation on `GRID`, each (searches, 201), units of f.

    As in the lesson, a Gaussian process with mean 0 and signal variance 1 sees standardized values.
    """
    m, s = y.mean(axis=1, keepdims=True), y.std(axis=1, keepdims=True)
    K = _correlations(X, X) + NOISE_VARIANCE * np.eye(X.shape[1])
    Ks = _correlations(X, np.tile(GRID, (len(X), 1)))
    solved = np.linalg.solve(K, Ks)
    mu = np.einsum("skn,sk->sn", solved, (y - m) / s)
    variance = np.maximum(1 - np.einsum("skn,skn->sn", solved, Ks), 0.0)
    return m + s * mu, s * np.sqrt(variance)


def _correlations(A, B):
    return np.exp(-((A[:, :, None] - B[:, None, :]) ** 2) / (2 * LENGTH_SCALE**2))
