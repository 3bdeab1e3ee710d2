"""Figures of lesson 09: races with their spread, draws that match, and what one seed would say."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.ticker import LogLocator, NullLocator

from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    PURPLE,
    VERMILION,
    artist,
    move,
    move_band,
    percent_axis,
)
from bo_tutorial.plotting.looks import look

SMALLEST, LARGEST = 1e-5, 1e6  # where an axis of regrets ends, and one of draws


def race(regrets, ax, title="", ylabel="regret (units of f)"):
    """Draw medians of the regret as steps, and the quartiles of the seeds as bands, on a log axis.

    Args:
        regrets: {contestant: shape (n_seeds, n)}; what is below 1e-5 is drawn there.
    """
    for i, (name, each) in enumerate(regrets.items()):
        t, (low, middle, high) = _quartiles(each)
        drawn = look(name) | {"markersize": 6, "markevery": (4 + i, 10)}
        ax.step(t, middle, where="post", label=name, gid=name, **drawn)
        band = {"color": drawn["color"], "alpha": 0.15, "linewidth": 0}
        what = {"label": f"quartiles of {len(each)} seeds"} if i == 0 else {}
        ax.fill_between(t, low, high, step="post", gid=f"{name} band", **band, **what)
    ax.set(yscale="log", xlabel="evaluations", ylabel=ylabel, title=title)
    ax.set_xlim(0, len(t) + 1)
    ax.legend(loc="lower left")
    return ax


def race_to(budget, regrets, ax, title=""):
    """Draw a race that another figure explains: with a line at `budget`, and without a legend."""
    race(regrets, ax, title).get_legend().remove()
    ax.axvline(budget, color=BLACK, linestyle=":", linewidth=1.5, gid="budget")
    ax.set_xticks([0, 20, 50])
    _plain_log_axis(ax.yaxis, "{:g}")
    ax.yaxis.set_major_locator(LogLocator(numticks=4))
    return ax


def move_race_to(budget, regrets, limits, ax, title=""):
    """Show the same contestants in another contest, or another budget, in the same picture."""
    for name, each in regrets.items():
        t, (low, middle, high) = _quartiles(each)
        move(ax, name, t, middle)
        move_band(ax, f"{name} band", t, low, high)
    artist(ax, "budget").set_xdata([budget, budget])
    ax.set(ylim=limits, title=title)
    return ax


def _quartiles(regrets):
    quartiles = np.quantile(regrets, [0.25, 0.5, 0.75], axis=0)
    return np.arange(1, quartiles.shape[1] + 1), np.maximum(quartiles, SMALLEST)


def matching(draws, ax, budget, at_least, title=""):
    """Draw how many random draws match: for each contest the median of each contestant, quartiles.

    Args:
        draws: {contest: {contestant: shape (n_seeds,)}}, infinity where no draw was as good.
        budget: the evaluations spent, marked: so many random draws match random search.
        at_least: {contest: number of draws} that are drawn in place of infinity, with an arrow.
    """
    ax.axvspan(1e2, 1e4, color=BLUE, alpha=0.10, linewidth=0, label="hundreds or thousands")
    ax.axvline(budget, color=BLACK, linestyle=":", linewidth=1.5, label=f"{budget} draws")
    for row, (contest, found) in enumerate(draws.items()):
        for place, (name, each) in zip(_places(len(found)), found.items(), strict=True):
            end = at_least[contest]
            low, middle, high = shown_quartiles(each, end)
            drawn = look(name) | {"linestyle": "-"}
            label = {"label": name} if row == 0 else {}
            spot = {"gid": f"{contest} {name}", "markersize": 7}
            line = {"color": drawn["color"], "linestyle": "-", "linewidth": 1.8}
            ax.plot([low, high], [row + place] * 2, zorder=2, **line)
            ax.plot(middle, row + place, **drawn | spot | label, zorder=3)
            if high == end:
                arrow = {"arrowstyle": "->", "color": drawn["color"], "linewidth": 1.8}
                away = (1.8 * end, row + place)
                ax.annotate("", away, (end, row + place), arrowprops=arrow, annotation_clip=False)
    ax.set_yticks(range(len(draws)), list(draws))
    ax.set_ylim(len(draws) - 0.5, -0.5)
    ax.set(xscale="log", xlim=(1, LARGEST), xlabel="random draws that match", title=title)
    ax.grid(False, axis="y")
    ax.legend(loc="lower right")
    return ax


def shown_quartiles(draws, at_least):
    """Return quartiles of numbers some of which are infinite, `at_least` in place of infinity."""
    quartiles = np.quantile(draws, [0.25, 0.5, 0.75], method="inverted_cdf")
    return np.where(np.isinf(quartiles), at_least, quartiles)


def worth(found, ax, budget, at_least):
    """Draw how many random draws match each contestant after `budget` evaluations, one a row.

    Args:
        found: {contestant: shape (n_seeds,)}. budget, at_least: as for `matching`; one number.
    """
    ax.axvspan(1e2, 1e4, color=BLUE, alpha=0.10, linewidth=0)
    line = {"color": BLACK, "linestyle": ":", "linewidth": 1.5, "gid": "budget"}
    ax.axvline(budget, **line)
    for row, name in enumerate(found):
        drawn = look(name) | {"linestyle": "-"}
        ax.plot([], [], color=drawn["color"], linestyle="-", linewidth=2.5, gid=f"{name} quartiles")
        ax.plot([], [], gid=name, markersize=10, **drawn)
        ax.text(1.25, row, "", gid=f"{name} words", va="center", fontsize=11)
    ax.set_yticks(range(len(found)), list(found))
    ax.set_ylim(len(found) - 0.5, -0.5)
    ax.set(xscale="log", xlim=(1, 3e7), xlabel="random draws that match: median and quartiles")
    ax.set_xticks([1, 100, 10_000, 1_000_000])
    _plain_log_axis(ax.xaxis, "{:,.0f}")
    ax.grid(False, axis="y")
    # A title, not a legend, which takes a tenth of a live figure's time.
    ax.set_title("shaded: hundreds or thousands")
    return move_worth(found, ax, budget, at_least)


def move_worth(found, ax, budget, at_least):
    """Show other numbers in the same picture; what is cut at `at_least` is written "more than"."""
    artist(ax, "budget").set_xdata([budget, budget])
    for row, (name, each) in enumerate(found.items()):
        low, middle, high = shown_quartiles(each, at_least)
        move(ax, f"{name} quartiles", [low, high], [row, row])
        move(ax, name, middle, row)
        words = artist(ax, f"{name} words")
        words.set_text(f"  {'more than ' if middle == at_least else ''}{middle:,.0f}")
        words.set_position((1.3 * high, row))
    return ax


def _plain_log_axis(axis, form):
    """Write 1000 instead of 10³ and leave out the small ticks: in a live figure both take long."""
    axis.set_major_formatter(lambda value, position: form.format(value))
    axis.set_minor_locator(NullLocator())


def _places(n):
    return np.linspace(-0.27, 0.27, n) if n > 1 else [0.0]


FOUR = [(BLUE, "-", "o"), (VERMILION, "--", "s"), (GREEN, "-.", "^"), (PURPLE, ":", "D")]


def cuts(x, curves, ax, title=""):
    """Draw functions along one axis: {label: shape (n,)}, at `x` (n,)."""
    for (label, y), (color, style, _) in zip(curves.items(), FOUR, strict=False):
        ax.plot(x, y, color=color, linestyle=style, label=label, gid=label)
    ax.set(xlabel="x1", ylabel="f (units of its sd)", title=title)
    ax.legend(loc="best", fontsize=10)
    return ax


def to_the_target(x, settings, ax, xlabel, title="", budget=50):
    """Draw how many evaluations a target took: medians with quartiles, one curve for each setting.

    Args:
        x: the numbers that were varied, shape (n,), evenly spaced on the page.
        settings: {label: shape (n, n_functions)}, evaluations; infinity where the target was not
            reached within the budget, drawn above it. The first and the last get their quartiles.
    """
    never, places = 1.1 * budget, np.arange(len(x))
    ends = [*settings][:: max(1, len(settings) - 1)]
    for (label, evaluations), (color, style, marker) in zip(settings.items(), FOUR, strict=False):
        quartiles = [shown_quartiles(each, never) for each in evaluations]
        low, middle, high = np.transpose(quartiles)
        line = {"color": color, "linestyle": style, "marker": marker}
        ax.plot(places, middle, label=label, gid=label, zorder=3, **line)
        if label in ends:
            what = {"label": f"quartiles of {len(evaluations[0])}"} if label == ends[0] else {}
            ax.fill_between(places, low, high, color=color, alpha=0.15, linewidth=0, **what)
    ax.axhspan(budget, 1.2 * budget, color="#DDDDDD", zorder=0, label=f"not within {budget}")
    ax.set_xticks(places, [f"{each:g}" for each in x])
    ax.set(xlabel=xlabel, ylabel="evaluations", title=title, ylim=(0, 1.2 * budget))
    ax.legend(loc="best", fontsize=10)
    return ax


def one_seed(regrets, ax, title="", ylabel="regret (units of f)"):
    """Draw two contestants' runs of one seed: what somebody who ran once would show.

    Args:
        regrets: {contestant: shape (n,)}; what is below 1e-5 is drawn there.
    """
    for i, (name, each) in enumerate(regrets.items()):
        t, y = np.arange(1, len(each) + 1), np.maximum(each, SMALLEST)
        drawn = look(name) | {"markersize": 7, "markevery": (4 + 3 * i, 10)}
        ax.step(t, y, where="post", label=name, gid=f"run {i}", **drawn)
    ax.set(yscale="log", xlabel="evaluations", ylabel=ylabel, title=title, xlim=(0, len(t) + 1))
    _plain_log_axis(ax.yaxis, "{:g}")
    ax.legend(loc="lower left")
    return ax


def move_one_seed(regrets, limits, ax, title=""):
    """Show other runs, perhaps of other contestants, in the same picture."""
    for i, (name, each) in enumerate(regrets.items()):
        move(ax, f"run {i}", np.arange(1, len(each) + 1), np.maximum(each, SMALLEST))
        artist(ax, f"run {i}").set(label=name, **look(name))
    ax.set(ylim=limits, title=title)
    ax.legend(loc="lower left")
    return ax


SHADES = ListedColormap(["#E69F00", "#FFFFFF", "#56B4E9"])  # the column's win, a tie, the row's win


def all_pairs(rows, columns, names, ax, seeds=(0, 0)):
    """Draw who wins for each seed of one contestant against each seed of another.

    Args:
        rows, columns: what the runs reached, larger is better, shapes (n,) and (m,).
        names: the two contestants. seeds: the pair to put a square around.
    """
    ax.imshow(_who_wins(rows, columns), cmap=SHADES, vmin=-1, vmax=1, gid="pairs")
    ax.plot([], [], "x", color=BLACK, markersize=5, gid="crosses")
    square = {"mfc": "none", "mec": BLACK, "mew": 2.5, "markersize": 13, "clip_on": False}
    ax.plot([], [], "s", gid="these seeds", **square)
    ax.grid(False)
    ticks = range(0, len(columns), 5)
    ax.set(xticks=ticks, yticks=ticks)
    return move_pairs(rows, columns, names, ax, seeds)


def move_pairs(rows, columns, names, ax, seeds=(0, 0)):
    """Show other pairs in the same picture."""
    who = _who_wins(rows, columns)
    artist(ax, "pairs").set_data(who)
    move(ax, "crosses", *np.argwhere(who < 0).T[::-1])
    move(ax, "these seeds", seeds[1], seeds[0])
    row, column = names
    ax.set(xlabel=f"seed of {column}", ylabel=f"seed of {row}")
    ax.set_title(f"crosses: {column} wins\n{np.mean(who < 0):.0%} of {who.size} pairs")
    return ax


def _who_wins(rows, columns):
    return np.sign(np.asarray(rows)[:, None] - np.asarray(columns)[None, :])


def seeds_needed(chances, n, ax, ylabel="chance to name the wrong winner"):
    """Draw the chance of a wrong winner against the number of runs on each side.

    Args:
        chances: {label: shape (len(n),)}. n: numbers of runs.
    """
    for (label, each), (color, style, marker) in zip(chances.items(), FOUR, strict=False):
        ax.plot(n, each, color=color, linestyle=style, marker=marker, label=label)
    ax.axhline(0.05, color=BLACK, linestyle=(0, (1, 3)), linewidth=1.5, label="5 %")
    ax.set(xscale="log", xlabel="runs of each (seeds)", ylabel=ylabel, ylim=(0, 0.7))
    ax.set_xticks(n, [str(each) for each in n])
    ax.minorticks_off()
    percent_axis(ax.yaxis)
    ax.legend(loc="upper right")
    return ax
