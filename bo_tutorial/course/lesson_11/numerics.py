"""Sixteen ways in which a search fails, each played broken and fixed on the same data.

A `Card` is one failure. Its `play` runs a search of one seed, broken or fixed, and returns a `Run`:
what came of it as one number, what there is to draw, and the names that the card's one-line `test`
speaks of. `tools/failure_data.py` plays every card with many seeds and keeps the numbers;
`outcomes` reads them.
"""

import csv
import functools
import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import bo_tutorial as bo
from bo_tutorial import network
from bo_tutorial.acquisition import ExpectedImprovement, expected_improvement
from bo_tutorial.course.lesson_00.numerics import share_interval as share  # noqa: F401
from bo_tutorial.course.lesson_03.numerics import SLICE_SPACE, network_slice
from bo_tutorial.course.lesson_09.numerics import (
    Waves,
    contest_runs,
    trained_on_slice,
)
from bo_tutorial.evidence import LogNormalPrior
from bo_tutorial.gp import GaussianProcess
from bo_tutorial.kernels import Matern52, SquaredExponential
from bo_tutorial.problems import branin, cube, forrester
from bo_tutorial.search import RandomSearch, sobol_points
from bo_tutorial.smbo import BayesianOptimization
from bo_tutorial.space import Categorical, Float, Int, Space
from bo_tutorial.sparse_gp import SparseGP

FILE = Path(__file__).parent / "data" / "failures.csv"
VERSIONS = ("broken", "fixed")
N_SEEDS = 40
AXIS = np.linspace(0, 1, 201)  # where one-dimensional beliefs are drawn


# What there is to draw


@dataclass(frozen=True, eq=False)
class Belief:
    """A function of one input, what a model believes of it, and what was observed.

    Attributes:
        x, truth: shape (n,). mu, sigma: shape (n,), or None where no model is drawn.
        X, y: what was observed, shape (m,). marked: which of it is drawn as a cross.
        what: the words for a cross. xlabel, ylabel. log: whether x has a log axis.
        limits: of the y axis, or None.
    """

    x: np.ndarray
    truth: np.ndarray
    mu: np.ndarray | None
    sigma: np.ndarray | None
    X: np.ndarray
    y: np.ndarray
    marked: np.ndarray
    what: str
    xlabel: str = "x"
    ylabel: str = "f(x)"
    log: bool = False
    limits: tuple | None = None


@dataclass(frozen=True, eq=False)
class Trace:
    """The values of a run in the order of evaluation; NaN where one failed.

    Attributes:
        values: shape (n,). marked: which of them are drawn as crosses. what: the words for these.
        ylabel, limits: of the y axis.
    """

    values: np.ndarray
    marked: np.ndarray
    what: str
    ylabel: str
    limits: tuple | None = None


@dataclass(frozen=True, eq=False)
class Lines:
    """Curves over a number that was varied: {label: (x, low, middle, high)}, shape (n,) each."""

    curves: dict
    xlabel: str
    ylabel: str
    log: str = "xy"  # which axes are logarithmic
    limits: tuple | None = None


@dataclass(frozen=True, eq=False)
class Run:
    """One search: its `outcome`, one number; `scene()`, what to draw; `names` for the test."""

    outcome: float
    scene: Callable
    names: dict = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Card:
    """One failure.

    Attributes:
        title: in words. test: a line of code that is true of the broken run and false of the fixed
            one. fix: what to write instead. measured: what the outcome is, with its unit.
        play: a function of a version and a seed that returns a `Run`.
        seed: of the run that is drawn. log: whether outcomes are drawn on a log axis.
        smallest: where outcomes below it are drawn, on a log axis.
    """

    title: str
    test: str
    fix: str
    measured: str
    play: Callable
    seed: int = 0
    log: bool = False
    smallest: float = 1e-4
    n_seeds: int = N_SEEDS

    def tells(self, run):
        """Return what the test says of a run: True if it finds the failure."""
        return bool(eval(self.test, {"np": np, "bo": bo, "skew": _skew, **run.names}))


def _skew(values):
    z = (values - np.mean(values)) / np.std(values)
    return np.mean(z**3)


# Searching


def search(strategy, f, n):
    """Ask and tell until `n` trials are told; return the values told, shape (n,)."""
    while len(strategy.told) < n:
        config = strategy.ask()
        strategy.tell(config, f(config))
    return np.array([trial.value for trial in strategy.told])


def own_loop(f, X, n, noise_variance=1e-6):
    """Search one input by the loop of lesson 07 as one types it: it does not look at what it tried.

    Evaluations that fail are left out of the model. Returns X and y, shape (n,) each.
    """
    gp = GaussianProcess(SquaredExponential(0.15), noise_variance=noise_variance)
    X, y = list(X), [f(x) for x in X]
    while len(X) < n:
        mu, sigma = _believed(gp, np.array(X), np.array(y))
        X.append(AXIS[np.argmax(expected_improvement(mu, sigma, np.nanmax(y)))])
        y.append(f(X[-1]))
    return np.array(X), np.array(y)


