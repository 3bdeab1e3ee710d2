"""Exercises of lesson 07, with the wrong answers that learners give."""

import numpy as np
from scipy.stats import norm

from bo_tutorial.acquisition import expected_improvement, probability_of_improvement
from bo_tutorial.course.checking import Choice, Function, Number, Wrong
from bo_tutorial.gp import GaussianProcess
from bo_tutorial.kernels import SquaredExponential
from bo_tutorial.problems import forrester
from bo_tutorial.search import sobol_points

PREDICT_FIFTH = Choice(
    right="c",
    because="94 % raises the mark to beat; after 84 %, f climbs toward 0.01 and perhaps beyond.",
    wrong=(
        Wrong(
            "σ alone decides what a training is worth",
            "a",
            "σ is the same, yes. What do the answers do to μ and to the incumbent?",
        ),
        Wrong(
            "where it is good, it gets better",
            "b",
            "A new best value raises the incumbent, which the fifth training then has to beat.",
        ),
        Wrong(
            "a bad answer ends the hope",
            "d",
            "The 91 % at 0.01 are still there. What must f do between 84 % and 91 %?",
        ),
    ),
)


# Exercise 1: from standardized outputs back to units of f, on y = 0.79, 0.91.


def _z(mu, sigma, best, xi):
    return (mu - best - xi) / sigma


_Y = np.array([0.79, 0.91])
_MEAN, _SD, _SD_N_1 = _Y.mean(), _Y.std(), _Y.std(ddof=1)
_MU, _SIGMA, _XI = 0.5, 1.0, 0.01

UNDO = Number(
    right=_z(_MEAN + _SD * _MU, _SD * _SIGMA, _Y.max(), _XI),
    kind="a count of standard deviations, with its sign",
    wrong=(
        Wrong(
            "nothing was undone",
            _z(_MU, _SIGMA, _Y.max(), _XI),
            "μ and σ count standard deviations of y. In which units is the incumbent?",
        ),
        Wrong(
            "ξ was left in the other units",
            _z(_MU, _SIGMA, (_Y.max() - _MEAN) / _SD, _XI),
            "You translated the incumbent. The margin is an amount of accuracy too.",
        ),
        Wrong(
            "the mean was not added back",
            _z(_SD * _MU, _SD * _SIGMA, _Y.max(), _XI),
            "Multiplying by the standard deviation undoes half of it. What was subtracted first?",
        ),
        Wrong(
            "σ was left as it was",
            _z(_MEAN + _SD * _MU, _SIGMA, _Y.max(), _XI),
            "A spread is stretched as well, though not shifted. And by what does z divide?",
        ),
        Wrong(
            "the mean was added to σ as well",
            _z(_MEAN + _SD * _MU, _MEAN + _SD * _SIGMA, _Y.max(), _XI),
            "A shift moves a distribution and leaves its width alone.",
        ),
        Wrong(
            "the sign is turned over",
            -_z(_MEAN + _SD * _MU, _SD * _SIGMA, _Y.max(), _XI),
            "We maximize: z is positive where the mean lies above what has to be beaten.",
        ),
        Wrong(
            "the margin was forgotten",
            _z(_MEAN + _SD * _MU, _SD * _SIGMA, _Y.max(), 0.0),
            "The incumbent is to be beaten by ξ at least.",
        ),
        Wrong(
            "the margin makes it easier",
            _z(_MEAN + _SD * _MU, _SD * _SIGMA, _Y.max(), -_XI),
            "With a margin there is more to beat, so z must become smaller.",
        ),
        Wrong(
            "the standard deviation with n − 1",
            _z(_MEAN + _SD_N_1 * _MU, _SD_N_1 * _SIGMA, _Y.max(), _XI),
            "`y.std()` divides by n: undo the same number.",
        ),
        Wrong(
            "σ was stretched and μ left as it was",
            _z(_MU, _SD * _SIGMA, _Y.max(), _XI),
            "Your σ is in units of f. In which units is your μ?",
        ),
        Wrong(
            "the incumbent was standardized, μ and σ undone",
            _z(_MEAN + _SD * _MU, _SD * _SIGMA, (_Y.max() - _MEAN) / _SD, _XI),
            "Translate the incumbent, or undo μ and σ: one is enough.",
        ),
        Wrong(
            "the worse evaluation as incumbent",
            _z(_MEAN + _SD * _MU, _SD * _SIGMA, _Y.min(), _XI),
            "We maximize. Which of the two evaluations has to be beaten?",
        ),
        Wrong(
            "the mean as incumbent",
            _z(_MEAN + _SD * _MU, _SD * _SIGMA, _MEAN, _XI),
            "f* is the best value so far, not the mean.",
        ),
        Wrong(
            "the variance stands where σ belongs",
            _z(_MEAN + _SD * _MU, (_SD * _SIGMA) ** 2, _Y.max(), _XI),
            "z divides by a standard deviation, not by its square.",
        ),
        Wrong(
            "the chance of an improvement",
            norm.cdf(_z(_MEAN + _SD * _MU, _SD * _SIGMA, _Y.max(), _XI)),
            "You went one step further: that is Φ of what is asked.",
        ),
        Wrong(
            "the expected improvement",
            float(expected_improvement(_MEAN + _SD * _MU, _SD * _SIGMA, _Y.max(), _XI)),
            "That comes after z. Asked for is z itself.",
        ),
    ),
)


