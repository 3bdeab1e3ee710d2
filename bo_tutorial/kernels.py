"""How similar do we expect f to be at two points? A kernel says it with one number.

Both kernels of the course depend on x and x' through one scaled squared distance

    s(x, x') = sum_j (x_j - x'_j)^2 / length_scale_j^2,

so a kernel is a function k(s) and its derivative k'(s), `value_and_derivative`. Every gradient the
course needs follows from these two by the chain rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.spatial.distance import cdist

from bo_tutorial import _validate
from bo_tutorial._words import KERNEL, refuse_unknown_fields


@dataclass(frozen=True, eq=False)
class _Stationary:
    """Share what the kernels have in common; see `SquaredExponential`."""

    length_scale: float | np.ndarray = 1.0
    signal_variance: float = 1.0
    categorical: tuple = ()
    category_distance: float = 1.0
    value_and_derivative: ClassVar[Callable]  # what makes a kernel of it

    def __new__(cls, *_, **given):
        if cls.__init__ is _Stationary.__init__:  # not where a subclass has arguments of its own
            refuse_unknown_fields(cls, given, KERNEL)
        return super().__new__(cls)

    def __post_init__(self):
        length_scale = _validate.numbers_in("length_scale", self.length_scale)
        if length_scale.ndim > 1 or length_scale.size == 0:
            raise ValueError(f"length_scale must be a number or shape (d,), got {length_scale!r}")
        if not (np.all(np.isfinite(length_scale)) and np.all(length_scale > 0)):
            raise ValueError(f"length_scale must be positive, got {self.length_scale}")
        shortest, longest = _validate.SHORTEST, _validate.LONGEST
        if length_scale.min() < shortest or length_scale.max() > longest:
            raise ValueError(
                f"length_scale must be between {shortest:g} and {longest:g}, because its square "
                f"is what counts, got {self.length_scale}"
            )
        length_scale = float(length_scale) if length_scale.ndim == 0 else length_scale.copy()
        variance = _validate.size("signal_variance", self.signal_variance, *_validate.VARIANCES)
        object.__setattr__(self, "length_scale", length_scale)
        object.__setattr__(self, "signal_variance", variance)
        object.__setattr__(self, "categorical", tuple(self.categorical))
        distance = _validate.size("category_distance", self.category_distance, 1e-60, 1e60)
        object.__setattr__(self, "category_distance", distance)

    @np.errstate(under="ignore")  # e^-1000 is 0
    def __call__(self, A: np.ndarray, B: np.ndarray | None = None) -> np.ndarray:
        """Return the covariances of f between the rows of `A` (n, d) and `B` (m, d): (n, m).

        `B` is `A` if left out. Units: those of f, squared.

        Raises:
            ValueError: `A` or `B` is not (n, d), or `d` is not that of the length scales.
        """
        A = self._points("A", A)
        B = A if B is None else self._points("B", B)
        if A.shape[1] != B.shape[1]:
            raise ValueError(f"B must have {A.shape[1]} columns like A, got shape {B.shape}")
        return self.covariance_and_derivative(A, B)[0]

    def squared_differences(self, A: np.ndarray, B: np.ndarray) -> np.ndarray:
        """Return (x_j - x'_j)^2 for each dimension j, shape (d, n, m).

        Two values of a categorical dimension are at distance 0 (the same) or `category_distance`.
        """
        return self.pair_differences(A[:, None, :], B[None, :, :])

    def pair_differences(self, A: np.ndarray, B: np.ndarray) -> np.ndarray:
        """Return the same for pairs of points, the rows of `A` and of `B` (m, d): shape (d, m)."""
        D = np.ascontiguousarray(np.moveaxis(A - B, -1, 0)) ** 2
        for j in self.categorical:
            D[j] = (D[j] > 0) * self.category_distance**2
        return D

    @np.errstate(under="ignore")
    def gradients(self, X: np.ndarray) -> np.ndarray:
        """Return dK/d(log length_scale_j) for each j, then dK/d(log signal_variance).

        With s as above: dK/d(log length_scale_j) = -2 signal_variance k'(s) (x_j - x'_j)^2 /
        length_scale_j^2, and dK/d(log signal_variance) = K. Rasmussen & Williams 2006, 5.4.1.

        Args:
            X: shape (n, d).

        Returns:
            Shape (d + 1, n, n); (2, n, n) for a scalar length scale, which all dimensions share.
        """
        X = self._points("X", X)
        weighted = self.squared_differences(X, X) / np.reshape(self.length_scale, (-1, 1, 1)) ** 2
        _, slope = self.value_and_derivative(weighted.sum(axis=0))
        if np.ndim(self.length_scale) == 0:
            weighted = weighted.sum(axis=0, keepdims=True)
        by_length = -2 * self.signal_variance * slope * weighted
        return np.concatenate([by_length, [self(X)]])

    def covariance_and_derivative(
        self, A: np.ndarray, B: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return k(a, b) for the rows of `A` (m, d) and `B` (n, d), and dk/ds: (m, n) each."""
        k, slope = self.value_and_derivative(self._scaled(A, B))
        k *= self.signal_variance
        slope *= self.signal_variance
        return k, slope

    def gradient_of_weighted_sum(
        self, A: np.ndarray, B: np.ndarray, weighted_slope: np.ndarray
    ) -> np.ndarray:
        """Return the gradient of sum_n w_mn k(a_m, b_n) in a_m, shape (m, d).

        ds/da = 2 (a - b) / length_scale^2, so the sum is 2 (a sum_n c_n - sum_n c_n b_n) /
        length_scale^2 with c_n = w_n dk/ds: a product of matrices. A categorical dimension has no
        slope: its column is 0.

        Args:
            A, B: shape (m, d) and (n, d). weighted_slope: the c, shape (m, n).
        """
        total = weighted_slope.sum(axis=1, keepdims=True)
        gradient = 2 * (A * total - weighted_slope @ B) / np.square(self.length_scale)
        if self.categorical:
            gradient[:, list(self.categorical)] = 0.0
        return gradient

    def _scaled(self, A, B):
        """s(x, x') for the rows of A and B, shape (n, m), with no array of d times that size."""
        if not self.categorical:
            return cdist(A / self.length_scale, B / self.length_scale, "sqeuclidean")
        lengths = np.broadcast_to(self.length_scale, A.shape[1])
        ordered = [j for j in range(A.shape[1]) if j not in self.categorical]
        s = cdist(
            A[:, ordered] / lengths[ordered],
            B[:, ordered] / lengths[ordered],
            "sqeuclidean",
        )
        for j in self.categorical:
            s += (A[:, j, None] != B[:, j]) * (self.category_distance / lengths[j]) ** 2
        return s

    def _points(self, name, X):
        d = None if np.ndim(self.length_scale) == 0 else len(self.length_scale)
        return _validate.points(name, X, d)


