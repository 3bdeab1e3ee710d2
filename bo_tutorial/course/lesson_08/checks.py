"""Exercises of lesson 08, with the wrong answers that learners give."""

from dataclasses import replace

import numpy as np
from scipy.stats import norm

from bo_tutorial import worked_example as we
from bo_tutorial.course.checking import Array, Choice, Number, Wrong

# Far from every training f is m give or take sigma_f.
_MEAN, _SD, _BEST = we.Assumptions.mean, we.Assumptions.signal_sd, we.BEST
_GAIN = _MEAN - _BEST
_Z = _GAIN / _SD


def _ei(gain, sigma):
    return float(gain * norm.cdf(gain / sigma) + sigma * norm.pdf(gain / sigma))


FAR = Number(
    right=_ei(_GAIN, _SD),
    kind="an expected improvement, a fraction of 1 as accuracies are",
    rtol=1e-2,  # with the four digits that the text gives
    atol=1e-6,
    wrong=(
        Wrong(
            "the improvement of the mean",
            0.0,
            "The mean does not beat f*. But f scatters around it: is that 0 for every f?",
        ),
        Wrong(
            "the variance where the standard deviation belongs",
            float(_GAIN * norm.cdf(_Z) + _SD**2 * norm.pdf(_Z)),
            "Both terms have the units of f. Which units does a variance have?",
        ),
        Wrong(
            "the low mean counts as a gain",
            float(-_GAIN * norm.cdf(_Z) + _SD * norm.pdf(_Z)),
            "The first term takes something away here. Which sign does μ − f* have?",
        ),
        Wrong(
            "Φ on the other side",
            float(_GAIN * norm.cdf(-_Z) + _SD * norm.pdf(_Z)),
            "EI is never negative. At which z do you need Φ?",
        ),
        Wrong(
            "the second term is left out",
            float(_GAIN * norm.cdf(_Z)),
            "EI is never negative. What does the spread add?",
        ),
        Wrong(
            "the density alone",
            float(norm.pdf(_Z)),
            "φ(z) is a height and has no units. Where do the units of f come in?",
        ),
        Wrong(
            "the gain has the wrong sign",
            _ei(-_GAIN, _SD),
            "The mean far away lies below the incumbent: is μ − f* positive there?",
        ),
        Wrong(
            "points instead of a fraction",
            100 * _ei(_GAIN, _SD),
            "That is in points. The answer has the units of f, as ξ and σ have.",
        ),
        Wrong(
            "in standard deviations",
            _ei(_GAIN, _SD) / _SD,
            "That counts standard deviations of f. How much accuracy is one of them?",
        ),
        Wrong(
            "the first term is left out",
            float(_SD * norm.pdf(_Z)),
            "σ φ(z) is what the spread adds. What does the low mean take away again?",
        ),
        Wrong(
            "σ is missing in front of φ",
            float(_GAIN * norm.cdf(_Z) + norm.pdf(_Z)),
            "Both terms have the units of f. Which of yours has no units?",
        ),
        Wrong(
            "the chance of an improvement, not its size",
            float(norm.cdf(_Z)),
            "Φ(z) says how often f beats f*. By how much?",
        ),
        Wrong(
            "the margin is still in it",
            _ei(_GAIN - we.Assumptions.xi, _SD),
            "The article defines EI without a margin.",
        ),
        Wrong(
            "the margin is still in the gain",
            float((_GAIN - we.Assumptions.xi) * norm.cdf(_Z) + _SD * norm.pdf(_Z)),
            "The exercise has no margin: what does μ have to beat?",
        ),
    ),
)


def _measured(a):
    """Mean and standard deviation at 0.01, and the next learning rate, shape (3,)."""
    (mu,), (sigma,), _ = we.evaluate(a, [0.01])
    return np.array([mu, sigma, we.next_learning_rate(a)])


def _noisy(noise_variance):
    return _measured(replace(we.Assumptions(), noise_variance=noise_variance))


_RIGHT = _noisy(0.01**2)


class _NumbersOrArrays(Array):
    """Numbers, each of which may stand in an array of its own, as `evaluate` returns it."""

    def take(self, answer):
        if isinstance(answer, (list, tuple)):
            answer = [
                each.item() if np.shape(each) == (1,) else each for each in map(_bare, answer)
            ]
        return super().take(answer)


