"""The sparse Gaussian process against the exact one, 50-digit arithmetic and differences."""

import math
import time
import tracemalloc

import numpy as np
import oracles
import pytest
from surrogate_cases import FORMULAS, KERNELS, MIXED, both_kernels, data, score

import bo_tutorial as bo
from bo_tutorial.sparse_gp import _Bound, least_certain

# n, d, length scale, signal variance, noise variance, mean
CASES = [
    pytest.param(1, 1, 0.3, 1.0, 1e-4, 0.0, id="one point"),
    pytest.param(6, 1, 0.2, 0.0036, 1e-6, 0.85, id="accuracies"),
    pytest.param(15, 2, 0.4, 2.5, 1e-3, -3.0, id="2-D scalar"),
    pytest.param(25, 2, [0.2, 0.9], 0.7, 1e-4, 1.5, id="2-D ARD"),
    pytest.param(40, 3, [0.5, 0.3, 20.0], 1.0, 1e-2, 0.0, id="3-D ARD, one irrelevant"),
    pytest.param(60, 5, 0.8, 10.0, 1e-2, 100.0, id="5-D scalar, large mean"),
    pytest.param(60, 1, 0.3, 1.0, 1e-2, 0.0, id="many on a line"),
]
all_cases = pytest.mark.parametrize("n, d, length_scale, signal, noise, mean", CASES)


def kernel_of(name, length_scale, signal):
    return KERNELS[name](np.array(length_scale) if np.ndim(length_scale) else length_scale, signal)


def pair(name, length_scale, signal, noise, mean=0.0, n_inducing=64, **more):
    """The exact process and the sparse one with the same hyperparameters."""
    kernel = kernel_of(name, length_scale, signal)
    exact = bo.GaussianProcess(kernel, noise_variance=noise, mean=mean)
    return exact, bo.SparseGP(kernel, n_inducing, noise_variance=noise, mean=mean, **more)


# ---------------------------------------------------------------- with all points it is the exact


@both_kernels
@all_cases
def test_with_all_points_it_is_the_exact_process(name, n, d, length_scale, signal, noise, mean):
    X, y, Xs = data(n, d, mean, math.sqrt(signal))
    exact, sparse = pair(name, length_scale, signal, noise, mean, n_inducing=n)
    exact, sparse = exact.condition(X, y), sparse.condition(X, y)
    for include_noise in (False, True):
        for expected, got in zip(
            exact.predict(Xs, include_noise), sparse.predict(Xs, include_noise), strict=True
        ):
            np.testing.assert_allclose(got, expected, rtol=0, atol=1e-5 * math.sqrt(signal))
    assert sparse.bound == pytest.approx(exact.log_marginal_likelihood, abs=1e-5)
    np.testing.assert_allclose(sparse.mean_at_data, exact.mean_at_data, atol=1e-6)
    np.testing.assert_allclose(
        sparse.covariance(Xs), exact.covariance(Xs), rtol=0, atol=1e-7 * signal
    )


def test_with_all_points_and_a_category_it_is_the_exact_process():
    rng = np.random.default_rng(3)
    X = np.column_stack([rng.random(40), rng.integers(3, size=40) / 3 + 1 / 6])
    y = np.sin(6 * X[:, 0]) + X[:, 1]
    kernel = bo.Matern52([0.3, 0.5], 1.4, categorical=(1,), category_distance=0.4)
    exact = bo.GaussianProcess(kernel, noise_variance=1e-3).condition(X, y)
    sparse = bo.SparseGP(kernel, 40, noise_variance=1e-3).condition(X, y)
    Xs = X[:7] * [0.9, 1.0]
    np.testing.assert_allclose(sparse.predict(Xs), exact.predict(Xs), atol=1e-6)
    assert sparse.bound == pytest.approx(exact.log_marginal_likelihood, abs=1e-6)


# ------------------------------------------------------------------- with few points: the formula


