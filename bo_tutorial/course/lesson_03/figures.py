"""Figures of lesson 03: what blind draws hit, what they show of each axis, what they forget."""

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator

from bo_tutorial.course.lesson_03.numerics import hit_rate, largest_gap, n_distinct, shadow
from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILION,
    artist,
    move,
    percent_axis,
)
from bo_tutorial.plotting.looks import look

# A Latin hypercube meets "random" and "Sobol" in one figure; no strategy of the package is one.
LATIN = {"color": ORANGE, "linestyle": "-.", "marker": "D"}


def _look(name, line=True):
    """How a group of points is drawn: a method as everywhere, a Latin hypercube as above."""
    if name != "Latin hypercube":
        return look(name, line)
    return LATIN if line else LATIN | {"linestyle": "none"}


# The chance of a hit


def hit_rates(n, shares, ax, measured=None):
    """Draw the chance of at least one good draw against the number of draws.

    Args:
        n: numbers of draws, shape (m,), on a log axis. shares: {label: p}, a curve for each.
        measured: {label: shape (m,)}, shares of simulated searches that hit, drawn as rings.
    """
    for (label, p), color, style in zip(
        shares.items(), (BLUE, VERMILION, GREEN), ("-", "--", "-."), strict=False
    ):
        ax.plot(n, hit_rate(p, n), color=color, linestyle=style, label=label, gid=label)
        if measured is not None and label in measured:
            ax.plot(n, measured[label], "o", color=color, mfc="none", clip_on=False)
    if measured is not None:
        ax.plot([], [], "o", color=BLACK, mfc="none", label="simulated")
    ax.legend(loc="upper left")
    return _chance_axes(n, ax)


def _chance_axes(n, ax):
    ax.set(xscale="log", xlabel="draws n", ylabel="chance of at least one hit", ylim=(0, 1.03))
    ticks = [tick for tick in (1, 10, 100, 1000) if n[0] <= tick <= n[-1]]
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.set_xlim(n[0], n[-1])
    percent_axis(ax.yaxis)
    return ax


def waiting(first, ax, marks, bins=30):
    """Draw how many draws each search needed until its first hit, and mark numbers of interest.

    Args:
        first: number of the first good draw, shape (m,). marks: {label: number of draws}.
    """
    ax.hist(first, bins=bins, color=BLUE, alpha=0.35, edgecolor=BLUE, label="searches")
    for (label, x), style in zip(marks.items(), ("-", "--", ":"), strict=False):
        ax.axvline(x, color=BLACK, linestyle=style, label=f"{label}: {x:.0f}")
    ax.set(xlabel="draws until the first hit", ylabel="searches (count)")
    ax.legend(loc="upper right")
    return ax


def chance(n, p, draws, ax):
    """Draw one curve of `hit_rates`, a mark at `draws`, and a line at the expected number 1/p."""
    ax.plot(n, hit_rate(p, n), color=BLUE, linestyle="-", label="chance of a hit", gid="chance")
    ax.axvline(1 / p, color=BLACK, linestyle=":", label="expected draws, 1/p", gid="expected")
    ax.plot(
        draws, hit_rate(p, draws), "D", color=VERMILION, label="your n", gid="chosen", clip_on=False
    )
    ax.legend(loc="upper left")
    return _chance_axes(n, ax)


def move_chance(n, p, draws, ax):
    """Move what `chance` has drawn; arguments as there."""
    move(ax, "chance", n, hit_rate(p, n))
    move(ax, "expected", [1 / p] * 2, [0, 1])
    move(ax, "chosen", draws, hit_rate(p, draws))
    return ax


# What nine points show of each axis


def margins(configs, scores, axes, slice_rows, label):
    """Draw trainings on two axes, and above them what they say about the learning rate alone.

    Args:
        configs: n configurations with `learning_rate` and `batch_size`. scores: accuracies, (n,).
        axes: two Axes, top and bottom. slice_rows: (rates, sizes, accuracy) as `network_slice`
            returns them; its range over the batch sizes is the band above. label: "grid", ...
    """
    tried = [[config[name] for config in configs] for name in ("learning_rate", "batch_size")]
    top, bottom = axes
    rates, sizes, accuracy = slice_rows
    low, high = accuracy.min(axis=1), accuracy.max(axis=1)
    top.fill_between(rates, low, high, color="gray", alpha=0.3, label="range over batch sizes")
    mean = accuracy.mean(axis=1)
    top.plot(rates, mean, color=BLACK, linestyle="--", linewidth=1.5, label="mean over batch sizes")
    style = look(label, line=False)
    top.plot(tried[0], scores, **style, label=label, gid="scores", clip_on=False)
    colors = bottom.pcolormesh(rates, sizes, accuracy.T, vmin=0, vmax=1, shading="nearest")
    bar = bottom.figure.colorbar(colors, ax=bottom, location="bottom", aspect=40, pad=0.02)
    bar.set_label("validation accuracy")
    percent_axis(bar.ax.xaxis)
    # A pale rim, and a stem up to the margin: the points are seen on dark and light ground.
    rim = {"markeredgecolor": "white", "markersize": 11, "zorder": 3, "clip_on": False}
    bottom.vlines(tried[0], tried[1], sizes[-1], color="white", linestyle=":", linewidth=1.3)
    bottom.plot(*tried, **style, **rim, gid="tried")
    top.set(xscale="log", ylim=(0, 1.03), ylabel="validation accuracy")
    percent_axis(top.yaxis)
    top.set_title(f"{label}: {n_distinct(np.log10(tried[0]))} learning rates")
    bottom.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="batch size (images)")
    bottom.set_yticks([16, 32, 64, 128, 256], ["16", "32", "64", "128", "256"])
    bottom.yaxis.set_minor_locator(NullLocator())
    top.set_xlim(bottom.get_xlim())  # a stem ends below its point
    bottom.grid(False)
    top.legend(loc="lower center")
    return axes


