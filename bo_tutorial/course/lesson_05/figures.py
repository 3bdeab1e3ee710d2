"""The likelihood of a length scale: its two terms, its profile, and what follows from it."""

import numpy as np

from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILION,
    artist,
    move,
    move_band,
    percent_axis,
)
from bo_tutorial.plotting.belief import posterior
from bo_tutorial.plotting.runs import spread

MARKERS = "os^D"
LENGTH_TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 4)
RATE_TICKS = (0.0001, 0.001, 0.01, 0.1, 1)


def terms(length_scales, fit, complexity, ax, at=None, xlabel="length scale ℓ (decades)"):
    """Draw what each length scale gains and loses against the shortest one, in nats.

    Args:
        length_scales: increasing, shape (k,), drawn on a log axis. fit, complexity: the two terms
            of the log likelihood there, shape (k,), as `likelihood.terms` gives them.
        ax: an Axes. at: a length scale to mark, and the three values there.
    """
    curves = _changes(fit, complexity)
    looks = {
        "fit": (VERMILION, "--", r"fit: $-\frac{1}{2} r^\top K_y^{-1} r$"),
        "complexity": (GREEN, "-.", r"complexity: $-\frac{1}{2} \log |K_y|$"),
        "sum": (BLUE, "-", "sum: log likelihood"),
    }
    for name, (color, style, label) in looks.items():
        ax.plot(length_scales, curves[name], color=color, linestyle=style, label=label, gid=name)
    if at is not None:
        ax.plot([at, at], [0, 1], transform=ax.get_xaxis_transform(), color=BLACK, gid="at")
        artist(ax, "at").set(linestyle=":", linewidth=1.5)
        for name, marker in zip(looks, "s^o", strict=True):
            ax.plot(at, 0.0, marker, color=looks[name][0], linestyle="none", gid=f"{name} at")
        move_terms(length_scales, fit, complexity, ax, at)
    log_axis(ax, LENGTH_TICKS)
    ax.set(xlabel=xlabel, ylabel="change against the shortest ℓ (nats)")
    ax.legend(loc="best")
    return ax


def move_terms(length_scales, fit, complexity, ax, at):
    """Move what `terms` has drawn to other data or another mark; arguments as there."""
    for name, curve in _changes(fit, complexity).items():
        move(ax, name, length_scales, curve)
        move(ax, f"{name} at", at, np.interp(at, length_scales, curve))
    return move(ax, "at", [at, at], [0, 1])


def profiles(length_scales, curves, ax, truth=None, lowest=-6.0, xlabel="length scale ℓ (decades)"):
    """Draw how many nats each length scale lies below the best one, for several data sets.

    Args:
        length_scales: shape (k,), drawn on a log axis. curves: {name: log densities, shape (k,)}.
        ax: an Axes. truth: a length scale to mark. lowest: end of the vertical axis, in nats.
    """
    for (name, curve), marker in zip(curves.items(), MARKERS, strict=False):
        best = int(np.argmax(curve))
        below = curve - curve[best]
        (line,) = ax.plot(length_scales, below, label=name, gid=name)
        color = line.get_color()
        ax.plot(length_scales[best], 0.0, marker, color=color, clip_on=False, zorder=4)
    if truth is not None:
        label = f"true ℓ = {truth:g}"
        ax.axvline(truth, color=BLACK, linestyle=(0, (1, 2)), linewidth=1.5, label=label)
    log_axis(ax, LENGTH_TICKS)
    ax.set(xlabel=xlabel, ylabel="nats below the best ℓ", ylim=(lowest, 0.35))
    ax.legend(loc="lower left")
    return ax


