"""What a list of points can miss: grids, the distance to them, and a ridge that hides between.

Everything happens in the unit cube [0, 1]^d, where a grid of n values per hyperparameter has n^d
points.
"""

import itertools

import numpy as np
from scipy.spatial.distance import cdist

from bo_tutorial import _validate


def grid_points(n, d, ends=True):
    """List the points of a grid in the unit cube, the last coordinate fastest.

    Args:
        n: values per coordinate, 2 or more. d: dimension. ends: put the outer values at 0 and 1,
            as `Space.grid` does; otherwise each value sits in the middle of its n-th of the axis.

    Returns:
        Shape (n ** d, d).

    Raises:
        TypeError, ValueError: `n` or `d` is not a whole number, or too small.
    """
    n, d = _validate.whole_number("n", n, 2), _validate.whole_number("d", d, 1)
    values = np.linspace(0, 1, n) if ends else (np.arange(n) + 0.5) / n
    return np.array(list(itertools.product(values, repeat=d)))


def distance_to_nearest(places, points):
    """Return how far each of `places` (m, d) is from the nearest of `points` (n, d): (m,)."""
    places, points = _validate.points("places", places), _validate.points("points", points)
    return cdist(places, points).min(axis=1)


def ridge(x, center, width):
    """Return a function of one input that is 1 on a line and falls to 0 beside it.

    f(x) = exp(-(x - center)^2 / (2 width^2))

    Args:
        x: shape (n,) or a number. center: where the ridge lies. width: how fast it falls, in units
            of x; half of the height is lost at 1.18 widths.

    Raises:
        ValueError: `width` is not positive.
    """
    _validate.number("width", width, 0, strict=True)
    return np.exp(-((np.asarray(x) - center) ** 2) / (2 * width**2))


def in_order(cube, slowest):
    """List the values of a full grid in the order of a search that changes `slowest` most rarely.

    Args:
        cube: one axis for each hyperparameter. slowest: the axis that turns slowest;
            the others keep their order, the last one fastest.

    Returns:
        Shape (cube.size,).
    """
    return np.moveaxis(np.asarray(cube), slowest, 0).ravel()
