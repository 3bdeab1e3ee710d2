"""Grids: what they cost, what their table holds, in which order it comes, what they miss."""

import numpy as np
from matplotlib.ticker import FuncFormatter, PercentFormatter

from bo_tutorial.course.lesson_02.numerics import distance_to_nearest, grid_points, ridge
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

HOURS_PER_DAY = 24


def costs(values, dimensions, ax, budgets=None):
    """Draw n^d, the number of trainings of a grid, on a log axis.

    Args:
        values: numbers of values per hyperparameter, one curve each. dimensions: numbers of
            hyperparameters d, shape (k,). budgets: {name: trainings} to mark across the panel.
    """
    dimensions = np.asarray(dimensions)
    for n, marker in zip(values, "os^D", strict=False):
        label = f"{n} values each"
        ax.plot(dimensions, float(n) ** dimensions, marker=marker, label=label)
    for name, trainings in (budgets or {}).items():
        ax.axhline(trainings, color=BLACK, linestyle=(0, (1, 3)), linewidth=1.5)
        edge = ax.get_yaxis_transform()  # x as a share of the panel, y in data
        ax.text(1.01, trainings, name, transform=edge, va="center", fontsize=11)
    ax.set(
        yscale="log",
        xticks=dimensions,
        xlabel="hyperparameters, d",
        ylabel="trainings (log axis)",
    )
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.legend(loc="upper left")
    return ax


def whole_table(cube, values, ax, bar_label="validation accuracy"):
    """Draw all rows of a five-dimensional grid as one picture, a cell for each.

    Blocks from left to right: the first hyperparameter; blocks from top to bottom: the fourth.
    Within a block, columns are the fifth and, finer, the second; rows are the third.

    Args:
        cube: fractions, shape (5, 5, 5, 5, 5). values: {name: the five values of it}, in the order
            of the axes.
    """
    picture = cube.transpose(3, 2, 0, 4, 1).reshape(25, 125)
    drawn = ax.imshow(
        picture, aspect="auto", interpolation="nearest", vmin=0, vmax=1, extent=(0, 5, 5, 0)
    )
    bar = ax.figure.colorbar(drawn, ax=ax, label=bar_label)
    bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    names = [name.removeprefix("n_").replace("_", " ") for name in values]
    for edge in range(1, 5):
        ax.axvline(edge, color="white", linewidth=3)
        ax.axhline(edge, color="white", linewidth=3)
    blocks = list(values.values())
    ax.set_xticks(np.arange(5) + 0.5, [f"{value:g}" for value in blocks[0]])
    ax.set_yticks(np.arange(5) + 0.5, [f"{value:g}" for value in blocks[3]])
    ax.set(
        xlabel=f"{names[0]}; within a block: {names[4]}, and finer: {names[1]}",
        ylabel=f"{names[3]}; within: {names[2]}",
    )
    ax.tick_params(length=0)
    ax.grid(False)
    return ax


def one_block(block, values, ax, title):
    """Draw one block of `whole_table` enlarged, with the values along its edges.

    Args:
        block: fractions, shape (5, 5, 5): batch sizes, dropouts, hidden sizes. values: as for
            `whole_table`.
    """
    _, batches, dropouts, _, sizes = values.values()
    picture = block.transpose(1, 2, 0).reshape(5, 25)
    ax.imshow(picture, aspect="auto", interpolation="nearest", vmin=0, vmax=1, extent=(0, 5, 5, 0))
    for edge in range(1, 5):
        ax.axvline(edge, color="white", linewidth=2)
    ax.set_xticks(np.arange(5) + 0.5, [f"{size:g}" for size in sizes])
    ax.set_yticks(np.arange(5) + 0.5, [f"{dropout:g}" for dropout in dropouts])
    within = f"{batches[0]:g} to {batches[-1]:g}"
    ax.set(xlabel=f"hidden size; within a strip: batch size, {within}", ylabel="dropout")
    ax.set_title(title)
    ax.tick_params(length=0)
    ax.grid(False)
    return ax


