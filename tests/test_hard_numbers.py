"""Hard input: whatever a strategy is told, the next question is in the space, without a warning.

Warnings are errors in this suite, so each property also says that there is none. Cases that once
failed stay here by name.
"""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from long import EXAMPLES

import bo_tutorial as bo
from bo_tutorial.search import sobol_points

hard = settings(max_examples=EXAMPLES)
STRATEGIES = {
    "BO": lambda space: bo.BayesianOptimization(space, n_initial=1, seed=0),
    "plain": lambda space: bo.BayesianOptimization.plain(space, n_initial=1),
    "TPE": lambda space: bo.TreeParzen(space, n_initial=1, seed=0),
}
every_strategy = pytest.mark.parametrize("make", STRATEGIES.values(), ids=list(STRATEGIES))
units = st.floats(0, 1, allow_subnormal=False)
values = st.one_of(
    st.floats(-1e12, 1e12),
    st.sampled_from([0.0, 1e-12, -1e-12, 1e12, -1e12, math.nan, math.inf, -math.inf]),
)


def cube(d):
    return bo.Space(**{f"x{j}": bo.Float(0.0, 1.0) for j in range(d)})


def sane(make, space, points, told):
    """Tell values at points of the cube; the next questions, and the model, make sense."""
    strategy = make(space)
    for u, value in zip(points, told, strict=True):
        strategy.tell(space.from_unit(np.asarray(u)), value)
    for config in strategy.ask(2):
        space.validate(config)
        assert np.isfinite(space.to_unit(config)).all()
    if hasattr(strategy, "posterior") and np.isfinite(told).any():
        mu, sigma = strategy.posterior().predict(np.full((1, space.d), 0.37))
        assert np.isfinite(mu).all() and np.isfinite(sigma).all() and sigma >= 0


@every_strategy
@hard
@given(data=st.data(), d=st.integers(1, 3))
def test_any_values_at_any_points(make, data, d):
    pairs = st.tuples(st.tuples(*[units] * d), values)
    told = data.draw(st.lists(pairs, min_size=1, max_size=8))
    sane(make, cube(d), [u for u, _ in told], [value for _, value in told])


@every_strategy
@hard
@given(u=units, count=st.integers(2, 12), value=values)
@example(u=0.0, count=12, value=0.0)
def test_one_point_many_times(make, u, count, value):
    sane(make, cube(1), [[u]] * count, [value] * count)
    sane(make, cube(1), [[u]] * count, [0.1 * i for i in range(count)])


@every_strategy
@hard
@given(u=st.floats(0.1, 0.9), count=st.integers(2, 12), slope=st.sampled_from([0, 1, 1e12, -1e12]))
def test_points_1e_12_apart(make, u, count, slope):
    points = [[u + 1e-12 * i] for i in range(count)]
    sane(make, cube(1), points, [slope * i for i in range(count)])


@every_strategy
@hard
@given(constant=st.floats(-1e12, 1e12), n=st.integers(1, 20), d=st.sampled_from([1, 2, 20]))
def test_a_constant(make, constant, n, d):
    sane(make, cube(d), sobol_points(d, n, 0), [constant] * n)


@every_strategy
@hard
@given(
    scale=st.sampled_from([1e-12, 1e-6, 1.0, 1e6, 1e12]),
    shift=st.sampled_from([0.0, 1.0, -1e6, 1e12]),
    n=st.integers(2, 15),
)
def test_tiny_and_huge_values(make, scale, shift, n):
    points = sobol_points(2, n, 1)
    sane(make, cube(2), points, [shift + scale * math.sin(7 * u[0] + u[1]) for u in points])


@every_strategy
@hard
@given(n=st.integers(1, 5), d=st.sampled_from([5, 20]), seed=st.integers(0, 50))
def test_fewer_points_than_dimensions(make, n, d, seed):
    points = sobol_points(d, n, seed)
    sane(make, cube(d), points, np.random.default_rng(seed).standard_normal(n))


@every_strategy
@hard
@given(failed=st.lists(st.booleans(), min_size=1, max_size=12))
@example(failed=[True] * 12)
@example(failed=[False] + [True] * 11)
def test_failures_among_values(make, failed):
    points = sobol_points(2, len(failed), 2)
    told = [math.nan if bad else float(u[0]) for bad, u in zip(failed, points, strict=True)]
    sane(make, cube(2), points, told)


@every_strategy
@pytest.mark.parametrize("u", [0.0, 5e-324, 9.523682534352733e-175, 1e-100])
def test_a_distance_whose_square_is_zero(make, u):
    """Found by `test_any_values_at_any_points`: length scales were searched down to 1e-176."""
    sane(make, cube(1), [[0.0], [u]], [0.0, 0.0])
    sane(make, cube(1), [[0.0], [u], [u]], [0.0, 1.0, 2.0])


@every_strategy
def test_two_points(make):
    sane(make, cube(2), [[0.2, 0.3], [0.7, 0.6]], [0.0, 1.0])


@every_strategy
@pytest.mark.parametrize("d", [1, 6])
def test_five_hundred_points(make, d):
    points = sobol_points(d, 500, 0)
    sane(make, cube(d), points, [math.sin(9 * u[0]) - u[-1] for u in points])


@pytest.mark.parametrize("name", [*STRATEGIES, "random", "Sobol"])
def test_a_space_of_a_single_configuration(name):
    space = bo.Space(only=bo.Categorical(["this"]))
    more = {
        "random": lambda space: bo.RandomSearch(space),
        "Sobol": lambda space: bo.SobolSearch(space),
    }
    strategy = (STRATEGIES | more)[name](space)
    result = bo.maximize(lambda config: 1.0, space, 5, strategy=strategy, progress=False)
    assert result.configs[0] == {"only": "this"} and result.best_value == 1.0
    if name in STRATEGIES:  # it remembers that there is nothing left
        assert len(result.values) == 1


@every_strategy
def test_a_whole_run_of_failures(make):
    def objective(config):
        raise RuntimeError("no license for this solver")

    result = bo.maximize(objective, cube(2), 12, strategy=make(cube(2)), progress=False)
    assert len(result.failures) == 12
    points = np.array([list(config.values()) for config in result.configs])
    assert len(np.unique(points, axis=0)) == 12


@every_strategy
def test_a_failure_is_avoided_and_does_not_bend_the_model(make):
    """A failure counts as the worst value seen: its neighborhood looks bad, the rest as before."""
    space = cube(1)
    points = np.linspace(0.02, 0.98, 12)
    asked = []
    for failing in (False, True):
        strategy = make(space)
        for u in points:
            value = math.sin(6 * u)
            strategy.tell({"x0": float(u)}, math.nan if failing and u > 0.9 else value)
        asked.append(strategy.ask()["x0"])
        assert abs(asked[-1] - math.pi / 12) < 0.2  # near the top, with failures or without
    if make is not STRATEGIES["TPE"]:
        mu, _ = strategy.posterior().predict(np.array([[0.98]]))
        assert -1.3 < mu[0] < -0.5  # bad, and no worse than anything that was seen
