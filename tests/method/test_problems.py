"""The test problems against their published optima and against formulas written apart."""

import math

import numpy as np
import oracles
import pytest
from scipy.optimize import minimize

from bo_tutorial import problems

# problem, formula in the literature's sign, published minimum, bounds, number of minimizers.
# Source of formulas and minima: Surjanovic & Bingham, Virtual Library of Simulation Experiments;
# Forrester's and Gramacy & Lee's minima are held against a dense grid below as well.
PROBLEMS = {
    "branin": (problems.branin, oracles.branin, 0.397887, [(-5, 10), (0, 15)], 3),
    "camel": (problems.camel, oracles.camel, -1.031628, [(-3, 3), (-2, 2)], 2),
    "hartmann3": (problems.hartmann3, oracles.hartmann3, -3.86278, [(0, 1)] * 3, 1),
    "hartmann6": (problems.hartmann6, oracles.hartmann6, -3.32237, [(0, 1)] * 6, 1),
    "forrester": (problems.forrester, oracles.forrester, -6.020740, [(0, 1)], 1),
    "gramacy_lee": (problems.gramacy_lee, oracles.gramacy_lee, -0.869011, [(0.5, 2.5)], 1),
    "styblinski_tang 2": (
        problems.styblinski_tang(2),
        oracles.styblinski_tang,
        -39.166166 * 2,
        [(-5, 5)] * 2,
        1,
    ),
    "styblinski_tang 5": (
        problems.styblinski_tang(5),
        oracles.styblinski_tang,
        -39.166166 * 5,
        [(-5, 5)] * 5,
        1,
    ),
    "levy 1": (problems.levy(1), oracles.levy, 0.0, [(-10, 10)], 1),
    "levy 4": (problems.levy(4), oracles.levy, 0.0, [(-10, 10)] * 4, 1),
    "rosenbrock 2": (problems.rosenbrock(2), oracles.rosenbrock, 0.0, None, 1),
    "rosenbrock 4": (problems.rosenbrock(4), oracles.rosenbrock, 0.0, None, 1),
    "ackley 2": (problems.ackley(2), oracles.ackley, 0.0, None, 1),
    "ackley 6": (problems.ackley(6), oracles.ackley, 0.0, None, 1),
}
all_problems = pytest.mark.parametrize(
    "problem, formula, minimum, bounds, count", PROBLEMS.values(), ids=list(PROBLEMS)
)


def coordinates(problem, config):
    return [config[name] for name in problem.space.names]


@all_problems
def test_the_formula(problem, formula, minimum, bounds, count):
    """At random points the problem is minus the literature's function."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        config = problem.space.sample(rng)
        value = problem(config)
        assert isinstance(value, float)
        assert value == pytest.approx(-formula(coordinates(problem, config)), rel=1e-10, abs=1e-10)


@all_problems
def test_the_published_optimum(problem, formula, minimum, bounds, count):
    assert problem.optimum == pytest.approx(-minimum, abs=1e-5)
    assert isinstance(problem.name, str) and problem.name


@all_problems
def test_the_optimizers_reach_the_optimum(problem, formula, minimum, bounds, count):
    assert len(problem.optimizers) == count
    points = []
    for config in problem.optimizers:
        problem.space.validate(config)
        assert problem(config) == pytest.approx(problem.optimum, abs=1e-6)
        assert formula(coordinates(problem, config)) == pytest.approx(minimum, abs=1e-5)
        points.append(problem.space.to_unit(config))
    for i, point in enumerate(points):
        for other in points[:i]:
            assert np.linalg.norm(point - other) > 0.01


@all_problems
def test_nothing_beats_the_optimum(problem, formula, minimum, bounds, count):
    """Neither a random point nor a local search from an optimizer or from the best random one."""
    space = problem.space
    rng = np.random.default_rng(1)
    units = rng.random((2000, space.d))
    values = np.array([problem(space.from_unit(u)) for u in units])
    tiny = 1e-6 * max(1.0, abs(problem.optimum))
    assert values.max() <= problem.optimum + tiny

    def loss(u):
        return -problem(space.from_unit(np.clip(u, 0.0, 1.0)))

    starts = [space.to_unit(config) for config in problem.optimizers]
    starts.append(units[values.argmax()])
    for start in starts:
        found = minimize(loss, start, method="Nelder-Mead", options={"maxfev": 400})
        assert -found.fun <= problem.optimum + tiny


@pytest.mark.parametrize("name", ["forrester", "gramacy_lee", "levy 1"])
def test_nothing_on_a_dense_grid_beats_the_optimum_in_one_dimension(name):
    problem = PROBLEMS[name][0]
    values = [problem(problem.space.from_unit(np.array([u]))) for u in np.linspace(0, 1, 20_001)]
    assert max(values) <= problem.optimum + 1e-9
    assert max(values) == pytest.approx(problem.optimum, abs=1e-4)


@all_problems
def test_the_domain_is_the_published_one(problem, formula, minimum, bounds, count):
    space = problem.space
    low = coordinates(problem, space.from_unit(np.zeros(space.d)))
    high = coordinates(problem, space.from_unit(np.ones(space.d)))
    if bounds is None:  # the literature uses several: it must be a cube around the minimizer
        assert len(set(low)) == len(set(high)) == 1 and low[0] < 0 and high[0] > 1
    else:
        assert list(zip(low, high, strict=True)) == bounds


def test_where_the_optima_lie():
    """The places, not only the heights, in the digits that are published."""

    def place(problem):
        return [coordinates(problem, config) for config in problem.optimizers]

    np.testing.assert_allclose(place(problems.forrester), [[0.757249]], atol=1e-6)
    np.testing.assert_allclose(place(problems.gramacy_lee), [[0.548563]], atol=1e-5)
    expected = [(-math.pi, 12.275), (math.pi, 2.275), (9.42478, 2.475)]
    np.testing.assert_allclose(sorted(place(problems.branin)), expected, atol=1e-3)
    expected = [(-0.0898, 0.7126), (0.0898, -0.7126)]
    np.testing.assert_allclose(sorted(place(problems.camel)), expected, atol=1e-4)
    expected = [[0.114614, 0.555649, 0.852547]]
    np.testing.assert_allclose(place(problems.hartmann3), expected, atol=1e-4)
    expected = [[0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573]]
    np.testing.assert_allclose(place(problems.hartmann6), expected, atol=1e-4)
    np.testing.assert_allclose(place(problems.styblinski_tang(3)), [[-2.903534] * 3], atol=1e-6)
    np.testing.assert_allclose(place(problems.levy(3)), [[1.0] * 3], atol=1e-12)
    np.testing.assert_allclose(place(problems.rosenbrock(3)), [[1.0] * 3], atol=1e-12)
    np.testing.assert_allclose(place(problems.ackley(3)), [[0.0] * 3], atol=1e-12)
