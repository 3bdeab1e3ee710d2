"""Live figures of lesson 04: how far a memory reaches, and how sure it is of what."""

import numpy as np
from matplotlib.figure import Figure

from bo_tutorial import plotting
from bo_tutorial.course.lesson_04 import figures as gaussian
from bo_tutorial.course.live import LiveFigure, Pick, Slider, live
from bo_tutorial.gp import GaussianProcess
from bo_tutorial.kernels import SquaredExponential
from bo_tutorial.problems import ACCURACIES, LEARNING_RATES

MEAN, SIGNAL_SD, LENGTH_SCALE = 0.85, 0.06, 0.5  # the assumptions of the worked example

THREE = dict(zip(LEARNING_RATES, ACCURACIES, strict=True))
OBSERVATIONS = {  # what to switch on: {learning rate: accuracy}
    "the three trainings": THREE,
    "no training": {},
    "0.01 alone": {0.01: 0.91},
    "the three, and 94 % at 0.0048": THREE | {0.0048: 0.94},
    "the three, and 84 % at 0.0048": THREE | {0.0048: 0.84},
}

RATES = np.geomspace(1e-4, 1.0, 161)
AXES = {"xlabel": "learning rate (log axis)", "ylabel": "validation accuracy", "xscale": "log"}


@live
def length_scale():
    """Drag ℓ and switch observations: how far does what was seen reach?"""

    def belief(length_scale, seen):
        gp = GaussianProcess(SquaredExponential(length_scale, SIGNAL_SD**2), 1e-6, MEAN)
        return _belief(gp, seen)

    fig = Figure(figsize=(8, 4.4))
    ax = fig.subplots()
    labels = {key: AXES[key] for key in ("xlabel", "ylabel")}
    plotting.posterior(RATES, *belief(LENGTH_SCALE, THREE), ax, _arrays(THREE), **labels)
    ax.set(xscale="log", ylim=(0.55, 1.05))
    ax.minorticks_off()  # 72 marks fewer to draw at each change
    plotting.percent_axis(ax.yaxis)
    ax.legend(loc="lower left", ncols=3)

    def update(length_scale, observations):
        seen = OBSERVATIONS[observations]
        mu, sigma = belief(length_scale, seen)
        plotting.move_posterior(RATES, mu, sigma, ax, _arrays(seen))
        informed = np.mean(sigma < 0.9 * SIGNAL_SD)
        return (
            f"Posterior with {observations} and a length scale of {length_scale:.2g} decades. "
            f"The mean runs between {mu.min():.0%} and {mu.max():.0%}. The band is visibly "
            f"narrower than before any data over {informed:.0%} of the axis."
        )

    return LiveFigure(
        "drag ℓ, switch observations on and off, and watch how far they reach",
        fig,
        update,
        length_scale=Slider("ℓ (decades)", LENGTH_SCALE, 0.05, 2.0, 0.05, log=True),
        observations=Pick("observations", list(OBSERVATIONS)),
    )


@live
def band():
    """Drag σ_f and choose what the band says: of f or of y, 1 sd or 2."""
    noise_variance = 0.015**2

    def belief(signal_sd, of):
        gp = GaussianProcess(SquaredExponential(LENGTH_SCALE, signal_sd**2), noise_variance, MEAN)
        mu, sigma = _belief(gp, THREE, include_noise=of == "y")
        variance_before = signal_sd**2 + (noise_variance if of == "y" else 0.0)
        return mu, sigma, (MEAN, np.sqrt(variance_before))

    fig = Figure(figsize=(8, 4.4))
    ax = fig.subplots()
    mu, sigma, before = belief(SIGNAL_SD, "f")
    gaussian.band(RATES, mu, sigma, ax, _arrays(THREE), 2, "f", before, ylim=(0.45, 1.15), **AXES)
    ax.minorticks_off()
    ax.legend(loc="lower left", ncols=2)

    def update(signal_sd, of, n_sd):
        mu, sigma, before = belief(signal_sd, of)
        gaussian.move_band_of(RATES, mu, sigma, ax, n_sd, of, before)
        narrowest, widest = 200 * n_sd * sigma.min(), 200 * n_sd * sigma.max()
        return (
            f"Posterior given three noisy trainings, signal standard deviation {signal_sd:.1%}. "
            f"The band of {n_sd} standard deviations of {of} is {narrowest:.1f} points high where "
            f"it is narrowest, at a training, and {widest:.1f} points where it is widest."
        )

    return LiveFigure(
        "drag σ_f, then let the band speak of f or of y, with 1 sd or 2",
        fig,
        update,
        signal_sd=Slider("σ_f (fraction of 1)", SIGNAL_SD, 0.01, 0.12, 0.005),
        of=Pick("band of", ["f", "y"]),
        n_sd=Pick("height (sd)", [1, 2], value=2),
    )


def _belief(gp, seen, **options):
    """Mean and standard deviation at `RATES`; before any data if nothing was seen."""
    axis = np.log10(RATES)[:, None]
    if not seen:
        return gp.predict(axis)
    rates, accuracies = _arrays(seen)
    return gp.condition(np.log10(rates)[:, None], accuracies).predict(axis, **options)


def _arrays(seen):
    return np.array(list(seen)), np.array(list(seen.values()))
