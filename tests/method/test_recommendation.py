"""What is recommended: no lucky value under noise, without it the best, never a penalty."""

import numpy as np
import pytest

import bo_tutorial as bo
from bo_tutorial import problems
from bo_tutorial.outputs import fit_outputs
from bo_tutorial.recommendation import log_slopes, with_floor

LINE = bo.Space(x=bo.Float(0.0, 1.0))


def told(space, points, values, **options):
    """A strategy that was told all of this and asked for none of it."""
    strategy = bo.BayesianOptimization(space, **options)
    for point, value in zip(points, values, strict=True):
        strategy.tell(space.from_unit(point), float(value))
    return strategy


def late_history(seed, n=30, n_far=5, noise=1.0, width=0.05):
    """Forrester's function as a search leaves it: a few points anywhere, most at the top."""
    rng = np.random.default_rng([7, seed])
    x = np.append(rng.random(n_far), np.clip(rng.normal(0.757, width, n - n_far), 0, 1))
    space = problems.forrester.space
    truth = np.array([problems.forrester(space.from_unit([each])) for each in x])
    return x[:, None], truth, truth + noise * rng.standard_normal(n)


def test_under_noise_the_recommended_is_truly_better_than_the_luckiest():
    """The warp of the search stretches the luck: with it, this gains nothing."""
    gains = []
    for seed in range(20):
        X, truth, y = late_history(seed)
        chosen = told(problems.forrester.space, X, y).recommend()
        gains.append(problems.forrester(chosen) - truth[np.argmax(y)])
    assert np.mean(gains) > 0.1
    assert np.sum(np.array(gains) > 0) > 1.5 * np.sum(np.array(gains) < 0)


@pytest.mark.parametrize(
    ("problem", "n", "seed"),
    [
        (problems.branin, 30, 0),
        (problems.branin, 30, 1),
        (problems.branin, 30, 2),
        (problems.forrester, 20, 0),
        (problems.forrester, 20, 1),
        (problems.forrester, 20, 2),
        (problems.hartmann3, 30, 0),
        (problems.hartmann3, 30, 1),
        (problems.hartmann6, 40, 0),
        (problems.hartmann6, 40, 2),
        (problems.rosenbrock(4), 40, 0),
        (problems.rosenbrock(4), 40, 1),
        (problems.camel, 30, 0),
        (problems.gramacy_lee, 25, 0),
        (problems.gramacy_lee, 25, 1),
    ],
)
def test_without_noise_the_best_observed_is_recommended(problem, n, seed):
    result = bo.maximize(problem, problem.space, n, seed=seed, progress=False)
    assert result.recommended_config == result.best_config


def test_a_penalty_is_never_recommended_and_hides_nothing():
    X, truth, y = late_history(3)
    chosen = told(problems.forrester.space, X, y).recommend()
    for penalty in (-1e3, -1e9, np.nan):
        X_more, y_more = np.vstack([X, [[0.31]]]), np.append(y, penalty)
        assert told(problems.forrester.space, X_more, y_more).recommend() == chosen


def test_the_floor_lifts_what_is_far_outside_and_nothing_else():
    y = np.array([5.0, 4.0, 3.0, 2.0, -100.0])
    assert with_floor(y).tolist() == [5.0, 4.0, 3.0, 2.0, 5.0 - 10 * (5.0 - 3.0)]
    assert with_floor(y[:4]).tolist() == y[:4].tolist()
    half = np.array([1.0, 0.0, -1e9, -1e9])  # the upper one of the two in the middle is 0
    assert with_floor(half).tolist() == [1.0, 0.0, -9.0, -9.0]
    most = np.array([1.0, -1e9, -1e9])  # the median is a penalty: all of them stay
    assert with_floor(most).tolist() == most.tolist()


def test_slopes_of_a_bend_are_those_of_its_formula():
    """Yeo & Johnson 2000: the derivative in z is (1 + |z|)^(+-(lambda - 1)), here over `spread`."""
    y = np.array([-6.0, -2.0, -1.0, 0.0, 0.5, 1.0, 1.2])
    bent = fit_outputs(y)
    assert bent.exponent > 1.2
    z = (y - y.mean()) / y.std()
    exact = np.where(z >= 0, 1, -1) * (bent.exponent - 1) * np.log1p(np.abs(z))
    assert log_slopes(bent, y) == pytest.approx(exact - np.log(bent.spread), abs=1e-4)


def test_a_surrogate_without_hyperparameters_is_believed():
    """A fixed process is not asked whether there is noise: whoever fixed it has said so."""
    process = bo.GaussianProcess(bo.SquaredExponential(0.3), noise_variance=1.0, learn=False)
    points, values = [[0.5], [0.52], [0.9]], [0.0, 0.0, 0.3]
    strategy = told(LINE, points, values, surrogate=process, standardize=False, warp=False)
    K = np.exp(-0.5 * (np.subtract.outer(*[np.ravel(points)] * 2) / 0.3) ** 2)
    mu = K @ np.linalg.solve(K + np.eye(3), values)
    variance = 1 - np.diag(K @ np.linalg.solve(K + np.eye(3), K))
    surest = int(np.argmax(mu - np.sqrt(variance)))
    assert strategy.recommend() == LINE.from_unit(points[surest])
