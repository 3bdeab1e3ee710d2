"""Lesson 00: five guesses, regret, and what two evaluations say about a third."""

import numpy as np

from bo_tutorial.acquisition import expected_improvement
from bo_tutorial.course.checking import Choice, Function, Number, Wrong
from bo_tutorial.course.lesson_00 import numerics as game

# Predict: where the model asks after the first two evaluations of BO's game.
NEXT = {"a": (0.2, 0.405), "b": (0.415, 0.74), "c": (0.745, 0.765), "d": (0.8, 1.0)}


def _next_letter():
    run = game.opponents("D", seed=0)["BO"]
    next_x = game.belief(run.x[:2], run.values[:2], [0.5])[2]
    return next(letter for letter, (low, high) in NEXT.items() if low < next_x < high)


# Predict: how often random search ends with less regret than BO, on function F.
def _shelf_letter():
    random, bo = (game.duel("F")[player][:, -1] for player in game.OPPONENTS)
    share = np.mean(random < bo)
    return "abcd"[np.searchsorted([0.1, 0.35, 0.55], share)]


# Exercise 1.
VALUES, TOP = np.array([0.41, 0.66, 0.58, 0.71, 0.69]), 0.88
AFTER_THREE = TOP - VALUES[:3].max()

# Exercise 3: four evaluations told, one left.
TOLD_X, TOLD = np.array([0.2, 0.45, 0.7, 0.9]), np.array([0.55, 0.72, 0.7, 0.41])
LAST = {"a": 0.46, "b": 0.58, "c": 0.95, "d": 0.7}


def _last_letter():
    at = np.array(list(LAST.values()))
    mu, sigma, _ = game.belief(TOLD_X, TOLD, at)
    return list(LAST)[int(np.argmax(expected_improvement(mu, sigma, TOLD.max())))]


def _per_turn(values, optimum):
    return optimum - np.maximum.accumulate(values)


def _choice(right, wrong, because):
    return Choice(right, tuple(each for each in wrong if each.answer != right), because)


CHECKS = {
    "00.predict_next": _choice(
        _next_letter(),
        (
            Wrong(
                "away from what is good",
                "a",
                "One of the two values is much better than the other. On which side of it?",
            ),
            Wrong(
                "in between",
                "b",
                "Between them both neighbors speak, so the model is rather sure; and on the way to "
                "the worse one the mean falls.",
            ),
            Wrong(
                "the best one again",
                "c",
                "Beside an evaluation the model is sure of f. How much better can it be there?",
            ),
            Wrong("far out", "d", "Look again at where the mean still rises."),
        ),
        "the mean is still high there, and the model is unsure: nobody has looked beyond.",
    ),
    "00.predict_shelf": _choice(
        _shelf_letter(),
        (
            Wrong(
                "a model cannot lose",
                "a",
                "What does a model believe of a long slope that it sees, and of a shelf that it "
                "does not?",
            ),
            Wrong(
                "losing is rare",
                "b",
                "The shelf takes more than a fifth of the axis: how often do five blind draws miss "
                "all of it?",
            ),
            Wrong(
                "an even match",
                "c",
                "The slope leads away from the shelf, and BO follows slopes. Random search does "
                "not.",
            ),
            Wrong("random search nearly always", "d", "Its draws may miss the shelf too."),
        ),
        "BO follows the slope, away from the shelf.",
    ),
    "00.regret": Number(
        right=AFTER_THREE,
        kind="a regret, as a fraction: a point of accuracy is 0.01",
        wrong=(
            Wrong(
                "the last value instead of the best",
                TOP - VALUES[2],
                "A worse third value takes nothing away: which accuracy could you report by then?",
            ),
            Wrong(
                "after the whole game",
                TOP - VALUES.max(),
                "Count the evaluations again: the question stops before the fourth.",
            ),
            Wrong(
                "the first value",
                TOP - VALUES[0],
                "Later evaluations count too, whichever of them is best.",
            ),
            Wrong(
                "value minus top",
                -AFTER_THREE,
                "Regret says what is missing: nothing can be better than the top, so it is never "
                "negative.",
            ),
            Wrong(
                "points instead of a fraction",
                100 * AFTER_THREE,
                "You count in points; the answer is asked for in the units of f.",
            ),
            Wrong(
                "the mean instead of the best",
                TOP - VALUES[:3].mean(),
                "You will use one configuration, not three: which of them?",
            ),
            Wrong(
                "the best value itself",
                VALUES[:3].max(),
                "That is what you have by then. Regret is what it lacks.",
            ),
            Wrong(
                "one instead of the top of f",
                1 - VALUES[:3].max(),
                "Regret is measured from the largest value that f takes, which is given.",
            ),
        ),
    ),
    "00.regret_per_turn": Function(
        _per_turn,
        inputs=(
            (np.array([0.41, 0.66, 0.58, 0.71, 0.69]), 0.88),
            (np.array([0.9, 0.2, 0.3]), 0.93),
            (np.array([-2.0, -0.5, -1.0, 0.0]), 0.25),
        ),
        kind="the regret after each evaluation, shape (n,), units of f",
        wrong=(
            Wrong(
                "each value by itself",
                lambda values, optimum: optimum - values,
                "A bad evaluation after a good one does not undo it: what have you got by then?",
            ),
            Wrong(
                "the best of the whole game at every turn",
                lambda values, optimum: np.full(len(values), optimum - values.max()),
                "At the first turn the later values are not known yet.",
            ),
            Wrong(
                "value minus top",
                lambda values, optimum: np.maximum.accumulate(values) - optimum,
                "Regret is 0 at the top and positive below it.",
            ),
            Wrong(
                "the best so far itself",
                lambda values, optimum: np.maximum.accumulate(values),
                "That is what you have. How much of the top does it lack?",
            ),
            Wrong(
                "only the last turn",
                lambda values, optimum: optimum - values.max(),
                "One number for each evaluation is asked for.",
            ),
            Wrong(
                "the best of this game for the top",
                lambda values, optimum: values.max() - np.maximum.accumulate(values),
                "The game may end below the top: which argument knows how high it is?",
            ),
            Wrong(
                "the largest regret so far",
                lambda values, optimum: np.maximum.accumulate(optimum - values),
                "Regret never rises from turn to turn: which extreme of the values do you keep?",
            ),
            Wrong(
                "a running sum",
                lambda values, optimum: np.cumsum(optimum - values),
                "What counts is the one best value that you can show, not all of them together.",
            ),
            Wrong(
                "the values in order of size",
                lambda values, optimum: optimum - np.sort(values),
                "The evaluations came in an order, and a worse one may follow a better one.",
            ),
            Wrong(
                "one turn late",
                lambda values, optimum: (
                    optimum - np.maximum.accumulate(np.append(values[0], values[:-1]))
                ),
                "The evaluation of a turn belongs to that turn.",
            ),
        ),
    ),
    "00.last_guess": _choice(
        _last_letter(),
        (
            Wrong(
                "polishing the best so far",
                "a",
                "A hundredth away from an evaluation f has hardly room to change. How much could "
                "you gain?",
            ),
            Wrong("between two good ones", "b", "Compare what its neighbors have scored."),
            Wrong(
                "exploring where it is bad",
                "c",
                "Nobody has looked there, but the nearest neighbor is the worst of the four.",
            ),
            Wrong(
                "asking twice",
                "d",
                "There is no noise: what would the second answer be?",
            ),
        ),
        "two good neighbors, and room between them.",
    ),
}