def _believed(gp, X, y):
    """Mean and standard deviation on `AXIS`, in units of y; y is standardized for the model."""
    X, y = X[np.isfinite(y)], y[np.isfinite(y)]
    center, scale = y.mean(), y.std() or 1.0
    mu, sigma = gp.condition(X[:, None], (y - center) / scale).predict(AXIS[:, None])
    return center + scale * mu, scale * sigma


def _believed_by(strategy):
    return strategy.posterior().predict(AXIS[:, None])


def _points(strategy):
    return np.array([trial.point[0] for trial in strategy.told])


def _nothing(values):
    return np.zeros(len(values), dtype=bool)


# Was it told the right problem?


def wrong_direction(version, seed):
    """Minimize an error with a maximizer, or hand over its negative."""
    sign = 1 if version == "broken" else -1

    def f(config):
        return sign * (1 - trained_on_slice(config))

    strategy = BayesianOptimization(SLICE_SPACE, seed=seed)
    values = search(strategy, f, 20)
    accuracies = np.array([trained_on_slice(trial.config) for trial in strategy.told])
    names = {
        "f": f,
        "sensible": {"learning_rate": 0.01, "batch_size": 64},
        "absurd": {"learning_rate": 1.0, "batch_size": 16},
    }
    returned = np.arange(20) == np.argmax(values)
    scene = Trace(accuracies, returned, "returned", "accuracy", (0.05, 1.02))
    return Run(100 * accuracies[np.argmax(values)], lambda: scene, names)


def raw_axis(version, seed):
    """Search a learning rate on a raw axis, or on a logarithmic one."""
    rate = Float(1e-4, 1.0, log=version == "fixed")
    space = Space(learning_rate=rate, batch_size=SLICE_SPACE["batch_size"])
    strategy = BayesianOptimization(space, seed=seed)
    values = search(strategy, trained_on_slice, 20)
    rates, _, accuracies = network_slice()
    tried = np.array([trial.config["learning_rate"] for trial in strategy.told])
    scene = Belief(
        rates,
        accuracies.max(axis=1),
        None,
        None,
        tried,
        values,
        _nothing(values),
        "",
        "learning rate",
        "accuracy",
        log=True,
        limits=(0.05, 1.02),
    )
    return Run(100 * values.max(), lambda: scene, {"space": space})


def no_scale(version, seed):
    """Give a fixed Gaussian process of signal variance 1 values of a thousandth, or standardize."""
    gp = GaussianProcess(SquaredExponential(0.25), noise_variance=1e-6, learn=False)
    strategy = BayesianOptimization(
        branin.space,
        gp,
        ExpectedImprovement(0.0),
        seed=seed,
        standardize=version == "fixed",
        warp=False,
        incumbent="observed",
    )
    values = search(strategy, lambda config: branin(config) / 1000, 25)
    seen = values if version == "broken" else (values - values.mean()) / values.std()
    regrets = branin.optimum - 1000 * values
    scene = Trace(-regrets, _nothing(values), "", "f − optimum (units of f)", (-110, 4))
    return Run(regrets.min(), lambda: scene, {"seen": seen})


PENALTY = -1e4


def penalty(version, seed):
    """Return -10 000 where a training fails, a corner of an eighth of the square, or NaN.

    With a model of straight values; as "default" and "default NaN", the same with bent ones.
    """
    instead = math.nan if version in ("fixed", "default NaN") else PENALTY

    def f(config):
        u = branin.space.to_unit(config)
        return instead if u[0] > 0.7 and u[1] > 0.6 else branin(config)

    strategy = BayesianOptimization(branin.space, seed=seed, warp=version not in VERSIONS)
    values = search(strategy, f, 30)
    failed = (values == PENALTY) | np.isnan(values)
    regrets = branin.optimum - np.where(failed, np.nan, values)
    y = values[np.isfinite(values)]
    drawn = np.where(failed, -110.0, -regrets)
    scene = Trace(drawn, failed, "failed", "f − optimum (units of f)", (-115, 4))
    return Run(np.nanmin(regrets), lambda: scene, {"y": y})


# Does it know what kind of space it is?

N_VALUES = 5  # of each of the five hyperparameters of the network's table


@functools.cache
def _table():
    return network.grid_table()["validation_accuracy"].reshape((N_VALUES,) * 5)


def rounded_integers(version, seed):
    """Search five integers as real numbers that the objective rounds, or as integers."""
    kind = Int(0, N_VALUES - 1) if version == "fixed" else Float(-0.49, N_VALUES - 0.51)
    space = Space(**{name: kind for name in network.SPACE.names})

    def rounded(config):
        return tuple(round(value) for value in config.values())

    strategy = BayesianOptimization(space, seed=seed)
    values = search(strategy, lambda config: float(_table()[rounded(config)]), 40)
    configs = [trial.config for trial in strategy.told]
    trained = [rounded(config) for config in configs]
    again = np.array([each in trained[:i] for i, each in enumerate(trained)])
    scene = Trace(values, again, "trained before", "accuracy", (0.05, 1.02))
    names = {"rounded": rounded, "configs": configs}
    return Run(len(set(trained)), lambda: scene, names)


