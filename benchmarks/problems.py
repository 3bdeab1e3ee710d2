"""The problems: functions with a known maximum, real tuning problems, mixed spaces.

Each is called with a configuration of its space and returns a number, larger is better. Real
coordinates run from 0 to 1 and integers are evenly spaced, so that no library's notion of a scale
comes into it.
"""

import contextlib
import functools
import math
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import bo_tutorial as bo
from bo_tutorial import problems
from bo_tutorial.problems import cube

CONTINUOUS, REAL, MIXED = "continuous", "real", "mixed"


@dataclass(frozen=True, eq=False)
class Problem:
    """Something to maximize.

    Attributes:
        name: as in the results file. kind: CONTINUOUS, REAL (the unit cube as well, the value from
            a model trained on data) or MIXED.
        space: a `bo.Space`. function: a configuration -> a number, always the same one.
        optimum: the largest value there is; None where nobody knows it.
    """

    name: str
    kind: str
    space: bo.Space
    function: Callable
    optimum: float | None = None

    def __call__(self, config):
        self.space.validate(config)
        return float(self.function(config))


def in_cube(name, function, d, optimum):
    """Make a problem of a function of a point of the unit cube, an array of shape (d,)."""
    space = cube(d)
    return Problem(name, CONTINUOUS, space, lambda config: function(space.to_unit(config)), optimum)


def from_course(name, problem, move=lambda u: u):
    """Stretch one of the course's test functions over the unit cube."""
    names = problem.space.names
    low = np.array([problem.space[name].low for name in names])
    high = np.array([problem.space[name].high for name in names])

    def function(u):
        # Straight to the formula: a shifted function is also asked outside its usual domain.
        return -problem.to_minimize(low + (high - low) * move(u))

    return in_cube(name, function, len(names), problem.optimum)


def shifted_ackley():
    """Move Ackley's hole from the center of the cube, where every design begins, to elsewhere."""
    hole = np.array([0.31, 0.64, 0.22, 0.73, 0.42])
    return from_course("Ackley 5, shifted", problems.ackley(5), move=lambda u: u - hole + 0.5)


def hidden_branin():
    """Hide Branin's two inputs among four that do nothing."""
    branin = from_course("Branin", problems.branin)

    def function(u):
        return branin.function({"x1": u[1], "x2": u[4]})

    return in_cube("Branin in 6-D", function, 6, branin.optimum)


def rotated_bowl():
    """Tilt a smooth bowl in eight dimensions whose axes differ in curvature by a factor of 100.

    Every pair of coordinates interacts, and nothing is there to get stuck in: a model of the whole
    finds the bottom, and a search along one coordinate at a time does not.
    """
    d = 8
    axes, _ = np.linalg.qr(np.random.default_rng(8).standard_normal((d, d)))
    curvatures = np.geomspace(0.1, 10.0, d)
    bottom = np.random.default_rng(88).uniform(0.2, 0.8, d)

    def function(u):
        return -np.sum(curvatures * (axes.T @ (u - bottom)) ** 2)

    return in_cube("rotated bowl 8", function, d, 0.0)


def cosine_mixture():
    """Add ripples to a bowl in eight dimensions.

    Source: Breiman & Cutler 1993; Ali, Khompatraporn & Zabinsky 2005, problem CM.
    """

    def function(u):
        x = 2 * u - 1 - 0.17  # off the center
        return np.sum(0.1 * np.cos(5 * np.pi * x) - x**2)

    return in_cube("cosine mixture 8", function, 8, 0.8)


def dixon_price():
    """A curved valley again, with another bottom.

    Source: Surjanovic & Bingham, Virtual Library of Simulation Experiments.
    """

    def function(u):
        x, i = 20 * u - 10, np.arange(2, 5)
        return -((x[0] - 1) ** 2) - np.sum(i * (2 * x[1:] ** 2 - x[:-1]) ** 2)

    return in_cube("Dixon-Price 4", function, 4, 0.0)


def network():
    """Tune the course's network: five hyperparameters, validation accuracy, one fixed seed."""
    from bo_tutorial.network import SPACE, validation_accuracy

    space = cube(SPACE.d)

    @functools.lru_cache(maxsize=4096)  # all libraries begin with the same ten points
    def accuracy(u):
        return validation_accuracy(SPACE.from_unit(u))

    return Problem(
        "network", REAL, space, lambda config: accuracy(tuple(space.to_unit(config).tolist()))
    )


def network_table():
    """Look the accuracy up in the course's table of 3125 trained networks, as lesson 09 does.

    The five values of each hyperparameter are ordered, so each is an integer from 0 to 4.
    """
    from bo_tutorial.course.lesson_09.numerics import on_table
    from bo_tutorial.network import grid_table

    contest = on_table(grid_table()["validation_accuracy"])
    return Problem("network table", MIXED, contest.space, contest.objective(0), contest.optimum)


@functools.cache
def _diabetes():
    from sklearn.datasets import load_diabetes
    from sklearn.model_selection import KFold

    X, y = load_diabetes(return_X_y=True)
    return X, (y - y.mean()) / y.std(), KFold(5, shuffle=True, random_state=0)


