"""Live figures of lesson 12: the split that TPE makes, and a race against the clock."""

import numpy as np
from matplotlib.figure import Figure

from bo_tutorial.course.lesson_12 import figures as leave
from bo_tutorial.course.lesson_12 import numerics as played
from bo_tutorial.course.live import LiveFigure, Slider, live

GRID = np.linspace(0, 1, 301)


@live
def two_densities():
    """Drag the quantile and the number of trials: where do l and g lead?"""

    def look(quantile, n):
        x, y = played.trials(n)
        good, bad, tau = played.split(x, y, quantile)
        densities = played.density(good, GRID), played.density(bad, GRID)
        pairs = (good, played.score(good)), (bad, played.score(bad))
        return *pairs, tau, GRID, *densities, played.score(GRID) > tau

    fig = Figure(figsize=(8.5, 5.3))
    axes = fig.subplots(3, 1, sharex=True, height_ratios=[4, 3, 3])
    good, bad, tau, grid, l_x, g_x, above = look(0.2, 24)
    leave.trials_on_an_axis(good, bad, tau, axes[0])
    leave.two_densities(grid, l_x, g_x, axes[1], above).set_ylim(0, 8)
    leave.ratio(grid, l_x, g_x, axes[2])

    def update(quantile, n):
        state = look(quantile, n)
        leave.move_densities(*state, axes)
        good, _, tau, grid, l_x, g_x, above = state
        place = grid[np.argmax(l_x / g_x)]
        where = "inside" if above[np.argmax(l_x / g_x)] else "outside"
        return (
            f"Of {n} trials, {len(good[0])} are good: above τ = {tau:.1%}. The ratio l / g is "
            f"largest at {place:.2f}, {where} the places where f is above τ."
        )

    return LiveFigure(
        "drag the share that counts as good and the number of trials, and watch the next question",
        fig,
        update,
        quantile=Slider("share that is good (fraction)", 0.2, 0.05, 0.6, 0.05),
        n=Slider("trials (count)", 24, 8, 100, 4, whole=True),
    )


@live
def against_the_clock():
    """Drag the price of an evaluation: who is ahead after a second, after an hour?"""
    optimum = played.CONTESTS["Hartmann 6"].optimum
    found = {name: played.runs()["Hartmann 6"][name] for name in ("random", "TPE", "BO")}

    def look(cost):
        return {
            name: (played.seconds(name, best.shape[1], cost), optimum - best)
            for name, best in found.items()
        }

    fig = Figure(figsize=(8, 4.6))
    ax = fig.subplots()
    leave.by_the_clock(look(1.0), ax)

    def update(cost):
        runs = look(cost)
        leave.move_clock(runs, ax, f"an evaluation costs {cost:.3g} s")
        ends = ", ".join(f"{name} {when[-1]:.3g} s" for name, (when, _) in runs.items())
        return (
            f"Regret on Hartmann 6 against seconds, an evaluation costs {cost:.3g} s. The runs end "
            f"after: {ends}."
        )

    return LiveFigure(
        "drag the price of an evaluation, and see who is ahead at which second",
        fig,
        update,
        cost=Slider("price of an evaluation (s)", 1.0, 1e-3, 3600.0, 0.25, log=True),
    )
