"""Live figures of lesson 03: how many draws a hit takes, and what a direction sees of points."""

import numpy as np
from matplotlib.figure import Figure

from bo_tutorial.course.lesson_03 import figures
from bo_tutorial.course.lesson_03.numerics import (
    grid_points,
    hit_rate,
    largest_gap,
    n_distinct,
    random_points,
    shadow,
)
from bo_tutorial.course.live import LiveFigure, Slider, live
from bo_tutorial.plotting import shared_legend

DRAWS = np.geomspace(1, 1000, 200)


@live
def hit_chance():
    """Choose the share of good configurations and the number of draws; read the chance of a hit."""
    fig = Figure(figsize=(8, 4.2))
    ax = figures.chance(DRAWS, 0.01, 100, fig.subplots())

    def update(percent, n):
        p = percent / 100
        figures.move_chance(DRAWS, p, n, ax)
        return (
            f"Chance of at least one hit against the number of draws, a rising S on a log axis. "
            f"With {percent:g} % good configurations and {n} draws it is {hit_rate(p, n):.1%}. The "
            f"dotted line marks the expected number of draws, {1 / p:.0f}."
        )

    return LiveFigure(
        "choose how many configurations are good, and how often you draw",
        fig,
        update,
        percent=Slider("good configurations (%)", 1.0, 0.1, 10.0, 0.05, log=True),
        n=Slider("draws n", 100, 1, 1000, 1, whole=True),
    )


@live
def projections():
    """Turn the direction that matters and change the number of points; count what is different."""

    def groups(k):
        return {"grid": grid_points(k), "random": random_points(2, k * k, seed=3)}

    fig = Figure(figsize=(11, 5.4), layout="constrained")
    axes = fig.subplots(1, 2, width_ratios=[1, 1.15])
    figures.projection(groups(3), 0, axes)
    shared_legend(fig)

    def update(degrees, k):
        points = groups(k)
        figures.move_projection(points, degrees, axes)
        words = {"grid": "the grid shows", "random": "the random points show"}
        told = []
        for name, each in points.items():
            places = shadow(each, degrees)
            gap = f"with a largest gap of {largest_gap(places):.2f}"
            told.append(f"{words[name]} {n_distinct(places)} different places {gap}")
        return (
            f"A grid of {k} by {k} points and as many random ones in a square, and beside it "
            f"their shadows on a direction of {degrees} degrees: {told[0]}; {told[1]}."
        )

    return LiveFigure(
        "turn the direction that matters, and count the different places",
        fig,
        update,
        degrees=Slider("direction (degrees)", 0, 0, 90, 5, whole=True),
        k=Slider("points (k, for k² points)", 3, 2, 6, 1, whole=True),
    )
