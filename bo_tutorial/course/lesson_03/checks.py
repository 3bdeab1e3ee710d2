"""Exercises and predictions of lesson 03, with the wrong answers that learners give."""

import math

import numpy as np

from bo_tutorial.course.checking import Array, Choice, Function, Number, Wrong

# How many draws?

_GOOD, _SURE = 0.03, 0.95
_EXACT = math.log(1 - _SURE) / math.log(1 - _GOOD)

DRAWS = Number(
    right=math.ceil(_EXACT),
    kind="a whole number of draws",
    rtol=1e-3,
    wrong=(
        Wrong(
            "rounded down",
            math.floor(_EXACT),
            "With this many draws the chance is still a little short of what was asked.",
        ),
        Wrong(
            "not rounded",
            round(_EXACT, 1),
            "Nobody trains four tenths of a network: which whole number keeps the promise?",
        ),
        Wrong(
            "the expected number of draws",
            math.floor(1 / _GOOD),
            "That is the average number until the first hit. How many draws make 19 of 20 searches "
            "succeed?",
        ),
        Wrong(
            "the expected number of draws, rounded up",
            math.ceil(1 / _GOOD),
            "Rounding is not the problem. After the average number of draws, the chance that all "
            "of them have missed is still more than a third.",
        ),
        Wrong(
            "chances added up",
            round(_SURE / _GOOD),
            "By that rule, two draws at 60 % each succeed with 120 %. Start from the chance that "
            "all draws miss.",
        ),
        Wrong(
            "hit and miss exchanged",
            math.ceil(math.log(_SURE) / math.log(1 - _GOOD)),
            "You asked when all draws miss with a chance of 95 %. What may the chance to miss be?",
        ),
        Wrong(
            "a share of the wrong size",
            math.ceil(math.log(1 - _SURE) / math.log(1 - 10 * _GOOD)),
            "You used 30 % for the good configurations: 3 % is another fraction.",
        ),
        Wrong(
            "the rule of thumb for the best 5 %",
            60,
            "Sixty draws are enough when good configurations make up 5 % of the space. Here they "
            "are rarer.",
        ),
    ),
)

# A narrow ridge: shape (2,), the chance of the grid and that of the random draws.

_WIDTH, _N = 0.08, 9
_RANDOM = 1 - (1 - _WIDTH) ** _N

RIDGE = Array(
    right=np.array([3 * _WIDTH, _RANDOM]),
    kind="shape (2,): chance of the grid, chance of the nine draws, as fractions",
    wrong=(
        Wrong(
            "percent instead of fractions",
            100 * np.array([3 * _WIDTH, _RANDOM]),
            "Probabilities lie between 0 and 1; the rest of your reasoning holds.",
        ),
        Wrong(
            "nine lines instead of three",
            np.array([9 * _WIDTH, _RANDOM]),
            "The grid has nine points. How many different values do they have on this axis?",
        ),
        Wrong(
            "the grid's lines as independent draws",
            np.array([1 - (1 - _WIDTH) ** 3, _RANDOM]),
            "The lines keep their distance. So narrow a ridge never has two of them at once, and "
            "a sum counts nothing twice.",
        ),
        Wrong(
            "one line only",
            np.array([_WIDTH, _RANDOM]),
            "That is the chance of one line. How many lines does the grid have on this axis?",
        ),
        Wrong(
            "chances of overlapping events added up",
            np.array([3 * _WIDTH, 9 * _WIDTH]),
            "The nine draws may hit the ridge more than once, and a sum counts that twice.",
        ),
        Wrong(
            "three draws instead of nine",
            np.array([3 * _WIDTH, 1 - (1 - _WIDTH) ** 3]),
            "How many different learning rates do nine random points have?",
        ),
        Wrong(
            "the chance that all miss",
            np.array([1 - 3 * _WIDTH, 1 - _RANDOM]),
            "These are the chances of finding nothing good.",
        ),
        Wrong(
            "in another order",
            np.array([_RANDOM, 3 * _WIDTH]),
            "Your numbers are right; the grid comes first.",
        ),
    ),
)

# The expected best of n draws from a table.


def expected_best(scores, n):
    """Return E[max of n draws with replacement]: sum over k of s_(k) ((k/N)^n - ((k-1)/N)^n)."""
    s = np.sort(scores)
    chance_below = (np.arange(len(s) + 1) / len(s)) ** n
    return float(np.sum(s * np.diff(chance_below)))


def _descending(scores, n):
    s = np.sort(scores)[::-1]
    return float(np.sum(s * np.diff((np.arange(len(s) + 1) / len(s)) ** n)))


def _not_sorted(scores, n):
    s = np.asarray(scores)
    return float(np.sum(s * np.diff((np.arange(len(s) + 1) / len(s)) ** n)))


def _off_by_one(scores, n):
    s = np.sort(scores)
    chance_below = (np.arange(len(s)) / len(s)) ** n
    return float(np.sum(s[:-1] * np.diff(chance_below)))


def _from_zero(scores, n):
    s, k = np.sort(scores), np.arange(1, len(scores))
    return float(np.sum(s[1:] * ((k / len(s)) ** n - ((k - 1) / len(s)) ** n)))