N_KINDS = 12


def category_codes(version, seed):
    """Search twelve categories, each with a hill of its own, as numbers or as categories.

    A hill over x has a random height and a random place: neighbors in the list have nothing in
    common.
    """
    rng = np.random.default_rng(seed)
    heights, places = rng.normal(size=N_KINDS), rng.random(N_KINDS)
    labels = [f"kind {i}" for i in range(N_KINDS)]
    kind = Categorical(labels) if version == "fixed" else Int(0, N_KINDS - 1)
    space = Space(x=Float(0.0, 1.0), kind=kind)

    def f(config):
        i = labels.index(config["kind"]) if version == "fixed" else config["kind"]
        return heights[i] - 4 * (config["x"] - places[i]) ** 2

    strategy = BayesianOptimization(space, seed=seed)
    values = search(strategy, f, 20)
    kinds = [trial.config["kind"] for trial in strategy.told]
    best = [kind in (np.argmax(heights), labels[np.argmax(heights)]) for kind in kinds]
    scene = Trace(
        values - heights.max(),
        np.array(best),
        "best category",
        "f − optimum (units of f)",
        (-6.5, 0.3),
    )
    names = {"space": space, "n_tried": len(set(kinds)), "best_tried": sum(best)}
    return Run(heights.max() - values.max(), lambda: scene, names)


def condition(version, seed):
    """Search hyperparameters of an optimizer as if every optimizer had them, or with `when`."""
    rng = np.random.default_rng(seed)
    names = ("sgd", "momentum", "adam")
    heights, rates = 0.9 + 0.03 * rng.normal(size=3), rng.random(3)
    own = dict(zip(("momentum", "beta"), rng.random(2), strict=True))

    def when(name):
        return {"optimizer": name} if version == "fixed" else None

    space = Space(
        optimizer=Categorical(names),
        rate=Float(0.0, 1.0),
        momentum=Float(0.0, 1.0, when=when("momentum")),
        beta=Float(0.0, 1.0, when=when("adam")),
    )

    def f(config):
        i = names.index(config["optimizer"])
        loss = (config["rate"] - rates[i]) ** 2
        if i:
            mine = ("momentum", "beta")[i - 1]
            loss += (config[mine] - own[mine]) ** 2
        return heights[i] - 0.3 * loss

    strategy = BayesianOptimization(space, seed=seed)
    values = search(strategy, f, 20)
    scene = Trace(
        100 * (values - heights.max()), _nothing(values), "", "points below the optimum", (-55, 2)
    )
    return Run(100 * (heights.max() - values.max()), lambda: scene, {"space": space})


def _forrester(x):
    return forrester({"x1": float(x)})


def same_point(version, seed):
    """Maximize EI over 201 candidates with an own loop, or without those that were tried."""
    if version == "broken":
        X, y = own_loop(_forrester, sobol_points(1, 3, seed)[:, 0], 20, noise_variance=1e-2)
        mu, sigma = _believed(GaussianProcess(SquaredExponential(0.15), noise_variance=1e-2), X, y)
    else:
        gp = GaussianProcess(SquaredExponential(0.15), noise_variance=1e-2, learn=False)
        strategy = BayesianOptimization(
            cube(1),
            gp,
            ExpectedImprovement(0.0),
            3,
            seed,
            warp=False,
            incumbent="observed",
            candidates=AXIS[:, None],
        )
        y = search(strategy, lambda config: _forrester(config["x1"]), 20)
        X = _points(strategy)
        mu, sigma = _believed_by(strategy)
    asked = [float(x) for x in X]
    again = np.array([x in asked[:i] for i, x in enumerate(asked)])
    truth = np.array([_forrester(x) for x in AXIS])
    scene = Belief(
        AXIS, truth, mu, sigma, X, y, again, "asked before", "x", "f(x)", limits=(-20, 12)
    )
    return Run(len(set(asked)), lambda: scene, {"asked": asked})


# Is f what a Gaussian process expects?


def _edge(x1, x2):
    hill = 0.95 - 0.5 * ((x1 - 0.72) ** 2 + (x2 - 0.4) ** 2)
    return np.where(x1 + 0.5 * x2 > 0.95, 0.1, hill)


EDGE_OPTIMUM = 0.95  # at (0.72, 0.4), which is on the good side: 0.72 + 0.2 < 0.95


