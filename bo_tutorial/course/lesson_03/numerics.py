"""What blind draws find: the chance of a hit, the gaps that they leave, and a slice to test on.

Nothing here looks at a value before it asks for the next one; that is what `search.py` calls a
strategy that forgets.
"""

import math
from pathlib import Path

import numpy as np
from scipy.stats import qmc

from bo_tutorial import _validate
from bo_tutorial.network import SPACE
from bo_tutorial.space import Space

SLICE = Path(__file__).parent / "data" / "network_slice.csv"
SLICE_SPACE = Space(**{name: SPACE[name] for name in ("learning_rate", "batch_size")})
SLICE_POINTS = {"learning_rate": 39, "batch_size": 15}
SLICE_FIXED = {"dropout": 0.3, "n_layers": 2, "hidden_size": 256}


def hit_rate(p, n):
    """Return the chance that at least one of n independent draws is a good one.

    1 - (1 - p)^n: the chance that not all n of them miss.

    Args:
        p: share of the configurations that are good, in [0, 1]; a number or an array.
        n: number of draws, 0 or more; a number or an array.

    Returns:
        A probability, of the shape that p and n have together.

    Raises:
        ValueError: `p` is no share, or `n` is negative.
    """
    p, n = np.asarray(p, dtype=float), np.asarray(n, dtype=float)
    if not np.all((p >= 0) & (p <= 1)):
        raise ValueError(f"p must be a share in [0, 1], got {p}")
    if not np.all(n >= 0):
        raise ValueError(f"n must be 0 or more, got {n}")
    return 1 - (1 - p) ** n


def win_rate(rows, best, n, replace=True):
    """Return the chance that the best of n draws from `rows` beats `best`; a tie counts half.

    The draws win with 1 - (1 - p)^n, p the share of the rows above `best`. They win or tie with
    the same formula for the share of the rows that are `best` or more. The mean of the two counts
    each tie as half a win. Without replacement, the chance of k good rows among m is that of the
    hypergeometric distribution: 1 - C(m - k, n) / C(m, n).

    Args:
        rows: what is drawn from, uniformly, shape (..., m).
        best: what is to be beaten, shape (...). n: number of draws, at most m without replacement.
        replace: whether a row may be drawn again.

    Returns:
        Probabilities, shape (...).

    Raises:
        ValueError: more draws than rows, without replacement.
    """
    rows, best = np.asarray(rows, dtype=float), np.asarray(best, dtype=float)[..., None]
    m = rows.shape[-1]
    if replace:
        hit = hit_rate(np.arange(m + 1) / m, n)
    elif n <= m:
        hit = np.array([1 - math.comb(m - k, n) / math.comb(m, n) for k in range(m + 1)])
    else:
        raise ValueError(f"n must be at most the {m} rows without replacement, got {n}")
    return (hit[(rows > best).sum(axis=-1)] + hit[(rows >= best).sum(axis=-1)]) / 2


def reach_rate(rows, targets, n):
    """Return the chance that the best of n draws from `rows` (m,) reaches each of `targets`."""
    return hit_rate([np.mean(np.asarray(rows) >= target) for target in targets], n)


def sobol_indices(cube):
    """Return the share of the variance of a full table that each axis explains, shape (2, d).

    Alone: the variance of the means over all other axes. With others: the mean of the variances
    along this axis. Both are divided by the variance of all entries.

    Args:
        cube: a value for each combination, one axis for each of d inputs.

    Raises:
        ValueError: all values are equal, so there is no variance to explain.

    Source: Sobol' 2001, the first-order and the total index.
    """
    cube = np.asarray(cube, dtype=float)
    if cube.min() == cube.max():
        raise ValueError(f"cube must hold different values, got {cube.flat[0]} everywhere")
    others = [tuple(np.delete(np.arange(cube.ndim), axis)) for axis in range(cube.ndim)]
    alone = [cube.mean(axis=each).var() for each in others]
    together = [cube.var(axis=axis).mean() for axis in range(cube.ndim)]
    return np.array([alone, together]) / cube.var()


