"""Climb down from many starting points at once.

A Gaussian process is fitted from several starts, and an acquisition is maximized from several more.
NumPy does the arithmetic of all starts in one call, which costs little more than one of them.
"""

import numpy as np

SUFFICIENT = 1e-4  # Armijo: the share of the predicted decrease that a step has to deliver


def minimize_together(f, starts, lower, upper, passes=40, tolerance=1e-6):
    """Minimize a function inside a box, from all `starts` side by side.

    Projected BFGS: each start keeps its own approximation H of the inverse Hessian and steps along
    -H gradient, with the coordinates that press against a wall held there. Every pass evaluates
    each start once; a start that has not gone down enough shortens its step.

    Args:
        f: takes points (k, p), returns values (k,) and gradients (k, p). A value of inf says that
            a point is out of bounds; the step is then shortened.
        starts: shape (m, p). lower, upper: the box, each broadcastable to (m, p); where they are
            equal, a coordinate stays.
        passes: evaluations per start, at most.
        tolerance: a start is done when no gradient component that can still be followed is larger,
            or when its last step improved by less than tolerance^2 relative.

    Returns:
        points (m, p) and values (m,): the best of each start.

    Source: Nocedal & Wright 2006, algorithms 3.1 and 6.1; the projection is Bertsekas 1982.
    """
    m, p = starts.shape
    lower, upper = np.broadcast_to(lower, (m, p)), np.broadcast_to(upper, (m, p))
    x = np.clip(starts, lower, upper)
    value, gradient = f(x)
    H = np.tile(np.eye(p), (m, 1, 1))
    fresh = np.ones(m, dtype=bool)  # H has seen no curvature yet
    length = np.ones(m)
    going = np.isfinite(value)
    for _ in range(passes - 1):
        pressed = ((x <= lower) & (gradient > 0)) | ((x >= upper) & (gradient < 0))
        slope = np.where(pressed, 0.0, gradient)
        going &= np.abs(slope).max(axis=1) > tolerance
        i = np.flatnonzero(going)
        if not len(i):
            break
        direction = -np.einsum("kij,kj->ki", H[i], slope[i])
        direction[pressed[i]] = 0.0
        uphill = np.einsum("ki,ki->k", direction, slope[i]) >= 0
        direction[uphill] = -slope[i][uphill]
        H[i[uphill]], fresh[i[uphill]] = np.eye(p), True
        # Before any curvature is known, a step of length 1 at the most along the steepest slope.
        first = fresh[i] & (length[i] == 1.0)
        size = np.abs(direction).max(axis=1)
        direction[first] /= np.maximum(size[first], 1.0)[:, None]
        there = np.clip(x[i] + length[i, None] * direction, lower[i], upper[i])
        new_value, new_gradient = f(there)
        step = there - x[i]
        promised = np.einsum("ki,ki->k", slope[i], step)
        down = new_value <= value[i] + SUFFICIENT * promised
        gain = value[i] - new_value
        small = (gain <= tolerance**2 * (1 + np.abs(new_value))) & down
        # A wall in the way can leave nothing of a step: forget the curvature once and start over.
        stuck = small | (length[i] < 1e-4)
        again = i[stuck & ~fresh[i]]
        going[i[stuck & fresh[i]]] = False
        _shorten(length, i[~down], promised[~down], gain[~down])
        accepted = i[down]
        change = new_gradient[down] - gradient[accepted]
        change[step[down] == 0] = 0.0  # a coordinate that did not move teaches nothing
        _learn_curvature(H, fresh, accepted, step[down], change)
        x[accepted], value[accepted], gradient[accepted] = (
            there[down],
            new_value[down],
            new_gradient[down],
        )
        length[accepted] = 1.0
        H[again], fresh[again], length[again] = np.eye(p), True, 1.0
    return x, value


def _shorten(length, i, promised, gain):
    """Shrink the step to the minimum of a parabola through value, slope and the failed trial."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        parabola = -promised / (2 * (-gain - promised))
    parabola = np.where(np.isfinite(parabola), parabola, 0.1)
    length[i] *= np.clip(parabola, 0.1, 0.5)


def _learn_curvature(H, fresh, i, step, change):
    """Update the inverse Hessians `H[i]` (BFGS); skip where the curvature is not positive."""
    curvature = np.einsum("ki,ki->k", step, change)
    size = np.einsum("ki,ki->k", change, change)
    good = curvature > 1e-10 * np.sqrt(size * np.einsum("ki,ki->k", step, step)) + 1e-300
    i, step, change, curvature, size = (
        i[good],
        step[good],
        change[good],
        curvature[good],
        size[good],
    )
    new = fresh[i]
    H[i[new]] = (curvature / size)[new, None, None] * np.eye(H.shape[1])
    fresh[i] = False
    Hy = np.einsum("kij,kj->ki", H[i], change)
    rho = 1 / curvature
    factor = rho**2 * np.einsum("ki,ki->k", change, Hy) + rho
    cross = rho[:, None, None] * (step[:, :, None] * Hy[:, None, :])
    outer = step[:, :, None] * step[:, None, :]
    H[i] += factor[:, None, None] * outer - cross - cross.transpose(0, 2, 1)
