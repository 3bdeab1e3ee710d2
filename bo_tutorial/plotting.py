"""The figures of the course: each a function of data and an Axes that returns the Axes.

One thing has one look everywhere: f is black and dashed, the posterior mean blue and solid with its
band, observations are black discs, the incumbent is an orange line of dots and dashes, the next
point a vermilion diamond, an acquisition green. Colors are from the palette of Okabe & Ito 2008.

Apply the style once per notebook with `plt.style.use("bo_tutorial.style")`.
"""

import html
import io

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.ticker import PercentFormatter

from bo_tutorial import _validate

BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, PURPLE, BLACK = "#E69F00", "#CC79A7", "#000000"


def show(fig, alt):
    """Display a figure with alternative text, also folded below it, and close it.

    Args:
        fig: a matplotlib Figure. alt: what a sighted reader would learn from it, in words.

    Raises:
        TypeError, ValueError: `alt` is not a text, or says next to nothing.
    """
    if not isinstance(alt, str):
        raise TypeError(f"alt must be a text, got {alt!r} ({type(alt).__name__})")
    if len(alt.split()) < 5:
        raise ValueError(f"alt must say what the figure shows, got {alt!r}")
    from IPython.display import display

    png = io.BytesIO()
    # Without the name of the software in it, the same figure is the same bytes.
    fig.savefig(png, format="png", metadata={"Software": None})
    plt.close(fig)
    data = {"image/png": png.getvalue(), "text/plain": f"Figure: {alt}"}
    display(data, metadata={"image/png": {"alt": alt}}, raw=True)
    # JupyterLab drops the alternative text of an image, and so do code hosts: folded below the
    # figure, everybody can read it.
    words = f"<details><summary>Figure in words</summary>{html.escape(alt)}</details>"
    display({"text/html": words, "text/plain": "Figure in words"}, raw=True)


def posterior(x, mu, sigma, ax, observed=None, truth=None, n_sd=2, xlabel="x", ylabel="f(x)"):
    """Draw a belief about f along one axis: mean, band, and what it was learned from.

    Args:
        x: positions, shape (n,). mu, sigma: mean and standard deviation of f there, shape (n,).
        ax: an Axes. observed: a pair (x, y) of arrays. truth: f at `x`, shape (n,).
        n_sd: half the height of the band, in standard deviations. xlabel, ylabel: with units.
    """
    if truth is not None:
        ax.plot(x, truth, color=BLACK, linestyle="--", linewidth=1.5, label="f (hidden)")
    band = f"within {n_sd} sd of f"
    ax.fill_between(x, mu - n_sd * sigma, mu + n_sd * sigma, color=BLUE, alpha=0.2, label=band)
    ax.plot(x, mu, color=BLUE, linestyle="-", label="posterior mean")
    if observed is not None:
        ax.plot(
            *observed,
            color=BLACK,
            marker="o",
            linestyle="none",
            zorder=3,
            label="observed",
        )
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(loc="best")
    return ax


def incumbent_line(best, ax, label="incumbent"):
    """Mark the best value so far across the panel."""
    ax.axhline(best, color=ORANGE, linestyle="-.", linewidth=1.8, label=label)
    ax.legend(loc="best")
    return ax


def acquisition(x, scores, ax, next_x=None, name="EI", xlabel="x", units="units of f"):
    """Draw an acquisition along one axis, and the point that it chooses.

    Args:
        x: positions, shape (n,). scores: shape (n,). next_x: where to evaluate next.
        name, units: for the label of the vertical axis.
    """
    ax.plot(x, scores, color=GREEN, linestyle="-", label=name)
    ax.fill_between(x, min(0.0, scores.min()), scores, color=GREEN, alpha=0.2)
    if next_x is not None:
        at = np.interp(next_x, x, scores)
        ax.plot(
            next_x,
            at,
            color=VERMILION,
            marker="D",
            linestyle="none",
            label="next point",
        )
    ax.set(xlabel=xlabel, ylabel=f"{name} ({units})")
    ax.legend(loc="best")
    return ax


