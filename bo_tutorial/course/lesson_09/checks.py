"""Exercises of lesson 09, with the wrong answers that learners give."""

import numpy as np

from bo_tutorial.course.checking import Choice, Function, Number, Wrong

PREDICT_CLAIM = Choice(
    right="b",
    because="20 and 50 are two different statements, and a model needs questions to get ahead.",
    wrong=(
        Wrong(
            "one sentence for both budgets",
            "a",
            "A model that has seen 20 points, up to 10 of them chosen blindly, has had few "
            "questions. Does it have the same lead as after 50?",
        ),
        Wrong(
            "what fails early fails late",
            "c",
            "Once the model has found the right hill, each question takes it closer to the top, "
            "and the region that is as good shrinks. What happens to the draws that match?",
        ),
        Wrong(
            "a lead that shrinks",
            "d",
            "Random search goes on drawing without learning. What would have to happen for the "
            "lead of a model to shrink?",
        ),
    ),
)

PREDICT_SHUFFLED = Choice(
    right="c",
    because="576 pairs are made of 48 runs, and more runs on this table would not remove its luck.",
    wrong=(
        Wrong(
            "structure in a shuffled table",
            "a",
            "A permutation drawn at random cuts the tie between a configuration and its value. "
            "What could a length scale measure there?",
        ),
        Wrong(
            "random search repeats itself",
            "b",
            "How often do 50 draws out of 3125 rows meet a row twice? Less than once, and that "
            "costs it next to nothing.",
        ),
        Wrong(
            "576 independent comparisons",
            "d",
            "One lucky run is part of 24 pairs at once. How many runs and how many tables does "
            "this experiment consist of?",
        ),
    ),
)


# Exercise 1: 140 of 100 000 draws are as good; how many draws have an even chance?

_P = 140 / 100_000

DRAWS = Number(
    right=np.log(0.5) / np.log1p(-_P),
    kind="a number of draws, with three digits",
    wrong=(
        Wrong(
            "the mean instead of the even chance",
            1 / _P,
            "1/p is how many draws it takes on average. The average is pulled up by unlucky "
            "searches: at 1/p the chance is 63 %.",
        ),
        Wrong(
            "half of the mean",
            0.5 / _P,
            "A chance does not grow in proportion to the draws: later draws hit what earlier ones "
            "have hit already. Set 1 − (1 − p)ⁿ to one half and solve for n.",
        ),
        Wrong(
            "two kinds of logarithm",
            np.log10(0.5) / np.log1p(-_P),
            "log(1 − p) ≈ −p holds for the natural logarithm; take it above the line too.",
        ),
        Wrong(
            "p in percent",
            np.log(0.5) / np.log1p(-100 * _P),
            "140 of 100 000: how many is that out of one?",
        ),
        Wrong(
            "the logarithm of p itself",
            np.log(0.5) / np.log(_P),
            "pⁿ is the chance that all n draws are as good. What is the chance that all of them "
            "miss?",
        ),
        Wrong(
            "another run's share",
            np.log(0.5) / np.log1p(-0.001),
            "This would be right if one draw in a thousand were as good. Which share is it here?",
        ),
        Wrong(
            "nearly certain instead of an even chance",
            np.log(0.05) / np.log1p(-_P),
            "This many draws hold it with a chance of 95 %. Which chance is asked for?",
        ),
    ),
)


# Exercise 2: below which price of an evaluation is random search the quicker one?

_N, _MATCHING, _QUESTION = 50, 400, 14.0  # evaluations, draws, milliseconds

PRICE = Number(
    right=_N * _QUESTION / (_MATCHING - _N),
    kind="a price in milliseconds",
    wrong=(
        Wrong(
            "its own evaluations forgotten",
            _N * _QUESTION / _MATCHING,
            "Bayesian optimization pays for its questions and also for 50 evaluations.",
        ),
        Wrong(
            "one question instead of fifty",
            _QUESTION / (_MATCHING - _N),
            "14 ms are the price of one question. How many are asked?",
        ),
        Wrong(
            "all questions against one evaluation",
            _N * _QUESTION,
            "This is what all questions cost together. Over how many evaluations must you spread "
            "it?",
        ),
        Wrong(
            "an evaluation as dear as a question",
            _QUESTION,
            "Put this c in: what does each side pay in all?",
        ),
        Wrong(
            "evaluations added instead of subtracted",
            _N * _QUESTION / (_MATCHING + _N),
            "Both sides pay for evaluations. How many more of them does random search pay for?",
        ),
        Wrong(
            "upside down",
            (_MATCHING - _N) / (_N * _QUESTION),
            "This is a number of evaluations per millisecond. Which unit does a price have?",
        ),
        Wrong(
            "seconds instead of milliseconds",
            _N * _QUESTION / (_MATCHING - _N) / 1000,
            "The question was in milliseconds, and so should the answer be.",
        ),
        Wrong(
            "random search was charged for questions",
            _MATCHING * _QUESTION / (_MATCHING - _N),
            "Only one of the two has a model to ask, and it asks 50 times.",
        ),
    ),
)


# Exercise 3: stop when ahead


def _can_lead(a, b, first):
    ahead = b[None, :, first - 1 :] > a[:, None, first - 1 :]
    return ahead.any(axis=-1).mean()


def _at_the_end(a, b, first):
    return np.mean(b[None, :, -1] > a[:, None, -1])


def _same_seeds(a, b, first):
    n = min(len(a), len(b))
    return (b[:n, first - 1 :] > a[:n, first - 1 :]).any(axis=-1).mean()


def _one_late(a, b, first):
    return (b[None, :, first:] > a[:, None, first:]).any(axis=-1).mean()


