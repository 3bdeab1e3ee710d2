"""The network, tuned: what many searches found, and what came of it when it was trained again.

`data/tuning.json` holds 20 runs of Bayesian optimization with 50 trainings each, 10
in a space with one more axis that does nothing, 12 runs of random search with 500 trainings,
and later trainings of what these runs found best and of the best rows of the grid. It was made by
`tools/tuning_data.py`, which trains about 10 000 networks.
"""

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bo_tutorial import _validate, network
from bo_tutorial.course.lesson_09.numerics import new_bests
from bo_tutorial.network import SPACE
from bo_tutorial.outputs import fit_outputs
from bo_tutorial.smbo import BayesianOptimization
from bo_tutorial.space import Float, Space

DATA = Path(__file__).parent / "data" / "tuning.json"
N_RUNS, N_IDLE_RUNS, N_RANDOM_RUNS = 20, 10, 12
N_BAYESIAN, N_RANDOM = 50, 500  # trainings in a run
FRESH_SEEDS = range(1, 25)  # no search uses them: the grid has seed 0, runs 1000 and more
N_SHORTLIST = 20  # rows of the grid, the best first, that were trained again
# Images: 600 and 400.
N_VALIDATION, N_TEST = (network.N_CLASSES * n for n in (network.N_VALIDATION, network.N_TEST))
# The same space with an axis that does nothing: what a search should do there is known.
IDLE_SPACE = Space(**{name: SPACE[name] for name in SPACE.names}, time_of_day=Float(0.0, 24.0))
SPACES = {"bayesian": SPACE, "idle": IDLE_SPACE, "random": SPACE}


def training_seed(run, trial):
    """Return the seed of one training in a search: another one for each, as in life."""
    return 1000 * (run + 1) + trial


@dataclass(frozen=True, eq=False)
class Run:
    """Hold one search.

    Attributes:
        method, number: "bayesian", "idle" or "random", and which of its runs.
        trials: numbers of the trials, from 0, shape (n,). Of a random search only those are kept
            that scored more than all before them: its best is known, not all that it tried.
        configs: n configurations. values: their validation accuracies, shape (n,).
        recommended: the configuration that BO recommends at the end; None for random search.
        seconds: {n: CPU seconds of the first n trainings}. asking: CPU seconds of all questions.
    """

    method: str
    number: int
    trials: np.ndarray
    configs: tuple
    values: np.ndarray
    recommended: dict | None
    seconds: dict
    asking: float

    def best_observed(self, n):
        """Return the best observed of the first n trainings: configuration and accuracy.

        The earliest one of those that share the largest accuracy.

        Raises:
            ValueError: `n` is not a whole number from 1 to the trainings of the run.
        """
        n = _validate.whole_number("n", n, 1)
        if n > max(self.seconds):
            raise ValueError(f"n must be at most {max(self.seconds)}, got {n}")
        best = int(np.argmax(self.values[self.trials < n]))
        return self.configs[best], float(self.values[best])

    @property
    def points(self):
        """Where the trials lie in the unit cube, shape (n, d)."""
        return np.array([SPACES[self.method].to_unit(config) for config in self.configs])

    def strategy(self, n=None):
        """Return the strategy of a run of BO as it was after n trials (all by default)."""
        strategy = BayesianOptimization(SPACES[self.method], seed=self.number)
        for config, value in zip(self.configs[:n], self.values[:n], strict=True):
            strategy.tell(config, value)
        return strategy

    def promise(self):
        """Return the posterior mean at the recommended configuration: what BO promises of it."""
        point = SPACES[self.method].to_unit(self.recommended)
        mu, _ = self.strategy().posterior().predict(point[None, :])
        return float(mu[0])

    def along(self, name, n=None):
        """Return μ at 25 places along one axis, the rest as in the best believed after n."""
        strategy, axis = self.strategy(n), SPACES[self.method].names.index(name)
        places = np.tile(strategy.space.to_unit(with_largest_mean(strategy)), (25, 1))
        places[:, axis] = np.linspace(0, 1, 25)
        return strategy.posterior().predict(places)[0]

    def near_best(self, name, first=25, width=0.1):
        """Return which share of the trials from `first` on lies near the best observed until then.

        Near on the axis `name`: within `width` of the axis on both sides.

        Returns:
            The share, and what it would be if these trials were spread evenly.
        """
        at = self.points[:, SPACES[self.method].names.index(name)]
        best = np.array([at[np.argmax(self.values[:t])] for t in range(first, len(at))])
        even = np.minimum(best + width, 1) - np.maximum(best - width, 0)
        return np.mean(np.abs(at[first:] - best) < width), even.mean()

    def length_scales(self, n=None):
        """Fit the default surrogate to the first n trials (all by default); return ℓ, shape (d,).

        In units of the cube: 1 is the whole range of a hyperparameter. The values are standardized
        and bent as `BayesianOptimization` does it.
        """
        X, y = self.points[:n], self.values[:n]
        surrogate = BayesianOptimization(SPACES[self.method]).surrogate
        return surrogate.fit(X, fit_outputs(y).standardize(y)).kernel.length_scale


