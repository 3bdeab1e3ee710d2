"""What lesson 12 computes: TPE on one axis, contests of surrogates, and their runs made beforehand.

The runs stand in `data/`, made by `tools/leave_data.py`.
"""

import csv
import functools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import bo_tutorial as bo
from bo_tutorial import network, problems
from bo_tutorial.course.lesson_09.numerics import article
from bo_tutorial.tpe import _Parzen

DATA = Path(__file__).parent / "data"
RUNS, TIMES, OPTUNA = DATA / "runs.csv", DATA / "times.csv", DATA / "optuna.csv"
N_SEEDS = 24
NAMES = ("contest", "method", "seed", "best")


# TPE on one axis: what the lesson builds, in the room for the live figure


def score(x: np.ndarray) -> np.ndarray:
    """Return a made-up accuracy on an axis from 0 to 1: a low hill left, a high one right."""
    return 0.6 + 0.2 * np.exp(-(((x - 0.25) / 0.12) ** 2)) + 0.3 * np.exp(-(((x - 0.7) / 0.1) ** 2))


def trials(n: int = 24, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return places on the axis, drawn at random, and what they scored: (n,) each."""
    x = np.random.default_rng([12, seed]).random(n)
    return x, score(x)


def split(x: np.ndarray, y: np.ndarray, quantile: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the places of the good trials and of the others, and tau, which parts them.

    Args:
        x, y: places and scores, shape (n,). quantile: the share that is good, rounded up.
    """
    n_good = math.ceil(quantile * len(y))
    order = np.argsort(-y, kind="stable")
    tau = (y[order[n_good - 1]] + y[order[n_good]]) / 2
    good = np.isin(np.arange(len(y)), order[:n_good])
    return x[good], x[~good], float(tau)


def density(points: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Return `TreeParzen`'s density of `points` (n,) in [0, 1] at `grid` (m,): shape (m,)."""
    parzen = _Parzen(LINE, np.reshape(points, (-1, 1)))
    return np.exp(parzen.log_density(np.reshape(grid, (-1, 1))))


LINE = bo.Space(x=bo.Float(0.0, 1.0))


# One axis at a time


class OneAxisAtATime(bo.TreeParzen):
    """TPE as it was at first: each hyperparameter is drawn alone, from densities of its own."""

    def propose(self, number: int, rng: np.random.Generator) -> dict:
        """Return the best of the candidates on each axis, whatever is best on the others."""
        if number < self.n_initial:
            return super().propose(number, rng)
        good, bad = self._split()
        point = np.empty((1, self.space.d))
        for j in range(self.space.d):
            of_good, of_bad = (_Parzen(LINE, part[:, j : j + 1]) for part in (good, bad))
            drawn = of_good.sample(self.n_candidates, rng)
            log_ratio = of_good.log_density(drawn) - of_bad.log_density(drawn)
            point[0, j] = drawn[np.argmax(log_ratio), 0]
        return self._new_config([point, rng.random((64, self.space.d))])


def valley(u: np.ndarray) -> np.ndarray:
    """A ridge along the diagonal of the square, highest at (0.7, 0.7), where it is 0.

    Args:
        u: points, shape (..., 2).
    """
    along, across = (u[..., 0] + u[..., 1]) / 2 - 0.7, u[..., 0] - u[..., 1]
    return -4 * along**2 - (across / 0.05) ** 2


def straight(u: np.ndarray) -> np.ndarray:
    """The same ridge, turned until it lies along the first axis."""
    return -4 * (u[..., 0] - 0.7) ** 2 - ((u[..., 1] - 0.5) / 0.05) ** 2


def valley_candidates(n_trials: int = 250, n_drawn: int = 200, seed: int = 0) -> tuple:
    """Return what two densities of the good trials draw on the valley, after random trials.

    Returns:
        The good trials (k, 2), draws of one density over both axes together (n_drawn, 2), and draws
        of one density for each axis (n_drawn, 2).
    """
    rng = np.random.default_rng([12, 2, seed])
    u = rng.random((n_trials, 2))
    order = np.argsort(-valley(u), kind="stable")
    good = u[order[: math.ceil(0.1 * n_trials)]]
    together = _Parzen(problems.cube(2), good).sample(n_drawn, rng)
    alone = [_Parzen(LINE, good[:, j : j + 1]).sample(n_drawn, rng)[:, 0] for j in range(2)]
    return good, together, np.column_stack(alone)


# A hyperparameter that applies only sometimes: the network with an optimizer of its choice

OPTIMIZERS = bo.Space(
    learning_rate=bo.Float(1e-4, 1.0, log=True),
    n_layers=bo.Int(1, 3),
    hidden_size=bo.Int(16, 128, log=True),
    optimizer=bo.Categorical(["sgd", "momentum"]),
    momentum=bo.Float(0.0, 0.99, when={"optimizer": "momentum"}),
)
BATCH_SIZE = 64


def train_with_optimizer(config: dict, seed: int = 0) -> float:
    """Train the course's network with plain or with heavy steps; return its validation accuracy.

    With momentum b a step is learning_rate * v, v = b v + gradient (Polyak 1964); with b = 0 it is
    that of plain gradient descent. Batches of 64, no dropout, 5 epochs.

    Args:
        config: a configuration of `OPTIMIZERS`. seed: as for `network.train`.
    """
    rng = np.random.default_rng(seed)
    images, momentum = network.digits().train, config.get("momentum", 0.0)
    sizes = [images.pixels.shape[1], *[config["hidden_size"]] * config["n_layers"]]
    net = network.initialize([*sizes, network.N_CLASSES], rng)
    velocity = [np.zeros_like(each) for each in (*net.weights, *net.biases)]
    with np.errstate(over="ignore", invalid="ignore"):  # as in `network.train`
        for _ in range(network.EPOCHS):
            order = rng.permutation(len(images.labels))
            for start in range(0, len(order), BATCH_SIZE):
                batch = order[start : start + BATCH_SIZE]
                masks = network.no_dropout(net)
                activations = network.forward(net, images.pixels[batch], masks)
                weights, biases = network.backward(net, activations, masks, images.labels[batch])
                for v, gradient in zip(velocity, (*weights, *biases), strict=True):
                    v *= momentum
                    v += gradient
                n = len(net.weights)
                steps = [v.copy() for v in velocity]  # they are used up
                network.sgd_step(net, steps[:n], steps[n:], config["learning_rate"])
            if not net.finite:
                break
    return net.accuracy(network.digits().validation)


# Contests


@dataclass(frozen=True, eq=False)
class Contest:
    """A problem, its budget, and who takes part.

    Attributes:
        space, objective: what is searched. optimum: None where nobody knows it.
        methods: names of `METHODS`. n: how many evaluations each run has. longer: {method: number}
            of those that have another number.
    """

    space: bo.Space
    objective: Callable
    optimum: float | None
    methods: tuple
    n: int = 60
    longer: dict = field(default_factory=dict)

    def length(self, method: str) -> int:
        """How many evaluations a run of `method` has."""
        return self.longer.get(method, self.n)


def _sparse(space, seed):
    kernel = bo.Matern52(np.full(space.d, 0.5), categorical=space.categorical)
    surrogate = bo.SparseGP(kernel, 64, prior=bo.LogNormalPrior())
    return bo.BayesianOptimization(space, surrogate=surrogate, seed=seed)


def _forest(space, seed):
    surrogate = bo.RandomForest(30, seed=seed)
    return bo.BayesianOptimization(space, surrogate=surrogate, seed=seed)


METHODS = {
    "random": bo.RandomSearch,
    "TPE": bo.TreeParzen,
    "univariate": OneAxisAtATime,
    "EI": article,
    "BO": lambda space, seed: bo.BayesianOptimization(space, seed=seed),
    "sparse": _sparse,
    "forest": _forest,
}


def _square(function):
    space = problems.cube(2)
    return space, lambda config: float(function(space.to_unit(config))), 0.0


def _known(problem):
    return problem.space, problem, problem.optimum


FOUR, KNOWN = ("random", "univariate", "TPE", "BO"), ("random", "TPE", "EI", "BO")
CONTESTS = {
    "valley": Contest(*_square(valley), FOUR, 150, {"BO": 60}),
    "straight": Contest(*_square(straight), FOUR, 150, {"BO": 60}),
    "optimizer": Contest(
        OPTIMIZERS, train_with_optimizer, None, ("random", "TPE", "BO", "forest"), 40
    ),
    "Styblinski-Tang 4": Contest(*_known(problems.styblinski_tang(4)), KNOWN),
    "Levy 4": Contest(*_known(problems.levy(4)), KNOWN),
    "Branin 2": Contest(*_known(problems.branin), KNOWN),
    "Hartmann 6": Contest(
        *_known(problems.hartmann6), KNOWN, longer={"random": 3000, "TPE": 400, "BO": 100}
    ),
    "Rosenbrock 4": Contest(*_known(problems.rosenbrock(4)), KNOWN),
}


def play(contest: Contest, method: str, seed: int) -> np.ndarray:
    """Return the values of one run, in the order of evaluation, shape (n,)."""
    strategy = METHODS[method](contest.space, seed)
    values = []
    for _ in range(contest.length(method)):
        config = strategy.ask()
        values.append(contest.objective(config))
        strategy.tell(config, values[-1])
    return np.array(values)


def keys() -> list[tuple]:
    """Return (contest, method, seed) of every run, in the order of the file."""
    return [
        (name, method, seed)
        for name, contest in CONTESTS.items()
        for method in contest.methods
        for seed in range(N_SEEDS)
    ]


def as_text(values: np.ndarray) -> str:
    """Write the best value so far where it changes, each after the number of its evaluation."""
    best = np.maximum.accumulate(values)
    changes = np.flatnonzero(np.diff(best, prepend=-np.inf))
    return " ".join(f"{i + 1} {best[i]:.6g}" for i in changes)


def from_text(text: str, n: int) -> np.ndarray:
    """Read what `as_text` wrote: the best value so far after each of `n` evaluations."""
    numbers, values = np.array(text.split(), dtype=float).reshape(-1, 2).T
    return values[np.searchsorted(numbers, np.arange(1, n + 1), side="right") - 1]


@functools.cache
def runs(path: Path = RUNS) -> dict:
    """Read the runs: {contest: {method: the best value so far, shape (n_seeds, n)}}."""
    found: dict = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            name, method = line["contest"], line["method"]
            best = from_text(line["best"], CONTESTS[name].length(method))
            found.setdefault(name, {}).setdefault(method, []).append(best)
    return {
        name: {method: np.array(each) for method, each in methods.items()}
        for name, methods in found.items()
    }


# How long a question takes

LENGTHS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
ASKERS = ("random", "TPE", "BO", "sparse", "forest")


def question_times(t: int, methods: tuple = ASKERS, n_questions: int = 4) -> dict:
    """Return the CPU seconds of the dearest and of the cheapest of a few questions after t trials.

    The trials are random, in five dimensions. The first question learns what there is to learn, and
    a question before it, at another length, loads what has to be loaded.

    Returns:
        {method: (dearest, cheapest)}.
    """
    space = problems.cube(5)
    U = np.random.default_rng([t, 5]).random((t, 5))
    found = {}
    for method in methods:
        strategy = METHODS[method](space, 0)
        for u in U:
            strategy.tell(space.from_unit(u), _hills(u))
        spent = []
        for _ in range(n_questions):
            start = time.process_time()
            config = strategy.ask()
            spent.append(time.process_time() - start)
            strategy.tell(config, _hills(space.to_unit(config)))
        found[method] = max(spent), min(spent)
    return found


def _hills(u):
    return float(np.sin(6 * u[0]) * np.cos(5 * u[1]) + u[2] * u[3] - (u[4] - 0.3) ** 2)


@functools.cache
def times(path: Path = TIMES) -> dict:
    """Read the times: {method: (lengths, dearest, cheapest)}, (n,) each; times in seconds."""
    found: dict = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            row = [float(line[name]) for name in ("t", "dearest", "cheapest")]
            found.setdefault(line["method"], []).append(row)
    return {method: tuple(np.array(rows).T) for method, rows in found.items()}


def seconds(method: str, n: int, cost: float) -> np.ndarray:
    """Return when each of `n` evaluations is over, shape (n,), if each costs `cost` seconds.

    The time of a question is read off the measured ones. BO learns anew in one of 1 + t // 10
    questions, and only these are dear.
    """
    lengths, dearest, cheapest = times()[method]
    t = np.arange(n)
    at = np.log(np.maximum(t, 1.0))
    dear, cheap = (np.exp(np.interp(at, np.log(lengths), np.log(y))) for y in (dearest, cheapest))
    share = 1 / (1 + t // 10) if method in ("BO", "sparse") else 1.0
    return np.cumsum(cost + cheap + share * (dear - cheap))


# What a share of pairs is worth


def ahead(mine: np.ndarray, theirs: np.ndarray) -> tuple[float, float, float]:
    """Return the share of all pairs of runs that `mine` wins, a tie as half, and an interval.

    The interval has 95 %: both sets of runs are drawn anew, with replacement, 4000 times.

    Args:
        mine, theirs: what each run found, shape (n,) and (m,).
    """
    wins = (mine[:, None] > theirs) + 0.5 * (mine[:, None] == theirs)
    rng = np.random.default_rng(0)
    rows = rng.integers(len(mine), size=(4000, len(mine)))
    columns = rng.integers(len(theirs), size=(4000, len(theirs)))
    anew = wins[rows[:, :, None], columns[:, None, :]].mean(axis=(1, 2))
    low, high = np.quantile(anew, [0.025, 0.975])
    return float(wins.mean()), float(low), float(high)


def times_the_regret(before: np.ndarray, after: np.ndarray) -> tuple[float, float, float]:
    """Return by which factor the median regret grew, and an interval of 95 % as for `ahead`.

    Args:
        before, after: regrets, shape (n,) and (m,).
    """
    rng = np.random.default_rng(0)
    first, second = (
        np.median(each[rng.integers(len(each), size=(4000, len(each)))], axis=1)
        for each in (before, after)
    )
    low, high = np.quantile(second / first, [0.025, 0.975])
    return float(np.median(after) / np.median(before)), float(low), float(high)
