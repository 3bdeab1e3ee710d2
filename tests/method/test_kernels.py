"""A kernel is tried where it is handed over, and the words people type get an answer."""

import copy
import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.gaussian_process import kernels as sk

import bo_tutorial as bo
from bo_tutorial.kernels import SquaredExponential


@dataclass(frozen=True)
class Exponential:
    """What a kernel of one's own needs at the least: Matern with nu = 1/2, for one dimension."""

    length_scale: float = 0.3
    signal_variance: float = 2.0

    def __call__(self, A, B=None):
        B = A if B is None else B
        distance = np.abs(A[:, None, 0] - B[None, :, 0])
        return self.signal_variance * np.exp(-distance / self.length_scale)


class RationalQuadratic(SquaredExponential):
    """A subclass with one formula of its own, (1 + s / 4)^-2: alpha = 2."""

    @staticmethod
    def value_and_derivative(s):
        return (1 + s / 4) ** -2, -0.5 * (1 + s / 4) ** -3


def changed(*without, **attributes):
    """An object like `Exponential()`, with other attributes or without some."""
    kind = {"length_scale": 0.3, "signal_variance": 2.0, "__call__": Exponential.__call__}
    kept = {name: value for name, value in (kind | attributes).items() if name not in without}
    return type("Changed", (), kept)()


WORDS = {
    "rbf": ("rbf", "write bo.SquaredExponential()"),
    "RBF": ("RBF", "write bo.SquaredExponential()"),
    "matern": ("Matern-5/2", "write bo.Matern52()"),
    "another word": ("periodic", "write bo.SquaredExponential() or bo.Matern52()"),
    "a class": (bo.SquaredExponential, "write SquaredExponential()"),
    "another class": (bo.Matern52, "write Matern52()"),
    "a lambda": (lambda A, B=None: np.eye(len(A)), "no length_scale and no signal_variance"),
    "scikit-learn's RBF": (sk.RBF(0.3), "scikit-learn's RBF(length_scale=0.3): write bo.Squared"),
    "scikit-learn's sum": (sk.Matern() + sk.WhiteKernel(), "scikit-learn's Matern"),
    "nothing": (None, "got None"),
    "a number": (1.0, "got 1.0"),
    "no length scale": (changed("length_scale"), "has no length_scale"),
}
FORMULAS = {
    "another signature": (changed(__call__=lambda self, x: x), "two sets of points, got TypeError"),
    "one number": (changed(__call__=lambda self, A, B=None: 1.0), "got () and ()"),
    "pairs only": (changed(__call__=lambda self, A, B=None: np.ones(len(A))), "got (3,) and (2,)"),
    "text": (changed(__call__=lambda self, A, B=None: "k"), "ValueError"),
    "NaN": (
        changed(__call__=lambda self, A, B=None: np.full((len(A), 3), np.nan)),
        "finite covariances",
    ),
    "not symmetric": (
        changed(__call__=lambda s, A, B=None: 2 * np.exp(A - (A if B is None else B).T)),
        "symmetric",
    ),
    "not stationary": (
        changed(__call__=lambda self, A, B=None: A @ (A if B is None else B).T),
        "k(x, x) = signal_variance everywhere",
    ),
    "another signal variance": (
        changed(__call__=Exponential().__call__, signal_variance=5.0),
        "signal_variance 5.0",
    ),
    "a distance for a covariance": (
        changed(__call__=lambda s, A, B=None: 2 + 9 * abs(A - (A if B is None else B).T)),
        "positive definite",
    ),
}


@pytest.mark.parametrize("kernel, said", [*WORDS.values()], ids=[*WORDS])
def test_a_word_for_a_kernel_is_answered_with_what_to_write(kernel, said):
    with pytest.raises(TypeError, match="^kernel must ") as caught:
        bo.GaussianProcess(kernel)
    assert said in str(caught.value)


@pytest.mark.parametrize("kernel, said", [*FORMULAS.values()], ids=[*FORMULAS])
def test_a_callable_that_is_no_kernel_is_refused_before_any_data(kernel, said):
    with pytest.raises((TypeError, ValueError), match="^kernel must ") as caught:
        bo.GaussianProcess(kernel)
    assert said in str(caught.value)


OTHER_NAMES = {
    "nu": (lambda: bo.Matern52(nu=2.5), "'nu': write Matern52() for nu = 5/2"),
    "lengthscale": (lambda: bo.SquaredExponential(lengthscale=1), "write length_scale=..."),
    "variance": (lambda: bo.Matern52(variance=1), "write signal_variance=..."),
    "alpha": (lambda: bo.GaussianProcess(alpha=1e-6), "write noise_variance=..."),
    "restarts": (lambda: bo.GaussianProcess(n_restarts_optimizer=3), "write n_starts=..."),
    "a length scale": (lambda: bo.GaussianProcess(length_scale=1), "write kernel=bo.Squared"),
    "no name at all": (lambda: bo.GaussianProcess(colour=1), "it has kernel, noise_variance, mean"),
}


