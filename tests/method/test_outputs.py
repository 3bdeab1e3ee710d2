"""The Yeo-Johnson transform against SciPy's."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import inv_boxcox1p

from bo_tutorial.outputs import LAMBDAS, Outputs, fit_outputs, log_likelihood, yeo_johnson

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