def shadows(groups, degrees, ax):
    """Draw the shadows of groups of points on several directions, one below the other.

    Args:
        groups: {"grid": points, ...}, each shape (n, 2) in the unit square.
        degrees: the directions, angles from the first axis, shape (m,).
    """
    ticks, labels = [], []
    for row, angle in enumerate(degrees):
        for offset, (name, points) in zip((-0.18, 0.18), groups.items(), strict=True):
            places = shadow(points, angle)
            first = {"label": name} if row == 0 else {}
            height = np.full(len(places), row + offset)
            ax.plot(places, height, **look(name, line=False), **first, clip_on=False)
            ticks.append(row + offset)
            labels.append(f"{angle:g}°, {name}: {n_distinct(places)} different")
    ax.set_yticks(ticks, labels)
    ax.set(xlabel="place along the direction that matters (0 to 1)", xlim=(-0.03, 1.03))
    ax.set_ylim(len(degrees) - 0.5, -0.5)
    for row in range(1, len(degrees)):
        ax.axhline(row - 0.5, color=BLACK, linewidth=0.8)
    ax.grid(False, axis="y")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def projection(groups, degrees, axes):
    """Draw groups of points, the direction that matters, and the shadow of each group on it.

    Args:
        groups, as for `shadows`. degrees: one angle. axes: a pair, the square and the shadows.
    """
    square, strip = axes
    for height, (name, points) in enumerate(groups.items()):
        style = look(name, line=False)
        square.plot(*points.T, **style, label=name, gid=name, clip_on=False)
        places = shadow(points, degrees)
        strip.plot(places, np.full(len(places), height), **style, gid=name, clip_on=False)
    arrow = {"color": BLACK, "linestyle": "-", "linewidth": 2.5, "zorder": 0}
    square.plot([], [], **arrow, label="direction that matters", gid="direction")
    square.set(xlabel="hyperparameter 1 (unit axis)", ylabel="hyperparameter 2 (unit axis)")
    square.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    strip.set(xlim=(-0.03, 1.03), ylim=(-0.6, len(groups) - 0.4))
    strip.set(xlabel="place along the direction that matters (0 to 1)", ylabel="shadow")
    strip.set_yticks(range(len(groups)), list(groups))
    for height in range(len(groups)):
        strip.text(0, height + 0.2, "", gid=f"count {height}", fontsize=12)
    return move_projection(groups, degrees, axes)


def move_projection(groups, degrees, axes):
    """Move what `projection` has drawn; arguments as there."""
    square, strip = axes
    for height, (name, points) in enumerate(groups.items()):
        places = shadow(points, degrees)
        move(square, name, *points.T)
        move(strip, name, places, np.full(len(places), height))
        artist(strip, f"count {height}").set_text(
            f"{n_distinct(places)} different places, largest gap {largest_gap(places):.2f}"
        )
    reach = 0.5 * np.array([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))])
    move(square, "direction", *np.transpose([[0.5, 0.5] - reach, [0.5, 0.5] + reach]))
    return axes


def unit_square(points, name, ax):
    """Draw points of the unit square, a tick on both axes for each, and state the largest gaps."""
    style = _look(name, line=False)
    ax.plot(*points.T, **style, gid="points", clip_on=False)
    for axis, places in enumerate(points.T):
        low, high = (-0.09, -0.03)
        ends = np.full(len(places), low), np.full(len(places), high)
        draw = ax.vlines if axis == 0 else ax.hlines
        draw(places, *ends, color=style["color"], clip_on=False, linewidth=1.8)
    gaps = largest_gap(points)
    ax.set(xlabel="first axis (unit cube)", ylabel="second axis (unit cube)")
    ax.set(xlim=(-0.1, 1), ylim=(-0.1, 1), aspect="equal")
    ax.set_title(f"{name}: largest gaps\n{gaps[0]:.2f} and {gaps[1]:.2f}")
    return ax