def cliff(version, seed):
    """Search up to an edge behind which training diverges, with y straight or bent."""
    strategy = BayesianOptimization(cube(2), seed=seed, warp=version == "fixed")
    y = search(strategy, lambda config: float(_edge(config["x1"], config["x2"])), 20)
    outputs = strategy.posterior().bent.outputs
    at = np.column_stack([AXIS, np.full(len(AXIS), 0.4)])

    def scene():
        mu, sigma = strategy.posterior().predict(at)
        return Belief(
            AXIS,
            _edge(AXIS, 0.4),
            mu,
            sigma,
            np.empty(0),
            np.empty(0),
            _nothing([]),
            "",
            "x1, at x2 = 0.4",
            "accuracy",
            limits=(-0.25, 1.25),
        )

    return Run(100 * (EDGE_OPTIMUM - y.max()), scene, {"seen": outputs.standardize(y)})


def hill(x):
    """Return the accuracy at x: a smooth hill with its top of 90 % at 0.7."""
    return 0.9 - 0.4 * (x - 0.7) ** 2


def heavy_noise(version, seed):
    """Search under noise of four points with a model that knows of none, or that learns it."""
    rng = np.random.default_rng([seed, 1])

    def f(config):
        return hill(config["x1"]) + 0.04 * rng.standard_normal()

    gp = None
    if version == "broken":
        learn = ("length_scale", "signal_variance")
        gp = GaussianProcess(
            Matern52(np.array([0.5])), 1e-6, prior=LogNormalPrior(), n_starts=2, learn=learn
        )
    incumbent = "observed" if version == "broken" else "posterior_mean"
    strategy = BayesianOptimization(cube(1), gp, seed=seed, incumbent=incumbent)
    y = search(strategy, f, 30)
    if version == "broken":
        returned, promised = strategy.told[int(np.argmax(y))].config, y.max()
    else:
        returned = strategy.recommend()
        u = strategy.space.to_unit(returned)[None, :]
        promised = float(strategy.posterior().predict(u)[0][0])
    again = np.array([f(returned) for _ in range(20)])
    mu, sigma = _believed_by(strategy)
    scene = Belief(
        AXIS,
        hill(AXIS),
        mu,
        sigma,
        _points(strategy),
        y,
        _nothing(y),
        "",
        "x",
        "accuracy",
        limits=(0.55, 1.05),
    )
    return Run(
        100 * (promised - hill(returned["x1"])),
        lambda: scene,
        {"promised": promised, "again": again},
    )


def noise_on_one_side(version, seed):
    """Return the best of 40 noisy values, or the best of five finalists that are measured again.

    The standard deviation of the noise is 10 points below x = 0.35 and half a point elsewhere. The
    finalists are measured twice more: 30 + 10 evaluations.
    """
    rng = np.random.default_rng([seed, 2])

    def f(config):
        sd = 0.1 if config["x1"] < 0.35 else 0.005
        return hill(config["x1"]) + sd * rng.standard_normal()

    strategy = BayesianOptimization(cube(1), seed=seed)
    y = search(strategy, f, 40 if version == "broken" else 30)
    order = np.argsort(-y, kind="stable")
    returned = strategy.told[order[0]].config
    if version == "fixed":
        finalists = [strategy.told[i].config for i in order[:5]]
        returned = max(finalists, key=lambda config: np.mean([f(config), f(config)]))
    again = np.array([f(returned) for _ in range(20)])
    elsewhere = np.array([f({"x1": 0.7}) for _ in range(20)])
    mu, sigma = _believed_by(strategy)
    X = _points(strategy)
    scene = Belief(
        AXIS,
        hill(AXIS),
        mu,
        sigma,
        X,
        y,
        returned["x1"] == X,
        "handed over",
        "x",
        "accuracy",
        limits=(0.4, 1.1),
    )
    return Run(
        100 * (0.9 - hill(returned["x1"])),
        lambda: scene,
        {"again": again, "elsewhere": elsewhere},
    )


def _diverging(x):
    """A rise with a wave; beyond 0.8 the training diverges and returns NaN."""
    return np.where(x > 0.8, np.nan, 0.9 - 0.5 * (x - 0.9) ** 2 - 0.1 * np.sin(8 * x))


def failed_training(version, seed):
    """Leave failed trainings out of an own model, or tell them to the package as NaN."""

    def f(x):
        return float(_diverging(x))

    if version == "broken":
        X, y = own_loop(f, sobol_points(1, 4, seed)[:, 0], 20)
        mu, sigma = _believed(GaussianProcess(SquaredExponential(0.15), noise_variance=1e-6), X, y)
    else:
        strategy = BayesianOptimization(cube(1), n_initial=4, seed=seed)
        y = search(strategy, lambda config: f(config["x1"]), 20)
        X = _points(strategy)
        mu, sigma = _believed_by(strategy)
    failed = np.isnan(y)
    drawn = np.where(failed, 0.52, y)
    scene = Belief(
        AXIS,
        _diverging(AXIS),
        mu,
        sigma,
        X,
        drawn,
        failed,
        "failed",
        "x",
        "accuracy",
        limits=(0.5, 1.1),
    )
    return Run(int(failed.sum()), lambda: scene, {"values": y})


