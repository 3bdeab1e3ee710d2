"""What lesson 04 computes of bands: exact shares, against functions drawn at random."""

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor, kernels

from bo_tutorial.course.lesson_04.numerics import coverage

X, XS, SD, NOISE = np.array([-3.0, -1.8, -0.5]), np.linspace(-4, 0, 41), 0.06, 0.015**2


def test_a_band_with_the_right_length_scale_keeps_its_word_at_every_place():
    for place in ([-3.0], [-2.4], [0.0]):  # at a training, between two, beyond all
        one, two, error = coverage(0.5, 0.5, X, place, SD, NOISE)
        assert (one, two) == pytest.approx((0.6827, 0.9545), abs=1e-4) and error <= SD


@pytest.mark.parametrize("believed", [0.25, 1.0])
def test_shares_and_error_of_a_wrong_length_scale_are_those_of_drawn_functions(believed):
    rng = np.random.default_rng(6)
    places = np.append(X, XS)
    K = SD**2 * np.exp(-((places[:, None] - places) ** 2) / (2 * 0.5**2))
    truth = rng.multivariate_normal(np.zeros(len(places)), K, 4000, method="eigh")
    told = truth[:, :3] + np.sqrt(NOISE) * rng.standard_normal((4000, 3))
    kernel = SD**2 * kernels.RBF(believed)
    model = GaussianProcessRegressor(kernel, alpha=NOISE, optimizer=None).fit(X[:, None], told.T)
    mu, sigma = model.predict(XS[:, None], return_std=True)
    off = np.abs(truth[:, 3:].T - mu)
    sigma = sigma if sigma.ndim == 2 else sigma[:, None]
    measured = [np.mean(off < n_sd * sigma) for n_sd in (1, 2)]
    one, two, error = coverage(believed, 0.5, X, XS, SD, NOISE)
    assert (one, two) == pytest.approx(measured, abs=0.012)
    assert error == pytest.approx(np.sqrt(np.mean(off**2)), rel=0.02)


def test_with_a_point_twice_and_no_noise_rounding_decides_what_fails():
    rng, passed = np.random.default_rng(8), {np.linalg.cholesky: 0, np.linalg.inv: 0}
    for _ in range(300):
        x = rng.uniform(-4, 0, 6)
        x = np.append(x, x[rng.integers(6)])
        K = SD**2 * np.exp(-((x[:, None] - x) ** 2) / (2 * 0.5**2))
        for method in passed:
            try:
                method(K)
                passed[method] += 1
            except np.linalg.LinAlgError:
                pass
    assert all(0 < n < 300 for n in passed.values()), passed


def test_the_draws_at_49_places_need_their_jitter():
    x = np.linspace(-4, 0, 49)
    K = SD**2 * np.exp(-((x[:, None] - x) ** 2) / (2 * 0.5**2))
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.cholesky(K)
    L = np.linalg.cholesky(K + 1e-10 * np.eye(49))
    assert np.allclose(L @ L.T, K, atol=1e-9)
