"""Functions of two inputs, and where a statement holds."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.ticker import PercentFormatter

from bo_tutorial.plotting.base import BLACK, BLUE, VERMILION


def surface(
    x, y, values, ax, points=None, best=None, label="value", percent=False, levels=12, **labels
):
    """Draw a function of two inputs as filled contours, with numbered evaluations on top.

    Args:
        x: shape (n,). y: shape (m,). values: shape (m, n). ax: an Axes; set its scales before.
        points: evaluated places, shape (k, 2), numbered in their order. best: the index among
            `points` to mark. label: what the colors mean, with units; None leaves out the color
            bar, where a neighboring panel has it. percent: `values` are fractions, and the color
            bar says percent. levels: how many contours, or where. **labels: xlabel, ylabel.
    """
    contours = ax.contourf(x, y, values, levels=levels)
    bar = ax.figure.colorbar(contours, ax=ax, label=label) if label else None
    if bar and percent:
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    if points is not None:
        for i, place in enumerate(points):
            chosen = i == best
            ax.plot(
                *place,
                marker="D" if chosen else "o",
                markersize=17 if chosen else 15,
                color=VERMILION if chosen else "white",
                markeredgecolor=BLACK,
                linestyle="none",
                clip_on=False,  # a point may lie on the edge
            )
            ax.annotate(
                str(i + 1),
                place,
                ha="center",
                va="center",
                fontsize=9,
                color="white" if chosen else BLACK,
            )
    ax.set(**labels)
    ax.grid(False)
    return ax


def verdict_map(lengths, names, holds, ax, title, xlabel="length scale"):
    """Draw where a statement holds: one row for each choice, one column for each length scale.

    Args:
        lengths: increasing, shape (n,), drawn on a log axis. names: what each of the m rows is,
            the first on top. holds: booleans, shape (m, n). title: the statement.
    """
    lengths, holds = np.asarray(lengths), np.asarray(holds, dtype=bool)
    step = np.sqrt(lengths[1:] / lengths[:-1])
    edges = np.concatenate([[lengths[0] / step[0]], lengths[:-1] * step, [lengths[-1] * step[-1]]])
    rows = np.arange(len(names) + 1) - 0.5
    # Dark against light survives greyscale: blue where it holds, near white where it does not.
    ax.pcolormesh(edges, rows, holds, cmap=ListedColormap(["#F2F2F2", BLUE]), vmin=0, vmax=1)
    for row in rows[1:-1]:
        ax.axhline(row, color="white", linewidth=2)
    ax.set(xscale="log", xlabel=xlabel, title=title, ylim=(len(names) - 0.5, -0.5))
    ax.set_yticks(range(len(names)), names)
    ax.grid(False)
    return ax
