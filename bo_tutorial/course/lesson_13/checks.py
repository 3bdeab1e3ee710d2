"""Exercises and predictions of lesson 13, with the wrong answers that learners give."""

import math

import numpy as np

from bo_tutorial.course.checking import Choice, Function, Number, Wrong

PREDICT_NEXT = Choice(
    right="c",
    because="three trials are fewer than the 10 that each waits for, so both draw at random.",
    wrong=(
        Wrong(
            "the model speaks from the first trial on",
            "a",
            "In the article's program the model had no say in the first ten trials. How many "
            "trials have we told here?",
        ),
        Wrong(
            "two models, two answers",
            "b",
            "Two models would differ. Which models, after three trials of a start-up of ten?",
        ),
        Wrong(
            "too few trials are an error",
            "d",
            "Optuna does not complain. What does it do while it waits for its tenth trial?",
        ),
    ),
)

PREDICT_FAILED = Choice(
    right="d",
    because="a sampler that never sees the failures takes the broken half for unexplored.",
    wrong=(
        Wrong(
            "failures teach",
            "a",
            "To learn from a failed trial the sampler has to look at it. Which trials does it use?",
        ),
        Wrong(
            "failures are neutral",
            "b",
            "A region with no trials at all in the model is more than neutral: what does l/g, "
            "good against bad, say of a place where nothing bad was ever recorded?",
        ),
        Wrong(
            "the run ends",
            "c",
            "NaN is no exception. What state does Optuna give to such a trial?",
        ),
    ),
)

PREDICT_CORNER = Choice(
    right="a",
    because="a suggestion that was made before is answered from a cache, and counted.",
    wrong=(
        Wrong(
            "a budget counts evaluations",
            "b",
            "It counts suggestions. What happens once the corner has been suggested?",
        ),
        Wrong(
            "repeats are replaced",
            "c",
            "Another library replaces a repeated point by a random one. This one has a cache.",
        ),
        Wrong(
            "repeats raise an error",
            "d",
            "`register` raises for a repeated point. The library's own loop does not.",
        ),
    ),
)

PREDICT_UNITS = Choice(
    right="b",
    because="one length scale cannot fit two axes whose widths differ by a factor of a million.",
    wrong=(
        Wrong(
            "units do not matter",
            "a",
            "They would not matter if the library scaled its axes. Look for scaling in the Rosetta "
            "table.",
        ),
        Wrong(
            "the kernel learns each scale",
            "c",
            "It could, with one length scale for each axis. How many has this kernel?",
        ),
        Wrong(
            "an error",
            "d",
            "Nothing refuses such bounds. The run ends in silence, and not where you hoped.",
        ),
    ),
)

PREDICT_MARGIN = Choice(
    right="c",
    because="a margin of 0.01 is a different demand when all values are a thousand times smaller.",
    wrong=(
        Wrong(
            "EI has no units",
            "a",
            "EI is an amount of f, and so is the margin that is subtracted. Which of the two was "
            "rescaled?",
        ),
        Wrong(
            "standardized values hide it",
            "b",
            "The model standardizes its values, and undoes it when it predicts. In which units is "
            "the margin subtracted?",
        ),
        Wrong(
            "small values are easier",
            "d",
            "A smaller scale makes no function easier. Does a relatively larger margin explore "
            "more or less?",
        ),
    ),
)

PREDICT_NIGHTS = Choice(
    right="b",
    because="the second night draws the first night's five points again, in the start-up.",
    wrong=(
        Wrong(
            "the study remembers",
            "a",
            "The study remembers its trials. Does it remember the state of the random numbers?",
        ),
        Wrong(
            "every night is the first night again",
            "c",
            "Once ten trials are there, the model has a say, and its trials differ from night to "
            "night. What do the first two nights do?",
        ),
        Wrong(
            "repeats are noticed",
            "d",
            "This course never asks for a point twice. What does the Rosetta table say of Optuna?",
        ),
    ),
)

# Exercise 1: one optimism in two libraries.

_KAPPA = 2.576

BETA = Number(
    right=_KAPPA**2,
    kind="a number without unit, with three digits",
    rtol=2e-3,
    wrong=(
        Wrong(
            "β counts standard deviations",
            _KAPPA,
            "κ multiplies σ. BoTorch multiplies σ by the square root of β.",
        ),
        Wrong(
            "the root was taken the other way round",
            _KAPPA**0.5,
            "You want √β to be κ. What is β then?",
        ),
        Wrong(
            "rounded too far",
            6.6,
            "That is near, but it has two digits. Three are asked for.",
        ),
        Wrong("β is twice κ", 2 * _KAPPA, "√β, not β/2, has to be κ."),
        Wrong("β is half of κ", _KAPPA / 2, "√β has to be κ. Is β larger than κ or smaller?"),
        Wrong(
            "β is the inverse of the square",
            1 / _KAPPA**2,
            "A larger κ explores more. What should a larger β do in BoTorch?",
            also=(1 / _KAPPA,),
        ),
    ),
)


# Exercise 2: an objective of ours for a library that minimizes.


def _loss(value, worst):
    return -value if math.isfinite(value) else -worst


def _constant(loss):
    return lambda value, worst: -value if math.isfinite(value) else loss


