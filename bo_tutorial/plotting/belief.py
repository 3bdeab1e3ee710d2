"""What a surrogate believes and what it makes of it: posterior, acquisition, one turn."""

import numpy as np

from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    VERMILION,
    move,
    move_band,
    percent_axis,
)


def posterior(x, mu, sigma, ax, observed=None, truth=None, n_sd=2, xlabel="x", ylabel="f(x)"):
    """Draw a belief about f along one axis: mean, band, and what it was learned from.

    Args:
        x: positions, shape (n,). mu, sigma: mean and standard deviation of f there, shape (n,).
        ax: an Axes. observed: a pair (x, y) of arrays. truth: f at `x`, shape (n,).
        n_sd: half the height of the band, in standard deviations. xlabel, ylabel: with units.
    """
    if truth is not None:
        ax.plot(
            x, truth, color=BLACK, linestyle="--", linewidth=1.5, label="f (hidden)", gid="truth"
        )
    band = f"within {n_sd} sd of f"
    edges = mu - n_sd * sigma, mu + n_sd * sigma
    ax.fill_between(x, *edges, color=BLUE, alpha=0.2, label=band, gid="band")
    ax.plot(x, mu, color=BLUE, linestyle="-", label="posterior mean", gid="mean")
    if observed is not None:
        ax.plot(
            *observed,
            color=BLACK,
            marker="o",
            linestyle="none",
            zorder=3,
            label="observed",
            gid="observed",
        )
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(loc="best")
    return ax


def move_posterior(x, mu, sigma, ax, observed=None, n_sd=2):
    """Move what `posterior` has drawn to another belief; arguments as there."""
    move(ax, "mean", x, mu)
    move_band(ax, "band", x, mu - n_sd * sigma, mu + n_sd * sigma)
    if observed is not None:
        move(ax, "observed", *observed)
    return ax


def incumbent_line(best, ax, label="incumbent"):
    """Mark the best value so far across the panel."""
    ax.axhline(best, color=ORANGE, linestyle="-.", linewidth=1.8, label=label, gid="incumbent")
    ax.legend(loc="best")
    return ax


def acquisition(x, scores, ax, next_x=None, name="EI", xlabel="x", units="units of f"):
    """Draw an acquisition along one axis, and the point that it chooses.

    Args:
        x: positions, shape (n,). scores: shape (n,). next_x: where to evaluate next.
        name, units: for the label of the vertical axis.
    """
    ax.plot(x, scores, color=GREEN, linestyle="-", label=name, gid="scores")
    ax.fill_between(x, min(0.0, scores.min()), scores, color=GREEN, alpha=0.2, gid="worth")
    if next_x is not None:
        at = np.interp(next_x, x, scores)
        ax.plot(
            next_x,
            at,
            color=VERMILION,
            marker="D",
            linestyle="none",
            label="next point",
            gid="next",
        )
    ax.set(xlabel=xlabel, ylabel=f"{name} ({units})")
    ax.legend(loc="best")
    return ax


def move_acquisition(x, scores, ax, next_x=None):
    """Move what `acquisition` has drawn to other scores; arguments as there."""
    move(ax, "scores", x, scores)
    move_band(ax, "worth", x, np.full(len(scores), min(0.0, scores.min())), scores)
    if next_x is not None:
        move(ax, "next", next_x, np.interp(next_x, x, scores))
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