def belief_and_profile(axes, at, truth, x, mu, sigma, observed, length_scales, curve, prior):
    """Draw a learned belief on the left, and on the right the curve that it was learned from.

    Args:
        axes: two Axes. at: the length scale learned. truth: the function at 10^`x`, shape (m,).
        x, mu, sigma, observed: as for `posterior`, x in log10 of the learning rate.
        length_scales, curve: as for `profiles`, log likelihood plus log prior. prior: the log
            density of the prior there, shape (k,).
    """
    left, right = axes
    learning_rates(x, mu, sigma, observed, left, truth)
    right.plot(length_scales, prior, color=PURPLE, linestyle=":", label="prior alone", gid="prior")
    label = "what is maximized"
    right.plot(length_scales, curve, color=BLUE, linestyle="-", label=label, gid="curve")
    right.plot(at, 0.0, "D", color=VERMILION, label="learned ℓ", gid="best", clip_on=False)
    right.axvline(0.5, color=BLACK, linestyle=(0, (1, 2)), linewidth=1.5, label="true ℓ = 0.5")
    log_axis(right, LENGTH_TICKS)
    right.set(xlabel="length scale ℓ (decades)", ylabel="nats below the best ℓ", ylim=(-6, 0.35))
    right.legend(loc="lower left")
    move_belief_and_profile(axes, at, x, mu, sigma, observed, length_scales, curve, prior)
    return axes


def move_belief_and_profile(axes, at, x, mu, sigma, observed, length_scales, curve, prior):
    """Move what `belief_and_profile` has drawn; arguments as there."""
    left, right = axes
    move_learning_rates(x, mu, sigma, observed, left)
    move(right, "prior", length_scales, prior - np.max(prior))
    move(right, "curve", length_scales, curve - np.max(curve))
    move(right, "best", at, 0.0)
    return axes


def learning_rates(x, mu, sigma, observed, ax, truth=None):
    """Draw a belief of the worked example: accuracy in percent over the learning rate, log axis.

    Args:
        x: log10 of the learning rate, shape (m,). mu, sigma, truth: fractions, shape (m,).
        observed: a pair, log10 of the learning rates and accuracies. ax: an Axes.
    """
    seen = 10 ** np.asarray(observed[0], dtype=float), observed[1]
    labels = {"xlabel": "learning rate (log axis)", "ylabel": "validation accuracy"}
    posterior(10**x, mu, sigma, ax, seen, truth, **labels)
    log_axis(ax, RATE_TICKS)
    ax.set_ylim(0.68, 1.02)
    percent_axis(ax.yaxis)
    ax.legend(loc="lower left")
    return ax


def move_learning_rates(x, mu, sigma, observed, ax):
    """Move what `learning_rates` has drawn to another belief; arguments as there."""
    move(ax, "mean", 10**x, mu)
    move_band(ax, "band", 10**x, mu - 2 * sigma, mu + 2 * sigma)
    move(ax, "observed", 10 ** np.asarray(observed[0], dtype=float), observed[1])
    return ax


def learned(found, axes, truth, what="one data set"):
    """Draw the length scales that data sets of several sizes chose, a panel for each way to choose.

    Args:
        found: {how they were chosen: {number of trainings: length scales, shape (n,)}}.
        axes: as many Axes, which share their vertical axis. truth: a length scale to mark. what: a
            ring stands for.
    """
    for (name, groups), ax in zip(found.items(), axes, strict=True):
        spread(groups, ax, xlabel="trainings", ylabel="", what=what)
        ax.axhline(truth, color=BLACK, linestyle=(0, (1, 2)), label=f"true ℓ = {truth:g}")
        ax.set(yscale="log", title=name)
        ax.set_yticks([], minor=True)
        ax.legend(loc="best")
    axes[0].set_yticks(LENGTH_TICKS, [f"{tick:g}" for tick in LENGTH_TICKS])
    axes[0].set_ylabel("length scale learned (decades)")
    return axes


