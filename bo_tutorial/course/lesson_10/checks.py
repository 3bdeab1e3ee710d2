"""Exercises and predictions of lesson 10, with the wrong answers that learners give."""

import math

import numpy as np

from bo_tutorial.course.checking import Choice, Function, Number, Wrong

# How many test images tell 95 % from 96 %?

_LOW, _HIGH = 0.95, 0.96
_GAP = _HIGH - _LOW
_VARIANCES = np.array([_LOW * (1 - _LOW), _HIGH * (1 - _HIGH)])  # of one image

IMAGES = Number(
    right=float(2**2 * _VARIANCES.sum() / _GAP**2),
    kind="a number of images",
    wrong=(
        Wrong(
            "only one of the two accuracies varies",
            float(2**2 * _VARIANCES[0] / _GAP**2),
            "Both networks were scored on a sample of images. Do both errors count in the "
            "difference?",
        ),
        Wrong(
            "only the better accuracy varies",
            float(2**2 * _VARIANCES[1] / _GAP**2),
            "The other accuracy is an estimate too, and has the larger variance of the two.",
        ),
        Wrong(
            "one standard error instead of two",
            float(_VARIANCES.sum() / _GAP**2),
            "With this many images the gap is one standard error wide. We asked for two.",
        ),
        Wrong(
            "the two is not squared",
            float(2 * _VARIANCES.sum() / _GAP**2),
            "Half of it is missing. Squaring frees the root: is the two beside it squared too? And "
            "are the two variances added, or averaged?",
        ),
        Wrong(
            "standard errors added, or both networks counted",
            float(2**2 * np.sqrt(_VARIANCES).sum() ** 2 / _GAP**2),
            "About twice as many. Errors of independent scores add as variances. And we ask for "
            "the images of one network.",
        ),
        Wrong(
            "the gap is not squared",
            float(2**2 * _VARIANCES.sum() / _GAP),
            "A variance has the unit of a square. Did you divide it by a square?",
        ),
        Wrong(
            "1.96 instead of two",
            float(1.96**2 * _VARIANCES.sum() / _GAP**2),
            "A 95 % interval reaches 1.96 standard errors to each side. We asked for two.",
        ),
        Wrong(
            "not squared",
            float(2 * math.sqrt(_VARIANCES.sum()) / _GAP),
            "That is the root of a number of images: a standard error shrinks as 1/√n.",
        ),
        Wrong(
            "a standard deviation where the variance belongs",
            float(2**2 * np.sqrt(_VARIANCES).sum() / _GAP**2),
            "p (1 − p) is already the variance of one image. Why take a root of it?",
        ),
        Wrong(
            "points instead of a fraction",
            float(2**2 * _VARIANCES.sum()),
            "One point is 0.01 where accuracies are fractions. Do gap and p have the same unit?",
        ),
    ),
)

# Choose on one half of the trainings, report on the other half.


def _honest_mean(scores):
    half = scores.shape[1] // 2
    row = scores[:, :half].mean(axis=1).argmax()
    return scores[row, half:].mean()


