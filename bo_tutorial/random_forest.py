"""Leave the Gaussian process: many regression trees, and how far they disagree.

A tree cuts the cube into boxes and predicts in each the mean of what it saw there. Nothing is
measured as a distance, so an integer, a category and a hyperparameter that does not apply are as
good as a real number. The trees come from scikit-learn; what is added here is the variance.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bo_tutorial import _validate
from bo_tutorial._threads import computing
from bo_tutorial._words import RANDOM_FOREST, refuse_unknown_fields


@dataclass(frozen=True, eq=False)
class RandomForest:
    """Believe what many regression trees say, each grown on another draw of the data.

    A tree is cut again and again, each time in the best of several random places. The mean is that
    of the trees, and the variance has two parts: how far the values within a leaf scatter, and how
    far the trees disagree. Both are piecewise constant, and do not grow away from the data.

    Args:
        n_trees: how many trees, 1 or more.
        seed: a whole number, 0 or more. The same seed and data give the same forest.
        min_leaf: how many of the drawn data each leaf holds at least. With 1 a leaf holds several
            only where their values are equal, or their inputs.
        max_features: the share of the inputs, in (0, 1], that a cut may choose from; each comes
            with one random place.
        categorical: indices of inputs whose values have no order, as for the kernels: a cut then
            sets one value apart from all the others. Without it, it separates low from high.

    Raises:
        TypeError, ValueError: an argument of the wrong kind or size.
        ImportError: scikit-learn is not installed.

    Source: Breiman 2001, Machine Learning 45; random places, and the variance: Hutter, Xu, Hoos &
    Leyton-Brown 2014, Artificial Intelligence 206, section 4.3. `max_features` is that of SMAC,
    whose leaves hold three: on two mixed problems, 50 trials and 8 seeds each, those found less.
    """

    n_trees: int = 100
    seed: int = 0
    min_leaf: int = 1
    max_features: float = 5 / 6
    categorical: tuple = ()

    def __new__(cls, *_, **given):
        if cls.__init__ is RandomForest.__init__:
            refuse_unknown_fields(cls, given, RANDOM_FOREST)
        return super().__new__(cls)

    def __post_init__(self):
        for name, low in (("n_trees", 1), ("seed", 0), ("min_leaf", 1)):
            _validate.whole_number(name, getattr(self, name), low)
        if self.seed >= 2**32:
            raise ValueError(f"seed must be less than 2**32, got {self.seed}")
        share = _validate.number("max_features", self.max_features, 0, strict=True)
        if share > 1:
            raise ValueError(f"max_features must be a share of the inputs, at most 1, got {share}")
        if np.ndim(self.categorical) != 1:
            raise TypeError(
                f"categorical must be a tuple of indices of inputs, got {self.categorical!r:.80}"
            )
        indices = tuple(_validate.whole_number("categorical", j, 0) for j in self.categorical)
        object.__setattr__(self, "categorical", indices)
        _trees()  # refused here and not when the first evaluations are spent

    @computing
    def fit(self, X: np.ndarray, y: np.ndarray) -> "ForestPosterior":
        """Return what a forest grown on the data believes.

        Args:
            X: inputs, shape (n, d), n at least 1. y: observations, shape (n,), units of f.

        Returns:
            A `ForestPosterior`.

        Raises:
            TypeError, ValueError: other shapes, no data, a value that is not finite, or an index in
                `categorical` that is no input.
        """
        X = _validate.points("X", X)
        if len(X) == 0:
            raise ValueError("X must have at least one row, got none")
        if self.categorical and max(self.categorical) >= X.shape[1]:
            raise ValueError(
                f"X must have a column for each index in categorical={self.categorical}, got "
                f"shape {X.shape}"
            )
        return ForestPosterior(self, X, _validate.vector("y", y, len(X), "row of X"))

    condition = fit  # there is nothing to learn but the trees


class ForestPosterior:
    """A belief about f after data; made by `RandomForest.fit`.

    Attributes:
        X, y: the data, (n, d) and (n,). forest: the `RandomForest` that it comes from.
    """

    def __init__(self, forest: RandomForest, X: np.ndarray, y: np.ndarray) -> None:
        self.forest, self.X, self.y = forest, X, y
        self._inputs = _Inputs(X, forest.categorical)
        # Trees stop at variances below 2e-16, in whatever unit: here the largest value is about 1.
        # A power of two changes no digit, so that a tie between two cuts stays one.
        self._center = float(np.median(y))
        self._unit = 2.0 ** int(np.frexp(np.abs(y - self._center).max())[1])
        trees = _trees()(
            forest.n_trees,
            bootstrap=True,
            min_samples_leaf=forest.min_leaf,
            max_features=forest.max_features,
            random_state=forest.seed,
        )
        trees.fit(self._inputs(X), (y - self._center) / self._unit)
        self._trees = [tree.tree_ for tree in trees.estimators_]

    def __repr__(self):
        n, d = self.X.shape
        return f"ForestPosterior(n={n}, d={d}, forest={self.forest!r})"

    @computing
    def predict(self, Xs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean and the standard deviation at each row of `Xs`.

        With mu_b and s_b^2 the mean and variance of the values in the leaf of tree b, the law of
        total variance says  mu = mean of mu_b,  sigma^2 = mean of s_b^2 + variance of mu_b.

        Args:
            Xs: shape (m, d).

        Returns:
            mu, sigma: each of shape (m,), units of f. What scatters within a leaf is in sigma,
            whether it is noise or f itself.

        Raises:
            TypeError, ValueError: `Xs` is not (m, d) or not finite.

        Source: Hutter, Xu, Hoos & Leyton-Brown 2014, section 4.3.2.
        """
        mean, within = self._leaves(Xs)
        variance = within.mean(axis=0) + mean.var(axis=0)
        return self._center + self._unit * mean.mean(axis=0), self._unit * np.sqrt(variance)

    def leaves(self, Xs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of the values in each tree's leaf at each row of `Xs` (m, d).

        Returns:
            Shape (number of trees, m) each, units of f and of f squared.

        Raises:
            TypeError, ValueError: `Xs` is not (m, d) or not finite.
        """
        mean, within = self._leaves(Xs)
        return self._center + self._unit * mean, self._unit**2 * within

    @property
    def mean_at_data(self) -> np.ndarray:
        """The mean at each row of `X`, (n,)."""
        return self.predict(self.X)[0]

    def _leaves(self, Xs):
        """The same in the unit of the trees."""
        inputs = self._inputs(_validate.points("Xs", Xs, self.X.shape[1]))
        at = [(tree, tree.apply(inputs)) for tree in self._trees]
        mean = np.array([tree.value[leaf, 0, 0] for tree, leaf in at])
        within = np.array([tree.impurity[leaf] for tree, leaf in at])
        return mean, np.maximum(within, 0.0)  # rounding can leave -1e-17


class _Inputs:
    """What the trees see of points: the range of the data as [0, 1], and categories apart.

    The trees compute in single precision and take what differs by less than 1e-7 for equal.
    """

    def __init__(self, X, categorical):
        self.categorical = categorical
        self.ordered = [j for j in range(X.shape[1]) if j not in categorical]
        self.values = {j: np.unique(X[:, j]) for j in categorical}
        self.low = X[:, self.ordered].min(axis=0)
        width = X[:, self.ordered].max(axis=0) - self.low
        self.width = np.where(width > 0, width, 1.0)

    @np.errstate(over="ignore", under="ignore")
    def __call__(self, X):
        # Beyond the data nothing is cut: one width away is as good as any distance.
        scaled = np.clip((X[:, self.ordered] - self.low) / self.width, -1.0, 2.0)
        apart = [X[:, j, None] == self.values[j] for j in self.categorical]
        return np.concatenate([scaled, *apart], axis=1).astype(np.float32)


def _trees() -> Any:
    """The class of scikit-learn that grows trees.

    Raises:
        ImportError: it is not installed.
    """
    try:
        from sklearn.ensemble import ExtraTreesRegressor
    except ImportError as error:
        raise _validate.missing_extra(error, "RandomForest") from error
    return ExtraTreesRegressor
