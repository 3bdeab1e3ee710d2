"""Leave the Gaussian process: model where good configurations lie, not how good they are.

The tree-structured Parzen estimator splits the trials at a quantile of their values and estimates
two densities, l(x) of the good ones and g(x) of the others. It proposes the point where l(x) / g(x)
is largest, which is where expected improvement is (Bergstra et al. 2011, eq. 6).
"""

import math

import numpy as np
from scipy.special import ndtr, ndtri

from bo_tutorial import _validate
from bo_tutorial.space import Categorical, Int, Space
from bo_tutorial.strategy import Strategy

N_TRIES = 20  # draws until one is new


class TreeParzen(Strategy):
    """Ask where good trials are dense and bad ones are rare.

    With l(x) the density of the good trials and g(x) that of the others, candidates are drawn from
    l and the one with the largest l(x) / g(x) is asked.

    Args:
        space: a `Space`; conditions, integers and categories are at home here.
        seed: a whole number, 0 or more.
        n_initial: how many trials are random before the densities are asked.
        quantile: the share of trials that counts as good, but 25 of them at the most.
        n_candidates: how many points are drawn from l(x) and compared.

    Raises:
        TypeError, ValueError: an argument of the wrong kind.

    Source: Bergstra et al. 2011; one density over all hyperparameters together, Falkner et al.
    2018; the constants are those of Optuna 5.
    """

    def __init__(
        self,
        space: Space,
        seed: int = 0,
        *,
        n_initial: int = 10,
        quantile: float = 0.1,
        n_candidates: int = 24,
        **unknown: object,
    ) -> None:
        super().__init__(space, seed, **unknown)
        self.n_initial = _validate.whole_number("n_initial", n_initial, 1)
        self.n_candidates = _validate.whole_number("n_candidates", n_candidates, 1)
        self.quantile = _validate.number("quantile", quantile, 0, strict=True)
        if self.quantile >= 1:
            raise ValueError(f"quantile must be less than 1, got {quantile}")

    @np.errstate(under="ignore")  # far from a center its density is e^-1000: 0
    def propose(self, number: int, rng: np.random.Generator) -> dict:
        """Return what is most typical of good trials and least of the others, of what l suggests.

        Raises:
            SpaceExhausted: a finite space has no configuration left.
        """
        if number < self.n_initial or not any(map(math.isfinite, self._values())):
            n_left = self.n_initial - number
            return self._new_config(self._random_points(n_left, rng))
        good, bad = self._split()
        good, bad = _Parzen(self.space, good), _Parzen(self.space, bad)

        def candidates():
            drawn = self.space.snap(good.sample(self.n_candidates, rng))
            log_ratio = good.log_density(drawn) - bad.log_density(drawn)
            return drawn[np.argsort(-log_ratio, kind="stable")]

        return self._new_config(candidates() for _ in range(N_TRIES))

    def _random_points(self, n_left, rng):
        for _ in range(N_TRIES):
            yield self._cover_choices(rng.random((1, self.space.d)), n_left)

    def _values(self):
        return [trial.value for trial in self.told]

    def _split(self):
        """The points of the good trials and of the others, each in the order of trial numbers.

        A failed trial is worse than any other. A pending one counts as bad (the constant liar), so
        that the next question goes elsewhere.
        """
        values = np.array([math.nan if t.value is None else t.value for t in self.trials])
        points = np.array([trial.point for trial in self.trials])
        n_told = len(self.told)
        n_good = min(math.ceil(self.quantile * n_told), 25, int(np.isfinite(values).sum()))
        ranked = np.argsort(-np.where(np.isfinite(values), values, -math.inf), kind="stable")
        is_good = np.isin(np.arange(len(values)), ranked[:n_good])
        return points[is_good], points[~is_good]


class _Parzen:
    """A density over the unit cube: one product of truncated normals for each point, one for all.

    Every point is the center of a component whose width, in each dimension, is the distance to its
    farther neighbor there. One more component, as wide as the cube, keeps every place possible.
    """

    def __init__(self, space, points):
        self.space = space
        n, d = points.shape
        self.centers = np.vstack([points, np.full(d, 0.5)])
        self.widths = np.column_stack([_widths(self.centers[:, j]) for j in range(d)])
        self.widths[-1] = 1.0
        # A hyperparameter that did not apply to a trial: the trial says nothing about it.
        applies = np.vstack([space.applies(points), np.ones(d, dtype=bool)])
        self.widths[~applies] = 1.0
        weights = np.append(_recent_first(n), 1.0)
        self.weights = weights / weights.sum()

    def sample(self, n, rng):
        """Draw `n` points, shape (n, d)."""
        i = rng.choice(len(self.weights), size=n, p=self.weights)
        u = rng.random((n, self.space.d))
        center, width = self.centers[i], self.widths[i]
        low, high = ndtr(-center / width), ndtr((1 - center) / width)
        drawn = np.clip(center + width * ndtri(low + u * (high - low)), 0.0, 1.0)
        for j in self.space.categorical:
            k = self.space[self.space.names[j]].n_values
            stay = u[:, j] < self._stay(k)
            other = (rng.integers(k, size=n) + 0.5) / k
            drawn[:, j] = np.where(stay & (i < len(self.weights) - 1), center[:, j], other)
        return drawn

    def log_density(self, U):
        """Return the logarithm of the density at the rows of `U` (m, d), shape (m,)."""
        log_terms = np.log(self.weights) + np.zeros((len(U), 1))
        applies = self.space.applies(U)
        for j, name in enumerate(self.space.names):
            dimension, center, width = self.space[name], self.centers[:, j], self.widths[:, j]
            if isinstance(dimension, Categorical):
                k = dimension.n_values
                same = np.abs(U[:, j, None] - center) < 0.5 / k
                same[:, -1] = False
                stay = np.append(np.full(len(center) - 1, self._stay(k)), 0.0)
                term = np.log(np.where(same, stay, 0.0) + (1 - stay) / k)
            else:
                whole = ndtr((1 - center) / width) - ndtr(-center / width)
                if isinstance(dimension, Int):
                    low, high = (edge[:, None] for edge in dimension.share(U[:, j]))
                    part = ndtr((high - center) / width) - ndtr((low - center) / width)
                    term = np.log(np.maximum(part, 1e-300) / whole)
                else:
                    z = (U[:, j, None] - center) / width
                    term = -0.5 * z * z - np.log(math.sqrt(2 * math.pi) * width * whole)
            log_terms += np.where(applies[:, j, None], term, 0.0)
        top = log_terms.max(axis=1)
        return top + np.log(np.exp(log_terms - top[:, None]).sum(axis=1))

    def _stay(self, k):
        """The chance of a component's own category: one vote against 1 / (n + 1) for each of k."""
        vote = 1 / len(self.weights)
        return 1 / (1 + k * vote)


def _widths(centers):
    """Each center's distance to its farther neighbor, between 1 / min(100, n + 1) and 1."""
    order = np.argsort(centers, kind="stable")
    gaps = np.diff(centers[order])
    widths = np.ones(len(centers))
    if len(gaps):
        widths[order] = np.maximum(np.append(gaps, 0.0), np.append(0.0, gaps))
    return np.clip(widths, 1 / min(100, len(centers) + 1), 1.0)


def _recent_first(n):
    """1 for the last 25 trials, and a ramp from 1 / n up to 1 for those before."""
    return np.append(np.linspace(1 / max(n, 1), 1.0, max(n - 25, 0)), np.ones(min(n, 25)))
