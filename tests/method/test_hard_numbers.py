"""Hard input: whatever a strategy is told, the next question is in the space, without a warning.

NumPy is told to raise for each of its four floating-point traps, underflow included, which by
itself it passes over. Cases that once failed stay here by name.
"""

import math
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from long import EXAMPLES

import bo_tutorial as bo
from bo_tutorial.search import sobol_points

pytestmark = pytest.mark.slow

hard = settings(max_examples=EXAMPLES)
STRATEGIES = {
    "BO": lambda space: bo.BayesianOptimization(space, n_initial=1, seed=0),
    "plain": lambda space: bo.BayesianOptimization.plain(space, n_initial=1),
    "TPE": lambda space: bo.TreeParzen(space, n_initial=1, seed=0),
}
every_strategy = pytest.mark.parametrize("make", STRATEGIES.values(), ids=list(STRATEGIES))
units = st.floats(0, 1, allow_subnormal=False)
LARGEST, SMALLEST = sys.float_info.max, 5e-324
values = st.one_of(
    st.floats(),
    st.floats(-1e12, 1e12),
    st.sampled_from([0.0, 1e-12, -1e-12, 1e12, -1e12, LARGEST, -LARGEST, SMALLEST, 2.2e-309]),
)


def cube(d):
    return bo.Space(**{f"x{j}": bo.Float(0.0, 1.0) for j in range(d)})


@np.errstate(all="raise")
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
        space.validate(strategy.recommend())


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
@given(
    constant=st.floats(allow_nan=False, allow_infinity=False),
    n=st.integers(1, 20),
    d=st.sampled_from([1, 2, 20]),
)
def test_a_constant(make, constant, n, d):
    sane(make, cube(d), sobol_points(d, n, 0), [constant] * n)


