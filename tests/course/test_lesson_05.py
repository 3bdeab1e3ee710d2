"""The likelihood taken apart, against SciPy's normal density, a brute search and Monte Carlo."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import multivariate_normal, norm

import bo_tutorial as bo
from bo_tutorial import network
from bo_tutorial.course.lesson_05 import numerics as likelihood
from bo_tutorial.problems import ACCURACIES, LEARNING_RATES

KERNELS = [bo.SquaredExponential, bo.Matern52]


def data(n=7, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-4, 0, (n, 1)), 0.85 + 0.06 * rng.standard_normal(n)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("length_scale", [0.05, 0.5, 2.0])
def test_terms_are_those_of_the_normal_density(kernel, length_scale):
    X, y = data()
    gp = bo.GaussianProcess(kernel(length_scale, 0.06**2), noise_variance=1e-4, mean=0.85)
    K = gp.kernel(X) + 1e-4 * np.eye(7)
    fit, complexity = likelihood.terms(gp, X, y)
    assert fit == pytest.approx(-0.5 * (y - 0.85) @ np.linalg.solve(K, y - 0.85), rel=1e-9)
    assert complexity == pytest.approx(-0.5 * np.linalg.slogdet(K)[1], rel=1e-9)
    total = fit + complexity - 3.5 * np.log(2 * np.pi)
    assert total == pytest.approx(multivariate_normal(np.full(7, 0.85), K).logpdf(y), rel=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
def test_profile_is_the_largest_density_over_all_signal_variances(kernel):
    X, y = data()
    length_scales = [0.1, 0.5, 1.5]
    values, signal_sds = likelihood.profile(kernel, X, y, length_scales, mean=0.8, noise_share=0.01)
    for length_scale, value, sd in zip(length_scales, values, signal_sds, strict=True):
        R = kernel(length_scale)(X) + 0.01 * np.eye(7)

        def loss(log_variance, R=R):
            return -multivariate_normal(np.full(7, 0.8), np.exp(log_variance) * R).logpdf(y)

        best = minimize_scalar(loss, bounds=(-12, 2), method="bounded", options={"xatol": 1e-8})
        assert value == pytest.approx(-best.fun, abs=1e-8)
        assert sd == pytest.approx(np.exp(best.x / 2), rel=1e-4)


def test_profile_of_many_data_sets_is_that_of_each():
    X, y = data()
    Y = np.array([y, 2 * y - 0.85])
    values, sds = likelihood.profile(bo.Matern52, X, Y, [0.3, 1.0], mean=0.85)
    assert values.shape == sds.shape == (2, 2)
    for i in range(2):
        one = likelihood.profile(bo.Matern52, X, Y[i], [0.3, 1.0], mean=0.85)
        assert np.allclose((values[i], sds[i]), one)
    assert np.allclose(sds[1], 2 * sds[0])


def test_profile_of_the_three_trainings_only_falls():
    X = np.log10(LEARNING_RATES)[:, None]
    length_scales = np.geomspace(0.05, 4, 60)
    values, sds = likelihood.profile(bo.SquaredExponential, X, ACCURACIES, length_scales, mean=0.85)
    assert np.all(np.diff(values) < 1e-12)
    # Where the trainings are independent the best variance is the mean square, with its noise.
    assert sds[0] * np.sqrt(1 + likelihood.NOISE_SHARE) == pytest.approx(np.sqrt(0.0072 / 3))


@pytest.mark.parametrize(
    "arguments",
    [([[0.0], [1.0]], [1.0]), ([0.0, 1.0], [1.0, 2.0]), ([[0.0], [1.0]], [1.0, np.nan])],
)
def test_profile_refuses_shapes_that_do_not_match(arguments):
    with pytest.raises(ValueError, match="[Xy] must"):
        likelihood.profile(bo.Matern52, *arguments, [1.0])


def test_log_prior_is_a_normal_density_of_the_logarithm_up_to_a_constant():
    length_scales = np.array([0.1, 0.5, 2.0])
    density = norm(np.log(0.5), np.log(3)).logpdf(np.log(length_scales))
    found = likelihood.log_prior(length_scales, center=0.5, factor=3)
    assert np.allclose(found - found[1], density - density[1])


def test_trainings_continue_the_worked_example():
    X, y, f = likelihood.trainings(17)
    assert np.array_equal(X[:3, 0], np.log10(LEARNING_RATES))
    assert tuple(y[:3]) == ACCURACIES
    assert len(set(X[:, 0])) == 17 and X.min() == -4 and X.max() == 0
    assert np.abs(f(X) - y).max() < 3e-3  # three times the noise of the worked example
    fewer = likelihood.trainings(6)
    assert np.array_equal(fewer[0], X[:6]) and np.array_equal(fewer[1], y[:6])


def test_trainings_are_draws_from_the_posterior_of_the_three():
    gp = bo.GaussianProcess(bo.SquaredExponential(0.5, 0.06**2), noise_variance=1e-6, mean=0.85)
    seen = gp.condition(np.log10(LEARNING_RATES)[:, None], np.array(ACCURACIES))
    n = 600
    draws = np.array([likelihood.trainings(9, seed)[1][3:] for seed in range(n)])
    mu, sigma = seen.predict(np.array(likelihood.PLACES)[3:9, None])
    assert np.all(np.abs(draws.mean(axis=0) - mu) < 4 * sigma / np.sqrt(n))
    assert np.all(np.abs(draws.std(axis=0) / sigma - 1) < 4 / np.sqrt(2 * n))


@pytest.mark.parametrize("n", [2, 18])
def test_trainings_has_three_to_seventeen(n):
    with pytest.raises(ValueError, match=f"n must be 3 to 17, got {n}"):
        likelihood.trainings(n)


def test_table_rows_are_rows_of_the_table_and_a_time_of_day():
    X, y = likelihood.table_rows(300, seed=1)
    assert X.shape == (300, 6) and len(likelihood.INPUTS) == 6
    assert y.mean() == pytest.approx(0, abs=1e-12) and y.std() == pytest.approx(1)
    scores = network.grid_table()["validation_accuracy"].reshape(5, 5, 5, 5, 5)
    # Back from the unit cube to the row: the accuracies are those of the table, up to scale.
    grid = network.SPACE.grid(5)
    values = {name: sorted({config[name] for config in grid}) for name in network.SPACE.names}
    rows = []
    for u in X[:, :5]:
        config = network.SPACE.from_unit(u)
        rows.append(
            tuple(int(np.argmin(np.abs(np.subtract(v, config[k])))) for k, v in values.items())
        )
    found = np.array([scores[row] for row in rows])
    assert len(set(rows)) == 300
    assert np.allclose((found - found.mean()) / found.std(), y)
    # The sixth column is uniform and has nothing to do with the accuracies.
    assert 0.4 < X[:, 5].mean() < 0.6 and 0 <= X[:, 5].min() and X[:, 5].max() < 1
    assert abs(np.corrcoef(X[:, 5], y)[0, 1]) < 4 / np.sqrt(300)
    assert np.array_equal(likelihood.table_rows(300, seed=1)[0], X)


def test_leave_one_out_is_what_a_second_model_says_of_the_one_left_out():
    X, y = data()
    gp = bo.GaussianProcess(bo.Matern52(0.7, 0.06**2), noise_variance=1e-4, mean=0.8)
    found = likelihood.leave_one_out(gp, X, y)
    for i in range(7):
        others = np.arange(7) != i
        mu, sigma = gp.condition(X[others], y[others]).predict(X[[i]], include_noise=True)
        assert found[i] == pytest.approx(norm.logpdf(y[i], mu[0], sigma[0]), rel=1e-8)


@pytest.mark.parametrize("y", [[1.0], [1.0, np.nan]])
def test_leave_one_out_refuses_values_that_do_not_match(y):
    with pytest.raises(ValueError, match="y must"):
        likelihood.leave_one_out(bo.GaussianProcess(), [[0.0], [1.0]], y)


def test_data_sets_are_draws_of_the_prior_with_a_noise_of_one_point():
    n = 4000
    X, f, y = likelihood.data_sets(n, seed=7)
    assert np.array_equal(X[:, 0], likelihood.PLACES) and f.shape == y.shape == (n, 17)
    noise = y - f
    assert np.abs(noise.mean(axis=0)).max() < 4 * 0.01 / np.sqrt(n)
    assert noise.std() == pytest.approx(0.01, rel=4 / np.sqrt(2 * noise.size))
    K = 0.06**2 * np.exp(-((X - X.T) ** 2) / (2 * 0.5**2))
    error = 0.06**2 * np.sqrt(2 / n)  # of a variance; of a covariance at the most
    assert np.abs((f - 0.85).T @ (f - 0.85) / n - K).max() < 5 * error


def test_each_data_set_chooses_the_top_of_likelihood_times_prior():
    X, _, y = likelihood.data_sets(3, seed=1)
    X, y, lengths = X[:6], y[:, :6], np.array([0.1, 0.3, 0.5, 1.0, 2.0])
    prior = norm.logpdf(np.log(lengths), np.log(2), np.log(2))
    found = likelihood.choose(X, y, lengths, {"ML": 0 * lengths, "MAP": prior})
    for name, log_prior in (("ML", 0), ("MAP", prior)):
        for i in range(3):
            curve, sds = likelihood.profile(
                bo.SquaredExponential, X, y[i], lengths, 0.85, (0.01 / 0.06) ** 2
            )
            top = np.argmax(curve + log_prior)
            assert found[name][0][i] == lengths[top]
            assert found[name][1][i] == pytest.approx(sds[top])


def test_the_true_model_is_right_about_the_places_it_has_not_seen():
    """By construction: 95 % within 2 sd, and the errors that it expects."""
    X, f, y = likelihood.data_sets(1000, seed=2)
    model = np.full(1000, 0.5), np.full(1000, 0.06)
    share, error = likelihood.held_out(X, f, y[:, :3], *model)
    gp = bo.GaussianProcess(bo.SquaredExponential(0.5, 0.06**2), 0.01**2, mean=0.85)
    _, sigma = gp.condition(X[:3], y[0, :3]).predict(X[3:])
    assert share == pytest.approx(norm.cdf(2) - norm.cdf(-2), abs=0.015)
    assert error == pytest.approx(np.sqrt(np.mean(sigma**2)), rel=0.05)
    half, _ = likelihood.held_out(X, f, y[:, :3], model[0], 0.5 * model[1])
    assert half < share - 0.1  # too sure


def test_fit_rows_is_the_fit_of_those_rows():
    X, y = likelihood.table_rows(25, 3)
    found = likelihood.fit_rows(25, 3, kernel=bo.SquaredExponential, without="dropout")
    X = X[:, [0, 1, 3, 4, 5]]  # dropout is the third
    kernel = bo.SquaredExponential(np.full(5, 0.5))
    expected = bo.GaussianProcess(kernel, noise_variance=0.01).fit(X, y)
    assert found.log_marginal_likelihood == expected.log_marginal_likelihood
    assert np.array_equal(found.kernel.length_scale, expected.kernel.length_scale)
    (again,) = likelihood.nats(25, [3], kernel=bo.SquaredExponential, without="dropout")
    assert again == found.log_marginal_likelihood
    by_input = likelihood.by_input([likelihood.fit_rows(25, 3)])
    assert list(by_input) == list(likelihood.INPUTS) and by_input["dropout"].shape == (1,)
    with pytest.raises(ValueError, match="without must be one of .*, got 'momentum'"):
        likelihood.fit_rows(25, 3, without="momentum")


def test_fit_trainings_trains_each_rate_with_a_seed_of_its_own():
    X = np.array([[-3.0], [-2.0], [-1.5]])
    posterior = likelihood.fit_trainings(X, first_seed=40)
    small = {"batch_size": 128, "dropout": 0.3, "n_layers": 1, "hidden_size": 64}
    expected = [
        network.validation_accuracy(small | {"learning_rate": 10.0**x}, seed=40 + k)
        for k, x in enumerate((-3.0, -2.0, -1.5))
    ]
    assert posterior.y.tolist() == expected
