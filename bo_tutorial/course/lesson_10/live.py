"""Live figures of lesson 10: what a search is worth in random trainings, and a run axis by axis."""

import functools

import numpy as np
from matplotlib.figure import Figure

from bo_tutorial import network
from bo_tutorial import plotting as general
from bo_tutorial.course.lesson_10 import figures
from bo_tutorial.course.lesson_10 import numerics as tuning
from bo_tutorial.course.live import LiveFigure, Pick, Slider, live
from bo_tutorial.smbo import default_n_initial

HOURS = network.HOURS_PER_TRAINING
NAMES = {"bayesian": "BO", "random": "random"}
METHODS = {"the five hyperparameters": "bayesian", "with a time of day": "idle"}


_runs = functools.cache(tuning.runs)


@functools.cache
def _curves(kind):
    """The best observed of both searches after n trainings: {label: curve}."""
    return {f"{name}, {kind}": tuning.curve(method, kind) for method, name in NAMES.items()}


@live
def match():
    """Stop BO after n trainings, and see how many random ones it takes to match it."""
    fig = Figure(figsize=(10, 5.4))
    ax = fig.subplots()
    reported = _curves("reported")
    figures.progress(_curves("later") | reported, ax, HOURS, mean_only=reported)
    ax.set_ylim(0.5, 1.0)
    figures.matched(20, 100, 0.9, ax)

    def update(n, kind):
        bo, random = _curves(kind).values()
        accuracy, m = float(bo[1][:, n - 1].mean()), tuning.match(bo, n, random)
        figures.move_matched(n, m, accuracy, ax)
        days = n * HOURS / 24
        what = {"later": "later accuracy", "reported": "report"}[kind]
        text = f"After {_trainings(n)} ({days:.1f} days) BO's {what} is {accuracy:.1%} on average. "
        if m is None:
            text += f"Random search does not get there with {random[0][-1]} trainings."
        else:
            text += f"Random search gets there with {m} ({m * HOURS / 24:.1f} days)."
        return text, text

    return LiveFigure(
        "stop BO after n trainings, and see how many random ones match it",
        fig,
        update,
        n=Slider("n (trainings of BO)", 20, 1, tuning.N_BAYESIAN, 1, whole=True),
        kind=Pick("accuracy", ["later", "reported"]),
    )


@live
def diary():
    """Step through a run: where on each axis the trainings so far lie, and where the next goes."""
    fig = Figure(figsize=(10, 5.2))
    axes = fig.subplots(2, 3).ravel()
    first, space = _runs("idle")[0], tuning.IDLE_SPACE
    figures.diary(first.points, first.values, 10, default_n_initial(space), space, axes)
    bar = fig.colorbar(axes[0].collections[0], ax=list(axes), aspect=40)
    bar.set_label("validation accuracy")
    general.percent_axis(bar.ax.yaxis)

    def update(t, run, which):
        method = METHODS[which]
        one = _runs(method)[run]
        points = one.points
        n_initial = default_n_initial(tuning.SPACES[method])
        if method == "bayesian":
            points = np.column_stack([points, np.full(len(points), np.nan)])
        axes[-1].set_visible(method == "idle")
        figures.move_diary(points, one.values, t, n_initial, axes)
        best, value = one.best_observed(t)
        text = f"Run {run} after {_trainings(t)}: best observed {value:.1%} at {_words(best)}."
        if t < tuning.N_BAYESIAN:
            text += f" Next: {_words(one.configs[t])}."
        return text, text

    return LiveFigure(
        "step through a run and watch which axes close in and which do not",
        fig,
        update,
        t=Slider("t (trainings made)", 10, 1, tuning.N_BAYESIAN, 1, whole=True),
        run=Slider("run (number)", 0, 0, tuning.N_IDLE_RUNS - 1, 1, whole=True),
        which=Pick("search", list(METHODS), "with a time of day"),
    )


def _words(config):
    """A configuration in words, without the units: "learning rate 0.01, batch size 16, ..."."""
    return ", ".join(f"{figures.LABELS[n].split(' (')[0]} {v:.3g}" for n, v in config.items())


def _trainings(n):
    return f"{n} training{'s' if n > 1 else ''}"
