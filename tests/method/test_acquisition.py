"""Acquisition functions against quadrature, Monte Carlo and 60-digit arithmetic."""

import mpmath
import numpy as np
import oracles
import pytest
from scipy import stats

import bo_tutorial as bo
from bo_tutorial.ascent import maximize_acquisition

# mu, sigma, best, xi: hopeful, hopeless, certain, wide, in percent, in thousandths
POINTS = [
    (0.0, 1.0, 0.0, 0.0),
    (0.90, 0.02, 0.91, 0.0),
    (0.88, 0.05, 0.91, 0.0),
    (0.88, 0.05, 0.91, 0.01),
    (2.0, 0.1, 1.0, 0.3),
    (-3.0, 1.0, 1.0, 0.0),
    (-1.0, 0.2, 0.4, 0.1),
    (85.0, 12.0, 91.0, 1.0),
    (1e-3, 2e-4, 1.3e-3, 1e-5),
]
all_points = pytest.mark.parametrize("mu, sigma, best, xi", POINTS)


def at(function, mu, sigma, *args, **kwargs):
    """Call an acquisition on one point and return the number."""
    score = function(np.array([mu], dtype=float), np.array([sigma], dtype=float), *args, **kwargs)
    assert np.shape(score) == (1,)
    return score[0]


# ---------------------------------------------------------------------------------- EI, PI, UCB


@all_points
def test_ei_is_the_integral(mu, sigma, best, xi):
    ours = at(bo.expected_improvement, mu, sigma, best, xi)
    assert ours == pytest.approx(oracles.quadrature_ei(mu, sigma, best, xi), rel=1e-9)


@all_points
def test_ei_is_the_area_under_the_survival_curve(mu, sigma, best, xi):
    ours = at(bo.expected_improvement, mu, sigma, best, xi)
    assert ours == pytest.approx(oracles.quadrature_ei_survival(mu, sigma, best, xi), rel=1e-9)


@all_points
def test_pi_is_the_integral(mu, sigma, best, xi):
    ours = at(bo.probability_of_improvement, mu, sigma, best, xi)
    assert ours == pytest.approx(oracles.quadrature_pi(mu, sigma, best, xi), rel=1e-9)


@pytest.mark.parametrize(
    "mu, sigma, best, xi",
    # A million draws see nothing of a point whose chance is one in 10^14.
    [point for point in POINTS if stats.norm.sf(point[2] + point[3], *point[:2]) > 1e-5],
)
def test_ei_and_pi_are_the_averages_of_a_million_draws(mu, sigma, best, xi):
    draws = np.random.default_rng(0).normal(mu, sigma, 1_000_000)
    gain = np.maximum(0.0, draws - best - xi)
    error = gain.std() / np.sqrt(gain.size)
    assert abs(at(bo.expected_improvement, mu, sigma, best, xi) - gain.mean()) <= 4 * error
    hit = draws > best + xi
    # The binomial error at the true probability, so that a run without a hit has one too.
    p = stats.norm.sf(best + xi, mu, sigma)
    error = np.sqrt(p * (1 - p) / hit.size)
    assert abs(at(bo.probability_of_improvement, mu, sigma, best, xi) - hit.mean()) <= 4 * error


def test_ei_at_published_figures():
    ei = bo.expected_improvement(np.array([-0.5, 0.0, 0.5]), np.ones(3), 0.0)
    np.testing.assert_allclose(ei, [0.19780, 0.39894, 0.69780], atol=1e-5)


def test_pi_keeps_its_digits_in_the_far_tail():
    """1 - cdf would return exactly 0 from nine standard deviations on."""
    z = np.array([-5.0, -9.0, -20.0, -37.0])
    ours = bo.probability_of_improvement(z, np.ones(4), 0.0)
    np.testing.assert_allclose(ours, stats.norm.sf(-z), rtol=1e-12)


def test_ei_keeps_its_digits_in_the_tail_and_is_never_negative():
    for z in (-5.0, -10.0, -20.0, -30.0):
        expected = np.exp(oracles.mp_log_ei(z, 1.0, 0.0))
        assert at(bo.expected_improvement, z, 1.0, 0.0) == pytest.approx(expected, rel=1e-10)
    z = -np.linspace(0, 60, 5001)
    assert (bo.expected_improvement(z, np.ones_like(z), 0.0) >= 0).all()


