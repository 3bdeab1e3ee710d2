"""What is handed over is tried on made-up data: a mistake costs no evaluation."""

import numpy as np
import pytest

import bo_tutorial as bo

SQUARE = bo.Space(x=bo.Float(0.0, 1.0), y=bo.Float(0.0, 1.0))
MIXED = bo.Space(
    kind=bo.Categorical(["a", "b", "c"]), n=bo.Int(1, 9), x=bo.Float(0, 1, when={"kind": "a"})
)


class Surrogate:
    """Predict with a function of the points; what else a posterior may have comes by keyword."""

    def __init__(self, predict, **more):
        self.predict = predict
        vars(self).update(more)

    def fit(self, X, y):
        return self


def flat(U):
    return np.zeros(len(U)), np.ones(len(U))


class Regressor:
    """What scikit-learn's look like."""

    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.zeros(len(X))


SURROGATES = {
    "a class": (bo.GaussianProcess, "such as GaussianProcess(), got the class GaussianProcess"),
    "a text": ("GP", "surrogate must have a method fit(X, y), like GaussianProcess(), got 'GP'"),
    "a kernel": (bo.Matern52(0.3), "surrogate must have a method fit(X, y)"),
    "a regressor": (Regressor(), "must predict (mu, sigma)"),
    "one array of two": (Surrogate(lambda U: np.zeros((2, len(U)))), "must predict (mu, sigma)"),
    "three": (Surrogate(lambda U: (*flat(U), 0)), "must predict (mu, sigma)"),
    "columns": (Surrogate(lambda U: (np.zeros((len(U), 1)), np.ones(len(U)))), "got shape (7, 1)"),
    "one number": (Surrogate(lambda U: (np.zeros(len(U)), 1.0)), "must predict sigma as an array"),
    "too short": (Surrogate(lambda U: flat(U[1:])), "got shape (6,)"),
    "not finite": (Surrogate(lambda U: (np.full(len(U), np.nan), np.ones(len(U)))), "finite mu"),
    "negative": (Surrogate(lambda U: (np.zeros(len(U)), -np.ones(len(U)))), "sigma, 0 or more"),
    "covariance": (Surrogate(lambda U: (np.zeros(len(U)), np.eye(len(U)))), "got shape (7, 7)"),
    "it raises": (Surrogate(lambda U: 1 / 0), "predict(X) takes X (m, d), and it raised ZeroDiv"),
    "gradients": (
        Surrogate(flat, predict_gradient=lambda U: (*flat(U), np.zeros(len(U)), np.zeros(2))),
        "predict_gradient of the posterior must return mu, sigma, dmu, dsigma of shapes",
    ),
    "means": (Surrogate(flat, mean_at_data=np.zeros(1)), "mean_at_data of the posterior must be"),
    "extension": (Surrogate(flat, extend=lambda X, y: None), "extend must return a posterior"),
    "another dimension": (
        bo.GaussianProcess(bo.Matern52([0.3, 0.3, 0.3])),
        "on 5 made-up points in 2 dimensions",
    ),
}


class NoFit:
    def fit(self, X):
        return self


class NoPosterior:
    def fit(self, X, y):
        return None


SURROGATES["another signature"] = NoFit(), "surrogate must accept fit(X, y)"
SURROGATES["no posterior"] = NoPosterior(), "must return a posterior with predict(X) from its fit"


@pytest.mark.parametrize("surrogate, says", SURROGATES.values(), ids=list(SURROGATES))
def test_a_surrogate_that_cannot_serve_is_refused(surrogate, says):
    with pytest.raises(TypeError) as caught:
        bo.BayesianOptimization(SQUARE, surrogate=surrogate)
    assert says in str(caught.value)


class WithSlopes:
    def __init__(self, slopes):
        self.slopes = slopes

    def __call__(self, mu, sigma, best):
        return mu - best