N_MOVES, WINDOW = 40, 10


def moving_target(version, seed):
    """Follow an optimum that moves, with all that was ever told or with the last ten values."""
    rng = np.random.default_rng([seed, 3])

    def accuracy(x, t):
        return 0.9 - 2 * (x - 0.25 - 0.5 * t / N_MOVES) ** 2

    told = []
    for t in range(N_MOVES + 1):
        known = told if version == "broken" else told[-WINDOW:]
        strategy = BayesianOptimization(cube(1), seed=seed)
        for config, value in known:
            strategy.tell(config, value)
        if t < N_MOVES:
            config = strategy.ask()
            value = accuracy(config["x1"], t) + 0.005 * rng.standard_normal()
            told.append((config, value))
    values = [trial.value for trial in strategy.told]
    best = strategy.told[int(np.argmax(values))].config
    mu, sigma = _believed_by(strategy)
    X = np.array([config["x1"] for config, _ in told])
    old = np.arange(N_MOVES) < N_MOVES - WINDOW
    scene = Belief(
        AXIS,
        accuracy(AXIS, N_MOVES),
        mu,
        sigma,
        X,
        np.array([value for _, value in told]),
        old,
        "older than ten",
        "x",
        "accuracy",
        limits=(0.0, 1.2),
    )
    names = {
        "f": lambda config: accuracy(config["x1"], N_MOVES),
        "best": best,
        "best_value": max(values),
    }
    returned = strategy.recommend()["x1"]
    return Run(100 * (0.9 - accuracy(returned, N_MOVES)), lambda: scene, names)


# When is a question too slow?

T_POINTS = (100, 200, 400, 800, 1600, 3200)
N_POINTS, N_INDUCING = 1600, 64  # of the card's outcome
TIMED = {"fit": T_POINTS[:5], "question": T_POINTS, "Cholesky": T_POINTS, "sparse fit": T_POINTS}


def exact_process():
    """Make the Gaussian process that is timed: five inputs, everything learned."""
    return GaussianProcess(Matern52(np.full(5, 0.5)), 1e-4, prior=LogNormalPrior())


def sparse_process():
    """Make the sparse one beside it, with 64 inducing points."""
    kernel = Matern52(np.full(5, 0.5))
    return SparseGP(kernel, N_INDUCING, noise_variance=1e-4, prior=LogNormalPrior())


def many_data(n, seed):
    """Return n points of a function of five inputs with a little noise: X (n, 5), y (n,)."""
    X = sobol_points(5, n, seed)
    y = Waves(5, 1.0, seed).at(X) + 0.05 * np.random.default_rng(seed).standard_normal(n)
    return X, (y - y.mean()) / y.std()


def cpu_seconds(what, n, seed):
    """Return the CPU seconds of one piece of work on n data.

    Args:
        what: "fit" or "sparse fit": learn all hyperparameters from all data, then predict at 1000
            points. "question": `ask` of the package's default after n trials, learning included.
            "Cholesky": factorize the covariance matrix, all that a posterior needs besides.
    """
    X, y = many_data(n, seed)
    if what == "question":
        strategy = BayesianOptimization(cube(5), seed=seed)
        for u, value in zip(X, y, strict=True):
            strategy.tell(strategy.space.from_unit(u), value)
    start = time.process_time()
    if what == "question":
        with warnings.catch_warnings(record=True):  # that there are many trials is the point here
            strategy.ask()
    elif what == "Cholesky":
        exact_process().condition(X, y)
    else:
        process = exact_process() if what == "fit" else sparse_process()
        process.fit(X, y).predict(sobol_points(5, 1000, seed + 1))
    return time.process_time() - start


CHEAP = 1e-4  # seconds that an evaluation of the cheap objective is said to take
CLOCK = 0.25  # seconds of computing that both sides get


def race_by_the_clock(version, seed):
    """Return the best accuracy in the table, in percent, that a quarter of a second finds.

    Every evaluation is charged a tenth of a millisecond; every question what it costs in CPU time.
    """
    space = Space(**{name: Int(0, N_VALUES - 1) for name in network.SPACE.names})
    kind = BayesianOptimization if version == "broken" else RandomSearch
    kind(space, seed=seed).ask()  # what a first question loads is no price of a question
    strategy, spent, best = kind(space, seed=seed), 0.0, 0.0
    while True:
        start = time.process_time()
        config = strategy.ask()
        spent += time.process_time() - start + CHEAP
        if spent > CLOCK:
            return 100 * best
        value = float(_table()[tuple(config.values())])
        best = max(best, value)
        strategy.tell(config, value)


def clock_of_questions(n, seed):
    """Return the CPU seconds of the first 1, 2, ... n questions together, shape (n,)."""
    space = Space(**{name: Int(0, N_VALUES - 1) for name in network.SPACE.names})
    strategy, seconds = BayesianOptimization(space, seed=seed), []
    for _ in range(n):
        start = time.process_time()
        config = strategy.ask()
        seconds.append(time.process_time() - start)
        strategy.tell(config, float(_table()[tuple(config.values())]))
    return np.cumsum(seconds)


