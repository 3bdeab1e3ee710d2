"""Figures of lesson 12: two densities and their ratio, races, clocks, and a forest's belief."""

import numpy as np

from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    VERMILION,
    artist,
    move,
    move_band,
    percent_axis,
)
from bo_tutorial.plotting.looks import LOOKS

OTHERS = {
    "forest": (GREEN, (0, (4, 1, 1, 1)), "^"),
    "univariate": (VERMILION, ":", "s"),
    "sparse": (VERMILION, (0, (1, 1)), "v"),
}
SMALLEST = 1e-6  # where a regret of 0 is drawn


def look(method):
    """Return color, line style and marker of a method, as keyword arguments of `plot`."""
    color, style, marker = {**LOOKS, **OTHERS}[method]
    return {"color": color, "linestyle": style, "marker": marker}


# Two densities on one axis


def trials_on_an_axis(good, bad, tau, ax):
    """Draw the trials of an axis and the line that parts them.

    Args:
        good, bad: pairs (x, y) of arrays, the places and the scores. tau: the line.
    """
    ax.plot(*good, "o", color=BLUE, markersize=9, label="good", gid="good", zorder=3)
    hollow = {"color": VERMILION, "markersize": 8, "markerfacecolor": "white"}
    ax.plot(*bad, "s", label="others", gid="bad", **hollow)
    ax.axhline(tau, color=BLACK, linestyle="--", linewidth=1.5, label="τ", gid="tau")
    ax.set(ylabel="accuracy", ylim=(0.55, 0.97), xlim=(0, 1))
    percent_axis(ax.yaxis)
    ax.legend(loc="upper left", fontsize=10, ncols=3)
    return ax


def two_densities(grid, l_x, g_x, ax, above=None):
    """Draw l(x) and g(x), and the density that l estimates.

    Args:
        grid, l_x, g_x: shape (n,). above: True where f is above tau, (n,); left out if None.
    """
    if above is not None:
        box = above / np.trapezoid(above.astype(float), grid)
        ax.fill_between(grid, box, step="mid", color=BLACK, alpha=0.12, linewidth=0, gid="truth")
        ax.plot([], [], color=BLACK, alpha=0.3, linewidth=8, label="p(x | f(x) > τ)")
    ax.plot(grid, l_x, color=BLUE, linestyle="-", label="l(x), of the good", gid="l")
    ax.plot(grid, g_x, color=VERMILION, linestyle="--", label="g(x), of the others", gid="g")
    ax.set(ylabel="density (per axis)", xlim=(0, 1), ylim=(0, 1.08 * max(l_x.max(), g_x.max(), 4)))
    ax.legend(loc="upper left", fontsize=10)
    return ax


def ratio(grid, l_x, g_x, ax):
    """Draw l(x) / g(x) on a log axis, with a star at its maximum: the next question."""
    score = l_x / g_x
    best = np.argmax(score)
    ax.plot(grid, score, color=BLACK, label="l(x) / g(x)", gid="ratio")
    star = {"color": ORANGE, "markeredgecolor": BLACK, "markersize": 16}
    ax.plot(grid[best], score[best], "*", label="next question", gid="next", **star)
    ax.set(yscale="log", ylim=(0.03, 100), xlim=(0, 1), ylabel="l / g")
    ax.set_xlabel("place on the axis (0 to 1)")
    ax.legend(loc="upper left", fontsize=10)
    return ax


def move_densities(good, bad, tau, grid, l_x, g_x, above, axes):
    """Show another split of trials in the three panels of the same picture."""
    move(axes[0], "good", *good)
    move(axes[0], "bad", *bad)
    artist(axes[0], "tau").set_ydata([tau, tau])
    box = above / np.trapezoid(above.astype(float), grid)
    move_band(axes[1], "truth", grid, 0 * grid, box)
    move(axes[1], "l", grid, l_x)
    move(axes[1], "g", grid, g_x)
    score = l_x / g_x
    move(axes[2], "ratio", grid, score)
    best = np.argmax(score)
    move(axes[2], "next", grid[best], score[best])


# Together, or one axis at a time


def where_it_draws(values, good, drawn, ax, title):
    """Draw where the good trials lie on a square, and what a density drew from them.

    Args:
        values: of the function on a grid, (n, n), rows along the second input. good: (k, 2).
        drawn: (m, 2).
    """
    u = np.linspace(0, 1, len(values))
    ax.contour(u, u, values, levels=[-4, -1, -0.2], colors=["#999999"], linewidths=1)
    ax.plot(*drawn.T, ".", color=BLUE, markersize=5, alpha=0.6, label=f"{len(drawn)} candidates")
    star = {"color": ORANGE, "markeredgecolor": BLACK, "markersize": 10}
    ax.plot(*good.T, "o", label="good trials", **star)
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", title=title, xlabel="x1", ylabel="x2")
    ax.legend(loc="upper left", fontsize=10, framealpha=0.9)
    return ax


