"""The four parts of a search, and what each must be able to do, on one page.

A strategy asks a surrogate for a posterior, and an acquisition scores it. Each part is whatever
has these methods: nothing has to be inherited, and every lesson swaps one part, no more. What
a part may have besides, and what that buys, stands below each.

X and U are points of the unit cube, one a row, shape (n, d). Everything per point has shape (n,).
"""

from typing import Protocol, runtime_checkable

import numpy as np

from bo_tutorial.space import Space


@runtime_checkable
class Strategy(Protocol):
    """What to try next. `bo.Strategy` keeps the trials: a subclass writes `propose` alone.

    It may have:
        seed: an attribute; a journal refuses to go on with another one.
        recommend(): the configuration to use under noise, for `Result.recommended_config`.
        what `NumberedTrials` has.
    """

    def ask(self) -> dict:
        """Return the configuration to evaluate next."""

    def tell(self, config: dict, value: float) -> None:
        """Remember that `config` scored `value`; NaN says that its evaluation failed."""


@runtime_checkable
class NumberedTrials(Strategy, Protocol):
    """A strategy that keeps numbered trials, as `bo.Strategy` does.

    A run that is resumed then keeps its numbers, what is given up is asked again, and the result
    holds what was told before the run. `tell` takes `number=` too.
    """

    space: Space

    @property
    def told(self) -> list:
        """Each `bo.Trial` that has a value, by number; an attribute will do."""

    @property
    def pending(self) -> list:
        """Each that was asked and has none."""

    def begin(self, config: dict) -> None:
        """Make `config` the next trial, pending, as if it had been asked."""

    def withdraw(self, config: dict) -> None:
        """Forget that `config` was asked."""


@runtime_checkable
class Posterior(Protocol):
    """What is believed of f after data.

    It may have:
        predict_gradient(U) -> mu, sigma, dmu, dsigma, the last two (n, d): the acquisition is then
            climbed, and not only compared at a few hundred points.
        extend(X, y) -> posterior: questions under way are then believed without a new fit.
        mean_at_data: the means at the data, (n,): what the incumbent is, without a prediction.
        kernel.length_scale: steps of a climb have its size, and `plotting.slices` names it.
    """

    def predict(self, U: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation of f at the rows of `U`."""


@runtime_checkable
class Surrogate(Protocol):
    """A model of f that can be fitted.

    It may have:
        learned(X, y) -> surrogate and condition(X, y) -> posterior, the two halves of `fit`:
            what was learned then serves until a tenth more trials are told. Of more than 300
            trials it is learned from a part, the best and some of all the others.
    """

    def fit(self, X: np.ndarray, y: np.ndarray) -> Posterior:
        """Return the posterior after data; nothing changes in the surrogate itself."""


class Acquisition(Protocol):
    """What a point is worth; any function of these three.

    It may have:
        slopes(mu, sigma, best) -> d/dmu, d/dsigma, each (n,) or a number: what a climb follows.
    """

    def __call__(self, mu: np.ndarray, sigma: np.ndarray, best: float) -> np.ndarray:
        """Return a score for each point, shape (n,): the largest is asked."""
