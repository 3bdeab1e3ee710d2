"""The batched optimizer against SciPy's, one start at a time."""

import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der

from bo_tutorial.climb import minimize_together


def rosenbrock(points):
    return np.array([rosen(p) for p in points]), np.array([rosen_der(p) for p in points])


def quadratic(d, seed=0):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((d, d))
    A = A @ A.T + 0.1 * np.eye(d)
    b = rng.standard_normal(d)

    def f(points):
        return 0.5 * np.einsum("ki,ij,kj->k", points, A, points) - points @ b, points @ A - b

    return f


@pytest.mark.parametrize("d", [1, 2, 5, 10])
def test_a_convex_function_in_a_box_has_one_minimum(d):
    f = quadratic(d)
    starts = np.random.default_rng(1).uniform(-0.5, 0.5, (6, d))
    points, values = minimize_together(f, starts, -0.5, 0.5, passes=300)
    best = min(
        minimize(
            lambda p: (f(p[None])[0][0], f(p[None])[1][0]),
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-0.5, 0.5)] * d,
            options={"ftol": 1e-15, "gtol": 1e-10},
        ).fun
        for start in starts
    )
    assert values == pytest.approx(best, abs=1e-6)
    assert np.all(np.abs(points) <= 0.5)
    assert f(points)[0] == pytest.approx(values, rel=1e-12)


@pytest.mark.parametrize("upper", [0.8, 2.0])
def test_a_curved_valley_ends_where_scipy_ends(upper):
    starts = np.random.default_rng(0).uniform(-2, upper, (8, 2))
    _, values = minimize_together(rosenbrock, starts, -2.0, upper, passes=200)
    scipy = [
        minimize(rosen, s, jac=rosen_der, method="L-BFGS-B", bounds=[(-2, upper)] * 2).fun
        for s in starts
    ]
    assert values == pytest.approx(scipy, abs=1e-6)


def test_it_never_goes_up_and_each_start_is_evaluated_once_a_pass():
    seen = []

    def f(points):
        seen.append(len(points))
        return rosenbrock(points)

    starts = np.random.default_rng(3).uniform(-2, 2, (5, 4))
    before, _ = rosenbrock(starts)
    _, values = minimize_together(f, starts, -2.0, 2.0, passes=12)
    assert np.all(values <= before)
    assert len(seen) <= 12 and max(seen) == 5


def test_infinite_values_are_stepped_back_from():
    def f(points):
        outside = points[:, 0] < 0.3
        value = np.where(outside, np.inf, np.sum(points**2, axis=1))
        return value, np.where(outside[:, None], 0.0, 2 * points)

    points, values = minimize_together(f, np.array([[2.0, 1.0], [0.1, 0.1]]), -3.0, 3.0, passes=200)
    assert 0.09 <= values[0] < 0.5
    assert values[1] == np.inf  # it began outside, and stays


def test_a_coordinate_with_equal_bounds_stays():
    starts = np.array([[0.3, 1.5], [-1.0, 0.5]])
    lower, upper = np.full((2, 2), -2.0), np.full((2, 2), 2.0)
    lower[:, 0] = upper[:, 0] = starts[:, 0]
    points, _ = minimize_together(rosenbrock, starts, lower, upper, passes=100)
    assert np.array_equal(points[:, 0], starts[:, 0])
    assert points[:, 1] == pytest.approx(starts[:, 0] ** 2, abs=1e-5)