@pytest.mark.parametrize("action, said", [*OTHER_NAMES.values()], ids=[*OTHER_NAMES])
def test_an_argument_by_the_name_of_another_library(action, said):
    with pytest.raises(TypeError) as caught:
        action()
    assert said in str(caught.value)


@pytest.mark.parametrize("learn", ["all", "lengthscale", None, 2, ("nu",), ["length_scale", "nu"]])
def test_what_cannot_be_learned_is_refused(learn):
    with pytest.raises(ValueError, match="learn must be True for all .*, got "):
        bo.GaussianProcess(learn=learn)


def test_one_name_to_learn_is_answered_with_what_to_write():
    with pytest.raises(ValueError, match=r"write learn=\('length_scale',\)"):
        bo.GaussianProcess(learn="length_scale")


def test_names_to_learn_may_come_in_any_collection():
    for kind in (tuple, list, set):
        learn = bo.GaussianProcess(learn=kind(["noise_variance", "length_scale"])).learn
        assert learn == ("length_scale", "noise_variance")


@pytest.mark.parametrize("n_starts, error", [(0, ValueError), (-1, ValueError), (1.5, TypeError)])
def test_no_start_to_climb_from(n_starts, error):
    with pytest.raises(error, match=f"n_starts must .*, got {n_starts}"):
        bo.GaussianProcess(n_starts=n_starts)


@pytest.mark.parametrize("prior", ["map", (0, 1), True, bo.LogNormalPrior])
def test_a_prior_is_a_prior(prior):
    with pytest.raises(TypeError, match="prior must be a LogNormalPrior or None"):
        bo.GaussianProcess(prior=prior)


@pytest.mark.parametrize("pair", [0.3, (0.3,), "ab", (0.0, 0.0), (0.0, -1.0), (np.nan, 1.0)])
def test_a_prior_of_another_shape_or_without_a_spread(pair):
    with pytest.raises((TypeError, ValueError), match="length_scale must be"):
        bo.LogNormalPrior(length_scale=pair)


# -------------------------------------------------------------------------- kernels of one's own


def test_a_kernel_of_ones_own_conditions_as_the_formulas_say():
    X, y = np.array([[0.1], [0.5], [0.7]]), np.array([1.0, -1.0, 0.5])
    posterior = bo.GaussianProcess(Exponential(), noise_variance=0.01).condition(X, y)
    mu, sigma = posterior.predict(np.array([[0.3]]))
    K = 2 * np.exp(-np.abs(X - X.T) / 0.3) + 0.01 * np.eye(3)
    k = 2 * np.exp(-np.abs(X[:, 0] - 0.3) / 0.3)
    assert mu[0] == pytest.approx(k @ np.linalg.solve(K, y), rel=1e-12)
    assert sigma[0] == pytest.approx(np.sqrt(2 - k @ np.linalg.solve(K, k)), rel=1e-12)
    assert repr(posterior).startswith("Posterior(n=3, d=1, kernel=Exponential(")
    assert posterior.extend(np.array([[0.9]]), np.array([0.0])).X.shape == (4, 1)


def test_a_kernel_without_slopes_is_searched_without_a_climb():
    space = bo.Space(x=bo.Float(0, 1))
    gp = bo.GaussianProcess(Exponential(), learn=False)
    strategy = bo.BayesianOptimization(space, surrogate=gp, n_initial=1)
    assert not hasattr(gp.condition(np.array([[0.5]]), np.array([1.0])), "predict_gradient")
    for x in (0.1, 0.5, 0.9):
        strategy.tell({"x": x}, -((x - 0.4) ** 2))
    assert len(strategy.ask(2)) == 2


def test_a_kernel_that_cannot_be_learned_says_so():
    with pytest.raises(TypeError, match="value_and_derivative and pair_differences .*learn=False"):
        bo.GaussianProcess(Exponential()).fit(np.array([[0.1], [0.5]]), np.array([1.0, 2.0]))


def test_a_subclass_with_another_formula_is_learned_and_climbed():
    space = bo.Space(x=bo.Float(0, 1), y=bo.Float(0, 1))
    gp = bo.GaussianProcess(RationalQuadratic(np.full(2, 0.5)), noise_variance=1e-4)
    rng = np.random.default_rng(0)
    X = rng.random((20, 2))
    posterior = gp.fit(X, np.sin(9 * X[:, 0]) + X[:, 1] ** 2 + 0.1 * rng.standard_normal(20))
    slopes = posterior.log_marginal_likelihood_gradient
    assert isinstance(posterior.kernel, RationalQuadratic) and np.abs(slopes).max() < 0.1
    strategy = bo.BayesianOptimization(space, surrogate=gp, n_initial=1)
    for x, y in X:
        strategy.tell({"x": float(x), "y": float(y)}, -((x - 0.4) ** 2) - (y - 0.6) ** 2)
    (x, y) = strategy.ask().values()
    assert abs(x - 0.4) < 0.1 and abs(y - 0.6) < 0.1