def runs(method):
    """Return all runs of a method: "bayesian", "idle" or "random".

    Raises:
        ValueError: there is no such method.
    """
    if method not in SPACES:
        raise ValueError(f"method must be one of {list(SPACES)}, got {method!r}")
    return [_run(method, *entry) for entry in enumerate(_data()["searches"][method])]


def with_largest_mean(strategy):
    """Return the configuration told whose posterior mean is largest."""
    mu, _ = strategy.posterior().predict(np.array([trial.point for trial in strategy.told]))
    return strategy.told[int(np.argmax(mu))].config


def curve(method, kind):
    """Return the accuracy of the best observed after n trainings, for all runs of a method.

    Args:
        method: "bayesian" or "random". kind: "reported", the accuracy that was observed; "later",
            the mean of the later trainings of that configuration.

    Returns:
        n, shape (m,): 1 to 50, or 1 to 500. Accuracies, shape (runs, m).

    Raises:
        ValueError: there is no such method or kind.
    """
    if kind not in ("reported", "later"):
        raise ValueError(f"kind must be 'reported' or 'later', got {kind!r}")
    every = runs(method)
    counts = np.arange(1, max(every[0].seconds) + 1)
    return counts, np.array([_on_the_way(run, counts, kind) for run in every])


def pooled(k):
    """Return the later accuracy of a random search of 500 k trainings, by its best observed.

    The best of k runs is the best of one search that is k times as long. Averaged over the groups
    of k runs, one after the other.

    Raises:
        ValueError: `k` does not divide the number of runs.
    """
    k = _validate.whole_number("k", k, 1)
    best = [run.best_observed(N_RANDOM) for run in runs("random")]
    if len(best) % k:
        raise ValueError(f"k must divide {len(best)}, got {k}")
    groups = [best[i : i + k] for i in range(0, len(best), k)]
    picks = [max(group, key=lambda pick: pick[1])[0] for group in groups]
    return float(np.mean([retrained(config).mean() for config in picks]))


def chosen_by_halves(scores, n_splits=2000, seed=0):
    """Return which row each random half of the seeds chooses, by the mean, shape (n_splits,).

    Args:
        scores: shape (rows, seeds).
    """
    rng, half = np.random.default_rng(seed), scores.shape[1] // 2
    halves = [rng.permutation(scores.shape[1])[:half] for _ in range(n_splits)]
    return np.array([scores[:, each].mean(axis=1).argmax() for each in halves])


def match(one, n, other):
    """Return the smallest number of trainings with which one search matches another.

    Args:
        one, other: curves, as `curve` returns them. n: trainings of the one.

    Returns:
        The first m at which the mean over the runs of `other` is at least that of `one` at n; None
        if there is none.

    Raises:
        ValueError: `one` has no n trainings.
    """
    counts, values = one
    if n not in counts:
        raise ValueError(f"n must be from {counts[0]} to {counts[-1]}, got {n}")
    goal = values[:, np.searchsorted(counts, n)].mean()
    enough = other[1].mean(axis=0) >= goal
    return int(other[0][enough.argmax()]) if enough.any() else None


def _on_the_way(run, counts, kind):
    """The accuracy, of this kind, of the best observed after each count of trainings."""
    best = new_bests(run.values)
    if kind == "reported":
        accuracies = run.values[best]
    else:
        accuracies = np.array([retrained(run.configs[i]).mean() for i in best])
    return accuracies[np.searchsorted(run.trials[best], counts - 1, side="right") - 1]


def _run(method, number, entry):
    configs = tuple(_config(method, each) for each in entry["configs"])
    recommended = None
    if "recommended" in entry:
        recommended = configs[entry["trials"].index(entry["recommended"])]
    return Run(
        method,
        number,
        np.array(entry["trials"]),
        configs,
        np.array(entry["right"]) / N_VALIDATION,
        recommended,
        {int(n): seconds for n, seconds in entry["seconds"].items()},
        entry["asking"],
    )


def _config(method, values):
    return dict(zip(SPACES[method].names, values, strict=True))


def retrained(config):
    """Return validation accuracies of a configuration with fresh seeds, 1, 2, ...: shape (24,).

    Shape (4,) for what was best on the way of a run only.

    Raises:
        ValueError: this configuration was not trained again.
    """
    return np.array(_trained_again(config)["validation"]) / N_VALIDATION


def tested(config):
    """Return test accuracies of a configuration with the seeds 1 to 24, shape (24,).

    Raises:
        ValueError: this configuration is the pick of no search, so it was not tested.
    """
    entry = _trained_again(config)
    if "test" not in entry:
        raise ValueError(f"config must be the pick of a search, got {config}")
    return np.array(entry["test"]) / N_TEST


def _trained_again(config):
    try:
        return _retrained()[tuple(config.values())]
    except KeyError:
        raise ValueError(f"config must be one that was trained again, got {config}") from None


@functools.cache
def _data():
    return json.loads(DATA.read_text(encoding="utf-8"))


@functools.cache
def _retrained():
    return {tuple(entry["config"]): entry for entry in _data()["retrained"]}
