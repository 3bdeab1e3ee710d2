"""Sequential model-based optimization: fit a surrogate, maximize an acquisition, repeat.

`BayesianOptimization.propose` is the middle of the article's six steps, in their order; `maximize`
in `loop.py` is the loop around it.
"""

import inspect
import math
import warnings
from typing import Self

import numpy as np

from bo_tutorial import _validate
from bo_tutorial._threads import computing
from bo_tutorial._tryout import made_up_points, made_up_values, try_acquisition, try_surrogate
from bo_tutorial._words import BAYESIAN_OPTIMIZATION, refuse_unknown
from bo_tutorial.acquisition import (
    ExpectedImprovement,
    LogExpectedImprovement,
)
from bo_tutorial.ascent import is_enumerable, maximize_acquisition, search_space
from bo_tutorial.evidence import LogNormalPrior
from bo_tutorial.gp import MANY, GaussianProcess
from bo_tutorial.kernels import Matern52, SquaredExponential
from bo_tutorial.outputs import BentPosterior, StraightPosterior, fit_outputs
from bo_tutorial.protocols import Acquisition, Surrogate
from bo_tutorial.recommendation import best_believed
from bo_tutorial.search import sobol_points
from bo_tutorial.space import Space
from bo_tutorial.strategy import Strategy

LARGE = 1000  # trials from which on another model asks several times as fast: docs/scale.md
ENOUGH = 300  # trials to learn hyperparameters from
ROWS = 64  # that a Cholesky factor gets before it is computed anew
# Two random numbers of [0, 1] differ by 1/6 in mean square, and so do two categories here. At a
# distance of 1 a trial says next to nothing about other categories: the first good one is a trap.
CATEGORY_DISTANCE = math.sqrt(1 / 6)
N_TRIED = 32  # points for a surrogate of one's own when it is handed over


class LargeHistoryWarning(UserWarning):
    """There are so many trials that another model would ask several times as fast."""


