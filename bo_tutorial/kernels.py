"""How similar do we expect f to be at two points? A kernel says it with one number.

Both kernels of the course depend on x and x' through one scaled squared distance

    s(x, x') = sum_j (x_j - x'_j)^2 / length_scale_j^2,

so a kernel is a function k(s), `_of`, and its derivative k'(s), `_slope`. Every gradient the course
needs follows from these two by the chain rule.
"""

from dataclasses import dataclass, replace

import numpy as np

from bo_tutorial import _validate


@dataclass(frozen=True, eq=False)
class _Stationary:
    """Share what the kernels have in common; see `SquaredExponential`."""

    length_scale: float | np.ndarray = 1.0
    signal_variance: float = 1.0
    categorical: tuple = ()

    def __post_init__(self):
        length_scale = _validate.numbers_in("length_scale", self.length_scale)
        if length_scale.ndim > 1 or length_scale.size == 0:
            raise ValueError(f"length_scale must be a number or shape (d,), got {length_scale!r}")
        if not (np.all(np.isfinite(length_scale)) and np.all(length_scale > 0)):
            raise ValueError(f"length_scale must be positive, got {self.length_scale}")
        length_scale = float(length_scale) if length_scale.ndim == 0 else length_scale.copy()
        variance = _validate.number("signal_variance", self.signal_variance, 0, strict=True)
        object.__setattr__(self, "length_scale", length_scale)
        object.__setattr__(self, "signal_variance", variance)
        object.__setattr__(self, "categorical", tuple(self.categorical))

    def __call__(self, A, B=None):
        """Return the covariances of f between the rows of `A` (n, d) and `B` (m, d): (n, m).

        `B` is `A` if left out. Units: those of f, squared.

        Raises:
            ValueError: `A` or `B` is not (n, d), or `d` is not that of the length scales.
        """
        A = self._points("A", A)
        B = A if B is None else self._points("B", B)
        if A.shape[1] != B.shape[1]:
            raise ValueError(f"B must have {A.shape[1]} columns like A, got shape {B.shape}")
        return self.signal_variance * self._of(self._scaled(self.squared_differences(A, B)))

    def squared_differences(self, A, B):
        """Return (x_j - x'_j)^2 for each dimension j, shape (d, n, m).

        Two values of a categorical dimension are at distance 0 (the same) or 1 (different).
        """
        D = (A.T[:, :, None] - B.T[:, None, :]) ** 2
        for j in self.categorical:
            D[j] = D[j] > 0
        return D

    def gradients(self, X):
        """Return dK/d(log length_scale_j) for each j, then dK/d(log signal_variance).

        With s as above: dK/d(log length_scale_j) = -2 signal_variance k'(s) (x_j - x'_j)^2 /
        length_scale_j^2, and dK/d(log signal_variance) = K. Rasmussen & Williams 2006, 5.4.1.

        Args:
            X: shape (n, d).

        Returns:
            Shape (d + 1, n, n); (2, n, n) for a scalar length scale, which all dimensions share.
        """
        X = self._points("X", X)
        return self.gradients_from(self.squared_differences(X, X))

    def gradients_from(self, D):
        """Return `gradients` from squared differences that have been computed already."""
        s = self._scaled(D)
        weighted = D / np.reshape(np.square(self.length_scale), (-1, 1, 1))
        if np.ndim(self.length_scale) == 0:
            weighted = weighted.sum(axis=0, keepdims=True)
        by_length = -2 * self.signal_variance * self._slope(s) * weighted
        return np.concatenate([by_length, [self.signal_variance * self._of(s)]])

    def gradient_x(self, x, X):
        """Return dk(x, x_i)/dx for each row x_i of `X` (n, d), shape (n, d).

        A categorical dimension has no slope: its column is 0.
        """
        s = self._scaled(self.squared_differences(x[None, :], X))[0]
        slope = 2 * self.signal_variance * self._slope(s)[:, None]
        gradient = slope * (x - X) / np.square(self.length_scale)
        gradient[:, list(self.categorical)] = 0.0
        return gradient

    def with_parameters(self, length_scale, signal_variance):
        """Return the same kernel with other hyperparameters."""
        return replace(self, length_scale=length_scale, signal_variance=signal_variance)

    def _scaled(self, D):
        weights = np.broadcast_to(1 / np.square(self.length_scale), len(D))
        return np.tensordot(weights, D, axes=1)

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

    Raises:
        TypeError, ValueError: a length scale or variance that is not positive and finite.

    Source: Rasmussen & Williams 2006, eq. 4.9; with ARD, eq. 5.1.
    """

    @staticmethod
    def _of(s):
        return np.exp(-s / 2)

    @staticmethod
    def _slope(s):
        return -np.exp(-s / 2) / 2


class Matern52(_Stationary):
    """Expect f to bend twice and no more: k = signal_variance (1 + r + r^2 / 3) exp(-r), r^2 = 5 s.

    Arguments and errors as for `SquaredExponential`.

    Source: Rasmussen & Williams 2006, eq. 4.17 with nu = 5/2.
    """

    @staticmethod
    def _of(s):
        r = np.sqrt(5 * s)
        return (1 + r + r**2 / 3) * np.exp(-r)

    @staticmethod
    def _slope(s):
        # d/ds of the above is -(5/6) (1 + r) exp(-r): smooth at s = 0, where sqrt(s) is not.
        r = np.sqrt(5 * s)
        return -5 / 6 * (1 + r) * np.exp(-r)