def best_so_far(orders, ax, hours=4, target=None):
    """Draw the best value so far against days on a log axis, one step curve for each order.

    Args:
        orders: {name: values in the order of evaluation, shape (n,), or several such runs, shape
            (k, n): then the median and the quartiles}. hours: price of one evaluation. target: a
            value to mark.
    """
    looks = zip((BLUE, VERMILION, GREEN, PURPLE), ("-", "--", "-.", ":"), strict=True)
    for (name, values), (color, style) in zip(orders.items(), looks, strict=False):
        days, (low, middle, high) = _steps(values, hours)
        label = name if np.ndim(values) == 1 else f"{name}: median and quartiles of {len(values)}"
        look = {"color": color, "linestyle": style, "label": label, "gid": name}
        ax.step(days, middle, where="post", **look)
        if np.ndim(values) == 2:
            ax.fill_between(days, low, high, step="post", color=color, alpha=0.2)
    if target is not None:
        label = f"{target:.0%}"
        ax.axhline(target, color=BLACK, linestyle=(0, (1, 3)), linewidth=1.5, label=label)
    ax.set(
        xscale="log",
        ylim=(0, 1),
        xlabel="days of one machine (log axis)",
        ylabel="best validation accuracy so far",
    )
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    percent_axis(ax.yaxis)
    ax.legend(loc="lower right")
    return ax


def move_best_so_far(name, values, ax, hours=4):
    """Move one curve of `best_so_far` to another order, values of shape (n,)."""
    days, (_, middle, _) = _steps(values, hours)
    move(ax, name, days, middle)
    return ax


def between_lines(rates, scores, ax, lines, title):
    """Draw accuracies at learning rates between two grid values: mean and spread over seeds.

    Args:
        rates: shape (n,). scores: shape (n_seeds, n). lines: the values that the grid has.
    """
    mean, sd = scores.mean(axis=0), scores.std(axis=0, ddof=1)
    inside = ~np.isin(np.round(rates, 12), np.round(lines, 12))
    for i, line in enumerate(lines):
        label = "values of the grid" if i == 0 else None
        ax.axvline(line, color=BLACK, linestyle=":", linewidth=1.8, label=label)
    band = f"± 1 sd over {len(scores)} seeds"
    ax.fill_between(rates, mean - sd, mean + sd, color=BLUE, alpha=0.2, label=band)
    ax.plot(rates, mean, color=BLUE, linestyle="-", label="mean over seeds", gid="mean")
    for part, marker, label in ((inside, "o", "between"), (~inside, "s", "on the grid")):
        color = BLUE if marker == "o" else VERMILION
        ax.plot(rates[part], mean[part], marker, color=color, markersize=7, label=label, gid=label)
    ax.set(xscale="log", title=title, xlabel="learning rate (log axis)", ylim=(0, 1))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(FuncFormatter(lambda value, _: ""))
    percent_axis(ax.yaxis)
    ax.legend(loc="lower left")
    return ax


def best_of_few(found, ax):
    """Draw how often a search has found less than each accuracy: one step curve for each search.

    Args:
        found: {name: (values, share)}, values rising, share of the searches that end at or below.
    """
    looks = ((VERMILION, "-"), (BLUE, "--"))
    for (name, (values, share)), (color, style) in zip(found.items(), looks, strict=False):
        ax.plot(values, share, color=color, linestyle=style, drawstyle="steps-post", label=name)
    ax.set(xlabel="best accuracy found", ylabel="searches that end at or below", ylim=(0, 1))
    ax.set_xlim(0.6, 1.0)
    percent_axis(ax.xaxis), percent_axis(ax.yaxis)
    ax.legend(loc="upper left")
    return ax


