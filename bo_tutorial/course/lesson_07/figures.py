"""Lesson 07: a run, a game beside the model's own, stopping rules, numbers of initial points."""

import numpy as np

from bo_tutorial.course.lesson_00.figures import XLABEL, YLABEL
from bo_tutorial.course.lesson_07.numerics import share_interval
from bo_tutorial.plotting.base import BLACK, BLUE, VERMILION, artist, move, percent_axis
from bo_tutorial.plotting.belief import (
    acquisition,
    incumbent_line,
    move_acquisition,
    move_posterior,
    posterior,
)
from bo_tutorial.plotting.runs import spread


def step(x, truth, state, axes):
    """Draw one moment of a run so that it can be moved to another one.

    EI is drawn as a share of its largest value, since that falls by five orders of magnitude
    within a run; the caller says how large it is.

    Args:
        x: positions, shape (n,). truth: f there, shape (n,).
        state: (mu, sigma, ei, observed, next_x), as `move_step` takes it. axes: top and bottom.
    """
    mu, sigma, ei, observed, next_x = state
    top, bottom = axes
    posterior(x, mu, sigma, top, observed, truth, xlabel="")
    incumbent_line(np.max(observed[1]), top)
    acquisition(x, _share(ei), bottom, next_x, units="share of its peak")
    for ax in axes:
        look = {"color": VERMILION, "linestyle": ":", "linewidth": 1.5}
        ax.axvline(next_x, **look, gid="choice")
        ax.set_xlim(-0.02, 1.02)
    top.set_ylim(min(truth.min(), -10) - 1, truth.max() + 4)
    bottom.set_ylim(0, 1.15)
    return axes


def move_step(x, state, axes, show_truth):
    """Move what `step` has drawn to another moment.

    Args:
        x: positions, shape (n,). state: (mu, sigma, ei, (X, y), next_x): posterior and expected
            improvement at `x`, shape (n,) each; what was observed; the point chosen.
        axes: as for `step`. show_truth: whether the hidden function is to be seen.
    """
    mu, sigma, ei, observed, next_x = state
    top, bottom = axes
    move_posterior(x, mu, sigma, top, observed)
    artist(top, "incumbent").set_ydata([np.max(observed[1])] * 2)
    artist(top, "truth").set_visible(show_truth)
    move_acquisition(x, _share(ei), bottom, next_x)
    for ax in axes:
        artist(ax, "choice").set_xdata([next_x] * 2)
    return axes


def _share(ei):
    return ei / max(float(np.max(ei)), np.finfo(float).tiny)


def replayed(at, state, ax, title):
    """Draw what a model believes in the middle of a game, what it asks, and what was played.

    Args:
        at: positions, shape (n,). state: (mu, sigma, observed, next_x, played), as
            `move_replayed` takes it. ax: an Axes; of a grid, only the outer ones keep their labels.
    """
    mu, sigma, observed, next_x, played = state
    posterior(at, mu, sigma, ax, observed, xlabel=XLABEL, ylabel=YLABEL)
    incumbent_line(np.max(observed[1]), ax)
    ax.axvline(next_x, color=BLACK, linestyle=":", label="the model asks", gid="asks")
    look = {"color": VERMILION, "marker": "D", "markersize": 10, "linestyle": "none"}
    ax.plot(*played, **look, label="played next", gid="played", zorder=4)
    ax.set(ylim=(-0.15, 1.3), xlim=(-0.02, 1.02), title=title)
    ax.set(xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])  # few: a redraw spends its time on labels
    percent_axis(ax.yaxis)
    ax.label_outer()
    ax.legend(loc="best")
    return ax


def move_replayed(at, state, ax):
    """Move what `replayed` has drawn to another moment.

    Args:
        at: positions, shape (n,). state: (mu, sigma, (x, values), next_x, (x, value)): the belief
            at `at`, shape (n,) each, fractions of 1; the evaluations so far; what the model asks
            next; what was played next and what it scored.
    """
    mu, sigma, observed, next_x, played = state
    move_posterior(at, mu, sigma, ax, observed)
    artist(ax, "incumbent").set_ydata([np.max(observed[1])] * 2)
    artist(ax, "asks").set_xdata([next_x] * 2)
    move(ax, "played", *played)
    return ax


def stopped(regrets, ax, height):
    """Draw the regret that stopping rules leave, and count the runs that ended on a lower hill.

    Args:
        regrets: {rule: array of shape (n,)}, units of f. height: a regret above it means the lower
            hill.

    Returns:
        The counts, a list with one number for each rule.
    """
    spread(regrets, ax, ylabel="regret when stopped (units of f)")
    counts = [int(np.sum(np.asarray(each) > height)) for each in regrets.values()]
    n = len(next(iter(regrets.values())))
    ax.set(yscale="log", title=f"on the low hill: {' and '.join(map(str, counts))} of {n}")
    return counts


def initial_points(regrets, axes, lost=0.5):
    """Draw what the number of initial points costs, where the length scale is fixed or learned.

    Args:
        regrets: {(function, length, n_initial): shape (n,)}, as `numerics.initial_points` returns
            them. axes: two Axes: the median regret on Branin's function with its quartiles, and
            how many runs on Forrester's function are lost, with the 95 % interval of the share.
        lost: the regret from which on a run is lost, units of f.
    """
    looks = {"fixed": (BLUE, "o", "-", -0.08), "learned": (VERMILION, "s", "--", 0.08)}
    for length, (color, marker, line, shift) in looks.items():
        for function, ax in zip(("branin", "forrester"), axes, strict=True):
            runs = {n: r for (f, kind, n), r in regrets.items() if (f, kind) == (function, length)}
            if function == "branin":
                bars = np.array([np.quantile(r, [0.25, 0.5, 0.75]) for r in runs.values()])
                low, middle, high = bars.T
            else:
                n_runs = len(next(iter(runs.values())))
                middle = np.array([np.sum(r > lost) for r in runs.values()])
                bars = np.array([share_interval(count, n_runs) for count in middle]) * n_runs
                low, high = bars.T
            x = np.arange(len(runs)) + shift
            look = {"color": color, "marker": marker, "linestyle": line, "capsize": 3}
            ends = np.maximum([middle - low, high - middle], 0)  # 0 of n rounds below
            ax.errorbar(x, middle, ends, **look, label=f"length scale {length}", gid=length)
            ax.set_xticks(range(len(runs)), [str(n) for n in runs])
    left, right = axes
    left.set(yscale="log", xlabel="initial points, of 20", ylabel="median regret (units of f)")
    left.set_title("Branin: median and quartiles")
    right.set(xlabel="initial points, of 10", ylabel=f"runs lost (regret above {lost:g})", ylim=0)
    right.set_title("Forrester: runs lost of 100, 95 % interval")
    for ax in axes:
        ax.legend(loc="best")
    return axes