def test_ucb_is_the_mean_plus_kappa_standard_deviations():
    mu, sigma = np.array([0.9, 0.88, 0.5]), np.array([0.02, 0.05, 0.0])
    np.testing.assert_array_equal(bo.upper_confidence_bound(mu, sigma), mu + 2 * sigma)
    ours = bo.upper_confidence_bound(mu, sigma, kappa=0.5)
    np.testing.assert_array_equal(ours, mu + 0.5 * sigma)
    np.testing.assert_array_equal(bo.upper_confidence_bound(mu, sigma, kappa=0.0), mu)


@pytest.mark.parametrize(
    "function",
    [bo.expected_improvement, bo.log_expected_improvement, bo.probability_of_improvement],
)
def test_xi_raises_the_bar(function):
    """A margin xi over the incumbent is the same as an incumbent that is xi higher."""
    mu, sigma = np.array([0.90, 0.88, 0.95]), np.array([0.02, 0.05, 0.01])
    margin = function(mu, sigma, 0.90625, 0.03125)  # dyadic, so that the sum is exact
    np.testing.assert_allclose(margin, function(mu, sigma, 0.9375), rtol=1e-12)
    assert (margin < function(mu, sigma, 0.90625)).all()


# ---------------------------------------------------------------------------------------- log EI


def tolerance_met(ours, oracle, tolerance=1e-13):
    return abs(ours - oracle) <= tolerance * max(1.0, abs(oracle))


def test_log_ei_agrees_with_sixty_digits():
    far = -np.logspace(-3, 6, 400)
    near = np.linspace(-12, 30, 1000)
    # Both sides of the places where an implementation may change its formula.
    seams = [v * (1 + e) for v in (-1.0, -1e4, -1e5, -1e6) for e in (-1e-9, 0.0, 1e-9)]
    z = np.concatenate([far, near, seams, [0.0, 0.9]])
    ours = bo.log_expected_improvement(z, np.ones_like(z), 0.0)
    assert ours.shape == z.shape
    wrong = [
        (point, value, oracle)
        for point, value in zip(z, ours, strict=True)
        if not tolerance_met(value, oracle := oracles.mp_log_ei(point, 1.0, 0.0))
    ]
    assert not wrong, f"{len(wrong)} of {len(z)}: (z, ours, oracle) {wrong[:5]}"


@all_points
def test_log_ei_agrees_with_sixty_digits_in_other_units(mu, sigma, best, xi):
    # Rounding mu - best - xi costs about |mu| / |mu - best - xi| units in the last place.
    ours = at(bo.log_expected_improvement, mu, sigma, best, xi)
    assert tolerance_met(ours, oracles.mp_log_ei(mu, sigma, best, xi), 1e-12)


def test_log_ei_is_the_logarithm_of_ei_where_ei_has_digits():
    rng = np.random.default_rng(0)
    mu, sigma = rng.normal(size=500), rng.uniform(0.3, 3.0, 500)
    ei = bo.expected_improvement(mu, sigma, 0.5, 0.1)
    np.testing.assert_allclose(
        bo.log_expected_improvement(mu, sigma, 0.5, 0.1), np.log(ei), rtol=1e-10, atol=1e-10
    )


def test_log_ei_is_finite_and_rising_over_a_hundred_decades():
    k = np.arange(-100.0, 101.0)
    z = np.concatenate([-(10.0 ** k[::-1]), [0.0], 10.0**k])
    ours = bo.log_expected_improvement(z, np.ones_like(z), 0.0)
    assert np.isfinite(ours).all()
    assert (np.diff(ours) >= 0).all()
    # Where neighbors differ by more than rounding the rise is strict.
    apart = (np.abs(z[1:]) > 1e-14) & (np.abs(z[:-1]) > 1e-14)
    assert (np.diff(ours)[apart] > 0).all()


def test_log_ei_still_ranks_where_ei_is_zero():
    z = -np.linspace(40.0, 45.0, 500)
    assert (bo.expected_improvement(z, np.ones_like(z), 0.0) == 0).all()
    assert (np.diff(bo.log_expected_improvement(z, np.ones_like(z), 0.0)) < 0).all()


def test_log_ei_rises_with_sigma():
    sigma = np.logspace(-6, 3, 400)
    for mu in (-1.0, 0.0, 1e-3):
        ours = bo.log_expected_improvement(np.full_like(sigma, mu), sigma, 0.0)
        # A certain gain (mu > 0) does not change with a tiny sigma: there rounding is all.
        assert (np.diff(ours) >= -1e-14).all()