@both_kernels
@pytest.mark.parametrize("m", [1, 4, 9])
def test_posterior_and_bound_are_the_dense_formulas(name, m):
    X, y, Xs = data(14, 2)
    lengths, signal, noise, mean = [0.4, 0.7], 1.3, 0.02, 0.2
    _, sparse = pair(name, lengths, signal, noise, mean, n_inducing=m)
    posterior = sparse.condition(X, y)
    assert len(posterior.inducing_points) == m
    mu, covariance, bound = oracles.dense_sparse_posterior(
        FORMULAS[name],
        X,
        y,
        posterior.inducing_points,
        Xs,
        length_scale=lengths,
        signal_variance=signal,
        noise_variance=noise,
        mean=mean,
    )
    got, sigma = posterior.predict(Xs)
    np.testing.assert_allclose(got, mu, rtol=0, atol=1e-9)
    np.testing.assert_allclose(sigma, np.sqrt(np.diag(covariance)), rtol=1e-9)
    np.testing.assert_allclose(posterior.covariance(Xs), covariance, rtol=0, atol=1e-9)
    assert posterior.bound == pytest.approx(bound, rel=1e-10)
    assert posterior.log_marginal_likelihood == posterior.bound


def test_inducing_points_of_ones_own_need_not_be_data():
    X, y, Xs = data(14, 1)
    Z = np.array([[-0.2], [0.5], [1.3], [0.5]])  # and may be given twice
    kernel = bo.SquaredExponential(0.4, 1.3)
    posterior = bo.SparseGP(kernel, noise_variance=0.02, inducing_points=Z).condition(X, y)
    mu, covariance, bound = oracles.dense_sparse_posterior(
        oracles.squared_exponential,
        X,
        y,
        Z[:3],
        Xs,
        length_scale=0.4,
        signal_variance=1.3,
        noise_variance=0.02,
    )
    assert np.array_equal(posterior.inducing_points, Z)
    np.testing.assert_allclose(posterior.predict(Xs)[0], mu, atol=1e-9)
    np.testing.assert_allclose(posterior.predict(Xs)[1] ** 2, np.diag(covariance), rtol=1e-8)
    assert posterior.bound == pytest.approx(bound, rel=1e-8)


