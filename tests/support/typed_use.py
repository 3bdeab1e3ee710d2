"""The public names as a typed program uses them; `make lint` runs mypy over it, nothing runs it."""

from dataclasses import dataclass

import numpy as np

import bo_tutorial as bo
from bo_tutorial.problems import branin
from bo_tutorial.protocols import Acquisition, NumberedTrials, Posterior, Strategy, Surrogate


@dataclass(frozen=True)
class Linear:
    """A kernel that shares nothing with those of the course."""

    length_scale: float = 1.0
    signal_variance: float = 1.0

    def __call__(self, A: np.ndarray, B: np.ndarray | None = None) -> np.ndarray:
        return A @ (A if B is None else B).T


class Steep(bo.SquaredExponential):
    @staticmethod
    def of_and_slope(s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.exp(-s), -np.exp(-s)


class Sampled(bo.Strategy):
    def propose(self, number: int, rng: np.random.Generator) -> dict:
        return self.space.sample(rng)


def optimistic(mu: np.ndarray, sigma: np.ndarray, best: float) -> np.ndarray:
    return mu + sigma


def objective(config: dict) -> float:
    return -config["x"]


def each_part_fits_its_protocol(X: np.ndarray, y: np.ndarray) -> None:
    space = bo.Space(x=bo.Float(0.0, 1.0), n=bo.Int(1, 5), c=bo.Categorical(["a", "b"]))
    processes = [bo.GaussianProcess(k) for k in (bo.Matern52(), Steep(0.5), Linear())]
    surrogates: list[Surrogate] = [*processes]
    posterior: Posterior = processes[0].fit(X, y)
    mu, sigma = posterior.predict(X)
    scores: np.ndarray = bo.expected_improvement(mu, sigma, best=0.9)
    acquisitions: list[Acquisition] = [
        optimistic,
        bo.ExpectedImprovement(xi=0.01),
        bo.LogExpectedImprovement(),
        bo.UpperConfidenceBound(kappa=2.0),
    ]
    searches: list[NumberedTrials] = [
        bo.BayesianOptimization(space, surrogates[0], acquisitions[0], candidates=X[scores > 0]),
        bo.RandomSearch(space, seed=0),
        bo.SobolSearch(space),
        bo.GridSearch(space, points=5),
        bo.TreeParzen(space),
        Sampled(space),
    ]
    for strategy in searches:
        strategy.tell(strategy.ask(), 0.5)
        bo.maximize(objective, space, n_evaluations=5, strategy=strategy)


def a_batch_is_a_list(strategy: bo.BayesianOptimization) -> Strategy:
    for config in strategy.ask(4):
        strategy.tell(config, objective(config))
    return strategy


def a_problem_is_an_objective() -> dict:
    return bo.maximize(branin, branin.space, n_evaluations=50, seed=0).best_config
