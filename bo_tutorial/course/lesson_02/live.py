"""Live figures of lesson 02: the order of a grid, and a ridge that slides under it."""

import numpy as np
from matplotlib.figure import Figure

from bo_tutorial import network
from bo_tutorial.course.lesson_02 import figures as grids
from bo_tutorial.course.lesson_02.numerics import in_order
from bo_tutorial.course.live import LiveFigure, Pick, Slider, live
from bo_tutorial.plotting import shared_legend

SIDES = 5
TARGET = 0.9


@live
def slide_the_ridge():
    """Slide a narrow ridge under a grid of 3 x 3 points and see what the grid finds of it."""
    fig = Figure(figsize=(10, 4.2))
    axes = fig.subplots(1, 2)
    grids.ridge_under_grid(0.25, 0.08, axes[0])
    grids.best_on_grid(0.08, axes[1], [0.25])

    def update(center, width):
        best = grids.move_ridge(center, width, axes)
        return (
            f"A ridge of width {width:.2f} lies at {center:.2f} of the first input, under a grid "
            f"of nine points on three lines, at 0, 0.5 and 1. The best of the nine scores "
            f"{best:.2f}, where the top of the ridge is 1."
        )

    return LiveFigure(
        "slide the ridge under the grid and watch what the best of nine points finds",
        fig,
        update,
        center=Slider("center (units of x₁)", 0.25, 0.0, 1.0, 0.01),
        width=Slider("width (units of x₁)", 0.08, 0.02, 0.3, 0.01),
    )


@live
def order_of_the_grid():
    """Pick the hyperparameter that a grid search changes last, and see when it finds what."""
    table = network.grid_table()["validation_accuracy"]
    cube = table.reshape((SIDES,) * network.SPACE.d)
    shuffled = np.array([np.random.default_rng(seed).permutation(table) for seed in range(20)])
    names = network.SPACE.names
    fig = Figure(figsize=(9, 5))
    ax = fig.subplots()
    orders = {"in order": in_order(cube, 0), "shuffled": shuffled}
    grids.best_so_far(orders, ax, network.HOURS_PER_TRAINING, TARGET)
    shared_legend(fig, columns=3)

    def update(slowest):
        values = in_order(cube, names.index(slowest))
        grids.move_best_so_far("in order", values, ax, network.HOURS_PER_TRAINING)
        first = int(np.argmax(values >= TARGET)) + 1
        days = first * network.HOURS_PER_TRAINING / grids.HOURS_PER_DAY
        ax.set_title(f"{slowest} slowest: {TARGET:.0%} after {days:.0f} days")
        return (
            f"The grid searched in order, with {slowest} changing most rarely, first reaches "
            f"{TARGET:.0%} at training {first}, after {days:.0f} days; shuffled, it takes about "
            f"two days in the median of 20 orders."
        )

    return LiveFigure(
        "pick the hyperparameter that changes most rarely",
        fig,
        update,
        slowest=Pick("changes most rarely:", names),
    )