# Races


def race(best, ax, optimum, title="", ylabel="regret (units of f)", log=True):
    """Draw medians as steps and quartiles as bands: the regret, or the best value without optimum.

    Args:
        best: {method: best value so far, shape (n_seeds, n)}. optimum: None draws the values.
    """
    for i, (name, each) in enumerate(best.items()):
        shown = each if optimum is None else np.maximum(optimum - each, SMALLEST)
        low, middle, high = np.quantile(shown, [0.25, 0.5, 0.75], axis=0)
        t, drawn = np.arange(1, each.shape[1] + 1), look(name)
        spots = {"markersize": 6, "markevery": (4 + 2 * i, 10)}
        ax.step(t, middle, where="post", label=name, gid=name, **drawn, **spots)
        band = {"color": drawn["color"], "alpha": 0.13, "linewidth": 0}
        ax.fill_between(t, low, high, step="post", gid=f"{name} band", **band)
    ax.set(xlabel="evaluations", ylabel=ylabel, title=title)
    if log:
        ax.set_yscale("log")
    if optimum is None:
        percent_axis(ax.yaxis)
    ax.legend(loc="lower left" if optimum is not None else "lower right", fontsize=10)
    return ax


# Clocks


def question_times(times, ax):
    """Draw the dearest question of each method against the number of trials, on log axes.

    Args:
        times: {method: (lengths, dearest, cheapest)}, in seconds.
    """
    for name, (lengths, dearest, cheapest) in times.items():
        drawn = look(name)
        ax.plot(lengths, dearest, label=name, gid=name, **drawn)
        ax.fill_between(lengths, cheapest, dearest, color=drawn["color"], alpha=0.12, linewidth=0)
    for level, words in ((1e-3, "1 ms"), (1.0, "1 s")):
        ax.axhline(level, color=BLACK, linewidth=0.8, linestyle=":")
        ax.text(5600, level, words, fontsize=10, va="center")
    ax.set(xscale="log", yscale="log", xlabel="trials told, t", ylabel="CPU time of a question (s)")
    ax.legend(loc="upper left", fontsize=10, ncols=2)
    return ax


def by_the_clock(runs, ax, title=""):
    """Draw the median regret against seconds, with quartiles.

    Args:
        runs: {method: (seconds, regret)}, shapes (n,) and (n_seeds, n).
    """
    for name, (when, regret) in runs.items():
        low, middle, high = _regret_quartiles(regret)
        drawn = look(name) | {"marker": "none"}
        ax.step(when, middle, where="post", label=name, gid=name, **drawn)
        band = {"color": drawn["color"], "alpha": 0.13, "linewidth": 0}
        ax.fill_between(when, low, high, step="post", gid=f"{name} band", **band)
    ax.set(xscale="log", yscale="log", xlabel="seconds", ylabel="regret (units of f)", title=title)
    ax.set(ylim=(3e-4, 5))
    ax.legend(loc="lower left", fontsize=10)
    return ax


def move_clock(runs, ax, title):
    """Show other seconds in the same picture."""
    for name, (when, regret) in runs.items():
        low, middle, high = _regret_quartiles(regret)
        move(ax, name, when, middle)
        move_band(ax, f"{name} band", when, low, high)
    ends = [when for when, _ in runs.values()]
    ax.set(xlim=(min(e[0] for e in ends) / 1.5, 1.5 * max(e[-1] for e in ends)), title=title)


def _regret_quartiles(regret):
    return np.maximum(np.quantile(regret, [0.25, 0.5, 0.75], axis=0), SMALLEST)


# What a surrogate believes


def belief(rates, mu, sigma, observed, ax, title):
    """Draw mean and band of one standard deviation over the learning rate, with the trainings."""
    band = {"color": BLUE, "alpha": 0.2, "linewidth": 0, "label": "± 1 sd"}
    ax.fill_between(rates, mu - sigma, mu + sigma, **band)
    ax.plot(rates, mu, color=BLUE, label="mean")
    ax.plot(*observed, "o", color=BLACK, markersize=9, label="trainings")
    ax.set(xscale="log", xlabel="learning rate", ylabel="accuracy", ylim=(0.7, 1.0), title=title)
    percent_axis(ax.yaxis)
    ax.legend(loc="lower left", fontsize=10)
    return ax