def ridge_under_grid(center, width, ax, n=3):
    """Draw a ridge over two inputs and an n x n grid on top of it.

    Args:
        center, width: as for `blind_spots.ridge`.
    """
    x = np.linspace(0, 1, 201)
    ax.imshow(
        ridge(x, center, width)[None, :],
        extent=(-0.0025, 1.0025, -0.08, 1.08),
        aspect="auto",
        origin="lower",
        vmin=0,
        vmax=1,
        gid="ridge",
    )
    points = grid_points(n, 2)
    look = {"color": "white", "markeredgecolor": BLACK, "markersize": 11, "linestyle": "none"}
    ax.plot(*points.T, marker="o", label=f"{n} × {n} grid", clip_on=False, zorder=3, **look)
    ax.set(
        xlim=(-0.0025, 1.0025),
        ylim=(-0.08, 1.08),
        xlabel="x₁, which matters",
        ylabel="x₂, which does not",
        title=_best_title(center, width, n),
    )
    ax.grid(False)
    return ax


def best_on_grid(width, ax, centers=(), n=3):
    """Draw the best of a grid's scores against where the ridge lies.

    Args:
        width: of the ridge. centers: places to mark. n: values per input.
    """
    ax.plot([], [], color=BLUE, linestyle="-", label="best of the grid", gid="best")
    ax.axhline(1, color=BLACK, linestyle="--", linewidth=1.5)
    look = {"color": ORANGE, "markeredgecolor": BLACK, "linestyle": "none"}
    ax.plot([], [], marker="D", label="this ridge", gid="place", zorder=3, **look)
    ax.set(
        xlim=(-0.02, 1.02),
        ylim=(-0.05, 1.1),
        xlabel="center of the ridge (units of x₁)",
        ylabel="best f found (top = 1)",
    )
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2)
    move_best_on_grid(centers, width, ax, n)
    return ax


def move_ridge(center, width, axes, n=3):
    """Move a ridge and its place on the curve of `best_on_grid`; return the best of the grid."""
    left, right = axes
    artist(left, "ridge").set_data(ridge(np.linspace(0, 1, 201), center, width)[None, :])
    left.set_title(_best_title(center, width, n))
    move_best_on_grid([center], width, right, n)
    return _best_of(center, width, n)


def move_best_on_grid(centers, width, ax, n=3):
    """Move what `best_on_grid` has drawn."""
    along = np.linspace(0, 1, 401)
    move(ax, "best", along, [_best_of(center, width, n) for center in along])
    move(ax, "place", np.asarray(centers, float), [_best_of(c, width, n) for c in centers])
    return ax


def blind_spots(n, ax, ends=True):
    """Draw how far each place of the unit square is from the nearest point of an n x n grid.

    Args:
        ends: as for `blind_spots.grid_points`.
    """
    x = np.linspace(0, 1, 121)
    places = np.stack(np.meshgrid(x, x), axis=-1).reshape(-1, 2)
    points = grid_points(n, 2, ends)
    far = distance_to_nearest(places, points)
    levels = np.linspace(0, 0.36, 10)
    drawn = ax.contourf(x, x, far.reshape(121, 121), levels=levels)
    if ax.get_subplotspec().is_last_col():
        ax.figure.colorbar(drawn, ax=ax, label="distance to the nearest point")
    worst = places[np.isclose(far, far.max(), atol=1e-9)]
    look = {"markeredgecolor": BLACK, "linestyle": "none", "clip_on": False, "zorder": 3}
    ax.plot(*points.T, marker="o", color="white", label="grid", gid="grid", **look)
    label = f"farthest: {far.max():.3f}"
    ax.plot(*worst.T, marker="X", color=VERMILION, markersize=11, label=label, gid="worst", **look)
    ax.set(xlabel="x₁", ylabel="x₂", aspect="equal", xlim=(0, 1), ylim=(0, 1))
    ax.grid(False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax


def _steps(values, hours):
    """Days, and lower quartile, median and upper quartile of the best so far."""
    best = np.maximum.accumulate(np.atleast_2d(values), axis=1)
    days = hours / HOURS_PER_DAY * np.arange(1, best.shape[1] + 1)
    return days, np.quantile(best, [0.25, 0.5, 0.75], axis=0)


def _best_of(center, width, n):
    return float(ridge(np.linspace(0, 1, n), center, width).max())


def _best_title(center, width, n):
    return f"ridge at {center:.2f}: the grid finds {_best_of(center, width, n):.2f}"