def test_log_ei_with_a_vanishing_sigma():
    """z = +-1e300 overflows when squared; the limits are log(mu - best) and minus infinity."""
    mu = np.array([-0.5, 0.5])
    ours = bo.log_expected_improvement(mu, np.full(2, 1e-300), 0.0)
    assert ours[0] < -1e300
    assert ours[1] == pytest.approx(np.log(0.5), rel=1e-12)
    np.testing.assert_allclose(
        bo.expected_improvement(mu, np.full(2, 1e-300), 0.0), [0.0, 0.5], rtol=1e-12
    )
    np.testing.assert_array_equal(
        bo.probability_of_improvement(mu, np.full(2, 1e-300), 0.0), [0.0, 1.0]
    )


LARGEST, SMALLEST = np.finfo(float).max, 5e-324
ENDS = [  # mu, sigma, best
    (LARGEST, 1.0, -LARGEST),
    (-LARGEST, 1.0, LARGEST),
    (LARGEST, LARGEST, -LARGEST),
    (-LARGEST, LARGEST, LARGEST),
    (1e308, 1e308, -1e308),
    (-1e308, 3e307, 1e308),
    (1.0, SMALLEST, 0.5),
    (-1.0, SMALLEST, 0.5),
    (0.0, SMALLEST, 0.0),
    (SMALLEST, SMALLEST, 0.0),
    (1e-310, 1e-300, 0.0),
    (0.0, 1e300, 1e-300),
    (-1e-9, 1e-320, 0.0),
]


@pytest.mark.parametrize("mu, sigma, best", ENDS)
def test_values_at_the_ends_of_the_floats_score_as_in_sixty_digits(mu, sigma, best):
    with mpmath.workdps(60):
        gap, s = mpmath.mpf(mu) - mpmath.mpf(best), mpmath.mpf(sigma)
        z = gap / s
        pi = mpmath.ncdf(z) if abs(z) < 1e3 else mpmath.mpf(z > 0)
        ei = s * mpmath.npdf(z) + gap * pi if abs(z) < 1e3 else max(gap, mpmath.mpf(0))
        log_ei = mpmath.log(ei) if ei > 0 else mpmath.log(s) - z**2 / 2
        ucb = mpmath.mpf(mu) + 2 * s
        expected = [float(min(max(each, -LARGEST), LARGEST)) for each in (pi, ei, ucb)]
    point = np.array([mu]), np.array([sigma])
    with np.errstate(all="raise"):
        ours = [
            bo.probability_of_improvement(*point, best)[0],
            bo.expected_improvement(*point, best)[0],
            bo.upper_confidence_bound(*point, 2.0)[0],
        ]
        ours_log = bo.log_expected_improvement(*point, best)[0]
        slopes = [
            bo.ExpectedImprovement().slopes(*point, best),
            bo.LogExpectedImprovement().slopes(*point, best),
            bo.ProbabilityOfImprovement().slopes(*point, best),
        ]
    assert ours == pytest.approx(expected, rel=1e-9, abs=SMALLEST)
    assert np.isfinite(ours).all() and np.isfinite(slopes).all()
    if log_ei < -LARGEST:
        assert ours_log < -1e300
    else:
        assert ours_log == pytest.approx(float(log_ei), rel=1e-9)


# ------------------------------------------------------------------------------------- sigma = 0


MU = np.array([-1.0, 0.5, 0.75, 0.8125, 2.0, 0.5])
SIGMA = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.3])  # the last one among them is uncertain
BEST, XI = 0.5, 0.25


def test_ei_without_uncertainty():
    ours = bo.expected_improvement(MU, SIGMA, BEST, XI)
    np.testing.assert_array_equal(ours[:5], np.maximum(0.0, MU[:5] - BEST - XI))
    assert ours[5] == pytest.approx(oracles.quadrature_ei(0.5, 0.3, BEST, XI), rel=1e-9)


def test_pi_without_uncertainty():
    """A certain value that equals the bar does not exceed it."""
    ours = bo.probability_of_improvement(MU, SIGMA, BEST, XI)
    np.testing.assert_array_equal(ours[:5], [0.0, 0.0, 0.0, 1.0, 1.0])
    assert ours[5] == pytest.approx(stats.norm.sf(0.25 / 0.3), rel=1e-12)


def test_log_ei_without_uncertainty():
    ours = bo.log_expected_improvement(MU, SIGMA, BEST, XI)
    expected = [-np.inf, -np.inf, -np.inf, np.log(0.0625), np.log(1.25)]
    np.testing.assert_allclose(ours[:5], expected, rtol=1e-14)
    assert ours[5] == pytest.approx(oracles.mp_log_ei(0.5, 0.3, BEST, XI), rel=1e-13)


# ---------------------------------------------------------------------------------------- slopes


@all_points
@pytest.mark.parametrize(
    "make, score",
    [
        (bo.ExpectedImprovement, oracles.mp_ei_score),
        (bo.LogExpectedImprovement, oracles.mp_log_ei_score),
        (bo.ProbabilityOfImprovement, oracles.mp_pi_score),
    ],
)
def test_slopes_are_the_derivatives(make, score, mu, sigma, best, xi):
    """d/dmu and d/dsigma against the derivatives of the score in 60 digits."""
    slopes = make(xi=xi).slopes(mu, sigma, best)
    expected = oracles.mp_slopes(score, mu, sigma, best, xi)
    np.testing.assert_allclose(slopes, expected, rtol=1e-9)


def test_slopes_of_ucb():
    assert tuple(bo.UpperConfidenceBound(kappa=0.7).slopes(0.4, 1.3, 0.0)) == (1.0, 0.7)


@pytest.mark.parametrize(
    "z, relative",
    # 1 + z r, with r a ratio near -1 / z, loses digits as z^2 grows, until the limits take over.
    [(z, 1e-9) for z in (30.0, 3.0, -0.99, -1.01, -10.0, -300.0)]
    + [(z, 1e-6) for z in (-3e3, -9.9e3, -1.01e4, -1e5, -1e6)],
)
@pytest.mark.parametrize("sigma", [1.0, 0.02])
def test_slopes_of_log_ei_in_the_tail(z, relative, sigma):
    mu = z * sigma
    slopes = bo.LogExpectedImprovement().slopes(mu, sigma, 0.0)
    # At z = 30 the slope in sigma is of order e^-450: 500 digits find it beside log EI = log 30.
    expected = oracles.mp_slopes(oracles.mp_log_ei_score, mu, sigma, 0.0, digits=500)
    np.testing.assert_allclose(slopes, expected, rtol=relative)


def test_slopes_of_log_ei_are_finite_and_not_negative_over_a_hundred_decades():
    k = np.arange(-100.0, 101.0)
    z = np.concatenate([-(10.0 ** k[::-1]), [0.0], 10.0**k])
    acquisition = bo.LogExpectedImprovement()
    slopes = np.array([acquisition.slopes(point, 1.0, 0.0) for point in z])
    assert slopes.shape == (len(z), 2)
    assert np.isfinite(slopes).all()
    assert (slopes >= 0).all()
    # The slope in mu falls as z rises: from |z| in the lower tail to 1 / z in the upper one.
    assert (np.diff(slopes[:, 0]) <= 1e-12).all()


# ------------------------------------------------------------------------------------- maximizer


ACQUISITIONS = [
    bo.ExpectedImprovement(xi=0.0),
    bo.LogExpectedImprovement(),
    bo.ProbabilityOfImprovement(xi=0.05),
    bo.UpperConfidenceBound(),
]


def wavy_posterior(d):
    X = np.random.default_rng(d).random((6, d))
    y = np.sin(6 * X).sum(axis=1)
    gp = bo.GaussianProcess(bo.Matern52(length_scale=np.full(d, 0.3)), noise_variance=1e-4)
    return gp.condition(X, y), y.max()


@pytest.mark.parametrize("acquisition", ACQUISITIONS, ids=lambda a: type(a).__name__)
@pytest.mark.parametrize("d", [1, 2])
def test_the_maximizer_reaches_the_top_of_a_dense_grid(acquisition, d):
    posterior, best = wavy_posterior(d)
    side = np.linspace(0, 1, 2001 if d == 1 else 101)
    grid = np.stack(np.meshgrid(*[side] * d), axis=-1).reshape(-1, d)
    candidates = np.random.default_rng(0).random((64, d))
    found = maximize_acquisition(acquisition, posterior, best, candidates)
    assert found.ndim == 2 and found.shape[1] == d
    assert ((found >= 0) & (found <= 1)).all()
    scores = acquisition(*posterior.predict(found), best)
    assert (np.diff(scores) <= 1e-12).all()  # best first
    top = acquisition(*posterior.predict(grid), best).max()
    assert scores[0] >= top - 1e-6 * abs(top)


def test_the_maximizer_moves_only_what_is_free():
    posterior, best = wavy_posterior(2)
    candidates = np.random.default_rng(1).random((8, 2))
    free = np.tile([True, False], (8, 1))
    acquisition = bo.LogExpectedImprovement()
    found = maximize_acquisition(acquisition, posterior, best, candidates, free=free)
    assert set(found[:, 1]) <= set(candidates[:, 1])
    assert len(set(found[:, 0]) - set(candidates[:, 0])) > 0
    score = acquisition(*posterior.predict(found[:1]), best)[0]
    assert score > acquisition(*posterior.predict(candidates), best).max()


