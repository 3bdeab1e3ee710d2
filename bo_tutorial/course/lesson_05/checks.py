"""Exercises of lesson 05: the likelihood of a length scale, its slope, and what it does not say."""

import numpy as np

from bo_tutorial.course.checking import Choice, Function, Number, Wrong
from bo_tutorial.gp import GaussianProcess
from bo_tutorial.kernels import SquaredExponential
from bo_tutorial.problems import ACCURACIES

RESIDUALS = np.array(ACCURACIES) - np.mean(ACCURACIES)
BEST_VARIANCE = np.mean(RESIDUALS**2)


def length_slope(X, y, length_scale, signal_variance, noise_variance):
    """Return d log p(y | X) / d log length_scale for a squared exponential process of mean 0."""
    gp = GaussianProcess(SquaredExponential(length_scale, signal_variance), noise_variance)
    return gp.condition(X, y).log_marginal_likelihood_gradient[0]


def _parts(X, y, length_scale, signal_variance, noise_variance):
    """alpha, K^-1 and dK/d(log length scale), from which the wrong slopes are put together."""
    squared = ((X - X.T) / length_scale) ** 2
    Kf = signal_variance * np.exp(-0.5 * squared)
    inverse = np.linalg.inv(Kf + noise_variance * np.eye(len(y)))
    return inverse @ y, inverse, Kf * squared


def _by_length_itself(X, y, length_scale, signal_variance, noise_variance):
    slope = length_slope(X, y, length_scale, signal_variance, noise_variance)
    return slope / length_scale


def _distance_in_units_of_x(X, y, length_scale, signal_variance, noise_variance):
    slope = length_slope(X, y, length_scale, signal_variance, noise_variance)
    return slope * length_scale**2


def _without_the_half(*arguments):
    return 2 * length_slope(*arguments)


def _plus_inverse(*arguments):
    alpha, inverse, dK = _parts(*arguments)
    return 0.5 * np.sum((np.outer(alpha, alpha) + inverse) * dK)


def _fit_alone(*arguments):
    alpha, _, dK = _parts(*arguments)
    return 0.5 * alpha @ dK @ alpha


def _complexity_alone(*arguments):
    _, inverse, dK = _parts(*arguments)
    return -0.5 * np.sum(inverse * dK)


def _downhill(*arguments):
    return -length_slope(*arguments)


def _mean_of_the_lesson(X, y, *hyperparameters):
    return length_slope(X, y - 0.85, *hyperparameters)


def _noise_of_the_lesson(X, y, length_scale, signal_variance, noise_variance):
    return length_slope(X, y, length_scale, signal_variance, 1e-6)


def _with_noise_matrix(matrix):
    def slope(X, y, length_scale, signal_variance, noise_variance):
        _, _, dK = _parts(X, y, length_scale, signal_variance, noise_variance)
        K = SquaredExponential(length_scale, signal_variance)(X, X)
        inverse = np.linalg.inv(K + noise_variance * matrix(len(X)))
        alpha = inverse @ y
        return 0.5 * np.sum((np.outer(alpha, alpha) - inverse) * dK)

    return slope


_noise_everywhere = _with_noise_matrix(lambda n: np.ones((n, n)))
_no_noise = _with_noise_matrix(lambda n: np.zeros((n, n)))


def _distance_not_squared(X, y, length_scale, signal_variance, noise_variance):
    alpha, inverse, _ = _parts(X, y, length_scale, signal_variance, noise_variance)
    scaled = np.abs(X - X.T) / length_scale
    dK = signal_variance * np.exp(-0.5 * scaled**2) * scaled
    return 0.5 * np.sum((np.outer(alpha, alpha) - inverse) * dK)


def _by_log_signal(X, y, length_scale, signal_variance, noise_variance):
    gp = GaussianProcess(SquaredExponential(length_scale, signal_variance), noise_variance)
    return gp.condition(X, y).log_marginal_likelihood_gradient[1]


def _entry_by_entry(*arguments):
    alpha, inverse, dK = _parts(*arguments)
    return 0.5 * np.trace((np.outer(alpha, alpha) - inverse) * dK)


def _matrix(*arguments):
    alpha, inverse, dK = _parts(*arguments)
    return 0.5 * (np.outer(alpha, alpha) - inverse) @ dK


_three = (np.array([[-3.0], [-2.0], [-1.0]]), RESIDUALS, 0.5, 0.06**2, 1e-6)
_x = np.linspace(0.0, 1.0, 7)[:, None]
_seven = (_x, np.sin(6 * _x[:, 0]), 0.3, 0.8, 0.01)
_two_long = (np.array([[0.0], [1.5]]), np.array([1.0, 0.2]), 2.0, 1.0, 0.1)

