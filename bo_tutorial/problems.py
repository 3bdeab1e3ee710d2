"""Functions whose maximum is known, so that a search can be marked; and the worked example.

The literature minimizes these functions; here each is turned over once, in `Problem.__call__`, and
maximized like everything else in the course. Formulas, domains and minima: Surjanovic & Bingham,
Virtual Library of Simulation Experiments, unless a function says otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bo_tutorial import _validate
from bo_tutorial.space import Float, Space

# The worked example of the article: three trainings and what they scored.
LEARNING_RATES = (0.001, 0.01, 0.1)
ACCURACIES = (0.85, 0.91, 0.79)


@dataclass(frozen=True, eq=False)
class Problem:
    """A function to maximize, with what is known about it.

    Calling it with a configuration returns a number, larger is better, `optimum` at best.

    Attributes:
        name: as the literature has it. space: a `Space` of `x1`, `x2`, ...
        to_minimize: the literature's function of an array of shape (d,).
        minimizers: the points where it is smallest, shape (k, d), in the units of the space.
        optimum: the largest value there is, units of f.
    """

    name: str
    space: Space
    to_minimize: Callable[[np.ndarray], float]
    minimizers: np.ndarray
    optimum: float

    def __call__(self, config: dict) -> float:
        self.space.validate(config)
        return -float(self.to_minimize(np.array([config[name] for name in self.space.names])))

    @property
    def optimizers(self) -> list[dict]:
        """The configurations that reach the optimum, a list of dicts."""
        names = self.space.names
        return [dict(zip(names, map(float, x), strict=True)) for x in self.minimizers]

    def regret(self, value: float | np.ndarray) -> float | np.ndarray:
        """Return how far `value` (a number or an array) falls short of the optimum."""
        return self.optimum - value


def cube(d: int) -> Space:
    """Return the space of `d` hyperparameters x1, x2, ..., each a real number in [0, 1]."""
    d = _validate.whole_number("d", d, 1)
    return Space(**{f"x{j}": Float(0.0, 1.0) for j in range(1, d + 1)})


def _problem(name, bounds, to_minimize, minimizers, minimum):
    space = Space(**{f"x{j}": Float(*pair) for j, pair in enumerate(bounds, start=1)})
    return Problem(name, space, to_minimize, np.atleast_2d(minimizers), -minimum)


def _branin(x):
    slope, drift = 5.1 / (4 * np.pi**2), 5 / np.pi
    bowl = (x[1] - slope * x[0] ** 2 + drift * x[0] - 6) ** 2
    return bowl + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x[0]) + 10


def _camel(x):
    first = (4 - 2.1 * x[0] ** 2 + x[0] ** 4 / 3) * x[0] ** 2
    return first + x[0] * x[1] + (-4 + 4 * x[1] ** 2) * x[1] ** 2


def _forrester(x):
    return (6 * x[0] - 2) ** 2 * np.sin(12 * x[0] - 4)


def _gramacy_lee(x):
    return np.sin(10 * np.pi * x[0]) / (2 * x[0]) + (x[0] - 1) ** 4


def _hartmann(A, P):
    weights, A, P = np.array([1.0, 1.2, 3.0, 3.2]), np.array(A), np.array(P) * 1e-4
    return lambda x: -weights @ np.exp(-np.sum(A * (x - P) ** 2, axis=1))


def _ackley(x):
    far = -20 * np.exp(-0.2 * np.sqrt(np.mean(x**2)))
    return far - np.exp(np.mean(np.cos(2 * np.pi * x))) + 20 + np.e


def _levy(x):
    w = 1 + (x - 1) / 4
    middle = (w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2)
    last = (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2)
    return np.sin(np.pi * w[0]) ** 2 + middle.sum() + last


def _rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (x[:-1] - 1) ** 2)


def _styblinski_tang(x):
    return 0.5 * np.sum(x**4 - 16 * x**2 + 5 * x)


branin = _problem(
    "Branin",
    [(-5.0, 10.0), (0.0, 15.0)],
    _branin,
    [(-np.pi, 12.275), (np.pi, 2.275), (3 * np.pi, 2.475)],
    0.39788735772973816,
)
camel = _problem(
    "six-hump camel",
    [(-3.0, 3.0), (-2.0, 2.0)],
    _camel,
    [(0.0898420131, -0.7126564030), (-0.0898420131, 0.7126564030)],
    -1.0316284534898774,
)
forrester = _problem("Forrester", [(0.0, 1.0)], _forrester, [(0.7572487520)], -6.020740055767083)
gramacy_lee = _problem(
    "Gramacy-Lee", [(0.5, 2.5)], _gramacy_lee, [(0.5485634445)], -0.8690111349894997
)
hartmann3 = _problem(
    "Hartmann 3",
    [(0.0, 1.0)] * 3,
    _hartmann(
        [(3, 10, 30), (0.1, 10, 35), (3, 10, 30), (0.1, 10, 35)],
        [(3689, 1170, 2673), (4699, 4387, 7470), (1091, 8732, 5547), (381, 5743, 8828)],
    ),
    [(0.1145883, 0.5556489, 0.8525470)],
    -3.8627797873327,
)
hartmann6 = _problem(
    "Hartmann 6",
    [(0.0, 1.0)] * 6,
    _hartmann(
        [
            (10, 3, 17, 3.5, 1.7, 8),
            (0.05, 10, 17, 0.1, 8, 14),
            (3, 3.5, 1.7, 10, 17, 8),
            (17, 8, 0.05, 10, 0.1, 14),
        ],
        [
            (1312, 1696, 5569, 124, 8283, 5886),
            (2329, 4135, 8307, 3736, 1004, 9991),
            (2348, 1451, 3522, 2883, 3047, 6650),
            (4047, 8828, 8732, 5743, 1091, 381),
        ],
    ),
    [(0.2016895, 0.1500107, 0.4768740, 0.2753324, 0.3116516, 0.6573005)],
    -3.322368011415512,
)


def ackley(d: int) -> Problem:
    """Return Ackley's function in `d` dimensions: one deep hole among many shallow ones."""
    d = _validate.whole_number("d", d, 1)
    return _problem(f"Ackley {d}", [(-32.768, 32.768)] * d, _ackley, np.zeros(d), 0.0)


def levy(d: int) -> Problem:
    """Return Levy's function in `d` dimensions: a bowl with waves."""
    d = _validate.whole_number("d", d, 1)
    return _problem(f"Levy {d}", [(-10.0, 10.0)] * d, _levy, np.ones(d), 0.0)


def rosenbrock(d: int) -> Problem:
    """Return Rosenbrock's function in `d` dimensions, 2 or more: a long curved valley."""
    d = _validate.whole_number("d", d, 2)
    return _problem(f"Rosenbrock {d}", [(-5.0, 10.0)] * d, _rosenbrock, np.ones(d), 0.0)


def styblinski_tang(d: int) -> Problem:
    """Return the Styblinski-Tang function in `d` dimensions: a sum of one-dimensional wells."""
    d = _validate.whole_number("d", d, 1)
    minimum = -39.16616570377142 * d
    return _problem(
        f"Styblinski-Tang {d}",
        [(-5.0, 5.0)] * d,
        _styblinski_tang,
        np.full(d, -2.903534027771177),
        minimum,
    )
