"""Refuse bad input at the edge: say which argument, what came and what would be right."""

import math
import numbers

import numpy as np


def number(name, value, low=-math.inf, strict=False):
    """Return `value` as a finite float that is at least `low` (more than `low` where `strict`).

    Raises:
        TypeError: `value` is not a real number. ValueError: it is not finite or too small.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number, got {value!r} ({type(value).__name__})")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value!r}")
    if strict and value <= low:
        raise ValueError(f"{name} must be {_more_than(low)}, got {value!r}")
    if value < low:
        raise ValueError(f"{name} must be at least {low:g}, got {value!r}")
    return float(value)


def whole_number(name, value, low):
    """Return `value` as an int that is at least `low`.

    Raises:
        TypeError: `value` is not an integer. ValueError: it is smaller than `low`.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be an integer, got {value!r} ({type(value).__name__})")
    if value < low:
        raise ValueError(f"{name} must be at least {low}, got {value!r}")
    return int(value)


def points(name, X, d=None):
    """Return `X` as a finite float array of shape (n, d), one point a row.

    Raises:
        TypeError: not numbers. ValueError: not two-dimensional, not `d` columns, or not finite.
    """
    X = numbers_in(name, X)
    if X.ndim != 2 or (d is not None and X.shape[1] != d):
        columns = "d" if d is None else d
        raise ValueError(
            f"{name} must have shape (n, {columns}), one point a row, got shape {X.shape}"
        )
    _all_finite(name, X)
    return X


def vector(name, values, n, one_per):
    """Return `values` as a finite float array of shape (n,), one number per `one_per`.

    Raises:
        TypeError: not numbers. ValueError: another shape, or not finite.
    """
    values = numbers_in(name, values)
    if values.shape != (n,):
        raise ValueError(
            f"{name} must have shape ({n},), one number per {one_per}, got shape {values.shape}"
        )
    _all_finite(name, values)
    return values


def numbers_in(name, values):
    """Return a copy of `values` as a float array: what the caller changes later stays outside.

    Raises:
        TypeError: not numbers.
    """
    try:
        return np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be an array of numbers, got {values!r:.80}") from error


def _all_finite(name, values):
    finite = np.isfinite(values)
    if not finite.all():
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(f"{name} must be finite, got {values[where]} at index {where}")


def _more_than(low):
    return "positive" if low == 0 else f"more than {low:g}"