# Exercise 2: the loop, and the ways in which it goes wrong.


def _by_mean_and_sd(y, n_initial):
    return y.mean(), y.std()


def _loop(
    choose=None, standardize=_by_mean_and_sd, undone=True, margin=0.01, refit=True, repeat=False
):
    """Return the loop that exercise 2 asks for, or one of its wrong versions.

    Args:
        choose: (mu, sigma, y, xi) -> scores, EI by default. standardize: (y, the number of
            initial points) -> what is subtracted from y and divides it. undone: EI sees units of
            f. margin: ξ. refit: condition on the new points too. repeat: points that have been
            evaluated may be evaluated again.
    """

    def improvement(mu, sigma, y, xi):
        return expected_improvement(mu, sigma, y.max(), xi)

    score = improvement if choose is None else choose

    def search(f, candidates, initial, n_evaluations):
        gp = GaussianProcess(SquaredExponential(0.15), noise_variance=1e-6)
        x = [float(each) for each in initial]
        while len(x) < n_evaluations:
            seen = x if refit else x[: len(initial)]
            y = np.array([f(each) for each in seen])
            shift, scale = standardize(y, len(initial))
            posterior = gp.condition(np.array(seen)[:, None], (y - shift) / scale)
            mu, sigma = posterior.predict(candidates[:, None])
            if undone:
                mu, sigma = shift + scale * mu, scale * sigma
            scores = np.array(score(mu, sigma, y, margin), dtype=float)
            if not repeat:
                scores[np.isin(candidates, x)] = -np.inf
            x.append(float(candidates[np.argmax(scores)]))
        return np.array(x)

    return search


def _budget_off_by(n):
    right = _loop()
    return lambda f, candidates, initial, n_evaluations: right(
        f, candidates, initial, n_evaluations + n(initial)
    )


def _new_ones_only(f, candidates, initial, n_evaluations):
    return _loop()(f, candidates, initial, n_evaluations)[len(initial) :]


def _with_values(f, candidates, initial, n_evaluations):
    x = _loop()(f, candidates, initial, n_evaluations)
    return x, np.array([f(each) for each in x])


def _column(f, candidates, initial, n_evaluations):
    return _loop()(f, candidates, initial, n_evaluations)[:, None]


def _values(f, candidates, initial, n_evaluations):
    return np.array([f(x) for x in _loop()(f, candidates, initial, n_evaluations)])


def _best_place(f, candidates, initial, n_evaluations):
    return max(_loop()(f, candidates, initial, n_evaluations), key=f)


def _forrester(x):
    return forrester({"x1": float(x)})


def _in_other_units(x):
    """The same hills, as an accuracy: forgotten units show."""
    return 0.85 + 0.01 * _forrester(x)


_CANDIDATES = np.linspace(0, 1, 201)
_FEW = np.linspace(0, 1, 17)  # so few that a point is worth most which has been evaluated
# All end before two scores come so close that rounding could decide between them.
_RUNS = (
    (_forrester, _CANDIDATES, sobol_points(1, 3, seed=1)[:, 0], 11),
    (_in_other_units, _CANDIDATES, _CANDIDATES[[20, 90, 180]], 8),
    (_forrester, _FEW, _FEW[[3, 8, 13]], 8),
)

