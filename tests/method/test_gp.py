"""The Gaussian process against scikit-learn, 50-digit arithmetic, differences and Monte Carlo."""

import itertools
import tracemalloc
from collections import Counter

import numpy as np
import oracles
import pytest
from scipy.optimize import minimize
from surrogate_cases import FORMULAS, KERNELS, both_kernels, data

import bo_tutorial as bo
from bo_tutorial.evidence import FEW, LogNormalPrior, _Evidence, _inverse_of_lower, _parts

# n, d, length scale, signal variance, noise variance, mean
CASES = [
    pytest.param(1, 1, 0.3, 1.0, 1e-4, 0.0, id="one point"),
    pytest.param(6, 1, 0.2, 0.0036, 1e-6, 0.85, id="accuracies"),
    pytest.param(15, 2, 0.4, 2.5, 1e-3, -3.0, id="2-D scalar"),
    pytest.param(15, 2, [0.2, 0.9], 0.7, 1e-4, 1.5, id="2-D ARD"),
    pytest.param(40, 3, [0.5, 0.3, 20.0], 1.0, 1e-2, 0.0, id="3-D ARD, one irrelevant"),
    pytest.param(60, 5, 0.8, 10.0, 1e-2, 100.0, id="5-D scalar, large mean"),
    pytest.param(25, 6, [0.3, 0.5, 0.7, 0.9, 1.1, 1.3], 1.0, 0.5, 0.0, id="6-D ARD, noisy"),
]
all_cases = pytest.mark.parametrize("n, d, length_scale, signal, noise, mean", CASES)


def build(name, length_scale, signal, noise, mean=0.0):
    scale = length_scale if np.isscalar(length_scale) else np.array(length_scale)
    kernel = KERNELS[name](length_scale=scale, signal_variance=signal)
    return bo.GaussianProcess(kernel, noise_variance=noise, mean=mean)


# --------------------------------------------------------------------------------------- kernels


@both_kernels
@pytest.mark.parametrize("length_scale", [0.37, [0.2, 0.9, 4.0]])
def test_the_kernel_is_the_formula(name, length_scale):
    rng = np.random.default_rng(1)
    A, B = rng.random((5, 3)), rng.random((4, 3))
    kernel = build(name, length_scale, 1.7, 1e-6).kernel
    oracle = oracles.kernel_matrix(FORMULAS[name], A, B, length_scale, 1.7)
    np.testing.assert_allclose(kernel(A, B), oracle, rtol=1e-13)
    assert kernel(A, B).shape == (5, 4)


@both_kernels
@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_the_kernel_of_a_set_with_itself(name, offset):
    """The diagonal is the signal variance, even far from the origin, where |a|^2 - 2ab loses it."""
    X = np.random.default_rng(2).random((30, 2)) + offset
    kernel = build(name, [0.1, 0.3], 2.0, 1e-6).kernel
    K = kernel(X)
    np.testing.assert_array_equal(K, kernel(X, X))
    np.testing.assert_allclose(K, K.T, rtol=0, atol=1e-15)
    np.testing.assert_allclose(np.diag(K), 2.0, rtol=1e-15)
    oracle = oracles.kernel_matrix(FORMULAS[name], X, X, [0.1, 0.3], 2.0)
    np.testing.assert_allclose(K, oracle, rtol=0, atol=1e-11)
    assert np.linalg.eigvalsh(K).min() > -1e-12


@both_kernels
@pytest.mark.parametrize("length_scale", [0.4, [0.2, 0.5, 3.0]])
def test_kernel_gradients_are_the_differences(name, length_scale):
    X = np.random.default_rng(3).random((7, 3))
    kernel = build(name, length_scale, 1.3, 1e-6).kernel
    scales = np.atleast_1d(length_scale)

    def matrix(theta):
        scale = np.exp(theta[:-1]) if scales.size > 1 else float(np.exp(theta[0]))
        return KERNELS[name](length_scale=scale, signal_variance=float(np.exp(theta[-1])))(X)

    theta = np.log(np.append(scales, 1.3))
    gradients = kernel.gradients(X)
    assert gradients.shape == (scales.size + 1, 7, 7)
    np.testing.assert_allclose(
        gradients, oracles.central_gradient(matrix, theta, h=1e-5), rtol=1e-6, atol=1e-9
    )
    np.testing.assert_allclose(gradients[-1], kernel(X), rtol=1e-15)


@both_kernels
def test_kernel_gradients_survive_duplicate_points(name):
    """At distance 0 a careless derivative of r = sqrt(r^2) is 0 / 0."""
    X = np.array([[0.2, 0.3], [0.2, 0.3], [0.7, 0.1]])
    gradients = build(name, [0.3, 0.4], 1.0, 1e-6).kernel.gradients(X)
    assert np.isfinite(gradients).all()
    assert gradients[0, 0, 1] == gradients[1, 0, 1] == 0.0


# -------------------------------------------------------------------------------------- posterior


@both_kernels
@all_cases
def test_posterior_agrees_with_sklearn(name, n, d, length_scale, signal, noise, mean):
    X, y, Xs = data(n, d, mean, np.sqrt(signal))
    posterior = build(name, length_scale, signal, noise, mean).condition(X, y)
    oracle = oracles.sklearn_posterior(
        name,
        X,
        y,
        length_scale=length_scale,
        signal_variance=signal,
        noise_variance=noise,
        mean=mean,
    )
    expected_mu, expected_sigma = oracle.predict(Xs, return_std=True)
    mu, sigma = posterior.predict(Xs)
    assert mu.shape == sigma.shape == (9,)
    np.testing.assert_allclose(mu, expected_mu + mean, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(sigma, expected_sigma, rtol=1e-8, atol=1e-8)
    assert posterior.jitter == 0.0


@both_kernels
@all_cases
def test_noisy_prediction_adds_the_noise_variance(name, n, d, length_scale, signal, noise, mean):
    X, y, Xs = data(n, d, mean, np.sqrt(signal))
    posterior = build(name, length_scale, signal, noise, mean).condition(X, y)
    mu, sigma = posterior.predict(Xs)
    same_mu, sigma_y = posterior.predict(Xs, include_noise=True)
    np.testing.assert_array_equal(mu, same_mu)
    np.testing.assert_allclose(sigma_y**2, sigma**2 + noise, rtol=1e-10)


@both_kernels
@all_cases
def test_covariance_is_the_dense_formula(name, n, d, length_scale, signal, noise, mean):
    X, y, Xs = data(n, d, mean, np.sqrt(signal))
    posterior = build(name, length_scale, signal, noise, mean).condition(X, y)
    K = oracles.kernel_matrix(FORMULAS[name], X, X, length_scale, signal) + noise * np.eye(n)
    cross = oracles.kernel_matrix(FORMULAS[name], X, Xs, length_scale, signal)
    prior = oracles.kernel_matrix(FORMULAS[name], Xs, Xs, length_scale, signal)
    covariance = posterior.covariance(Xs)
    np.testing.assert_allclose(
        covariance, prior - cross.T @ np.linalg.solve(K, cross), rtol=0, atol=1e-9 * signal
    )
    np.testing.assert_allclose(covariance, covariance.T, rtol=0, atol=1e-13 * signal)
    np.testing.assert_allclose(
        np.sqrt(np.diag(covariance)), posterior.predict(Xs)[1], rtol=1e-7, atol=1e-9
    )


@both_kernels
def test_posterior_agrees_with_fifty_digits(name):
    X, y, Xs = data(8, 2, 0.5)
    hyper = {"length_scale": [0.3, 0.6], "signal_variance": 0.8, "noise_variance": 1e-3}
    mu, covariance, lml = oracles.dense_posterior(FORMULAS[name], X, y, Xs, mean=0.5, **hyper)
    posterior = build(name, [0.3, 0.6], 0.8, 1e-3, 0.5).condition(X, y)
    np.testing.assert_allclose(posterior.predict(Xs)[0], mu, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(posterior.predict(Xs)[1], np.sqrt(np.diag(covariance)), rtol=1e-11)
    np.testing.assert_allclose(posterior.covariance(Xs), covariance, rtol=0, atol=1e-12)
    assert posterior.log_marginal_likelihood == pytest.approx(lml, rel=1e-12)


# The worked example: three learning rates on the log10 axis, their validation accuracies.
RATES = np.array([[-3.0], [-2.0], [-1.0]])
ACCURACIES = np.array([0.85, 0.91, 0.79])
# 0.049 is the population standard deviation of the three accuracies, 0.06 the sample one.
worked = pytest.mark.parametrize("signal_sd", [0.06, 0.049])
scales = pytest.mark.parametrize("length_scale", [0.25, 0.35, 0.5])


def worked_example(signal_sd, length_scale):
    return build("SquaredExponential", length_scale, signal_sd**2, 1e-6, 0.85).condition(
        RATES, ACCURACIES
    )


@worked
@scales
def test_worked_example_agrees_with_fifty_digits(signal_sd, length_scale):
    # The domain 1e-4 ... 1, the article's two candidates 0.003 and 0.2, and the data themselves.
    Xs = np.concatenate([np.linspace(-4, 0, 41), np.log10([0.003, 0.2]), RATES.ravel()])[:, None]
    posterior = worked_example(signal_sd, length_scale)
    mu, covariance, lml = oracles.dense_posterior(
        oracles.squared_exponential,
        RATES,
        ACCURACIES,
        Xs,
        length_scale=length_scale,
        signal_variance=signal_sd**2,
        noise_variance=1e-6,
        mean=0.85,
    )
    ours_mu, ours_sigma = posterior.predict(Xs)
    np.testing.assert_allclose(ours_mu, mu, rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours_sigma, np.sqrt(np.diag(covariance)), rtol=0, atol=1e-12)
    np.testing.assert_allclose(posterior.covariance(Xs), covariance, rtol=0, atol=1e-12)
    assert posterior.log_marginal_likelihood == pytest.approx(lml, abs=1e-12, rel=1e-12)
    assert posterior.jitter == 0.0


def test_worked_example_by_hand():
    """The equations of the three-point posterior with the numbers put in, one candidate."""
    scale, s2 = 0.5, 0.06**2
    k1, k2 = np.exp(-1 / (2 * scale**2)), np.exp(-4 / (2 * scale**2))  # one and two decades apart
    K = s2 * np.array([[1, k1, k2], [k1, 1, k1], [k2, k1, 1]]) + 1e-6 * np.eye(3)
    x = np.log10(0.003)
    k = s2 * np.exp(-((x - RATES[:, 0]) ** 2) / (2 * scale**2))
    mu = 0.85 + k @ np.linalg.solve(K, ACCURACIES - 0.85)
    sigma = np.sqrt(s2 - k @ np.linalg.solve(K, k))
    ours_mu, ours_sigma = worked_example(0.06, scale).predict(np.array([[x]]))
    assert ours_mu[0] == pytest.approx(mu, rel=1e-12)
    assert ours_sigma[0] == pytest.approx(sigma, rel=1e-12)


def test_far_from_the_data_the_posterior_is_the_prior():
    posterior = build("SquaredExponential", 0.3, 2.0, 1e-4, mean=5.0).condition(*data(10, 1)[:2])
    mu, sigma = posterior.predict(np.array([[50.0]]))
    assert mu[0] == pytest.approx(5.0, abs=1e-12)
    assert sigma[0] == pytest.approx(np.sqrt(2.0), rel=1e-12)


def test_the_order_of_the_data_does_not_matter():
    X, y, Xs = data(20, 2)
    gp = build("Matern52", [0.3, 0.5], 1.0, 1e-3)
    turned = gp.condition(X[::-1], y[::-1])
    np.testing.assert_allclose(gp.condition(X, y).predict(Xs), turned.predict(Xs), rtol=1e-9)


# ------------------------------------------------------------------------- marginal likelihood


@both_kernels
@all_cases
def test_likelihood_and_gradient_agree_with_sklearn(name, n, d, length_scale, signal, noise, mean):
    X, y, _ = data(n, d, mean, np.sqrt(signal))
    posterior = build(name, length_scale, signal, noise, mean).condition(X, y)
    value, gradient = oracles.sklearn_likelihood(
        name,
        X,
        y,
        length_scale=length_scale,
        signal_variance=signal,
        noise_variance=noise,
        mean=mean,
    )
    assert posterior.log_marginal_likelihood == pytest.approx(value, rel=1e-9, abs=1e-9)
    ours = posterior.log_marginal_likelihood_gradient
    assert ours.shape == (np.size(length_scale) + 2,)
    oracles.assert_gradients_agree(ours, gradient, relative=1e-8)


@both_kernels
@pytest.mark.parametrize(
    "n, d, length_scale", [(5, 1, 0.3), (12, 2, 0.4), (20, 3, [0.3, 0.6, 2.0]), (30, 4, 0.9)]
)
def test_likelihood_gradient_is_the_differences(name, n, d, length_scale):
    X, y, _ = data(n, d, 0.3)
    signal, noise = 1.4, 0.05
    scales = np.atleast_1d(length_scale)

    def likelihood(theta):
        scale = np.exp(theta[:-2]) if scales.size > 1 else float(np.exp(theta[0]))
        gp = build(name, scale, float(np.exp(theta[-2])), float(np.exp(theta[-1])), 0.3)
        return gp.condition(X, y).log_marginal_likelihood

    theta = np.log(np.concatenate([scales, [signal, noise]]))
    posterior = build(name, length_scale, signal, noise, 0.3).condition(X, y)
    oracles.assert_gradients_agree(
        posterior.log_marginal_likelihood_gradient,
        oracles.central_gradient(likelihood, theta, h=1e-6),
        relative=1e-6,
    )


FIT_CASES = [
    # kernel, n, d, ARD, length scales that drew the data, noise sd
    ("SquaredExponential", 12, 1, False, [0.25], 0.05),
    ("SquaredExponential", 20, 2, True, [0.3, 0.6], 0.1),
    ("SquaredExponential", 25, 3, True, [0.3, 0.5, 30.0], 0.1),
    ("Matern52", 15, 1, False, [0.2], 0.02),
    ("Matern52", 25, 2, True, [0.4, 1.5], 0.05),
    ("Matern52", 30, 3, False, [0.6, 0.6, 0.6], 0.2),
]


@pytest.mark.parametrize("name, n, d, ard, length_scales, noise_sd", FIT_CASES)
@pytest.mark.parametrize("seed", [0, 1])
def test_fit_finds_the_likelihood_sklearn_finds(name, n, d, ard, length_scales, noise_sd, seed):
    """Without a prior, fit must come within 0.1 nat of the best of scikit-learn's restarts."""
    rng = np.random.default_rng([seed, n])
    X = rng.random((n, d))
    K = oracles.sklearn_kernel(name, length_scales, 1.0)(X) + noise_sd**2 * np.eye(n)
    y = np.linalg.cholesky(K) @ rng.standard_normal(n)
    y = (y - y.mean()) / y.std()
    best = oracles.sklearn_best_likelihood(name, X, y, ard=ard)

    start = np.ones(d) if ard else 1.0
    gp = bo.GaussianProcess(KERNELS[name](length_scale=start), noise_variance=1e-2)
    posterior = gp.fit(X, y)
    assert posterior.log_marginal_likelihood >= best - 0.1
    # The likelihood it claims is the likelihood of the hyperparameters it reports.
    value, _ = oracles.sklearn_likelihood(
        name,
        X,
        y,
        length_scale=posterior.kernel.length_scale,
        signal_variance=posterior.kernel.signal_variance,
        noise_variance=posterior.noise_variance,
    )
    assert posterior.log_marginal_likelihood == pytest.approx(value, rel=1e-7, abs=1e-6)


def test_fit_gives_an_irrelevant_input_a_long_length_scale():
    rng = np.random.default_rng(8)
    X = rng.random((40, 2))
    y = np.sin(7 * X[:, 0]) + 0.02 * rng.standard_normal(40)
    gp = bo.GaussianProcess(bo.SquaredExponential(length_scale=np.ones(2)), noise_variance=1e-2)
    relevant, irrelevant = gp.fit(X, y).kernel.length_scale
    assert irrelevant > 5 * relevant


def test_fit_without_learning_is_condition():
    X, y, Xs = data(10, 2)
    kernel = bo.Matern52(length_scale=0.3, signal_variance=0.9)
    gp = bo.GaussianProcess(kernel, noise_variance=1e-3, mean=0.2, learn=False)
    np.testing.assert_array_equal(gp.fit(X, y).predict(Xs), gp.condition(X, y).predict(Xs))
    assert gp.fit(X, y).noise_variance == 1e-3


@pytest.mark.parametrize("n, d", [(6, 1), (12, 3)])
def test_fit_with_a_prior_finds_the_map(n, d):
    """LML (scikit-learn's) plus the priors' log densities (SciPy's), climbed from 6 starts."""
    X, y, _ = data(n, d)
    y = (y - y.mean()) / y.std()
    means = np.concatenate([np.full(d, -0.5), [1.0, -9.0]])
    sds = np.concatenate([np.full(d, 0.6), [1.0, 3.0]])

    def minus_log_density(theta):
        value, gradient = oracles.sklearn_likelihood(
            "Matern52",
            X,
            y,
            length_scale=np.exp(theta[:d]),
            signal_variance=np.exp(theta[d]),
            noise_variance=np.exp(theta[d + 1]),
        )
        z = (theta - means) / sds
        return -(value - z @ z / 2), -(gradient - z / sds)

    rng = np.random.default_rng(0)
    bounds = [(-4.0, 4.0)] * (d + 1) + [(np.log(1e-6), 0.0)]
    best = min(
        minimize(
            minus_log_density,
            np.clip(means + sds * rng.standard_normal(d + 2), *np.transpose(bounds)),
            jac=True,
            bounds=bounds,
        ).fun
        for _ in range(6)
    )
    prior = LogNormalPrior((-0.5, 0.6), (1.0, 1.0), (-9.0, 3.0))
    kernel = bo.Matern52(length_scale=np.ones(d))
    posterior = bo.GaussianProcess(kernel, noise_variance=1e-3, prior=prior).fit(X, y)
    found = np.log(
        np.concatenate(
            [
                posterior.kernel.length_scale,
                [posterior.kernel.signal_variance, posterior.noise_variance],
            ]
        )
    )
    assert minus_log_density(found)[0] <= best + 0.02


def test_one_point_leaves_the_length_scale_to_the_prior():
    """A single observation says nothing about it: the MAP is the prior's mode, e^-0.5."""
    prior = LogNormalPrior(length_scale=(-0.5, 0.6))
    gp = bo.GaussianProcess(bo.Matern52(length_scale=np.ones(2)), 1e-3, prior=prior)
    posterior = gp.fit(np.array([[0.3, 0.6]]), np.array([0.7]))
    np.testing.assert_allclose(posterior.kernel.length_scale, np.exp(-0.5), rtol=1e-3)


def test_fit_learns_only_what_it_is_told_to():
    X, y, _ = data(15, 2)
    kernel = bo.SquaredExponential(length_scale=np.array([1.0, 1.0]), signal_variance=0.7)
    gp = bo.GaussianProcess(kernel, noise_variance=1e-2, learn=("length_scale",))
    posterior = gp.fit(X, y)
    assert posterior.kernel.signal_variance == 0.7
    assert posterior.noise_variance == 1e-2
    assert posterior.log_marginal_likelihood > gp.condition(X, y).log_marginal_likelihood
    # At the optimum the derivatives of what was learned vanish; the other two do not.
    gradient = posterior.log_marginal_likelihood_gradient
    np.testing.assert_allclose(gradient[:2], 0.0, atol=1e-2)
    assert np.abs(gradient[2:]).max() > 0.1


def test_fit_survives_duplicates_and_repeats_itself():
    """The same data give the same hyperparameters: nothing is left from an earlier fit."""
    X, y, Xs = data(12, 2)
    X, y = np.concatenate([X, X[:4]]), np.concatenate([y, y[:4] + 0.1])
    gp = bo.GaussianProcess(bo.SquaredExponential(length_scale=np.ones(2)), noise_variance=1e-6)
    first = gp.fit(X, y)
    gp.fit(X[:5], -y[:5])
    np.testing.assert_array_equal(first.predict(Xs), gp.fit(X, y).predict(Xs))
    assert np.isfinite(first.predict(np.concatenate([X, Xs]))).all()


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("level", [0.0, 7.0])
def test_fit_survives_few_points_and_constant_outputs(n, level):
    X = np.random.default_rng(n).random((n, 2))
    for y in (np.full(n, level), level + np.arange(n)):
        posterior = bo.GaussianProcess(bo.Matern52(length_scale=np.ones(2))).fit(X, y)
        mu, sigma = posterior.predict(X)
        assert np.isfinite(mu).all() and np.isfinite(sigma).all()
        assert np.isfinite(posterior.log_marginal_likelihood)


# ------------------------------------------------------------------------------------- gradients


@both_kernels
@pytest.mark.parametrize("length_scale", [0.4, [0.25, 0.6, 1.5]])
def test_prediction_gradients_are_the_differences(name, length_scale):
    X, y, Xs = data(12, 3, 0.4)
    posterior = build(name, length_scale, 1.2, 1e-3, 0.4).condition(X, y)
    for x in Xs:
        mu, sigma, dmu, dsigma = posterior.predict_gradient(x)
        expected_mu, expected_sigma = posterior.predict(x[None, :])
        assert mu == pytest.approx(expected_mu[0], rel=1e-10)
        assert sigma == pytest.approx(expected_sigma[0], rel=1e-10)
        assert dmu.shape == dsigma.shape == (3,)
        differences = oracles.central_gradient(
            lambda p: [value[0] for value in posterior.predict(p[None, :])], x, h=1e-5
        )
        oracles.assert_gradients_agree(dmu, differences[:, 0], relative=1e-5)
        oracles.assert_gradients_agree(dsigma, differences[:, 1], relative=1e-5)


@both_kernels
@pytest.mark.parametrize("noise", [0.0, 1e-6])
def test_prediction_gradients_are_finite_at_the_data(name, noise):
    X, y, _ = data(6, 2)
    posterior = build(name, [0.3, 0.4], 1.0, noise).condition(X, y)
    for x in X:
        mu, sigma, dmu, dsigma = posterior.predict_gradient(x)
        assert np.isfinite([mu, sigma]).all()
        assert np.isfinite(dmu).all() and np.isfinite(dsigma).all()


# --------------------------------------------------------------------------------------- samples


def assert_moments(samples, mean, covariance):
    """Hold the samples' mean and covariance within four standard errors of what they should be.

    For a Gaussian, Var[sample mean_i] = C_ii / n and Var[sample cov_ij] = (C_ii C_jj + C_ij^2) / n.
    """
    n = len(samples)
    variance = np.diag(covariance)
    error = np.sqrt(variance / n)
    assert (np.abs(samples.mean(axis=0) - mean) < 4 * error).all()
    error = np.sqrt((np.outer(variance, variance) + covariance**2) / n)
    assert (np.abs(np.cov(samples.T) - covariance) < 4 * error).all()


@both_kernels
def test_prior_samples_have_the_moments_of_f(name):
    """They are draws of f: the large noise of this process must not show in them."""
    Xs = np.random.default_rng(1).random((5, 2))
    gp = build(name, [0.5, 0.9], 1.6, 0.3, mean=2.0)
    samples = gp.sample(Xs, 40_000, np.random.default_rng(0))
    assert samples.shape == (40_000, 5)
    assert_moments(
        samples, np.full(5, 2.0), oracles.kernel_matrix(FORMULAS[name], Xs, Xs, [0.5, 0.9], 1.6)
    )


@both_kernels
def test_posterior_samples_have_the_posterior_moments(name):
    X, y, Xs = data(6, 2, 1.0)
    gp = build(name, [0.4, 0.8], 1.1, 0.05, mean=1.0)
    samples = gp.condition(X, y).sample(Xs, 40_000, np.random.default_rng(0))
    assert samples.shape == (40_000, len(Xs))
    mu, covariance, _ = oracles.dense_posterior(
        FORMULAS[name],
        X,
        y,
        Xs,
        length_scale=[0.4, 0.8],
        signal_variance=1.1,
        noise_variance=0.05,
        mean=1.0,
    )
    assert_moments(samples, mu, covariance)


def test_samples_on_a_fine_grid_and_reproducible():
    """A hundred points on a line make a covariance without full rank in floating point."""
    Xs = np.linspace(0, 1, 100)[:, None]
    gp = build("SquaredExponential", 0.5, 1.0, 1e-6)
    posterior = gp.condition(np.array([[0.2], [0.7]]), np.array([1.0, -1.0]))
    for model in (gp, posterior):
        first = model.sample(Xs, 3, np.random.default_rng(5))
        np.testing.assert_array_equal(first, model.sample(Xs, 3, np.random.default_rng(5)))
        assert np.isfinite(first).all()
        assert not np.array_equal(first, model.sample(Xs, 3, np.random.default_rng(6)))
    # All posterior draws pass through the two observations, to within the noise and the jitter.
    at_data = posterior.sample(np.array([[0.2], [0.7]]), 200, np.random.default_rng(0))
    np.testing.assert_allclose(at_data, np.tile([1.0, -1.0], (200, 1)), atol=0.01)


def test_draws_do_not_depend_on_what_an_eigenvector_leaves_open(monkeypatch):
    """Signs are the LAPACK build's choice; so are directions among equal eigenvalues."""
    Xs = np.linspace(0, 1, 20)[:, None]
    far = 100 * np.eye(6)  # covariance 1.3 I: every direction is an eigenvector
    processes = [build("Matern52", 0.5, 1.3, 1e-4, mean=1.0), build("SquaredExponential", 1, 1, 0)]
    posterior = processes[0].condition(Xs[::7], np.sin(Xs[::7, 0]))

    def draws():
        rng = np.random.default_rng(3)
        return [
            *(process.sample(Xs, 2, rng) for process in [*processes, posterior]),
            build("Matern52", 0.5, 1.3, 0).sample(far, 2, rng),
        ]

    usual, eigh = draws(), np.linalg.eigh

    def other_eigh(matrix):
        values, vectors = eigh(matrix)
        vectors = vectors * np.where(np.arange(len(values)) % 2, 1.0, -1.0)
        if len(values) == len(far):  # turn the space of the six equal eigenvalues
            vectors = vectors @ np.linalg.qr(np.arange(36.0).reshape(6, 6) % 7 + np.eye(6))[0]
        return values, vectors

    monkeypatch.setattr(np.linalg, "eigh", other_eigh)
    for other, same in zip(draws(), usual, strict=True):
        np.testing.assert_allclose(other, same, rtol=0, atol=1e-12)


# ---------------------------------------------------------------------------------------- jitter


@both_kernels
@pytest.mark.parametrize("seed", range(8))
def test_duplicate_points_without_noise_get_a_reported_jitter(name, seed):
    """Eight draws, because rounding alone lets some singular matrices pass a bare Cholesky."""
    rng = np.random.default_rng(seed)
    X = rng.random((6, 2))
    X = np.concatenate([X, X[:3]])
    y = rng.standard_normal(9)
    y[6:] = y[:3]
    posterior = build(name, 0.31, 0.73, 0.0).condition(X, y)
    assert 0 < posterior.jitter <= 1e-6  # escalated from small, and no further than needed
    mu, sigma = posterior.predict(X)
    np.testing.assert_allclose(mu, y, atol=1e-3)
    assert np.isfinite(sigma).all() and (sigma >= 0).all() and (sigma < 0.01).all()
    assert np.isfinite(posterior.covariance(X)).all()


@both_kernels
@pytest.mark.parametrize("seed", range(8))
def test_contradictory_duplicates_are_averaged(name, seed):
    rng = np.random.default_rng(seed)
    X = rng.random((4, 2))
    X = np.concatenate([X, X[:1]])
    y = np.array([1.0, 0.3, -0.4, 0.8, 2.0])
    posterior = build(name, 0.31, 0.73, 0.0).condition(X, y)
    assert posterior.jitter > 0
    assert posterior.predict(X[:1])[0][0] == pytest.approx(1.5, abs=1e-3)


def test_a_singular_kernel_matrix_gets_a_jitter():
    """Sixty points on a short line under one long length scale: rank about ten in float64."""
    X = np.linspace(0, 1, 60)[:, None]
    y = np.sin(3 * X[:, 0])
    posterior = build("SquaredExponential", 1.0, 1.0, 0.0).condition(X, y)
    assert posterior.jitter > 0
    mu, sigma = posterior.predict(X)
    np.testing.assert_allclose(mu, y, atol=1e-3)
    assert np.isfinite(sigma).all() and (sigma >= 0).all()


@both_kernels
def test_jitter_is_in_the_likelihood_as_noise_would_be(name):
    """What was added to the diagonal is what is reported: the numbers agree with that noise."""
    X, y, Xs = data(5, 1)
    X, y = np.concatenate([X, X[:2]]), np.concatenate([y, y[:2]])
    posterior = build(name, 0.2, 1.0, 0.0).condition(X, y)
    oracle = oracles.dense_posterior(
        FORMULAS[name],
        X,
        y,
        Xs,
        length_scale=0.2,
        signal_variance=1.0,
        noise_variance=posterior.jitter,
    )
    np.testing.assert_allclose(posterior.predict(Xs)[0], oracle[0], rtol=0, atol=1e-6)
    assert posterior.log_marginal_likelihood == pytest.approx(oracle[2], rel=1e-5)


@both_kernels
def test_well_conditioned_data_get_no_jitter(name):
    X, y, _ = data(12, 2)
    assert build(name, 0.2, 1.0, 1e-4).condition(X, y).jitter == 0.0
    # Without noise too, as long as the points are apart.
    X = np.array([[0.0], [0.5], [1.0]])
    posterior = build(name, 0.2, 1.0, 0.0).condition(X, np.array([1.0, 2.0, 0.0]))
    assert posterior.jitter == 0.0
    mu, sigma = posterior.predict(X)
    np.testing.assert_allclose(mu, [1.0, 2.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(sigma, 0.0, atol=1e-7)


# ----------------------------------------------------------------------------------- immutability


def test_condition_and_fit_return_new_objects():
    X, y, Xs = data(10, 2)
    scale = np.array([0.3, 0.5])
    gp = bo.GaussianProcess(bo.Matern52(length_scale=scale, signal_variance=1.2), 1e-3, mean=0.1)
    first = gp.condition(X, y)
    before = first.predict(Xs)
    second = gp.condition(X[:5], y[:5])
    fitted = gp.fit(X, y)
    assert len({id(gp), id(first), id(second), id(fitted)}) == 4
    np.testing.assert_array_equal(gp.kernel.length_scale, [0.3, 0.5])
    assert gp.kernel.signal_variance == 1.2
    assert gp.noise_variance == 1e-3
    np.testing.assert_array_equal(first.predict(Xs), before)
    np.testing.assert_array_equal(first.kernel.length_scale, [0.3, 0.5])


def test_a_posterior_does_not_follow_the_callers_arrays():
    X, y, Xs = data(10, 2)
    scale = np.array([0.3, 0.5])
    posterior = bo.GaussianProcess(bo.SquaredExponential(length_scale=scale), 1e-3).condition(X, y)
    before = posterior.predict(Xs)
    X[:], y[:], scale[:] = 0.0, 9.0, 1.0
    np.testing.assert_array_equal(posterior.predict(Xs), before)


def test_conditioning_takes_integers_and_lists_of_numbers():
    """Accuracies in percent arrive as integers; the posterior must not round with them."""
    gp = build("SquaredExponential", 1.0, 30.0, 1e-2, mean=85)
    whole = gp.condition(np.array([[-3], [-2], [-1]]), np.array([85, 91, 79]))
    real = gp.condition(np.array([[-3.0], [-2.0], [-1.0]]), np.array([85.0, 91.0, 79.0]))
    Xs = np.array([[-2.5]])
    np.testing.assert_array_equal(whole.predict(Xs), real.predict(Xs))


@pytest.mark.parametrize("kernel", [bo.SquaredExponential, bo.Matern52])
@pytest.mark.parametrize("distance", [1.0, 0.4])
def test_categories_are_corners_of_a_simplex(kernel, distance):
    """A column per choice, distance / sqrt(2) where chosen, in a kernel without categories."""
    rng = np.random.default_rng(2)
    x, choice = rng.random(15), rng.integers(3, size=15)
    X = np.column_stack([x, (choice + 0.5) / 3])
    one_hot = np.column_stack([x, np.eye(3)[choice] * distance / np.sqrt(2)])
    y = rng.standard_normal(15)
    ours = kernel(np.array([0.4, 0.7]), 1.3, categorical=(1,), category_distance=distance)
    plain = kernel(np.array([0.4, 0.7, 0.7, 0.7]), 1.3)
    assert ours(X) == pytest.approx(plain(one_hot), rel=1e-12)
    assert ours.covariance_and_derivative(X, X)[1] == pytest.approx(
        plain.covariance_and_derivative(one_hot, one_hot)[1]
    )
    of_ours = bo.GaussianProcess(ours, 1e-2).condition(X, y)
    of_plain = bo.GaussianProcess(plain, 1e-2).condition(one_hot, y)
    gradient = of_plain.log_marginal_likelihood_gradient
    together = [gradient[0], gradient[1:4].sum(), *gradient[4:]]
    assert of_ours.log_marginal_likelihood == pytest.approx(of_plain.log_marginal_likelihood)
    assert of_ours.log_marginal_likelihood_gradient == pytest.approx(together, rel=1e-9)


def test_a_category_distance_is_positive():
    with pytest.raises(ValueError, match="category_distance must be"):
        bo.Matern52(0.5, categorical=(0,), category_distance=0.0)


# ------------------------------------------------------------------------- what buys time


@both_kernels
@pytest.mark.parametrize("length_scale", [0.4, [0.2, 0.5, 3.0]])
@pytest.mark.parametrize("categorical", [(), (1,)])
def test_the_gradient_of_a_sum_of_kernels_is_the_differences(name, length_scale, categorical):
    rng = np.random.default_rng(4)
    A, B, weights = rng.random((3, 3)), rng.random((6, 3)), rng.standard_normal((3, 6))
    A[:, list(categorical)], B[:, list(categorical)] = 0.25, [[0.25], [0.75]] * 3
    kernel = KERNELS[name](np.array(length_scale), 1.7, categorical)
    _, slope = kernel.covariance_and_derivative(A, B)
    gradient = kernel.gradient_of_weighted_sum(A, B, weights * slope)
    for m in range(3):
        plain = oracles.central_gradient(lambda a, m=m: weights[m] @ kernel(a[None], B)[0], A[m])
        plain[list(categorical)] = 0.0
        np.testing.assert_allclose(gradient[m], plain, rtol=1e-6, atol=1e-8)


@both_kernels
@all_cases
def test_the_mean_at_the_data_is_the_prediction_there(
    name, n, d, length_scale, signal, noise, mean
):
    X, y, _ = data(n, d, mean, np.sqrt(signal))
    posterior = build(name, length_scale, signal, noise, mean).condition(X, y)
    scale = np.abs(y).max()
    np.testing.assert_allclose(
        posterior.mean_at_data, posterior.predict(X)[0], rtol=1e-10, atol=1e-10 * scale
    )


def test_the_mean_at_the_data_knows_the_jitter():
    X, y = np.array([[0.2], [0.2], [0.7]]), np.array([1.0, 2.0, 0.0])
    posterior = build("SquaredExponential", 0.3, 1.0, 0.0).condition(X, y)
    assert posterior.jitter > 0
    np.testing.assert_allclose(posterior.mean_at_data, posterior.predict(X)[0], atol=1e-3)
    assert posterior.mean_at_data[0] == pytest.approx(1.5, abs=1e-3)


@pytest.mark.parametrize(
    "f, noisy",
    [
        (lambda x: np.sin(25 * x), False),
        (lambda x: x + 0.3 * np.random.default_rng(3).standard_normal(len(x)), True),
    ],
)
def test_two_starts_tell_a_rippled_function_from_a_noisy_one(f, noisy):
    """Both stories are climbed; the data decide. The oracle is the best of scikit-learn's."""
    X = np.linspace(0, 1, 30)[:, None]
    y = f(X[:, 0])
    y = (y - y.mean()) / y.std()
    gp = bo.GaussianProcess(bo.Matern52(0.5), noise_variance=1e-4, n_starts=2)
    posterior = gp.fit(X, y)
    best = oracles.sklearn_best_likelihood("Matern52", X, y, ard=False)
    assert posterior.log_marginal_likelihood >= best - 0.1
    assert (posterior.noise_variance > 0.05) == noisy


# ------------------------------------------------------------------------- many data


@pytest.fixture
def many(monkeypatch):
    """What holds from `MANY` data on, at a size that an oracle can follow."""
    monkeypatch.setattr("bo_tutorial.gp.MANY", 16)
    monkeypatch.setattr("bo_tutorial.gp.LARGEST_BLOCK", 150)


@both_kernels
@all_cases
def test_many_data_say_what_few_do(many, name, n, d, length_scale, signal, noise, mean):
    """In blocks, by solves, row after row: the numbers are scikit-learn's."""
    X, y, Xs = data(n, d, mean, np.sqrt(signal))
    gp = build(name, length_scale, signal, noise, mean)
    oracle = oracles.sklearn_posterior(
        name, X, y, length_scale=length_scale, signal_variance=signal, noise_variance=noise,
        mean=mean,
    )  # fmt: skip
    expected_mu, expected_sigma = oracle.predict(Xs, return_std=True)
    first = max(1, (2 * n) // 3)
    posteriors = [gp.condition(X, y), gp.condition(X[:first], y[:first])]
    if first < n:
        posteriors[1] = posteriors[1].extend(X[first:], y[first:])
    for posterior in posteriors:
        mu, sigma = posterior.predict(Xs)
        np.testing.assert_allclose(mu, expected_mu + mean, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(sigma, expected_sigma, rtol=1e-8, atol=1e-8)
        at_once = posterior.predict_gradient(Xs)
        np.testing.assert_allclose(at_once[0], mu, rtol=1e-10)
        np.testing.assert_allclose(at_once[1], sigma, rtol=1e-8)
        differences = oracles.central_gradient(
            lambda p, posterior=posterior: [each[0] for each in posterior.predict(p[None])],
            Xs[0],
            h=1e-5,
        )
        for ours, plain in zip(at_once[2:], differences.T, strict=True):
            oracles.assert_gradients_agree(ours[0], plain, relative=1e-4)


def test_a_prediction_in_blocks_is_the_prediction(monkeypatch):
    X, y, _ = data(30, 2)
    Xs = np.random.default_rng(1).random((101, 2))
    posterior = build("Matern52", [0.3, 0.5], 1.3, 1e-3, 0.2).condition(X, y)
    whole = posterior.predict(Xs, include_noise=True)
    for entries in (1, 30, 31 * 30, 101 * 30):
        monkeypatch.setattr("bo_tutorial.gp.LARGEST_BLOCK", entries)
        for part, same in zip(posterior.predict(Xs, include_noise=True), whole, strict=True):
            np.testing.assert_allclose(part, same, rtol=1e-12)


@pytest.mark.parametrize("size", [1, 16])
def test_more_data_that_need_a_jitter_get_it(many, size):
    """Points that repeat, without noise: a factor cannot be extended by them."""
    X = np.linspace(0, 1, 20)[:, None]
    y = np.sin(3 * X[:, 0])
    posterior = build("Matern52", 0.3, 1.0, 0.0).condition(X, y)
    assert posterior.jitter == 0
    again = posterior.extend(X[:size], y[:size])
    assert again.jitter > 0
    np.testing.assert_allclose(again.predict(X)[0], y, atol=1e-3)
    # And what took a jitter is extended as it always was.
    X, y = np.append(X, [[0.52]], axis=0), np.append(y, np.sin(3 * 0.52))
    longer = again.extend(X[-1:], y[-1:])
    np.testing.assert_allclose(longer.predict(X)[0], y, atol=1e-3)


@pytest.mark.parametrize("n", [12, 40])
def test_other_values_at_the_same_points(many, n):
    X, y, Xs = data(n, 2, 0.5)
    gp = build("Matern52", [0.3, 0.6], 0.8, 1e-3, 0.5)
    posterior, others = gp.condition(X, y), np.cos(4 * y)
    before, expected = posterior.predict(Xs), gp.condition(X, others)
    changed = posterior.with_values(others)
    np.testing.assert_array_equal(changed.predict(Xs), expected.predict(Xs))
    assert changed.log_marginal_likelihood == expected.log_marginal_likelihood
    np.testing.assert_array_equal(changed.mean_at_data, expected.mean_at_data)
    np.testing.assert_array_equal(posterior.predict(Xs), before)
    with pytest.raises(ValueError, match="y must have shape .*, one number per row of X"):
        posterior.with_values(others[:-1])


def test_a_posterior_of_many_data_holds_one_matrix_and_not_many():
    """The peak of what NumPy allocates, in matrices of n x n; it was five."""
    X, y = np.random.default_rng(0).random((1500, 5)), np.linspace(0, 1, 1500)
    gp = bo.GaussianProcess(bo.Matern52(np.full(5, 0.5)), 1e-4)
    tracemalloc.start()
    try:
        posterior = gp.condition(X, y)
        posterior.predict(X)
        posterior.predict_gradient(X[:8])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 1 < peak / (8 * 1500**2) < 3.5


# ------------------------------------------------------------------------- a fit of many data


@pytest.mark.parametrize("n", [1, 100, FEW - 1, FEW, 300, 520, 1000, 4000])
def test_a_climb_begins_on_a_part_of_many_data_and_ends_on_all(n):
    parts = list(_parts(n))
    assert np.array_equal(parts[-1], np.arange(n))
    assert (len(parts) == 1) == (n < FEW)
    for part, larger in itertools.pairwise(parts):
        assert set(part) < set(larger)
        assert 1.5 * len(part) <= len(larger) <= 3 * len(part)
    if n >= FEW:
        assert len(parts[0]) == min(n // 2, 256)


@pytest.mark.parametrize("n", [1, 2, 159, 160, 161, 333, 700])
def test_the_inverse_in_halves_is_the_inverse(n):
    rng = np.random.default_rng(n)
    L = np.tril(rng.standard_normal((n, n)) / n) + np.diag(1 + rng.random(n))
    read = L + np.triu(np.full((n, n), np.nan), 1)  # what is above the diagonal is not read
    np.testing.assert_allclose(np.tril(_inverse_of_lower(read)), np.linalg.inv(L), atol=1e-12)


@pytest.mark.parametrize("n, d, noise_sd", [(170, 2, 0.02), (250, 3, 0.2), (330, 2, 0.1)])
def test_a_fit_that_began_on_a_part_is_one_of_all(n, d, noise_sd):
    """Within 0.1 nat of the best of scikit-learn's climbs, each of them on all of the data."""
    rng = np.random.default_rng([3, n])
    X = rng.random((n, d))
    K = oracles.sklearn_kernel("Matern52", np.full(d, 0.4), 1.0)(X) + noise_sd**2 * np.eye(n)
    y = np.linalg.cholesky(K) @ rng.standard_normal(n)
    y = (y - y.mean()) / y.std()
    best = oracles.sklearn_best_likelihood("Matern52", X, y, ard=True, restarts=2)
    posterior = bo.GaussianProcess(bo.Matern52(np.ones(d)), 1e-2).fit(X, y)
    assert posterior.log_marginal_likelihood >= best - 0.1


def test_most_of_the_way_of_a_fit_is_cheap(monkeypatch):
    """Of the likelihoods that eight climbs ask for, one climb's are of all the data."""
    seen = Counter()
    plain = _Evidence.__call__

    def counted(self, thetas):
        seen[self.n] += len(thetas)
        return plain(self, thetas)

    monkeypatch.setattr(_Evidence, "__call__", counted)
    X, y, _ = data(400, 2)
    bo.GaussianProcess(bo.Matern52(np.ones(2)), 1e-2).fit(X, y)
    assert sorted(seen) == [200, 400]
    assert seen[400] <= 30 < seen[200]
