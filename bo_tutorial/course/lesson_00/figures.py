"""Lesson 00: a game of five guesses, its reveal, many games, a class, the map of the course."""

import numpy as np
from matplotlib.ticker import PercentFormatter

from bo_tutorial.course.lesson_00.numerics import share_interval
from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    VERMILION,
    artist,
    move,
    percent_axis,
    shared_legend,
)
from bo_tutorial.plotting.belief import acquisition, incumbent_line, posterior
from bo_tutorial.plotting.looks import look

PLAYERS = ("you", "random search", "BO")
POINTS = PercentFormatter(1.0, decimals=0, symbol="")  # differences of accuracies, in points
FINE = np.linspace(0.0, 1.0, 1001)  # where f is drawn; an edge falls between two of them
XLABEL, YLABEL = "x (a setting, no unit)", "validation accuracy"
NEXT = {"color": GREEN, "linestyle": "-."}


def player_look(player, line=True):
    """Return the look of a player, "class" among them; a star looks smaller than it is."""
    if player in ("you", "class"):
        return look("you", line) | {"markersize": 13, "zorder": 3}
    return look(player, line) | {"markersize": 8}


def turns(x, values, axes):
    """Draw a game turn by turn, one panel each: what the player knows, and nothing of f.

    Args:
        x, values: the evaluations in order, shape (n,) each, fractions of 1. axes: n Axes.
    """
    for t, ax in enumerate(axes, start=1):
        ax.plot(x[: t - 1], values[: t - 1], "o", color=BLACK, label="guesses before")
        ax.plot(x[t - 1], values[t - 1], "D", color=VERMILION, markersize=10, label="this guess")
        incumbent_line(np.max(values[:t]), ax, label="best so far")
        ax.get_legend().remove()
        ax.set(
            xlim=(-0.05, 1.05),
            ylim=(0, 1),
            xticks=[0, 0.5, 1],
            title=f"guess {t}: x = {x[t - 1]:g}",
        )
        percent_axis(ax.yaxis)
        ax.set_xlabel("x")
    axes[0].set_ylabel(YLABEL)
    return axes


def board(axes, cursor=False, you="you"):
    """Draw an empty board for one game; `move_board` puts on it what has happened.

    Args:
        axes: {"f": Axes, "order": Axes, "best": Axes}: value against x, evaluation against x, best
            so far against evaluation.
        cursor: draw a line where the next x is chosen. you: what the legend calls the player "you".
    """
    top, order, best = axes["f"], axes["order"], axes["best"]
    if cursor:
        line = {"color": VERMILION, "linestyle": ":", "linewidth": 1.8}
        top.axvline(0.5, **line, label="your x", gid="cursor")
    # The dashes stay empty until the game is over: nothing of f is in the figure before.
    top.plot([], [], color=BLACK, linestyle="--", linewidth=1.5, label="f (hidden)", gid="f")
    for player in PLAYERS:
        points, lines = player_look(player, line=False), player_look(player)
        label = you if player == "you" else player
        top.plot([], [], **points, label=label, gid=f"{player} values")
        order.plot([], [], **lines, linewidth=1.4, label=label, gid=f"{player} order")
        best.plot([], [], **lines, drawstyle="steps-post", label=label, gid=f"{player} best")
    best.plot([], [], color=ORANGE, linestyle="-.", label="top of f", gid="top")
    top.set(xlim=(-0.02, 1.02), ylim=(0, 1), ylabel=YLABEL)
    order.set(xlim=(-0.02, 1.02), ylim=(5.6, 0.4), xlabel=XLABEL, ylabel="evaluation")
    order.set_yticks(range(1, 6))
    # Few ticks: most of the time of a redraw goes into their labels.
    for ax in (top, order):
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    top.tick_params(labelbottom=False)  # the panel below has the same axis
    for ax in (top, best):
        ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    best.set(xlim=(0.8, 5.2), ylim=(0, 1), xlabel="evaluation", ylabel="best so far")
    percent_axis(top.yaxis), percent_axis(best.yaxis)
    shared_legend(top.figure, columns=6)
    return axes