class BayesianOptimization(Strategy):
    """Ask where a surrogate of f, fitted to all trials, promises most.

    Args:
        space: a `Space`.
        surrogate: anything whose `fit(X, y)` returns a posterior with `predict`; X in the unit
            cube. Default: a `GaussianProcess` with a Matern-5/2 kernel, one length scale per
            hyperparameter, fitted under a `LogNormalPrior`. A surrogate and an acquisition of your
            own are tried on made-up data here, so that a mistake costs no evaluation.
        acquisition: a callable (mu, sigma, best) -> scores. Default: `LogExpectedImprovement()`.
        n_initial: how many trials come from a Sobol sequence before the surrogate is asked; trials
            that were told without being asked count. Default: max(5, 2 d).
        seed: a whole number, 0 or more.
        standardize: give the surrogate (y - mean) / standard deviation instead of y. The
            acquisition is in units of f either way.
        warp: first bend y so that it looks normal, keeping order, mean and standard deviation;
            `outputs.py` says how. The surrogate and the acquisition then see y bent. A value more
            than thirty times as far below the best as all others, or twice as far and told again,
            is a penalty for a failure: it counts as one, hardly worse than the worst of the others.
        incumbent: what the acquisition must beat: "posterior_mean", the largest posterior mean at
            a point told (the right one under noise), or "observed", the largest value told.
        candidates: points of the unit cube, shape (n, d). The next point is then one of these,
            the first with the largest score. Default: a few hundred points anew for each question,
            the best of them improved by a climb along the acquisition's gradient.

    Raises:
        TypeError, ValueError: an argument of the wrong kind; a surrogate or an acquisition that
            does not do on made-up data what a question needs.

    Source: Jones, Schonlau & Welch 1998; Shahriari et al. 2016, algorithm 1.
    """

    def __init__(
        self,
        space: Space,
        surrogate: Surrogate | None = None,
        acquisition: Acquisition | None = None,
        n_initial: int | None = None,
        seed: int = 0,
        *,
        standardize: bool = True,
        warp: bool = True,
        incumbent: str = "posterior_mean",
        candidates: np.ndarray | None = None,
        **unknown: object,
    ) -> None:
        parameters = inspect.signature(BayesianOptimization).parameters
        refuse_unknown("BayesianOptimization", unknown, BAYESIAN_OPTIMIZATION, parameters)
        super().__init__(space, seed)
        self.surrogate = _default_surrogate(space) if surrogate is None else surrogate
        self.acquisition = LogExpectedImprovement() if acquisition is None else acquisition
        if incumbent not in ("posterior_mean", "observed"):
            raise ValueError(f"incumbent must be 'posterior_mean' or 'observed', got {incumbent!r}")
        n_initial = default_n_initial(space) if n_initial is None else n_initial
        self.n_initial = _validate.whole_number("n_initial", n_initial, 1)
        self.standardize = standardize
        self.warp = warp
        self.incumbent = incumbent
        if candidates is not None:
            candidates = space.snap(_validate.points("candidates", candidates, space.d))
        self.candidates = candidates
        self._last_learned = None, None
        self._last_factorized = None, None
        self._has_warned = False
        if surrogate is not None:
            # As few trials as it may get, but where fewer will do, no more than a try should cost.
            X = made_up_points(space, self.n_initial)
            y = made_up_values(X, positive=not standardize)
            try:
                try_surrogate(surrogate, X[:N_TRIED], y[:N_TRIED])
            except TypeError:
                if self.n_initial <= N_TRIED:
                    raise
                try_surrogate(surrogate, X, y)
        if acquisition is not None:
            try_acquisition(acquisition)

    @classmethod
    def plain(
        cls,
        space: Space,
        length_scale: float = 0.2,
        xi: float = 0.01,
        n_initial: int = 3,
        seed: int = 0,
        n_candidates: int = 201,
    ) -> Self:
        """Return the configuration that fits on a slide, and that a reader's own loop reproduces.

        Squared exponential kernel with fixed hyperparameters on standardized y (signal variance 1,
        noise variance 1e-6), expected improvement over the best value observed, maximized over a
        fixed set of points: evenly spaced in one dimension, a Sobol sequence in more.

        Args:
            length_scale: in units of the cube. xi: in units of f. n_candidates: size of that set.
        """
        if space.d == 1:
            candidates = np.linspace(0, 1, n_candidates)[:, None]
        else:
            candidates = sobol_points(space.d, n_candidates, seed)
        kernel = SquaredExponential(length_scale, categorical=space.categorical)
        return cls(
            space,
            surrogate=GaussianProcess(kernel, noise_variance=1e-6, learn=False),
            acquisition=ExpectedImprovement(xi),
            n_initial=n_initial,
            seed=seed,
            warp=False,
            incumbent="observed",
            candidates=candidates,
        )

    def propose(self, number: int, rng: np.random.Generator) -> dict:
        """Return what to try next: steps 1 to 3 of the article's loop."""
        X, y = self._data()
        if number < self.n_initial or len(y) == 0:  # 1. initialize
            return self._initial(number, rng)
        self._warn_once(len(y))
        posterior = self._posterior(X, y)  # 2. fit the surrogate
        best = self._best(posterior, X, y)
        posterior, best = self._imagine_pending(posterior, best, X, y)
        ranked = self._ranked(posterior, best, X[np.argmax(y)], rng)  # 3. maximize the acquisition
        return self._new_config(self._pools(ranked, rng))

    def posterior(self) -> StraightPosterior:
        """Return what the surrogate believes after all that has been told.

        Returns:
            A posterior whose `predict(U)` takes points of the unit cube, shape (n, d), and returns
            mean and standard deviation of f, in units of f. Its `length_scale` is that of the
            kernel in units of the cube, one per hyperparameter, shape (d,); None without a kernel.

        Raises:
            ValueError: no trial has a value yet.
        """
        X, y = self._data()
        if len(y) == 0:
            raise ValueError("posterior needs at least one trial with a value, got none")
        with self._lock, computing:
            return StraightPosterior(self._posterior(X, y), self.space.d)

    def recommend(self) -> dict:
        """Return the configuration told that is the best to use; `recommendation.py` says how.

        Under noise, that with the largest posterior mean minus standard deviation, since the best
        value observed is partly luck; the model sees the values without a warp unless they are
        clearly more probable with one. Where no noise is needed to explain them, the best observed.

        Raises:
            ValueError: no trial has a value yet.
        """
        with self._lock, computing:
            told = self.told
            y = np.array([trial.value for trial in told])
            if not np.isfinite(y).any():
                raise ValueError("recommend needs at least one trial with a value, got none")
            X = np.array([trial.point for trial in told])
            i = best_believed(self.surrogate, X, y, self.standardize, self.warp)
            return dict(told[i].config)

    def _warn_once(self, n):
        if n >= LARGE and not self._has_warned and isinstance(self.surrogate, GaussianProcess):
            self._has_warned = True
            message = (
                f"{n} trials: a question to a Gaussian process takes a tenth of a second from 1000 "
                "trials on, seconds from 5000 on, and twice the trials take up to eight times as "
                "long (docs/scale.md). Two others take the same trials: "
                f"other = bo.BayesianOptimization(space, surrogate={_sparse_in_words(self.space)}) "
                "or other = bo.TreeParzen(space), and then "
                "for trial in strategy.told: other.tell(trial.config, trial.value)"
            )
            warnings.warn(message, LargeHistoryWarning, stacklevel=5)

    def _data(self):
        """All values told, as (X, y) in the unit cube and in units of f.

        A failed trial takes the worst value seen: the surrogate then avoids its neighborhood, and
        is not bent by a number far outside the others.
        """
        told = self.told
        values = np.array([trial.value for trial in told])
        if not np.isfinite(values).any():
            return np.empty((0, self.space.d)), np.empty(0)
        values = np.where(np.isfinite(values), values, np.nanmin(values))
        return np.array([trial.point for trial in told]), values

    def _posterior(self, X, y):
        """The belief about f, bent where there is a warp, given what was told."""
        outputs = self._outputs(y)
        z = outputs.standardize(y)
        surrogate = self._learned(X, y, outputs)
        if len(y) >= MANY and isinstance(surrogate, GaussianProcess):
            return BentPosterior(self._extended(surrogate, X, z), outputs)
        condition = getattr(surrogate, "condition", surrogate.fit)
        return BentPosterior(condition(X, z), outputs)

    def _outputs(self, y):
        n_failed = sum(math.isnan(trial.value) for trial in self.told[: len(y)])
        return fit_outputs(y, self.standardize, self.warp, n_failed, self.n_initial)

    def _learned(self, X, y, outputs):
        """The surrogate with hyperparameters learned: anew whenever a tenth more trials are told.

        What is learned from the first 99 of 105 trials will do for all 105. It is learned from
        these alone, not carried over from question to question, so that it depends on the trials
        only. Of more than `ENOUGH` trials a part is enough: half of it are the best of them, the
        others are spread evenly over the rest.
        """
        if not hasattr(self.surrogate, "learned"):
            return self.surrogate
        n = len(y) - len(y) % (1 + len(y) // 10)
        if n < len(y):
            X, y = X[:n], y[:n]
            outputs = None
        key = X.tobytes(), y.tobytes()
        if self._last_learned[0] != key:
            outputs = outputs or self._outputs(y)
            z, part = outputs.standardize(y), _part(y)
            self._last_learned = key, self.surrogate.learned(X[part], z[part])
        return self._last_learned[1]

    def _extended(self, surrogate, X, z):
        """The posterior after many trials: that of `condition`, without its work each time.

        The matrix of all trials is factorized anew with every `ROWS` of them. In between, the
        factor of the last time gets a row for each trial since.
        """
        n = len(z) - len(z) % ROWS
        of, first = self._last_factorized
        if of is not surrogate or not np.array_equal(first.X, X[:n]):
            first = surrogate.condition(X[:n], z[:n])
            self._last_factorized = surrogate, first
        first = first.with_values(z[:n])
        return first.extend(X[n:], z[n:]) if n < len(z) else first

    def _best(self, posterior, X, y):
        if self.incumbent == "observed":
            return posterior.outputs.bend(y).max()
        return posterior.mean_at(X).max()

    def _imagine_pending(self, posterior, best, X, y):
        """Pretend that each pending trial returned its posterior mean (the kriging believer).

        The uncertainty there vanishes, and what is believed is what must be beaten, so the next
        question goes elsewhere; Ginsbourger, Le Riche & Carraro 2010.
        """
        if not self.pending:
            return posterior, best
        pending = np.array([trial.point for trial in self.pending])
        believed, _ = posterior.predict(pending)
        if hasattr(posterior, "extend"):
            posterior = posterior.extend(pending, believed)
        else:
            y = np.append(y, posterior.outputs.straighten(believed))
            posterior = self._posterior(np.vstack([X, pending]), y)
        return posterior, max(best, believed.max())

    def _ranked(self, posterior, best, incumbent, rng):
        """Points of the cube, by falling acquisition."""
        points = self.candidates
        if points is None and is_enumerable(self.space):
            points = self._everything
        if points is not None:
            still = np.zeros(points.shape, dtype=bool)
            return maximize_acquisition(self.acquisition, posterior, best, points, still)
        question = self.acquisition, posterior, best, incumbent, rng, self.seed, self._first_new
        return search_space(self.space, *question)

    def _initial(self, number, rng):
        """The first point of the Sobol sequence, from `number` on, that is not taken."""
        points = sobol_points(self.space.d, number + 64, self.seed)[number:]
        points = self._cover_choices(points, self.n_initial - number)
        return self._new_config(self._pools(points, rng))

    def _pools(self, points, rng):
        """`points`, and what to fall back on when all of them are taken."""
        yield points
        if not is_enumerable(self.space):
            yield self.space.snap(rng.random((1024, self.space.d)))


def default_n_initial(space: Space) -> int:
    """Return how many initial trials a space of d hyperparameters gets: max(5, 2 d)."""
    return max(5, 2 * space.d)


def _part(y):
    """Which trials to learn from: the best of them, and the others evenly; indices, in order."""
    if len(y) <= ENOUGH:
        return np.arange(len(y))
    order = np.argsort(-y, kind="stable")
    best, rest = order[: ENOUGH // 2], np.sort(order[ENOUGH // 2 :])
    evenly = np.linspace(0, len(rest) - 1, ENOUGH - len(best)).round().astype(int)
    return np.sort(np.concatenate([best, rest[evenly]]))


def _sparse_in_words(space):
    """What to write for a `SparseGP` with the kernel and the prior of `_default_surrogate`."""
    more = ", categorical=space.categorical, category_distance=6**-0.5" if space.categorical else ""
    return f"bo.SparseGP(bo.Matern52([0.5] * {space.d}{more}), prior=bo.LogNormalPrior())"


def _default_surrogate(space):
    kernel = Matern52(
        np.full(space.d, 0.5),
        categorical=space.categorical,
        category_distance=CATEGORY_DISTANCE,
    )
    return GaussianProcess(kernel, noise_variance=1e-4, prior=LogNormalPrior(), n_starts=2)