@functools.lru_cache(maxsize=4096)
def _support_vectors(scale=True, **arguments):
    """Return the cross-validated R^2 of a support vector regression on the diabetes data."""
    import warnings

    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVR

    X, y, folds = _diabetes()
    # A cap on the iterations keeps a hopeless configuration from taking minutes. It is part of the
    # objective, so the warning about it says nothing new.
    model = SVR(max_iter=10_000, **arguments)
    model = make_pipeline(StandardScaler(), model) if scale else model
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Solver terminated early")
        return float(cross_val_score(model, X, y, cv=folds, scoring="r2").mean())


def _power(low, high, u):
    """The value at `u` of a logarithmic axis from 10^low to 10^high."""
    return 10 ** (low + (high - low) * u)


def support_vectors():
    """Tune a support vector regression on scikit-learn's diabetes data: C, gamma, epsilon."""
    space = cube(3)

    def function(config):
        u = space.to_unit(config).tolist()
        return _support_vectors(
            C=_power(-2, 3, u[0]), gamma=_power(-5, 0, u[1]), epsilon=_power(-3, 0, u[2])
        )

    return Problem("support vectors", REAL, space, function)


def support_vector_pipeline():
    """Choose scaling and kernel as well: gamma and degree apply to some kernels only."""
    curved = {"kernel": ["rbf", "poly"]}
    space = bo.Space(
        scale=bo.Categorical(["yes", "no"]),
        kernel=bo.Categorical(["linear", "poly", "rbf"]),
        C=bo.Float(0.0, 1.0),
        epsilon=bo.Float(0.0, 1.0),
        gamma=bo.Float(0.0, 1.0, when=curved),
        degree=bo.Int(2, 5, when={"kernel": "poly"}),
    )

    def function(config):
        arguments = {
            "scale": config["scale"] == "yes",
            "kernel": config["kernel"],
            "C": _power(-2, 3, config["C"]),
            "epsilon": _power(-3, 0, config["epsilon"]),
        }
        if "gamma" in config:
            arguments["gamma"] = _power(-5, 0, config["gamma"])
        if "degree" in config:
            arguments |= {"degree": config["degree"], "coef0": 1.0}
        # A diverging fit has an R^2 of minus thousands; below -1 all are equally useless.
        return max(_support_vectors(**arguments), -1.0)

    return Problem("support vector pipeline", MIXED, space, function)


def three_recipes():
    """Choose one of three recipes; each has its best place elsewhere, and two have an extra knob.

    The best is 0 by construction: "slow", x = 0.62, y = 0.3, steps = 7, patience = 0.35.
    """
    space = bo.Space(
        recipe=bo.Categorical(["plain", "slow", "rough"]),
        x=bo.Float(0.0, 1.0),
        y=bo.Float(0.0, 1.0),
        steps=bo.Int(1, 12),
        patience=bo.Float(0.0, 1.0, when={"recipe": "slow"}),
        level=bo.Int(0, 5, when={"recipe": "rough"}),
    )
    best_x = {"plain": 0.25, "slow": 0.62, "rough": 0.85}
    handicap = {"plain": 0.3, "slow": 0.0, "rough": 0.1}

    def function(config):
        recipe = config["recipe"]
        x = config["x"] - best_x[recipe]
        y = config["y"] - 0.3 - 0.5 * x  # the two interact
        loss = handicap[recipe] + 2 * x**2 + 3 * y**2 + ((config["steps"] - 7) / 10) ** 2
        if recipe == "slow":
            loss += 2 * (config["patience"] - 0.35) ** 2
        if recipe == "rough":
            loss += 0.05 * abs(config["level"] - 4) + 0.1 * (1 - math.cos(6 * math.pi * y))
        return -loss

    return Problem("three recipes", MIXED, space, function, 0.0)


FULL = {
    "Branin": lambda: from_course("Branin", problems.branin),
    "Hartmann 3": lambda: from_course("Hartmann 3", problems.hartmann3),
    "Hartmann 6": lambda: from_course("Hartmann 6", problems.hartmann6),
    "Ackley 5, shifted": shifted_ackley,
    "Levy 4": lambda: from_course("Levy 4", problems.levy(4)),
    "Rosenbrock 4": lambda: from_course("Rosenbrock 4", problems.rosenbrock(4)),
    "Styblinski-Tang 4": lambda: from_course("Styblinski-Tang 4", problems.styblinski_tang(4)),
    "Gramacy-Lee": lambda: from_course("Gramacy-Lee", problems.gramacy_lee),
    "Branin in 6-D": hidden_branin,
    "rotated bowl 8": rotated_bowl,
    "support vectors": support_vectors,
    "network": network,
    "network table": network_table,
    "support vector pipeline": support_vector_pipeline,
    "three recipes": three_recipes,
}
HELD_OUT = {  # not in a full run: to see whether what wins there wins elsewhere
    "camel": lambda: from_course("camel", problems.camel),
    "Forrester": lambda: from_course("Forrester", problems.forrester),
    "Levy 8": lambda: from_course("Levy 8", problems.levy(8)),
    "Dixon-Price 4": dixon_price,
    "cosine mixture 8": cosine_mixture,
}
MAKERS = FULL | HELD_OUT
# What helped to choose our default: variants of it were compared on these, as notes.md says. A
# function of a suite is written "bbob f6".
CHOSEN_ON = frozenset({"Hartmann 6", "rotated bowl 8"})


