"""Climb down from many starting points at once.

A Gaussian process is fitted from several starts, and an acquisition is maximized from several more.
NumPy does the arithmetic of all starts in one call, which costs little more than one of them.
"""

from collections.abc import Callable

import numpy as np

SUFFICIENT = 1e-4  # Armijo: the share of the predicted decrease that a step has to deliver


@np.errstate(under="ignore")  # a step or a slope that vanishes is 0
def minimize_together(
    f: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    starts: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    passes: int = 40,
    tolerance: float = 1e-6,
    inverse_hessian: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
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
        inverse_hessian: what is known of H before, shape (m, p, p), the identity where that is
            nothing. It is changed to what is known in the end, for a climb of a similar function.

    Returns:
        points (m, p) and values (m,): the best of each start.

    Source: Nocedal & Wright 2006, algorithms 3.1 and 6.1; the projection is Bertsekas 1982.
    """
    lower, upper = np.broadcast_to(lower, starts.shape), np.broadcast_to(upper, starts.shape)
    x = np.clip(starts, lower, upper)
    identity = np.eye(x.shape[1])
    value, gradient = f(x)
    points, values, index = x.copy(), value.copy(), np.arange(len(x))
    known = np.tile(identity, (len(x), 1, 1)) if inverse_hessian is None else inverse_hessian
    H = known.copy()
    fresh = (H == identity).all(axis=(1, 2))  # H has seen no curvature yet
    length = np.ones(len(x))
    going = np.isfinite(value)
    for _ in range(passes - 1):
        pressed = ((x <= lower) & (gradient > 0)) | ((x >= upper) & (gradient < 0))
        slope = np.where(pressed, 0.0, gradient)
        going &= np.abs(slope).max(axis=1) > tolerance
        if not going.all():  # set those aside that have arrived
            points[index], values[index], known[index] = x, value, H
            state = [index, x, value, gradient, H, fresh, length, lower, upper, pressed, slope]
            index, x, value, gradient, H, fresh, length, lower, upper, pressed, slope = (
                each[going] for each in state
            )
            if not len(x):
                break
        direction = np.where(pressed, 0.0, -_times(H, slope))
        uphill = _dot(direction, slope) >= 0
        if uphill.any():
            direction[uphill], H[uphill], fresh[uphill] = -slope[uphill], identity, True
        # Before any curvature is known, a step of length 1 at the most along the steepest slope.
        first = fresh & (length == 1.0)
        if first.any():
            direction[first] /= np.maximum(np.abs(direction[first]).max(axis=1), 1.0)[:, None]
        there = np.minimum(np.maximum(x + length[:, None] * direction, lower), upper)
        new_value, new_gradient = f(there)
        step, gain, promised = there - x, value - new_value, _dot(slope, there - x)
        down = -gain <= SUFFICIENT * promised
        small = (gain <= tolerance**2 * (1 + np.abs(new_value))) & down
        # A wall in the way can leave nothing of a step: forget the curvature once and start over.
        stuck = small | (length < 1e-4)
        going, again = ~(stuck & fresh), stuck & ~fresh
        _learn_curvature(H, fresh, down, step, new_gradient - gradient)
        if down.all():
            x, value, gradient, length = there, new_value, new_gradient, np.ones(len(x))
        else:
            moved = down[:, None]
            x, gradient = np.where(moved, there, x), np.where(moved, new_gradient, gradient)
            length = np.where(down, 1.0, length * _shrink(promised, gain))
            value = np.where(down, new_value, value)
        if again.any():
            H[again], fresh[again], length[again] = identity, True, 1.0
    points[index], values[index], known[index] = x, value, H
    return points, values


def _dot(a, b):
    """The dot product of each row of `a` with that of `b`, shape (k,)."""
    return np.einsum("ki,ki->k", a, b)


def _times(H, a):
    """The product of each matrix with its row of `a`, shape (k, p)."""
    return (H @ a[:, :, None])[:, :, 0]


def _shrink(promised, gain):
    """Where a parabola through value, slope and failed trial is least, as a share of the step."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        parabola = -promised / (2 * (-gain - promised))
    parabola = np.where(np.isfinite(parabola), parabola, 0.1)
    return np.minimum(np.maximum(parabola, 0.1), 0.5)


def _learn_curvature(H, fresh, down, step, change):
    """Update the inverse Hessians `H` (BFGS) of the starts that went down.

    Where the curvature is not positive, there is nothing to learn.
    """
    change = np.where(step == 0, 0.0, change)  # a coordinate that did not move teaches nothing
    curvature, size = _dot(step, change), _dot(change, change)
    good = down & (curvature > 1e-10 * np.sqrt(size * _dot(step, step)) + 1e-300)
    new = good & fresh
    if new.any():
        H[new] *= (curvature[new] / size[new])[:, None, None]
    fresh &= ~good
    rho = np.divide(1.0, curvature, out=np.zeros(len(H)), where=good)  # 0: H stays as it is
    Hy = _times(H, change)
    factor = rho * (1 + rho * _dot(change, Hy))
    cross = (rho[:, None] * step)[:, :, None] * Hy[:, None, :]
    outer = (factor[:, None] * step)[:, :, None] * step[:, None, :]
    H += outer - cross - cross.transpose(0, 2, 1)