class SquaredExponential(_Stationary):
    """Expect a very smooth f: k = signal_variance exp(-s / 2).

    Args:
        length_scale: how far apart two inputs must be for f to differ much, in units of x; a
            number, or shape (d,) for one per dimension (automatic relevance determination, ARD).
        signal_variance: the variance of f around its mean, in units of f squared.
        categorical: indices of dimensions whose values are either the same or different.
        category_distance: between two different values of such a dimension, in units of x.

    Raises:
        TypeError, ValueError: a length scale, variance or distance that is not positive and finite.

    Source: Rasmussen & Williams 2006, eq. 4.9; with ARD, eq. 5.1.
    """

    @staticmethod
    def value_and_derivative(s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return k(s) and k'(s) for a signal variance of 1."""
        k = np.exp(-s / 2)
        return k, -k / 2


class Matern52(_Stationary):
    """Expect f to bend twice and no more: k = signal_variance (1 + r + r^2 / 3) exp(-r), r^2 = 5 s.

    Arguments and errors as for `SquaredExponential`.

    Source: Rasmussen & Williams 2006, eq. 4.17 with nu = 5/2.
    """

    @staticmethod
    def value_and_derivative(s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return k(s) and k'(s) for a signal variance of 1.

        k'(s) = -(5/6) (1 + r) exp(-r) is smooth at s = 0, where the root is not.
        """
        r = np.sqrt(5 * s)
        decay = np.exp(-r)
        slope = (1 + r) * decay
        # In place from here on: for a few hundred points memory is what takes time.
        k = np.multiply(decay, s, out=decay)  # decay r^2 / 3 = decay s 5 / 3
        k *= 5 / 3
        k += slope
        slope *= -5 / 6
        return k, slope
