"""Exercises of lesson 12, with the wrong answers that learners give."""

import math

import numpy as np

from bo_tutorial.course.checking import Choice, Function, Number, Wrong

PREDICT_NEXT = Choice(
    right="b",
    because="two good trials and no other one nearby beat three good trials among many others.",
    wrong=(
        Wrong(
            "the density of the good alone",
            "a",
            "That is where l is largest. What does a large g there do to the ratio?",
        ),
        Wrong(
            "a compromise between two hills",
            "c",
            "A ratio has no reason to lie between two places: how many good trials are there in "
            "the middle, and how many of the others?",
        ),
        Wrong(
            "where little is known",
            "d",
            "At the ends there is no good trial. TPE has no band that grows where trials are few: "
            "what do l and g do there?",
        ),
    ),
)

PREDICT_CLOCK = Choice(
    right="c",
    because="BO's first questions take longer than everybody else's evaluations, and then it "
    "stays ahead in these runs.",
    wrong=(
        Wrong(
            "the most evaluations win",
            "a",
            "Random search has made more evaluations at every second. How much does each of them "
            "help in six dimensions?",
        ),
        Wrong(
            "cheap questions win",
            "b",
            "TPE asks faster than BO. How many evaluations does each of them need for the same "
            "regret?",
        ),
        Wrong(
            "the model is free",
            "d",
            "A question costs BO several milliseconds. How many evaluations of 1 ms can the others "
            "make in that time?",
        ),
    ),
)


# Exercise 1: how much larger is the expected improvement?


def _improvement(ratio, gamma):
    return 1 / (gamma + (1 - gamma) / ratio)


_GAMMA, _A, _B = 0.1, 6.0, 3.0

EI_RATIO = Number(
    right=_improvement(_A, _GAMMA) / _improvement(_B, _GAMMA),
    kind="a factor, EI at A divided by EI at B",
    wrong=(
        Wrong(
            "the ratio of the ratios",
            _A / _B,
            "EI ranks points as l / g does, but it is not proportional to l / g. Put both into the "
            "formula.",
        ),
        Wrong(
            "upside down",
            _improvement(_B, _GAMMA) / _improvement(_A, _GAMMA),
            "At which of the two points is EI larger? The factor is EI at A divided by EI at B.",
        ),
        Wrong(
            "the exponent forgotten",
            (_GAMMA + (1 - _GAMMA) * _A) / (_GAMMA + (1 - _GAMMA) * _B),
            "The formula holds g / l, the inverse of what is given, and all of it to the power −1.",
        ),
        Wrong(
            "gamma and 1 − gamma exchanged",
            _improvement(_A, 1 - _GAMMA) / _improvement(_B, 1 - _GAMMA),
            "γ is the share of the good trials, 0.1. Which of the two terms is it alone?",
        ),
        Wrong(
            "a difference instead of a factor",
            _improvement(_A, _GAMMA) - _improvement(_B, _GAMMA),
            "How many *times* larger: divide, do not subtract.",
            also=(_A - _B,),
        ),
        Wrong(
            "one of the two alone",
            _improvement(_A, _GAMMA),
            "That is EI at one of the two, up to a constant. The constant cancels when you divide "
            "EI at A by EI at B.",
            also=(_improvement(_B, _GAMMA), 1 / _improvement(_A, _GAMMA)),
        ),
        Wrong(
            "how much larger instead of how many times",
            _improvement(_A, _GAMMA) / _improvement(_B, _GAMMA) - 1,
            "That is how much larger EI is, as a share of EI at B. Twice as large is a factor of "
            "2.",
            also=(100 * (_improvement(_A, _GAMMA) / _improvement(_B, _GAMMA) - 1),),
        ),
        Wrong(
            "p(x) instead of the improvement",
            (_GAMMA * _A + 1 - _GAMMA) / (_GAMMA * _B + 1 - _GAMMA),
            "That compares how dense the trials are. In the formula for EI, l(x) stands above "
            "p(x).",
        ),
        Wrong(
            "gamma left out",
            (_GAMMA + 1 / _B) / (_GAMMA + 1 / _A),
            "g / l has a factor 1 − γ in front of it.",
        ),
    ),
)


# Exercise 2: which trials are good?


def _order(values):
    return np.argsort(-np.where(np.isnan(values), -np.inf, values), kind="stable")


def _good(values, quantile):
    values = np.asarray(values, dtype=float)
    n = min(math.ceil(quantile * len(values)), int(np.sum(~np.isnan(values))))
    return np.sort(_order(values)[:n])


def _split(count=math.ceil, rank=_order, capped=True, in_order=True):
    """A split in which something may be wrong: how many are good, which, in which order.

    `capped` says that a failed trial is never good, `in_order` that the indices increase.
    """

    def good(values, quantile):
        values = np.asarray(values, dtype=float)
        n = count(quantile * len(values))
        if capped:
            n = min(n, int(np.sum(~np.isnan(values))))
        found = rank(values)[:n]
        return np.sort(found) if in_order else found

    return good


