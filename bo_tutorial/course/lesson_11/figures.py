"""Figures of lesson 11: a failure broken beside fixed, and a sparse Gaussian process."""

import functools

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator

from bo_tutorial.course.lesson_11.numerics import VERSIONS, Belief, Lines, Trace, quartiles
from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILION,
    side_by_side,
)
from bo_tutorial.plotting.looks import look, method_of

LOOKS = {"broken": (VERMILION, "s"), "fixed": (BLUE, "o")}
CURVES = [(BLUE, "-", "o"), (VERMILION, "--", "s"), (GREEN, "-.", "^"), (PURPLE, ":", "D")]


def card(card, scenes, outcomes, axes):
    """Draw one card in three panels: broken, fixed, and what came of many seeds.

    Args:
        card: a `Card`. scenes: {version: what its run has to draw}.
        outcomes: {version: shape (n,)}. axes: three of them.
    """
    for version, ax in zip(VERSIONS, axes, strict=False):
        scene(scenes[version], ax, f"{card.title}: {version}")
    return spread(card, outcomes, axes[2])


@functools.singledispatch
def scene(shown, ax, title=""):
    """Draw what a run has to show, by its kind: a `Belief`, a `Trace` or `Lines`."""
    raise TypeError(f"shown must be a Belief, a Trace or Lines, got {shown!r:.80}")


@scene.register
def _(shown: Belief, ax, title=""):
    if shown.mu is not None:
        low, high = shown.mu - 2 * shown.sigma, shown.mu + 2 * shown.sigma
        ax.fill_between(shown.x, low, high, color=BLUE, alpha=0.18, linewidth=0, label="± 2 sd")
        ax.plot(shown.x, shown.mu, color=BLUE, linestyle="-", label="mean")
    truth = "best at each" if shown.mu is None else "true f"
    ax.plot(shown.x, shown.truth, color=BLACK, linestyle=":", linewidth=1.8, label=truth)
    plain = ~shown.marked
    if plain.any():
        ax.plot(shown.X[plain], shown.y[plain], "o", color=BLACK, markersize=5, label="observed")
    if shown.marked.any():
        _crosses(shown.X[shown.marked], shown.y[shown.marked], shown.what, ax)
    if shown.log:
        ax.set_xscale("log")
    return _finish(ax, shown.xlabel, shown.ylabel, shown.limits, title)


@scene.register
def _(shown: Trace, ax, title=""):
    t = np.arange(1, len(shown.values) + 1)
    ax.plot(t[~shown.marked], shown.values[~shown.marked], "o", color=BLACK, markersize=5)
    if shown.marked.any():
        _crosses(t[shown.marked], shown.values[shown.marked], shown.what, ax)
    best = np.fmax.accumulate(shown.values)
    ax.step(t, best, where="post", color=ORANGE, linestyle="-.", label="best so far")
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    return _finish(ax, "evaluation", shown.ylabel, shown.limits, title)