def chosen_on(name):
    """Say whether a problem or a suite's function helped to choose our default."""
    return name in CHOSEN_ON


# Suites that others wrote: the COCO platform's, https://coco-platform.org

SUITES = {"bbob": (2, 5, 10), "bbob-mixint": (5, 10)}  # the dimensions that are run
N_FUNCTIONS = 24
N_PUBLISHED = 15  # instances of each function
N_INSTANCES = 3  # of them: the first, in their order
CELL_NAME = re.compile(r"(?P<suite>bbob|bbob-mixint)-f(?P<f>\d\d)-i(?P<i>\d+)-d(?P<d>\d\d)")


@dataclass(frozen=True, order=True)
class Cell:
    """One instance of one function of a suite in one dimension; its name is as in the results file.

    Instances of a function are moved and rotated differently, and each is run once, with the
    instance as the seed.
    """

    suite: str
    instance: int
    function: int
    d: int

    @property
    def name(self):
        return f"{self.suite}-f{self.function:02d}-i{self.instance}-d{self.d:02d}"

    @property
    def problem(self):
        """What the cell is an instance of: one function in one dimension."""
        return f"{self.suite} f{self.function}, d = {self.d}"


def cell(name):
    """Return the `Cell` of this name; None if it is not the name of one."""
    found = CELL_NAME.fullmatch(name)
    if found is None:
        return None
    of = Cell(found["suite"], int(found["i"]), int(found["f"]), int(found["d"]))
    known = 1 <= of.function <= N_FUNCTIONS and 1 <= of.instance <= N_PUBLISHED
    return of if known and of.d in SUITES[of.suite] and of.name == name else None


def cells(suite, n_instances=N_INSTANCES, dimensions=None):
    """List the cells of a suite, instances first.

    Args:
        suite: "bbob" or "bbob-mixint". n_instances: how many of the published ones.
        dimensions: those to run, all of `SUITES` if left out.

    Raises:
        ValueError: there is no such suite, or it is not run with as many or in that dimension.
    """
    if suite not in SUITES:
        raise ValueError(f"suite must be one of {list(SUITES)}, got {suite!r}")
    if not 1 <= n_instances <= N_PUBLISHED:
        raise ValueError(f"n_instances must be 1 to {N_PUBLISHED}, got {n_instances}")
    for d in dimensions or ():
        if d not in SUITES[suite]:
            raise ValueError(f"dimensions of {suite} must be among {SUITES[suite]}, got {d}")
    return [
        Cell(suite, instance, function, d)
        for instance in range(1, n_instances + 1)
        for function in range(1, N_FUNCTIONS + 1)
        for d in dimensions or SUITES[suite]
    ]


@functools.cache
def _coco_suite(name):
    import cocoex

    return cocoex.Suite(name, f"instances: 1-{N_PUBLISHED}", "")


def from_coco(cell):
    """Make a problem of a cell: minus the published function, on coordinates from 0 to 1.

    Integers, which come first in bbob-mixint, have the published bounds. The optimum is the value
    at the point where the suite says that it is.
    """
    suite = _coco_suite(cell.suite)
    coco = suite.get_problem_by_function_dimension_instance(cell.function, cell.d, cell.instance)
    n_integers, low, high = coco.number_of_integer_variables, coco.lower_bounds, coco.upper_bounds
    names = [f"x{j}" for j in range(1, cell.d + 1)]
    kinds = [bo.Int(int(low[j]), int(high[j])) for j in range(n_integers)]
    kinds += [bo.Float(0.0, 1.0)] * (cell.d - n_integers)
    space = bo.Space(**dict(zip(names, kinds, strict=True)))

    def function(config):
        x = np.array([config[name] for name in names], dtype=float)
        x[n_integers:] = low[n_integers:] + (high - low)[n_integers:] * x[n_integers:]
        return -coco(x)

    # The suite tells where the optimum is in a file of the current folder only.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        coco._best_parameter("print")
        best = np.loadtxt(next(Path(folder).iterdir()))
    kind = MIXED if n_integers else CONTINUOUS
    return Problem(cell.name, kind, space, function, -coco(best))


@functools.cache
def make(name):
    """Return the problem of this name.

    Raises:
        ValueError: there is none.
        ModuleNotFoundError: it is a cell of a suite, and `coco-experiment` is not installed.
    """
    if name in MAKERS:
        return MAKERS[name]()
    if cell(name):
        return from_coco(cell(name))
    example = cells("bbob")[0].name
    raise ValueError(f"problem must be one of {list(MAKERS)} or like {example}, got {name!r}")
