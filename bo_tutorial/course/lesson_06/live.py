"""Live figures of lesson 06: improvement as an area, and what ξ and κ choose."""

import numpy as np
from matplotlib.figure import Figure

import bo_tutorial as bo
from bo_tutorial.course.lesson_06 import figures as worth
from bo_tutorial.course.live import LiveFigure, Pick, Slider, live
from bo_tutorial.problems import ACCURACIES, LEARNING_RATES
from bo_tutorial.worked_example import Assumptions, evaluate

RATES = np.geomspace(1e-4, 1.0, 1601)
BEST = max(ACCURACIES)


@live
def area():
    """Drag μ, σ and the incumbent: how do the tail and the area change?"""
    fig = Figure(figsize=(10, 4.2))
    axes = fig.subplots(1, 2)
    worth.improvement(0.9, 0.03, BEST, axes, label="f at one learning rate")
    axes[0].set_ylim(0, 45)

    def update(mu, sigma, best):
        worth.move_improvement(mu, sigma, best, axes)
        pi = float(bo.probability_of_improvement(mu, sigma, best))
        ei = float(bo.expected_improvement(mu, sigma, best))
        axes[0].set_title(f"shaded tail: PI = {pi:.1%}")
        axes[1].set_title(f"shaded area: EI = {100 * ei:.3f} points")
        return (
            f"With mean {mu:.1%}, standard deviation {100 * sigma:.1f} points and incumbent "
            f"{best:.1%}: the tail of the density beyond the incumbent is {pi:.1%}, the area under "
            f"the falling curve beyond it {100 * ei:.3f} points of accuracy."
        )

    return LiveFigure(
        "drag μ, σ and the incumbent, and compare tail and area",
        fig,
        update,
        mu=Slider("μ (fraction)", 0.9, 0.8, 1.0, 0.005),
        sigma=Slider("σ (fraction)", 0.03, 0.01, 0.08, 0.0025),
        best=Slider("f* (fraction)", BEST, 0.85, 0.99, 0.005),
    )


@live
def margin():
    """Drag ξ: how much better must the next training be, and where does that send us?"""

    def scores(mu, sigma, acquisition, xi):
        if acquisition == "PI":
            return bo.probability_of_improvement(mu, sigma, BEST, xi), "PI (probability)"
        return bo.expected_improvement(mu, sigma, BEST, xi), "EI (accuracy)"

    mu, sigma, _ = evaluate(Assumptions(), RATES)
    observed = np.array(LEARNING_RATES), np.array(ACCURACIES)
    fig = Figure(figsize=(8, 5.4))
    axes = fig.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    worth.scored(RATES, mu, sigma, observed, *scores(mu, sigma, "EI", 0.01), axes)

    def update(acquisition, xi):
        values, label = scores(mu, sigma, acquisition, xi)
        worth.move_scores(RATES, values, axes[1], label)
        chosen = f"{acquisition} with ξ = {xi:.3g}: next {RATES[np.argmax(values)]:.2g}"
        axes[1].set_title(chosen)
        return f"The posterior after three trainings, and below it the scores. {chosen}."

    return LiveFigure(
        "pick EI or PI, drag ξ, and watch the next learning rate",
        fig,
        update,
        acquisition=Pick("acquisition", ["EI", "PI"]),
        xi=Slider("ξ (accuracy)", 0.01, 0.0, 0.06, 0.002),
    )
