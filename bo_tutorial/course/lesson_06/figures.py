"""Figures of lesson 06: following the mean, improvement as an area, what scores choose."""

import numpy as np
from matplotlib.ticker import MultipleLocator
from scipy.stats import norm

from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    VERMILION,
    mark,
    move,
    move_band,
    percent_axis,
)
from bo_tutorial.plotting.belief import acquisition, incumbent_line, posterior
from bo_tutorial.problems import LEARNING_RATES

TRAININGS = {f"{rate:g}": rate for rate in LEARNING_RATES}
COLORS, STYLES, MARKERS = (BLUE, VERMILION, GREEN), ("-", "--", "-."), "osD"


def followed(x, truth, mu, sigma, observed, next_x, ax, title=""):
    """Draw a belief with the hidden f, and the point that a follower of the mean asks for next.

    Args:
        x, truth, mu, sigma: shape (n,). observed: a pair (x, y) of arrays. next_x: a number.
    """
    posterior(x, mu, sigma, ax, observed, truth)
    at = np.interp(next_x, x, mu)
    ax.plot(next_x, at, color=VERMILION, marker="D", linestyle="none", label="next point", zorder=4)
    ax.set(title=title)
    ax.legend(loc="lower left", fontsize=9)
    return ax


def improvement(mu, sigma, best, axes, label="", index=0):
    """Draw PI as the tail of a density and EI as the area under the chance of exceeding t.

    Args:
        mu, sigma: of f at one point. best: the incumbent, all as fractions. axes: two Axes.
        label: what the point is. index: 0, 1 or 2, for color, line and hatch of several points.
    """
    left, right = axes
    t, density, chance = _curves(mu, sigma, best)
    color, style, hatch = COLORS[index], STYLES[index], ("//", "..", "xx")[index]
    look = {"color": color, "linestyle": style}
    fill = {"alpha": 0.25, "facecolor": color, "edgecolor": color, "hatch": hatch}
    left.plot(t, density, label=label, gid=f"density {index}", **look)
    above = np.where(t >= best, density, 0.0)
    left.fill_between(t, 0, above, gid=f"tail {index}", **fill)
    right.plot(t, chance, label=label, gid=f"chance {index}", **look)
    above = np.where(t >= best, chance, 0.0)
    right.fill_between(t, 0, above, gid=f"area {index}", **fill)
    if index == 0:
        for ax in axes:
            line = {"color": ORANGE, "linestyle": "-.", "linewidth": 1.8}
            ax.axvline(best, label="incumbent", gid="incumbent", **line)
            ax.xaxis.set_major_locator(MultipleLocator(0.05))
            percent_axis(ax.xaxis)
    left.set(xlabel="accuracy f", ylabel="density (per unit of f)", title="shaded tail: PI")
    right.set(xlabel="accuracy t", ylabel="P(f > t)", title="shaded area: EI", ylim=(0, 1.02))
    for ax in axes:
        ax.set_xlim(0.7, 1.1)
        ax.legend(loc="lower left" if ax is right else "upper left", fontsize=10)
    return axes


def move_improvement(mu, sigma, best, axes):
    """Move what `improvement` has drawn for its first point."""
    left, right = axes
    t, density, chance = _curves(mu, sigma, best)
    zero = np.zeros_like(t)
    move(left, "density 0", t, density)
    move_band(left, "tail 0", t, zero, np.where(t >= best, density, 0.0))
    move(right, "chance 0", t, chance)
    move_band(right, "area 0", t, zero, np.where(t >= best, chance, 0.0))
    for ax in axes:
        move(ax, "incumbent", [best, best], [0, 1])
    return axes


def _curves(mu, sigma, best):
    """Accuracies t, with a step at `best`; the density of f there; the chance that f exceeds t."""
    t = np.union1d(np.linspace(0.7, 1.1, 801), [best - 1e-9, best])
    return t, norm.pdf(t, mu, sigma), norm.sf(t, mu, sigma)


def choices(x, scores, axes, units):
    """Draw several acquisitions over the learning rate, each with the one that it chooses.

    The uppermost also marks the three trainings of the worked example.

    Args:
        x: learning rates, shape (n,). scores: {name: array of shape (n,)}. axes: one Axes for each.
        units: {name: units}, those of the scores.
    """
    for ax, (name, values) in zip(axes, scores.items(), strict=True):
        acquisition(x, values, ax, x[np.argmax(values)], name, "", units[name])
        low, high = values.min(), values.max()
        ax.set(xscale="log", ylim=(min(0.0, low) if low < 0.3 * high else 0.95 * low, 1.12 * high))
        ax.yaxis.label.set_fontsize(10)
        ax.get_legend().remove()
    for ax in axes:
        mark(TRAININGS if ax is axes[0] else {}, ax)
    axes[-1].set_xlabel("learning rate (log axis)")
    return axes


def scored(x, mu, sigma, observed, scores, name, axes):
    """Draw a belief over the learning rate above one acquisition of it; a live figure moves both.

    Args:
        x: learning rates, shape (n,). mu, sigma, scores: shape (n,). observed: a pair of arrays.
        name: with units, of the acquisition. axes: two Axes.
    """
    top, bottom = axes
    posterior(x, mu, sigma, top, observed, ylabel="validation accuracy", xlabel="")
    incumbent_line(observed[1].max(), top)
    top.set(xscale="log", ylim=(0.65, 1.05))
    top.legend(loc="lower left", ncols=2, fontsize=9)
    acquisition(x, scores, bottom, x[np.argmax(scores)], name, "learning rate (log axis)", "")
    bottom.set(xscale="log")
    for ax in axes:  # a live figure draws them anew each time
        ax.minorticks_off()
        ax.xaxis.set_major_formatter("{x:g}")
    percent_axis(top.yaxis)
    move_scores(x, scores, bottom, name)
    return axes


def move_scores(x, scores, ax, name):
    """Move the lower panel of `scored` to other scores, and fit its vertical axis to them."""
    low, high = float(scores.min()), float(scores.max())
    floor = 0.0 if low >= 0 and low < 0.5 * high else low
    move(ax, "scores", x, scores)
    move_band(ax, "worth", x, np.full(len(x), floor), scores)
    move(ax, "next", x[np.argmax(scores)], high)
    ax.set(ylabel=name, ylim=(floor, high + 0.12 * (high - floor) + 1e-12))
    return ax


def vanishing(z, ei, log_ei, axes):
    """Draw EI and its logarithm against z; EI in float64 ends where it becomes exactly 0.

    Args:
        z: shape (n,), rising. ei, log_ei: for sigma = 1, shape (n,).
    """
    left, right = axes
    positive = ei > 0
    left.plot(z[positive], ei[positive], color=GREEN, label="EI, float64")
    left.axvspan(z[0], z[~positive].max(), color=BLACK, alpha=0.12, label="exactly 0")
    left.set(yscale="log", xlabel="z (standard deviations)", ylabel="EI (units of σ)")
    right.plot(z, log_ei, color=BLUE, linestyle="--", label="log EI")
    right.set(xlabel="z (standard deviations)", ylabel="log EI (σ = 1)")
    for ax in axes:
        ax.legend(loc="lower right")
    return axes