def _no_row_twice(scores, n):
    s, N = np.sort(scores), len(scores)
    return float(sum(s[k] * math.comb(k, n - 1) for k in range(N)) / math.comb(N, n))


_rng = np.random.default_rng(3)
_TABLES = (
    (np.array([0.5, 0.9, 0.1]), 1),
    (np.array([0.5, 0.9, 0.1, 0.7]), 2),
    (_rng.random(50), 7),
    (np.round(_rng.random(40), 1), 20),
)

EXPECTED_BEST = Function(
    right=expected_best,
    inputs=_TABLES,
    kind="one number, an accuracy as a fraction",
    wrong=(
        Wrong(
            "the mean of the scores",
            lambda scores, n: float(np.mean(scores)),
            "That is right for one draw. A larger n should give a larger number.",
        ),
        Wrong(
            "the best of the table",
            lambda scores, n: float(np.max(scores)),
            "A few draws seldom include the best row. Where does n enter?",
        ),
        Wrong(
            "a quantile instead of a mean",
            lambda scores, n: float(np.quantile(scores, 1 - 1 / (n + 1))),
            "The best of n draws often lies near this quantile. The question asks for its mean.",
        ),
        Wrong(
            "sorted from the top",
            _descending,
            "With many draws, your result approaches the worst row. Which row is number 1?",
        ),
        Wrong(
            "not sorted",
            _not_sorted,
            "Row k of the table as it stands is not the k-th smallest.",
        ),
        Wrong(
            "the differences are missing",
            lambda scores, n: float(
                np.sum(np.sort(scores) * (np.arange(1, len(scores) + 1) / len(scores)) ** n)
            ),
            "(k/N)^n is the chance that the best is at most the k-th smallest; you need the chance "
            "that it is exactly that one. Do your chances add up to one?",
        ),
        Wrong(
            "the first or last row is left out",
            _off_by_one,
            "N rows need N chances, which takes N + 1 powers, from 0 to 1.",
        ),
        Wrong(
            "counted from 0",
            _from_zero,
            "In code the smallest score has the index 0, in the formula the number 1: its chance "
            "is not zero.",
        ),
        Wrong(
            "a derivative instead of a difference",
            lambda scores, n: float(
                np.sum(np.sort(scores) * (np.arange(1, len(scores) + 1) / len(scores)) ** (n - 1))
                * n
                / len(scores)
            ),
            "A density is close for very many rows. For a list, the chance of exactly the k-th row "
            "is the step from one power to the next.",
        ),
        Wrong(
            "drawn without replacement",
            _no_row_twice,
            "This draws no row twice. With replacement, a row may come again.",
        ),
        Wrong(
            "n times the mean",
            lambda scores, n: float(n * np.mean(scores)),
            "That is the expected sum of n scores, and it can exceed 100 %.",
        ),
    ),
)

# What would you do?

STOP_ANY_TIME = Choice(
    right="b",
    because="every beginning of the sequence covers all six axes, with as many different values "
    "on each as there are trainings.",
    wrong=(
        Wrong(
            "a grid cut short",
            "a",
            "Stop it after half: the hyperparameter that the grid varies slowest has been seen at "
            "one value only.",
        ),
        Wrong(
            "one hyperparameter at a time",
            "c",
            "What does this tell about a high learning rate together with a wide network? And "
            "which hyperparameters have been tried if it stops after 20 trainings?",
        ),
        Wrong(
            "the important one alone",
            "d",
            "Nobody knows yet which it is on this problem, and the others stay where they were.",
        ),
    ),
)

# Predictions

PREDICT_DUEL = Choice(
    right="b",
    because="averaged over its placements, each point of the grid is as uniform as a draw.",
    wrong=(
        Wrong(
            "no grid stands a chance",
            "a",
            "Nine different learning rates help only if three are too few to hit a good one. How "
            "wide is the good part of the map above?",
        ),
        Wrong(
            "one lucky grid stands for all",
            "c",
            "That holds for a grid with a line at a good value. The question is about the average "
            "over all grids.",
        ),
        Wrong(
            "the important axis gives it away",
            "d",
            "The learning rate matters most to both of them. How often does a grid have a line at "
            "a good learning rate, and how often does a draw?",
        ),
    ),
)

PREDICT_NEIGHBOR = Choice(
    right="d",
    because="the correlation is about 0.95, and its square is the share of the variance explained.",
    wrong=(
        Wrong(
            "every evaluation stands alone",
            "a",
            "That is how random search treats them. Are two networks that differ only in their "
            "width two different problems?",
        ),
        Wrong(
            "noise hides nearly all",
            "b",
            "Seeds move an accuracy by a few points, and rows differ by dozens.",
        ),
        Wrong(
            "a little of everything",
            "c",
            "The two rows share four of five hyperparameters, and the learning rate is among them.",
        ),
    ),
)

CHECKS = {
    "03.predict_duel": PREDICT_DUEL,
    "03.predict_neighbor": PREDICT_NEIGHBOR,
    "03.draws": DRAWS,
    "03.ridge": RIDGE,
    "03.expected_best": EXPECTED_BEST,
    "03.stop_any_time": STOP_ANY_TIME,
}
