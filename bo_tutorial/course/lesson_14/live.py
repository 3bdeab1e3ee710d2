"""Live figures of lesson 14: questions under way, and the same evaluations on two clocks."""

import numpy as np
from matplotlib.figure import Figure

from bo_tutorial import problems
from bo_tutorial.course.lesson_14 import figures
from bo_tutorial.course.lesson_14 import numerics as parallel
from bo_tutorial.course.live import LiveFigure, Slider, Toggle, live
from bo_tutorial.plotting import shared_legend

N_JOBS = 24


@live
def ask_again():
    """Ask while other questions are under way, with or without believing the mean there."""
    truth = np.array([problems.forrester({"x1": x}) for x in parallel.GRID])
    observed = parallel.told()
    fig = Figure(figsize=(10, 5.2))
    axes = fig.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    figures.under_way(parallel.moment(0), truth, observed, axes)
    shared_legend(fig, columns=4)

    def update(n, believes):
        moment = parallel.moment(n, believes)
        figures.move_under_way(moment, observed, axes)
        asked = ", ".join(f"{x:.3f}" for x in moment.pending) or "none"
        best = max(observed[1].max(), *moment.believed) if believes and n else observed[1].max()
        how = "counted as answered with the mean there" if believes else "ignored"
        line = (
            f"Under way: {asked}; {how}. To beat: {best:.2f}. The largest EI is "
            f"{moment.ei.max():.2g}, at x = {moment.next_x:.3f}: the next question."
        )
        return f"Posterior and expected improvement with {n} questions under way. {line}", line

    return LiveFigure(
        "put more questions under way, and see where the next one goes with and without believing",
        fig,
        update,
        n=Slider("questions under way", 0, 0, 6, 1, whole=True),
        believes=Toggle("believe the mean where a question is under way", True),
    )


@live
def two_clocks():
    """Run the same 24 evaluations with and without waiting for the slowest of each batch."""
    fig = Figure(figsize=(10, 5))
    axes = fig.subplots(2, 1, sharex=True)
    names = ("wait for each other", "nobody waits")
    hours = parallel.hours_each(N_JOBS, 0)
    for name, waits, ax in zip(names, (True, False), axes, strict=True):
        figures.clock(parallel.schedule(hours, 4, waits), 4, ax, name)
    axes[0].set_xlabel("")

    def update(workers, spread, seed):
        hours = parallel.hours_each(N_JOBS, seed, spread)
        told, ends = [], []
        for name, waits, ax in zip(names, (True, False), axes, strict=True):
            jobs = parallel.schedule(hours, workers, waits)
            figures.move_clock(jobs, workers, ax, name)
            ends.append(max(job.end for job in jobs))
            idle = parallel.idle_share(jobs, workers)
            told.append(f"{name}: {ends[-1]:.1f} hours, {idle:.0%} idle")
        axes[0].set_xlim(0, 1.05 * max(ends))
        line = f"{N_JOBS} evaluations, {hours.min():.1f} to {hours.max():.1f} hours each. "
        line += "; ".join(told) + "."
        return f"When each evaluation runs, on {workers} workers. {line}", line

    return LiveFigure(
        "change how many workers there are, and how much the evaluations differ",
        fig,
        update,
        workers=Slider("workers", 4, 1, 8, 1, whole=True),
        spread=Slider("spread (sd of log hours)", 0.5, 0.0, 1.0, 0.1),
        seed=Slider("durations (seed)", 0, 0, 9, 1, whole=True),
    )