LOOP = Function(
    right=_loop(),
    inputs=_RUNS,
    kind="every x in the order of evaluation, the initial ones first, shape (n_evaluations,)",
    wrong=(
        Wrong(
            "argmin instead of argmax",
            _loop(lambda mu, sigma, y, xi: -expected_improvement(mu, sigma, y.max(), xi)),
            "Your search goes where an evaluation is worth least.",
        ),
        Wrong(
            "it minimizes f",
            _loop(lambda mu, sigma, y, xi: expected_improvement(-mu, sigma, -y.min(), xi)),
            "The incumbent is the largest value so far, and an improvement lies above it.",
        ),
        Wrong(
            "y was not standardized",
            _loop(standardize=lambda y, n_initial: (0.0, 1.0)),
            "This Gaussian process expects mean 0 and standard deviation 1. What do your y have?",
        ),
        Wrong(
            "standardized, and not undone",
            _loop(undone=False),
            "EI compares μ with the incumbent and with ξ. Are the three in the same units?",
        ),
        Wrong(
            "all in standard deviations, ξ too",
            _loop(
                lambda mu, sigma, y, xi: expected_improvement(
                    mu, sigma, ((y - y.mean()) / y.std()).max(), xi
                ),
                undone=False,
            ),
            "ξ = 0.01 is meant in units of f, and yours counts standard deviations of y.",
        ),
        Wrong(
            "the margin is missing",
            _loop(margin=0.0),
            "The exercise has a ξ, and it is not 0.",
        ),
        Wrong(
            "the new points are never learned from",
            _loop(refit=False),
            "Your surrogate knows the initial points only. What is step 5 for, and step 6?",
        ),
        Wrong(
            "a point is evaluated twice",
            _loop(repeat=True),
            "The largest score may lie at a point already evaluated. Leave that one out.",
        ),
        Wrong(
            "the mean alone",
            _loop(lambda mu, sigma, y, xi: mu),
            "A search that follows μ may get stuck. What stands for what we do not know?",
        ),
        Wrong(
            "the standard deviation alone",
            _loop(lambda mu, sigma, y, xi: sigma),
            "Your search explores and never climbs. What in the score stands for what we know?",
        ),
        Wrong(
            "the variance stands where σ belongs",
            _loop(lambda mu, sigma, y, xi: expected_improvement(mu, sigma**2, y.max(), xi)),
            "`predict` returns a standard deviation, and that is what EI wants.",
        ),
        Wrong(
            "the probability of an improvement",
            _loop(lambda mu, sigma, y, xi: probability_of_improvement(mu, sigma, y.max(), xi)),
            "PI says how likely an improvement is. How large does it expect it to be?",
        ),
        Wrong(
            "the mean was not added back",
            _loop(lambda mu, sigma, y, xi: expected_improvement(mu - y.mean(), sigma, y.max(), xi)),
            "Multiplying by the standard deviation undoes half of it. What was subtracted first?",
        ),
        Wrong(
            "σ was left as it was",
            _loop(lambda mu, sigma, y, xi: expected_improvement(mu, sigma / y.std(), y.max(), xi)),
            "You undid μ. A spread is stretched by the standard deviation as well.",
        ),
        Wrong(
            "the standard deviation with n − 1",
            _loop(standardize=lambda y, n_initial: (y.mean(), y.std(ddof=1))),
            "`y.std()` divides by n: standardize by that.",
        ),
        Wrong(
            "standardized once, by the initial points",
            _loop(standardize=lambda y, n_initial: _by_mean_and_sd(y[:n_initial], n_initial)),
            "The mean and standard deviation of y change with every evaluation. When do you "
            "compute them?",
        ),
        Wrong(
            "the largest posterior mean as incumbent",
            _loop(lambda mu, sigma, y, xi: expected_improvement(mu, sigma, mu.max(), xi)),
            "The incumbent has been observed. Has the peak of the mean?",
        ),
        Wrong(
            "the last value as incumbent",
            _loop(lambda mu, sigma, y, xi: expected_improvement(mu, sigma, y[-1], xi)),
            "Not every evaluation is a new best. What has to be beaten?",
        ),
        Wrong(
            "one evaluation too many",
            _budget_off_by(lambda initial: 1),
            "Compare with < or with <=? Count what has been evaluated when your loop ends.",
        ),
        Wrong(
            "one evaluation too few",
            _budget_off_by(lambda initial: -1),
            "Count what has been evaluated when your loop ends.",
        ),
        Wrong(
            "the initial points are not counted",
            _budget_off_by(len),
            "The budget pays for all evaluations, those of step 1 as well.",
        ),
        Wrong(
            "the initial points are missing",
            _new_ones_only,
            "What is returned is every x that was evaluated, from the first on.",
        ),
        Wrong(
            "the best place alone",
            _best_place,
            "Your search found it. Asked for is the whole run.",
        ),
        Wrong(
            "the values instead of the places",
            _values,
            "These are what f returned. Asked for is where it was evaluated.",
        ),
        Wrong(
            "places and values together",
            _with_values,
            "The values are not asked for: return the places alone.",
        ),
        Wrong(
            "a column",
            _column,
            "The surrogate wants one row for each point. Return a flat list.",
        ),
    ),
    names=("f", "candidates", "initial", "n_evaluations"),
)

RETURN = Choice(
    right="c",
    because="what the model believes decides, and only a fresh training tells what it is worth.",
    wrong=(
        Wrong(
            "a budget that is granted must be spent",
            "a",
            "Two small EIs in a row were your rule. And is the largest noisy value a fair report?",
        ),
        Wrong(
            "the largest value observed",
            "b",
            "One training can be lucky, and this one was chosen among 14 for being the largest.",
        ),
        Wrong(
            "quoting the value that it was chosen for",
            "d",
            "The configuration is well chosen. But its accuracy has taken part in the choice.",
        ),
    ),
)

CHECKS = {
    "07.predict_fifth": PREDICT_FIFTH,
    "07.undo": UNDO,
    "07.loop": LOOP,
    "07.return": RETURN,
}
