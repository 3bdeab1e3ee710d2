"""Figures of lesson 15: three traits, where scores stand, and the board of a game."""

import numpy as np

from bo_tutorial.course.lesson_15 import numerics as capstone
from bo_tutorial.plotting.base import BLACK, GREEN, ORANGE, VERMILION, move, percent_axis
from bo_tutorial.plotting.looks import look

VALUE = "answer (an accuracy)"


# The three traits


def traits(hiddens, answers, axes):
    """Draw a function of each task, whose top may be seen.

    Args:
        hiddens: {task: `Hidden`} of a practice set. answers: (x, y) of repeated queries of "noise".
        axes: three Axes.
    """
    u = np.linspace(0, 1, 201)
    noise, cliff, six = axes
    f = [hiddens["noise"]([x]) for x in u]
    noise.plot(u, f, color=BLACK, label="f")
    noise.plot(*answers, "o", color=VERMILION, markersize=6, label="answers to one query, repeated")
    noise.set(xlabel="x1 (no unit)", ylabel=VALUE, title="noise: answers differ", ylim=(0, 1))
    noise.legend(loc="upper center")
    grid = np.linspace(0, 1, 81)
    values = np.array([[hiddens["cliff"]([x1, x2]) for x1 in grid] for x2 in grid])
    levels = np.linspace(0.15, 0.85, 15)
    image = cliff.contourf(grid, grid, values, levels, cmap="viridis", extend="both")
    bar = cliff.figure.colorbar(image, ax=cliff, label="f", ticks=[0.2, 0.4, 0.6, 0.8])
    percent_axis(bar.ax.yaxis)
    cliff.set(xlabel="x1 (no unit)", ylabel="x2 (no unit)", title="cliff: f falls at an edge")
    top = [0.5] * 6
    moved = capstone.relevant(hiddens["six"])
    styles = iter([(BLACK, "-"), (GREEN, "-.")])
    for j in range(6):
        line = [hiddens["six"]([*top[:j], x, *top[j + 1 :]]) for x in u]
        if j in moved:
            color, style = next(styles)
            six.plot(u, line, color=color, linestyle=style, label=f"x{j + 1} moves")
        else:
            name = "each of the other four moves" if j == min(set(range(6)) - {*moved}) else None
            six.plot(u, line, color=ORANGE, linestyle=":", linewidth=3, label=name)
    six.set(xlabel="the input that moves", ylabel="f", title="six: two inputs matter", ylim=(0, 1))
    six.legend(loc="upper center")
    percent_axis(noise.yaxis), percent_axis(six.yaxis)
    return axes


# Where scores stand

STYLES = {  # of players that are all BO: told apart by line and marker
    "BO": {},
    "BO, its own start": {"color": GREEN, "linestyle": "-.", "marker": "s"},
    "BO, told which two": {"color": VERMILION, "linestyle": ":", "marker": "^"},
    "BO, its largest answer": {"color": ORANGE, "linestyle": "-.", "marker": "P"},
}


def standings(regrets, ax, title=""):
    """Draw for each player which share of its runs ends at most so far below the top.

    Args:
        regrets: {player: shape (n,)}, units of f, in the order of the legend.
    """
    for i, (player, each) in enumerate(regrets.items()):
        drawn = look(player) | STYLES.get(player, {})
        ordered = 100 * np.sort(each)
        share = np.arange(1, len(each) + 1) / len(each)
        marks = {"markevery": (12 + 9 * i, 40), "markersize": 7}
        label = f"{player}: {len(each)} runs"
        ax.plot(ordered, share, drawstyle="steps-post", label=label, gid=player, **drawn, **marks)
    ax.set(xlabel="regret at the end (points)", ylabel="share of runs", title=title, ylim=(0, 1.02))
    ax.set_xlim(left=-0.5)
    percent_axis(ax.yaxis)
    return ax


# The board of a game

_PLACES = {  # left and bottom of each panel, its size: fractions of the figure
    "noise": [(0.1, 0.17, 0.54, 0.68)],
    "cliff": [(0.1 + 0.29 * j, 0.17, 0.25, 0.68) for j in range(2)],
    "six": [(0.1 + 0.19 * (j % 3), 0.59 - 0.42 * (j // 3), 0.16, 0.26) for j in range(6)],
}


def board(fig, task):
    """Draw the empty board of every task on a figure, and show that of one; return all panels.

    A panel shows the answers against one input; the last one shows them in their order.

    Args:
        fig: a Figure without a layout engine.

    Returns:
        {task: list of Axes, "order": Axes}.
    """
    axes = {}
    for name, places in _PLACES.items():
        axes[name] = [fig.add_axes(place) for place in places]
        for j, ax in enumerate(axes[name]):
            _empty(ax, bottom=name != "six" or j > 2, left=j % 3 == 0)
            ax.set(xlim=(-0.03, 1.03), xticks=[0, 1])
            ax.set_xlabel(f"x{j + 1}", labelpad=2 if name == "six" and j < 3 else -8)
            if j == 0:
                ax.set_ylabel("answer")
    axes["order"] = fig.add_axes((0.73, 0.17, 0.26, 0.68))
    _empty(axes["order"], bottom=True, left=True)
    axes["order"].plot([], [], color=BLACK, drawstyle="steps-post", gid="best")
    axes["order"].set(xlim=(0.4, capstone.BUDGET + 0.6), xticks=[1, 5, 9, 13])
    axes["order"].set_xlabel("query", labelpad=-2)
    title = fig.text(0.1, 0.93, "", ha="left", gid="title")
    title.set_fontsize(12)
    key = "star: query, diamond: the latest, ring: handed over, line: best answer so far"
    fig.text(0.995, 0.93, key, ha="right", fontsize=8)
    move_board(fig, axes, task, [], [])
    return axes


def _empty(ax, bottom, left):
    ax.plot([], [], **look("you", line=False) | {"markersize": 9}, gid="queries")
    ax.plot([], [], "D", color=VERMILION, markersize=6, gid="latest")
    ring = {"markersize": 15, "markerfacecolor": "none", "markeredgewidth": 1.8}
    ax.plot([], [], "o", color=GREEN, **ring, gid="handed")
    ax.set(ylim=(0, 1), yticks=[0, 0.5, 1])
    percent_axis(ax.yaxis)
    ax.tick_params(labelbottom=bottom, labelleft=left)


def move_board(fig, axes, task, x, values, handed=None, title=""):
    """Put a game on a board that `board` has drawn.

    Args:
        axes: what `board` returned. x: the queries, n lists of d numbers. values: the answers,
            shape (n,). handed: index of the query handed over, or None.
    """
    n, X = len(values), np.array(x).reshape(-1, capstone.TASKS[task])
    for name in _PLACES:
        for j, ax in enumerate(axes[name]):
            ax.set_visible(name == task)
            if name == task:
                _put(ax, X[:, j], values, handed)
    turn = np.arange(1, n + 1)
    _put(axes["order"], turn, values, handed)
    move(axes["order"], "best", turn, np.maximum.accumulate(values) if n else [])
    next(text for text in fig.texts if text.get_gid() == "title").set_text(title)
    return axes


def _put(ax, x, values, handed):
    move(ax, "queries", x, values)
    move(ax, "latest", x[-1:], values[-1:])
    chosen = slice(0, 0) if handed is None else slice(handed, handed + 1)
    move(ax, "handed", x[chosen], values[chosen])


def played(fig, game):
    """Draw a `Game` that is over or under way on a figure of its own."""
    axes = board(fig, game.task)
    title = f"{game.task}: {len(game.x)} queries"
    return move_board(fig, axes, game.task, game.x, game.values, game.handed, title)
