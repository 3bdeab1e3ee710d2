"""Figures of lesson 10: reports, later accuracies, and where the trainings went."""

import numpy as np
from matplotlib.ticker import MultipleLocator, NullLocator

from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    VERMILION,
    artist,
    move,
    percent_axis,
    side_by_side,
)
from bo_tutorial.plotting.looks import look
from bo_tutorial.plotting.runs import spread

LABELS = {
    "learning_rate": "learning rate",
    "batch_size": "batch size (images)",
    "dropout": "dropout (share of units)",
    "n_layers": "layers (count)",
    "hidden_size": "hidden size (units)",
    "time_of_day": "time of day (hours)",
}


# What a search reports, and what is true of it


def progress(curves, ax, hours, points=None, mean_only=()):
    """Draw the accuracy of searches after n trainings: means over their runs, quartiles as bands.

    Args:
        curves: {label: (n, accuracies)}, n of shape (m,), accuracies of shape (runs, m); a label
            begins with "grid", "random" or "BO". hours: the price of a training, for the upper axis
            in days. points: {label: (n, accuracy)}, single results, numbers or arrays.
        mean_only: labels to draw thin, dotted and without a band.
    """
    for label, (n, values) in curves.items():
        style = look(label)
        if label in mean_only:
            thin = {"linestyle": ":", "linewidth": 1.6, "color": style["color"]}
            thin["drawstyle"] = "steps-post"
            ax.plot(n, values.mean(axis=0), **thin, label=label, gid=label)
            continue
        low, high = np.quantile(values, [0.25, 0.75], axis=0)
        ax.fill_between(n, low, high, step="post", color=style["color"], alpha=0.15)
        marks = np.unique(np.searchsorted(n, np.geomspace(n[0], n[-1], 8))).tolist()
        steps = {"drawstyle": "steps-post", "markevery": marks, "gid": label}
        words = f"{label}: mean, quartiles of {len(values)} runs"
        ax.plot(n, values.mean(axis=0), **style, **steps, label=words)
    for label, place in (points or {}).items():
        ax.plot(*place, **look(label, line=False), label=label, gid=label)
    ax.set(xscale="log", xlabel="trainings n (log axis)", ylabel="validation accuracy")
    last = max(np.max(n) for n, _ in (curves | (points or {})).values())
    ticks = [tick for tick in (1, 5, 10, 50, 100, 500, 1000, 5000, 10000) if tick <= last]
    ax.set_xticks(ticks, [f"{tick}" for tick in ticks])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_locator(MultipleLocator(0.05))
    percent_axis(ax.yaxis)
    days = ax.secondary_xaxis("top", functions=(lambda n: n * hours / 24, lambda d: d * 24 / hours))
    days.set_xlabel(f"days at {hours} hours a training")
    shown = [day for day in (1, 10, 100, 1000) if day <= last * hours / 24]
    days.set_xticks(shown, [f"{day}" for day in shown])
    days.xaxis.set_minor_locator(NullLocator())
    ax.legend(loc="lower right")
    return ax


def matched(n, m, accuracy, ax):
    """Mark on `progress` what one search has after n trainings, and where another one has it.

    Args:
        n: trainings of the one. m: trainings of the other, None if it never gets there.
        accuracy: of both.
    """
    ax.plot([], [], color=BLACK, linestyle=":", linewidth=2, gid="match")
    ring = {"marker": "o", "mfc": "none", "color": BLACK, "linestyle": "none", "markersize": 13}
    for name in ("one", "other"):
        ax.plot([], [], **ring, gid=name)
    return move_matched(n, m, accuracy, ax)


def move_matched(n, m, accuracy, ax):
    """Move what `matched` has drawn; arguments as there."""
    bottom, end = ax.get_ylim()[0], ax.get_xlim()[1]
    across = [n, n, end] if m is None else [n, n, m, m]
    move(ax, "match", across, [bottom, accuracy, accuracy, bottom][: len(across)])
    move(ax, "one", n, accuracy)
    move(ax, "other", np.nan if m is None else m, accuracy)
    return ax