@both_kernels
@all_cases
def test_the_bound_rises_with_each_point_and_never_exceeds_the_likelihood(
    name, n, d, length_scale, signal, noise, mean
):
    X, y, _ = data(n, d, mean, math.sqrt(signal))
    exact, _ = pair(name, length_scale, signal, noise, mean)
    likelihood = exact.condition(X, y).log_marginal_likelihood
    sizes = sorted({1, 2, 3, max(1, n // 3), max(1, n // 2), n})
    bounds = []
    for m in sizes:
        _, sparse = pair(name, length_scale, signal, noise, mean, n_inducing=m)
        bounds.append(sparse.condition(X, y).bound)
    rounding = 1e-9 * abs(likelihood)
    assert np.all(np.diff(bounds) >= -rounding)
    assert bounds[-1] <= likelihood + rounding
    if n > 20:
        assert bounds[0] < likelihood - 1


def test_the_bound_is_a_bound_at_any_hyperparameters_and_any_points():
    rng = np.random.default_rng(4)
    X, y, _ = data(30, 2)
    for _ in range(60):
        lengths, signal = 10 ** rng.uniform(-1.5, 1, 2), 10 ** rng.uniform(-2, 2)
        noise = signal * 10 ** rng.uniform(-4, 1)
        Z = rng.uniform(-0.2, 1.2, (rng.integers(1, 12), 2))
        exact, sparse = pair("Matern52", lengths, signal, noise, inducing_points=Z)
        likelihood = exact.condition(X, y).log_marginal_likelihood
        assert sparse.condition(X, y).bound <= likelihood + 1e-8 * abs(likelihood)


# --------------------------------------------------------------------- which points are inducing


def test_each_inducing_point_is_where_f_is_least_certain_given_those_before():
    X = np.random.default_rng(5).random((40, 2))
    kernel = bo.Matern52([0.2, 0.6], 1.7)
    chosen = least_certain(kernel, X, 8)
    for i in range(1, 8):
        known = X[chosen[:i]]
        cross = oracles.kernel_matrix(oracles.matern52, X, known, [0.2, 0.6], 1.7)
        among = oracles.kernel_matrix(oracles.matern52, known, known, [0.2, 0.6], 1.7)
        variance = 1.7 - np.einsum("nm,mn->n", cross, np.linalg.solve(among, cross.T))
        assert chosen[i] == np.argmax(variance)


def test_points_with_nothing_to_add_are_not_chosen():
    X = np.array([[0.1], [0.1], [0.8], [0.8], [0.8 + 1e-12]])
    kernel = bo.SquaredExponential(0.3)
    first, second = least_certain(kernel, X, 5)
    assert first == 0 and second in (2, 3, 4)
    posterior = bo.SparseGP(kernel, 5, noise_variance=1e-3).condition(X, np.arange(5.0))
    assert len(posterior.inducing_points) == 2 and posterior.jitter == 0
    # Each pair shares a mean, as in the exact process.
    exact = bo.GaussianProcess(kernel, noise_variance=1e-3).condition(X, np.arange(5.0))
    np.testing.assert_allclose(posterior.predict(X), exact.predict(X), atol=1e-6)


# ------------------------------------------------------------------------------------- gradients


@both_kernels
@pytest.mark.parametrize("m", [3, 25])
def test_gradients_of_the_prediction_are_the_differences(name, m):
    X, y, Xs = data(25, 3)
    _, sparse = pair(name, [0.4, 0.5, 0.9], 1.5, 1e-3, 0.3, n_inducing=m)
    posterior = sparse.condition(X, y)
    mu, sigma, dmu, dsigma = posterior.predict_gradient(Xs)
    np.testing.assert_allclose((mu, sigma), posterior.predict(Xs), rtol=1e-10)
    for i, x in enumerate(Xs):

        def at(x, part):
            return posterior.predict(x[None, :])[part][0]

        for part, gradient in ((0, dmu), (1, dsigma)):
            expected = oracles.central_gradient(lambda x, p=part: at(x, p), x, h=1e-5)
            np.testing.assert_allclose(gradient[i], expected, rtol=1e-5, atol=1e-6)
    one = posterior.predict_gradient(Xs[4])
    for single, many in zip(one, (mu, sigma, dmu, dsigma), strict=True):
        np.testing.assert_allclose(single, many[4], rtol=1e-12)


LENGTHS = {"one for all": 0.5, "one for each": [0.3, 0.6, 2.0]}


@both_kernels
@pytest.mark.parametrize("length_scale", LENGTHS.values(), ids=list(LENGTHS))
@pytest.mark.parametrize("categorical", [(), (2,)])
def test_the_gradient_of_the_bound_is_the_difference(name, length_scale, categorical):
    X, y, _ = data(40, 3)
    if categorical:
        X[:, 2] = np.floor(3 * X[:, 2]) / 3
    Z = X[::5]
    scales = np.atleast_1d(length_scale)

    def posterior(theta):
        lengths = np.exp(theta[:-2])
        kernel = KERNELS[name](
            lengths if np.ndim(length_scale) else float(lengths[0]),
            float(np.exp(theta[-2])),
            categorical=categorical,
            category_distance=0.4,
        )
        noise = float(np.exp(theta[-1]))
        return bo.SparseGP(kernel, noise_variance=noise, inducing_points=Z).condition(X, y)

    theta = np.log([*scales, 1.3, 0.02])
    gradient = posterior(theta).log_marginal_likelihood_gradient
    expected = oracles.central_gradient(lambda t: posterior(t).bound, theta, h=1e-5)
    assert gradient.shape == (len(scales) + 2,)
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-5)
    # What is climbed is the same, for several hyperparameters at once.
    bound = _Bound(posterior(theta).kernel, X, y, Z)
    values, gradients = bound(np.array([theta, theta + 0.1]))
    assert values[0] == pytest.approx(posterior(theta).bound, rel=1e-8)
    assert values[1] == pytest.approx(posterior(theta + 0.1).bound, rel=1e-8)
    np.testing.assert_allclose(gradients[0], gradient, rtol=1e-5)


# -------------------------------------------------------------------------------------- learning


def wave(n, seed=0, noise=0.1):
    rng = np.random.default_rng([7, seed])
    X = rng.random((n, 2))
    y = np.sin(6 * X[:, 0]) * np.cos(5 * X[:, 1]) + noise * rng.standard_normal(n)
    return X, (y - y.mean()) / y.std()


def log_density(posterior, X, y):
    mu, sigma = posterior.predict(X, include_noise=True)
    z = (y - mu) / sigma
    return float(np.mean(-0.5 * z * z - np.log(sigma) - 0.5 * math.log(2 * math.pi)))


@pytest.mark.parametrize("n", [40, 500])
def test_learning_raises_the_bound_up_to_a_slope_of_nothing(n):
    X, y = wave(n)
    before = bo.SparseGP(bo.Matern52([1.0, 1.0]), 30, noise_variance=0.5)
    after = before.learned(X, y)
    gained = after.condition(X, y).bound - before.condition(X, y).bound
    assert gained > 0.2 * n
    # Where the climb ended a step of a tenth in any direction gains less than 1 % of that.
    posterior = after.condition(X, y)
    theta = np.log([*after.kernel.length_scale, after.kernel.signal_variance, after.noise_variance])
    bound = _Bound(after.kernel, X, y, posterior.inducing_points)
    steps = 0.1 * np.vstack([np.eye(4), -np.eye(4)])
    values, _ = bound(np.vstack([theta, theta + steps]))
    assert values[1:].max() - values[0] < 0.01 * gained


def test_learning_changes_what_it_may_and_gives_the_same_twice():
    X, y = wave(300)
    kernel = bo.Matern52([1.0, 1.0], 2.0)
    sparse = bo.SparseGP(kernel, 20, noise_variance=0.5, learn=("length_scale",))
    learned = sparse.learned(X, y)
    assert learned.noise_variance == pytest.approx(0.5, rel=1e-12)
    assert learned.kernel.signal_variance == pytest.approx(2.0, rel=1e-12)
    assert np.all(learned.kernel.length_scale != 1.0) and learned.n_inducing == 20
    again = sparse.learned(X.copy(), y.copy())
    assert np.array_equal(again.kernel.length_scale, learned.kernel.length_scale)
    still = bo.SparseGP(kernel, 20, noise_variance=0.5, learn=False)
    assert still.learned(X, y) is still
    assert still.fit(X, y).bound == still.condition(X, y).bound


def test_the_prior_is_heard():
    X, y = wave(60, noise=0.5)
    believes_long = bo.LogNormalPrior(length_scale=(math.log(30), 0.01))
    sparse = bo.SparseGP(bo.Matern52([1.0, 1.0]), 20, noise_variance=0.1, prior=believes_long)
    assert np.all(sparse.learned(X, y).kernel.length_scale > 25)


@pytest.mark.slow
def test_a_fit_of_2000_takes_a_fraction_of_the_time_and_predicts_as_well():
    """CPU time of both in one process: a ratio of 25 to 40 when this was written."""
    X, y = wave(2400)
    kernel, prior = bo.Matern52([0.5, 0.5]), bo.LogNormalPrior()
    found = {}
    for surrogate in (
        bo.GaussianProcess(kernel, noise_variance=1e-2, prior=prior),
        bo.SparseGP(kernel, n_inducing=64, noise_variance=1e-2, prior=prior),
    ):
        start = time.process_time()
        posterior = surrogate.fit(X[:2000], y[:2000])
        seconds = time.process_time() - start
        found[type(surrogate)] = seconds, log_density(posterior, X[2000:], y[2000:])
    (exact, density), (sparse, sparse_density) = found.values()
    assert exact / sparse > 12
    assert sparse_density > density - 0.05


def test_memory_is_that_of_n_times_m():
    X, y = wave(4000)
    sparse = bo.SparseGP(bo.Matern52([0.3, 0.3]), 50, noise_variance=0.01)
    sparse.condition(X[:100], y[:100])
    tracemalloc.start()
    posterior = sparse.condition(X, y)
    posterior.predict(X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * (8 * 4000 * 50)  # n times n alone would be ten times that
    assert len(posterior.inducing_points) == 50


# -------------------------------------------------------------------------------- more of the same


def test_values_and_data_that_come_later():
    X, y, Xs = data(30, 2)
    _, sparse = pair("Matern52", 0.4, 1.2, 1e-3, 0.1, n_inducing=12)
    posterior = sparse.condition(X, y)
    other = posterior.with_values(2 * y)
    np.testing.assert_allclose(other.predict(Xs), sparse.condition(X, 2 * y).predict(Xs))
    assert other.bound == pytest.approx(sparse.condition(X, 2 * y).bound)
    np.testing.assert_allclose(posterior.mean_at_data, posterior.predict(X)[0], atol=1e-9)
    # A point under way becomes an inducing point: what is believed there is as good as known.
    new = np.array([[0.95, 0.02]])
    before = posterior.predict(new)[1]
    after = posterior.extend(new, np.array([0.5]))
    assert after.predict(new)[1] <= (1 / before**2 + 1 / 1e-3) ** -0.5 < before / 2
    same = bo.SparseGP(
        sparse.kernel, noise_variance=1e-3, mean=0.1, inducing_points=after.inducing_points
    )
    direct = same.condition(np.vstack([X, new]), np.append(y, 0.5))
    np.testing.assert_allclose(after.predict(Xs), direct.predict(Xs), atol=1e-9)
    twice = after.extend(new, np.array([0.5]))  # the same point again adds no inducing point
    assert len(twice.inducing_points) == len(after.inducing_points)


def test_samples_have_the_mean_and_the_covariance():
    X, y, Xs = data(30, 2)
    _, sparse = pair("SquaredExponential", 0.5, 1.2, 1e-2, n_inducing=5)
    posterior = sparse.condition(X, y)
    drawn = posterior.sample(Xs, 40000, np.random.default_rng(0))
    mu, sigma = posterior.predict(Xs)
    assert drawn.shape == (40000, 9)
    assert np.abs((drawn.mean(axis=0) - mu) / sigma).max() < 5 / math.sqrt(40000)
    covariance = posterior.covariance(Xs)
    np.testing.assert_allclose(np.diag(covariance), sigma**2, rtol=1e-9)
    np.testing.assert_allclose(np.cov(drawn.T), covariance, atol=0.05 * sigma.max() ** 2)
    assert sparse.sample(Xs, 3, np.random.default_rng(0)).shape == (3, 9)
    assert np.array_equal(sparse.predict(Xs)[1], np.full(9, math.sqrt(1.2)))


def test_predictions_in_blocks_are_the_same(monkeypatch):
    X, y, Xs = data(30, 2)
    _, sparse = pair("Matern52", 0.4, 1.2, 1e-3)
    posterior = sparse.condition(X, y)
    whole = posterior.predict(Xs, include_noise=True)
    monkeypatch.setattr("bo_tutorial.gp.LARGEST_BLOCK", 60)
    np.testing.assert_allclose(posterior.predict(Xs, include_noise=True), whole, rtol=1e-13)


def test_what_is_handed_over_may_change_later():
    X, y, Xs = data(10, 2)
    Z = X[:4].copy()
    sparse = bo.SparseGP(bo.Matern52(0.4), noise_variance=1e-2, inducing_points=Z)
    posterior = sparse.condition(X, y)
    before = posterior.predict(Xs)
    X[:], y[:], Z[:] = 0.0, 9.0, 0.5
    np.testing.assert_array_equal(posterior.predict(Xs), before)
    assert len(np.unique(sparse.inducing_points)) == 8


class Rough(bo.SquaredExponential):
    """A kernel of one's own that does not know its slopes."""

    covariance_and_derivative = None

    def __call__(self, A, B=None):
        A, B = np.asarray(A), np.asarray(A if B is None else B)
        return self.signal_variance * np.exp(-np.abs(A - B.T) / self.length_scale)


def test_a_kernel_without_slopes_predicts_and_is_not_climbed():
    X, y, Xs = data(20, 1)
    posterior = bo.SparseGP(Rough(0.3), 20, noise_variance=1e-3).condition(X, y)
    exact = bo.GaussianProcess(Rough(0.3), noise_variance=1e-3).condition(X, y)
    np.testing.assert_allclose(posterior.predict(Xs), exact.predict(Xs), atol=1e-8)
    assert not hasattr(posterior, "predict_gradient")


HARD = {
    "one point": ([[0.5]], [1.0]),
    "the same point": ([[0.5]] * 12, np.arange(12.0)),
    "one value": (np.linspace(0, 1, 12)[:, None], np.ones(12)),
    "all zeros": (np.linspace(0, 1, 12)[:, None], np.zeros(12)),
    "all but the same": (0.5 + 1e-9 * np.arange(12.0)[:, None], np.arange(12.0)),
    "large values": (np.linspace(0, 1, 12)[:, None], 1e12 * np.sin(np.arange(12.0))),
    "small values": (np.linspace(0, 1, 12)[:, None], 1e-12 * np.sin(np.arange(12.0))),
}


@pytest.mark.parametrize("X, y", HARD.values(), ids=list(HARD))
@pytest.mark.parametrize("m", [1, 5, 64])
def test_hard_data_give_finite_beliefs_without_a_warning(X, y, m):
    posterior = bo.SparseGP(bo.Matern52([0.3]), m).fit(X, y)
    mu, sigma = posterior.predict(np.linspace(0, 1, 7)[:, None])
    assert np.isfinite(mu).all() and np.isfinite(sigma).all() and np.isfinite(posterior.bound)
    assert (sigma >= 0).all()


WRONG = {
    "no noise": (dict(noise_variance=0.0), ValueError, "noise_variance must be positive, got 0"),
    "negative noise": (dict(noise_variance=-1.0), ValueError, "noise_variance must be positive"),
    "no point": (dict(n_inducing=0), ValueError, "n_inducing must be at least 1, got 0"),
    "half a point": (dict(n_inducing=2.5), TypeError, "n_inducing must be an integer, got 2.5"),
    "a flat list": (
        dict(inducing_points=[0.1, 0.2]),
        ValueError,
        "inducing_points must have shape",
    ),
    "an empty list": (dict(inducing_points=np.empty((0, 2))), ValueError, "at least one row"),
    "a NaN": (dict(inducing_points=[[0.1, np.nan]]), ValueError, "inducing_points must be finite"),
    "a word of a library": (dict(noise=0.1), TypeError, "noise_variance"),
    "a name": (dict(learn="noise"), ValueError, "learn must be"),
    "no kernel": (dict(kernel="rbf"), TypeError, "kernel must be a kernel"),
    "no prior": (dict(prior=3), TypeError, "prior must be"),
    "no start": (dict(n_starts=0), ValueError, "n_starts must be at least 1"),
}


@pytest.mark.parametrize("given, error, message", WRONG.values(), ids=list(WRONG))
def test_wrong_arguments_are_refused_by_name(given, error, message):
    with pytest.raises(error, match=message):
        bo.SparseGP(**given)


def test_wrong_data_are_refused_by_name():
    sparse = bo.SparseGP(bo.Matern52([0.3, 0.3]), inducing_points=[[0.1, 0.2]])
    with pytest.raises(ValueError, match=r"X must have shape \(n, 2\)"):
        sparse.condition([[0.1]], [1.0])
    with pytest.raises(ValueError, match="at least one row"):
        sparse.fit(np.empty((0, 2)), [])
    with pytest.raises(ValueError, match=r"y must have shape \(1,\)"):
        sparse.fit([[0.1, 0.2]], [1.0, 2.0])
    shared = bo.SparseGP(bo.Matern52(0.3), inducing_points=[[0.1, 0.2]])
    with pytest.raises(ValueError, match="X must have 2 columns like inducing_points"):
        shared.condition([[0.1]], [1.0])


# --------------------------------------------------------------------------------- as a surrogate


def test_it_serves_as_a_surrogate_in_a_mixed_space():
    kernel = bo.Matern52([0.5] * 4, categorical=MIXED.categorical)
    surrogate = bo.SparseGP(kernel, 16, noise_variance=1e-3, prior=bo.LogNormalPrior())

    def run():
        strategy = bo.BayesianOptimization(MIXED, surrogate=surrogate, seed=2)
        return bo.maximize(score, MIXED, 40, strategy=strategy, progress=False)

    result = run()
    assert result.best_value > 0.49  # random search: at most 0.472 in 40 seeds
    assert result.recommended_config["kind"] == "b"
    assert run().configs == result.configs


def test_questions_under_way_are_believed():
    space = bo.Space(x=bo.Float(0.0, 1.0))
    surrogate = bo.SparseGP(bo.Matern52([0.2]), 8, noise_variance=1e-4)
    strategy = bo.BayesianOptimization(space, surrogate=surrogate, n_initial=6, seed=0)
    for u in np.linspace(0, 1, 6):
        strategy.tell({"x": float(u)}, float(np.sin(7 * u)))
    asked = sorted(config["x"] for config in strategy.ask(4))
    assert np.diff(asked).min() > 1e-3