def _forms(**wrong):
    """The split with a mistake, and the same mistake with others beside it."""
    others = [(True, True), (False, True), (True, False), (False, False)]
    return [_split(capped=capped, in_order=in_order, **wrong) for capped, in_order in others]


def _ascending(values):
    return np.argsort(values, kind="stable")


def _descending(values):
    return _ascending(values)[::-1]


def _later_first(values):
    return np.argsort(np.where(np.isnan(values), -np.inf, values), kind="stable")[::-1]


def _rounded_down(share):
    return int(share + 1e-12)


def _one_more(share):
    return int(share + 1e-12) + 1


def _share_of_the_others(values, quantile):
    return _good(values, 1 - quantile)


def _share_of_successes(values, quantile):
    values = np.asarray(values, dtype=float)
    n = math.ceil(quantile * np.sum(~np.isnan(values)))
    return np.sort(_order(values)[:n])


def _last_of_ascending(values, quantile):
    return np.argsort(values, kind="stable")[-math.ceil(quantile * len(values)) :]


def _among_successes(values, quantile):
    values = np.asarray(values, dtype=float)
    n = math.ceil(quantile * len(values))
    return np.sort(_order(values[~np.isnan(values)])[:n])


def _the_others(values, quantile):
    return np.setdiff1d(np.arange(len(values)), _good(values, quantile))


def _the_values(values, quantile):
    return np.asarray(values, dtype=float)[_good(values, quantile)]


def _as_booleans(values, quantile):
    return np.isin(np.arange(len(values)), _good(values, quantile)).astype(float)


def _above(quantile_of, beats, as_mask):
    def good(values, quantile):
        found = beats(values, quantile_of(values, 1 - quantile))
        return found if as_mask else np.flatnonzero(found)

    return good


_QUANTILES = [
    (q, beats) for q in (np.quantile, np.nanquantile) for beats in (np.greater_equal, np.greater)
]
_MASKS = [_above(q, beats, True) for q, beats in _QUANTILES]
_ABOVE = [_above(q, beats, False) for q, beats in _QUANTILES]


_SMALLEST = tuple(_forms(rank=_ascending))
_FEWER, _NEAREST, _MORE = (tuple(_forms(count=each)) for each in (_rounded_down, round, _one_more))

_NAN = float("nan")
GOOD_TRIALS = Function(
    right=_good,
    inputs=(
        (np.array([0.3, 0.9, 0.1, 0.7, 0.5]), 0.4),
        (np.array([0.3, _NAN, 0.1, 0.7, 0.8, 0.2, _NAN]), 0.3),
        (np.array([0.5, 0.5, 0.5, 0.2]), 0.5),
        (np.array([_NAN, _NAN, 0.4, _NAN]), 0.6),
        (np.array([0.2, _NAN, 0.9, 0.4, _NAN, 0.6, _NAN, 0.1, 0.8]), 0.5),
        (np.random.default_rng(12).random(37), 0.1),
    ),
    kind="the indices of the good trials, whole numbers in increasing order",
    names=("values", "quantile"),
    wrong=(
        Wrong(
            "the smallest values",
            _SMALLEST[0],
            "We maximize: the good trials are those with the largest values.",
            also=_SMALLEST[1:],
        ),
        Wrong(
            "rounded down",
            _FEWER[0],
            "A share of 0.1 of 37 trials is rounded up, so that there is a good one as soon as "
            "there is a trial.",
            also=_FEWER[1:],
        ),
        Wrong(
            "rounded to the nearest",
            _NEAREST[0],
            "`round` goes down as often as up. The share is rounded up, always.",
            also=_NEAREST[1:],
        ),
        Wrong(
            "one more than the share",
            _MORE[0],
            "Rounding up adds nothing where the share is a whole number already.",
            also=_MORE[1:],
        ),
        Wrong(
            "the share of the others",
            _share_of_the_others,
            "`quantile` is the share of the good trials, not of the others.",
        ),
        Wrong(
            "failures left out of the count",
            _share_of_successes,
            "A failed trial is a trial: it counts when the share is taken, and is never good.",
        ),
        Wrong(
            "failures ranked first",
            _split(rank=_descending, capped=False),
            "NumPy sorts NaN behind every number, and so in front when the order is reversed.",
            also=(_split(rank=_descending, capped=False, in_order=False), _last_of_ascending),
        ),
        Wrong(
            "failures counted as good",
            _split(capped=False),
            "Where more trials would be good than succeeded, only those that succeeded are.",
        ),
        Wrong(
            "best first",
            _split(in_order=False),
            "These trials stand in the order of their values. Put the indices in increasing order, "
            "and see that no failed trial is among them.",
            also=(_split(capped=False, in_order=False),),
        ),
        Wrong(
            "the others",
            _the_others,
            "These are the trials that are not good.",
        ),
        Wrong(
            "values instead of indices",
            _the_values,
            "These are the values of the good trials. Their indices are asked for.",
        ),
        Wrong(
            "a mask instead of indices",
            _as_booleans,
            "One entry for each trial says which are good. `np.flatnonzero` makes indices of it.",
            also=tuple(_MASKS),
        ),
        Wrong(
            "the later of equal trials",
            _split(rank=_later_first),
            "Of trials with the same value, the earlier one is good first: sort in a stable way.",
        ),
        Wrong(
            "above a quantile of the values",
            _ABOVE[-1],
            "A quantile of the values lies between two of them, and ties or failures change how "
            "many are above it. Rank the trials and count.",
            also=tuple(_ABOVE[:-1]),
        ),
        Wrong(
            "numbered among the successes",
            _among_successes,
            "Without the failed trials the others have other indices. Keep them in the list.",
        ),
        Wrong(
            "counted from 1",
            lambda values, quantile: _good(values, quantile) + 1,
            "Indices count from 0, as NumPy's do: the first trial has the index 0.",
            also=(lambda values, quantile: _split(capped=False)(values, quantile) + 1,),
        ),
    ),
)