@scene.register
def _(shown: Lines, ax, title=""):
    for (label, curve), (color, style, marker) in zip(shown.curves.items(), CURVES, strict=False):
        x, low, middle, high = curve
        drawn = {"color": color, "linestyle": style, "marker": marker}
        if method_of(label):  # a method looks the same in every figure
            drawn = look(label)
        every = {"markevery": max(1, len(x) // 8), "markersize": 6}
        ax.fill_between(x, low, high, color=drawn["color"], alpha=0.15, linewidth=0)
        ax.plot(x, middle, label=label, **drawn, **every)
    ax.set(xscale="log" if "x" in shown.log else "linear")
    ax.set(yscale="log" if "y" in shown.log else "linear")
    _finish(ax, shown.xlabel, shown.ylabel, shown.limits, title)
    if len(x) < 10:  # each of them was tried
        ax.set_xticks(x, [f"{each:g}" for each in x])
    return ax


def _crosses(x, y, what, ax):
    ax.plot(x, y, "x", color=VERMILION, markersize=8, markeredgewidth=2, label=what)


def _finish(ax, xlabel, ylabel, limits, title):
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.set_title(title, fontsize=12)
    if limits is not None:
        ax.set_ylim(limits)
    for axis in (ax.xaxis, ax.yaxis):
        _plain_log_axis(axis)
    ax.legend(loc="best", fontsize=9)
    return ax


def _plain_log_axis(axis):
    """Write 1000 instead of 10³ and leave out the small ticks: in a live figure both take long."""
    if axis.get_scale() == "log":
        axis.set_major_formatter(lambda value, position: f"{value:g}")
        axis.set_minor_locator(NullLocator())


def spread(card, outcomes, ax):
    """Draw the outcome of every seed as a ring, the median as a bar, the quartiles as a line."""
    for i, version in enumerate(VERSIONS):
        values = np.asarray(outcomes[version], dtype=float)
        values = np.maximum(values, card.smallest) if card.log else values
        color, marker = LOOKS[version]
        places = i + 0.44 * side_by_side(values)
        ring = {"mfc": "none", "color": color, "markersize": 5, "zorder": 3}
        ax.plot(places, values, marker, **ring)
        low, middle, high = quartiles(values)
        ax.plot([i - 0.33, i + 0.33], [middle, middle], color=BLACK, linestyle="-", linewidth=3)
        ax.plot([i + 0.38, i + 0.38], [low, high], color=BLACK, linestyle="-", linewidth=2)
    ax.set(xticks=range(len(VERSIONS)), xticklabels=VERSIONS, xlim=(-0.5, 1.6))
    ax.set(ylabel=card.measured, yscale="log" if card.log else "linear")
    ax.grid(False, axis="x")
    _plain_log_axis(ax.yaxis)
    n = len(outcomes["broken"])
    ax.set_title(f"{n} seeds: median, quartiles", fontsize=12)
    return ax


def sparse(x, beliefs, data, inducing, ax, title=""):
    """Draw the exact belief as a band and a sparse one as lines, with the inducing points.

    Args:
        x: shape (n,). beliefs: ((mu, sigma), (mu, sigma)), the exact one first.
        data: X and y, shape (m,) each. inducing: shape (k,), drawn at the bottom.
    """
    (mu, sigma), (sparse_mu, sparse_sigma) = beliefs
    ax.plot(*data, ".", color="#999999", markersize=3, label="data", zorder=0)
    exact = {"color": BLUE, "alpha": 0.25, "linewidth": 0}
    ax.fill_between(x, mu - 2 * sigma, mu + 2 * sigma, label="exact, mean ± 2 sd", **exact)
    ax.plot(x, mu, color=BLUE, linestyle="-")
    ax.plot(x, sparse_mu, color=VERMILION, linestyle="--", label="sparse, mean and ± 2 sd")
    for sign in (-2, 2):
        edge = sparse_mu + sign * sparse_sigma
        ax.plot(x, edge, color=VERMILION, linestyle=(0, (1, 1)), linewidth=1.2)
    bottom = np.full(len(inducing), 0.04)
    marks = {"color": PURPLE, "markersize": 9, "transform": ax.get_xaxis_transform()}
    ax.plot(inducing, bottom, "^", label="inducing points", **marks)
    return _finish(ax, "learning rate (log10)", "accuracy", None, title)


def bounds(n_inducing, values, exact, ax):
    """Draw the bound against the number of inducing points, below the log marginal likelihood.

    Args:
        n_inducing, values: shape (n,), in nats. exact: the log marginal likelihood, nats.
    """
    ax.plot(n_inducing, values, color=VERMILION, linestyle="--", marker="s", label="bound")
    ax.axhline(exact, color=BLUE, linestyle="-", label="log marginal likelihood")
    ax.set_xscale("log")
    ax.set_xticks(n_inducing, [str(n) for n in n_inducing])
    ax.minorticks_off()
    return _finish(ax, "inducing points (number)", "nats", None, "The bound rises to the truth")


def traces(runs, axes):
    """Draw the values of runs in the order of evaluation: {name: shape (n,)}, a panel each."""
    for (name, values), ax in zip(runs.items(), axes, strict=True):
        t = np.arange(1, len(values) + 1)
        ax.plot(t, values, "o", color=BLACK, markersize=5)
        ax.set(xlabel="evaluation", ylabel="score", title=f"run {name}")
    return axes