def _same_half(scores):
    return scores[:, : scores.shape[1] // 2].mean(axis=1).max()


def _all_seeds(scores):
    half = scores.shape[1] // 2
    return scores[scores[:, :half].mean(axis=1).argmax()].mean()


def _everything_chooses_and_reports(scores):
    return scores.mean(axis=1).max()


def _everything_chooses(scores):
    return scores[scores.mean(axis=1).argmax(), scores.shape[1] // 2 :].mean()


def _half_of_the_rows(scores):
    half = scores.shape[0] // 2
    return scores[scores[:, :half].mean(axis=1).argmax(), half:].mean()


def _every_other_seed(scores):
    return scores[scores[:, ::2].mean(axis=1).argmax(), 1::2].mean()


def _chosen_by_the_median(scores):
    half = scores.shape[1] // 2
    return scores[np.median(scores[:, :half], axis=1).argmax(), half:].mean()


def _median_reported(scores):
    half = scores.shape[1] // 2
    return np.median(scores[scores[:, :half].mean(axis=1).argmax(), half:])


def _halves_exchanged(scores):
    half = scores.shape[1] // 2
    return scores[scores[:, half:].mean(axis=1).argmax(), :half].mean()


def _chosen_by_the_reported_half(scores):
    return scores[:, scores.shape[1] // 2 :].mean(axis=1).max()


def _chosen_by_one_score(scores):
    half = scores.shape[1] // 2
    row = np.unravel_index(scores[:, :half].argmax(), scores[:, :half].shape)[0]
    return scores[row, half:].mean()


def _columns(scores):
    half = scores.shape[1] // 2
    return scores[scores[:, :half].mean(axis=0).argmax(), half:].mean()


def _every_row(scores):
    return scores[:, scores.shape[1] // 2 :].mean()


def _finalists(n, m, seed):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.95, 0.955, (n, 1)) + 0.01 * rng.standard_normal((n, m))


HONEST_MEAN = Function(
    right=_honest_mean,
    inputs=tuple((_finalists(*each),) for each in ((3, 4, 3), (3, 4, 1), (4, 6, 0), (5, 6, 23))),
    kind="one accuracy, a fraction",
    wrong=(
        Wrong(
            "the half that chose also reports",
            _same_half,
            "The largest mean of that half is partly luck. Which trainings had no part in the "
            "choice?",
        ),
        Wrong(
            "all trainings report",
            _all_seeds,
            "Half of these trainings helped to choose the row, and their luck is still in the "
            "mean.",
        ),
        Wrong(
            "all trainings choose and report",
            _everything_chooses_and_reports,
            "The largest of these means is large partly by luck, and no training is left that did "
            "not help to choose it.",
        ),
        Wrong(
            "all trainings choose, the second half reports",
            _everything_chooses,
            "The trainings that report took part in the choice here. Which may name the row?",
        ),
        Wrong(
            "half of the rows instead of half of the seeds",
            _half_of_the_rows,
            "Rows are finalists, and `len(scores)` counts them. What is to be halved is the other "
            "axis.",
        ),
        Wrong(
            "every other seed",
            _every_other_seed,
            "Every other training chooses here. It is as honest, but we asked for the first half.",
        ),
        Wrong(
            "the row is chosen by the median",
            _chosen_by_the_median,
            "The row with the largest median may be another one. We asked for the mean.",
        ),
        Wrong(
            "the median is reported",
            _median_reported,
            "The row is right. Of the trainings that judge it, we asked for the mean.",
        ),
        Wrong(
            "the halves exchanged",
            _halves_exchanged,
            "It is an honest number, but not the one asked for: which half comes first?",
        ),
        Wrong(
            "the best of the second half",
            _chosen_by_the_reported_half,
            "You chose again, on the trainings that were to judge. Fix the row before you look at "
            "them.",
        ),
        Wrong(
            "chosen by the largest single score",
            _chosen_by_one_score,
            "One lucky training names the row here. What do the other trainings of the first half "
            "say about it?",
        ),
        Wrong(
            "rows and columns exchanged",
            _columns,
            "A row is a configuration, a column a seed: average over the seeds, choose among the "
            "configurations.",
        ),
        Wrong(
            "the mean over all rows",
            _every_row,
            "That is how good the finalists are on average. One of them was to be chosen.",
        ),
    ),
)

# What would you do with long length scales?

LONGEST = Choice(
    right="b",
    because="the best trainings crowd at the smallest batches: long is how slowly f changes there, "
    "and the end of the axis says that the range is too narrow.",
    wrong=(
        Wrong(
            "long means irrelevant",
            "a",
            "A length scale of one range means that f changes slowly along it. Look at where on "
            "these axes the best trainings lie, and whether the middle is among them.",
        ),
        Wrong(
            "only the longest one is irrelevant",
            "c",
            "The three differ by less than runs differ from each other, and the longest still does "
            "not mean idle. What do the trainings themselves say of each axis?",
        ),
        Wrong(
            "the prior hides it",
            "d",
            "Where fifty trainings say little about an axis, the likelihood alone often picks a "
            "very long scale. Does that make the axis irrelevant?",
        ),
    ),
)

# Predictions

PREDICT_CURSE = Choice(
    right="c",
    because="every report is chosen for being large, and part of what made it large was luck.",
    wrong=(
        Wrong(
            "a measurement is right on average",
            "a",
            "It is, for a training picked in advance. This one was picked because its number was "
            "the largest: what does that say about its luck?",
        ),
        Wrong(
            "fifty tickets are too few",
            "b",
            "How far above its mean does the luckiest of fifty trainings come out, if one standard "
            "deviation is about a point?",
        ),
        Wrong(
            "the model averages the noise away",
            "d",
            "A posterior mean does some of that. But the best observed accuracy is one number of "
            "one training, whoever asked for it.",
        ),
    ),
)

PREDICT_IDLE = Choice(
    right="b",
    because="good trainings happened at some time of day, and the model sees a hill there.",
    wrong=(
        Wrong(
            "indifferent means even",
            "a",
            "Random search treats every axis like that. Does the model know that this one does "
            "nothing? What has it seen along it?",
        ),
        Wrong(
            "it explores where it has not been",
            "c",
            "The acquisition function pays for uncertainty, and for something else. What?",
        ),
        Wrong(
            "it stops varying the axis",
            "d",
            "For that the model would have to know that nothing is to be gained there. How many "
            "trainings would show it?",
        ),
    ),
)

CHECKS = {
    "10.predict_curse": PREDICT_CURSE,
    "10.predict_idle": PREDICT_IDLE,
    "10.images": IMAGES,
    "10.honest_mean": HONEST_MEAN,
    "10.longest": LONGEST,
}
