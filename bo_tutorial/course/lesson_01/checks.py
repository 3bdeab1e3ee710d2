"""Exercises of lesson 01: a slope, a coordinate, a space, a decision."""

import math

import numpy as np

from bo_tutorial.course.checking import Array, Choice, Number, Wrong
from bo_tutorial.space import Categorical, Float, Space

_rate = Float(1e-4, 1.0, log=True)

_space = {
    "weight_decay": Float(1e-6, 1e-2, log=True),
    "activation": Categorical(["tanh", "leaky"]),
    "slope": Float(0.01, 0.3, when={"activation": "leaky"}),
}
# Where the slope applies and where it does not: one alone says nothing of its range.
_CONFIGS = (
    {"weight_decay": 1e-5, "activation": "tanh"},
    {"weight_decay": 1e-3, "activation": "leaky", "slope": 0.068},
)


def _points(**changed):
    """The points of both configurations in the space, or in one with a mistake, shape (2, 3)."""
    space = Space(**(_space | changed))
    return np.array([space.to_unit(config) for config in _CONFIGS])


CHECKS = {
    "01.predict_slope": Choice(
        right="b",
        wrong=(
            Wrong(
                "a smooth function",
                "a",
                "That is how a smooth function behaves. Which values can a count of images take?",
            ),
            Wrong(
                "a jump at every step",
                "c",
                "It would if every change of the learning rate, however small, changed the "
                "accuracy. Does an image change sides each time?",
            ),
            Wrong(
                "random trainings",
                "d",
                "Both trainings use the same seed, so nothing is drawn anew between them.",
            ),
        ),
        because="the accuracy is a staircase: level between its steps, and it jumps at them.",
    ),
    "01.unit": Number(
        right=float(_rate.to_unit(0.003)),
        kind="a coordinate of the unit interval, between 0 and 1",
        wrong=(
            Wrong(
                "the raw axis",
                float(Float(1e-4, 1.0).to_unit(0.003)),
                "This is the share of the raw axis. On a log axis, count decades.",
            ),
            Wrong(
                "counted from the upper end",
                1 - float(_rate.to_unit(0.003)),
                "The coordinate 0 belongs to the lower end of the range, 0.0001.",
            ),
            Wrong(
                "the lower end forgotten",
                math.log10(0.003) / 4,
                "A coordinate is never negative. At which learning rate do you begin to count?",
            ),
            Wrong(
                "the logarithm itself",
                math.log10(0.003),
                "That counts decades from 1, downward. A coordinate starts at the lower end of the "
                "range.",
            ),
            Wrong(
                "two bases of the logarithm",
                (math.log(0.003) + 4) / 4,
                "Take one base of the logarithm for both numbers.",
            ),
            Wrong(
                "decades, not a share",
                math.log10(0.003) + 4,
                "These are the decades below it. How many decades does the whole axis have?",
            ),
            Wrong(
                "the decades of the axis miscounted",
                (math.log10(0.003) + 4) / 3,
                "How many factors of ten lead from one end of the range to the other?",
            ),
            Wrong(
                "ends counted instead of decades",
                (math.log10(0.003) + 4) / 5,
                "Five powers of ten are marked on the axis. How many decades lie between them?",
            ),
            Wrong(
                "the last decade alone",
                math.log10(3),
                "That is how far 0.003 lies from 0.001 in decades. The axis begins further left.",
            ),
        ),
    ),
    "01.space": Array(
        right=_points(),
        kind="shape (2, 3): two points, coordinates between 0 and 1 in the order of the table",
        wrong=(
            Wrong(
                "weight decay on a raw axis",
                _points(weight_decay=Float(1e-6, 1e-2)),
                "The weight decay spans four decades. Which argument of Float measures in decades?",
            ),
            Wrong(
                "slope on a log axis",
                _points(slope=Float(0.01, 0.3, log=True, when={"activation": "leaky"})),
                "The colleague tunes the slope by equal steps. Which axis has them?",
            ),
            Wrong(
                "the choices in the other order",
                _points(activation=Categorical(["leaky", "tanh"])),
                "Write the two activations in the order of the table, tanh first.",
            ),
            Wrong(
                "the index of the choice",
                np.array([[0.25, 0.0, 0.5], [0.75, 1.0, 0.2]]),
                "A choice owns a share of the axis; its coordinate is the middle of that share.",
            ),
            Wrong(
                "zero for what does not apply",
                np.array([[0.25, 0.25, 0.0], [0.75, 0.75, 0.2]]),
                "A hyperparameter that does not apply has one coordinate of its own; the space "
                "fills it in.",
            ),
            Wrong(
                "the third coordinate left out",
                np.array([[0.25, 0.25], [0.75, 0.75]]),
                "The cube keeps its dimension even when a hyperparameter does not apply.",
            ),
            Wrong(
                "one point instead of two",
                np.array([0.25, 0.25, 0.5]),
                "Two configurations are asked for: hand over a list of their two points.",
            ),
        ),
    ),
    "01.what_now": Choice(
        right="b",
        wrong=(
            Wrong(
                "the larger number wins",
                "a",
                "Compare the difference with the spread over seeds that the lesson measured.",
            ),
            Wrong(
                "the test set as a referee",
                "c",
                "What helps to choose is no longer a test. And 400 images decide less than 600.",
            ),
            Wrong(
                "more candidates",
                "d",
                "More candidates with one seed each raise the luck of the best one, and tell "
                "nothing about these two.",
            ),
        ),
        because="a mean over six seeds has less than half the spread of a single score.",
    ),
}
