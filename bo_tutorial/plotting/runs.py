"""What searches found: step curves over seeds, one run, groups of runs side by side."""

import numpy as np

from bo_tutorial import _validate
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


def incumbents(runs, ax, xlabel="evaluations", ylabel="best value so far", optimum=None):
    """Draw how the best value so far grows: medians over seeds as steps, quartiles as bands.

    Args:
        runs: {name: array of shape (n_seeds, n_evaluations)}, the incumbents of each run. A name
            that begins with a method of the course ("random", "BO", ...) has that method's look.
        optimum: a value to mark as the best that there is.

    Raises:
        ValueError: an entry of `runs` is not two-dimensional.
    """
    markers = "osD^v"
    for i, (name, curves) in enumerate(runs.items()):
        curves = _validate.points(f"runs[{name!r}]", curves)
        n_seeds, n = curves.shape
        low, middle, high = np.quantile(curves, [0.25, 0.5, 0.75], axis=0)
        t = np.arange(1, n + 1)
        label = f"{name}: median and quartiles of {n_seeds} seeds"
        drawn = look(name) if method_of(name) else {"marker": markers[i % len(markers)]}
        (line,) = ax.step(t, middle, where="post", markersize=6, label=label, **drawn)
        ax.fill_between(t, low, high, step="post", color=line.get_color(), alpha=0.18)
    if optimum is not None:
        ax.axhline(optimum, color=BLACK, linestyle=":", linewidth=1.5, label="optimum")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="lower right")
    return ax


def evaluations(values, ax, optimum=None, xlabel="evaluation", ylabel="f(x)"):
    """Draw one run: each value as it came, and the best so far as a step curve.

    Args:
        values: shape (n,), in the order of evaluation. optimum: a value to mark as the best that
            there is.
    """
    t = np.arange(1, len(values) + 1)
    best = np.fmax.accumulate(values)
    ax.step(t, best, where="post", color=ORANGE, linestyle="-.", label="incumbent")
    ax.plot(t, values, color=BLACK, marker="o", linestyle="none", label="observed")
    if optimum is not None:
        ax.axhline(optimum, color=BLACK, linestyle=":", linewidth=1.5, label="optimum")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="best")
    return ax


def largest_scores(t, scores, ax, threshold=None, name="EI", units="units of f"):
    """Draw the largest acquisition of each turn on a log axis, and what is too little to matter.

    Args:
        t: the number of the evaluation that was chosen by it, shape (n,). scores: shape (n,),
            positive. threshold: a value to mark. name, units: for the label.
    """
    ax.plot(t, scores, color=GREEN, linestyle="-", marker="s", label=f"largest {name}")
    if threshold is not None:
        label = f"{threshold:g}: too little to matter"
        ax.axhline(threshold, color=PURPLE, linestyle="--", linewidth=1.8, label=label)
    ax.set(yscale="log", xlabel="evaluation that it chose", ylabel=f"largest {name} ({units})")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="best")
    return ax


def spread(groups, ax, xlabel="", ylabel="regret", what="one run"):
    """Draw every run of each group as a ring, the median as a bar, the quartiles as a line.

    Args:
        groups: {name: array of shape (n,)}. what: what a ring stands for.
    """
    for i, values in enumerate(groups.values()):
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
        places = i + 0.44 * side_by_side(values)
        first = {"label": what} if i == 0 else {}
        ax.plot(places, values, "o", mfc="none", color=BLUE, markersize=6, zorder=3, **first)
        first = {"label": "median and quartiles"} if i == 0 else {}
        ax.plot([i - 0.33, i + 0.33], [middle, middle], color=VERMILION, linestyle="-", linewidth=3)
        ax.plot([i + 0.33, i + 0.33], [low, high], color=VERMILION, linestyle="-", **first)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.set_xticks(range(len(groups)), [str(name) for name in groups])
    ax.grid(False, axis="x")
    ax.legend(loc="best")
    return ax


def reported_and_true(runs, ax, xlabel="reported", ylabel="true value"):
    """Draw what a run reports against what is true of it; on the diagonal, it keeps its word.

    Args:
        runs: {name: (reported, true)}, each a pair of arrays of shape (n,) in the same units.
    """
    for (name, (reported, true)), marker in zip(runs.items(), "os^", strict=False):
        ax.plot(reported, true, marker=marker, linestyle="none", label=name, alpha=0.8)
    ends = [min(ax.get_xlim()[0], ax.get_ylim()[0]), max(ax.get_xlim()[1], ax.get_ylim()[1])]
    ax.plot(ends, ends, color=BLACK, linestyle=":", linewidth=1.5, label="reported = true")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(loc="best")
    return ax
