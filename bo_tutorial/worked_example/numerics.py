"""The article's worked example, with every assumption an argument.

Three trainings at the learning rates 0.001, 0.01 and 0.1 scored 85, 91 and 79 %. The article says
what a Gaussian process and expected improvement make of them, in four sentences, and leaves out the
assumptions. Here each assumption has a name and a value, each sentence a number and a threshold.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bo_tutorial import _validate
from bo_tutorial.acquisition import expected_improvement
from bo_tutorial.gp import GaussianProcess, Posterior
from bo_tutorial.kernels import Matern52, SquaredExponential
from bo_tutorial.problems import ACCURACIES, LEARNING_RATES

KERNELS = {"SE": SquaredExponential, "Matern52": Matern52}
BEST = max(ACCURACIES)
# The domain of the article's own code, on a log axis: suggest_float("lr", 1e-5, 1e-1, log=True).
SNIPPET_DOMAIN = {"low": 1e-5, "high": 1e-1}

# The sentences of the article, and when we say that one holds.
SENTENCES = {
    "high mean near 0.01": "the mean peaks within a quarter of a decade of 0.01",
    "high uncertainty near 0.003": "sigma(0.003) is at least half of sigma_f",
    "EI scores 0.003 highly": "EI(0.003) is at least half of the largest EI",
    "EI scores 0.2 highly": "EI(0.2) is at least half of the largest EI",
}
# What `holds` says of a sentence, in words.
VERDICTS = {True: "holds", False: "FAILS", None: "cannot be asked"}


@dataclass(frozen=True)
class Assumptions:
    """What the article leaves open, as one object.

    Args:
        axis: on what the kernel measures distance: "log10", the logarithm of the learning rate
            (a unit is a decade), or "raw", the learning rate itself.
        kernel: "SE" or "Matern52".
        length_scale: in units of that axis.
        mean: what we expect far from all data; the default is the mean of the three accuracies.
        signal_sd: the standard deviation of f around it; the default is that of the three
            accuracies, with n - 1. Both as fractions of 1.
        noise_variance: of an accuracy around f.
        xi: margin of the expected improvement, a fraction of 1: 0.01 is one point of accuracy.
        low, high: the learning rates considered. Where 0.2 is not among them, as in
            `SNIPPET_DOMAIN`, the fourth sentence cannot be asked.

    Raises:
        TypeError, ValueError: an unknown axis or kernel, a scale that is not positive, a domain
            that does not hold 0.003 and 0.01.
    """

    axis: str = "log10"
    kernel: str = "SE"
    length_scale: float = 0.5
    mean: float = 0.85
    signal_sd: float = 0.06
    noise_variance: float = 1e-6
    xi: float = 0.01
    low: float = 1e-4
    high: float = 1.0

    def __post_init__(self):
        if self.axis not in ("log10", "raw"):
            raise ValueError(f"axis must be 'log10' or 'raw', got {self.axis!r}")
        if self.kernel not in KERNELS:
            raise ValueError(f"kernel must be one of {list(KERNELS)}, got {self.kernel!r}")
        for name in ("length_scale", "signal_sd", "low", "high"):
            _validate.number(name, getattr(self, name), 0, strict=True)
        for name in ("noise_variance", "xi"):
            _validate.number(name, getattr(self, name), 0)
        _validate.number("mean", self.mean)
        if not (self.low <= 0.003 and 0.01 <= self.high):
            raise ValueError(f"low, high must enclose 0.003 and 0.01, got {self.low}, {self.high}")

    @property
    def width(self) -> float:
        """The length of the axis from `low` to `high`, in its units."""
        low, high = self.positions([self.low, self.high])[:, 0]
        return float(high - low)

    def positions(self, learning_rates: ArrayLike) -> np.ndarray:
        """Return where learning rates lie on the axis, shape (n, 1)."""
        rates = np.asarray(learning_rates, dtype=float)
        return (np.log10(rates) if self.axis == "log10" else rates)[:, None]

    def posterior(self) -> Posterior:
        """Return the posterior given the three trainings, over positions on the axis."""
        kernel = KERNELS[self.kernel](self.length_scale, self.signal_sd**2)
        gp = GaussianProcess(kernel, self.noise_variance, self.mean)
        return gp.condition(self.positions(LEARNING_RATES), np.array(ACCURACIES))


def evaluate(
    assumptions: Assumptions, learning_rates: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return posterior mean, standard deviation and EI at learning rates, each of shape (n,)."""
    mu, sigma = assumptions.posterior().predict(assumptions.positions(learning_rates))
    return mu, sigma, expected_improvement(mu, sigma, BEST, assumptions.xi)


