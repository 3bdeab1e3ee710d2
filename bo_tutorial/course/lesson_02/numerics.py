"""What a list of points can miss: grids, the distance to them, and a ridge that hides between.

Points lie in the unit cube [0, 1]^d, where a grid of n values per hyperparameter has n^d of them. A
grid whose values are known is a cube of numbers: its orders, and a search along one axis at a time.
"""

import csv
import functools
import itertools
from pathlib import Path

import numpy as np
from scipy.spatial.distance import cdist

from bo_tutorial import _validate, network

DATA = Path(__file__).parent / "data"
BETWEEN = DATA / "between_lines.csv"
N_IMAGES = 600
# Three settings of batch size, dropout, layers and hidden size; learning rates between two values
# of the grid, these included; seeds that the table of the grid has not used.
SETTINGS = ((32, 0.15, 2, 128), (64, 0.3, 2, 128), (256, 0.0, 1, 512))
RATES = np.geomspace(0.01, 0.1, 9)
SEEDS = range(1, 49)


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


def images_read(setting, seed):
    """Train a setting at each of the RATES; return how many images each network reads, (9,)."""
    configs = [dict(zip(network.SPACE.names, (rate, *setting), strict=True)) for rate in RATES]
    return np.array([round(N_IMAGES * network.validation_accuracy(c, seed)) for c in configs])


@functools.cache
def between_lines():
    """Return what `tools/between_lines.py` trained: {setting: accuracies (seeds, rates)}."""
    with open(BETWEEN, encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    numbers = np.array(rows, dtype=int)  # setting, seed, images read at each rate
    return {
        setting: numbers[numbers[:, 0] == number, 2:] / N_IMAGES
        for number, setting in enumerate(SETTINGS)
    }


def gain_between(runs):
    """Return how much better the best learning rate between the lines is than the best on them.

    Each half of the seeds chooses both places for the other half, so that no score helps to choose
    its own place.

    Args:
        runs: accuracies, shape (n_seeds, n_rates), an even number of seeds; the first and the last
            rate are those of the grid.

    Returns:
        The gain of each seed, shape (n_seeds,), in the units of `runs`.
    """
    gains = []
    for choose, measure in (np.split(runs, 2), np.split(runs, 2)[::-1]):
        mean = choose.mean(axis=0)
        inner, outer = 1 + np.argmax(mean[1:-1]), (0, -1)[np.argmax(mean[[0, -1]])]
        gains.append(measure[:, inner] - measure[:, outer])
    return np.concatenate(gains[::-1])


def one_at_a_time(cube, order):
    """Search a grid along one axis at a time, keeping the best value of each, from every start.

    With d axes of n values, a search evaluates its start and n - 1 others along each axis.

    Args:
        cube: values, one axis for each hyperparameter. order: the axes as they are searched.

    Returns:
        The value at which the search from each cell ends, shape (cube.size,).
    """
    at = list(np.indices(cube.shape).reshape(cube.ndim, -1))
    for axis in order:
        best = cube.argmax(axis=axis)
        at[axis] = best[tuple(at[:axis] + at[axis + 1 :])]
    return cube[tuple(at)]


def best_of_random(values, n):
    """Return the distribution of the best of n different rows drawn at random from `values`.

    Returns:
        The values in rising order, shape (len(values),), and for each the probability that the
        best of the n drawn is at most as large, exactly.
    """
    ranked, total = np.sort(values), len(values)
    # The best is at most the i-th (from 0) if all n come from the first i + 1.
    terms = (np.arange(1, total + 1)[:, None] - np.arange(n)) / (total - np.arange(n))
    return ranked, np.prod(np.clip(terms, 0, None), axis=1)