def move_board(axes, games, hidden=None, cursor=None):
    """Put games on a board that `board` has drawn.

    Args:
        games: {player: (x, values)} by the names in PLAYERS; who is missing disappears.
        hidden: the function itself, once the game is over: f and its top are drawn. None before.
        cursor: the x chosen at the moment; None: nothing is to be chosen.
    """
    top, order, best = axes["f"], axes["order"], axes["best"]
    if any(line.get_gid() == "cursor" for line in top.lines):
        artist(top, "cursor").set(xdata=[cursor] * 2, visible=cursor is not None)
    for player in PLAYERS:
        x, values = games.get(player, ([], []))
        turn = np.arange(1, len(x) + 1)
        move(top, f"{player} values", x, values)
        move(order, f"{player} order", x, turn)
        move(best, f"{player} best", turn, np.maximum.accumulate(values) if len(x) else [])
    if hidden is None:
        move(top, "f", [], []), move(best, "top", [], [])
    else:
        move(top, "f", FINE, hidden(FINE))
        move(best, "top", [1, 5], [hidden.optimum] * 2)
    return axes


BOARD = [["f", "best"], ["order", "best"]]  # for `subplot_mosaic`
BOARD_SIZE = {"width_ratios": [1.7, 1], "height_ratios": [1.9, 1]}


def next_guess(at, mu, sigma, observed, next_x, ax, others=None, title=""):
    """Draw what a surrogate believes after some guesses, and where it would guess next.

    Args:
        at, mu, sigma: the belief, shape (n,) each. observed: (x, values). next_x: a number.
        others: {label: (x, value)} of a guess that somebody made instead.
    """
    posterior(at, mu, sigma, ax, observed, xlabel=XLABEL, ylabel=YLABEL)
    ax.axvline(next_x, **NEXT, label="what it asks next", gid="next")
    for label, place in (others or {}).items():
        ax.plot(*place, color=VERMILION, marker="D", markersize=10, linestyle="none", label=label)
    ax.set(ylim=(0, 1.2), title=title)
    percent_axis(ax.yaxis)
    ax.get_legend().remove()
    return ax


def step(at, mu, sigma, worth, observed, next_x, axes, others=None, title=""):
    """Draw one step of BO: the belief above, below it what each x is worth, and the choice.

    Args:
        worth: the expected improvement at `at`, shape (n,), fractions of 1. axes: two Axes, top and
            bottom. The others are those of `next_guess`.
    """
    top, bottom = axes
    next_guess(at, mu, sigma, observed, next_x, top, others, title)
    incumbent_line(np.max(observed[1]), top, label="best so far")
    top.get_legend().remove()
    acquisition(at, worth, bottom, xlabel=XLABEL)
    bottom.axvline(next_x, **NEXT)
    bottom.get_legend().remove()
    bottom.set(ylabel="EI (points)", ylim=(0, None))
    bottom.yaxis.set_major_formatter(POINTS)
    top.set_xlabel("")
    return axes


def duels(regrets, ax):
    """Draw the final regret of the players on many functions: medians and quartiles.

    Args:
        regrets: {function: {player: array of shape (n_seeds,)}}, fractions of 1, with the same
            players for each function.
    """
    players = list(next(iter(regrets.values())))
    for player, shift in zip(players, 0.22 * np.arange(len(players)), strict=True):
        shift -= 0.11 * (len(players) - 1)
        quartiles = [np.quantile(each[player], [0.25, 0.5, 0.75]) for each in regrets.values()]
        low, middle, high = np.transpose(quartiles)
        points = player_look(player, line=False)
        bars = [middle - low, high - middle]
        places = np.arange(len(regrets)) + shift
        label = f"{player}: median and quartiles"
        ax.errorbar(places, middle, yerr=bars, **points, elinewidth=2.5, label=label)
    ax.set(xlabel="hidden function", ylabel="regret after 5 evaluations (points)")
    ax.set_xticks(range(len(regrets)), list(regrets))
    ax.grid(False, axis="x")
    ax.yaxis.set_major_formatter(POINTS)
    ax.legend(loc="upper right")
    return ax