# Exercise 3: the law of total variance

_MEANS, _SDS = np.array([0.90, 0.84, 0.87]), np.array([0.01, 0.02, 0.03])
_WITHIN, _BETWEEN = np.mean(_SDS**2), np.var(_MEANS)

TOTAL_SD = Number(
    right=math.sqrt(_WITHIN + _BETWEEN),
    kind="a standard deviation of the accuracy, as a fraction",
    wrong=(
        Wrong(
            "between the trees only",
            math.sqrt(_BETWEEN),
            "That is how far the trees disagree. The values within a leaf scatter too.",
        ),
        Wrong(
            "within the leaves only",
            math.sqrt(_WITHIN),
            "That is the scatter within the leaves. The trees disagree besides.",
        ),
        Wrong(
            "the variance",
            _WITHIN + _BETWEEN,
            "This is the variance. Which unit does it have, and which one is asked for?",
        ),
        Wrong(
            "standard deviations added",
            math.sqrt(_WITHIN) + math.sqrt(_BETWEEN),
            "Variances add up, standard deviations do not.",
            also=(np.mean(_SDS) + math.sqrt(_BETWEEN),),
        ),
        Wrong(
            "standard deviations averaged",
            math.sqrt(np.mean(_SDS) ** 2 + _BETWEEN),
            "Square the standard deviations first, and then average.",
        ),
        Wrong(
            "the standard deviations alone, averaged",
            np.mean(_SDS),
            "That is the mean of the three given standard deviations. Variances are what adds up, "
            "and the trees disagree besides.",
        ),
        Wrong(
            "added up and not averaged",
            math.sqrt(np.sum(_SDS**2) + _BETWEEN),
            "The forest takes the mean of its three trees: the variances within the leaves are "
            "averaged, too.",
            also=(math.sqrt(np.sum(_SDS**2) + 3 * _BETWEEN), np.sum(_SDS)),
        ),
        Wrong(
            "a standard error",
            math.sqrt((_WITHIN + _BETWEEN) / 3),
            "That is how well three trees know a mean. Asked for is how far the truth may lie from "
            "the prediction.",
            also=(math.sqrt((_WITHIN + np.var(_MEANS, ddof=1)) / 3),),
        ),
        Wrong(
            "standard deviations taken for variances",
            math.sqrt(np.mean(_SDS) + _BETWEEN),
            "0.01, 0.02 and 0.03 are standard deviations. What are the variances?",
        ),
        Wrong(
            "the prediction itself",
            np.mean(_MEANS),
            "That is what the forest predicts. How sure is it of that?",
        ),
        Wrong(
            "divided by two instead of three",
            math.sqrt(_WITHIN + np.var(_MEANS, ddof=1)),
            "The three trees are all there are, each with a chance of a third: divide by 3.",
            also=(np.std(_MEANS, ddof=1),),
        ),
        Wrong(
            "percent instead of a fraction",
            100 * math.sqrt(_WITHIN + _BETWEEN),
            "Accuracies are fractions here, and so is their standard deviation.",
        ),
    ),
)


MANY_TRIALS = Choice(
    right="c",
    because="the trials are kept, and a question takes TPE hundredths of a second, the sparse "
    "process about a tenth.",
    wrong=(
        Wrong(
            "wait for the exact answer",
            "a",
            "How long do 2000 such questions take, beside 2000 evaluations?",
        ),
        Wrong(
            "throw away what was paid for",
            "b",
            "Each of the 4000 trials was paid for. Which models can use all of them at a fraction "
            "of the time?",
        ),
        Wrong(
            "forget everything",
            "d",
            "Random search asks fastest and knows nothing of 4000 trials. Is a question of "
            "20 milliseconds too dear beside an evaluation of 100?",
        ),
    ),
)

CHECKS = {
    "12.predict_next": PREDICT_NEXT,
    "12.predict_clock": PREDICT_CLOCK,
    "12.ei_ratio": EI_RATIO,
    "12.good_trials": GOOD_TRIALS,
    "12.total_sd": TOTAL_SD,
    "12.many_trials": MANY_TRIALS,
}