CHECKS = {
    "05.predict_three": Choice(
        "a",
        (
            Wrong(
                "the length scale that looks best",
                "b",
                "A pleasant curve is not what is measured: ask how much probability each model "
                "gave to these three numbers before it had seen any of them.",
            ),
            Wrong(
                "smoother is more plausible",
                "c",
                "A model is rewarded for a smooth f only if the data are smooth: what does a "
                "length scale of two decades expect of learning rates one decade apart?",
            ),
            Wrong(
                "a curve through all points is explained",
                "d",
                "All three posteriors pass through the points, because the data force them to. "
                "The likelihood asks what the model expected before.",
            ),
        ),
        because="the shortest, though by very little; the titles of the panels say by how much.",
    ),
    "05.predict_batch": Choice(
        "b",
        (
            Wrong(
                "what matters less does not matter",
                "a",
                "Two hundred rows are enough to see small effects. Compare batches of 16 and of "
                "256 images in the table of the network: do they score alike?",
            ),
            Wrong(
                "long and short length scales confused",
                "c",
                "A short length scale says that f changes quickly along this input. Does the "
                "batch size decide more than the learning rate?",
            ),
            Wrong(
                "the same for every input",
                "d",
                "With one length scale for each input the fit may give each its own. Does the "
                "accuracy change as quickly along all of them?",
            ),
        ),
        because="it matters little beside the learning rate, and far more than the time of day.",
    ),
    "05.best_signal_sd": Number(
        right=float(np.sqrt(BEST_VARIANCE)),
        kind="a standard deviation, as a fraction of 1 like the accuracies",
        wrong=(
            Wrong(
                "a variance instead of a standard deviation",
                float(BEST_VARIANCE),
                "The formula gives the signal variance; the question asks for its root.",
            ),
            Wrong(
                "divided by n - 1",
                float(np.std(ACCURACIES, ddof=1)),
                "That is the unbiased estimate, with an unknown mean. Here the mean is given, and "
                "the derivative decides what to divide by.",
            ),
            Wrong(
                "the sum not divided",
                float(np.sqrt(np.sum(RESIDUALS**2))),
                "The term with the logarithm counts all three accuracies: it brings in an n.",
            ),
            Wrong(
                "absolute instead of squared residuals",
                float(np.mean(np.abs(RESIDUALS))),
                "The exponent of a normal density has squares, not absolute values.",
            ),
            Wrong(
                "a variance, and in percent",
                float(1e4 * BEST_VARIANCE),
                "The formula gives the signal variance, in squared points. Take its root, and "
                "write it as a fraction.",
            ),
            Wrong(
                "percent instead of a fraction",
                float(100 * np.sqrt(BEST_VARIANCE)),
                "Right up to the unit: in code an accuracy is a fraction of 1.",
            ),
        ),
    ),
    "05.length_slope": Function(
        length_slope,
        inputs=(_three, _seven, _two_long),
        kind="one number: nats per unit of log length_scale",
        wrong=(
            Wrong(
                "by the length scale instead of its logarithm",
                _by_length_itself,
                "The chain rule: a derivative by log ℓ is ℓ times the derivative by ℓ.",
            ),
            Wrong(
                "distances in units of x",
                _distance_in_units_of_x,
                "The kernel sees distances in length scales; so does its derivative.",
            ),
            Wrong(
                "the mean of the worked example",
                _mean_of_the_lesson,
                "The accuracies of the lesson had a mean of 0.85. What is the mean here?",
            ),
            Wrong(
                "the noise of the worked example",
                _noise_of_the_lesson,
                "The noise variance of the lesson was a fixed number. Here it is an argument.",
            ),
            Wrong(
                "the noise in every entry of K",
                _noise_everywhere,
                "Noise belongs to each training alone. Which entries of K does it change?",
            ),
            Wrong(
                "K without the noise",
                _no_noise,
                "The likelihood is that of y, not of f. What is added to the variance of f?",
            ),
            Wrong(
                "the distance not squared",
                _distance_not_squared,
                "Differentiate the exponent of the kernel by log ℓ: which power of the distance "
                "comes down?",
            ),
            Wrong(
                "the slope by log signal variance",
                _by_log_signal,
                "That is the slope of the lesson, by log σ_f². How does the kernel change with ℓ?",
            ),
            Wrong(
                "entry by entry",
                _entry_by_entry,
                "Between two arrays, * multiplies entry by entry; the formula multiplies matrices.",
            ),
            Wrong(
                "the factor one half",
                _without_the_half,
                "Twice too large: look at the factor in front of both terms.",
            ),
            Wrong(
                "the sign of the inverse",
                _plus_inverse,
                "Fit and complexity pull in opposite directions: one of them enters with a minus.",
            ),
            Wrong(
                "the fit alone",
                _fit_alone,
                "This is the slope of the fit; the complexity term has a slope as well.",
            ),
            Wrong(
                "the complexity alone",
                _complexity_alone,
                "This slope does not depend on y; the fit has a slope as well.",
            ),
            Wrong(
                "downhill",
                _downhill,
                "The sign is turned over: this is the slope of the negative log likelihood.",
            ),
            Wrong(
                "a matrix instead of its trace",
                _matrix,
                "The formula ends in a trace: one number for the whole matrix.",
            ),
        ),
    ),
    "05.what_next": Choice(
        "b",
        (
            Wrong(
                "a long length scale is taken for knowledge",
                "a",
                "In the figure of 25 rows, which length scales come out long by luck of the draw? "
                "Ask by how many nats the data prefer them.",
            ),
            Wrong(
                "a ranking of length scales is taken for knowledge",
                "c",
                "Where the likelihood is flat, 60 and 40 are the same answer: their order says "
                "nothing, and neither does their size.",
            ),
            Wrong(
                "the optimizer is blamed",
                "d",
                "More starts may find a higher top, and long length scales stand there as often. "
                "What would tell you whether the data need an input at all?",
            ),
        ),
        because="a cost of a nat or less means that the data cannot tell, so keep both.",
    ),
}
