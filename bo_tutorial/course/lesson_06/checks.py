"""Exercises of lesson 06, with the wrong answers that learners give."""

import math

import numpy as np
from scipy.special import ndtr

from bo_tutorial.course.checking import Choice, Function, Number, Wrong


def _density(z):
    return np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)


def _ei(gain_of, terms):
    """An EI in one formula, to be spoiled: `gain_of(mu, best, xi)`, `terms(gain, z, sigma)`."""

    def ei(mu, sigma, best, xi):
        gain = gain_of(mu, best, xi)
        with np.errstate(divide="ignore", invalid="ignore"):
            return terms(gain, gain / sigma, sigma)

    return ei


def _terms(gain, z, sigma):
    return gain * ndtr(z) + sigma * _density(z)


def _gain(mu, best, xi):
    return mu - best - xi


def _safe(gain, z, sigma):
    value = np.where(sigma > 0, _terms(gain, np.where(sigma > 0, z, 0.0), sigma), 0.0)
    return np.where(sigma > 0, value, np.maximum(gain, 0.0))


def _by_variance(gain, z, sigma):
    return _safe(gain, z / sigma, sigma**2)


_MU, _SIGMA = np.array([0.90, 0.88, 0.93, 0.70]), np.array([0.02, 0.05, 0.01, 0.03])

# (mu, sigma, best, xi): four points, the same with a margin, and points that are known exactly.
_INPUTS = (
    (_MU, _SIGMA, 0.91, 0.0),
    (_MU, _SIGMA, 0.91, 0.01),
    (np.array([0.95, 0.80, 0.91, 0.91]), np.array([0.0, 0.0, 0.0, 0.04]), 0.91, 0.0),
    (np.array([0.4, 1.3, 0.7]), np.array([0.2, 0.5, 0.0]), 0.7, 0.05),
)

EI = Function(
    right=_ei(_gain, _safe),
    inputs=_INPUTS,
    kind="expected improvement, shape (n,), units of f",
    names=("mu", "sigma", "best", "xi"),
    wrong=(
        Wrong(
            "the sign of the improvement is turned over",
            _ei(lambda mu, best, xi: best - mu - xi, _safe),
            "We maximize: a point is an improvement if it lies above the incumbent.",
        ),
        Wrong(
            "Φ and φ are swapped",
            _ei(_gain, lambda g, z, s: np.where(s > 0, g * _density(z) + s * ndtr(z), 0.0)),
            "The slope of EI along the mean is a probability, and along σ it is a density.",
        ),
        Wrong(
            "σ is missing in front of φ",
            _ei(_gain, lambda g, z, s: np.where(s > 0, g * ndtr(z) + _density(z), 0.0)),
            "Both terms have the units of f. Which of yours has none?",
        ),
        Wrong(
            "ξ is added instead of taken away",
            _ei(lambda mu, best, xi: mu - best + xi, _safe),
            "A margin makes the incumbent harder to beat, so EI must fall as ξ grows.",
        ),
        Wrong(
            "ξ is left out",
            _ei(lambda mu, best, xi: mu - best, _safe),
            "Without a margin it is right. Which argument does your formula never use?",
        ),
        Wrong(
            "ξ in z only",
            lambda mu, sigma, best, xi: (
                _ei(_gain, _safe)(mu, sigma, best, xi)
                + xi * np.where(sigma > 0, ndtr((mu - best - xi) / np.maximum(sigma, 1e-12)), 1.0)
            ),
            "A margin raises the incumbent, and the incumbent stands in two places.",
        ),
        Wrong(
            "ξ as a share of the incumbent",
            _ei(lambda mu, best, xi: mu - best * (1 + xi), _safe),
            "ξ has the units of f: it is an amount, not a percentage of the incumbent.",
        ),
        Wrong(
            "the second term is taken away",
            _ei(_gain, lambda g, z, s: np.where(s > 0, g * ndtr(z) - s * _density(z), g)),
            "An expected improvement is never negative, and uncertainty adds to it.",
        ),
        Wrong(
            "the improvement of the mean",
            lambda mu, sigma, best, xi: np.maximum(mu - best - xi, 0.0),
            "That is how much the mean improves. Does a place below the incumbent have no chance?",
        ),
        Wrong(
            "the variance stands where σ belongs",
            _ei(_gain, lambda g, z, s: np.where(s > 0, _by_variance(g, z, s), np.maximum(g, 0))),
            "z counts standard deviations. What are the units of your denominator?",
        ),
        Wrong(
            "NaN where σ is 0",
            _ei(_gain, _terms),
            "At a point that is known exactly and equals the incumbent, z is 0 / 0. What is the "
            "improvement there, without any formula?",
        ),
        Wrong(
            "certain points are worth nothing",
            _ei(_gain, lambda g, z, s: np.where(s > 0, _safe(g, z, s), 0.0)),
            "Where σ is 0 and the mean lies above the incumbent, the gain is not in doubt.",
        ),
        Wrong(
            "PI instead of EI",
            _ei(_gain, lambda g, z, s: np.where(s > 0, ndtr(z), g > 0)),
            "This is how likely an improvement is, and says nothing about how large.",
        ),
        Wrong(
            "a table of n × n scores",
            lambda mu, sigma, best, xi: _ei(_gain, _safe)(mu[:, None], sigma, best, xi),
            "A shape (n,) met a shape (n, 1), and NumPy paired every mean with every sd.",
        ),
    ),
    rtol=1e-5,
)


