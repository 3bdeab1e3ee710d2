"""Live figures of lesson 05: what a length scale explains, and what the data teach about it."""

import numpy as np
from matplotlib.figure import Figure

from bo_tutorial.course.lesson_05 import figures as evidence
from bo_tutorial.course.lesson_05 import numerics as likelihood
from bo_tutorial.course.live import LiveFigure, Pick, Slider, live
from bo_tutorial.gp import GaussianProcess
from bo_tutorial.kernels import SquaredExponential
from bo_tutorial.plotting import shared_legend

LENGTHS = np.geomspace(0.05, 4, 60)
PLACES = np.linspace(-4, 0, 121)
PRIORS = {"none": None, "around 0.5 decades": 0.5, "around 2 decades": 2.0}


def _belief(length_scale, signal_sd, X, y):
    kernel = SquaredExponential(length_scale, signal_sd**2)
    noise_variance = likelihood.NOISE_SHARE * signal_sd**2
    gp = GaussianProcess(kernel, noise_variance, mean=0.85)
    return gp, gp.condition(X, y).predict(PLACES[:, None])


@live
def fit_and_complexity():
    """Drag ℓ: left the belief that it gives, right what the likelihood says to it and why."""

    def look(length_scale, n):
        X, y, f = likelihood.trainings(n)
        _, belief = _belief(length_scale, 0.06, X, y)
        each = [likelihood.terms(_belief(ell, 0.06, X, y)[0], X, y) for ell in LENGTHS]
        return X[:, 0], y, f, belief, np.transpose(each)

    curves = {n: look(0.5, n)[-1] for n in (3, 6, 12)}
    fig = Figure(figsize=(9.8, 4.5))
    left, right = fig.subplots(1, 2)
    x, y, f, belief, both = look(0.5, 12)
    evidence.learning_rates(PLACES, *belief, (x, y), left, f(PLACES[:, None]))
    evidence.terms(LENGTHS, *both, right, at=0.5)
    right.set_ylim(-22, 30)
    shared_legend(fig, columns=4)

    def update(length_scale, n):
        X, y, _ = likelihood.trainings(n)
        _, belief = _belief(length_scale, 0.06, X, y)
        evidence.move_learning_rates(PLACES, *belief, (X[:, 0], y), left)
        fit, complexity = curves[n]
        evidence.move_terms(LENGTHS, fit, complexity, right, length_scale)
        change = fit - fit[0], complexity - complexity[0]
        parts = [float(np.interp(length_scale, LENGTHS, part)) for part in change]
        return (
            f"{n} trainings, length scale {length_scale:.2f} decades. Against the shortest one the "
            f"fit changes by {parts[0]:.1f} nats, the complexity term by {parts[1]:.1f}, their sum "
            f"by {sum(parts):.1f}."
        )

    return LiveFigure(
        "drag ℓ and watch the fit, the complexity term and their sum",
        fig,
        update,
        length_scale=Slider("ℓ (decades)", 0.5, 0.05, 4.0, 0.05, log=True),
        n=Pick("trainings (count)", [3, 6, 12], 12),
    )


@live
def points_and_prior():
    """Add trainings one by one, with or without a prior: when do the data teach ℓ?"""

    def look(n, prior):
        X, y, f = likelihood.trainings(n)
        curve, signal_sds = likelihood.profile(SquaredExponential, X, y, LENGTHS, mean=0.85)
        center = PRIORS[prior]
        log_prior = 0 * LENGTHS if center is None else likelihood.log_prior(LENGTHS, center)
        best = int(np.argmax(curve + log_prior))
        _, belief = _belief(LENGTHS[best], signal_sds[best], X, y)
        found = (PLACES, *belief, (X[:, 0], y), LENGTHS, curve + log_prior, log_prior)
        return LENGTHS[best], found, f

    fig = Figure(figsize=(9.8, 4.5))
    axes = fig.subplots(1, 2)
    best, found, f = look(3, "none")
    evidence.belief_and_profile(axes, best, f(PLACES[:, None]), *found)
    shared_legend(fig, columns=4)

    def update(n, prior):
        best, found, _ = look(n, prior)
        evidence.move_belief_and_profile(axes, best, *found)
        where = "at the short end of the axis" if best == LENGTHS[0] else f"{best:.2f} decades"
        close = LENGTHS[found[-2] > found[-2].max() - 2]
        return (
            f"{n} trainings, prior: {prior}. Learned length scale: {where}; from {close[0]:.2f} to "
            f"{close[-1]:.2f} decades lie within 2 nats of it. The true one is 0.5."
        )

    return LiveFigure(
        "add trainings and switch the prior; watch the learned ℓ",
        fig,
        update,
        n=Slider("trainings (count)", 3, 3, 17, 1, whole=True),
        prior=Pick("prior on ℓ", list(PRIORS)),
    )