def seconds_of_a_draw(seed, n=1000):
    """Return the CPU seconds that `ask` of random search takes, the mean of `n`."""
    strategy = RandomSearch(cube(5), seed=seed)
    start = time.process_time()
    for _ in range(n):
        strategy.ask()
    return (time.process_time() - start) / n


DIMENSIONS = (2, 5, 10, 20, 50)
FEW, ALL = "two matter", "all matter"
BUDGET, N_FUNCTIONS = 50, 24


def wells(U):
    """Return the Styblinski-Tang function per input, 0 at best, at points of the cube: shape (n,).

    Each input has two wells, turned over into a low hill and a high one, at 0.77 and 0.21.
    """
    x = 10 * np.asarray(U) - 5
    return -39.16616570377142 - np.mean(x**4 - 16 * x**2 + 5 * x, axis=-1) / 2


def dimensions(d, which, seed):
    """Return the regret of 50 evaluations in d dimensions, as a share of random search's.

    Args:
        which: `FEW`: a function of the first two inputs. `ALL`: of all d. seed: of the run, 10
            points of which are initial.
    """
    n_relevant = 2 if which == FEW else d
    strategy = BayesianOptimization(cube(d), n_initial=10, seed=seed)

    def f(config):
        return float(wells(list(config.values())[:n_relevant]))

    return -search(strategy, f, BUDGET).max() / _random_regret(n_relevant)


@functools.cache
def _random_regret(d):
    """The mean regret of 2000 random searches of 50 evaluations."""
    rng = np.random.default_rng(d)
    return float(np.mean([-wells(rng.random((BUDGET, d))).max() for _ in range(2000)]))


# What was played beforehand

COUNTED = ("n_tried", "best_tried")  # categories tried at all; trials of the best one
N_TIMES = 3  # how often each piece of work is timed


def planned():
    """List what is measured, (card, version, seed) each, in the order of the file."""
    played = [name for name in CARDS if name not in (*READ, "penalty")]
    keys = [(name, v, i) for name in played for v in VERSIONS for i in range(N_SEEDS)]
    for d in DIMENSIONS:
        keys += [("dimensions", f"{d} {w}", i) for w in (FEW, ALL) for i in range(N_FUNCTIONS)]
    keys += [("cheap", v, i) for v in VERSIONS for i in range(N_FUNCTIONS)]
    keys += [("cheap", f"clock {t}", i) for i in range(N_TIMES) for t in range(1, BUDGET + 1)]
    keys += [("cheap", "draw", i) for i in range(N_TIMES)]
    for what, sizes in TIMED.items():
        keys += [("points", f"{what} {n}", i) for n in sizes for i in range(N_TIMES)]
    told = (*VERSIONS, "default", "default NaN")
    keys += [("penalty", v, i) for v in told for i in range(N_SEEDS)]
    counts = [f"{v}, {what}" for v in VERSIONS for what in COUNTED]
    return keys + [("categories", each, i) for each in counts for i in range(N_SEEDS)]


def measure(card, version, seed):
    """Measure one line of the file: the outcome, and whether the card's test finds the failure.

    The second is None where the line is no run: what the three cards of `READ` draw is measured
    on its own, and their tests are about the set-up; and what is `COUNTED` is read off a run.
    """
    if card == "points":
        what, n = version.rsplit(" ", 1)
        return cpu_seconds(what, int(n), seed), None
    if card == "dimensions":
        d, which = version.split(" ", 1)
        return dimensions(int(d), which, seed), None
    if card == "cheap" and version in VERSIONS:
        return race_by_the_clock(version, seed), None
    if version == "draw":
        return seconds_of_a_draw(seed), None
    if card == "cheap":
        return _clock(seed)[int(version.split()[1]) - 1], None
    version, _, counted = version.partition(", ")
    run = CARDS[card].play(version, seed)
    if counted:
        return run.names[counted], None
    return run.outcome, CARDS[card].tells(run)


@functools.lru_cache(1)
def _clock(seed):
    return clock_of_questions(BUDGET, seed)


