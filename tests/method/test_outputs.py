"""The Yeo-Johnson transform against SciPy's; what is done to penalties against its plain form."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq
from scipy.special import inv_boxcox1p

import bo_tutorial as bo
from bo_tutorial.outputs import (
    LAMBDAS,
    BentPosterior,
    Outputs,
    Penalties,
    StraightPosterior,
    find_penalties,
    fit_outputs,
    log_likelihood,
    yeo_johnson,
)

SKEWED = {
    "exponential": lambda rng, n: rng.exponential(size=n),
    "minus a square": lambda rng, n: -(rng.standard_normal(n) ** 2),
    "accuracies": lambda rng, n: 1 - 0.3 * rng.beta(1, 6, n),
    "normal": lambda rng, n: rng.standard_normal(n),
}


@pytest.mark.parametrize("exponent", [-2.0, -0.5, 0.0, 0.3, 1.0, 1.7, 2.0, 3.5])
def test_the_transform_is_scipys(exponent):
    z = np.random.default_rng(0).standard_normal(200) * 3
    assert yeo_johnson(z, exponent) == pytest.approx(stats.yeojohnson(z, exponent), rel=1e-12)


@pytest.mark.parametrize("exponent", [-2.0, -0.5, 0.0, 0.3, 1.0, 1.7, 2.0, 3.5])
def test_the_likelihood_is_scipys(exponent):
    z = np.random.default_rng(1).exponential(size=40)
    ours = log_likelihood(z, [exponent])[0]
    assert ours == pytest.approx(stats.yeojohnson_llf(exponent, z), rel=1e-10)


@pytest.mark.parametrize("n", [8, 30, 200])
@pytest.mark.parametrize("kind", SKEWED)
def test_the_exponent_is_scipys_where_the_grid_reaches(kind, n):
    y = SKEWED[kind](np.random.default_rng(n), n)
    z = (y - y.mean()) / y.std()
    # A search of the whole line; SciPy's own picks a bracket that can leave the best peak out.
    fine = np.linspace(LAMBDAS[0], LAMBDAS[-1], 601)
    expected = fine[np.argmax([stats.yeojohnson_llf(lam, z) for lam in fine])]
    assert fit_outputs(y).exponent == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("kind", SKEWED)
def test_bending_keeps_order_mean_and_standard_deviation(kind):
    y = 50 + 7 * SKEWED[kind](np.random.default_rng(0), 60)
    outputs = fit_outputs(y)
    bent = outputs.bend(y)
    assert np.array_equal(np.argsort(bent), np.argsort(y))
    assert bent.mean() == pytest.approx(y.mean())
    assert bent.std() == pytest.approx(y.std())
    assert outputs.straighten(bent) == pytest.approx(y, rel=1e-9)
    z = outputs.standardize(y)
    assert (z.mean(), z.std()) == pytest.approx((0, 1), abs=1e-12)


def test_the_inverse_is_that_of_box_and_cox_on_either_side():
    z = np.linspace(0, 4, 30)
    for exponent in (-1.0, 0.0, 0.5, 1.0, 3.0):
        outputs = Outputs(exponent=exponent)
        assert outputs.straighten(z[:5] / 10) == pytest.approx(inv_boxcox1p(z[:5] / 10, exponent))
        assert outputs.straighten(-z[:5] / 10) == pytest.approx(
            -inv_boxcox1p(z[:5] / 10, 2 - exponent)
        )


def test_what_bending_never_reaches_becomes_large_and_finite():
    outputs = Outputs(exponent=-1.0)  # bends everything below 1
    assert np.isfinite(outputs.straighten(np.array([5.0]))).all()
    assert outputs.straighten(np.array([5.0]))[0] > 1e6


@pytest.mark.parametrize(
    "y", [np.ones(5), np.array([3.0]), np.array([1.0, 2.0]), np.array([1e200, 2e200, 4e200])]
)
def test_odd_histories_come_out_finite_and_ordered(y):
    z = fit_outputs(y).standardize(y)
    assert np.isfinite(z).all()
    assert np.array_equal(np.argsort(z, kind="stable"), np.argsort(y, kind="stable"))


def test_each_part_can_be_left_out():
    y = np.random.default_rng(0).exponential(size=30)
    assert np.array_equal(fit_outputs(y, standardize=False).standardize(y), y)
    straight = fit_outputs(y, warp=False).standardize(y)
    assert straight == pytest.approx((y - y.mean()) / y.std())


@pytest.mark.parametrize("power", [-1000, -300, 300, 900])
@pytest.mark.parametrize("warp", [True, False])
def test_a_power_of_two_is_standardized_to_the_same_bits(power, warp):
    y = np.round(1e6 * np.random.default_rng(0).exponential(size=30))
    outputs, scaled = fit_outputs(y, warp=warp), fit_outputs(np.ldexp(y, power), warp=warp)
    assert scaled.exponent == outputs.exponent
    assert np.array_equal(scaled.standardize(np.ldexp(y, power)), outputs.standardize(y))
    bent = np.linspace(outputs.bend(y).min(), outputs.bend(y).max(), 9)
    there = np.ldexp(bent, power - scaled.power)  # in the units of what is bent
    assert np.array_equal(scaled.straighten(there), np.ldexp(outputs.straighten(bent), power))


def test_ordinary_values_keep_their_units():
    for size in (1e-59, 1e-12, 1.0, 1e12, 1e59):
        assert fit_outputs(size * np.array([1.0, 2.0, 4.0])).power == 0


def test_what_lies_beyond_the_largest_float_becomes_the_largest_float():
    largest = np.finfo(float).max
    for y in ([-largest, largest, 0.5 * largest], [largest, 0.0, 1.0]):
        for warp in (True, False):
            outputs = fit_outputs(np.array(y), warp=warp)
            with np.errstate(all="raise"):
                far = outputs.straighten(outputs.mean + outputs.sd * np.array([-50.0, 50.0]))
            assert np.isfinite(far).all() and far[1] == largest


LARGEST = np.finfo(float).max


# Histories with penalties, in the order in which they were told, and how many of the values are
# penalties. The others are of size 1.
def penalized(size, n=30, share=0.3):
    """Values between 0 and 1, of which a share, spread over the history, is -size instead."""
    y = np.random.default_rng(n).random(n)
    y[1 :: math.ceil(1 / share)] = -size
    return y


def exploded(n=30):
    """Losses of trainings that diverged: each is another power of ten."""
    y = np.random.default_rng(n).random(n)
    y[::4] = -(10.0 ** np.linspace(2, 30, len(y[::4])))
    return y


WITH_PENALTIES = {
    "one": (np.append(np.linspace(0, 1, 29), -1e3), 1),
    "one of five": (np.array([0.5, -1e3, 0.75, 0.25, 0.9]), 1),
    "a third, twice the range": (penalized(2.0, 30, 1 / 3), 10),
    "a third at 1e4": (penalized(1e4, 30, 1 / 3), 10),
    "a third at 1e12": (penalized(1e12, 30, 1 / 3), 10),
    "four of eleven at the largest float": (penalized(LARGEST, 11, 1 / 3), 4),
    "of several sizes": (np.append(penalized(1e3, 20, 0.2), [-1e6, -1e6, -1e9]), 7),
    "losses that exploded": (exploded(), 8),
    "beside the best value most of the time": (
        np.concatenate([[0.2, 0.5, 0.0, 0.7], np.ones(20), [-1e9]]),
        1,
    ),
}
with_penalties = pytest.mark.parametrize("name", WITH_PENALTIES)


ORDINARY = {
    **{kind: draw(np.random.default_rng(3), 40) for kind, draw in SKEWED.items()},
    "a bowl, converged in small steps": -np.append(
        [0.7, 0.2, 0.9, 0.4, 0.5], np.geomspace(0.3, 1e-8, 45)
    ),
    "a bowl, converged at once": -np.append(
        [0.7, 0.2, 0.9, 0.4, 0.5], np.geomspace(1e-6, 1e-8, 45)
    ),
    "29 times as far": np.append(np.linspace(0, 1, 12), -28.0),
    "ninety times as far, of a few": np.array([1.0, 0.8, 0.4, 0.0, 0.6, -89.0]),
    "twice as far, again and again": np.array([1.0, 0.8, 0.4, 0.0, 0.6, -1.0, -1.0]),
    "more than half": np.array([-1e6, -1e6, 1.0, 0.5, -1e6, 0.2, -1e6, 0.9, -1e6]),
    "four values": np.array([1.0, 0.5, 0.2, -1e6]),
    "rounding": 1e6 + np.spacing(1e6) * np.array([0.0, 1.0, 0.0, 1.0, 2.0, 0.0, -60.0]),
    "two values": np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0]),
    "all equal": np.full(7, 0.3),
}


def penalties_by_hand(y):
    """The largest set of lowest values that is a set of penalties, in exact numbers; else none."""
    best = Fraction(max(y))
    depths = [best - Fraction(value) for value in y]
    for edge in sorted(set(depths)):
        above, below = [r for r in depths if r <= edge], [r for r in depths if r > edge]
        again = below.count(min(below, default=0)) > 1
        factor = 2 if again else 100 if len(y) < 10 else 30
        half = 2 * len(above) >= len(y) and sum(r <= edge for r in depths[:5]) >= 2
        if below and half and edge > abs(best) / 10**12 and min(below) > factor * edge:
            return [r > edge for r in depths]
    return [False] * len(y)


@pytest.mark.parametrize("name", [*WITH_PENALTIES, *ORDINARY])
def test_a_penalty_lies_beyond_a_gap(name):
    y, n_penalties = WITH_PENALTIES.get(name) or (ORDINARY[name], 0)
    found = find_penalties(y)
    assert (found is not None) == (n_penalties > 0)
    if found:
        assert (y < found.edge).tolist() == penalties_by_hand(y)
        assert (y < found.edge).sum() == n_penalties
        assert (found.best, found.worst) == (y.max(), y.min())
        assert found.edge in y
    else:
        assert len(y) < 5 or not any(penalties_by_hand(y))


@pytest.mark.parametrize("seed", range(40))
def test_penalties_are_found_as_by_hand(seed):
    rng = np.random.default_rng(seed)
    y = -np.exp(rng.uniform(1, 4) * rng.standard_normal(rng.integers(5, 30)))
    y = np.round(y, 1 - int(np.log10(-y.min()) / 2))  # so that some are equal
    found = find_penalties(y)
    assert penalties_by_hand(y) == (y < found.edge if found else np.zeros(len(y), bool)).tolist()


@pytest.mark.parametrize("kind", ORDINARY)
def test_where_there_is_no_penalty_values_are_only_bent(kind):
    y = ORDINARY[kind]
    outputs = fit_outputs(y)
    assert outputs.penalties is None
    straight = fit_outputs(y, warp=False)
    z = (y - straight.mean) / straight.sd
    if outputs.exponent != 1:
        z = stats.yeojohnson(z, outputs.exponent)
        z = (z - z.mean()) / z.std()
    assert outputs.standardize(y) == pytest.approx(z, abs=1e-9)


@pytest.mark.parametrize("name", WITH_PENALTIES)
def test_penalties_are_lifted_by_the_plain_form(name):
    y, _ = WITH_PENALTIES[name]
    found, expected = find_penalties(y), []
    with mpmath.workdps(50):
        best, a = mpmath.mpf(found.best), mpmath.mpf(found.best) - mpmath.mpf(found.edge)
        for value in map(float, y):
            r = best - mpmath.mpf(value)
            lifted = best - a * (1 + mpmath.log(1 + mpmath.log(r / a)) / 10) if r > a else value
            expected.append(float(lifted))
    assert found.lift(y) == pytest.approx(expected, rel=1e-14, abs=1e-14)


def test_lowering_is_the_inverse_of_lifting():
    found = Penalties(best=1.0, edge=-1.0, worst=-1e200)
    for y in (1.0, 0.3, -1.0, -1.001, -4.0, -1e3, -1e12):
        lifted = found.lift(np.array([y]))[0]
        root = brentq(lambda v, w=lifted: found.lift(np.array([v]))[0] - w, -1e13, 2.0, xtol=1e-14)
        assert found.lower(np.array([lifted]))[0] == pytest.approx(root, rel=1e-9, abs=1e-12)
        assert found.lower(np.array([lifted]))[0] == pytest.approx(y, rel=1e-11)


@with_penalties
def test_lifting_keeps_order_and_is_undone(name):
    y, _ = WITH_PENALTIES[name]
    outputs = fit_outputs(y)
    with np.errstate(all="raise", under="ignore"):
        z, bent = outputs.standardize(y), outputs.bend(y)
        back = outputs.straighten(bent)
    assert (z.mean(), z.std()) == pytest.approx((0, 1), abs=1e-12)
    order = np.argsort(y, kind="stable")
    assert (np.diff(z[order])[np.diff(y[order]) > 0] > 0).all()
    assert back == pytest.approx(y, rel=1e-10, abs=1e-12)


@with_penalties
def test_penalties_are_the_same_in_other_units(name):
    y, _ = WITH_PENALTIES[name]
    z = fit_outputs(y).standardize(y)
    assert fit_outputs(y / 16).standardize(y / 16) == pytest.approx(z, abs=1e-9)
    if y.min() > -1e100:
        assert fit_outputs(1e-3 * y).standardize(1e-3 * y) == pytest.approx(z, abs=1e-9)
        assert fit_outputs(7 * y).standardize(7 * y) == pytest.approx(z, abs=1e-9)
        assert fit_outputs(y + 5).standardize(y + 5) == pytest.approx(z, abs=1e-9)


@pytest.mark.parametrize("share", [0.04, 0.2, 1 / 3])
@pytest.mark.parametrize("n", [8, 12, 30, 100])
def test_a_penalty_counts_as_a_failure_does(n, share):
    bad = penalized(1.0, n, share) < 0
    worst = penalized(1.0, n, share)[~bad].min()
    failed = np.where(bad, worst, penalized(1.0, n, share))  # as if these had returned NaN
    apart = np.ptp(fit_outputs(failed).standardize(failed)[~bad])
    for size in (3.0, 10.0, 1e2, 1e4, 1e8, 1e12, 1e100, 1e300, LARGEST):
        y = penalized(size, n, share)
        z = fit_outputs(y).standardize(y)
        assert np.ptp(z[~bad]) > apart / 4, size


def test_without_a_warp_penalties_stay():
    y = penalized(1e6)
    outputs = fit_outputs(y, warp=False)
    assert outputs.penalties is None
    assert outputs.standardize(y) == pytest.approx((y - y.mean()) / y.std())
    assert np.array_equal(fit_outputs(y, standardize=False).standardize(y), y)


class Believed:
    """A posterior of standardized values, far beyond those told on either side."""

    def predict(self, U):
        return np.linspace(-60, 60, len(U)), np.linspace(0, 9, len(U))


@with_penalties
def test_below_all_penalties_a_belief_ends_at_the_worst_value_told(name):
    y, _ = WITH_PENALTIES[name]
    straight = StraightPosterior(BentPosterior(Believed(), fit_outputs(y)), 1)
    with np.errstate(all="raise", under="ignore"):
        mu, sigma = straight.predict(np.zeros((101, 1)))
    assert np.isfinite(mu).all() and np.isfinite(sigma).all() and (sigma >= 0).all()
    assert mu.min() == y.min() and (np.diff(mu) >= 0).all()


# Problems with a best value of 0 and good values within 1 of it; None where the evaluation fails.
def learning_rate(config):
    """A fifth of the axis diverges, and the best learning rate is not far from there."""
    x, y = config["x"], config["y"]
    return None if x > 0.8 else -((x - 0.68) ** 2) - 2 * (y - 0.45) ** 2


def shaky_optimizer(config):
    """One of three choices fails always."""
    x, kind = config["x"], config["kind"]
    return None if kind == "b" else -((x - 0.37) ** 2) - 0.2 * (kind == "c")


def a_third(config):
    """A third of a cube of three dimensions fails, cut off at a slant."""
    u = np.array([config[name] for name in "xyz"])
    return None if u[0] + 0.3 * u[1] > 0.83 else -np.sum((u - [0.5, 0.4, 0.6]) ** 2)


UNIT = bo.Float(0.0, 1.0)
FAILING = [
    (learning_rate, bo.Space(x=UNIT, y=UNIT)),
    (shaky_optimizer, bo.Space(x=UNIT, kind=bo.Categorical(["a", "b", "c"]))),
    (a_third, bo.Space(x=UNIT, y=UNIT, z=UNIT)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("f", "space"), FAILING, ids=[f.__name__ for f, _ in FAILING])
def test_a_penalty_of_any_size_costs_no_more_than_a_failure(f, space):
    def regret(instead):
        def objective(config):
            value = f(config)
            return instead if value is None else value

        runs = [bo.maximize(objective, space, 30, seed=s, progress=False) for s in (1, 2, 3)]
        return -np.median([run.best_value for run in runs])

    failed = regret(math.nan)
    assert failed < 1e-2
    for size in (1.0, 3.0, 30.0, 1e4, 1e12):
        assert regret(-1 - size) < 10 * max(failed, 1e-6), size


@pytest.mark.slow
@pytest.mark.parametrize("penalty", [-1e3, -1e12, -LARGEST])
def test_one_penalty_among_the_first_values_does_not_drown_the_others(penalty):
    values = iter([0.5, penalty])
    result = bo.maximize(
        lambda config: next(values, config["x"]), bo.Space(x=UNIT), 15, progress=False
    )
    # To the last digit of a climb: on another processor it may end one rounding short of the edge.
    assert max(config["x"] for config in result.configs[2:]) == pytest.approx(1.0, abs=1e-15)


def test_a_failure_makes_no_penalty_of_the_worst_value():
    """It takes the worst value seen, which was then not told twice."""
    y = np.array([0.1, 0.7, 0.4, 0.9, 0.2, 0.5, -2.0, 0.6, 0.8, 0.3])
    with_failures = np.append(y, [-2.0, -2.0])
    assert find_penalties(y) is None
    assert find_penalties(with_failures, n_failed=2) is None
    assert find_penalties(with_failures).edge == 0.1  # told three times, it is one
    assert find_penalties(np.append(with_failures, -2.0), n_failed=2).edge == 0.1


def test_what_is_asked_after_a_failure_is_what_the_worst_value_told_alone_asks():
    space = bo.Space(x=bo.Float(0, 1), y=bo.Float(0, 1))
    asked = []
    for value in (math.nan, -2.0 - 1e-12):  # equal but for rounding, and not told twice
        strategy = bo.BayesianOptimization(space, seed=0)
        rng = np.random.default_rng(0)
        for y in (0.1, 0.7, 0.4, 0.9, 0.2, 0.5, -2.0, 0.6, 0.8, 0.3, value):
            strategy.tell(space.sample(rng), y)
        asked.append(space.to_unit(strategy.ask()))
    assert np.allclose(*asked, atol=1e-4)


def test_a_search_that_converges_at_once_makes_no_penalties_of_its_first_values():
    """Three values of the initial design, and from the fourth on the search is at the top."""
    y = np.array([0.41, 0.75, 0.56, 1.0, 0.99997, 0.99995])
    assert find_penalties(y, n_initial=3) is None
    result = bo.maximize(lambda c: c["x"], bo.Space(x=bo.Float(0, 1)), 12, progress=False)
    assert result.best_value == 1.0
    assert find_penalties(result.values, n_initial=4) is None


@pytest.mark.parametrize("n_initial", [1, 2, 3, 5, 12])
def test_a_penalty_after_the_initial_design_is_one_whatever_its_size(n_initial):
    y = np.array([0.1, 0.7, 0.4, 0.9, 0.2, 0.5, 0.3, 0.6, 0.8, 0.35, 0.65, 0.15, -1e4])
    assert find_penalties(y, n_initial=n_initial).edge == 0.1