def hits(counts, ax, ylabel):
    """Draw shares of games with their 95 % intervals.

    Args:
        counts: {player: (hits, games)}, both whole numbers.
    """
    for i, (player, (k, n)) in enumerate(counts.items()):
        low, high = share_interval(k, n)
        bars = [[k / n - low], [high - k / n]]
        ax.errorbar(i, k / n, yerr=bars, **player_look(player, line=False), elinewidth=2.5)
    names = [f"{player}\n{k} of {n}" for player, (k, n) in counts.items()]
    ax.set_xticks(range(len(counts)), names)
    ax.set(xlim=(-0.5, len(counts) - 0.5), ylim=(0, 1), ylabel=ylabel)
    percent_axis(ax.yaxis)
    ax.grid(False, axis="x")
    return ax


def gallery(functions, axes):
    """Draw hidden functions, one panel each, with the top marked.

    Args:
        functions: a list of n functions with name, shape, best_x and optimum. axes: n Axes.
    """
    for hidden, ax in zip(functions, axes, strict=True):
        ax.plot(FINE, hidden(FINE), color=BLACK, linestyle="--", linewidth=1.5, label="f (hidden)")
        top = {"color": ORANGE, "marker": "*", "markersize": 16, "linestyle": "none"}
        ax.plot(hidden.best_x, hidden.optimum, **top, label="top of f", clip_on=False)
        ax.set(ylim=(0, 1.05), xlim=(-0.03, 1.03), xticks=[0, 0.5, 1])
        ax.set_title(f"{hidden.name}: {hidden.shape}", fontsize=11)
        ax.set_xlabel("x")
        percent_axis(ax.yaxis)
    return axes


def class_curves(regrets, ax):
    """Draw the median regret of a class, turn by turn, against both opponents.

    Args:
        regrets: {"class": (n, 5), "random search": (m, 5), "BO": (m, 5)}, fractions of 1.
    """
    for player, curves in regrets.items():
        lines = player_look(player)
        low, middle, high = np.quantile(curves, [0.25, 0.5, 0.75], axis=0)
        t = np.arange(1, len(middle) + 1)
        label = f"{player}: median of {len(curves)} games, with quartiles"
        # Side by side, so that the bars of one do not hide those of another.
        t = t + {"class": 0, "random search": -0.08, "BO": 0.08}[player]
        bars = [middle - low, high - middle]
        ax.errorbar(t, middle, yerr=bars, **lines, elinewidth=1.5, label=label)
    ax.set(xlabel="evaluation", ylabel="regret (points)")
    ax.set_xticks(range(1, curves.shape[1] + 1))
    ax.yaxis.set_major_formatter(POINTS)
    ax.legend(loc="upper right")
    return ax


def course_map(lessons, ways, ax, unwritten=()):
    """Draw the lessons in a row and, below each other, which of them each way goes through.

    Args:
        lessons: {number: short title}. ways: {name: list of numbers}.
        unwritten: the numbers of lessons that do not stand yet; their stops are drawn open.
    """
    column = {number: i for i, number in enumerate(lessons)}
    looks = [(BLACK, "-", "o"), (BLUE, "--", "s"), (VERMILION, "-", "D")]
    for row, ((name, stops), (color, style, marker)) in enumerate(
        zip(ways.items(), looks, strict=True)
    ):
        places = [column[stop] for stop in stops]
        ax.plot(
            places,
            [-row] * len(places),
            color=color,
            linestyle=style,
            marker=marker,
            markersize=13,
            label=name,
            clip_on=False,
        )
        ahead = [column[stop] for stop in stops if stop in unwritten]
        if ahead:
            open_stops = {"markerfacecolor": "white", "markeredgewidth": 2, "clip_on": False}
            ax.plot(ahead, [-row] * len(ahead), marker, color=color, markersize=13, **open_stops)
            middle = (ahead[0] + ahead[-1]) / 2
            ax.text(middle, -row - 0.2, "open: being written", ha="center", va="top", fontsize=12)
    ax.set(xlim=(-0.5, len(lessons) - 0.5), ylim=(-len(ways) + 0.4, 0.6), xlabel="lesson")
    names = [f"{number}  {title}" for number, title in lessons.items()]
    ax.set_xticks(
        range(len(lessons)), names, rotation=40, ha="right", rotation_mode="anchor", fontsize=11
    )
    ax.set_yticks([-row for row in range(len(ways))], list(ways))
    ax.grid(False, axis="y")
    return ax
