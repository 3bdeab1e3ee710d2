"""Lesson 00: five guesses at a hidden function, then the reveal."""

from pathlib import Path

from matplotlib.figure import Figure

from bo_tutorial.course.lesson_00 import figures as drawing
from bo_tutorial.course.lesson_00 import numerics as game
from bo_tutorial.course.live import Collect, LiveFigure, Pick, Slider, live


@live
def five_guesses(player="me", folder="."):
    """Play: choose x, evaluate, five times; then see f, and what two opponents made of it.

    Args:
        player: your name in the trace. folder: where the trace of a finished game is kept; no file
            is written before that.
    """
    fig = Figure(figsize=(11, 5.8))
    axes = fig.subplot_mosaic(drawing.BOARD, gridspec_kw=drawing.BOARD_SIZE)
    drawing.board(axes, cursor=True)
    x = Slider("x (0 to 1, no unit)", 0.5, 0.0, 1.0, 0.01)
    pick = Pick("hidden function", list(game.PRESETS))

    def keep(kept):
        try:
            game.save(game.Trace(player, pick.value, kept), Path(folder) / game.FILE_NAME)
        except OSError as error:
            return f"Your game could not be saved: {error.strerror}."
        return f"Your game is saved in {game.FILE_NAME}, for lesson 07."

    guesses = Collect(x, "Evaluate", "New game", game.BUDGET, game.refusal, keep)
    pick.on_change(guesses.forget)  # another function is another game

    def update(x, guesses, hidden):
        f = game.preset(hidden)
        values = f(guesses)
        games, over = {"you": (guesses, values)}, len(guesses) == game.BUDGET
        if over:
            runs = game.opponents(hidden)
            games |= {name: (run.x, run.values) for name, run in runs.items()}
        left = game.BUDGET - len(guesses)
        state = f.shape if over else f"{left} evaluation{'' if left == 1 else 's'} left"
        drawing.move_board(axes, games, f if over else None, cursor=None if over else x)
        axes["f"].set_title(f"Function {hidden}: {state}")
        if over:
            return _told(f, games), _verdict(f, games)
        return _so_far(hidden, guesses, values), _news(hidden, guesses, values)

    return LiveFigure(
        "choose x, press Evaluate, five times; then f is revealed.",
        fig,
        update,
        x=x,
        guesses=guesses,
        hidden=pick,
    )


def _news(name, x, values):
    """The line above the picture before the end."""
    left = game.BUDGET - len(x)
    if not len(x):
        return f"Function {name}: {left} evaluations left. Where is its top?"
    return (
        f"f({x[-1]:.3g}) = {values[-1]:.1%}. Best so far {max(values):.1%}; "
        f"{left} evaluation{'' if left == 1 else 's'} left."
    )


def _so_far(name, x, values):
    """The alternative text before the end: what the player has seen, and nothing of f."""
    if not len(x):
        return f"An empty board for function {name}: nothing has been evaluated yet."
    pairs = ", ".join(f"{v:.1%} at x = {p:.3g}" for p, v in zip(x, values, strict=True))
    return f"Your evaluations of function {name} so far: {pairs}. The rest of f stays hidden."


def _verdict(f, games):
    """The line above the picture at the end."""
    regrets = {player: f.regret(values)[-1] for player, (_, values) in games.items()}
    said = ", ".join(f"{player} {100 * regret:.1f}" for player, regret in regrets.items())
    return (
        f"The top of function {f.name} ({f.shape}) is {f.optimum:.1%}, at x = {f.best_x:.2f}. "
        f"Regret in points: {said}. One game is luck; further down there are {game.N_GAMES}."
    )


def _told(f, games):
    """The alternative text at the end."""
    told = []
    for player, (x, values) in games.items():
        who = "You" if player == "you" else player
        places = ", ".join(f"{place:.2f}" for place in x)
        told.append(f"{who} evaluated x = {places} and reached {max(values):.1%}")
    return f"The whole of function {f.name}, {f.shape}, with three games on it. {'; '.join(told)}."
