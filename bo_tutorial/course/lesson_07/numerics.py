"""Runs of lesson 07 that take longer than a lesson may: how they are made, and their results.

`tools/loop_data.py` makes the files; the lesson reads them.
"""

import csv
from pathlib import Path

import numpy as np

import bo_tutorial as bo
from bo_tutorial import problems
from bo_tutorial.course.lesson_00.numerics import share_interval as share_interval

DATA = Path(__file__).parent / "data"
INITIAL, RETURNED = DATA / "initial_points.csv", DATA / "returned.csv"
OWN = DATA / "own_problem.csv"
# The numbers of initial points, the budget, and a length scale that suits the function, as shares
# of the axis, where it is not learned.
STARTS = {
    "branin": ((2, 4, 8, 12, 16), 20, 0.3),
    "forrester": ((2, 3, 5, 8), 10, 0.15),
}


def initial_run(function: str, length: str, n_initial: int, seed: int) -> float:
    """Return the regret at the end of a run that differs from others in one thing.

    The kernel is a Matern-5/2, standardized y is not bent, and the point asked is where expected
    improvement is largest, whatever the length scale.

    Args:
        function: "branin" or "forrester". length: "fixed" or "learned", with all other
            hyperparameters of the Gaussian process.
    """
    _, budget, length_scale = STARTS[function]
    f = getattr(problems, function)
    if length == "learned":
        gp = bo.GaussianProcess(bo.Matern52(0.5), prior=bo.LogNormalPrior(), n_starts=1)
    else:
        gp = bo.GaussianProcess(bo.Matern52(length_scale), noise_variance=1e-6, learn=False)
    strategy = bo.BayesianOptimization(f.space, gp, n_initial=n_initial, seed=seed, warp=False)
    run = bo.maximize(f, f.space, budget, strategy=strategy, progress=False)
    return f.regret(run.best_value)


def noisy_run(seed: int) -> tuple[float, float, float]:
    """Return what 30 evaluations of Forrester's function with a noise of sd 1 end with.

    The strategy is the package's default.

    Returns:
        The largest y; the true f of its configuration; the true f of the recommended one.
    """
    f, rng = problems.forrester, np.random.default_rng(seed)
    run = bo.maximize(lambda x: f(x) + rng.normal(), f.space, 30, seed=seed, progress=False)
    return run.best_value, f(run.best_config), f(run.recommended_config)


def initial_points() -> dict[tuple[str, str, int], np.ndarray]:
    """Return the regrets of 100 runs by (function, length, n_initial), each of shape (100,)."""
    found: dict[tuple[str, str, int], list[float]] = {}
    for function, length, n, _, regret in _rows(INITIAL):
        found.setdefault((function, length, int(n)), []).append(float(regret))
    return {key: np.array(regrets) for key, regrets in found.items()}


def returned() -> np.ndarray:
    """Return what 200 noisy runs ended with, shape (3, 200), rows as `noisy_run` returns them."""
    return np.array(_rows(RETURNED), dtype=float)[:, 1:].T


def own_problem() -> np.ndarray:
    """Return R² in cross-validation and on the test data for 24 seeds, shape (2, 24)."""
    return np.array(_rows(OWN), dtype=float)[:, 1:].T


def _rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]