def incumbents(runs, ax, xlabel="evaluations", ylabel="best value so far", optimum=None):
    """Draw how the best value so far grows: medians over seeds as steps, quartiles as bands.

    Args:
        runs: {name: array of shape (n_seeds, n_evaluations)}, the incumbents of each run.
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
        (line,) = ax.step(
            t,
            middle,
            where="post",
            marker=markers[i % len(markers)],
            markersize=6,
            label=label,
        )
        ax.fill_between(t, low, high, step="post", color=line.get_color(), alpha=0.18)
    if optimum is not None:
        ax.axhline(optimum, color=BLACK, linestyle=":", linewidth=1.5, label="optimum")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="lower right")
    return ax


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


def percent_axis(axis, decimals=0):
    """Write an axis of fractions in percent; `axis` is `ax.xaxis` or `ax.yaxis`."""
    axis.set_major_formatter(PercentFormatter(1.0, decimals=decimals))
    return axis


def mark(places, ax):
    """Mark positions of interest with dotted vertical lines; `places` is {label: x}."""
    for label, x in places.items():
        ax.axvline(x, color=BLACK, linestyle=":", linewidth=1.5)
        top = ax.get_xaxis_transform()  # x in data, y as a share of the panel
        ax.text(x, 1.01, label, transform=top, ha="center", va="bottom", fontsize=11)
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


def profile(lengths, values, ax, xlabel="length scale", ylabel="log likelihood (nats)"):
    """Draw how well each length scale explains the data, and mark the best.

    Args:
        lengths: shape (n,), drawn on a log axis. values: {name: array of shape (n,)}.
    """
    for name, curve in values.items():
        (line,) = ax.plot(lengths, curve, label=name)
        best = int(np.argmax(curve))
        ax.plot(
            lengths[best],
            curve[best],
            marker="D",
            color=line.get_color(),
            linestyle="none",
        )
    ax.set(xscale="log", xlabel=xlabel, ylabel=ylabel)
    ax.legend(loc="best")
    return ax


def turn(x, mu, sigma, scores, observed, next_x, axes, truth=None, percent=False, **labels):
    """Draw one turn of the loop: what is believed above, what it is worth and the choice below.

    Args:
        x, mu, sigma: as for `posterior`. scores: the acquisition at `x`, shape (n,).
        observed: a pair (x, y) of arrays. next_x: the point chosen. axes: two Axes, top and bottom.
        truth: f at `x`, shape (n,). percent: values are fractions, and the axes say percent.
        **labels: ylabel (of the top panel), xlabel, name and units (of the bottom one).
    """
    top, bottom = axes
    posterior(x, mu, sigma, top, observed, truth, xlabel="", ylabel=labels.pop("ylabel", "f(x)"))
    incumbent_line(np.max(observed[1]), top)
    acquisition(x, scores, bottom, next_x, **labels)
    for ax in axes:
        ax.axvline(next_x, color=VERMILION, linestyle=":", linewidth=1.5)
        if percent:
            percent_axis(ax.yaxis, decimals=0 if ax is top else 2)
    return axes


def shared_legend(fig, columns=4):
    """Replace the legends of all panels by one below them, each label once.

    Args:
        fig: a Figure with constrained layout, as the course's style makes it. columns: at most.
    """
    entries = {}
    for ax in fig.axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
        if ax.get_legend() is not None:
            ax.get_legend().remove()
    fig.legend(entries.values(), entries.keys(), loc="outside lower center", ncols=columns)
    return fig


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
        # Neighbors in value stand side by side, so that equal rings do not hide each other; the
        # golden ratio keeps any few of them apart.
        order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
        places = i + 0.44 * ((order * 0.6180339887) % 1 - 0.5)
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