# ------------------------------------------------------------------------------- shapes and signs


FUNCTIONS = {
    "EI": lambda mu, sigma: bo.expected_improvement(mu, sigma, 0.0),
    "log EI": lambda mu, sigma: bo.log_expected_improvement(mu, sigma, 0.0),
    "PI": lambda mu, sigma: bo.probability_of_improvement(mu, sigma, 0.0),
    "UCB": lambda mu, sigma: bo.upper_confidence_bound(mu, sigma),
    "EI object": lambda mu, sigma: bo.ExpectedImprovement()(mu, sigma, 0.0),
    "log EI object": lambda mu, sigma: bo.LogExpectedImprovement()(mu, sigma, 0.0),
    "PI object": lambda mu, sigma: bo.ProbabilityOfImprovement()(mu, sigma, 0.0),
    "UCB object": lambda mu, sigma: bo.UpperConfidenceBound()(mu, sigma, 0.0),
}
all_functions = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))


@all_functions
@pytest.mark.parametrize(
    "mu_shape, sigma_shape", [((3,), (3, 1)), ((3, 1), (3,)), ((3,), (4,)), ((3,), (1, 3))]
)
def test_shapes_that_would_broadcast_are_refused(function, mu_shape, sigma_shape):
    """(300,) against (300, 1) would return 90 000 scores."""
    with pytest.raises(ValueError) as caught:
        function(np.zeros(mu_shape), np.ones(sigma_shape))
    assert "mu" in str(caught.value) or "sigma" in str(caught.value)
    assert str(mu_shape) in str(caught.value) or str(sigma_shape) in str(caught.value)


@all_functions
def test_a_negative_sigma_is_refused(function):
    with pytest.raises(ValueError, match=r"sigma.*-0\.1"):
        function(np.zeros(3), np.array([1.0, -0.1, 1.0]))


@all_functions
def test_one_score_a_point(function):
    assert function(np.zeros(7), np.ones(7)).shape == (7,)


def test_the_arguments_are_left_alone():
    mu, sigma = MU.copy(), SIGMA.copy()
    for function in FUNCTIONS.values():
        function(mu, sigma)
    np.testing.assert_array_equal(mu, MU)
    np.testing.assert_array_equal(sigma, SIGMA)


def test_the_objects_are_the_functions():
    rng = np.random.default_rng(0)
    mu, sigma = rng.normal(size=50), rng.uniform(0, 2, 50)
    pairs = [
        (bo.ExpectedImprovement(), bo.expected_improvement(mu, sigma, 0.3, 0.01)),
        (bo.ExpectedImprovement(xi=0.2), bo.expected_improvement(mu, sigma, 0.3, 0.2)),
        (bo.LogExpectedImprovement(), bo.log_expected_improvement(mu, sigma, 0.3, 0.0)),
        (bo.LogExpectedImprovement(xi=0.2), bo.log_expected_improvement(mu, sigma, 0.3, 0.2)),
        (bo.ProbabilityOfImprovement(), bo.probability_of_improvement(mu, sigma, 0.3, 0.0)),
        (bo.ProbabilityOfImprovement(xi=0.2), bo.probability_of_improvement(mu, sigma, 0.3, 0.2)),
        (bo.UpperConfidenceBound(), bo.upper_confidence_bound(mu, sigma, 2.0)),
        (bo.UpperConfidenceBound(kappa=0.7), bo.upper_confidence_bound(mu, sigma, 0.7)),
    ]
    for acquisition, expected in pairs:
        np.testing.assert_array_equal(acquisition(mu, sigma, 0.3), expected)


@pytest.mark.parametrize("unit", [0.1, np.array([0.5, 0.05])])
def test_the_unit_of_the_climb_moves_no_peak(unit):
    posterior, best = wavy_posterior(2)
    candidates = np.random.default_rng(2).random((40, 2))
    acquisition = bo.LogExpectedImprovement()
    plain = maximize_acquisition(acquisition, posterior, best, candidates)[:1]
    scaled = maximize_acquisition(acquisition, posterior, best, candidates, unit=unit)[:1]
    assert ((scaled >= 0) & (scaled <= 1)).all()
    scores = [acquisition(*posterior.predict(each), best)[0] for each in (plain, scaled)]
    assert scores[1] == pytest.approx(scores[0], abs=1e-6)