@functools.cache
def _rows():
    with open(FILE, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    told = [(row["card"], row["version"], int(row["seed"])) for row in rows]
    if told != planned():
        raise ValueError(
            f"{FILE} must hold the {len(planned())} lines of `planned()`, got {len(told)} lines: "
            "complete it with `python tools/failure_data.py`"
        )
    return rows


@functools.cache
def outcomes():
    """Read what `tools/failure_data.py` measured: {(card, version): shape (n,)}, seed by seed.

    Raises:
        ValueError: the file lacks a line.
    """
    found = {}
    for row in _rows():
        found.setdefault((row["card"], row["version"]), []).append(float(row["outcome"]))
    found = {key: np.array(values) for key, values in found.items()}
    for card, same in READ.items():
        for version, source in zip(VERSIONS, same, strict=True):
            found[card, version] = found[card, source]
    return found


def seconds(what):
    """Return the median CPU seconds of one piece of work: {number of points: seconds}."""
    return {n: float(np.median(outcomes()["points", f"{what} {n}"])) for n in TIMED[what]}


def found_by_test():
    """Read in how many runs each test found the failure: {(card, version): (hits, n)}."""
    found = {}
    for row in _rows():
        if row["told"]:
            hits, n = found.get((row["card"], row["version"]), (0, 0))
            found[row["card"], row["version"]] = hits + int(row["told"]), n + 1
    return found


def quartiles(values):
    """Return lower quartile, median and upper quartile along the first axis."""
    return np.quantile(values, [0.25, 0.5, 0.75], axis=0, method="inverted_cdf")


def exponent(sizes, seconds):
    """Return the slope of log seconds against log size, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


# The three cards that are read and not played: what stands for broken and for fixed in the file

READ = {
    "points": (f"fit {N_POINTS}", f"sparse fit {N_POINTS}"),
    "dimensions": (f"50 {FEW}", f"2 {FEW}"),
    "cheap": VERSIONS,
}


def too_many_points(version, seed):
    """Draw what was measured: CPU seconds against the number of points."""
    measured = outcomes()
    shown = [what for what in TIMED if version == "fixed" or what != "sparse fit"]
    curves = {}
    for what in shown:
        rows = np.array([measured["points", f"{what} {n}"] for n in TIMED[what]]).T
        curves[what] = (np.array(TIMED[what]), *quartiles(rows))
    scene = Lines(curves, "points (number)", "CPU time (s)", limits=(1e-4, 30))
    names = {"X": np.empty((N_POINTS, 5))}
    names["surrogate"] = exact_process() if version == "broken" else sparse_process()
    return Run(measured["points", version][seed], lambda: scene, names)


def too_cheap(version, seed):
    """Draw the best accuracy against the clock, with a cheap evaluation or one of a second."""
    measured = outcomes()
    cost = CHEAP if version == "broken" else 1.0
    clock = [np.median(measured["cheap", f"clock {t}"]) for t in range(1, BUDGET + 1)]
    draw = np.median(measured["cheap", "draw"])
    t = np.arange(1, BUDGET + 1)
    searched = np.maximum.accumulate(contest_runs()["network 5"]["default"].best, axis=1)
    seconds = np.array(clock) + cost * t
    draws = np.unique(np.geomspace(1, 10_000, 60).round())
    curves = {
        "BO": (seconds, *(100 * quartiles(searched))),
        "random": ((cost + draw) * draws, *(100 * _best_of(draws))),
    }
    limits = (80, 98)
    scene = Lines(curves, "seconds", "best accuracy (%)", log="x", limits=limits)
    names = {"asking": clock[-1], "evaluating": BUDGET * cost}
    return Run(measured["cheap", version][seed], lambda: scene, names)


def _best_of(draws):
    """Quartiles of the best of so many draws, shape (3, n): P(best <= v) = F(v)^n."""
    values = np.sort(_table().ravel())
    return np.array([np.quantile(values, q ** (1 / draws)) for q in (0.25, 0.5, 0.75)])


def many_dimensions(version, seed):
    """Draw the regret of 50 evaluations, random search's being 1, against the dimension.

    Fixed: the same function, searched in the two inputs that matter.
    """
    measured = outcomes()
    shown = {FEW: FEW, ALL: ALL} if version == "broken" else {FEW: FEW, "the two alone": None}
    curves = {}
    for label, which in shown.items():
        kinds = [f"{d} {which}" if which else f"2 {FEW}" for d in DIMENSIONS]
        rows = np.array([measured["dimensions", kind] for kind in kinds]).T
        low, _, high = quartiles(rows)  # runs end on one hill or on another: no median says that
        curves[label] = (np.array(DIMENSIONS), low, rows.mean(axis=0), high)
    xlabel, ylabel = "d (hyperparameters)", "regret, mean and quartiles"
    scene = Lines(curves, xlabel, ylabel, log="x", limits=(-0.1, 2))
    space = cube(50 if version == "broken" else 2)
    found = measured["dimensions", f"{space.d} {FEW}"]
    return Run(found[seed], lambda: scene, {"space": space, "budget": BUDGET})


CARDS = {
    "direction": Card(
        "The wrong direction",
        "f(sensible) < f(absurd)",
        "return -error",
        "accuracy of what is returned (%)",
        wrong_direction,
    ),
    "axis": Card(
        "A raw axis for a rate",
        'space.from_unit([0.5, 0.5])["learning_rate"] > 0.1',
        "bo.Float(1e-4, 1.0, log=True)",
        "best accuracy after 20 (%)",
        raw_axis,
    ),
    "scale": Card(
        "Values without a scale",
        "not 0.1 < np.std(seen) < 10",
        "standardize=True",
        "regret after 25 (units of f)",
        no_scale,
        log=True,
        smallest=1e-3,
    ),
    "penalty": Card(
        "One penalty among scores",
        "np.diff(np.unique(y))[0] > 0.9 * np.ptp(y)",
        "return math.nan",
        "regret after 30 (units of f)",
        penalty,
        log=True,
        smallest=1e-5,
    ),
    "integers": Card(
        "Integers rounded after the fact",
        "len(set(map(rounded, configs))) < len(configs)",
        "bo.Int(1, 5)",
        "different trainings among 40",
        rounded_integers,
    ),
    "categories": Card(
        "Categories as numbers",
        'isinstance(space["kind"], bo.Int)',
        'bo.Categorical(["relu", "tanh", ...])',
        "regret after 20 (units of f)",
        category_codes,
        seed=3,
        log=True,
        smallest=1e-5,
    ),
    "condition": Card(
        "A condition left out",
        '"momentum" in space.from_unit([0, 0.5, 0.5, 0.5])',
        'bo.Float(0, 1, when={"optimizer": "momentum"})',
        "regret after 20 (points)",
        condition,
        log=True,
        smallest=1e-5,
    ),
    "same point": Card(
        "The same point again",
        "len(set(asked)) < len(asked)",
        "scores[np.isin(x, asked)] = -np.inf",
        "different points among 20",
        same_point,
    ),
    "cliff": Card(
        "A cliff",
        "skew(seen) < -1",
        "warp=True",
        "regret after 20 (points)",
        cliff,
        log=True,
        smallest=1e-3,
    ),
    "noise": Card(
        "Heavy noise, taken at its word",
        "promised - np.mean(again) > 1.5 * np.std(again)",
        "result.recommended_config",
        "promised minus true (points)",
        heavy_noise,
    ),
    "noisy side": Card(
        "Noise on one side only",
        "np.std(again) > 3 * np.std(elsewhere)",
        "max(finalists, key=lambda c: np.mean([f(c), f(c)]))",
        "regret of what is handed over (points)",
        noise_on_one_side,
        seed=2,
        log=True,
        smallest=1e-3,
    ),
    "failed": Card(
        "A failed training left out",
        "np.isnan(values[-5:]).all()",
        "strategy.tell(config, math.nan)",
        "failed trainings among 20",
        failed_training,
    ),
    "moving": Card(
        "A target that moves",
        "best_value - f(best) > 0.1",
        "for config, value in told[-10:]: strategy.tell(config, value)",
        "regret on the last day (points)",
        moving_target,
        log=True,
        smallest=1e-2,
    ),
    "points": Card(
        "Too many points",
        "len(X) > 1000 and isinstance(surrogate, bo.GaussianProcess)",
        "surrogate=bo.SparseGP(bo.Matern52(0.5), n_inducing=64)",
        f"CPU time of a fit to {N_POINTS} points (s)",
        too_many_points,
        log=True,
        n_seeds=N_TIMES,
    ),
    "dimensions": Card(
        "Many dimensions, few evaluations",
        "budget < 5 * space.d",
        "bo.Space(x1=space['x1'], x2=space['x2'])",
        "regret after 50, random search = 1",
        many_dimensions,
        n_seeds=N_FUNCTIONS,
    ),
    "cheap": Card(
        "An objective too cheap for a model",
        "asking > evaluating",
        "strategy=bo.RandomSearch(space)",
        f"best accuracy after {CLOCK} s (%)",
        too_cheap,
        n_seeds=N_FUNCTIONS,
    ),
}


@functools.cache
def played(name):
    """Play a card once, with the seed that is drawn: {version: `Run`}."""
    card = CARDS[name]
    return {version: card.play(version, card.seed) for version in VERSIONS}


def report(*names):
    """Print what was measured of some cards: quartiles, and in how many runs the test found it."""
    found = found_by_test()
    for name in names:
        card = CARDS[name]
        print(f"{card.title}: {card.measured}")
        for version in VERSIONS:
            values = outcomes()[name, version]
            low, middle, high = quartiles(values)
            if (name, version) in found:
                hits, n = found[name, version]
                told = f"; the test finds it in {hits} of {n}"
            else:
                told = f"; {len(values)} seeds"
            print(f"  {version:6} median {middle:.3g}, quartiles {low:.3g} to {high:.3g}{told}")


def unlabeled():
    """Play three runs for the learner to diagnose: {"A": values, ...}, shape (40,) each."""
    rng = np.random.default_rng(5)
    noisy = BayesianOptimization(cube(1), seed=5)
    scattered = search(noisy, lambda c: hill(c["x1"]) + 0.04 * rng.standard_normal(), 40)
    _, repeated = own_loop(
        lambda x: 0.8 + 0.02 * _forrester(x), sobol_points(1, 5, 6)[:, 0], 40, noise_variance=1e-2
    )
    return {"A": scattered, "B": repeated, "C": moving_target("broken", 7).scene().y}
