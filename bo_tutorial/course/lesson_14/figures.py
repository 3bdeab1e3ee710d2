"""Figures of lesson 14: questions under way, a clock, races by workers, and the price of asking."""

import numpy as np
from matplotlib.ticker import FuncFormatter, NullLocator

from bo_tutorial.course.lesson_14.numerics import GRID, idle_share
from bo_tutorial.plotting.base import BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILION, artist, move
from bo_tutorial.plotting.belief import (
    acquisition,
    move_acquisition,
    move_posterior,
    posterior,
)
from bo_tutorial.plotting.looks import LOOKS

# A number of workers, its look in the races: they differ in color, in line and in marker.
WORKER_LOOKS = {
    1: (PURPLE, "-", "D"),
    2: (GREEN, (0, (5, 1, 1, 1, 1, 1)), "v"),
    4: (ORANGE, "-.", "s"),
    8: (VERMILION, ":", "^"),
}
SHADES = ("#0072B2", "#9ecae1")  # neighbors in time differ, in gray too
SMALLEST = 1e-5


def under_way(moment, truth, observed, axes, title=""):
    """Draw what is believed while questions are under way, and where the next one goes.

    Args:
        moment: a `Moment`. truth: f on `GRID`, shape (201,). observed: (x, y) of what was told.
        axes: top and bottom.
    """
    top, bottom = axes
    posterior(GRID, moment.mu, moment.sigma, top, observed, truth, xlabel="")
    look = {"color": PURPLE, "marker": "s", "markersize": 9, "markerfacecolor": "white"}
    line = {"linestyle": "none", "markeredgewidth": 2, "label": "under way, believed"}
    top.plot(moment.pending, moment.believed, **look, **line, gid="pending", zorder=5)
    acquisition(GRID, _share(moment.ei), bottom, moment.next_x, units="share of its peak")
    for ax in axes:
        ax.axvline(moment.next_x, color=VERMILION, linestyle=":", linewidth=1.5, gid="choice")
        ax.set_xlim(-0.02, 1.02)
    top.set(title=title, ylim=(-22, 14))
    bottom.set_ylim(0, 1.15)
    return axes


def move_under_way(moment, observed, axes):
    """Move what `under_way` has drawn to another moment; arguments as there."""
    top, bottom = axes
    move_posterior(GRID, moment.mu, moment.sigma, top, observed)
    move(top, "pending", moment.pending, moment.believed)
    move_acquisition(GRID, _share(moment.ei), bottom, moment.next_x)
    for ax in axes:
        artist(ax, "choice").set_xdata([moment.next_x] * 2)
    return axes


def _share(ei):
    return ei / max(float(np.max(ei)), np.finfo(float).tiny)


def clock(jobs, n_workers, ax, title=""):
    """Draw when each evaluation runs on each worker: one bar an evaluation, white where it waits.

    Args:
        jobs: as `schedule` returns them. title: what stands before the hours and the idle share.
    """
    for job in jobs:
        bar = {"edgecolor": BLACK, "linewidth": 0.8, "gid": f"job {job.number}"}
        ax.barh(job.worker + 1, job.end - job.start, 0.7, job.start, **bar)
    ax.axvline(0, color=BLACK, linestyle="--", linewidth=1.5, gid="end")
    ax.set(xlabel="hours", ylabel="worker")
    return move_clock(jobs, n_workers, ax, title)


def move_clock(jobs, n_workers, ax, title=""):
    """Move what `clock` has drawn to other jobs, as many as it drew."""
    seen = dict.fromkeys(range(n_workers), 0)
    bars = {bar.get_gid(): bar for bar in ax.patches}
    for job in jobs:
        bar = bars[f"job {job.number}"]
        bar.set_bounds(job.start, job.worker + 0.65, job.end - job.start, 0.7)
        bar.set_facecolor(SHADES[seen[job.worker] % 2])
        seen[job.worker] += 1
    end = max(job.end for job in jobs)
    artist(ax, "end").set_xdata([end, end])
    ax.set_title(f"{title}: {end:.1f} hours, idle {idle_share(jobs, n_workers):.0%}")
    ax.set(ylim=(n_workers + 0.6, 0.4), yticks=range(1, n_workers + 1))
    return ax


def by_workers(regrets, at, ax, xlabel):
    """Draw the median regret for each number of workers as steps, and quartiles for 1 and 8.

    Args:
        regrets: {workers: shape (n_seeds, n)}, or {"random, 8": ...}; units of f.
        at: where on the horizontal axis, shape (n,), evaluations or hours.
    """
    for i, (who, each) in enumerate(regrets.items()):
        each = np.maximum(each, SMALLEST)
        color, style, marker = WORKER_LOOKS.get(who) or LOOKS["random"]
        there = np.isfinite(each).all(axis=0)
        low, middle, high = np.quantile(each[:, there], [0.25, 0.5, 0.75], axis=0)
        label = f"{who} at once"
        every = max(1, there.sum() // 5)
        drawn = {"color": color, "linestyle": style, "marker": marker, "markersize": 6}
        steps = {"where": "post", "markevery": (1 + i, every), "label": label}
        ax.step(at[there], middle, **drawn, **steps)
        if who in (1, 8):
            band = {"color": color, "alpha": 0.15, "linewidth": 0, "step": "post"}
            ax.fill_between(at[there], low, high, **band, label=f"quartiles, {who} at once")
    ax.set(yscale="log", xlabel=xlabel, ylabel="regret (units of f)")
    return ax


def time_to_ask(workers, trainings, costs, ax):
    """Draw how long a question may take if workers are not to wait, and what one costs.

    Args:
        workers: shape (n,). trainings: {what one evaluation lasts, in words: seconds}, at most 3.
        costs: {what is asked, in words: seconds}, at most 3, drawn as levels.
    """
    styles = ("-", "--", "-.")
    colors = (BLUE, GREEN, PURPLE)
    for (name, seconds), style, color in zip(trainings.items(), styles, colors, strict=False):
        ax.plot(workers, seconds / workers, linestyle=style, color=color, label=name)
    for (name, seconds), marker in zip(costs.items(), "os^", strict=False):
        look = {"linestyle": ":", "color": VERMILION, "marker": marker, "markevery": (3, 12)}
        ax.plot(workers, np.full(len(workers), seconds), **look, label=name)
    ax.set(xscale="log", yscale="log", xlabel="workers", ylabel="seconds for each question")
    return plain_ticks([1, 10, 100, 1000, 10_000], ax)


def plain_ticks(at, ax):
    """Write the ticks of a horizontal log axis as plain numbers, at these places only."""
    ax.set_xticks(at, minor=False)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_locator(NullLocator())
    return ax