@every_strategy
@hard
@given(
    scale=st.sampled_from([1e-320, 1e-300, 1e-160, 1e-12, 1e-6, 1.0, 1e6, 1e12, 1e160, 1e307]),
    shift=st.sampled_from([0.0, SMALLEST, 1.0, -1e6, 1e12, 1e160, -1.6e308]),
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


HARD = {
    "differences below every normal number": [2.2e-309 * i for i in range(6)],
    "subnormal values": [SMALLEST * i for i in range(6)],
    "the smallest float": [SMALLEST] * 6,
    "one smallest float among zeros": [-0.0, 0.0, SMALLEST, 0.0, 0.0, 0.0],
    "a subnormal mean": [-1.0, 1.0, SMALLEST, 0.0, 0.5, -0.5],
    "tiny": [1e-300 * (1 + i) for i in range(6)],
    "tiny, and equal up to rounding": [1e-300 * (1 + 1e-14 * i) for i in range(6)],
    "large": [1e160 * i for i in range(6)],
    "large, and equal up to rounding": [1e20 + 1e6 * i for i in range(6)],
    "a difference beyond every float": [1e308, -1e308] * 3,
    "both ends": [LARGEST, -LARGEST, 0.0, 1.0, LARGEST, -LARGEST],
    "all large but one": [1.7e308] * 5 + [0.0],
    "one large": [0.0] * 5 + [LARGEST],
    "the lowest float, told second": [1.0, -LARGEST, 2.0, 3.0, 4.0, 5.0],
    "the lowest float, told first": [-LARGEST, 0.1, 0.2, 0.3, 0.4, 0.5],
    "the largest float alone": [LARGEST],
    "the lowest float only": [-LARGEST] * 6,
    "the largest float up to rounding": [LARGEST, LARGEST * (1 - 1e-15), LARGEST * (1 - 1e-13)],
    "every size": [1e308, 1e-308, 1.0, -1e-308, -1e150, SMALLEST],
    "failures and the lowest float": [math.nan, -LARGEST, 1.0, math.nan, LARGEST, 0.0],
}
ACQUISITIONS = {
    "UCB": bo.UpperConfidenceBound(),
    "EI": bo.ExpectedImprovement(),
    "PI": bo.ProbabilityOfImprovement(),
    "PI, margin": bo.ProbabilityOfImprovement(0.1),
    "log EI, margin": bo.LogExpectedImprovement(0.1),
    "log EI, a margin beyond everything": bo.LogExpectedImprovement(1e300),
    "EI, a margin beyond everything": bo.ExpectedImprovement(1e300),
    "without slopes": lambda mu, sigma, best: bo.expected_improvement(mu, sigma, best),
}
ALL = STRATEGIES | {
    name: lambda space, a=each: bo.BayesianOptimization(space, acquisition=a, n_initial=1)
    for name, each in ACQUISITIONS.items()
}
ALL |= {
    name: lambda space, options=options: bo.BayesianOptimization(space, n_initial=1, **options)
    for name, options in {
        "no warp": {"warp": False},
        "observed incumbent": {"incumbent": "observed"},
    }.items()
}


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("make", [*ALL.values()], ids=[*ALL])
@pytest.mark.parametrize("told", [*HARD.values()], ids=[*HARD])
def test_values_near_the_ends_of_the_floats(told, make, d):
    sane(make, cube(d), sobol_points(d, len(told), 0), told)


def not_standardized(learn):
    gp = bo.GaussianProcess(bo.Matern52(0.3), noise_variance=1e-4, learn=learn)
    return lambda space: bo.BayesianOptimization(
        space, surrogate=gp, n_initial=1, standardize=False
    )


@pytest.mark.parametrize("learn", [True, False])
@pytest.mark.parametrize("name", [n for n, y in HARD.items() if np.nanmax(np.abs(y)) > 1e100])
def test_values_that_are_not_standardized_may_be_the_largest_floats(name, learn):
    sane(not_standardized(learn), cube(2), sobol_points(2, len(HARD[name]), 0), HARD[name])


@pytest.mark.parametrize("name", ["subnormal values", "tiny"])
def test_values_that_are_not_standardized_have_a_variance_or_none_is_learned(name):
    """No float is the variance of values of 1e-300."""
    points = sobol_points(2, len(HARD[name]), 0)
    sane(not_standardized(learn=False), cube(2), points, HARD[name])
    with pytest.raises(ValueError, match="y must differ from the mean by 1e-100 or more"):
        sane(not_standardized(learn=True), cube(2), points, HARD[name])


@pytest.mark.parametrize("power", [-1060, -900, 300, 1010])
@pytest.mark.parametrize("name", ["log EI", "EI", "UCB", "PI", "no warp", "TPE"])
def test_a_power_of_two_changes_the_units_and_nothing_else(name, power):
    """Doubling is exact: questions stay, and the model's belief is multiplied.

    The questions are chosen from a set: how far a climb goes depends on the units of the score.
    """
    acquisitions = {
        "log EI": bo.LogExpectedImprovement(),
        "EI": bo.ExpectedImprovement(0.0),
        "UCB": bo.UpperConfidenceBound(),
        "PI": bo.ProbabilityOfImprovement(),
    }

    def make(space):
        if name == "TPE":
            return bo.TreeParzen(space, n_initial=1)
        options = {"candidates": sobol_points(2, 128, 3), "warp": name != "no warp"}
        acquisition = acquisitions.get(name)
        return bo.BayesianOptimization(space, acquisition=acquisition, n_initial=1, **options)

    points = sobol_points(2, 9, 0)
    grid = sobol_points(2, 16, 5)
    # Whole numbers, so that they stay exact as multiples of the smallest float.
    told = np.round(1000 * np.sin(7 * points[:, 0]) + 500 * points[:, 1])
    assert np.array_equal(np.ldexp(np.ldexp(told, power), -power), told)
    asked, believed = [], []
    for y in (told, np.ldexp(told, power)):
        strategy = make(cube(2))
        for u, value in zip(points, y, strict=True):
            strategy.tell(cube(2).from_unit(u), value)
        asked.append([list(config.values()) for config in strategy.ask(2)])
        if hasattr(strategy, "posterior"):
            mu, sigma = strategy.posterior().predict(grid)
            believed.append([mu, sigma, list(strategy.recommend().values())])
    assert asked[0] == asked[1]
    if believed:
        (mu, sigma, best), (scaled_mu, scaled_sigma, scaled_best) = believed
        assert best == scaled_best
        step = SMALLEST if power < 0 else 0.0  # rounded to a multiple of the smallest float
        assert scaled_mu == pytest.approx(np.ldexp(mu, power), rel=1e-12, abs=2 * step)
        assert scaled_sigma == pytest.approx(np.ldexp(sigma, power), rel=1e-12, abs=2 * step)


def test_what_a_model_believes_beyond_the_largest_float_is_the_largest_float():
    """A slope that goes on beyond the data: in ordinary units the model believes more than 1."""
    for top, expected in ((1.0, None), (LARGEST, LARGEST)):
        strategy = bo.BayesianOptimization(cube(1), n_initial=1, warp=False)
        for u in (0.0, 0.1, 0.2, 0.3, 0.4):
            strategy.tell({"x0": u}, top * math.sin(math.pi * u / 0.8))
        with np.errstate(all="raise"):
            mu, sigma = strategy.posterior().predict(np.linspace(0, 1, 101)[:, None])
        if expected is None:
            assert mu.max() > 1.001
        else:
            assert mu.max() == expected and np.isfinite(sigma).all()


def test_large_values_that_differ_by_rounding_are_equal():
    """They were divided by 1: residuals of 1e287 for a model of unit variance."""
    y = 1e300 * (1 + 1e-13 * np.arange(5))
    for told in (y, y / 1e280):
        strategy = bo.BayesianOptimization(cube(1), n_initial=1)
        for u, value in zip(np.linspace(0, 1, 5), told, strict=True):
            strategy.tell({"x0": float(u)}, value)
        mu, sigma = strategy.posterior().predict(np.linspace(0, 1, 21)[:, None])
        assert mu == pytest.approx(told[0], rel=1e-9)
        assert (sigma < 10 * told[0]).all()


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

    result = bo.maximize(
        objective, cube(2), 12, strategy=make(cube(2)), progress=False, on_error="continue"
    )
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
