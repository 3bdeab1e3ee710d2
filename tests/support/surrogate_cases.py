"""What the tests of more than one surrogate are made of: kernels, data, and a mixed space."""

import math

import numpy as np
import oracles
import pytest

import bo_tutorial as bo

KERNELS = {"SquaredExponential": bo.SquaredExponential, "Matern52": bo.Matern52}
FORMULAS = {"SquaredExponential": oracles.squared_exponential, "Matern52": oracles.matern52}
both_kernels = pytest.mark.parametrize("name", list(KERNELS))

MIXED = bo.Space(
    rate=bo.Float(1e-4, 1.0, log=True),
    layers=bo.Int(1, 5),
    kind=bo.Categorical(["a", "b", "c"]),
    momentum=bo.Float(0.0, 1.0, when={"kind": "b"}),
)


def data(n, d, mean=0.0, scale=1.0, seed=0):
    """Draw inputs in the unit cube, smooth outputs around the mean, and points to predict at."""
    rng = np.random.default_rng([seed, n, d])
    X = rng.random((n, d))
    y = mean + scale * (np.sin(5 * X @ np.arange(1, d + 1) / d) + 0.1 * rng.standard_normal(n))
    return X, y, rng.random((9, d))


def score(config):
    """Score a configuration of `MIXED`; the best has kind b and a momentum of 0.7."""
    away = math.log10(config["rate"]) + 2
    bonus = 0.5 - (config["momentum"] - 0.7) ** 2 if config["kind"] == "b" else 0.0
    return -(away**2) - 0.1 * (config["layers"] - 3) ** 2 + bonus