_VALUES = (0.91, 0.35, float("nan"), float("inf"), float("-inf"), 0.0, float("nan"))
_WORST = (0.10, 0.12, 0.08, 0.11, 0.10, 0.05, 0.2)

LOSS = Function(
    right=_loss,
    inputs=tuple(zip(_VALUES, _WORST, strict=True)),
    kind="the loss to report, one number, smaller is better",
    wrong=(
        Wrong(
            "the sign was not turned",
            lambda value, worst: value if math.isfinite(value) else worst,
            "The library minimizes: of two trainings the better one needs the smaller loss.",
        ),
        Wrong(
            "the failure was reported as it is",
            lambda value, worst: -value,
            "A NaN teaches nothing, and an infinite value ends some runs. What should stand in "
            "their place? (NaN equals nothing, not even NaN: `value == nan` is never true.)",
        ),
        Wrong(
            "only infinities were replaced",
            lambda value, worst: -worst if math.isinf(value) else -value,
            "NaN came through. It is neither infinite nor equal to anything, itself included.",
        ),
        Wrong(
            "only one of the infinities was replaced",
            lambda value, worst: -worst if value != value or value == -math.inf else -value,
            "Infinity is no accuracy either, whichever its sign.",
            also=(lambda value, worst: -worst if value != value or value == math.inf else -value,),
        ),
        Wrong(
            "the truth of a number",
            lambda value, worst: -value if value else -worst,
            "0 is an accuracy, although it counts as false; NaN and infinity count as true.",
        ),
        Wrong(
            "everything above 0 is an accuracy",
            lambda value, worst: -value if value > 0 else -worst,
            "Infinity is above 0 and no accuracy, and 0 is one.",
        ),
        Wrong(
            "infinity became the largest number",
            lambda value, worst: -float(np.nan_to_num(value, nan=worst)),
            "`np.nan_to_num` replaces infinity by the largest float there is, no accuracy at all.",
            also=(lambda value, worst: float(np.nan_to_num(-value, nan=-worst)),),
        ),
        Wrong(
            "a failure in another unit",
            lambda value, worst: -value if math.isfinite(value) else 1 - worst,
            "A failed training is told as the worst one is: by the same formula, from `worst`.",
        ),
        Wrong(
            "the two cases exchanged",
            lambda value, worst: -worst if math.isfinite(value) else -value,
            "The worst accuracy stands in for a failure. You put it in place of a success.",
        ),
        Wrong(
            "the sign of a failure was not turned",
            lambda value, worst: -value if math.isfinite(value) else worst,
            "A failure now looks worse than the worst training, in the other sign. Turn over "
            "both, so that all losses are of one kind.",
        ),
        Wrong(
            "only NaN was replaced",
            lambda value, worst: -worst if math.isnan(value) else -value,
            "NaN is not the only value that is no accuracy. Try infinity.",
        ),
        Wrong(
            "a failure counts as 0",
            _constant(0.0),
            "0 may be far from any accuracy. Which value keeps the model on its scale?",
        ),
        Wrong(
            "a failure counts as a number of your own",
            _constant(1.0),
            "A fixed number may be far from all losses that the model has seen. What is `worst`?",
            also=tuple(map(_constant, (-1.0, 10.0, 100.0, 999.0, 1e3, 1e4, 1e5, 1e6, 1e9, 1e10))),
        ),
        Wrong(
            "an infinite loss for a failure",
            lambda value, worst: -value if math.isfinite(value) else math.inf,
            "Two of the libraries end the run with an error when they see infinity.",
        ),
        Wrong(
            "one minus the accuracy",
            lambda value, worst: 1 - value if math.isfinite(value) else 1 - worst,
            "That orders trainings correctly, and it is another unit. Asked for is the negative.",
        ),
        Wrong(
            "the worst always",
            lambda value, worst: -max(value, worst) if math.isfinite(value) else -worst,
            "Only a failure is replaced; a bad training is told as it is.",
        ),
        Wrong(
            "the worst of both",
            lambda value, worst: -float(np.nanmin([value, worst])),
            "A training that went well is told as it is, even if `worst` is smaller.",
            also=(
                lambda value, worst: -min(value, worst),
                lambda value, worst: -min(worst, value),
            ),
        ),
    ),
)

# Exercise 3: what a colleague should change.

CLUSTER = Choice(
    right="b",
    because="the study then holds the failures as bad values, and every start draws anew.",
    wrong=(
        Wrong(
            "another library for everything",
            "a",
            "It would also see NaN, and it ends the run there. First mend what is reported.",
        ),
        Wrong(
            "more trials",
            "c",
            "More of the same: what do the failed trials teach, and what does the seed repeat?",
        ),
        Wrong(
            "a longer start-up",
            "d",
            "The start-up is what the fixed seed repeats. Would more of it help?",
        ),
    ),
)

CHECKS = {
    "13.predict_next": PREDICT_NEXT,
    "13.predict_failed": PREDICT_FAILED,
    "13.predict_corner": PREDICT_CORNER,
    "13.predict_units": PREDICT_UNITS,
    "13.predict_margin": PREDICT_MARGIN,
    "13.predict_nights": PREDICT_NIGHTS,
    "13.beta": BETA,
    "13.loss": LOSS,
    "13.cluster": CLUSTER,
}