def promises(groups, ax, bottom=None):
    """Draw what each run reports and the mean of its later trainings, a line from one to the other.

    Args:
        groups: {name: (reported, later)}, accuracies of shape (runs,).
        bottom: the smallest accuracy shown; what lies below is written there as a number.
    """
    names = ["reported by the search", "mean of 24 later trainings", "mean of the runs"]
    for i, (reported, later) in enumerate(groups.values()):
        labels = names if i == 0 else [None] * 3
        left = i - 0.22 + 0.12 * side_by_side(later)
        ends = [left, left + 0.44], [reported, later]
        ax.plot(*ends, color="gray", linestyle="-", linewidth=0.7)
        for k, (marker, fill, color) in enumerate((("s", "white", VERMILION), ("o", BLUE, BLUE))):
            style = {"marker": marker, "mfc": fill, "color": color, "linestyle": "none"}
            gid = f"{('reported', 'later')[k]} {i}"
            ax.plot(ends[0][k], ends[1][k], **style, markersize=6, label=labels[k], gid=gid)
        for x, values in ((i - 0.22, reported), (i + 0.22, later)):
            bar = {"color": BLACK, "linestyle": "-", "linewidth": 3, "zorder": 4}
            ax.plot([x - 0.14, x + 0.14], [np.mean(values)] * 2, **bar, label=labels[2])
            labels[2] = None
    ax.set_xticks(range(len(groups)), list(groups))
    ax.set(ylabel="validation accuracy", xlim=(-0.5, len(groups) - 0.5))
    if bottom is not None:
        ax.set_ylim(bottom=bottom)
        for i, (_, later) in enumerate(groups.values()):
            for value in later[np.asarray(later) < bottom]:
                words = {"ha": "left", "va": "bottom", "fontsize": 11}
                ax.text(i + 0.28, bottom, f"↓ {value:.0%}", **words)
    percent_axis(ax.yaxis)
    ax.grid(False, axis="x")
    ax.legend(loc="lower left")
    return ax


