"""Live figures of lesson 07: a run turn by turn, and five guesses beside those of a model."""

import functools
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import bo_tutorial as bo
from bo_tutorial import problems
from bo_tutorial.course.lesson_00 import numerics as game
from bo_tutorial.course.lesson_07 import figures as loop
from bo_tutorial.course.live import LiveFigure, Pick, Slider, Toggle, live
from bo_tutorial.plotting import shared_legend

F = problems.forrester
X = np.linspace(0, 1, 201)
TRUTH = np.array([F({"x1": x}) for x in X])
N_INITIAL, N, XI = 3, 12, 0.01
COURSE, OWN = "the course's game", "my own game"


def _strategy(seed):
    return bo.BayesianOptimization.plain(F.space, length_scale=0.15, xi=XI, seed=seed)


@functools.lru_cache(maxsize=16)
def _run(seed):
    return bo.maximize(F, F.space, N, strategy=_strategy(seed), progress=False)


@functools.lru_cache(maxsize=128)
def _state(seed, t):
    """The moment of a run after t evaluations, as `plotting.loop.step` draws it."""
    run, strategy = _run(seed), _strategy(seed)
    for config, value in zip(run.configs[:t], run.values[:t], strict=True):
        strategy.tell(config, value)
    mu, sigma = strategy.posterior().predict(X[:, None])
    ei = bo.expected_improvement(mu, sigma, run.incumbents[t - 1], XI)
    observed = np.array([config["x1"] for config in run.configs[:t]]), run.values[:t]
    return mu, sigma, ei, observed, strategy.ask()["x1"]


@live
def stepper():
    """Step through a run of the loop: posterior, acquisition, incumbent, and why this point."""
    fig = Figure(figsize=(10, 5.4))
    axes = fig.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    loop.step(X, TRUTH, _state(1, N_INITIAL), axes)
    shared_legend(fig, columns=4)

    def update(t, seed, truth):
        state = _state(seed, t)
        loop.move_step(X, state, axes, truth)
        mu, sigma, ei, (_, y), next_x = state
        at = int(np.argmin(np.abs(X - next_x)))
        axes[1].set_title(f"largest EI {ei.max():.2g}: next x = {next_x:.3f}")
        why = _why(mu[at], sigma[at], y.max())
        got = F({"x1": next_x})
        alt = (
            f"Run {seed} after {t} evaluations, incumbent {y.max():.2f}. {why} "
            f"The largest expected improvement is {ei.max():.2g}."
        )
        return alt, f"Evaluation {t + 1} goes to x = {next_x:.3f}. {why} It scores {got:.2f}."

    return LiveFigure(
        "step forward and back, and read why this point is next",
        fig,
        update,
        t=Slider("t (evaluations made)", N_INITIAL, N_INITIAL, N - 1, 1, whole=True),
        seed=Slider("run (seed)", 1, 0, 9, 1, whole=True),
        truth=Toggle("show the hidden f", True),
    )


def _why(mu, sigma, best):
    """Say in words why a point is next."""
    numbers = f"There the model expects {mu:.2f} ± {sigma:.2g} and has to beat {best:.2f} + {XI:g}:"
    if mu > best + XI:
        return f"{numbers} the mean alone does, so μ sends it there."
    short = (best + XI - mu) / sigma
    return f"{numbers} the mean falls short by {short:.2g} standard deviations, so it takes σ."


@live
def replay(folder="."):
    """Replay five guesses turn by turn, beside those of a model on the same function.

    Args:
        folder: where the learner's own game is looked for, once it is picked.
    """
    at = np.linspace(0, 1, 201)

    def states(trace, t):
        its_own = game.opponents(trace.preset, seed=0)["BO"]
        for each in (trace, its_own):
            observed = each.x[:t], each.values[:t]
            mu, sigma, next_x = game.belief(*observed, at)
            yield mu, sigma, observed, next_x, (each.x[t], each.values[t])

    fig = Figure(figsize=(12, 5))
    axes = fig.subplots(1, 2, sharey=True)
    for ax, state in zip(axes, states(game.load(), 2), strict=True):
        loop.replayed(at, state, ax, title="")
    shared_legend(fig, columns=3)

    def update(t, whose):
        trace, note = _trace(whose, folder)
        told = []
        for ax, state, who in zip(axes, states(trace, t), (trace.player, "BO"), strict=True):
            loop.move_replayed(at, state, ax)
            mu, sigma, (_, values), next_x, (x, value) = state
            ei = bo.expected_improvement(mu, sigma, values.max())
            worth = np.interp(x, at, ei)
            ax.set_title(f"{who} after {t}: {x:.3f} is worth {100 * worth:.2f} points")
            asks = f"; the model asks {next_x:.3f}, worth {100 * ei.max():.2f}"
            told.append(
                f"{who[:1].upper()}{who[1:]}, best so far {values.max():.1%}, "
                f"plays {x:.3f}, worth {100 * worth:.2f} "
                f"points, and gets {value:.1%}{'' if who == 'BO' else asks}"
            )
        line = f"{note}Function {trace.preset}. {'. '.join(told)}."
        return f"Two games after {t} evaluations. {line}", line

    return LiveFigure(
        "step through both games; pick your own if you have played lesson 00",
        fig,
        update,
        t=Slider("t (evaluations made)", 2, 2, 4, 1, whole=True),
        whose=Pick("game", [COURSE, OWN]),
    )


def _trace(whose, folder):
    """The game to be replayed, and what to say if it is not the one that was picked."""
    if whose == COURSE:
        return game.load(), ""
    if not (Path(folder) / game.FILE_NAME).exists():
        return game.load(), f"No {game.FILE_NAME} here yet, so this is {COURSE}. "
    try:
        return game.mine(folder), ""
    except (OSError, ValueError) as error:
        return game.load(), f"Your game cannot be read ({error}), so this is {COURSE}. "