def _with_ties(a, b, first):
    return (b[None, :, first - 1 :] >= a[:, None, first - 1 :]).any(axis=-1).mean()


def _all_along(a, b, first):
    return (b[None, :, first - 1 :] > a[:, None, first - 1 :]).all(axis=-1).mean()


def _share_of_moments(a, b, first):
    return np.mean(b[None, :, first - 1 :] > a[:, None, first - 1 :])


def _one_chosen_moment(a, b, first):
    return np.mean(b[None, :, first - 1] > a[:, None, first - 1])


def _from_the_beginning(a, b, first):
    return (b[None] > a[:, None]).any(axis=-1).mean()


def _up_to_first(a, b, first):
    return (b[None, :, :first] > a[:, None, :first]).any(axis=-1).mean()


def _ties_half(a, b, first):
    lead = b[None, :, first - 1 :] - a[:, None, first - 1 :]
    return ((lead > 0) + 0.5 * (lead == 0)).max(axis=-1).mean()


def _any_pair(a, b, first):
    return (b[None, :, first - 1 :] > a[:, None, first - 1 :]).any()


def _wrong_axis(a, b, first):
    return (b[None, :, first - 1 :] > a[:, None, first - 1 :]).any(axis=0).mean()


# Small enough to be counted by hand, and each mistake gives another share than the right one.
_BY_HAND = np.array([[0, 1, 2], [0, 2, 2]]), np.array([[2, 2, 2], [0, 1, 3], [2, 3, 3]]), 2


def _runs(n, seed, shift):
    """Incumbents that grow by 0 to 3 with each of 12 evaluations."""
    growth = np.random.default_rng(seed).integers(0, 4, (n, 12))
    return np.cumsum(growth, axis=1) + float(shift)


CAN_LEAD = Function(
    right=_can_lead,
    inputs=(
        _BY_HAND,
        (_runs(6, 1, 0), _runs(6, 2, -2), 4),
        (_runs(5, 3, 2), _runs(7, 4, -3), 1),
        (_runs(8, 5, 1), _runs(4, 6, 0), 9),
        (_runs(6, 7, 1), _runs(6, 8, 0), 12),
    ),
    kind="a share of all pairs, a number in [0, 1]",
    names=("a", "b", "first"),
    wrong=(
        Wrong(
            "judged at the end only",
            _at_the_end,
            "That is the honest comparison. The trick is to stop at the moment that suits b.",
        ),
        Wrong(
            "same seeds only",
            _same_seeds,
            "Each run of a is to meet each run of b: n · m pairs.",
        ),
        Wrong(
            "off by one",
            _one_late,
            "Evaluation number `first` is allowed too, and it stands at index first − 1.",
        ),
        Wrong(
            "a tie counted as a lead",
            _with_ties,
            "Ahead means strictly above. Runs with the same incumbent are level.",
        ),
        Wrong(
            "ahead all along",
            _all_along,
            "One moment is enough for somebody who chooses when to stop.",
        ),
        Wrong(
            "a share of moments",
            _share_of_moments,
            "First decide for each pair whether there is such a moment, then take the share of "
            "the pairs.",
        ),
        Wrong(
            "one moment only",
            _one_chosen_moment,
            "Whoever stops when ahead may stop at evaluation `first` or at any later one.",
        ),
        Wrong(
            "from the very beginning",
            _from_the_beginning,
            "A lead before evaluation `first` does not count.",
        ),
        Wrong(
            "up to `first` instead of from it on",
            _up_to_first,
            "The slice keeps the moments before `first`. Which ones are to count?",
        ),
        Wrong(
            "a tie counted half",
            _ties_half,
            "That is the rule for naming a winner at the end. Here only a strict lead counts.",
        ),
        Wrong(
            "one answer for all pairs",
            _any_pair,
            "`any` without an axis asks whether a single pair ever has a lead. Ask it of each "
            "pair.",
        ),
        Wrong(
            "any along the wrong axis",
            _wrong_axis,
            "Is there a *moment*: along which axis of the comparison does time run?",
        ),
        Wrong(
            "a number of pairs",
            lambda a, b, first: _can_lead(a, b, first) * len(a) * len(b),
            "A share: of how many pairs is this the count?",
        ),
        Wrong(
            "shared out among the runs of a",
            lambda a, b, first: _can_lead(a, b, first) * len(b),
            "Each run of a meets every run of b. How many pairs are there?",
        ),
        Wrong(
            "percent instead of a fraction",
            lambda a, b, first: 100 * _can_lead(a, b, first),
            "A share of all pairs is a number between 0 and 1.",
        ),
        Wrong(
            "a and b exchanged",
            lambda a, b, first: _can_lead(b, a, first),
            "It is b that wants to be seen ahead.",
        ),
    ),
)

REPORT = Choice(
    right="b",
    because="a kernel chosen on Branin's function has seen the examination; TPE has not.",
    wrong=(
        Wrong(
            "precision in place of fairness",
            "a",
            "More seeds make the number more precise. Would they also take away the head start?",
        ),
        Wrong(
            "another statistic",
            "c",
            "A head start shows in the mean as it does in the median.",
        ),
        Wrong(
            "the gap is large enough",
            "d",
            "How large would the gap be if both sides had been allowed to choose among five "
            "settings?",
        ),
    ),
)

CHECKS = {
    "09.predict_claim": PREDICT_CLAIM,
    "09.predict_shuffled": PREDICT_SHUFFLED,
    "09.draws": DRAWS,
    "09.price": PRICE,
    "09.can_lead": CAN_LEAD,
    "09.report": REPORT,
}