def _tie(mu=(0.90, 0.88), sigma=(0.02, 0.05)):
    return (mu[0] - mu[1]) / (sigma[1] - sigma[0])


KAPPA = Number(
    right=_tie(),
    kind="a count of standard deviations, 0 or more",
    wrong=(
        Wrong(
            "upside down",
            1 / _tie(),
            "κ standard deviations must make up for a lower mean: what is divided by what?",
        ),
        Wrong(
            "the sign is turned over",
            -_tie(),
            "With a κ below 0 the uncertain point would be punished for its uncertainty.",
        ),
        Wrong(
            "the spreads are added",
            0.02 / 0.07,
            "Both points gain from κ. What counts is how much more the second one gains.",
        ),
        Wrong(
            "the difference of the means",
            0.02,
            "This much has to be made up, in units of f. How much does each unit of κ make up?",
        ),
        Wrong(
            "only the second point is optimistic",
            0.02 / 0.05,
            "UCB raises the first point too, by κ times its own standard deviation.",
        ),
        Wrong(
            "variances for standard deviations",
            0.02 / (0.05**2 - 0.02**2),
            "UCB adds standard deviations, which have the units of the mean.",
        ),
    ),
)

UNITS = Choice(
    "c",
    (
        Wrong(
            "the strategy knows the scale",
            "a",
            "Standardizing y rescales the surrogate. Is ξ, in units of f, rescaled with it?",
        ),
        Wrong(
            "a larger scale needs a smaller ξ",
            "b",
            "What margin, in points of accuracy, is 0.01 when 91 stands for 91 %?",
        ),
        Wrong(
            "κ has units too",
            "d",
            "κ counts standard deviations. Does a count change when accuracies become percentages?",
        ),
    ),
    because="ξ is an amount of f and has to be rescaled with it; κ is a count and stays.",
)

STUCK = Choice(
    "b",
    (
        Wrong(
            "a model explores by itself",
            "a",
            "Where the mean peaks nothing is left to learn. What would send the search away?",
        ),
        Wrong(
            "the mean is unsure too",
            "c",
            "The mean is one curve. The uncertainty around it plays no part in this rule.",
        ),
        Wrong(
            "it must find the top in the end",
            "d",
            "Evaluating one place again and again tells nothing about another.",
        ),
    ),
    because="where the mean peaks at a point that was evaluated, evaluating it again tells "
    "nothing new.",
)

CHOICE = Choice(
    "b",
    (
        Wrong(
            "the more likely improvement is the larger one",
            "a",
            "How large is the improvement there, if it comes? f is known to about 0.3 points.",
        ),
        Wrong(
            "both have the same mean, roughly",
            "c",
            "The means differ by less than a point. By which factor do the standard deviations "
            "differ?",
        ),
        Wrong(
            "a mean below the incumbent is worth nothing",
            "d",
            "f is not the mean: it may lie a standard deviation or two above it.",
        ),
    ),
    because="it improves less often, and by far more when it does.",
)

CHECKS = {
    "06.predict_stuck": STUCK,
    "06.predict_choice": CHOICE,
    "06.break_even_kappa": KAPPA,
    "06.expected_improvement": EI,
    "06.units": UNITS,
}