def by_count(counts, groups, ax, ylabel, percent=False):
    """Draw medians and quartiles of groups against the number of draws.

    Args:
        counts: shape (m,), on a log axis. groups: {"random": shape (n_seeds, m), ...}.
        percent: the values are fractions, and the axis says percent.
    """
    for name, values in groups.items():
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
        style = _look(name)
        ax.fill_between(counts, low, high, color=style["color"], alpha=0.18)
        label = f"{name}: median, quartiles of {len(values)}"
        ax.plot(counts, middle, **style, label=label, gid=name)
    ax.set_xscale("log", base=2)
    ax.set_xticks(counts, [str(n) for n in counts])
    ax.set(xlabel="draws n", ylabel=ylabel)
    if percent:
        ax.yaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10]))  # whole percents
        percent_axis(ax.yaxis)
    ax.legend(loc="best")
    return ax


# Which axes matter, and whether a grid or chance finds more


def shares(names, columns, ax):
    """Draw shares of a variance as bars, one group a name.

    Args:
        names: m names, the first on top. columns: {label: shares, shape (m,)}, two of them.
    """
    places = np.arange(len(names))
    for shift, (label, values), color, hatch in zip(
        (-0.2, 0.2), columns.items(), (BLUE, ORANGE), ("", "//"), strict=True
    ):
        bars = ax.barh(
            places + shift, values, 0.38, color=color, hatch=hatch, edgecolor=BLACK, label=label
        )
        ax.bar_label(bars, [f"{value:.0%}" for value in values], padding=3, fontsize=11)
    ax.set_yticks(places, names)
    ax.set(xlabel="share of the variance of the accuracy", xlim=(0, 1))
    ax.invert_yaxis()
    percent_axis(ax.xaxis)
    ax.grid(False, axis="y")
    ax.legend(loc="lower right")
    return ax


def duels(names, one, every, ax, one_label):
    """Draw how often chance beats a grid, one row a pair of axes.

    Args:
        names: m names, the first on top. one: chances against one chosen grid, shape (m,).
        every: chances against all placements of it, shape (n, m). one_label: for the legend.
    """
    rows = np.arange(len(names))
    ends = every.min(axis=0), every.max(axis=0)
    ax.hlines(rows, *ends, color="gray", linewidth=3, label=f"range of {len(every)} placements")
    mean = every.mean(axis=0)
    ax.plot(mean, rows, "o", color=BLUE, mfc="white", label="mean of the placements", gid="mean")
    ax.plot(one, rows, "D", color=VERMILION, linestyle="none", label=one_label, gid="one")
    ax.axvline(0.5, color=BLACK, linestyle=":", linewidth=1.5)
    ax.set_yticks(rows, names)
    ax.set(xlabel="chance that the random draws win (a tie counts half)", xlim=(0, 1))
    ax.invert_yaxis()
    percent_axis(ax.xaxis)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def reach(targets, drawn, laid, n, ax, title):
    """Draw the chance to reach an accuracy by chance and by a grid, at the same price.

    Args:
        targets: accuracies, shape (m,). drawn, laid: chances to reach each, shape (m,).
        n: number of draws, and of points of the grid.
    """
    for label, chances in {f"random, {n} draws": drawn, f"grid, {n} points": laid}.items():
        style = look(label)
        ax.plot(targets, chances, **style, markevery=4, label=label, gid=label)
    ax.set(xlabel="accuracy to reach", ylabel="chance to reach it", title=title, ylim=(0, 1.03))
    percent_axis(ax.xaxis)
    percent_axis(ax.yaxis)
    ax.legend(loc="lower left")
    return ax


# What one training tells about another


def neighbors(here, there, ax, known, labels, slope=None):
    """Draw pairs of neighboring rows, and one pair to point out.

    Args:
        here, there: accuracies of the two rows of each pair, shape (n,). known: one pair.
        labels: names of the two axes. slope: (slope, intercept) of the line through the cloud.
    """
    ax.plot(here, there, "o", color=BLUE, alpha=0.35, markersize=5, label="pairs", gid="pairs")
    ends = np.array([0.0, 1.0])
    ax.plot(ends, ends, color=BLACK, linestyle=":", linewidth=1.5, label="equal")
    if slope is not None:
        ax.plot(
            ends,
            slope[0] * ends + slope[1],
            color=PURPLE,
            linestyle="--",
            label="best line",
            gid="line",
        )
    ax.plot(
        *known,
        "D",
        color=VERMILION,
        markersize=11,
        markeredgecolor=BLACK,
        label="x and x′",
        gid="known",
    )
    ax.set(xlabel=labels[0], ylabel=labels[1], xlim=(0, 1), ylim=(0, 1))
    percent_axis(ax.xaxis)
    percent_axis(ax.yaxis)
    ax.legend(loc="lower right")
    return ax


def correlations(steps, curves, ax):
    """Draw the correlation of rows against their distance on the grid, a curve for each axis.

    Args:
        steps: shape (m,). curves: {name: shape (m,)}.
    """
    for (name, values), marker in zip(curves.items(), "osD^v", strict=False):
        ax.plot(steps, values, marker=marker, label=name, gid=name)
    ax.axhline(0, color=BLACK, linewidth=1)
    ax.set(xlabel="distance (grid steps)", ylabel="correlation", ylim=(-0.55, 1.03))
    ax.set_xticks(steps)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax
