"""Live figures of lesson 09: what a run is worth in random draws, and what one seed would say."""

import functools

import numpy as np
from matplotlib.figure import Figure

from bo_tutorial.course.lesson_09 import figures as comparison
from bo_tutorial.course.lesson_09 import numerics as played
from bo_tutorial.course.live import LiveFigure, Pick, Slider, live

PAIRS = {
    f"{better} and {worse}": (better, worse)
    for better, worse in (
        ("TPE", "random"),
        ("EI", "random"),
        ("EI", "TPE"),
        ("TPE", "UCB"),
        ("Sobol", "random"),
        ("default", "EI"),
    )
}


@functools.cache
def _runs():
    return played.contest_runs()


def _regrets(contest, names=played.CONTESTANTS):
    """{contestant: regret of every run after every evaluation}, and limits that hold all of it."""
    optimum = played.contests()[contest].optimum
    regrets = {name: optimum - _runs()[contest][name].best for name in names}
    every = np.maximum(np.concatenate(list(regrets.values())), comparison.SMALLEST)
    return regrets, (0.7 * every.min(), 1.4 * every.max())


@live
def worth_in_draws():
    """Pick a contest and drag the budget: who is ahead, and how many random draws match each?"""
    runs, games = _runs(), played.contests()

    def look(contest, budget):
        found = {name: each.matching_draws(budget) for name, each in runs[contest].items()}
        return found, budget, games[contest].at_least

    fig = Figure(figsize=(10.5, 4.2))
    left, right = fig.subplots(1, 2, width_ratios=[5, 6])
    found, budget, at_least = look("Hartmann 6", 20)
    comparison.race_to(budget, _regrets("Hartmann 6")[0], left)
    comparison.worth(found, right, budget, at_least)

    def update(contest, budget):
        found, budget, at_least = look(contest, budget)
        comparison.move_race_to(budget, *_regrets(contest), left, contest)
        comparison.move_worth(found, right, budget, at_least)
        middles = {
            name: comparison.shown_quartiles(each, at_least)[1] for name, each in found.items()
        }
        said = ", ".join(
            f"{name} {'more than ' if middle == at_least else ''}{middle:,.0f}"
            for name, middle in middles.items()
        )
        return f"{contest} after {budget} evaluations. Random draws that match, medians: {said}."

    return LiveFigure(
        "pick a contest and drag the budget; read what each run is worth in random draws",
        fig,
        update,
        contest=Pick("contest", list(games), "Hartmann 6"),
        budget=Slider("evaluations (count)", 20, 5, 50, 5, whole=True),
    )


@live
def pick_a_seed():
    """Pick two contestants and a contest, drag the seed: who wins, and in how many pairs?"""
    runs, games = _runs(), played.contests()

    def look(pair, contest, seed):
        names = PAIRS[pair]
        regrets, limits = _regrets(contest, names)
        ends = [runs[contest][name].best[:, -1] for name in names]
        return names, {name: each[seed] for name, each in regrets.items()}, limits, ends

    fig = Figure(figsize=(10.2, 4.3))
    left, right = fig.subplots(1, 2, width_ratios=[5, 4])
    names, shown, _, ends = look("TPE and random", "Branin 2", 0)
    comparison.one_seed(shown, left, "Branin 2, seed 0")
    comparison.all_pairs(*ends, names, right)
    left.set_ylim(comparison.SMALLEST, 1000)  # room for the widest numbers of any contest
    fig.draw_without_rendering()
    fig.set_layout_engine("none")

    def update(pair, contest, seed):
        names, shown, limits, (mine, theirs) = look(pair, contest, seed)
        comparison.move_one_seed(shown, limits, left, f"{contest}, seed {seed}")
        comparison.move_pairs(mine, theirs, names, right, (seed, seed))
        first, second = names
        who = np.sign(mine[seed] - theirs[seed])
        verdict = {1: f"{first} wins", -1: f"{second} wins", 0: "a tie"}[int(who)]
        share = played.wrong_winner(mine, theirs)
        return (
            f"{contest}, {first} against {second}, 50 evaluations. Seed {seed}: {verdict}. Of all "
            f"{mine.size * theirs.size} pairs of seeds, {second} wins {share:.0%}, a tie counted "
            "as half."
        )

    return LiveFigure(
        "pick two contestants and a contest, drag the seed, and see who wins",
        fig,
        update,
        pair=Pick("contestants", list(PAIRS)),
        contest=Pick("contest", list(games), "Branin 2"),
        seed=Slider("seed (number)", 0, 0, 23, 1, whole=True),
    )