def learning_rates(assumptions: Assumptions) -> np.ndarray:
    """Return a fine set of learning rates, shape (n,), dense on both axes.

    A kernel on the raw axis needs steps that are small in learning rate, one on the log axis steps
    that are small in decades; the union serves both.
    """
    low, high = assumptions.low, assumptions.high
    even = np.union1d(np.geomspace(low, high, 2001), np.linspace(low, high, 2001))
    marked = [rate for rate in (*LEARNING_RATES, 0.003, 0.2) if low <= rate <= high]
    return np.union1d(even, marked)


def measure(assumptions: Assumptions) -> dict[str, float]:
    """Return the number behind each of the article's four sentences, a dict by sentence.

    Where the mean peaks is given as its distance from 0.01 in decades, whatever the axis; the
    others are shares of sigma_f and of the largest EI. A number is NaN where the domain leaves out
    the learning rate that the sentence speaks of.
    """
    rates = learning_rates(assumptions)
    mu, _, ei = evaluate(assumptions, rates)
    _, sigma_at, ei_at = evaluate(assumptions, [0.003, 0.2])
    # Where EI is 0 in double precision at every learning rate, none of them is scored highly.
    shares = ei_at / ei.max() if ei.max() > 0 else np.zeros(2)
    decades = abs(np.log10(rates[np.argmax(mu)] / 0.01))
    far = shares[1] if assumptions.high >= 0.2 else np.nan
    numbers = (decades, sigma_at[0] / assumptions.signal_sd, shares[0], far)
    return dict(zip(SENTENCES, map(float, numbers), strict=True))


def holds(
    numbers: dict[str, float], mean_within: float = 0.25, at_least: float = 0.5
) -> dict[str, bool | None]:
    """Say which sentences hold, given the numbers from `measure`: True, False or None.

    None says that the sentence cannot be asked: its number is NaN. `VERDICTS` has the words.

    Args:
        mean_within: how far from 0.01 the mean may peak, in decades.
        at_least: the share of sigma_f, and of the largest EI, that counts as high.
    """
    mean, *others = SENTENCES
    found = {mean: numbers[mean] <= mean_within} | {s: numbers[s] >= at_least for s in others}
    return {s: None if np.isnan(numbers[s]) else bool(verdict) for s, verdict in found.items()}


def next_learning_rate(assumptions: Assumptions) -> float:
    """Return the learning rate where EI is largest."""
    rates = learning_rates(assumptions)
    return float(rates[np.argmax(evaluate(assumptions, rates)[2])])


def tipping_point(
    assumptions: Assumptions, name: str, to: float, steps: int = 64
) -> tuple[float, float] | None:
    """Find how far one assumption may move before the next learning rate jumps to an edge.

    The others stay as they are. The way to `to` is scanned in equal steps, and the first step in
    which the next learning rate becomes an end of the domain is halved until it has no length.

    Args:
        name: of the assumption that moves, one that is a number. to: how far it goes at the most.

    Returns:
        The first value at which the next learning rate is an end of the domain, and that end; None
        where no step up to `to` has it.

    Raises:
        TypeError, ValueError: `name` is no numeric assumption, `to` is refused by `Assumptions`.
    """
    numeric = [field.name for field in fields(assumptions) if field.name not in ("axis", "kernel")]
    if name not in numeric:
        raise ValueError(f"name must be one of {numeric}, got {name!r}")
    _validate.whole_number("steps", steps, 1)
    moved_to: dict[str, Any] = {name: to}
    replace(assumptions, **moved_to)  # refuses what `Assumptions` refuses

    def edge(value):
        """Return the end of the domain that EI chooses, None if it chooses a place between."""
        moved = replace(assumptions, **{name: float(value)})
        rates = learning_rates(moved)
        ei = evaluate(moved, rates)[2]
        best = int(np.argmax(ei))
        return float(rates[best]) if best in (0, len(rates) - 1) and ei[best] > 0 else None

    values = np.linspace(getattr(assumptions, name), to, steps + 1)
    first = next((i for i, value in enumerate(values) if edge(value) is not None), None)
    if first is None:
        return None
    inside, outside = float(values[max(first - 1, 0)]), float(values[first])
    while inside != (middle := (inside + outside) / 2) != outside:
        inside, outside = (inside, middle) if edge(middle) is not None else (middle, outside)
    return outside, float(edge(outside))
