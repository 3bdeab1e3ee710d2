"""Bayesian optimization, built step by step: the package of the course.

A search strategy has `ask` and `tell`, a surrogate has `fit`, an acquisition is a callable
(mu, sigma, best). Everything is maximized.
"""

from bo_tutorial import _moved
from bo_tutorial.acquisition import (
    ExpectedImprovement,
    LogExpectedImprovement,
    ProbabilityOfImprovement,
    UpperConfidenceBound,
    expected_improvement,
    log_expected_improvement,
    probability_of_improvement,
    upper_confidence_bound,
)
from bo_tutorial.evidence import LogNormalPrior
from bo_tutorial.gp import GaussianProcess, Posterior
from bo_tutorial.journal import JournalError, read_journal
from bo_tutorial.kernels import Matern52, SquaredExponential
from bo_tutorial.loop import ObjectiveFailed, WorkersLost, maximize
from bo_tutorial.random_forest import RandomForest
from bo_tutorial.result import Plateau, Result
from bo_tutorial.search import GridSearch, RandomSearch, SobolSearch
from bo_tutorial.smbo import BayesianOptimization, LargeHistoryWarning
from bo_tutorial.space import Categorical, Float, Int, Space
from bo_tutorial.sparse_gp import SparseGP
from bo_tutorial.strategy import SpaceExhausted, Strategy, Trial
from bo_tutorial.tpe import TreeParzen

__all__ = [
    "BayesianOptimization",
    "Categorical",
    "ExpectedImprovement",
    "Float",
    "GaussianProcess",
    "GridSearch",
    "Int",
    "JournalError",
    "LargeHistoryWarning",
    "LogExpectedImprovement",
    "LogNormalPrior",
    "Matern52",
    "ObjectiveFailed",
    "Plateau",
    "Posterior",
    "ProbabilityOfImprovement",
    "RandomForest",
    "RandomSearch",
    "Result",
    "SobolSearch",
    "Space",
    "SpaceExhausted",
    "SparseGP",
    "SquaredExponential",
    "Strategy",
    "TreeParzen",
    "Trial",
    "UpperConfidenceBound",
    "WorkersLost",
    "expected_improvement",
    "log_expected_improvement",
    "maximize",
    "probability_of_improvement",
    "read_journal",
    "upper_confidence_bound",
]

_moved.install()


def __getattr__(name: str) -> str:
    if name == "__version__":  # read when it is asked for, which takes as long as all the rest
        from importlib import metadata

        return metadata.version("bo_tutorial")
    if name == "minimize":
        raise AttributeError(
            "there is no minimize, we maximize: bo.maximize(lambda config: -loss(config), space)"
        )
    raise AttributeError(f"module 'bo_tutorial' has no attribute {name!r}")