ACQUISITIONS = {
    "a class": (bo.ExpectedImprovement, "got the class ExpectedImprovement: put brackets"),
    "a text": ("EI", "must be a callable (mu, sigma, best), such as ExpectedImprovement(xi=0.01)"),
    "UCB as a function": (bo.upper_confidence_bound, "takes kappa where the incumbent goes"),
    "its own kappa": (lambda mu, sigma, kappa: mu + kappa * sigma, "takes kappa where"),
    "two arguments": (lambda mu, sigma: mu + sigma, "got one that takes (mu, sigma)"),
    "four arguments": (lambda mu, sigma, best, xi: mu, "got one that takes (mu, sigma, best, xi)"),
    "one score": (lambda mu, sigma, best: 1.0, "must return an array of shape (7,)"),
    "a table": (lambda mu, sigma, best: np.outer(mu, sigma), "got shape (7, 7)"),
    "NaN": (lambda mu, sigma, best: mu * np.nan, "scores that are numbers"),
    "nothing": (lambda mu, sigma, best: None, "must return"),
    "it raises": (lambda mu, sigma, best: mu.missing, "and it raised AttributeError"),
    "slopes": (WithSlopes(lambda mu, sigma, best: (mu[1:], 0)), "slopes of the acquisition"),
    "one slope": (WithSlopes(lambda mu, sigma, best: mu), "in slopes too, and it raised ValueErr"),
}


@pytest.mark.parametrize("acquisition, says", ACQUISITIONS.values(), ids=list(ACQUISITIONS))
def test_an_acquisition_that_cannot_serve_is_refused(acquisition, says):
    with pytest.raises(TypeError) as caught:
        bo.BayesianOptimization(SQUARE, acquisition=acquisition)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "acquisition",
    [
        bo.expected_improvement,
        bo.log_expected_improvement,
        bo.probability_of_improvement,
        bo.UpperConfidenceBound(),
        bo.ProbabilityOfImprovement(),
        lambda mu, sigma, incumbent: mu - incumbent,
        lambda *arguments: arguments[0],
    ],
)
@pytest.mark.parametrize("space", [SQUARE, MIXED])
def test_what_can_serve_is_taken(acquisition, space):
    n_lengths = np.full(space.d, 0.4)
    for surrogate in (
        None,
        Surrogate(flat),
        bo.GaussianProcess(bo.SquaredExponential(0.3)),
        bo.GaussianProcess(bo.Matern52(n_lengths, categorical=space.categorical), n_starts=2),
        bo.GaussianProcess(noise_variance=0.0, learn=False),
    ):
        strategy = bo.BayesianOptimization(space, surrogate, acquisition, n_initial=2)
        for _ in range(4):
            strategy.tell(strategy.ask(), 1.0)


def test_the_try_leaves_the_surrogate_as_it_was():
    class Counting(Surrogate):
        n_fits = 0

        def fit(self, X, y):
            self.n_fits += 1
            return self

    surrogate = Counting(flat)
    strategy = bo.BayesianOptimization(SQUARE, surrogate=surrogate, n_initial=1)
    assert surrogate.n_fits == 0
    strategy.tell(strategy.ask(), 1.0)
    strategy.ask()
    assert surrogate.n_fits == 1


def test_a_try_is_made_with_as_few_trials_as_there_may_be():
    seen = []

    class Seeing(Surrogate):
        def fit(self, X, y):
            seen.append(X.shape)
            assert np.array_equal(MIXED.snap(X), X)  # points that stand for configurations
            return self

    bo.BayesianOptimization(MIXED, surrogate=Seeing(flat), n_initial=3)
    assert seen == [(3, 3)]


@pytest.mark.parametrize(
    "words, says",
    [
        ({"kernel": "rbf"}, "write surrogate=bo.GaussianProcess(bo.Matern52(0.3))"),
        ({"kappa": 2.0}, "write acquisition=bo.UpperConfidenceBound(kappa=2.0)"),
        ({"random_state": 1}, "write seed="),
        ({"acquisitions": None}, "did you mean acquisition=?"),
    ],
)
def test_the_words_of_other_libraries_are_answered(words, says):
    with pytest.raises(TypeError) as caught:
        bo.BayesianOptimization(SQUARE, **words)
    assert says in str(caught.value)
