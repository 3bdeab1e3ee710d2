"""Refuse bad input at the edge: say which argument, what came and what would be right."""

import math
import numbers
import sys

import numpy as np
from numpy.typing import ArrayLike

# Python in a browser: one process, no threads, no locks on files, integers of 32 bits.
IN_WEBASSEMBLY = sys.platform in ("emscripten", "wasi")

# Squared, divided and summed, numbers inside these bounds stay far from the ends of the floats.
FARTHEST = 1e60  # a coordinate, in size
SHORTEST, LONGEST = 1e-90, 1e90  # a length scale
LARGEST = 1e100  # a value of f, in size, for a Gaussian process
VARIANCES = 1e-250, 1e250
# What `float` or NumPy would take for a number: True, and a duration without its unit.
NO_NUMBERS = bool, np.bool_, np.timedelta64


def is_real(value: object) -> bool:
    """Say whether a value is one real number."""
    return isinstance(value, numbers.Real) and not isinstance(value, NO_NUMBERS)


def is_whole(value: object) -> bool:
    """Say whether a value is one integer; 3.0 is none."""
    return isinstance(value, numbers.Integral) and not isinstance(value, NO_NUMBERS)


def number(name: str, value: float, low: float = -math.inf, strict: bool = False) -> float:
    """Return `value` as a finite float that is at least `low` (more than `low` where `strict`).

    Raises:
        TypeError: `value` is not a real number. ValueError: it is not finite, larger than a float
            can be, or too small.
    """
    if not is_real(value):
        raise TypeError(f"{name} must be a number, got {shown(value)} ({type(value).__name__})")
    try:
        if not math.isfinite(value):
            raise ValueError(f"{name} must be finite, got {value!r}")
    except OverflowError:
        raise ValueError(
            f"{name} must be at most {sys.float_info.max:.4g} in size, got a larger integer"
        ) from None
    if strict and value <= low:
        raise ValueError(f"{name} must be {_more_than(low)}, got {value!r}")
    if value < low:
        raise ValueError(f"{name} must be at least {low:g}, got {value!r}")
    return float(value)


def size(name: str, value: float, low: float, high: float) -> float:
    """Return `value` as a positive float from `low` to `high`.

    Raises:
        TypeError: `value` is not a real number. ValueError: it is outside.
    """
    value = number(name, value, 0, strict=True)
    if not low <= value <= high:
        raise ValueError(f"{name} must be between {low:g} and {high:g}, got {value!r}")
    return value


def whole_number(name: str, value: int, low: int) -> int:
    """Return `value` as an int that is at least `low`.

    Raises:
        TypeError: `value` is not an integer. ValueError: it is smaller than `low`.
    """
    if not is_whole(value):
        raise TypeError(f"{name} must be an integer, got {shown(value)} ({type(value).__name__})")
    if value < low:
        raise ValueError(f"{name} must be at least {low}, got {shown(value)}")
    return int(value)


def points(name: str, X: ArrayLike, d: int | None = None) -> np.ndarray:
    """Return `X` as a finite float array of shape (n, d), one point a row.

    Raises:
        TypeError: not numbers. ValueError: not two-dimensional, not `d` columns, not finite, or so
            far out that a squared distance may not be a float.
    """
    X = numbers_in(name, X)
    if X.ndim != 2 or (d is not None and X.shape[1] != d):
        columns = "d" if d is None else d
        raise ValueError(
            f"{name} must have shape (n, {columns}), one point a row, got shape {X.shape}"
        )
    _all_within(name, X, FARTHEST)
    return X


def vector(name: str, values: ArrayLike, n: int, one_per: str) -> np.ndarray:
    """Return `values` as a finite float array of shape (n,), one number per `one_per`.

    Raises:
        TypeError: not numbers. ValueError: another shape, not finite, or more than 1e100 in size.
    """
    values = numbers_in(name, values)
    if values.shape != (n,):
        raise ValueError(
            f"{name} must have shape ({n},), one number per {one_per}, got shape {values.shape}"
        )
    _all_within(name, values, LARGEST)
    return values


def numbers_in(name: str, values: ArrayLike) -> np.ndarray:
    """Return a copy of `values` as a float array: what the caller changes later stays outside.

    Raises:
        TypeError: not numbers; nor are texts, dates, durations or complex numbers. ValueError: a
            value that is masked, or an integer beyond the floats.
    """
    try:
        array = np.asarray(values)
        others = str, bytes, np.datetime64, np.timedelta64
        if array.dtype.kind == "O":
            is_number = not any(isinstance(each, others) for each in array.flat)
        else:
            is_number = array.dtype.kind in "biuf"
        if not is_number:  # NumPy makes numbers of some: of a text, of half a complex number
            raise TypeError
        array = np.array(values, dtype=float)
    except OverflowError:
        raise ValueError(f"{name} must be floats, got an integer that is too large") from None
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be an array of numbers, got {shown(values):.80}") from error
    if np.ma.is_masked(values):  # behind a mask there is a number, and it means nothing
        raise ValueError(f"{name} must have no masked values, got {values!r:.80}: leave them out")
    return array


def shown(value: object, length: int | None = None) -> str:
    """Return the repr of `value`, cut at `length`; it never fails, even where a class has none."""
    try:
        return repr(value)[:length]
    except Exception as error:  # an integer of 5000 digits, a broken class
        return f"<{type(value).__name__} without a repr: {type(error).__name__}>"


def _all_within(name, values, largest):
    sizes = np.abs(values)
    if sizes.size and not sizes.max() <= largest:  # NaN is not
        i = tuple(int(i) for i in np.argwhere(~(sizes <= largest))[0])
        if not np.isfinite(values[i]):
            raise ValueError(f"{name} must be finite, got {values[i]} at index {i}")
        raise ValueError(
            f"{name} must be at most {largest:g} in size, because it is squared, got {values[i]} "
            f"at index {i}: give it in larger units"
        )


def _more_than(low):
    return "positive" if low == 0 else f"more than {low:g}"


def missing_extra(error: ImportError, what: str, extra: str = "course") -> ImportError:
    """Return the error to raise where a package that an extra brings is not installed.

    Args:
        error: what the import raised. what: needs it, in words. extra: its name in pyproject.toml.
    """
    package = (error.name or "a package").partition(".")[0]
    package = {"sklearn": "scikit-learn", "matplotlib": "Matplotlib"}.get(package, package)
    command = f"pip install 'bo_tutorial[{extra}]'"
    return ImportError(
        f"{what} needs {package}, part of the extra {extra!r}: {command}", name=error.name
    )
