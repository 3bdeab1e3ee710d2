"""Live figures of lesson 01: one place on two axes, and what averaging over seeds buys."""

import functools

import numpy as np
from matplotlib.figure import Figure

from bo_tutorial import network
from bo_tutorial.course.lesson_01 import figures as problem
from bo_tutorial.course.live import LiveFigure, Pick, Slider, live
from bo_tutorial.plotting import shared_legend
from bo_tutorial.space import Float

RAW, LOG = Float(1e-4, 1.0), Float(1e-4, 1.0, log=True)
CONFIG = {"batch_size": 32, "dropout": 0.15, "n_layers": 2, "hidden_size": 128}
# Standard deviation over seeds and standard error of the images, as lesson 01 measures them.
NOISES = {"the article's x": (0.034, 0.011), "a good one": (0.009, 0.007)}


@functools.cache
def measured_curve():
    """Train at 25 learning rates, once each: the example for a call without arguments."""
    rates = np.geomspace(1e-4, 1.0, 25)
    scores = [network.validation_accuracy(CONFIG | {"learning_rate": rate}) for rate in rates]
    return rates, np.array(scores)


@live
def along_the_axis(rates=None, accuracies=None):
    """Slide a place u along the unit interval and see which learning rate it means on each axis.

    Args:
        rates, accuracies: f over the learning rate from 0.0001 to 1, shape (n,); trained if left
            out.
    """
    curve = measured_curve() if rates is None else (np.asarray(rates), np.asarray(accuracies))
    marked = curve[0][6::6][:3], curve[1][6::6][:3]
    fig = Figure(figsize=(9, 3.9))
    axes = fig.subplots(1, 2, sharey=True)

    def places(u):
        return float(RAW.from_unit(u)), float(LOG.from_unit(u))

    problem.position(places(0.5), curve, axes, marked)
    shared_legend(fig)

    def update(u):
        raw, log = places(u)
        at_raw, at_log = problem.move_position((raw, log), curve, axes)
        return (
            f"At {u:.2f} of the axis from 0.0001 to 1: on the raw axis the learning rate is "
            f"{raw:.2g} and the network reaches about {at_raw:.0%}; on the log axis it is "
            f"{log:.2g} and the network reaches about {at_log:.0%}."
        )

    return LiveFigure(
        "slide u from 0 to 1 and compare the learning rate it means on a raw and on a log axis",
        fig,
        update,
        u=Slider("u (share of the axis)", 0.5, 0.0, 1.0, 0.01),
    )


@live
def average_seeds(noises=None):
    """Choose how many seeds to average and see which noise is left.

    Args:
        noises: {name: (sd over seeds, standard error of the images)}, as fractions.
    """
    noises = NOISES if noises is None else noises
    fig = Figure(figsize=(8, 4.4))
    ax = fig.subplots()
    first = next(iter(noises))
    problem.averaging(1, *noises[first], ax)

    def update(n, configuration):
        by_seeds, by_images, both = problem.move_averaging(n, *noises[configuration], ax)
        ax.set_title(f"{configuration}, n = {n}: ± {both:.1f} points")
        return (
            f"Standard error of a mean over {n} seeds for {configuration}: {by_seeds:.1f} points "
            f"from the seeds, {by_images:.1f} from the images, {both:.1f} from both together."
        )

    return LiveFigure(
        "raise n and see which of the two noises falls",
        fig,
        update,
        n=Slider("n (seeds)", 1, 1, 24, 1, whole=True),
        configuration=Pick("configuration", list(noises)),
    )
