"""Live figure of lesson 13: three assumptions decide what a library asks next."""

import numpy as np
from matplotlib.figure import Figure

from bo_tutorial.course.lesson_13 import figures
from bo_tutorial.course.lesson_13 import numerics as tools
from bo_tutorial.course.live import LiveFigure, Pick, Slider, live
from bo_tutorial.plotting import shared_legend


@live
def match_a_library():
    """Pick a kernel, drag its length scale and the noise: which learning rate is asked next?"""
    fig = Figure(figsize=(9, 4.2))
    ax = fig.subplots()

    def look(kernel, length_scale, noise):
        assumed = {"length_scale": length_scale / 4, "noise_variance": noise}
        belief = tools.belief(kernel, **assumed)
        return belief, tools.next_rate(kernel=kernel, **assumed)

    belief, rate = look("SE", 0.4, 0.01)
    figures.believed(belief, ax, {"asked next": rate})
    shared_legend(fig)

    def update(kernel, length_scale, noise):
        belief, rate = look(kernel, length_scale, noise)
        figures.move_belief(belief, ax, {"asked next": rate})
        mu, sigma, best = belief
        at = int(np.argmin(np.abs(figures.RATES - rate)))
        return (
            f"{kernel} kernel, length scale {length_scale:g} decades, noise variance {noise:g} of "
            f"the standardized accuracies: the next question is {rate:.3g}, where the model "
            f"expects {mu[at]:.1%} with a standard deviation of {100 * sigma[at]:.1f} points. "
            f"The best training so far has {best:.0%}. "
            f"The mean runs from {mu.min():.0%} to {mu.max():.0%}."
        )

    return LiveFigure(
        "pick a kernel, drag length scale and noise, and look for each library's question",
        fig,
        update,
        kernel=Pick("kernel", list(tools.KERNELS)),
        length_scale=Slider("ℓ (decades)", 0.4, 0.04, 4.0, 0.1, log=True),
        noise=Slider("noise (share of variance)", 0.01, 1e-6, 1.0, 0.25, log=True),
    )
