"""The figures of lesson 00: labels, legends, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bo_tutorial.course.lesson_00 import figures as drawing
from bo_tutorial.course.lesson_00 import numerics as game

X = np.array([0.5, 0.25, 0.1, 0.3, 0.2])
F = game.preset("D")


pytestmark = pytest.mark.usefixtures("course_style")


def labels(ax):
    return [label for label in ax.get_legend_handles_labels()[1]]


def by_label(ax, label):
    return next(line for line in ax.lines if line.get_label() == label)


def by_name(ax, name):
    (found,) = [line for line in ax.lines if line.get_gid() == name]
    return found


def ticks(axis):
    axis.axes.figure.canvas.draw()
    return [label.get_text() for label in axis.get_ticklabels()]


def test_turns_show_what_the_player_knew():
    fig, axes = plt.subplots(1, 5, sharey=True)
    values = F(X)
    assert drawing.turns(X, values, axes) is axes
    for t, ax in enumerate(axes, start=1):
        before, this = by_label(ax, "guesses before"), by_label(ax, "this guess")
        assert np.array_equal(before.get_xdata(), X[: t - 1])
        assert np.array_equal(this.get_xydata(), [[X[t - 1], values[t - 1]]])
        assert set(by_label(ax, "best so far").get_ydata()) == {values[:t].max()}
        assert len(ax.lines) == 3 and f"x = {X[t - 1]:g}" in ax.get_title()
    assert axes[0].get_ylabel() == "validation accuracy" and axes[0].get_xlabel() == "x"
    assert "20%" in ticks(axes[0].yaxis)


def board():
    fig = plt.figure()
    axes = fig.subplot_mosaic(drawing.BOARD, gridspec_kw=drawing.BOARD_SIZE)
    return drawing.board(axes, cursor=True)


def test_the_board_shows_the_games_and_at_the_end_the_function():
    axes = board()
    (legend,) = axes["f"].figure.legends
    said = [text.get_text() for text in legend.get_texts()]
    assert said == ["your x", "f (hidden)", "you", "random search", "BO", "top of f"]
    assert [axes[name].get_ylabel() for name in ("f", "order", "best")] == [
        "validation accuracy",
        "evaluation",
        "best so far",
    ]
    run = game.opponents("D")["BO"]
    drawing.move_board(axes, {"you": (X[:3], F(X[:3]))}, cursor=0.37)
    assert len(by_name(axes["f"], "f").get_xdata()) == 0
    assert set(by_name(axes["f"], "cursor").get_xdata()) == {0.37}
    drawing.move_board(axes, {"you": (X, F(X)), "BO": (run.x, run.values)}, F)
    assert not by_name(axes["f"], "cursor").get_visible()
    assert np.array_equal(by_name(axes["f"], "you values").get_ydata(), F(X))
    assert np.array_equal(by_name(axes["order"], "BO order").get_xydata()[:, 0], run.x)
    assert list(by_name(axes["order"], "BO order").get_ydata()) == [1, 2, 3, 4, 5]
    assert np.array_equal(by_name(axes["best"], "BO best").get_ydata(), run.incumbents)
    assert len(by_name(axes["f"], "random search values").get_xdata()) == 0
    x, drawn = by_name(axes["f"], "f").get_data()
    assert np.array_equal(drawn, F(x)) and len(x) > 500
    assert set(by_name(axes["best"], "top").get_ydata()) == {F.optimum}
    looks = [(line.get_linestyle(), line.get_marker()) for line in axes["best"].lines[:3]]
    assert len(set(looks)) == 3  # told apart without color


def test_next_guess_marks_what_the_model_asks_and_what_another_did(ax):
    at = np.linspace(0, 1, 11)
    mu, sigma, next_x = game.belief(X[:4], F(X[:4]), at)
    other = {"the player's fifth": (0.2, 0.67)}
    drawing.next_guess(at, mu, sigma, (X[:4], F(X[:4])), next_x, ax, other, "after 4")
    assert set(by_label(ax, "what it asks next").get_xdata()) == {next_x}
    assert np.array_equal(by_label(ax, "posterior mean").get_ydata(), mu)
    assert by_label(ax, "the player's fifth").get_xydata().tolist() == [[0.2, 0.67]]
    assert (ax.get_xlabel(), ax.get_title()) == ("x (a setting, no unit)", "after 4")
    assert "within 2 sd of f" in labels(ax)


def test_a_step_shows_the_belief_its_worth_and_the_same_choice_in_both_panels():
    fig, axes = plt.subplots(2, 1, sharex=True)
    at = np.linspace(0, 1, 11)
    mu, sigma, next_x = game.belief(X[:4], F(X[:4]), at)
    worth = np.linspace(0, 0.05, 11)
    assert drawing.step(at, mu, sigma, worth, (X[:4], F(X[:4])), next_x, axes, {}, "t") is axes
    top, bottom = axes
    assert set(by_label(top, "what it asks next").get_xdata()) == {next_x}
    assert set(bottom.lines[-1].get_xdata()) == {next_x}
    assert set(by_label(top, "best so far").get_ydata()) == {F(X[:4]).max()}
    assert np.array_equal(by_label(bottom, "EI").get_ydata(), worth)
    assert bottom.get_ylabel() == "EI (points)" and "4" in ticks(bottom.yaxis)
    assert top.get_title() == "t" and (top.get_xlabel(), top.get_ylabel()) == ("", drawing.YLABEL)


def test_hits_are_drawn_with_their_intervals(ax):
    drawing.hits({"Sobol points": (6, 10), "BO": (1, 50)}, ax, "games")
    for container, (k, n), place in zip(ax.containers, ((6, 10), (1, 50)), (0, 1), strict=True):
        assert container.lines[0].get_xydata().tolist() == [[place, k / n]]
        (bars,) = container.lines[2]
        assert np.allclose(bars.get_segments()[0][:, 1], game.share_interval(k, n))
    assert ticks(ax.xaxis) == ["Sobol points\n6 of 10", "BO\n1 of 50"]
    assert ax.get_ylabel() == "games" and "20%" in ticks(ax.yaxis)


def test_the_board_calls_the_player_what_it_is_told():
    fig = plt.figure()
    axes = drawing.board(fig.subplot_mosaic(drawing.BOARD), you="the player")
    (legend,) = fig.legends
    assert [text.get_text() for text in legend.get_texts()][1] == "the player"
    drawing.move_board(axes, {"you": (X, F(X))}, F)
    assert np.array_equal(by_name(axes["f"], "you values").get_ydata(), F(X))


def test_duels_draw_medians_and_quartiles(ax):
    regrets = {
        "A": {"random search": np.array([0.1, 0.2, 0.3, 0.4, 0.5]), "BO": np.array([0.0, 0.1])},
        "B": {"random search": np.array([0.3]), "BO": np.array([0.05, 0.15])},
    }
    drawing.duels(regrets, ax)
    assert labels(ax) == ["random search: median and quartiles", "BO: median and quartiles"]
    random, bo = ax.containers
    assert np.allclose(random.lines[0].get_ydata(), [0.3, 0.3])
    assert np.allclose(bo.lines[0].get_ydata(), [0.05, 0.1])
    (bars,) = random.lines[2]
    assert np.allclose(bars.get_segments()[0][:, 1], [0.2, 0.4])
    assert "points" in ax.get_ylabel() and ticks(ax.xaxis) == ["A", "B"]
    assert "20" in ticks(ax.yaxis) or "10" in ticks(ax.yaxis)  # a regret is in points, not in %


def test_the_gallery_marks_each_top():
    fig, axes = plt.subplots(1, 2)
    functions = [game.preset("A"), game.preset("G")]
    drawing.gallery(functions, axes)
    for f, ax in zip(functions, axes, strict=True):
        assert by_label(ax, "top of f").get_xydata().tolist() == [[f.best_x, f.optimum]]
        x, y = by_label(ax, "f (hidden)").get_data()
        assert np.array_equal(y, f(x)) and y.max() <= f.optimum + 1e-9
        assert f.shape in ax.get_title()


def test_class_curves_draw_the_medians_turn_by_turn(ax):
    regrets = {
        "class": np.array([[0.3, 0.1], [0.5, 0.2], [0.4, 0.0]]),
        "random search": np.array([[0.2, 0.2], [0.4, 0.1]]),
        "BO": np.array([[0.2, 0.0], [0.4, 0.1]]),
    }
    drawing.class_curves(regrets, ax)
    assert labels(ax)[0] == "class: median of 3 games, with quartiles"
    assert labels(ax)[2] == "BO: median of 2 games, with quartiles"
    drawn = [container.lines[0] for container in ax.containers]
    assert np.allclose(drawn[0].get_ydata(), [0.4, 0.1])
    assert np.allclose(drawn[1].get_ydata(), [0.3, 0.15])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("evaluation", "regret (points)")


def test_the_map_stops_where_a_way_stops(ax):
    lessons = {"00": "guesses", "03": "random", "08": "example"}
    ways = {"all": ["00", "03", "08"], "lecture": ["00", "03"], "example": ["08"]}
    drawing.course_map(lessons, ways, ax)
    for row, (line, places) in enumerate(zip(ax.lines, ([0, 1, 2], [0, 1], [2]), strict=True)):
        assert list(line.get_xdata()) == places and set(line.get_ydata()) == {-row}
    assert ticks(ax.xaxis)[2] == "08  example" and ticks(ax.yaxis) == list(ways)
    assert len({(line.get_marker(), line.get_color()) for line in ax.lines}) == 3


def test_the_map_leaves_open_what_is_not_written(ax):
    lessons = {"00": "guesses", "03": "random", "11": "break", "12": "others"}
    ways = {"all": list(lessons), "lecture": ["00", "03"], "example": ["03"]}
    drawing.course_map(lessons, ways, ax, unwritten=["11", "12"])
    whole, ahead, *others = ax.lines
    assert list(whole.get_xdata()) == [0, 1, 2, 3] and list(ahead.get_xdata()) == [2, 3]
    assert set(ahead.get_ydata()) == {0} and ahead.get_marker() == whole.get_marker()
    assert ahead.get_markerfacecolor() == "white" and len(others) == 2
    assert [text.get_text() for text in ax.texts] == ["open: being written"]
