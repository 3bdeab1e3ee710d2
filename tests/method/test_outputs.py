"""The Yeo-Johnson transform against SciPy's; the logarithmic tail against its plain form."""

import math

import mpmath
import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq
from scipy.special import inv_boxcox1p

import bo_tutorial as bo
from bo_tutorial.outputs import (
    ENOUGH,
    LAMBDAS,
    BentPosterior,
    Outputs,
    StraightPosterior,
    draw_in,
    fit_outputs,
    let_out,
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


# Histories with values far below the others: what most likely happened is in the name. Each is
# larger is better, its good values are of size 1, and two thirds of it at the least are good.
def penalized(size, n=30, share=0.3):
    """Values between 0 and 1, of which a share, spread over the history, is -size instead."""
    y = np.random.default_rng(n).random(n)
    y[:: math.ceil(1 / share)] = -size
    return y


def exploded(n=30):
    """Losses of trainings that diverged: each is another power of ten."""
    y = np.random.default_rng(n).random(n)
    y[::4] = -(10.0 ** np.linspace(2, 30, len(y[::4])))
    return y


FAR_BELOW = {
    "one penalty": np.append(np.linspace(0, 1, 29), -1e3),
    "a third at 1e4": penalized(1e4, 30, 1 / 3),
    "a third at 1e12": penalized(1e12, 30, 1 / 3),
    "four of eleven at the largest float": penalized(np.finfo(float).max, 11),
    "losses that exploded": exploded(),
    "orders of magnitude": -np.exp(3 * np.random.default_rng(5).standard_normal(40)),
    "a steep bowl": -(np.random.default_rng(6).standard_normal(50) ** 6),
    "most at the best": np.concatenate([np.ones(20), [0.9, 0.5, 0.0, -1e9]]),
}
far_below = pytest.mark.parametrize("y", FAR_BELOW.values(), ids=list(FAR_BELOW))


def likeliest_lambda(values):
    """The lambda of the largest likelihood, by SciPy, on a line from -2 to 8.

    The larger one of all values and of the different ones.
    """
    fine, likeliest = np.linspace(-2, 8, 251), []
    for counted in (values, np.unique(values)):
        z = (counted - counted.mean()) / counted.std()
        likeliest.append(fine[np.argmax([stats.yeojohnson_llf(each, z) for each in fine])])
    return max(likeliest)


def drawn_in(outputs, y, tails):
    return outputs.best - draw_in(outputs.best - np.ldexp(y, -outputs.power), tails)


@pytest.mark.parametrize("tails", [(1.0,), (0.3, 0.5), (1e-200, 2e-200, 3e-200), (7.0, 1.0)])
def test_the_tail_is_its_plain_form(tails):
    depths = np.concatenate([[0.0], np.geomspace(1e-300, 1e300, 121), tails])
    with mpmath.workdps(50):
        expected = []
        for depth in depths:
            r = mpmath.mpf(float(depth))
            for s in map(mpmath.mpf, tails):
                r = r if r <= s else s * (1 + mpmath.log(r / s))
            expected.append(float(r))
    assert draw_in(depths, tails) == pytest.approx(expected, rel=1e-13, abs=0)


@pytest.mark.parametrize("tails", [(1.0,), (0.3, 0.5), (2.0, 2.5, 3.0)])
def test_the_tail_is_undone_by_its_inverse(tails):
    for depth in (0.0, 0.1, 0.29, 1.0, 4.0, 1e3, 1e9):
        drawn = draw_in(np.array([depth]), tails)
        root = brentq(lambda r, d=drawn: draw_in(np.array([r]), tails)[0] - d[0], -1, 1e12)
        assert let_out(drawn, tails)[0] == pytest.approx(root, rel=1e-7, abs=1e-12)
        assert let_out(drawn, tails)[0] == pytest.approx(depth, rel=1e-12)


@pytest.mark.parametrize("tails", [(1.0,), (0.3, 0.5), (2.0, 2.5, 3.0)])
def test_the_tail_begins_without_a_jump_or_a_kink(tails):
    for start in (tails[0], let_out(np.array([tails[-1]]), tails[:-1])[0]):
        left, here, right = draw_in(start * np.array([1 - 1e-6, 1, 1 + 1e-6]), tails)
        assert right - here == pytest.approx(here - left, rel=1e-5)
        assert here - left > 0


@pytest.mark.parametrize("name", [name for name in FAR_BELOW if name != "most at the best"])
def test_a_tail_is_drawn_in_until_a_moderate_bend_will_do_and_no_further(name):
    y = FAR_BELOW[name]
    outputs = fit_outputs(y)
    *before, last = outputs.tails
    assert likeliest_lambda(drawn_in(outputs, y, outputs.tails)) <= ENOUGH + 0.1
    assert likeliest_lambda(drawn_in(outputs, y, before)) > ENOUGH
    less = drawn_in(outputs, y, (*before, 1.2 * last))
    assert likeliest_lambda(less) > ENOUGH - 0.1


@far_below
def test_the_better_half_is_not_touched(y):
    outputs = fit_outputs(y)
    different = np.unique(y)
    depth = outputs.best - np.ldexp(different, -outputs.power)
    better = slice(len(different) // 2, None)  # ascending
    assert np.array_equal(draw_in(depth, outputs.tails)[better], depth[better])


@pytest.mark.parametrize("n", [8, 30, 200])
@pytest.mark.parametrize("kind", SKEWED)
def test_where_a_moderate_bend_will_do_no_tail_is_drawn_in(kind, n):
    y = SKEWED[kind](np.random.default_rng(n), n)
    assert likeliest_lambda(y) < ENOUGH
    assert fit_outputs(y).tails == ()


@far_below
def test_a_tail_keeps_order_and_is_undone(y):
    outputs = fit_outputs(y)
    with np.errstate(all="raise", under="ignore"):
        z, bent = outputs.standardize(y), outputs.bend(y)
    assert (z.mean(), z.std()) == pytest.approx((0, 1), abs=1e-12)
    order = np.argsort(y, kind="stable")
    assert (np.diff(z[order])[np.diff(y[order]) > 0] > 0).all()
    assert bent == pytest.approx(outputs.mean + outputs.sd * z, rel=1e-12)
    back = outputs.straighten(bent)
    # A logarithm keeps the digits of its argument but for some; beside sd the rest is rounding.
    digits = 1e-9 * np.minimum(y.max() / 4 - y / 4, 1e307) + 1e-12 * np.ldexp(
        outputs.sd, outputs.power
    )
    assert (np.abs(back - y) <= digits).all()


@far_below
def test_a_tail_is_the_same_in_other_units(y):
    z = fit_outputs(y).standardize(y)
    if np.abs(y).max() < 1e100:
        assert fit_outputs(1e-3 * y).standardize(1e-3 * y) == pytest.approx(z, abs=1e-8)
        near = y + 2.5 * (y.max() - np.median(y))  # a shift of the size of the good values
        assert fit_outputs(near).standardize(near) == pytest.approx(z, abs=1e-6)
    assert fit_outputs(y / 16).standardize(y / 16) == pytest.approx(z, abs=1e-9)


@pytest.mark.parametrize("share", [0.04, 0.2, 1 / 3])
@pytest.mark.parametrize("n", [8, 12, 30, 100])
def test_a_penalty_of_any_size_leaves_the_other_values_apart(n, share):
    bad = penalized(1.0, n, share) < 0
    worst = penalized(1.0, n, share)[~bad].min()
    failed = np.where(bad, worst, penalized(1.0, n, share))  # as if these had returned NaN
    apart = np.ptp(fit_outputs(failed).standardize(failed)[~bad])
    for size in (1.0, 10.0, 1e2, 1e4, 1e8, 1e12, 1e100, 1e300, np.finfo(float).max):
        y = penalized(size, n, share)
        assert np.ptp(fit_outputs(y).standardize(y)[~bad]) > apart / 6, size


def test_without_a_warp_no_tail_is_drawn_in():
    y = penalized(1e6)
    outputs = fit_outputs(y, warp=False)
    assert outputs.tails == ()
    assert outputs.standardize(y) == pytest.approx((y - y.mean()) / y.std())
    assert np.array_equal(fit_outputs(y, standardize=False).standardize(y), y)


class Believed:
    """A posterior of standardized values, far beyond those told on either side."""

    def predict(self, U):
        return np.linspace(-60, 60, len(U)), np.linspace(0, 9, len(U))


@far_below
def test_beyond_a_tail_a_belief_ends_at_the_worst_value_told(y):
    outputs = fit_outputs(y)
    straight = StraightPosterior(BentPosterior(Believed(), outputs), 1)
    with np.errstate(all="raise", under="ignore"):
        mu, sigma = straight.predict(np.zeros((101, 1)))
    assert np.isfinite(mu).all() and np.isfinite(sigma).all() and (sigma >= 0).all()
    assert mu.min() == pytest.approx(y.min()) and (np.diff(mu) >= 0).all()


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
    for size in (1.0, 30.0, 1e4, 1e12):
        assert regret(-1 - size) < 10 * max(failed, 1e-5), size


@pytest.mark.slow
def test_one_penalty_among_the_first_values_does_not_drown_the_others():
    for penalty in (-1e3, -1e12, -np.finfo(float).max):
        values = iter([0.5, penalty])
        result = bo.maximize(
            lambda config, v=values: next(v, config["x"]), bo.Space(x=UNIT), 15, progress=False
        )
        assert max(config["x"] for config in result.configs[2:]) == 1.0