def shortlist(table, later, half_widths, ax, chosen):
    """Draw the best rows of a table, and each row's later trainings with an interval.

    Args:
        table: accuracies in the table, best first, shape (n,). later: means of later trainings,
            shape (n,); half_widths: of their intervals. chosen: {label: index of a row}.
    """
    rank = np.arange(1, len(table) + 1)
    ring = {"mfc": "white", "color": VERMILION, "linestyle": "--", "linewidth": 1.2, "marker": "s"}
    ax.plot(rank, table, **ring, label="in the table, one training", gid="table")
    bars = {"color": BLUE, "fmt": "o", "capsize": 4, "linestyle": "none"}
    label = "mean of later trainings, 95 % interval"
    ax.errorbar(rank, later, half_widths, **bars, label=label)
    ax.axhline(np.mean(later), color=BLUE, linestyle=":", linewidth=1.5, label="mean of the means")
    for name, index in chosen.items():
        low = rank[index], later[index] - half_widths[index]
        away = {"xytext": (0, -95), "textcoords": "offset points", "ha": "center", "va": "top"}
        ax.annotate(name, low, **away, fontsize=11, arrowprops={"arrowstyle": "->"})
    ax.set(xlabel="rank in the table", ylabel="validation accuracy")
    ax.set_xticks([1, 5, 10, 15, 20][: 1 + len(table) // 5])
    percent_axis(ax.yaxis, decimals=1)
    ax.legend(loc="upper right")
    return ax


# Where the trainings went


def length_scales(groups, ax):
    """Draw length scales of many runs, one column for each hyperparameter, on a log axis.

    Args:
        groups: {name: shape (runs,)}, in ranges of the axis.
    """
    spread(groups, ax, ylabel="length scale ℓ (range of the axis)")
    ax.set(yscale="log", ylim=(0.09, 4))
    ax.set_yticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"])
    ax.legend(loc="lower right")
    return ax


def value_ticks(space, name, axis, points=5):
    """Label an axis of the unit cube with values of the hyperparameter."""
    values = space[name].grid(points)
    places = [float(space[name].to_unit(value)) for value in values]
    axis.set_ticks(places, [f"{value:.3g}" for value in values])


def along_axes(places, space, axes):
    """Draw where trainings lie along each axis, and where the middle of each run is.

    A histogram in tenths of the axis; where it has fewer than ten values, a bar for each.

    Args:
        places: for each axis the places in [0, 1], shape (runs, m). space: a `Space`, its names in
            the order of `places`. axes: as many Axes.
    """
    for each, name, ax in zip(places, space.names, axes, strict=True):
        n_bins = min(10, space[name].n_values)
        edges = np.linspace(0, 1, n_bins + 1)
        share = np.histogram(each, edges)[0] / each.size
        middle = (edges[:-1] + edges[1:]) / 2
        style = {"color": BLUE, "alpha": 0.45, "edgecolor": BLUE}
        ax.bar(middle, share, 0.9 / n_bins, **style, label="trainings 26 to 50", gid="share")
        uniform = {"color": BLACK, "linestyle": "--", "linewidth": 1.5}
        ax.axhline(1 / n_bins, **uniform, label="spread evenly")
        medians = np.sort(np.median(each, axis=1))
        heights = 0.99 + 0.12 * side_by_side(medians)
        style = {"marker": "v", "linestyle": "none", "color": VERMILION, "mfc": "none"}
        label = "median of one run"
        ax.plot(medians, heights, **style, markersize=6, clip_on=False, label=label, gid="medians")
        ax.set(xlabel=LABELS[name], xlim=(0, 1), ylim=(0, 1.08))
        if ax.get_subplotspec().is_first_col():
            ax.set_ylabel("share of trainings")
        value_ticks(space, name, ax.xaxis)
        ax.set_yticks([0, 0.2, 0.4, 0.6, 0.8])
        percent_axis(ax.yaxis)
        ax.grid(False, axis="x")
    return axes


def diary(points, values, t, n_initial, space, axes):
    """Draw the first t trainings of a run along each axis: trial number against value.

    Args:
        points: (n, d), places in the unit cube of the whole run. values: accuracies, (n,).
        t: how many to show. n_initial: how many were placed without a model; a line stands behind
            them. space: a `Space`. axes: d Axes.
    """
    n = len(points)
    for j, (name, ax) in enumerate(zip(space.names, axes, strict=True)):
        dots = ax.scatter([], [], c=[], vmin=0, vmax=1, cmap="cividis", s=60, edgecolor=BLACK)
        dots.set_gid("trainings")
        ax.plot([], [], "D", color=VERMILION, markersize=8, gid="next", linestyle="none")
        ax.axvline(n_initial + 0.5, color=BLACK, linestyle=":", linewidth=1.5, gid="initial")
        ax.set(xlim=(0, n + 1), ylim=(-0.06, 1.06), ylabel=LABELS[name])
        ax.grid(False)
        ax.set_xticks([])
        if j >= len(axes) - 3:
            ax.set_xticks([1, (n + 1) // 2, n])
            ax.set_xlabel("training")
        value_ticks(space, name, ax.yaxis, points=3)  # each label costs a redraw a millisecond
    return move_diary(points, values, t, n_initial, axes)


def move_diary(points, values, t, n_initial, axes):
    """Move what `diary` has drawn to another run or another t; arguments as there."""
    for j, ax in enumerate(axes):
        move(ax, "initial", [n_initial + 0.5] * 2, [0, 1])
        dots = artist(ax, "trainings")
        dots.set_offsets(np.column_stack([np.arange(1, t + 1), points[:t, j]]))
        dots.set_array(values[:t])
        if t < len(points):
            move(ax, "next", t + 1, points[t, j])
        else:
            move(ax, "next", np.nan, np.nan)
    return axes


# The test set


def opened(names, reported, later, test, intervals, ax):
    """Draw three numbers for each pick: reported, later trainings, and test with an interval.

    Args:
        names: of m picks. reported, later, test: accuracies, shape (m,). intervals: ends of the
            test accuracy's interval, shape (m, 2).
    """
    places = np.arange(len(names))
    common = {"linestyle": "none", "markersize": 10}
    ring = {"marker": "o", "mfc": "white", "color": VERMILION}
    ax.plot(places - 0.2, reported, **ring, **common, label="reported, validation", gid="reported")
    label = "24 later trainings, validation"
    ax.plot(places, later, marker="o", color=BLUE, **common, label=label, gid="later")
    low, high = np.transpose(intervals)
    bars = {"color": GREEN, "fmt": "D", "capsize": 5, **common}
    label = "24 later trainings, test, 95 % interval"
    ax.errorbar(places + 0.2, test, [test - low, high - test], **bars, label=label)
    ax.set_xticks(places, names)
    ax.set(ylabel="accuracy", xlim=(-0.6, len(names) - 0.4))
    percent_axis(ax.yaxis)
    ax.grid(False, axis="x")
    ax.legend(loc="lower right")
    return ax
