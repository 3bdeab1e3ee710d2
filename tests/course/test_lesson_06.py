"""Many searches at once, against the loop that the lesson writes with the package's process."""

import numpy as np
import pytest

import bo_tutorial as bo
from bo_tutorial import problems
from bo_tutorial.course.lesson_06.numerics import final_regrets
from bo_tutorial.search import sobol_points

RULES = {
    "mean": lambda mu, sigma, best: mu,
    "sd": lambda mu, sigma, best: sigma,
    "EI": bo.ExpectedImprovement(xi=0.0),
    "PI": bo.ProbabilityOfImprovement(0.5),
    "UCB": bo.UpperConfidenceBound(2.0),
}


def one_by_one(rule, seed, n_evaluations):
    """The regret of one search, as lesson 06 has it, with the package's Gaussian process."""
    f, x = problems.forrester, np.linspace(0, 1, 201)
    gp = bo.GaussianProcess(bo.SquaredExponential(0.15), noise_variance=1e-6)
    X = list(sobol_points(1, 3, seed)[:, 0])
    while len(X) < n_evaluations:
        y = np.array([f({"x1": each}) for each in X])
        posterior = gp.condition(np.array(X)[:, None], (y - y.mean()) / y.std())
        mu, sigma = posterior.predict(x[:, None])
        X.append(x[np.argmax(rule(y.mean() + y.std() * mu, y.std() * sigma, y.max()))])
    return f.optimum - max(f({"x1": each}) for each in X)


@pytest.mark.parametrize("name", RULES)
def test_many_searches_together_are_the_searches_one_by_one(name):
    seeds = [0, 3, 4, 17]
    expected = [one_by_one(RULES[name], seed, 12) for seed in seeds]
    assert np.allclose(final_regrets(RULES[name], seeds, 12), expected, atol=1e-9)


def test_the_initial_points_are_evaluations_too():
    f = problems.forrester
    expected = f.optimum - max(f({"x1": each}) for each in sobol_points(1, 3, 8)[:, 0])
    assert final_regrets(RULES["mean"], [8], 3) == pytest.approx([expected])
    with pytest.raises(ValueError, match="n_evaluations must be 3 or more, got 2"):
        final_regrets(RULES["mean"], [8], 2)


def test_other_designs_get_stuck_as_often_as_those_of_the_lesson():
    """400 designs that the lesson does not use, each share within its 95 % interval and a bit."""
    fresh = range(5000, 5400)
    for name, share in (("mean", 0.34), ("EI", 0.03), ("UCB", 0.08), ("PI", 0.0)):
        found = np.mean(final_regrets(RULES[name], fresh) > 0.5)
        assert found == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / 400) + 0.005)
