"""The Parzen densities against quadrature and SciPy, and the strategy against random search."""

import math

import numpy as np
import pytest
from scipy import stats

import bo_tutorial as bo
from bo_tutorial import problems
from bo_tutorial.tpe import _Parzen, _recent_first, _widths

MIXED = bo.Space(
    rate=bo.Float(0.0, 1.0),
    layers=bo.Int(1, 6, log=True),
    kind=bo.Categorical(["a", "b", "c"]),
    momentum=bo.Float(0.0, 1.0, when={"kind": "b"}),
)


def test_widths_of_five_points_by_hand():
    # Sorted .1 .2 .5 .9 .95: the outer points look inward only, the others to the farther neighbor.
    centers = np.array([0.5, 0.1, 0.95, 0.2, 0.9])
    assert _widths(centers) == pytest.approx([0.4, 1 / 6, 1 / 6, 0.3, 0.4])


def test_weights_ramp_up_to_the_last_25():
    assert np.array_equal(_recent_first(25), np.ones(25))
    weights = _recent_first(30)
    assert weights[:5] == pytest.approx(np.linspace(1 / 30, 1, 5))
    assert np.array_equal(weights[5:], np.ones(25))


def test_one_dimension_is_a_mixture_of_truncated_normals():
    space = bo.Space(x=bo.Float(0.0, 1.0))
    points = np.array([[0.1], [0.15], [0.7]])
    parzen = _Parzen(space, points)
    u = np.linspace(0, 1, 101)
    centers, widths = [0.1, 0.15, 0.7, 0.5], [0.2, 0.35, 0.2, 1.0]
    density = np.mean(
        [
            stats.truncnorm.pdf(u, -m / s, (1 - m) / s, loc=m, scale=s)
            for m, s in zip(centers, widths, strict=True)
        ],
        axis=0,
    )
    assert np.exp(parzen.log_density(u[:, None])) == pytest.approx(density, rel=1e-12)


def total_mass(parzen):
    """Sum over integers and categories, Gauss-Legendre over the real hyperparameters."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    nodes, weights = (nodes + 1) / 2, weights / 2
    mass = 0.0
    for layers in range(1, 7):
        for kind in "abc":
            inner = nodes if kind == "b" else [0.5]
            inner_weights = weights if kind == "b" else [1.0]
            at = MIXED.to_unit(
                {"rate": 0.5, "layers": layers, "kind": kind}
                | ({"momentum": 0.5} if kind == "b" else {})
            )
            U = np.array([[x, at[1], at[2], m] for x in nodes for m in inner])
            w = np.outer(weights, inner_weights).ravel()
            mass += w @ np.exp(parzen.log_density(U))
    return mass


@pytest.mark.parametrize("n", [1, 4, 12])
def test_a_mixed_conditional_density_has_mass_one(n):
    points = MIXED.snap(np.random.default_rng(n).random((n, 4)))
    assert total_mass(_Parzen(MIXED, points)) == pytest.approx(1.0, abs=1e-6)


def test_samples_follow_the_density():
    points = MIXED.snap(np.random.default_rng(5).random((6, 4)))
    parzen = _Parzen(MIXED, points)
    drawn = MIXED.snap(parzen.sample(20_000, np.random.default_rng(0)))
    assert drawn.min() >= 0 and drawn.max() <= 1
    # P(rate < t) from the density, by summing over a fine grid of `rate` and all else.
    for j, name in ((1, "layers"), (2, "kind")):
        shares = np.unique(drawn[:, j], return_counts=True)[1] / len(drawn)
        expected = [
            sum(math.exp(lp) * w for lp, w in _marginal(parzen, j, value))
            for value in np.unique(drawn[:, j])
        ]
        error = np.sqrt(np.array(expected) / len(drawn))
        assert np.all(np.abs(shares - expected) < 5 * error), name


def _marginal(parzen, j, value):
    """Log density and weight at quadrature nodes with coordinate j held at `value`."""
    nodes, weights = np.polynomial.legendre.leggauss(20)
    nodes, weights = (nodes + 1) / 2, weights / 2
    for layers in range(1, 7):
        for kind in "abc":
            at = MIXED.to_unit(
                {"rate": 0.5, "layers": layers, "kind": kind}
                | ({"momentum": 0.5} if kind == "b" else {})
            )
            if at[j] != value:
                continue
            inner = list(zip(nodes, weights, strict=True)) if kind == "b" else [(0.5, 1.0)]
            for x, w in zip(nodes, weights, strict=True):
                for m, v in inner:
                    yield parzen.log_density(np.array([[x, at[1], at[2], m]]))[0], w * v


@pytest.mark.parametrize("problem", [problems.branin, problems.hartmann6, problems.levy(4)])
def test_it_beats_random_search_at_100_evaluations(problem):
    def median_regret(strategy):
        return np.median(
            [
                problem.regret(
                    bo.maximize(
                        problem, problem.space, 100, strategy=strategy(s), progress=False
                    ).best_value
                )
                for s in range(7)
            ]
        )

    tpe = median_regret(lambda s: bo.TreeParzen(problem.space, seed=s))
    assert tpe < 0.5 * median_regret(lambda s: bo.RandomSearch(problem.space, seed=s))


def test_a_finite_space_is_asked_once_each_and_then_ends():
    space = bo.Space(a=bo.Int(1, 4), b=bo.Categorical(["x", "y", "z"]))
    result = bo.maximize(lambda c: c["a"], space, 50, strategy=bo.TreeParzen(space), progress=False)
    assert len({tuple(config.items()) for config in result.configs}) == len(result.values) == 12


def test_failures_are_worse_than_anything_and_pending_trials_repel():
    space = bo.Space(x=bo.Float(0.0, 1.0))
    strategy = bo.TreeParzen(space, n_initial=1)
    for x in np.linspace(0.05, 0.95, 20):
        strategy.tell({"x": float(x)}, math.nan if x > 0.5 else float(x))
    assert np.mean([config["x"] < 0.6 for config in strategy.ask(20)]) > 0.7


def test_only_failures_means_random_search_goes_on():
    strategy = bo.TreeParzen(MIXED, n_initial=2)
    for _ in range(6):
        strategy.tell(strategy.ask(), math.nan)
    assert len(strategy.told) == 6


@pytest.mark.parametrize("wrong", [{"quantile": 0.0}, {"quantile": 1.0}, {"n_candidates": 0}])
def test_bad_arguments_are_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        bo.TreeParzen(MIXED, **wrong)
