"""Exercises of lesson 02: what fits a budget, machines for a grid, its blind spot, its order."""

import math

from bo_tutorial.course.checking import Choice, Function, Number, Wrong

_days = 4**6 * 4 / 24  # four values for each of six hyperparameters, four hours each


def _blind_spot(n, d):
    return math.sqrt(d) / (2 * (n - 1))


CHECKS = {
    "02.predict_values": Choice(
        right="d",
        wrong=(
            Wrong(
                "the budget divided",
                "a",
                "Dividing by five spends ten trainings on each hyperparameter alone. A grid "
                "combines every value with every other one.",
            ),
            Wrong(
                "the article's grid",
                "b",
                "That is the article's grid, and you have seen how many configurations it has.",
            ),
            Wrong(
                "rounded up",
                "c",
                "Multiply three by itself five times. Is that within the budget?",
            ),
        ),
        because="2⁵ = 32 fits, 3⁵ = 243 does not.",
    ),
    "02.machines": Number(
        right=float(math.ceil(_days / 30)),
        kind="a whole number of machines",
        wrong=(
            Wrong(
                "rounded down",
                float(math.floor(_days / 30)),
                "With this many machines, the grid is not quite finished when the month ends.",
            ),
            Wrong(
                "not rounded",
                _days / 30,
                "You cannot hire a part of a machine.",
            ),
            Wrong(
                "hours for days",
                float(math.ceil(4**6 * 4 / 30)),
                "A machine works for 24 hours on each of the 30 days.",
            ),
            Wrong(
                "the days of one machine",
                float(math.ceil(_days)),
                "This is how many days one machine takes. How many machines finish in a month?",
            ),
            Wrong(
                "one training a day",
                float(math.ceil(4**6 / 30)),
                "How many trainings of four hours does one machine finish in a day?",
            ),
            Wrong(
                "base and exponent exchanged",
                float(math.ceil(6**4 * 4 / 24 / 30)),
                "Which of the two numbers is multiplied by itself, and how often?",
            ),
            Wrong(
                "values added",
                float(math.ceil(4 * 6 * 4 / 24 / 30)),
                "The values of different hyperparameters are combined, so their numbers multiply.",
            ),
        ),
    ),
    "02.blind_spot": Function(
        right=_blind_spot,
        inputs=((3, 2), (5, 5), (3, 1), (2, 4)),
        kind="a distance in the unit cube, a positive number",
        wrong=(
            Wrong(
                "all the way to the next point",
                lambda n, d: math.sqrt(d) / (n - 1),
                "This is the distance between two opposite corners of a cell. Where between them "
                "is one farthest from both?",
            ),
            Wrong(
                "the posts of a fence",
                lambda n, d: math.sqrt(d) / (2 * n),
                "From 0 to 1, three values leave two gaps. How many gaps do n values leave?",
            ),
            Wrong(
                "along the axes",
                lambda n, d: d / (2 * (n - 1)),
                "The sum of the d half gaps follows the axes. The straight line is shorter.",
            ),
            Wrong(
                "one dimension only",
                lambda n, d: 1 / (2 * (n - 1)),
                "That is half a gap along one axis. The middle of a cell is half a gap away in "
                "every direction.",
            ),
            Wrong(
                "the square",
                lambda n, d: d / (4 * (n - 1) ** 2),
                "By Pythagoras this is the square of the distance.",
            ),
            Wrong(
                "two dimensions only",
                lambda n, d: math.sqrt(2) / (2 * (n - 1)),
                "Right in two dimensions. In d dimensions, how far off is the middle of a cell in "
                "each?",
            ),
            Wrong(
                "the gap along one axis",
                lambda n, d: 1 / (n - 1),
                "That is the distance of neighbors on one axis. Where between them is one farthest "
                "from both, and what do the other axes add?",
            ),
        ),
    ),
    "02.which_order": Choice(
        right="b",
        wrong=(
            Wrong(
                "from the other end",
                "a",
                "The list then begins with the largest learning rate. The shares by learning rate "
                "say what those trainings score.",
            ),
            Wrong(
                "another one to go slowly",
                "c",
                "Try it in the live figure. What stays fixed for the first two weeks?",
            ),
            Wrong(
                "a smaller grid",
                "d",
                "Such a grid has the two ends of the learning rate only. The table says how good "
                "these can be.",
            ),
        ),
        because="84 rows in random order are a fair sample of all 3125.",
    ),
}