def relevance(lengths, costs, axes):
    """Draw the length scale of each input above, and below what it costs to leave an input out.

    Args:
        lengths: {title: {input: length scales, shape (n,), 1 for the whole range}}.
        costs: {input left out: {number of rows: costs in nats, shape (n,)}}.
        axes: shape (2, k), a column for each entry of both. Draws of rows are rings.
    """
    for (title, groups), ax in zip(lengths.items(), axes[0], strict=True):
        groups = {name.replace("_", " ").replace(" ", "\n"): each for name, each in groups.items()}
        spread(groups, ax, ylabel="", what="one draw of rows")
        ax.axhline(1.0, color=BLACK, linestyle=(0, (1, 2)), label="the whole range")
        ax.set(yscale="log", title=title, ylim=(0.006, 200))
        ax.tick_params("x", labelsize=10)
        ax.legend(loc="best")
    for (name, groups), ax in zip(costs.items(), axes[1], strict=True):
        spread(groups, ax, xlabel="rows", ylabel="", what="one draw of rows")
        ax.set(title=f"without {name.replace('_', ' ')}", ylim=(-20, 150))
    axes[0, 0].set_ylabel("length scale (1 = whole range)")
    axes[1, 0].set_ylabel("cost of leaving it out (nats)")
    return axes


def two_bands(x, mu, sigma_f, sigma_y, observed, ax, xlabel="x", ylabel="f(x)"):
    """Draw where f is expected, and around it where a new observation y is expected.

    Args:
        x: positions, shape (m,). mu: posterior mean. sigma_f, sigma_y: standard deviations of f and
            of a new y, all (m,). observed: a pair (x, y) of arrays. ax: an Axes.
    """
    for sign in (-1, 1):
        label = {"label": "within 2 sd of a new y"} if sign > 0 else {}
        edge = mu + 2 * sign * sigma_y
        ax.plot(x, edge, color=ORANGE, linestyle="--", linewidth=1.8, **label)
    posterior(x, mu, sigma_f, ax, observed, xlabel=xlabel, ylabel=ylabel)
    return ax


def network_axes(ax):
    """Label an Axes that has accuracies of the network over learning rates."""
    log_axis(ax, (0.0003, 0.001, 0.003, 0.01, 0.03))
    ax.set(xlabel="learning rate (log axis)", ylabel="validation accuracy")
    percent_axis(ax.yaxis)
    ax.legend(loc="upper left")
    return ax


def kernels(distances, curves, ax, log=False, xlabel="distance |x − x′|, in length scales"):
    """Draw how the correlation of two values of f falls with the distance between their inputs.

    Args:
        distances: shape (k,). curves: {name: correlations, shape (k,)}. ax: an Axes.
        log: draw the correlation on a log axis, where a tail can be seen.
    """
    for name, curve in curves.items():
        ax.plot(distances, curve, label=name, gid=name)
    ax.set(xlabel=xlabel, ylabel="correlation of f(x) and f(x′)", yscale="log" if log else "linear")
    ax.legend(loc="best")
    return ax


def samples(x, draws, ax, xlabel="x", ylabel="f(x)"):
    """Draw functions from several priors above each other.

    Args:
        x: positions, shape (m,). draws: {name: functions, shape (n, m)}; ax: an Axes.
    """
    colors, styles = (BLUE, VERMILION, GREEN), ("-", "--", "-.")
    for i, (name, functions) in enumerate(draws.items()):
        for j, values in enumerate(functions):
            label = {"label": name} if j == 0 else {}
            ax.plot(x, values, color=colors[i], linestyle=styles[i], linewidth=1.6, **label)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(loc="best")
    return ax


def log_axis(ax, ticks):
    """Make the horizontal axis of `ax` a log axis with a few plain numbers, `ticks`.

    "0.05" reads better than a power of ten, and is quicker to draw.
    """
    ax.set_xscale("log")
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_xticks([], minor=True)
    return ax


def _changes(fit, complexity):
    fit, complexity = fit - fit[0], complexity - complexity[0]
    return {"fit": fit, "complexity": complexity, "sum": fit + complexity}
