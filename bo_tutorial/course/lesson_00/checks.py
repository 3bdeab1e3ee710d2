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


# Predict: in how many of its games on function F BO hits the shelf. The ranges leave room between
# the choices.
SHELF = {"a": (0.9, 1.0), "b": (0.6, 0.8), "c": (0.3, 0.5), "d": (0.0, 0.1)}


def _shelf_letter():
    on_the_slope = game.preset("F").optimum - 0.6  # the regret of what lies between both
    share = np.mean(game.many_games()["F"]["BO"] < on_the_slope)
    return next(letter for letter, (low, high) in SHELF.items() if low < share < high)


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
                "away from the better point",
                "a",
                "One of the two values is much better than the other. On which side of it would "
                "you expect more?",
            ),
            Wrong(
                "in between",
                "b",
                "Between two evaluations the model is rather sure, and on the way to the worse one "
                "its mean falls.",
            ),
            Wrong(
                "the best one again",
                "c",
                "Close to an evaluation the model is sure of f. How much better can f be there?",
            ),
            Wrong("far out", "d", "Compare the means on both sides of the better point."),
        ),
        "the mean is still high there, and the model is unsure: nobody has looked beyond.",
    ),
    "00.predict_shelf": _choice(
        _shelf_letter(),
        (
            Wrong(
                "a model can only help",
                "a",
                "What does a model believe when it sees a long slope and does not see the shelf?",
            ),
            Wrong(
                "a model does no harm",
                "b",
                "Three of the five evaluations follow the model. Where does the slope send them?",
            ),
            Wrong(
                "as good as blind, and lucky",
                "c",
                "How often do the first two points, which ignore all results, find the shelf?",
            ),
            Wrong(
                "never on the shelf",
                "d",
                "The first two points ignore all results. How often does one of two such points "
                "hit 22 % of the axis?",
            ),
        ),
        "nearly always it is the first two points that find it: the model follows the slope.",
    ),
    "00.regret": Number(
        right=AFTER_THREE,
        kind="a regret, as a fraction: a point of accuracy is 0.01",
        wrong=(
            Wrong(
                "the last value instead of the best",
                TOP - VALUES[2],
                "The third value is worse than the second. What can you report after three?",
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
                "Nothing is better than the top, so regret is never negative.",
            ),
            Wrong(
                "points instead of a fraction",
                100 * AFTER_THREE,
                "This is in points. The answer has the units of f.",
            ),
            Wrong(
                "the mean instead of the best",
                TOP - VALUES[:3].mean(),
                "You will use one setting, not three. Which of them?",
            ),
            Wrong(
                "the best value itself",
                VALUES[:3].max(),
                "That is what you have after three. How far below the top is it?",
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
                "A bad evaluation does not undo a good one before it. What can you report then?",
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
                "That is what you have. How far below the top is it?",
            ),
            Wrong(
                "only the last turn",
                lambda values, optimum: optimum - values.max(),
                "The function returns one number for each evaluation.",
            ),
            Wrong(
                "the best of this game for the top",
                lambda values, optimum: values.max() - np.maximum.accumulate(values),
                "The game may end below the top. Which argument says how high the top is?",
            ),
            Wrong(
                "the largest regret so far",
                lambda values, optimum: np.maximum.accumulate(optimum - values),
                "Regret never rises from turn to turn. Which of the values do you keep?",
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
                "A hundredth away from an evaluation, f has little room to change. How much could "
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
                "There is no noise. What would the second answer be?",
            ),
        ),
        "two good neighbors, and room between them.",
    ),
}