def _bare(each):
    """Return a list of one number as an array of shape (1,), anything else as it is."""
    return np.asarray(each) if isinstance(each, (list, tuple)) and np.shape(each) == (1,) else each


NOISE = _NumbersOrArrays(
    right=_RIGHT,
    kind="three numbers, shape (3,): mean and sd of f at 0.01, fractions of 1; a learning rate",
    # A coarser mean, and the 91 % of before would pass for what noise makes of them. The next
    # learning rate may be read off a grid of the learner's own: 1 % is less than half a step of
    # the 401 points that the lesson draws, so the rate of before, half a percent away, passes too.
    rtol=np.array([2e-3, 5e-3, 1e-2]),
    wrong=(
        Wrong(
            "the standard deviation where the variance belongs",
            _noisy(0.01),
            "The argument is a variance. What is the square of one point?",
        ),
        Wrong(
            "the assumptions are as before",
            _noisy(we.Assumptions.noise_variance),
            "`replace` returns a new object and leaves `base` alone. Which did you ask?",
        ),
        Wrong(
            "a point counted as 1",
            _noisy(1.0),
            "Accuracies are fractions: one point is a hundredth.",
        ),
        Wrong(
            "percent instead of fractions",
            _RIGHT * [100, 100, 1],
            "Mean and standard deviation have the units of f, a fraction.",
        ),
        Wrong(
            "the scatter of a new training, not of f",
            np.array([_RIGHT[0], np.hypot(_RIGHT[1], 0.01), _RIGHT[2]]),
            "Noise was added to σ. σ says how well f itself is known.",
        ),
        Wrong(
            "the learning rate as a power of ten",
            np.array([_RIGHT[0], _RIGHT[1], np.log10(_RIGHT[2])]),
            "Turn the position on the log axis back into a learning rate.",
        ),
        Wrong(
            "the training and its noise",
            np.array([we.BEST, 0.01, _RIGHT[2]]),
            "That was observed. What does the posterior make of it?",
        ),
        Wrong(
            "the mean as it was observed",
            np.array([we.BEST, _RIGHT[1], _RIGHT[2]]),
            "Such a mean believes the noise. What does `evaluate` return at 0.01?",
        ),
        Wrong(
            "the variance of f",
            np.array([_RIGHT[0], _RIGHT[1] ** 2, _RIGHT[2]]),
            "`evaluate` returns a standard deviation already.",
        ),
        Wrong(
            "another assumption was changed",
            _measured(replace(we.Assumptions(), signal_sd=0.01)),
            "The noise is how far a training lies from f, `signal_sd` how far f lies from m.",
        ),
        Wrong(
            "rounded to three places",
            _RIGHT.round(3),
            "Keep three significant digits: two of the numbers are small.",
        ),
    ),
)

COLLEAGUE = Choice(
    "b",
    (
        Wrong(
            "the model is taken at its word",
            "a",
            "It promises more than 100 %. What does that say of the model?",
        ),
        Wrong(
            "more exploration as a cure",
            "c",
            "ξ changes how a belief is scored. Is it the score that is wrong here, or the belief?",
        ),
        Wrong(
            "a longer length scale as a cure",
            "d",
            "With ℓ = 0.2 on the raw axis, what is the mean at 0.01, where 91 % was observed?",
        ),
    ),
    because="the axis decides; a training is expensive, and asking again costs nothing.",
)

FACTOR = Choice(
    "d",
    (
        Wrong(
            "EI falls like the distance to the incumbent",
            "a",
            "The distances differ by about that factor. But EI is no straight line of the mean.",
        ),
        Wrong(
            "EI falls like the square of the distance",
            "b",
            "Count in standard deviations how far 92 % is from each mean.",
        ),
        Wrong(
            "the tail is thin, and not that thin",
            "c",
            "One sd against nearly four: what is the ratio of the tails?",
        ),
    ),
    because="a normal tail is thin: one sd to go at 0.003, nearly four at 0.2.",
)

CHECKS = {
    "08.predict_factor": FACTOR,
    "08.far_away": FAR,
    "08.noisy_trainings": NOISE,
    "08.colleague": COLLEAGUE,
}
