"""Figures of lesson 13: what each library asks next, what mistakes cost, races within Optuna."""

import numpy as np

from bo_tutorial.course.lesson_13 import numerics as tools
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
    side_by_side,
)
from bo_tutorial.problems import ACCURACIES, LEARNING_RATES

RATES = tools.unit_to_rate(tools.U)
SETTINGS = {"as it comes": (VERMILION, "o"), "model at once": (BLUE, "D")}
RACERS = {
    "ours": ("the package", PURPLE, "D"),
    "ours-in-optuna": ("BoTutorialSampler", GREEN, "s"),
    "optuna-tpe": ("TPESampler", BLACK, "X"),
    "optuna-gp": ("GPSampler", ORANGE, "o"),
}


def program(values, ax):
    """Draw the values of each trial of the first run, and every run's best so far.

    Args:
        values: shape (runs, trials), accuracies.
    """
    values = np.asarray(values)
    t = np.arange(1, values.shape[1] + 1)
    ax.axvspan(0.5, 10.5, color=BLUE, alpha=0.10, linewidth=0, label="start-up: at random")
    for run, best in enumerate(np.maximum.accumulate(values, axis=1)):
        label = {"label": f"best so far, {len(values)} runs"} if run == 0 else {}
        line = {"color": BLACK, "linestyle": "-", "linewidth": 1.3}
        ax.step(t, best, where="post", gid=f"run {run}", **line, **label)
    dots = {"color": VERMILION, "linestyle": "none", "marker": "o", "markersize": 5}
    ax.plot(t, values[0], label="each trial of run 0", gid="trials", **dots)
    percent_axis(ax.yaxis)
    ax.set(xlabel="trial (count)", ylabel="validation accuracy (%)", xlim=(0, t[-1] + 1))
    ax.legend(loc="center right")
    return ax


def questions(entries, ax):
    """Draw what every library asks next, one row each, one mark a seed; the three told above."""
    for rate in LEARNING_RATES:
        ax.axvline(rate, color=BLACK, linestyle=":", linewidth=1.2)
    ax.plot([], [], color=BLACK, linestyle=":", label="told")
    for row, entry in enumerate(entries):
        for setting, asked in entry["asks"].items():
            color, marker = SETTINGS[setting]
            shift = -0.18 if setting == "as it comes" else 0.18
            label = setting if row == 0 else None
            y = row + shift + 0.25 * side_by_side(np.array(asked))
            what = {"linestyle": "none", "marker": marker, "markersize": 6}
            ax.plot(asked, y, color=color, label=label, gid=f"{row} {setting}", **what)
    ax.set_yticks(range(len(entries)), [entry["library"] for entry in entries])
    ax.set(xscale="log", xlim=(8e-5, 1.2), xlabel="learning rate asked next")
    ax.set_ylim(len(entries) - 0.5, -0.5)
    ax.grid(False, axis="y")
    return ax


def believed(belief, ax, asked=None, title=""):
    """Draw a belief about the worked example: mean, one standard deviation, and what is asked.

    Args:
        belief: as `numerics.belief` returns it. asked: {label: learning rate}, drawn as lines.
    """
    mu, sigma, _ = belief
    ax.plot(RATES, mu, color=PURPLE, label="mean of f", gid="mu")
    band = {"color": PURPLE, "alpha": 0.18, "linewidth": 0}
    ax.fill_between(RATES, mu - sigma, mu + sigma, label="± 1 sd of f", gid="band", **band)
    told = {"color": BLACK, "linestyle": "none", "marker": "o", "markersize": 8}
    ax.plot(LEARNING_RATES, ACCURACIES, label="told", zorder=3, **told)
    for (label, rate), color, style in zip(
        (asked or {}).items(), (BLUE, VERMILION), ("--", "-."), strict=False
    ):
        ax.axvline(rate, color=color, linestyle=style, label=label, gid=label)
    percent_axis(ax.yaxis)
    ax.set(xscale="log", xlim=(1e-4, 1), ylim=(0.7, 1.0), title=title)
    ax.set(xlabel="learning rate", ylabel="accuracy (%)")
    return ax


def move_belief(belief, ax, asked):
    """Show another belief, and what it asks, in the same picture."""
    mu, sigma, _ = belief
    move(ax, "mu", RATES, mu)
    move_band(ax, "band", RATES, mu - sigma, mu + sigma)
    for label, rate in asked.items():
        artist(ax, label).set_xdata([rate, rate])
    return ax


def prices(rows, ax, what, log=True):
    """Draw one dot a seed and a line at the median, one column for each way to do it.

    Args:
        rows: {way: shape (n,)}. what: the label of the axis, with its unit.
    """
    looks = ((VERMILION, "o"), (BLUE, "D"), (GREEN, "s"), (BLACK, "X"))
    for column, ((way, values), (color, marker)) in enumerate(
        zip(rows.items(), looks, strict=False)
    ):
        values = np.maximum(values, 1e-7) if log else np.asarray(values)
        x = column + 0.5 * side_by_side(values)
        dots = {"color": color, "marker": marker, "linestyle": "none", "markersize": 5}
        ax.plot(x, values, alpha=0.7, gid=way, **dots)
        middle = [np.median(values)] * 2
        ax.plot(column + np.array([-0.35, 0.35]), middle, color=BLACK, linestyle="-")
    ax.set_xticks(range(len(rows)), list(rows), fontsize=10)
    ax.set(ylabel=what, xlim=(-0.6, len(rows) - 0.4), yscale="log" if log else "linear")
    ax.grid(False, axis="x")
    return ax


def races(kept, left, right):
    """Draw the regret after 50 evaluations and the CPU time a question, problem by problem.

    Args:
        kept: as `numerics.sampler_races` returns it. left, right: the Axes of both.
    """
    for ax, key in ((left, "regret"), (right, "cpu_ms")):
        for place, (method, (label, color, marker)) in enumerate(RACERS.items()):
            for row, problem in enumerate(kept):
                values = np.array(kept[problem][method][key])
                values = values[:, -1] if key == "regret" else values
                values = np.maximum(values, 1e-7)
                y = row + 0.2 * (place - 1.5)
                line = {"color": color, "linestyle": "-", "linewidth": 1.5}
                ax.plot([values.min(), values.max()], [y, y], **line)
                dot = {"color": color, "marker": marker, "markersize": 7, "linestyle": "none"}
                what = {"label": label} if row == 0 else {}
                ax.plot(np.median(values), y, gid=f"{problem} {method}", **dot, **what)
        ax.set_yticks(range(len(kept)), list(kept))
        ax.set(xscale="log", ylim=(len(kept) - 0.5, -0.5))
        ax.grid(False, axis="y")
    left.set_xlabel("regret after 50 evaluations (units of f)")
    right.set_xlabel("CPU time for one question (ms)")
    return left, right