def grid_points(k):
    """Return a k by k grid on the unit square, its ends included, shape (k², 2)."""
    axis = np.linspace(0, 1, _validate.whole_number("k", k, 2))
    return np.array([(x, y) for x in axis for y in axis])


def random_points(d, n, seed):
    """Return n independent points, uniform in the unit cube, shape (n, d); as `sobol_points`."""
    return np.random.default_rng(seed).random((n, d))


def latin_hypercube(d, n, seed):
    """Return n points of the unit cube, one in each nth of every axis, shape (n, d).

    Source: McKay, Beckman & Conover 1979, as SciPy implements it.
    """
    return qmc.LatinHypercube(d, rng=np.random.default_rng(seed)).random(n)


def shadow(points, degrees):
    """Project points of the unit square on a direction: all that a function sees that varies there.

    Args:
        points: shape (n, 2). degrees: angle between the direction and the first axis, 0 to 90.

    Returns:
        Shape (n,), scaled so that the shadow of the whole square is [0, 1].

    Raises:
        ValueError: another shape, or an angle outside [0, 90].
    """
    points = _validate.points("points", points, 2)
    if not 0 <= degrees <= 90:
        raise ValueError(f"degrees must be in [0, 90], got {degrees}")
    # cos(90°) is not 0 in floating point, and would tear the points of a line apart.
    direction = np.round([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))], 12)
    return points @ direction / direction.sum()


def n_distinct(positions):
    """Count different positions; what differs by less than 1e-9 is one."""
    return len(np.unique(np.round(positions, 9)))


def largest_gap(positions):
    """Return the longest part of [0, 1] that no position falls into.

    Args:
        positions: numbers in [0, 1], shape (n,), or one column for each of d axes, (n, d). Both
            ends of an axis count as borders.

    Returns:
        A number, or one for each axis, shape (d,).

    Raises:
        ValueError: a position outside [0, 1].
    """
    positions = np.asarray(positions, dtype=float)
    if positions.size and not (positions.min() >= 0 and positions.max() <= 1):
        raise ValueError(f"positions must lie in [0, 1], got {positions}")
    ends = np.zeros((1, *positions.shape[1:]))
    ordered = np.sort(np.concatenate([ends, positions, ends + 1]), axis=0)
    return np.diff(ordered, axis=0).max(axis=0)


def best_row(cube, points):
    """Return the largest entry of a full table among those that points of the unit cube fall into.

    Args:
        cube: d axes of k entries each. points: shape (n, d), in [0, 1); each axis of the unit cube
            is cut into k equal parts, one for each entry.
    """
    return cube[tuple((len(cube) * np.asarray(points)).astype(int).T)].max()


def slice_configs():
    """List the slice: 39 learning rates by 15 batch sizes, the last fastest."""
    return [config | SLICE_FIXED for config in SLICE_SPACE.grid(SLICE_POINTS)]


def network_slice():
    """Read the shipped slice: two hyperparameters of the network finely, the others fixed.

    Returns:
        learning_rates, shape (39,); batch_sizes, shape (15,); validation accuracy of the training
        with seed 0 at each pair, a fraction, shape (39, 15).

    Raises:
        ValueError: the file does not hold this slice.
    """
    rows = np.genfromtxt(SLICE, delimiter=",", names=True)
    configs = slice_configs()
    for name in SLICE_SPACE.names:
        expected = [config[name] for config in configs]
        if len(rows) != len(expected) or not np.allclose(rows[name], expected, rtol=1e-9):
            raise ValueError(
                f"{SLICE} must hold the {len(expected)} rows of the slice, got {len(rows)} that "
                f"differ in {name}: make it anew with `python tools/network_slice.py`"
            )
    shape = tuple(SLICE_POINTS.values())
    rates, sizes = (rows[name].reshape(shape) for name in SLICE_SPACE.names)
    return rates[:, 0], sizes[0].astype(int), rows["validation_accuracy"].reshape(shape)