def test_a_subclass_may_have_arguments_of_its_own():
    class Named(bo.Matern52):
        def __init__(self, name):
            super().__init__(length_scale=0.2)
            object.__setattr__(self, "name", name)

    assert Named(name="mine").length_scale == 0.2


@pytest.mark.parametrize("kernel", [bo.SquaredExponential(0.3), bo.Matern52(np.array([0.2, 0.4]))])
def test_kernels_and_processes_survive_a_copy(kernel):
    gp = bo.GaussianProcess(kernel, prior=bo.LogNormalPrior(), learn=("length_scale",))
    for again in (copy.deepcopy(gp), pickle.loads(pickle.dumps(gp))):
        assert repr(again) == repr(gp)


# ------------------------------------------------------------------- numbers that are squared

X, Y = np.array([[0.1], [0.5], [0.9]]), np.array([1.0, 2.0, 0.5])
SIZES = {
    "y": (lambda gp: gp.condition(X, 1e300 * Y), "y must be at most 1e+100"),
    "y, learned": (lambda gp: gp.fit(X, 1e300 * Y), "y must be at most 1e+100"),
    "the lowest float": (lambda gp: gp.fit(X, [1.0, -1.7e308, 2.0]), "y must be at most 1e+100"),
    "y without a square": (lambda gp: gp.fit(X, 1e-300 * Y), "differ from the mean by 1e-100"),
    "X": (lambda gp: gp.condition(1e200 * X, Y), "X must be at most 1e+60"),
    "Xs": (lambda gp: gp.condition(X, Y).predict(1e200 * X), "Xs must be at most 1e+60"),
    "mean": (lambda gp: bo.GaussianProcess(mean=1e200), "mean must be at most 1e100"),
    "noise": (
        lambda gp: bo.GaussianProcess(noise_variance=1e300),
        "noise_variance must be at most",
    ),
    "short": (lambda gp: bo.Matern52(1e-200), "length_scale must be between 1e-90 and 1e+90"),
    "long": (lambda gp: bo.Matern52([1.0, 1e200]), "length_scale must be between"),
    "signal": (lambda gp: bo.Matern52(1.0, 1e300), "signal_variance must be between"),
    "no signal": (lambda gp: bo.Matern52(1.0, 5e-324), "signal_variance must be between"),
}


@pytest.mark.parametrize("action, said", [*SIZES.values()], ids=[*SIZES])
def test_a_number_whose_square_is_no_float_is_refused(action, said):
    with np.errstate(all="raise"), pytest.raises(ValueError) as caught:
        action(bo.GaussianProcess())
    assert said in str(caught.value)


@pytest.mark.parametrize("kernel", [bo.SquaredExponential, bo.Matern52])
@pytest.mark.parametrize("unit", [1e-90, 1e90])
def test_y_far_from_one_is_learned_in_its_own_units(kernel, unit):
    """Without standardizing: the same posterior as for y of order 1, multiplied."""
    X = np.random.default_rng(0).random((12, 1))
    y = np.sin(6 * X[:, 0])
    predicted = []
    for scale in (1.0, unit):
        gp = bo.GaussianProcess(kernel(0.5, scale**2), noise_variance=1e-6 * scale**2)
        with np.errstate(all="raise"):
            predicted.append(np.array(gp.fit(X, scale * y).predict(np.linspace(0, 1, 9)[:, None])))
    # How far a climb goes depends on the units, a little.
    assert predicted[1] / unit == pytest.approx(predicted[0], abs=0.05)


@pytest.mark.parametrize("kernel", [bo.SquaredExponential, bo.Matern52])
def test_a_tiny_y_and_a_short_length_scale_are_exact(kernel):
    """Far points share nothing: the mean returns to 0, at a data point it is y."""
    with np.errstate(all="raise"):
        posterior = bo.GaussianProcess(kernel(1e-80), noise_variance=0.0).condition(X, 1e-300 * Y)
        mu, sigma = posterior.predict(np.array([[0.1], [0.3]]))
        posterior.predict_gradient(np.array([[0.1], [0.3]]))
    assert mu == pytest.approx([1e-300, 0.0], rel=1e-12, abs=0)
    assert sigma == pytest.approx([0.0, 1.0], abs=1e-12)
    assert posterior.log_marginal_likelihood == pytest.approx(-1.5 * np.log(2 * np.pi))
